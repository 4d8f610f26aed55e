package format

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Record is the value of an item with members: a tuple in Python.
type Record []any

// Decode returns the value of the item at the start of src, which may be
// longer than the format. A format with exactly one value, which has no name,
// gives that value; any other gives a Record of the members' values.
//
// The Go type of a value follows from kind and size: int8 to int64, uint8 to
// uint64, bool, float32 (e, f), float64, LongDouble, complex64, complex128,
// LongComplex; []byte for c, s, p and named x; string for u and w, without
// trailing NULs; uint32 or uint64, as wide as a pointer, for addresses and
// objects; []any, nested, for sub-arrays; Record for T{...}.
// Shares: nothing; bytes are copied.
// Errors: *PackError (ShortBuffer) if src is too short; ErrValue for text
// that is not Unicode.
// As memoryview.__getitem__ and numpy.void.item.
func (t *Type) Decode(src []byte) (any, error) {
	if len(src) < t.size {
		return nil, t.short(len(src))
	}
	if !t.bare {
		return t.value(src)
	}
	if t.values != 1 {
		return t.record(src)
	}
	var f Field
	for _, f = range t.fields {
		if !f.flat || product(f.Shape) > 0 {
			break
		}
	}
	if f.Name != "" {
		return t.record(src)
	}
	if f.flat {
		return f.Type.value(src[f.Offset:])
	}
	return f.value(src)
}

// Unpack returns the values of one item, which src must hold exactly: one for
// each element of the top level ("3h" gives three), or for each member if the
// format is a single T{...}. Decode says which Go types they have.
//
// Errors: *PackError (ShortBuffer) if len(src) is not Size; ErrValue for text
// that is not Unicode.
// As struct.unpack.
func (t *Type) Unpack(src []byte) ([]any, error) {
	if len(src) != t.size {
		return nil, &PackError{Index: -1, Reason: ShortBuffer,
			Msg: sprint("unpack of ", clip(t.String()), " needs ", t.size, " bytes, got ", len(src))}
	}
	if t.kind == Struct {
		return t.record(src)
	}
	v, err := t.value(src)
	if err != nil {
		return nil, err
	}
	return []any{v}, nil
}

// short is the error of a buffer of n bytes.
func (t *Type) short(n int) error {
	return &PackError{Index: -1, Reason: ShortBuffer,
		Msg: sprint("an item of ", clip(t.String()), " needs ", t.size, " bytes, got ", n)}
}

