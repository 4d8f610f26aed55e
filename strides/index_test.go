package strides_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/strided-go/strided/strides"
)

// pick is Python's slice semantics spelled out: the indices a range selects of n.
func pick(start, stop, step, n int) []int {
	if step == None {
		step = 1
	}
	list := []int{}
	in := func(v, low, high int) int {
		if v < 0 {
			v += n
		}
		return min(max(v, low), high)
	}
	if step > 0 {
		first, last := 0, n
		if start != None {
			first = in(start, 0, n)
		}
		if stop != None {
			last = in(stop, 0, n)
		}
		for i := first; i < last; i += step {
			list = append(list, i)
		}
		return list
	}
	first, last := n-1, -1
	if start != None {
		first = in(start, -1, n-1)
	}
	if stop != None {
		last = in(stop, -1, n-1)
	}
	for i := first; i > last; i += step {
		list = append(list, i)
	}
	return list
}

func TestIndices(t *testing.T) {
	bounds := []int{None, -7, -6, -5, -4, -3, -1, 0, 1, 2, 4, 5, 6, 9}
	for n := range 6 {
		for _, start := range bounds {
			for _, stop := range bounds {
				for _, step := range []int{None, -7, -3, -2, -1, 1, 2, 3, 9} {
					a, b, s, count, err := Range(start, stop, step).Indices(n)
					if err != nil {
						t.Fatal(err)
					}
					got := []int{}
					for i := range count {
						got = append(got, a+i*s)
					}
					if want := pick(start, stop, step, n); !slices.Equal(got, want) {
						t.Fatalf("%v of %d: %d, %d, %d, %d selects %v, want %v", Range(start, stop, step), n, a, b, s, count, got, want)
					}
				}
			}
		}
	}
	for _, c := range []struct {
		text string
		n    int
		want [4]int
	}{
		{"::-1", 3, [4]int{2, -1, -1, 3}},
		{"5:1", 3, [4]int{3, 1, 1, 0}},
		{":", maxInt, [4]int{0, maxInt, 1, maxInt}},
		{"::-1", maxInt, [4]int{maxInt - 1, -1, -1, maxInt}},
		{":-99999999999999999999:-1", maxInt, [4]int{maxInt - 1, -1, -1, maxInt}},
		{"99999999999999999999::-99999999999999999999", maxInt, [4]int{maxInt - 1, -1, -maxInt, 1}},
		{"::99999999999999999999", 5, [4]int{0, 5, maxInt, 1}},
	} {
		ix, err := ParseIndex(c.text)
		if err != nil {
			t.Fatal(err)
		}
		a, b, s, count, err := ix[0].Indices(c.n)
		if got := [4]int{a, b, s, count}; got != c.want || err != nil {
			t.Errorf("%s of %d: %v, %v, want %v", c.text, c.n, got, err, c.want)
		}
	}
	_, _, _, _, err := Range(1, 2, 0).Indices(3)
	wantErr(t, "step 0", err, ErrValue)
	_, _, _, _, err = All.Indices(-1)
	wantErr(t, "length -1", err, ErrValue)
	_, _, _, _, err = At(1).Indices(3)
	wantErr(t, "At", err, ErrType)
}

func TestIndexKinds(t *testing.T) {
	if i, ok := At(-3).IsAt(); i != -3 || !ok {
		t.Error("At")
	}
	if _, ok := All.IsAt(); ok {
		t.Error("All is no At")
	}
	if a, b, c, ok := Range(1, None, 2).IsRange(); a != 1 || b != None || c != 2 || !ok {
		t.Error("Range")
	}
	if a, b, c, ok := All.IsRange(); a != None || b != None || c != None || !ok {
		t.Error("All")
	}
	if _, _, _, ok := NewAxis.IsRange(); ok || !NewAxis.IsNewAxis() || NewAxis.IsEllipsis() || !Ellipsis.IsEllipsis() {
		t.Error("NewAxis, Ellipsis")
	}
	if (Index{}) != All {
		t.Error("the zero value")
	}
	ix, _ := ParseIndex("-99999999999999999999:-99999999999999999999")
	if a, b, _, _ := ix[0].IsRange(); a != -maxInt || b != -maxInt {
		t.Error("bounds beyond an int:", a, b)
	}
}

