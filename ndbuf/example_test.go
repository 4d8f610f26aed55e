package ndbuf_test

import (
	"bytes"
	"fmt"
	"os"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// show prints what every example ends with.
func show(m *ndbuf.MemoryView) {
	fmt.Println(m.Shape(), m.Strides())
	fmt.Println(m)
}

func Example() {
	data := []float32{0, 1, 2, 3, 4, 5}
	m := ndbuf.Must(ndbuf.Of(data, 2, 3)) // a view: data is not copied
	t := ndbuf.Must(m.Transpose())        // still data
	r := ndbuf.Must(t.Slice("::-1, 1:"))  // still data

	fmt.Println(r.Shape(), r.Strides(), r.IsContiguous(strides.C))
	fmt.Println(r)

	c := ndbuf.Must(ndbuf.GetContiguous(r, ndbuf.Read, strides.C)) // now a copy, in C order
	fmt.Println(c.Strides(), c.IsContiguous(strides.C))

	a := ndbuf.Must(ndbuf.As[float32](m)) // typed access: no format, no allocation
	a.Set2(1, 2, 50)
	fmt.Println(data[5], r)
	// Output:
	// [3 1] [-4 12] false
	// [[5.]
	//  [4.]
	//  [3.]]
	// [4 4] true
	// 50 [[50.]
	//  [ 4.]
	//  [ 3.]]
}

func ExampleFromMemory() {
	m := ndbuf.Must(ndbuf.FromMemory([]byte("abc"), ndbuf.Read))
	fmt.Println(m.Format(), m.ReadOnly())
	show(m)
	// Output:
	// B true
	// [3] [1]
	// [97 98 99]
}

func ExampleFromBuffer() {
	// Two columns of a file of big-endian records, 6 bytes each: a 2-byte tag and a 4-byte value.
	file := []byte{0, 1, 0, 0, 0, 10, 0, 2, 0, 0, 1, 0}
	m := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: file, Format: "T{>H:tag:>I:value:}", ReadOnly: true}))
	fmt.Println(m)
	show(ndbuf.Must(m.Field("value")))
	// Output:
	// [(1,  10) (2, 256)]
	// [2] [6]
	// [ 10 256]
}

func ExampleGetContiguous() {
	m := ndbuf.Must(ndbuf.Of([]uint8{1, 2, 3, 4, 5, 6}, 2, 3))
	t := ndbuf.Must(m.Transpose())
	for _, order := range []strides.Order{strides.C, strides.F} {
		c := ndbuf.Must(ndbuf.GetContiguous(t, ndbuf.Read, order))
		shared := &c.Buffer().Mem[0] == &m.Buffer().Mem[0]
		fmt.Printf("%c: strides %v, shared %v\n", order, c.Strides(), shared)
	}
	_, err := ndbuf.GetContiguous(t, ndbuf.Write, strides.C)
	fmt.Println(err)
	// Output:
	// C: strides [2 1], shared false
	// F: strides [1 3], shared true
	// ndbuf: writable contiguous buffer requested for a non-contiguous object
}

func ExampleGetContiguous_shadow() {
	data := []uint8{0, 1, 2, 3, 4, 5}
	odd := ndbuf.Must(ndbuf.Must(ndbuf.Of(data)).Slice("1::2"))
	s := ndbuf.Must(ndbuf.GetContiguous(odd, ndbuf.Shadow, strides.C))
	copy(s.Buffer().Mem, []byte{10, 30, 50}) // any code that wants plain memory
	fmt.Println(data)
	if err := s.Release(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(data)
	// Output:
	// [0 1 2 3 4 5]
	// [0 10 2 30 4 50]
}

func ExampleMemoryView_Slice() {
	m := ndbuf.Must(ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})).Reshape(3, 4))
	show(ndbuf.Must(m.Slice("::2, ::-1")))
	// Output:
	// [2 4] [32 -4]
	// [[ 3  2  1  0]
	//  [11 10  9  8]]
}

func ExampleMemoryView_Index() {
	m := ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5}, 2, 3))
	show(ndbuf.Must(m.Index(strides.At(-1))))
	show(ndbuf.Must(m.Index(strides.Ellipsis, strides.NewAxis, strides.Range(1, strides.None, 1))))
	// Output:
	// [3] [4]
	// [3 4 5]
	// [2 1 2] [12 0 4]
	// [[[1 2]]
	//
	//  [[4 5]]]
}

func ExampleMemoryView_Transpose() {
	m := ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5}, 2, 3))
	show(ndbuf.Must(m.Transpose()))
	// Output:
	// [3 2] [4 12]
	// [[0 3]
	//  [1 4]
	//  [2 5]]
}

