//go:build !shop

package main

import "syscall"

// dieWithParent lets a child not outlive a parent that is killed.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
