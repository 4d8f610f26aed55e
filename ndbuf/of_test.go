package ndbuf_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/ndbuf"
)

func TestOf(t *testing.T) {
	type point struct {
		X, Y float32
		N    int16
	}
	data := make([]int32, 24)
	for _, c := range []struct {
		name           string
		shape          []int
		want, wantStep []int
	}{
		{"no shape", nil, []int{24}, []int{4}},
		{"2-D", []int{4, 6}, []int{4, 6}, []int{24, 4}},
		{"inferred", []int{2, -1, 3}, []int{2, 4, 3}, []int{48, 12, 4}},
	} {
		m, err := ndbuf.Of(data, c.shape...)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !slices.Equal(m.Shape(), c.want) || !slices.Equal(m.Strides(), c.wantStep) || m.ReadOnly() || m.ItemSize() != 4 {
			t.Errorf("%s: shape %v, strides %v", c.name, m.Shape(), m.Strides())
		}
	}
	m := ndbuf.Must(ndbuf.Of(data, 4, 6))
	if err := m.Set(7, 1, 2); err != nil || data[8] != 7 {
		t.Errorf("a store does not reach the slice: %v, %v", data, err)
	}
	scalar := ndbuf.Must(ndbuf.Of(data[:1], []int{}...))
	if scalar.NDim() != 0 || scalar.Len() != 1 {
		t.Errorf("scalar: shape %v", scalar.Shape())
	}
	if p := ndbuf.Must(ndbuf.Of(make([]point, 3))); p.ItemSize() != 12 || !strings.HasPrefix(p.Format(), "T{") {
		t.Errorf("struct: format %q, item size %d", p.Format(), p.ItemSize())
	}
	if e := ndbuf.Must(ndbuf.Of([]float64(nil))); e.Len() != 0 || !slices.Equal(e.Shape(), []int{0}) {
		t.Errorf("nil slice: shape %v", e.Shape())
	}
	if e := ndbuf.Must(ndbuf.Of([]float64{}, 0, 3)); !slices.Equal(e.Shape(), []int{0, 3}) {
		t.Errorf("empty: shape %v", e.Shape())
	}
}

func TestOfErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		call  func() (*ndbuf.MemoryView, error)
		class error
		text  string
	}{
		{"pointers", func() (*ndbuf.MemoryView, error) { return ndbuf.Of([]*int{nil}) }, ndbuf.ErrType, "*int"},
		{"strings", func() (*ndbuf.MemoryView, error) { return ndbuf.Of([]string{"a"}) }, ndbuf.ErrType, "string"},
		{"interfaces", func() (*ndbuf.MemoryView, error) { return ndbuf.Of([]any{1}) }, ndbuf.ErrType, "interface"},
		{"product", func() (*ndbuf.MemoryView, error) { return ndbuf.Of(make([]int, 6), 4, 2) }, ndbuf.ErrValue, "[4 2]"},
		{"two unknown", func() (*ndbuf.MemoryView, error) { return ndbuf.Of(make([]int, 6), -1, -1) }, ndbuf.ErrValue, "[-1 -1]"},
		{"negative", func() (*ndbuf.MemoryView, error) { return ndbuf.Of(make([]int, 6), -2, -3) }, ndbuf.ErrValue, "[-2 -3]"},
		{"overflow", func() (*ndbuf.MemoryView, error) { return ndbuf.Of(make([]int, 6), 1<<30, 1<<30, 1<<30) }, ndbuf.ErrValue, "6 items"},
		{"dimensions", func() (*ndbuf.MemoryView, error) { return ndbuf.Of(make([]int, 1), slices.Repeat([]int{1}, 65)...) }, ndbuf.ErrValue, "65"},
	} {
		m, err := c.call()
		if m != nil || !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, %v", c.name, m, err)
		}
	}
}
