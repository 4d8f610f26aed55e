package ndbuf

import (
	"bytes"
	"hash/maphash"
	"reflect"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// Equal reports whether other exports a buffer of the same shape whose items have the same values, whatever formats, byte
// orders and layouts the two have. other is anything that FromObject takes; what it does not take is unequal.
//
// Values compare as in Python: numbers by their exact value (true is 1, an int64 is not rounded to meet a float), NaN
// equals nothing, so that a view with NaN is unequal to itself; bytes equal bytes only, and members of structures are
// compared one by one, without their names. Shapes are equal also if they agree up to a length of 0. Items that cannot be
// read as values (a format that does not parse, text that is not Unicode) are unequal, except that equal bytes of one
// readable format are equal. A released view equals only itself.
//
// Errors: ErrBuffer if a mapped file was made shorter meanwhile.
// As memoryview.__eq__, which takes formats of the struct module only.
func (m *MemoryView) Equal(other any) (bool, error) {
	if w, ok := other.(*MemoryView); ok && (m.Released() || w.Released()) {
		return m == w, nil
	}
	if m.acquire() != nil {
		return false, nil
	}
	defer m.done()
	w, err := FromObject(other)
	if err != nil {
		return false, nil // CPython drops the exception too
	}
	defer w.Release()
	if !sameShape(m.layout.Shape, w.layout.Shape) {
		return false, nil
	}
	t, err := m.itemType()
	if err != nil {
		return false, nil
	}
	u, err := w.itemType()
	if err != nil {
		return false, nil
	}
	if hasZero(m.layout.Shape) {
		return true, nil
	}
	equal := false
	compare := func() { equal = equalItems(m, w, t, u) }
	if m.reg.isMapped() || w.reg.isMapped() {
		err = survivingFaults(compare, m.reg, w.reg)
	} else {
		compare()
	}
	return equal, err
}

// equalItems compares two views of one shape, which has no length of 0.
func equalItems(m, w *MemoryView, t, u *format.Type) bool {
	var a, b operand
	a.set(m)
	b.set(w)
	if m.layout.ItemSize == 0 || w.layout.ItemSize == 0 {
		x, errX := t.Decode(make([]byte, t.Size()))
		y, errY := u.Decode(make([]byte, u.Size()))
		return t.Size() == 0 && u.Size() == 0 && errX == nil && errY == nil && equalValues(x, y)
	}
	bytesDo := sameBytes(t, u)
	compare := laneComparer(t, u, bytesDo)
	if len(m.layout.Shape) == 0 {
		return compare(a.base, b.base, 0, 0, 1)
	}
	if size := t.Size(); bytesDo && size == m.layout.ItemSize && size == w.layout.ItemSize &&
		m.c && w.c {
		n := m.nbytes
		return bytes.Equal(itemBytes(a.base, n), itemBytes(b.base, n))
	}
	axes, n := lanes(&a, &b)
	sa, sb := a.laneStride(axes), b.laneStride(axes)
	index := make([]int, axes)
	for {
		if !compare(a.at(index), b.at(index), sa, sb, n) {
			return false
		}
		if !next(index, a.shape) {
			return true
		}
	}
}

// A comparer reports whether n items from a and n items from b, each a stride apart, have equal values.
type comparer func(a, b unsafe.Pointer, sa, sb, n int) bool

// laneComparer chooses the loop for two formats; bytesDo says that bytes decide.
func laneComparer(t, u *format.Type, bytesDo bool) comparer {
	size := t.Size()
	if bytesDo {
		return func(a, b unsafe.Pointer, sa, sb, n int) bool {
			if sa == size && sb == size {
				return bytes.Equal(itemBytes(a, n*size), itemBytes(b, n*size))
			}
			for i := range n {
				if !bytes.Equal(itemBytes(unsafe.Add(a, i*sa), size), itemBytes(unsafe.Add(b, i*sb), size)) {
					return false
				}
			}
			return true
		}
	}
	if x, y := numberReader(t), numberReader(u); x != nil && y != nil {
		if isFloat64(t) && isFloat64(u) {
			return func(a, b unsafe.Pointer, sa, sb, n int) bool {
				for i := range n {
					if t.ReadFloat(itemBytes(unsafe.Add(a, i*sa), size)) != u.ReadFloat(itemBytes(unsafe.Add(b, i*sb), u.Size())) {
						return false
					}
				}
				return true
			}
		}
		return func(a, b unsafe.Pointer, sa, sb, n int) bool {
			for i := range n {
				if !x(unsafe.Add(a, i*sa)).equal(y(unsafe.Add(b, i*sb))) {
					return false
				}
			}
			return true
		}
	}
	if t.Kind() == format.Struct && alike(t, u) {
		return memberComparer(t, u)
	}
	return func(a, b unsafe.Pointer, sa, sb, n int) bool {
		for i := range n {
			x, errX := t.Decode(itemBytes(unsafe.Add(a, i*sa), size))
			y, errY := u.Decode(itemBytes(unsafe.Add(b, i*sb), u.Size()))
			if errX != nil || errY != nil || !equalValues(x, y) {
				return false
			}
		}
		return true
	}
}

// A member is a field of two alike formats: n elements a size apart at an offset in each item.
type member struct {
	offA, offB, size, n int
	compare             comparer
}

// memberComparer compares structures that are alike field by field, without making values.
func memberComparer(t, u *format.Type) comparer {
	var members []member
	other := u.Fields()
	for i, f := range t.Fields() {
		g, n := other[i], 1
		for _, length := range f.Shape {
			n *= length
		}
		members = append(members, member{f.Offset, g.Offset, f.Type.Size(), n, laneComparer(f.Type, g.Type, sameBytes(f.Type, g.Type))})
	}
	return func(a, b unsafe.Pointer, sa, sb, n int) bool {
		for i := range n {
			a, b := unsafe.Add(a, i*sa), unsafe.Add(b, i*sb)
			for _, m := range members {
				if !m.compare(unsafe.Add(a, m.offA), unsafe.Add(b, m.offB), m.size, m.size, m.n) {
					return false
				}
			}
		}
		return true
	}
}

// alike reports whether two formats are written alike but for byte order, so that their values have one structure: the same
// members by size, count and name.
func alike(t, u *format.Type) bool {
	return t == u || t.Size() == u.Size() && t.WithOrder('=').String() == u.WithOrder('=').String()
}

// isFloat64 reports whether a float64 holds every value of a float format.
func isFloat64(t *format.Type) bool { return t.Kind() == format.Float && t.Code() != "g" }

// numberReader returns a function that reads an item of a real number without allocating, nil for other formats.
func numberReader(t *format.Type) func(p unsafe.Pointer) number {
	size := t.Size()
	switch t.Kind() {
	case format.Bool:
		return func(p unsafe.Pointer) number {
			if *(*byte)(p) != 0 {
				return uintNumber(1)
			}
			return uintNumber(0)
		}
	case format.Int:
		return func(p unsafe.Pointer) number { return intNumber(t.ReadInt(itemBytes(p, size))) }
	case format.Uint, format.Pointer, format.Object:
		return func(p unsafe.Pointer) number { return uintNumber(uint64(t.ReadInt(itemBytes(p, size)))) }
	case format.Float:
		if isFloat64(t) {
			return func(p unsafe.Pointer) number { return floatNumber(t.ReadFloat(itemBytes(p, size))) }
		}
	}
	return nil
}

// sameBytes reports whether items of the two formats have equal values exactly if their bytes are equal. The same bytes can
// be values of different structure: a list for "(2)i", a Record for "2i".
func sameBytes(t, u *format.Type) bool {
	alike := t == u || t.String() == u.String() || t.Kind() != format.Struct && u.Kind() != format.Struct
	return alike && t.Equal(u) && bytesDecide(t)
}

// bytesDecide reports whether two items of the format have equal values exactly if their bytes are equal: no padding, no
// floats (NaN, -0), no bools (any byte but 0 is true), nothing after the end of a Pascal string.
func bytesDecide(t *format.Type) bool {
	switch t.Kind() {
	case format.Int, format.Uint, format.Char, format.Bytes, format.Text, format.Pointer, format.Object:
		return true
	case format.Struct:
		end := 0
		for _, f := range t.Fields() {
			// An unnamed x is padding, and seen as a gap or as a member without a value.
			if f.Offset != end || !bytesDecide(f.Type) {
				return false
			}
			end += f.Size()
		}
		return end == t.Size()
	}
	return false
}

// seed makes hashes of one process comparable, and those of two processes unpredictable.
var seed = maphash.MakeSeed()

// HashBytes is the hash of bytes that Hash gives for a view of them: the same for equal bytes within one process.
func HashBytes(b []byte) uint64 { return maphash.Bytes(seed, b) }

// Hash returns a hash of the items' bytes in C order: views with equal bytes hash alike, and like HashBytes of their bytes. It
// is remembered: a view that was hashed still answers after Release, and does not notice when somebody else changes the
// memory.
//
// A view's base must be hashable too, as memory that others may change is not. One with a method Hash() (uint64, error) is
// asked; other Exporters, strings, and memory that this package allocated will do; Go slices and pointers will not.
//
// Errors: ErrValue for a writable view, and for formats other than "B", "b" and "c"; ErrType for a base that cannot be
// hashed; ErrReleased.
// As memoryview.__hash__.
func (m *MemoryView) Hash() (uint64, error) {
	if m != nil {
		if r := m.rare.Load(); r != nil && r.hash.Load() != nil {
			return *r.hash.Load(), nil
		}
	}
	if err := m.acquire(); err != nil {
		return 0, err
	}
	defer m.done()
	if !m.readOnly {
		return 0, fail(ErrValue, "cannot hash a writable view")
	}
	switch m.format {
	case "B", "b", "c", "@B", "@b", "@c":
	default:
		return 0, fail(ErrValue, "hashing is restricted to formats 'B', 'b' and 'c': this one is %q", m.format)
	}
	if err := checkHashable(m.reg.base); err != nil {
		return 0, err
	}
	b, err := m.ToBytes(strides.C)
	if err != nil {
		return 0, err
	}
	h := HashBytes(b)
	m.rarely().hash.Store(&h)
	return h, nil
}

// checkHashable refuses a base whose memory changes behind the view's back.
func checkHashable(base any) error {
	switch b := base.(type) {
	case nil, *ownMemory:
		return nil
	case interface{ Hash() (uint64, error) }:
		_, err := b.Hash()
		return err
	case Exporter:
		return nil
	}
	if reflect.TypeOf(base).Kind() == reflect.String {
		return nil
	}
	return fail(ErrType, "unhashable type: memory of a %T can change", base)
}
