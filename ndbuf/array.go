package ndbuf

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// An Array is typed access to a view: its items as Go values of type T, without the format language in between. It is a
// small value; copies are the same Array. The zero Array has no items.
//
// An Array touches the memory unchecked, so it holds an export of its view: until Release, or until the Array is dropped
// and the garbage collector has seen it, the view cannot be released. Access after Release panics. Several goroutines
// may read at once; a writer, and Release, need the usual care.
//
// Nor is it guarded against a mapped file that somebody makes shorter: where an operation of the view is ErrBuffer, an
// access of the Array, or of a slice from it, ends the program (SIGBUS). Read a file that others may shorten into memory,
// with npy.NoMap.
type Array[T any] struct{ s *arrayState }

// An arrayState is what the copies of an Array share. The accesses with a fixed number of indices find an item at
//
//	ptr[Σ index[k]*e[k]] + Σ index[k]*s[k]
//
// where ptr has one pointer, and e is zero, unless the view has suboffsets. Lengths are 0 where such an access must fail:
// another number of axes, a released Array or, for the writable ones, read-only memory. So these accesses are small enough
// for the compiler to inline, and a failing one finds out what was wrong only when its message is wanted.
//
// The fields are named for that: n for lengths to read and w to write, s for strides, e for strides in ptr; then the
// number of axes, then the axis. In structs of their own they would cost more than inlining allows.
type arrayState struct {
	ptr []unsafe.Pointer

	n10, w10, s10, e10                                         int
	n20, n21, w20, w21, s20, s21, e20, e21                     int
	n30, n31, n32, w30, w31, w32, s30, s31, s32, e30, e31, e32 int

	hold *arrayHold
	op   operand
}

// An arrayHold is the export of an Array. It does not refer to the state, so that a cleanup of the state can hold it.
type arrayHold struct {
	view *MemoryView
	own  bool // made by NewOf: released with the Array
	over atomic.Bool
}

// end gives the export back.
func (h *arrayHold) end() {
	if h.over.CompareAndSwap(false, true) {
		h.view.done()
	}
}

// NewOf makes a zeroed, writable array with memory of its own, 64-byte aligned.
//
// Shape: shape; none makes a scalar.
// Errors: ErrType if T has no fixed size or contains pointers; ErrValue for a negative length; ErrOverflow for too many
// bytes. As numpy.zeros.
func NewOf[T any](order strides.Order, shape ...int) (Array[T], error) {
	g, err := goTypeOf(reflect.TypeFor[T]())
	if err != nil {
		return Array[T]{}, err
	}
	m, err := newArray(g.format, g.kind, g.size(), order, shape, alignedBytes)
	if err != nil {
		return Array[T]{}, err
	}
	m.reg.goBools = g.hasBools()
	m.bools = g.hasBools()
	if err := m.acquire(); err != nil {
		return Array[T]{}, err
	}
	return Array[T]{newArrayState(m, true)}, nil
}

// As gives typed access to a view. The item must be what Go lays T out as: the same kinds, sizes and offsets, in this
// machine's byte order, every one at an address that is aligned for T. Names do not matter, neither those of members nor
// that of T. Items of format "?" that do not come from Go bools, and "c", are read as uint8.
//
// Shares the memory; read-only views give an Array whose Set panics.
// Errors: ErrType, with a hint, if the items are not laid out as T, or T is not of fixed size or contains pointers;
// ErrType for bools that do not come from Go: another byte than 0 and 1 is no bool; ErrValue for items that are not
// aligned; ErrNotImplemented for a format that cannot be read; ErrReleased.
func As[T any](m *MemoryView) (Array[T], error) {
	s, err := as(m, reflect.TypeFor[T]())
	return Array[T]{s}, err
}

// as is As for every type.
func as(m *MemoryView, t reflect.Type) (*arrayState, error) {
	g, err := goTypeOf(t)
	if err != nil {
		return nil, err
	}
	if err := m.acquire(); err != nil {
		return nil, err
	}
	if err := g.matches(m); err != nil {
		m.done()
		return nil, err
	}
	return newArrayState(m, false), nil // the hold lasts until Release
}

