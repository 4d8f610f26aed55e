package simd

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
)

// shifted moves a block's dst by so many bytes from where its memory begins.
func (b block) shifted(n int) block {
	b.dstOff += n
	b.dstMem += n
	return b
}

// longSizes are sizes of long items: all up to a line and a half from least on, then
// those around multiples of a line.
func longSizes(least int) []int {
	var list []int
	for n := least; n <= 96; n++ {
		list = append(list, n)
	}
	for _, n := range []int{128, 192, 256, 320, 576, 1024} {
		list = append(list, n-33, n-1, n, n+1, n+31)
	}
	return list
}

// TestRows: items of every length to every place in a line.
func TestRows(t *testing.T) {
	eachImpl(t, "rows", rowsImpls, func(t *testing.T, fn RowsFunc) {
		m := newMem(t, 1<<16)
		for _, size := range longSizes(1) {
			for shift := range StreamLine {
				for _, n := range [][2]int{{1, 1}, {2, 3}} {
					for _, dst := range [][2]int{{3*size + 7, size}, {size, 2*size + 5}, {-3 * size, -size}} {
						src := [2]int{n[1] * (size + 9), size + 9}
						if shift%3 == 0 {
							src = [2]int{0, -size}
						}
						b := block{rows: n[0], cols: n[1], dst: dst, src: src}
						b.fit(size)
						m.check(t, b.shifted(shift), size, func(d, s unsafe.Pointer) {
							fn(d, s, b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1], size, 1<<12)
							StreamFence()
						}, nothing)
					}
				}
			}
		}
	})
}

// TestPairs: even numbers of half lines.
func TestPairs(t *testing.T) {
	eachImpl(t, "pairs", pairsImpls, func(t *testing.T, fn RowsFunc) {
		m := newMem(t, 1<<16)
		for rows := 1; rows < 4; rows++ {
			for cols := 2; cols < 12; cols += 2 {
				for _, src := range [][2]int{{32, 32 * rows}, {-41, 200}, {1000, -32}, {0, 0}} {
					b := block{rows: rows, cols: cols, dst: [2]int{(cols + 2) * 32, 32}, src: src}
					b.fit(32)
					b.dstMem = (b.dstMem + StreamLine - 1) &^ (StreamLine - 1) // begins with a line at either end
					m.check(t, b, 32, func(d, s unsafe.Pointer) {
						fn(d, s, rows, cols, b.dst[0], 32, src[0], src[1], 32, -1<<12)
						StreamFence()
					}, nothing)
				}
			}
		}
	})
}

// TestJoin: runs that begin anywhere in a line, done in one call, two or three.
func TestJoin(t *testing.T) {
	eachImpl(t, "join", joinImpls, func(t *testing.T, fn JoinFunc) {
		m := newMem(t, 1<<16)
		work := alignedBytes(JoinWork)
		for _, size := range longSizes(32) {
			for shift := range StreamLine {
				for _, calls := range [][]int{{1}, {3}, {2, 1}, {StreamLine/size + 1, 2, 1}} {
					if slices.Max(calls)*size > JoinMax {
						continue
					}
					cols := 0
					for _, n := range calls {
						cols += n
					}
					const rows = 3
					b := block{rows: rows, cols: cols, dst: [2]int{cols*size + shift%5, size}, src: [2]int{size, 3*size + shift%7}}
					if shift%2 == 1 {
						b.src = [2]int{-size, -3*size - 1}
					}
					b.fit(size)
					m.check(t, b.shifted(shift), size, func(d, s unsafe.Pointer) {
						done := 0
						for i, n := range calls {
							ends := 0
							if i == 0 {
								ends |= JoinFirst
							}
							if i == len(calls)-1 {
								ends |= JoinLast
							}
							fn(unsafe.Add(d, done*size), unsafe.Add(s, done*b.src[1]), unsafe.Pointer(&work[0]), rows, n, b.dst[0], b.src[0], b.src[1], size, 64, ends)
							done += n
						}
						StreamFence()
					}, nothing)
				}
			}
		}
	})
}

// TestJoinMost: as many rows, and as long ones, as a call may have.
func TestJoinMost(t *testing.T) {
	eachImpl(t, "join", joinImpls, func(t *testing.T, fn JoinFunc) {
		m := newMem(t, 1<<18)
		work := guard.Alloc(t, JoinWork, true)
		work = work[len(work)-JoinWork:]
		for _, size := range []int{32, 64, 96, 511, 2047, JoinMax} {
			for _, shift := range []int{0, 63} {
				b := block{rows: JoinRows, cols: JoinMax / size, dst: [2]int{JoinMax, size}, src: [2]int{0, size}}
				b.fit(size)
				m.check(t, b.shifted(shift), size, func(d, s unsafe.Pointer) {
					fn(d, s, unsafe.Pointer(&work[0]), b.rows, b.cols, b.dst[0], b.src[0], b.src[1], size, 0, JoinFirst|JoinLast)
					StreamFence()
				}, nothing)
			}
		}
	})
}

// TestFillStream: every size that a pattern is made of, from every place in a line,
// short rows and rows that are filled in pieces.
func TestFillStream(t *testing.T) {
	eachImpl(t, "fill", fillStreamImpls, func(t *testing.T, fn StridedFunc) {
		m := newMem(t, 1<<14)
		for size := 1; size <= StreamLine; size++ {
			for shift := range StreamLine {
				for _, bytes := range []int{1, 100, 257, 4500} {
					cols := max(1, bytes/size)
					if bytes > 4000 && shift%7 > 0 {
						continue
					}
					b := block{rows: 2, cols: cols, dst: [2]int{-cols*size - shift%3, size}, src: [2]int{size + 1, 0}}
					b.fit(size)
					m.check(t, b.shifted(shift), size, func(d, s unsafe.Pointer) {
						fn(d, s, b.rows, b.cols, b.dst[0], size, b.src[0], 0, size)
					}, nothing)
				}
			}
		}
		const n = 300 << 10
		dst := guard.Alloc(t, n, true)
		for _, size := range []int{1, 3, 8, 24, 63, 64} {
			item := make([]byte, size)
			for i := range item {
				item[i] = byte(i + 1)
			}
			for _, start := range []int{0, 5, 60} {
				clear(dst)
				cols := (n - start) / size
				fn(unsafe.Pointer(&dst[start]), unsafe.Pointer(&item[0]), 1, cols, 0, size, 0, 0, size)
				want := append(make([]byte, start), bytes.Repeat(item, cols)...)
				if !bytes.Equal(dst, append(want, make([]byte, n-len(want))...)) {
					t.Fatalf("%d bytes of items of %d from %d on: wrong", n, size, start)
				}
			}
		}
	})
}

// TestItemsLarge: blocks that are more than a kernel is given at a time.
func TestItemsLarge(t *testing.T) {
	eachImpl(t, "items", itemsImpls, func(t *testing.T, fn StridedFunc) {
		m := newMem(t, 1<<20)
		for _, size := range []int{32, 100, 1024} {
			cols := 130<<10/size + 1
			b := block{rows: 2, cols: cols, dst: [2]int{cols * (size + 3), size + 3}, src: [2]int{-cols * size, size}}
			b.fit(size)
			m.check(t, b, size, func(d, s unsafe.Pointer) {
				fn(d, s, b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1], size)
			}, nothing)
		}
	})
}
