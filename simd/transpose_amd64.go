//go:build !purego && !noasm

package simd

import "unsafe"

// The implementations in assembly by Slot, best first. What has fewer rows or
// columns than a block is left to kernels with smaller blocks.
var transposeAsm = [Sizes][]impl[TransposeFunc]{
	{
		{AVX512, withBlocks(rest1, blocks{64, 64, transpose1Lines512}, blocks{16, 16, transpose1Blocks256}, blocks{16, 8, transpose1Blocks128})},
		{AVX2, withBlocks(rest1, blocks{64, 64, transpose1Lines256}, blocks{16, 16, transpose1Blocks256}, blocks{16, 8, transpose1Blocks128})},
		{SSE2, withBlocks(transpose1Generic, blocks{64, 16, transpose1Lines128}, blocks{16, 8, transpose1Blocks128})},
	},
	{
		{AVX512, withBlocks(rest2, blocks{32, 32, transpose2Lines512}, blocks{16, 8, transpose2Blocks256}, blocks{8, 8, transpose2Blocks128})},
		{AVX2, withBlocks(rest2, blocks{32, 32, transpose2Lines256}, blocks{16, 8, transpose2Blocks256}, blocks{8, 8, transpose2Blocks128})},
		{SSE2, withBlocks(transpose2Generic, blocks{32, 16, transpose2Lines128}, blocks{8, 8, transpose2Blocks128})},
	},
	{
		{AVX512, withBlocks(rest4, blocks{16, 16, transpose4Lines512}, blocks{8, 8, transpose4Blocks256}, blocks{4, 4, transpose4Blocks128})},
		{AVX2, withBlocks(rest4, blocks{16, 16, transpose4Lines256}, blocks{8, 8, transpose4Blocks256}, blocks{4, 4, transpose4Blocks128})},
		{SSE2, withBlocks(transpose4Generic, blocks{16, 16, transpose4Lines128}, blocks{4, 4, transpose4Blocks128})},
	},
	{
		{AVX512, withBlocks(rest8, blocks{8, 8, transpose8Lines512}, blocks{4, 4, transpose8Blocks256})},
		{AVX2, withBlocks(rest8, blocks{8, 8, transpose8Lines256}, blocks{4, 4, transpose8Blocks256})},
		{SSE2, withBlocks(transposeItems[[8]byte], blocks{8, 8, transpose8Lines128}, blocks{2, 2, transpose8Blocks128})},
	},
	{
		{AVX512, withBlocks(transposeItems[[16]byte], blocks{4, 4, transpose16Lines512})},
		{AVX2, withBlocks(transposeItems[[16]byte], blocks{4, 4, transpose16Lines256})},
		{SSE2, withBlocks(transposeItems[[16]byte], blocks{4, 4, transpose16Lines128})},
	},
}

// transposeLinesImpls are for blocks whose rows in dst are whole lines.
var transposeLinesImpls = [Sizes][]impl[TransposeFunc]{
	{{AVX512, transpose1Stream512}},
	{{AVX512, transpose2Stream512}},
	{{AVX512, transpose4Stream512}},
	{{AVX512, transpose8Stream512}},
	{{AVX512, transpose16Stream512}},
}

func rest1(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if !planes1(dst, src, rows, cols, dstStride, srcStride) {
		transpose1Generic(dst, src, rows, cols, dstStride, srcStride)
	}
}

func rest2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if !planes2(dst, src, rows, cols, dstStride, srcStride) {
		transpose2Generic(dst, src, rows, cols, dstStride, srcStride)
	}
}

func rest4(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	if !planes4(dst, src, rows, cols, dstStride, srcStride) {
		transpose4Generic(dst, src, rows, cols, dstStride, srcStride)
	}
}

func rest8(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	switch { // planes first: three are enough for the blocks as well
	case planes8(dst, src, rows, cols, dstStride, srcStride):
	case rows >= 2 && cols >= 2:
		transpose8Blocks128(dst, src, rows, cols, dstStride, srcStride)
	default:
		transposeItems[[8]byte](dst, src, rows, cols, dstStride, srcStride)
	}
}
