package ndbuf

import (
	"runtime"
	"slices"
	"sync/atomic"
	"unsafe"
)

// A region is memory that one or more views share (CPython's _PyManagedBuffer). The last view that is released gives
// the memory back to its exporter; views that are dropped without a Release have it given back by a cleanup.
type region struct {
	views   atomic.Int64 // views that are not released
	base    any          // what Base answers
	keep    any          // keeps the memory alive
	goBools bool         // Go memory whose type contains bool: only 0 and 1 may be stored there
	mapped  [][]byte     // file mappings: reading one can fault when its file becomes shorter
	loan    *loan        // what goes back to an exporter; nil if nothing does
}

// A loan is a buffer that an exporter lent. It refers to no region, so that a region's cleanup can hold it.
type loan struct {
	from     Exporter
	buf      *Buffer
	returned atomic.Bool
}

func (l *loan) giveBack() {
	if l.returned.CompareAndSwap(false, true) {
		l.from.ReleaseBuffer(l.buf)
	}
}

// Mapped is what an Exporter of mapped files answers besides: that its memory can fault when it is read because the
// file behind it was made shorter. Such a fault during an operation is then an error, not a crash.
type Mapped interface{ Mapped() bool }

// borrow makes a region of what an exporter lent.
func borrow(from Exporter, buf *Buffer) *region {
	r := &region{base: from, keep: buf.Obj, loan: &loan{from: from, buf: buf}}
	r.inherit(buf)
	if m, ok := from.(Mapped); ok && m.Mapped() {
		r.mapped = append([][]byte{buf.Mem}, buf.Blocks...)
	}
	runtime.AddCleanup(r, (*loan).giveBack, r.loan)
	return r
}

// inherit learns what the memory is from the view that its description was taken from, if it was.
func (r *region) inherit(b *Buffer) {
	if b.origin != nil {
		r.goBools, r.mapped = b.origin.reg.goBools, b.origin.reg.mapped
	}
}

// isMapped reports whether file mappings are among the region's memory. A nil region has none.
func (r *region) isMapped() bool { return r != nil && r.mapped != nil }

// maps reports whether an address lies in one of the region's file mappings.
func (r *region) maps(addr uintptr) bool {
	return r != nil && slices.ContainsFunc(r.mapped, func(b []byte) bool {
		return addr-uintptr(unsafe.Pointer(unsafe.SliceData(b))) < uintptr(len(b))
	})
}

// add counts one more view.
func (r *region) add() { r.views.Add(1) }

// drop counts one view less; the last one gives the memory back.
func (r *region) drop() {
	if r.views.Add(-1) == 0 && r.loan != nil {
		r.loan.giveBack()
	}
}
