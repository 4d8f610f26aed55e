package ndbuf_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// numbers are the formats that Convert knows.
var numbers = []string{"?", "b", "B", "<h", ">h", "<H", ">H", "<i", ">i", "<I", ">I", "<q", ">q", "<Q", ">Q", "<e", ">e",
	"T{<H:bfloat16:}", "T{>H:bfloat16:}", "<f", ">f", "<d", ">d", "<Zf", ">Zf", "<Zd", ">Zd"}

// reversed returns the bytes of an item of a format in the other order.
func inOrder(f string, item []byte) []byte {
	typ := ndbuf.Must(format.Parse(f))
	if typ.NativeOrder() {
		return item
	}
	out := slices.Clone(item)
	word := len(out)
	if typ.Kind() == format.Complex {
		word /= 2
	}
	for i := 0; i < len(out); i += word {
		slices.Reverse(out[i : i+word])
	}
	return out
}

// Strided views of every pair of formats become, item by item, what a contiguous view of one native item becomes.
func TestConvertLayouts(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 1500 {
			from, to := numbers[r.IntN(len(numbers))], numbers[r.IntN(len(numbers))]
			shape := make([]int, r.IntN(4))
			for k := range shape {
				shape[k] = 1 + r.IntN(6)
			}
			if i%50 == 0 {
				shape = []int{70, 67}
			}
			src, dst := scrambled(r, from, shape), scrambled(r, to, shape)
			before := slices.Clone(src.Buffer().Mem)
			gaps := slices.Clone(dst.Buffer().Mem)
			if err := ndbuf.Convert(dst, src, ndbuf.CastUnsafe); err != nil {
				t.Fatalf("%q to %q: %v", from, to, err)
			}
			nativeFrom := ndbuf.Must(format.Parse(from)).WithOrder('=').String()
			nativeTo := ndbuf.Must(format.Parse(to)).WithOrder('=').String()
			one, res := ndbuf.Must(ndbuf.New(nativeFrom, strides.C)), ndbuf.Must(ndbuf.New(nativeTo, strides.C))
			eachIndex(shape, func(at []int) {
				copy(one.Buffer().Mem, inOrder(from, itemBytes(src, at)))
				if err := ndbuf.Convert(res, one, ndbuf.CastUnsafe); err != nil {
					t.Fatal(err)
				}
				got, want := inOrder(to, itemBytes(dst, at)), res.Buffer().Mem
				if !bytes.Equal(got, want) {
					t.Fatalf("%d: %q to %q %v: item %v: %x becomes %x, want %x", i, from, to, shape, at, itemBytes(src, at), got, want)
				}
			})
			if !bytes.Equal(before, src.Buffer().Mem) {
				t.Fatal("src changed")
			}
			untouched(t, dst, gaps)
		}
	})
}

// untouched fails if a byte of dst's memory that belongs to no item is not as it was.
func untouched(t *testing.T, dst *ndbuf.MemoryView, before []byte) {
	t.Helper()
	mem, l := dst.Buffer().Mem, dst.Layout()
	mine := make([]bool, len(mem))
	eachIndex(l.Shape, func(at []int) {
		off := l.Offset
		for k, i := range at {
			off += i * l.Strides[k]
		}
		for b := range l.ItemSize {
			mine[off+b] = true
		}
	})
	for i := range mem {
		if !mine[i] && mem[i] != before[i] {
			t.Fatalf("byte %d, in a gap, changed", i)
		}
	}
}

func TestConvertValues(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		src, dst any
	}{
		{[]float64{nan, inf, -inf, 1e10, -1e10, -0.9, 127.9, -128.9}, []int8{0, 127, -128, 127, -128, 0, 127, -128}},
		{[]float64{nan, inf, -inf, 1e30, -1, -0.9, 255.9, 1 << 63}, []uint8{0, 255, 0, 255, 0, 0, 255, 255}},
		{[]float32{1 << 31, -(1 << 31), 1<<31 - 128, -1e20}, []int32{math.MaxInt32, math.MinInt32, 1<<31 - 128, math.MinInt32}},
		{[]float64{1 << 63, -(1 << 63), 1<<63 - 1024, -1e300}, []int64{math.MaxInt64, math.MinInt64, 1<<63 - 1024, math.MinInt64}},
		{[]float64{1 << 64, 1<<64 - 2048, -1, 1 << 63}, []uint64{math.MaxUint64, 1<<64 - 2048, 0, 1 << 63}},
		{[]int64{-1, 256, 1<<32 + 5, math.MinInt64}, []uint8{255, 0, 5, 0}},
		{[]uint32{1 << 31, math.MaxUint32}, []int32{math.MinInt32, -1}},
		{[]float64{nan, 0, math.Copysign(0, -1), 1e-320}, []bool{true, false, false, true}},
		{[]complex64{0, 1i, 1, complex64(complex(nan, 0))}, []bool{false, true, true, true}},
		{[]complex128{3 + 4i}, []float32{3}},
		{[]bool{true, false}, []float64{1, 0}},
		{[]int64{1<<24 + 1, 1<<53 + 1}, []float32{1 << 24, 1 << 53}},
	} {
		dst := ndbuf.Must(ndbuf.FromObject(c.dst)) // what is wanted, and where it goes
		want := ndbuf.Must(dst.ToList())
		zeros := ndbuf.Must(ndbuf.New(dst.Format(), strides.C, dst.Shape()...))
		if err := ndbuf.Copy(dst, zeros); err != nil {
			t.Fatal(err)
		}
		if err := ndbuf.Convert(dst, ndbuf.Must(ndbuf.FromObject(c.src)), ndbuf.CastUnsafe); err != nil {
			t.Fatal(err)
		}
		if got := ndbuf.Must(dst.ToList()); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%T%v becomes %v, want %v", c.src, c.src, got, want)
		}
	}
}

