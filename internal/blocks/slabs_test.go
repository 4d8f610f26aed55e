package blocks_test

import (
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/simd"
)

// TestSlabs: large walks whose operands are innermost along different axes hand the
// second one's items to the loop as they lie, where there are kernels to stream what
// becomes of them, and give the same in any case.
func TestSlabs(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		for _, shape := range [][]int{{1500, 1030}, {64, 70000}, {70001, 65}, {3, 900, 701}} {
			n := 1
			for _, k := range shape {
				n *= k
			}
			src, dst := make([]uint32, n), make([]uint64, n)
			for i := range src {
				src[i] = uint32(i)
			}
			// src is in C order but for its last two axes, which have changed places.
			d, s := make([]int, len(shape)), make([]int, len(shape))
			rows, cols := shape[len(shape)-2], shape[len(shape)-1]
			d[len(d)-1], d[len(d)-2], s[len(s)-1], s[len(s)-2] = 8, 8*cols, 4*rows, 4
			if len(shape) == 3 {
				d[0], s[0] = 8*rows*cols, 4*rows*cols
			}
			for threads := 1; threads <= 2; threads++ {
				clear(dst)
				var apart atomic.Int64 // items that the loop did not find next to each other
				l := blocks.New(shape, []blocks.Operand{{Strides: d, Size: 8, Write: true}, {Strides: s, Size: 4}}, false)
				l.Run(blocks.Pointers{unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0])}, func(p blocks.Pointers, step blocks.Steps, n int) {
					if at := uintptr(p[1]) - uintptr(unsafe.Pointer(&src[0])); step[1] != 4 || at >= uintptr(4*len(src)) {
						apart.Add(int64(n))
					}
					for i := range n {
						*(*uint64)(unsafe.Add(p[0], i*step[0])) = uint64(*(*uint32)(unsafe.Add(p[1], i*step[1])))
					}
				}, threads)
				for i := range dst {
					outer, j := i/(rows*cols)*(rows*cols), i%(rows*cols)
					if want := uint64(src[outer+j%cols*rows+j/cols]); dst[i] != want {
						t.Fatalf("shape %v, %d goroutines: item %d is %d, want %d", shape, threads, i, dst[i], want)
					}
				}
				if simd.Table().Stream[0] != nil && threads == 1 && apart.Load() > 0 {
					t.Errorf("shape %v: %d items were staged before the loop", shape, apart.Load())
				}
			}
		}
	})
}
