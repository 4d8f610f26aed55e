package ndbuf_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// randomMask returns a strided view of bools, whose true bytes are any but 0.
func randomMask(r *rand.Rand, shape []int) *ndbuf.MemoryView {
	m := scrambled(r, "?", shape)
	mem := m.Buffer().Mem
	few := r.IntN(3)
	for i := range mem {
		if r.IntN(3) <= few {
			mem[i] = 0
		}
	}
	return m
}

// narrower returns a shape that broadcasts to another.
func narrower(r *rand.Rand, shape []int) []int {
	s := slices.Clone(shape)
	for k := range s {
		if r.IntN(5) == 0 {
			s[k] = 1
		}
	}
	return s[min(r.IntN(6)/5*len(s), len(s)):]
}

// broadcastAt is where an index of a wide shape leads in a narrow one.
func broadcastAt(at, narrow []int) []int {
	out := slices.Clone(at[len(at)-len(narrow):])
	for k := range out {
		out[k] = min(out[k], narrow[k]-1)
	}
	return out
}

var masked = []string{"B", "<h", ">h", "i", "<d", ">d", "Zd", ">Zd", "3s", "T{<i:a:>d:b:}", "(40)b"}

// otherOrder is a format's other byte order.
func otherOrder(f string) string {
	switch f[0] {
	case '<':
		return ">" + f[1:]
	case '>':
		return "<" + f[1:]
	}
	return f
}

func TestMasksRandom(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 1500 {
			shape := make([]int, r.IntN(4))
			for k := range shape {
				shape[k] = 1 + r.IntN(5)
			}
			if i%100 == 0 {
				shape = []int{70, 67}
			}
			f := masked[r.IntN(len(masked))]
			g := f
			if r.IntN(3) == 0 {
				g = otherOrder(f)
			}
			dst := scrambled(r, f, shape)
			src, mask := scrambled(r, g, narrower(r, shape)), randomMask(r, narrower(r, shape))
			name := fmt.Sprintf("%d: %q %v from %q %v where %v", i, f, shape, g, src.Shape(), mask.Shape())
			gaps := slices.Clone(dst.Buffer().Mem)
			want := ndbuf.Must(dst.Clone(strides.C))
			eachIndex(shape, func(at []int) {
				if itemBytes(mask, broadcastAt(at, mask.Shape()))[0] != 0 {
					copyItem(t, want, at, src, broadcastAt(at, src.Shape()))
				}
			})
			if err := ndbuf.CopyWhere(dst, src, mask); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !bytes.Equal(mem(dst), mem(want)) {
				t.Fatalf("%s: CopyWhere: wrong bytes", name)
			}
			untouched(t, dst, gaps)

			// PutMask: values by number.
			values := scrambled(r, g, []int{1 + r.IntN(7), 1 + r.IntN(3)})
			mask = randomMask(r, shape)
			number := 0
			eachIndex(shape, func(at []int) {
				if k := number % values.Len(); itemBytes(mask, at)[0] != 0 {
					copyItem(t, want, at, values, []int{k / values.Shape()[1], k % values.Shape()[1]})
				}
				number++
			})
			if err := ndbuf.PutMask(dst, mask, values); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !bytes.Equal(mem(dst), mem(want)) {
				t.Fatalf("%s: PutMask: wrong bytes", name)
			}
			untouched(t, dst, gaps)

			// Compress, by a mask of the shape and along each axis.
			var kept []byte
			eachIndex(shape, func(at []int) {
				if itemBytes(mask, at)[0] != 0 {
					kept = append(kept, itemBytes(dst, at)...)
				}
			})
			got := ndbuf.Must(ndbuf.Compress(dst, mask, ndbuf.Flat))
			if !bytes.Equal(mem(got), kept) || got.NDim() != 1 || got.Format() != f {
				t.Fatalf("%s: Compress: wrong bytes", name)
			}
			for axis, n := range shape {
				along := randomMask(r, []int{1 + r.IntN(n)})
				var ix []int64
				for j := range along.Len() {
					if itemBytes(along, []int{j})[0] != 0 {
						ix = append(ix, int64(j))
					}
				}
				full := slices.Clone(shape)
				full[axis] = len(ix)
				want := ndbuf.Must(ndbuf.New(f, strides.C, full...))
				if err := ndbuf.Take(want, dst, ndbuf.Must(ndbuf.Of(ix)), axis, ndbuf.ModeRaise); err != nil {
					t.Fatal(err)
				}
				given := axis
				if r.IntN(2) == 0 {
					given -= len(shape)
				}
				got := ndbuf.Must(ndbuf.Compress(dst, along, given))
				if !slices.Equal(got.Shape(), full) || !bytes.Equal(mem(got), mem(want)) {
					t.Fatalf("%s: Compress along axis %d: wrong", name, axis)
				}
			}
		}
	})
}

