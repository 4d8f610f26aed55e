//go:build (amd64 || arm64) && !purego && !noasm

package simd

import "unsafe"

// A laneFunc copies n items of a lane to adjacent ones of dst; a laneStreamFunc
// does so with streaming stores, for more than laneMin bytes, and prefetches what
// lies ahead bytes behind the items of src.
type (
	laneFunc       func(dst, src unsafe.Pointer, n int)
	laneStreamFunc func(dst, src unsafe.Pointer, n, ahead int)
)

const (
	// laneMin is the least bytes that a lane kernel can do; those for every
	// third item need more.
	laneMin = 64

	// laneMax is the most bytes that it is given: it cannot be preempted.
	laneMax = 64 << 10

	// From laneStream bytes in all, rows of laneStreamRow bytes are written
	// with streaming stores (docs/tuning.md, "Lanes").
	laneStream    = 1 << 20
	laneStreamRow = 4 << 10

	// swapMin is the least bytes of adjacent items that are worth a call of a
	// kernel that reverses their bytes (docs/tuning.md, "Byte order").
	swapMin = 128

	// Rows of src of at most laneAheadRow bytes are prefetched one row ahead,
	// so that a row that runs backwards does not begin with a wait, and longer
	// ones laneAhead bytes (docs/tuning.md, "Lanes").
	laneAhead    = 4 << 10
	laneAheadRow = 64 << 10

	// scatterAhead is how far ahead dst is prefetched where gaps are left in it
	// (docs/tuning.md, "Lanes").
	scatterAhead = 2 << 10
)

// streamLanes reports whether rows of adjacent items are worth streaming stores.
// Items of dst have to begin at multiples of their size, or lines would begin
// within items.
func streamLanes(dst unsafe.Pointer, rows, cols, dstRowStride, size int) bool {
	return cols*size >= laneStreamRow && rows*cols*size >= laneStream &&
		uintptr(dst)%uintptr(size) == 0 && dstRowStride%size == 0
}

// rows runs a kernel over the lanes of a block, in pieces.
func (fn laneFunc) rows(dst, src unsafe.Pointer, rows, cols, dstRowStride, srcRowStride, dstStride, srcStride, size int) {
	for i := range rows {
		for j := 0; j < cols; {
			n := cols - j
			if n*size > laneMax+laneMin {
				n = laneMax / size
			}
			fn(unsafe.Add(dst, i*dstRowStride+j*dstStride), unsafe.Add(src, i*srcRowStride+j*srcStride), n)
			j += n
		}
	}
}

// rows runs a streaming kernel over the lanes of a block, in pieces.
func (fn laneStreamFunc) rows(dst, src unsafe.Pointer, rows, cols, dstRowStride, srcRowStride, srcStride, size int) {
	ahead := laneAhead
	switch {
	case rows > 1 && max(srcStride, -srcStride)*cols <= laneAheadRow:
		ahead = srcRowStride
	case srcStride < 0:
		ahead = -laneAhead
	}
	piece := func(dst, src unsafe.Pointer, n int) { fn(dst, src, n, ahead) }
	laneFunc(piece).rows(dst, src, rows, cols, dstRowStride, srcRowStride, size, srcStride, size)
	streamFence()
}

// swapLanes are the kernels of a level that reverse the bytes of adjacent items,
// with ordinary and with streaming stores; stream may be nil.
type swapLanes struct {
	plain  laneFunc
	stream laneStreamFunc
}

// withSwap returns a StridedFunc that reverses the bytes of items of that size.
// It leaves items that are not adjacent to rest.
func withSwap(size int, k swapLanes, rest StridedFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
		if dstStride != size || srcStride != size || cols*size < swapMin {
			rest(dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
			return
		}
		if k.stream != nil && dst != src && streamLanes(dst, rows, cols, dstRowStride, size) {
			k.stream.rows(dst, src, rows, cols, dstRowStride, srcRowStride, size, size)
			return
		}
		k.plain.rows(dst, src, rows, cols, dstRowStride, srcRowStride, size, size, size)
	}
}
