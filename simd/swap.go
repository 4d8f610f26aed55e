package simd

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// The implementations by Slot, best first. An item of one byte has no order.
// All may work in place: with dst equal to src and the same strides.
var swapImpls = [Sizes][]impl[StridedFunc]{
	{},
	append(swapAsm[1], impl[StridedFunc]{Generic, swap2Generic}),
	append(swapAsm[2], impl[StridedFunc]{Generic, swap4Generic}),
	append(swapAsm[3], impl[StridedFunc]{Generic, swap8Generic}),
	append(swapAsm[4], impl[StridedFunc]{Generic, swap16Generic}),
}

var boolImpls = []impl[StridedFunc]{{Generic, boolGeneric}}

func swap2Generic(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
	const low = 0x00ff00ff00ff00ff
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		j := 0
		if dstStride == 2 && srcStride == 2 {
			for ; j+4 <= cols; j += 4 {
				x := load64(src, s)
				store64(dst, d, x&low<<8|x>>8&low)
				d += 8
				s += 8
			}
		}
		for ; j < cols; j++ {
			x := binary.LittleEndian.Uint16((*[2]byte)(unsafe.Add(src, s))[:])
			binary.BigEndian.PutUint16((*[2]byte)(unsafe.Add(dst, d))[:], x)
			d += dstStride
			s += srcStride
		}
	}
}

func swap4Generic(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		j := 0
		if dstStride == 4 && srcStride == 4 {
			for ; j+2 <= cols; j += 2 {
				store64(dst, d, bits.RotateLeft64(bits.ReverseBytes64(load64(src, s)), 32))
				d += 8
				s += 8
			}
		}
		for ; j < cols; j++ {
			x := binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(src, s))[:])
			binary.BigEndian.PutUint32((*[4]byte)(unsafe.Add(dst, d))[:], x)
			d += dstStride
			s += srcStride
		}
	}
}

func swap8Generic(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		for range cols {
			store64(dst, d, bits.ReverseBytes64(load64(src, s)))
			d += dstStride
			s += srcStride
		}
	}
}

func swap16Generic(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		for range cols {
			a, b := load64(src, s), load64(src, s+8)
			store64(dst, d, bits.ReverseBytes64(b))
			store64(dst, d+8, bits.ReverseBytes64(a))
			d += dstStride
			s += srcStride
		}
	}
}

// boolGeneric makes each byte 0 or 1, eight at a time where they are adjacent:
// adding 0x7f to the low seven bits of a byte carries into its top bit exactly
// when one of them is set.
func boolGeneric(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
	const low7, one = 0x7f7f7f7f7f7f7f7f, 0x0101010101010101
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		j := 0
		if dstStride == 1 && srcStride == 1 {
			for ; j+8 <= cols; j += 8 {
				x := load64(src, s)
				store64(dst, d, (x|(x&low7+low7))>>7&one)
				d += 8
				s += 8
			}
		}
		for ; j < cols; j++ {
			var b byte
			if *(*byte)(unsafe.Add(src, s)) != 0 {
				b = 1
			}
			*(*byte)(unsafe.Add(dst, d)) = b
			d += dstStride
			s += srcStride
		}
	}
}
