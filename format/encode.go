package format

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"unicode/utf16"
	"unicode/utf8"
)

// sprint joins the parts of a message without adding spaces.
func sprint(parts ...any) string {
	var b []byte
	for _, p := range parts {
		b = fmt.Append(b, p)
	}
	return string(b)
}

// Encode stores v as the item at the start of dst, which may be longer than
// the format. It takes what Decode returns, and besides: every integer type,
// *big.Int and bool for integers, these and floats for float codes, real
// numbers for complex codes, byte arrays for bytes, strings for u and w, any
// slice or array for a sub-array or a structure, and types whose underlying
// type is one of these. The code ? takes anything: what Python calls true is
// 1. Bytes and text that are too long are cut, shorter ones filled with zeros.
//
// A finite float beyond the limits of an e, or of an f in a standard mode, is
// refused; in the native modes f takes it as infinity, as a C cast does.
// Shares: nothing. Padding is written as zeros.
// Errors: *PackError; after it dst is as it was.
// As memoryview.__setitem__.
func (t *Type) Encode(dst []byte, v any) error {
	if len(dst) < t.size {
		return t.short(len(dst))
	}
	if !t.bare {
		return t.store(dst[:t.size], v)
	}
	if t.values == 1 {
		named := false
		for _, f := range t.fields {
			named = named || f.Name != ""
		}
		if !named {
			return t.store(dst[:t.size], Record{v})
		}
	}
	return t.store(dst[:t.size], v)
}

// Pack stores the values as the item at the start of dst: one for each
// element of the top level, or for each member if the format is a single
// T{...}. Encode says what they may be.
//
// Shares: nothing. Padding is written as zeros.
// Errors: *PackError; after it dst is as it was.
// As struct.pack.
func (t *Type) Pack(dst []byte, values ...any) error {
	if len(values) != t.values {
		return &PackError{Index: -1, Reason: WrongCount,
			Msg: sprint("pack of ", clip(t.String()), " needs ", t.values, " values, got ", len(values))}
	}
	if len(dst) < t.size {
		return t.short(len(dst))
	}
	if t.kind != Struct {
		return t.put(dst[:t.size], values[0], 0)
	}
	return t.store(dst[:t.size], Record(values))
}

// store writes a value whole or not at all.
func (t *Type) store(dst []byte, v any) error {
	if t.kind != Struct {
		return t.put(dst, v, 0)
	}
	tmp := make([]byte, t.size)
	if err := t.putRecord(tmp, v, -1); err != nil {
		return err
	}
	copy(dst, tmp)
	return nil
}

// putRecord writes the members of a Struct into zeroed memory. The index of
// the value at fault is that of the outermost record, whose own is -1.
func (t *Type) putRecord(dst []byte, v any, index int) error {
	n, at, ok := list(v)
	if !ok {
		return &PackError{'T', max(index, 0), WrongType, sprint("a structure takes a Record, not ", typeName(v))}
	}
	if n != t.values {
		return &PackError{'T', max(index, 0), WrongCount, sprint("a structure of ", t.values, " values got ", n)}
	}
	next := 0
	for _, f := range t.fields {
		where := index
		if !f.flat {
			if index < 0 {
				where = next
			}
			if err := f.Type.putArray(dst[f.Offset:], f.Shape, at(next), where); err != nil {
				return err
			}
			next++
			continue
		}
		for i := range product(f.Shape) {
			if index < 0 {
				where = next
			}
			if err := f.Type.putElement(dst[f.Offset+i*f.Type.size:], at(next), where); err != nil {
				return err
			}
			next++
		}
	}
	return nil
}

