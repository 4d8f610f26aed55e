package ndbuf_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// listByGet is ToList written with Get alone.
func listByGet(t *testing.T, m *ndbuf.MemoryView, index ...int) any {
	t.Helper()
	shape := m.Shape()
	if len(index) == len(shape) {
		v, err := m.Get(index...)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	out := make([]any, shape[len(index)])
	for i := range out {
		out[i] = listByGet(t, m, append(index[:len(index):len(index)], i)...)
	}
	return out
}

// variants are views of one array by every kind of step: sliced, reversed, transposed, repeated, of rows behind pointers.
func variants(t *testing.T, format string) []*ndbuf.MemoryView {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	size := ndbuf.Must(ndbuf.New(format, strides.C)).ItemSize()
	mem := make([]byte, 4*3*5*size+1)
	for i := range mem {
		mem[i] = byte(r.Uint32()) & 0x3f // no NaN, no text that is none
	}
	base := bufferOf(t, mem, format, strides.Layout{ItemSize: size, Shape: []int{4, 3, 5}, Offset: 1})
	out := []*ndbuf.MemoryView{
		base, ndbuf.Must(base.Transpose()), ndbuf.Must(base.Flip()), ndbuf.Must(base.Slice("::2, 1, ::-2")),
		ndbuf.Must(base.Slice("1, 1, 1")), ndbuf.Must(base.Slice("2:2")), ndbuf.Must(base.Slice("..., 5:")),
		ndbuf.Must(ndbuf.Must(base.Slice("0, 0")).BroadcastTo(3, 5)), ndbuf.Must(base.Slice("None, 1:3, None, ::-1, 2:3")),
		ndbuf.Must(base.Reshape(60)), ndbuf.Must(base.Clone(strides.F)),
	}
	return out
}

func TestToListIsGet(t *testing.T) {
	for _, format := range []string{"?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "c", ">h", "<h", ">Q", "<d", ">d",
		">f", "<f", "Zf", ">Zd", "g", "3s", "4p", "<2u", "<hB", "T{>h:a:(2)B:b:}", "(2,2)B", "P", "@", "3h", "xB"} {
		for i, m := range variants(t, format) {
			got, err := m.ToList()
			if want := listByGet(t, m); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s, variant %d: %v, %v, want %v", format, i, got, err, want)
			}
		}
	}
	rows := ndbuf.Must(ndbuf.FromObject([][]int16{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}))
	for i, m := range []*ndbuf.MemoryView{rows, ndbuf.Must(rows.Transpose()), ndbuf.Must(rows.Flip()), ndbuf.Must(rows.Slice("1")),
		ndbuf.Must(rows.Slice("::-2, 1")), ndbuf.Must(rows.Slice("1:1")), ndbuf.Must(rows.Reshape(9))} {
		got, err := m.ToList()
		if want := listByGet(t, m); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("rows, variant %d: %v, %v, want %v", i, got, err, want)
		}
	}
}

func TestToListErrors(t *testing.T) {
	gone := ndbuf.Must(ndbuf.New("B", strides.C, 1))
	gone.Release()
	if _, err := gone.ToList(); !errors.Is(err, ndbuf.ErrReleased) {
		t.Errorf("released: %v", err)
	}
	bad := bufferOf(t, make([]byte, 4), "3", strides.Layout{ItemSize: 1, Shape: []int{4}})
	if _, err := bad.ToList(); !errors.Is(err, ndbuf.ErrNotImplemented) {
		t.Errorf("unreadable format: %v", err)
	}
	one := ndbuf.Must(ndbuf.New("B", strides.C))
	wide, err := one.BroadcastTo(1<<20, 1<<20)
	if err != nil {
		t.Skipf("no such view on this machine: %v", err)
	}
	if _, err := wide.ToList(); !errors.Is(err, ndbuf.ErrOverflow) {
		t.Errorf("2^40 items: %v", err)
	}
}

// TestToListNestedAppend: lists that share memory do not grow into each other.
func TestToListNestedAppend(t *testing.T) {
	m := ndbuf.Must(ndbuf.Of([]int8{1, 2, 3, 4}, 2, 2))
	list := ndbuf.Must(m.ToList()).([]any)
	_ = append(list[0].([]any), "x")
	if got := fmt.Sprint(list); got != "[[1 2] [3 4]]" {
		t.Error(got)
	}
}

func BenchmarkToList(b *testing.B) {
	for _, format := range []string{"d", ">d", "<hB"} {
		b.Run(format, func(b *testing.B) {
			m := ndbuf.Must(ndbuf.New(format, strides.C, 1000, 1000))
			b.SetBytes(int64(m.NBytes()))
			for b.Loop() {
				if _, err := m.ToList(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
