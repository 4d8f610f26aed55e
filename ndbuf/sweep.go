package ndbuf

import (
	"slices"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/plan"
)

// Operations on several views at once. They share a shape, and package blocks hands their items, a run at a time, to the
// operation's loop.

// acquireAll holds several views for one operation; they may be the same. After success release is called once.
func acquireAll(views ...*MemoryView) (release func(), err error) {
	release = func() {
		for _, m := range views {
			m.done()
		}
	}
	for i, m := range views {
		if err := m.acquire(); err != nil {
			views = views[:i]
			release()
			return nil, err
		}
	}
	return release, nil
}

// part describes m for a sweep, as items of typ in this machine's byte order. The caller holds m.
func part(typ *format.Type) blocks.Operand {
	return blocks.Operand{Size: typ.Size(), Fixes: toNative(typ), Align: min(typ.Size(), 8)}
}

// toNative is what turns an item of typ into one in this machine's byte order, and back.
func toNative(typ *format.Type) (fixes []plan.Fix) {
	for _, s := range typ.WithOrder('=').Swaps(typ) {
		fixes = append(fixes, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count})
	}
	return fixes
}

// sweep calls f with runs of the items of operands, which are of one shape, in C order if ordered; otherwise in any order
// and maybe on several goroutines at once. parts are the operands for package blocks; their strides are filled in here.
//
// Errors: ErrBuffer for a mapped file that was made shorter.
func sweep(ops []*operand, parts []blocks.Operand, ordered bool, f blocks.Func) error {
	if hasZero(ops[0].shape) {
		return nil
	}
	run := func() { sweepChecked(ops, parts, ordered, f) }
	var mapped []*region
	for _, o := range ops {
		if o.reg.isMapped() {
			mapped = append(mapped, o.reg)
		}
	}
	if mapped != nil {
		return survivingFaults(run, mapped...)
	}
	run()
	return nil
}

// sweepChecked is sweep after its checks. The axes that some operand's table answers for are walked here.
func sweepChecked(ops []*operand, parts []blocks.Operand, ordered bool, f blocks.Func) {
	depth := 0
	for _, o := range ops {
		depth = max(depth, o.depth())
	}
	for i, o := range ops {
		parts[i].Strides = o.innerStrides(depth)
	}
	loop := blocks.New(ops[0].shape[depth:], parts, ordered)
	var p blocks.Pointers
	if depth == 0 {
		for i, o := range ops {
			p[i] = o.base
		}
		loop.Run(p, f, resolveThreads(threads.Load()))
		return
	}
	index := make([]int, depth)
	for {
		for i, o := range ops {
			p[i] = o.at(index)
		}
		loop.Run(p, f, 1)
		if !next(index, ops[0].shape) {
			return
		}
	}
}

// broadcastOf returns m broadcast to shape for the length of one operation; release gives the result back.
func (m *MemoryView) broadcastOf(shape []int) (wide *MemoryView, release func(), err error) {
	if slices.Equal(m.layout.Shape, shape) {
		return m, func() {}, nil
	}
	if wide, err = m.broadcastTo(shape); err != nil {
		return nil, nil, err
	}
	return wide, wide.reg.drop, nil
}

// int64s are the items of a contiguous array that this package has made of int64.
func int64s(m *MemoryView) []int64 {
	n := m.layout.Len()
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*int64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.mem)), m.layout.Offset)), n)
}
