//go:build !purego && !noasm

package simd

import "unsafe"

// The implementations in assembly by Slot. What has fewer rows or columns than a
// block is left to kernels with smaller blocks.
var transposeAsm = [Sizes][]impl[TransposeFunc]{
	{{NEON, withBlocks(transpose1Generic, blocks{64, 16, transpose1LinesNEON}, blocks{16, 16, transpose1BlocksNEON})}},
	{{NEON, withBlocks(transpose2Generic, blocks{32, 16, transpose2LinesNEON}, blocks{8, 8, transpose2BlocksNEON})}},
	{{NEON, withBlocks(transpose4Generic, blocks{16, 16, transpose4LinesNEON}, blocks{4, 4, transpose4BlocksNEON})}},
	{{NEON, withBlocks(transposeItems[[8]byte], blocks{8, 8, transpose8LinesNEON}, blocks{2, 2, transpose8BlocksNEON})}},
	{{NEON, withBlocks(transposeItems[[16]byte], blocks{4, 4, transpose16LinesNEON})}},
}

var swapAsm = [Sizes][]impl[StridedFunc]{
	{},
	{{NEON, withSwap(2, swapLanes{plain: swap2LaneNEON}, swap2Generic)}},
	{{NEON, withSwap(4, swapLanes{plain: swap4LaneNEON}, swap4Generic)}},
	{{NEON, withSwap(8, swapLanes{plain: swap8LaneNEON}, swap8Generic)}},
	{{NEON, withSwap(16, swapLanes{plain: swap16LaneNEON}, swap16Generic)}},
}

var stridedAsm = [Sizes][]impl[StridedFunc]{
	{{NEON, withReverse(1, reverse1LaneNEON, stridedGeneric[[1]byte])}},
	{{NEON, withReverse(2, reverse2LaneNEON, stridedGeneric[[2]byte])}},
	{{NEON, withReverse(4, reverse4LaneNEON, stridedGeneric[[4]byte])}},
	{{NEON, withReverse(8, reverse8LaneNEON, stridedGeneric[[8]byte])}},
	{},
}

// withReverse returns a StridedFunc for items of that size, with a kernel for
// src reversed.
func withReverse(size int, reverse laneFunc, rest StridedFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
		if dstStride != size || srcStride != -size || cols*size < laneMin {
			rest(dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
			return
		}
		reverse.rows(dst, src, rows, cols, dstRowStride, srcRowStride, size, srcStride, size)
	}
}
