package ndbuf_test

import (
	"slices"

	"github.com/strided-go/strided/ndbuf"
)

// A twin follows a view through a script with nothing of the library: which pieces of memory its items are.
type twin struct {
	fmt      string
	isz      int
	shape    []int
	strides  []int
	items    func() [][]byte // in C order; each reaches on to the end of its block
	ro       bool
	followed bool // the exporter has pointers
	released bool
}

// flatTwin is that of bytes.
func flatTwin(mem func() []byte, ro bool) *twin {
	return &twin{fmt: "B", isz: 1, ro: ro, items: func() (out [][]byte) {
		for i := range mem() {
			out = append(out, mem()[i:])
		}
		return out
	}}
}

// twinOf is that of an exporter.
func twinOf(x *live) *twin {
	return &twin{fmt: x.fmt, isz: x.isz, shape: x.shape, strides: x.strides, ro: x.ro, followed: !x.direct, items: func() (out [][]byte) {
		for _, p := range x.places(&x.layout) {
			out = append(out, x.blocks[p.block][p.off:])
		}
		return out
	}}
}

// view is that of a new view of the same items as they are now.
func (t *twin) view() *twin {
	v := *t
	items := t.items()
	if v.items = func() [][]byte { return items }; v.shape == nil {
		v.shape, v.strides = []int{len(items)}, []int{1}
	}
	v.released = false
	return &v
}

func (t *twin) readOnly() *twin {
	v := t.view()
	v.ro = true
	return v
}

// countItems is an exporter of a shape whose items are bytes, the one with number i at byte i.
func countItems(shape []int) *exporter {
	x := &exporter{direct: true, layout: layout{isz: 1, shape: shape, strides: make([]int, len(shape))}}
	for d, step := len(shape)-1, 1; d >= 0; d-- {
		x.strides[d] = step
		step *= shape[d]
	}
	return x
}

// pick is that of a part; nil for a key that is refused.
func (t *twin) pick(k *key) *twin {
	s := countItems(t.shape).pick(k.list())
	if s.err != "" {
		return nil
	}
	v, all := t.view(), t.items()
	real := exporter{direct: true, layout: layout{shape: t.shape, strides: t.strides}}
	v.shape, v.strides = s.shape, real.pick(k.list()).strides
	items := [][]byte{}
	for _, p := range s.at {
		items = append(items, all[p.off])
	}
	v.items = func() [][]byte { return items }
	return v
}

// bytes are those of all items.
func (t *twin) bytes() (out []byte) {
	for _, item := range t.items() {
		out = append(out, item[:t.isz]...)
	}
	return out
}

// store writes all items.
func (t *twin) store(b []byte) {
	for i, item := range t.items() {
		copy(item, b[i*t.isz:(i+1)*t.isz])
	}
}

// model is the view as replaceCast knows it.
func (t *twin) model() *castModel {
	m := &castModel{layout: layout{isz: t.isz, shape: t.shape, strides: t.strides}, fmt: t.fmt}
	if t.followed {
		m.sub = make([]int, len(t.shape))
	}
	return m
}

// emptyAxis reports whether the view is one of those that memoryview's attributes do not call contiguous.
func (t *twin) emptyAxis() bool {
	return !t.followed && len(t.shape) == 1 && t.shape[0] == 0 && t.strides[0] != t.isz
}

// cast is that of a cast by our rules, or the exception.
func (t *twin) cast(format string, shape []int) (*twin, string) {
	m, class := t.model().cast(format, shape)
	if class != "" {
		return nil, class
	}
	v, all := t.view(), t.items()
	v.fmt, v.isz, v.shape, v.strides = format, m.isz, m.shape, m.strides
	items := [][]byte{}
	if len(all) > 0 {
		for i := 0; i < len(all)*t.isz; i += m.isz {
			items = append(items, all[0][i:])
		}
	}
	v.items = func() [][]byte { return items }
	return v, ""
}

// contiguous is that of the result of GetContiguous: the same items, or those of a block that only m leads to.
func (t *twin) contiguous(m *ndbuf.MemoryView) *twin {
	v := t.view()
	if m == nil || m.NBytes() == 0 {
		return v // an empty view is contiguous as it is
	}
	b := m.Buffer()
	if all := t.items(); b.Layout.SubOffsets != nil || address(b.Mem[b.Layout.Offset:]) == address(all[0]) {
		return v
	}
	x := &exporter{direct: true, layout: layout{isz: t.isz, shape: t.shape, strides: m.Strides(), start: place{0, b.Layout.Offset}}}
	items := [][]byte{}
	for _, p := range x.places(&x.layout) {
		items = append(items, b.Mem[p.off:])
	}
	v.strides = x.strides
	v.items, v.ro, v.followed = func() [][]byte { return items }, true, false
	return v
}

// expectStep is a step by our rules where memoryview has none of its own.
func expectStep(in *stepIn) (outcome, bool) {
	t := in.on
	read := func(t *twin) (out []any, ok bool) {
		for _, b := range t.items() {
			v, ok := readItem(t.fmt, b[:t.isz])
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		return out, true
	}
	switch in.Op {
	case "in":
		values, ok := read(t)
		return one("r", slices.ContainsFunc(values, func(v any) bool { return pyEqual(v, in.Val.raw) })), ok
	case "get", "set":
		s := countItems(t.shape).pick(in.Key.list())
		if s.err != "" {
			return refusal(s.err), true
		}
		if in.Key.all(keyInt) && in.Op == "set" {
			return outcome{}, false
		}
		part := t.pick(in.Key)
		if in.Op == "get" && itemKey(in.Key, len(t.shape)) {
			values, ok := read(part)
			return one("r", append(values, nil)[0]), ok
		} else if in.Op == "get" {
			return one("r", describeItems(part.shape, part.bytes())), true
		}
		if in.src == nil {
			return refusal("TypeError"), true
		}
		src := in.src.view()
		convert, ok := compatible(t.fmt, src.fmt)
		switch {
		case t.ro:
			return refusal("TypeError"), true
		case !ok || t.isz != src.isz || !slices.Equal(part.shape, src.shape):
			return refusal("ValueError"), true
		}
		after := t.bytes()
		for i, b := range src.items() {
			copy(after[s.at[i].off*t.isz:], convert(b[:t.isz]))
		}
		return one("after", hexText(after)), true
	}
	return outcome{}, false
}

// replaceReleased gives the zero value of what a released view is asked for.
func replaceReleased(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*stepIn)
	if in.on == nil || !in.on.released || want.class == "" {
		return want, false
	}
	switch in.Op {
	case "base":
		return one("r", nil), true
	case "len":
		return one("r", 0), true
	case "in":
		return refusal("ValueError"), true
	case "attr":
		zero := map[string]any{"format": "s", "shape": pyTuple(nil), "strides": pyTuple(nil), "suboffsets": pyTuple(nil), "readonly": "?0",
			"c_contiguous": "?0", "f_contiguous": "?0", "contiguous": "?0"}[in.Name]
		if zero == nil {
			zero = "i0"
		}
		return one("r", zero), true
	}
	return want, false
}
