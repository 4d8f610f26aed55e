package ndbuf_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/ref"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// bytesFormat is a format of n bytes without byte order.
func bytesFormat(n int) string { return fmt.Sprintf("%ds", n) }

// viewOf makes a view of memory as a layout describes it.
func viewOf(mem []byte, format string, l strides.Layout) *ndbuf.MemoryView {
	return ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: format, Layout: l}))
}

// guarded returns n random bytes with an unreadable page at one end or the other.
func guarded(t testing.TB, r *rand.Rand, n int) []byte {
	mem := guard.Alloc(t, n, r.Intn(2) == 0)
	for i := range mem {
		mem[i] = byte(r.Uint32())
	}
	return mem
}

// Every way to copy, over random layouts of every item size from 1 to 33 bytes, in guarded memory, against the oracle.
// What no item covers stays as it was, and so does the source.
func TestCopiesAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewSource(11))
	for n := range 2500 {
		isz := 1 + n%33
		src, srcSize := ndtest.Random(r, ndtest.Options{ItemSize: isz, MaxItems: 600})
		dst, dstSize := ndtest.Random(r, ndtest.Options{ItemSize: isz, Shape: src.Shape})
		srcMem, dstMem := guarded(t, r, srcSize), guarded(t, r, dstSize)
		s, d := viewOf(srcMem, bytesFormat(isz), src), viewOf(dstMem, bytesFormat(isz), dst)
		srcBefore, want := bytes.Clone(srcMem), bytes.Clone(dstMem)
		name := fmt.Sprintf("case %d: %d bytes, shape %v, strides %v to %v", n, isz, src.Shape, src.Strides, dst.Strides)

		ref.Copy(want, dst.Offset, dst.Strides, srcMem, src.Offset, src.Strides, src.Shape, isz)
		if err := ndbuf.Copy(d, s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(dstMem, want) {
			t.Fatalf("%s: Copy\n got %x\nwant %x", name, dstMem, want)
		}
		for _, order := range []strides.Order{strides.C, strides.F} {
			dense := ndbuf.Must(strides.Contiguous(order, isz, src.Shape...))
			flat := make([]byte, dense.NBytes())
			ref.Copy(flat, 0, dense.Strides, srcMem, src.Offset, src.Strides, src.Shape, isz)
			out := guarded(t, r, len(flat))
			if err := s.CopyTo(out, order); err != nil || !bytes.Equal(out, flat) {
				t.Fatalf("%s: CopyTo %c: %v\n got %x\nwant %x", name, order, err, out, flat)
			}
			if got := ndbuf.Must(ndbuf.Must(s.Clone(order)).ToBytes(order)); !bytes.Equal(got, flat) {
				t.Fatalf("%s: Clone %c\n got %x\nwant %x", name, order, got, flat)
			}
			ref.Copy(want, dst.Offset, dst.Strides, flat, 0, dense.Strides, src.Shape, isz)
			if err := d.CopyFrom(out, order); err != nil || !bytes.Equal(dstMem, want) {
				t.Fatalf("%s: CopyFrom %c: %v\n got %x\nwant %x", name, order, err, dstMem, want)
			}
			if order == strides.C {
				var w bytes.Buffer
				if k, err := s.WriteTo(&w); err != nil || int(k) != len(flat) || !bytes.Equal(w.Bytes(), flat) {
					t.Fatalf("%s: WriteTo: %d bytes, %v", name, k, err)
				}
			}
		}
		if !bytes.Equal(srcMem, srcBefore) {
			t.Fatalf("%s: the source changed", name)
		}
	}
}

// A source of lower dimension, or with axes of length 1, is broadcast.
func TestCopyBroadcasts(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for n := range 400 {
		isz := 1 + n%17
		dst, dstSize := ndtest.Random(r, ndtest.Options{ItemSize: isz, MaxItems: 300})
		shape := append([]int(nil), dst.Shape[r.Intn(len(dst.Shape)+1):]...)
		for k := range shape {
			if r.Intn(2) == 0 {
				shape[k] = 1
			}
		}
		src, srcSize := ndtest.Random(r, ndtest.Options{ItemSize: isz, Shape: shape})
		if len(shape) == 0 {
			src, srcSize = strides.Layout{Shape: []int{}, Strides: []int{}, ItemSize: isz}, isz
		}
		srcMem, dstMem := guarded(t, r, srcSize), guarded(t, r, dstSize)
		want := bytes.Clone(dstMem)
		wide := make([]int, len(dst.Shape))
		for k := range shape {
			if shape[k] > 1 {
				wide[len(wide)-len(shape)+k] = src.Strides[k]
			}
		}
		ref.Copy(want, dst.Offset, dst.Strides, srcMem, src.Offset, wide, dst.Shape, isz)
		err := ndbuf.Copy(viewOf(dstMem, bytesFormat(isz), dst), viewOf(srcMem, bytesFormat(isz), src))
		if err != nil || !bytes.Equal(dstMem, want) {
			t.Fatalf("case %d: shape %v to %v: %v\n got %x\nwant %x", n, shape, dst.Shape, err, dstMem, want)
		}
	}
}

