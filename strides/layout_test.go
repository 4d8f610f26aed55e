package strides_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/strided-go/strided/strides"
)

func TestValidate(t *testing.T) {
	big := maxInt/2 + 1
	long := make([]int, MaxDims+1)
	for k := range long {
		long[k] = 1
	}
	for _, c := range []struct {
		name  string
		l     Layout
		says  string // "" if valid
		class []error
	}{
		{"scalar", Layout{ItemSize: 8}, "", nil},
		{"no bytes", Layout{}, "", nil},
		{"strides missing", Layout{Shape: []int{3}, ItemSize: 1}, "0 strides for the 1 axes", []error{ErrValue}},
		{"strides too many", Layout{Shape: []int{3}, Strides: []int{1, 1}, ItemSize: 1}, "2 strides", []error{ErrValue}},
		{"suboffsets empty", Layout{Shape: []int{3}, Strides: []int{1}, SubOffsets: []int{}, ItemSize: 1}, "0 suboffsets", []error{ErrValue}},
		{"negative length", Layout{Shape: []int{2, -1}, Strides: []int{1, 1}, ItemSize: 1}, "length -1 of axis 1", []error{ErrValue}},
		{"negative length behind an empty axis", Layout{Shape: []int{0, -1}, Strides: []int{1, 1}}, "axis 1", []error{ErrValue}},
		{"negative item size", Layout{ItemSize: -1}, "item size -1", []error{ErrValue}},
		{"64 axes", Layout{Shape: long[:64], Strides: long[:64], ItemSize: 1}, "", nil},
		{"65 axes", Layout{Shape: long, Strides: long, ItemSize: 1}, "65 axes", []error{ErrValue}},
		{"most items", Layout{Shape: []int{maxInt}, Strides: []int{0}, ItemSize: 1}, "", nil},
		{"too many bytes", Layout{Shape: []int{big}, Strides: []int{0}, ItemSize: 2}, "axis 0", []error{ErrValue, ErrOverflow}},
		{"too many items", Layout{Shape: []int{big, 2}, Strides: []int{0, 0}, ItemSize: 1}, "axis 1", []error{ErrValue, ErrOverflow}},
		{"too many items without bytes", Layout{Shape: []int{big, 2}, Strides: []int{0, 0}}, "axis 1", []error{ErrValue, ErrOverflow}},
		{"many items but empty", Layout{Shape: []int{big, big, 0}, Strides: []int{big, big, big}, ItemSize: 8, Offset: minInt}, "", nil},
		{"wrapping stride", Layout{Shape: []int{3}, Strides: []int{big}, ItemSize: 1}, "axis 0", []error{ErrValue, ErrOverflow}},
		{"wrapping sum", Layout{Shape: []int{2, 2}, Strides: []int{big, big}, ItemSize: 1}, "axis 1", []error{ErrValue, ErrOverflow}},
		{"lowest stride", Layout{Shape: []int{2}, Strides: []int{minInt}, ItemSize: 1}, "axis 0", []error{ErrValue, ErrOverflow}},
		{"low stride", Layout{Shape: []int{2}, Strides: []int{-maxInt}, ItemSize: 1, Offset: -1}, "", nil},
		{"low stride below 0", Layout{Shape: []int{2}, Strides: []int{-maxInt}, ItemSize: 1, Offset: -2}, "axis 0", []error{ErrValue, ErrOverflow}},
		{"stride of one item", Layout{Shape: []int{1}, Strides: []int{minInt}, ItemSize: 1, Offset: 5}, "", nil},
		{"last byte", Layout{Shape: []int{2}, Strides: []int{maxInt}, ItemSize: 1}, "items of 1 bytes", []error{ErrValue, ErrOverflow}},
		{"pointer at the end", Layout{Shape: []int{2}, Strides: []int{maxInt - 2}, SubOffsets: []int{0}}, "pointers", []error{ErrValue, ErrOverflow}},
		{"behind a pointer", Layout{Shape: []int{2, 2}, Strides: []int{8, maxInt}, SubOffsets: []int{5, -1}, ItemSize: 1}, "axis 1", []error{ErrValue, ErrOverflow}},
	} {
		err := c.l.Validate()
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "":
			wantErr(t, c.name, err, c.class...)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v does not say %q", c.name, err, c.says)
			}
		}
	}
}

