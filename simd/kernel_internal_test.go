package simd

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ref"
)

// A block is a case for a kernel of strided items: shape and strides of both
// operands, the offsets of their items (0, 0), and how much memory they need.
type block struct {
	rows, cols     int
	dst, src       [2]int // strides of rows and of items
	dstOff, srcOff int
	dstMem, srcMem int
}

// fit computes the offsets and the memory of a block.
func (b *block) fit(size int) {
	b.dstOff, b.dstMem = extent(b.rows, b.cols, b.dst, size)
	b.srcOff, b.srcMem = extent(b.rows, b.cols, b.src, size)
}

func extent(rows, cols int, strides [2]int, size int) (off, mem int) {
	if rows == 0 || cols == 0 {
		return 0, 0
	}
	lo, hi := 0, size
	for k, n := range []int{rows, cols} {
		if s := (n - 1) * strides[k]; s < 0 {
			lo += s
		} else {
			hi += s
		}
	}
	return -lo, hi - lo
}

func (b block) String() string {
	return fmt.Sprintf("%dx%d/dst=%d,%d/src=%d,%d", b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1])
}

// lengths are from none to two of the widest vectors and one of items of that
// size, all of them if there are not too many.
func lengths(size int) []int {
	most := min(2*64/size, 33) + 1
	list := make([]int, 0, most+3)
	for n := range most + 1 {
		list = append(list, n)
	}
	switch size {
	case 1:
		list = append(list, 63, 64, 65, 127, 128, 129)
	case 2:
		list = append(list, 63, 64, 65)
	}
	return list
}

// A mem is guarded memory for a kernel's operands, at either end of which it
// can lie flush.
type mem struct {
	dst, src [2][]byte
	want     []byte
}

func newMem(t *testing.T, n int) *mem {
	m := &mem{want: make([]byte, n)}
	for end := range 2 {
		m.dst[end], m.src[end] = guard.Alloc(t, n, end == 1), guard.Alloc(t, n, end == 1)
	}
	return m
}

func flush(mem []byte, n, end int) []byte {
	if end == 1 {
		return mem[len(mem)-n:]
	}
	return mem[:n]
}

// check runs a kernel on a block and compares every byte around it.
func (m *mem) check(t *testing.T, b block, size int, kernel func(dst, src unsafe.Pointer), fix func([]byte)) {
	t.Helper()
	for end := range 2 {
		dst, src := flush(m.dst[end], b.dstMem, end), flush(m.src[1-end], b.srcMem, 1-end)
		for i := range dst {
			dst[i] = byte(i*7) ^ 0x5A
		}
		for i := range src {
			src[i] = byte(i*31+i>>8) & byte(i|-(i&4)>>2) // with zeros here and there
		}
		want := m.want[:b.dstMem]
		copy(want, dst)
		was := slices.Clone(src)
		ref.CopyFix(want, b.dstOff, b.dst[:], src, b.srcOff, b.src[:], []int{b.rows, b.cols}, size, fix)
		d, s := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src))
		if b.dstMem > 0 {
			d, s = unsafe.Add(d, b.dstOff), unsafe.Add(s, b.srcOff)
		}
		kernel(d, s)
		if !bytes.Equal(dst, want) {
			t.Fatalf("%v, end %d: dst\n got %x\nwant %x", b, end, dst, want)
		}
		if !bytes.Equal(src, was) {
			t.Fatalf("%v, end %d: src has changed", b, end)
		}
	}
}

// eachImpl runs f for each implementation in a list that this processor can run.
func eachImpl[F any](t *testing.T, name string, list []impl[F], f func(t *testing.T, fn F)) {
	for i, m := range list {
		if !slices.Contains(levels, m.level) {
			continue
		}
		t.Run(fmt.Sprintf("%s/%d-%v", name, i, m.level), func(t *testing.T) { f(t, m.fn) })
	}
}

// stridedBlocks calls f with blocks of every length and kind of stride.
func stridedBlocks(size int, f func(block)) {
	for _, rows := range []int{0, 1, 3} {
		for _, cols := range lengths(size) {
			for _, dst := range []int{size, size + 1, 2 * size, 2*size + 3, -size, -2*size - 1} {
				for _, src := range []int{size, size + 1, 2 * size, 3 * size, -size, -size - 3, 0} {
					wide := (cols + 1) * max(dst, -dst)
					for _, row := range [][2]int{{wide + 1, (cols + 1) * max(src, -src)}, {-wide, 0}} {
						b := block{rows: rows, cols: cols, dst: [2]int{row[0], dst}, src: [2]int{row[1], src}}
						b.fit(size)
						f(b)
					}
				}
			}
		}
	}
}

func testStrided(t *testing.T, name string, list []impl[StridedFunc], size int, fix func([]byte)) {
	eachImpl(t, fmt.Sprintf("%s/%d", name, size), list, func(t *testing.T, fn StridedFunc) {
		m := newMem(t, 1<<16)
		stridedBlocks(size, func(b block) {
			m.check(t, b, size, func(d, s unsafe.Pointer) {
				fn(d, s, b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1], size)
			}, fix)
		})
	})
}

func nothing([]byte) {}

func TestStrided(t *testing.T) {
	for i, list := range stridedImpls {
		testStrided(t, "strided", list, 1<<i, nothing)
	}
	for size := 1; size <= 40; size++ {
		testStrided(t, "items", itemsImpls, size, nothing)
	}
	for _, size := range []int{63, 64, 65, 95, 96, 97, 127, 128, 129, 200, 1024, 1025} {
		testStrided(t, "items", itemsImpls, size, nothing)
	}
}

