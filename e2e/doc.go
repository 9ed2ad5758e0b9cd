// Package e2e tests the program as its users run it: a built dauys in child processes, real models, real sockets and a
// real browser. What is told on the wire is checked against docs/format, never against the code.
//
// Everything skips where a model or program is missing and fails there when DAUYS_REQUIRE is set. DAUYS_FULL adds what
// takes minutes: all browser flows, sessions on end.
package e2e
