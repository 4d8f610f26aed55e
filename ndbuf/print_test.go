package ndbuf_test

import (
	"bufio"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// A printCase is an array and how NumPy prints it; testdata/print/gen.py makes them.
type printCase struct {
	Fmt   string
	Isz   int
	Shape []int
	Hex   string
	Str   string
}

// view makes the array of a case.
func (c printCase) view(t *testing.T) *ndbuf.MemoryView {
	t.Helper()
	mem, err := hex.DecodeString(c.Hex)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: c.Fmt, Layout: strides.Layout{ItemSize: c.Isz, Shape: c.Shape}})
	if err != nil {
		t.Fatalf("%q %v: %v", c.Fmt, c.Shape, err)
	}
	return m
}

// TestPrintGolden compares with recorded output of NumPy; STRIDED_PRINT_CASES names another file that gen.py wrote.
func TestPrintGolden(t *testing.T) {
	path := "testdata/print/cases.jsonl.gz"
	if p := os.Getenv("STRIDED_PRINT_CASES"); p != "" {
		path = p
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	n, elsewhere := 0, 0
	for lines.Scan() {
		var c printCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Shape == nil {
			continue // the line that names the versions
		}
		if c.Fmt == "g" && runtime.GOARCH != "amd64" {
			elsewhere++
			continue
		}
		n++
		m := c.view(t)
		if got := m.String(); got != c.Str {
			t.Errorf("format %q, shape %v, items %.80s:\n%s\nNumPy prints\n%s", c.Fmt, c.Shape, c.Hex, got, c.Str)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d arrays, %d with long doubles of another machine", n, elsewhere)
	if n < 300 {
		t.Errorf("only %d cases", n)
	}
}

func TestPrintMore(t *testing.T) {
	of := func(m *ndbuf.MemoryView, err error) *ndbuf.MemoryView {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	mem := []byte("ab\x00\x01\xff'\"z")
	raw := func(format string, itemSize int, shape ...int) *ndbuf.MemoryView {
		t.Helper()
		return of(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: format, ReadOnly: true,
			Layout: strides.Layout{ItemSize: itemSize, Shape: shape}}))
	}
	released := of(ndbuf.New("B", strides.C, 2))
	if err := released.Release(); err != nil {
		t.Fatal(err)
	}
	wide := of(of(ndbuf.Of([]int8{1, 2})).BroadcastTo(3, 2))
	many := of(of(ndbuf.Of([]int8{1})).Reshape())
	long := make([]int, 30)
	for i := range long {
		long[i] = 2
	}
	for _, c := range []struct {
		name, got, want string
	}{
		{"nil", fmt.Sprint((*ndbuf.MemoryView)(nil)), "<nil>"},
		{"released", fmt.Sprintf("%v %#v", released, released), "<released memoryview> <released memoryview>"},
		{"transposed", of(wide.Transpose()).String(), "[[1 1 1]\n [2 2 2]]"},
		{"unreadable format", raw("no such", 4, 2).String(), `[b'\x61\x62\x00\x01' b'\xFF\x27\x22\x7A']`},
		{"format larger than the item", raw("q", 4, 2).String(), `[b'\x61\x62\x00\x01' b'\xFF\x27\x22\x7A']`},
		{"text that is none", raw("<w", 4, 2).String(), `[b'\x61\x62\x00\x01' b'\xFF\x27\x22\x7A']`},
		{"chars", raw("c", 1, 8).String(), `[b'a' b'b' b'' b'\x01' b'\xff' b"'" b'"' b'z']`},
		{"Pascal strings", raw("4p", 4, 2).String(), `[b'b\x00\x01' b'\'"z']`},
		{"no members", raw("@", 4, 2).String(), "[() ()]"},
		{"sub-array", raw("(2,2)B", 4, 2).String(), "[[[ 97,  98], [  0,   1]] [[255,  39], [ 34, 122]]]"},
		{"repeat count and members", raw("2sBB", 4, 2).String(), `[(b'ab',  0,   1) (b"\xff'", 34, 122)]`},
		{"a half float and padding", of(raw("<xe", 4, 2).Slice("1")).String(), "0.01202"},
		{"pointers", of(ndbuf.New("P", strides.C, 2)).String(), "[0x0 0x0]"},
		{"header", fmt.Sprintf("%#v", raw("B", 1, 2)), "memoryview format=\"B\" itemsize=1 shape=[2] strides=[1] readonly\n[97 98]"},
		{"more than anyone prints", of(many.BroadcastTo(long...)).String(), fmt.Sprintf("[... 1073741824 items of shape %v ...]", long)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	rows := of(ndbuf.FromObject([][]int16{{1, 2, 3}, {4, 5, 6}}))
	if got, want := rows.String(), "[[1 2 3]\n [4 5 6]]"; got != want {
		t.Errorf("rows: %s", got)
	}
	if got := fmt.Sprintf("%#v", rows); !strings.Contains(got, "suboffsets=[0 -1]") {
		t.Errorf("rows: %s", got)
	}
}