func TestConvertErrors(t *testing.T) {
	f := ndbuf.Must(ndbuf.Of([]float64{1.5, 2.5}))
	i := ndbuf.Must(ndbuf.Of([]int32{7, 8}))
	s := ndbuf.Must(ndbuf.New("3s", strides.C, 2))
	ro := ndbuf.Must(i.ToReadOnly())
	gone := ndbuf.Must(ndbuf.Of([]int32{7, 8}))
	gone.Release()
	for _, c := range []struct {
		name     string
		dst, src *ndbuf.MemoryView
		casting  ndbuf.Casting
		class    error
	}{
		{"float to int, safe", i, f, ndbuf.CastSafe, ndbuf.ErrType},
		{"float to int, same kind", i, f, ndbuf.CastSameKind, ndbuf.ErrType},
		{"int to float, equiv", f, i, ndbuf.CastEquiv, ndbuf.ErrType},
		{"text", s, i, ndbuf.CastUnsafe, ndbuf.ErrType},
		{"from text", i, s, ndbuf.CastUnsafe, ndbuf.ErrType},
		{"read-only", ro, f, ndbuf.CastUnsafe, ndbuf.ErrReadOnly},
		{"released dst", gone, f, ndbuf.CastUnsafe, ndbuf.ErrReleased},
		{"released src", i, gone, ndbuf.CastUnsafe, ndbuf.ErrReleased},
		{"nil", i, nil, ndbuf.CastUnsafe, ndbuf.ErrValue},
		{"casting", i, f, 9, ndbuf.ErrValue},
		{"casting below", i, f, -1, ndbuf.ErrValue},
		{"shape", i, ndbuf.Must(ndbuf.Of([]float64{1, 2, 3})), ndbuf.CastUnsafe, ndbuf.ErrValue},
	} {
		if err := ndbuf.Convert(c.dst, c.src, c.casting); !errors.Is(err, c.class) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := fmt.Sprint(i); got != "[7 8]" {
			t.Fatalf("%s: dst is now %s", c.name, got)
		}
	}
	if _, err := f.AsType("i", ndbuf.CastSafe, strides.C); !errors.Is(err, ndbuf.ErrType) {
		t.Error(err)
	}
	if _, err := f.AsType("nonsense", ndbuf.CastSafe, strides.C); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
	if _, err := f.AsType("i", ndbuf.CastUnsafe, 'K'); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
	if _, err := ndbuf.CanCast("i", "nonsense", ndbuf.CastSafe); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
	if _, err := ndbuf.CanCast("i", "d", 5); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}

// Formats that are no numbers, and structures with one member that are not bfloat16.
func TestCanCastOthers(t *testing.T) {
	for _, c := range []struct {
		from, to string
		least    ndbuf.Casting // -1: never
	}{
		{"3s", "3s", ndbuf.CastNo},
		{"3s", "4s", -1},
		{"T{<i:a:>d:b:}", "T{>i:x:<d:y:}", ndbuf.CastEquiv},
		{"T{<H:bfloat16:}", "T{>H:bfloat16:}", ndbuf.CastEquiv},
		{"T{<H:bfloat16:}", "<H", ndbuf.CastUnsafe},
		{"T{<H:other:}", "<f", -1},
		{"T{<H:bfloat16:}", "<f", ndbuf.CastSafe},
		{"<e", "T{<H:bfloat16:}", ndbuf.CastSameKind},
		{"B", "T{<H:bfloat16:}", ndbuf.CastSafe},
		{"<q", "=q", ndbuf.CastNo},
		{"g", "d", -1},
		{"P", "Q", -1},
	} {
		for casting := ndbuf.CastNo; casting <= ndbuf.CastUnsafe; casting++ {
			got, err := ndbuf.CanCast(c.from, c.to, casting)
			native := ndbuf.Must(format.Parse("<q")).NativeOrder()
			if want := c.least >= 0 && casting >= c.least; err != nil || got != want && native {
				t.Errorf("CanCast(%q, %q, %v) = %v, %v", c.from, c.to, casting, got, err)
			}
		}
	}
}

