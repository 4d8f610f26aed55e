package plan

import (
	"fmt"
	"strings"

	"github.com/strided-go/strided/simd"
)

// String tells everything about a plan: the kernel and the level it comes from,
// what moves as one and how often, where the loops start if not at item
// [0, ..., 0], then the loops from the outermost to the innermost with their
// strides in bytes, their tiles where blocks do not take them whole, and which
// two of them the kernel runs. In a streamed plan it tells how many items a tile
// has along runs and along rows, and which loops are fused into either.
func (p *Plan) String() string {
	if p.kind == kindNothing {
		return "nothing to copy"
	}
	if p.kind == kindCopy {
		return fmt.Sprintf("copy: one run of %d bytes%s", p.size, p.baseText())
	}
	var b strings.Builder
	name := p.kernelName()
	level, _ := simd.Table().Impl(name)
	fmt.Fprintf(&b, "%s (%v): %d × %d bytes%s", name, level, p.items, p.size, p.baseText())
	if p.ordered {
		b.WriteString(", in C order")
	}
	var g geometry
	runs, _ := streamKernels(p.size, simd.Table())
	streamed := p.stream && runs != nil && p.geometry(&g)
	if streamed {
		fmt.Fprintf(&b, ", streamed in tiles of %d × %d", g.rows, g.cols)
	}
	if name == "rows" || name == "fillstream" {
		b.WriteString(", streamed")
	}
	for i, a := range p.axes() {
		fmt.Fprintf(&b, "\n  loop %d: dst %+d, src %+d", a.n, a.stride[dstOp], a.stride[srcOp])
		if a.tile < a.n && !streamed {
			fmt.Fprintf(&b, ", tile %d", a.tile)
		}
		switch {
		case streamed && g.roles[i] == roleRow:
			b.WriteString(", in rows")
		case streamed && g.roles[i] == roleRun:
			b.WriteString(", in runs")
		case streamed:
		case i == p.row:
			b.WriteString(", kernel row")
		case i == p.col:
			b.WriteString(", kernel col")
		}
	}
	for _, f := range p.fixes() {
		what := fmt.Sprintf("reverse %d × %d bytes", f.Count, f.Size)
		if f.Bool {
			what = fmt.Sprintf("make %d bytes 0 or 1", f.Count)
		}
		if streamed {
			fmt.Fprintf(&b, "\n  packing does %s at %d", what, f.Offset)
		} else {
			fmt.Fprintf(&b, "\n  then %s at %d", what, f.Offset)
		}
	}
	return b.String()
}

func (p *Plan) baseText() string {
	if p.base == [operands]int{} {
		return ""
	}
	return fmt.Sprintf(", from dst %+d, src %+d", p.base[dstOp], p.base[srcOp])
}

// kernelName returns the name of the plan's kernel in simd's table.
func (p *Plan) kernelName() string {
	t := simd.Table()
	if p.long && t.Rows != nil {
		return "rows"
	}
	switch p.kind {
	case kindFill:
		if p.fillStreams(t) {
			return "fillstream"
		}
		return "fill"
	case kindBool:
		return "bool"
	case kindSwap:
		return fmt.Sprint("swap", p.size)
	case kindTranspose:
		if p.planes && simd.Table().Planes[simd.Slot(p.size)] != nil {
			return fmt.Sprint("planes", p.size)
		}
		return fmt.Sprint("transpose", p.size)
	}
	if simd.Slot(p.size) >= 0 {
		return fmt.Sprint("strided", p.size)
	}
	return "items"
}
