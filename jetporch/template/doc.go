// Package template is the Handlebars dialect of playbooks (jetporch.md 1.10):
// strict, never escaping, with typed equality.
//
// Parse gives a Template or an *Error with the offset of the mistake. Render
// fills it with variables. The strictness is uneven and kept so: a missing
// name in {{x}} or as the argument of a helper is an error, a missing name in
// #if and #unless is silently false.
//
// Check finds without running what is certain to fail: helpers that do not
// exist, wrong numbers of arguments, gt with a text. Names lists what a
// template reads. Both serve the linter.
//
// Not supported: partials of other templates (jetp registers none), partial
// blocks, and the {{else if}} chain, which the dialect does not have.
package template