func TestAsType(t *testing.T) {
	m := ndbuf.Must(ndbuf.Of([]float32{0, 1.5, 2.5, -3.5, 4, 5}, 2, 3))
	for _, order := range []strides.Order{strides.C, strides.F, strides.A} {
		got := ndbuf.Must(m.AsType(">h", ndbuf.CastUnsafe, order))
		if fmt.Sprint(got) != "[[ 0  1  2]\n [-3  4  5]]" || order != strides.A && !got.IsContiguous(order) {
			t.Errorf("%c: %v", order, got)
		}
	}
	// bfloat16 and back.
	b := ndbuf.Must(m.AsType(ndbuf.BFloat16, ndbuf.CastSameKind, strides.C))
	if back := ndbuf.Must(b.AsType("f", ndbuf.CastSafe, strides.C)); !ndbuf.Must(back.Equal(m)) || b.ItemSize() != 2 {
		t.Errorf("%v", back)
	}
	if bits := ndbuf.Must(b.Field("bfloat16")); ndbuf.Must(bits.Get(0, 1)) != uint16(0x3fc0) {
		t.Errorf("%v", bits)
	}
	// Views with pointers, empty ones and scalars.
	rows := ndbuf.Must(ndbuf.FromObject([][]int16{{1, 2}, {3, 4}, {5, 6}}))
	if got := ndbuf.Must(rows.AsType("d", ndbuf.CastSafe, strides.C)); fmt.Sprint(got) != "[[1. 2.]\n [3. 4.]\n [5. 6.]]" {
		t.Errorf("%v", got)
	}
	if err := ndbuf.Convert(rows, ndbuf.Must(ndbuf.Of([]float64{-1, 9.9})), ndbuf.CastUnsafe); err != nil || fmt.Sprint(rows) != "[[-1  9]\n [-1  9]\n [-1  9]]" {
		t.Errorf("%v %v", rows, err)
	}
	if got := ndbuf.Must(ndbuf.Must(ndbuf.New("f", strides.C, 0, 3)).AsType("i", ndbuf.CastUnsafe, strides.C)); fmt.Sprint(got.Shape()) != "[0 3]" {
		t.Errorf("%v", got.Shape())
	}
	scalar := ndbuf.Must(ndbuf.Must(ndbuf.Of([]int8{-3})).Index(strides.At(0)))
	if got := ndbuf.Must(ndbuf.Must(scalar.AsType(">d", ndbuf.CastSafe, strides.C)).Get()); got != -3.0 {
		t.Errorf("%v", got)
	}
}

// Bytes that are no bools never become Go bools.
func TestConvertGoBools(t *testing.T) {
	bools := make([]bool, 4)
	dst := ndbuf.Must(ndbuf.Of(bools))
	raw := ndbuf.Must(ndbuf.Must(ndbuf.FromMemory([]byte{0, 1, 2, 255}, ndbuf.Read)).Cast("?"))
	if err := ndbuf.Convert(dst, raw, ndbuf.CastNo); err != nil || !slices.Equal(mem(dst), []byte{0, 1, 1, 1}) {
		t.Errorf("%v: % x", err, mem(dst))
	}
	if err := ndbuf.Convert(dst, ndbuf.Must(ndbuf.Of([]int32{256, 0, 1 << 30, 0})), ndbuf.CastUnsafe); err != nil || !slices.Equal(mem(dst), []byte{1, 0, 1, 0}) {
		t.Errorf("%v: % x", err, mem(dst))
	}
	clear(bools)
	mask := ndbuf.Must(ndbuf.Of([]bool{true, true, true, false}))
	if err := ndbuf.CopyWhere(dst, raw, mask); err != nil || !slices.Equal(mem(dst), []byte{0, 1, 1, 0}) {
		t.Errorf("%v: % x", err, mem(dst))
	}
	clear(bools)
	if err := ndbuf.PutMask(dst, mask, ndbuf.Must(raw.Slice("2:"))); err != nil || !slices.Equal(mem(dst), []byte{1, 1, 1, 0}) {
		t.Errorf("%v: % x", err, mem(dst))
	}
	clear(bools)
	if err := ndbuf.Take(dst, raw, ndbuf.Must(ndbuf.Of([]int{3, 2, 0, 3})), 0, ndbuf.ModeRaise); err != nil || !slices.Equal(mem(dst), []byte{1, 1, 0, 1}) {
		t.Errorf("%v: % x", err, mem(dst))
	}
	clear(bools)
	if err := ndbuf.Put(dst, ndbuf.Must(ndbuf.Of([]int{3, 0})), ndbuf.Must(raw.Slice("2:")), 0, ndbuf.ModeRaise); err != nil || !slices.Equal(mem(dst), []byte{1, 0, 0, 1}) {
		t.Errorf("%v: % x", err, mem(dst))
	}
}

