// Package gen writes the assembly of package simd. Its test compares what it
// writes with the files that are committed; go test -write renews them.
package gen

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// Files returns the generated files of package simd by name.
func Files() (map[string][]byte, error) {
	files := neonFiles()
	for name, write := range map[string]func(*asm){
		"transpose": transposes, "transpose_sse2": transposesSSE2, "stream": streams, "strided": lanes,
		"strided_sse2": lanesSSE2, "swap": swaps, "planes": planes, "planestream": planeStreams, "rows": rows,
		"scatter": scatters, "masks": masks, "indices": indices, "convert": conversions, "byteplanes": bytePlanes,
	} {
		a := newAsm()
		write(a)
		f, err := a.Result()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := pass.Compile.Execute(f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		cfg := printer.Config{Name: "simd/_gen", Pkg: "simd"}
		text, err := printer.NewGoAsm(cfg).Print(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name+"_amd64.s"] = text
		text, err = printer.NewStubs(cfg).Print(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		const clause = "package simd\n"
		text = []byte(strings.Replace(string(text), clause, clause+"\nimport \"unsafe\"\n", 1))
		files["stubs_"+name+"_amd64.go"] = text
	}
	return files, nil
}

// An asm is one file of functions.
type asm struct {
	*build.Context
	pkg    *types.Package
	labels int
	tables map[string]operand.Mem // constants that several functions use
}

func newAsm() *asm {
	a := &asm{Context: build.NewContext(), pkg: types.NewPackage("simd", "simd"), tables: map[string]operand.Mem{}}
	a.pkg.Scope().Insert(types.NewPkgName(token.NoPos, a.pkg, "unsafe", types.Unsafe))
	tile := types.NewTypeName(token.NoPos, a.pkg, "StreamTile", nil)
	types.NewNamed(tile, types.NewStruct(nil, nil), nil)
	a.pkg.Scope().Insert(tile)
	a.ConstraintExpr("!purego,!noasm")
	return a
}

// function begins a leaf function without a frame.
func (a *asm) function(name, signature string, doc ...string) {
	a.Function(name)
	a.Attributes(attr.NOSPLIT)
	a.Pragma("noescape")
	a.Doc(doc...)
	sig, err := gotypes.ParseSignatureInPackage(a.pkg, signature)
	if err != nil {
		panic(err)
	}
	a.Signature(sig)
}

// param loads an argument into a new register.
func (a *asm) param(name string) reg.GPVirtual {
	r := a.GP64()
	a.loadParam(name, r)
	return r
}

func (a *asm) loadParam(name string, r reg.GPVirtual) {
	p, err := a.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	a.MOVQ(p.Addr, r)
}

// label returns a name not used yet.
func (a *asm) label(name string) string {
	a.labels++
	return fmt.Sprintf("%s%d", name, a.labels)
}

func ref(label string) operand.LabelRef { return operand.LabelRef(label) }

// mem is the memory off bytes behind a register, or behind the sum of a
// register and scale times another.
func mem(base reg.Register, off int) operand.Mem { return operand.Mem{Base: base, Disp: off} }

func memIndex(base, index reg.Register, scale uint8, off int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: scale, Disp: off}
}

// A width is a vector size in bytes: 16 (SSE2), 32 (AVX2) or 64 (AVX-512).
type width int

// lanes is the number of 16-byte lanes.
func (w width) lanes() int { return int(w) / 16 }

// v is vector register i at this width.
func (w width) v(i int) reg.VecPhysical {
	switch w {
	case 64:
		return zs[i]
	case 32:
		return ys[i]
	}
	return xs[i]
}

var (
	xs = []reg.VecPhysical{reg.X0, reg.X1, reg.X2, reg.X3, reg.X4, reg.X5, reg.X6, reg.X7, reg.X8, reg.X9, reg.X10,
		reg.X11, reg.X12, reg.X13, reg.X14, reg.X15, reg.X16, reg.X17, reg.X18, reg.X19, reg.X20, reg.X21, reg.X22,
		reg.X23, reg.X24, reg.X25, reg.X26, reg.X27, reg.X28, reg.X29, reg.X30, reg.X31}
	ys = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10,
		reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}
	zs = []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10,
		reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15, reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22,
		reg.Z23, reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31}
)

// load and store move a whole vector, at any address.
func (a *asm) load(w width, m operand.Mem, v int) {
	switch w {
	case 64:
		a.VMOVDQU32(m, zs[v])
	case 32:
		a.VMOVDQU(m, ys[v])
	default:
		a.MOVOU(m, xs[v])
	}
}

func (a *asm) store(w width, v int, m operand.Mem) {
	switch w {
	case 64:
		a.VMOVDQU32(zs[v], m)
	case 32:
		a.VMOVDQU(ys[v], m)
	default:
		a.MOVOU(xs[v], m)
	}
}

// storeStream stores a whole vector past the caches, at a multiple of its size.
func (a *asm) storeStream(w width, v int, m operand.Mem) {
	if w == 16 {
		a.MOVNTO(xs[v], m)
	} else {
		a.VMOVNTDQ(w.v(v), m)
	}
}

// end ends a kernel. One that has used the wide registers leaves their upper
// parts clean, or SSE instructions that follow would be slow.
func (a *asm) end(w width) {
	if w > 16 {
		a.VZEROUPPER()
	}
	a.RET()
}