// copyItem stores one item, swapped as Copy does.
func copyItem(t *testing.T, dst *ndbuf.MemoryView, at []int, src *ndbuf.MemoryView, from []int) {
	t.Helper()
	ix := func(index []int) (out []strides.Index) {
		for _, i := range index {
			out = append(out, strides.At(i))
		}
		return out
	}
	d, s := ndbuf.Must(dst.Index(ix(at)...)), ndbuf.Must(src.Index(ix(from)...))
	if err := ndbuf.Copy(d, s); err != nil {
		t.Fatal(err)
	}
}

// Every operation with operands that share memory does what it does with copies of them.
func TestChoosingOverlap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 3000 {
		memory := make([]byte, 160)
		for i := range memory {
			memory[i] = byte(r.IntN(4))
		}
		shape := []int{2 + r.IntN(3), 2 + r.IntN(3)}
		layouts := make([]strides.Layout, 3)
		formats := []string{"h", "h", "?"}
		op := r.IntN(5)
		if op >= 3 {
			formats[2] = "B"
		}
		if op == 0 {
			formats[1] = "b"
		}
		for k, f := range formats {
			size := ndbuf.Must(ndbuf.SizeFromFormat(f))
			s := shape
			if k == 2 && op >= 3 {
				s = []int{shape[0]}
			}
			l := strides.Layout{Shape: s, Strides: make([]int, len(s)), ItemSize: size}
			for a := range l.Strides {
				l.Strides[a] = (r.IntN(25) - 12) * (1 + r.IntN(2))
			}
			if k == 0 && op != 4 && l.SelfOverlap(1000) != strides.No {
				l.Strides = []int{2 * shape[1], 2}
			}
			lo, hi := l.Extent()
			l.Offset = -lo + r.IntN(len(memory)-(hi-lo)+1)
			layouts[k] = l
		}
		views := func(dst, others []byte) (v [3]*ndbuf.MemoryView) {
			for k := range v {
				m := others
				if k == 0 {
					m = dst
				}
				v[k] = ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: m, Format: formats[k], Layout: layouts[k]}))
			}
			return v
		}
		run := func(v [3]*ndbuf.MemoryView) error {
			switch op {
			case 0:
				return ndbuf.Convert(v[0], v[1], ndbuf.CastSafe)
			case 1:
				return ndbuf.CopyWhere(v[0], v[1], v[2])
			case 2:
				return ndbuf.PutMask(v[0], v[2], v[1])
			case 3:
				return ndbuf.Take(v[0], v[1], v[2], 0, ndbuf.ModeWrap)
			}
			return ndbuf.Put(v[0], v[2], v[1], 0, ndbuf.ModeWrap)
		}
		shared, apart := slices.Clone(memory), slices.Clone(memory)
		err, err2 := run(views(shared, shared)), run(views(apart, slices.Clone(memory)))
		if err != nil || err2 != nil || !slices.Equal(shared, apart) {
			t.Fatalf("%d: operation %d of %+v: %v, %v: sharing memory changes the result", n, op, layouts, err, err2)
		}
	}
}

