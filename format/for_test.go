package format_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/format"
)

type point struct{ X, Y float32 }

type padded struct {
	A bool
	B int32
	C uint8
}

type nested struct {
	point
	P [2]point
	_ [3]byte
	M [2][3]int16
	Z complex128
	E struct{}
	Q int64
	T int8
}

type tail struct {
	A int32
	Z struct{}
}

type linked struct {
	Name string
	Next *linked
}

func forType[T any](t *testing.T, want string) {
	t.Helper()
	u, err := format.For[T]()
	if err != nil {
		t.Error(err)
		return
	}
	var zero T
	if want != "" && u.String() != want {
		t.Errorf("%T: %s, want %s", zero, u, want)
	}
	if u.Size() != int(unsafe.Sizeof(zero)) {
		t.Errorf("%T: size %d of %s, want %d", zero, u.Size(), u, unsafe.Sizeof(zero))
	}
	rt := reflect.TypeFor[T]()
	for _, f := range u.Fields() {
		if sf, ok := rt, f.Name != ""; ok {
			g, found := sf.FieldByName(f.Name)
			if !found || int(g.Offset) != f.Offset || int(g.Type.Size()) != f.Size() {
				t.Errorf("%T.%s: offset %d size %d, want %d %d", zero, f.Name, f.Offset, f.Size(), g.Offset, g.Type.Size())
			}
		}
	}
	law(t, u)
	if v, _ := format.For[T](); v != u {
		t.Errorf("%T: a second Type", zero)
	}
}

func TestFor(t *testing.T) {
	forType[bool](t, "?")
	forType[int8](t, "b")
	forType[uint16](t, "H")
	forType[int32](t, "i")
	forType[uint64](t, "Q")
	forType[int](t, "")
	forType[uintptr](t, "")
	forType[float32](t, "f")
	forType[float64](t, "d")
	forType[complex64](t, "Zf")
	forType[complex128](t, "Zd")
	forType[myInt](t, "h")
	forType[[16]byte](t, "(16)B")
	forType[[2][3]float32](t, "(2,3)f")
	forType[[0]int32](t, "(0)i")
	forType[struct{}](t, "T{}")
	forType[point](t, "T{f:X:f:Y:}")
	forType[[4]point](t, "(4)T{f:X:f:Y:}")
	forType[padded](t, "T{?:A:3xi:B:B:C:3x}")
	forType[tail](t, "T{i:A:T{}:Z:4x}")
	forType[nested](t, "")
	u, _ := format.For[nested]()
	if _, ok := u.Field("_"); ok {
		t.Error("a blank field is no member")
	}
	if _, ok := u.Field("point"); !ok {
		t.Error("an embedded field is one")
	}
}

func TestForRefuses(t *testing.T) {
	check := func(_ *format.Type, err error, path string) {
		t.Helper()
		if !errors.Is(err, format.ErrType) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %q", err, path)
		}
	}
	u, err := format.For[linked]()
	check(u, err, "linked.Name: string contains a pointer")
	u, err = format.For[struct{ A [2][]int }]()
	check(u, err, "A[]: []int contains a pointer")
	u, err = format.For[[2]struct{ F func() }]()
	check(u, err, "F: func() contains a pointer")
	u, err = format.For[struct{ _ map[int]int }]()
	check(u, err, "_: map[int]int contains a pointer")
	u, err = format.For[any]()
	check(u, err, "contains a pointer")
	u, err = format.For[*int]()
	check(u, err, "contains a pointer")
	u, err = format.For[chan int]()
	check(u, err, "contains a pointer")
	u, err = format.For[unsafe.Pointer]()
	check(u, err, "contains a pointer")
	u, err = format.For[[1 << 20]struct{}]()
	check(u, err, "too many values")
	u, err = format.ForType(nil)
	check(u, err, "nil")
	deep := reflect.TypeFor[byte]()
	for range 65 {
		deep = reflect.ArrayOf(1, deep)
	}
	u, err = format.ForType(deep)
	check(u, err, "dimensions")
}

// A structure that C would lay out otherwise keeps its offsets.
func TestForDecode(t *testing.T) {
	u, err := format.For[padded]()
	if err != nil {
		t.Fatal(err)
	}
	x := padded{true, -5, 200}
	mem := unsafe.Slice((*byte)(unsafe.Pointer(&x)), unsafe.Sizeof(x))
	v, err := u.Decode(mem)
	if fmt.Sprint(v, err) != "[true -5 200] <nil>" {
		t.Error(v, err)
	}
	if err := u.Encode(mem, format.Record{false, 7, 8}); err != nil || x != (padded{false, 7, 8}) {
		t.Error(x, err)
	}
}
