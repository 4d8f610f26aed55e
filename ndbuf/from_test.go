package ndbuf_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// wantView compares what is reported of a view.
func wantView(t *testing.T, name string, m *ndbuf.MemoryView, format string, shape, steps, sub []int, readOnly bool) {
	t.Helper()
	if m.Format() != format || !slices.Equal(m.Shape(), shape) || !slices.Equal(m.Strides(), steps) ||
		!slices.Equal(m.SubOffsets(), sub) || m.ReadOnly() != readOnly {
		t.Errorf("%s: format %q, shape %v, strides %v, suboffsets %v, read-only %v; want %q, %v, %v, %v, %v", name,
			m.Format(), m.Shape(), m.Strides(), m.SubOffsets(), m.ReadOnly(), format, shape, steps, sub, readOnly)
	}
}

type label string

type grid [2][3]int16

func TestFromObject(t *testing.T) {
	const header = 3 * int(unsafe.Sizeof(uintptr(0)))
	type point struct{ X, Y int32 }
	number := 2.5
	for _, c := range []struct {
		name              string
		obj               any
		format            string
		shape, steps, sub []int
		readOnly          bool
	}{
		{"[]byte", []byte{1, 2}, "B", []int{2}, []int{1}, nil, false},
		{"[]float64", []float64{1, 2, 3}, "d", []int{3}, []int{8}, nil, false},
		{"nil slice", []float32(nil), "f", []int{0}, []int{4}, nil, false},
		{"string", "abc", "B", []int{3}, []int{1}, nil, true},
		{"named string", label("abcd"), "B", []int{4}, []int{1}, nil, true},
		{"empty string", "", "B", []int{0}, []int{1}, nil, true},
		{"*[3]int16", &[3]int16{}, "h", []int{3}, []int{2}, nil, false},
		{"*[2][3]int16", &[2][3]int16{}, "h", []int{2, 3}, []int{6, 2}, nil, false},
		{"*named array", &grid{}, "h", []int{2, 3}, []int{6, 2}, nil, false},
		{"[][2]uint32", make([][2]uint32, 5), "I", []int{5, 2}, []int{8, 4}, nil, false},
		{"[][0]uint32", make([][0]uint32, 5), "I", []int{5, 0}, []int{0, 4}, nil, false},
		{"*struct", &point{}, "T{i:X:i:Y:}", []int{}, []int{}, nil, false},
		{"*float64", &number, "d", []int{}, []int{}, nil, false},
		{"[][]byte", [][]byte{{1, 2}, {3, 4}, {5, 6}}, "B", []int{3, 2}, []int{header, 1}, []int{0, -1}, false},
		{"[][]float32/empty", [][]float32{}, "f", []int{0, 0}, []int{header, 4}, []int{0, -1}, false},
		{"[][]float32/nil", [][]float32(nil), "f", []int{0, 0}, []int{header, 4}, []int{0, -1}, false},
		{"[][]float32/nil rows", make([][]float32, 3), "f", []int{3, 0}, []int{header, 4}, []int{0, -1}, false},
		{"[][][3]int8", [][][3]int8{make([][3]int8, 2), make([][3]int8, 2)}, "b", []int{2, 2, 3}, []int{header, 3, 1}, []int{0, -1, -1}, false},
		{"[][][]int8", [][][]int8{{{1}, {2}}, {{3}, {4}}, {{5}, {6}}}, "b", []int{3, 2, 1}, []int{header, header, 1}, []int{0, 0, -1}, false},
		{"*[2][]int8", &[2][]int8{{1, 2, 3}, {4, 5, 6}}, "b", []int{2, 3}, []int{header, 1}, []int{0, -1}, false},
		{"[][2][]int8", [][2][]int8{{{1}, {2}}}, "b", []int{1, 2, 1}, []int{2 * header, header, 1}, []int{-1, 0, -1}, false},
	} {
		m, err := ndbuf.FromObject(c.obj)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		wantView(t, c.name, m, c.format, c.shape, c.steps, c.sub, c.readOnly)
		if !reflect.DeepEqual(m.Base(), c.obj) {
			t.Errorf("%s: Base is %v", c.name, m.Base())
		}
	}
}

