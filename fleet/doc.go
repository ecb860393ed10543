// Package fleet is the domain of Sluice: what exists (devices, units, files,
// releases, updates, executions) and what may happen to it.
//
// It holds types, the tables that decide legality, and errors; it does no
// input or output, knows no clock, and imports nothing of the project but the
// leaf package compat. The use cases are in package control.
//
// The centre is the execution, one update on one device. Every legal move of
// an execution is a row of ExecutionTable; nothing else decides legality. The
// status of an update is derived from its executions by UpdateStatusOf.
package fleet
