// Package blocks walks several strided operands together and hands their items,
// a run at a time, to a loop that knows nothing of axes.
//
// Axes are rewritten first, as a plan does for copies: dropped, flipped, sorted
// and merged until as few as possible are left. The runs go along the axis that
// is innermost in the first operand. An operand that lies badly along that axis,
// whose items have to be changed on the way (byte order), or that the processor
// cannot load where they are, is staged: a block of items small enough for the
// first-level cache is copied by a plan to or from scratch memory, so that the
// loop sees adjacent items in this machine's byte order. So nothing is ever
// copied as a whole, and a fused transpose costs what the plan's kernels cost.
//
// If the walk is large and only writes the first operand, and the other one lies
// innermost along another axis, the runs go along that one, and it is the first
// operand that is staged, a slab in the second-level cache at a time.
package blocks

import (
	"runtime"
	"sync"
	"unsafe"

	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/simd"
)

// MaxOps is the most operands that are walked together.
const MaxOps = 3

// Pointers and Steps are what a Func gets: for each operand the address of the
// first item, and the bytes from one item to the next.
type (
	Pointers [MaxOps]unsafe.Pointer
	Steps    [MaxOps]int
)

// A Func works on a run of n items, n at least 1.
type Func func(p Pointers, step Steps, n int)

// An Operand is one strided array. All operands of a walk have the same shape.
type Operand struct {
	Strides []int      // bytes, one for each axis
	Size    int        // bytes of an item
	Fixes   []plan.Fix // what an item needs between memory and the loop
	Align   int        // what the loop wants addresses to be multiples of, where the processor cares; 0: nothing
	Write   bool       // the loop writes every item and reads none; otherwise it is free to do what it likes in place
	InPlace bool       // never stage: the loop both reads and writes items
}

type axis struct {
	n int
	s Steps
}

// A Loop is a walk as decided by New.
type Loop struct {
	axes    []axis
	ops     []Operand
	base    Steps // where the walk starts, from the callers' items [0, ..., 0]
	items   int
	bytes   int // of an item of all operands
	ordered bool
	staged  [MaxOps]bool
	staging bool // some operand is
	row     int  // the axis that blocks take beside the innermost; -1 if there is none
	block   int  // items of a block
	first   int  // of them along the innermost axis, if blocks are tiles
	slabs   bool // blocks are slabs: written as they lie in the second operand, and streamed on to the first
}

// Unaligned says that the processor loads numbers at any address.
const Unaligned = runtime.GOARCH == "amd64" || runtime.GOARCH == "386" || runtime.GOARCH == "arm64" ||
	runtime.GOARCH == "s390x" || runtime.GOARCH == "ppc64" || runtime.GOARCH == "ppc64le" || runtime.GOARCH == "wasm"

// New plans a walk over operands of one shape, which has no length of 0. In an
// ordered one runs follow each other in C order, and so do items within a run;
// in others the order is whatever suits the first operand.
//
// Keeps the operands' fixes, and none of its other arguments.
func New(shape []int, ops []Operand, ordered bool) *Loop {
	l := &Loop{ops: ops, ordered: ordered, items: 1, row: -1}
	for k, n := range shape {
		l.items *= n
		if n == 1 {
			continue
		}
		a := axis{n: n}
		for i := range ops {
			a.s[i] = ops[i].Strides[k]
		}
		if !ordered && a.s[0] < 0 {
			for i := range ops {
				l.base[i] += (n - 1) * a.s[i]
				a.s[i] = -a.s[i]
			}
		}
		l.axes = append(l.axes, a)
	}
	if !ordered {
		l.sort(0)
	}
	l.merge()
	if l.slabs = l.worthSlabs(); l.slabs {
		l.sort(1)
	}
	if len(l.axes) == 0 {
		one := axis{n: 1}
		for i := range ops {
			one.s[i] = ops[i].Size
		}
		l.axes = append(l.axes, one)
	}
	for i := range ops {
		l.bytes += ops[i].Size
	}
	l.stage()
	return l
}

// worthSlabs reports whether a large walk of two operands, each innermost along an
// axis of its own, had better go the way of the second one, which is only read:
// its items are used up as they lie in memory, and a plan of its own streams what
// becomes of a slab of them to the first.
func (l *Loop) worthSlabs() bool {
	inner := len(l.axes) - 1
	if l.ordered || len(l.ops) != 2 || inner < 1 || !l.ops[0].Write || len(l.ops[1].Fixes) > 0 || l.ops[1].InPlace ||
		l.items/slabsLeast < plan.StreamBytes()/l.ops[0].Size || simd.Table().Stream[0] == nil || simd.Slot(l.ops[0].Size) < 0 {
		return false
	}
	last, near := &l.axes[inner], -1
	for k := range inner {
		if l.axes[k].s[1] == l.ops[1].Size && l.axes[k].n >= slabRows {
			near = k
		}
	}
	return near >= 0 && last.s[0] == l.ops[0].Size && last.n >= slabRows
}

