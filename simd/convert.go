package simd

import "unsafe"

// ConvertFunc changes the kind of adjacent numbers:
//
//	for i := range n {
//		dst item i = the number in src item i
//	}
//
// Integers and floats become the nearest float, ties to even; a NaN becomes a
// quiet one with its sign and the top of its payload, or 0 where dst is of
// integers. Other floats become integers without their fractions, and what does
// not fit the nearest integer that does.
//
// Requires, unchecked: n is [ConvertLeast] at least; dst and src have no byte in
// common. In ConvertLines dst is a multiple of StreamLine and n items are whole
// lines, which are streamed: the stores are seen by others in no order before
// [StreamFence].
type ConvertFunc func(dst, src unsafe.Pointer, n int)

// ConvertLeast is the fewest items that a ConvertFunc does.
const ConvertLeast = 64

// A Conversion is a pair of kinds of numbers, the place of its kernels in
// Convert and ConvertLines of [Kernels].
type Conversion uint8

// The conversions that some level has kernels for.
const (
	Float16ToFloat32 Conversion = iota
	Float16ToFloat64
	BFloat16ToFloat32
	Float32ToFloat16
	Float32ToBFloat16
	Float32ToFloat64
	Float64ToFloat32
	Float64ToInt32
	Float32ToInt32
	Float64ToInt64
	Int32ToFloat32
	Int32ToFloat64
	Uint32ToFloat32
	Uint32ToFloat64
	Int64ToFloat64
	Uint64ToFloat64
	Int8ToFloat32
	Int8ToFloat64
	Uint8ToFloat32
	Uint8ToFloat64
	Int16ToFloat32
	Int16ToFloat64
	Uint16ToFloat32
	Uint16ToFloat64
	Conversions // how many there are
)

var conversionNames = [Conversions]string{
	"float16-float32",
	"float16-float64",
	"bfloat16-float32",
	"float32-float16",
	"float32-bfloat16",
	"float32-float64",
	"float64-float32",
	"float64-int32",
	"float32-int32",
	"float64-int64",
	"int32-float32",
	"int32-float64",
	"uint32-float32",
	"uint32-float64",
	"int64-float64",
	"uint64-float64",
	"int8-float32",
	"int8-float64",
	"uint8-float32",
	"uint8-float64",
	"int16-float32",
	"int16-float64",
	"uint16-float32",
	"uint16-float64",
}

// String returns the names of the kinds, the one converted first.
func (c Conversion) String() string { return conversionNames[c] }