// Every operation that has a source and a destination, over memory that the two share.
func TestAliases(t *testing.T) {
	operations := map[string]func(dst, src *ndbuf.MemoryView) error{
		"Copy":   ndbuf.Copy,
		"Assign": func(dst, src *ndbuf.MemoryView) error { return dst.Assign(src) },
		"CopyData": func(dst, src *ndbuf.MemoryView) error {
			if !src.IsContiguous(strides.A) { // contiguous operands are copied as bytes, whatever their order
				return ndbuf.CopyData(dst, src)
			}
			return ndbuf.Copy(dst, src)
		},
		"Plan.Run": func(dst, src *ndbuf.MemoryView) error {
			p, err := ndbuf.PlanCopy(dst.Layout(), src.Layout(), src.Format())
			if err != nil {
				return err
			}
			return p.Run(dst, src)
		},
	}
	r := rand.New(rand.NewSource(7))
	for n := range 250 {
		l, _ := ndtest.Random(r, ndtest.Options{MaxItems: 200, MaxItem: 9})
		for _, a := range ndtest.Aliases(l) {
			for name, op := range operations {
				mem := guarded(t, r, a.Size)
				want := bytes.Clone(mem)
				ref.Copy(want, a.Dst.Offset, a.Dst.Strides, mem, a.Src.Offset, a.Src.Strides, a.Src.Shape, l.ItemSize)
				f := bytesFormat(l.ItemSize)
				if err := op(viewOf(mem, f, a.Dst), viewOf(mem, f, a.Src)); err != nil || !bytes.Equal(mem, want) {
					t.Fatalf("case %d, %s, %s: %+v from %+v: %v\n got %x\nwant %x", n, name, a.Name, a.Dst, a.Src, err, mem, want)
				}
			}
		}
	}
}

// CopyTo and CopyFrom with bytes that are the view's own memory.
func TestBytesAlias(t *testing.T) {
	mem := []byte("abcdef")
	m := ndbuf.Must(ndbuf.FromMemory(mem, ndbuf.Write))
	back := ndbuf.Must(m.Slice("::-1"))
	if err := back.CopyTo(mem, strides.C); err != nil || string(mem) != "fedcba" {
		t.Errorf("CopyTo its own memory: %q, %v", mem, err)
	}
	if err := back.CopyFrom(mem, strides.C); err != nil || string(mem) != "abcdef" {
		t.Errorf("CopyFrom its own memory: %q, %v", mem, err)
	}
}