// loadLane loads 16 bytes into a lane. Lane 0 comes first: it clears the others.
func (a *asm) loadLane(w width, lane int, m operand.Mem, v int) {
	switch {
	case w == 16:
		a.MOVOU(m, xs[v])
	case lane == 0 && w == 64:
		a.VMOVDQU32(m, xs[v])
	case lane == 0:
		a.VMOVDQU(m, xs[v])
	case w == 64:
		a.VINSERTI32X4(operand.U8(lane), m, zs[v], zs[v])
	default:
		a.VINSERTI128(operand.U8(lane), m, ys[v], ys[v])
	}
}

// unpack interleaves the items in the low (high) halves of the lanes of x and y,
// beginning with x. With SSE2 to is x or becomes a copy of it first; it is not y.
func (a *asm) unpack(w width, size int, high bool, x, y, to int) {
	low := map[int]func(...operand.Op){1: a.VPUNPCKLBW, 2: a.VPUNPCKLWD, 4: a.VPUNPCKLDQ, 8: a.VPUNPCKLQDQ}
	hi := map[int]func(...operand.Op){1: a.VPUNPCKHBW, 2: a.VPUNPCKHWD, 4: a.VPUNPCKHDQ, 8: a.VPUNPCKHQDQ}
	if high {
		low = hi
	}
	if w > 16 {
		low[size](w.v(y), w.v(x), w.v(to))
		return
	}
	low2 := map[int]func(mx, x operand.Op){1: a.PUNPCKLBW, 2: a.PUNPCKLWL, 4: a.PUNPCKLLQ, 8: a.PUNPCKLQDQ}
	hi2 := map[int]func(mx, x operand.Op){1: a.PUNPCKHBW, 2: a.PUNPCKHWL, 4: a.PUNPCKHLQ, 8: a.PUNPCKHQDQ}
	if high {
		low2 = hi2
	}
	if to != x {
		a.MOVOA(xs[x], xs[to])
	}
	low2[size](xs[y], xs[to])
}

// exchange unpacks both halves of x and y and returns the registers that have
// the low ones, the high ones, and nothing any more.
func (a *asm) exchange(w width, size, x, y, free int) (low, high, rest int) {
	a.unpack(w, size, false, x, y, free)
	if w == 16 {
		a.unpack(w, size, true, x, y, x)
		return free, x, y
	}
	a.unpack(w, size, true, x, y, y)
	return free, y, x
}

// network transposes within each lane; see the function of that name. It returns
// the registers in their new order and the one that is free.
func (a *asm) network(w width, size int, v []int, free int) ([]int, int) {
	return network(v, free, func(x, y, free int) (low, high, rest int) { return a.exchange(w, size, x, y, free) })
}

// network transposes within each lane: v holds a power of two of rows, at most
// the items that a lane has. It exchanges the top bit of an item's place with a
// bit of its row, for each bit of the row from the top one down:
//
//	a  a0 a1 a2 a3   low  a0 b0 a1 b1
//	b  b0 b1 b2 b3   high a2 b2 a3 b3
//
// With as many rows as a lane has items that is the transpose: register i is
// column i. exchange does one such step with two registers and a free one. The
// registers are returned in their new order, with the one that is free.
func network(v []int, free int, exchange func(x, y, free int) (low, high, rest int)) ([]int, int) {
	v = append([]int(nil), v...)
	for bit := len(v) / 2; bit > 0; bit /= 2 {
		for i := range v {
			if j := i | bit; i&bit == 0 {
				v[i], v[j], free = exchange(v[i], v[j], free)
			}
		}
	}
	return v, free
}

// lanes4 transposes the lanes of four AVX-512 registers: lane j of v[i] becomes
// lane i of v[j]. It uses the four free registers and leaves v's free.
func (a *asm) lanes4(v, free []int) {
	shuffle := func(imm uint64, x, y, to int) { a.VSHUFI32X4(operand.U8(imm), zs[y], zs[x], zs[to]) }
	shuffle(0x44, v[0], v[1], free[0]) // 00 01 10 11: register, lane
	shuffle(0xEE, v[0], v[1], free[1]) // 02 03 12 13
	shuffle(0x44, v[2], v[3], free[2]) // 20 21 30 31
	shuffle(0xEE, v[2], v[3], free[3]) // 22 23 32 33
	shuffle(0x88, free[0], free[2], v[0])
	shuffle(0xDD, free[0], free[2], v[1])
	shuffle(0x88, free[1], free[3], v[2])
	shuffle(0xDD, free[1], free[3], v[3])
}

// A walk addresses rows at a stride, four of them from each pointer.
type walk struct {
	a               *asm
	base, cur       reg.Register
	stride, stride3 reg.Register
	at              int // row that cur points to; -1 if to none yet
}

func (a *asm) newWalk(base, stride, stride3 reg.Register) *walk {
	return &walk{a: a, base: base, cur: a.GP64(), stride: stride, stride3: stride3, at: -1}
}

// row returns the memory off bytes behind the start of row i.
func (k *walk) row(i, off int) operand.Mem {
	if i/4*4 < k.at || k.at < 0 {
		k.a.MOVQ(k.base, k.cur)
		k.at = 0
	}
	for ; k.at < i/4*4; k.at += 4 {
		k.a.LEAQ(memIndex(k.cur, k.stride, 4, 0), k.cur)
	}
	switch i % 4 {
	case 0:
		return mem(k.cur, off)
	case 3:
		return memIndex(k.cur, k.stride3, 1, off)
	default:
		return memIndex(k.cur, k.stride, uint8(i%4), off)
	}
}
