package strides_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/strided-go/strided/strides"
)

// wantItems checks that item ix of got is item from(ix) of l, for every ix.
func wantItems(t *testing.T, op string, l, got Layout, shape []int, from func(ix []int) []int) {
	t.Helper()
	wantValid(t, op, l, got)
	if !slices.Equal(got.Shape, shape) {
		t.Fatalf("%s of %s: shape %v, want %v", op, show(l), got.Shape, shape)
	}
	indices(shape, func(ix []int) {
		if a, b := place(got, ix), place(l, from(ix)); a != b {
			t.Fatalf("%s of %s = %s: item %v lies at %s, want %s", op, show(l), show(got), ix, a, b)
		}
	})
}

// maybeNegative counts an axis from the end every other time.
func maybeNegative(r *rand.Rand, k, n int) int {
	if r.IntN(2) == 0 {
		return k - n
	}
	return k
}

func TestTranspose(t *testing.T) {
	r := newRand(t)
	crossed := 0
	for i := range 5000 {
		l := randomLayout(r, 5, 3)
		n := l.NDim()
		if i%3 == 0 {
			l = withSubOffsets(r, l)
		}
		perm, axes := r.Perm(n), make([]int, n)
		if i%2 == 0 && n > 0 { // often permutations that keep pointers in place
			perm = identity(n)
			a, b := r.IntN(n), r.IntN(n)
			perm[a], perm[b] = b, a
		}
		for k, a := range perm {
			axes[k] = maybeNegative(r, a, n)
		}
		got, err := l.Transpose(axes...)
		if n == 0 || err != nil && l.Indirect() {
			if err != nil {
				wantErr(t, "Transpose", err, ErrNotImplemented)
				crossed++
				if slices.Equal(perm, identity(n)) {
					t.Fatalf("the identity crosses pointers of %s", show(l))
				}
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		shape := make([]int, n)
		for k, a := range perm {
			shape[k] = l.Shape[a]
		}
		wantItems(t, fmt.Sprint("Transpose", axes), l, got, shape, func(ix []int) []int {
			from := make([]int, n)
			for k, a := range perm {
				from[a] = ix[k]
			}
			return from
		})
	}
	if crossed == 0 {
		t.Error("no axis crossed a pointer")
	}
	l, _ := Contiguous(C, 1, 2, 3, 4)
	got, err := l.Transpose()
	if err != nil || show(got) != "1x[4 3 2]/strides=[1 4 12]/sub=[]/off=0" {
		t.Error(show(got), err)
	}
	_, err = l.Transpose(0, 1)
	wantErr(t, "too few", err, ErrValue)
	_, err = l.Transpose(0, 1, -2)
	wantErr(t, "twice", err, ErrValue)
	_, err = l.Transpose(0, 1, 3)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
	_, err = l.Transpose(0, 1, -4)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
}

func identity(n int) []int {
	perm := make([]int, n)
	for k := range perm {
		perm[k] = k
	}
	return perm
}

func TestMoveAxis(t *testing.T) {
	l, _ := Contiguous(C, 1, 2, 3, 4, 5)
	for src := range 4 {
		for dst := range 4 {
			got, err := l.MoveAxis(src-4, dst)
			if err != nil {
				t.Fatal(err)
			}
			rest := slices.Delete(slices.Clone(l.Shape), src, src+1)
			if want := slices.Insert(rest, dst, l.Shape[src]); !slices.Equal(got.Shape, want) {
				t.Errorf("MoveAxis(%d, %d): %v, want %v", src, dst, got.Shape, want)
			}
			back, err := got.MoveAxis(dst, src)
			if err != nil || show(back) != show(l) {
				t.Errorf("MoveAxis(%d, %d) and back: %s, %v", src, dst, show(back), err)
			}
			swapped, err := l.SwapAxes(src, dst-4)
			if err != nil || swapped.Shape[src] != l.Shape[dst] || swapped.Strides[dst] != l.Strides[src] {
				t.Errorf("SwapAxes(%d, %d): %s, %v", src, dst, show(swapped), err)
			}
		}
	}
	_, err := l.MoveAxis(4, 0)
	wantErr(t, "src", err, ErrValue, ErrIndex)
	_, err = l.MoveAxis(0, -5)
	wantErr(t, "dst", err, ErrValue, ErrIndex)
	_, err = l.SwapAxes(-5, 0)
	wantErr(t, "SwapAxes", err, ErrValue, ErrIndex)
}

func TestFlip(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		l := randomLayout(r, 4, 4)
		if i%4 == 0 {
			l = withSubOffsets(r, l)
		}
		n := l.NDim()
		axes := r.Perm(n)[:r.IntN(n+1)]
		got, err := l.Flip(axes...)
		if err != nil && l.Indirect() {
			wantErr(t, "Flip", err, ErrNotImplemented)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		wantItems(t, fmt.Sprint("Flip", axes), l, got, l.Shape, func(ix []int) []int {
			from := slices.Clone(ix)
			for k := range from {
				if len(axes) == 0 || slices.Contains(axes, k) {
					from[k] = l.Shape[k] - 1 - ix[k]
				}
			}
			return from
		})
	}
	l, _ := Contiguous(C, 1, 2)
	_, err := l.Flip(0, -1)
	wantErr(t, "twice", err, ErrValue)
	_, err = l.Flip(1)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
}

func TestSqueeze(t *testing.T) {
	l, _ := Contiguous(C, 2, 1, 3, 1, 4, 1)
	for _, c := range []struct {
		axes, want []int
	}{
		{nil, []int{3, 4}},
		{[]int{0}, []int{3, 1, 4, 1}},
		{[]int{-1, 2}, []int{1, 3, 4}},
	} {
		got, err := l.Squeeze(c.axes...)
		if err != nil || !slices.Equal(got.Shape, c.want) || !slices.Equal(places(got), places(l)) {
			t.Errorf("Squeeze%v = %s, %v, want %v", c.axes, show(got), err, c.want)
		}
	}
	_, err := l.Squeeze(1)
	wantErr(t, "length 3", err, ErrValue)
	_, err = l.Squeeze(0, 0)
	wantErr(t, "twice", err, ErrValue)
	_, err = l.Squeeze(5)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
	l = Layout{Shape: []int{1, 4}, Strides: []int{8, 1}, SubOffsets: []int{0, -1}, ItemSize: 1}
	_, err = l.Squeeze()
	wantErr(t, "pointer", err, ErrNotImplemented)
}

func TestBroadcastTo(t *testing.T) {
	r := newRand(t)
	done := 0
	for i := range 5000 {
		l := randomLayout(r, 3, 3)
		if i%4 == 0 {
			l = withSubOffsets(r, l)
		}
		shape := slices.Clone(l.Shape)
		for range r.IntN(3) {
			shape = slices.Insert(shape, 0, r.IntN(4))
		}
		for k := range shape {
			if r.IntN(3) == 0 {
				shape[k] = r.IntN(4)
			}
		}
		if r.IntN(9) == 0 && len(shape) > 0 {
			shape = shape[1:]
		}
		added := len(shape) - l.NDim()
		fits := added >= 0
		for k := 0; fits && k < l.NDim(); k++ {
			fits = l.Shape[k] == 1 || l.Shape[k] == shape[added+k]
		}
		got, err := l.BroadcastTo(shape...)
		if !fits {
			wantErr(t, fmt.Sprint("BroadcastTo", shape, " of ", show(l)), err, ErrValue)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		done++
		wantItems(t, fmt.Sprint("BroadcastTo", shape), l, got, shape, func(ix []int) []int {
			from := slices.Clone(ix[added:])
			for k := range from {
				if l.Shape[k] == 1 {
					from[k] = 0
				}
			}
			return from
		})
	}
	if done < 1000 {
		t.Errorf("only %d broadcasts", done)
	}
	l, _ := Contiguous(C, 4, 1, 3)
	_, err := l.BroadcastTo(maxInt/4, 3)
	wantErr(t, "too big", err, ErrValue, ErrOverflow)
	_, err = l.BroadcastTo(-1, 3)
	wantErr(t, "negative", err, ErrValue)
	_, err = l.BroadcastTo(make([]int, 65)...)
	wantErr(t, "axes", err, ErrValue)
	if got, err := l.BroadcastTo(maxInt, maxInt, 0, 3); err != nil || got.Len() != 0 {
		t.Error("empty", show(got), err)
	}
}

func TestDiagonal(t *testing.T) {
	r := newRand(t)
	for i := range 5000 {
		l := randomLayout(r, 4, 4)
		if i%4 == 0 {
			l = withSubOffsets(r, l)
		}
		n := l.NDim()
		if n < 2 {
			continue
		}
		perm := r.Perm(n)
		a, b, offset := perm[0], perm[1], r.IntN(9)-4
		got, err := l.Diagonal(offset, maybeNegative(r, a, n), maybeNegative(r, b, n))
		if err != nil && l.Indirect() {
			wantErr(t, "Diagonal", err, ErrNotImplemented)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		shape, kept, count := []int{}, []int{}, 0
		for k, n := range l.Shape {
			if k != a && k != b {
				shape, kept = append(shape, n), append(kept, k)
			}
		}
		first := -1
		for x := range l.Shape[a] {
			if y := x + offset; y >= 0 && y < l.Shape[b] {
				if count++; first < 0 {
					first = x
				}
			}
		}
		wantItems(t, fmt.Sprint("Diagonal ", offset, a, b), l, got, append(shape, count), func(ix []int) []int {
			from := make([]int, n)
			for d, k := range kept {
				from[k] = ix[d]
			}
			from[a] = first + ix[len(kept)]
			from[b] = from[a] + offset
			return from
		})
	}
	l, _ := Contiguous(C, 1, 2, 3)
	for _, offset := range []int{minInt, maxInt} {
		if got, err := l.Diagonal(offset, 0, 1); err != nil || got.Len() != 0 {
			t.Error(offset, show(got), err)
		}
	}
	_, err := l.Diagonal(0, 1, -1)
	wantErr(t, "the same axis", err, ErrValue)
	_, err = l.Diagonal(0, 0, 2)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
	scalar := Layout{ItemSize: 1}
	_, err = scalar.Diagonal(0, 0, 1)
	wantErr(t, "a scalar", err, ErrValue, ErrIndex)
}

func TestSlidingWindow(t *testing.T) {
	r := newRand(t)
	done := 0
	for i := range 5000 {
		l := randomLayout(r, 3, 5)
		if i%4 == 0 {
			l = withSubOffsets(r, l)
		}
		n := l.NDim()
		var axes, window []int
		if r.IntN(3) > 0 && n > 0 {
			for range 1 + r.IntN(3) {
				axes = append(axes, r.IntN(n))
			}
		}
		listed := axes
		if axes == nil {
			listed = identity(n)
		}
		shape, fits := slices.Clone(l.Shape), true
		for _, k := range listed {
			w := r.IntN(4)
			window = append(window, w)
			shape[k] -= w - 1
			fits = fits && shape[k] > 0
		}
		got, err := l.SlidingWindow(window, axes...)
		if err != nil && (l.Indirect() || !fits) {
			continue
		}
		if err != nil || !fits {
			t.Fatalf("SlidingWindow %v%v of %s: %v", window, axes, show(l), err)
		}
		done++
		wantItems(t, fmt.Sprint("SlidingWindow", window, axes), l, got, append(shape, window...), func(ix []int) []int {
			from := slices.Clone(ix[:n])
			for i, k := range listed {
				from[k] += ix[n+i]
			}
			return from
		})
	}
	if done < 1000 {
		t.Errorf("only %d windows", done)
	}
	l, _ := Contiguous(C, 1, 5)
	_, err := l.SlidingWindow([]int{6})
	wantErr(t, "too long", err, ErrValue)
	_, err = l.SlidingWindow([]int{-1})
	wantErr(t, "negative", err, ErrValue)
	_, err = l.SlidingWindow([]int{2, 2})
	wantErr(t, "too many windows", err, ErrValue)
	_, err = l.SlidingWindow([]int{2}, 1)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
	_, err = l.SlidingWindow(make([]int, 64), make([]int, 64)...)
	wantErr(t, "too many axes", err, ErrValue)
	long, _ := Contiguous(C, 1, maxInt)
	_, err = long.SlidingWindow([]int{0})
	wantErr(t, "too many places", err, ErrValue, ErrOverflow)
	_, err = long.SlidingWindow([]int{2})
	wantErr(t, "too many bytes", err, ErrValue, ErrOverflow)
}

func TestSplit(t *testing.T) {
	l, _ := Contiguous(C, 1, 2, 7)
	parts, err := l.Split(-1, 2, 3, -1, 1, 99)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, p := range parts {
		got = append(got, fmt.Sprintf("%d%v", p.Offset, p.Shape))
	}
	want := "[0[2 2] 2[2 1] 3[2 3] 6[2 0] 1[2 6] 7[2 0]]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if parts, err := l.Split(0); err != nil || len(parts) != 1 || show(parts[0]) != show(l) {
		t.Error(parts, err)
	}
	if parts, err := l.Split(0, minInt); err != nil || parts[0].Len() != 0 || parts[1].Len() != 14 {
		t.Error(parts, err)
	}
	_, err = l.Split(2, 1)
	wantErr(t, "out of range", err, ErrValue, ErrIndex)
}

// No result shares a slice with the layout it was made from.
func TestResultsShareNothing(t *testing.T) {
	l := Layout{Shape: []int{2, 3}, Strides: []int{3, 1}, SubOffsets: []int{-1, -1}, ItemSize: 1}
	keep := func(got Layout, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		before := show(l)
		for _, s := range [][]int{got.Shape, got.Strides, got.SubOffsets} {
			for i := range s {
				s[i] = 99
			}
		}
		if show(l) != before {
			t.Errorf("%s became %s", before, show(l))
		}
	}
	keep(l.Transpose(0, 1))
	keep(l.Index())
	keep(l.Reshape(2, 3))
	keep(l.BroadcastTo(2, 3))
	keep(l.Flip())
	keep(l.Squeeze())
	keep(l.SwapAxes(0, 0))
	keep(l.MoveAxis(0, 0))
	keep(l.Diagonal(0, 0, 1))
	keep(l.SlidingWindow([]int{1, 1}))
	shape := []int{2, 3}
	c, _ := Contiguous(C, 1, shape...)
	if c.Shape[0] = 9; shape[0] != 2 {
		t.Error("Contiguous keeps the shape it was given")
	}
	parts, _ := l.Split(1, 1)
	keep(parts[0], nil)
	keep(parts[1], nil)
}
