// Package ndtest makes the layouts and the circumstances that tests run under:
// random layouts, layouts decoded from a fuzzer's bytes, pairs that alias, and
// each CPU level in turn. Only tests import it.
package ndtest

import (
	"math/rand"
	"slices"

	"github.com/strided-go/strided/strides"
)

// Options bounds the layouts that Random makes. A zero field means its default.
type Options struct {
	MaxDim    int // axes; 5
	MaxLen    int // items along an axis; 9
	MaxItems  int // items in all; 4096
	MaxItem   int // bytes of an item, if ItemSize is 0; 33
	ItemSize  int // bytes of an item; 0: random
	Shape     []int
	Injective bool // no byte is visited twice: no zero and no overlapping strides
}

func (o Options) filled() Options {
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def(&o.MaxDim, 5)
	def(&o.MaxLen, 9)
	def(&o.MaxItems, 4096)
	def(&o.MaxItem, 33)
	return o
}

// ItemSize returns an item size from 1 to most, half of them powers of two.
func ItemSize(r *rand.Rand, most int) int {
	if r.Intn(2) == 0 {
		return min(1<<r.Intn(5), most)
	}
	return 1 + r.Intn(most)
}

// Shape returns a random shape within the bounds. About one in thirty is empty,
// and lengths of one are frequent.
func Shape(r *rand.Rand, o Options) []int {
	o = o.filled()
	shape := make([]int, r.Intn(o.MaxDim+1))
	items := 1
	for i := range shape {
		n := 1
		if r.Intn(4) > 0 {
			n += r.Intn(o.MaxLen)
		}
		if items*n > o.MaxItems {
			n = 1
		}
		items *= n
		shape[i] = n
	}
	if len(shape) > 0 && r.Intn(30) == 0 {
		shape[r.Intn(len(shape))] = 0
	}
	return shape
}

// Random returns a layout and the size of the memory that it needs: its extent
// is exactly [0, size), so memory of that size guarded at both ends catches any
// step outside. Axes lie in random order, padded or not, walked up or down;
// unless o.Injective, some strides are zero and some make items overlap.
func Random(r *rand.Rand, o Options) (l strides.Layout, size int) {
	o = o.filled()
	l.ItemSize = o.ItemSize
	if l.ItemSize == 0 {
		l.ItemSize = ItemSize(r, o.MaxItem)
	}
	l.Shape = slices.Clone(o.Shape)
	if o.Shape == nil {
		l.Shape = Shape(r, o)
	}
	l.Strides = make([]int, len(l.Shape))
	order := r.Perm(len(l.Shape))
	switch r.Intn(3) {
	case 0: // C order
		slices.Sort(order)
		slices.Reverse(order)
	case 1: // F order
		slices.Sort(order)
	}
	padded := r.Intn(2) == 0
	next := l.ItemSize // a stride that keeps clear of what is inside
	for _, axis := range order {
		s := next
		if padded && r.Intn(3) == 0 {
			s += r.Intn(2 * l.ItemSize)
		}
		if !o.Injective && r.Intn(12) == 0 {
			s = 0
		} else if !o.Injective && r.Intn(12) == 0 {
			s = r.Intn(s + 1)
		}
		next = max(next, s*l.Shape[axis])
		if r.Intn(4) == 0 {
			s = -s
		}
		l.Strides[axis] = s
	}
	return l, Fit(&l)
}

// Fit sets the offset of a layout so that its lowest byte is at 0 and returns
// where its highest byte ends: 0 if it has no items.
func Fit(l *strides.Layout) (size int) {
	lo, hi := 0, l.ItemSize
	for i, n := range l.Shape {
		if n == 0 {
			l.Offset = 0
			return 0
		}
		if s := l.Strides[i] * (n - 1); s < 0 {
			lo += s
		} else {
			hi += s
		}
	}
	l.Offset = -lo
	return hi - lo
}

// FromBytes decodes a layout from a fuzzer's bytes and returns it with the
// memory it needs, as Random does, and the bytes not used. Every input gives a
// layout; no layout has more than 4 axes of up to 15 items or a stride of more
// than 127 bytes. If shape is not nil it is used instead of a decoded one.
func FromBytes(data []byte, shape []int, itemSize int) (l strides.Layout, size int, rest []byte) {
	get := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	l.ItemSize = itemSize
	if itemSize == 0 {
		l.ItemSize = 1 + get()%33
	}
	l.Shape = slices.Clone(shape)
	if shape == nil {
		l.Shape = make([]int, get()%5)
		for i := range l.Shape {
			l.Shape[i] = get() % 16
		}
	}
	l.Strides = make([]int, len(l.Shape))
	for i := range l.Strides {
		l.Strides[i] = int(int8(get()))
	}
	size = Fit(&l)
	return l, size, data
}
