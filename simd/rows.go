package simd

import "unsafe"

// RowsFunc copies a block of long items with streaming stores, and prefetches
// another one:
//
//	for i := range rows {
//		for j := range cols {
//			dst item (i, j) = src item (i, j)
//			prefetch what lies ahead bytes behind src item (i, j)
//		}
//	}
//
// where item (i, j) lies i*rowStride + j*stride bytes from the pointer. Each whole
// line of an item in dst is one streaming store; what precedes and follows them
// is written with ordinary ones.
//
// Shape: both blocks are rows×cols items, one at least.
// Units: strides are bytes, any sign, zero too; size is the bytes of an item, any
// number; ahead is bytes, any number.
// Order: the stores are seen by others in no order before [StreamFence].
// Requires, unchecked: both blocks lie in their memory and do not overlap, nor do
// the items of dst.
// Touches no byte outside the items, except to prefetch, which cannot fault.
type RowsFunc func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size, ahead int)

// JoinFunc is a RowsFunc for items that are adjacent in dst and no whole lines of
// it: the items of a row are put together in memory that stays in the cache, and
// leave it in whole lines. A row may be a part of a longer run, of which the calls
// before and after have the other parts: what is left of its last line is then
// kept in work for the next call.
//
//	for i := range rows {
//		for j := range cols {
//			dst item (i, j) = src item (i, j)
//			prefetch what lies ahead bytes behind src item (i, j)
//		}
//	}
//
// where item (i, j) of dst lies i*dstRowStride + j*size bytes from the pointer.
// ends is the sum of JoinFirst, if runs begin with this call, and JoinLast, if they
// end with it.
//
// Shape: rows×cols items, one at least; rows is JoinRows at most.
// Units: strides, size and ahead are bytes; size is 32 at least, cols*size JoinMax
// at most, and a line at least in a call that begins runs and does not end them.
// Order: the stores are seen by others in no order before [StreamFence].
// Requires, unchecked: work is JoinWork bytes at a multiple of StreamLine; both
// blocks lie in their memory and do not overlap, nor do the items of dst.
// Touches no byte outside the items, except to prefetch, and those of dst in a
// run's unfinished line that are written by another call for the run.
type JoinFunc func(dst, src, work unsafe.Pointer, rows, cols, dstRowStride, srcRowStride, srcStride, size, ahead, ends int)

// The ends of a run that a JoinFunc is told of, and its limits; simd/_gen has
// the same numbers.
const (
	JoinFirst = 1
	JoinLast  = 2

	JoinRows = 64
	JoinMax  = 2 << 10
	JoinWork = JoinRows*StreamLine + StreamLine + JoinMax + StreamLine
)
