//go:build !purego && !noasm

package simd

import "unsafe"

// lanesAsm are the lane kernels of a level for one item size: for src reversed
// and for every second and third item of src, with ordinary and with streaming
// stores. SSE2 has none for every third.
type lanesAsm struct {
	reverse, alternate, third                   laneFunc
	reverseStream, alternateStream, thirdStream laneStreamFunc

	// For dst that is every second item; ahead is of dst. nil where the level has
	// no masked stores of that size.
	scatter laneStreamFunc
}

// The lane kernels of each level by Slot; there are none for 16 bytes.
var lanes512 = [Sizes - 1]lanesAsm{
	{
		reverse1Lane512, alternate1Lane512, third1Lane256,
		reverse1LaneStream512, alternate1LaneStream512, third1LaneStream256,
		scatter1Lane512,
	},
	{
		reverse2Lane512, alternate2Lane512, third2Lane256,
		reverse2LaneStream512, alternate2LaneStream512, third2LaneStream256,
		scatter2Lane512,
	},
	{
		reverse4Lane512, alternate4Lane512, third4Lane256,
		reverse4LaneStream512, alternate4LaneStream512, third4LaneStream256,
		scatter4Lane512,
	},
	{
		reverse8Lane512, alternate8Lane512, third8Lane256,
		reverse8LaneStream512, alternate8LaneStream512, third8LaneStream256,
		scatter8Lane512,
	},
}

var lanes256 = [Sizes - 1]lanesAsm{
	{
		reverse1Lane256, alternate1Lane256, third1Lane256,
		reverse1LaneStream256, alternate1LaneStream256, third1LaneStream256,
		nil,
	},
	{
		reverse2Lane256, alternate2Lane256, third2Lane256,
		reverse2LaneStream256, alternate2LaneStream256, third2LaneStream256,
		nil,
	},
	{
		reverse4Lane256, alternate4Lane256, third4Lane256,
		reverse4LaneStream256, alternate4LaneStream256, third4LaneStream256,
		scatter4Lane256,
	},
	{
		reverse8Lane256, alternate8Lane256, third8Lane256,
		reverse8LaneStream256, alternate8LaneStream256, third8LaneStream256,
		scatter8Lane256,
	},
}

var lanes128 = [Sizes - 1]lanesAsm{
	{
		reverse1Lane128, alternate1Lane128, nil,
		reverse1LaneStream128, alternate1LaneStream128, nil,
		nil,
	},
	{
		reverse2Lane128, alternate2Lane128, nil,
		reverse2LaneStream128, alternate2LaneStream128, nil,
		nil,
	},
	{
		reverse4Lane128, alternate4Lane128, nil,
		reverse4LaneStream128, alternate4LaneStream128, nil,
		nil,
	},
	{
		reverse8Lane128, alternate8Lane128, nil,
		reverse8LaneStream128, alternate8LaneStream128, nil,
		nil,
	},
}

// The implementations in assembly by Slot, best first. They do the kinds of lane
// that there are kernels for and leave all others to pure Go.
var stridedAsm = [Sizes][]impl[StridedFunc]{
	{
		{AVX512, withLanes(1, &lanes512[0], stridedGeneric[[1]byte])},
		{AVX2, withLanes(1, &lanes256[0], stridedGeneric[[1]byte])},
		{SSE2, withLanes(1, &lanes128[0], stridedGeneric[[1]byte])},
	},
	{
		{AVX512, withLanes(2, &lanes512[1], stridedGeneric[[2]byte])},
		{AVX2, withLanes(2, &lanes256[1], stridedGeneric[[2]byte])},
		{SSE2, withLanes(2, &lanes128[1], stridedGeneric[[2]byte])},
	},
	{
		{AVX512, withLanes(4, &lanes512[2], stridedGeneric[[4]byte])},
		{AVX2, withLanes(4, &lanes256[2], stridedGeneric[[4]byte])},
		{SSE2, withLanes(4, &lanes128[2], stridedGeneric[[4]byte])},
	},
	{
		{AVX512, withLanes(8, &lanes512[3], stridedGeneric[[8]byte])},
		{AVX2, withLanes(8, &lanes256[3], stridedGeneric[[8]byte])},
		{SSE2, withLanes(8, &lanes128[3], stridedGeneric[[8]byte])},
	},
	{},
}

// withLanes returns a StridedFunc for items of that size.
func withLanes(size int, k *lanesAsm, rest StridedFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
		var fn laneFunc
		var stream laneStreamFunc
		if dstStride == size && cols*size >= laneMin {
			switch {
			case srcStride == -size:
				fn, stream = k.reverse, k.reverseStream
			case srcStride == 2*size:
				fn, stream = k.alternate, k.alternateStream
			case srcStride == 3*size && cols*size > laneMin:
				fn, stream = k.third, k.thirdStream
			}
		}
		switch {
		case k.scatter != nil && srcStride == size && dstStride == 2*size && cols >= laneMin/size:
			laneFunc(func(dst, src unsafe.Pointer, n int) { k.scatter(dst, src, n, scatterAhead) }).rows(
				dst, src, rows, cols, dstRowStride, srcRowStride, dstStride, srcStride, size)
		case fn == nil:
			rest(dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
		case streamLanes(dst, rows, cols, dstRowStride, size):
			stream.rows(dst, src, rows, cols, dstRowStride, srcRowStride, srcStride, size)
		default:
			fn.rows(dst, src, rows, cols, dstRowStride, srcRowStride, size, srcStride, size)
		}
	}
}
