//go:build amd64 && !purego && !noasm

package simd

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"
)

// TestLanes runs the lane kernels on more than their inner loops take at a time,
// at every alignment of dst. With less TestStrided has run those that do not
// stream.
func TestLanes(t *testing.T) {
	type named struct {
		name   string
		level  Level
		size   int
		stride int
		fn     laneFunc
	}
	list := []named{
		{"reverse", AVX512, 1, -1, reverse1LaneStream512}, {"reverse", AVX2, 1, -1, reverse1LaneStream256},
		{"reverse", AVX512, 2, -2, reverse2LaneStream512}, {"reverse", AVX2, 2, -2, reverse2LaneStream256},
		{"reverse", AVX512, 4, -4, reverse4LaneStream512}, {"reverse", AVX2, 4, -4, reverse4LaneStream256},
		{"reverse", AVX512, 8, -8, reverse8LaneStream512}, {"reverse", AVX2, 8, -8, reverse8LaneStream256},
		{"alternate", AVX512, 1, 2, alternate1LaneStream512}, {"alternate", AVX2, 1, 2, alternate1LaneStream256},
		{"alternate", AVX512, 2, 4, alternate2LaneStream512}, {"alternate", AVX2, 2, 4, alternate2LaneStream256},
		{"alternate", AVX512, 4, 8, alternate4LaneStream512}, {"alternate", AVX2, 4, 8, alternate4LaneStream256},
		{"alternate", AVX512, 8, 16, alternate8LaneStream512}, {"alternate", AVX2, 8, 16, alternate8LaneStream256},
		{"reverse", AVX512, 1, -1, reverse1Lane512}, {"reverse", AVX2, 1, -1, reverse1Lane256},
		{"reverse", AVX512, 2, -2, reverse2Lane512}, {"reverse", AVX2, 2, -2, reverse2Lane256},
		{"reverse", AVX512, 4, -4, reverse4Lane512}, {"reverse", AVX2, 4, -4, reverse4Lane256},
		{"reverse", AVX512, 8, -8, reverse8Lane512}, {"reverse", AVX2, 8, -8, reverse8Lane256},
		{"alternate", AVX512, 1, 2, alternate1Lane512}, {"alternate", AVX2, 1, 2, alternate1Lane256},
		{"alternate", AVX512, 2, 4, alternate2Lane512}, {"alternate", AVX2, 2, 4, alternate2Lane256},
		{"alternate", AVX512, 4, 8, alternate4Lane512}, {"alternate", AVX2, 4, 8, alternate4Lane256},
		{"alternate", AVX512, 8, 16, alternate8Lane512}, {"alternate", AVX2, 8, 16, alternate8Lane256},
		{"reverse", SSE2, 1, -1, reverse1LaneStream128}, {"reverse", SSE2, 1, -1, reverse1Lane128},
		{"alternate", SSE2, 1, 2, alternate1LaneStream128}, {"alternate", SSE2, 1, 2, alternate1Lane128},
		{"reverse", SSE2, 2, -2, reverse2LaneStream128}, {"reverse", SSE2, 2, -2, reverse2Lane128},
		{"alternate", SSE2, 2, 4, alternate2LaneStream128}, {"alternate", SSE2, 2, 4, alternate2Lane128},
		{"reverse", SSE2, 4, -4, reverse4LaneStream128}, {"reverse", SSE2, 4, -4, reverse4Lane128},
		{"alternate", SSE2, 4, 8, alternate4LaneStream128}, {"alternate", SSE2, 4, 8, alternate4Lane128},
		{"reverse", SSE2, 8, -8, reverse8LaneStream128}, {"reverse", SSE2, 8, -8, reverse8Lane128},
		{"alternate", SSE2, 8, 16, alternate8LaneStream128}, {"alternate", SSE2, 8, 16, alternate8Lane128},
	}
	m := newMem(t, 1<<13)
	for i, k := range list {
		if !slices.Contains(levels, k.level) {
			continue
		}
		t.Run(fmt.Sprintf("%s/%d/%d-%v", k.name, k.size, i, k.level), func(t *testing.T) {
			for n := laneMin / k.size; n*k.size <= 700; n++ {
				if n*k.size > 200 && n*k.size%64 > 8 && n*k.size%64 < 56 {
					continue
				}
				b := block{rows: 1, cols: n, dst: [2]int{0, k.size}, src: [2]int{0, k.stride}}
				b.fit(k.size)
				m.check(t, b, k.size, func(d, s unsafe.Pointer) { k.fn(d, s, n); streamFence() }, nothing)
			}
		})
	}
}

// TestLanesLarge runs what is long enough to be cut and to be streamed, whether
// or not dst is aligned for that.
func TestLanesLarge(t *testing.T) {
	for slot := range 4 {
		size := 1 << slot
		n := laneStream/size + 77
		src, dst, want := make([]byte, 2*n*size), make([]byte, n*size+StreamLine), make([]byte, n*size+StreamLine)
		for i := range src {
			src[i] = byte(i*31 + i>>8*7 + i>>16)
		}
		eachImpl(t, fmt.Sprint(size), stridedImpls[slot], func(t *testing.T, fn StridedFunc) {
			for _, stride := range []int{-size, 2 * size} {
				for _, shift := range []int{0, 1, size} {
					clear(dst)
					clear(want)
					s := unsafe.Pointer(&src[0])
					if stride < 0 {
						s = unsafe.Pointer(&src[(n-1)*size])
					}
					fn(unsafe.Pointer(&dst[shift]), s, 1, n, 0, size, 0, stride, size)
					stridedImpls[slot][len(stridedImpls[slot])-1].fn(unsafe.Pointer(&want[shift]), s, 1, n, 0, size, 0, stride, size)
					if !bytes.Equal(dst, want) {
						t.Fatalf("stride %d, dst %d bytes into a line: wrong", stride, shift)
					}
				}
			}
		})
	}
}
