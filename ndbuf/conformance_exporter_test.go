package ndbuf_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The exporters of the schema: what a case says of them, walked by its own few lines here, and the memory we build.

// A place is a byte of one of an exporter's blocks. A direct exporter has one block.
type place struct{ block, off int }

// An exporter is the description in a case.
type exporter struct {
	layout
	fmt    string
	nofmt  bool // the case says ""
	ro     bool
	direct bool
	mem    []byte          // of a direct one
	data   [][]byte        // of an indirect one: a block of bytes, nil for a block of pointers
	ptrs   map[int][]place // of an indirect one: the blocks of pointers
}

// A layout is a view of an exporter.
type layout struct {
	isz                 int
	shape, strides, sub []int // sub: nil if there are none
	start               place
}

const vectorPtr = 8 // bytes of a pointer where the answers were recorded

func (x *exporter) UnmarshalJSON(b []byte) error {
	var j struct {
		Fmt            *string
		Isz            *num
		Shape, Strides []num
		Off            *num
		Mem            json.RawMessage
		Ro             *int
		Sub            []num
		Blocks         []struct {
			D *string
			P [][]num
		}
		Buf []num
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return err
	}
	if j.Fmt == nil || j.Isz == nil || j.Shape == nil || j.Strides == nil || j.Ro == nil || (j.Off == nil) == (j.Buf == nil) {
		return errors.New("exporter lacks a field")
	}
	if x.fmt = *j.Fmt; x.fmt == "" {
		x.fmt, x.nofmt = "B", true // as Buffer.Format says
	}
	x.ro, x.direct = *j.Ro == 1, j.Off != nil
	x.isz, x.shape, x.strides, x.sub = j.Isz.at(), mustInts(j.Shape), mustInts(j.Strides), mustInts(j.Sub)
	if x.direct {
		var err error
		x.start.off = j.Off.at()
		x.mem, err = memory(j.Mem)
		return err
	}
	if len(j.Buf) != 2 || len(j.Sub) != len(j.Shape) {
		return errors.New("indirect exporter with no place for item 0, or no suboffsets")
	}
	x.start = place{j.Buf[0].at(), j.Buf[1].at()}
	x.ptrs = map[int][]place{}
	for i, b := range j.Blocks {
		if b.D != nil {
			data, err := hex.DecodeString(*b.D)
			if err != nil {
				return err
			}
			x.data = append(x.data, data)
			continue
		}
		x.data = append(x.data, nil)
		for _, p := range b.P {
			to := place{-1, 0}
			if p != nil {
				to = place{p[0].at(), p[1].at()}
			}
			x.ptrs[i] = append(x.ptrs[i], to)
		}
	}
	return nil
}

// memory is hex, or a pattern.
func memory(raw json.RawMessage) ([]byte, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return hex.DecodeString(text)
	}
	var p struct{ Pat, N *num }
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Pat == nil || p.N == nil {
		return nil, fmt.Errorf("%s is no memory", raw)
	}
	mem := make([]byte, p.N.at())
	for i := range mem {
		mem[i] = byte(131*i + 17*(i>>8) + 29*(i>>16) + p.Pat.at())
	}
	return mem, nil
}

// at walks to an item: strides, and pointers where there are suboffsets.
func (x *exporter) at(l *layout, index []int) place {
	p := l.start
	for d, i := range index {
		p.off += i * l.strides[d]
		if l.sub != nil && l.sub[d] >= 0 {
			if p.off%vectorPtr != 0 {
				panic(fmt.Sprintf("pointer at byte %d", p.off))
			}
			to := x.ptrs[p.block][p.off/vectorPtr]
			p = place{to.block, to.off + l.sub[d]}
		}
	}
	return p
}

// walkShape calls f with every index of shape, in C order, or with the first axis fastest.
func walkShape(shape []int, fortran bool, f func(index []int)) {
	index := make([]int, len(shape))
	if slices.Contains(shape, 0) {
		return
	}
	for {
		f(index)
		k := 0
		for ; k < len(shape); k++ {
			d := k
			if !fortran {
				d = len(shape) - 1 - k
			}
			if index[d]++; index[d] < shape[d] {
				break
			}
			index[d] = 0
		}
		if k == len(shape) {
			return
		}
	}
}

// places are those of all items of l, in C order.
func (x *exporter) places(l *layout) []place {
	out := []place{}
	walkShape(l.shape, false, func(index []int) { out = append(out, x.at(l, index)) })
	return out
}

// bytes are those of the items of l as recorded.
func (x *exporter) bytes(l *layout, order strides.Order) []byte {
	var out []byte
	walkShape(l.shape, order == strides.F, func(index []int) {
		p := x.at(l, index)
		out = append(out, x.block(p.block)[p.off:p.off+l.isz]...)
	})
	return out
}

func (x *exporter) block(i int) []byte {
	if x.direct {
		return x.mem
	}
	return x.data[i]
}

// A live is an exporter in memory, as _testbuffer.ndarray: an ndbuf.Exporter.
type live struct {
	*exporter
	blocks  [][]byte
	buf     ndbuf.Buffer
	exports int
}

