package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// shiftStreams writes the kernels for runs that begin within lines. Those for longer
// items were no faster than the stage.
func shiftStreams(a *asm) {
	bytes := a.StaticGlobal("streamBytes")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * line {
		a.AddDatum(i, operand.U8(i))
	}
	for _, size := range []int{4, 1, 2} {
		a.streamShift(shape{w: 64, size: size, rows: line / size, stream: true}, bytes)
	}
}

// streamShift writes a kernel for runs whose whole lines leave from registers though they
// begin within lines: what a column has in one step is kept in the StreamTile for the next,
// and a line is 64 bytes of the two.
func (a *asm) streamShift(s shape, bytes operand.Mem) {
	name := fmt.Sprintf("stream%dShift512", s.size)
	a.function(name, streamSignature, name+" is a StreamFunc for tiles with Begun and Keep whose runs are whole lines. It needs VBMI.")
	(&streamer{asm: a, s: s, shift: bytes, t: a.param("t")}).body()
}

// storeShift stores the line that a register completes, the place of whose items is at.
func (k *streamer) storeShift(v, col int, at operand.Mem) {
	to, m, index := k.GP64(), k.GP64(), k.GP64()
	k.LEAQ(at, to)
	k.MOVQ(to, m)
	k.ANDQ(operand.I32(line-1), m)
	k.SUBQ(m, to)
	k.LEAQ(k.shift, index)
	k.SUBQ(m, index)
	carry := k.get("group")
	k.SHLQ(operand.U8(6), carry)
	kept := memIndex(k.t, carry, 1, streamCarry+col*line)
	k.VMOVDQU32(kept, zs[30])
	k.VMOVDQU32(zs[v], kept)
	k.VMOVDQU32(mem(index, line), zs[31])
	k.VPERMT2B(zs[v], zs[31], zs[30])
	k.VMOVNTDQ(zs[30], mem(to, 0))
}