// matches reports why m's items cannot be read as g. The caller holds m.
func (g *goType) matches(m *MemoryView) error {
	have, err := m.itemType()
	if err != nil {
		return err
	}
	want := g.kind.typ
	hint := func() string {
		if name := m.goName(); name != "" && name != g.typ.Kind().String() {
			return " (hint: As[" + name + "])"
		}
		return ""
	}
	if m.layout.ItemSize != g.size() {
		return fail(ErrType, "items of format %q have %d bytes, a %v has %d%s", m.format, m.layout.ItemSize, g.typ, g.size(), hint())
	}
	switch {
	case have.Equal(want):
		if len(m.kind.bools) > 0 && !m.bools {
			h := hint()
			if h == "" {
				h = " (hint: declare them as uint8)"
			}
			return fail(ErrType, "bools of format %q do not come from Go and may be other bytes than 0 and 1%s", m.format, h)
		}
	case g.typ.Kind() == reflect.Uint8 && (have.Kind() == format.Bool || have.Kind() == format.Char) && !m.bools:
	case have.Compatible(want):
		return fail(ErrType, "items of format %q are in the other byte order than %v (hint: Copy them to a NewOf array of that type)",
			m.format, g.typ)
	default:
		return fail(ErrType, "items of format %q are not laid out as %v, which is %q%s", m.format, g.typ, g.format, hint())
	}
	return m.aligned(uintptr(g.typ.Align()))
}

// goName is the Go type that As takes for a view of simple items, or "".
func (m *MemoryView) goName() string {
	t := m.kind.typ
	bits := strconv.Itoa(8 * t.Size())
	switch k := t.Kind(); {
	case k == format.Bool && m.bools:
		return "bool"
	case k == format.Bool, k == format.Char:
		return "uint8"
	case !t.NativeOrder():
		return ""
	case k == format.Int:
		return "int" + bits
	case k == format.Uint:
		return "uint" + bits
	case k == format.Float && (t.Code() == "f" || t.Code() == "d"):
		return "float" + bits
	case k == format.Complex && t.Code() != "Zg":
		return "complex" + bits
	}
	return ""
}

// aligned reports whether some item lies at an address that is no multiple of align.
func (m *MemoryView) aligned(align uintptr) error {
	if align <= 1 || m.layout.Len() == 0 || m.layout.ItemSize == 0 {
		return nil
	}
	var o operand
	o.set(m)
	check := func(base unsafe.Pointer, shape, strides []int) error {
		if uintptr(base)%align != 0 {
			return fail(ErrValue, "items at address %#x are not aligned to %d bytes (hint: Clone)", uintptr(base), align)
		}
		for k, n := range shape {
			if n > 1 && uintptr(strides[k])%align != 0 {
				return fail(ErrValue, "stride %d of axis %d leaves items unaligned to %d bytes (hint: Clone)",
					strides[k], k+len(m.layout.Shape)-len(shape), align)
			}
		}
		return nil
	}
	if o.rows == nil {
		return check(o.base, o.shape, o.strides)
	}
	for _, p := range o.table(make([]int, o.depth())) {
		if err := check(p, o.rows.inner.Shape, o.rows.inner.Strides); err != nil {
			return err
		}
	}
	return nil
}

// noItem is where items without bytes are.
var noItem struct{ _ uint64 }

