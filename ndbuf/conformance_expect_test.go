package ndbuf_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/strided-go/strided/strides"
)

// What the rules in conformance_rules_test.go put in the place of recorded answers.

func hexText(b []byte) string { return hex.EncodeToString(b) }

// recordedInts are the numbers of a recorded list.
func recordedInts(v any) []int {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var n []num
	if err := json.Unmarshal(raw, &n); err != nil {
		panic(err)
	}
	return mustInts(n)
}

// expectGet is m[key] by our rules: an item in any readable format, or a view by NumPy's indexing.
func expectGet(in *indexIn) (outcome, bool) {
	s := in.X.pick(in.Key.list())
	if s.err != "" {
		return refusal(s.err), true
	}
	if itemKey(&in.Key, len(in.X.shape)) {
		v, ok := readItem(in.X.fmt, in.X.bytesAt(s.at))
		return one("v", v), ok
	}
	fields := map[string]any{"view.shape": s.shape, "view.at": fmt.Sprint(s.at), "bytes": hexText(in.X.bytesAt(s.at))}
	if in.X.direct {
		fields["view.strides"], fields["view.off"] = s.strides, s.start.off
		fields["view.cfa"] = cfa(&s.layout, false)
	}
	return result(fields), true
}

// itemKey reports whether a key has an integer for each of n axes.
func itemKey(k *key, n int) bool {
	return k.all(keyInt) && (k.kind == keyInt || k.kind == keyTuple) && len(k.list()) == n
}

// plainKey reports whether a key has nothing but integers and slices.
func plainKey(k *key) bool {
	for _, x := range k.list() {
		if x.kind != keyInt && x.kind != keySlice {
			return false
		}
	}
	return true
}

// items are the values of all items of x, in C order, or the exception for items that have none. ok is false for a format
// that cannot be read.
func (x *exporter) items() (out []any, class string, ok bool) {
	out = []any{}
	_, size, ok := readFormat(x.fmt)
	if !ok || size > x.isz {
		return nil, "ValueError", ok
	}
	for _, p := range x.places(&x.layout) {
		v, ok := readItem(x.fmt, x.bytesAt([]place{p}))
		if !ok {
			return nil, "", false
		}
		if v == nil {
			return nil, "ValueError", true
		}
		out = append(out, v)
	}
	return out, "", true
}

// nested arranges items as lists of lists.
func nested(items []any, shape []int) any {
	if len(shape) == 0 {
		return items[0]
	}
	step := 1
	for _, n := range shape[1:] {
		step *= n
	}
	l := []any{}
	for i := range shape[0] {
		l = append(l, nested(items[i*step:], shape[1:]))
	}
	return l
}

// expectItems answers iter, rev, in and tolist for any format and any number of axes.
func expectItems(c *conf) (outcome, bool) {
	x := memoryOf(c)
	items, class, ok := x.items()
	if !ok || class != "" {
		return refusal(class), ok
	}
	switch c.k {
	case "rev":
		slices.Reverse(items)
	case "in":
		wanted := c.in.(*indexIn).V.raw
		return one("r", slices.ContainsFunc(items, func(v any) bool { return pyEqual(v, wanted) })), true
	case "tolist":
		return one("r", nested(items, x.shape)), true
	}
	return one("r", items), true
}

func replaceFormats(c *conf, want outcome) (outcome, bool) {
	if c.k == "pipeline" {
		_, _, ok := readFormat(memoryOf(c).fmt)
		return want.with(map[string]any{"mv_tolist": 1}), ok && want.fields["mv_tolist"] == "NotImplementedError"
	}
	if want.class != "NotImplementedError" {
		return want, false
	}
	switch in := c.in.(type) {
	case *stepIn:
		return want, false
	case *setIn:
		if !itemKey(&in.Key, len(in.X.shape)) {
			return want, false
		}
		return expectSet(in)
	case *indexIn:
		switch {
		case c.k == "get" && itemKey(&in.Key, len(in.X.shape)):
			return expectGet(in)
		case c.k == "get" || len(in.X.shape) != 1:
			return want, false
		}
	}
	return expectItems(c)
}

