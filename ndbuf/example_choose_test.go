package ndbuf_test

import (
	"bytes"
	"fmt"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

func ExampleConvert() {
	src := ndbuf.Must(ndbuf.Of([]float64{-1.5, 2.5, 300, 1e20}))
	dst := ndbuf.Must(ndbuf.NewOf[uint8](strides.C, 4))
	fmt.Println(ndbuf.Convert(dst.View(), src, ndbuf.CastSafe))
	fmt.Println(ndbuf.Convert(dst.View(), src, ndbuf.CastUnsafe))
	fmt.Println(dst.View()) // what does not fit becomes the nearest that does
	// Output:
	// ndbuf: cannot convert items of format "d" to format "B" with casting "safe"
	// <nil>
	// [  0   2 255 255]
}

func ExampleMemoryView_AsType() {
	m := ndbuf.Must(ndbuf.Of([]float32{1, 1.0 / 3, 65504, 1e6}))
	half := ndbuf.Must(m.AsType(">e", ndbuf.CastSameKind, strides.C)) // big-endian float16
	fmt.Println(half)
	brain := ndbuf.Must(m.AsType(ndbuf.BFloat16, ndbuf.CastSameKind, strides.C))
	fmt.Println(ndbuf.Must(brain.AsType("f", ndbuf.CastSafe, strides.C)))
	// Output:
	// [1.000e+00 3.333e-01 6.550e+04       inf]
	// [1.0000000e+00 3.3398438e-01 6.5536000e+04 9.9942400e+05]
}

func ExampleCanCast() {
	for _, c := range []ndbuf.Casting{ndbuf.CastSafe, ndbuf.CastSameKind, ndbuf.CastUnsafe} {
		fmt.Println(c, ndbuf.Must(ndbuf.CanCast("d", "f", c)), ndbuf.Must(ndbuf.CanCast("d", "i", c)))
	}
	// Output:
	// safe false false
	// same_kind true false
	// unsafe true true
}

func ExampleMemoryView_ToNative() {
	file := []byte{0, 1, 0, 0, 0, 10, 0, 2, 0, 0, 1, 0}
	m := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: file, Format: "T{>H:tag:>I:value:}"}))
	n := ndbuf.Must(m.ToNative())
	fmt.Println(n, ndbuf.Must(n.Type()).NativeOrder())
	// Output:
	// [(1,  10) (2, 256)] true
}

func ExampleCompress() {
	m := ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5}, 2, 3))
	columns := ndbuf.Must(ndbuf.Of([]bool{true, false, true}))
	fmt.Println(ndbuf.Must(ndbuf.Compress(m, columns, 1)))
	some := ndbuf.Must(ndbuf.Of([]bool{true, true, false, false, false, true}, 2, 3))
	fmt.Println(ndbuf.Must(ndbuf.Compress(m, some, ndbuf.Flat)))
	// Output:
	// [[0 2]
	//  [3 5]]
	// [0 1 5]
}

func ExampleNonzero() {
	m := ndbuf.Must(ndbuf.Of([]float64{0, 3, 0, 0, 0, 4}, 2, 3))
	axes := ndbuf.Must(ndbuf.Nonzero(m))
	fmt.Println(axes[0], axes[1])
	// Output: [0 1] [1 2]
}

func ExampleFlatNonzero() {
	m := ndbuf.Must(ndbuf.Of([]float64{0, 3, 0, 0, 0, 4}, 2, 3))
	fmt.Println(ndbuf.Must(ndbuf.FlatNonzero(m)))
	// Output: [1 5]
}

func ExampleCopyWhere() {
	m := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3, 4, 5, 6}, 2, 3))
	mask := ndbuf.Must(ndbuf.Of([]bool{true, false, true}))
	minus := ndbuf.Must(ndbuf.Of([]int32{-1, -2}, 2, 1))
	fmt.Println(ndbuf.CopyWhere(m, minus, mask)) // mask and values are broadcast
	fmt.Println(m)
	// Output:
	// <nil>
	// [[-1  2 -1]
	//  [-2  5 -2]]
}

func ExamplePutMask() {
	m := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3, 4, 5, 6}))
	mask := ndbuf.Must(ndbuf.Of([]bool{true, true, false, true, false, true}))
	fmt.Println(ndbuf.PutMask(m, mask, ndbuf.Must(ndbuf.Of([]int32{-10, -20}))))
	fmt.Println(m) // item number i gets value number i of -10 -20 -10 -20 -10 -20
	// Output:
	// <nil>
	// [-10 -20   3 -20   5 -20]
}

func ExampleDecodeRecords() {
	// A file of big-endian records: a 2-byte tag, a float, two bytes of padding.
	file := []byte{0, 7, 0x3f, 0x80, 0, 0, 0xee, 0xee, 0, 8, 0x40, 0, 0, 0, 0xee, 0xee}
	type record struct {
		Value float32
		Tag   int16
	}
	list, err := ndbuf.DecodeRecords[record](file, ">h:tag:f:value:2x")
	fmt.Println(list, err)
	// Output: [{1 7} {2 8}] <nil>
}

func ExampleAppendRecords() {
	type record struct {
		Value float32
		Tag   int16
	}
	data, err := ndbuf.AppendRecords([]byte("head"), ">h:tag:f:value:2x", []record{{1, 7}, {2, 8}})
	fmt.Printf("%q %v\n", data, err)
	// Output: "head\x00\a?\x80\x00\x00\x00\x00\x00\b@\x00\x00\x00\x00\x00" <nil>
}

func ExampleShuffle() {
	src := []byte("a1b2c3d4.")
	dst := make([]byte, len(src))
	fmt.Println(ndbuf.Shuffle(dst, src, 2), string(dst))
	// Output: <nil> abcd1234.
}

func ExampleUnshuffle() {
	data := []byte("abcd1234.")
	fmt.Println(ndbuf.Unshuffle(data, bytes.Clone(data), 2), string(data))
	// Output: <nil> a1b2c3d4.
}
