package ndbuf_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// numbered returns a 1-D view of 0, 1, ..., n-1.
func numbered(n int, shape ...int) *ndbuf.MemoryView {
	data := make([]int32, n)
	for i := range data {
		data[i] = int32(i)
	}
	return ndbuf.Must(ndbuf.Of(data, shape...))
}

// panics returns what f panics with, or nil.
func panics(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	f()
	return nil
}

// rowsOf makes the same items as a slice of slices (of slices).
func rowsOf(shape []int) any {
	n := int32(0)
	row := func(k int) []int32 {
		r := make([]int32, k)
		for i := range r {
			r[i] = n
			n++
		}
		return r
	}
	switch len(shape) {
	case 2:
		out := make([][]int32, shape[0])
		for i := range out {
			out[i] = row(shape[1])
		}
		return out
	default:
		out := make([][][]int32, shape[0])
		for i := range out {
			out[i] = make([][]int32, shape[1])
			for j := range out[i] {
				out[i][j] = row(shape[2])
			}
		}
		return out
	}
}

func TestArrayReadsEveryLayout(t *testing.T) {
	views := map[string]*ndbuf.MemoryView{
		"1-D":                numbered(7),
		"1-D/::-2":           ndbuf.Must(numbered(7).Slice("::-2")),
		"2-D":                numbered(12, 3, 4),
		"2-D/T":              ndbuf.Must(numbered(12, 3, 4).Transpose()),
		"2-D/::-1,1::2":      ndbuf.Must(numbered(12, 3, 4).Slice("::-1, 1::2")),
		"2-D/broadcast":      ndbuf.Must(numbered(4).BroadcastTo(3, 4)),
		"3-D":                numbered(24, 2, 3, 4),
		"3-D/moved":          ndbuf.Must(numbered(24, 2, 3, 4).Transpose(2, 0, 1)),
		"4-D":                numbered(24, 2, 3, 2, 2),
		"0-D":                ndbuf.Must(numbered(3).Index(strides.At(1))),
		"empty":              numbered(0, 0, 3),
		"rows":               ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))),
		"rows/::-1,::2":      ndbuf.Must(ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))).Slice("::-1, ::2")),
		"rows/T":             ndbuf.Must(ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))).Transpose()),
		"rows3":              ndbuf.Must(ndbuf.FromObject(rowsOf([]int{2, 3, 4}))),
		"rows3/moved":        ndbuf.Must(ndbuf.Must(ndbuf.FromObject(rowsOf([]int{2, 3, 4}))).Transpose(1, 0, 2)),
		"rows/broadcast":     ndbuf.Must(ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))).BroadcastTo(2, 3, 4)),
		"rows3/At":           ndbuf.Must(ndbuf.Must(ndbuf.FromObject(rowsOf([]int{2, 3, 4}))).Slice("1")),
		"rows/empty":         ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 0}))),
		"rows/field of rows": ndbuf.Must(ndbuf.Must(ndbuf.FromObject([][]struct{ A, B int32 }{{{1, 2}, {3, 4}}})).Field("B")),
	}
	for name, m := range views {
		a, err := ndbuf.As[int32](m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.NDim() != m.NDim() || a.Len() != m.Len() || !slices.Equal(a.Shape(), m.Shape()) || a.View() != m {
			t.Errorf("%s: ndim %d, len %d, shape %v", name, a.NDim(), a.Len(), a.Shape())
		}
		n := 0
		var values []int32
		for index, v := range a.All() {
			want := ndbuf.Must(m.Get(index...))
			got := []int32{v, a.At(index...)}
			switch len(index) {
			case 1:
				got = append(got, a.At1(index[0]))
			case 2:
				got = append(got, a.At2(index[0], index[1]))
			case 3:
				got = append(got, a.At3(index[0], index[1], index[2]))
			}
			for _, g := range got {
				if g != want {
					t.Fatalf("%s%v: got %v, want %v", name, index, got, want)
				}
			}
			values = append(values, v)
			n++
		}
		if n != m.Len() {
			t.Errorf("%s: All yields %d items of %d", name, n, m.Len())
		}
		if got := slices.Collect(a.Values()); !slices.Equal(got, values) {
			t.Errorf("%s: Values yields %v, All %v", name, got, values)
		}
		for range a.Values() {
			break
		}
		if err := a.Release(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := m.Release(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestArrayOfHugeBroadcast(t *testing.T) {
	for name, m := range map[string]*ndbuf.MemoryView{
		"direct": numbered(12, 3, 4), "rows": ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))),
	} {
		n := math.MaxInt / 64
		a, err := ndbuf.As[int32](ndbuf.Must(m.BroadcastTo(n, 3, 4)))
		if err != nil || a.At3(n-1, 2, 1) != 9 || a.At(0, 1, 3) != 7 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestArrayWrites(t *testing.T) {
	for _, rows := range []bool{false, true} {
		m2, m3 := numbered(12, 3, 4), numbered(24, 2, 3, 4)
		if rows {
			m2 = ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4})))
			m3 = ndbuf.Must(ndbuf.FromObject(rowsOf([]int{2, 3, 4})))
		}
		a, b, c := ndbuf.Must(ndbuf.As[int32](m2)), ndbuf.Must(ndbuf.As[int32](m3)), ndbuf.Must(ndbuf.As[int32](numbered(3)))
		a.Set2(2, 1, 70)
		b.Set3(1, 0, 3, 71)
		b.Set(72, 0, 2, 2)
		c.Set1(2, 73)
		if a.At(2, 1) != 70 || b.At(1, 0, 3) != 71 || b.At3(0, 2, 2) != 72 || c.At(2) != 73 || ndbuf.Must(m2.Get(2, 1)) != int32(70) {
			t.Errorf("rows=%v: %v %v %v", rows, a, b, c)
		}
	}
}

