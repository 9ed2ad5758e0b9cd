// Package archtest keeps the shape of the tree by tests: which package may import which (transitively), that every
// package says what it is, and how big files and functions may grow.
package archtest
