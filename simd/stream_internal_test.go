package simd

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ref"
)

// alignedBytes returns n bytes that begin at a multiple of a line.
func alignedBytes(n int) []byte {
	b := make([]byte, n+StreamLine)
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % StreamLine)
	return b[skip : skip+n : skip+n]
}

// A strip is a case for a streaming kernel: tiles of rows rows each, one after
// the other, of a src with rows srcStride bytes apart, to a dst with rows
// dstStride bytes apart that begins shift bytes into a line.
type strip struct {
	tiles, rows, dstStride, srcStride, shift int
}

// run transposes a whole strip and compares every byte.
func (c strip) run(t *testing.T, fn StreamFunc, size int, lines bool, dstMem, srcMem []byte) {
	t.Helper()
	cols, head := StreamRow/size, 0
	if !lines {
		head = StreamLine / size
	}
	n := head + c.tiles*c.rows
	srcLen, dstLen := (n-1)*c.srcStride+StreamRow, (cols-1)*c.dstStride+n*size
	src := srcMem[len(srcMem)-srcLen:]
	if c.shift%2 == 0 {
		src = srcMem[:srcLen]
	}
	dst := dstMem[c.shift : c.shift+dstLen]
	if c.shift > 0 { // flush with the end, as far as alignment allows
		dst = dstMem[len(dstMem)-dstLen-(StreamLine-c.shift-dstLen%StreamLine+2*StreamLine)%StreamLine:][:dstLen]
	}
	for i := range src {
		src[i] = byte(i*37 + i>>8*11 + i>>16)
	}
	for i := range dstMem {
		dstMem[i] = byte(i) ^ 0xA5
	}
	was, all := slices.Clone(src), slices.Clone(dstMem)
	want := all[len(dstMem)-cap(dst):][:dstLen]
	ref.Copy(want, 0, []int{size, c.dstStride}, src, 0, []int{c.srcStride, size}, []int{n, cols}, size)

	tile, next, work := alignedBytes(StreamTile(c.rows)), alignedBytes(StreamTile(c.rows)), alignedBytes(StreamWork(size))
	at := func(b []byte, off int) unsafe.Pointer { return unsafe.Pointer(&b[off]) }
	for i := range head { // the caller's part
		for j := range cols {
			item := src[i*c.srcStride+j*size:][:size]
			copy(dst[j*c.dstStride+i*size:], item)
			copy(work[StreamCarry+j*StreamLine+i*size:], item)
		}
	}
	for i := range c.rows {
		copy(tile[i*StreamPitch:][:StreamRow], src[(head+i)*c.srcStride:])
	}
	for k := range c.tiles {
		row, after := head+k*c.rows, min(k+1, c.tiles-1)*c.rows+head
		fn(at(dst, row*size), at(tile, 0), at(src, after*c.srcStride), at(next, 0), at(work, 0), c.rows, c.dstStride, c.srcStride, c.rows*c.srcStride)
		for i := range c.rows {
			if !bytes.Equal(next[i*StreamPitch:][:StreamRow], src[(after+i)*c.srcStride:][:StreamRow]) {
				t.Fatalf("%+v: tile %d: row %d of the next tile is wrong", c, k, i)
			}
		}
		tile, next = next, tile
	}
	StreamFence()
	for i := n - head; i < n; i++ {
		for j := range cols {
			copy(dst[j*c.dstStride+i*size:], src[i*c.srcStride+j*size:][:size])
		}
	}
	if !bytes.Equal(dstMem, all) {
		i := 0
		for dstMem[i] == all[i] {
			i++
		}
		t.Fatalf("%+v: dst differs at byte %d of %d", c, i-(len(dstMem)-cap(dst)), dstLen)
	}
	if !bytes.Equal(src, was) {
		t.Fatalf("%+v: src has changed", c)
	}
}

func TestStream(t *testing.T) {
	const room = 1 << 19
	for slot := range Sizes {
		size := 1 << slot
		for _, lines := range []bool{false, true} {
			list := streamImpls[slot]
			if lines {
				list = streamLinesImpls[slot]
			}
			eachImpl(t, fmt.Sprintf("%d/lines=%t", size, lines), list, func(t *testing.T, fn StreamFunc) {
				dst, src := guard.Alloc(t, room, true), guard.Alloc(t, room, true)
				for _, rows := range []int{StreamRows(size), 2 * StreamRows(size), StreamRow / size, StreamMax / size} {
					for _, tiles := range []int{1, 3} {
						n := (tiles*rows + StreamLine/size) * size
						for _, srcPad := range []int{0, 1} {
							if lines {
								c := strip{tiles, rows, (n + 2*StreamLine) &^ (StreamLine - 1), StreamRow + srcPad, 0}
								c.run(t, fn, size, lines, dst, src)
								continue
							}
							for _, dstPad := range []int{0, 1, 63} {
								for _, shift := range []int{0, 1, 16, 63} {
									strip{tiles, rows, n + dstPad, StreamRow + srcPad, shift}.run(t, fn, size, lines, dst, src)
								}
							}
						}
					}
				}
			})
		}
	}
}

// TestTransposeLines: blocks of whole lines, in all numbers of rows of src that
// make them, in guarded memory.
func TestTransposeLines(t *testing.T) {
	for slot, list := range transposeLinesImpls {
		size := 1 << slot
		line := StreamLine / size
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn TransposeFunc) {
			m := newMem(t, 1<<16)
			for _, rows := range []int{line, 2 * line, 3 * line} {
				for cols := line; cols <= 2*line+1; cols++ {
					if size == 1 && cols%7 > 1 {
						continue
					}
					for _, pad := range [][2]int{{0, 0}, {StreamLine, 1}, {2 * StreamLine, 64}} {
						dst, src := rows*size+pad[0], cols*size+pad[1]
						b := block{rows: rows, cols: cols, dst: [2]int{size, dst}, src: [2]int{src, size}}
						b.fit(size)
						m.check(t, b, size, func(d, s unsafe.Pointer) { fn(d, s, rows, cols, dst, src); StreamFence() }, nothing)
					}
				}
			}
		})
	}
}
