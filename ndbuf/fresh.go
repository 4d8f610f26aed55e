package ndbuf

import (
	"math"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/strided-go/strided/strides"
)

// Memory that the package allocates itself, and the arrays that consist of it.

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
	// The allocator's own sizes that are multiples of memAlign happen to be aligned, in pages that are.
	if mem := cutAligned(make([]byte, (n+memAlign-1)&^(memAlign-1)), n); mem != nil {
		return mem, nil
	}
	return cutAligned(make([]byte, n+memAlign), n), nil
}

// cutAligned returns the n bytes of raw that begin at its first multiple of memAlign; nil if it has not so many.
func cutAligned(raw []byte, n int) []byte {
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(raw))) % memAlign)
	if len(raw) < skip+n {
		return nil
	}
	return raw[skip : skip+n : skip+n]
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

// An ownMemory is the object behind memory that the package allocated itself, the Base of such views: the first view of
// it and all that belongs to that but the bytes, in one allocation.
type ownMemory struct {
	view MemoryView
	of   description
	reg  region
	room [8]int // for the shape and strides of up to 4 axes
}

// A smallMemory is an ownMemory and its bytes, so few that a second allocation would take longer than to clear them.
type smallMemory struct {
	ownMemory
	bytes [smallBytes + (memAlign-unsafe.Sizeof(ownMemory{})%memAlign)%memAlign]byte
}

// smallBytes is how many bytes are allocated together with the view of them: what makes 512, a size of the allocator.
const smallBytes = 128

func (*ownMemory) String() string { return "memory allocated by ndbuf" }

// newOwnMemory allocates for an array of items of itemSize bytes. bytes is nil, or may have room for the items.
func newOwnMemory(itemSize int, shape []int) (a *ownMemory, bytes []byte) {
	n := itemSize
	for _, length := range shape {
		if uint(length) > smallBytes || n > smallBytes {
			return &ownMemory{}, nil
		}
		n *= length
	}
	if n > smallBytes {
		return &ownMemory{}, nil
	}
	s := &smallMemory{}
	return &s.ownMemory, s.bytes[:]
}

// newArray makes an array of its own memory, from alloc, for items of itemSize bytes.
func newArray(format string, k *itemKind, itemSize int, order strides.Order, shape []int,
	alloc func(int) ([]byte, error)) (*MemoryView, error) {
	a, mem := newOwnMemory(itemSize, shape)
	l := &a.of.layout
	if !contiguousIn(l, a.room[:], order, itemSize, shape) {
		var err error
		if *l, err = strides.Contiguous(order, itemSize, shape...); err != nil {
			return nil, fail(ErrValue, "shape %v: %w", shape, err)
		}
	}
	a.of.settle()
	mem = cutAligned(mem, a.of.nbytes)
	if mem == nil {
		var err error
		if mem, err = alloc(a.of.nbytes); err != nil {
			return nil, err
		}
	}
	a.of.mem, a.of.format, a.of.kind = mem, format, k
	a.reg.base = a
	a.reg.views.Store(1)
	a.view.reg, a.view.description = &a.reg, &a.of
	return &a.view, nil
}

// contiguousIn is strides.Contiguous with shape and strides in room, for what fits there and has items. It answers false
// for everything else, right or wrong.
func contiguousIn(l *strides.Layout, room []int, order strides.Order, itemSize int, shape []int) bool {
	nd := len(shape)
	if 2*nd > len(room) || order != strides.C && order != strides.F && order != strides.A {
		return false
	}
	l.Shape, l.Strides, l.ItemSize = room[:nd:nd], room[nd:2*nd:2*nd], itemSize
	copy(l.Shape, shape)
	step := itemSize
	for i := range nd {
		k := nd - 1 - i
		if order == strides.F {
			k = i
		}
		l.Strides[k] = step
		hi, lo := bits.Mul(uint(step), uint(shape[k]))
		if shape[k] <= 0 || hi != 0 || lo > math.MaxInt {
			return false
		}
		step = int(lo)
	}
	return true
}