// Whatever the numbers in a layout are, its methods return.
func TestHostile(t *testing.T) {
	r := newRand(t)
	valid := 0
	for range 20000 {
		l, other := hostile(r), hostile(r)
		bad := l.Validate() != nil
		if !bad {
			valid++
		}
		l.Len()
		l.NBytes()
		l.Extent()
		l.IsContiguous(C)
		l.IsContiguous(F)
		MayOverlap(l, other)
		l.SelfOverlap(100)
		l.Clone()
		n := func() int { return other.Offset % 70 }
		shape := other.Shape
		var results []Layout
		try := func(op string, got Layout, err error) {
			if bad && err == nil {
				t.Fatalf("%s of the invalid %s is %s", op, show(l), show(got))
			}
			if err == nil {
				results = append(results, got)
			}
		}
		keep := func(op string) func(Layout, error) {
			return func(got Layout, err error) { try(op, got, err) }
		}
		keep("Transpose")(l.Transpose())
		keep("Transpose")(l.Transpose(shape...))
		keep("Index")(l.Index(Range(other.Offset, other.ItemSize, n()), Ellipsis))
		keep("Index")(l.Index(Ellipsis, NewAxis, At(n())))
		keep("Reshape")(l.Reshape(-1))
		keep("Reshape")(l.Reshape(shape...))
		keep("BroadcastTo")(l.BroadcastTo(append(slices.Clone(shape), l.Shape...)...))
		keep("BroadcastTo")(l.BroadcastTo(shape...))
		keep("Diagonal")(l.Diagonal(other.Offset, n(), -1))
		keep("SlidingWindow")(l.SlidingWindow(shape))
		keep("SlidingWindow")(l.SlidingWindow(shape[:min(1, len(shape))], n()))
		keep("Flip")(l.Flip())
		keep("Squeeze")(l.Squeeze())
		keep("SwapAxes")(l.SwapAxes(0, n()))
		keep("MoveAxis")(l.MoveAxis(n(), -1))
		if parts, err := l.Split(n(), shape...); err == nil {
			results = append(results, parts...)
		}
		if c, err := Contiguous(F, l.ItemSize, shape...); err == nil {
			results = append(results, c)
		}
		for _, got := range results {
			if err := got.Validate(); err != nil {
				t.Fatalf("of %s with %v: %s: %v", show(l), shape, show(got), err)
			}
		}
	}
	if valid < 500 || valid > 15000 {
		t.Errorf("%d of 20000 layouts are valid", valid)
	}
}

func TestExtent(t *testing.T) {
	r := newRand(t)
	for range 3000 {
		l := randomLayout(r, 4, 4)
		l.Offset -= r.IntN(10)
		if r.IntN(8) == 0 {
			l.ItemSize = 0
		}
		m := bytesOf(l)
		wantLo, wantHi := 0, 0
		first := true
		for b := range m {
			if first {
				wantLo, wantHi, first = b, b+1, false
			}
			wantLo, wantHi = min(wantLo, b), max(wantHi, b+1)
		}
		lo, hi := l.Extent()
		if lo != wantLo || hi != wantHi {
			t.Fatalf("Extent of %s = %d, %d, want %d, %d", show(l), lo, hi, wantLo, wantHi)
		}
		if got := l.Len(); got != len(positions(l)) || l.NBytes() != got*l.ItemSize {
			t.Fatalf("%s: Len %d, NBytes %d", show(l), got, l.NBytes())
		}
		for _, n := range []int{-1, 0, hi - 1, hi, hi + 1} {
			want := lo >= 0 && hi <= max(n, 0)
			if err := l.CheckBounds(n); (err == nil) != want {
				t.Fatalf("CheckBounds(%d) of %s: %v", n, show(l), err)
			} else if err != nil {
				wantErr(t, "CheckBounds", err, ErrValue)
			}
		}
	}
}

func TestExtentIndirect(t *testing.T) {
	ptr := 32 << (^uint(0) >> 63) / 8
	l := Layout{Shape: []int{2, 3, 4}, Strides: []int{3 * ptr, -ptr, 100}, SubOffsets: []int{-1, 5, -1}, Offset: 2 * ptr, ItemSize: 7}
	if lo, hi := l.Extent(); lo != 0 || hi != 6*ptr {
		t.Errorf("Extent = %d, %d, want the 6 pointers", lo, hi)
	}
	if err := l.CheckBounds(6 * ptr); err != nil {
		t.Error(err)
	}
	if err := l.CheckBounds(6*ptr - 1); err == nil {
		t.Error("half a pointer is accepted")
	}
}

