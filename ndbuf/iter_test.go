package ndbuf_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

func TestItemsAreGet(t *testing.T) {
	for i, m := range append(variants(t, ">h"), ndbuf.Must(ndbuf.FromObject([][]int16{{1, 2}, {3, 4}}))) {
		var forward, backward []any
		last := []int(nil)
		for item, err := range m.Items() {
			if err != nil {
				t.Fatal(err)
			}
			if want, err := m.Get(item.Index...); err != nil || want != item.Value {
				t.Errorf("variant %d: item %v is %v, want %v, %v", i, item.Index, item.Value, want, err)
			}
			if last != nil && slices.Compare(last, item.Index) >= 0 {
				t.Errorf("variant %d: %v follows %v", i, item.Index, last)
			}
			last = slices.Clone(item.Index)
			for k := range item.Index {
				item.Index[k] = -7 // the caller's to spoil
			}
			forward = append(forward, item.Value)
		}
		if len(forward) != m.Len() {
			t.Errorf("variant %d: %d items of %d", i, len(forward), m.Len())
		}
		n := 0
		for v, err := range m.Values() {
			if err != nil || v != forward[n] {
				t.Errorf("variant %d: value %d is %v, %v, want %v", i, n, v, err, forward[n])
			}
			n++
		}
		for v, err := range m.Backward() {
			if err != nil {
				t.Fatal(err)
			}
			backward = append(backward, v)
		}
		slices.Reverse(backward)
		if n != len(forward) || !reflect.DeepEqual(forward, backward) {
			t.Errorf("variant %d: %v backwards, %v forwards", i, backward, forward)
		}
	}
}

func TestRows(t *testing.T) {
	for i, m := range variants(t, "B") {
		n := 0
		for row, err := range m.Rows() {
			if m.NDim() == 0 {
				if !errors.Is(err, ndbuf.ErrType) || row != nil {
					t.Errorf("rows of a scalar: %v, %v", row, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			want := ndbuf.Must(m.Index(strides.At(n)))
			if same, err := row.Equal(want); !same || err != nil || !slices.Equal(row.Shape(), m.Shape()[1:]) {
				t.Errorf("variant %d, row %d: %v, want %v", i, n, row, want)
			}
			if err := row.Release(); err != nil {
				t.Error(err)
			}
			n++
		}
		if m.NDim() > 0 && n != m.Shape()[0] {
			t.Errorf("variant %d: %d rows of %v", i, n, m.Shape())
		}
	}
}

func TestIterationEndsWithAnError(t *testing.T) {
	gone := ndbuf.Must(ndbuf.New("B", strides.C, 3))
	gone.Release()
	unreadable := bufferOf(t, make([]byte, 4), "3", strides.Layout{ItemSize: 1, Shape: []int{4}})
	text := bufferOf(t, []byte{'a', 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 'b', 0, 0, 0}, "<w", strides.Layout{ItemSize: 4, Shape: []int{3}})
	for _, c := range []struct {
		name  string
		m     *ndbuf.MemoryView
		good  int
		class error
	}{{"released", gone, 0, ndbuf.ErrReleased}, {"unreadable", unreadable, 0, ndbuf.ErrNotImplemented}, {"text", text, 1, ndbuf.ErrValue}} {
		good, bad := 0, 0
		check := func(v any, err error) {
			if err == nil {
				good++
			} else if bad++; !errors.Is(err, c.class) || v != nil {
				t.Errorf("%s: %v with %v, want %v", c.name, v, err, c.class)
			}
		}
		for item, err := range c.m.Items() {
			check(item.Value, err)
		}
		for v, err := range c.m.Values() {
			check(v, err)
		}
		for v, err := range c.m.Backward() {
			check(v, err)
		}
		if good != 3*c.good || bad != 3 {
			t.Errorf("%s: %d items and %d errors", c.name, good, bad)
		}
	}
	for row, err := range gone.Rows() {
		if row != nil || !errors.Is(err, ndbuf.ErrReleased) {
			t.Errorf("rows of a released view: %v, %v", row, err)
		}
	}
}

func TestReleaseWhileIterating(t *testing.T) {
	m := ndbuf.Must(ndbuf.Of([]int{1, 2, 3}))
	for range m.Values() {
		if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
			t.Errorf("Release in a loop: %v", err)
		}
		break
	}
	for range m.Backward() {
		if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
			t.Errorf("Release in a loop: %v", err)
		}
		break
	}
	for row := range m.Rows() {
		row.Release()
		break
	}
	if err := m.Release(); err != nil {
		t.Errorf("Release after loops that were left: %v", err)
	}
}
