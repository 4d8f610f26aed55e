// Package plan turns the layouts of a copy into loops and runs them.
//
// A copy is decided in three steps, none of which touches memory. normalize.go
// rewrites the axes of both operands together until as few as possible are
// left. plan.go chooses a kernel of package simd for the two innermost loops,
// and the block of items after which the loops should move on, so that the
// cache lines of both operands are used up while they are near. exec.go walks
// the blocks and calls the kernel, on one goroutine or several.
//
// A Plan depends on shapes and strides alone, its blocks also on the level that is
// active: it can be kept and run on other memory of the same layout, at any level.
// The packages above have checked everything there is to check; this one trusts its
// arguments.
package plan

import (
	"math"
	"math/bits"

	"github.com/strided-go/strided/simd"
)

// A Fix is something done to each item after its bytes have arrived in dst:
// the bytes of Count words of Size bytes each, Size 2, 4, 8 or 16, are reversed,
// the first word Offset bytes into the item; or, if Bool is set, each of Count
// bytes becomes 0 or 1 (Size 1).
type Fix struct {
	Offset, Size, Count int
	Bool                bool
}

// The operands of a plan.
const (
	dstOp = iota
	srcOp
	operands
)

// An axis is one loop: n steps of stride bytes in each operand. Blocks take at
// most tile of the n.
type axis struct {
	n, tile int
	stride  [operands]int
}

// A kind is a family of kernels.
type kind uint8

const (
	kindNothing   kind = iota // some axis is empty, or items have no bytes
	kindCopy                  // one contiguous run
	kindItems                 // items of any size, or of one with a kernel of its own
	kindFill                  // rows of dst, each filled with one item
	kindTranspose             // blocks of items adjacent in dst along col, in src along row
	kindSwap                  // items whose bytes are reversed on the way
	kindBool                  // bytes made 0 or 1 on the way
)

const (
	smallAxes  = 8 // plans of up to so many axes live in the Plan itself
	smallFixes = 4
)

// A Plan is a copy as decided by Init. The zero Plan does nothing. Copying a
// Plan is fine. Run may be called by several goroutines at once.
type Plan struct {
	decided
	axes0  [smallAxes]axis
	fixes0 [smallFixes]Fix
}

// What is decided, apart from the room for axes and fixes: all that a Plan begins without.
type decided struct {
	kind    kind
	ordered bool
	size    int           // bytes that move as one
	items   int           // how often that happens; saturated
	base    [operands]int // where the loops start, from the caller's item [0, ..., 0]
	row     int           // axes that the kernel runs over; -1 if it has none
	col     int
	inside  int  // how many other axes have a place inside a block
	large   bool // large enough for streaming stores, where the level has them
	stream  bool // and has the shape for the pipeline of stream.go
	planes  bool // and takes planes apart or puts them together
	long    bool // and has items for rows.go

	nd        int
	moreAxes  []axis // all of them, if there are more than smallAxes: axes0 is not used
	nfix      int
	moreFixes []Fix // likewise
}

func (p *Plan) axes() []axis {
	if p.moreAxes != nil {
		return p.moreAxes[:p.nd]
	}
	return p.axes0[:p.nd]
}

func (p *Plan) fixes() []Fix {
	if p.moreFixes != nil {
		return p.moreFixes
	}
	return p.fixes0[:p.nfix]
}

// Init plans the copy of the items of one strided operand to another.
//
// Shape: shape is that of both; each strides slice is as long.
// Units: strides and itemSize are bytes. A stride of src may be zero.
// ordered: dst may visit a byte twice. Items are then written in C order, and
// the last one written to a byte wins.
// fixes apply to each item; they are in bounds and do not overlap each other.
// Keeps none of its arguments; does not allocate for up to 8 axes and 4 fixes.
func (p *Plan) Init(shape, dstStrides, srcStrides []int, itemSize int, fixes []Fix, ordered bool) {
	// The room for axes and fixes stays as it is: to clear it would take longer than the rest of a small plan.
	p.decided = decided{}
	p.ordered, p.row, p.col, p.size, p.items = ordered, -1, -1, itemSize, 1
	for _, n := range shape {
		if n <= 0 {
			p.items = 0
		}
	}
	if itemSize <= 0 || p.items == 0 {
		p.items = 0
		return
	}
	word, count, isBool := uniform(fixes, itemSize)
	if word > 0 {
		// The item is count equal words, which are one more axis.
		p.kind, p.size = kindSwap, word
		if isBool {
			p.kind = kindBool
		}
		p.setAxes(shape, dstStrides, srcStrides, count)
		if p.nd < 2 || p.wordsWorthAnAxis(count) {
			p.finish()
			return
		}
		p.size, p.base = itemSize, [operands]int{}
	}
	p.kind = kindItems
	p.setAxes(shape, dstStrides, srcStrides, 1)
	p.setFixes(fixes)
	p.finish()
}