func TestFromObjectShares(t *testing.T) {
	rows := [][][2]int32{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}}
	m := ndbuf.Must(ndbuf.FromObject(rows))
	if err := m.Set(99, 1, 0, 1); err != nil || rows[1][0][1] != 99 {
		t.Errorf("a store does not reach the row: %v, %v", rows, err)
	}
	old := rows[1]
	rows[1] = [][2]int32{{-1, -1}, {-1, -1}} // changes the slice, not the view
	if got := ndbuf.Must(m.Get(1, 1, 0)); got != int32(7) {
		t.Errorf("the view follows a replaced row: %v", got)
	}
	old[1][0] = 70
	if got := ndbuf.Must(m.Get(1, 1, 0)); got != int32(70) {
		t.Errorf("the view does not share the row: %v", got)
	}
	n := 3.5
	s := ndbuf.Must(ndbuf.FromObject(&n))
	if err := s.Set(4.5); err != nil || n != 4.5 {
		t.Errorf("a store does not reach the variable: %v, %v", n, err)
	}
	// Deep slices, in part and permuted.
	cube := make([][][]int16, 3)
	k := int16(0)
	for i := range cube {
		cube[i] = make([][]int16, 4)
		for j := range cube[i] {
			cube[i][j] = []int16{k, k + 1}
			k += 2
		}
	}
	c := ndbuf.Must(ndbuf.Must(ndbuf.FromObject(cube)).Slice("::-1, 1:3, 1"))
	if got := fmt.Sprint(ndbuf.Must(c.ToList())); got != "[[19 21] [11 13] [3 5]]" {
		t.Error(got)
	}
	v := ndbuf.Must(ndbuf.FromObject(c))
	if v == c || v.Base() == nil || !slices.Equal(v.Shape(), c.Shape()) {
		t.Error("a view of a view")
	}
	if err := errors.Join(c.Release(), v.Release()); err != nil {
		t.Error(err)
	}
	if _, err := ndbuf.FromObject(c); !errors.Is(err, ndbuf.ErrReleased) {
		t.Errorf("a released view: %v", err)
	}
}

func TestFromObjectKeepsBools(t *testing.T) {
	type flags struct {
		A uint8
		B bool
	}
	for _, obj := range []any{[]bool{false, false}, &[2]bool{}, [][]bool{{false, false}}, []flags{{}, {}}, &flags{}} {
		m := ndbuf.Must(ndbuf.FromObject(obj))
		src := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: slices.Repeat([]byte{7}, m.NBytes()), Format: m.Format(),
			Layout: strides.Layout{Shape: m.Shape()}}))
		if err := ndbuf.Copy(m, src); err != nil {
			t.Errorf("%T: %v", obj, err)
			continue
		}
		for _, b := range ndbuf.Must(m.ToBytes(strides.C)) {
			if b == 7 && m.ItemSize() == 1 || b != 1 && b != 7 {
				t.Errorf("%T: byte %d", obj, b)
			}
		}
	}
	f := flags{}
	m := ndbuf.Must(ndbuf.FromObject(&f))
	src := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: []byte{7, 7}, Format: m.Format(), Layout: strides.Layout{Shape: []int{}}}))
	if err := ndbuf.Copy(m, src); err != nil || f != (flags{7, true}) {
		t.Errorf("%v, %v", f, err)
	}
	if v := ndbuf.Must(ndbuf.Must(ndbuf.FromObject([]bool{true})).Cast("B")); !v.ReadOnly() {
		t.Error("a cast of bools is writable")
	}
}

