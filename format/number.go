package format

import (
	"math"
	"math/big"
	"reflect"
)

// integer is a value taken as an integer: bits is its two's complement, neg
// says that it is to be read as signed.
type integer struct {
	bits uint64
	neg  bool
}

func fromInt(i int64) integer { return integer{uint64(i), i < 0} }

// in reports whether the integer fits a kind of size bytes.
func (n integer) in(kind Kind, size int) bool {
	bits := uint(8 * size)
	if n.neg {
		return kind != Uint && int64(n.bits) >= -1<<(bits-1)
	}
	if kind == Int {
		bits--
	}
	return n.bits <= math.MaxUint64>>(64-bits)
}

// toInteger takes what Python's __index__ takes: integers and bool. The
// reason is 0, WrongType or, beyond 64 bits, OutOfRange.
func toInteger(v any) (integer, Reason) {
	switch v := v.(type) {
	case int:
		return fromInt(int64(v)), 0
	case int8:
		return fromInt(int64(v)), 0
	case int16:
		return fromInt(int64(v)), 0
	case int32:
		return fromInt(int64(v)), 0
	case int64:
		return fromInt(v), 0
	case uint:
		return integer{bits: uint64(v)}, 0
	case uint8:
		return integer{bits: uint64(v)}, 0
	case uint16:
		return integer{bits: uint64(v)}, 0
	case uint32:
		return integer{bits: uint64(v)}, 0
	case uint64:
		return integer{bits: v}, 0
	case bool:
		if v {
			return integer{bits: 1}, 0
		}
		return integer{}, 0
	case *big.Int:
		switch {
		case v == nil:
			return integer{}, WrongType
		case v.IsInt64():
			return fromInt(v.Int64()), 0
		case v.IsUint64():
			return integer{bits: v.Uint64()}, 0
		}
		return integer{}, OutOfRange
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fromInt(r.Int()), 0
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return integer{bits: r.Uint()}, 0
	case reflect.Bool:
		return toInteger(r.Bool())
	}
	return integer{}, WrongType
}

// toFloat takes floats, and integers as Python's float() does: rounded to
// even, OutOfRange beyond the limits of a float.
func toFloat(v any) (float64, Reason) {
	switch v := v.(type) {
	case float64:
		return v, 0
	case float32:
		return widen(v), 0
	case LongDouble:
		return v.Float64(), 0
	case *big.Int:
		if v == nil {
			return 0, WrongType
		}
		f, _ := new(big.Float).SetInt(v).Float64()
		if math.IsInf(f, 0) {
			return 0, OutOfRange
		}
		return f, 0
	}
	if n, reason := toInteger(v); reason == 0 {
		if n.neg {
			return float64(int64(n.bits)), 0
		}
		return float64(n.bits), 0
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Float32:
		return widen(float32(r.Float())), 0
	case reflect.Float64:
		return r.Float(), 0
	}
	return 0, WrongType
}

// isInteger reports whether v is an integer of whatever size.
func isInteger(v any) bool {
	_, reason := toInteger(v)
	return reason != WrongType
}

// toComplex takes complex numbers and whatever toFloat takes.
func toComplex(v any) (complex128, Reason) {
	switch v := v.(type) {
	case complex128:
		return v, 0
	case complex64:
		return complex(widen(real(v)), widen(imag(v))), 0
	case LongComplex:
		return complex(v.Real.Float64(), v.Imag.Float64()), 0
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Complex64, reflect.Complex128:
		return r.Complex(), 0
	}
	f, reason := toFloat(v)
	return complex(f, 0), reason
}

// toBytes takes byte slices and byte arrays; what it returns is only read.
func toBytes(v any) ([]byte, bool) {
	if b, ok := v.([]byte); ok {
		return b, true
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
		return r.Bytes(), true
	case r.Kind() == reflect.Array && r.Type().Elem().Kind() == reflect.Uint8:
		b := make([]byte, r.Len())
		for i := range b {
			b[i] = byte(r.Index(i).Uint())
		}
		return b, true
	}
	return nil, false
}

// truth is Python's bool(): zero numbers, empty containers and nil are false.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case *big.Int:
		return v != nil && v.Sign() != 0
	case LongDouble:
		return v.Float64() != 0
	case LongComplex:
		return v.Real.Float64() != 0 || v.Imag.Float64() != 0
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array, reflect.Chan:
		return r.Len() > 0
	case reflect.Struct:
		return true
	default:
		return !r.IsZero()
	}
}

// list gives the elements of a slice or array of any type.
func list(v any) (n int, at func(int) any, ok bool) {
	switch v := v.(type) {
	case []any:
		return len(v), func(i int) any { return v[i] }, true
	case Record:
		return len(v), func(i int) any { return v[i] }, true
	case LongDouble:
		return 0, nil, false
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Slice || r.Kind() == reflect.Array {
		return r.Len(), func(i int) any { return r.Index(i).Interface() }, true
	}
	return 0, nil, false
}
