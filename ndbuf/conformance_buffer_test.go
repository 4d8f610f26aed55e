package ndbuf_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of getbuf.jsonl and capi.jsonl: the buffer protocol and the C functions.

type getbufIn struct {
	Via        string
	X          exporter
	Toreadonly int
	Slice      []*num
	Cast       []argument
	Errs       []struct{ E, M string }
}

type fromMemoryIn struct {
	Size  num
	Flags string
}

type fromBufferIn struct {
	B struct {
		Fmt                 *string
		Isz, Ndim, Len      num
		Shape, Strides, Sub []num
		Ro                  int
		Buf                 json.RawMessage
	}
}

type pointerIn struct {
	X  exporter
	Ix []num
}

func sizeFromFormat(f string) outcome {
	n, err := ndbuf.SizeFromFormat(f)
	return oneOr("r", n, err)
}

func init() {
	define("getbuf", "full res", "", runGetbuf).fix = func(c *conf, out map[string]any) {
		res, _ := out["res"].(map[string]any)
		errs := c.in.(*getbufIn).Errs
		for f, v := range res {
			var n int
			if _, err := fmt.Sscanf(v.(string), "e%d", &n); err == nil {
				v = errs[n].E
			}
			out["res."+f] = v
		}
		delete(out, "res")
		full, _ := out["full"].(map[string]any)
		for name, v := range full {
			out["full."+name] = v
		}
		delete(out, "full")
	}
	define("from_memory", "view", "", func(c *conf, in *fromMemoryIn) outcome {
		access := map[string]ndbuf.Access{"READ": ndbuf.Read, "WRITE": ndbuf.Write}[in.Flags]
		mem := make([]byte, in.Size.at())
		m, err := ndbuf.FromMemory(mem, access)
		if err != nil {
			return failed(err)
		}
		defer m.Release()
		if len(mem) > 0 && address(m.Buffer().Mem) != address(mem) {
			c.errorf("FromMemory copied")
		}
		return result(cView(m, nil))
	}).fix = flattenC
	define("from_buffer", "view", "", runFromBuffer).fix = flattenC
	define("from_object", "view", "", func(c *conf, in *struct{ V value }) outcome {
		obj := exported(in.V.v)
		m, err := ndbuf.FromObject(obj)
		if err != nil {
			return failed(err)
		}
		defer m.Release()
		if !ndbuf.Check(m) || ndbuf.Check(obj) {
			c.errorf("Check is wrong")
		}
		return result(cView(m, obj))
	}).fix = flattenC
	define("from_exporter", "view", "", func(c *conf, in *xIn) outcome {
		x := in.X.build()
		m := c.view(x)
		defer m.Release()
		if m.Base() != x || m.Obj() != x {
			c.errorf("Base is %v", m.Base())
		}
		out := cView(m, x)
		c.describe(out, "view", x, m)
		return result(out)
	}).fix = func(c *conf, out map[string]any) { c.in.(*xIn).X.flatten(out, "view") }
	define("pointer", "at item", "", func(c *conf, in *pointerIn) outcome {
		x := in.X.build()
		m := c.view(x)
		defer m.Release()
		ix := make([]strides.Index, len(in.Ix))
		for i, n := range mustInts(in.Ix) {
			ix[i] = strides.At(n)
		}
		item, err := m.Index(ix...)
		if err != nil {
			return failed(err)
		}
		defer item.Release()
		p := c.places(x, item)[0]
		at := any([]int{p.block, p.off})
		if x.direct {
			at = p.off
		}
		b, err := item.Hex(0, 0)
		return outcome{err: err, fields: map[string]any{"at": at, "item": b}}
	})
}

// flattenC gives each entry of a recorded view a field of its own.
func flattenC(c *conf, out map[string]any) {
	view, _ := out["view"].(map[string]any)
	for name, v := range view {
		out["view."+name] = v
	}
	delete(out, "view")
}

// cView is what the C functions' kinds record of a view made from base.
func cView(m *ndbuf.MemoryView, base any) map[string]any {
	out := map[string]any{"view.len": m.NBytes(), "view.isz": m.ItemSize(), "view.ro": m.ReadOnly(), "view.ndim": m.NDim(),
		"view.fmt": m.Format(), "view.shape": m.Shape(), "view.strides": m.Strides(), "view.sub": m.SubOffsets(),
		"view.cfa": contiguity(m), "view.base": "null"}
	if m.Base() != nil {
		out["view.base"] = "other"
		if m.Base() == base {
			out["view.base"] = "object"
		}
	}
	return out
}

