package format

import "slices"

// A Segment is Count words of Size bytes, one after the other, at Offset
// bytes from the start of an item.
type Segment struct{ Offset, Size, Count int }

// A run is a number of equal elements one after the other. Its type is a
// leaf, or a structure whose elements do not form one run themselves; then
// inside are the runs of one element.
type run struct {
	offset int
	n      int
	leaf   *Type // nil for a structure
	inside []run
	size   int // bytes of one element
}

// runs describes the item by its bytes: names, lists and structures that
// change nothing about them are gone, and so are elements of no bytes. It is
// linear in the format, whatever its counts say.
func (t *Type) runs(offset int, out []run) []run {
	if t.kind != Struct {
		return appendRun(out, run{offset: offset, n: 1, leaf: t, size: t.size})
	}
	for _, f := range t.fields {
		at, n := offset+f.Offset, product(f.Shape)
		switch {
		case n == 0 || f.Type.size == 0:
		case n == 1:
			out = f.Type.runs(at, out)
		default:
			in := f.Type.runs(0, nil)
			if len(in) == 0 {
				continue
			}
			if len(in) == 1 && in[0].offset == 0 && in[0].n*in[0].size == f.Type.size {
				in[0].offset = at
				in[0].n *= n
				out = appendRun(out, in[0])
				continue
			}
			out = appendRun(out, run{offset: at, n: n, inside: in, size: f.Type.size})
		}
	}
	return out
}

// appendRun adds a run, to the last one if it goes on there.
func appendRun(out []run, r run) []run {
	if r.size == 0 {
		return out
	}
	if k := len(out) - 1; k >= 0 {
		last := &out[k]
		if last.size == r.size && last.offset+last.n*last.size == r.offset && last.like(r, sameLeaf) {
			last.n += r.n
			return out
		}
	}
	return append(out, r)
}

// like reports whether one element of r and of u are alike.
func (r run) like(u run, leaves func(a, b *Type) bool) bool {
	if r.leaf != nil && u.leaf != nil {
		return leaves(r.leaf, u.leaf)
	}
	return r.leaf == nil && u.leaf == nil && r.size == u.size && likeRuns(r.inside, u.inside, leaves)
}

func likeRuns(a, b []run, leaves func(a, b *Type) bool) bool {
	return slices.EqualFunc(a, b, func(x, y run) bool {
		return x.offset == y.offset && x.n == y.n && x.like(y, leaves)
	})
}

// compatibleLeaf reports whether two leaves differ at most in byte order.
func compatibleLeaf(a, b *Type) bool {
	return a.kind == b.kind && a.size == b.size && (a.word == b.word || a.size == 1)
}

// sameLeaf reports whether the same bytes mean the same in two leaves.
func sameLeaf(a, b *Type) bool { return compatibleLeaf(a, b) && a.swapped == b.swapped }

// Equal reports whether the same bytes mean the same in both types: kinds,
// sizes, offsets and byte order agree. Names do not count, nor whether equal
// elements are written as a count, a sub-array or one by one.
func (t *Type) Equal(u *Type) bool {
	return t == u || t.size == u.size && likeRuns(t.runs(0, nil), u.runs(0, nil), sameLeaf)
}

// Compatible reports whether items of the types can be copied to each other
// by moving bytes and reversing words: Equal but for byte order.
func (t *Type) Compatible(u *Type) bool {
	return t == u || t.size == u.size && likeRuns(split(t), split(u), compatibleLeaf)
}

// split is runs with byte order taken out of the question: "h>h" is one run
// as "2h" is.
func split(t *Type) []run {
	if t.NativeOrder() {
		return t.runs(0, nil)
	}
	return t.WithOrder('=').runs(0, nil)
}

// Swaps returns what to reverse when items of u are copied to items of t,
// which must be Compatible: nil if the bytes can stay as they are.
//
// Cost: one segment for each run of words, so in the worst case one for every
// second word of the item.
func (t *Type) Swaps(u *Type) []Segment {
	if t == u || !t.Compatible(u) {
		return nil
	}
	a, b := swapped(t.runs(0, nil), 0, nil), swapped(u.runs(0, nil), 0, nil)
	return difference(a, b)
}

