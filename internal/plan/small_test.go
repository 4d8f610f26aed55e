package plan_test

import (
	"math/rand"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/internal/ref"
)

// smallCopy is a random copy of two axes: mostly short ones, of packed or of strided operands in either order, some of
// them reversed, broadcast or of length 1.
func smallCopy(r *rand.Rand) (shape, dst, src []int, size int) {
	size = []int{1, 2, 3, 4, 8, 12, 16, 24, 64, 128}[r.Intn(10)]
	lengths := []int{1, 2, 3, 4, 7, 16, 31, 32, 33, 64, 127, 128, 129, 255, 256, 257, 400}
	shape = []int{lengths[r.Intn(len(lengths))], lengths[r.Intn(len(lengths))]}
	side := func() []int {
		s := make([]int, 2)
		step := size
		for _, k := range r.Perm(2) {
			if r.Intn(4) == 0 {
				step += size * r.Intn(3)
			}
			s[k] = step
			step *= shape[k]
			if r.Intn(8) == 0 {
				s[k] = -s[k]
			}
		}
		return s
	}
	dst, src = side(), side()
	if r.Intn(8) == 0 {
		src[r.Intn(2)] = 0
	}
	if r.Intn(16) == 0 {
		src[0] = src[1]
	}
	return shape, dst, src, size
}

// A Plan that is used again is as good as new.
func TestInitAgain(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	var used plan.Plan
	for range 2000 {
		shape, dst, src, size := smallCopy(r)
		var fixes []plan.Fix
		switch r.Intn(4) {
		case 0: // large
			shape, dst, src = []int{1024, 1024}, []int{1024 * size, size}, []int{size, 1024 * size}
		case 1:
			size = 8
			fixes = []plan.Fix{{Size: 2, Count: 1}, {Offset: 4, Size: 4, Count: 1}}
		case 2: // many axes
			for range 9 {
				shape = append(shape, 2)
				dst, src = append(dst, 1<<20*len(dst)*len(dst)), append(src, 3<<20*len(dst)*len(src))
			}
		}
		ordered := r.Intn(4) == 0
		var p plan.Plan
		p.Init(shape, dst, src, size, fixes, ordered)
		used.Init(shape, dst, src, size, fixes, ordered)
		if p.String() != used.String() {
			t.Fatalf("shape %v, dst %v, src %v, items of %d bytes:\n%v\nused again:\n%v", shape, dst, src, size, p.String(), used.String())
		}
	}
}

// Two axes have a way of their own into a plan. It leads to the same plan as the general one, which three axes take that
// merge into the same two.
func TestTwoAxes(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20_000 {
		shape, dst, src, size := smallCopy(r)
		ordered := r.Intn(4) == 0
		k := r.Intn(2)
		if shape[k]%2 != 0 || shape[k] == 2 {
			continue
		}
		split := func(s []int, inner, outer int) []int { return slices.Replace(slices.Clone(s), k, k+1, outer, inner) }
		var p, q plan.Plan
		p.Init(shape, dst, src, size, nil, ordered)
		q.Init(split(shape, 2, shape[k]/2), split(dst, dst[k], 2*dst[k]), split(src, src[k], 2*src[k]), size, nil, ordered)
		if p.String() != q.String() {
			t.Fatalf("shape %v, dst %v, src %v, items of %d bytes, ordered %v:\n%v\nas three axes:\n%v",
				shape, dst, src, size, ordered, p.String(), q.String())
		}
	}
}

// What is too short to be cut into tiles would not be.
func TestShortAxes(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 20_000 {
		shape, dst, src, size := smallCopy(r)
		var p plan.Plan
		p.Init(shape, dst, src, size, nil, false)
		if p.IsTranspose() {
			if q := p.Retiled(); p.String() != q.String() {
				t.Fatalf("shape %v, dst %v, src %v, items of %d bytes:\n%v\nwith tiles:\n%v", shape, dst, src, size, p.String(), q.String())
			}
		}
	}
}

// RunBlock does what the plan would, or nothing; and it does something for small matrices.
func TestRunBlock(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	taken := 0
	for range 20_000 {
		shape, dst, src, size := smallCopy(r)
		var p plan.Plan
		p.Init(shape, dst, src, size, nil, false)
		got, same := p.IsBlock(shape, dst, src, size)
		if got && !same {
			t.Fatalf("RunBlock takes shape %v, dst %v, src %v, items of %d bytes; the plan is\n%v", shape, dst, src, size, p.String())
		}
		if !got {
			continue
		}
		taken++
		if taken%20 == 0 {
			checkBlock(t, r, shape, dst, src, size)
		}
	}
	if taken < 500 {
		t.Errorf("RunBlock took %d copies of 20000", taken)
	}
	for _, c := range []struct{ rows, cols, size int }{{4, 4, 8}, {16, 16, 8}, {16, 16, 4}, {256, 2, 1}, {3, 16, 16}, {32, 32, 8}} {
		shape, dst, src := []int{c.rows, c.cols}, []int{c.cols * c.size, c.size}, []int{c.size, c.rows * c.size}
		var p plan.Plan
		p.Init(shape, dst, src, c.size, nil, false)
		if got, _ := p.IsBlock(shape, dst, src, c.size); !got {
			t.Errorf("a transposed matrix of %d×%d items of %d bytes needs a plan", c.rows, c.cols, c.size)
		}
	}
}

// checkBlock compares RunBlock with the oracle, for operands whose lowest byte may not be their first item.
func checkBlock(t *testing.T, r *rand.Rand, shape, dstStrides, srcStrides []int, size int) {
	t.Helper()
	room := func(s []int) (n, at int) {
		n = size
		for k, length := range shape {
			reach := (length - 1) * s[k]
			if reach < 0 {
				at, reach = at-reach, -reach
			}
			n += reach
		}
		return n, at
	}
	n, at := room(dstStrides)
	m, from := room(srcStrides)
	dst, src := make([]byte, n), make([]byte, m)
	r.Read(dst)
	r.Read(src)
	want, before := slices.Clone(dst), slices.Clone(src)
	ref.Copy(want, at, dstStrides, src, from, srcStrides, shape, size)
	if !plan.RunBlock(unsafe.Pointer(&dst[at]), unsafe.Pointer(&src[from]), shape, dstStrides, srcStrides, size) {
		t.Fatalf("RunBlock refuses shape %v, dst %v, src %v, items of %d bytes", shape, dstStrides, srcStrides, size)
	}
	if !slices.Equal(dst, want) || !slices.Equal(src, before) {
		t.Fatalf("RunBlock: shape %v, dst %v, src %v, items of %d bytes: wrong bytes", shape, dstStrides, srcStrides, size)
	}
}
