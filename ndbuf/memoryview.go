package ndbuf

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/strided-go/strided/strides"
)

// A MemoryView is a view of memory as an N-dimensional array of items (Python's memoryview, without its limits). It is
// made by FromObject and its kin, never by hand, and does not change: slicing, transposing and the like make new views
// of the same memory. Views may be read by several goroutines at once; a writer needs the usual care.
type MemoryView struct {
	holds    atomic.Int64 // operations under way and buffers lent; negative: released
	reg      *region
	mem      []byte         // what layout.Offset counts from; of a direct view
	layout   strides.Layout // as CPython reports it; never changed
	rows     *indirection   // of a view with suboffsets, else nil
	format   string
	kind     *itemKind
	readOnly bool
	bools    bool // items are as Go declared them: no Cast between them and Go memory that contains bools

	hash   atomic.Pointer[uint64] // of a view that was hashed
	shadow *shadow                // what Release writes back to

	mu   sync.Mutex           // guards lent
	lent map[*Buffer]struct{} // buffers that GetBuffer handed out
}

// released is the state of a view after Release: so low that a stray count cannot make it valid again.
const released = -1 << 60

// releasing is the state of a shadow that writes itself back.
const releasing = -1 << 40

// acquire holds the view and its memory for one operation, or says that it is released. Every acquire that succeeds is
// followed by one done.
func (m *MemoryView) acquire() error {
	if m == nil || m.reg == nil {
		return fail(ErrValue, "no view: nil, or not made by this package")
	}
	for {
		n := m.holds.Load()
		if n < 0 {
			return ErrReleased
		}
		if m.holds.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// done ends what acquire began.
func (m *MemoryView) done() { m.holds.Add(-1) }

// acquire2 holds two views for one operation; they may be the same.
func acquire2(a, b *MemoryView) error {
	if err := a.acquire(); err != nil {
		return err
	}
	if err := b.acquire(); err != nil {
		a.done()
		return err
	}
	return nil
}

// newView makes a view of a checked description and counts it.
func newView(r *region, d *description) *MemoryView {
	r.add()
	return &MemoryView{
		reg: r, mem: d.mem, layout: d.layout, rows: d.rows, format: d.format, kind: d.kind, readOnly: d.readOnly,
		bools: d.bools,
	}
}

// derive makes another view of m's memory, for the caller to change before anyone sees it. The caller holds m.
func (m *MemoryView) derive() *MemoryView {
	m.reg.add()
	return &MemoryView{
		reg: m.reg, mem: m.mem, layout: m.layout, rows: m.rows, format: m.format, kind: m.kind, readOnly: m.readOnly,
		bools: m.bools,
	}
}

// FromMemory makes a 1-dimensional view of bytes (PyMemoryView_FromMemory): format "B", writable with Write.
//
// Shape: [len(mem)]. Shares mem.
// Errors: ErrValue if access is neither Read nor Write.
func FromMemory(mem []byte, access Access) (*MemoryView, error) {
	if access != Read && access != Write {
		return nil, fail(ErrValue, "access %#x: FromMemory takes Read or Write", int(access))
	}
	if mem == nil {
		mem = []byte{}
	}
	d, err := describe(&Buffer{Mem: mem, ReadOnly: access == Read, Layout: strides.Layout{ItemSize: 1}})
	if err != nil {
		return nil, err
	}
	return newView(&region{}, d), nil
}

// FromBuffer makes a view of the memory that b describes (PyMemoryView_FromBuffer). The description is copied and
// checked completely: what it lays out lies in b.Mem, and every pointer leads into one of b.Blocks. Nothing gives the
// memory back; b.Obj is kept alive as long as the view, and is not its Base.
//
// Shares b.Mem and b.Blocks.
// Errors: ErrValue for a description that is nil, malformed, or leaves its memory, naming the field.
func FromBuffer(b *Buffer) (*MemoryView, error) {
	d, err := describe(b)
	if err != nil {
		return nil, err
	}
	r := &region{keep: [2]any{b.Obj, b.origin}}
	r.inherit(b)
	return newView(r, d), nil
}

// fromExporter makes a view of what an exporter lends, and the exporter the view's Base. The most general request is
// made (BufFullRO), as PyMemoryView_FromObject does.
func fromExporter(e Exporter) (*MemoryView, error) {
	b, err := e.GetBuffer(BufFullRO)
	if err != nil {
		return nil, err
	}
	d, err := describe(b)
	if err != nil {
		e.ReleaseBuffer(b)
		return nil, err
	}
	return newView(borrow(e, b), d), nil
}

// Check reports whether x is a *MemoryView (PyMemoryView_Check).
func Check(x any) bool {
	_, ok := x.(*MemoryView)
	return ok
}

// Release gives the view's share of the memory back; the last view of the memory gives it back to the exporter. Every
// later operation on the view is ErrReleased; releasing twice is not an error. A view that is dropped without Release
// costs nothing but the time until the garbage collector sees it.
//
// A view made by GetContiguous with Shadow writes its memory back to its source first.
//
// Errors: ErrBuffer while an operation runs on the view, or while a buffer of it is lent; for a shadow, what stopped
// the write-back. The view is then as it was before.
func (m *MemoryView) Release() error {
	if m == nil || m.reg == nil {
		return nil
	}
	if m.shadow != nil {
		return m.releaseShadow()
	}
	if !m.holds.CompareAndSwap(0, released) {
		if n := m.holds.Load(); n > 0 {
			return fail(ErrBuffer, "memoryview has %d exported buffers or operations under way", n)
		}
		return nil
	}
	m.reg.drop()
	return nil
}

// Released reports whether Release has been called with success.
func (m *MemoryView) Released() bool { return m == nil || m.reg == nil || m.holds.Load() < 0 }

// Base returns the object whose memory is viewed (PyMemoryView_GET_BASE): what FromObject was given, also for views
// derived from that view; nil for views of bare memory and for released views.
func (m *MemoryView) Base() any {
	if m.acquire() != nil {
		return nil
	}
	defer m.done()
	return m.reg.base
}

// Obj is Base under the name that memoryview's attribute has.
func (m *MemoryView) Obj() any { return m.Base() }

// Buffer returns a copy of the view's description (PyMemoryView_GET_BUFFER). The memory is the same; the pointer
// memory of a view with suboffsets is a fresh copy. FromBuffer of it keeps memory that an exporter lent; Mem alone does
// not, and is not to be used after Release, or once no view of the memory is left. The Buffer of a released view is nil.
func (m *MemoryView) Buffer() *Buffer {
	if m.acquire() != nil {
		return nil
	}
	defer m.done()
	return m.describe()
}

// describe is Buffer for callers that hold m.
func (m *MemoryView) describe() *Buffer {
	b := &Buffer{
		Mem: m.mem, Obj: m.reg.base, Format: m.format, ReadOnly: m.readOnly, Layout: m.layout.Clone(), origin: m,
	}
	if m.rows != nil {
		b.Mem, b.Blocks, b.Layout.Offset = m.rows.pointers(m.layout)
	}
	return b
}

// GetBuffer lends the view's memory as flags ask: a MemoryView is an [Exporter] (memory_getbuf). Until ReleaseBuffer the
// view cannot be released.
//
// Errors: as Grant; ErrReleased.
func (m *MemoryView) GetBuffer(flags Flags) (*Buffer, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	lent := false
	defer func() {
		if !lent {
			m.done()
		}
	}()
	b := m.describe()
	b.Obj = m
	if err := grant(b, flags); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lent == nil {
		m.lent = make(map[*Buffer]struct{})
	}
	m.lent[b] = struct{}{}
	lent = true // the hold lasts until ReleaseBuffer
	return b, nil
}

// ReleaseBuffer takes back what GetBuffer lent. A buffer that is not lent, or no longer, is ignored.
func (m *MemoryView) ReleaseBuffer(b *Buffer) {
	m.mu.Lock()
	_, ok := m.lent[b]
	delete(m.lent, b)
	m.mu.Unlock()
	if ok {
		m.done()
	}
}

// unzeroed is the size from which fresh memory, about to be written completely, is taken without being zeroed first. What
// zeroing costs below it is not measurable beside the rest of a copy.
const unzeroed = 32 << 10

// freshBytes returns n bytes, aligned as alignedBytes are, for a caller who writes each of them before anyone can see
// them. strings.Builder is the one way that the standard library offers to memory which is not zeroed: from this size on
// the allocator hands out whole pages, so it is aligned as well.
func freshBytes(n int) ([]byte, error) {
	if n < unzeroed || tooLarge(n) {
		return alignedBytes(n)
	}
	var b strings.Builder
	b.Grow(n)
	b.WriteByte(0) // so that String leads to the memory
	mem := unsafe.Slice(unsafe.StringData(b.String()), n)
	if uintptr(unsafe.Pointer(unsafe.SliceData(mem)))%memAlign != 0 {
		return alignedBytes(n)
	}
	adviseHuge(mem)
	return mem, nil
}

// memAlign is a cache line, and the widest vector.
const memAlign = 64

// tooLarge reports whether no address space holds n bytes and what alignment takes.
func tooLarge(n int) bool { return n > math.MaxInt-memAlign || n>>31>>16 > 0 }

// alignedBytes returns n zeroed bytes whose address is a multiple of memAlign.
func alignedBytes(n int) ([]byte, error) {
	if tooLarge(n) {
		return nil, fail(ErrOverflow, "%d bytes do not fit in memory", n)
	}
	raw := make([]byte, n+memAlign)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(raw))) % memAlign)
	return raw[skip : skip+n : skip+n], nil
}

