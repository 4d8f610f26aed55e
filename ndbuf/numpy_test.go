package ndbuf_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// Take, Put, Compress, Nonzero, CopyWhere, PutMask, Convert and CanCast as NumPy has them, in what testdata/numpy/gen.py
// wrote.

// A numpyView is a view as a case describes it: see gen.py.
type numpyView struct {
	S, P []int
	X    string
	R    uint32
	V    []json.Number
	B    []byte
	All  bool
	Fmt  string
}

type numpyCase struct {
	Op                  string
	Fmt                 []string
	Src, Dst, Idx, Mask *numpyView
	Axis                *int
	Mode                string
	Shape               []int
	Out                 json.RawMessage
	Flat                []int64
	Err                 string
}

// fill is bytes_of of gen.py.
func fill(seed uint32, mem []byte, isBool bool) {
	x := seed
	for i := range mem {
		x = (x*1103515245 + 12345) & (1<<31 - 1)
		mem[i] = byte(x >> 16)
		if isBool {
			mem[i] &= 1
		}
	}
}

// make returns the view and the memory that it is made of.
func (d *numpyView) make(f string) (m *ndbuf.MemoryView, base []byte) {
	m = ndbuf.Must(ndbuf.New(f, strides.C, d.S...))
	base = m.Buffer().Mem
	switch {
	case d.All:
		for i := range 1 << 16 {
			binary.LittleEndian.PutUint16(base[2*i:], uint16(i))
		}
	case d.B != nil:
		copy(base, d.B)
	case d.V == nil:
		fill(d.R, base, f == "?")
	}
	if len(d.S) > 0 {
		m = ndbuf.Must(ndbuf.Must(m.Transpose(d.P...)).Slice(d.X))
	}
	if d.V != nil {
		i := 0
		eachIndex(m.Shape(), func(at []int) {
			n, _ := new(big.Int).SetString(d.V[i].String(), 10)
			if err := m.Set(n, at...); err != nil {
				panic(err)
			}
			i++
		})
	}
	return m, base
}

func (d *numpyView) String() string {
	if d == nil {
		return "-"
	}
	return fmt.Sprintf("%v%v[%s]", d.S, d.P, d.X)
}

var numpyErrors = map[string]error{"IndexError": ndbuf.ErrIndex, "ValueError": ndbuf.ErrValue, "TypeError": ndbuf.ErrType}

// A numpyRun counts what was compared.
type numpyRun struct {
	cases                                map[string]int
	items, outOfRange, unlike, nan, bits int
}

// check compares one case.
func (r *numpyRun) check(t *testing.T, c *numpyCase) {
	t.Helper()
	r.cases[c.Op]++
	axis := ndbuf.Flat
	if c.Axis != nil {
		axis = *c.Axis
	}
	name := fmt.Sprintf("%s %q src %v dst %v idx %v mask %v axis %d mode %q", c.Op, c.Fmt, c.Src, c.Dst, c.Idx, c.Mask, axis, c.Mode)
	mode := map[string]ndbuf.Mode{"raise": ndbuf.ModeRaise, "clip": ndbuf.ModeClip, "wrap": ndbuf.ModeWrap}[c.Mode]
	var out []byte
	if c.Op != "nonzero" && c.Op != "cancast" && c.Err == "" {
		if err := json.Unmarshal(c.Out, &out); err != nil {
			t.Fatal(err)
		}
	}
	var dst, src, mask, indices *ndbuf.MemoryView
	var base, srcBase []byte
	if c.Dst != nil {
		dst, base = c.Dst.make(c.Fmt[0])
	}
	if c.Src != nil {
		src, srcBase = c.Src.make(c.Fmt[len(c.Fmt)-1])
	}
	if c.Mask != nil {
		mask, _ = c.Mask.make("?")
	}
	if c.Idx != nil {
		indices, _ = c.Idx.make(c.Idx.Fmt)
	}
	before, srcBefore := slices.Clone(base), slices.Clone(srcBase)
	var err error
	switch c.Op {
	case "cancast":
		r.canCast(t, c)
		return
	case "take":
		err = ndbuf.Take(dst, src, indices, axis, mode)
	case "put":
		err = ndbuf.Put(dst, indices, src, axis, mode)
	case "where":
		err = ndbuf.CopyWhere(dst, src, mask)
	case "putmask":
		err = ndbuf.PutMask(dst, mask, src)
	case "convert":
		if err := ndbuf.Convert(dst, src, ndbuf.CastUnsafe); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, wantBase := c.Dst.make(c.Fmt[0])
		copy(wantBase, out)
		r.compare(t, name, dst, src, want)
		return
	case "compress":
		var got *ndbuf.MemoryView
		if got, err = ndbuf.Compress(src, mask, axis); err == nil && c.Err == "" {
			if !slices.Equal(got.Shape(), c.Shape) || !bytes.Equal(ndbuf.Must(got.ToBytes(strides.C)), out) || got.Format() != c.Fmt[0] {
				t.Fatalf("%s: %v %v, want shape %v", name, got.Shape(), got, c.Shape)
			}
			return
		}
	case "nonzero":
		r.nonzero(t, name, c, src)
		return
	default:
		t.Fatalf("unknown operation %q", c.Op)
	}
	if c.Err != "" {
		if !errors.Is(err, numpyErrors[c.Err]) {
			t.Fatalf("%s: %v, want %s", name, err, c.Err)
		}
		out = before
	} else if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !bytes.Equal(base, out) {
		t.Fatalf("%s:\n% x, want\n% x", name, base, out)
	}
	if !bytes.Equal(srcBase, srcBefore) {
		t.Fatalf("%s: src changed", name)
	}
}

