//go:build !purego && !noasm

package simd

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

// The implementations by Slot, best first.
var (
	streamImpls = [Sizes][]impl[StreamFunc]{
		{{AVX512, stream1Runs512}, {AVX2, stream1Runs256}},
		{{AVX512, stream2Runs512}, {AVX2, stream2Runs256}},
		{{AVX512, stream4Runs512}, {AVX2, stream4Runs256}},
		{{AVX512, stream8Runs512}, {AVX2, stream8Runs256}},
		{{AVX512, stream16Runs512}, {AVX2, stream16Runs256}},
	}
	streamLinesImpls = [Sizes][]impl[StreamFunc]{
		{{AVX512, stream1Lines512}, {AVX2, stream1Lines256}},
		{{AVX512, stream2Lines512}, {AVX2, stream2Lines256}},
		{{AVX512, stream4Lines512}, {AVX2, stream4Lines256}},
		{{AVX512, stream8Lines512}, {AVX2, stream8Lines256}},
		{{AVX512, stream16Lines512}, {AVX2, stream16Lines256}},
	}
	streamShiftImpls = shiftImpls()
	streamItemsImpls = []impl[StreamFunc]{{AVX512, streamItemsAVX512}, {AVX2, streamItemsAVX2}}
)

// shiftImpls lists those for runs that begin within lines, none without VBMI.
func shiftImpls() (list [Sizes][]impl[StreamFunc]) {
	if cpuid.CPU.Supports(cpuid.AVX512VBMI) {
		for slot, fn := range []StreamFunc{stream1Shift512, stream2Shift512, stream4Shift512} {
			list[slot] = []impl[StreamFunc]{{AVX512, fn}}
		}
	}
	return list
}

// streamItemsAVX2 is a StreamFunc for items of up to StreamItem bytes. Most kernels
// have one move for an item, as short as it can be.
func streamItemsAVX2(dst, tile, next, nextTile unsafe.Pointer, t *StreamTile) {
	switch {
	case t.Size == 3:
		stream3Items256(dst, tile, next, nextTile, t)
	case t.Size <= 4:
		streamItems4(dst, tile, next, nextTile, t)
	case t.Size <= 8:
		streamItems8(dst, tile, next, nextTile, t)
	case t.Size <= 16:
		streamItems16(dst, tile, next, nextTile, t)
	default:
		streamItems32(dst, tile, next, nextTile, t)
	}
}

// streamItemsAVX512 does better what AVX-512 has an instruction for.
func streamItemsAVX512(dst, tile, next, nextTile unsafe.Pointer, t *StreamTile) {
	switch {
	case t.Size == 3:
		stream3Items512(dst, tile, next, nextTile, t)
	case t.Size < 8 || t.Size%2 == 1:
		streamItemsAVX2(dst, tile, next, nextTile, t)
	case t.Size < 16:
		mergeItems16(dst, tile, next, nextTile, t)
	default:
		mergeItems32(dst, tile, next, nextTile, t)
	}
}
