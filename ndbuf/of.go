package ndbuf

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// A goType is what the package knows of a Go type as an item.
type goType struct {
	typ    reflect.Type
	format string
	kind   *itemKind
	err    error // why it cannot be one
}

var goTypes sync.Map // reflect.Type -> *goType

// goTypeOf returns the item that a Go type makes.
//
// Errors: ErrType naming the part of t that has no fixed size or contains pointers.
func goTypeOf(t reflect.Type) (*goType, error) {
	if g, ok := goTypes.Load(t); ok {
		return g.(*goType), g.(*goType).err
	}
	g := &goType{typ: t}
	f, err := format.ForType(t)
	if err != nil {
		g.err = fail(ErrType, "%w", err)
	} else {
		g.format = f.String()
		g.kind = kindOf(g.format)
	}
	goTypes.Store(t, g)
	return g, g.err
}

// size is the number of bytes of one item.
func (g *goType) size() int { return int(g.typ.Size()) }

// hasBools reports whether the Go type contains bool.
func (g *goType) hasBools() bool { return len(g.kind.bools) > 0 }

// view makes a view of Go memory that consists of such items, where obj keeps it alive. The layout lies in mem.
func (g *goType) view(obj any, mem []byte, l strides.Layout) *MemoryView {
	r := &region{base: obj, keep: obj, goBools: g.hasBools()}
	return newView(r, &description{mem: mem, format: g.format, kind: g.kind, layout: l, bools: r.goBools})
}

// bytesAt are n bytes from p on, never a nil slice.
func bytesAt(p unsafe.Pointer, n int) []byte {
	if p == nil || n == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(p), n)
}

// Of makes a writable, C-ordered view of a Go slice. T is any type of fixed size without pointers: numbers, bools, arrays
// and structs of them; the view has the format of T (see [format.For]), so a struct becomes a structured item.
//
// Shape: shape; one length may be -1 and is then inferred. No shape (nil): one axis. Shares data, which is the Base.
// Errors: ErrType if T contains pointers or has no fixed size; ErrValue if shape does not have len(data) items.
func Of[T any](data []T, shape ...int) (*MemoryView, error) {
	g, err := goTypeOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	l, err := strides.Contiguous(strides.C, g.size(), len(data))
	if err != nil {
		return nil, wrap(err)
	}
	if shape != nil {
		if len(shape) > strides.MaxDims {
			return nil, fail(ErrValue, "%d dimensions, more than %d", len(shape), strides.MaxDims)
		}
		if l, err = l.Reshape(shape...); err != nil {
			return nil, fail(ErrValue, "shape %v for a slice of %d items: %w", shape, len(data), err)
		}
	}
	return g.view(data, bytesAt(unsafe.Pointer(unsafe.SliceData(data)), len(data)*g.size()), l), nil
}
