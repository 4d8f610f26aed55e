package ndtest_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/ref"
	"github.com/strided-go/strided/simd"
	"github.com/strided-go/strided/strides"
)

// exact reports whether the items of a layout lie in [0, size), from the first
// to the last byte, and whether one byte is visited twice.
func exact(l strides.Layout, size int) (fits, twice bool) {
	visits := ref.Visits(size, l.Offset, l.Strides, l.Shape, l.ItemSize)
	if size == 0 {
		return slices.Contains(l.Shape, 0), false
	}
	return visits[0] > 0 && visits[size-1] > 0, slices.Max(visits) > 1
}

func TestRandom(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	seen := map[string]int{}
	const n = 3000
	for i := range n {
		o := ndtest.Options{Injective: i%2 == 0}
		l, size := ndtest.Random(r, o)
		fits, twice := exact(l, size)
		if !fits || twice && o.Injective {
			t.Fatalf("%+v: size %d, fits %t, visits a byte twice: %t", l, size, fits, twice)
		}
		for name, is := range map[string]bool{
			"twice": twice, "empty": size == 0, "scalar": len(l.Shape) == 0,
			"zero stride":     slices.Contains(l.Strides, 0),
			"negative stride": len(l.Strides) > 0 && slices.Min(l.Strides) < 0,
			"length 1":        slices.Contains(l.Shape, 1),
			"odd item":        l.ItemSize%2 == 1 && l.ItemSize > 1,
			"item 33":         l.ItemSize == 33,
		} {
			if is {
				seen[name]++
			}
		}
	}
	for _, name := range []string{"twice", "empty", "scalar", "zero stride", "negative stride", "length 1", "odd item", "item 33"} {
		if seen[name] < n/300 {
			t.Errorf("%s: %d of %d layouts", name, seen[name], n)
		}
	}
}

func TestFromBytes(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 500 {
		data := make([]byte, r.Intn(14))
		r.Read(data)
		l, size, _ := ndtest.FromBytes(data, nil, 0)
		if fits, _ := exact(l, size); !fits {
			t.Fatalf("%x: %+v does not fill %d bytes", data, l, size)
		}
	}
}

func TestAliases(t *testing.T) {
	l := strides.Layout{Shape: []int{3, 3}, Strides: []int{-6, 2}, ItemSize: 2}
	names := map[string]bool{}
	for _, a := range ndtest.Aliases(l) {
		names[a.Name] = true
		for _, op := range []strides.Layout{a.Dst, a.Src} {
			ref.Visits(a.Size, op.Offset, op.Strides, op.Shape, op.ItemSize) // panics outside
		}
	}
	for _, name := range []string{"apart", "same", "up one byte", "down one item", "reversed", "transposed"} {
		if !names[name] {
			t.Errorf("no pair that is %s", name)
		}
	}
}

func TestEachLevel(t *testing.T) {
	was := simd.Active()
	var ran []simd.Level
	ndtest.EachLevel(t, func(*testing.T) { ran = append(ran, simd.Active()) })
	if !slices.Equal(ran, simd.Levels()) {
		t.Errorf("ran under %v, of %v", ran, simd.Levels())
	}
	if simd.Active() != was {
		t.Errorf("left %v active", simd.Active())
	}
}
