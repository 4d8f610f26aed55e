package ndbuf

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/strided-go/strided/strides"
)

// Indirection: views with suboffsets.
//
// A buffer may hold pointers: where SubOffsets[k] >= 0, the address reached after axis k is that of a pointer, which is
// followed, and SubOffsets[k] is added. Reading such pointers whenever an item is wanted would be slow, and unsafe when
// somebody changes them meanwhile. So each is read once, when the view is made, and looked up in the blocks that the
// exporter vouches for. What remains is a table: for each index of the axes up to the last one with a pointer (the outer
// axes) the place of a directly laid out array (the inner axes). The table never changes. Slicing and permuting act on a
// Layout over its entries and on the Layout of the inner axes; only where an inner axis moves before an outer one is a
// new table made.
//
// A view's nominal layout, which Strides and SubOffsets report, is that of the exporter, sliced as _testbuffer.ndarray
// slices. Where no such layout exists (an outer axis moved), it is a fresh one: C-ordered pointers, one level deep.

// An entry is where an inner array begins: byte off of block, and never a byte outside it once the inner layout is added.
type entry struct{ block, off int }

// An indirection is the resolved form of a layout with suboffsets.
type indirection struct {
	blocks  [][]byte
	entries []entry
	outer   strides.Layout // of entries: ItemSize 1, strides and offset count entries
	inner   strides.Layout // of items from an entry's place on: strides and offset in bytes
}

const ptrSize = int(unsafe.Sizeof(uintptr(0)))

// lastIndirect returns the last axis with a pointer, or -1.
func lastIndirect(sub []int) int {
	for k := len(sub) - 1; k >= 0; k-- {
		if sub[k] >= 0 {
			return k
		}
	}
	return -1
}

// at returns the address of the entry with number i, the inner offset added.
func (r *indirection) at(i int) unsafe.Pointer {
	e := r.entries[i]
	b := r.blocks[e.block]
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), e.off+r.inner.Offset)
}

// A blockIndex finds the block that an address lies in.
type blockIndex struct {
	lo, hi []uintptr // sorted by lo
	which  []int     // into the caller's blocks
	reach  []int     // of the blocks up to here, the one that ends last
}

func newBlockIndex(blocks [][]byte) *blockIndex {
	x := &blockIndex{which: make([]int, len(blocks))}
	start := func(i int) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(blocks[i]))) }
	for i := range blocks {
		x.which[i] = i
	}
	slices.SortStableFunc(x.which, func(a, b int) int { return cmp.Compare(start(a), start(b)) })
	for i, b := range x.which {
		x.lo = append(x.lo, start(b))
		x.hi = append(x.hi, start(b)+uintptr(len(blocks[b])))
		best := i
		if i > 0 && x.hi[x.reach[i-1]] >= x.hi[i] {
			best = x.reach[i-1]
		}
		x.reach = append(x.reach, best)
	}
	return x
}

// find returns the block that holds the n bytes from address a+lo on, and the offset of a in it (which may itself lie
// outside), for a segment that reaches from lo to hi.
func (x *blockIndex) find(a uintptr, lo, hi int) (entry, bool) {
	from := a + uintptr(lo)
	if (lo < 0) != (from < a) && lo != 0 {
		return entry{}, false // wrapped around the address space
	}
	to := from + uintptr(hi-lo)
	if to < from {
		return entry{}, false
	}
	i, ok := slices.BinarySearch(x.lo, from)
	if ok {
		for i+1 < len(x.lo) && x.lo[i+1] == from {
			i++
		}
	} else {
		i--
	}
	if i < 0 {
		return entry{}, false
	}
	i = x.reach[i]
	if to > x.hi[i] {
		return entry{}, false
	}
	return entry{x.which[i], int(from-x.lo[i]) - lo}, true
}

// segment is the part of l from axis a to axis b-1 as a layout of its own.
func segment(l strides.Layout, a, b, itemSize int) strides.Layout {
	return strides.Layout{Shape: l.Shape[a:b], Strides: l.Strides[a:b], ItemSize: itemSize}
}