// New makes a zeroed, writable array of its own memory, 64-byte aligned.
//
// Shape: shape; none makes a scalar.
// Errors: ErrValue for a format that does not parse or a negative length; ErrOverflow for too many bytes.
// As numpy.zeros.
func New(format string, order strides.Order, shape ...int) (*MemoryView, error) {
	if format == "" {
		format = "B"
	}
	k := kindOf(format)
	if k.err != nil {
		return nil, fail(ErrValue, "format %q: %w", format, k.err)
	}
	return newArray(format, k, k.typ.Size(), order, shape, alignedBytes)
}

// newArray makes an array of its own memory, from alloc, for items of itemSize bytes.
func newArray(format string, k *itemKind, itemSize int, order strides.Order, shape []int,
	alloc func(int) ([]byte, error)) (*MemoryView, error) {
	l, err := strides.Contiguous(order, itemSize, shape...)
	if err != nil {
		return nil, fail(ErrValue, "shape %v: %w", shape, err)
	}
	if len(shape) > strides.MaxDims {
		return nil, fail(ErrValue, "%d dimensions, more than %d", len(shape), strides.MaxDims)
	}
	mem, err := alloc(l.NBytes())
	if err != nil {
		return nil, err
	}
	own := &ownMemory{}
	return newView(&region{base: own, keep: mem}, &description{mem: mem, format: format, kind: k, layout: l}), nil
}

// ownMemory stands for the object behind memory that the package allocated itself: the Base of such views.
type ownMemory struct{ _ byte }

func (*ownMemory) String() string { return "memory allocated by ndbuf" }
