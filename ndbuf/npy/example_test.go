package npy_test

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// A transposed view is written as it lies, and the file is mapped and sliced without reading the rest.
func Example() {
	dir, err := os.MkdirTemp("", "npy")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a.npy")

	m := ndbuf.Must(ndbuf.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3))
	if err := npy.WriteFile(path, ndbuf.Must(m.Transpose())); err != nil {
		log.Fatal(err)
	}

	a, err := npy.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Release()
	fmt.Println(a.Shape(), a.Strides(), a.IsContiguous(strides.F), a.ReadOnly())
	row := ndbuf.Must(a.Slice("1"))
	defer row.Release()
	fmt.Println(row.ToList())
	// Output:
	// [3 2] [4 12] true true
	// [2 5] <nil>
}

func ExampleReadHeader() {
	var b bytes.Buffer
	if err := npy.Write(&b, ndbuf.Must(ndbuf.New("T{<i:id:>d:x:}", strides.C, 1000))); err != nil {
		log.Fatal(err)
	}
	h, err := npy.ReadHeader(&b)
	fmt.Println(h.Version, h.Descr, h.Shape, h.ItemSize, h.DataOffset, err)
	fmt.Println(b.Len(), "bytes of items follow")
	// Output:
	// 1 [('id', '<i4'), ('x', '>f8')] [1000] 12 128 <nil>
	// 12000 bytes of items follow
}
