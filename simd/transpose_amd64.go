//go:build !purego && !noasm

package simd

import "unsafe"

// The implementations in assembly by Slot, best first. A kernel of blocks needs
// at least one block; less is left to the next one, which has smaller blocks.
var transposeAsm = [Sizes][]impl[TransposeFunc]{
	{{AVX512, transpose1AVX512}, {AVX2, transpose1AVX2}},
	{{AVX512, transpose2AVX512}, {AVX2, transpose2AVX2}},
	{{AVX512, transpose4AVX512}, {AVX2, transpose4AVX2}},
	{{AVX512, transpose8AVX512}, {AVX2, transpose8AVX2}},
	{{AVX512, transpose16AVX512}, {AVX2, transpose16AVX2}},
}

// transposeLinesImpls are for blocks whose rows in dst are whole lines.
var transposeLinesImpls = [Sizes][]impl[TransposeFunc]{
	{{AVX512, transpose1Stream512}},
	{{AVX512, transpose2Stream512}},
	{{AVX512, transpose4Stream512}},
	{{AVX512, transpose8Stream512}},
	{{AVX512, transpose16Stream512}},
}

func transpose1AVX512(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 64 || cols < 64 {
		transpose1Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose1Lines512(dst, src, rows, cols, dstStride, srcStride)
}

func transpose1AVX2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 64 || cols < 64 {
		transpose1Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose1Lines256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose1Small(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if planes1(dst, src, rows, cols, dstStride, srcStride) {
		return
	}
	if rows < 16 || cols < 16 {
		transpose1Generic(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose1Blocks256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose2AVX512(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 32 || cols < 32 {
		transpose2Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose2Lines512(dst, src, rows, cols, dstStride, srcStride)
}

func transpose2AVX2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 32 || cols < 32 {
		transpose2Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose2Lines256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose2Small(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if planes2(dst, src, rows, cols, dstStride, srcStride) {
		return
	}
	if rows < 16 || cols < 8 {
		transpose2Generic(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose2Blocks256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose4AVX512(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 16 || cols < 16 {
		transpose4Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose4Lines512(dst, src, rows, cols, dstStride, srcStride)
}

func transpose4AVX2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 16 || cols < 16 {
		transpose4Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose4Lines256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose4Small(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if planes4(dst, src, rows, cols, dstStride, srcStride) {
		return
	}
	if rows < 8 || cols < 8 {
		transpose4Generic(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose4Blocks256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose8AVX512(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 8 || cols < 8 {
		transpose8Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose8Lines512(dst, src, rows, cols, dstStride, srcStride)
}

func transpose8AVX2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 8 || cols < 8 {
		transpose8Small(dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose8Lines256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose8Small(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if planes8(dst, src, rows, cols, dstStride, srcStride) {
		return
	}
	if rows < 4 || cols < 4 {
		transposeItems[[8]byte](dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose8Blocks256(dst, src, rows, cols, dstStride, srcStride)
}

func transpose16AVX512(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 4 || cols < 4 {
		transposeItems[[16]byte](dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose16Lines512(dst, src, rows, cols, dstStride, srcStride)
}

func transpose16AVX2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if rows < 4 || cols < 4 {
		transposeItems[[16]byte](dst, src, rows, cols, dstStride, srcStride)
		return
	}
	transpose16Lines256(dst, src, rows, cols, dstStride, srcStride)
}