func TestArrayPanics(t *testing.T) {
	a := ndbuf.Must(ndbuf.As[int32](numbered(15, 3, 5)))
	b := ndbuf.Must(ndbuf.As[int32](numbered(24, 2, 3, 4)))
	c := ndbuf.Must(ndbuf.As[int32](numbered(4)))
	r := ndbuf.Must(ndbuf.As[int32](ndbuf.Must(numbered(15, 3, 5).ToReadOnly())))
	gone := ndbuf.Must(ndbuf.As[int32](numbered(15, 3, 5)))
	gone.Release()
	for _, p := range []struct {
		text  string
		class error
		f     func()
	}{
		{"ndbuf: index 7 out of range for axis 1 of length 5", ndbuf.ErrIndex, func() { a.At2(1, 7) }},
		{"ndbuf: index 7 out of range for axis 1 of length 5", ndbuf.ErrIndex, func() { a.At(1, 7) }},
		{"ndbuf: index 7 out of range for axis 1 of length 5", ndbuf.ErrIndex, func() { a.Set2(1, 7, 0) }},
		{"ndbuf: index 7 out of range for axis 1 of length 5", ndbuf.ErrIndex, func() { a.Set(0, 1, 7) }},
		{"ndbuf: index -1 out of range for axis 0 of length 3", ndbuf.ErrIndex, func() { a.At2(-1, 0) }},
		{"ndbuf: index 4 out of range for axis 2 of length 4", ndbuf.ErrIndex, func() { b.At3(0, 0, 4) }},
		{"ndbuf: index 3 out of range for axis 1 of length 3", ndbuf.ErrIndex, func() { b.Set3(0, 3, 0, 1) }},
		{"ndbuf: index 4 out of range for axis 0 of length 4", ndbuf.ErrIndex, func() { c.At1(4) }},
		{"ndbuf: index 4 out of range for axis 0 of length 4", ndbuf.ErrIndex, func() { c.Set1(4, 0) }},
		{"ndbuf: 1 indices for 2 axes", ndbuf.ErrType, func() { a.At1(0) }},
		{"ndbuf: 2 indices for 3 axes", ndbuf.ErrType, func() { b.At2(0, 0) }},
		{"ndbuf: 3 indices for 1 axes", ndbuf.ErrType, func() { c.Set3(0, 0, 0, 1) }},
		{"ndbuf: 0 indices for 1 axes", ndbuf.ErrType, func() { c.At() }},
		{"ndbuf: Set on read-only memory", ndbuf.ErrReadOnly, func() { r.Set2(0, 0, 1) }},
		{"ndbuf: Set on read-only memory", ndbuf.ErrType, func() { r.Set(1, 0, 0) }},
		{"ndbuf: operation forbidden on released memoryview", ndbuf.ErrReleased, func() { gone.At2(0, 0) }},
		{"ndbuf: operation forbidden on released memoryview", ndbuf.ErrReleased, func() { gone.Set2(0, 0, 1) }},
		{"ndbuf: operation forbidden on released memoryview", ndbuf.ErrReleased, func() { gone.At(0, 0) }},
		{"ndbuf: operation forbidden on released memoryview", ndbuf.ErrReleased, func() {
			for range gone.Values() {
			}
		}},
	} {
		if err := panics(p.f); err == nil || err.Error() != p.text || !errors.Is(err, p.class) {
			t.Errorf("panics with %v, want %s", err, p.text)
		}
	}
	if r.At2(2, 4) != 14 || a.At2(1, 0) != 5 {
		t.Error("a failed Set wrote something")
	}
	if _, err := gone.Data(); !errors.Is(err, ndbuf.ErrReleased) || gone.Len() != 0 || gone.Shape() != nil {
		t.Errorf("released array: %v", err)
	}
	var zero ndbuf.Array[int]
	for name, f := range map[string]func(){
		"At": func() { zero.At() }, "At1": func() { zero.At1(0) }, "At2": func() { zero.At2(0, 0) }, "At3": func() { zero.At3(0, 0, 0) },
		"Set": func() { zero.Set(1) }, "Set1": func() { zero.Set1(0, 1) }, "Set2": func() { zero.Set2(0, 0, 1) },
		"Set3": func() { zero.Set3(0, 0, 0, 1) },
		"All": func() {
			for range zero.All() {
			}
		},
	} {
		if err := panics(f); !errors.Is(err, ndbuf.ErrReleased) || err.Error() != ndbuf.ErrReleased.Error() {
			t.Errorf("%s of the zero Array panics with %v", name, err)
		}
	}
	if _, err := zero.Rows(); !errors.Is(err, ndbuf.ErrReleased) {
		t.Errorf("Rows of the zero Array: %v", err)
	}
	if zero.Len() != 0 || zero.Shape() != nil || zero.View() != nil || zero.NDim() != 0 || zero.Release() != nil {
		t.Error("the zero Array has items")
	}
}

