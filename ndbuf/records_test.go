package ndbuf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/ndbuf"
)

// A sample is as encoding/binary writes it: 1 + 2 + 4 + 8 + 3*2 + 4 + 5 bytes without gaps.
type sample struct {
	Kind  uint8
	Level int16
	Count uint32
	Value float64
	XYZ   [3]int16
	Phase float32
	Name  [5]byte
	OK    bool
}

// sampleFormat is what encoding/binary writes of a sample.
func sampleFormat(order string) string { return order + "BhId(3)hf5s?" }

func samples(n int) []sample {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]sample, n)
	for i := range out {
		out[i] = sample{uint8(r.Uint32()), int16(r.Uint32()), r.Uint32(), r.NormFloat64(),
			[3]int16{int16(r.Uint32()), int16(r.Uint32()), -1}, r.Float32(), [5]byte{'a', byte(i), 0, 255}, r.IntN(2) == 0}
	}
	return out
}

// encoding/binary is the oracle.
func TestRecordsBinary(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000, 40000} {
		for _, o := range []struct {
			name  string
			order binary.ByteOrder
		}{{"<", binary.LittleEndian}, {">", binary.BigEndian}} {
			want := samples(n)
			var file bytes.Buffer
			if err := binary.Write(&file, o.order, want); err != nil {
				t.Fatal(err)
			}
			got, err := ndbuf.DecodeRecords[sample](file.Bytes(), sampleFormat(o.name))
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%d %s: %v", n, o.name, err)
			}
			data, err := ndbuf.AppendRecords([]byte("head"), sampleFormat(o.name), want)
			if err != nil || !bytes.Equal(data, append([]byte("head"), file.Bytes()...)) {
				t.Fatalf("%d %s: AppendRecords: %v", n, o.name, err)
			}
		}
	}
}

// native is laid out as Go does, and shared where that is possible.
type native struct {
	A int32
	B uint32
	C float32
}

func TestRecordsShare(t *testing.T) {
	words := make([]uint32, 7)
	data := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 28)
	for i := range data {
		data[i] = byte(i)
	}
	for _, c := range []struct {
		name, format string
		data         []byte
		shares       bool
	}{
		{"native", "=iIf", data[:24], true},
		{"named", "T{=i:a:I:b:f:c:}", data[:24], true},
		{"unaligned", "=iIf", data[1:25], false},
		{"other order", foreign("=iIf"), data[:24], false},
		{"more in the file", "=iIfi", data[:16], false},
	} {
		got, err := ndbuf.DecodeRecords[native](c.data, c.format)
		if err != nil && c.name != "more in the file" {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.name == "more in the file" {
			if !errors.Is(err, ndbuf.ErrType) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if shares := unsafe.Pointer(&got[0]) == unsafe.Pointer(&c.data[0]); shares != c.shares {
			t.Errorf("%s: shares: %v", c.name, shares)
		}
		back, err := ndbuf.AppendRecords(nil, c.format, got)
		if err != nil || !bytes.Equal(back, c.data) {
			t.Errorf("%s: % x became % x: %v", c.name, c.data, back, err)
		}
	}
	if n := testing.AllocsPerRun(100, func() { ndbuf.DecodeRecords[native](data[:24], "=iIf") }); n > 1 {
		t.Errorf("sharing makes %v allocations", n)
	}
}

// foreign writes a format in the byte order that is not this machine's.
func foreign(f string) string {
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		return "<" + f[1:]
	}
	return ">" + f[1:]
}

func TestRecordsByName(t *testing.T) {
	// Members in another order, some of them left out, names in another case or in a tag, padding between.
	format := "T{>h:skipped:3x<i:id:>d:VALUE:2s:tag:}"
	type record struct {
		Value float64
		_     int16
		Code  [2]byte `record:"tag"`
		ID    int32
	}
	var file []byte
	for i := range 3 {
		file = append(file, 9, 9, 7, 7, 7)
		file = binary.LittleEndian.AppendUint32(file, uint32(100+i))
		file = binary.BigEndian.AppendUint64(file, 0x3ff0000000000000+uint64(i)<<52)
		file = append(file, 'x', byte('0'+i))
	}
	got, err := ndbuf.DecodeRecords[record](file, format)
	want := []record{{Value: 1, Code: [2]byte{'x', '0'}, ID: 100}, {Value: 2, Code: [2]byte{'x', '1'}, ID: 101}, {Value: 4, Code: [2]byte{'x', '2'}, ID: 102}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	// What no field goes to is zero.
	back, err := ndbuf.AppendRecords(nil, format, got)
	for i := range 3 {
		clear(file[i*19 : i*19+5])
	}
	if err != nil || !bytes.Equal(back, file) {
		t.Fatalf("% x, want % x: %v", back, file, err)
	}
	// Into memory that holds something else.
	dirty := bytes.Repeat([]byte{0xaa}, 200)
	if back, err = ndbuf.AppendRecords(dirty[:0], format, got); err != nil || !bytes.Equal(back, file) {
		t.Fatalf("% x, want % x: %v", back, file, err)
	}
}

// What no member goes to is zero, in memory that was something else before.
func TestRecordsGaps(t *testing.T) {
	type gaps struct {
		A int64
		B int8
	}
	const n = 10_000
	for range 20 {
		for range 20 {
			garbage := make([]byte, n*16)
			for i := range garbage {
				garbage[i] = 0xff
			}
		}
		runtime.GC()
		list, err := ndbuf.DecodeRecords[gaps](make([]byte, n*9), foreign("<qb"))
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), n*int(unsafe.Sizeof(gaps{}))) {
			if b != 0 {
				t.Fatalf("byte %d is %#x", i, b)
			}
		}
	}
}

