package pick

import (
	"math/bits"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// A Mode says what becomes of an index out of range.
type Mode uint8

const (
	Raise Mode = iota // it is bad; negative ones count from the end
	Clip              // the nearest one in range; negative ones are 0
	Wrap              // modulo the length
)

// An OffsetsFunc turns indices into an axis of n items, n at least 1, into bytes
// from its start, which are scale for each item:
//
//	for j := range out {
//		out[j] = (index j, as the mode has it) * scale
//	}
//
// With Raise it returns the number of the first bad index, where it stops, and
// otherwise -1. Indices are aligned where the processor wants that.
type OffsetsFunc func(out []int, src unsafe.Pointer, stride, n, scale int, mode Mode) (bad int)

// A CheckFunc returns the number of the first of count indices that Raise calls
// bad for an axis of n items, or -1.
type CheckFunc func(src unsafe.Pointer, stride, count, n int) (bad int)

type integer interface {
	int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64
}

// Indices are the loops for one type of index.
type Indices struct {
	Size    int
	Offsets OffsetsFunc
	Check   CheckFunc
}

// IndicesOf returns the loops for integers of 1, 2, 4 or 8 bytes.
func IndicesOf(size int, signed bool) Indices {
	switch {
	case size == 1 && signed:
		return Indices{size, offsets[int8], check[int8]}
	case size == 1:
		return Indices{size, offsets[uint8], check[uint8]}
	case size == 2 && signed:
		return Indices{size, offsets[int16], check[int16]}
	case size == 2:
		return Indices{size, offsets[uint16], check[uint16]}
	case size == 4 && signed:
		return Indices{size, offsets[int32], check[int32]}
	case size == 4:
		return Indices{size, offsets[uint32], check[uint32]}
	case signed:
		return Indices{size, offsets64, check64}
	}
	return Indices{size, offsets[uint64], check[uint64]}
}

// kernelBytes is how many bytes a kernel is given at a time.
const kernelBytes = 64 << 10

// offsets64 is the loop for int64, with a kernel where there is one.
func offsets64(out []int, src unsafe.Pointer, stride, n, scale int, mode Mode) int {
	done := 0
	if kernel := simd.Table().Offsets; kernel != nil && mode == Raise && stride == 8 && scale > 0 && scale&(scale-1) == 0 {
		shift := bits.TrailingZeros(uint(scale))
		for len(out)-done >= simd.IndexGroup {
			some := min(len(out)-done, kernelBytes/8)
			k := kernel(unsafe.Pointer(&out[done]), unsafe.Add(src, 8*done), some, n, shift)
			if done += k; k < some&^(simd.IndexGroup-1) {
				break
			}
		}
	}
	if done == len(out) {
		return -1
	}
	bad := offsets[int64](out[done:], unsafe.Add(src, stride*done), stride, n, scale, mode)
	if bad >= 0 {
		bad += done
	}
	return bad
}

// check64 is the loop for int64, with a kernel where there is one.
func check64(src unsafe.Pointer, stride, count, n int) int {
	good := 0
	if kernel := simd.Table().Check; kernel != nil && stride == 8 {
		for count-good >= simd.IndexGroup {
			some := min(count-good, kernelBytes/8)
			k := kernel(unsafe.Add(src, 8*good), some, n)
			if good += k; k < some&^(simd.IndexGroup-1) {
				break
			}
		}
	}
	if good == count {
		return -1
	}
	bad := check[int64](unsafe.Add(src, stride*good), stride, count-good, n)
	if bad >= 0 {
		bad += good
	}
	return bad
}

// negative returns all ones if the type has negative numbers, else 0.
func negative[I integer]() uint64 {
	if ^I(0) > 0 {
		return 0
	}
	return ^uint64(0)
}

func offsets[I integer](out []int, src unsafe.Pointer, stride, n, scale int, mode Mode) int {
	signed, length := negative[I](), uint64(n)
	s := 0
	switch mode {
	case Clip:
		for j := range out {
			v := *(*I)(unsafe.Add(src, s))
			x := min(uint64(v), length-1)
			if v < 0 {
				x = 0
			}
			out[j] = int(x) * scale
			s += stride
		}
	case Wrap:
		for j := range out {
			v := *(*I)(unsafe.Add(src, s))
			x := uint64(v)
			if x >= length {
				if v >= 0 {
					x %= length
				} else if x = -x % length; x > 0 {
					x = length - x
				}
			}
			out[j] = int(x) * scale
			s += stride
		}
	default:
		for j := range out {
			v := *(*I)(unsafe.Add(src, s))
			x := uint64(v) + uint64(int64(v)>>63)&signed&length
			if x >= length {
				return j
			}
			out[j] = int(x) * scale
			s += stride
		}
	}
	return -1
}

func check[I integer](src unsafe.Pointer, stride, count, n int) int {
	const group = 16
	signed, length := negative[I](), uint64(n)
	add, limit := length&signed, length+length&signed
	j, s := 0, 0
	for ; j+group <= count; j += group {
		var worst uint64
		t := s
		for range group {
			worst = max(worst, uint64(int64(*(*I)(unsafe.Add(src, t))))+add)
			t += stride
		}
		if worst >= limit {
			break
		}
		s = t
	}
	for ; j < count; j++ {
		if uint64(int64(*(*I)(unsafe.Add(src, s))))+add >= limit {
			return j
		}
		s += stride
	}
	return -1
}

// A MoveFunc moves runs of size bytes between a table and a list: run j lies
// offsets[j] bytes from table and j*step bytes from list.
type MoveFunc func(table, list unsafe.Pointer, step int, offsets []int, size int)

// Gather returns the loop that fills the list, Scatter the one that fills the
// table, in the order of the list. One that streams stores past the caches where
// it can, and Fence has to follow before anyone else may look.
func Gather(size int, stream bool) MoveFunc {
	k := simd.Table()
	rest := gatherGo(size)
	if slot := simd.Slot(size); slot >= 0 && k.Gather[slot] != nil {
		return gatherLines(k.Gather[slot], k.GatherStream[slot], stream, rest)
	}
	if size >= Line && size <= rowsMost && k.GatherRows != nil {
		return gatherRows(k.GatherRows, k.GatherRowsStream, stream)
	}
	return rest
}

// Fence follows a Gather that streams.
func Fence() { simd.StreamFence() }

// HasLines reports whether Gather has a kernel for adjacent items of that size,
// and Offsets one for adjacent int64 and that scale, so that the two are faster
// than a DirectFunc.
func HasLines(size, scale int) bool {
	k, slot := simd.Table(), simd.Slot(size)
	return slot >= 0 && k.Gather[slot] != nil && k.Offsets != nil && scale > 0 && scale&(scale-1) == 0
}

const (
	// Line is from how many bytes on a run is gathered line by line.
	Line = simd.StreamLine

	// linesLeast is from how many items on a kernel that makes lines of them is
	// worth its call (docs/tuning.md, "Gathering").
	linesLeast = 128

	// rowsMost is the longest row that a kernel copies. Longer ones are left to the
	// runtime's copy. Chosen.
	rowsMost = 1 << 10

	// rowsAhead is how many bytes of rows are prefetched (docs/tuning.md,
	// "Gathering").
	rowsAhead = 4 << 10
)

// gatherLines makes whole lines by kernel, from the first multiple of a line on if
// it streams.
func gatherLines(plain, streaming simd.GatherFunc, stream bool, rest MoveFunc) MoveFunc {
	return func(table, list unsafe.Pointer, step int, offsets []int, size int) {
		per := simd.StreamLine / size
		if step != size || len(offsets) < linesLeast {
			rest(table, list, step, offsets, size)
			return
		}
		kernel, done := plain, 0
		if stream && uintptr(list)%uintptr(size) == 0 {
			kernel, done = streaming, int(-uintptr(list)%simd.StreamLine)/size
			rest(table, list, step, offsets[:done], size)
		}
		for len(offsets)-done >= per {
			some := min(len(offsets)-done, kernelBytes/8) / per * per
			kernel(unsafe.Add(list, done*size), table, unsafe.Pointer(&offsets[done]), some)
			done += some
		}
		if done < len(offsets) {
			rest(table, unsafe.Add(list, done*step), step, offsets[done:], size)
		}
	}
}

// gatherRows copies rows by kernel.
func gatherRows(plain, streaming simd.GatherRowsFunc, stream bool) MoveFunc {
	return func(table, list unsafe.Pointer, step int, offsets []int, size int) {
		kernel := plain
		if stream && (uintptr(list)|uintptr(step)|uintptr(size))%simd.StreamLine == 0 {
			kernel = streaming
		}
		for done := 0; done < len(offsets); {
			some := min(len(offsets)-done, kernelBytes/size)
			kernel(unsafe.Add(list, done*step), table, unsafe.Pointer(&offsets[done]), some, len(offsets)-done, rowsAhead/size, step, size)
			done += some
		}
	}
}

// gatherGo returns the loop in pure Go.
func gatherGo(size int) MoveFunc {
	switch size {
	case 1:
		return gather[[1]byte]
	case 2:
		return gather[[2]byte]
	case 4:
		return gather[[4]byte]
	case 8:
		return gather[[8]byte]
	case 16:
		return gather[[16]byte]
	}
	return gatherBytes
}

// Scatter is described with Gather.
func Scatter(size int) MoveFunc {
	switch size {
	case 1:
		return scatter[[1]byte]
	case 2:
		return scatter[[2]byte]
	case 4:
		return scatter[[4]byte]
	case 8:
		return scatter[[8]byte]
	case 16:
		return scatter[[16]byte]
	}
	return scatterBytes
}

func gather[T any](table, list unsafe.Pointer, step int, offsets []int, _ int) {
	l := 0
	for _, t := range offsets {
		*(*T)(unsafe.Add(list, l)) = *(*T)(unsafe.Add(table, t))
		l += step
	}
}

func scatter[T any](table, list unsafe.Pointer, step int, offsets []int, _ int) {
	l := 0
	for _, t := range offsets {
		*(*T)(unsafe.Add(table, t)) = *(*T)(unsafe.Add(list, l))
		l += step
	}
}

func gatherBytes(table, list unsafe.Pointer, step int, offsets []int, size int) {
	for j, t := range offsets {
		copy(unsafe.Slice((*byte)(unsafe.Add(list, j*step)), size), unsafe.Slice((*byte)(unsafe.Add(table, t)), size))
	}
}

func scatterBytes(table, list unsafe.Pointer, step int, offsets []int, size int) {
	for j, t := range offsets {
		copy(unsafe.Slice((*byte)(unsafe.Add(table, t)), size), unsafe.Slice((*byte)(unsafe.Add(list, j*step)), size))
	}
}

// A DirectFunc is Offsets with Raise and a move of n items at once:
//
//	for j := range n {
//		list item j = table item (index j)
//	}
//
// or the reverse. Table items are scale bytes apart, list items step, indices
// stride. It stops at the first bad index and returns how many items have moved.
type DirectFunc func(table, list, indices unsafe.Pointer, n, length, scale, step, stride int) (done int)

// Direct returns the loops for items and indices that have one, else nil.
func Direct(size, indexSize int, signed bool) (gather, scatter DirectFunc) {
	switch {
	case !signed:
		return nil, nil
	case indexSize == 4:
		return directOf[int32](size)
	case indexSize == 8:
		return directOf[int64](size)
	}
	return nil, nil
}

func directOf[I int32 | int64](size int) (gather, scatter DirectFunc) {
	switch size {
	case 1:
		return gatherDirect[[1]byte, I], scatterDirect[[1]byte, I]
	case 2:
		return gatherDirect[[2]byte, I], scatterDirect[[2]byte, I]
	case 4:
		return gatherDirect[[4]byte, I], scatterDirect[[4]byte, I]
	case 8:
		return gatherDirect[[8]byte, I], scatterDirect[[8]byte, I]
	case 16:
		return gatherDirect[[16]byte, I], scatterDirect[[16]byte, I]
	}
	return nil, nil
}

func gatherDirect[T any, I int32 | int64](table, list, indices unsafe.Pointer, n, length, scale, step, stride int) int {
	l, s := 0, 0
	for j := range n {
		x := int64(*(*I)(unsafe.Add(indices, s)))
		x += int64(length) & (x >> 63)
		if uint64(x) >= uint64(length) {
			return j
		}
		*(*T)(unsafe.Add(list, l)) = *(*T)(unsafe.Add(table, int(x)*scale))
		l += step
		s += stride
	}
	return n
}

func scatterDirect[T any, I int32 | int64](table, list, indices unsafe.Pointer, n, length, scale, step, stride int) int {
	l, s := 0, 0
	for j := range n {
		x := int64(*(*I)(unsafe.Add(indices, s)))
		x += int64(length) & (x >> 63)
		if uint64(x) >= uint64(length) {
			return j
		}
		*(*T)(unsafe.Add(table, int(x)*scale)) = *(*T)(unsafe.Add(list, l))
		l += step
		s += stride
	}
	return n
}
