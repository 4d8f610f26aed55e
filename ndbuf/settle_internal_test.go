package ndbuf

import (
	"math"
	"math/rand"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/strides"
)

// What a description knows of its layout is what package strides says of it.
func TestSettle(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	check := func(l strides.Layout) {
		t.Helper()
		d := description{layout: l}
		d.settle()
		lo, hi := l.Extent()
		if l.NBytes() == 0 || l.SubOffsets != nil {
			lo, hi = 0, 0
		}
		if d.nbytes != l.NBytes() || d.start != lo || d.end != hi {
			t.Fatalf("%+v: %d bytes from %d to %d, want %d from %d to %d", l, d.nbytes, d.start, d.end, l.NBytes(), lo, hi)
		}
		for _, o := range []strides.Order{strides.C, strides.F, strides.A, 'X'} {
			if got, want := d.contiguous(o), l.IsContiguous(o); got != want {
				t.Fatalf("%+v: contiguous in order %v: %v, want %v", l, o, got, want)
			}
		}
		if l.SubOffsets == nil && !l.IsContiguous(strides.A) && d.apart() && l.SelfOverlap(overlapBudget) != strides.No {
			t.Fatalf("%+v: apart, but visits a byte twice", l)
		}
	}
	apart := 0
	for range 20_000 {
		l, _ := ndtest.Random(r, ndtest.Options{})
		check(l)
		if d := (description{layout: l}); l.Len() > 0 && l.SelfOverlap(overlapBudget) == strides.No && d.apart() {
			apart++
		}
		if c, err := strides.Contiguous([]strides.Order{strides.C, strides.F}[r.Intn(2)], l.ItemSize, l.Shape...); err == nil {
			check(c)
		}
		l.SubOffsets = make([]int, len(l.Shape))
		for k := range l.SubOffsets {
			l.SubOffsets[k] = -1
		}
		check(l)
	}
	if apart < 1000 {
		t.Errorf("%d layouts are found to be apart", apart)
	}
	check(strides.Layout{ItemSize: 0, Shape: []int{3}, Strides: []int{7}})
	check(strides.Layout{ItemSize: 8})
}

// Arrays with memory of their own have the layout that strides.Contiguous makes, aligned, zeroed and with room for nothing
// else, whether their bytes lie beside the view or not.
func TestNewArray(t *testing.T) {
	k := kindOf("B")
	for _, shape := range [][]int{
		nil, {}, {0}, {1}, {127}, {128}, {129}, {4, 32}, {4, 33}, {2, 3, 4, 5}, {1, 2, 1, 2, 3}, {3, 0, 5}, {1 << 20, 0, 1 << 20}, {40_000},
	} {
		for _, size := range []int{0, 1, 3, 8, 128, 129} {
			for _, order := range []strides.Order{strides.C, strides.F, strides.A} {
				m, err := newArray("B", k, size, order, shape, freshBytes)
				if err != nil {
					t.Fatal(err)
				}
				want, err := strides.Contiguous(order, size, shape...)
				if err != nil {
					t.Fatal(err)
				}
				if got := m.layout; !equalLayouts(got, want) {
					t.Errorf("shape %v, order %v, items of %d bytes: %+v, want %+v", shape, order, size, got, want)
				}
				at := uintptr(unsafe.Pointer(unsafe.SliceData(m.mem)))
				if len(m.mem) != want.NBytes() || cap(m.mem) != len(m.mem) || len(m.mem) > 0 && at%memAlign != 0 {
					t.Errorf("shape %v, items of %d bytes: length %d, capacity %d, address %#x", shape, size, len(m.mem), cap(m.mem), at)
				}
				for i := range m.mem {
					m.mem[i] = 255
				}
				if m.layout.NBytes() != m.nbytes || m.Released() || m.Base() != any((*ownMemory)(unsafe.Pointer(m))) {
					t.Errorf("shape %v, items of %d bytes: the view is not as it was once its memory is written", shape, size)
				}
			}
		}
	}
	for _, bad := range [][]int{{-1}, {0, -1}, {math.MaxInt, 4}, {math.MaxInt / 2, 2, math.MaxInt / 2}, make([]int, strides.MaxDims+1)} {
		for _, size := range []int{0, 1} {
			if _, err := newArray("B", k, size, strides.C, bad, freshBytes); err == nil && (size > 0 || bad[0] < 0) {
				t.Errorf("shape %v of items of %d bytes is taken", bad, size)
			}
		}
	}
	if _, err := newArray("B", k, 1, 'X', []int{2}, freshBytes); err == nil {
		t.Error("order X is taken")
	}
}

func equalLayouts(a, b strides.Layout) bool {
	if len(a.Shape) != len(b.Shape) || a.ItemSize != b.ItemSize || a.Offset != b.Offset {
		return false
	}
	for k := range a.Shape {
		if a.Shape[k] != b.Shape[k] || a.Strides[k] != b.Strides[k] {
			return false
		}
	}
	return true
}
