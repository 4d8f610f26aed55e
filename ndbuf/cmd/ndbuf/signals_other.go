//go:build !unix

package main

import "os"

// hangup does not exist here.
var hangup []os.Signal