func replaceSubViews(c *conf, want outcome) (outcome, bool) {
	switch in := c.in.(type) {
	case *stepIn:
		if want.class != "NotImplementedError" {
			return want, false
		}
		return expectStep(in)
	case *setIn:
		if want.class != "NotImplementedError" || in.Key.all(keyInt) {
			return want, false
		}
		return expectSet(in)
	case *indexIn:
		switch {
		case c.k == "get" && want.class == "NotImplementedError" && plainKey(&in.Key) && !itemKey(&in.Key, len(in.X.shape)):
			return expectGet(in)
		case c.k == "get" || len(in.X.shape) == 1 || c.k == "in" && len(in.X.shape) == 0:
			return want, false
		case len(in.X.shape) == 0 && want.class != "TypeError" || len(in.X.shape) > 1 && want.class != "NotImplementedError":
			return want, false
		}
		return expectItems(c)
	}
	return want, false
}

func replaceNumPy(c *conf, want outcome) (outcome, bool) {
	in, ok := c.in.(*indexIn)
	if tooBig := ok && c.k == "ndslice" && want.class == "OverflowError" && in.Keys[len(in.Keys)-1].big(); want.class != "TypeError" && !tooBig {
		return want, false
	}
	switch in := c.in.(type) {
	case *indexIn:
		if c.k == "ndslice" {
			return expectSlices(in)
		}
		if !in.Key.typed() || plainKey(&in.Key) && (in.Key.all(keyInt) || in.Key.all(keySlice)) {
			return want, false
		}
		return expectGet(in)
	case *setIn:
		if !in.Key.typed() || plainKey(&in.Key) && (in.Key.all(keyInt) || in.Key.all(keySlice)) || len(in.X.shape) == 0 {
			return want, false
		}
		return expectSet(in)
	}
	return want, false
}

// expectSlices applies keys one after the other.
func expectSlices(in *indexIn) (outcome, bool) {
	at, l := in.X.places(&in.X.layout), in.X.layout
	for i := range in.Keys {
		if !in.Keys[i].typed() {
			return outcome{}, false
		}
		list := in.Keys[i].list()
		s := countItems(l.shape).pick(list)
		if s.err != "" {
			return refusal(s.err), true
		}
		chosen := []place{}
		for _, p := range s.at {
			chosen = append(chosen, at[p.off])
		}
		real := exporter{direct: true, layout: layout{shape: l.shape, strides: l.strides, start: l.start}}
		r := real.pick(list)
		at, l.shape, l.strides, l.start = chosen, s.shape, r.strides, r.start
	}
	fields := map[string]any{"view.shape": l.shape, "view.at": fmt.Sprint(at), "bytes": hexText(in.X.bytesAt(at))}
	if in.X.direct {
		fields["view.strides"], fields["view.off"], fields["view.cfa"] = l.strides, l.start.off, cfa(&l, false)
	}
	return result(fields), true
}

// expectSet is m[key] = value by our rules.
func expectSet(in *setIn) (outcome, bool) {
	x := &in.X
	if x.ro {
		return refusal("TypeError"), true
	}
	dst := x.pick(in.Key.list())
	if dst.err != "" {
		return refusal(dst.err), true
	}
	var items [][]byte
	switch {
	case itemKey(&in.Key, len(x.shape)):
		b, class, ok := writeItem(x.fmt, in.Val.raw)
		if !ok || class != "" {
			return refusal(class), ok
		}
		items = [][]byte{b}
	case in.Src != nil || in.Selfkey != nil:
		from, sub := x, in.Selfkey
		if in.Src != nil {
			from, sub = in.Src, in.Srckey
		}
		if sub == nil {
			sub = &key{kind: keyEllipsis}
		}
		src := from.pick(sub.list())
		if src.err != "" {
			return outcome{}, false
		}
		convert, ok := compatible(x.fmt, from.fmt)
		if !ok || x.isz != from.isz || !slices.Equal(dst.shape, src.shape) {
			return refusal("ValueError"), true
		}
		for _, p := range src.at {
			items = append(items, convert(from.bytesAt([]place{p})))
		}
	default:
		return refusal("TypeError"), true // a value that exports no buffer
	}
	blocks := [][]byte{bytes.Clone(x.mem)}
	if !x.direct {
		blocks = nil
		for _, b := range x.data {
			blocks = append(blocks, bytes.Clone(b))
		}
	}
	for i, p := range dst.at {
		copy(blocks[p.block][p.off:], items[i])
	}
	if x.direct {
		return one("after", hexText(blocks[0])), true
	}
	after := []any{}
	for i, b := range blocks {
		if x.data[i] == nil {
			after = append(after, nil)
		} else {
			after = append(after, hexText(b))
		}
	}
	return one("after", after), true
}

