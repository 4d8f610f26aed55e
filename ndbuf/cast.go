package ndbuf

import (
	"strings"

	"github.com/strided-go/strided/strides"
)

// Cast views the bytes of a C-contiguous view as items of another format, in C order (memoryview.cast). No shape: one
// axis; an empty shape that is not nil: a scalar. The format ends at a NUL character, as it does for CPython.
//
// Any format is taken and any shape, where memoryview wants a native single-character format, bytes on one side, and
// one dimension on one side. A cast of Go memory that contains bools is read-only, except to the format it has: other
// bytes than 0 and 1 must not get there.
//
// Errors: ErrType if the view is not C-contiguous, or the shape has another number of bytes; ErrValue for a format that
// does not parse or a negative length.
func (m *MemoryView) Cast(format string, shape ...int) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	if !m.c {
		return nil, fail(ErrType, "casts are restricted to C-contiguous views")
	}
	format, _, _ = strings.Cut(format, "\x00")
	k := kindOf(format)
	if k.err != nil {
		return nil, fail(ErrValue, "destination format %q: %w", format, k.err)
	}
	size, n := k.typ.Size(), m.nbytes
	if size == 0 {
		return nil, fail(ErrValue, "destination format %q has no bytes", format)
	}
	if shape == nil {
		if n%size != 0 {
			return nil, fail(ErrType, "%d bytes are not a multiple of the item size %d of format %q", n, size, format)
		}
		shape = []int{n / size}
	}
	if len(shape) > strides.MaxDims {
		return nil, fail(ErrValue, "%d dimensions, more than %d", len(shape), strides.MaxDims)
	}
	for _, length := range shape {
		if length < 0 {
			return nil, fail(ErrValue, "shape %v: lengths must not be negative", shape)
		}
	}
	l, err := strides.Contiguous(strides.C, size, shape...)
	if err != nil {
		return nil, fail(ErrValue, "shape %v of format %q: %w", shape, format, err)
	}
	if l.NBytes() != n {
		return nil, fail(ErrType, "shape %v of format %q has %d bytes, the view has %d", shape, format, l.NBytes(), n)
	}
	l.Offset = m.layout.Offset
	d := *m.description
	d.layout, d.format, d.kind = l, format, k
	if m.reg.goBools && !sameItems(m.kind, k) {
		d.bools = false
		d.readOnly = true
	}
	return m.derive(&d), nil
}
