//go:build !purego && !noasm

package simd

import "unsafe"

// A laneFunc copies n items of a lane to adjacent ones of dst.
type laneFunc func(dst, src unsafe.Pointer, n int)

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
	},
	{
		{AVX512, withLanes(2, lanesAsm{reverse2Lane512, alternate2Lane512, reverse2LaneStream512, alternate2LaneStream512}, stridedGeneric[[2]byte])},
		{AVX2, withLanes(2, lanesAsm{reverse2Lane256, alternate2Lane256, reverse2LaneStream256, alternate2LaneStream256}, stridedGeneric[[2]byte])},
	},
	{
		{AVX512, withLanes(4, lanesAsm{reverse4Lane512, alternate4Lane512, reverse4LaneStream512, alternate4LaneStream512}, stridedGeneric[[4]byte])},
		{AVX2, withLanes(4, lanesAsm{reverse4Lane256, alternate4Lane256, reverse4LaneStream256, alternate4LaneStream256}, stridedGeneric[[4]byte])},
	},
	{
		{AVX512, withLanes(8, lanesAsm{reverse8Lane512, alternate8Lane512, reverse8LaneStream512, alternate8LaneStream512}, stridedGeneric[[8]byte])},
		{AVX2, withLanes(8, lanesAsm{reverse8Lane256, alternate8Lane256, reverse8LaneStream256, alternate8LaneStream256}, stridedGeneric[[8]byte])},
	},
	{},
}

const (
	// laneMin is the least bytes that a lane kernel can do.
	laneMin = 64

	// laneMax is the most bytes that it is given: it cannot be preempted.
	laneMax = 64 << 10

	// From laneStream bytes in all, rows of laneStreamRow bytes are written
	// with streaming stores (docs/tuning.md, "Lanes").
	laneStream    = 1 << 20
	laneStreamRow = 4 << 10
)

// withLanes returns a StridedFunc for items of that size.
func withLanes(size int, k lanesAsm, rest StridedFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
		var fn laneFunc
		stream := false
		if dstStride == size && cols >= laneMin/size {
			stream = cols >= laneStreamRow/size && rows*cols >= laneStream/size &&
				uintptr(dst)%uintptr(size) == 0 && dstRowStride%size == 0 // else lines would begin within items
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
		for i := range rows {
			for j := 0; j < cols; {
				n := cols - j
				if n > (laneMax+laneMin)/size {
					n = laneMax / size
				}
				fn(unsafe.Add(dst, i*dstRowStride+j*size), unsafe.Add(src, i*srcRowStride+j*srcStride), n)
				j += n
			}
		}
		if stream {
			streamFence()
		}
	}
}