// resolve follows every pointer of l once. l is valid and has a suboffset >= 0.
//
// Errors: ErrValue naming the axis of a pointer, or of what it leads to, that is outside the memory.
func resolve(mem []byte, blocks [][]byte, l strides.Layout) (*indirection, error) {
	depth := lastIndirect(l.SubOffsets) + 1
	r := &indirection{
		blocks: append([][]byte{mem}, blocks...), // entries of the first level point into mem
		inner:  segment(l, depth, len(l.Shape), l.ItemSize),
	}
	// An axis with stride 0 leads to the same pointers again: its entries are stored once.
	outerShape := slices.Clone(l.Shape[:depth])
	count, room := 1, 0
	for _, b := range r.blocks {
		room += len(b)
	}
	for k, n := range outerShape {
		if l.Strides[k] == 0 && n > 1 {
			outerShape[k] = 1
		}
		if n == 0 {
			count = 0
		}
	}
	for _, n := range outerShape {
		if count > 0 && n > room/count {
			return nil, fail(ErrValue, "SubOffsets: shape %v needs more pointers than there are bytes of memory (%d)",
				l.Shape[:depth], room)
		}
		count *= n
	}
	outer, err := strides.Contiguous(strides.C, 1, outerShape...)
	if err != nil {
		return nil, fail(ErrValue, "SubOffsets: %w", err)
	}
	for k := range outer.Shape {
		if outer.Shape[k] != l.Shape[k] {
			outer.Shape[k], outer.Strides[k] = l.Shape[k], 0
		}
	}
	r.outer = outer
	if count == 0 || l.Len() == 0 {
		r.entries = make([]entry, count)
		r.inner.Strides = make([]int, len(r.inner.Shape)) // nobody checked the others: no item is there
		if err := r.inner.Validate(); err != nil {
			return nil, fail(ErrValue, "SubOffsets: behind the pointers: %w", err)
		}
		return r, nil
	}
	r.entries = make([]entry, 0, count)
	return r, r.follow(newBlockIndex(blocks), l, outerShape, 0, entry{0, l.Offset})
}

// follow appends the entries beneath axis, reached at place at.
func (r *indirection) follow(x *blockIndex, l strides.Layout, shape []int, axis int, at entry) error {
	if axis == len(shape) {
		r.entries = append(r.entries, at)
		return nil
	}
	for i := range shape[axis] {
		next := entry{at.block, at.off + i*l.Strides[axis]}
		if sub := l.SubOffsets[axis]; sub >= 0 {
			b := r.blocks[next.block]
			if next.off < 0 || next.off > len(b)-ptrSize {
				return fail(ErrValue, "SubOffsets: the pointer at index %d of axis %d lies outside its memory (byte %d of %d)",
					i, axis, next.off, len(b))
			}
			p := loadPointer(b[next.off:])
			lo, hi := reachOf(l, axis+1)
			e, ok := x.find(p+uintptr(sub), lo, hi)
			if !ok {
				return fail(ErrValue, "SubOffsets: the pointer at index %d of axis %d leads outside every block "+
					"(bytes %d to %d from it are needed)", i, axis, sub+lo, sub+hi)
			}
			next = entry{e.block + 1, e.off}
		}
		if err := r.follow(x, l, shape, axis+1, next); err != nil {
			return err
		}
	}
	return nil
}

// reachOf returns the extent of what is read directly from axis k on: up to the next pointer, or the items.
func reachOf(l strides.Layout, k int) (lo, hi int) {
	end, size := len(l.Shape), l.ItemSize
	for j := k; j < len(l.Shape); j++ {
		if l.SubOffsets[j] >= 0 {
			end, size = j+1, ptrSize
			break
		}
	}
	return segment(l, k, end, size).Extent()
}

func loadPointer(b []byte) uintptr {
	if ptrSize == 8 {
		return uintptr(binary.NativeEndian.Uint64(b))
	}
	return uintptr(binary.NativeEndian.Uint32(b))
}

func storePointer(b []byte, p uintptr) {
	if ptrSize == 8 {
		binary.NativeEndian.PutUint64(b, uint64(p))
	} else {
		binary.NativeEndian.PutUint32(b, uint32(p))
	}
}

// pointers writes the table out as pointer memory of its own, for somebody else to follow by nominal layout l: the
// memory, every block a pointer may lead to, and the offset of the first pointer.
func (r *indirection) pointers(l strides.Layout) (mem []byte, blocks [][]byte, offset int) {
	blocks = append([][]byte(nil), r.blocks...)
	if l.Len() == 0 {
		return make([]byte, ptrSize), blocks, 0
	}
	mem, offset = r.write(&blocks, l, 0, 0)
	return mem, blocks, offset
}

