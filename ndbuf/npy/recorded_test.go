package npy_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// A recording is a zip file that testdata/gen.py wrote.
type recording struct {
	NumPy, Python, Machine string
	Cases                  []recorded
	files                  map[string][]byte
}

type recorded struct {
	Name     string
	Version  int
	Descr    string
	Fortran  bool
	Shape    []int
	ItemSize int
	C        string // the items in C order, in hexadecimal
}

func loadRecording(t *testing.T, path string) *recording {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r := &recording{files: make(map[string][]byte)}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(rc)
		rc.Close()
		if err != nil {
			t.Fatal(err)
		}
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			r.files[name] = data
		} else if err := json.Unmarshal(data, r); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.Cases) != len(r.files) || len(r.Cases) < 140 {
		t.Fatalf("%s: %d cases, %d files", path, len(r.Cases), len(r.files))
	}
	return r
}

// noLongDouble is the one rule by which recorded cases are left out: NumPy's 16-byte long double and this platform's
// are not the same.
func noLongDouble(c recorded) bool {
	g, err := format.Parse("g")
	return (err != nil || g.Size() != 16) && longDouble.MatchString(c.Descr)
}

var longDouble = regexp.MustCompile(`'[<>](f16|c32)'`)

// spelled reports whether the file holds what only its own spelling tells: dates, titles, a version that is not the
// oldest possible.
func spelled(c recorded) bool {
	for _, part := range []string{"times", "titles", "version_2", "version_3", "M8", "m8"} {
		if strings.Contains(c.Name, part) && c.Name != "version_2_long" {
			return true
		}
	}
	return false
}

// check opens every file in every way and writes it again.
func (r *recording) check(t *testing.T) {
	t.Logf("NumPy %s, Python %s, %s", r.NumPy, r.Python, r.Machine)
	dir := t.TempDir()
	left := 0
	for _, c := range r.Cases {
		if noLongDouble(c) {
			left++
			continue
		}
		t.Run(c.Name, func(t *testing.T) { c.check(t, dir, r.files[c.Name]) })
	}
	if left > 0 {
		t.Logf("%d of %d cases left out: no 16-byte long double here", left, len(r.Cases))
		if left != 8 {
			t.Errorf("the rule left out %d cases, not 8", left)
		}
	}
}

func (c recorded) check(t *testing.T, dir string, data []byte) {
	path := filepath.Join(dir, c.Name+".npy")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := hex.DecodeString(c.C)
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]func() (*ndbuf.MemoryView, error){
		"mapped":   func() (*ndbuf.MemoryView, error) { return npy.Open(path) },
		"writable": func() (*ndbuf.MemoryView, error) { return npy.Open(path, npy.Writable) },
		"copy":     func() (*ndbuf.MemoryView, error) { return npy.Open(path, npy.CopyOnWrite) },
		"read":     func() (*ndbuf.MemoryView, error) { return npy.Open(path, npy.NoMap) },
		"stream":   func() (*ndbuf.MemoryView, error) { return npy.Read(bytes.NewReader(data)) },
	}
	for how, open := range sources {
		m, err := open()
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		h := m.Base().(*npy.File).Header()
		if h.Version != c.Version || h.Descr != c.Descr || h.Fortran != c.Fortran || h.ItemSize != c.ItemSize ||
			!slices.Equal(h.Shape, c.Shape) || h.DataOffset != len(data)-len(want) {
			t.Errorf("%s: header %+v, want %+v", how, h, c)
		}
		if !slices.Equal(m.Shape(), c.Shape) || m.ItemSize() != c.ItemSize || m.ReadOnly() != (how == "mapped") {
			t.Errorf("%s: shape %v, items of %d bytes, read-only %t", how, m.Shape(), m.ItemSize(), m.ReadOnly())
		}
		if c.Fortran && !m.IsContiguous(strides.F) || !c.Fortran && !m.IsContiguous(strides.C) {
			t.Errorf("%s: strides %v are not of the file's order", how, m.Strides())
		}
		if got, err := m.ToBytes(strides.C); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: items % x, %v\nwant % x", how, got, err, want)
		}
		c.goesBack(t, how, m, data)
		if !spelled(c) {
			own, err := m.Clone(strides.A)
			if err != nil {
				t.Fatal(err)
			}
			c.goesBack(t, how+"/clone", own, data)
		}
		if err := m.Release(); err != nil {
			t.Error(err)
		}
	}
	m := ndbuf.Must(npy.Open(path))
	defer m.Release()
	if err := npy.WriteFile(path, m); err != nil { // over the very file it views
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
		t.Errorf("WriteFile: %v, %q\nwant %q", err, got, data)
	}
}