// mem are a view's bytes.
func mem(m *ndbuf.MemoryView) []byte { return ndbuf.Must(m.ToBytes(strides.C)) }

// Large conversions go through tiles and several goroutines.
func TestConvertLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	defer ndbuf.SetThreads(ndbuf.SetThreads(3))
	const rows, cols = 700, 1100
	data := make([]float32, rows*cols)
	for i := range data {
		data[i] = float32(i)
	}
	m := ndbuf.Must(ndbuf.Of(data, rows, cols))
	for _, f := range []string{"d", ">d", ">i", "Zd"} {
		dst := ndbuf.Must(ndbuf.New(f, strides.C, cols, rows))
		if err := ndbuf.Convert(dst, ndbuf.Must(m.Transpose()), ndbuf.CastUnsafe); err != nil {
			t.Fatal(err)
		}
		if !ndbuf.Must(dst.Equal(ndbuf.Must(m.Transpose()))) && f != "Zd" {
			t.Errorf("%q: wrong", f)
		}
		back := ndbuf.Must(dst.AsType("<f", ndbuf.CastUnsafe, strides.F))
		if !ndbuf.Must(back.Equal(ndbuf.Must(m.Transpose()))) {
			t.Errorf("%q and back: wrong", f)
		}
	}
}

func TestToNative(t *testing.T) {
	for _, f := range numbers {
		m := scrambled(rand.New(rand.NewPCG(1, 2)), f, []int{3, 4})
		n := ndbuf.Must(m.ToNative())
		if !ndbuf.Must(n.Type()).NativeOrder() || !ndbuf.Must(n.Type()).Compatible(ndbuf.Must(m.Type())) {
			t.Errorf("%q became %q", f, n.Format())
		}
		eachIndex([]int{3, 4}, func(at []int) {
			if !bytes.Equal(itemBytes(n, at), inOrder(f, itemBytes(m, at))) && f[0] != 'T' {
				t.Fatalf("%q: item %v", f, at)
			}
		})
		same := &n.Buffer().Mem[0] == &m.Buffer().Mem[0]
		if native := ndbuf.Must(m.Type()).NativeOrder(); same != native {
			t.Errorf("%q: memory shared: %v, native: %v", f, same, native)
		}
	}
	m := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: []byte{0, 1, 9, 9, 0, 0, 0, 2, 0, 3, 9, 9, 0, 0, 0, 4}, Format: "T{>h:a:2x>i:b:}"}))
	n := ndbuf.Must(m.ToNative())
	if fmt.Sprint(n) != "[(1, 2) (3, 4)]" || n.ReadOnly() || !ndbuf.Must(n.Type()).NativeOrder() || n.ItemSize() != 8 {
		t.Errorf("%v %q", n, n.Format())
	}
	if _, err := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: []byte{0}, Format: "%", Layout: strides.Layout{ItemSize: 1}})).ToNative(); !errors.Is(err, ndbuf.ErrNotImplemented) {
		t.Error(err)
	}
	gone := ndbuf.Must(ndbuf.Of([]int32{7, 8}))
	gone.Release()
	if _, err := gone.ToNative(); !errors.Is(err, ndbuf.ErrReleased) {
		t.Error(err)
	}
}

// Items may be longer than their format: the numbers are then not adjacent, though the items are.
func TestConvertLongItems(t *testing.T) {
	mem := make([]byte, 32)
	for i := range mem {
		mem[i] = byte(i)
	}
	long := func(mem []byte) *ndbuf.MemoryView {
		m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: "=i", Layout: strides.Layout{Shape: []int{4}, Strides: []int{8}, ItemSize: 8}})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	src := long(mem)
	var want, packed []byte
	for i := 0; i < len(mem); i += 8 {
		packed = append(packed, mem[i:i+4]...)
		want = append(append(want, mem[i:i+4]...), 0xee, 0xee, 0xee, 0xee)
	}
	got := bytes.Repeat([]byte{0xee}, 32)
	if err := ndbuf.Convert(long(got), src, ndbuf.CastNo); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	short, err := src.AsType("=i", ndbuf.CastNo, strides.C)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := short.ToBytes(strides.C); err != nil || !bytes.Equal(b, packed) {
		t.Errorf("%v, %v, want %v", b, err, packed)
	}
	got = bytes.Repeat([]byte{0xee}, 32)
	if err := ndbuf.Convert(long(got), short, ndbuf.CastNo); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}