// putArray writes a sub-array; an empty shape is a single element.
func (t *Type) putArray(dst []byte, shape []int, v any, index int) error {
	if len(shape) == 0 {
		return t.putElement(dst, v, index)
	}
	n, at, ok := list(v)
	if !ok {
		return &PackError{t.letter(), index, WrongType, sprint("a sub-array takes a list, not ", typeName(v))}
	}
	if n != shape[0] {
		return &PackError{t.letter(), index, WrongCount, sprint("a sub-array of length ", shape[0], " got ", n, " values")}
	}
	step := product(shape[1:]) * t.size
	for i := range n {
		if err := t.putArray(dst[i*step:], shape[1:], at(i), index); err != nil {
			return err
		}
	}
	return nil
}

func (t *Type) putElement(dst []byte, v any, index int) error {
	if t.kind == Struct {
		return t.putRecord(dst[:t.size], v, index)
	}
	return t.put(dst[:t.size], v, index)
}

// letter is what a PackError calls the type.
func (t *Type) letter() byte {
	if t.kind == Struct {
		return 'T'
	}
	return t.code[0]
}

func (t *Type) wrong(v any, index int, takes string) error {
	return &PackError{t.code[0], index, WrongType, sprint("code ", t.code, " takes ", takes, ", not ", typeName(v))}
}

// put writes a leaf into dst, which has its size: wholly or, with an error,
// not at all.
func (t *Type) put(dst []byte, v any, index int) error {
	switch t.kind {
	case Bool:
		dst[0] = 0
		if truth(v) {
			dst[0] = 1
		}
		return nil
	case Int, Uint, Pointer, Object:
		n, reason := toInteger(v)
		if reason == WrongType {
			return t.wrong(v, index, "an integer")
		}
		if reason == OutOfRange || !n.in(t.kind, t.size) {
			return &PackError{t.code[0], index, OutOfRange, sprint("code ", t.code, " of ", t.size, " bytes cannot hold ", clipNumber(v))}
		}
		t.putBits(dst, n.bits)
		return nil
	case Float:
		if t.code == "g" {
			return t.putLong(dst, v, index)
		}
		f, reason := toFloat(v)
		if reason == WrongType {
			return t.wrong(v, index, "a float")
		}
		b, ok := t.floatBits(f)
		if reason != 0 || !ok {
			return t.tooLarge(v, index)
		}
		t.putBits(dst, b)
		return nil
	case Complex:
		return t.putComplex(dst, v, index)
	case Text:
		s, ok := toText(v)
		if !ok {
			return t.wrong(v, index, "a string")
		}
		t.putText(dst, s)
		return nil
	}
	b, ok := toBytes(v)
	if !ok {
		return t.wrong(v, index, "bytes")
	}
	switch {
	case t.kind == Char && len(b) != 1:
		return &PackError{'c', index, WrongType, sprint("code c takes 1 byte, not ", len(b))}
	case t.kind != Pascal:
		clear(dst[copy(dst, b):])
	case len(dst) > 0:
		n := copy(dst[1:], b)
		clear(dst[1+n:])
		dst[0] = byte(min(n, 255))
	}
	return nil
}

// putBits writes one word of 1, 2, 4 or 8 bytes.
func (t *Type) putBits(b []byte, n uint64) {
	var order binary.ByteOrder = binary.LittleEndian
	if t.swapped != bigEndian {
		order = binary.BigEndian
	}
	switch len(b) {
	case 1:
		b[0] = byte(n)
	case 2:
		order.PutUint16(b, uint16(n))
	case 4:
		order.PutUint32(b, uint32(n))
	default:
		order.PutUint64(b, n)
	}
}

// floatBits rounds to the last letter of the code and reports whether a
// finite value stays in its limits.
func (t *Type) floatBits(f float64) (uint64, bool) {
	switch t.code[len(t.code)-1] {
	case 'e':
		h, ok := narrowHalf(f)
		return uint64(h), ok
	case 'f':
		n := narrow(f)
		ok := isNative(t.mode) || !math.IsInf(float64(n), 0) || math.IsInf(f, 0)
		return uint64(math.Float32bits(n)), ok
	}
	return math.Float64bits(f), true
}