// randomIndex returns an index list for a shape, what it selects along each axis
// of the shape, and which of the axes (-1: a new one) each axis of the result is.
func randomIndex(r *rand.Rand, shape []int) (ix []Index, selected [][]int, axes []int) {
	dots := -1
	if r.IntN(3) == 0 {
		dots = r.IntN(len(shape) + 1)
	}
	cut := len(shape)
	if r.IntN(4) == 0 {
		cut = r.IntN(len(shape) + 1)
	}
	for k := 0; k <= len(shape); k++ {
		for r.IntN(6) == 0 {
			ix, axes = append(ix, NewAxis), append(axes, -1)
		}
		if k == dots && dots <= cut {
			ix = append(ix, Ellipsis)
			for range r.IntN(len(shape) - k + 1) {
				selected, axes = append(selected, pick(None, None, None, shape[k])), append(axes, k)
				k++
			}
			dots, cut = -2, len(shape) // nothing is left out at the end
		}
		if k == len(shape) {
			break
		}
		n := shape[k]
		switch {
		case k >= cut:
			selected, axes = append(selected, pick(None, None, None, n)), append(axes, k)
			for k++; k < len(shape); k++ {
				selected, axes = append(selected, pick(None, None, None, shape[k])), append(axes, k)
			}
			return ix, selected, axes
		case n > 0 && r.IntN(4) == 0:
			i := r.IntN(2*n) - n
			ix, selected = append(ix, At(i)), append(selected, []int{(i + n) % n})
		default:
			b := [3]int{None, None, None}
			for i := range b {
				if r.IntN(2) == 0 {
					b[i] = r.IntN(2*n+3) - n - 1
				}
			}
			if b[2] == 0 {
				b[2] = 1
			}
			ix, selected, axes = append(ix, Range(b[0], b[1], b[2])), append(selected, pick(b[0], b[1], b[2], n)), append(axes, k)
		}
	}
	return ix, selected, axes
}

func TestIndex(t *testing.T) {
	r := newRand(t)
	refused := 0
	for i := range 20000 {
		l := randomLayout(r, 4, 4)
		if i%4 == 0 {
			l = withSubOffsets(r, l)
		}
		ix, selected, axes := randomIndex(r, l.Shape)
		shape := []int{}
		for _, a := range axes {
			if a < 0 {
				shape = append(shape, 1)
			} else {
				shape = append(shape, len(selected[a]))
			}
		}
		want := []string{}
		indices(shape, func(at []int) {
			from := make([]int, l.NDim())
			for k := range from {
				from[k] = selected[k][0]
			}
			for d, a := range axes {
				if a >= 0 {
					from[a] = selected[a][at[d]]
				}
			}
			want = append(want, place(l, from))
		})
		before := show(l)
		got, err := l.Index(ix...)
		if err != nil && l.Indirect() {
			wantErr(t, "Index", err, ErrNotImplemented)
			refused++
			continue
		}
		if err != nil {
			t.Fatalf("%s%v: %v", show(l), ix, err)
		}
		wantValid(t, fmt.Sprint("Index ", ix), l, got)
		if !slices.Equal(got.Shape, shape) || !slices.Equal(places(got), want) {
			t.Fatalf("%s%v = %s, want %v %v", show(l), ix, show(got), shape, want)
		}
		if show(l) != before {
			t.Fatalf("Index changed %s to %s", before, show(l))
		}
	}
	if refused == 0 || refused > 4000 {
		t.Errorf("%d index lists refused", refused)
	}
}

