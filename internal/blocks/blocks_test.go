package blocks_test

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// eachItem calls f with where every item lies, in C order.
func eachItem(l strides.Layout, f func(number, off int)) {
	index := make([]int, len(l.Shape))
	for number := 0; ; number++ {
		off := l.Offset
		for k, i := range index {
			off += i * l.Strides[k]
		}
		f(number, off)
		k := len(index) - 1
		for ; k >= 0; k-- {
			if index[k]++; index[k] < l.Shape[k] {
				break
			}
			index[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// shapes are small ones and ones that make tiles, with their edges.
func shapeFor(r *rand.Rand, i int) []int {
	large := [][]int{{70, 90}, {300, 7}, {7, 300}, {3, 65, 66}, {65, 5, 64}, {1, 4096}, {5000}, {130, 1, 33}, {2, 2, 2, 2, 2, 200}}
	if i%3 == 0 {
		return large[r.Intn(len(large))]
	}
	for {
		if s := ndtest.Shape(r, ndtest.Options{MaxDim: 5, MaxLen: 12}); !slices.Contains(s, 0) {
			return s
		}
	}
}

// Sums of two operands, read and written through all sorts of staging, in guarded memory.
func TestRun(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(1))
		for i := range 600 {
			shape := shapeFor(r, i)
			random := func(size int, injective bool) (l strides.Layout, mem []byte) {
				l, n := ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: size, Injective: injective})
				mem = guard.Alloc(t, n, r.Intn(2) == 0)
				for k := range mem {
					mem[k] = byte(r.Intn(256))
				}
				return l, mem
			}
			dst, d := random(4, true)
			a, am := random(2, false)
			b, bm := random(8, false)
			ops := []blocks.Operand{
				{Strides: dst.Strides, Size: 4, Write: true}, {Strides: a.Strides, Size: 2}, {Strides: b.Strides, Size: 8},
			}
			order := [3]binary.ByteOrder{binary.NativeEndian, binary.NativeEndian, binary.NativeEndian}
			for k := range ops {
				if r.Intn(2) == 0 {
					ops[k].Fixes = []plan.Fix{{Size: ops[k].Size, Count: 1}}
					order[k] = other()
				}
			}
			ordered := r.Intn(3) == 0
			want := slices.Clone(d)
			sums := make([]uint32, 0, dst.Len())
			eachItem(a, func(_, off int) { sums = append(sums, uint32(order[1].Uint16(am[off:]))) })
			eachItem(b, func(i, off int) { sums[i] += uint32(order[2].Uint64(bm[off:])) })
			eachItem(dst, func(i, off int) { order[0].PutUint32(want[off:], sums[i]) })
			am0, bm0 := slices.Clone(am), slices.Clone(bm)

			var seen []uint32
			var mu sync.Mutex
			f := func(p blocks.Pointers, step blocks.Steps, n int) {
				for i := range n {
					x := *(*uint16)(unsafe.Add(p[1], i*step[1]))
					y := *(*uint64)(unsafe.Add(p[2], i*step[2]))
					*(*uint32)(unsafe.Add(p[0], i*step[0])) = uint32(x) + uint32(y)
					mu.Lock()
					seen = append(seen, uint32(x)+uint32(y))
					mu.Unlock()
				}
			}
			blocks.New(shape, ops, ordered).Run(blocks.Pointers{at(d, dst), at(am, a), at(bm, b)}, f, 1+r.Intn(3))
			name := fmt.Sprintf("%d: %v strides %v %v %v ordered %v", i, shape, dst.Strides, a.Strides, b.Strides, ordered)
			if !slices.Equal(d, want) {
				t.Fatalf("%s: wrong bytes", name)
			}
			if ordered && !slices.Equal(seen, sums) {
				t.Fatalf("%s: not in C order", name)
			}
			if len(seen) != len(sums) {
				t.Fatalf("%s: %d items of %d", name, len(seen), len(sums))
			}
			if !slices.Equal(am, am0) || !slices.Equal(bm, bm0) {
				t.Fatalf("%s: a source changed", name)
			}
		}
	})
}

func at(mem []byte, l strides.Layout) unsafe.Pointer { return unsafe.Pointer(&mem[l.Offset]) }

// other is the byte order that is not this machine's.
func other() binary.ByteOrder {
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// Enough work for several goroutines: every item once, whichever axis is cut.
func TestThreads(t *testing.T) {
	for _, shape := range [][]int{{1 << 20}, {2, 1 << 19}, {1 << 19, 2}, {1, 1 << 20}, {1024, 1024}} {
		for _, transposed := range []bool{false, true} {
			n := 1 << 20
			src, dst := make([]uint64, n), make([]uint64, n)
			for i := range src {
				src[i] = uint64(i)
			}
			d, _ := strides.Contiguous(strides.C, 8, shape...)
			s := d
			if transposed {
				s, _ = strides.Contiguous(strides.F, 8, shape...)
			}
			calls, items := 0, 0
			var mu sync.Mutex
			ops := []blocks.Operand{{Strides: d.Strides, Size: 8, Write: true}, {Strides: s.Strides, Size: 8}}
			blocks.New(shape, ops, false).Run(blocks.Pointers{unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0])},
				func(p blocks.Pointers, step blocks.Steps, n int) {
					mu.Lock()
					calls++
					items += n
					mu.Unlock()
					for i := range n {
						*(*uint64)(unsafe.Add(p[0], i*step[0])) = 1 + *(*uint64)(unsafe.Add(p[1], i*step[1]))
					}
				}, 3)
			if calls < 3 || items != n {
				t.Errorf("%v: %d runs of %d items", shape, calls, items)
			}
			if !transposed || len(shape) == 1 {
				for i, v := range dst {
					if v != uint64(i)+1 {
						t.Fatalf("%v: item %d is %d", shape, i, v)
					}
				}
				continue
			}
			eachItem(s, func(number, off int) {
				if dst[number] != uint64(off/8)+1 {
					t.Fatalf("%v transposed: item %d is %d, want %d", shape, number, dst[number], off/8+1)
				}
			})
		}
	}
}

func TestParallel(t *testing.T) {
	var mu sync.Mutex
	seen := map[int]int{}
	blocks.Parallel(5, func(i int) {
		mu.Lock()
		defer mu.Unlock()
		seen[i]++
	})
	for i := range 5 {
		if seen[i] != 1 {
			t.Errorf("%d: %d times", i, seen[i])
		}
	}
}