func ExampleMemoryView_Reshape() {
	m := ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5}))
	show(ndbuf.Must(m.Reshape(2, -1)))
	t := ndbuf.Must(ndbuf.Must(m.Reshape(2, 3)).Transpose())
	_, err := t.Reshape(6)
	fmt.Println(err)
	// Output:
	// [2 3] [12 4]
	// [[0 1 2]
	//  [3 4 5]]
	// ndbuf: strides: Reshape: shape (3, 2) with strides (4, 12) cannot become shape (6,) without a copy
}

func ExampleMemoryView_BroadcastTo() {
	m := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3}))
	b := ndbuf.Must(m.BroadcastTo(2, 3))
	fmt.Println(b.ReadOnly())
	show(b)
	// Output:
	// true
	// [2 3] [0 4]
	// [[1 2 3]
	//  [1 2 3]]
}

func ExampleMemoryView_Cast() {
	m := ndbuf.Must(ndbuf.FromMemory([]byte{1, 0, 2, 0, 3, 0, 4, 0}, ndbuf.Write))
	show(ndbuf.Must(m.Cast("<H", 2, 2)))
	// Output:
	// [2 2] [4 2]
	// [[1 2]
	//  [3 4]]
}

func ExampleMemoryView_SlidingWindow() {
	m := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3, 4}))
	show(ndbuf.Must(m.SlidingWindow([]int{2})))
	// Output:
	// [3 2] [4 4]
	// [[1 2]
	//  [2 3]
	//  [3 4]]
}

func ExampleMemoryView_Diagonal() {
	m := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3, 4}, 2, 2))
	show(ndbuf.Must(m.Diagonal(0, 0, 1)))
	// Output:
	// [2] [12]
	// [1 4]
}

func ExampleMemoryView_Assign() {
	data := []int32{0, 1, 2, 3, 4, 5}
	m := ndbuf.Must(ndbuf.Of(data))
	first := ndbuf.Must(m.Slice(":3"))
	if err := m.Assign(first, strides.Range(5, 2, -1)); err != nil { // m[5:2:-1] = m[:3]
		fmt.Println(err)
	}
	fmt.Println(data)
	// Output: [0 1 2 2 1 0]
}

func ExampleCopy() {
	m := ndbuf.Must(ndbuf.New("i", strides.C, 2, 3))
	row := ndbuf.Must(ndbuf.Of([]int32{7, 8, 9}))
	if err := ndbuf.Copy(m, row); err != nil {
		fmt.Println(err)
	}
	show(m)
	// Output:
	// [2 3] [12 4]
	// [[7 8 9]
	//  [7 8 9]]
}

func ExampleMemoryView_WriteTo() {
	m := ndbuf.Must(ndbuf.FromMemory([]byte("olleh\n"), ndbuf.Read))
	greeting := ndbuf.Must(m.Slice("-2::-1"))
	n, err := greeting.WriteTo(os.Stdout)
	fmt.Println("\n", n, err)
	// Output:
	// hello
	//  5 <nil>
}

func ExampleMemoryView_CopyTo() {
	m := ndbuf.Must(ndbuf.Of([]uint8{1, 2, 3, 4}, 2, 2))
	var buf [4]byte
	if err := m.CopyTo(buf[:], strides.F); err != nil {
		fmt.Println(err)
	}
	fmt.Println(buf)
	// Output: [1 3 2 4]
}

func ExampleMemoryView_Hex() {
	m := ndbuf.Must(ndbuf.FromMemory([]byte{0xde, 0xad, 0xbe, 0xef}, ndbuf.Read))
	fmt.Println(m.Hex(':', 1))
	// Output: de:ad:be:ef <nil>
}

func ExamplePlanCopy() {
	src := ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5}, 2, 3))
	t := ndbuf.Must(src.Transpose())
	dst := ndbuf.Must(ndbuf.New("i", strides.C, 3, 2))
	p := ndbuf.Must(ndbuf.PlanCopy(dst.Layout(), t.Layout(), "i"))
	if err := p.Run(dst, t); err != nil { // as often as there is memory to copy
		fmt.Println(err)
	}
	show(dst)
	// Output:
	// [3 2] [8 4]
	// [[0 3]
	//  [1 4]
	//  [2 5]]
}

// A program's own memory becomes a view by two methods.
type ring struct{ data [8]byte }

func (r *ring) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	b := ndbuf.Buffer{Mem: r.data[:], Obj: r, Layout: strides.Layout{ItemSize: 1}}
	return b.Grant(f)
}

func (r *ring) ReleaseBuffer(*ndbuf.Buffer) {}

func ExampleExporter() {
	m := ndbuf.Must(ndbuf.FromObject(&ring{data: [8]byte{1, 2, 3}}))
	var w bytes.Buffer
	fmt.Fprint(&w, m)
	fmt.Println(w.String())
	// Output: [1 2 3 0 0 0 0 0]
}