func TestIsContiguous(t *testing.T) {
	r := newRand(t)
	yes := 0
	for range 5000 {
		l := randomLayout(r, 4, 3)
		runs := func(l Layout) bool {
			for i, p := range positions(l) {
				if p != l.Offset+i*l.ItemSize {
					return false
				}
			}
			return true
		}
		reversed, err := l.Transpose()
		if err != nil {
			t.Fatal(err)
		}
		c, f := runs(l), runs(reversed)
		if c || f {
			yes++
		}
		for order, want := range map[Order]bool{C: c, F: f, A: c || f, 'x': false} {
			if got := l.IsContiguous(order); got != want {
				t.Fatalf("%s: IsContiguous(%v) = %v", show(l), order, got)
			}
		}
		l.SubOffsets = make([]int, l.NDim())
		if l.IsContiguous(A) {
			t.Fatal("contiguous with suboffsets")
		}
	}
	if yes < 1000 {
		t.Errorf("only %d layouts contiguous", yes)
	}
}

func TestContiguous(t *testing.T) {
	for _, c := range []struct {
		order   Order
		size    int
		shape   []int
		strides []int
	}{
		{C, 8, nil, []int{}},
		{C, 2, []int{2, 3, 4}, []int{24, 8, 2}},
		{A, 2, []int{2, 3, 4}, []int{24, 8, 2}},
		{F, 2, []int{2, 3, 4}, []int{2, 4, 12}},
		{C, 3, []int{2, 0, 4}, []int{0, 12, 3}},
		{F, 3, []int{2, 0, 4}, []int{3, 6, 0}},
		{C, 0, []int{2, 3}, []int{0, 0}},
		{C, 4, []int{maxInt, 0, maxInt, 2}, []int{0, 0, 8, 4}},
	} {
		name := fmt.Sprint(c.order, c.size, c.shape)
		got, err := Contiguous(c.order, c.size, c.shape...)
		if err != nil || !slices.Equal(got.Strides, c.strides) || !slices.Equal(got.Shape, c.shape) || got.Offset != 0 || got.ItemSize != c.size {
			t.Errorf("Contiguous(%s) = %s, %v", name, show(got), err)
		}
		if !got.IsContiguous(c.order) {
			t.Errorf("Contiguous(%s) is not", name)
		}
	}
	_, err := Contiguous('X', 1, 2)
	wantErr(t, "order X", err, ErrValue)
	_, err = Contiguous(C, -1, 2)
	wantErr(t, "item size", err, ErrValue)
	_, err = Contiguous(C, 1, 2, -2)
	wantErr(t, "length", err, ErrValue)
	_, err = Contiguous(C, 1, make([]int, 65)...)
	wantErr(t, "axes", err, ErrValue)
	_, err = Contiguous(C, 1, maxInt, 2)
	wantErr(t, "too big", err, ErrValue, ErrOverflow)
	_, err = ContiguousStrides(F, 1, maxInt, 2, 2)
	wantErr(t, "stride too big", err, ErrValue, ErrOverflow)
	if s, err := ContiguousStrides(F, 1, make([]int, 100)...); err != nil || len(s) != 100 {
		t.Errorf("100 axes: %v, %v", s, err)
	}
}

func TestClone(t *testing.T) {
	l := Layout{Shape: []int{2}, Strides: []int{3}, SubOffsets: []int{4}, Offset: 5, ItemSize: 6}
	c := l.Clone()
	c.Shape[0], c.Strides[0], c.SubOffsets[0] = 0, 0, 0
	if show(l) != "6x[2]/strides=[3]/sub=[4]/off=5" {
		t.Error(show(l))
	}
}

func TestErrorText(t *testing.T) {
	l, _ := Contiguous(C, 4, 3, 4)
	l, _ = l.Transpose()
	_, err := l.Reshape(12)
	if got, want := fmt.Sprint(err), "strides: Reshape: shape (4, 3) with strides (4, 16) cannot become shape (12,) without a copy"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var le *LayoutError
	if !errors.As(err, &le) || le.Op != "Reshape" || fmt.Sprint(le.Shapes) != "[[4 3] [12]]" || le.Err != ErrCopyNeeded {
		t.Errorf("facts: %+v", le)
	}
	if s := ErrCopyNeeded.Error(); s != "copy needed" {
		t.Error(s)
	}
}
