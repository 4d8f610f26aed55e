package plan

import (
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// A small matrix is transposed in less time than a Plan takes to make. What Init would decide for it needs no loops and no
// tiles: one call of the kernel. That case is recognised here from the caller's own axes; for every other there is Init.

// A block is a call of a transpose kernel.
type block struct {
	slot, rows, cols     int // of src
	dstStride, srcStride int
}

// RunBlock copies src to dst as Run would after Init, in no particular order and without fixes, if that is one call of a
// transpose kernel for a small block; if not it does nothing and answers false. The arguments are those of Init and Run.
func RunBlock(dst, src unsafe.Pointer, shape, dstStrides, srcStrides []int, itemSize int) bool {
	if len(shape) != 2 {
		return false
	}
	var b block
	if !b.set(shape, dstStrides, srcStrides, itemSize) {
		return false
	}
	simd.Table().Transpose[b.slot](dst, src, b.rows, b.cols, b.dstStride, b.srcStride)
	return true
}

// set recognises two axes of at least 2 items, items adjacent along one of them in dst and along the other in src,
// where both lie so that no axis is turned around or merged, and setTiles would take both whole. It sets the block where it
// stands: one that is returned is copied in pieces wider than those it was written in, which wait for them.
func (b *block) set(shape, dstStrides, srcStrides []int, size int) bool {
	row, col := 0, 1 // of dst
	if dstStrides[0] < dstStrides[1] {
		row, col = 1, 0
	}
	b.slot, b.rows, b.cols = simd.Slot(size), shape[col], shape[row]
	b.dstStride, b.srcStride = dstStrides[row], srcStrides[col]
	return b.slot >= 0 && dstStrides[col] == size && srcStrides[row] == size && b.dstStride > size &&
		abs(b.srcStride) > size && b.rows > 1 && b.cols > 1 && shortAxes(b.rows, b.cols, size)
}

// shortAxes reports whether two axes of items of fewer than largeItem bytes are so short that setTiles takes both whole.
func shortAxes(n, m, size int) bool {
	const short = min(dstRun, srcRun)
	return n <= short && m <= short && max(n, m)*size <= short
}