// newArrayState makes the state of an Array over m, which the caller has acquired for it.
func newArrayState(m *MemoryView, own bool) *arrayState {
	s := &arrayState{hold: &arrayHold{view: m, own: own}}
	s.op.set(m)
	// The cleanup keeps the hold, and so the memory's region, alive until it has run: memory that is lent goes back two
	// collections after the last use of s at the earliest, never during it.
	runtime.AddCleanup(s, (*arrayHold).end, s.hold)
	if s.op.base == nil {
		s.op.base = unsafe.Pointer(&noItem)
	}
	nd := len(s.op.shape)
	if nd == 0 || nd > 3 || m.layout.Len() == 0 {
		return s
	}
	var n, w, step, entry [3]int
	copy(n[:], s.op.shape)
	if !m.readOnly {
		w = n
	}
	switch {
	case m.layout.ItemSize == 0:
		s.ptr = []unsafe.Pointer{unsafe.Pointer(&noItem)}
	case m.rows == nil:
		s.ptr = []unsafe.Pointer{s.op.base}
		copy(step[:], s.op.strides)
	default:
		s.ptr = s.op.table(entry[:])
		copy(step[s.op.depth():], m.rows.inner.Strides)
	}
	switch nd {
	case 1:
		s.n10, s.w10, s.s10, s.e10 = n[0], w[0], step[0], entry[0]
	case 2:
		s.n20, s.w20, s.s20, s.e20 = n[0], w[0], step[0], entry[0]
		s.n21, s.w21, s.s21, s.e21 = n[1], w[1], step[1], entry[1]
	case 3:
		s.n30, s.w30, s.s30, s.e30 = n[0], w[0], step[0], entry[0]
		s.n31, s.w31, s.s31, s.e31 = n[1], w[1], step[1], entry[1]
		s.n32, s.w32, s.s32, s.e32 = n[2], w[2], step[2], entry[2]
	}
	return s
}

// table lists the addresses of the inner arrays of an operand with pointers, and stores their strides in the list. An axis
// that repeats one is stored once.
func (o *operand) table(entry []int) []unsafe.Pointer {
	outer := o.rows.outer
	shape := slices.Clone(outer.Shape)
	count := 1
	for k := len(shape) - 1; k >= 0; k-- {
		if outer.Strides[k] == 0 {
			shape[k] = 1
		} else {
			entry[k] = count
			count *= shape[k]
		}
	}
	ptr := make([]unsafe.Pointer, 0, count)
	index := make([]int, len(shape))
	for {
		ptr = append(ptr, o.at(index))
		if !next(index, shape) {
			return ptr
		}
	}
}

// at returns the address of an item, for reading or for writing. It panics if there is none, or no writing.
func (s *arrayState) at(index []int, write bool) unsafe.Pointer {
	if err := s.check(index, write); err != nil {
		panic(err)
	}
	return s.address(index)
}

// address is at for an index that is in range.
func (s *arrayState) address(index []int) unsafe.Pointer {
	if s.hold.view.layout.ItemSize == 0 {
		return unsafe.Pointer(&noItem)
	}
	return s.op.at(index)
}

// check reports why an item cannot be read or written.
func (s *arrayState) check(index []int, write bool) error {
	if s == nil || s.hold.over.Load() {
		return ErrReleased
	}
	if write && s.hold.view.readOnly {
		return failReadOnly(ErrType, "Set on read-only memory")
	}
	shape := s.op.shape
	if len(index) != len(shape) {
		return fail(ErrType, "%d indices for %d axes", len(index), len(shape))
	}
	for k, i := range index {
		if uint(i) >= uint(shape[k]) {
			return fail(ErrIndex, "index %d out of range for axis %d of length %d", i, k, shape[k])
		}
	}
	return nil
}

// A badAccess is what an access with a fixed number of indices panics with: an error that is found out later.
type badAccess struct {
	s       *arrayState
	i, j, k int
	n       int // how many of them count; negative: to write
}

func (b badAccess) err() error {
	return b.s.check([]int{b.i, b.j, b.k}[:max(b.n, -b.n)], b.n < 0)
}

func (b badAccess) Error() string { return b.err().Error() }

func (b badAccess) Unwrap() error { return b.err() }

// At returns one item. It never allocates.
//
// Panics: for an index out of range (negative ones are), a wrong number of them, and after Release; with an error that
// answers ErrIndex, ErrType or ErrReleased.
func (a Array[T]) At(index ...int) T { return *(*T)(a.s.at(index, false)) }

// At1 is At for one axis.
func (a Array[T]) At1(i int) T {
	s := a.s
	if s == nil || uint(i) >= uint(s.n10) {
		panic(badAccess{s, i, 0, 0, 1})
	}
	return *(*T)(unsafe.Add(s.ptr[i*s.e10], i*s.s10))
}

// At2 is At for two axes.
func (a Array[T]) At2(i, j int) T {
	s := a.s
	if s == nil || uint(i) >= uint(s.n20) || uint(j) >= uint(s.n21) {
		panic(badAccess{s, i, j, 0, 2})
	}
	return *(*T)(unsafe.Add(s.ptr[i*s.e20+j*s.e21], i*s.s20+j*s.s21))
}

