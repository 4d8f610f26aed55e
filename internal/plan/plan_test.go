package plan_test

import (
	"bytes"
	"math"
	"math/rand"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/internal/ref"
	"github.com/strided-go/strided/simd"
	"github.com/strided-go/strided/strides"
)

const memSize = 1 << 20

// A rig is memory for both operands, guarded at one end each.
type rig struct {
	dst, src  [2][]byte // flush with the page before, flush with the page behind
	want, was []byte
}

func newRig(t testing.TB) *rig {
	g := &rig{want: make([]byte, memSize), was: make([]byte, memSize)}
	for end := range 2 {
		g.dst[end] = guard.Alloc(t, memSize, end == 1)
		g.src[end] = guard.Alloc(t, memSize, end == 1)
	}
	return g
}

// at returns n bytes at one end of a guarded memory.
func at(mem []byte, n, end int) []byte {
	if end == 1 {
		return mem[len(mem)-n:]
	}
	return mem[:n]
}

// applyFixes is the oracle's version of what a plan does to an item.
func applyFixes(item []byte, fixes []plan.Fix) {
	for _, f := range fixes {
		if !f.Bool {
			ref.Reverse(item, f.Offset, f.Size, f.Count)
			continue
		}
		for i := range f.Count {
			if item[f.Offset+i] != 0 {
				item[f.Offset+i] = 1
			}
		}
	}
}

// check runs the copy as a plan and as the oracle on the same memory and
// compares everything: the items of dst, the poisoned bytes between them, src.
func (g *rig) check(t testing.TB, r *rand.Rand, dl, sl strides.Layout, dsize, ssize int, fixes []plan.Fix, ordered bool, threads int) bool {
	t.Helper()
	var p plan.Plan
	p.Init(dl.Shape, dl.Strides, sl.Strides, dl.ItemSize, fixes, ordered)
	if r.Intn(2) == 0 {
		p.StreamAnyway() // what is large enough for it would take too long here
	}
	for end := range 2 {
		dst, src := at(g.dst[end], dsize, end), at(g.src[1-end], ssize, 1-end)
		want, was := g.want[:dsize], g.was[:ssize]
		r.Read(src)
		if len(src) > 0 && r.Intn(2) == 0 { // zeros matter to bools
			for i := range src {
				src[i] &= -(src[i] >> 7)
			}
		}
		for i := range dst {
			dst[i] = 0xA5 ^ byte(i)
		}
		copy(want, dst)
		copy(was, src)
		ref.CopyFix(want, dl.Offset, dl.Strides, src, sl.Offset, sl.Strides, dl.Shape, dl.ItemSize, func(item []byte) { applyFixes(item, fixes) })
		d, s := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src))
		if dsize > 0 && ssize > 0 {
			d, s = unsafe.Add(d, dl.Offset), unsafe.Add(s, sl.Offset)
		}
		if threads == 1 {
			p.Run(d, s)
		} else {
			p.RunParts(d, s, threads)
		}
		if !bytes.Equal(dst, want) || !bytes.Equal(src, was) {
			at := 0
			for at < dsize && dst[at] == want[at] {
				at++
			}
			t.Errorf("shape %v, item %d, dst strides %v, src strides %v, fixes %v, ordered %t, threads %d, end %d: byte %d of dst differs (src unchanged: %t)\n%v",
				dl.Shape, dl.ItemSize, dl.Strides, sl.Strides, fixes, ordered, threads, end, at, bytes.Equal(src, was), &p)
			return false
		}
	}
	return true
}

// randomFixes returns fixes for an item: none, whole-item ones, or scattered.
func randomFixes(r *rand.Rand, item int) []plan.Fix {
	words := []int{2, 4, 8, 16}
	switch r.Intn(5) {
	case 0, 1:
		return nil
	case 2:
		if w := words[r.Intn(4)]; item%w == 0 {
			return []plan.Fix{{Size: w, Count: item / w}}
		}
		return []plan.Fix{{Size: 1, Count: item, Bool: true}}
	}
	var fixes []plan.Fix
	for off := r.Intn(3); off < item; off += r.Intn(5) {
		f := plan.Fix{Offset: off, Size: 1, Count: 1, Bool: true}
		if r.Intn(3) > 0 {
			f.Size, f.Bool = words[r.Intn(4)], false
		}
		f.Count += r.Intn(3)
		if off += f.Size * f.Count; off <= item {
			fixes = append(fixes, f)
		}
	}
	return fixes
}

