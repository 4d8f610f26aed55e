package ndbuf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

const ptrSize = int(unsafe.Sizeof(uintptr(0)))

func putPointer(b []byte, p uintptr) {
	if ptrSize == 8 {
		binary.NativeEndian.PutUint64(b, uint64(p))
	} else {
		binary.NativeEndian.PutUint32(b, uint32(p))
	}
}

func getPointer(b []byte) uintptr {
	if ptrSize == 8 {
		return uintptr(binary.NativeEndian.Uint64(b))
	}
	return uintptr(binary.NativeEndian.Uint32(b))
}

func addressOf(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// randomIndirect builds a buffer whose axes with a pointer are drawn at random, each array of pointers and each run of
// items in a block of its own, with gaps, suboffsets and negative strides.
func randomIndirect(r *rand.Rand) *ndbuf.Buffer {
	ndim := 1 + r.IntN(4)
	isz := 1 + r.IntN(9)
	b := &ndbuf.Buffer{Format: fmt.Sprintf("%ds", isz)}
	l := &b.Layout
	l.ItemSize = isz
	for range ndim {
		l.Shape = append(l.Shape, 1+r.IntN(4))
		l.SubOffsets = append(l.SubOffsets, -1)
	}
	for range 1 + r.IntN(2) {
		l.SubOffsets[r.IntN(ndim)] = 3 * r.IntN(3)
	}
	// Strides: C order within each segment, items or pointers, then some signs flipped and some steps widened.
	l.Strides = make([]int, ndim)
	step := isz
	for k := ndim - 1; k >= 0; k-- {
		if l.SubOffsets[k] >= 0 {
			step = ptrSize
		}
		if r.IntN(3) == 0 {
			step += 1 + r.IntN(5)
		}
		l.Strides[k] = step
		step *= l.Shape[k]
		if r.IntN(3) == 0 {
			l.Strides[k] = -l.Strides[k]
		}
	}
	var build func(axis int) ([]byte, int)
	build = func(axis int) (mem []byte, offset int) {
		end, size, pointers := ndim, isz, false
		for k := axis; k < ndim; k++ {
			if l.SubOffsets[k] >= 0 {
				end, size, pointers = k+1, ptrSize, true
				break
			}
		}
		seg := strides.Layout{Shape: l.Shape[axis:end], Strides: l.Strides[axis:end], ItemSize: size}
		lo, hi := seg.Extent()
		pad := r.IntN(4)
		mem = make([]byte, hi-lo+2*pad)
		offset = pad - lo
		for i := range mem {
			mem[i] = byte(r.Uint32())
		}
		if pointers {
			each(seg.Shape, func(index []int) {
				sub, at := build(end)
				b.Blocks = append(b.Blocks, sub)
				off := offset
				for k, i := range index {
					off += i * seg.Strides[k]
				}
				putPointer(mem[off:], addressOf(sub)+uintptr(at)-uintptr(l.SubOffsets[end-1]))
			})
		}
		return mem, offset
	}
	b.Mem, l.Offset = build(0)
	return b
}

// each calls f with every index of shape in C order.
func each(shape []int, f func(index []int)) {
	index := make([]int, len(shape))
	for _, n := range shape {
		if n == 0 {
			return
		}
	}
	for {
		f(index)
		k := len(shape) - 1
		for ; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// follow reads the items of b in C order by the definition of suboffsets, following the pointers in memory.
func follow(b *ndbuf.Buffer) []byte {
	var out []byte
	if b.Layout.ItemSize == 0 {
		return nil // items without bytes lie nowhere
	}
	blocks := append([][]byte{b.Mem}, b.Blocks...)
	each(b.Layout.Shape, func(index []int) {
		block, off := b.Mem, b.Layout.Offset
		for k, i := range index {
			off += i * b.Layout.Strides[k]
			if sub := b.Layout.SubOffsets; sub != nil && sub[k] >= 0 {
				p := getPointer(block[off:]) + uintptr(sub[k])
				// The rightmost block that starts at or before p, as far as the rest needs it.
				best := -1
				for j, c := range blocks {
					if a := addressOf(c); a <= p && p <= a+uintptr(len(c)) && (best < 0 || a >= addressOf(blocks[best])) {
						best = j
					}
				}
				block, off = blocks[best], int(p-addressOf(blocks[best]))
			}
		}
		out = append(out, block[off:off+b.Layout.ItemSize]...)
	})
	return out
}

// What an indirect view does must be what a contiguous copy of it does; what it hands out must read the same when
// somebody else follows its pointers.
func TestIndirectViews(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 3000 {
		b := randomIndirect(r)
		m, err := ndbuf.FromBuffer(b)
		if err != nil {
			t.Fatalf("case %d %+v: %v", n, b.Layout, err)
		}
		want := follow(b)
		got := ndbuf.Must(m.ToBytes(strides.C))
		if !bytes.Equal(got, want) {
			t.Fatalf("case %d %+v:\n got %x\nwant %x", n, b.Layout, got, want)
		}
		dense := ndbuf.Must(m.Clone(strides.C))
		for range 4 {
			name, op := randomOperation(r, m.Shape())
			v, err := op(m)
			d, err2 := op(dense)
			if (err == nil) != (err2 == nil) {
				t.Fatalf("case %d %+v %s: %v, of the copy: %v", n, m.Layout(), name, err, err2)
			}
			if err != nil {
				continue
			}
			if fmt.Sprint(v.Shape()) != fmt.Sprint(d.Shape()) {
				t.Fatalf("case %d %+v %s: shape %v, want %v", n, m.Layout(), name, v.Shape(), d.Shape())
			}
			for _, order := range []strides.Order{strides.C, strides.F} {
				got, want := ndbuf.Must(v.ToBytes(order)), ndbuf.Must(d.ToBytes(order))
				if !bytes.Equal(got, want) {
					t.Fatalf("case %d %+v %s, order %c:\n got %x\nwant %x", n, m.Layout(), name, order, got, want)
				}
			}
			if out := v.Buffer(); !bytes.Equal(follow(out), ndbuf.Must(d.ToBytes(strides.C))) {
				t.Fatalf("case %d %+v %s: the pointers handed out lead elsewhere: %+v", n, m.Layout(), name, out.Layout)
			}
			if len(v.Shape()) > 8 {
				break
			}
			m, dense = v, d
		}
	}
}

func randomOperation(r *rand.Rand, shape []int) (string, func(*ndbuf.MemoryView) (*ndbuf.MemoryView, error)) {
	switch r.IntN(5) {
	case 0:
		axes := r.Perm(len(shape))
		return fmt.Sprint("Transpose ", axes), func(m *ndbuf.MemoryView) (*ndbuf.MemoryView, error) { return m.Transpose(axes...) }
	case 1:
		n := 1
		for _, s := range shape {
			n *= s
		}
		to := []int{-1}
		if n > 0 && n%2 == 0 {
			to = []int{2, -1}
		}
		return fmt.Sprint("Reshape ", to), func(m *ndbuf.MemoryView) (*ndbuf.MemoryView, error) {
			v, err := m.Reshape(to...)
			if errors.Is(err, ndbuf.ErrCopyNeeded) { // of a permuted copy; make one that can
				return ndbuf.Must(m.Clone(strides.C)).Reshape(to...)
			}
			return v, err
		}
	case 2:
		to := append([]int{2}, shape...)
		return fmt.Sprint("BroadcastTo ", to), func(m *ndbuf.MemoryView) (*ndbuf.MemoryView, error) { return m.BroadcastTo(to...) }
	default:
		var ix []strides.Index
		text := ""
		for _, n := range shape {
			switch r.IntN(6) {
			case 0:
				if n > 0 {
					i := r.IntN(2*n) - n
					ix = append(ix, strides.At(i))
					text += fmt.Sprint(i, ",")
					continue
				}
				fallthrough
			case 1:
				ix = append(ix, strides.NewAxis, strides.All)
				text += "None,:,"
			default:
				a, b, s := r.IntN(n+2)-1, r.IntN(2*n+2)-n, 1+r.IntN(2)
				if r.IntN(2) == 0 {
					a, b, s = b, a, -s
				}
				if r.IntN(2) == 0 {
					a = strides.None
				}
				if r.IntN(2) == 0 {
					b = strides.None
				}
				ix = append(ix, strides.Range(a, b, s))
				text += fmt.Sprint(a, ":", b, ":", s, ",")
			}
		}
		return "Index " + text, func(m *ndbuf.MemoryView) (*ndbuf.MemoryView, error) { return m.Index(ix...) }
	}
}

// Writing through an indirect view reaches the blocks, and nothing else.
func TestIndirectStores(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 500 {
		b := randomIndirect(r)
		m := ndbuf.Must(ndbuf.FromBuffer(b))
		data := make([]byte, m.NBytes())
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		src := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: data, Format: b.Format,
			Layout: strides.Layout{Shape: b.Layout.Shape, ItemSize: b.Layout.ItemSize}}))
		if err := ndbuf.Copy(m, src); err != nil {
			t.Fatal(err)
		}
		if got := follow(b); !bytes.Equal(got, data) {
			t.Fatalf("case %d %+v:\n got %x\nwant %x", n, b.Layout, got, data)
		}
		// Reversed onto itself: as if copied first.
		back := ndbuf.Must(m.Flip())
		want := ndbuf.Must(back.ToBytes(strides.C))
		if err := m.Assign(back); err != nil {
			t.Fatal(err)
		}
		if got := follow(b); !bytes.Equal(got, want) {
			t.Fatalf("case %d %+v reversed:\n got %x\nwant %x", n, b.Layout, got, want)
		}
	}
}

// A row that is replaced after the view was made changes nothing for the view.
func TestIndirectionIsReadOnce(t *testing.T) {
	rows := [][]uint8{{1, 2}, {3, 4}}
	m := ndbuf.Must(ndbuf.FromObject(rows))
	rows[1] = nil
	if got := ndbuf.Must(m.ToBytes(strides.C)); !bytes.Equal(got, []byte{1, 2, 3, 4}) {
		t.Errorf("got %v", got)
	}
	row := ndbuf.Must(m.Index(strides.At(0)))
	if !row.IsContiguous(strides.C) || row.SubOffsets() != nil {
		t.Errorf("a row is no ordinary view: %+v", row.Layout())
	}
	same := ndbuf.Must(ndbuf.GetContiguous(row, ndbuf.Write, strides.C))
	if err := same.CopyFrom([]byte{7, 8}, strides.C); err != nil || rows[0][0] != 7 || rows[0][1] != 8 {
		t.Errorf("the row is %v, %v", rows[0], err)
	}
}
