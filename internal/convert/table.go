package convert

import (
	"math/bits"
	"unsafe"
)

// A Func converts items:
//
//	for i := range n {
//		dst item i = the number in src item i
//	}
//
// Units: strides are bytes, any sign, zero too.
// Order: later items are written after earlier ones.
// Requires, unchecked: the items lie in their memory and do not overlap; where
// the processor cannot load a number at any address, they are aligned.
// Touches no byte outside the items.
type Func func(dst, src unsafe.Pointer, n, dstStride, srcStride int)

// Of returns the loop from one kind to another.
func Of(to, from Kind) Func { return table[to][from] }

var table [Kinds][Kinds]Func

func init() {
	setIntegers[int8](Int8)
	setIntegers[uint8](Uint8)
	setIntegers[int16](Int16)
	setIntegers[uint16](Uint16)
	setIntegers[int32](Int32)
	setIntegers[uint32](Uint32)
	setIntegers[int64](Int64)
	setIntegers[uint64](Uint64)

	table[Bool][Float16], table[Bool][BFloat16] = halfToBool, halfToBool
	table[Bool][Float32], table[Bool][Float64] = toBool[float32], toBool[float64]

	if bits.UintSize == 32 {
		// Go's own conversions may be one off there.
		table[Float32][Int64] = through(narrow, Float64, oddInt64)
		table[Float32][Uint64] = through(narrow, Float64, oddUint64)
	}

	// Of the parts of complex numbers.
	table[Float32][Float32], table[Float64][Float64] = numbers[uint32, uint32], numbers[uint64, uint64]

	table[Float32][Bool], table[Float64][Bool] = fromBool[float32], fromBool[float64]
	table[Float32][Float64] = narrow
	table[Float64][Float32] = widen
	table[Float32][Float16], table[Float32][BFloat16] = widenHalf, widenBrain
	table[Float16][Float32], table[BFloat16][Float32] = narrowHalf, narrowBrain
	table[Float16][Float64], table[BFloat16][Float64] = shrinkHalf, shrinkBrain

	table[Float64][Float16] = through(widen, Float32, widenHalf)
	setLanes()
	table[Float64][BFloat16] = through(table[Float64][Float32], Float32, table[Float32][BFloat16])

	for _, half := range []Kind{Float16, BFloat16} {
		// Every value of a half is one of float32, and an integer becomes
		// a float64 that rounds to a half as the integer itself does.
		for k := Int8; k < Float16; k++ {
			table[k][half] = through(table[k][Float32], Float32, table[Float32][half])
			table[half][k] = through(table[half][Float64], Float64, table[Float64][k])
		}
		table[half][Int64] = through(table[half][Float64], Float64, oddInt64)
		table[half][Uint64] = through(table[half][Float64], Float64, oddUint64)
		table[half][Bool] = through(table[half][Float32], Float32, table[Float32][Bool])
	}
	table[Float16][BFloat16] = through(table[Float16][Float32], Float32, table[Float32][BFloat16])
	table[BFloat16][Float16] = through(table[BFloat16][Float32], Float32, table[Float32][Float16])

	for _, c := range []Kind{Complex64, Complex128} {
		for k := Bool; k <= Float64; k++ {
			table[k][c] = table[k][c.part()] // of the real part
			table[c][k] = withZero(table[c.part()][k], c.part().Size())
		}
	}
	table[Complex128][Complex64], table[Complex64][Complex128] = inParts(widen, 8, 4), inParts(narrow, 4, 8)
	table[Bool][Complex64], table[Bool][Complex128] = complexToBool[float32], complexToBool[float64]
}

// setIntegers enters the loops from and to an integer kind.
func setIntegers[I integer](k Kind) {
	table[k][Bool], table[Bool][k] = fromBool[I], toBool[I]
	table[k][Int8], table[k][Uint8] = numbers[I, int8], numbers[I, uint8]
	table[k][Int16], table[k][Uint16] = numbers[I, int16], numbers[I, uint16]
	table[k][Int32], table[k][Uint32] = numbers[I, int32], numbers[I, uint32]
	table[k][Int64], table[k][Uint64] = numbers[I, int64], numbers[I, uint64]
	table[k][Float32], table[k][Float64] = truncate[I, float32], truncate[I, float64]
	table[Float32][k], table[Float64][k] = numbers[float32, I], numbers[float64, I]
}
