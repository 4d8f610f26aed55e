package strides_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/strided-go/strided/strides"
)

// overlaps answers by brute force.
func overlaps(a, b Layout) Answer {
	bytes := bytesOf(a)
	for p := range bytesOf(b) {
		if bytes[p] > 0 {
			return Yes
		}
	}
	return No
}

// selfOverlaps answers by brute force.
func selfOverlaps(l Layout) Answer {
	for _, n := range bytesOf(l) {
		if n > 1 {
			return Yes
		}
	}
	return No
}

// sparseLayout returns a layout with strides large for its lengths, so that it
// covers few of the bytes in its extent.
func sparseLayout(r *rand.Rand, maxDims int) Layout {
	n := 1 + r.IntN(maxDims)
	l := Layout{Shape: make([]int, n), Strides: make([]int, n), ItemSize: 1 + r.IntN(3), Offset: 100 + r.IntN(100)}
	unit := 1 + r.IntN(4)
	for k := range n {
		l.Shape[k] = 1 + r.IntN(4)
		l.Strides[k] = unit * (r.IntN(41) - 20)
	}
	return l
}

func TestOverlap(t *testing.T) {
	r := newRand(t)
	count := map[Answer]int{}
	hard := 0
	for i := range 20000 {
		a, b := randomLayout(r, 3, 4), randomLayout(r, 3, 4)
		if i%2 == 0 {
			a, b = sparseLayout(r, 4), sparseLayout(r, 4)
		}
		b.Offset += r.IntN(30)
		want := overlaps(a, b)
		if got := Overlap(a, b, -1); got != want {
			t.Fatalf("Overlap of %s and %s: %v, want %v", show(a), show(b), got, want)
		}
		if got := Overlap(b, a, -1); got != want {
			t.Fatalf("Overlap of %s and %s: %v, want %v", show(b), show(a), got, want)
		}
		switch got := Overlap(a, b, 0); got {
		case want:
		case TooHard:
			hard++
		default:
			t.Fatalf("Overlap of %s and %s with budget 0: %v, want %v", show(a), show(b), got, want)
		}
		if MayOverlap(a, b) != (want == Yes) {
			t.Fatalf("MayOverlap of %s and %s: not %v", show(a), show(b), want)
		}
		count[want]++
	}
	if count[No] < 4000 || count[Yes] < 4000 || hard == 0 {
		t.Errorf("%v, %d of them hard", count, hard)
	}
}

func TestSelfOverlap(t *testing.T) {
	r := newRand(t)
	count := map[Answer]int{}
	for i := range 20000 {
		l := randomLayout(r, 4, 4)
		if i%2 == 0 {
			l = sparseLayout(r, 4)
		}
		want := selfOverlaps(l)
		if got := l.SelfOverlap(-1); got != want {
			t.Fatalf("SelfOverlap of %s: %v, want %v", show(l), got, want)
		}
		if got := l.SelfOverlap(0); got != want && got != TooHard {
			t.Fatalf("SelfOverlap of %s with budget 0: %v, want %v", show(l), got, want)
		}
		count[want]++
	}
	if count[No] < 4000 || count[Yes] < 4000 {
		t.Error(count)
	}
}

