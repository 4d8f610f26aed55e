package ndbuf

import (
	"bytes"
	"math"
	"math/big"
	"reflect"

	"github.com/strided-go/strided/format"
)

// Equality of values, as Python has it: numbers by their exact value, whatever their types (true is 1); NaN equals
// nothing; bytes equal bytes only, text text, a Record a Record and a list a list, element by element.

// A number is a real number in the one form that it has here, so that equal numbers are equal structs: an integer that
// fits in 64 bits and a sign; else a float64; else, where that would be inexact, text.
type number struct {
	form byte // 'i', 'f', 'x'; 0 for NaN
	neg  bool
	mag  uint64  // of 'i'
	f    float64 // of 'f'
	text string  // of 'x': all its bits
}

// equal compares two numbers; NaN is unequal to all.
func (a number) equal(b number) bool { return a.form != 0 && a == b }

func intNumber(i int64) number {
	if i < 0 {
		return number{form: 'i', neg: true, mag: -uint64(i)}
	}
	return number{form: 'i', mag: uint64(i)}
}

func uintNumber(u uint64) number { return number{form: 'i', mag: u} }

func floatNumber(f float64) number {
	switch {
	case f != f:
		return number{}
	case f == math.Trunc(f) && math.Abs(f) < 0x1p64:
		return number{form: 'i', neg: f < 0, mag: uint64(math.Abs(f))}
	}
	return number{form: 'f', f: f}
}

func bigNumber(x *big.Float) number {
	if f, acc := x.Float64(); acc == big.Exact {
		return floatNumber(f)
	}
	if n, acc := x.Int(nil); acc == big.Exact && n.BitLen() <= 64 {
		return number{form: 'i', neg: n.Sign() < 0, mag: new(big.Int).Abs(n).Uint64()}
	}
	return number{form: 'x', text: x.Text('p', 0)}
}

// numberOf takes what Python would call an int, a float or a bool.
func numberOf(v any) (number, bool) {
	switch v := v.(type) {
	case nil:
		return number{}, false
	case float64:
		return floatNumber(v), true
	case float32:
		return floatNumber(float64(v)), true
	case format.LongDouble:
		x, ok := v.Big()
		if !ok {
			return number{}, true
		}
		return bigNumber(x), true
	case *big.Int:
		if v == nil {
			return number{}, false
		}
		return bigNumber(new(big.Float).SetInt(v)), true
	case *big.Float:
		if v == nil {
			return number{}, false
		}
		return bigNumber(v), true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Bool:
		if r.Bool() {
			return uintNumber(1), true
		}
		return uintNumber(0), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intNumber(r.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return uintNumber(r.Uint()), true
	case reflect.Float32, reflect.Float64:
		return floatNumber(r.Float()), true
	}
	return number{}, false
}

// complexOf takes any number.
func complexOf(v any) (re, im number, ok bool) {
	switch v := v.(type) {
	case complex64:
		return floatNumber(float64(real(v))), floatNumber(float64(imag(v))), true
	case complex128:
		return floatNumber(real(v)), floatNumber(imag(v)), true
	case format.LongComplex:
		re, _ = numberOf(v.Real)
		im, _ = numberOf(v.Imag)
		return re, im, true
	}
	if re, ok = numberOf(v); ok {
		return re, uintNumber(0), true
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Complex64 || r.Kind() == reflect.Complex128 {
		c := r.Complex()
		return floatNumber(real(c)), floatNumber(imag(c)), true
	}
	return number{}, number{}, false
}

// equalValues compares two values as Python's == does.
func equalValues(a, b any) bool {
	if re, im, ok := complexOf(a); ok {
		re2, im2, ok := complexOf(b)
		return ok && re.equal(re2) && im.equal(im2)
	}
	switch a := a.(type) {
	case []byte:
		b, ok := bytesOf(b)
		return ok && bytes.Equal(a, b)
	case string:
		r := reflect.ValueOf(b)
		return r.Kind() == reflect.String && r.String() == a
	case format.Record:
		b, ok := b.(format.Record)
		return ok && equalLists(a, b)
	case []any:
		b, ok := b.([]any)
		return ok && equalLists(a, b)
	}
	return false
}

func equalLists(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equalValues(a[i], b[i]) {
			return false
		}
	}
	return true
}

// bytesOf takes byte slices and arrays of any name; what it returns is only read.
func bytesOf(v any) ([]byte, bool) {
	switch v := v.(type) {
	case []byte:
		return v, true
	case format.LongDouble:
		return nil, false
	}
	r := reflect.ValueOf(v)
	if k := r.Kind(); (k != reflect.Slice && k != reflect.Array) || r.Type().Elem().Kind() != reflect.Uint8 {
		return nil, false
	}
	if r.Kind() == reflect.Slice {
		return r.Bytes(), true
	}
	b := make([]byte, r.Len())
	reflect.Copy(reflect.ValueOf(b), r)
	return b, true
}

// plain brings a value that a caller looks for into the form that Decode gives: elements of lists are found by
// reflection once, here, and not for each item.
func plain(v any) any {
	switch v := v.(type) {
	case nil, format.LongDouble:
		return v
	case format.Record:
		out := make(format.Record, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	}
	if b, ok := bytesOf(v); ok {
		return b
	}
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Slice && r.Kind() != reflect.Array {
		return v
	}
	out := make([]any, r.Len())
	for i := range out {
		out[i] = plain(r.Index(i).Interface())
	}
	return out
}
