package ndbuf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// sentinels are all there are: a failure answers exactly the one a case names, and those that the sentinel implies.
var sentinels = map[string]error{
	"buffer": ndbuf.ErrBuffer, "value": ndbuf.ErrValue, "type": ndbuf.ErrType, "index": ndbuf.ErrIndex,
	"overflow": ndbuf.ErrOverflow, "notimplemented": ndbuf.ErrNotImplemented, "struct": format.ErrStruct,
}

// TestBadBuffers: descriptions that FromBuffer refuses, each with a word of the message that names the fault.
func TestBadBuffers(t *testing.T) {
	mem := make([]byte, 24)
	ptr := make([]byte, 2*unsafe.Sizeof(uintptr(0)))
	wild := make([]byte, 2*unsafe.Sizeof(uintptr(0)))
	for i := range wild {
		wild[i] = 0x5a
	}
	block := make([]byte, 8)
	p := int(unsafe.Sizeof(uintptr(0)))
	for i := range 2 {
		at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(block)))) + uint64(4*i)
		if p == 8 {
			binary.NativeEndian.PutUint64(ptr[8*i:], at)
		} else {
			binary.NativeEndian.PutUint32(ptr[4*i:], uint32(at))
		}
	}
	big := math.MaxInt/4 + 1
	l := func(isz, off int, shape, st, sub []int) strides.Layout {
		return strides.Layout{ItemSize: isz, Offset: off, Shape: shape, Strides: st, SubOffsets: sub}
	}
	for _, c := range []struct {
		name string
		buf  *ndbuf.Buffer
		says string // if it begins with a class and a colon: that of the cause
	}{
		{"nil", nil, "nil"},
		{"no memory", &ndbuf.Buffer{Layout: l(1, 0, []int{0}, []int{1}, nil)}, "Mem"},
		{"item size unknown", &ndbuf.Buffer{Mem: mem, Format: "bogus"}, "struct: ItemSize"},
		{"negative item size", &ndbuf.Buffer{Mem: mem, Layout: l(-1, 0, []int{1}, []int{1}, nil)}, "-1"},
		{"negative length", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{-1}, []int{1}, nil)}, "-1"},
		{"negative length behind a zero", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{0, -3}, []int{1, 1}, nil)}, "-3"},
		{"fewer strides than axes", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{2, 2}, []int{1}, nil)}, "stride"},
		{"more strides than axes", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{2}, []int{1, 1}, nil)}, "stride"},
		{"strides without shape", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, nil, []int{1}, nil)}, "shape"},
		{"suboffsets without shape", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, nil, nil, []int{0})}, "shape"},
		{"fewer suboffsets than axes", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{2, 2}, []int{8, 1}, []int{0})}, "suboffset"},
		{"65 axes", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, make([]int, 65), make([]int, 65), nil)}, "65"},
		{"too long", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{25}, []int{1}, nil)}, "24"},
		{"one item too far", &ndbuf.Buffer{Mem: mem, Layout: l(8, 1, []int{3}, []int{8}, nil)}, "25"},
		{"before the start", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{2}, []int{-1}, nil)}, "-1"},
		{"negative offset", &ndbuf.Buffer{Mem: mem, Layout: l(1, -1, []int{2}, []int{1}, nil)}, "-1"},
		{"offset past the end", &ndbuf.Buffer{Mem: mem, Layout: l(1, 25, []int{1}, []int{1}, nil)}, "24"},
		{"flat offset past the end", &ndbuf.Buffer{Mem: mem, Layout: l(1, 25, nil, nil, nil)}, "Offset"},
		{"flat negative offset", &ndbuf.Buffer{Mem: mem, Layout: l(1, -1, nil, nil, nil)}, "Offset"},
		{"scalar past the end", &ndbuf.Buffer{Mem: mem, Layout: l(8, 17, []int{}, nil, nil)}, "24"},
		{"stride out of memory", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{2}, []int{24}, nil)}, "24"},
		{"product overflows", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{big, 8}, []int{0, 0}, nil)}, "overflow: axis 1"},
		{"C strides overflow", &ndbuf.Buffer{Mem: mem, Layout: l(8, 0, []int{4, big}, nil, nil)}, "overflow: axis 1"},
		{"stride sum overflows", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{3, 3}, []int{math.MaxInt, math.MaxInt}, nil)}, "overflow: beyond an int"},
		{"offset and extent overflow", &ndbuf.Buffer{Mem: mem, Layout: l(1, math.MaxInt, []int{2}, []int{1}, nil)}, "overflow: beyond an int"},
		{"smallest stride", &ndbuf.Buffer{Mem: mem, Layout: l(1, 0, []int{2}, []int{math.MinInt}, nil)}, "overflow: beyond an int"},
		{"item beyond all memory", &ndbuf.Buffer{Mem: mem, Layout: l(math.MaxInt, 0, []int{2}, []int{0}, nil)}, "overflow: bytes in all"},
		{"pointer memory too short", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(1, 0, []int{3, 4}, []int{p, 1}, []int{0, -1})}, "axis 0"},
		{"pointer before memory", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(1, 0, []int{2, 4}, []int{-p, 1}, []int{0, -1})}, "axis 0"},
		{"wild pointer", &ndbuf.Buffer{Mem: wild, Blocks: [][]byte{block}, Layout: l(1, 0, []int{2, 4}, []int{p, 1}, []int{0, -1})}, "block"},
		{"no blocks", &ndbuf.Buffer{Mem: ptr, Layout: l(1, 0, []int{2, 4}, []int{p, 1}, []int{0, -1})}, "block"},
		{"row too long for its block", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(1, 0, []int{2, 5}, []int{p, 1}, []int{0, -1})}, "block"},
		{"suboffset leaves the block", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(1, 0, []int{2, 4}, []int{p, 1}, []int{5, -1})}, "block"},
		{"row before its block", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(1, 0, []int{1, 2}, []int{p, -1}, []int{0, -1})}, "block"},
		{"second pointer too far", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(1, 0, []int{1, 2, 1}, []int{p, p, 1}, []int{0, 0, -1})}, "axis"},
		{"empty, with lengths that overflow behind the pointer", &ndbuf.Buffer{Mem: ptr, Layout: l(1, 0, []int{0, big, 8}, []int{p, 1, 1}, []int{0, -1, -1})},
			"overflow: behind the pointers"},
		{"endless pointers", &ndbuf.Buffer{Mem: ptr, Blocks: [][]byte{block}, Layout: l(0, 0, many(28, 2), many(28, 1), append(many(27, -1), 0))}, "pointers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := ndbuf.FromBuffer(c.buf)
			class, says := "value", c.says
			if cause, rest, ok := strings.Cut(says, ": "); ok {
				class, says = "value "+cause, rest
			}
			refused(t, m, err, class, says)
		})
	}
	if !bytes.Equal(mem, make([]byte, 24)) || !bytes.Equal(block, make([]byte, 8)) {
		t.Error("memory was written to")
	}
}

