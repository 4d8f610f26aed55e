//go:build unix

package main

import (
	"os"
	"syscall"
)

// hangup is what a program is sent whose terminal goes away.
var hangup = []os.Signal{syscall.SIGHUP}
