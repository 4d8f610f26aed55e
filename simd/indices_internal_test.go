package simd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
)

// int64s are the items of b, which is aligned or on a processor that does not care.
func int64s(b []byte) []int64 {
	out := make([]int64, len(b)/8)
	for i := range out {
		out[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return out
}

// eachIndices runs f with lists of indices for axes of some lengths: all in range, or one of them not; good is how many
// come before the group that it is in.
func eachIndices(t *testing.T, f func(t *testing.T, src []byte, length int64, good int)) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 15, 16, 17, 31, 32, 33, 80, 100} {
		for _, length := range []int64{1, 2, 1000, 1 << 31, math.MaxInt64 - 1, math.MaxInt64} {
			for bad := -1; bad < n; bad++ {
				src := guard.Alloc(t, 8*n, bad%2 == 0)
				for i := range n {
					x := []int64{0, length - 1, -1, -length, r.Int64N(length), -1 - r.Int64N(length)}[r.IntN(6)]
					if i == bad {
						x = []int64{length, -length - 1, math.MinInt64, math.MaxInt64}[r.IntN(4)]
						if x >= 0 && x < length || length == math.MaxInt64 {
							x = math.MinInt64
						}
					}
					binary.LittleEndian.PutUint64(src[8*i:], uint64(x))
				}
				good := n
				if bad >= 0 {
					good = bad
				}
				f(t, src, length, good&^(IndexGroup-1))
			}
		}
	}
}

func TestCheck(t *testing.T) {
	eachImpl(t, "check", checkImpls, func(t *testing.T, fn CheckFunc) {
		eachIndices(t, func(t *testing.T, src []byte, length int64, good int) {
			if got := fn(pointer(src), len(src)/8, int(length)); got != good {
				t.Fatalf("length %d, indices %d: %d, want %d", length, int64s(src), got, good)
			}
		})
	})
}

func TestOffsets(t *testing.T) {
	eachImpl(t, "offsets", offsetsImpls, func(t *testing.T, fn OffsetsFunc) {
		eachIndices(t, func(t *testing.T, src []byte, length int64, good int) {
			for _, shift := range []int{0, 3} {
				dst := guard.Alloc(t, 8*(len(src)/8&^(IndexGroup-1)), true)
				for i := range dst {
					dst[i] = 0xA5
				}
				want := slices.Clone(dst)
				for i, x := range int64s(src)[:good] {
					if x < 0 {
						x += length
					}
					binary.LittleEndian.PutUint64(want[8*i:], uint64(x)<<shift)
				}
				if got := fn(pointer(dst), pointer(src), len(src)/8, int(length), shift); got != good || !bytes.Equal(dst, want) {
					t.Fatalf("length %d, indices %d: %d, want %d, of %d", length, int64s(src), got, good, int64s(dst))
				}
			}
		})
	})
}

// eachGather runs f with lists of offsets into a table of items of size bytes, anywhere in it, and what they are.
func eachGather(t *testing.T, size int, f func(table []byte, offsets []int, want []byte)) {
	r := rand.New(rand.NewPCG(3, uint64(size)))
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 17, 40, 100} {
		for _, span := range []int{size, size + 1, 5 * size, 100 * size} {
			table := guard.Alloc(t, span, r.IntN(2) == 0)
			for i := range table {
				table[i] = byte(r.Uint32())
			}
			offsets, want := make([]int, n), []byte{}
			for i := range offsets {
				offsets[i] = []int{0, span - size, r.IntN(span - size + 1)}[r.IntN(3)]
				want = append(want, table[offsets[i]:][:size]...)
			}
			f(table, offsets, want)
		}
	}
}

func TestGather(t *testing.T) {
	for slot := range gatherImpls {
		size := 1 << slot
		gather := func(t *testing.T, fn GatherFunc) {
			eachGather(t, size, func(table []byte, offsets []int, want []byte) {
				was := slices.Clone(table)
				n := len(want) &^ (StreamLine - 1)
				dst := guard.Alloc(t, (n+4095)&^4095, true) // whole pages, so that it is aligned
				fn(pointer(dst), pointer(table), unsafe.Pointer(unsafe.SliceData(offsets)), len(offsets))
				StreamFence()
				if !bytes.Equal(dst[:n], want[:n]) || !bytes.Equal(dst[n:], make([]byte, len(dst)-n)) || !bytes.Equal(table, was) {
					t.Fatalf("offsets %v: wrong bytes", offsets)
				}
			})
		}
		eachImpl(t, fmt.Sprintf("plain/%d", size), gatherImpls[slot], gather)
		eachImpl(t, fmt.Sprintf("stream/%d", size), gatherStreamImpls[slot], gather)
	}
}

func TestGatherRows(t *testing.T) {
	rows := func(sizes, gaps []int) func(t *testing.T, fn GatherRowsFunc) {
		return func(t *testing.T, fn GatherRowsFunc) {
			for _, size := range sizes {
				for _, gap := range gaps {
					eachGather(t, size, func(table []byte, offsets []int, want []byte) {
						was := slices.Clone(table)
						n, step := len(offsets), size+gap
						if n == 0 {
							return
						}
						dst := guard.Alloc(t, (n-1)*step+size, true)
						if size%StreamLine == 0 && gap%StreamLine == 0 {
							dst = guard.Alloc(t, (n*step+4095)&^4095, true)
						}
						for i := range dst {
							dst[i] = 0xA5
						}
						all := slices.Clone(dst)
						some := min(n, 9)
						for i := range some {
							copy(all[i*step:], want[i*size:][:size])
						}
						for _, ahead := range []int{0, 1, 8, 200} {
							fn(pointer(dst), pointer(table), unsafe.Pointer(&offsets[0]), some, n, ahead, step, size)
							StreamFence()
							if !bytes.Equal(dst, all) || !bytes.Equal(table, was) {
								t.Fatalf("rows of %d bytes, gap %d, offsets %v: wrong bytes", size, gap, offsets)
							}
						}
					})
				}
			}
		}
	}
	eachImpl(t, "plain", gatherRowsImpls, rows([]int{64, 65, 100, 127, 128, 129, 500, 512}, []int{0, 1, 64}))
	eachImpl(t, "stream", gatherRowsStreamImpls, rows([]int{64, 128, 512}, []int{0, 64}))
}
