// Package control holds the use cases of the server: enrol a device, take a
// contact, offer what is pending, take a report, give and cancel an update.
//
// Every write is one transaction of the Store. Rules are decided here and in
// package fleet; SQL is in package store, words of a protocol are in package
// device, and neither decides anything. Every operation of a person passes
// Authorize.
package control