func TestAsChecks(t *testing.T) {
	swapped, native := ">", "<"
	if ndbuf.Must(ndbuf.Of([]uint16{1})).Buffer().Mem[0] == 0 {
		swapped, native = native, swapped
	}
	view := func(format string, n int) *ndbuf.MemoryView {
		return ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, n), Format: format}))
	}
	type pair struct {
		A int64
		B float64
	}
	type named float64
	type onlyBool struct{ B bool }
	as := func(t *testing.T, f func() error, class error, text string) {
		t.Helper()
		err := f()
		if class == nil && err != nil || class != nil && (!errors.Is(err, class) || !strings.Contains(err.Error(), text)) {
			t.Errorf("got %v, want %v with %q", err, class, text)
		}
	}
	try := func(m *ndbuf.MemoryView) [8]func() error {
		return [8]func() error{
			func() error { _, err := ndbuf.As[float64](m); return err },
			func() error { _, err := ndbuf.As[int64](m); return err },
			func() error { _, err := ndbuf.As[uint8](m); return err },
			func() error { _, err := ndbuf.As[bool](m); return err },
			func() error { _, err := ndbuf.As[pair](m); return err },
			func() error { _, err := ndbuf.As[named](m); return err },
			func() error { _, err := ndbuf.As[[2]float64](m); return err },
			func() error { _, err := ndbuf.As[onlyBool](m); return err },
		}
	}
	const (
		f8 = iota
		i8
		u1
		b1
		st
		nm
		arr
		ob
	)
	as(t, try(view("d", 16))[f8], nil, "")
	as(t, try(view(native+"d", 16))[f8], nil, "")
	as(t, try(view("=d", 16))[nm], nil, "")
	as(t, try(view("q", 16))[i8], nil, "")
	as(t, try(view("2d", 16))[arr], nil, "")
	as(t, try(view("(2)d", 16))[arr], nil, "")
	as(t, try(view("c", 16))[u1], nil, "")
	as(t, try(view("?", 16))[u1], nil, "")
	as(t, try(ndbuf.Must(ndbuf.Of([]bool{true})))[b1], nil, "")
	as(t, try(ndbuf.Must(ndbuf.Of([]onlyBool{{true}})))[ob], nil, "")
	as(t, try(ndbuf.Must(ndbuf.Of([]pair{{1, 2}})))[st], nil, "")
	as(t, try(view(swapped+"d", 16))[f8], ndbuf.ErrType, "byte order")
	as(t, try(view("d", 16))[i8], ndbuf.ErrType, "As[float64]")
	as(t, try(view("Q", 16))[i8], ndbuf.ErrType, "As[uint64]")
	as(t, try(view("i", 16))[i8], ndbuf.ErrType, "As[int32]")
	as(t, try(view("?", 16))[b1], ndbuf.ErrType, "As[uint8]")
	as(t, try(view("?", 16))[ob], ndbuf.ErrType, "As[uint8]")
	as(t, try(ndbuf.Must(ndbuf.Of([]bool{true})))[u1], ndbuf.ErrType, "As[bool]")
	as(t, try(view("dd", 16))[st], ndbuf.ErrType, "not laid out")
	as(t, try(ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, 16), Format: "nonsense", Layout: strides.Layout{ItemSize: 8}})))[f8], ndbuf.ErrNotImplemented, "")
	gone := view("d", 16)
	gone.Release()
	as(t, try(gone)[f8], ndbuf.ErrReleased, "")
	_, err := ndbuf.As[*int](view("P", 16))
	as(t, func() error { return err }, ndbuf.ErrType, "*int")
	// Alignment.
	mem := ndbuf.Must(ndbuf.New("B", strides.C, 64)).Buffer().Mem
	at := func(off int, stride int) *ndbuf.MemoryView {
		return ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: "q",
			Layout: strides.Layout{Shape: []int{3}, Strides: []int{stride}, Offset: off}}))
	}
	as(t, try(at(8, 16))[i8], nil, "")
	as(t, try(at(2, 16))[i8], ndbuf.ErrValue, "aligned")
	as(t, try(at(8, 10))[i8], ndbuf.ErrValue, "stride 10")
}

