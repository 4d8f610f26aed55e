package ndbuf

import (
	"sync"
	"sync/atomic"

	"github.com/strided-go/strided/format"
)

// An itemKind is what a format string says of an item, found once per string.
type itemKind struct {
	typ   *format.Type     // nil if the string is not a format
	err   error            // why
	bools []format.Segment // where bytes lie that may be only 0 or 1
}

// maxKinds bounds the memory that remembered format strings take; past it they are parsed each time.
const maxKinds = 1024

var (
	kinds     sync.Map // format string -> *itemKind
	kindCount atomic.Int64
)

// kindOf returns what format string s means. A string that does not parse is a kind with an error: views of such items
// can be made, sliced and copied, but their items cannot be read as values.
func kindOf(s string) *itemKind {
	if k, ok := kinds.Load(s); ok {
		return k.(*itemKind)
	}
	k := &itemKind{}
	k.typ, k.err = format.Parse(s)
	if k.err == nil {
		k.bools = k.typ.Bools()
	}
	if len(s) <= 256 && kindCount.Load() < maxKinds {
		kindCount.Add(1)
		kinds.Store(s, k)
	}
	return k
}
