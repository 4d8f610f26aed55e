package format_test

import (
	"fmt"
	"log"

	"github.com/strided-go/strided/format"
)

func ExampleParse() {
	t, err := format.Parse("T{<h:id:(2,3)<f:m:}")
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range t.Fields() {
		fmt.Println(f.Name, f.Offset, f.Shape, f.Type)
	}
	fmt.Println(t.Size())

	_, err = format.Parse("<2h y")
	fmt.Println(err)
	// Output:
	// id 0 [] <h
	// m 2 [2 3] <f
	// 26
	// format: bad character 'y' at byte 4 of "<2h y"
}

func ExampleCalcsize() {
	n, _ := format.Calcsize("<bi")
	m, _ := format.Calcsize("@bi")
	fmt.Println(n, m)
	// Output: 5 8
}

func ExampleFor() {
	type Sample struct {
		Ok    bool
		Value float32
		Pos   [3]int16
	}
	t, err := format.For[Sample]()
	fmt.Println(t, t.Size(), err)
	_, err = format.For[struct{ Name string }]()
	fmt.Println(err)
	// Output:
	// T{?:Ok:3xf:Value:(3)h:Pos:2x} 16 <nil>
	// format: "struct { Name string }".Name: string contains a pointer
}

func ExampleType_Pack() {
	t, _ := format.Parse(">h3sx")
	b := make([]byte, t.Size())
	err := t.Pack(b, -2, []byte("ab"))
	fmt.Printf("%x %v\n", b, err)
	fmt.Println(t.Pack(b, 40000, []byte("ab")))
	// Output:
	// fffe61620000 <nil>
	// format: value 0: code h of 2 bytes cannot hold 40000
}

func ExampleType_Unpack() {
	t, _ := format.Parse("<2Bd")
	values, err := t.Unpack([]byte{1, 2, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f})
	fmt.Println(values, err)
	// Output: [1 2 1.5] <nil>
}

func ExampleType_Decode() {
	mem := []byte{1, 0, 2, 0}
	for _, f := range []string{"<i", "<2h", "(2)<h", "T{<h:a:<h:b:}"} {
		t, _ := format.Parse(f)
		v, _ := t.Decode(mem)
		fmt.Printf("%T %v\n", v, v)
	}
	// Output:
	// int32 131073
	// format.Record [1 2]
	// []interface {} [1 2]
	// format.Record [1 2]
}

func ExampleType_Encode() {
	t, _ := format.Parse("T{<h:a:(2)B:b:}")
	b := make([]byte, t.Size())
	err := t.Encode(b, format.Record{1, []int{2, 3}})
	fmt.Println(b, err)
	// Output: [1 0 2 3] <nil>
}

func ExampleType_IterUnpack() {
	t, _ := format.Parse(">H")
	records, _ := t.IterUnpack([]byte{0, 1, 0, 2})
	for r := range records {
		fmt.Println(r)
	}
	// Output:
	// [1]
	// [2]
}

func ExampleType_Swaps() {
	little, _ := format.Parse("<bhi")
	big, _ := format.Parse(">bhi")
	fmt.Println(little.Compatible(big), little.Swaps(big))
	// Output: true [{1 2 1} {3 4 1}]
}

func ExampleType_Descr() {
	t, _ := format.Parse("T{<i:id:4x<d:x:}")
	s, _ := t.Descr()
	fmt.Println(s)
	u, size, _ := format.ParseDescr(s)
	fmt.Println(u.Equal(t), size)
	// Output:
	// [('id', '<i4'), ('', '|V4'), ('x', '<f8')]
	// true 16
}
