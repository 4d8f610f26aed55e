package plan_test

import (
	"bytes"
	"math/rand"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/simd"
	"github.com/strided-go/strided/strides"
)

// TestLong copies permuted arrays of long items as if they were large: with dst at
// every kind of place in a line, and with runs that blocks have in parts.
func TestLong(t *testing.T) {
	defer plan.StreamFrom(1)()
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(7))
		g := newRig(t)
		n := 400
		if testing.Short() {
			n = 120
		}
		for i := range n {
			item := []int{32, 64, 96, 128, 320, 384, 448}[r.Intn(7)]
			switch i % 4 {
			case 0:
				item += r.Intn(64) - 31
			case 1:
				item = 32 + r.Intn(500)
			}
			axes := 1 + r.Intn(4)
			shape := make([]int, axes)
			room := 200000 / item
			for k := range shape {
				shape[k] = 1 + r.Intn(min(70, room))
				room = max(1, room/shape[k])
			}
			var dl, sl strides.Layout
			var dsize, ssize int
			if r.Intn(2) == 0 { // whole arrays, one permuted
				dl, dsize = compact(shape, r.Perm(axes), item)
				sl, ssize = compact(shape, r.Perm(axes), item)
				shift := []int{0, 0, 32, 64, r.Intn(64)}[r.Intn(5)]
				dl.Offset += shift
				dsize += shift
				if r.Intn(3) == 0 {
					k := r.Intn(axes)
					sl.Offset += (shape[k] - 1) * sl.Strides[k]
					sl.Strides[k] = -sl.Strides[k]
				}
				if r.Intn(4) == 0 {
					k := r.Intn(axes)
					if sl.Strides[k] > 0 {
						sl.Strides[k] = 0
					}
				}
			} else {
				dl, dsize = ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: item, Injective: true})
				sl, ssize = ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: item})
			}
			if dsize > memSize || ssize > memSize {
				continue
			}
			if !g.check(t, r, dl, sl, dsize, ssize, nil, false, 1+r.Intn(3)) {
				return
			}
		}
	})
}

// TestVeryLong copies items that are longer than a kernel is given at a time.
func TestVeryLong(t *testing.T) {
	defer plan.StreamFrom(1)()
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(10))
		g := newRig(t)
		for _, item := range []int{64 << 10, 64<<10 + 1, 150001} {
			for _, shift := range []int{0, 9} {
				dl := strides.Layout{Offset: shift, Shape: []int{3}, ItemSize: item, Strides: []int{item + 7}}
				sl := strides.Layout{Shape: []int{3}, ItemSize: item, Strides: []int{2*item + 1}}
				g.check(t, r, dl, sl, shift+3*item+14, 5*item+2, nil, false, 1)
			}
		}
	})
}

// compact lays items out without gaps, the axis order[0] outermost.
func compact(shape, order []int, item int) (strides.Layout, int) {
	l := strides.Layout{Shape: shape, ItemSize: item, Strides: make([]int, len(shape))}
	size := item
	for k := len(order) - 1; k >= 0; k-- {
		l.Strides[order[k]] = size
		size *= shape[order[k]]
	}
	return l, size
}

// TestFills repeats items, rows and columns, as large copies do.
func TestFills(t *testing.T) {
	defer plan.StreamFrom(1)()
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(8))
		g := newRig(t)
		for range 150 {
			item := 1 + r.Intn(100)
			if r.Intn(2) == 0 {
				item = 1 << r.Intn(8)
			}
			rows, cols := 1+r.Intn(6), (1+r.Intn(20000))/item+1
			dl, dsize := compact([]int{rows, cols}, []int{0, 1}, item)
			shift, gap := r.Intn(64), r.Intn(2)*r.Intn(100)
			dl.Offset, dl.Strides[0] = shift, dl.Strides[0]+gap
			dsize += shift + rows*gap
			sl := strides.Layout{Shape: dl.Shape, ItemSize: item, Strides: []int{r.Intn(2) * item, 0}}
			ssize := rows * item
			if r.Intn(3) == 0 { // a row
				sl.Strides = []int{0, item}
				ssize = cols * item
			}
			if !g.check(t, r, dl, sl, dsize, ssize, nil, false, 1+r.Intn(2)) {
				return
			}
		}
	})
}

