package ndbuf

import (
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// threads is what SetThreads set; 0 stands for GOMAXPROCS.
var threads atomic.Int64

// SetThreads sets how many goroutines one large copy may use, and returns what it was. The default is GOMAXPROCS; 1
// never starts a goroutine; n < 1 restores the default.
func SetThreads(n int) (old int) {
	return resolveThreads(threads.Swap(int64(max(n, 0))))
}

func resolveThreads(n int64) int {
	if n == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return int(n)
}

// An operand is one side of a copy: memory whose bounds were checked when its view was made. It is large, so it is filled
// where it stands and handed on by its address.
type operand struct {
	base    unsafe.Pointer // item [0, ..., 0]; of a direct operand
	shape   []int
	strides []int // nil: see few
	few     [8]int
	rows    *indirection
	reg     *region // nil for memory of the caller
	c, f    bool    // contiguous in that order, if it is known
}

// setRun makes o an operand of memory of its own, in a definite order. Its strides lie in the operand itself where they
// fit: a slice of them in a local variable would be moved to the heap.
func (o *operand) setRun(mem []byte, order strides.Order, itemSize int, shape []int) {
	o.base, o.shape = unsafe.Pointer(unsafe.SliceData(mem)), shape
	if len(shape) > len(o.few) {
		o.strides = make([]int, len(shape))
	}
	s, step := o.steps(), itemSize
	o.c, o.f = order == strides.C, order == strides.F
	if o.c {
		for k := len(s) - 1; k >= 0; k-- {
			s[k] = step
			step *= shape[k]
		}
		return
	}
	for k := range s {
		s[k] = step
		step *= shape[k]
	}
}

// steps are the operand's strides.
func (o *operand) steps() []int {
	if o.strides == nil && len(o.shape) <= len(o.few) {
		return o.few[:len(o.shape)]
	}
	return o.strides
}

// set makes o the operand of m's items. The caller holds m while it is used.
func (o *operand) set(m *MemoryView) {
	d := m.description
	o.base, o.shape, o.strides, o.rows, o.reg = d.base(), d.layout.Shape, d.layout.Strides, d.rows, m.reg
	o.c, o.f = d.c, d.f
}

// depth is the number of axes that a table answers for.
func (o *operand) depth() int {
	if o.rows == nil {
		return 0
	}
	return len(o.rows.outer.Shape)
}

// transfer moves the items of src into dst: same shape, no byte of which both have a part, items as fixes say. ordered:
// dst visits some byte twice, so the order of the items matters.
func transfer(dst, src *operand, itemSize int, fixes []plan.Fix, ordered bool) error {
	if itemSize == 0 || hasZero(dst.shape) {
		return nil
	}
	if dst.reg.isMapped() || src.reg.isMapped() {
		return survivingFaults(func() { move(dst, src, itemSize, fixes, ordered) }, dst.reg, src.reg)
	}
	move(dst, src, itemSize, fixes, ordered)
	return nil
}

// move is transfer after its checks. The axes that either side's table answers for are walked here; what is direct on
// both sides is one plan, run for each of their indices.
func move(dst, src *operand, itemSize int, fixes []plan.Fix, ordered bool) {
	if len(fixes) == 0 && (dst.c && src.c || dst.f && src.f) {
		n := itemSize // a plan would be one run
		for _, length := range dst.shape {
			n *= length
		}
		if n < sharedRun {
			copy(unsafe.Slice((*byte)(dst.base), n), unsafe.Slice((*byte)(src.base), n))
			return
		}
	}
	depth := max(dst.depth(), src.depth())
	if depth == 0 && len(fixes) == 0 && !ordered &&
		plan.RunBlock(dst.base, src.base, dst.shape, dst.steps(), src.steps(), itemSize) {
		return
	}
	var p plan.Plan
	if depth == 0 {
		p.Init(dst.shape, dst.steps(), src.steps(), itemSize, fixes, ordered)
		run(&p, dst.base, src.base)
		return
	}
	p.Init(dst.shape[depth:], dst.innerStrides(depth), src.innerStrides(depth), itemSize, fixes, ordered)
	index := make([]int, depth)
	for {
		p.Run(dst.at(index), src.at(index))
		k := depth - 1
		for ; k >= 0; k-- {
			if index[k]++; index[k] < dst.shape[k] {
				break
			}
			index[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// sharedRun is the size from which a single run is planned, as goroutines may share it, and what planning takes does not
// show any more.
const sharedRun = 1 << 20

// run runs a plan on as many goroutines as SetThreads allows and its size is worth: how many may run is asked for only
// where it matters, as asking takes a lock.
func run(p *plan.Plan, dst, src unsafe.Pointer) {
	if p.ForThreads() {
		p.RunThreads(dst, src, resolveThreads(threads.Load()))
	} else {
		p.Run(dst, src)
	}
}

// innerStrides are the strides of the axes from depth on.
func (o *operand) innerStrides(depth int) []int {
	if n := o.depth(); n > 0 {
		return o.rows.inner.Strides[depth-n:]
	}
	return o.steps()[depth:]
}

// at returns the address of item [index..., 0, ..., 0].
func (o *operand) at(index []int) unsafe.Pointer {
	n := o.depth()
	p, off, steps := o.base, 0, o.steps()
	if n > 0 {
		number := o.rows.outer.Offset
		for k, i := range index[:n] {
			number += i * o.rows.outer.Strides[k]
		}
		p, steps = o.rows.at(number), o.rows.inner.Strides
	}
	for k, i := range index[n:] {
		off += i * steps[k]
	}
	return unsafe.Add(p, off)
}

// survivingFaults runs f, which uses file mappings, and makes an error of the fault that a file which was made shorter
// causes: one whose address lies in one of them. This is the one recover of the library: nothing else can be done about
// memory that goes away.
func survivingFaults(f func(), in ...*region) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		e := recover()
		fault, ok := e.(interface {
			error
			Addr() uintptr
		})
		switch {
		case ok && slices.ContainsFunc(in, func(r *region) bool { return r.maps(fault.Addr()) }):
			err = fail(ErrBuffer, "reading a mapped file failed: was it made shorter? %w", fault)
		case e != nil:
			panic(e)
		}
	}()
	f()
	return nil
}

// itemFixes says what has to be done to each item of src when it is stored in dst: reverse the bytes of words in a foreign
// order, and let no byte but 0 and 1 become a Go bool.
//
// Errors: ErrType if the items differ in more than byte order.
func itemFixes(dst, src *MemoryView) ([]plan.Fix, error) {
	var fixes []plan.Fix
	if dst.layout.ItemSize != src.layout.ItemSize {
		return nil, fail(ErrType, "cannot copy items of format %q (%d bytes) to format %q (%d bytes): Convert first",
			src.format, src.layout.ItemSize, dst.format, dst.layout.ItemSize)
	}
	if dst.kind != src.kind && dst.format != src.format {
		to, err := dst.itemType()
		from, err2 := src.itemType()
		if err != nil || err2 != nil || !to.Compatible(from) {
			return nil, fail(ErrType, "cannot copy items of format %q to format %q: Convert first", src.format, dst.format)
		}
		for _, s := range to.Swaps(from) {
			fixes = append(fixes, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count})
		}
	}
	if !src.bools {
		fixes = append(fixes, dst.boolFixes()...)
	}
	return fixes, nil
}

// boolFixes are the fixes for bytes that come from anywhere.
func (m *MemoryView) boolFixes() (fixes []plan.Fix) {
	if m.bools {
		for _, s := range m.kind.bools {
			fixes = append(fixes, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count, Bool: true})
		}
	}
	return fixes
}

// addresses returns the first address that the view touches and the first after the last one.
func (d *description) addresses() (lo, hi uintptr) {
	mem := uintptr(unsafe.Pointer(unsafe.SliceData(d.mem)))
	return mem + uintptr(d.start), mem + uintptr(d.end)
}

// overlaps reports whether a and b may have a byte in common. For views with pointers it says yes.
func overlaps(a, b *description) bool {
	if a.nbytes == 0 || b.nbytes == 0 {
		return false
	}
	if a.rows != nil || b.rows != nil {
		return true
	}
	alo, ahi := a.addresses()
	blo, bhi := b.addresses()
	if ahi <= blo || bhi <= alo {
		return false
	}
	first := min(alo, blo)
	return strides.MayOverlap(a.startingAt(int(alo-first)), b.startingAt(int(blo-first)))
}

// startingAt is the layout with its lowest byte moved.
func (d *description) startingAt(start int) strides.Layout {
	l := d.layout
	l.Offset += start - d.start
	return l
}

// samePlace reports whether a and b are the same items at the same addresses.
func samePlace(a, b *description) bool {
	return a.rows == nil && b.rows == nil && a.base() == b.base() && slices.Equal(a.layout.Shape, b.layout.Shape) &&
		slices.Equal(a.layout.Strides, b.layout.Strides)
}

// visitsTwice reports whether some byte belongs to two items of m, or may.
func (d *description) visitsTwice() bool {
	if d.rows != nil {
		// move walks the rows in C order: only the order within one is at stake.
		return d.rows.inner.SelfOverlap(overlapBudget) != strides.No
	}
	return !d.c && !d.f && !d.apart() && d.layout.SelfOverlap(overlapBudget) != strides.No
}

// apart reports whether each stride leads beyond all that an item and the axes with shorter strides reach. Then no byte
// belongs to two items: what nearly every layout can show at once, for which SelfOverlap has to prepare more.
func (d *description) apart() bool {
	abs := func(x int) int { return max(x, -x) }
	shape, steps := d.layout.Shape, d.layout.Strides
	for k, n := range shape {
		if n < 2 {
			continue
		}
		s, reach := abs(steps[k]), d.layout.ItemSize-1
		for j, m := range shape {
			if t := abs(steps[j]); t < s || t == s && j < k {
				reach += (m - 1) * t
			}
		}
		if s <= reach {
			return false
		}
	}
	return true
}

// overlapBudget bounds the work of deciding whether one layout visits a byte twice; beyond it, it may.
const overlapBudget = 10_000

// store copies src's items over dst's: same shape, checked formats; the caller holds both. As if src had been copied
// first when they overlap.
func store(dst, src *MemoryView, fixes []plan.Fix) error {
	if len(fixes) == 0 && samePlace(dst.description, src.description) {
		return nil
	}
	oneRun := len(fixes) == 0 && (dst.c && src.c || dst.f && src.f) // which may overlap
	if !oneRun && overlaps(dst.description, src.description) {
		tmp, err := src.snapshot()
		if err != nil {
			return err
		}
		src = tmp
	}
	var d, s operand
	d.set(dst)
	s.set(src)
	return transfer(&d, &s, dst.layout.ItemSize, fixes, dst.visitsTwice())
}

// snapshot copies m's items, C-ordered. The caller holds m.
func (m *MemoryView) snapshot() (*MemoryView, error) {
	v, err := newArray(m.format, m.kind, m.layout.ItemSize, strides.C, m.layout.Shape, freshBytes)
	if err != nil {
		return nil, err
	}
	var d, s operand
	d.set(v)
	s.set(m)
	if err := transfer(&d, &s, m.layout.ItemSize, nil, false); err != nil {
		return nil, err
	}
	return v, nil
}

// Copy copies the items of src to dst, src broadcast to dst's shape (numpy.copyto). Overlap is allowed: the result is as
// if src had been copied first. A dst that visits an item twice is written in C order.
//
// Formats may differ in byte order and spelling; items are swapped on the way.
//
// Errors: ErrType with ErrReadOnly for a read-only dst; ErrType if the formats differ in more than that; ErrValue if
// src's shape does not broadcast to dst's. dst is then as it was.
func Copy(dst, src *MemoryView) error {
	if err := acquire2(dst, src); err != nil {
		return err
	}
	defer dst.done()
	defer src.done()
	if dst.readOnly {
		return errReadOnlyStore()
	}
	fixes, err := itemFixes(dst, src)
	if err != nil {
		return err
	}
	if !slices.Equal(dst.layout.Shape, src.layout.Shape) {
		wide, err := src.broadcastTo(dst.layout.Shape)
		if err != nil {
			return err
		}
		defer wide.reg.drop()
		src = wide
	}
	return store(dst, src, fixes)
}

func errReadOnlyStore() error { return failReadOnly(ErrType, "cannot modify read-only memory") }

// Assign stores the items of src in a part of m: m[ix] = src (memoryview's slice assignment, for any number of axes).
// Overlap is allowed, as in Copy.
//
// Errors: ErrType with ErrReadOnly for a read-only m; ErrValue if src's shape is not that of the part, or its items are
// not of the same kinds and sizes; as Index. m is then as it was.
func (m *MemoryView) Assign(src *MemoryView, ix ...strides.Index) error {
	if err := acquire2(m, src); err != nil {
		return err
	}
	defer m.done()
	defer src.done()
	if m.readOnly {
		return errReadOnlyStore()
	}
	part, err := m.Index(ix...)
	if err != nil {
		return err
	}
	defer part.Release()
	fixes, err := itemFixes(part, src)
	if err != nil {
		return fail(ErrValue, "lvalue and rvalue have different structures: %w", err)
	}
	if !sameShape(part.layout.Shape, src.layout.Shape) {
		return fail(ErrValue, "lvalue and rvalue have different structures: shape %v and shape %v",
			part.layout.Shape, src.layout.Shape)
	}
	if part.layout.Len() == 0 {
		return nil
	}
	return store(part, src, fixes)
}

// sameShape compares shapes as memoryview does: equal up to and including the first length 0.
func sameShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
		if a[k] == 0 {
			break
		}
	}
	return true
}

