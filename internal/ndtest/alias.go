package ndtest

import (
	"slices"

	"github.com/strided-go/strided/strides"
)

// An Alias is a pair of layouts of the same shape over one memory of Size bytes.
type Alias struct {
	Name     string
	Dst, Src strides.Layout
	Size     int
}

// Aliases returns the ways in which the two operands of a copy can lie to each
// other, for a src of l's shape and strides: apart, the same, shifted by one
// byte and by one item either way, reversed along each axis, and transposed
// where the shape allows that.
func Aliases(l strides.Layout) []Alias {
	l = clone(l)
	size := Fit(&l)
	shifted := func(name string, by int) Alias {
		a := Alias{Name: name, Dst: clone(l), Src: clone(l), Size: size + max(by, -by)}
		a.Dst.Offset += max(by, 0)
		a.Src.Offset += max(-by, 0)
		return a
	}
	list := []Alias{
		shifted("apart", size),
		shifted("same", 0),
		shifted("up one byte", 1),
		shifted("down one byte", -1),
		shifted("up one item", l.ItemSize),
		shifted("down one item", -l.ItemSize),
	}
	if size == 0 {
		return list
	}
	for axis, n := range l.Shape {
		a := shifted("reversed", 0)
		a.Dst.Offset += (n - 1) * a.Dst.Strides[axis]
		a.Dst.Strides[axis] = -a.Dst.Strides[axis]
		list = append(list, a)
	}
	for i := 1; i < len(l.Shape); i++ {
		if l.Shape[i-1] == l.Shape[i] {
			a := shifted("transposed", 0)
			a.Dst.Strides[i-1], a.Dst.Strides[i] = a.Dst.Strides[i], a.Dst.Strides[i-1]
			list = append(list, a)
		}
	}
	return list
}

func clone(l strides.Layout) strides.Layout {
	l.Shape, l.Strides, l.SubOffsets = slices.Clone(l.Shape), slices.Clone(l.Strides), slices.Clone(l.SubOffsets)
	return l
}
