// Package bundle reads a bundle: a playbook with the roles, files and
// templates that it names, in a .zip with a bundle.yaml at its root, as an
// operator uploads it. What it reads is in memory, so that everything about it
// is bounded. A bundle becomes a package (.sup) of one playbook.apply; the
// playbooks of packages are read and checked here in the same way.
package bundle