// At3 is At for three axes.
func (a Array[T]) At3(i, j, k int) T {
	s := a.s
	if s == nil || uint(i) >= uint(s.n30) || uint(j) >= uint(s.n31) || uint(k) >= uint(s.n32) {
		panic(badAccess{s, i, j, k, 3})
	}
	return *(*T)(unsafe.Add(s.ptr[i*s.e30+j*s.e31+k*s.e32], i*s.s30+j*s.s31+k*s.s32))
}

// Set stores one item. It never allocates.
//
// Panics: as At, and for read-only memory, with an error that answers ErrType and ErrReadOnly.
func (a Array[T]) Set(v T, index ...int) { *(*T)(a.s.at(index, true)) = v }

// Set1 is Set for one axis.
func (a Array[T]) Set1(i int, v T) {
	s := a.s
	if s == nil || uint(i) >= uint(s.w10) {
		panic(badAccess{s, i, 0, 0, -1})
	}
	*(*T)(unsafe.Add(s.ptr[i*s.e10], i*s.s10)) = v
}

// Set2 is Set for two axes.
func (a Array[T]) Set2(i, j int, v T) {
	s := a.s
	if s == nil || uint(i) >= uint(s.w20) || uint(j) >= uint(s.w21) {
		panic(badAccess{s, i, j, 0, -2})
	}
	*(*T)(unsafe.Add(s.ptr[i*s.e20+j*s.e21], i*s.s20+j*s.s21)) = v
}

// Set3 is Set for three axes.
func (a Array[T]) Set3(i, j, k int, v T) {
	s := a.s
	if s == nil || uint(i) >= uint(s.w30) || uint(j) >= uint(s.w31) || uint(k) >= uint(s.w32) {
		panic(badAccess{s, i, j, k, -3})
	}
	*(*T)(unsafe.Add(s.ptr[i*s.e30+j*s.e31+k*s.e32], i*s.s30+j*s.s31+k*s.s32)) = v
}

// View returns the view of the items: the one that As was given. It cannot be released before the Array is.
func (a Array[T]) View() *MemoryView {
	if a.s == nil {
		return nil
	}
	return a.s.hold.view
}

// NDim is the number of axes; 0 for a scalar, and after Release.
func (a Array[T]) NDim() int { return a.View().NDim() }

// Len is the number of items; 0 after Release.
func (a Array[T]) Len() int { return a.s.length() }

// Shape is the number of items along each axis; nil after Release. The caller may change the slice.
func (a Array[T]) Shape() []int {
	if a.s == nil || a.s.hold.over.Load() {
		return nil
	}
	return slices.Clone(a.s.op.shape)
}

// String prints the view.
func (a Array[T]) String() string {
	if a.s == nil || a.s.hold.over.Load() {
		return "<released array>"
	}
	return fmt.Sprint(a.s.hold.view)
}

func (s *arrayState) length() int {
	if s == nil || s.hold.over.Load() {
		return 0
	}
	return s.hold.view.layout.Len()
}

// Release gives the export back: every later access panics. A view made by NewOf is released with its Array; that of As
// stays for the caller to release. Releasing twice is not an error.
//
// Errors: ErrBuffer if the Array was made by NewOf and its view is in use. The Array is then as it was before.
func (a Array[T]) Release() error {
	if a.s == nil {
		return nil
	}
	return a.s.release()
}

func (s *arrayState) release() error {
	h := s.hold
	if !h.over.CompareAndSwap(false, true) {
		return nil
	}
	if h.own {
		for !h.view.holds.CompareAndSwap(1, released) {
			if n := h.view.holds.Load(); n != 1 { // 1 if what was under way has ended since
				h.over.Store(false)
				return fail(ErrBuffer, "array has %d exported buffers or operations under way", n-1)
			}
		}
		h.view.reg.drop()
	} else {
		h.view.done()
	}
	s.n10, s.n20, s.n21, s.n30, s.n31, s.n32 = 0, 0, 0, 0, 0, 0
	s.w10, s.w20, s.w21, s.w30, s.w31, s.w32 = 0, 0, 0, 0, 0, 0
	return nil
}
