// Package jetporch is the home of everything that reads, checks and runs
// JetPorch playbooks. It holds no code of its own; its packages do:
//
//   - value: the values of variables (ordered maps, blending, YAML typing)
//   - template: the strict, non-escaping Handlebars dialect
//   - script: the document model and the table of modules and their keys
//   - lint: findings with code, severity, line and column
//   - module: what each module does on Linux, a file per module
//   - run: the order of a play, variables, conditions, retries, handlers
//
// They import nothing else of the project and reach no network package, so
// that the package installer on a device can use them. Where the built-in
// runner differs from jetp, docs/jetporch.md has a row that says so.
package jetporch
