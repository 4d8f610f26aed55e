package strides_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/strided-go/strided/strides"
)

// newRand returns a source that gives the same numbers in every run.
func newRand(t testing.TB) *rand.Rand {
	var seed uint64 = 1
	for _, c := range t.Name() {
		seed = seed*131 + uint64(c)
	}
	return rand.New(rand.NewPCG(seed, 2))
}

// randomLayout returns a small valid layout: one in eight axes empty, one in four
// of length 1, strides of either sign, zero, dense, overlapping or with gaps.
func randomLayout(r *rand.Rand, maxDims, maxLen int) Layout {
	nd := r.IntN(maxDims + 1)
	l := Layout{Shape: make([]int, nd), Strides: make([]int, nd), ItemSize: 1 + r.IntN(4), Offset: r.IntN(20)}
	dense := l.ItemSize
	for _, k := range r.Perm(nd) {
		switch r.IntN(8) {
		case 0:
			l.Shape[k] = r.IntN(2)
		case 1:
			l.Shape[k] = 1
		default:
			l.Shape[k] = 1 + r.IntN(maxLen)
		}
		switch r.IntN(6) {
		case 0:
			l.Strides[k] = r.IntN(13) - 6
		case 1:
			l.Strides[k] = 0
		case 2:
			l.Strides[k] = dense + r.IntN(3)
		default:
			l.Strides[k] = dense
		}
		if r.IntN(3) == 0 {
			l.Strides[k] = -l.Strides[k]
		}
		dense = max(l.Shape[k], 1) * dense
	}
	if lo, _ := l.Extent(); lo < 0 {
		l.Offset -= lo
	}
	return l
}

// withSubOffsets makes some axes of a layout indirect.
func withSubOffsets(r *rand.Rand, l Layout) Layout {
	l = l.Clone()
	l.SubOffsets = make([]int, l.NDim())
	for k := range l.SubOffsets {
		l.SubOffsets[k] = -1
		if r.IntN(2) == 0 {
			l.SubOffsets[k] = r.IntN(40)
		}
	}
	return l
}

// indices calls f with every index of a shape in C order.
func indices(shape []int, f func(ix []int)) {
	if slices.Contains(shape, 0) {
		return
	}
	ix := make([]int, len(shape))
	for {
		f(ix)
		k := len(ix) - 1
		for ; k >= 0; k-- {
			if ix[k]++; ix[k] < shape[k] {
				break
			}
			ix[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// place returns where an item is: the position reached before each pointer that
// is followed, and that of the item behind the last one.
func place(l Layout, ix []int) string {
	s, pos := "", l.Offset
	for k, i := range ix {
		pos += i * l.Strides[k]
		if l.SubOffsets != nil && l.SubOffsets[k] >= 0 {
			s += fmt.Sprint(pos, "->")
			pos = l.SubOffsets[k]
		}
	}
	return s + fmt.Sprint(pos)
}

// places returns the place of every item in C order.
func places(l Layout) []string {
	list := []string{}
	indices(l.Shape, func(ix []int) { list = append(list, place(l, ix)) })
	return list
}

// positions returns the first byte of every item in C order, for layouts
// without suboffsets.
func positions(l Layout) []int {
	list := []int{}
	indices(l.Shape, func(ix []int) {
		pos := l.Offset
		for k, i := range ix {
			pos += i * l.Strides[k]
		}
		list = append(list, pos)
	})
	return list
}

// bytesOf counts how many items touch each byte.
func bytesOf(l Layout) map[int]int {
	m := map[int]int{}
	for _, p := range positions(l) {
		for b := range l.ItemSize {
			m[p+b]++
		}
	}
	return m
}

// show prints a layout as a test can be repeated with.
func show(l Layout) string {
	return fmt.Sprintf("%dx%v/strides=%v/sub=%v/off=%d", l.ItemSize, l.Shape, l.Strides, l.SubOffsets, l.Offset)
}

// wantValid checks what every method that returns a layout promises.
func wantValid(t *testing.T, op string, from, got Layout) {
	t.Helper()
	if err := got.Validate(); err != nil {
		t.Fatalf("%s of %s: %s is invalid: %v", op, show(from), show(got), err)
	}
	if got.Len() == 0 || from.Indirect() {
		return
	}
	lo, hi := from.Extent()
	if glo, ghi := got.Extent(); glo < lo || ghi > hi {
		t.Fatalf("%s of %s: %s touches %d..%d outside %d..%d", op, show(from), show(got), glo, ghi, lo, hi)
	}
}

// wantErr checks the classes of an error, and that it is a *LayoutError.
func wantErr(t *testing.T, what string, err error, classes ...error) {
	t.Helper()
	var le *LayoutError
	if !errors.As(err, &le) {
		t.Errorf("%s: %v is no *LayoutError", what, err)
		return
	}
	for _, class := range []error{ErrValue, ErrType, ErrIndex, ErrOverflow, ErrNotImplemented, ErrBuffer, ErrCopyNeeded} {
		if got, want := errors.Is(err, class), slices.Contains(classes, class); got != want {
			t.Errorf("%s: %v: errors.Is(%v) = %v", what, err, class, got)
		}
	}
}

const maxInt, minInt = math.MaxInt, math.MinInt

// hostile returns a layout that is most likely invalid.
func hostile(r *rand.Rand) Layout {
	number := func() int {
		switch r.IntN(8) {
		case 0:
			return maxInt - r.IntN(3)
		case 1:
			return minInt + r.IntN(3)
		case 2:
			return maxInt/2 + r.IntN(3)
		case 3:
			return 1 << (r.IntN(62) % (32 << (^uint(0) >> 63)))
		}
		return r.IntN(7) - 2
	}
	list := func(n int) []int {
		if r.IntN(10) == 0 {
			n = r.IntN(70)
		}
		s := make([]int, n)
		for i := range s {
			s[i] = number()
		}
		return s
	}
	n := r.IntN(5)
	l := Layout{Shape: list(n), Strides: list(n), Offset: number(), ItemSize: number()}
	if r.IntN(3) == 0 {
		l.SubOffsets = list(n)
	}
	return l
}