func TestRandomCopies(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(1))
		g := newRig(t)
		n := 6000
		if testing.Short() {
			n = 1000
		}
		for range n {
			ordered := r.Intn(4) == 0
			dl, dsize := ndtest.Random(r, ndtest.Options{Injective: !ordered, MaxDim: 6, MaxLen: 20})
			sl, ssize := ndtest.Random(r, ndtest.Options{Shape: dl.Shape, ItemSize: dl.ItemSize})
			if dsize > memSize || ssize > memSize {
				continue
			}
			threads := 1
			if !ordered {
				threads = 1 + r.Intn(4)
			}
			if !g.check(t, r, dl, sl, dsize, ssize, randomFixes(r, dl.ItemSize), ordered, threads) {
				return
			}
		}
	})
}

// TestBlocks copies permuted arrays that are larger than a block along two or
// three axes, with every remainder of a block's edges.
func TestBlocks(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(2))
		g := newRig(t)
		n := 250
		if testing.Short() {
			n = 50
		}
		for range n {
			item := ndtest.ItemSize(r, 24)
			shape := make([]int, 2+r.Intn(2))
			room := 100000 / item
			for i := range shape {
				shape[i] = 1 + r.Intn(min(600, room))
				room = max(1, room/shape[i])
			}
			dl, dsize := ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: item, Injective: true})
			sl, ssize := ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: item, Injective: true})
			if dsize > memSize || ssize > memSize {
				continue
			}
			var fixes []plan.Fix
			if r.Intn(3) == 0 {
				fixes = randomFixes(r, item)
			}
			if !g.check(t, r, dl, sl, dsize, ssize, fixes, false, 1+r.Intn(3)) {
				return
			}
		}
	})
}

func TestManyAxes(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	g := newRig(t)
	for range 40 {
		shape := make([]int, 9+r.Intn(4))
		for i := range shape {
			shape[i] = 1 + r.Intn(2)
		}
		ordered := r.Intn(2) == 0
		dl, dsize := ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: 3, Injective: !ordered})
		sl, ssize := ndtest.Random(r, ndtest.Options{Shape: shape, ItemSize: 3})
		if dsize > memSize || ssize > memSize {
			continue
		}
		g.check(t, r, dl, sl, dsize, ssize, nil, ordered, 1)
	}
}

func TestNothing(t *testing.T) {
	for _, c := range []struct {
		shape []int
		item  int
	}{{[]int{0}, 4}, {[]int{3, 0, 2}, 4}, {[]int{3}, 0}, {nil, 0}} {
		var p plan.Plan
		s := make([]int, len(c.shape))
		p.Init(c.shape, s, s, c.item, nil, false)
		p.Run(nil, nil)
		p.RunThreads(nil, nil, 8)
		if got := p.String(); got != "nothing to copy" {
			t.Errorf("%v of %d bytes: %s", c.shape, c.item, got)
		}
	}
	var zero plan.Plan
	zero.Run(nil, nil)
}

func TestThreads(t *testing.T) {
	const n = 1500
	src, dst, want := make([]byte, n*n*4), make([]byte, n*n*4), make([]byte, n*n*4)
	rand.New(rand.NewSource(4)).Read(src)
	ref.Transpose(want, src, n, n, 4)
	for _, threads := range []int{0, 1, 2, 3, 7, 100} {
		clear(dst)
		var p plan.Plan
		p.Init([]int{n, n}, []int{4 * n, 4}, []int{4, 4 * n}, 4, nil, false)
		p.RunThreads(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), threads)
		if !bytes.Equal(dst, want) {
			t.Errorf("transpose on %d threads differs", threads)
		}
		p.Init([]int{n * n}, []int{4}, []int{4}, 4, nil, false)
		p.RunThreads(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), threads)
		if !bytes.Equal(dst, src) {
			t.Errorf("run on %d threads differs", threads)
		}
	}
	// A single run may overlap itself, and is then not cut.
	var p plan.Plan
	p.Init([]int{n*n*4 - 1}, []int{1}, []int{1}, 1, nil, false)
	copy(want, src[1:])
	p.RunThreads(unsafe.Pointer(&src[0]), unsafe.Pointer(&src[1]), 4)
	if !bytes.Equal(src[:len(src)-1], want[:len(src)-1]) {
		t.Error("overlapping run differs")
	}
}

