package ndbuf_test

import (
	"math/big"
	"slices"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of layout.jsonl, layout_numpy.jsonl and slice_indices.jsonl.

type layoutIn struct {
	Isz            num
	Shape, Strides []num
	Order          string
	Sub            []num
	Off, Memlen    num
	Exact          *num
}

// layout is the case as a Layout. ok is false if a number does not fit in an int.
func (in *layoutIn) layout() (l strides.Layout, ok bool) {
	var oks [5]bool
	l.ItemSize, oks[0] = in.Isz.int()
	l.Shape, oks[1] = ints(in.Shape)
	l.Strides, oks[2] = ints(in.Strides)
	l.SubOffsets, oks[3] = ints(in.Sub)
	l.Offset, oks[4] = in.Off.int()
	return l, !slices.Contains(oks[:], false)
}

type siIn struct {
	Key key
	Len num
}

func init() {
	define("nd", "ok nbytes st cfa mv", "", runLayout).fix = func(c *conf, out map[string]any) {
		if e, ok := out["mv"].(map[string]any); ok {
			out["mv"] = e["e"]
		}
	}
	define("nplayout", "ok cf nbytes", "st", runLayout)
	define("contig of a layout", "cfa", "", func(c *conf, in *layoutIn) outcome {
		l, ok := in.layout()
		if !ok {
			return notGo("a number that is no int", !ok)
		}
		if l.Strides == nil {
			l.Strides = make([]int, len(l.Shape))
			s, err := strides.ContiguousStrides(strides.C, l.ItemSize, l.Shape...)
			if err != nil {
				return failed(err)
			}
			l.Strides = s
		}
		return one("cfa", flags(l.IsContiguous(strides.C), l.IsContiguous(strides.F), l.IsContiguous(strides.A)))
	})
	define("strides", "r", "", func(c *conf, in *layoutIn) outcome {
		l, ok := in.layout()
		if !ok {
			return notGo("a number that is no int", !ok)
		}
		r, err := strides.ContiguousStrides(strides.Order(in.Order[0]), l.ItemSize, l.Shape...)
		return oneOr("r", r, err)
	})
	define("si", "r", "", func(c *conf, in *siIn) outcome {
		ix, err := c.indices(&in.Key)
		if err != nil {
			return failed(err)
		}
		n, ok := in.Len.int()
		if !ok {
			return notGo("a length that is no int", !ok)
		}
		start, stop, step, count, err := ix[0].Indices(n)
		return oneOr("r", []int{start, stop, step, count}, err)
	})
}

// runLayout asks whether a layout is valid: package strides first, then a view of such memory.
func runLayout(c *conf, in *layoutIn) outcome {
	l, ok := in.layout()
	if !ok {
		return notGo("a number that is no int", !ok)
	}
	if l.Strides == nil {
		order := strides.C
		if in.Order != "" {
			order = strides.Order(in.Order[0])
		}
		s, err := strides.ContiguousStrides(order, l.ItemSize, l.Shape...)
		if err != nil {
			return failed(err)
		}
		l.Strides = s
	}
	n := in.Memlen.at()
	if err := l.CheckBounds(n); err != nil {
		if m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, n), Layout: l}); err == nil {
			c.errorf("FromBuffer makes a view %v of a layout that leaves its memory", m.Layout())
		}
		return failed(err)
	}
	out := map[string]any{"ok": 1, "mv": 1}
	m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, n), Layout: l})
	if err != nil {
		c.errorf("FromBuffer refuses a layout that CheckBounds takes: %v", err)
		return failed(err)
	}
	defer m.Release()
	out["nbytes"], out["st"], out["cfa"] = m.NBytes(), m.Strides(), contiguity(m)
	out["cf"] = contiguity(m)[:2]
	return result(out)
}

// The independent rule of which layouts are valid.

// fits64 reports whether n is a number of 64 bits, the int of the recorded platform.
func fits64(n *big.Int) bool { return n.IsInt64() }

// validLayout applies the rule of strides.Layout: exact arithmetic, every byte of every item inside the memory, and
// nothing asked of a layout that touches nothing. more says what is not allowed of the numbers themselves: "" or the class.
func validLayout(in *layoutIn) bool {
	if len(in.Shape) > strides.MaxDims || in.Strides != nil && len(in.Strides) != len(in.Shape) {
		return false
	}
	empty := false
	size := new(big.Int).Set(&in.Isz.Int)
	for i := range in.Shape {
		if in.Shape[i].Sign() < 0 {
			return false
		}
		empty = empty || in.Shape[i].Sign() == 0
		size.Mul(size, &in.Shape[i].Int)
	}
	if empty {
		return true
	}
	if !fits64(size) {
		return false
	}
	lo, hi := new(big.Int).Set(&in.Off.Int), new(big.Int).Set(&in.Off.Int)
	if in.Strides == nil {
		hi.Add(hi, size)
	} else {
		for i := range in.Shape {
			d := new(big.Int).Sub(&in.Shape[i].Int, big.NewInt(1))
			d.Mul(d, &in.Strides[i].Int)
			if d.Sign() < 0 {
				lo.Add(lo, d)
			} else {
				hi.Add(hi, d)
			}
		}
		hi.Add(hi, &in.Isz.Int)
	}
	return lo.Sign() >= 0 && hi.Cmp(&in.Memlen.Int) <= 0
}

// layoutAnswer is what validLayout says, as an answer.
func layoutAnswer(in *layoutIn) outcome {
	if !validLayout(in) {
		return refusal("ValueError")
	}
	l := layout{isz: in.Isz.at(), shape: mustInts(in.Shape)}
	if l.strides = mustInts(in.Strides); l.strides == nil {
		l.strides = make([]int, len(l.shape))
		for step, i := l.isz, 0; i < len(l.shape); i++ {
			d := len(l.shape) - 1 - i
			if in.Order == "F" {
				d = i
			}
			l.strides[d] = step
			step *= l.shape[d]
		}
	}
	size := l.isz
	for _, n := range l.shape {
		size *= n
	}
	return result(map[string]any{"ok": 1, "nbytes": size, "st": l.strides, "cfa": cfa(&l, false), "cf": cfa(&l, false)[:2]})
}
