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

// A maskCase is a mask and items in memory that ends, or begins, at a page nobody may touch.
type maskCase struct {
	mask, src []byte
	n, chosen int
}

var maskLengths = []int{0, 1, 63, 64, 65, 127, 128, 129, 192, 320, 1000, 4096}

// eachMask runs f with masks of all lengths, sparse and dense ones, and items of size bytes.
func eachMask(t *testing.T, size int, f func(c maskCase, end bool)) {
	r := rand.New(rand.NewPCG(1, uint64(size)))
	for _, n := range maskLengths {
		for _, percent := range []int{0, 3, 20, 50, 97, 100} {
			for _, end := range []bool{false, true} {
				c := maskCase{guard.Alloc(t, n, end), guard.Alloc(t, n*size, end), n, 0}
				for i := range c.mask {
					if r.IntN(100) < percent {
						c.mask[i] = []byte{1, 2, 0x80, 0xFF}[r.IntN(4)]
						c.chosen++
					}
				}
				for i := range c.src {
					c.src[i] = byte(r.Uint32())
				}
				f(c, end)
			}
		}
	}
}

// pointer is where b begins; b may be empty.
func pointer(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }

// packed compares what a kernel stored of the items of src with what mask chooses: whole blocks, and as many of them as
// room leaves.
func (c maskCase) packed(t *testing.T, dst, src []byte, size, room, seen, stored int) {
	t.Helper()
	want, i := []byte{}, 0
	for ; i+MaskBlock <= c.n && room-len(want)/size >= MaskBlock; i += MaskBlock {
		for k := i; k < i+MaskBlock; k++ {
			if c.mask[k] != 0 {
				want = append(want, src[k*size:][:size]...)
			}
		}
	}
	if seen != i || stored != len(want)/size {
		t.Fatalf("%d bytes, %d chosen, room %d: %d seen and %d stored, want %d and %d", c.n, c.chosen, room, seen, stored, i, len(want)/size)
	}
	if !bytes.Equal(dst[:len(want)], want) {
		t.Fatalf("%d bytes, %d chosen, room %d: wrong items", c.n, c.chosen, room)
	}
}

// rooms are how many items dst may have.
func (c maskCase) rooms() []int {
	return []int{0, MaskBlock - 1, MaskBlock, c.chosen, c.chosen / 2, c.n}
}

func TestCount(t *testing.T) {
	eachImpl(t, "count", countImpls, func(t *testing.T, fn CountFunc) {
		eachMask(t, 0, func(c maskCase, _ bool) {
			n := c.n &^ (MaskBlock - 1)
			for _, mask := range [][]byte{c.mask[:n], c.mask[c.n-n:]} {
				want := 0
				for _, b := range mask {
					if b != 0 {
						want++
					}
				}
				if got := fn(pointer(mask), n); got != want {
					t.Fatalf("%d bytes: %d, want %d", n, got, want)
				}
			}
		})
	})
}

func TestNonzero(t *testing.T) {
	eachImpl(t, "nonzero", nonzeroImpls, func(t *testing.T, fn NonzeroFunc) {
		eachMask(t, 8, func(c maskCase, end bool) {
			const first = min(1<<40, math.MaxInt/2) // int may have 32 bits
			for i := range c.n {
				binary.LittleEndian.PutUint64(c.src[8*i:], uint64(first+i))
			}
			for _, room := range c.rooms() {
				dst := guard.Alloc(t, 8*room, end)
				seen, stored := fn(pointer(dst), pointer(c.mask), c.n, room, first)
				c.packed(t, dst, c.src, 8, room, seen, stored)
			}
		})
	})
}

func TestCompress(t *testing.T) {
	for slot, list := range compressImpls {
		size := 1 << slot
		eachImpl(t, fmt.Sprintf("compress/%d", size), list, func(t *testing.T, fn CompressFunc) {
			eachMask(t, size, func(c maskCase, end bool) {
				was := slices.Clone(c.src)
				for _, room := range c.rooms() {
					dst := guard.Alloc(t, size*room, end)
					seen, stored := fn(pointer(dst), pointer(c.src), pointer(c.mask), c.n, room, 2048)
					c.packed(t, dst, c.src, size, room, seen, stored)
				}
				if !bytes.Equal(c.src, was) {
					t.Fatal("src has changed")
				}
			})
		})
	}
}

func TestMasked(t *testing.T) {
	for slot, list := range maskedImpls {
		size := 1 << slot
		eachImpl(t, fmt.Sprintf("masked/%d", size), list, func(t *testing.T, fn MaskedFunc) {
			eachMask(t, size, func(c maskCase, end bool) {
				was := slices.Clone(c.src)
				dst := guard.Alloc(t, c.n*size, end)
				for i := range dst {
					dst[i] = byte(7 * i)
				}
				want := slices.Clone(dst)
				for i := range c.n &^ (MaskBlock - 1) {
					if c.mask[i] != 0 {
						copy(want[i*size:][:size], c.src[i*size:])
					}
				}
				fn(pointer(dst), pointer(c.src), pointer(c.mask), c.n)
				if !bytes.Equal(dst, want) || !bytes.Equal(c.src, was) {
					t.Fatalf("%d bytes, %d chosen: wrong items", c.n, c.chosen)
				}
			})
		})
	}
}
