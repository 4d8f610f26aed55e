//go:build unix

package npy

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/strided-go/strided/ndbuf"
)

// canMap says that files are mapped.
const canMap = true

// A mapping is a part of a file in memory, whole pages.
type mapping struct{ pages []byte }

// mapFile maps the n bytes, at least one, of file that begin at byte off. Private mappings can be written to, so that a
// stray write through unsafe code neither faults nor reaches the file.
func mapFile(file *os.File, off int64, n int, opt Option) (*mapping, []byte, error) {
	skip := int(off % int64(os.Getpagesize()))
	if n > int(^uint(0)>>1)-skip {
		return nil, nil, fail(ndbuf.ErrOverflow, "%d bytes do not fit in memory", n)
	}
	share, prot := unix.MAP_PRIVATE, unix.PROT_READ|unix.PROT_WRITE
	if opt == Writable {
		share = unix.MAP_SHARED
	}
	pages, err := unix.Mmap(int(file.Fd()), off-int64(skip), skip+n, prot, share)
	if errors.Is(err, unix.ENOMEM) && opt == 0 {
		// A system that sets memory aside for private pages may have too little for a large file.
		pages, err = unix.Mmap(int(file.Fd()), off-int64(skip), skip+n, unix.PROT_READ, share)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("npy: mapping %d bytes: %w", n, err)
	}
	return &mapping{pages}, pages[skip : skip+n : skip+n], nil
}

// close unmaps. The call fails only for what is no mapping.
func (m *mapping) close() { _ = unix.Munmap(m.pages) }

// flush writes changed pages of a shared mapping to the file.
func (m *mapping) flush() error { return unix.Msync(m.pages, unix.MS_SYNC) }
