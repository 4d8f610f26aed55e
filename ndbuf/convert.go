package ndbuf

import (
	"strconv"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/convert"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// BFloat16 is the format of bfloat16 numbers, which have no code of their own in the format language: a structure whose
// one member, of 2 bytes, bears that name. Convert knows it; as any format it may be written with "<" or ">" before the H.
// Field("bfloat16") shows the items' bits.
const BFloat16 = "T{H:bfloat16:}"

// A Casting says which changes of format a conversion may make (numpy.can_cast). Each level allows more.
type Casting int

const (
	CastNo       Casting = iota // none, not even of byte order
	CastEquiv                   // of byte order
	CastSafe                    // that keep every value; 64-bit integers count as exact in float64
	CastSameKind                // and those within or up the list bool, unsigned, signed, float, complex
	CastUnsafe                  // any among numbers
)

// String returns NumPy's name of the level.
func (c Casting) String() string {
	if c < CastNo || c > CastUnsafe {
		return "Casting(" + strconv.Itoa(int(c)) + ")"
	}
	return [...]string{"no", "equiv", "safe", "same_kind", "unsafe"}[c]
}

// numberKind returns which kind of number a format is, if it is one that Convert knows.
func numberKind(t *format.Type) (convert.Kind, bool) {
	switch size := t.Size(); t.Kind() {
	case format.Bool:
		return convert.Bool, true
	case format.Int, format.Uint:
		kinds := map[int]convert.Kind{1: convert.Int8, 2: convert.Int16, 4: convert.Int32, 8: convert.Int64}
		k, ok := kinds[size]
		if t.Kind() == format.Uint {
			k++ // each follows the signed one of its size
		}
		return k, ok
	case format.Float, format.Complex:
		k, ok := floatKinds[t.Code()]
		return k, ok
	case format.Struct:
		if f := t.Fields(); size == 2 && t.IsRecord() && len(f) == 1 && f[0].Name == "bfloat16" && f[0].Shape == nil &&
			f[0].Type.Kind() == format.Uint && f[0].Type.Size() == 2 {
			return convert.BFloat16, true
		}
	}
	return 0, false
}

var floatKinds = map[string]convert.Kind{
	"e": convert.Float16, "f": convert.Float32, "d": convert.Float64, "Zf": convert.Complex64, "Zd": convert.Complex128,
}

// CanCast reports whether Convert takes items of one format to another at a level of casting.
//
// Errors: ErrValue for a format that does not parse, or an unknown level. As numpy.can_cast between numbers; formats that
// are no numbers become only what differs in byte order and names.
func CanCast(from, to string, c Casting) (bool, error) {
	var types [2]*format.Type
	for i, s := range []string{from, to} {
		k := kindOf(s)
		if k.err != nil {
			return false, fail(ErrValue, "format %q: %w", s, k.err)
		}
		types[i] = k.typ
	}
	if err := checkCasting(c); err != nil {
		return false, err
	}
	return canCast(types[0], types[1], c), nil
}

func checkCasting(c Casting) error {
	if c < CastNo || c > CastUnsafe {
		return fail(ErrValue, "casting %d: want CastNo, CastEquiv, CastSafe, CastSameKind or CastUnsafe", int(c))
	}
	return nil
}

func canCast(from, to *format.Type, c Casting) bool {
	f, ok := numberKind(from)
	t, ok2 := numberKind(to)
	if !ok || !ok2 || f == t {
		return from.Compatible(to) && (c > CastNo || from.Equal(to))
	}
	switch c {
	case CastSafe:
		return convert.Safe(f, t)
	case CastSameKind:
		return convert.SameKind(f, t)
	}
	return c == CastUnsafe
}

// Convert stores the numbers of src in dst as items of dst's format, src broadcast to dst's shape (numpy.copyto with
// casting). Overlap is allowed: the result is as if src had been copied first. A dst that visits an item twice is written
// in C order.
//
// Numbers are bools, integers of 8 to 64 bits, float16, BFloat16, float32, float64, complex64 and complex128, in either
// byte order. Integers keep their low bits. Floats are rounded once, to nearest, ties to even; a NaN becomes a quiet one
// with its sign and the top of its payload. A float becomes an integer without its fraction; what does not fit becomes the
// nearest integer that does, NaN becomes 0. Everything but zero is true. A complex number that becomes a real one loses its
// imaginary part. The result has the same bytes on every processor. Between formats that differ in byte order alone items
// are copied as they are.
//
// Errors: ErrType if casting does not allow the change, or a format is not of numbers; ErrType with ErrReadOnly for a
// read-only dst; ErrValue for an unknown casting, or if src's shape does not broadcast. dst is then as it was.
func Convert(dst, src *MemoryView, casting Casting) error {
	if err := acquire2(dst, src); err != nil {
		return err
	}
	defer dst.done()
	defer src.done()
	if dst.readOnly {
		return errReadOnlyStore()
	}
	c, err := newConversion(dst, src, casting)
	if err != nil {
		return err
	}
	src, release, err := src.broadcastOf(dst.layout.Shape)
	if err != nil {
		return err
	}
	defer release()
	if overlaps(dst.description, src.description) {
		if src, err = src.snapshot(); err != nil {
			return err
		}
	}
	return c.run(dst, src, dst.visitsTwice())
}

// A conversion is a change of format that was checked.
type conversion struct {
	to, from *format.Type
	loop     convert.Func // nil: a copy
	fixes    []plan.Fix   // for a copy
}

// newConversion checks that items of src may become items of dst. The caller holds both.
//
// Errors: as Convert.
func newConversion(dst, src *MemoryView, casting Casting) (*conversion, error) {
	if err := checkCasting(casting); err != nil {
		return nil, err
	}
	to, err := dst.itemType()
	if err != nil {
		return nil, err
	}
	from, err := src.itemType()
	if err != nil {
		return nil, err
	}
	if !canCast(from, to, casting) {
		_, known := numberKind(to)
		_, known2 := numberKind(from)
		if !known || !known2 {
			return nil, fail(ErrType, "cannot convert items of format %q to format %q: only numbers change their kind", src.format, dst.format)
		}
		return nil, fail(ErrType, "cannot convert items of format %q to format %q with casting %q", src.format, dst.format, casting)
	}
	c := &conversion{to: to, from: from}
	f, ok := numberKind(from)
	if t, ok2 := numberKind(to); ok && ok2 && f != t {
		c.loop = convert.Of(t, f)
		return c, nil
	}
	for _, s := range to.Swaps(from) {
		c.fixes = append(c.fixes, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count})
	}
	if !src.bools {
		c.fixes = append(c.fixes, dst.boolFixes()...)
	}
	return c, nil
}