func (r *numpyRun) nonzero(t *testing.T, name string, c *numpyCase, src *ndbuf.MemoryView) {
	t.Helper()
	var want [][]int64
	if err := json.Unmarshal(c.Out, &want); err != nil {
		t.Fatal(err)
	}
	got := ndbuf.Must(ndbuf.Nonzero(src))
	if len(got) != len(want) {
		t.Fatalf("%s: %d axes, want %d", name, len(got), len(want))
	}
	for k, w := range append(want, c.Flat) {
		g := append(got, ndbuf.Must(ndbuf.FlatNonzero(src)))[k]
		if list := ndbuf.Must(ndbuf.Must(ndbuf.As[int64](g)).Data()); !slices.Equal(list, w) {
			t.Fatalf("%s: axis %d: %v, want %v", name, k, list, w)
		}
	}
}

func (r *numpyRun) canCast(t *testing.T, c *numpyCase) {
	t.Helper()
	var want map[string]string
	if err := json.Unmarshal(c.Out, &want); err != nil {
		t.Fatal(err)
	}
	for casting := ndbuf.CastNo; casting <= ndbuf.CastUnsafe; casting++ {
		answers := want[casting.String()]
		for i, from := range c.Fmt {
			for j, to := range c.Fmt {
				got := ndbuf.Must(ndbuf.CanCast(from, to, casting))
				if yes := answers[i*len(c.Fmt)+j] == '1'; got != yes {
					t.Errorf("CanCast(%q, %q, %v) = %v, want %v", from, to, casting, got, yes)
				}
				r.items++
			}
		}
	}
}

// compare holds what Convert made of src, in dst, against what NumPy made of it, in want. Two things NumPy leaves to the
// processor and to its version, so this package's rule is expected there: floats that do not fit an integer, and the bits
// of a NaN.
func (r *numpyRun) compare(t *testing.T, name string, dst, src, want *ndbuf.MemoryView) {
	t.Helper()
	to, from := ndbuf.Must(dst.Type()), ndbuf.Must(src.Type())
	native := to.WithOrder('=')
	got, exp := nativeBytes(dst), nativeBytes(want)
	in := nativeBytes(src)
	size, inSize := to.Size(), from.Size()
	parts, inParts := 1, 1
	if to.Kind() == format.Complex {
		parts = 2
	}
	if from.Kind() == format.Complex {
		inParts = 2
	}
	for i := 0; i*size < len(got); i++ {
		r.items++
		g, w, s := got[i*size:][:size], exp[i*size:][:size], in[i*inSize:][:inSize]
		isFloat := from.Kind() == format.Float || from.Kind() == format.Complex
		switch {
		case isFloat && (to.Kind() == format.Int || to.Kind() == format.Uint):
			f := floatOf(s[:inSize/inParts])
			rule, fits := truncated(f, size, to.Kind() == format.Int)
			if !fits {
				r.outOfRange++
				if !bytes.Equal(w, rule) {
					r.unlike++
				}
				w = rule
			}
		case isFloat && to.Kind() != format.Bool:
			w = slices.Clone(w)
			for k := range min(parts, inParts) {
				a := s[k*inSize/inParts:][:inSize/inParts]
				if b := w[k*size/parts:][:size/parts]; isNaN(a) && len(a) != len(b) {
					if !isNaN(b) {
						t.Fatalf("%s: NumPy makes %x of the NaN %x", name, b, a)
					}
					r.nan++
					if rule := nanFrom(a, len(b)); !bytes.Equal(b, rule) {
						r.bits++
						copy(b, rule)
					}
				}
			}
		}
		if !bytes.Equal(g, w) {
			t.Fatalf("%s: item %d: %x becomes %x (%v), want %x", name, i, s, g, native, w)
		}
	}
}