// A dst that visits bytes twice is written in C order, item by item.
func TestChoosingOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := range 2000 {
		shape := []int{1 + r.IntN(4), 1 + r.IntN(4), 1 + r.IntN(3)}
		f := []string{"<h", ">h", "<i", "3s", "B"}[r.IntN(5)]
		l := strides.Layout{Shape: shape, Strides: make([]int, 3), ItemSize: ndbuf.Must(ndbuf.SizeFromFormat(f))}
		for k := range l.Strides {
			l.Strides[k] = r.IntN(13) - 6
		}
		lo, hi := l.Extent()
		l.Offset = -lo
		memory := make([]byte, hi-lo)
		for i := range memory {
			memory[i] = byte(r.Uint32())
		}
		view := func() *ndbuf.MemoryView {
			return ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: slices.Clone(memory), Format: f, Layout: l}))
		}
		got, want := view(), view()
		name := fmt.Sprintf("%d: %q %v strides %v", n, f, shape, l.Strides)
		axis := r.IntN(3)
		switch op := r.IntN(4); op {
		case 0, 1:
			// The list of Take, or the table of Put.
			list := slices.Clone(shape)
			indices := ndbuf.Must(ndbuf.New("b", strides.C, list[axis]))
			length := 3
			if op == 1 {
				list[axis] = 1 + r.IntN(6)
				indices, length = ndbuf.Must(ndbuf.New("b", strides.C, list[axis])), shape[axis]
			}
			for j := range indices.Len() {
				indices.Set(r.IntN(length), j)
			}
			if op == 0 {
				// One or two axes of indices.
				axes := 1 + r.IntN(2)
				axis = min(axis, 3-axes)
				indices = ndbuf.Must(ndbuf.New("b", strides.C, shape[axis:axis+axes]...))
				eachIndex(indices.Shape(), func(at []int) { indices.Set(r.IntN(length), at...) })
				src := scrambled(r, otherOrder(f), slices.Concat(shape[:axis], []int{length}, shape[axis+axes:]))
				name += fmt.Sprintf(" Take, axis %d, %d axes of indices", axis, axes)
				if err := ndbuf.Take(got, src, indices, axis, ndbuf.ModeRaise); err != nil {
					t.Fatal(err)
				}
				eachIndex(shape, func(at []int) {
					i := int(ndbuf.Must(indices.Get(at[axis : axis+axes]...)).(int8))
					copyItem(t, want, at, src, slices.Concat(at[:axis], []int{i}, at[axis+axes:]))
				})
				break
			}
			src := scrambled(r, otherOrder(f), list)
			name += " Put"
			if err := ndbuf.Put(got, indices, src, axis, ndbuf.ModeRaise); err != nil {
				t.Fatal(err)
			}
			eachIndex(list, func(at []int) {
				to := slices.Clone(at)
				to[axis] = int(ndbuf.Must(indices.Get(at[axis])).(int8))
				copyItem(t, want, to, src, at)
			})
		case 2:
			name += " CopyWhere"
			src, mask := scrambled(r, otherOrder(f), shape), randomMask(r, shape)
			if err := ndbuf.CopyWhere(got, src, mask); err != nil {
				t.Fatal(err)
			}
			eachIndex(shape, func(at []int) {
				if itemBytes(mask, at)[0] != 0 {
					copyItem(t, want, at, src, at)
				}
			})
		case 3:
			if f == "3s" {
				continue
			}
			name += " Convert"
			src := scrambled(r, "<q", shape)
			if err := ndbuf.Convert(got, src, ndbuf.CastUnsafe); err != nil {
				t.Fatal(err)
			}
			eachIndex(shape, func(at []int) {
				copyItem(t, want, at, ndbuf.Must(src.AsType(f, ndbuf.CastUnsafe, strides.C)), at)
			})
		}
		if !bytes.Equal(got.Buffer().Mem, want.Buffer().Mem) {
			t.Fatalf("%s: not in C order", name)
		}
	}
}

