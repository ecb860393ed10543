// Package script is the document model of playbooks: what a file says, each
// key and text with its line and column, and the table of modules.
//
// Load reads a playbook and the role files it names into a Bundle. What jetp's
// own parser would refuse is recorded as findings on the way (jetporch.md
// 1.2 to 1.5); everything that needs more than the shape of one node is the
// business of package lint. A Bundle without errors is what package run takes.
//
// Codes is the one table of everything that can be found in a playbook;
// Modules is the one table of modules, their keys and how each is read.
package script
