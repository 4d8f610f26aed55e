package ndbuf

import (
	"slices"
	"strings"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// What memoryview has as attributes. Of a released view they are zero values, where Python raises ValueError:
// Released tells the two apart.

// attr holds the view while f reads it.
func attr[T any](m *MemoryView, f func() T) (v T) {
	if m.acquire() != nil {
		return v
	}
	defer m.done()
	return f()
}

// Format is the format string of one item, as the exporter spelled it.
func (m *MemoryView) Format() string { return attr(m, func() string { return m.format }) }

// Type is the parsed format.
//
// Errors: ErrNotImplemented if the exporter's format string is not one that package format reads.
func (m *MemoryView) Type() (*format.Type, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	return m.itemType()
}

// itemType is Type for callers that hold m.
func (m *MemoryView) itemType() (*format.Type, error) {
	if m.kind.err != nil {
		return nil, fail(ErrNotImplemented, "unsupported format %q: %w", m.format, m.kind.err)
	}
	if n := m.kind.typ.Size(); n > m.layout.ItemSize {
		if t := m.packedType(); t != nil {
			return t, nil
		}
		return nil, fail(ErrValue, "format %q describes %d bytes, an item has %d", m.format, n, m.layout.ItemSize)
	}
	return m.kind.typ, nil
}

// packedType is the type of a structure whose items end with its last member, nil for other formats. NumPy exports packed
// structures so: in its format their members happen to be aligned, and only the padding at the end, which T{} implies, is
// not there. The members on their own imply none.
func (m *MemoryView) packedType() *format.Type {
	if !m.kind.typ.IsRecord() || !strings.HasPrefix(m.format, "T{") || !strings.HasSuffix(m.format, "}") {
		return nil
	}
	k := kindOf(m.format[2 : len(m.format)-1])
	if k.err != nil || k.typ.Kind() != format.Struct || k.typ.Size() > m.layout.ItemSize {
		return nil
	}
	return k.typ
}

// ItemSize is the number of bytes of one item.
func (m *MemoryView) ItemSize() int { return attr(m, func() int { return m.layout.ItemSize }) }

// NDim is the number of axes; 0 for a scalar.
func (m *MemoryView) NDim() int { return attr(m, func() int { return len(m.layout.Shape) }) }

// Shape is the number of items along each axis. The caller may change the slice.
func (m *MemoryView) Shape() []int { return attr(m, func() []int { return clone(m.layout.Shape) }) }

// Strides are the bytes from one item to the next along each axis. The caller may change the slice.
func (m *MemoryView) Strides() []int { return attr(m, func() []int { return clone(m.layout.Strides) }) }

// SubOffsets are those of Py_buffer, nil for a view without pointers. The caller may change the slice.
func (m *MemoryView) SubOffsets() []int {
	return attr(m, func() []int { return slices.Clone(m.layout.SubOffsets) })
}

// Layout is the whole layout, counted from the start of Buffer().Mem. The caller may change it.
func (m *MemoryView) Layout() strides.Layout {
	return attr(m, func() strides.Layout { return m.layout.Clone() })
}

// Len is the number of items; of a scalar 1. (Python's len is Shape()[0].)
func (m *MemoryView) Len() int { return attr(m, func() int { return m.layout.Len() }) }

// NBytes is Len times ItemSize: the bytes of a contiguous copy.
func (m *MemoryView) NBytes() int { return attr(m, func() int { return m.nbytes }) }

// ReadOnly reports whether writing through the view is refused.
func (m *MemoryView) ReadOnly() bool { return attr(m, func() bool { return m.readOnly }) }

// IsContiguous reports whether the items lie in the order without gaps (PyBuffer_IsContiguous).
func (m *MemoryView) IsContiguous(order strides.Order) bool {
	return attr(m, func() bool { return m.contiguous(order) })
}

// clone copies a shape so that an empty one stays an empty slice and not nil.
func clone(s []int) []int { return append(make([]int, 0, len(s)), s...) }