func TestAllocs(t *testing.T) {
	src, dst := make([]byte, 2<<20), make([]byte, 2<<20)
	d, s := unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0])
	for _, c := range []struct {
		name  string
		shape []int
		dst   []int
		src   []int
		item  int
		fixes []plan.Fix
	}{
		{"scalar", nil, nil, nil, 8, nil},
		{"transpose", []int{64, 64}, []int{256, 4}, []int{4, 256}, 4, nil},
		{"streamed", []int{512, 768}, []int{3072, 4}, []int{4, 2048}, 4, nil},
		{"swap", []int{64, 64}, []int{256, 4}, []int{4, 256}, 4, []plan.Fix{{Size: 4, Count: 1}}},
		{"fixes", []int{64, 64}, []int{256, 4}, []int{4, 256}, 4, []plan.Fix{{Size: 2, Count: 1}, {Offset: 3, Size: 1, Count: 1, Bool: true}}},
		{"8 axes", []int{2, 2, 2, 2, 2, 2, 2, 2}, []int{128, 64, 32, 16, 8, 4, 2, 1}, []int{1, 2, 4, 8, 16, 32, 64, 128}, 1, nil},
	} {
		allocs := testing.AllocsPerRun(20, func() {
			var p plan.Plan
			p.Init(c.shape, c.dst, c.src, c.item, c.fixes, false)
			p.Run(d, s)
			p.RunThreads(d, s, 4)
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", c.name, allocs)
		}
	}
}

// TestFault has src end in the middle of a block: the fault is the caller's to
// recover, on one goroutine or several, and the bools that have arrived are
// bools.
func TestFault(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("memory is not guarded here")
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	const rows, item = 1 << 20, 4
	src := guard.Alloc(t, rows*item/2, true)
	for i := range src {
		src[i] = 7
	}
	fixes := []plan.Fix{{Offset: 1, Size: 1, Count: 2, Bool: true}}
	for _, threads := range []int{1, 4} {
		dst := make([]byte, rows*item)
		var p plan.Plan
		p.Init([]int{rows}, []int{item}, []int{item}, item, fixes, false)
		var fault any
		func() {
			defer func() { fault = recover() }()
			p.RunThreads(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), threads)
		}()
		if e, ok := fault.(interface{ Addr() uintptr }); !ok || e.Addr()-uintptr(unsafe.Pointer(&src[0])) < uintptr(len(src)) {
			t.Errorf("%d threads: recovered %v", threads, fault)
		}
		if dst[0] != 7 || dst[len(src)-item] != 7 {
			t.Errorf("%d threads: what could be read was not copied", threads)
		}
		for i, b := range dst {
			if k := i % item; (k == 1 || k == 2) && b > 1 {
				t.Fatalf("%d threads: byte %d is %d", threads, i, b)
			}
		}
	}
}

// TestStreaming permutes two to six axes of odd lengths, long enough for rows and
// runs to be streamed, to every kind of alignment: dense or with gaps, forwards or
// backwards. Half the copies stream if they can.
func TestStreaming(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(5))
		g := newRig(t)
		n := 150
		if testing.Short() {
			n = 40
		}
		lens := func(k, item int) []int { // k axes, of about as many items each, or one of few
			each := math.Pow(float64(1<<18/item), 1/float64(k))
			shape := make([]int, k)
			for i := range shape {
				shape[i] = max(1, int(each*(0.7+0.6*r.Float64())))
			}
			if r.Intn(3) == 0 {
				i, j := r.Intn(k), r.Intn(k)
				shape[i], shape[j] = shape[i]*shape[j], 1+r.Intn(3)
			}
			return shape
		}
		for i := range n {
			item := []int{1, 2, 4, 8, 16, 1, 2, 4, 8, 16, 3, 7, 12, 20, 24}[r.Intn(15)]
			shape := lens(2+r.Intn(5), item)
			gaps, run, row := true, -1, -1
			switch {
			case i%5 == 0: // rows that leave few items of a tile over, runs that leave few of a unit
				item = 1 << r.Intn(4)
				shape = []int{1 + r.Intn(3), 256/item*(2+r.Intn(2)) + 1 + r.Intn(16/item), 64/item*(3+r.Intn(3)) + r.Intn(3)}
				gaps, run, row = false, 2, 1
			case i%5 == 1: // short axes that are fused, more than a tile of them
				item = 4
				shape = lens(6, item)
				gaps = false
			case i%10 == 2: // narrow rows, high runs
				item = 1
				shape = []int{520 + r.Intn(100), 2 + r.Intn(2), 48 + r.Intn(4)}
				gaps, run, row = false, 0, 2
			case i%10 == 7: // tiles that do not begin at lines of src, little left over
				item = 2 << r.Intn(3)
				shape = []int{(1281 + r.Intn(63)) / item, 1100/item + r.Intn(9)}
				gaps, run, row = false, 1, 0
			}
			dl, dsize := permuted(r, shape, item, gaps, run)
			sl, ssize := permuted(r, shape, item, gaps, row)
			if dsize > memSize || ssize > memSize {
				continue
			}
			if !g.check(t, r, dl, sl, dsize, ssize, nil, false, 1+r.Intn(4)/3) {
				return
			}
		}
	})
}