// uniform says that an item is nothing but count words of size word that are
// all to be reversed, or all to be made bools; word is 0 if it is not.
func uniform(fixes []Fix, itemSize int) (word, count int, isBool bool) {
	if len(fixes) != 1 {
		return 0, 0, false
	}
	f := fixes[0]
	if f.Offset != 0 || f.Size <= 0 || itemSize%f.Size != 0 || f.Count != itemSize/f.Size {
		return 0, 0, false
	}
	return f.Size, f.Count, f.Bool
}

// wordsWorthAnAxis reports whether the innermost axis, that of the words of an
// item, should stay one: because it has merged with the axis around it (or is none), or
// because it fills the kernel's loop well enough by itself. If not, items move
// as a whole and their words are reversed in dst, block by block.
func (p *Plan) wordsWorthAnAxis(count int) bool {
	const enough = 64 // a cache line; chosen
	inner := p.axes()[p.nd-1]
	return inner.n != count || count*p.size >= enough
}

func (p *Plan) setFixes(fixes []Fix) {
	if len(fixes) == 0 {
		return
	}
	p.nfix = copy(p.fixes0[:], fixes)
	if len(fixes) > smallFixes {
		p.moreFixes = append([]Fix(nil), fixes...)
	}
}

// finish decides everything that follows from the axes: what moves as one, the
// kernel, the axes it runs over and the tiles.
func (p *Plan) finish() {
	hasFixes := p.nfix > 0
	if p.kind == kindItems && !hasFixes {
		p.fold()
	}
	axes := p.axes()
	for i := range axes {
		p.items = saturatingMul(p.items, axes[i].n)
		axes[i].tile = axes[i].n
	}
	if len(axes) == 0 {
		if p.kind == kindItems && !hasFixes {
			p.kind = kindCopy
		}
		return
	}
	inner := len(axes) - 1
	near := nearest(axes)
	p.large = saturatingMul(p.items, p.size) >= tuned.streamBytes
	fill := axes[inner].stride[srcOp] == 0 && axes[inner].stride[dstOp] == p.size
	switch {
	case p.ordered && hasFixes:
		// A fix works on what has arrived, so each item is finished
		// before the next one may write over a part of it.
		for i := range axes {
			axes[i].tile = 1
		}
	case p.large && p.kind == kindItems && !p.ordered && !hasFixes && p.nd <= smallAxes &&
		(p.size >= longItem && !fill || p.size >= longFill):
		p.setLong(near)
	case p.kind == kindItems && fill:
		p.kind = kindFill
		p.setRows(hasFixes)
	case p.ordered || near == inner || p.size >= largeItem:
		p.setRows(hasFixes)
	default:
		p.setBlocks(near)
	}
}

// setRows has the kernel run over the two innermost axes, in order.
func (p *Plan) setRows(hasFixes bool) {
	axes := p.axes()
	p.col, p.row = len(axes)-1, len(axes)-2
	for i := range axes[:max(p.row, 0)] {
		axes[i].tile = 1
	}
	if !hasFixes {
		return
	}
	// A fix passes over the block again: keep it in the cache.
	room := max(1, tuned.fixBlock/p.size)
	axes[p.col].tile = min(axes[p.col].n, room)
	if p.row >= 0 {
		axes[p.row].tile = min(axes[p.row].n, max(1, room/axes[p.col].tile))
	}
}

// setBlocks has the kernel run over the innermost axis of dst and over the axis
// near along which items of src are nearest to each other. A block takes from
// the innermost axes of each operand what makes runs of a few cache lines.
func (p *Plan) setBlocks(near int) {
	axes := p.axes()
	p.col, p.row = len(axes)-1, near
	if axes[near].stride[srcOp] < 0 {
		p.flip(near)
	}
	if p.nd != 2 || !shortAxes(axes[0].n, axes[1].n, p.size) {
		p.setTiles()
	}
	p.setTranspose()
}

// setTiles makes the tiles of a plan with blocks.
func (p *Plan) setTiles() {
	axes := p.axes()
	for i := range axes {
		axes[i].tile = 1
	}
	want := dstRun / p.size
	for i := len(axes) - 1; i >= 0 && want > 1; i-- {
		want = axes[i].grow(want)
	}
	want = srcRun / p.size
	// The axes of src from the smallest stride up, by repeated selection:
	// there are few of them, and no room is needed.
	for last := 0; want > 1; {
		next, best := -1, math.MaxInt
		for i := range axes {
			if s := abs(axes[i].stride[srcOp]); s > last && s < best {
				next, best = i, s
			}
		}
		if next < 0 {
			break
		}
		want = axes[next].grow(want)
		last = best
	}
	for i := range axes {
		if i != p.row && i != p.col && axes[i].tile > 1 {
			p.inside++
		}
	}
	p.lengthen()
}

