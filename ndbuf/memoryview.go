package ndbuf

import (
	"sync"
	"sync/atomic"

	"github.com/strided-go/strided/strides"
)

// A MemoryView is a view of memory as an N-dimensional array of items (Python's memoryview, without its limits). It is
// made by FromObject and its kin, never by hand, and does not change: slicing, transposing and the like make new views
// of the same memory. Views may be read by several goroutines at once; a writer needs the usual care.
type MemoryView struct {
	holds atomic.Int64 // operations under way and buffers lent; negative: released
	reg   *region
	*description
	shadow *shadow // what Release writes back to
	rare   atomic.Pointer[rare]
}

// A rare is what few views need: it is made when one first does.
type rare struct {
	hash atomic.Pointer[uint64] // of a view that was hashed
	mu   sync.Mutex             // guards lent
	lent map[*Buffer]struct{}   // buffers that GetBuffer handed out
}

// rarely returns m's rare, a new one if there was none.
func (m *MemoryView) rarely() *rare {
	if m.rare.Load() == nil {
		m.rare.CompareAndSwap(nil, &rare{})
	}
	return m.rare.Load()
}

// released is the state of a view after Release, and releasing that of a shadow that writes itself back: so low that the
// counts of operations that are about to be refused cannot make either valid again, or one the other.
const (
	released  = -1 << 60
	releasing = -1 << 40
)

// acquire holds the view and its memory for one operation, or says that it is released. Every acquire that succeeds is
// followed by one done.
func (m *MemoryView) acquire() error {
	if m == nil || m.reg == nil {
		return fail(ErrValue, "no view: nil, or not made by this package")
	}
	if m.holds.Add(1) < 0 {
		m.holds.Add(-1)
		return ErrReleased
	}
	return nil
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

// newView makes a view of a checked description and counts it. The description is the view's from now on.
func newView(r *region, d *description) *MemoryView {
	r.add()
	d.settle()
	return &MemoryView{reg: r, description: d}
}

// derive makes a view of m's memory by another description, of which it makes a copy. The caller holds m.
func (m *MemoryView) derive(d *description) *MemoryView {
	v := &struct {
		view MemoryView
		of   description
	}{of: *d}
	v.of.settle()
	m.reg.add()
	v.view.reg, v.view.description = m.reg, &v.of
	return &v.view
}

// again makes a view that is the same as m, which the caller need not hold: if m is not released after its memory was
// counted once more, it was not before, and the memory has not gone back.
func (m *MemoryView) again() (*MemoryView, error) {
	if m == nil || m.reg == nil {
		return nil, m.acquire()
	}
	m.reg.add()
	if m.holds.Load() < 0 {
		m.reg.drop()
		return nil, ErrReleased
	}
	return &MemoryView{reg: m.reg, description: m.description}, nil
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
	for !m.holds.CompareAndSwap(0, released) {
		switch n := m.holds.Load(); { // 0 if what was under way has ended since
		case n > 0:
			return errInUse(n)
		case n < 0:
			return nil
		}
	}
	m.reg.drop()
	return nil
}

func errInUse(n int64) error {
	return fail(ErrBuffer, "memoryview has %d exported buffers or operations under way", n)
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
	r := m.rarely()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lent == nil {
		r.lent = make(map[*Buffer]struct{})
	}
	r.lent[b] = struct{}{}
	lent = true // the hold lasts until ReleaseBuffer
	return b, nil
}

// ReleaseBuffer takes back what GetBuffer lent. A buffer that is not lent, or no longer, is ignored.
func (m *MemoryView) ReleaseBuffer(b *Buffer) {
	r := m.rare.Load()
	if r == nil {
		return
	}
	r.mu.Lock()
	_, ok := r.lent[b]
	delete(r.lent, b)
	r.mu.Unlock()
	if ok {
		m.done()
	}
}