func TestRecordsOther(t *testing.T) {
	if got, err := ndbuf.DecodeRecords[float32]([]byte{0x3f, 0x80, 0, 0, 0x40, 0, 0, 0}, ">f"); err != nil || fmt.Sprint(got) != "[1 2]" {
		t.Error(got, err)
	}
	if got, err := ndbuf.DecodeRecords[[2]int16]([]byte{0, 1, 0, 2}, ">2h"); err != nil || fmt.Sprint(got) != "[[1 2]]" {
		t.Error(got, err)
	}
	// A structure within a structure.
	type point struct{ X, Y int16 }
	type shape struct {
		N    uint8
		Ends [2]point
	}
	if got, err := ndbuf.DecodeRecords[shape]([]byte{7, 0, 1, 0, 2, 0, 3, 0, 4}, ">B(2)T{hh}"); err != nil || fmt.Sprint(got) != "[{7 [{1 2} {3 4}]}]" {
		t.Error(got, err)
	}
	// Bytes that are no bools.
	if got, err := ndbuf.DecodeRecords[bool]([]byte{0, 1, 2, 255}, "?"); err != nil || fmt.Sprint(got) != "[false true true true]" ||
		*(*byte)(unsafe.Pointer(&got[2])) != 1 {
		t.Error(got, err)
	}
	if got, err := ndbuf.DecodeRecords[[2]bool]([]byte{0, 1, 2, 255}, "2?"); err != nil || *(*byte)(unsafe.Pointer(&got[1][1])) != 1 {
		t.Error(got, err)
	}
	if got, err := ndbuf.DecodeRecords[uint8]([]byte{0, 1, 2, 255}, "?"); err != nil || fmt.Sprint(got) != "[0 1 2 255]" {
		t.Error(got, err)
	}
}

