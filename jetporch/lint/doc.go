// Package lint finds what is wrong with a playbook before it is sent: what
// jetp would refuse, what is certain to fail when it runs, and silent traps
// (jetporch.md 3.5). Each finding has a stable code, a severity, a line and
// column, a sentence and, where there is one, the mend.
//
// Bundle checks a loaded script.Bundle, Text a single playbook, which cannot
// have roles or files beside it. The check is of the text alone: whether a
// package exists or what a variable will hold is not decidable here. Names of
// variables are followed through the whole bundle, not play by play, so that
// an unknown name is a warning only.
package lint
