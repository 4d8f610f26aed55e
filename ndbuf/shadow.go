package ndbuf

import (
	"runtime"
	"sync/atomic"

	"github.com/strided-go/strided/strides"
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

// shadowCopy makes a shadow of m in the order asked for, which holds the view named, unless it is nil. If it is dropped
// without a Release nothing is written back, and the source is free again. The caller holds m.
func (m *MemoryView) shadowCopy(order strides.Order, named *MemoryView) (*MemoryView, error) {
	v, err := m.clone(order)
	if err != nil {
		return nil, err
	}
	// A view apart from the memory's own structure, which lasts longer than the view if others are derived from it.
	v = &MemoryView{reg: v.reg, description: v.description}
	source, err := m.again()
	if err != nil {
		return nil, err
	}
	if named != nil {
		if err := named.acquire(); err != nil {
			source.Release()
			return nil, err
		}
	}
	v.shadow = &shadow{source: source, held: named}
	runtime.AddCleanup(v, (*shadow).end, v.shadow)
	return v, nil
}

// releaseShadow writes a shadow back to its source, then releases both.
func (m *MemoryView) releaseShadow() error {
	for !m.holds.CompareAndSwap(0, releasing) {
		switch n := m.holds.Load(); { // 0 if what was under way has ended since
		case n > 0:
			return errInUse(n)
		case n > released/2 && n < 0:
			return fail(ErrBuffer, "memoryview is being written back to its source")
		case n < 0:
			return nil
		}
	}
	if err := m.writeBack(); err != nil {
		m.holds.Add(-releasing)
		return err
	}
	m.shadow.end()
	m.holds.Add(released - releasing)
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