// write makes the pointer memory from axis a on, for the entries whose number starts at base.
func (r *indirection) write(blocks *[][]byte, l strides.Layout, a, base int) ([]byte, int) {
	last := a
	for l.SubOffsets[last] < 0 {
		last++
	}
	seg := segment(l, a, last+1, ptrSize).Clone()
	for k := range seg.Shape {
		if seg.Strides[k] == 0 {
			seg.Shape[k] = 1 // the same pointers again: written once
		}
	}
	lo, hi := seg.Extent()
	mem := make([]byte, hi-lo)
	var walk func(axis, off, number int)
	walk = func(axis, off, number int) {
		if axis <= last {
			for i := range l.Shape[axis] {
				if i > 0 && l.Strides[axis] == 0 {
					break
				}
				walk(axis+1, off+i*l.Strides[axis], number+i*r.outer.Strides[axis])
			}
			return
		}
		var to uintptr
		if axis == len(r.outer.Shape) {
			to = uintptr(r.at(number))
		} else {
			sub, at := r.write(blocks, l, axis, number)
			*blocks = append(*blocks, sub)
			to = uintptr(unsafe.Pointer(unsafe.SliceData(sub))) + uintptr(at)
		}
		storePointer(mem[off:], to-uintptr(l.SubOffsets[last]))
	}
	if a == 0 {
		base = r.outer.Offset
	}
	walk(a, -lo, base)
	return mem, -lo
}

// canonical is the nominal layout for r when the exporter's does not apply: C-ordered pointers, one level deep.
func (r *indirection) canonical() strides.Layout {
	n := len(r.outer.Shape)
	l := strides.Layout{ItemSize: r.inner.ItemSize}
	l.Shape = append(slices.Clone(r.outer.Shape), r.inner.Shape...)
	l.Strides = make([]int, n, len(l.Shape))
	l.SubOffsets = make([]int, len(l.Shape))
	for k := range l.SubOffsets {
		l.SubOffsets[k] = -1
	}
	step := ptrSize
	for k := n - 1; k >= 0; k-- {
		if r.outer.Strides[k] != 0 {
			l.Strides[k] = step
			step *= max(r.outer.Shape[k], 1)
		}
	}
	l.Strides = append(l.Strides, r.inner.Strides...)
	l.SubOffsets[n-1] = 0
	return l
}

// expand returns the same items with a table whose outer axes are the first depth of the axes in order perm (a
// permutation of all axes, outer ones numbered first); every outer axis of r is among them.
func (r *indirection) expand(perm []int, depth int) (*indirection, error) {
	n := len(r.outer.Shape)
	e := &indirection{blocks: r.blocks, inner: strides.Layout{ItemSize: r.inner.ItemSize}}
	var shape []int
	for _, k := range perm[:depth] {
		if k < n {
			shape = append(shape, r.outer.Shape[k])
		} else {
			shape = append(shape, r.inner.Shape[k-n])
		}
	}
	for _, k := range perm[depth:] {
		e.inner.Shape = append(e.inner.Shape, r.inner.Shape[k-n])
		e.inner.Strides = append(e.inner.Strides, r.inner.Strides[k-n])
	}
	outer, err := strides.Contiguous(strides.C, int(unsafe.Sizeof(entry{})), shape...)
	if err != nil {
		return nil, err
	}
	for k := range outer.Strides {
		outer.Strides[k] /= outer.ItemSize
	}
	if n := outer.NBytes(); n>>31>>16 > 0 {
		return nil, fail(ErrOverflow, "a table of %d bytes does not fit in memory", n)
	}
	outer.ItemSize = 1
	e.outer = outer
	e.entries = make([]entry, 0, outer.Len())
	var walk func(k, number, off int)
	walk = func(k, number, off int) {
		if k == depth {
			at := r.entries[number]
			e.entries = append(e.entries, entry{at.block, at.off + off})
			return
		}
		for i := range shape[k] {
			if p := perm[k]; p < n {
				walk(k+1, number+i*r.outer.Strides[p], off)
			} else {
				walk(k+1, number, off+i*r.inner.Strides[p-n])
			}
		}
	}
	if outer.Len() > 0 {
		walk(0, r.outer.Offset, r.inner.Offset)
	}
	return e, nil
}