func replaceOverlap(c *conf, want outcome) (outcome, bool) {
	after := c.in.(*setIn).AfterSnapshot
	return one("after", after), after != nil
}

func replaceAssign(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*setIn)
	if want.class != "ValueError" || in.Src == nil || in.Src.fmt == in.X.fmt {
		return want, false
	}
	return expectSet(in)
}

// structFormat reports whether the struct module could read a format.
func structFormat(f string) bool {
	return !strings.ContainsAny(f, "T{}():ZguwO&X^") && !strings.HasSuffix(f, "3")
}

func replaceEqual(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*eqIn)
	a, b := &in.A, in.B
	if b == nil {
		b = a
	}
	if structFormat(a.fmt) && structFormat(b.fmt) || canonical(want.fields["r"]) == "1" || canonical(want.fields["same"]) == "1" ||
		canonical(want.fields["other"]) == "1" {
		return want, false
	}
	equal := len(a.shape) == len(b.shape)
	for d := range a.shape {
		if !equal || a.shape[d] != b.shape[d] {
			equal = false
			break
		}
		if a.shape[d] == 0 {
			break
		}
	}
	_, sizeA, readA := readFormat(a.fmt)
	_, sizeB, readB := readFormat(b.fmt)
	if equal = equal && readA && readB && sizeA <= a.isz && sizeB <= b.isz; equal {
		x, classX, _ := a.items()
		y, classY, _ := b.items()
		if classX != "" || classY != "" { // text that is none equals the same text
			equal = a.fmt == b.fmt && bytes.Equal(a.bytes(&a.layout, 'C'), b.bytes(&b.layout, 'C'))
		} else {
			equal = slices.EqualFunc(x, y, pyEqual)
		}
	}
	if in.B == nil {
		return result(map[string]any{"same": equal, "other": equal}), true
	}
	return one("r", equal), true
}

func replaceBounds(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*layoutIn)
	for _, n := range slices.Concat([]num{in.Isz, in.Off}, in.Shape, in.Strides) {
		if !n.IsInt64() {
			return want, false
		}
	}
	instead := layoutAnswer(in)
	if in.Exact != nil && (in.Exact.Sign() > 0) != (instead.class == "") {
		c.errorf("the rule for bounds says %v, exact arithmetic %v", instead, in.Exact)
	}
	switch {
	case want.class == "" && instead.class == "":
		// NumPy's strides of an empty array count a length of 0 as 1.
		st := instead.fields["st"]
		return want.with(map[string]any{"st": st}), c.k == "nplayout" && in.Strides == nil && want.fields["st"] != nil && in.empty()
	case want.class == "": // too many axes for a view, no strides for its axes, or an overflow that the oracle does not see
		return instead, len(in.Shape) > strides.MaxDims && canonical(want.fields["mv"]) == "ValueError" || c.adv != "" ||
			in.Strides != nil && len(in.Strides) == 0
	case instead.class == "":
		return instead, want.class == "ValueError" && in.stricter(c.k)
	}
	return instead, want.class == "TypeError" && len(in.Strides) == 0 && c.k == "nplayout"
}

func (in *layoutIn) empty() bool {
	return slices.ContainsFunc(in.Shape, func(n num) bool { return n.Sign() == 0 })
}

// stricter reports whether a layout breaks a rule that is only the oracle's: room at the offset also for an empty array,
// and of _testbuffer.ndarray multiples of the item size.
func (in *layoutIn) stricter(k string) bool {
	if k == "nplayout" {
		return in.empty()
	}
	end := new(big.Int).Add(&in.Off.Int, &in.Isz.Int)
	odd := func(n num) bool { return new(big.Int).Rem(&n.Int, &in.Isz.Int).Sign() != 0 }
	return in.Off.Sign() < 0 || end.Cmp(&in.Memlen.Int) > 0 || odd(in.Off) || slices.ContainsFunc(in.Strides, odd) ||
		len(in.Shape) > strides.MaxDims
}