// nativeBytes are the items in C order, in this machine's byte order.
func nativeBytes(m *ndbuf.MemoryView) []byte {
	return ndbuf.Must(ndbuf.Must(m.ToNative()).ToBytes(strides.C))
}

// fields are how a float of so many bytes is cut.
func fields(size int) (mantissa, exponent int) {
	switch size {
	case 2:
		return 10, 5
	case 4:
		return 23, 8
	}
	return 52, 11
}

func wordOf(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.NativeEndian.Uint16(b))
	case 4:
		return uint64(binary.NativeEndian.Uint32(b))
	}
	return binary.NativeEndian.Uint64(b)
}

func bytesOf(u uint64, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, u)[:size]
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		slices.Reverse(b)
	}
	return b
}

func isNaN(b []byte) bool {
	m, e := fields(len(b))
	u := wordOf(b)
	return u>>m&(1<<e-1) == 1<<e-1 && u&(1<<m-1) != 0
}

// floatOf is the value of a float.
func floatOf(b []byte) float64 {
	switch len(b) {
	case 2:
		v, err := ndbuf.Must(format.Parse("=e")).Decode(b)
		return float64(ndbuf.Must(v, err).(float32))
	case 4:
		return float64(math.Float32frombits(uint32(wordOf(b))))
	}
	return math.Float64frombits(wordOf(b))
}

// nanFrom is the NaN of so many bytes that a NaN becomes: quiet, with its sign and the top of its payload.
func nanFrom(b []byte, size int) []byte {
	m, e := fields(len(b))
	n, f := fields(size)
	u := wordOf(b)
	payload := u & (1<<m - 1) << (52 - m) >> (52 - n)
	return bytesOf(u>>(m+e)<<(n+f)|(1<<f-1)<<n|1<<(n-1)|payload, size)
}

// truncated is the integer of so many bytes that a float becomes, and whether it fits without being clamped.
func truncated(f float64, size int, signed bool) (b []byte, fits bool) {
	if f != f {
		return make([]byte, size), false
	}
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(8*size))
	if signed {
		hi.Rsh(hi, 1)
		lo.Neg(hi)
	}
	hi.Sub(hi, big.NewInt(1))
	n := new(big.Int)
	if math.IsInf(f, 0) {
		n.Lsh(big.NewInt(int64(math.Copysign(1, f))), 100)
	} else {
		big.NewFloat(f).Int(n)
	}
	fits = n.Cmp(lo) >= 0 && n.Cmp(hi) <= 0
	if n.Cmp(lo) < 0 {
		n = lo
	} else if n.Cmp(hi) > 0 {
		n = hi
	}
	return bytesOf(new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64(), size), fits
}

// readNumPy compares every case that r has.
func readNumPy(t *testing.T, in io.Reader) *numpyRun {
	t.Helper()
	r := &numpyRun{cases: map[string]int{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for first := true; lines.Scan(); first = false {
		if first {
			t.Logf("made by %s", lines.Text())
			continue
		}
		var c numpyCase
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		if err := d.Decode(&c); err != nil {
			t.Fatal(err)
		}
		r.check(t, &c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("cases: %v; %d items converted and castings looked up: %d floats did not fit their integer (%d of them not as NumPy has it here), "+
		"%d NaNs (%d with other bits than NumPy's)", r.cases, r.items, r.outOfRange, r.unlike, r.nan, r.bits)
	return r
}

func TestNumPyRecorded(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "numpy", "cases.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := readNumPy(t, z)
	chosen := 0
	for _, op := range []string{"take", "put", "compress", "nonzero", "where", "putmask"} {
		if r.cases[op] < 700 {
			t.Errorf("%d cases of %s", r.cases[op], op)
		}
		chosen += r.cases[op]
	}
	if chosen < 5000 || r.items < 20000+8<<16 {
		t.Errorf("%d cases of chosen items, %d conversions", chosen, r.items)
	}
}

// The same with a NumPy that is here, on other cases.
func TestNumPyLive(t *testing.T) {
	var python string
	for _, p := range []string{os.Getenv("STRIDED_PYTHON"), "python3", "/usr/bin/python3"} {
		if p != "" && exec.Command(p, "-c", "import numpy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("SKIPPED: no Python with NumPy here, so nothing was compared with a live one (set STRIDED_PYTHON to name it)")
	}
	for _, seed := range []string{"2", "3"} {
		var out, problems strings.Builder
		cmd := exec.Command(python, filepath.Join("testdata", "numpy", "gen.py"), seed, "100")
		cmd.Stdout, cmd.Stderr = &out, &problems
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %s", err, problems.String())
		}
		readNumPy(t, strings.NewReader(out.String()))
	}
}
