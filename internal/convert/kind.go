// Package convert changes the type of numbers: loops that read items of one
// kind and write items of another, and the rules that say which changes a
// program has to ask for.
//
// # What a conversion gives
//
// The same bytes at every CPU level and on every architecture:
//
//   - Integers to integers: the low bits, as in Go and C.
//   - Anything to bool: 1 if it is not zero, else 0; NaN is not zero, -0 is.
//     A bool is read as 0 or 1, whatever else its byte holds.
//   - Integers and floats to floats: the nearest value, ties to even, rounded
//     once. Too large a number becomes an infinity.
//   - NaN to floats: a quiet NaN with the sign and the top of the payload.
//   - Floats to integers: the fraction is dropped. What does not fit becomes the
//     nearest value that does, NaN becomes 0 (docs/decisions/0040).
//   - Complex to real: the imaginary part is dropped, except that a complex
//     number is true if either part is not zero. Real to complex: it is +0.
package convert

// A Kind is a type of number.
type Kind uint8

// The kinds. Integers are in two's complement, floats are those of IEEE 754 but
// BFloat16, which is the upper half of a Float32; a complex number is two
// floats, the real part first.
const (
	Bool Kind = iota
	Int8
	Uint8
	Int16
	Uint16
	Int32
	Uint32
	Int64
	Uint64
	Float16
	BFloat16
	Float32
	Float64
	Complex64
	Complex128
	Kinds // how many there are
)

var kindTable = [Kinds]struct {
	name  string
	size  int
	class class
}{
	{"bool", 1, boolean},
	{"int8", 1, signed},
	{"uint8", 1, unsigned},
	{"int16", 2, signed},
	{"uint16", 2, unsigned},
	{"int32", 4, signed},
	{"uint32", 4, unsigned},
	{"int64", 8, signed},
	{"uint64", 8, unsigned},
	{"float16", 2, float},
	{"bfloat16", 2, float},
	{"float32", 4, float},
	{"float64", 8, float},
	{"complex64", 8, complexes},
	{"complex128", 16, complexes},
}

// A class is what casting of the same kind goes by: each may become a later one.
type class uint8

const (
	boolean class = iota
	unsigned
	signed
	float
	complexes
)

// String returns NumPy's name of the kind.
func (k Kind) String() string { return kindTable[k].name }

// Size returns the bytes of an item.
func (k Kind) Size() int { return kindTable[k].size }

// part returns the kind of the two parts of a complex kind, and k for others.
func (k Kind) part() Kind {
	switch k {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	}
	return k
}

// Safe reports whether every value of from is one of to, as NumPy sees it:
// integers of 64 bits count as exact in 64-bit floats. bfloat16 holds the
// integers of 8 bits and is held by the floats from 32 bits on.
func Safe(from, to Kind) bool {
	if from == to {
		return true
	}
	f, t := kindTable[from], kindTable[to]
	if t.class == complexes {
		return f.class != complexes && Safe(from, to.part()) || f.class == complexes && f.size < t.size
	}
	switch f.class {
	case boolean:
		return true
	case unsigned, signed:
		switch t.class {
		case f.class, signed:
			return t.size > f.size
		case float:
			// A float needs more bits than the integer, but for 64.
			return t.size > f.size || t.size == 8
		}
	case float:
		return t.class == float && t.size > f.size
	}
	return false
}

// SameKind reports whether a change is Safe, or stays within a class or goes up
// from bool over unsigned and signed integers and floats to complex numbers.
func SameKind(from, to Kind) bool {
	return Safe(from, to) || kindTable[from].class <= kindTable[to].class
}
