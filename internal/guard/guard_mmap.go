//go:build darwin || linux

package guard

import (
	"fmt"
	"os"
	"syscall"
)

// alloc maps pages of which the first and the last are unreadable.
func alloc(n int, end bool) (mem []byte, free func() error, err error) {
	page := os.Getpagesize()
	size := (n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, fmt.Errorf("mmap: %w", err)
	}
	for _, p := range [][]byte{all[:page], all[page+size:]} {
		if err := syscall.Mprotect(p, syscall.PROT_NONE); err != nil {
			return nil, nil, fmt.Errorf("mprotect: %w", err)
		}
	}
	from := page
	if end {
		from += size - n
	}
	return all[from : from+n : from+n], func() error { return syscall.Munmap(all) }, nil
}
