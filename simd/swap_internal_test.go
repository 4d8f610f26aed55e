package simd

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"unsafe"
)

// TestSwapLanes swaps rows of more items than TestSwap, enough for every loop of
// the kernels.
func TestSwapLanes(t *testing.T) {
	for i, list := range swapImpls {
		size := 1 << i
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn StridedFunc) {
			m := newMem(t, 1<<12)
			for n := 64 / size; n*size <= 700; n++ {
				if n*size > 200 && n*size%64 > 8 && n*size%64 < 56 {
					continue
				}
				b := block{rows: 2, cols: n, dst: [2]int{n*size + 1, size}, src: [2]int{-n*size - 3, size}}
				b.fit(size)
				m.check(t, b, size, func(d, s unsafe.Pointer) {
					fn(d, s, b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1], size)
				}, func(item []byte) { slices.Reverse(item) })
			}
		})
	}
}

// TestSwapLarge swaps what is long enough to be cut and to be streamed, wherever
// dst begins in its line, and in place.
func TestSwapLarge(t *testing.T) {
	for i, list := range swapImpls {
		size := 1 << i
		n := 1<<20/size + 77
		src, dst, want := make([]byte, n*size), alignedBytes(n*size+3*StreamLine), alignedBytes(n*size+3*StreamLine)
		rand.New(rand.NewSource(1)).Read(src)
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn StridedFunc) {
			check := func(what string, shift int, src unsafe.Pointer) {
				fn(unsafe.Pointer(&dst[shift]), src, 1, n, 0, size, 0, size, size)
				if !bytes.Equal(dst, want) {
					t.Fatalf("%s, dst %d bytes into a line: wrong", what, shift)
				}
			}
			for _, shift := range []int{0, size, 1, 64 - size, 33} {
				clear(dst)
				clear(want)
				swapped := want[shift:][:n*size]
				copy(swapped, src)
				for j := 0; j < len(swapped); j += size {
					slices.Reverse(swapped[j:][:size])
				}
				check("apart", shift, unsafe.Pointer(&src[0]))
				copy(swapped, src)
				check("in place", shift, unsafe.Pointer(&dst[shift]))
			}
		})
	}
}
