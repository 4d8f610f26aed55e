package ndbuf_test

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"reflect"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// bufferOf is a view of mem that begins at an odd address as often as not: alignment is never assumed.
func bufferOf(t *testing.T, mem []byte, f string, l strides.Layout) *ndbuf.MemoryView {
	t.Helper()
	m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: f, Layout: l})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGetSetKinds(t *testing.T) {
	type myInt int16
	for _, c := range []struct {
		format      string
		value, want any
	}{
		{"?", true, true}, {"?", "", false}, {"?", 0.5, true}, {"?", nil, false},
		{"b", -5, int8(-5)}, {"B", true, uint8(1)}, {"<h", myInt(-300), int16(-300)}, {">H", 65535, uint16(65535)},
		{"<i", int8(-1), int32(-1)}, {">I", uint64(1) << 31, uint32(1) << 31},
		{">q", int64(math.MinInt64), int64(math.MinInt64)}, {"<Q", new(big.Int).SetUint64(math.MaxUint64), uint64(math.MaxUint64)},
		{">e", 1.5, float32(1.5)}, {"<f", 3, float32(3)}, {"f", 1e300, float32(math.Inf(1))}, {">d", 0.1, 0.1},
		{">Zf", complex64(1 + 2i), complex64(1 + 2i)}, {"<Zd", 2.5, complex(2.5, 0)},
		{"c", []byte("x"), []byte("x")}, {"3s", [2]byte{'a', 'b'}, []byte("ab\x00")}, {"4p", []byte("ab"), []byte("ab")},
		{">2w", "é", "é"}, {"<2u", "ab", "ab"},
		{"<hB", format.Record{1, 2}, format.Record{int16(1), uint8(2)}},
		{"T{>h:a:(2)B:b:}", []any{1, []int{2, 3}}, format.Record{int16(1), []any{uint8(2), uint8(3)}}},
	} {
		k, err := format.Parse(c.format)
		if err != nil {
			t.Fatal(err)
		}
		for off := range 3 {
			mem := bytes.Repeat([]byte{0xa5}, 2*k.Size()+off+2)
			m := bufferOf(t, mem, c.format, strides.Layout{ItemSize: k.Size(), Shape: []int{2}, Offset: off})
			if err := m.Set(c.value, -1); err != nil {
				t.Errorf("%q: Set(%v): %v", c.format, c.value, err)
				continue
			}
			if got, err := m.Get(1); err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%q: Set(%v), Get gives %#v, %v, want %#v", c.format, c.value, got, err, c.want)
			}
			for i, b := range mem {
				if (i < off+k.Size() || i >= off+2*k.Size()) && b != 0xa5 {
					t.Errorf("%q: Set changed byte %d, outside its item", c.format, i)
				}
			}
		}
	}
}

func TestGetSetErrors(t *testing.T) {
	view := func(format string, shape ...int) *ndbuf.MemoryView {
		return ndbuf.Must(ndbuf.New(format, strides.C, shape...))
	}
	readOnly := ndbuf.Must(view("h", 2).ToReadOnly())
	gone := view("h", 2)
	if err := gone.Release(); err != nil {
		t.Fatal(err)
	}
	noFormat := bufferOf(t, make([]byte, 8), "3", strides.Layout{ItemSize: 4, Shape: []int{2}})
	text := bufferOf(t, bytes.Repeat([]byte{0xff}, 8), "<w", strides.Layout{ItemSize: 4, Shape: []int{2}})
	scalar := view("h")
	huge := new(big.Int).Lsh(big.NewInt(1), 1100)
	for _, c := range []struct {
		name  string
		m     *ndbuf.MemoryView
		value any // nil: Get
		index []int
		class error
	}{
		{"too many indices", view("h", 2), nil, []int{0, 0}, ndbuf.ErrType},
		{"an index for a scalar", scalar, nil, []int{0}, ndbuf.ErrType},
		{"too few indices", view("h", 2, 2), nil, []int{0}, ndbuf.ErrNotImplemented},
		{"no index", view("h", 2), nil, nil, ndbuf.ErrNotImplemented},
		{"past the end", view("h", 2), nil, []int{2}, ndbuf.ErrIndex},
		{"before the start", view("h", 2, 3), nil, []int{0, -4}, ndbuf.ErrIndex},
		{"least index", view("h", 2), nil, []int{math.MinInt}, ndbuf.ErrIndex},
		{"greatest index", view("h", 2), nil, []int{math.MaxInt}, ndbuf.ErrIndex},
		{"empty", view("h", 0), nil, []int{0}, ndbuf.ErrIndex},
		{"unreadable format", noFormat, nil, []int{0}, ndbuf.ErrNotImplemented},
		{"text that is not Unicode", text, nil, []int{0}, ndbuf.ErrValue},
		{"released", gone, nil, []int{0}, ndbuf.ErrReleased},
		{"set released", gone, 1, []int{0}, ndbuf.ErrReleased},
		{"set read-only", readOnly, 1, []int{0}, ndbuf.ErrReadOnly},
		{"set read-only, class", readOnly, "x", []int{9}, ndbuf.ErrType},
		{"set unreadable format", noFormat, 1, []int{0}, ndbuf.ErrNotImplemented},
		{"set past the end", view("h", 2), 1, []int{2}, ndbuf.ErrIndex},
		{"float for an integer", view("h", 2), 1.0, []int{0}, ndbuf.ErrType},
		{"text for an integer", view("h", 2), "1", []int{0}, ndbuf.ErrType},
		{"too large", view("h", 2), 1 << 15, []int{0}, ndbuf.ErrValue},
		{"negative", view("H", 2), -1, []int{0}, ndbuf.ErrValue},
		{"beyond 64 bits", view("Q", 2), huge, []int{0}, ndbuf.ErrValue},
		{"beyond any float", view("d", 2), huge, []int{0}, ndbuf.ErrValue},
		{"too large for e", view("e", 2), 1e6, []int{0}, ndbuf.ErrOverflow},
		{"too large for a standard f", view("<f", 2), 1e300, []int{0}, ndbuf.ErrOverflow},
		{"two bytes for c", view("c", 2), []byte("ab"), []int{0}, ndbuf.ErrValue},
		{"no byte for c", view("c", 2), []byte{}, []int{0}, ndbuf.ErrValue},
		{"an integer for c", view("c", 2), 97, []int{0}, ndbuf.ErrType},
		{"a member too few", view("hh", 2), format.Record{1}, []int{0}, ndbuf.ErrValue},
		{"a bad member after a good one", view("hh", 2), format.Record{1, "x"}, []int{0}, ndbuf.ErrType},
	} {
		before, _ := c.m.ToBytes(strides.C)
		var err error
		if c.value == nil {
			_, err = c.m.Get(c.index...)
		} else {
			err = c.m.Set(c.value, c.index...)
		}
		if !errors.Is(err, c.class) {
			t.Errorf("%s: %v, want %v", c.name, err, c.class)
		}
		if after, _ := c.m.ToBytes(strides.C); !bytes.Equal(before, after) {
			t.Errorf("%s: the failure changed the memory", c.name)
		}
	}
}