// times is how often to look into the structures of a run for leaves of some
// sort: not at all where there are none.
func (r run) times(leaves func(*Type) bool) int {
	for _, in := range r.inside {
		if in.leaf != nil && leaves(in.leaf) || in.leaf == nil && in.times(leaves) > 0 {
			return r.n
		}
	}
	return 0
}

// swapped lists the words that are not in this machine's order.
func swapped(runs []run, offset int, out []Segment) []Segment {
	for _, r := range runs {
		if r.leaf == nil {
			for i := range r.times(func(t *Type) bool { return t.swapped }) {
				out = swapped(r.inside, offset+r.offset+i*r.size, out)
			}
		} else if r.leaf.swapped {
			out = appendSegment(out, Segment{offset + r.offset, r.leaf.word, r.n * (r.size / r.leaf.word)})
		}
	}
	return out
}

func appendSegment(out []Segment, s Segment) []Segment {
	if k := len(out) - 1; k >= 0 && out[k].Size == s.Size && out[k].Offset+out[k].Size*out[k].Count == s.Offset {
		out[k].Count += s.Count
		return out
	}
	return append(out, s)
}

// difference lists the words that are in one list and not in the other. Both
// are sorted and, as the types are compatible, cut the item in the same words.
func difference(a, b []Segment) []Segment {
	var out []Segment
	for len(a) > 0 || len(b) > 0 {
		if len(a) == 0 || len(b) > 0 && b[0].Offset < a[0].Offset {
			a, b = b, a
		}
		s := a[0]
		switch {
		case len(b) > 0 && b[0].Offset == s.Offset: // in both
			n := min(s.Count, b[0].Count)
			a, b = skip(a, n), skip(b, n)
		case len(b) > 0 && b[0].Offset < s.Offset+s.Count*s.Size: // up to where b goes on
			s.Count = (b[0].Offset - s.Offset) / s.Size
			out = appendSegment(out, s)
			a = skip(a, s.Count)
		default:
			out = appendSegment(out, s)
			a = a[1:]
		}
	}
	return out
}

// skip drops n words of the first segment.
func skip(s []Segment, n int) []Segment {
	s[0].Offset += n * s[0].Size
	if s[0].Count -= n; s[0].Count == 0 {
		return s[1:]
	}
	return s
}

// Bools returns where the bytes of ? codes are.
//
// Cost: as Swaps.
func (t *Type) Bools() []Segment { return bools(t.runs(0, nil), 0, nil) }

func bools(runs []run, offset int, out []Segment) []Segment {
	for _, r := range runs {
		if r.leaf == nil {
			for i := range r.times(func(t *Type) bool { return t.kind == Bool }) {
				out = bools(r.inside, offset+r.offset+i*r.size, out)
			}
		} else if r.leaf.kind == Bool {
			out = appendSegment(out, Segment{offset + r.offset, 1, r.n})
		}
	}
	return out
}

// WithOrder returns the type with every word in the byte order of a standard
// mode, '<', '>' or '='. Sizes and offsets stay; codes change where the same
// letter has another size there. It panics for other modes.
func (t *Type) WithOrder(mode byte) *Type {
	if mode != '<' && mode != '>' && mode != '=' {
		panic("format: WithOrder takes '<', '>' or '=', not " + string(rune(mode)))
	}
	u := *t
	u.mode, u.align, u.padded = mode, 1, t.size
	if t.kind != Struct {
		u.code = standardCode(t)
		u.swapped = t.word > 0 && isSwapped(mode)
		return &u
	}
	u.fields = slices.Clone(t.fields)
	for i := range u.fields {
		u.fields[i].Type = t.fields[i].Type.WithOrder(mode)
	}
	return &u
}

// standardCode is the code of an integer with its size in a standard mode.
func standardCode(t *Type) string {
	switch t.kind {
	case Int:
		return intCode(t.size, "bhiq")
	case Uint:
		return intCode(t.size, "BHIQ")
	}
	return t.code
}

// intCode picks the letter for 1, 2, 4 or 8 bytes.
func intCode(size int, letters string) string {
	for i := range letters {
		if size == 1<<i {
			return letters[i : i+1]
		}
	}
	return ""
}
