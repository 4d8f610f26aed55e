//go:build !purego && !noasm

package simd

import "unsafe"

// planesAsm are the streaming kernels for three planes of items of one size.
// split makes lines of each plane from where its items begin in src, and join
// groups of three lines of dst.
type planesAsm struct {
	split func(plane0, plane1, plane2, items0, items1, items2 unsafe.Pointer, lines int)
	join  func(planes, items unsafe.Pointer, groups, stride int)
	plain TransposeFunc // for a dst whose lines begin within items
}

// The implementations by Slot, best first.
var planesImpls = [Sizes][]impl[TransposeFunc]{
	{
		{AVX512, withBytePlanes(&bytePlanes512, planesOf3, rest1)},
		{AVX2, withBytePlanes(&bytePlanes256, planesOf3, rest1)},
	},
	{{AVX2, withPlanes[[2]byte](planesAsm{split3Stream2, join3Stream2, rest2})}},
	{{AVX2, withPlanes[[4]byte](planesAsm{split3Stream4, join3Stream4, rest4})}},
	{{AVX2, withPlanes[[8]byte](planesAsm{split3Stream8, join3Stream8, rest8})}},
	{},
}

var planesOf3 = withPlanes[[1]byte](planesAsm{split3Stream1, join3Stream1, rest1})

// planesCall is the most lines of a plane that a kernel is given: it cannot be
// preempted.
const planesCall = laneMax / (3 * StreamLine)

// withPlanes returns a TransposeFunc for three planes.
func withPlanes[T any](k planesAsm) TransposeFunc {
	size := int(unsafe.Sizeof(*new(T)))
	return func(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
		const most = planesCall * StreamLine
		aligned := uintptr(dst)%uintptr(size) == 0 && dstStride%size == 0 // else lines begin within items
		switch split := cols == 3 && srcStride == 3*size; {
		case aligned && split:
			splitPlanes[T](k, dst, src, rows, dstStride)
		case aligned:
			joinPlanes[T](k, dst, src, cols, srcStride)
		case split:
			for i := 0; i < rows; i += most / size {
				k.plain(unsafe.Add(dst, i*size), unsafe.Add(src, i*srcStride), min(rows-i, most/size), cols, dstStride, srcStride)
			}
		default:
			for j := 0; j < cols; j += most / size {
				k.plain(unsafe.Add(dst, j*dstStride), unsafe.Add(src, j*size), rows, min(cols-j, most/size), dstStride, srcStride)
			}
		}
		streamFence()
	}
}

// splitPlanes takes n interleaved items of three planes apart.
func splitPlanes[T any](k planesAsm, dst, src unsafe.Pointer, n, stride int) {
	size := int(unsafe.Sizeof(*new(T)))
	var first [3]int // of the items that begin a line
	lines := n
	for i := range first {
		first[i] = int(-uintptr(unsafe.Add(dst, i*stride))%StreamLine) / size
		lines = min(lines, (n-1-first[i])*size/StreamLine)
	}
	plane := func(i, from int) unsafe.Pointer { return unsafe.Add(dst, i*stride+from*size) }
	items := func(i, from int) unsafe.Pointer { return unsafe.Add(src, (i+3*from)*size) }
	rest := func(i, from, to int) {
		if from == to {
			return // there may be no item
		}
		stridedGeneric[T](plane(i, from), items(i, from), 1, to-from, 0, size, 0, 3*size, size)
	}
	for done := 0; done < lines; done += planesCall {
		a, b, c := first[0]+done*StreamLine/size, first[1]+done*StreamLine/size, first[2]+done*StreamLine/size
		k.split(plane(0, a), plane(1, b), plane(2, c), items(0, a), items(1, b), items(2, c), min(lines-done, planesCall))
	}
	for i := range first {
		rest(i, 0, min(first[i], n))
		rest(i, min(first[i]+max(lines, 0)*StreamLine/size, n), n)
	}
}

// joinPlanes puts three planes of n items together.
func joinPlanes[T any](k planesAsm, dst, src unsafe.Pointer, n, stride int) {
	size := int(unsafe.Sizeof(*new(T)))
	group := StreamLine / size
	// The first record that begins a line: 43 times 3 is 1 more than two lines.
	first := int(-uintptr(dst)%StreamLine) / size * 43 % group
	groups := max(n-first, 0) / group
	rest := func(from, to int) {
		if from == to {
			return
		}
		for i := range 3 {
			stridedGeneric[T](unsafe.Add(dst, (i+3*from)*size), unsafe.Add(src, i*stride+from*size), 1, to-from, 0, 3*size, 0, size, size)
		}
	}
	for done := 0; done < groups; done += planesCall {
		at := first + done*group
		k.join(unsafe.Add(src, at*size), unsafe.Add(dst, 3*at*size), min(groups-done, planesCall), stride)
	}
	rest(0, min(first, n))
	rest(min(first+groups*group, n), n)
}