// goesBack checks that a view of a file is written as the file was.
func (c recorded) goesBack(t *testing.T, how string, m *ndbuf.MemoryView, data []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, m); err != nil || !bytes.Equal(b.Bytes(), data) {
		t.Errorf("%s: Write: %v, %q\nwant %q", how, err, b.Bytes(), data)
	}
}

// Files that NumPy wrote load, in every way, and go back byte for byte.
func TestRecorded(t *testing.T) {
	loadRecording(t, "testdata/recorded.zip").check(t)
}

// Items of recorded files as values, so that what a dtype means is told apart from what its bytes are.
func TestRecordedValues(t *testing.T) {
	r := loadRecording(t, "testdata/recorded.zip")
	for _, c := range []struct {
		name, format string
		index        []int
		want         any
	}{
		{"scalar_f8", "d", nil, 1.5},
		{"scalar_be_i4", ">i", nil, int32(7)},
		{"scalar_c16", "Zd", nil, complex(1, -2)},
		{"scalar_S3", "3s", nil, []byte("abc")},
		{"one_1x1x1", "H", []int{0, 0, 0}, uint16(3)},
		{"long_1d", "h", []int{777}, int16(777)},
		{"U5_c", "5w", []int{0, 3}, "日本"},
		{"be_U5_f", ">5w", []int{1, 0}, "\U0001f400x"},
		{"struct_times_c", "", []int{2, 1}, format.Record{int64(2001), []any{int64(2), int64(-1)}, int64(-2)}},
		{"struct_nested_f", "", []int{1, 1}, format.Record{
			format.Record{float32(1), float32(1)},
			[]any{
				format.Record{format.Record{[]any{uint16(1), uint16(9)}}, []byte("ab\x00")},
				format.Record{format.Record{[]any{uint16(7), uint16(1)}}, []byte("c\x00\x00")},
			},
			true,
		}},
	} {
		m, err := npy.Read(bytes.NewReader(r.files[c.name]))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, err := m.Get(c.index...); err != nil || !equal(got, c.want) {
			t.Errorf("%s%v of format %q: %#v, %v; want %#v", c.name, c.index, m.Format(), got, err, c.want)
		}
		if c.format != "" {
			want, got := ndbuf.Must(format.Parse(c.format)), ndbuf.Must(m.Type())
			if strings.HasPrefix(c.format, ">") {
				if got.Size() != want.Size() || got.Kind() != want.Kind() || !got.Equal(want) {
					t.Errorf("%s: format %q, want %q", c.name, got, want)
				}
			} else if got.Kind() != want.Kind() || got.Size() != want.Size() {
				t.Errorf("%s: format %q, want %q", c.name, got, want)
			}
		}
	}
}