func TestRecordsErrors(t *testing.T) {
	decode := func(_ any, err error) error { return err }
	type pair struct {
		A int16
		B float32
	}
	for _, c := range []struct {
		name  string
		err   error
		class error
	}{
		{"format", decode(ndbuf.DecodeRecords[pair](nil, "<h%")), ndbuf.ErrValue},
		{"half a record", decode(ndbuf.DecodeRecords[pair](make([]byte, 7), "<hf")), ndbuf.ErrValue},
		{"pointers", decode(ndbuf.DecodeRecords[string](nil, "<hf")), ndbuf.ErrType},
		{"size of a member", decode(ndbuf.DecodeRecords[pair](nil, "<hd")), ndbuf.ErrType},
		{"kind of a member", decode(ndbuf.DecodeRecords[pair](nil, "<Hf")), ndbuf.ErrType},
		{"shape of a member", decode(ndbuf.DecodeRecords[pair](nil, "<h(2)f")), ndbuf.ErrType},
		{"bytes of a member", decode(ndbuf.DecodeRecords[[4]byte](nil, "5s")), ndbuf.ErrType},
		{"fewer members", decode(ndbuf.DecodeRecords[pair](nil, "<h")), ndbuf.ErrType},
		{"more members", decode(ndbuf.DecodeRecords[pair](nil, "<hfh")), ndbuf.ErrType},
		{"no such name", decode(ndbuf.DecodeRecords[pair](nil, "<h:a:f:c:")), ndbuf.ErrType},
		{"several members for a number", decode(ndbuf.DecodeRecords[int16](nil, "<h:a:f:c:")), ndbuf.ErrType},
		{"no bytes", decode(ndbuf.DecodeRecords[struct{}](nil, "<h")), ndbuf.ErrType},
		{"append: format", decode(ndbuf.AppendRecords(nil, "%", []pair{{}})), ndbuf.ErrValue},
		{"append: member", decode(ndbuf.AppendRecords(nil, "<hd", []pair{{}})), ndbuf.ErrType},
		{"append: pointers", decode(ndbuf.AppendRecords(nil, "<hd", []string{""})), ndbuf.ErrType},
	} {
		if !errors.Is(c.err, c.class) {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if got, _ := ndbuf.AppendRecords([]byte("as it was"), "<hd", []pair{{}}); string(got) != "as it was" {
		t.Errorf("%q", got)
	}
}

func TestShuffle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 2, 3, 4, 7, 8, 16, 17, 100} {
		for _, n := range []int{0, 1, 2, 63, 64, 65, 1000, 4099} {
			src := make([]byte, n)
			for i := range src {
				src[i] = byte(r.Uint32())
			}
			want := slices.Clone(src)
			items := n / size
			for i := range items {
				for k := range size {
					want[k*items+i] = src[i*size+k]
				}
			}
			dst, before := make([]byte, n), slices.Clone(src)
			if err := ndbuf.Shuffle(dst, src, size); err != nil || !bytes.Equal(dst, want) || !bytes.Equal(src, before) {
				t.Fatalf("Shuffle of %d bytes, items of %d: %v", n, size, err)
			}
			if err := ndbuf.Unshuffle(dst, slices.Clone(dst), size); err != nil || !bytes.Equal(dst, src) {
				t.Fatalf("Unshuffle of %d bytes, items of %d: %v", n, size, err)
			}
			// In place, and shifted.
			if err := ndbuf.Shuffle(dst, dst, size); err != nil || !bytes.Equal(dst, want) {
				t.Fatalf("Shuffle in place of %d bytes, items of %d: %v", n, size, err)
			}
			if n > 3 {
				both := slices.Clone(src)
				if err := ndbuf.Unshuffle(both[3:], both[:n-3], size); err != nil {
					t.Fatal(err)
				}
				apart := make([]byte, n-3)
				if err := ndbuf.Unshuffle(apart, src[:n-3], size); err != nil || !bytes.Equal(apart, both[3:]) {
					t.Fatalf("Unshuffle shifted: %d bytes, items of %d: %v", n, size, err)
				}
			}
		}
	}
	if err := ndbuf.Shuffle(make([]byte, 3), make([]byte, 4), 2); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
	if err := ndbuf.Unshuffle(make([]byte, 4), make([]byte, 4), 0); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}

// Padding inside a field is zero in a file, whatever its bytes are in memory.
func TestAppendRecordsPaddingInside(t *testing.T) {
	type inner struct {
		A int8
		B int32
	}
	type outer struct {
		X [2]inner
		Y int64
	}
	mem := make([]int64, 2*unsafe.Sizeof(outer{})/8)
	for i := range mem {
		mem[i] = -1
	}
	records := unsafe.Slice((*outer)(unsafe.Pointer(&mem[0])), 2)
	for i := range records {
		records[i].X = [2]inner{{1, 2}, {3, 4}}
		records[i].Y = 5
		for k := range 2 {
			p := unsafe.Pointer(&records[i].X[k])
			copy(unsafe.Slice((*byte)(p), 4)[1:], "pad")
		}
	}
	got, err := ndbuf.AppendRecords([]byte("head"), "(2)T{b:A:3x<i:B:}:X:<q:Y:", records)
	if err != nil {
		t.Fatal(err)
	}
	one := "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"
	if string(got) != "head"+one+one {
		t.Errorf("%q", got)
	}
}

// Records that share the bytes behind the slice they are appended to are not cleared before they are read.
func TestAppendRecordsOverItself(t *testing.T) {
	type pair struct{ A, B uint32 }
	mem := make([]uint64, 8)
	buf := unsafe.Slice((*byte)(unsafe.Pointer(&mem[0])), 64)
	for i := range buf {
		buf[i] = byte(i)
	}
	for _, format := range []string{"=II", "@II"} {
		want := bytes.Clone(buf[8:])
		records, err := ndbuf.DecodeRecords[pair](buf, format)
		if err != nil || unsafe.Pointer(&records[0]) != unsafe.Pointer(&mem[0]) {
			t.Fatal(err)
		}
		got, err := ndbuf.AppendRecords(buf[:0], format, records[1:])
		if err != nil || !bytes.Equal(got, want) || &got[0] != &buf[0] {
			t.Errorf("%v, %v, want %v", got, err, want)
		}
		copy(buf[56:], buf[:8])
	}
}