func TestFromObjectErrors(t *testing.T) {
	var nilView *ndbuf.MemoryView
	type node struct{ Next *int }
	for _, c := range []struct {
		name  string
		obj   any
		class error
		text  string
	}{
		{"nil", nil, ndbuf.ErrType, "nil"},
		{"nil view", nilView, ndbuf.ErrValue, "nil"},
		{"nil pointer", (*[3]int)(nil), ndbuf.ErrValue, "*[3]int"},
		{"nil image", (*image.RGBA)(nil), ndbuf.ErrValue, "*image.RGBA"},
		{"array by value", [3]int{}, ndbuf.ErrType, "address"},
		{"number by value", 3, ndbuf.ErrType, "int"},
		{"map", map[int]int{}, ndbuf.ErrType, "map[int]int"},
		{"channel", make(chan int), ndbuf.ErrType, "chan int"},
		{"function", func() {}, ndbuf.ErrType, "func()"},
		{"slice of strings", []string{"a"}, ndbuf.ErrType, "[]string"},
		{"slice of pointers", []*int{nil}, ndbuf.ErrType, "[]*int"},
		{"struct with a pointer", &node{}, ndbuf.ErrType, "Next"},
		{"pointer to slice", &[]int{1}, ndbuf.ErrType, "[]int itself"},
		{"pointer to pointer", new(*int), ndbuf.ErrType, "*int itself"},
		{"ragged", [][]int{{1, 2}, {3, 4}, {5}}, ndbuf.ErrValue, "row [2] has 1 items"},
		{"ragged deeper", [][][]int{{{1}, {2}}, {{3}, {4, 5}}}, ndbuf.ErrValue, "row [1 1] has 2 items"},
		{"nil row", [][]int{{1, 2}, nil}, ndbuf.ErrValue, "row [1] has 0 items"},
		{"ragged in an array", &[2][]int{{1}, {}}, ndbuf.ErrValue, "row [1] has 0 items"},
		{"YCbCr", image.NewYCbCr(image.Rect(0, 0, 2, 2), image.YCbCrSubsampleRatio420), ndbuf.ErrType, "planes"},
		{"short Pix", &image.Gray{Pix: make([]byte, 5), Stride: 3, Rect: image.Rect(0, 0, 3, 2)}, ndbuf.ErrValue, "*image.Gray"},
		{"uniform image", image.NewUniform(color.Black), ndbuf.ErrType, "*image.Uniform"},
	} {
		m, err := ndbuf.FromObject(c.obj)
		if m != nil || !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, %v", c.name, m, err)
		}
	}
}

func TestFromImage(t *testing.T) {
	r := image.Rect(-1, 2, 4, 6) // 5 wide, 4 high
	palette := color.Palette{color.Black, color.White}
	type subImager interface {
		image.Image
		SubImage(image.Rectangle) image.Image
	}
	for _, c := range []struct {
		img    subImager
		format string
		shape  []int
		steps  []int
	}{
		{image.NewGray(r), "B", []int{4, 5}, []int{5, 1}},
		{image.NewAlpha(r), "B", []int{4, 5}, []int{5, 1}},
		{image.NewPaletted(r, palette), "B", []int{4, 5}, []int{5, 1}},
		{image.NewGray16(r), ">H", []int{4, 5}, []int{10, 2}},
		{image.NewAlpha16(r), ">H", []int{4, 5}, []int{10, 2}},
		{image.NewRGBA(r), "B", []int{4, 5, 4}, []int{20, 4, 1}},
		{image.NewNRGBA(r), "B", []int{4, 5, 4}, []int{20, 4, 1}},
		{image.NewCMYK(r), "B", []int{4, 5, 4}, []int{20, 4, 1}},
		{image.NewRGBA64(r), ">H", []int{4, 5, 4}, []int{40, 8, 2}},
		{image.NewNRGBA64(r), ">H", []int{4, 5, 4}, []int{40, 8, 2}},
	} {
		name := fmt.Sprintf("%T", c.img)
		wantView(t, name, ndbuf.Must(ndbuf.FromObject(c.img)), c.format, c.shape, c.steps, nil, false)
		sub := c.img.SubImage(image.Rect(1, 3, 3, 6)) // 2 wide, 3 high
		m := ndbuf.Must(ndbuf.FromObject(sub))
		wantView(t, name+"/sub", m, c.format, append([]int{3, 2}, c.shape[2:]...), c.steps, nil, false)
		if e := ndbuf.Must(ndbuf.FromObject(c.img.SubImage(image.Rect(9, 9, 9, 9)))); e.Len() != 0 {
			t.Errorf("%s: an empty image has %d items", name, e.Len())
		}
	}
	g := image.NewGray16(r)
	g.SetGray16(2, 4, color.Gray16{Y: 0x1234})
	m := ndbuf.Must(ndbuf.FromObject(g.SubImage(image.Rect(1, 3, 3, 6))))
	if got := ndbuf.Must(m.Get(1, 1)); got != uint16(0x1234) {
		t.Errorf("pixel %#x", got)
	}
	c := image.NewRGBA(r)
	v := ndbuf.Must(ndbuf.FromObject(c))
	if err := v.Set(9, 1, 2, 3); err != nil || c.RGBAAt(1, 3).A != 9 {
		t.Errorf("a store does not reach the image: %v, %v", c.RGBAAt(1, 3), err)
	}
}

// secret is a type that only an adapter knows.
type secret struct{ words []uint16 }

