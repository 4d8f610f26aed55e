package ndbuf

import (
	"slices"
	"sync"
	"sync/atomic"
)

// An adapter describes the memory of objects that are not Exporters.
type adapter = func(obj any) (*Buffer, error)

var (
	adapters   atomic.Pointer[[]adapter] // the latest first; the slice never changes
	adaptersMu sync.Mutex                // held while adapters is replaced
)

// Register teaches FromObject a foreign type. FromObject calls adapter with every object that is not an [Exporter], also
// concurrently. It answers nil, nil for what it does not know, and otherwise a Buffer whose memory stays valid, at its
// place, as long as obj or Buffer.Obj is reachable. The latest adapter is asked first, and all of them before the types
// that FromObject knows itself. obj becomes the view's Base.
//
// Where Buffer.Obj is an Exporter, the Buffer is one that it lent: what its GetBuffer returned, for this answer alone,
// with the layout changed if need be. The view then holds that export, and the very same Buffer goes back to
// Buffer.Obj.ReleaseBuffer after the last view of the memory, or at once if the Buffer is malformed. Memory that can go
// away, a mapped file say, is to be passed on so. The only other answer that may name an Exporter is what
// [MemoryView.Buffer] returned, unchanged: nothing is lent then.
//
// Meant for the init function of a package between this one and a neighbour. An adapter must not describe memory whose Go
// type contains bool as writable: pass such slices to FromObject or Of, which keep other bytes than 0 and 1 out.
//
// Panics: if adapter is nil.
func Register(adapter func(obj any) (*Buffer, error)) {
	if adapter == nil {
		panic("ndbuf: Register of a nil adapter")
	}
	adaptersMu.Lock()
	defer adaptersMu.Unlock()
	next := registered()
	next = slices.Insert(slices.Clone(next), 0, adapter)
	adapters.Store(&next)
}

// registered returns the adapters in the order in which they are asked.
func registered() []adapter {
	if p := adapters.Load(); p != nil {
		return *p
	}
	return nil
}

// fromAdapters asks the adapters for a view of obj; nil, nil if none knows it. No lock is held meanwhile.
func fromAdapters(obj any) (*MemoryView, error) {
	for _, a := range registered() {
		b, err := a(obj)
		if err != nil {
			return nil, err
		}
		if b == nil {
			continue
		}
		return fromAdapted(obj, b)
	}
	return nil, nil
}

// fromAdapted makes a view of obj of what an adapter answered. What an exporter lent goes back to it.
func fromAdapted(obj any, b *Buffer) (*MemoryView, error) {
	from, lent := b.Obj.(Exporter)
	if lent && b.origin != nil {
		lent = b.origin.lends(b) // else a description by Buffer, whose Obj is the origin's Base
	}
	d, err := describe(b)
	if err != nil {
		if lent {
			from.ReleaseBuffer(b)
		}
		return nil, err
	}
	if lent {
		r := borrow(from, b)
		r.base, r.keep = obj, [2]any{obj, from}
		return newView(r, d), nil
	}
	r := &region{base: obj, keep: [3]any{obj, b.Obj, b.origin}}
	r.inherit(b)
	return newView(r, d), nil
}

// lends reports whether GetBuffer handed b out and it has not come back.
func (m *MemoryView) lends(b *Buffer) bool {
	r := m.rare.Load()
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.lent[b]
	return ok
}
