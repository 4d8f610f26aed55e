package simd

import "unsafe"

// Kernels for items chosen by indices, which are adjacent int64, and for items at
// byte offsets, which are adjacent ints. They cannot be preempted: callers hand
// over some tens of kilobytes.

// IndexGroup is how many indices kernels look at at a time. They leave the rest
// to the caller.
const IndexGroup = 16

// An OffsetsFunc turns indices into an axis of length items, at least 1, into
// bytes from its start, for items 1<<shift bytes apart:
//
//	for done < n rounded down to groups, and all of the next group are in [-length, length) {
//		for range IndexGroup {
//			x = src item done
//			if x < 0 {
//				x += length
//			}
//			dst item done = x << shift
//			done++
//		}
//	}
//
// Each index is read once, and prefetched some kilobytes before.
type OffsetsFunc func(dst, src unsafe.Pointer, n, length, shift int) (done int)

// A CheckFunc is the loop of an OffsetsFunc that stores nothing.
type CheckFunc func(src unsafe.Pointer, n, length int) (good int)

// A GatherFunc fills whole lines of dst, for n rounded down to what makes a line:
//
//	dst item j = item offsets[j] bytes from table
//
// One that streams needs dst at a multiple of StreamLine, and StreamFence after.
type GatherFunc func(dst, table, offsets unsafe.Pointer, n int)

// A GatherRowsFunc copies n rows of size bytes, at least a line:
//
//	row j of dst, step bytes apart = row offsets[j] bytes from table
//
// It prefetches row j+ahead, or the last of which the offset is known: that is
// the one of row known-1, n or more of them. One that streams needs dst, step and
// size at multiples of StreamLine, and StreamFence after.
type GatherRowsFunc func(dst, table, offsets unsafe.Pointer, n, known, ahead, step, size int)
