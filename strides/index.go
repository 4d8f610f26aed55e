package strides

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// None stands for an omitted bound or step of a [Range].
const None = math.MinInt

// An Index is one entry of an index list: an item, a range, an ellipsis or a new
// axis. The zero value is All.
type Index struct {
	kind              indexKind
	given             uint8 // of a range: bit i is set if number i is not omitted
	start, stop, step int   // None where omitted; a start or stop of a text may also be that very number
}

type indexKind uint8

const (
	kindAll indexKind = iota
	kindAt
	kindRange
	kindEllipsis
	kindNewAxis
)

// The indices that take no numbers.
var (
	All      = Index{kind: kindAll}      // ":", a whole axis
	Ellipsis = Index{kind: kindEllipsis} // "...", as many whole axes as are left
	NewAxis  = Index{kind: kindNewAxis}  // "None", an axis of length 1 that was not there
)

// At is one item along an axis, which is dropped. Negative i counts from the end.
func At(i int) Index { return Index{kind: kindAt, start: i} }

// Range is a Python slice: the items from start to stop, which is excluded, by
// steps of step. None stands for an omitted bound, and for the step 1. Negative
// bounds count from the end; bounds beyond an end mean that end.
func Range(start, stop, step int) Index {
	ix := Index{kind: kindRange, start: start, stop: stop, step: step}
	for i, v := range [3]int{start, stop, step} {
		if v != None {
			ix.given |= 1 << i
		}
	}
	return ix
}

// IsAt returns the number of an At, as it was given.
func (ix Index) IsAt() (i int, ok bool) {
	if ix.kind != kindAt {
		return 0, false
	}
	return ix.start, true
}

// IsRange returns the numbers of a Range as they were given, None for those
// omitted. All is Range(None, None, None). A bound of math.MinInt, which only a
// text can give, is returned as -math.MaxInt: None means an omitted one.
func (ix Index) IsRange() (start, stop, step int, ok bool) {
	switch ix.kind {
	case kindAll:
		return None, None, None, true
	case kindRange:
		start, stop = ix.start, ix.stop
		if ix.has(0) {
			start = max(start, -math.MaxInt)
		}
		if ix.has(1) {
			stop = max(stop, -math.MaxInt)
		}
		return start, stop, ix.step, true
	}
	return 0, 0, 0, false
}

// has reports whether number i of a range is not omitted.
func (ix Index) has(i int) bool { return ix.given>>i&1 != 0 }

// IsEllipsis reports whether ix is Ellipsis.
func (ix Index) IsEllipsis() bool { return ix.kind == kindEllipsis }

// IsNewAxis reports whether ix is NewAxis.
func (ix Index) IsNewAxis() bool { return ix.kind == kindNewAxis }

// String returns the index in NumPy's notation; ParseIndex reads it back.
func (ix Index) String() string {
	switch ix.kind {
	case kindAt:
		return strconv.Itoa(ix.start)
	case kindEllipsis:
		return "..."
	case kindNewAxis:
		return "None"
	case kindAll:
		return ":"
	}
	var b strings.Builder
	for i, v := range [3]int{ix.start, ix.stop, ix.step} {
		if i == 1 || i == 2 && ix.has(2) {
			b.WriteByte(':')
		}
		if ix.has(i) {
			b.WriteString(strconv.Itoa(v))
		}
	}
	return b.String()
}

// Indices applies a range to an axis of n items: it selects count of them, start,
// start+step, and so on. stop is the bound itself, within -1..n.
//
// Errors: ErrValue if the step is 0 or n is negative; ErrType if ix is no range.
//
// As Python's slice.indices, with the length of the range.
func (ix Index) Indices(n int) (start, stop, step, count int, err error) {
	const op = "Indices"
	step = 1
	if ix.has(2) {
		step = ix.step
	}
	switch {
	case ix.kind != kindAll && ix.kind != kindRange:
		return 0, 0, 0, 0, fail(op, []int{n}, ErrType, "index %v is not a range", ix)
	case n < 0:
		return 0, 0, 0, 0, fail(op, []int{n}, ErrValue, "length %d is negative", n)
	case step == 0:
		return 0, 0, 0, 0, fail(op, []int{n}, ErrValue, "the step of %v is 0", ix)
	}
	low, high := 0, n // what bounds beyond the ends mean
	if step < 0 {
		low, high = -1, n-1
	}
	start, stop = low, high
	if step < 0 {
		start, stop = high, low
	}
	for i, v := range [2]int{ix.start, ix.stop} {
		if !ix.has(i) {
			continue
		}
		if v < 0 {
			v = max(v+n, low)
		}
		v = min(v, high)
		if i == 0 {
			start = v
		} else {
			stop = v
		}
	}
	switch {
	case step > 0 && start < stop:
		count = (stop-start-1)/step + 1
	case step < 0 && stop < start:
		count = (start-stop-1)/-step + 1
	}
	return start, stop, step, count, nil
}