func TestSwap(t *testing.T) {
	for i, list := range swapImpls {
		testStrided(t, "swap", list, 1<<i, func(item []byte) { slices.Reverse(item) })
	}
	testStrided(t, "bool", boolImpls, 1, func(item []byte) { item[0] = min(item[0], 1) })
}

// TestInPlace covers the kernels for which dst may be src.
func TestInPlace(t *testing.T) {
	kernels := map[int][]impl[StridedFunc]{1: boolImpls}
	for i, list := range swapImpls {
		if i > 0 {
			kernels[1<<i] = list
		}
	}
	for size, list := range kernels {
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn StridedFunc) {
			for _, cols := range append(lengths(size), 40, 127, 128, 129, 191, 255, 257, 300) {
				for _, stride := range []int{size, size + 3} {
					got := make([]byte, cols*stride+size)
					rand.New(rand.NewSource(1)).Read(got)
					want := slices.Clone(got)
					for j := range cols {
						item := want[j*stride:][:size]
						if slices.Reverse(item); size == 1 {
							item[0] = min(item[0], 1)
						}
					}
					p := unsafe.Pointer(&got[0])
					fn(p, p, 1, cols, 0, stride, 0, stride, size)
					if !bytes.Equal(got, want) {
						t.Fatalf("%d items, stride %d:\n got %x\nwant %x", cols, stride, got, want)
					}
				}
			}
		})
	}
}

// TestOrder has rows and items of dst lie over one another: later ones win.
func TestOrder(t *testing.T) {
	for size := 1; size <= 33; size++ {
		list := itemsImpls
		if i := Slot(size); i >= 0 {
			list = append(slices.Clone(stridedImpls[i]), list...)
		}
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn StridedFunc) {
			m := newMem(t, 1<<14)
			for _, dst := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {3, 2}, {-2, 1}, {1, -1}, {size, size - 1}} {
				b := block{rows: 4, cols: 9, dst: dst, src: [2]int{size * 9, size}}
				b.fit(size)
				m.check(t, b, size, func(d, s unsafe.Pointer) {
					fn(d, s, b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1], size)
				}, nothing)
			}
		})
	}
}

func TestFill(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 8, 12, 16, 24, 33, 20000} {
		eachImpl(t, fmt.Sprint(size), fillImpls, func(t *testing.T, fn StridedFunc) {
			m := newMem(t, 1<<18)
			for _, rows := range []int{0, 1, 3} {
				for _, cols := range []int{0, 1, 2, 3, 4, 5, 31, 33, 3000, 70000} {
					if cols > 1<<17/size/max(rows, 1) {
						continue
					}
					b := block{rows: rows, cols: cols, dst: [2]int{-cols*size - 5, size}, src: [2]int{size + 1, 0}}
					b.fit(size)
					m.check(t, b, size, func(d, s unsafe.Pointer) {
						fn(d, s, b.rows, b.cols, b.dst[0], b.dst[1], b.src[0], b.src[1], size)
					}, nothing)
				}
			}
		})
	}
}

// TestTransposeItems has items of every size in columns of src become rows of dst.
func TestTransposeItems(t *testing.T) {
	for size := 1; size <= 40; size++ {
		eachImpl(t, fmt.Sprint(size), itemsImpls, func(t *testing.T, fn StridedFunc) {
			m := newMem(t, 1<<14)
			for rows := range 10 {
				for cols := range 10 {
					for _, pad := range [][2]int{{0, 0}, {1, 3}, {-1, 0}, {0, -1}, {-2 * cols * size, 0}} {
						dst, src := cols*size+pad[0], rows*size+pad[1]
						if pad[1] < 0 {
							src = -src
						}
						b := block{rows: rows, cols: cols, dst: [2]int{dst, size}, src: [2]int{size, src}}
						b.fit(size)
						m.check(t, b, size, func(d, s unsafe.Pointer) {
							fn(d, s, rows, cols, dst, size, size, src, size)
						}, nothing)
					}
				}
			}
		})
	}
}

// TestTranspose has blocks of every number of rows and columns up to two lines and an
// item, and of a few of more columns: pairs of blocks, one by itself behind them, and
// one that has to be moved back.
func TestTranspose(t *testing.T) {
	for i, list := range transposeImpls {
		size := 1 << i
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn TransposeFunc) {
			m := newMem(t, 1<<16)
			for _, rows := range lengths(size) {
				columns := lengths(size)
				if line := StreamLine / size; size > 1 && rows%line < 2 {
					columns = append(columns, 3*line-1, 3*line, 3*line+1, 4*line-1)
				}
				for _, cols := range columns {
					if size == 1 && rows > 17 && cols > 17 && (rows+cols)%7 != 0 && min(rows, cols) < 63 {
						continue
					}
					for _, pad := range [][2]int{{0, 0}, {1, 3}, {-1, 0}, {0, -1}} {
						// As strided items: axis 0 is src's rows, which are dst's items.
						dst, src := rows*size+pad[0], cols*size+pad[1]
						if pad[0] < 0 {
							dst = -rows * size
						}
						if pad[1] < 0 {
							src = -cols*size - 1
						}
						b := block{rows: rows, cols: cols, dst: [2]int{size, dst}, src: [2]int{src, size}}
						b.fit(size)
						m.check(t, b, size, func(d, s unsafe.Pointer) { fn(d, s, rows, cols, dst, src) }, nothing)
					}
				}
			}
		})
	}
}