func TestMaskErrors(t *testing.T) {
	dst := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3}))
	two := ndbuf.Must(ndbuf.Of([]int32{8, 9}))
	mask := ndbuf.Must(ndbuf.Of([]bool{true, false, true}))
	long := ndbuf.Must(ndbuf.Of([]bool{true, false, true, true}))
	bytes_ := ndbuf.Must(ndbuf.FromMemory([]byte{1, 0, 1}, ndbuf.Read))
	floats := ndbuf.Must(ndbuf.Of([]float32{1, 2, 3}))
	ro := ndbuf.Must(dst.ToReadOnly())
	gone := ndbuf.Must(ndbuf.Of([]bool{true, false, true}))
	gone.Release()
	text := ndbuf.Must(ndbuf.New("3s", strides.C, 3))
	empty := ndbuf.Must(ndbuf.Of([]int32{}))
	second := func(_ any, err error) error { return err }
	for _, c := range []struct {
		name  string
		err   error
		class error
	}{
		{"CopyWhere, no mask", ndbuf.CopyWhere(dst, dst, bytes_), ndbuf.ErrType},
		{"CopyWhere, other items", ndbuf.CopyWhere(dst, floats, mask), ndbuf.ErrType},
		{"CopyWhere, read-only", ndbuf.CopyWhere(ro, dst, mask), ndbuf.ErrReadOnly},
		{"CopyWhere, released", ndbuf.CopyWhere(dst, dst, gone), ndbuf.ErrReleased},
		{"CopyWhere, shape of src", ndbuf.CopyWhere(dst, two, mask), ndbuf.ErrValue},
		{"CopyWhere, shape of mask", ndbuf.CopyWhere(dst, dst, long), ndbuf.ErrValue},
		{"PutMask, length", ndbuf.PutMask(dst, long, two), ndbuf.ErrValue},
		{"PutMask, no values", ndbuf.PutMask(dst, mask, empty), ndbuf.ErrValue},
		{"PutMask, no mask", ndbuf.PutMask(dst, bytes_, two), ndbuf.ErrType},
		{"PutMask, other items", ndbuf.PutMask(dst, mask, floats), ndbuf.ErrType},
		{"PutMask, read-only", ndbuf.PutMask(ro, mask, two), ndbuf.ErrReadOnly},
		{"Compress, beyond the end", second(ndbuf.Compress(two, mask, 0)), ndbuf.ErrIndex},
		{"Compress, axis", second(ndbuf.Compress(dst, mask, 1)), ndbuf.ErrIndex},
		{"Compress, axis below", second(ndbuf.Compress(dst, mask, -2)), ndbuf.ErrIndex},
		{"Compress, shape", second(ndbuf.Compress(dst, ndbuf.Must(mask.Reshape(3, 1)), ndbuf.Flat)), ndbuf.ErrValue},
		{"Compress, no mask", second(ndbuf.Compress(dst, bytes_, 0)), ndbuf.ErrType},
		{"Compress, released", second(ndbuf.Compress(dst, gone, 0)), ndbuf.ErrReleased},
		{"Nonzero, text", second(ndbuf.Nonzero(text)), ndbuf.ErrType},
		{"FlatNonzero, text", second(ndbuf.FlatNonzero(text)), ndbuf.ErrType},
		{"Nonzero, scalar", second(ndbuf.Nonzero(ndbuf.Must(dst.Index(strides.At(0))))), ndbuf.ErrValue},
		{"Nonzero, released", second(ndbuf.Nonzero(gone)), ndbuf.ErrReleased},
		{"FlatNonzero, released", second(ndbuf.FlatNonzero(gone)), ndbuf.ErrReleased},
	} {
		if !errors.Is(c.err, c.class) {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if fmt.Sprint(dst) != "[1 2 3]" {
		t.Errorf("dst is now %v", dst)
	}
	// Nothing to do is no error.
	for _, err := range []error{
		ndbuf.PutMask(empty, ndbuf.Must(ndbuf.Of([]bool{})), empty),
		ndbuf.CopyWhere(empty, empty, ndbuf.Must(ndbuf.Of([]bool{true}))),
		ndbuf.CopyWhere(ndbuf.Must(ndbuf.New("0s", strides.C, 3)), ndbuf.Must(ndbuf.New("0s", strides.C, 3)), mask),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

// Views with pointers take part in every operation.
func TestChoosingRows(t *testing.T) {
	rows := [][]int16{{1, 2, 3}, {4, 5, 6}}
	m := ndbuf.Must(ndbuf.FromObject(rows))
	mask := ndbuf.Must(ndbuf.FromObject([][]bool{{true, false, true}, {false, false, true}}))
	if got := ndbuf.Must(ndbuf.Compress(m, mask, ndbuf.Flat)); fmt.Sprint(got) != "[1 3 6]" {
		t.Error(got)
	}
	if got := ndbuf.Must(ndbuf.Compress(m, ndbuf.Must(ndbuf.Of([]bool{false, true})), 0)); fmt.Sprint(got) != "[[4 5 6]]" {
		t.Error(got)
	}
	if got := ndbuf.Must(ndbuf.Nonzero(mask)); fmt.Sprint(got[0], got[1]) != "[0 0 1] [0 2 2]" {
		t.Error(got)
	}
	if err := ndbuf.CopyWhere(m, ndbuf.Must(ndbuf.Of([]int16{7, 8, 9})), mask); err != nil || fmt.Sprint(rows) != "[[7 2 9] [4 5 9]]" {
		t.Error(err, rows)
	}
	if err := ndbuf.PutMask(m, mask, ndbuf.Must(ndbuf.FromObject([][]int16{{-1}, {-2}}))); err != nil || fmt.Sprint(rows) != "[[-1 2 -1] [4 5 -2]]" {
		t.Error(err, rows)
	}
	if err := ndbuf.Put(m, ndbuf.Must(ndbuf.FromObject([][]int8{{0}, {-1}})), ndbuf.Must(ndbuf.Of([]int16{50, 60}, 2, 1)), ndbuf.Flat, ndbuf.ModeRaise); err != nil || fmt.Sprint(rows) != "[[50 2 -1] [4 5 60]]" {
		t.Error(err, rows)
	}
}

// Enough items for several goroutines.
func TestChoosingThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	defer ndbuf.SetThreads(ndbuf.SetThreads(3))
	const n = 1 << 19
	r := rand.New(rand.NewPCG(5, 6))
	data, idx, keep := make([]uint64, n), make([]int32, n), make([]bool, n)
	for i := range data {
		data[i], idx[i], keep[i] = r.Uint64(), int32(r.IntN(2*n)-n), r.IntN(2) == 0
	}
	src, indices, mask := ndbuf.Must(ndbuf.Of(data)), ndbuf.Must(ndbuf.Of(idx)), ndbuf.Must(ndbuf.Of(keep))
	out := make([]uint64, n)
	dst := ndbuf.Must(ndbuf.Of(out))
	at := func(i int32) int { return (int(i) + n) % n }
	if err := ndbuf.Take(dst, src, indices, 0, ndbuf.ModeRaise); err != nil {
		t.Fatal(err)
	}
	for j, i := range idx {
		if out[j] != data[at(i)] {
			t.Fatalf("Take: item %d", j)
		}
	}
	if err := ndbuf.Put(dst, indices, src, 0, ndbuf.ModeRaise); err != nil {
		t.Fatal(err)
	}
	last := map[int]int{}
	for j, i := range idx {
		last[at(i)] = j
	}
	for i, j := range last {
		if out[i] != data[j] {
			t.Fatalf("Put: item %d", i)
		}
	}
	before := slices.Clone(out)
	if err := ndbuf.CopyWhere(dst, src, mask); err != nil {
		t.Fatal(err)
	}
	for i := range out {
		want := before[i]
		if keep[i] {
			want = data[i]
		}
		if out[i] != want {
			t.Fatalf("CopyWhere: item %d", i)
		}
	}
	// Few indices along an axis with many places before it.
	m := ndbuf.Must(src.Reshape(n/8, 8))
	few := ndbuf.Must(ndbuf.Of([]int8{7, -1, 0, 3, 2, 2}))
	wide := ndbuf.Must(ndbuf.NewOf[uint64](strides.C, n/8, 6))
	if err := ndbuf.Take(wide.View(), m, few, 1, ndbuf.ModeRaise); err != nil {
		t.Fatal(err)
	}
	for i := range n / 8 {
		for j, k := range []int{7, 7, 0, 3, 2, 2} {
			if wide.At2(i, j) != data[8*i+k] {
				t.Fatalf("Take along the last axis: item %d, %d", i, j)
			}
		}
	}
}