// TestLastRun streams rows of two items that dst has in the other order: from the last run of all to the first one of the
// tile it is as far as to a run that would go on with it, but there is none.
func TestLastRun(t *testing.T) {
	defer plan.StreamFrom(1)()
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewSource(11))
		g := newRig(t)
		for item := 24; item <= simd.StreamItem; item++ {
			for _, n := range []int{1, 3} {
				const run = 20
				dl, dsize := compact([]int{n, run, 2}, []int{0, 2, 1}, item)
				sl, ssize := compact([]int{n, run, 2}, []int{0, 1, 2}, item)
				sl.Offset, sl.Strides[2] = item, -item
				shift := r.Intn(64)
				dl.Offset += shift
				if !g.check(t, r, dl, sl, dsize+shift, ssize, nil, false, 1) {
					return
				}
			}
		}
	})
}

// TestStreamed: large transposes of items of every size are streamed where there
// is a kernel, small ones and those of longer items are not.
func TestStreamed(t *testing.T) {
	defer plan.SetCaches(usualCaches)()
	ndtest.EachLevel(t, func(t *testing.T) {
		for item := 1; item <= 40; item++ {
			for _, n := range []int{100, 1100} {
				kernel := simd.Table().StreamItems
				if slot := simd.Slot(item); slot >= 0 {
					kernel = simd.Table().Stream[slot]
				}
				var p plan.Plan
				p.Init([]int{n, n}, []int{n * item, item}, []int{item, n * item}, item, nil, false)
				want := kernel != nil && n > 1000 && item <= simd.StreamItem
				if got := strings.Contains(p.String(), ", streamed "); got != want {
					t.Errorf("streamed: %t, want %t: %v", got, want, &p)
				}
			}
		}
	})
}

// permuted returns a layout of axes in any order, with a given one innermost unless
// it is -1, some walked backwards and, if asked for, some with a gap behind them,
// that begins anywhere in a line, and the size of its memory.
func permuted(r *rand.Rand, shape []int, item int, gaps bool, inner int) (strides.Layout, int) {
	l := strides.Layout{Shape: shape, ItemSize: item, Strides: make([]int, len(shape))}
	l.Offset = []int{0, 0, item, r.Intn(64), 64}[r.Intn(5)]
	size := item
	order := r.Perm(len(shape))
	if i := slices.Index(order, inner); i >= 0 {
		order[0], order[i] = order[i], order[0]
	}
	for _, k := range order {
		l.Strides[k] = size
		size *= shape[k]
		if gaps && r.Intn(6) == 0 {
			size += item * r.Intn(3)
		}
		if gaps && r.Intn(6) == 0 {
			size = (size + 63) &^ 63
		}
	}
	size += l.Offset
	for k := range shape {
		if r.Intn(8) == 0 {
			l.Offset += (shape[k] - 1) * l.Strides[k]
			l.Strides[k] = -l.Strides[k]
		}
	}
	return l, size
}

// TestTables compares the tables of fused loops with counting.
func TestTables(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	for range 200 {
		lens, strides := make([]int, 1+r.Intn(4)), make([]int, 4)
		n := 1
		for i := range lens {
			lens[i], strides[i] = 1+r.Intn(6), r.Intn(2000)-1000
			n *= lens[i]
		}
		first := r.Intn(n)
		got := plan.Table(lens, strides[:len(lens)], first, 1+r.Intn(n-first))
		for i, off := range got {
			want, a, b := 0, first+i, first
			for k, l := range lens {
				want += (a%l - b%l) * strides[k]
				a, b = a/l, b/l
			}
			if off != want {
				t.Fatalf("lengths %v, strides %v, from %d: %v", lens, strides, first, got)
			}
		}
	}
}
