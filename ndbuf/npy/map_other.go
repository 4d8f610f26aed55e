//go:build !unix

package npy

import (
	"os"

	"github.com/strided-go/strided/ndbuf"
)

// canMap says that files are read, not mapped.
const canMap = false

// A mapping does not exist here.
type mapping struct{}

func mapFile(*os.File, int64, int, Option) (*mapping, []byte, error) {
	return nil, nil, fail(ndbuf.ErrNotImplemented, "files are not mapped on this system")
}

func (*mapping) close()       {}
func (*mapping) flush() error { return nil }
