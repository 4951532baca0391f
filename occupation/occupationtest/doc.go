// Package occupationtest holds the core's ports in memory, for tests and for
// whoever writes an adapter, and the conformance suites that every adapter must
// pass: TestLocks, TestDesk and TestRecords.
//
// It imports the core and the standard library only. It never stands in for a
// store in production: what it holds is gone with the process, and it serves
// one process.
package occupationtest