func TestArraySlices(t *testing.T) {
	a := ndbuf.Must(ndbuf.As[int32](numbered(12, 3, 4)))
	data := ndbuf.Must(a.Data())
	data[5] = 50
	if a.At2(1, 1) != 50 || len(data) != 12 {
		t.Errorf("Data does not share: %v", a.At2(1, 1))
	}
	row := ndbuf.Must(a.Lane(1, 2))
	row[0] = 80
	if !slices.Equal(row, []int32{80, 9, 10, 11}) || a.At2(2, 0) != 80 {
		t.Errorf("lane %v", row)
	}
	if row := ndbuf.Must(a.Lane(-1, 0)); !slices.Equal(row, []int32{0, 1, 2, 3}) || cap(row) != 4 {
		t.Errorf("lane %v with capacity %d", row, cap(row))
	}
	f := ndbuf.Must(ndbuf.As[int32](ndbuf.Must(numbered(12, 3, 4).Transpose())))
	if lane := ndbuf.Must(f.Lane(0, 1)); !slices.Equal(lane, []int32{4, 5, 6, 7}) {
		t.Errorf("lane %v", lane)
	}
	var all []int32
	for index, row := range ndbuf.Must(a.Rows()) {
		if len(index) != 1 || len(row) != 4 {
			t.Fatalf("row %v: %v", index, row)
		}
		all = append(all, row...)
	}
	if !slices.Equal(all, data) {
		t.Errorf("Rows yields %v", all)
	}
	p := ndbuf.Must(ndbuf.As[int32](ndbuf.Must(ndbuf.FromObject(rowsOf([]int{2, 3})))))
	if lane := ndbuf.Must(p.Lane(1, 1)); !slices.Equal(lane, []int32{3, 4, 5}) {
		t.Errorf("lane of rows %v", lane)
	}
	r := ndbuf.Must(ndbuf.As[int32](ndbuf.Must(numbered(12, 3, 4).ToReadOnly())))
	for name, c := range map[string]struct {
		err   error
		class error
	}{
		"Data of F order":       {errOf(f.Data()), ndbuf.ErrValue},
		"Data of read-only":     {errOf(r.Data()), ndbuf.ErrReadOnly},
		"Data of rows":          {errOf(p.Data()), ndbuf.ErrValue},
		"Lane of read-only":     {errOf(r.Lane(1, 0)), ndbuf.ErrReadOnly},
		"Lane across":           {errOf(a.Lane(0, 0)), ndbuf.ErrValue},
		"Lane across rows":      {errOf(p.Lane(0, 0)), ndbuf.ErrValue},
		"Lane of no axis":       {errOf(a.Lane(2, 0)), ndbuf.ErrIndex},
		"Lane out of range":     {errOf(a.Lane(1, 3)), ndbuf.ErrIndex},
		"Lane with two indices": {errOf(a.Lane(1, 1, 1)), ndbuf.ErrType},
		"Rows across":           {errOf(f.Rows()), ndbuf.ErrValue},
		"Rows of read-only":     {errOf(r.Rows()), ndbuf.ErrReadOnly},
	} {
		if !errors.Is(c.err, c.class) {
			t.Errorf("%s: %v, want %v", name, c.err, c.class)
		}
	}
}

