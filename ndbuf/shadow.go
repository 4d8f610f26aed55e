package ndbuf

import (
	"runtime"
	"sync/atomic"
)

// A shadow is what a view made by GetContiguous with Shadow holds until it has written itself back.
type shadow struct {
	source *MemoryView // a view of the source, the shadow's own
	held   *MemoryView // the view that the caller named as the source, if it was one: it cannot be released meanwhile
	ended  atomic.Bool
}

// end gives the source back.
func (s *shadow) end() {
	if s.ended.CompareAndSwap(false, true) {
		if s.held != nil {
			s.held.done()
		}
		s.source.Release()
	}
}

// shadowOf makes m, a fresh copy of source, its shadow. obj is what the caller named as the source. If m is dropped
// without a Release nothing is written back, and the source is free again.
func (m *MemoryView) shadowOf(source *MemoryView, obj any) error {
	s := &shadow{source: source}
	if held, ok := obj.(*MemoryView); ok {
		if err := held.acquire(); err != nil {
			return err
		}
		s.held = held
	}
	m.shadow = s
	runtime.AddCleanup(m, (*shadow).end, s)
	return nil
}

// releaseShadow writes a shadow back to its source, then releases both.
func (m *MemoryView) releaseShadow() error {
	if !m.holds.CompareAndSwap(0, releasing) {
		switch n := m.holds.Load(); {
		case n > 0:
			return fail(ErrBuffer, "memoryview has %d exported buffers or operations under way", n)
		case n == releasing:
			return fail(ErrBuffer, "memoryview is being written back to its source")
		}
		return nil
	}
	if err := m.writeBack(); err != nil {
		m.holds.Store(0)
		return err
	}
	m.shadow.end()
	m.holds.Store(released)
	m.reg.drop()
	return nil
}

// writeBack stores the items of a shadow in its source. Nobody else can use m meanwhile.
func (m *MemoryView) writeBack() error {
	src := m.shadow.source
	if err := src.acquire(); err != nil {
		return err
	}
	defer src.done()
	return store(src, m, src.boolFixes())
}