func runFromBuffer(c *conf, in *fromBufferIn) outcome {
	b := &ndbuf.Buffer{Mem: make([]byte, in.B.Len.at()), ReadOnly: in.B.Ro == 1, Layout: strides.Layout{ItemSize: in.B.Isz.at()}}
	if in.B.Fmt != nil {
		b.Format = *in.B.Fmt
	}
	b.Layout.Shape, b.Layout.Strides, b.Layout.SubOffsets = mustInts(in.B.Shape), mustInts(in.B.Strides), mustInts(in.B.Sub)
	if in.B.Ndim.at() == 0 && b.Layout.Shape == nil {
		b.Layout.Shape = []int{} // a scalar: without a shape Go means one axis
	}
	if string(in.B.Buf) == "null" {
		b.Mem = nil
	} else if in.B.Buf != nil {
		c.errorf("unknown buf %s", in.B.Buf)
	}
	// Py_buffer has one address, of item [0, ..., 0]; Mem begins where memory does.
	if lo, _ := b.Layout.Extent(); b.Layout.Strides != nil && b.Layout.SubOffsets == nil && lo < 0 && lo > -1<<30 {
		b.Layout.Offset = -lo
	}
	m, err := ndbuf.FromBuffer(b)
	if err != nil {
		return failed(err)
	}
	defer m.Release()
	return result(cView(m, nil))
}

// request asks e for a buffer and names what it gets as getbuf.jsonl does.
func (c *conf) request(e ndbuf.Exporter, whole *ndbuf.MemoryView, flags string, refused func(error) string) string {
	n, err := strconv.Atoi(flags)
	if err != nil {
		c.errorf("request %q", flags)
	}
	b, err := e.GetBuffer(ndbuf.Flags(n))
	if err != nil {
		return refused(err)
	}
	defer e.ReleaseBuffer(b)
	fields, ndim := "", 1
	l := b.Layout
	if b.Format != "" {
		fields += "F"
	}
	if len(l.Shape) > 0 {
		fields += "S"
	}
	if l.Shape != nil {
		ndim = len(l.Shape)
	}
	if len(l.Strides) > 0 {
		fields += "T"
	}
	if l.SubOffsets != nil {
		fields += "O"
	}
	// Whatever was asked for, it is the same memory.
	first := func(b *ndbuf.Buffer) uintptr { return address(b.Mem) + uintptr(b.Layout.Offset) }
	if whole.NBytes() > 0 && l.SubOffsets == nil && first(b) != first(whole.Buffer()) {
		c.errorf("request %s: another address", flags)
	}
	if l.ItemSize != whole.ItemSize() {
		c.errorf("request %s: item size %d, want %d", flags, l.ItemSize, whole.ItemSize())
	}
	if l.Shape == nil && len(b.Mem)-l.Offset != whole.NBytes() {
		c.errorf("request %s: %d bytes, want %d", flags, len(b.Mem)-l.Offset, whole.NBytes())
	}
	ro := 0
	if b.ReadOnly {
		ro = 1
	}
	return fmt.Sprint(fields, ":", ndim, ":", ro)
}

func runGetbuf(c *conf, in *getbufIn) outcome {
	var e ndbuf.Exporter
	switch x := in.X.build(); in.Via {
	case "exporter", "memoryview":
		e = x
	case "bytes":
		e = &pyBytes{in.X.mem}
	case "bytearray":
		e = &pyByteArray{mem: in.X.mem}
	case "array_i":
		e = &pyArray{in.X.mem, "i", 4}
	default:
		return failed(fmt.Errorf("unknown exporter %q", in.Via))
	}
	m := c.view(e)
	defer func() { m.Release() }()
	derive := func(v *ndbuf.MemoryView, err error) {
		if err != nil {
			c.errorf("cannot derive the view: %v", err)
			panic(stop{})
		}
		m.Release()
		m = v
	}
	if in.Slice != nil {
		k := key{kind: keySlice}
		copy(k.slice[:], in.Slice)
		ix, err := c.indices(&k)
		if err != nil {
			return failed(err)
		}
		derive(m.Index(ix...))
	}
	if in.Cast != nil {
		format, shape, err := castStep{in.Cast[0], in.Cast[1]}.args()
		if err != nil {
			return failed(err)
		}
		derive(m.Cast(format, shape...))
	}
	if in.Toreadonly == 1 {
		derive(m.ToReadOnly())
	}
	if in.Via == "memoryview" {
		e = m
	}
	out := map[string]any{"full.fmt": m.Format(), "full.isz": m.ItemSize(), "full.len": m.NBytes(), "full.ndim": m.NDim(),
		"full.shape": orNil(m.Shape()), "full.strides": orNil(m.Strides()), "full.sub": m.SubOffsets(), "full.ro": m.ReadOnly()}
	for f := range decodeAny(c.raw["res"]).(map[string]any) {
		out["res."+f] = c.request(e, m, f, func(err error) string {
			if !isClass(err, "BufferError") {
				return err.Error()
			}
			return "BufferError"
		})
	}
	return result(out)
}

// orNil is the shape of a scalar as C has it: no array at all.
func orNil(s []int) []int {
	if len(s) == 0 {
		return nil
	}
	return slices.Clone(s)
}
