package main

import (
	"bytes"
	"math"
	"math/big"
	"reflect"

	"github.com/strided-go/strided/format"
)

// sameValue reports whether two items, as format.Type.Decode gives them, have the same value: numbers of any kinds by
// what they count, exactly; texts and bytes by their letters, without NULs at the end, as in NumPy; records member by
// member. Unlike in Python, NaN is the same as NaN, and so are complex numbers either part of which is: the question is
// whether two files hold the same, not whether a sum comes out.
func sameValue(a, b any) bool {
	if x, ok := members(a); ok {
		y, ok := members(b)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameValue(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(bytes.TrimRight(x, "\x00"), bytes.TrimRight(y, "\x00"))
	}
	if x, ok := a.(string); ok {
		y, ok := b.(string)
		return ok && x == y
	}
	if isLong(a) || isLong(b) {
		return sameLong(a, b)
	}
	x, ok := number(a)
	y, ok2 := number(b)
	return ok && ok2 && x.same(y)
}

// members returns the parts of a record or sub-array.
func members(v any) ([]any, bool) {
	switch v := v.(type) {
	case format.Record:
		return v, true
	case []any:
		return v, true
	}
	return nil, false
}

// A numeric is a number: an integer as sign and magnitude, or a complex number.
type numeric struct {
	integer  bool
	negative bool
	size     uint64
	c        complex128
}

// number returns the value of a number or bool.
func number(v any) (numeric, bool) {
	if v, ok := v.(bool); ok {
		if v {
			return numeric{integer: true, size: 1}, true
		}
		return numeric{integer: true}, true
	}
	switch r := reflect.ValueOf(v); {
	case !r.IsValid():
	case r.CanInt():
		i := r.Int()
		if i < 0 {
			return numeric{integer: true, negative: true, size: -uint64(i)}, true
		}
		return numeric{integer: true, size: uint64(i)}, true
	case r.CanUint():
		return numeric{integer: true, size: r.Uint()}, true
	case r.CanFloat():
		return numeric{c: complex(r.Float(), 0)}, true
	case r.CanComplex():
		return numeric{c: r.Complex()}, true
	}
	return numeric{}, false
}

func (x numeric) same(y numeric) bool {
	switch {
	case x.integer && y.integer:
		return x.negative == y.negative && x.size == y.size
	case x.integer:
		return y.counts(x)
	case y.integer:
		return x.counts(y)
	}
	return x.c == y.c || hasNaN(x.c) && hasNaN(y.c)
}

// hasNaN reports whether a part of c is NaN. (For cmplx.IsNaN a number with an infinite part never is.)
func hasNaN(c complex128) bool { return math.IsNaN(real(c)) || math.IsNaN(imag(c)) }

// counts reports whether a number that is not an integer by kind has the value of i.
func (x numeric) counts(i numeric) bool {
	f := real(x.c)
	if imag(x.c) != 0 || f != math.Trunc(f) || (f < 0) != i.negative || math.Abs(f) >= 1<<64 {
		return false
	}
	return uint64(math.Abs(f)) == i.size
}

// isLong reports whether v is a number that a complex128 cannot always hold.
func isLong(v any) bool {
	switch v.(type) {
	case format.LongDouble, format.LongComplex:
		return true
	}
	return false
}

// sameLong is sameValue for numbers one of which is long.
func sameLong(a, b any) bool {
	x, ok := bigParts(a)
	y, ok2 := bigParts(b)
	if !ok || !ok2 {
		return false
	}
	nanX, nanY := x[0] == nil || x[1] == nil, y[0] == nil || y[1] == nil
	if nanX || nanY {
		return nanX && nanY
	}
	return x[0].Cmp(y[0]) == 0 && x[1].Cmp(y[1]) == 0
}

// bigParts returns the exact real and imaginary part of a number, nil for NaN.
func bigParts(v any) (parts [2]*big.Float, ok bool) {
	long := func(l format.LongDouble) *big.Float {
		if x, ok := l.Big(); ok {
			return x
		}
		return nil
	}
	short := func(f float64) *big.Float {
		if math.IsNaN(f) {
			return nil
		}
		return big.NewFloat(f)
	}
	parts[1] = new(big.Float)
	switch v := v.(type) {
	case format.LongDouble:
		parts[0] = long(v)
		return parts, true
	case format.LongComplex:
		parts[0], parts[1] = long(v.Real), long(v.Imag)
		return parts, true
	}
	n, ok := number(v)
	switch {
	case !ok:
	case n.integer:
		parts[0] = new(big.Float).SetUint64(n.size)
		if n.negative {
			parts[0].Neg(parts[0])
		}
	default:
		parts[0], parts[1] = short(real(n.c)), short(imag(n.c))
	}
	return parts, ok
}