// build makes the memory of x. Every call makes its own.
func (x *exporter) build() *live {
	v := &live{exporter: x, buf: ndbuf.Buffer{Format: x.fmt, ReadOnly: x.ro, Layout: strides.Layout{
		Shape: x.shape, Strides: x.strides, SubOffsets: x.sub, Offset: x.start.off, ItemSize: x.isz}}}
	if v.buf.Obj = v; x.nofmt {
		v.buf.Format = ""
	}
	if x.direct {
		v.blocks = [][]byte{bytes.Clone(x.mem)}
		if v.blocks[0] == nil {
			v.blocks[0] = []byte{}
		}
		v.buf.Mem = v.blocks[0]
		return v
	}
	for i, b := range x.data {
		if b == nil {
			v.blocks = append(v.blocks, make([]byte, len(x.ptrs[i])*vectorPtr))
			continue
		}
		v.blocks = append(v.blocks, bytes.Clone(b))
	}
	for i, ptrs := range x.ptrs {
		for k, to := range ptrs {
			if to.block >= 0 {
				a := uint64(address(v.blocks[to.block])) + uint64(to.off)
				binary.NativeEndian.PutUint64(v.blocks[i][k*vectorPtr:], a)
			}
		}
	}
	v.buf.Mem, v.buf.Blocks = v.blocks[x.start.block], v.blocks
	return v
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

func (v *live) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	b, err := v.buf.Grant(f)
	if err == nil {
		v.exports++
	}
	return b, err
}

func (v *live) ReleaseBuffer(*ndbuf.Buffer) { v.exports-- }

// view is memoryview(x).
func (c *conf) view(v ndbuf.Exporter) *ndbuf.MemoryView {
	m, err := ndbuf.FromObject(v)
	if err != nil {
		c.errorf("no view: %v", err)
		panic(stop{})
	}
	return m
}

// stop ends a case whose failure has been reported.
type stop struct{}

// after is the memory as the schema writes it.
func (v *live) after() any {
	if v.direct {
		return hex.EncodeToString(v.blocks[0])
	}
	out := make([]any, len(v.blocks))
	for i, b := range v.blocks {
		if v.data[i] != nil {
			out[i] = hex.EncodeToString(b)
		}
	}
	return out
}

// untouched reports a change of the memory: a refused operation makes none.
func (c *conf) untouched(v *live) {
	for i, b := range v.blocks {
		if v.direct && !bytes.Equal(b, v.mem) || !v.direct && v.data[i] != nil && !bytes.Equal(b, v.data[i]) {
			c.errorf("a refused operation changed memory to %x", b)
		}
	}
}

// places finds the items of one of our views in the memory of v, asking for each one's own view.
func (c *conf) places(v *live, m *ndbuf.MemoryView) []place {
	out := []place{}
	walkShape(m.Shape(), false, func(index []int) {
		ix := make([]strides.Index, len(index))
		for d, i := range index {
			ix[d] = strides.At(i)
		}
		item, err := m.Index(ix...)
		if err != nil {
			c.errorf("Index(%v): %v", index, err)
			panic(stop{})
		}
		defer item.Release()
		b := item.Buffer()
		at := address(b.Mem) + uintptr(b.Layout.Offset)
		for i, block := range v.blocks {
			if start := address(block); at >= start && at+uintptr(m.ItemSize()) <= start+uintptr(len(block)) &&
				(v.direct || v.data[i] != nil) {
				out = append(out, place{i, int(at - start)})
				return
			}
		}
		c.errorf("item %v is not in the exporter's memory", index)
		panic(stop{})
	})
	return out
}

// flags writes three flags as the schema does.
func flags(fs ...bool) (s string) {
	for _, f := range fs {
		s += map[bool]string{true: "1", false: "0"}[f]
	}
	return s
}

func contiguity(m *ndbuf.MemoryView) string {
	return flags(m.IsContiguous(strides.C), m.IsContiguous(strides.F), m.IsContiguous(strides.A))
}

// describe adds what we say of view m of v's memory to fields, under name.
func (c *conf) describe(fields map[string]any, name string, v *live, m *ndbuf.MemoryView) {
	for k, f := range map[string]any{
		"shape": m.Shape(), "strides": m.Strides(), "sub": m.SubOffsets(), "cfa": contiguity(m), "fmt": m.Format(),
		"isz": m.ItemSize(), "ro": m.ReadOnly(), "nbytes": m.NBytes(), "len": m.NBytes(), "ndim": m.NDim(),
		"at": fmt.Sprint(c.places(v, m)),
	} {
		fields[name+"."+k] = f
	}
	if v.direct {
		fields[name+".off"] = m.Layout().Offset
	}
	if n := m.Len(); n*m.ItemSize() != m.NBytes() {
		c.errorf("Len %d, ItemSize %d, NBytes %d", n, m.ItemSize(), m.NBytes())
	}
}

// flatten turns a recorded view of x into the fields that describe makes. Where the item [0, ..., 0] of an indirect view
// begins is no number of ours: that every item is at its place says the same.
func (x *exporter) flatten(out map[string]any, name string) {
	view, ok := out[name].(map[string]any)
	if !ok {
		return
	}
	delete(out, name)
	l := layout{isz: x.isz}
	for k, v := range view {
		out[name+"."+k] = v
	}
	decode := func(k string) (n []num) {
		if raw, err := json.Marshal(view[k]); err == nil {
			if err := json.Unmarshal(raw, &n); err != nil {
				panic(err)
			}
		}
		return n
	}
	l.shape = mustInts(decode("shape"))
	if isz, ok := view["isz"].(json.Number); ok {
		n, _ := isz.Int64()
		l.isz = int(n)
	}
	if slices.Contains(l.shape, 0) {
		out[name+".at"] = "[]"
		delete(out, name+".buf")
		return
	}
	l.sub = mustInts(decode("sub"))
	var fits bool
	if l.strides, fits = ints(decode("strides")); !fits {
		return
	}
	if buf := mustInts(decode("buf")); buf != nil {
		l.start = place{buf[0], buf[1]}
	} else if off, ok := view["off"].(json.Number); ok {
		n, _ := off.Int64()
		l.start.off = int(n)
	}
	out[name+".at"] = fmt.Sprint(x.places(&l))
	delete(out, name+".buf")
}