// Expand returns one index for each of ndim axes, and the NewAxis entries
// between them: an Ellipsis becomes as many All as are missing, and without one
// they are added at the end.
//
// Errors: ErrType if there are more indices than axes (CPython's TypeError);
// ErrIndex for a second Ellipsis (NumPy's IndexError).
func Expand(ndim int, ix []Index) ([]Index, error) {
	const op = "Index"
	used, ellipsis := 0, len(ix)
	for i, x := range ix {
		switch x.kind {
		case kindEllipsis:
			if ellipsis < len(ix) {
				return nil, &LayoutError{Op: op, Err: ErrIndex, Msg: "more than one ellipsis"}
			}
			ellipsis = i
		case kindAt, kindRange, kindAll:
			used++
		}
	}
	if used > ndim {
		return nil, &LayoutError{Op: op, Err: ErrType, Msg: fmt.Sprintf("%d indices for %d axes", used, ndim)}
	}
	full := make([]Index, 0, len(ix)+ndim-used)
	full = append(full, ix[:ellipsis]...)
	for range ndim - used {
		full = append(full, All)
	}
	if ellipsis < len(ix) {
		full = append(full, ix[ellipsis+1:]...)
	}
	return full, nil
}

// Index returns the layout of the items that basic indexing selects: each At
// drops its axis, each Range shortens it, each NewAxis adds one of length 1
// (stride 0), Ellipsis and what is missing at the end leave axes as they are.
//
// Strides are multiplied by the step, also where the result has one item or
// none. Starts are added to Offset, or, behind an axis with a suboffset, to that
// suboffset, as CPython does. So the Offset of an empty result may lie anywhere,
// and a suboffset of one may have become negative. Numbers on which no item
// depends are not wrapped, as in CPython, if they do not fit: the stride is 0,
// the start not added.
//
// Errors: ErrIndex for an At out of range, a second Ellipsis or more than
// MaxDims axes; ErrType for more indices than axes; ErrValue for a step of 0 or
// an invalid layout; ErrNotImplemented for an At on an axis with a suboffset,
// or a start that would make a suboffset negative.
//
// As NumPy's basic indexing.
func (l Layout) Index(ix ...Index) (Layout, error) { return l.index("Index", ix) }

// index is Index on behalf of the method op.
func (l Layout) index(op string, ix []Index) (Layout, error) {
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	full, err := Expand(len(l.Shape), ix)
	if err != nil {
		err.(*LayoutError).Shapes = [][]int{append([]int{}, l.Shape...)}
		return Layout{}, err
	}
	ndim := len(full)
	for _, x := range full {
		if x.kind == kindAt {
			ndim--
		}
	}
	if ndim > MaxDims {
		return Layout{}, fail(op, l.Shape, ErrIndex, "the result would have %d axes, more than %d", ndim, MaxDims)
	}
	out := makeLayout(ndim, l.ItemSize, l.Offset, l.SubOffsets != nil)
	var room [8]selection
	sel := append(room[:0], make([]selection, len(l.Shape))...)
	if err := l.resolve(op, full, sel); err != nil {
		return Layout{}, err
	}
	empty := false
	for _, s := range sel {
		empty = empty || s.count == 0
	}
	d, k := 0, 0 // axes of out and of l
	for _, x := range full {
		if x.kind == kindNewAxis {
			out.set(d, 1, 0, -1)
			d++
			continue
		}
		s := sel[k]
		if err := out.shift(op, d, s.start, l.Strides[k], empty); err != nil {
			return Layout{}, err
		}
		if x.kind != kindAt {
			out.set(d, s.count, mulOrZero(l.Strides[k], s.step), l.subOffset(k))
			d++
		}
		k++
	}
	return out, nil
}

// A selection is what an index means along an axis of known length.
type selection struct{ start, step, count int }

// resolve applies the indices to the axes they stand for.
func (l Layout) resolve(op string, full []Index, sel []selection) error {
	k := 0
	for _, x := range full {
		if x.kind == kindNewAxis {
			continue
		}
		n := l.Shape[k]
		if i, ok := x.IsAt(); ok {
			if i < -n || i >= n {
				return fail(op, l.Shape, ErrIndex, "index %d out of range for axis %d of length %d", i, k, n)
			}
			if l.indirectAt(k) {
				return fail(op, l.Shape, ErrNotImplemented, "one item of axis %d, which has suboffset %d, needs its pointer", k, l.SubOffsets[k])
			}
			if i < 0 {
				i += n
			}
			sel[k] = selection{i, 1, 1}
		} else {
			start, _, step, count, err := x.Indices(n)
			if err != nil {
				return fail(op, l.Shape, ErrValue, "axis %d: the step of %v is 0", k, x)
			}
			sel[k] = selection{start, step, count}
		}
		k++
	}
	return nil
}

// set fills in axis d.
func (l *Layout) set(d, n, stride, sub int) {
	l.Shape[d], l.Strides[d] = n, stride
	if l.SubOffsets != nil {
		l.SubOffsets[d] = sub
	}
}

// shift moves item 0 by start steps of stride along an axis that comes after the
// first d axes of l: in the memory that the last pointer among these leads to, or
// else in the first one.
func (l *Layout) shift(op string, d, start, stride int, empty bool) error {
	at, ptr := &l.Offset, -1
	if l.SubOffsets != nil {
		for k := range d {
			if l.SubOffsets[k] >= 0 {
				at, ptr = &l.SubOffsets[k], k
			}
		}
	}
	move, ok1 := mul(start, stride)
	sum, ok2 := add(*at, move)
	switch {
	case !ok1 || !ok2:
		if !empty {
			return fail(op, l.Shape, errTooBig, "offset %d and %d times stride %d do not fit in an int", *at, start, stride)
		}
	case ptr >= 0 && sum < 0 && !empty:
		return fail(op, l.Shape, ErrNotImplemented, "the suboffset of axis %d would be %d", ptr, sum)
	default:
		*at = sum
	}
	return nil
}
