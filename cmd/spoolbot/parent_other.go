//go:build !linux

package main

import "syscall"

// dieWithParent needs Linux; elsewhere a killed parent leaves its child behind.
func dieWithParent() *syscall.SysProcAttr { return nil }