// Byte order changes on the way, also inside records and where the destination is a transpose.
func TestCopySwaps(t *testing.T) {
	r := rand.New(rand.NewSource(9))
	for _, c := range []struct {
		little, big string
		words       [][3]int // offset, size, count
	}{
		{"<h", ">h", [][3]int{{0, 2, 1}}}, {"<i", ">i", [][3]int{{0, 4, 1}}}, {"<d", ">d", [][3]int{{0, 8, 1}}},
		{"<Zd", ">Zd", [][3]int{{0, 8, 2}}}, {"<Zf", ">Zf", [][3]int{{0, 4, 2}}}, {"<3i", ">3i", [][3]int{{0, 4, 3}}},
		{"T{<i:a:<h:b:B:c:}", "T{>i:a:>h:b:B:c:}", [][3]int{{0, 4, 1}, {4, 2, 1}}},
		{"T{3x<d:a:(2,2)<h:b:}", "T{3x>d:a:(2,2)>h:b:}", [][3]int{{3, 8, 1}, {11, 2, 4}}},
		{"<e", ">e", [][3]int{{0, 2, 1}}}, {"B", "<B", nil}, {"<2w", ">2w", [][3]int{{0, 4, 2}}},
	} {
		a := ndbuf.Must(ndbuf.New(c.little, strides.C, 5, 7))
		b := ndbuf.Must(ndbuf.New(c.big, strides.C, 7, 5))
		mem, isz := make([]byte, a.NBytes()), a.ItemSize()
		for i := range mem {
			mem[i] = byte(r.Uint32())
		}
		if err := a.CopyFrom(mem, strides.C); err != nil {
			t.Fatal(err)
		}
		want := make([]byte, len(mem))
		ref.CopyFix(want, 0, []int{isz, 5 * isz}, mem, 0, []int{7 * isz, isz}, []int{5, 7}, isz, func(item []byte) {
			for _, w := range c.words {
				ref.Reverse(item, w[0], w[1], w[2])
			}
		})
		bt := ndbuf.Must(b.Transpose())
		if err := ndbuf.Copy(bt, a); err != nil {
			t.Fatal(err)
		}
		if got := ndbuf.Must(b.ToBytes(strides.C)); !bytes.Equal(got, want) {
			t.Errorf("%s to %s:\n got %x\nwant %x", c.little, c.big, got, want)
		}
		if err := ndbuf.Copy(a, bt); err != nil || !bytes.Equal(ndbuf.Must(a.ToBytes(strides.C)), mem) {
			t.Errorf("%s and back: %v", c.little, err)
		}
	}
	for _, c := range [][2]string{{"i", "I"}, {"i", "f"}, {"d", "q"}, {"s", "c"}, {"2h", "i"}, {"Zf", "d"}} {
		a, b := ndbuf.Must(ndbuf.New(c[0], strides.C, 2)), ndbuf.Must(ndbuf.New(c[1], strides.C, 2))
		if err := ndbuf.Copy(a, b); !errors.Is(err, ndbuf.ErrType) {
			t.Errorf("%s from %s: %v, want ErrType", c[0], c[1], err)
		}
	}
}

