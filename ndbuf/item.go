package ndbuf

import (
	"errors"
	"math/big"
	"reflect"
	"unsafe"

	"github.com/strided-go/strided/format"
)

// checkIndex turns an index list into one that counts from the start of each axis, in buf if it fits.
//
// Errors: ErrType for more numbers than axes, ErrNotImplemented for fewer, ErrIndex for one out of range.
func (m *MemoryView) checkIndex(buf, index []int) ([]int, error) {
	shape := m.layout.Shape
	switch {
	case len(index) > len(shape) && len(shape) == 0:
		return nil, fail(ErrType, "invalid indexing of a 0-dimensional view by %d indices", len(index))
	case len(index) > len(shape):
		return nil, fail(ErrType, "cannot index a view of %d dimensions by %d indices", len(shape), len(index))
	case len(index) < len(shape):
		return nil, fail(ErrNotImplemented, "%d indices for a view of %d dimensions are a view, not an item: use Index",
			len(index), len(shape))
	}
	out := append(buf[:0], index...)
	for k, i := range index {
		if i < 0 {
			out[k] = i + shape[k]
		}
		if out[k] < 0 || out[k] >= shape[k] {
			return nil, fail(ErrIndex, "index out of bounds on dimension %d: %d of length %d", k+1, i, shape[k])
		}
	}
	return out, nil
}

// itemBytes returns the first n bytes of the item at p, in place.
func itemBytes(p unsafe.Pointer, n int) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(p), n)
}

// place returns the address of the item at an index that was checked; nil for items without bytes.
func (m *MemoryView) place(index []int) unsafe.Pointer {
	if m.layout.ItemSize == 0 {
		return nil
	}
	var o operand
	o.set(m)
	return o.at(index)
}

// guarded runs f, which reads or writes m's items. The caller holds m.
func (m *MemoryView) guarded(f func()) error {
	if m.reg.isMapped() {
		return survivingFaults(f, m.reg)
	}
	f()
	return nil
}

// Get returns one item as a Go value; [format.Type.Decode] says which. Negative numbers count from the end of their axis;
// the item of a scalar is Get().
//
// Shares: nothing; bytes are copied.
// Errors: ErrIndex for an index out of range; ErrType for more numbers than axes; ErrNotImplemented for fewer, which
// select a view (Index makes it), and for a format that cannot be read; ErrValue for text that is not Unicode.
// As memoryview.__getitem__ with integers, which reads native single-character formats only.
func (m *MemoryView) Get(index ...int) (any, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	typ, err := m.itemType()
	if err != nil {
		return nil, err
	}
	var buf [8]int
	at, err := m.checkIndex(buf[:], index)
	if err != nil {
		return nil, err
	}
	return m.read(typ, m.place(at))
}

// read decodes the item at p.
func (m *MemoryView) read(typ *format.Type, p unsafe.Pointer) (v any, err error) {
	if !m.reg.isMapped() {
		v, err = typ.Decode(itemBytes(p, typ.Size()))
	} else if fault := survivingFaults(func() { v, err = typ.Decode(itemBytes(p, typ.Size())) }, m.reg); fault != nil {
		return nil, fault
	}
	if err != nil {
		return nil, fromFormat(m.format, err)
	}
	return v, nil
}

// Set stores a value as one item; [format.Type.Encode] says which values a format takes. Indices are those of Get. A float
// beyond the limits of a native "f" becomes an infinity, as it does in memoryview.
//
// Errors: ErrType with ErrReadOnly for a read-only view; ErrType for a value of a wrong type; ErrValue for one that the
// format cannot hold; ErrOverflow for a float too large for an "e", or for an "f" of a standard mode; as Get. The item is
// then as it was.
// As memoryview.__setitem__ with integers.
func (m *MemoryView) Set(value any, index ...int) error {
	if err := m.acquire(); err != nil {
		return err
	}
	defer m.done()
	if m.readOnly {
		return errReadOnlyStore()
	}
	typ, err := m.itemType()
	if err != nil {
		return err
	}
	var at [8]int
	ix, err := m.checkIndex(at[:], index)
	if err != nil {
		return err
	}
	// Encoded aside, then moved: after a failure the item is as it was, and a value made of this very memory is read
	// before anything is written.
	var buf [64]byte
	scratch := buf[:]
	if n := typ.Size(); n > len(buf) {
		scratch = make([]byte, n)
	} else {
		scratch = scratch[:n]
	}
	if err := typ.Encode(scratch, value); err != nil {
		if isBadValue(typ, value, err) {
			return fail(ErrValue, "invalid value for format %q: %w", m.format, err)
		}
		return fromFormat(m.format, err)
	}
	p := m.place(ix)
	return m.guarded(func() { copy(itemBytes(p, len(scratch)), scratch) })
}

// isBadValue finds the two cases where a value has the right type for memoryview and package format, which follows the
// struct module, calls its type wrong: bytes for "c" that are not one byte, and integers too large for any float.
func isBadValue(typ *format.Type, value any, err error) bool {
	var pe *format.PackError
	if !errors.As(err, &pe) || pe.Reason != format.WrongType {
		return false
	}
	switch typ.Kind() {
	case format.Char:
		t := reflect.TypeOf(value)
		return t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && t.Elem().Kind() == reflect.Uint8
	case format.Float, format.Complex:
		n, ok := value.(*big.Int)
		return ok && n != nil
	}
	return false
}