// equal compares decoded values.
func equal(a, b any) bool {
	x, err := json.Marshal(printable(a))
	y, err2 := json.Marshal(printable(b))
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// printable makes JSON of what has none, and keeps types apart.
func printable(v any) any {
	switch v := v.(type) {
	case format.Record:
		return printable([]any(v))
	case []any:
		out := []any{"list"}
		for _, e := range v {
			out = append(out, printable(e))
		}
		return out
	}
	return []string{fmt.Sprintf("%T", v), fmt.Sprint(v)}
}

// python finds an interpreter with NumPy.
func python(t *testing.T) string {
	t.Helper()
	for _, p := range []string{os.Getenv("STRIDED_PYTHON"), "python3", "/usr/bin/python3", "python"} {
		if p == "" {
			continue
		}
		if exec.Command(p, "-c", "import numpy").Run() == nil {
			return p
		}
	}
	t.Skip("SKIPPED: no Python with NumPy here, so nothing was compared with a live one (set STRIDED_PYTHON to name it)")
	return ""
}

// The files of this machine's NumPy, whatever its version, load and go back.
func TestLiveRead(t *testing.T) {
	py := python(t)
	script, err := filepath.Abs("testdata/gen.py")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command(py, script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	loadRecording(t, filepath.Join(dir, "recorded.zip")).check(t)
	for _, name := range []string{"stored.npz", "deflated.npz"} {
		checkArchive(t, filepath.Join(dir, name))
	}
}

// readBack is what the live NumPy does with files from Go: load each, compare it with what Go meant, save it again.
const readBack = `
import io, json, sys, warnings, zipfile
import numpy as np
warnings.simplefilter("ignore")
for case in json.load(open("cases.json")):
    data = open(case["Name"] + ".npy", "rb").read()
    a = np.load(io.BytesIO(data), max_header_size=1 << 20) if int(np.__version__.split(".")[1]) > 23 or np.__version__[0] > "1" else np.load(io.BytesIO(data))
    assert repr(np.lib.format.dtype_to_descr(a.dtype)) == case["Descr"], (case["Name"], a.dtype)
    assert list(a.shape) == case["Shape"], (case["Name"], a.shape)
    assert a.tobytes("C").hex() == case["C"], (case["Name"], a)
    assert (a.flags.f_contiguous and not a.flags.c_contiguous) == case["Fortran"], (case["Name"], a.flags)
    b = io.BytesIO()
    np.save(b, a, allow_pickle=False)
    assert b.getvalue() == data, (case["Name"], b.getvalue()[:256], data[:256])
for name in "stored.npz", "deflated.npz":
    assert zipfile.ZipFile(name).testzip() is None
    z = np.load(name)
    assert z.files == ["x", "größe"], z.files
    assert z["x"].tolist() == [[0, 1, 2], [3, 4, 5]] and z["größe"].tolist() == [[0, 3], [1, 4], [2, 5]]
print(np.__version__)
`

// What Go writes, NumPy loads as it was meant, and saves as the same bytes.
func TestLiveWrite(t *testing.T) {
	py := python(t)
	dir := t.TempDir()
	var cases []recorded
	add := func(name string, m *ndbuf.MemoryView) {
		path := filepath.Join(dir, name+".npy")
		if err := npy.WriteFile(path, m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h, err := npy.HeaderOf(m)
		if err != nil {
			t.Fatal(err)
		}
		c := hex.EncodeToString(ndbuf.Must(m.ToBytes(strides.C)))
		cases = append(cases, recorded{Name: name, Descr: h.Descr, Fortran: h.Fortran, Shape: h.Shape, C: c})
	}
	formats := []string{
		"?", "b", "B", "c", "5s", "<h", ">H", "i", ">i", "<l", ">L", "q", ">Q", "n", "N", "<e", ">e", "f", ">f", "d", ">d",
		"Zf", ">Zf", "<Zd", ">Zd", "<3w", ">w", "7x", "T{b:a:xxxi:b:}", "T{>i:x:(2,3)<d:m:T{3s:s:?:t:}:n:}",
		"T{i:a:h:b:}", "hhl", "2h", "T{d:größe:}", "T{d:温度:}", "T{h:it's:h:say \"hi\":h:both'\":h:\t\u00a0\u200b\U000e0001:}",
	}
	if g, err := format.Parse("g"); err == nil && g.Size() == 16 {
		formats = append(formats, "g", "Zg")
	}
	for k, f := range formats {
		m, err := ndbuf.New(f, strides.C, 3, 4)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if typ := ndbuf.Must(m.Type()); typ.Kind() == format.Int || typ.Kind() == format.Uint {
			raw := make([]byte, m.NBytes())
			for i := range raw {
				raw[i] = byte(37 * i)
			}
			if err := m.CopyFrom(raw, strides.C); err != nil {
				t.Fatal(err)
			}
		}
		name := "f" + string(rune('A'+k/26)) + string(rune('a'+k%26))
		add(name+"c", m)
		add(name+"f", ndbuf.Must(m.Transpose()))
		add(name+"s", ndbuf.Must(m.Slice("::-2, 1:3")))
		add(name+"0", ndbuf.Must(m.Slice("1, 1")))
		add(name+"e", ndbuf.Must(m.Slice("3:")))
	}
	var long strings.Builder
	for k := range 2000 {
		long.WriteString("B:a_rather_long_name_number_" + string(rune('a'+k%26)) + strings.Repeat("x", k/26) + ":")
	}
	add("long", ndbuf.Must(ndbuf.New("T{"+long.String()+"}", strides.C, 1)))
	list, err := json.Marshal(cases)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "cases.json"), list, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	x := ndbuf.Must(ndbuf.Of([]int32{0, 1, 2, 3, 4, 5}, 2, 3))
	for name, compress := range map[string]bool{"stored.npz": false, "deflated.npz": true} {
		arrays := []npy.Named{{Name: "x", View: x}, {Name: "größe", View: ndbuf.Must(x.Transpose())}}
		if err := npy.WriteArchiveFile(filepath.Join(dir, name), compress, arrays...); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(py, "-X", "utf8", "-c", readBack)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("NumPy %s read %d files", bytes.TrimSpace(out), len(cases))
}
