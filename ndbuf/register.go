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
		d, err := describe(b)
		if err != nil {
			return nil, err
		}
		return newView(&region{base: obj, keep: [2]any{obj, b.Obj}}, d), nil
	}
	return nil, nil
}