func TestIndexTable(t *testing.T) {
	word := maxInt/2 + 1
	for _, c := range []struct {
		name, index string
		l           Layout
		want        string
	}{
		{"start of an empty range", "3:1", Layout{Shape: []int{4}, Strides: []int{-2}, ItemSize: 2, Offset: 6}, "2x[0]/strides=[-2]/sub=[]/off=0"},
		{"start outside the memory", "5:, 5:", Layout{Shape: []int{4, 4}, Strides: []int{-8, -2}, ItemSize: 2, Offset: 30}, "2x[0 0]/strides=[-8 -2]/sub=[]/off=-10"},
		{"step beyond the axis", "::100", Layout{Shape: []int{4}, Strides: []int{2}, ItemSize: 2}, "2x[1]/strides=[200]/sub=[]/off=0"},
		{"stride that does not fit", "::4", Layout{Shape: []int{1}, Strides: []int{word}, ItemSize: 2}, "2x[1]/strides=[0]/sub=[]/off=0"},
		{"start that does not fit", "4:", Layout{Shape: []int{4, 0}, Strides: []int{word, 1}, ItemSize: 2, Offset: 3}, fmt.Sprintf("2x[0 0]/strides=[%d 1]/sub=[]/off=3", word)},
		{"new axes", "None, :, None", Layout{Shape: []int{4}, Strides: []int{2}, ItemSize: 2}, "2x[1 4 1]/strides=[0 2 0]/sub=[]/off=0"},
		{"scalar", "...", Layout{ItemSize: 2, Offset: 3}, "2x[]/strides=[]/sub=[]/off=3"},
		{"behind a pointer", "1:, 1:, ::-1", Layout{Shape: []int{2, 3, 4}, Strides: []int{8, 4, 1}, SubOffsets: []int{5, -1, -1}, ItemSize: 1},
			"1x[1 2 4]/strides=[8 4 -1]/sub=[12 -1 -1]/off=8"},
		{"behind two pointers", "1:, 1:, 1:", Layout{Shape: []int{2, 3, 4}, Strides: []int{8, 8, 1}, SubOffsets: []int{5, 6, -1}, ItemSize: 1},
			"1x[1 2 3]/strides=[8 8 1]/sub=[13 7 -1]/off=8"},
		{"item behind a pointer", ":, -1", Layout{Shape: []int{2, 3}, Strides: []int{8, 4}, SubOffsets: []int{5, -1}, ItemSize: 1}, "1x[2]/strides=[8]/sub=[13]/off=0"},
		{"empty behind a pointer", ":, 3:", Layout{Shape: []int{2, 3}, Strides: []int{8, -4}, SubOffsets: []int{5, -1}, ItemSize: 1}, "1x[2 0]/strides=[8 -4]/sub=[-7 -1]/off=0"},
	} {
		ix, err := ParseIndex(c.index)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.l.Index(ix...)
		if err != nil || show(got) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, show(got), err, c.want)
		}
	}
}

func TestIndexErrors(t *testing.T) {
	l, _ := Contiguous(C, 1, 3, 4)
	rows := Layout{Shape: []int{3, 4}, Strides: []int{8, -1}, SubOffsets: []int{0, -1}, ItemSize: 1}
	many := make([]Index, 63)
	for i := range many {
		many[i] = NewAxis
	}
	for _, c := range []struct {
		name  string
		l     Layout
		ix    []Index
		class error
		says  string
	}{
		{"after the end", l, []Index{All, At(4)}, ErrIndex, "index 4 out of range for axis 1 of length 4"},
		{"before the beginning", l, []Index{At(-4)}, ErrIndex, "index -4 out of range for axis 0 of length 3"},
		{"lowest number", l, []Index{At(minInt)}, ErrIndex, "out of range"},
		{"step 0", l, []Index{Range(1, 2, 0)}, ErrValue, "step"},
		{"too many", l, []Index{All, All, At(0)}, ErrType, "3 indices for 2 axes"},
		{"two ellipses", l, []Index{Ellipsis, Ellipsis}, ErrIndex, "ellipsis"},
		{"too many axes", l, many, ErrIndex, "65 axes"},
		{"a pointer is needed", rows, []Index{At(0)}, ErrNotImplemented, "suboffset"},
		{"a suboffset below 0", Layout{Shape: []int{3, 4}, Strides: []int{8, -1}, SubOffsets: []int{0, -1}, ItemSize: 1}, []Index{All, At(2)}, ErrNotImplemented, "-2"},
		{"invalid", Layout{Shape: []int{3}}, nil, ErrValue, "strides"},
	} {
		_, err := c.l.Index(c.ix...)
		wantErr(t, c.name, err, c.class)
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
		}
	}
}

func TestExpand(t *testing.T) {
	for _, c := range []struct {
		ndim     int
		in, want string
	}{
		{3, "...", ":, :, :"},
		{3, "1, ..., None, 2", "1, :, None, 2"},
		{2, "1, 2, ...", "1, 2"},
		{0, "None, ...", "None"},
		{3, "1:2", "1:2, :, :"},
	} {
		in, err := ParseIndex(c.in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Expand(c.ndim, in)
		if err != nil || join(got) != c.want {
			t.Errorf("Expand(%d, %s) = %s, %v, want %s", c.ndim, c.in, join(got), err, c.want)
		}
	}
}

func join(ix []Index) string {
	parts := make([]string, len(ix))
	for i, x := range ix {
		parts[i] = x.String()
	}
	return strings.Join(parts, ", ")
}