// No byte but 0 and 1 gets into Go bools, by any way.
func TestBoolsStayBools(t *testing.T) {
	dirty := []byte{0, 1, 2, 255}
	raw := viewOf(dirty, "?", strides.Layout{ItemSize: 1, Shape: []int{4}})
	for name, store := range map[string]func(m *ndbuf.MemoryView) error{
		"Copy":     func(m *ndbuf.MemoryView) error { return ndbuf.Copy(m, raw) },
		"Assign":   func(m *ndbuf.MemoryView) error { return m.Assign(raw) },
		"CopyFrom": func(m *ndbuf.MemoryView) error { return m.CopyFrom(dirty, strides.C) },
		"CopyData": func(m *ndbuf.MemoryView) error { return ndbuf.CopyData(m, raw) },
		"Plan.Run": func(m *ndbuf.MemoryView) error {
			return ndbuf.Must(ndbuf.PlanCopy(m.Layout(), raw.Layout(), "?")).Run(m, raw)
		},
		"Shadow": func(m *ndbuf.MemoryView) error {
			back := ndbuf.Must(m.Slice("::-1"))
			s := ndbuf.Must(ndbuf.GetContiguous(back, ndbuf.Shadow, strides.C))
			if err := s.CopyFrom([]byte{255, 2, 1, 0}, strides.C); err != nil {
				return err
			}
			return s.Release()
		},
	} {
		bools := make([]bool, 4)
		m := ndbuf.Must(ndbuf.Of(bools))
		if err := store(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		raw := *(*[4]byte)(unsafe.Pointer(unsafe.SliceData(bools)))
		if raw != [4]byte{0, 1, 1, 1} {
			t.Errorf("%s stored %v", name, raw)
		}
		if c := ndbuf.Must(m.Cast("B")); !c.ReadOnly() {
			t.Errorf("a cast of bools is writable")
		}
	}
	copied := ndbuf.Must(ndbuf.Must(ndbuf.Of([]bool{true, false})).Clone(strides.C))
	if a := ndbuf.Must(ndbuf.As[bool](copied)); !a.At1(0) || a.At1(1) {
		t.Error("a copy of Go bools reads otherwise")
	}
	type record struct {
		A uint8
		B bool
	}
	records := []record{{1, false}, {2, false}}
	m := ndbuf.Must(ndbuf.Of(records))
	if err := m.CopyFrom([]byte{7, 7, 8, 0}, strides.C); err != nil || records[0] != (record{7, true}) || records[1] != (record{8, false}) {
		t.Errorf("records: %v, %v", records, err)
	}
	if f := ndbuf.Must(m.Field("A")); f.ReadOnly() {
		t.Error("a field without bools is read-only")
	}
}

// The usual copies allocate nothing.
func TestCopyAllocates(t *testing.T) {
	m := ndbuf.Must(ndbuf.New("d", strides.C, 2, 3, 2, 2, 2, 2, 2, 2))
	v := ndbuf.Must(m.Transpose())
	d := ndbuf.Must(ndbuf.New("d", strides.C, v.Shape()...))
	dst := make([]byte, v.NBytes())
	matrix := ndbuf.Must(ndbuf.Must(ndbuf.New("d", strides.C, 16, 16)).Transpose())
	bytes := make([]byte, matrix.NBytes())
	half := ndbuf.Must(ndbuf.Must(ndbuf.New("d", strides.C, 16, 32)).Slice(":, ::2"))
	p := ndbuf.Must(ndbuf.PlanCopy(half.Layout(), matrix.Layout(), "d"))
	for name, f := range map[string]func() error{
		"CopyTo":               func() error { return v.CopyTo(dst, strides.C) },
		"CopyFrom":             func() error { return v.CopyFrom(dst, strides.C) },
		"Copy":                 func() error { return ndbuf.Copy(d, v) },
		"CopyTo of a matrix":   func() error { return matrix.CopyTo(bytes, strides.C) },
		"CopyTo of one run":    func() error { return matrix.CopyTo(bytes, strides.F) },
		"CopyFrom of a matrix": func() error { return matrix.CopyFrom(bytes, strides.C) },
		"Copy to every second": func() error { return ndbuf.Copy(half, matrix) },
		"Run to every second":  func() error { return p.Run(half, matrix) },
		"Copy of one run":      func() error { return ndbuf.Copy(d, d) },
	} {
		n := testing.AllocsPerRun(100, func() {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// A small matrix whose rows lie over one another in dst is written in C order, though its transpose has a way of its own.
func TestCopyToOverlappingRows(t *testing.T) {
	for _, size := range []int{1, 2, 4, 8, 16} {
		for _, n := range []int{2, 4, 7, 16} {
			l := strides.Layout{Shape: []int{n, n}, Strides: []int{2 * size, size}, ItemSize: size}
			_, end := l.Extent()
			dst, src := make([]byte, end), make([]byte, n*n*size)
			for i := range src {
				src[i] = byte(i/size + 3*i)
			}
			s := strides.Layout{Shape: l.Shape, Strides: []int{size, n * size}, ItemSize: size}
			want := bytes.Clone(dst)
			ref.Copy(want, 0, l.Strides, src, 0, s.Strides, l.Shape, size)
			if err := ndbuf.Copy(viewOf(dst, bytesFormat(size), l), viewOf(src, bytesFormat(size), s)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(dst, want) {
				t.Errorf("%d×%d items of %d bytes: got %x, want %x", n, n, size, dst, want)
			}
		}
	}
}

// What makes a view makes few allocations: one where nothing is copied, and one for a small copy and its bytes.
func TestViewAllocates(t *testing.T) {
	m := ndbuf.Must(ndbuf.New("d", strides.C, 4, 4))
	v := ndbuf.Must(m.Transpose())
	large := ndbuf.Must(ndbuf.Must(ndbuf.New("d", strides.C, 16, 16)).Transpose())
	together := 1.0
	if bits.UintSize == 32 {
		together = 2 // the allocator aligns such objects less
	}
	for _, c := range []struct {
		name string
		want float64
		call func() (*ndbuf.MemoryView, error)
	}{
		{"FromObject of a view", 1, func() (*ndbuf.MemoryView, error) { return ndbuf.FromObject(m) }},
		{"GetContiguous of a contiguous view", 1, func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(m, ndbuf.Read, strides.C) }},
		{"Contiguous of a contiguous view", 1, func() (*ndbuf.MemoryView, error) { return m.Contiguous(strides.C) }},
		{"GetContiguous of 4x4 transposed", together, func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(v, ndbuf.Read, strides.C) }},
		{"Clone of 4x4", together, func() (*ndbuf.MemoryView, error) { return m.Clone(strides.C) }},
		{"GetContiguous of 16x16 transposed", 2, func() (*ndbuf.MemoryView, error) { return ndbuf.GetContiguous(large, ndbuf.Read, strides.C) }},
		{"Transpose", 2, func() (*ndbuf.MemoryView, error) { return m.Transpose() }},
	} {
		n := testing.AllocsPerRun(100, func() {
			r, err := c.call()
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Release(); err != nil {
				t.Fatal(err)
			}
		})
		if n > c.want {
			t.Errorf("%s allocates %v times, want %v", c.name, n, c.want)
		}
	}
}

// FuzzCopy copies between layouts decoded from the input, over one memory, and compares with the oracle.
func FuzzCopy(f *testing.F) {
	f.Add([]byte{2, 3, 4, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, uint8(4), uint16(3))
	f.Add([]byte("\x03\x02\x02\x02abcdefghijklmnop"), uint8(1), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, size uint8, shift uint16) {
		isz := 1 + int(size)%33
		src, n, rest := ndtest.FromBytes(data, nil, isz)
		dst, k, _ := ndtest.FromBytes(rest, src.Shape, isz)
		at := 0
		if n > 0 {
			at = int(shift) % (n + 1)
		}
		dst.Offset += at
		mem := make([]byte, max(n, at+k))
		for i := range mem {
			mem[i] = byte(i*7 + i>>8)
		}
		want := bytes.Clone(mem)
		ref.Copy(want, dst.Offset, dst.Strides, mem, src.Offset, src.Strides, src.Shape, isz)
		if err := ndbuf.Copy(viewOf(mem, bytesFormat(isz), dst), viewOf(mem, bytesFormat(isz), src)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(mem, want) {
			t.Fatalf("%+v from %+v:\n got %x\nwant %x", dst, src, mem, want)
		}
	})
}

// FuzzView makes a view of a description that the fuzzer wrote. Whatever is accepted can be read, sliced and copied
// without leaving the memory, and reads as the definition of strides and suboffsets says.
func FuzzView(f *testing.F) {
	f.Add("h", []byte{2, 0, 2, 3, 6, 2}, []byte("abcdefghijkl"))
	f.Add("0", []byte("\x1e\xf2\x9b\x00\x04\x10\x00\x00\x80\x00\xc9A\xb3\xe9"), []byte("\x1e\xf2\x9b\x00\x04\x10\x00\x00\x80\x00\xc9A\xb3\xe9A\xb3"))
	f.Add("T{i:a:(2)h:b:}", []byte{8, 0, 1, 1, 8, 255, 255}, make([]byte, 16))
	f.Fuzz(func(t *testing.T, format string, desc, data []byte) {
		if len(data) > 1<<12 || len(format) > 200 {
			t.Skip("too large to be interesting")
		}
		b := &ndbuf.Buffer{Mem: bytes.Clone(data), Format: format}
		if b.Mem == nil {
			b.Mem = []byte{}
		}
		next := func() int {
			if len(desc) == 0 {
				return 0
			}
			v := int(int8(desc[0]))
			if desc[0] == 0x80 { // now and then something absurd
				v = math.MinInt / 2 >> (len(desc) % 3)
			}
			desc = desc[1:]
			return v
		}
		l := &b.Layout
		l.ItemSize, l.Offset = next(), next()
		ndim := next() & 7
		l.Shape = make([]int, 0, ndim)
		for range ndim {
			l.Shape = append(l.Shape, next())
		}
		if next() >= 0 {
			for range ndim {
				l.Strides = append(l.Strides, next())
			}
		}
		if next() < 0 {
			for range ndim {
				l.SubOffsets = append(l.SubOffsets, next())
			}
			b.Blocks = [][]byte{make([]byte, 32)}
			if len(b.Mem) >= ptrSize {
				putPointer(b.Mem, addressOf(b.Blocks[0])+uintptr(next()))
			}
		}
		m, err := ndbuf.FromBuffer(b)
		if err != nil {
			return
		}
		lists := 1 // that ToList makes, also of no items
		for _, n := range m.Shape() {
			lists *= max(n, 1)
			if lists > 1<<16 {
				return
			}
		}
		if m.NBytes() > 1<<20 {
			return
		}
		whole, err := m.ToBytes(strides.C)
		if err != nil {
			t.Fatal(err)
		}
		if got := follow(m.Buffer()); !bytes.Equal(got, whole) {
			t.Fatalf("%+v: ToBytes %x, by definition %x", m.Layout(), whole, got)
		}
		if _, err := m.ToList(); err != nil && !errors.Is(err, ndbuf.ErrNotImplemented) && !errors.Is(err, ndbuf.ErrValue) &&
			!errors.Is(err, ndbuf.ErrOverflow) { // 127^6 empty lists
			t.Fatalf("ToList: %v", err)
		}
		back, err := m.Flip()
		if err != nil {
			t.Fatal(err)
		}
		if err := m.CopyFrom(ndbuf.Must(back.ToBytes(strides.C)), strides.C); err != nil {
			t.Fatal(err)
		}
		if ok, err := m.Equal(m); err != nil {
			t.Fatalf("Equal: %v, %v", ok, err)
		}
		if m.Len() <= 16 { // math/big takes milliseconds for the digits of one extreme long double
			_ = m.String()
		}
	})
}
