package convert

import (
	"sync"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// Pairs that package simd has kernels for. These want adjacent numbers, so what
// lies elsewhere in src is brought together, and what goes elsewhere in dst is
// spread, by way of memory in the first-level cache, a thousand at a time.

const (
	// lanePiece is how many numbers go through that memory at a time, or a
	// multiple of them through a kernel: it cannot be preempted.
	lanePiece = 1 << 10
	callPiece = 8 * lanePiece

	// laneStream is the size of adjacent numbers of dst from which they are
	// written with streaming stores (docs/tuning.md, "Conversions").
	laneStream = 1 << 20
)

// A laneScratch has room for a piece and what is too little to be one.
type laneScratch [lanePiece + simd.ConvertLeast]uint64

var laneScratches = sync.Pool{New: func() any { return new(laneScratch) }}

// A lanes is a pair of kinds with kernels.
type lanes struct {
	pair     simd.Conversion
	to, from int  // bytes of an item
	loop     Func // for what kernels are not worth, or not there
}

var lanePairs = [simd.Conversions][2]Kind{ // to, from
	simd.Float16ToFloat32:  {Float32, Float16},
	simd.Float16ToFloat64:  {Float64, Float16},
	simd.BFloat16ToFloat32: {Float32, BFloat16},
	simd.Float32ToFloat16:  {Float16, Float32},
	simd.Float32ToBFloat16: {BFloat16, Float32},
	simd.Float32ToFloat64:  {Float64, Float32},
	simd.Float64ToFloat32:  {Float32, Float64},
	simd.Float64ToInt32:    {Int32, Float64},
	simd.Float32ToInt32:    {Int32, Float32},
	simd.Float64ToInt64:    {Int64, Float64},
	simd.Int32ToFloat32:    {Float32, Int32},
	simd.Int32ToFloat64:    {Float64, Int32},
	simd.Uint32ToFloat32:   {Float32, Uint32},
	simd.Uint32ToFloat64:   {Float64, Uint32},
	simd.Int64ToFloat64:    {Float64, Int64},
	simd.Uint64ToFloat64:   {Float64, Uint64},
	simd.Int8ToFloat32:     {Float32, Int8},
	simd.Int8ToFloat64:     {Float64, Int8},
	simd.Uint8ToFloat32:    {Float32, Uint8},
	simd.Uint8ToFloat64:    {Float64, Uint8},
	simd.Int16ToFloat32:    {Float32, Int16},
	simd.Int16ToFloat64:    {Float64, Int16},
	simd.Uint16ToFloat32:   {Float32, Uint16},
	simd.Uint16ToFloat64:   {Float64, Uint16},
}

// setLanes puts the kernels before the loops that are in the table so far.
func setLanes() {
	for pair, k := range lanePairs {
		if loop := table[k[0]][k[1]]; loop != nil {
			l := &lanes{simd.Conversion(pair), k[0].Size(), k[1].Size(), loop}
			table[k[0]][k[1]] = l.run
		}
	}
}

// run is a Func.
func (l *lanes) run(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	k := simd.Table()
	fn := k.Convert[l.pair]
	switch {
	case fn == nil || n < simd.ConvertLeast:
		l.loop(dst, src, n, dstStride, srcStride)
	case dstStride != l.to:
		l.spread(k, dst, src, n, dstStride, srcStride)
	case n*l.to >= laneStream && uintptr(dst)%uintptr(l.to) == 0:
		l.stream(k, dst, src, n, srcStride)
	default:
		l.pieces(k, fn, dst, src, n, srcStride)
	}
}

// pieces converts adjacent numbers of dst.
func (l *lanes) pieces(k *simd.Kernels, fn simd.ConvertFunc, dst, src unsafe.Pointer, n, srcStride int) {
	if srcStride == l.from {
		for i := 0; i < n; {
			m := piece(n-i, callPiece)
			fn(unsafe.Add(dst, i*l.to), unsafe.Add(src, i*l.from), m)
			i += m
		}
		return
	}
	s := laneScratches.Get().(*laneScratch)
	gather, near := k.Strided[simd.Slot(l.from)], unsafe.Pointer(s)
	for i := 0; i < n; {
		m := piece(n-i, lanePiece)
		gather(near, unsafe.Add(src, i*srcStride), 1, m, 0, l.from, 0, srcStride, l.from)
		fn(unsafe.Add(dst, i*l.to), near, m)
		i += m
	}
	laneScratches.Put(s)
}

// piece returns how many of n numbers are converted at once: as many as size, or
// all if what is left would be too few for a kernel.
func piece(n, size int) int {
	if n < size+simd.ConvertLeast {
		return n
	}
	return size
}

// stream is pieces with streaming stores: of whole lines. The first and the last
// numbers are converted before and after, some of them twice.
func (l *lanes) stream(k *simd.Kernels, dst, src unsafe.Pointer, n, srcStride int) {
	part := func(i, m int) {
		l.pieces(k, k.Convert[l.pair], unsafe.Add(dst, i*l.to), unsafe.Add(src, i*srcStride), m, srcStride)
	}
	first := int(-uintptr(dst)%simd.StreamLine) / l.to
	if first > 0 {
		part(0, simd.ConvertLeast)
	}
	// Multiples of ConvertLeast items are whole lines, of any size.
	whole := (n - first) &^ (simd.ConvertLeast - 1)
	l.pieces(k, k.ConvertLines[l.pair], unsafe.Add(dst, first*l.to), unsafe.Add(src, first*srcStride), whole, srcStride)
	simd.StreamFence()
	if first+whole < n {
		part(n-simd.ConvertLeast, simd.ConvertLeast)
	}
}

// spread converts numbers to places of dst that are not adjacent.
func (l *lanes) spread(k *simd.Kernels, dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	s := laneScratches.Get().(*laneScratch)
	scatter, near := k.Strided[simd.Slot(l.to)], unsafe.Pointer(s)
	for i := 0; i < n; {
		m := piece(n-i, lanePiece)
		l.pieces(k, k.Convert[l.pair], near, unsafe.Add(src, i*srcStride), m, srcStride)
		scatter(unsafe.Add(dst, i*dstStride), near, 1, m, 0, dstStride, 0, l.to, l.to)
		i += m
	}
	laneScratches.Put(s)
}
