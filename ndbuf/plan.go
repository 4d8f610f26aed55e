package ndbuf

import (
	"slices"

	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// A Plan is a copy as decided from its two layouts: loops, tiles and kernel. It can be run any number of times, by several
// goroutines at once, on any memory with those layouts.
type Plan struct {
	dst, src strides.Layout
	format   string
	plan     plan.Plan
}

// String tells the whole plan, for people and for tests.
func (p *Plan) String() string { return p.plan.String() }

// Run copies the items of src to dst as planned. Offsets may differ from those of the layouts the plan was made from.
//
// Errors: ErrValue if a view's shape, strides or item size is not the plan's, or its format is not; ErrType with
// ErrReadOnly for a read-only dst; ErrReleased.
func (p *Plan) Run(dst, src *MemoryView) error {
	if err := acquire2(dst, src); err != nil {
		return err
	}
	defer dst.done()
	defer src.done()
	if dst.readOnly {
		return errReadOnlyStore()
	}
	for _, side := range []struct {
		name string
		m    *MemoryView
		want *strides.Layout
	}{{"dst", dst, &p.dst}, {"src", src, &p.src}} {
		l := &side.m.layout
		if side.m.rows != nil || !slices.Equal(l.Shape, side.want.Shape) || !slices.Equal(l.Strides, side.want.Strides) ||
			l.ItemSize != side.want.ItemSize {
			return fail(ErrValue, "the plan is for %s of shape %v, strides %v, items of %d bytes; it has shape %v, strides %v, "+
				"items of %d bytes", side.name, side.want.Shape, side.want.Strides, side.want.ItemSize, l.Shape, l.Strides, l.ItemSize)
		}
		if p.format != "" && side.m.format != p.format && !sameItems(kindOf(p.format), side.m.kind) {
			return fail(ErrValue, "the plan is for items of format %q, %s has %q", p.format, side.name, side.m.format)
		}
	}
	fixes, err := itemFixes(dst, src)
	if err != nil {
		return err
	}
	if len(fixes) > 0 || overlaps(dst.description, src.description) || dst.reg.isMapped() || src.reg.isMapped() || dst.nbytes == 0 {
		return store(dst, src, fixes)
	}
	run(&p.plan, dst.base(), src.base())
	return nil
}

// sameItems reports whether two formats mean the same bytes.
func sameItems(a, b *itemKind) bool {
	return a == b || a.typ != nil && b.typ != nil && a.typ.Equal(b.typ)
}
