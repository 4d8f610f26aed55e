package plan

import "github.com/strided-go/strided/simd"

// Retiled is the plan with tiles decided anew, though its axes be short.
func (p *Plan) Retiled() Plan {
	q := *p
	q.setTiles()
	return q
}

// IsBlock reports whether RunBlock would copy items, and whether the plan of the same copy is that call of the kernel.
func (p *Plan) IsBlock(shape, dstStrides, srcStrides []int, size int) (taken, same bool) {
	if len(shape) != 2 {
		return false, false
	}
	var b block
	ok := b.set(shape, dstStrides, srcStrides, size)
	if !ok || p.kind != kindTranspose || p.nd != 2 || p.nfix > 0 || p.large || p.planes || p.base != [operands]int{} {
		return ok, false
	}
	row, col := &p.axes()[p.row], &p.axes()[p.col]
	return ok, row.tile == row.n && col.tile == col.n && p.size == size &&
		b == block{simd.Slot(size), col.n, row.n, row.stride[dstOp], col.stride[srcOp]}
}

// IsTranspose reports whether the plan has a transpose kernel, for two axes that are not large.
func (p *Plan) IsTranspose() bool {
	return p.kind == kindTranspose && p.nd == 2 && !p.large && !p.planes
}