func TestRegister(t *testing.T) {
	ndbuf.Register(func(obj any) (*ndbuf.Buffer, error) {
		if _, ok := obj.(*secret); ok {
			return nil, errors.New("the first adapter is asked last")
		}
		return nil, nil
	})
	if _, err := ndbuf.FromObject(&secret{}); err == nil || err.Error() != "the first adapter is asked last" {
		t.Errorf("the adapter's error: %v", err)
	}
	ndbuf.Register(func(obj any) (*ndbuf.Buffer, error) {
		s, ok := obj.(*secret)
		if !ok {
			return nil, nil
		}
		if s.words == nil {
			return &ndbuf.Buffer{}, nil
		}
		return ndbuf.Must(ndbuf.Of(s.words)).Buffer(), nil
	})
	s := &secret{words: []uint16{1, 2, 3}}
	m := ndbuf.Must(ndbuf.FromObject(s))
	wantView(t, "secret", m, "H", []int{3}, []int{2}, nil, false)
	if m.Base() != any(s) {
		t.Errorf("Base is %v", m.Base())
	}
	if _, err := ndbuf.FromObject(&secret{}); !errors.Is(err, ndbuf.ErrValue) {
		t.Errorf("a malformed answer: %v", err)
	}
	done := make(chan error)
	for range 4 {
		go func() {
			ndbuf.Register(func(any) (*ndbuf.Buffer, error) { return nil, nil })
			_, err := ndbuf.FromObject(s)
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Register(nil) does not panic")
		}
	}()
	ndbuf.Register(nil)
}

// rented is a type that an adapter answers with a buffer of an exporter.
type rented struct {
	buf func() *ndbuf.Buffer
}

func init() {
	ndbuf.Register(func(obj any) (*ndbuf.Buffer, error) {
		if r, ok := obj.(*rented); ok {
			return r.buf(), nil
		}
		return nil, nil
	})
}

// What an adapter passes on of an exporter goes back to it, once, after the last view.
func TestRegisterLent(t *testing.T) {
	e := &lender{}
	e.buf = ndbuf.Buffer{Mem: make([]byte, 4), Obj: e}
	r := &rented{buf: func() *ndbuf.Buffer { return ndbuf.Must(e.GetBuffer(ndbuf.BufFull)) }}
	m := ndbuf.Must(ndbuf.FromObject(r))
	part := ndbuf.Must(m.Slice("1:"))
	if m.Base() != any(r) {
		t.Errorf("Base is %v", m.Base())
	}
	m.Release()
	e.check(t, 1)
	part.Release()
	e.check(t, 0)

	// A malformed one goes back at once.
	bad := &rented{buf: func() *ndbuf.Buffer {
		b := ndbuf.Must(e.GetBuffer(ndbuf.BufFull))
		b.Layout.Shape[0]++
		return b
	}}
	if _, err := ndbuf.FromObject(bad); !errors.Is(err, ndbuf.ErrValue) {
		t.Errorf("a malformed answer: %v", err)
	}
	e.check(t, 0)

	// A view that is dropped gives it back too.
	if ndbuf.Must(ndbuf.FromObject(r)).Len() != 4 {
		t.Error("Len")
	}
	for i := 0; e.lent.Load() != 0; i++ {
		if i > 100 {
			t.Fatal("a dropped view keeps the buffer")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	e.check(t, 0)

	// What Buffer describes is not lent, whatever its Obj; what a view's GetBuffer lends is.
	m = ndbuf.Must(ndbuf.FromObject(e))
	v := ndbuf.Must(ndbuf.FromObject(&rented{buf: m.Buffer}))
	v.Release()
	e.check(t, 1)
	v = ndbuf.Must(ndbuf.FromObject(&rented{buf: func() *ndbuf.Buffer { return ndbuf.Must(m.GetBuffer(ndbuf.BufFull)) }}))
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("Release beneath a view of an adapter: %v", err)
	}
	v.Release()
	if err := m.Release(); err != nil {
		t.Error(err)
	}
	e.check(t, 0)

	// Memory with Go bools stays what it is.
	bools := ndbuf.Must(ndbuf.Of([]bool{true, false}))
	v = ndbuf.Must(ndbuf.FromObject(&rented{buf: bools.Buffer}))
	if _, err := ndbuf.As[bool](v); err != nil {
		t.Errorf("bools through an adapter: %v", err)
	}
	v = ndbuf.Must(ndbuf.FromObject(&rented{buf: func() *ndbuf.Buffer {
		b := bools.Buffer()
		b.Format = "B"
		return b
	}}))
	if err := v.Set(2, 0); !errors.Is(err, ndbuf.ErrReadOnly) {
		t.Errorf("bools as bytes through an adapter: %v", err)
	}
}
