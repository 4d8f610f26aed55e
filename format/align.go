package format

import (
	"math"
	"slices"
)

// addInt, mulInt and alignUp work on numbers that are not negative and
// report whether the result fits an int.

func addInt(a, b int) (int, bool) {
	if a > math.MaxInt-b {
		return 0, false
	}
	return a + b, true
}

func mulInt(a, b int) (int, bool) {
	if b != 0 && a > math.MaxInt/b {
		return 0, false
	}
	return a * b, true
}

func alignUp(n, align int) (int, bool) {
	if r := n % align; r != 0 {
		return addInt(n, align-r)
	}
	return n, true
}

// product is the number of elements of a shape that was checked before.
func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// checkedProduct is product for a shape that comes from outside. Zeros do
// not hide an overflow: the product of the other lengths must fit too.
func checkedProduct(shape []int) (int, bool) {
	n, zero, ok := 1, false, true
	for _, d := range shape {
		if d == 0 {
			zero = true
		} else if n, ok = mulInt(n, d); !ok {
			return 0, false
		}
	}
	if zero {
		return 0, true
	}
	return n, true
}

// saturate is a + b*c, or MaxInt where that does not fit.
func saturate(a, b, c int) int {
	n, ok := mulInt(b, c)
	if ok {
		n, ok = addInt(a, n)
	}
	if !ok {
		return math.MaxInt
	}
	return n
}

// A builder lays out the members of a structure one after the other, as
// NumPy's reader of PEP 3118 formats and the struct module do where both
// know a format:
//
//   - a member starts at the end of the one before, rounded up to its
//     alignment if mode '@' is in force when the member ends;
//   - the structure's alignment is the largest of those used;
//   - T{...} is padded to its alignment if mode '@' is in force at its end.
type builder struct {
	fields []Field
	off    int
	align  int
	values int
	cost   int
	keep   bool // padding is a member too
}

// add places a member and reports whether all sums fit. Padding, which is a
// Void without a name, takes room and is no member.
func (b *builder) add(f Field, mode byte) bool {
	n, ok := checkedProduct(f.Shape)
	if !ok {
		return false
	}
	size, ok := mulInt(n, f.Type.size)
	if !ok {
		return false
	}
	if mode == '@' {
		if b.off, ok = alignUp(b.off, f.Type.align); !ok {
			return false
		}
		b.align = max(b.align, f.Type.align)
	}
	f.Offset = b.off
	if b.off, ok = addInt(b.off, size); !ok {
		return false
	}
	if f.Type.kind == Void && f.Name == "" && !b.keep {
		return true
	}
	values := 1
	if f.flat {
		values = n
	}
	if b.values, ok = addInt(b.values, values); !ok {
		return false
	}
	b.cost = saturate(b.cost, 1, fieldCost(f))
	b.fields = append(b.fields, f)
	return true
}

// fieldCost counts the values and lists that reading a field makes.
func fieldCost(f Field) int {
	cost := f.Type.cost
	for _, d := range slices.Backward(f.Shape) {
		cost = saturate(1, d, cost)
	}
	return cost
}

// finish makes the structure; mode is the one in force at its end.
func (b *builder) finish(mode byte, bare bool) (*Type, bool) {
	t := &Type{
		kind: Struct, mode: mode, bare: bare,
		size: b.off, align: max(b.align, 1), padded: b.off,
		values: b.values, cost: saturate(b.cost, 1, 1), fields: b.fields,
	}
	if mode == '@' {
		var ok bool
		if t.padded, ok = alignUp(t.size, t.align); !ok {
			return nil, false
		}
	}
	if !bare {
		t.size = t.padded
	}
	return t, true
}

// unwrap returns the only member of a sequence if there is nothing else to
// say about it.
func (t *Type) unwrap() *Type {
	if t.bare && len(t.fields) == 1 {
		f := t.fields[0]
		if f.Name == "" && f.Shape == nil && f.Offset == 0 && f.Type.size == t.size {
			return f.Type
		}
	}
	return t
}