// A walk that has begun goes on after Release, over memory that it holds.
func TestWalksOutliveRelease(t *testing.T) {
	for name, walk := range map[string]func(a ndbuf.Array[int32], item func(int32)){
		"All": func(a ndbuf.Array[int32], item func(int32)) {
			for _, v := range a.All() {
				item(v)
			}
		},
		"Values": func(a ndbuf.Array[int32], item func(int32)) {
			for v := range a.Values() {
				item(v)
			}
		},
		"Rows": func(a ndbuf.Array[int32], item func(int32)) {
			for index, row := range ndbuf.Must(a.Rows()) {
				index[0] = 77 // does not change the walk
				for _, v := range row {
					item(v)
				}
			}
		},
	} {
		m := numbered(12, 3, 4)
		a := ndbuf.Must(ndbuf.As[int32](m))
		rows := ndbuf.Must(a.Rows())
		var got []int32
		err := panics(func() {
			walk(a, func(v int32) {
				if err := a.Release(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
					t.Errorf("%s: the view is released beneath the walk: %v", name, err)
				}
				got = append(got, v)
			})
		})
		if err != nil || !slices.Equal(got, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) {
			t.Errorf("%s yields %v, panics with %v", name, got, err)
		}
		if err := panics(func() { rows(nil) }); !errors.Is(err, ndbuf.ErrReleased) {
			t.Errorf("Rows after Release: %v", err)
		}
		if err := m.Release(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Rows without items, and no rows.
	for _, shape := range [][]int{{3, 0}, {0, 3}} {
		n := 0
		for index, row := range ndbuf.Must(ndbuf.Must(ndbuf.NewOf[int32](strides.C, shape...)).Rows()) {
			if len(index) != 1 || index[0] != n || len(row) != 0 {
				t.Errorf("row %v of shape %v: %v", index, shape, row)
			}
			n++
		}
		if n != shape[0] {
			t.Errorf("%d rows of shape %v", n, shape)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestArrayDoesNotAllocate(t *testing.T) {
	a := ndbuf.Must(ndbuf.NewOf[float64](strides.C, 3, 4, 5))
	b := ndbuf.Must(ndbuf.NewOf[float64](strides.F, 3, 4))
	c := ndbuf.Must(ndbuf.NewOf[float64](strides.C, 3))
	d := ndbuf.Must(ndbuf.NewOf[float64](strides.C, 2, 2, 2, 2))
	rows := ndbuf.Must(ndbuf.As[float64](ndbuf.Must(ndbuf.FromObject([][]float64{{1, 2}, {3, 4}}))))
	i := 1
	if n := testing.AllocsPerRun(100, func() {
		c.Set1(i, c.At1(i)+1)
		b.Set2(i, i, b.At2(i, i)+1)
		a.Set3(i, i, i, a.At3(i, i, i)+1)
		d.Set(d.At(i, i, i, i)+1, i, i, i, i)
		rows.Set2(i, i, rows.At2(i, i)+rows.At(i, i))
		if lane, err := a.Lane(2, i, i); err != nil || len(lane) != 5 {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestArrayIsAnExport(t *testing.T) {
	m := numbered(6, 2, 3)
	a := ndbuf.Must(ndbuf.As[int32](m))
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("Release beneath an Array: %v", err)
	}
	if err := errors.Join(a.Release(), a.Release(), m.Release()); err != nil || !m.Released() {
		t.Errorf("Release: %v", err)
	}
	// A dropped Array gives its export back.
	m = numbered(6)
	if ndbuf.Must(ndbuf.As[int32](m)).At1(5) != 5 {
		t.Error("At1")
	}
	for i := 0; m.Release() != nil; i++ {
		if i > 100 {
			t.Fatal("a dropped Array holds its view")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	// One of NewOf owns its view.
	b := ndbuf.Must(ndbuf.NewOf[bool](strides.F, 2, 3))
	v := b.View()
	lent := ndbuf.Must(v.GetBuffer(ndbuf.BufFullRO))
	if err := b.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("Release while lent: %v", err)
	}
	b.Set2(1, 2, true)
	v.ReleaseBuffer(lent)
	for range b.Values() {
		if err := b.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
			t.Errorf("Release during a walk: %v", err)
		}
		break
	}
	if err := b.Release(); err != nil || !v.Released() {
		t.Errorf("Release: %v", err)
	}
}

func TestNewOf(t *testing.T) {
	a := ndbuf.Must(ndbuf.NewOf[complex64](strides.F, 2, 3))
	if v := a.View(); !slices.Equal(v.Strides(), []int{8, 16}) || v.ReadOnly() || v.Format() != "Zf" {
		t.Errorf("strides %v, format %q", v.Strides(), v.Format())
	}
	a.Set2(1, 2, 3i)
	if got := fmt.Sprint(slices.Collect(a.Values())); got != "[(0+0i) (0+0i) (0+0i) (0+0i) (0+0i) (0+3i)]" {
		t.Error(got)
	}
	if s := ndbuf.Must(ndbuf.NewOf[int](strides.C)); s.At() != 0 || s.Len() != 1 {
		t.Error("scalar")
	}
	if e := ndbuf.Must(ndbuf.NewOf[struct{}](strides.C, 3)); e.At1(2) != struct{}{} || len(ndbuf.Must(e.Data())) != 3 {
		t.Error("items without bytes")
	}
	// Other bytes than 0 and 1 are made bools on the way in.
	b := ndbuf.Must(ndbuf.NewOf[bool](strides.C, 4))
	src := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: []byte{0, 2, 255, 1}, Format: "?"}))
	if err := ndbuf.Copy(b.View(), src); err != nil || !slices.Equal(b.View().Buffer().Mem, []byte{0, 1, 1, 1}) {
		t.Errorf("%v, %v", b.View().Buffer().Mem, err)
	}
	for name, err := range map[string]error{
		"pointer":  errOf(ndbuf.NewOf[*int](strides.C, 2)),
		"negative": errOf(ndbuf.NewOf[int](strides.C, -2)),
		"overflow": errOf(ndbuf.NewOf[int](strides.C, 1<<30, 1<<30, 1<<30)),
		"order":    errOf(ndbuf.NewOf[int]('x', 2)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