// record reads the members of a Struct, one value for each element of a flat
// one.
func (t *Type) record(src []byte) (Record, error) {
	out := make(Record, 0, t.values)
	for _, f := range t.fields {
		n, size := 1, 0
		if f.flat {
			n, size = product(f.Shape), f.Type.size
		}
		for i := range n {
			var v any
			var err error
			if f.flat {
				v, err = f.Type.value(src[f.Offset+i*size:])
			} else {
				v, err = f.value(src)
			}
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// value reads a field that is one value.
func (f Field) value(src []byte) (any, error) {
	if len(f.Shape) == 0 {
		return f.Type.value(src[f.Offset:])
	}
	return f.Type.array(src[f.Offset:], f.Shape)
}

// array reads a sub-array as nested lists.
func (t *Type) array(src []byte, shape []int) (any, error) {
	if len(shape) == 0 {
		return t.value(src)
	}
	step := product(shape[1:]) * t.size
	out := make([]any, shape[0])
	for i := range out {
		v, err := t.array(src[i*step:], shape[1:])
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// value reads one element at the start of src.
func (t *Type) value(src []byte) (any, error) {
	src = src[:t.size]
	switch t.kind {
	case Struct:
		return t.record(src)
	case Bool:
		return src[0] != 0, nil
	case Int:
		n := int64(t.bits(src))
		switch t.size {
		case 1:
			return int8(n), nil
		case 2:
			return int16(n), nil
		case 4:
			return int32(n), nil
		}
		return n, nil
	case Uint, Pointer, Object:
		n := t.bits(src)
		switch t.size {
		case 1:
			return uint8(n), nil
		case 2:
			return uint16(n), nil
		case 4:
			return uint32(n), nil
		}
		return n, nil
	case Float:
		switch t.code {
		case "e":
			return widenHalf(uint16(t.bits(src))), nil
		case "f":
			return math.Float32frombits(uint32(t.bits(src))), nil
		case "d":
			return math.Float64frombits(t.bits(src)), nil
		}
		return t.longDouble(src), nil
	case Complex:
		lo, hi := src[:t.word], src[t.word:]
		switch t.code {
		case "Zf":
			return complex(math.Float32frombits(uint32(t.bits(lo))), math.Float32frombits(uint32(t.bits(hi)))), nil
		case "Zd":
			return complex(math.Float64frombits(t.bits(lo)), math.Float64frombits(t.bits(hi))), nil
		}
		return LongComplex{t.longDouble(lo), t.longDouble(hi)}, nil
	case Pascal:
		if len(src) == 0 {
			return []byte{}, nil
		}
		n := min(int(src[0]), len(src)-1)
		return append([]byte{}, src[1:1+n]...), nil
	case Text:
		return t.text(src)
	}
	return append([]byte{}, src...), nil
}

// bits reads one word of 1, 2, 4 or 8 bytes.
func (t *Type) bits(b []byte) uint64 {
	big := t.swapped != bigEndian
	switch {
	case len(b) == 1:
		return uint64(b[0])
	case len(b) == 2 && big:
		return uint64(binary.BigEndian.Uint16(b))
	case len(b) == 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case len(b) == 4 && big:
		return uint64(binary.BigEndian.Uint32(b))
	case len(b) == 4:
		return uint64(binary.LittleEndian.Uint32(b))
	case big:
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}

// longDouble reads a C long double and clears what carries no value.
func (t *Type) longDouble(b []byte) LongDouble {
	var l LongDouble
	copy(l[:], b)
	if t.swapped {
		reverse(l[:len(b)])
	}
	if ldouble.enc == ldX87 {
		clear(l[10:])
	}
	return l
}

// text reads UCS-2 or UCS-4 characters up to the trailing NULs.
func (t *Type) text(src []byte) (any, error) {
	n := len(src) / t.word
	for n > 0 && t.bits(src[(n-1)*t.word:n*t.word]) == 0 {
		n--
	}
	var s strings.Builder
	for i := 0; i < n; i++ {
		c := t.bits(src[i*t.word : (i+1)*t.word])
		r := rune(c)
		if t.word == 2 && utf16.IsSurrogate(r) && i+1 < n {
			if pair := utf16.DecodeRune(r, rune(t.bits(src[(i+1)*2:(i+2)*2]))); pair != utf8.RuneError {
				r = pair
				i++
			}
		}
		if c > utf8.MaxRune || !utf8.ValidRune(r) {
			return nil, wrap(ErrValue, "character %d of text is %#x, which is not Unicode", i, c)
		}
		s.WriteRune(r)
	}
	return s.String(), nil
}

// ReadInt returns the value of a Bool, Int, Uint, Pointer or Object leaf at
// the start of src; a Uint above 2^63-1 comes out negative. It serves loops
// over many items and allocates nothing.
//
// Requires: such a kind; panics if src is shorter than Size.
func (t *Type) ReadInt(src []byte) int64 {
	n := t.bits(src[:t.size])
	if t.kind == Int {
		shift := 64 - 8*t.size
		return int64(n<<shift) >> shift
	}
	return int64(n)
}

// ReadFloat returns the value of a Float leaf at the start of src, rounded to
// a float64 if it is a long double. Apart from that it allocates nothing.
//
// Requires: such a kind; panics if src is shorter than Size.
func (t *Type) ReadFloat(src []byte) float64 {
	src = src[:t.size]
	switch t.code {
	case "e":
		return widen(widenHalf(uint16(t.bits(src))))
	case "f":
		return widen(math.Float32frombits(uint32(t.bits(src))))
	case "d":
		return math.Float64frombits(t.bits(src))
	}
	return t.longDouble(src).Float64()
}
