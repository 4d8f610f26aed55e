//go:build !purego && !noasm

package simd

import "unsafe"

// lanesAsm are the lane kernels of a level for one item size: for src reversed
// and for every second item of src, with ordinary and with streaming stores.
type lanesAsm struct {
	reverse, alternate             laneFunc
	reverseStream, alternateStream laneFunc
}

// The implementations in assembly by Slot, best first. They do the two kinds of
// lane that there are kernels for and leave all others to pure Go.
var stridedAsm = [Sizes][]impl[StridedFunc]{
	{
		{AVX512, withLanes(1, lanesAsm{reverse1Lane512, alternate1Lane512, reverse1LaneStream512, alternate1LaneStream512}, stridedGeneric[[1]byte])},
		{AVX2, withLanes(1, lanesAsm{reverse1Lane256, alternate1Lane256, reverse1LaneStream256, alternate1LaneStream256}, stridedGeneric[[1]byte])},
		{SSE2, withLanes(1, lanesAsm{reverse1Lane128, alternate1Lane128, reverse1LaneStream128, alternate1LaneStream128}, stridedGeneric[[1]byte])},
	},
	{
		{AVX512, withLanes(2, lanesAsm{reverse2Lane512, alternate2Lane512, reverse2LaneStream512, alternate2LaneStream512}, stridedGeneric[[2]byte])},
		{AVX2, withLanes(2, lanesAsm{reverse2Lane256, alternate2Lane256, reverse2LaneStream256, alternate2LaneStream256}, stridedGeneric[[2]byte])},
		{SSE2, withLanes(2, lanesAsm{reverse2Lane128, alternate2Lane128, reverse2LaneStream128, alternate2LaneStream128}, stridedGeneric[[2]byte])},
	},
	{
		{AVX512, withLanes(4, lanesAsm{reverse4Lane512, alternate4Lane512, reverse4LaneStream512, alternate4LaneStream512}, stridedGeneric[[4]byte])},
		{AVX2, withLanes(4, lanesAsm{reverse4Lane256, alternate4Lane256, reverse4LaneStream256, alternate4LaneStream256}, stridedGeneric[[4]byte])},
		{SSE2, withLanes(4, lanesAsm{reverse4Lane128, alternate4Lane128, reverse4LaneStream128, alternate4LaneStream128}, stridedGeneric[[4]byte])},
	},
	{
		{AVX512, withLanes(8, lanesAsm{reverse8Lane512, alternate8Lane512, reverse8LaneStream512, alternate8LaneStream512}, stridedGeneric[[8]byte])},
		{AVX2, withLanes(8, lanesAsm{reverse8Lane256, alternate8Lane256, reverse8LaneStream256, alternate8LaneStream256}, stridedGeneric[[8]byte])},
		{SSE2, withLanes(8, lanesAsm{reverse8Lane128, alternate8Lane128, reverse8LaneStream128, alternate8LaneStream128}, stridedGeneric[[8]byte])},
	},
	{},
}

// withLanes returns a StridedFunc for items of that size.
func withLanes(size int, k lanesAsm, rest StridedFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
		var fn laneFunc
		stream := false
		if dstStride == size && cols*size >= laneMin {
			stream = streamLanes(dst, rows, cols, dstRowStride, size)
			switch {
			case srcStride == -size && stream:
				fn = k.reverseStream
			case srcStride == -size:
				fn = k.reverse
			case srcStride == 2*size && stream:
				fn = k.alternateStream
			case srcStride == 2*size:
				fn = k.alternate
			}
		}
		if fn == nil {
			rest(dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
			return
		}
		fn.rows(dst, src, rows, cols, dstRowStride, srcRowStride, srcStride, size)
		if stream {
			streamFence()
		}
	}
}