func many(n, v int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// refused checks the class of an error, and of its cause if that has one more; that it answers no other; that nothing
// came with it; and its message.
func refused(t *testing.T, m *ndbuf.MemoryView, err error, class, says string) {
	t.Helper()
	if err == nil {
		t.Fatal("not refused")
	}
	if m != nil {
		t.Error("a view came with the error")
	}
	for name, sentinel := range sentinels {
		if got := errors.Is(err, sentinel); got != slices.Contains(strings.Fields(class), name) {
			t.Errorf("errors.Is %s is %v, want class %s: %v", name, got, class, err)
		}
	}
	if !strings.HasPrefix(err.Error(), "ndbuf: ") {
		t.Errorf("the message does not begin with the package: %v", err)
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("the message does not name the fault %q: %v", says, err)
	}
}

// TestBadCalls: calls that are refused, and leave the memory of view m (uint16 [2 3], "H") as it was.
func TestBadCalls(t *testing.T) {
	data := []uint16{1, 2, 3, 4, 5, 6}
	before := append([]uint16(nil), data...)
	m := ndbuf.Must(ndbuf.Of(data, 2, 3))
	flat := ndbuf.Must(m.Reshape(6))
	ro := ndbuf.Must(m.ToReadOnly())
	tr := ndbuf.Must(m.Transpose())
	odd := ndbuf.Must(flat.Slice("::2"))
	floats := ndbuf.Must(ndbuf.New("d", strides.C, 2, 3))
	text := ndbuf.Must(ndbuf.FromObject("abcdef"))
	view := func(m *ndbuf.MemoryView, err error) (*ndbuf.MemoryView, error) { return m, err }
	only := func(err error) (*ndbuf.MemoryView, error) { return nil, err }
	any1 := func(_ any, err error) (*ndbuf.MemoryView, error) { return nil, err }
	for _, c := range []struct {
		name  string
		call  func() (*ndbuf.MemoryView, error)
		class string
		says  string
	}{
		{"FromObject(nil)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject(nil) }, "type", "nil"},
		{"FromObject(5)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject(5) }, "type", "int"},
		{"FromObject([]string)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject([]string{"a"}) }, "type", "string"},
		{"FromObject(array by value)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject([2]int{}) }, "type", "address"},
		{"FromObject(map)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject(map[int]int{}) }, "type", "map"},
		{"FromObject(ragged)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject([][]int{{1, 2}, {3}}) }, "value", "1"},
		{"FromMemory(no access)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromMemory(nil, 0) }, "value", "access"},
		{"FromMemory(shadow)", func() (*ndbuf.MemoryView, error) { return ndbuf.FromMemory(nil, ndbuf.Shadow) }, "value", "access"},
		{"GetContiguous(access)", func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(m, 3, strides.C) }, "value", "access"},
		{"GetContiguous(order)", func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(m, ndbuf.Read, 'K') }, "value", "'C'"},
		{"GetContiguous(read-only)", func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(ro, ndbuf.Write, strides.C) }, "buffer", "writable"},
		{"GetContiguous(no copy)", func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(tr, ndbuf.Write, strides.C) }, "buffer", "contiguous"},
		{"New(bad format)", func() (*ndbuf.MemoryView, error) { return ndbuf.New("bogus", strides.C) }, "value struct", "bogus"},
		{"New(negative)", func() (*ndbuf.MemoryView, error) { return ndbuf.New("B", strides.C, -1) }, "value", "-1"},
		{"New(too large)", func() (*ndbuf.MemoryView, error) { return ndbuf.New("d", strides.C, math.MaxInt, 2) }, "value overflow", "axis 0"},
		{"New(order)", func() (*ndbuf.MemoryView, error) { return ndbuf.New("d", 'X', 2) }, "value", "X"},
		{"Of(wrong product)", func() (*ndbuf.MemoryView, error) { return ndbuf.Of(data, 4, 2) }, "value", "6"},
		{"Slice(syntax)", func() (*ndbuf.MemoryView, error) { return m.Slice("1:2:3:4") }, "value", "1:2:3:4"},
		{"Slice(step 0)", func() (*ndbuf.MemoryView, error) { return m.Slice("::0") }, "value", "0"},
		{"Slice(too many)", func() (*ndbuf.MemoryView, error) { return m.Slice("0,0,0") }, "type", "3"},
		{"Slice(out of range)", func() (*ndbuf.MemoryView, error) { return m.Slice("2") }, "index", "2"},
		{"Slice(two ellipses)", func() (*ndbuf.MemoryView, error) { return m.Slice("...,...") }, "index", "ellipsis"},
		{"Transpose(short)", func() (*ndbuf.MemoryView, error) { return m.Transpose(0) }, "value", "1"},
		{"Transpose(twice)", func() (*ndbuf.MemoryView, error) { return m.Transpose(0, 0) }, "value", "0"},
		{"Transpose(range)", func() (*ndbuf.MemoryView, error) { return m.Transpose(0, 2) }, "value index", "axis 2"},
		{"Reshape(product)", func() (*ndbuf.MemoryView, error) { return m.Reshape(4) }, "value", "4"},
		{"Reshape(two -1)", func() (*ndbuf.MemoryView, error) { return m.Reshape(-1, -1) }, "value", "-1"},
		{"Reshape(-2)", func() (*ndbuf.MemoryView, error) { return m.Reshape(-2, 3) }, "value", "-2"},
		{"Reshape(copy needed)", func() (*ndbuf.MemoryView, error) { return tr.Reshape(6) }, "value", "copy"},
		{"BroadcastTo", func() (*ndbuf.MemoryView, error) { return m.BroadcastTo(2, 4) }, "value", "4"},
		{"BroadcastTo(fewer)", func() (*ndbuf.MemoryView, error) { return m.BroadcastTo(3) }, "value", "3"},
		{"Field", func() (*ndbuf.MemoryView, error) { return m.Field("x") }, "index", "x"},
		{"Cast(format)", func() (*ndbuf.MemoryView, error) { return m.Cast("bogus") }, "value struct", "bogus"},
		{"Cast(strided)", func() (*ndbuf.MemoryView, error) { return odd.Cast("B") }, "type", "contiguous"},
		{"Cast(remainder)", func() (*ndbuf.MemoryView, error) { return m.Cast("q") }, "type", "12"},
		{"Cast(product)", func() (*ndbuf.MemoryView, error) { return m.Cast("B", 5) }, "type", "12"},
		{"Cast(negative)", func() (*ndbuf.MemoryView, error) { return m.Cast("B", -12) }, "value", "-12"},
		{"MoveAxis", func() (*ndbuf.MemoryView, error) { return m.MoveAxis(2, 0) }, "value index", "axis 2"},
		{"SwapAxes", func() (*ndbuf.MemoryView, error) { return m.SwapAxes(0, -3) }, "value index", "axis -3"},
		{"Flip", func() (*ndbuf.MemoryView, error) { return m.Flip(5) }, "index", "5"},
		{"Squeeze", func() (*ndbuf.MemoryView, error) { return m.Squeeze(0) }, "value", "0"},
		{"Clone(order)", func() (*ndbuf.MemoryView, error) { return m.Clone('Z') }, "value", "'C'"},
		{"CopyTo(short)", func() (*ndbuf.MemoryView, error) { return only(m.CopyTo(make([]byte, 11), strides.C)) }, "value", "11"},
		{"CopyFrom(read-only)", func() (*ndbuf.MemoryView, error) { return only(ro.CopyFrom(make([]byte, 12), strides.C)) }, "type", "read-only"},
		{"CopyFrom(order)", func() (*ndbuf.MemoryView, error) { return only(m.CopyFrom(make([]byte, 12), 0)) }, "value", "'C'"},
		{"Copy(read-only)", func() (*ndbuf.MemoryView, error) { return only(ndbuf.Copy(ro, m)) }, "type", "read-only"},
		{"Copy(format)", func() (*ndbuf.MemoryView, error) { return only(ndbuf.Copy(m, floats)) }, "type", "Convert"},
		{"Copy(shape)", func() (*ndbuf.MemoryView, error) { return only(ndbuf.Copy(m, flat)) }, "value", "6"},
		{"Assign(shape)", func() (*ndbuf.MemoryView, error) { return only(m.Assign(flat)) }, "value", "structures"},
		{"Assign(format)", func() (*ndbuf.MemoryView, error) { return only(m.Assign(floats)) }, "value type", "structures"},
		{"Assign(read-only)", func() (*ndbuf.MemoryView, error) { return only(ro.Assign(m)) }, "type", "read-only"},
		{"Assign(index)", func() (*ndbuf.MemoryView, error) { return only(m.Assign(flat, strides.At(9))) }, "index", "9"},
		{"CopyData(short)", func() (*ndbuf.MemoryView, error) { return only(ndbuf.CopyData(odd, m)) }, "buffer", "12"},
		{"Get(out of range)", func() (*ndbuf.MemoryView, error) { return any1(m.Get(0, 3)) }, "index", "3"},
		{"Get(too many)", func() (*ndbuf.MemoryView, error) { return any1(m.Get(0, 0, 0)) }, "type", "3"},
		{"Set(read-only)", func() (*ndbuf.MemoryView, error) { return only(text.Set(1, 0)) }, "type", "read-only"},
		{"Set(type)", func() (*ndbuf.MemoryView, error) { return only(m.Set("x", 0, 0)) }, "type struct", "H"},
		{"Set(float)", func() (*ndbuf.MemoryView, error) { return only(m.Set(1.5, 0, 0)) }, "type struct", "H"},
		{"Set(range)", func() (*ndbuf.MemoryView, error) { return only(m.Set(65536, 0, 0)) }, "value struct", "H"},
		{"Set(negative)", func() (*ndbuf.MemoryView, error) { return only(m.Set(-1, 0, 0)) }, "value struct", "H"},
		{"GetBuffer(writable)", func() (*ndbuf.MemoryView, error) { return any1(ro.GetBuffer(ndbuf.BufWritable)) }, "buffer", "writable"},
		{"GetBuffer(simple)", func() (*ndbuf.MemoryView, error) { return any1(tr.GetBuffer(ndbuf.BufSimple)) }, "buffer", "contiguous"},
		{"GetBuffer(format)", func() (*ndbuf.MemoryView, error) { return any1(m.GetBuffer(ndbuf.BufFormat)) }, "buffer", "format"},
		{"Hex(separator)", func() (*ndbuf.MemoryView, error) { return any1(m.Hex(0x80, 1)) }, "value", "ASCII"},
		{"As(kind)", func() (*ndbuf.MemoryView, error) { return any1(ndbuf.As[int16](m)) }, "type", "int16"},
		{"As(bool)", func() (*ndbuf.MemoryView, error) {
			return any1(ndbuf.As[bool](ndbuf.Must(ndbuf.New("?", strides.C, 3))))
		}, "type", "uint8"},
		{"Take(index)", func() (*ndbuf.MemoryView, error) {
			ix := ndbuf.Must(ndbuf.Of([]int{0, 7}))
			return only(ndbuf.Take(ndbuf.Must(ndbuf.New("H", strides.C, 2)), flat, ix, 0, ndbuf.ModeRaise))
		}, "index", "7"},
		{"Put(index)", func() (*ndbuf.MemoryView, error) {
			ix := ndbuf.Must(ndbuf.Of([]int{0, -7}))
			return only(ndbuf.Put(flat, ix, ndbuf.Must(ndbuf.New("H", strides.C, 2)), 0, ndbuf.ModeRaise))
		}, "index", "-7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := view(c.call())
			refused(t, v, err, c.class, c.says)
		})
	}
	for i := range data {
		if data[i] != before[i] {
			t.Fatalf("refused calls changed the memory to %v", data)
		}
	}
}
