//go:build amd64 && !purego && !noasm

package simd

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"
)

// TestLanes runs the lane kernels on all lengths from the least on to more than
// their inner loops take at a time, at every alignment of dst.
func TestLanes(t *testing.T) {
	m := newMem(t, 1<<13)
	for _, l := range []struct {
		level   Level
		kernels *[Sizes - 1]lanesAsm
	}{{AVX512, &lanes512}, {AVX2, &lanes256}, {SSE2, &lanes128}} {
		if !slices.Contains(levels, l.level) {
			continue
		}
		for slot := range l.kernels {
			k, size := &l.kernels[slot], 1<<slot
			for _, c := range []struct {
				name   string
				pace   int
				plain  laneFunc
				stream laneStreamFunc
			}{{"reverse", -1, k.reverse, k.reverseStream}, {"alternate", 2, k.alternate, k.alternateStream}, {"third", 3, k.third, k.thirdStream}} {
				if c.plain == nil {
					continue
				}
				for _, stream := range []bool{false, true} {
					fn, least := c.plain, laneMin/size
					if stream {
						fn = func(dst, src unsafe.Pointer, n int) { c.stream(dst, src, n, c.pace*n*size) }
					}
					if stream || c.pace == 3 {
						least++
					}
					t.Run(fmt.Sprintf("%s/%d/stream=%t-%v", c.name, size, stream, l.level), func(t *testing.T) {
						for n := least; n*size <= 700; n++ {
							if n*size > 200 && n*size%64 > 8 && n*size%64 < 56 {
								continue
							}
							b := block{rows: 1, cols: n, dst: [2]int{0, size}, src: [2]int{0, c.pace * size}}
							b.fit(size)
							m.check(t, b, size, func(d, s unsafe.Pointer) { fn(d, s, n); streamFence() }, nothing)
						}
					})
				}
			}
		}
	}
}

// TestScatter runs the kernels for every second place of dst on all lengths.
func TestScatter(t *testing.T) {
	m := newMem(t, 1<<11)
	for slot := range lanes512 {
		size := 1 << slot
		for level, fn := range map[Level]laneStreamFunc{AVX512: lanes512[slot].scatter, AVX2: lanes256[slot].scatter} {
			if fn == nil || !slices.Contains(levels, level) {
				continue
			}
			t.Run(fmt.Sprintf("%d-%v", size, level), func(t *testing.T) {
				for n := laneMin / size; n*size <= 300; n++ {
					b := block{rows: 1, cols: n, dst: [2]int{0, 2 * size}, src: [2]int{0, size}}
					b.fit(size)
					m.check(t, b, size, func(d, s unsafe.Pointer) { fn(d, s, n, 2*n*size) }, nothing)
				}
			})
		}
	}
}

// TestLanesLarge runs what is long enough to be cut and to be streamed, whether
// or not dst is aligned for that.
func TestLanesLarge(t *testing.T) {
	for slot := range 4 {
		size := 1 << slot
		n := laneStream/size + 77
		src, dst, want := make([]byte, 3*n*size), make([]byte, n*size+StreamLine), make([]byte, n*size+StreamLine)
		for i := range src {
			src[i] = byte(i*31 + i>>8*7 + i>>16)
		}
		eachImpl(t, fmt.Sprint(size), stridedImpls[slot], func(t *testing.T, fn StridedFunc) {
			for _, stride := range []int{-size, 2 * size, 3 * size} {
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

// TestPlanes runs the streaming kernels for three planes on all lengths up to
// several lines, of planes that begin anywhere in a line, alike or not.
func TestPlanes(t *testing.T) {
	for slot, list := range planesImpls {
		size := 1 << slot
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn TransposeFunc) {
			m := newMem(t, 1<<13)
			for n := 1; n*size <= 7*StreamLine; n++ {
				for _, pad := range []int{0, size, 3 * size, 1} {
					plane := n*size + pad
					split := block{rows: n, cols: 3, dst: [2]int{size, plane}, src: [2]int{3 * size, size}}
					split.fit(size)
					m.check(t, split, size, func(d, s unsafe.Pointer) { fn(d, s, n, 3, plane, 3*size) }, nothing)
					join := block{rows: 3, cols: n, dst: [2]int{size, 3 * size}, src: [2]int{plane, size}}
					join.fit(size)
					m.check(t, join, size, func(d, s unsafe.Pointer) { fn(d, s, 3, n, 3*size, plane) }, nothing)
				}
			}
		})
	}
}

// TestBytePlanes runs the streaming kernels for the bytes of items on all lengths up
// to several lines, of planes that begin anywhere in a line, alike or not.
func TestBytePlanes(t *testing.T) {
	for _, count := range []int{2, 4, 8, 16} {
		eachImpl(t, fmt.Sprint(count), planesImpls[0], func(t *testing.T, fn TransposeFunc) {
			m := newMem(t, 1<<14)
			for n := 1; n <= 5*StreamLine; n++ {
				if n > 2*StreamLine && n%StreamLine > 5 && n%StreamLine < StreamLine-5 {
					continue
				}
				for _, plane := range []int{(n + StreamLine - 1) &^ (StreamLine - 1), n, n + 8} {
					split := block{rows: n, cols: count, dst: [2]int{1, plane}, src: [2]int{count, 1}}
					split.fit(1)
					m.check(t, split, 1, func(d, s unsafe.Pointer) { fn(d, s, n, count, plane, count) }, nothing)
					join := block{rows: count, cols: n, dst: [2]int{1, count}, src: [2]int{plane, 1}}
					join.fit(1)
					m.check(t, join, 1, func(d, s unsafe.Pointer) { fn(d, s, count, n, count, plane) }, nothing)
				}
			}
		})
	}
}