// tooLarge is the error of a number beyond the limits of a float code. An
// integer is out of range there, as in struct.pack; only a float overflows.
func (t *Type) tooLarge(v any, index int) error {
	reason := TooLarge
	if isInteger(v) {
		reason = OutOfRange
	}
	return &PackError{t.code[0], index, reason, sprint("code ", t.code, " cannot hold ", clipNumber(v))}
}

func (t *Type) putComplex(dst []byte, v any, index int) error {
	lo, hi := dst[:t.word], dst[t.word:]
	if t.code == "Zg" {
		c, ok := v.(LongComplex)
		if !ok {
			z, reason := toComplex(v)
			if reason != 0 {
				return t.notComplex(v, index, reason)
			}
			c = LongComplex{longFloat(real(z)), longFloat(imag(z))}
		}
		t.putRaw(lo, c.Real)
		t.putRaw(hi, c.Imag)
		return nil
	}
	z, reason := toComplex(v)
	if reason != 0 {
		return t.notComplex(v, index, reason)
	}
	re, fits := t.floatBits(real(z))
	im, fits2 := t.floatBits(imag(z))
	if !fits || !fits2 {
		return t.tooLarge(v, index)
	}
	t.putBits(lo, re)
	t.putBits(hi, im)
	return nil
}

func (t *Type) notComplex(v any, index int, reason Reason) error {
	if reason == OutOfRange {
		return t.tooLarge(v, index)
	}
	return t.wrong(v, index, "a complex number")
}

// putLong writes a long double; integers of any size keep all the digits
// that it has.
func (t *Type) putLong(dst []byte, v any, index int) error {
	l, ok := v.(LongDouble)
	if b, isBig := v.(*big.Int); isBig && b != nil {
		l, ok = NewLongDouble(new(big.Float).SetInt(b)), true
		if !isFinite(l) {
			return t.tooLarge(v, index)
		}
	} else if n, reason := toInteger(v); reason == 0 {
		x := new(big.Float).SetUint64(n.bits)
		if n.neg {
			x.SetInt64(int64(n.bits))
		}
		l, ok = NewLongDouble(x), true
	}
	if !ok {
		f, reason := toFloat(v)
		if reason != 0 {
			return t.wrong(v, index, "a float")
		}
		l = longFloat(f)
	}
	t.putRaw(dst, l)
	return nil
}

// isFinite reports whether l is neither NaN nor an infinity.
func isFinite(l LongDouble) bool {
	x, ok := l.Big()
	return ok && !x.IsInf()
}

// putRaw writes the bytes of a long double in the order of the mode.
func (t *Type) putRaw(dst []byte, l LongDouble) {
	copy(dst, l[:])
	if t.swapped {
		reverse(dst)
	}
}

// toText takes strings and types made of them.
func toText(v any) (string, bool) {
	if s, ok := v.(string); ok {
		return s, true
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return r.String(), true
	}
	return "", false
}

// putText writes the characters of s that fit, then NULs. A character beyond
// UCS-2 takes two units and is not split.
func (t *Type) putText(dst []byte, s string) {
	clear(dst)
	i := 0
	for _, r := range s {
		units := []uint32{uint32(r)}
		if t.word == 2 && utf16.RuneLen(r) == 2 {
			a, b := utf16.EncodeRune(r)
			units = []uint32{uint32(a), uint32(b)}
		} else if !utf8.ValidRune(r) {
			units[0] = utf8.RuneError
		}
		if i+len(units)*t.word > len(dst) {
			return
		}
		for _, u := range units {
			t.putBits(dst[i:i+t.word], uint64(u))
			i += t.word
		}
	}
}

// typeName names the type of a value in messages.
func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}

// clipNumber prints an integer; a very long one is named by its length.
func clipNumber(v any) string {
	if b, ok := v.(*big.Int); ok && b.BitLen() > 128 {
		return sprint("an integer of ", b.BitLen(), " bits")
	}
	return fmt.Sprint(v)
}
