//go:build !purego && !noasm

package simd

import "unsafe"

// The implementations, best first.
var (
	rowsImpls       = []impl[RowsFunc]{{AVX512, rows512}, {AVX2, rows256}}
	joinImpls       = []impl[JoinFunc]{{AVX512, join512}, {AVX2, join256}}
	pairsImpls      = []impl[RowsFunc]{{AVX512, pairs512}, {AVX2, pairs256}}
	fillStreamImpls = []impl[StridedFunc]{{AVX512, fillStream(fill512)}, {AVX2, fillStream(fill256)}}
)

// itemsAsm are for items of any size.
var itemsAsm = []impl[StridedFunc]{{AVX512, withItems(items512)}, {AVX2, withItems(items256)}}

const (
	// What is shorter than itemsLeast and longer than itemsMost is left to pure Go
	// and the runtime's copy (docs/tuning.md, "Long items").
	itemsLeast = 32
	itemsMost  = 1 << 10

	// itemsMax is the most bytes that a kernel is given: it cannot be preempted.
	itemsMax = 64 << 10
)

// withItems returns a StridedFunc for items of any size.
func withItems(fn StridedFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size int) {
		switch {
		case size < itemsLeast || size > itemsMost || rows <= 0 || cols <= 0:
			itemsGeneric(dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
			return
		case cols <= itemsMax/size/rows:
			fn(dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
			return
		}
		for i := range rows {
			for j, n := 0, 0; j < cols; j += n {
				n = min(cols-j, itemsMax/size)
				fn(unsafe.Add(dst, i*dstRowStride+j*dstStride), unsafe.Add(src, i*srcRowStride+j*srcStride), 1, n, 0, dstStride, 0, srcStride, size)
			}
		}
	}
}