func TestOverlapTable(t *testing.T) {
	big := 1 << 20
	image := func(channel int) Layout {
		return Layout{Shape: []int{big, 100}, Strides: []int{300, 3}, Offset: channel, ItemSize: 1}
	}
	knapsack := func(off int) Layout { // large strides that share nothing
		return Layout{Shape: []int{3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3},
			Strides: []int{100003, 100019, 100043, 100049, 100057, 100069, 100103, 100109, 100129, 100151, 100153, 100169}, Offset: off, ItemSize: 1}
	}
	rows := Layout{Shape: []int{2, 3}, Strides: []int{8, 1}, SubOffsets: []int{0, -1}, ItemSize: 1}
	one := Layout{ItemSize: 1}
	for _, c := range []struct {
		name   string
		a, b   Layout
		budget int
		want   Answer
	}{
		{"a byte and itself", one, one, 0, Yes},
		{"neighbours", one, Layout{ItemSize: 1, Offset: 1}, 0, No},
		{"two channels", image(0), image(1), 0, No},
		{"one channel", image(2), image(2), 0, Yes},
		{"halves of an item", Layout{Shape: []int{big}, Strides: []int{8}, ItemSize: 4}, Layout{Shape: []int{big}, Strides: []int{-8}, Offset: 8*big - 4, ItemSize: 4}, 0, No},
		{"even and odd columns", Layout{Shape: []int{1000, 500}, Strides: []int{8000, 16}, ItemSize: 8}, Layout{Shape: []int{1000, 500}, Strides: []int{8000, 16}, Offset: 8, ItemSize: 8}, 0, No},
		{"empty", Layout{Shape: []int{0}, Strides: []int{1}, ItemSize: 1}, one, 0, No},
		{"no bytes", Layout{}, one, 0, No},
		{"pointers", rows, one, -1, TooHard},
		{"no pointers", Layout{Shape: []int{0, 3}, Strides: []int{8, 1}, SubOffsets: []int{0, -1}, ItemSize: 1}, one, -1, No},
		{"invalid", Layout{Shape: []int{-1}, Strides: []int{1}, ItemSize: 1}, one, -1, TooHard},
		{"from one end of int to the other", Layout{Offset: minInt, Shape: []int{2, 2}, Strides: []int{maxInt, maxInt}, ItemSize: 1}, Layout{Offset: -1, ItemSize: 1}, -1, Yes},
		{"hard", knapsack(0), knapsack(7), 100, TooHard},
	} {
		got := Overlap(c.a, c.b, c.budget)
		if c.name == "from one end of int to the other" && got == TooHard {
			continue // allowed, and what 64-bit int gives
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if got := MayOverlap(c.b, c.a); got != (c.want != No) {
			t.Errorf("%s: MayOverlap is %v", c.name, got)
		}
	}
	// Larger than brute force reaches: n items at multiples of 6 and 10 miss
	// the odd positions, and reach all even ones but those near the ends.
	a := Layout{Shape: []int{1 << 13, 1 << 13}, Strides: []int{6, 10}, ItemSize: 1}
	for off, want := range map[int]Answer{1: No, 2: No, 4: No, 8: No, 14: No, 16: Yes, 1000: Yes, 1001: No} {
		if got := Overlap(a, Layout{Offset: off, ItemSize: 1}, -1); got != want {
			t.Errorf("offset %d: %v, want %v", off, got, want)
		}
	}
}

func TestSelfOverlapTable(t *testing.T) {
	for _, c := range []struct {
		name string
		l    Layout
		want Answer
	}{
		{"scalar", Layout{ItemSize: 5}, No},
		{"broadcast", Layout{Shape: []int{2}, Strides: []int{0}, ItemSize: 1}, Yes},
		{"broadcast of one", Layout{Shape: []int{1}, Strides: []int{0}, ItemSize: 1}, No},
		{"windows", Layout{Shape: []int{1000, 3}, Strides: []int{4, 4}, ItemSize: 4}, Yes},
		{"stride below the item size", Layout{Shape: []int{2}, Strides: []int{-3}, ItemSize: 4, Offset: 3}, Yes},
		{"interleaved", Layout{Shape: []int{4, 3}, Strides: []int{3, 4}, ItemSize: 1}, No},
		{"interleaved too long", Layout{Shape: []int{5, 3}, Strides: []int{3, 4}, ItemSize: 1}, No},
		{"interleaved, meeting", Layout{Shape: []int{5, 4}, Strides: []int{3, 4}, ItemSize: 1}, Yes},
		{"empty", Layout{Shape: []int{0, 2}, Strides: []int{0, 0}, ItemSize: 1}, No},
		{"no bytes", Layout{Shape: []int{2}, Strides: []int{0}}, No},
		{"pointers", Layout{Shape: []int{2}, Strides: []int{8}, SubOffsets: []int{0}, ItemSize: 1}, TooHard},
		{"invalid", Layout{Shape: []int{2}, ItemSize: 1}, TooHard},
	} {
		if got := c.l.SelfOverlap(-1); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if No.String() != "no" || Yes.String() != "yes" || TooHard.String() != "too hard" {
		t.Error("names of answers")
	}
}

// Copies ask on each call: the usual questions allocate nothing.
func TestOverlapAllocates(t *testing.T) {
	a, _ := Contiguous(C, 8, 2, 3, 4, 5, 6, 7, 8, 9)
	b, _ := a.Transpose()
	if n := testing.AllocsPerRun(10, func() { MayOverlap(a, b); a.SelfOverlap(100); b.Extent(); b.IsContiguous(F) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