// CopyData copies the items of src to the same indices of dst (PyObject_CopyData). dst may be larger. Two contiguous
// views of one order are copied byte by byte, whatever their shapes.
//
// Errors: ErrBuffer if dst is read-only (with ErrReadOnly), has fewer bytes, other items, or no item at some index of src.
func CopyData(dst, src *MemoryView) error {
	if err := acquire2(dst, src); err != nil {
		return err
	}
	defer dst.done()
	defer src.done()
	if dst.readOnly {
		return failReadOnly(ErrBuffer, "destination is not writable")
	}
	n := src.nbytes
	if dst.nbytes < n {
		return fail(ErrBuffer, "destination of %d bytes is too small for %d bytes", dst.nbytes, n)
	}
	if n == 0 {
		return nil
	}
	for _, order := range []strides.Order{strides.C, strides.F} {
		if dst.contiguous(order) && src.contiguous(order) {
			size := 1
			if dst.bools {
				if size = dst.layout.ItemSize; size != src.layout.ItemSize {
					return fail(ErrBuffer, "items of %d bytes cannot become Go bools in items of %d bytes", src.layout.ItemSize, size)
				}
			}
			// The items as one axis. Nobody else sees these views: their region does not count them.
			flat := func(m *MemoryView) *MemoryView {
				d := description{mem: m.mem, format: m.format, kind: m.kind}
				d.layout = strides.Layout{Shape: []int{n / size}, Strides: []int{size}, Offset: m.layout.Offset, ItemSize: size}
				d.settle()
				return &MemoryView{reg: m.reg, description: &d}
			}
			return store(flat(dst), flat(src), dst.boolFixes())
		}
	}
	if dst.layout.ItemSize != src.layout.ItemSize {
		return fail(ErrBuffer, "items of %d bytes cannot be copied to items of %d bytes", src.layout.ItemSize, dst.layout.ItemSize)
	}
	if len(dst.layout.Shape) != len(src.layout.Shape) {
		return fail(ErrBuffer, "%d dimensions cannot be copied to %d", len(src.layout.Shape), len(dst.layout.Shape))
	}
	ix := make([]strides.Index, len(src.layout.Shape))
	for k, n := range src.layout.Shape {
		if dst.layout.Shape[k] < n {
			return fail(ErrBuffer, "destination of shape %v has no place for shape %v", dst.layout.Shape, src.layout.Shape)
		}
		ix[k] = strides.Range(0, n, 1)
	}
	part, err := dst.Index(ix...)
	if err != nil {
		return err
	}
	defer part.Release()
	return store(part, src, dst.boolFixes())
}