// run converts the items of src to those of dst: same shape, no byte of which both have a part.
func (c *conversion) run(dst, src *MemoryView, ordered bool) error {
	var d, s operand
	d.set(dst)
	s.set(src)
	if c.loop == nil {
		// Items may be longer than their numbers, which are then not adjacent.
		size := c.to.Size()
		if dst.layout.ItemSize != size || src.layout.ItemSize != size {
			d.c, d.f = false, false
		}
		return transfer(&d, &s, size, c.fixes, ordered)
	}
	parts := []blocks.Operand{part(c.to), part(c.from)}
	parts[0].Write = true
	return sweep([]*operand{&d, &s}, parts, ordered, func(p blocks.Pointers, step blocks.Steps, n int) {
		c.loop(p[0], p[1], n, step[0], step[1])
	})
}

// AsType returns a copy of m's items as numbers of another format, in the order asked for; A is m's own order if it is
// contiguous, else C.
//
// Errors: ErrValue for a format that does not parse, an unknown casting or order; ErrType as Convert; ErrOverflow if the
// copy does not fit in memory. As numpy.ndarray.astype.
func (m *MemoryView) AsType(format string, casting Casting, order strides.Order) (*MemoryView, error) {
	if err := checkOrder(order); err != nil {
		return nil, err
	}
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	k := kindOf(format)
	if k.err != nil {
		return nil, fail(ErrValue, "format %q: %w", format, k.err)
	}
	// The formats first: a conversion that is not allowed costs no memory.
	c, err := newConversion(&MemoryView{description: &description{format: format, kind: k, layout: strides.Layout{ItemSize: k.typ.Size()}}}, m, casting)
	if err != nil {
		return nil, err
	}
	v, err := newArray(format, k, k.typ.Size(), m.concrete(order), m.layout.Shape, freshBytes)
	if err != nil {
		return nil, err
	}
	if err := c.run(v, m, false); err != nil {
		return nil, err
	}
	return v, nil
}

// ToNative returns m in this machine's byte order: a view of the same memory if its items are in that order, else a copy,
// in C order unless m is F-contiguous. Words inside structured items count too.
//
// Errors: ErrNotImplemented for a format that cannot be read; ErrOverflow if a copy does not fit in memory.
// As numpy.ndarray.astype(dtype.newbyteorder("="), copy=False).
func (m *MemoryView) ToNative() (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	typ, err := m.itemType()
	if err != nil {
		return nil, err
	}
	if typ.NativeOrder() {
		return m.again()
	}
	native := typ.WithOrder('=')
	k := kindOf(native.String())
	v, err := newArray(native.String(), k, m.layout.ItemSize, m.concrete(strides.A), m.layout.Shape, alignedBytes)
	if err != nil {
		return nil, err
	}
	var d, s operand
	d.set(v)
	s.set(m)
	if err := transfer(&d, &s, typ.Size(), toNative(typ), false); err != nil {
		return nil, err
	}
	return v, nil
}