// sort puts axes with larger strides in an operand before others.
func (l *Loop) sort(op int) {
	for i := 1; i < len(l.axes); i++ {
		for k := i; k > 0 && l.axes[k-1].s[op] < l.axes[k].s[op]; k-- {
			l.axes[k-1], l.axes[k] = l.axes[k], l.axes[k-1]
		}
	}
}

// merge joins an axis with the one inside it where all operands go on there.
func (l *Loop) merge() {
	out := l.axes[:0]
	for _, a := range l.axes {
		if len(out) > 0 {
			last := &out[len(out)-1]
			joined := true
			for i := range l.ops {
				joined = joined && last.s[i] == a.s[i]*a.n
			}
			if joined {
				last.n *= a.n
				last.s = a.s
				continue
			}
		}
		out = append(out, a)
	}
	l.axes = out
}

// stage decides which operands are staged, and what a block is.
func (l *Loop) stage() {
	inner := len(l.axes) - 1
	near := -1
	largest := 1
	for i := range l.ops {
		op := &l.ops[i]
		if op.InPlace {
			continue
		}
		far := -1
		if s := abs(l.axes[inner].s[i]); s >= line {
			for k := range inner {
				if t := abs(l.axes[k].s[i]); t != 0 && t < s && l.axes[k].n >= worthTile && (far < 0 || t < abs(l.axes[far].s[i])) {
					far = k
				}
			}
		}
		if l.ordered && far != inner-1 {
			far = -1 // blocks follow each other in C order
		}
		if far >= 0 {
			near = max(near, far)
		}
		if far >= 0 || len(op.Fixes) > 0 || op.Align > 1 && !Unaligned {
			l.staged[i], l.staging = true, true
			largest = max(largest, op.Size)
		}
	}
	if !l.staging {
		return
	}
	size := blockBytes
	l.row = near
	switch {
	case near < 0:
		l.row = inner - 1
	case l.slabs:
		size = plan.StreamBytes()
		l.first = size / largest / slabRows
	case l.ordered:
		size = orderedBytes // whole rows, and enough of them
	default:
		l.first = tileItems
	}
	l.block = max(size/largest, 1)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Run walks the items, from the addresses of the operands' items [0, ..., 0], on
// up to threads goroutines, all ended when it returns: one if the walk is
// ordered or small. f is then called by several of them at once.
//
// A memory fault that the caller has asked to become a panic
// (debug.SetPanicOnFault) panics here, whichever goroutine met it.
func (l *Loop) Run(p Pointers, f Func, threads int) {
	for i := range l.ops {
		p[i] = unsafe.Add(p[i], l.base[i])
	}
	if !l.ordered {
		threads = min(threads, l.items/max(ThreadBytes/max(l.bytes, 1), 1))
	}
	if threads <= 1 || l.ordered {
		l.walk(p, f)
		return
	}
	// The outermost axis that has something for everyone, else the longest.
	best := 0
	for k := range l.axes {
		if l.axes[k].n >= threads {
			best = k
			break
		}
		if l.axes[k].n > l.axes[best].n {
			best = k
		}
	}
	n := l.axes[best].n
	threads = min(threads, n)
	Parallel(threads, func(i int) {
		part := *l
		part.axes = append([]axis(nil), l.axes...)
		from, to := n/threads*i+n%threads*i/threads, n/threads*(i+1)+n%threads*(i+1)/threads
		part.axes[best].n = to - from
		q := p
		for k := range l.ops {
			q[k] = unsafe.Add(q[k], from*l.axes[best].s[k])
		}
		part.walk(q, f)
	})
}

// A walker is one goroutine's way through a loop.
type walker struct {
	*Loop
	f       Func
	plans   [2][2][MaxOps]*plan.Plan // of staged operands: by whether rows, and columns, are those of a whole block
	scratch [MaxOps]*scratch
	rows    int // of a whole block
	cols    int
}

// A scratch is memory for a block. It is of words, so that it is aligned.
type scratch []uint64

var scratches = sync.Pool{New: func() any { s := make(scratch, blockBytes/8); return &s }}

// slabs is memory for slabs.
var slabs = sync.Pool{New: func() any { s := make(scratch, plan.StreamBytes()/8); return &s }}

// walk runs the loop on this goroutine.
func (l *Loop) walk(p Pointers, f Func) {
	w := walker{Loop: l, f: f}
	if l.staging {
		inner := l.axes[len(l.axes)-1].n
		rows := 1
		if l.row >= 0 {
			rows = l.axes[l.row].n
		}
		w.cols = min(inner, l.block)
		if l.first > 0 {
			w.cols = min(w.cols, l.first)
		}
		w.rows = min(rows, max(l.block/w.cols, 1))
		if l.first > 0 {
			w.cols = min(inner, max(w.cols, l.block/w.rows))
		}
		for i := range l.ops {
			if !l.staged[i] {
				continue
			}
			if need := w.rows * w.cols * l.ops[i].Size; need <= blockBytes {
				w.scratch[i] = scratches.Get().(*scratch)
				defer scratches.Put(w.scratch[i])
			} else if l.slabs {
				w.scratch[i] = slabs.Get().(*scratch)
				defer slabs.Put(w.scratch[i])
			} else {
				s := make(scratch, (need+7)/8)
				w.scratch[i] = &s
			}
		}
	}
	w.outer(0, p)
}

// outer walks the axes from d on that are not a block's.
func (w *walker) outer(d int, p Pointers) {
	for d == w.row {
		d++
	}
	inner := len(w.axes) - 1
	if d < inner {
		a := &w.axes[d]
		if d == inner-1 && !w.staging {
			last := &w.axes[inner]
			for range a.n - 1 {
				w.f(p, last.s, last.n)
				w.advance(&p, &a.s, 1)
			}
			w.f(p, last.s, last.n)
			return
		}
		for i := range a.n {
			w.outer(d+1, p)
			if i+1 < a.n {
				w.advance(&p, &a.s, 1)
			}
		}
		return
	}
	if !w.staging {
		w.f(p, w.axes[inner].s, w.axes[inner].n)
		return
	}
	rows, row := 1, Steps{}
	if w.row >= 0 {
		rows, row = w.axes[w.row].n, w.axes[w.row].s
	}
	cols := w.axes[inner].n
	for i := 0; i < rows; i += w.rows {
		for j := 0; j < cols; j += w.cols {
			q := p
			w.advance(&q, &row, i)
			w.advance(&q, &w.axes[inner].s, j)
			w.one(q, row, min(w.rows, rows-i), min(w.cols, cols-j))
		}
	}
}

// advance moves all pointers n steps on.
func (w *walker) advance(p *Pointers, s *Steps, n int) {
	for i := range w.ops {
		p[i] = unsafe.Add(p[i], n*s[i])
	}
}

// one does a block.
func (w *walker) one(p Pointers, row Steps, rows, cols int) {
	col := w.axes[len(w.axes)-1].s
	at, rowStep, colStep := p, row, col
	whole := true // the rows are one run in all operands
	for i := range w.ops {
		if w.staged[i] {
			size := w.ops[i].Size
			mem := unsafe.Pointer(unsafe.SliceData(*w.scratch[i]))
			at[i], rowStep[i], colStep[i] = mem, cols*size, size
			if !w.ops[i].Write {
				w.plan(i, row, rows, cols).Run(mem, p[i])
			}
		}
		whole = whole && rowStep[i] == cols*colStep[i]
	}
	if whole && !w.slabs { // a slab is to stay in the cache: nothing so long that it may be streamed
		w.f(at, colStep, rows*cols)
	} else {
		for r := range rows {
			q := at
			w.advance(&q, &rowStep, r)
			w.f(q, colStep, cols)
		}
	}
	for i := range w.ops {
		if w.staged[i] && w.ops[i].Write {
			w.plan(i, row, rows, cols).Run(p[i], at[i])
		}
	}
}

// plan returns the copy between an operand and its scratch, for a block.
func (w *walker) plan(i int, row Steps, rows, cols int) *plan.Plan {
	r, c := 0, 0
	if rows < w.rows {
		r = 1
	}
	if cols < w.cols {
		c = 1
	}
	p := w.plans[r][c][i]
	if p == nil {
		p = new(plan.Plan)
		op := &w.ops[i]
		there := []int{row[i], w.axes[len(w.axes)-1].s[i]}
		here := []int{cols * op.Size, op.Size}
		if op.Write {
			p.Init([]int{rows, cols}, there, here, op.Size, op.Fixes, w.ordered)
		} else {
			p.Init([]int{rows, cols}, here, there, op.Size, op.Fixes, false)
		}
		w.plans[r][c][i] = p
	}
	return p
}
