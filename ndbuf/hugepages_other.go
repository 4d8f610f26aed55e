//go:build !linux

package ndbuf

// adviseHuge does nothing: only Linux is asked for huge pages.
func adviseHuge([]byte) {}
