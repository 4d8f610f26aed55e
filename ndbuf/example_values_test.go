package ndbuf_test

import (
	"fmt"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

func ExampleMemoryView_Get() {
	m := ndbuf.Must(ndbuf.Of([]int16{1, 2, 3, 4, 5, 6}, 2, 3))
	fmt.Println(m.Get(1, -1))
	_, err := m.Get(0, 3)
	fmt.Println(err)
	// Output:
	// 6 <nil>
	// ndbuf: index out of bounds on dimension 2: 3 of length 3
}

func ExampleMemoryView_Set() {
	m := ndbuf.Must(ndbuf.New("T{<h:id:3s:name:}", strides.C, 2))
	fmt.Println(m.Set(format.Record{7, []byte("abc")}, 0))
	fmt.Println(m.Set(format.Record{1 << 20, []byte("abc")}, 1) != nil) // too large for an h
	fmt.Println(m)
	// Output:
	// <nil>
	// true
	// [(7, b'abc') (0, b'')]
}

func ExampleMemoryView_ToList() {
	m := ndbuf.Must(ndbuf.Of([]float64{1, 2.5, 3, 4}, 2, 2))
	fmt.Println(ndbuf.Must(m.Transpose()).ToList())
	// Output:
	// [[1 3] [2.5 4]] <nil>
}

func ExampleMemoryView_Items() {
	m := ndbuf.Must(ndbuf.Of([]int8{1, 2, 3, 4}, 2, 2))
	for item, err := range ndbuf.Must(m.Transpose()).Items() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(item.Index, item.Value)
	}
	// Output:
	// [0 0] 1
	// [0 1] 3
	// [1 0] 2
	// [1 1] 4
}

func ExampleMemoryView_Values() {
	m := ndbuf.Must(ndbuf.FromObject("héllo"))
	for v, err := range ndbuf.Must(m.Slice(":3")).Values() {
		fmt.Println(v, err)
	}
	// Output:
	// 104 <nil>
	// 195 <nil>
	// 169 <nil>
}

func ExampleMemoryView_Backward() {
	m := ndbuf.Must(ndbuf.Of([]int{1, 2, 3}))
	for v, err := range m.Backward() {
		fmt.Println(v, err)
	}
	// Output:
	// 3 <nil>
	// 2 <nil>
	// 1 <nil>
}

func ExampleMemoryView_Rows() {
	m := ndbuf.Must(ndbuf.Of([]int8{1, 2, 3, 4, 5, 6}, 3, 2))
	for row, err := range m.Rows() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(row)
		row.Release()
	}
	// Output:
	// [1 2]
	// [3 4]
	// [5 6]
}

func ExampleMemoryView_Equal() {
	a := ndbuf.Must(ndbuf.Of([]int16{1, 2, 3, 4}, 2, 2))
	b := ndbuf.Must(ndbuf.Of([]float64{1, 3, 2, 4}, 2, 2))
	fmt.Println(a.Equal(b))
	fmt.Println(a.Equal(ndbuf.Must(b.Transpose()))) // by value: formats and layouts may differ
	// Output:
	// false <nil>
	// true <nil>
}

func ExampleMemoryView_Hash() {
	m := ndbuf.Must(ndbuf.FromObject("abc"))
	back := ndbuf.Must(ndbuf.Must(ndbuf.FromObject("cba")).Flip())
	fmt.Println(ndbuf.Must(m.Hash()) == ndbuf.Must(back.Hash()), ndbuf.Must(m.Hash()) == ndbuf.HashBytes([]byte("abc")))
	// Output:
	// true true
}

func ExampleHashBytes() {
	seen := map[uint64]string{ndbuf.HashBytes([]byte("abc")): "three letters"}
	m := ndbuf.Must(ndbuf.FromObject("abc"))
	fmt.Println(seen[ndbuf.Must(m.Hash())])
	// Output:
	// three letters
}

func ExampleMemoryView_Count() {
	m := ndbuf.Must(ndbuf.Of([]float32{0.5, 1, 0.5, 2}))
	fmt.Println(m.Count(0.5))
	// Output:
	// 2 <nil>
}

func ExampleMemoryView_IndexOf() {
	m := ndbuf.Must(ndbuf.Of([]uint8{3, 1, 3}))
	fmt.Println(m.IndexOf(3))
	fmt.Println(m.IndexOf(3, 1)) // from item 1 on
	// Output:
	// 0 <nil>
	// 2 <nil>
}

func ExampleMemoryView_Contains() {
	m := ndbuf.Must(ndbuf.Of([]int64{1, 2, 3}))
	fmt.Println(m.Contains(2.0))
	fmt.Println(m.Contains("2"))
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleMemoryView_String() {
	m := ndbuf.Must(ndbuf.New("d", strides.C, 1000, 1000))
	fmt.Println(m.Set(-1.5, 0, 1))
	fmt.Println(m)
	fmt.Println(ndbuf.Must(m.Slice("0, :4")))
	// Output:
	// <nil>
	// [[ 0.  -1.5  0.  ...  0.   0.   0. ]
	//  [ 0.   0.   0.  ...  0.   0.   0. ]
	//  [ 0.   0.   0.  ...  0.   0.   0. ]
	//  ...
	//  [ 0.   0.   0.  ...  0.   0.   0. ]
	//  [ 0.   0.   0.  ...  0.   0.   0. ]
	//  [ 0.   0.   0.  ...  0.   0.   0. ]]
	// [ 0.  -1.5  0.   0. ]
}

func ExampleMemoryView_GoString() {
	m := ndbuf.Must(ndbuf.Of([]int16{1, 2, 3, 4}, 2, 2))
	fmt.Printf("%#v\n", ndbuf.Must(m.Transpose()))
	// Output:
	// memoryview format="h" itemsize=2 shape=[2 2] strides=[2 4]
	// [[1 3]
	//  [2 4]]
}