// setTranspose chooses the transpose kernel where the axes of a plan with blocks permit.
func (p *Plan) setTranspose() {
	axes := p.axes()
	if !p.adjacent() {
		return
	}
	if simd.Slot(p.size) < 0 {
		p.stream = p.large && p.geometry(new(geometry))
		return
	}
	if p.kind != kindItems {
		// Faster than to reverse each item on its way: the rows of a
		// block are reversed in dst, many items at a time.
		f := Fix{Size: p.size, Count: 1, Bool: p.kind == kindBool}
		p.setFixes([]Fix{f})
	}
	p.kind = kindTranspose
	if p.planes = p.planar(); p.planes {
		axes[p.row].tile, axes[p.col].tile = axes[p.row].n, axes[p.col].n
	}
	p.stream = p.large && !p.planes && p.geometry(new(geometry))
	if p.large {
		p.followSource()
	}
}

// adjacent reports whether the items are adjacent in dst along the axis col and
// in src along row.
func (p *Plan) adjacent() bool {
	axes := p.axes()
	return p.row >= 0 && axes[p.row].stride[srcOp] == p.size && axes[p.col].stride[dstOp] == p.size
}

// planar reports whether the kernel's axes are planes, long ones, and items of one of each that lie together, three planes
// or of bytes as many as a number has, and the level has a kernel for them. Without one they are better off in blocks:
// assembly that is given a block cannot be preempted before its end, and some items can be streamed.
func (p *Plan) planar() bool {
	count := func(n int) bool { return n == 3 || p.size == 1 && simd.Slot(n) > 0 }
	row, col := p.axes()[p.row], p.axes()[p.col]
	long := col.n
	switch {
	case count(row.n) && col.stride[srcOp] == row.n*p.size:
	case count(col.n) && row.stride[dstOp] == col.n*p.size:
		long = row.n
	default:
		return false
	}
	least := bytePlanesBytes
	if row.n == 3 || col.n == 3 {
		least = planesBytes
	}
	return saturatingMul(p.items, p.size) >= least && len(p.fixes()) == 0 && p.inside == 0 &&
		long >= planesRun/p.size && simd.Table().Planes[simd.Slot(p.size)] != nil
}

// followSource has the loops around the blocks go through src in the order in
// which it lies in memory, so that pages and prefetched lines of it are used up.
// dst is written in runs that are whole lines or nearly so, wherever they lie.
func (p *Plan) followSource() {
	axes := p.axes()
	for range axes { // bubbles: there are few
		outer := -1
		for i := range axes {
			if i == p.row || i == p.col {
				continue
			}
			if outer >= 0 && abs(axes[outer].stride[srcOp]) < abs(axes[i].stride[srcOp]) {
				axes[outer], axes[i] = axes[i], axes[outer]
			}
			outer = i
		}
	}
}

// lengthen makes a block with only a few items along one of the kernel's axes
// longer along the other, so that what a call costs does not show.
func (p *Plan) lengthen() {
	axes := p.axes()
	short, long := &axes[p.row], &axes[p.col]
	if short.n > long.n {
		short, long = long, short
	}
	const few = 64 // bytes; chosen
	if p.inside == 0 && short.tile == short.n && short.n*p.size < few {
		long.grow(tuned.fixBlock / (short.n * p.size) &^ (few - 1))
	}
}

// grow makes the tile of an axis at least want items, or all of them where that
// is not many more, and returns how many items are still wanted of the axes
// around it.
func (a *axis) grow(want int) int {
	t := max(a.tile, want)
	if a.n <= t+t/4 {
		t = a.n
	}
	a.tile = t
	return (want + t - 1) / t
}

// nearest returns the axis with the smallest stride in src that is not zero,
// the innermost axis if there is none.
func nearest(axes []axis) int {
	best := len(axes) - 1
	least := abs(axes[best].stride[srcOp])
	for i := len(axes) - 1; i >= 0; i-- {
		if s := abs(axes[i].stride[srcOp]); s != 0 && (least == 0 || s < least) {
			best, least = i, s
		}
	}
	return best
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// saturatingMul multiplies two numbers that are not negative; a product that
// does not fit is the largest int.
func saturatingMul(a, b int) int {
	hi, lo := bits.Mul(uint(a), uint(b))
	if hi != 0 || lo > math.MaxInt {
		return math.MaxInt
	}
	return int(lo)
}