func replaceNoFormat(c *conf, want outcome) (outcome, bool) {
	if in, ok := c.in.(*getbufIn); ok {
		return want.with(map[string]any{"full.fmt": "B"}), in.X.nofmt
	}
	if in, ok := c.in.(*xIn); ok && c.k == "hash" {
		none := in.X.nofmt && in.X.ro
		return one("ok", 1), none
	} else if ok {
		return want.with(map[string]any{"view.fmt": "B"}), in.X.nofmt
	}
	in := c.in.(*fromBufferIn)
	return want.with(map[string]any{"view.fmt": "B"}), want.class == "" && (in.B.Fmt == nil || *in.B.Fmt == "")
}

// replaceUnchecked finds layouts that leave the len bytes of memory, and pointers, which none of these cases has.
func replaceUnchecked(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*fromBufferIn)
	if want.class != "" || in.B.Shape == nil || in.B.Strides == nil ||
		!slices.Equal(recordedInts(want.fields["view.shape"]), mustInts(in.B.Shape)) ||
		!slices.Equal(recordedInts(want.fields["view.strides"]), mustInts(in.B.Strides)) {
		return want, false
	}
	lo, hi := new(big.Int), new(big.Int)
	for i := range in.B.Shape {
		if in.B.Shape[i].Sign() == 0 {
			return want, false
		}
		d := new(big.Int).Sub(&in.B.Shape[i].Int, big.NewInt(1))
		if d.Mul(d, &in.B.Strides[i].Int); d.Sign() < 0 {
			lo.Add(lo, d)
		} else {
			hi.Add(hi, d)
		}
	}
	span := hi.Sub(hi, lo)
	span.Add(span, &in.B.Isz.Int)
	followed := slices.ContainsFunc(in.B.Sub, func(n num) bool { return n.Sign() >= 0 })
	return refusal("ValueError"), followed || span.Cmp(&in.B.Len.Int) > 0
}

func replaceGroups(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*hexIn)
	if want.class != "OverflowError" || !in.N.IsInt64() || in.Sep == nil {
		return want, false
	}
	digits := hexText(in.X.bytes(&in.X.layout, 'C'))
	return one("r", digits), new(big.Int).Abs(&in.N.Int).Cmp(big.NewInt(int64(len(digits)))) > 0
}

func replaceLanguage(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*parseIn)
	members, size, padded, ok := readPadded(in.Fmt)
	if len(members) == 1 && members[0].code == "" && !members[0].named && members[0].shape == nil {
		members = members[0].members
	}
	fields := map[string]any{"isz": padded, "elements": elementsOf(members)}
	if n, known := want.fields["struct"]; known && canonical(n) != fmt.Sprint(size) {
		c.errorf("the rule reads %d bytes, struct %v", size, n)
	}
	return result(fields), ok && want.class != ""
}

func replaceSyntax(c *conf, want outcome) (outcome, bool) {
	_, _, ok := readFormat(c.in.(*parseIn).Fmt)
	return refusal("struct.error"), !ok
}

// replaceOpaque looks for structures and unions that ctypes could not describe.
func replaceOpaque(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*ctypesIn)
	_, recorded := want.fields["literal"]
	return want.with(map[string]any{"literal": 0}), recorded && in.Decl.opaque
}

// replaceFailedPack says that the buffer is as it was. CPython has cleared the place and stored the values before the bad one.
func replaceFailedPack(c *conf, want outcome) (outcome, bool) {
	in := c.in.(*packIn)
	after, err := hex.DecodeString(canonical(want.fields["after"]))
	if want.class == "" || err != nil || len(after) != len(in.B) {
		return want, false
	}
	_, size, ok := readFormat(in.F)
	off, fits := in.Off.int()
	if off < 0 {
		off += len(in.B)
	}
	for i := range after {
		if ok = ok && fits && (after[i] == in.B[i] || i >= off && i < off+size); !ok {
			return want, false
		}
	}
	return want.with(map[string]any{"after": hexText(in.B)}), true
}