// TestCacheSizes plans for caches of any size: the copies are the same.
func TestCacheSizes(t *testing.T) {
	const rows, cols, item = 250, 300, 40
	src, want, dst := make([]byte, rows*cols*item), make([]byte, rows*cols*item), make([]byte, rows*cols*item)
	rand.New(rand.NewSource(9)).Read(src)
	for i := range rows {
		for j := range cols {
			copy(want[(j*rows+i)*item:][:item], src[(i*cols+j)*item:])
		}
	}
	for _, c := range []simd.CacheSizes{
		usualCaches, {L1: 4 << 10, L2: 4 << 10, L3: 4 << 10}, {L1: 32 << 10, L2: 256 << 10, L3: 1 << 20}, {L1: 1 << 20, L2: 256 << 20, L3: 1 << 30}, {},
	} {
		restore := plan.SetCaches(c)
		for _, fixes := range [][]plan.Fix{nil, {{Size: 2, Count: 1}}} {
			clear(dst)
			var p plan.Plan
			p.Init([]int{cols, rows}, []int{rows * item, item}, []int{item, cols * item}, item, fixes, false)
			p.Run(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]))
			for at := 0; fixes != nil && at < len(dst); at += item {
				dst[at], dst[at+1] = dst[at+1], dst[at]
			}
			if !bytes.Equal(dst, want) {
				t.Errorf("caches %v, fixes %v: wrong\n%v", c, fixes, &p)
			}
		}
		restore()
	}
}

// TestLongDecisions asserts what the levels with streaming stores make of long items
// and fills, and that other caches give other blocks.
func TestLongDecisions(t *testing.T) {
	restore, err := simd.Use(simd.AVX2)
	if err != nil {
		t.Skip(err)
	}
	defer restore()
	if simd.Table().Rows == nil {
		t.Skip("no kernels for long items here")
	}
	small := simd.CacheSizes{L1: 32 << 10, L2: 512 << 10, L3: 8 << 20}
	large := simd.CacheSizes{L1: 128 << 10, L2: 16 << 20, L3: 16 << 20}
	for _, c := range []struct {
		name     string
		caches   simd.CacheSizes
		shape    []int
		dst, src []int
		item     int
		want     string
	}{
		{"half lines", usualCaches, []int{1024, 1024}, []int{32768, 32}, []int{32, 32768}, 32, `
rows (avx2): 1048576 × 32 bytes, streamed
  loop 1024: dst +32, src +32768, tile 8, kernel col
  loop 1024: dst +32768, src +32, tile 32, kernel row`},
		{"half lines", small, []int{1024, 1024}, []int{32768, 32}, []int{32, 32768}, 32, `
rows (avx2): 1048576 × 32 bytes, streamed
  loop 1024: dst +32, src +32768, tile 8, kernel col
  loop 1024: dst +32768, src +32, tile 20, kernel row`},
		{"half lines", large, []int{1024, 1024}, []int{32768, 32}, []int{32, 32768}, 32, `
rows (avx2): 1048576 × 32 bytes, streamed
  loop 1024: dst +32, src +32768, tile 8, kernel col
  loop 1024: dst +32768, src +32, tile 64, kernel row`},
		{"768 KiB", usualCaches, []int{192, 128}, []int{4096, 32}, []int{32, 6144}, 32, `
items (avx2): 24576 × 32 bytes
  loop 192: dst +4096, src +32, tile 16, kernel row
  loop 128: dst +32, src +6144, tile 8, kernel col`},
		{"768 KiB", small, []int{192, 128}, []int{4096, 32}, []int{32, 6144}, 32, `
rows (avx2): 24576 × 32 bytes, streamed
  loop 128: dst +32, src +6144, tile 8, kernel col
  loop 192: dst +4096, src +32, tile 20, kernel row`},
		{"rows that are joined, as many as a stage has room for", usualCaches, []int{100000, 100}, []int{100, 1}, []int{164, 1}, 1, `
rows (avx2): 100000 × 100 bytes, streamed
  loop 100000: dst +100, src +164, tile 20, kernel col`},
		{"a row again and again", usualCaches, []int{4096, 4096}, []int{32768, 8}, []int{0, 8}, 8, `
rows (avx2): 4096 × 32768 bytes, streamed
  loop 4096: dst +32768, src +0, tile 1, kernel col`},
		{"a column again and again", usualCaches, []int{4096, 4096}, []int{32768, 8}, []int{8, 0}, 8, `
fillstream (avx2): 16777216 × 8 bytes, streamed
  loop 4096: dst +32768, src +8, kernel row
  loop 4096: dst +8, src +0, kernel col`},
		{"fill of short rows", usualCaches, []int{65536, 100}, []int{800, 8}, []int{8, 0}, 8, `
fill (generic): 6553600 × 8 bytes
  loop 65536: dst +800, src +8, kernel row
  loop 100: dst +8, src +0, kernel col`},
	} {
		func() {
			defer plan.SetCaches(c.caches)()
			var p plan.Plan
			p.Init(c.shape, c.dst, c.src, c.item, nil, false)
			if got, want := p.String(), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("%s, caches %v:\n got %s\nwant %s", c.name, c.caches, got, want)
			}
		}()
	}
}
