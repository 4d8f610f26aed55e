package ndbuf_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
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
	m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: c.Fmt, Layout: strides.Layout{Shape: c.Shape}})
	if err != nil {
		t.Fatalf("%q %v: %v", c.Fmt, c.Shape, err)
	}
	return m
}

// portable rewrites the recorded format of a native type, so that its bytes mean the same on every machine; ok is false
// for long doubles, which no other machine has.
func (c printCase) portable() (printCase, bool) {
	if runtime.GOARCH == "amd64" {
		return c, true
	}
	if strings.Contains(c.Fmt, "g") {
		return c, false
	}
	if !strings.ContainsAny(c.Fmt[:1], "<>=!T") {
		c.Fmt = "<" + strings.NewReplacer("l", "q", "L", "Q").Replace(c.Fmt)
	} else if c.Fmt[0] == 'T' {
		c.Fmt = "T{<" + strings.NewReplacer("l:", "q:", "L:", "Q:", "@", "<", "=", "<").Replace(c.Fmt[2:])
	}
	return c, true
}

func TestPrintGolden(t *testing.T) {
	path := "testdata/print/cases.jsonl"
	if p := os.Getenv("STRIDED_PRINT_CASES"); p != "" {
		path = p
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	n := 0
	for lines.Scan() {
		var c printCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Shape == nil {
			continue // the line that names the versions
		}
		c, ok := c.portable()
		if !ok {
			continue
		}
		n++
		m := c.view(t)
		if got := m.String(); got != c.Str {
			t.Errorf("case %d, format %q, shape %v, items %.80s:\n%s\nNumPy prints\n%s", n, c.Fmt, c.Shape, c.Hex, got, c.Str)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n < 200 {
		t.Errorf("only %d cases", n)
	}
}