// TestSetFromItself: the value is made of the very memory that is written.
func TestSetFromItself(t *testing.T) {
	mem := []byte("abcdef")
	m := bufferOf(t, mem, "3s", strides.Layout{ItemSize: 3, Shape: []int{2}})
	if err := m.Set(mem[2:5], 1); err != nil || string(mem) != "abccde" {
		t.Errorf("%q, %v", mem, err)
	}
}

func TestSetKeepsGoBools(t *testing.T) {
	bools := []bool{false, false}
	m := ndbuf.Must(ndbuf.Of(bools))
	if err := m.Set(2, 1); err != nil || !bools[1] {
		t.Errorf("%v, %v", bools, err)
	}
	if got, err := m.Get(1); err != nil || got != true {
		t.Errorf("%v, %v", got, err)
	}
}

// TestPackedStructure: NumPy's format of a packed structure implies padding at the end that its items do not have.
func TestPackedStructure(t *testing.T) {
	mem := []byte("\x07\x00\x00\x00x\x08\x00\x00\x00y!")
	if order := ndbuf.Must(ndbuf.Must(ndbuf.Of([]int16{1})).Hex(0, 0)); order == "0001" {
		mem = []byte("\x00\x00\x00\x07x\x00\x00\x00\x08y!")
	}
	m := bufferOf(t, mem, "T{i:a:c:b:}", strides.Layout{ItemSize: 5, Shape: []int{2}})
	if got := m.String(); got != "[(7, b'x') (8, b'y')]" {
		t.Error(got)
	}
	if err := m.Set(format.Record{9, []byte("z")}, 1); err != nil || m.String() != "[(7, b'x') (9, b'z')]" || mem[10] != '!' {
		t.Errorf("%v, %q", err, mem)
	}
	if b := ndbuf.Must(m.Field("b")); b.String() != "[b'x' b'z']" {
		t.Error(b)
	}
	for _, f := range []string{"T{i:a:q:b:}", "ic", "q"} {
		if _, err := bufferOf(t, mem, f, strides.Layout{ItemSize: 4, Shape: []int{2}}).Get(0); !errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("%q in 4 bytes: %v", f, err)
		}
	}
}

// A mapping stands for an exporter of mapped memory, whose items are read with faults in mind.
type mapping struct{ lender }

func (*mapping) Mapped() bool { return true }

func TestMappedItems(t *testing.T) {
	e := &mapping{}
	e.buf = ndbuf.Buffer{Mem: []byte{1, 2, 3, 2}, Obj: e}
	m := ndbuf.Must(ndbuf.FromObject(e))
	if err := m.Set(9, 2); err != nil || e.buf.Mem[2] != 9 {
		t.Errorf("Set: %v", err)
	}
	if v, err := m.Get(2); v != uint8(9) || err != nil {
		t.Errorf("Get: %v, %v", v, err)
	}
	if n, err := m.Count(2); n != 2 || err != nil {
		t.Errorf("Count: %v, %v", n, err)
	}
	if same, err := m.Equal([]byte{1, 2, 9, 2}); !same || err != nil {
		t.Errorf("Equal: %v, %v", same, err)
	}
	if l, err := m.ToList(); !reflect.DeepEqual(l, []any{uint8(1), uint8(2), uint8(9), uint8(2)}) || err != nil {
		t.Errorf("ToList: %v, %v", l, err)
	}
	if m.String() != "[1 2 9 2]" {
		t.Errorf("String: %v", m)
	}
}
