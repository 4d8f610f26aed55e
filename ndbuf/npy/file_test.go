package npy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// numbers makes an array of 0, 1, 2, ... of format "<i4".
func numbers(t *testing.T, shape ...int) *ndbuf.MemoryView {
	t.Helper()
	m := ndbuf.Must(ndbuf.New("<i", strides.C, shape...))
	raw := make([]byte, m.NBytes())
	for k := range len(raw) / 4 {
		raw[4*k], raw[4*k+1], raw[4*k+2] = byte(k), byte(k>>8), byte(k>>16)
	}
	if err := m.CopyFrom(raw, strides.C); err != nil {
		t.Fatal(err)
	}
	return m
}

// saved writes m to a new file.
func saved(t *testing.T, m *ndbuf.MemoryView) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.npy")
	if err := npy.WriteFile(path, m); err != nil {
		t.Fatal(err)
	}
	return path
}

func unixOnly(t *testing.T) {
	t.Helper()
	switch runtime.GOOS {
	case "windows", "plan9", "js", "wasip1":
		t.Skip("files are not mapped on", runtime.GOOS)
	}
}

func TestModes(t *testing.T) {
	unixOnly(t)
	path := saved(t, numbers(t, 3, 4))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := ndbuf.Must(npy.Open(path))
	f := m.Base().(*npy.File)
	if !m.ReadOnly() || !f.Mapped() || f.Name() != path || f.String() != path {
		t.Errorf("read-only %t, mapped %t, name %q", m.ReadOnly(), f.Mapped(), f.Name())
	}
	if err := m.Set(1, 0, 0); !errors.Is(err, ndbuf.ErrReadOnly) {
		t.Error(err)
	}
	m.Buffer().Mem[0] = 99 // a stray write neither faults nor reaches the file
	if err := m.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.GetBuffer(ndbuf.BufFullRO); !errors.Is(err, ndbuf.ErrReleased) {
		t.Errorf("after the last release: %v", err)
	}
	if err := f.Flush(); !errors.Is(err, ndbuf.ErrReleased) {
		t.Error(err)
	}

	m = ndbuf.Must(npy.Open(path, npy.CopyOnWrite))
	if err := m.Set(77, 2, 3); err != nil {
		t.Fatal(err)
	}
	if v := ndbuf.Must(m.Get(2, 3)); v != int32(77) {
		t.Errorf("got %v", v)
	}
	m.Release()

	m = ndbuf.Must(npy.Open(path, npy.NoMap))
	if m.Base().(*npy.File).Mapped() || m.ReadOnly() {
		t.Error("NoMap maps, or is read-only")
	}
	m.Release()
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed: %v", err)
	}

	m = ndbuf.Must(npy.Open(path, npy.Writable))
	part := ndbuf.Must(m.Slice("1:, ::-2"))
	m.Release()
	if err := part.Set(-5, 1, 0); err != nil {
		t.Fatal(err)
	}
	if err := part.Base().(*npy.File).Flush(); err != nil {
		t.Error(err)
	}
	part.Release()
	m = ndbuf.Must(npy.Open(path))
	if v := ndbuf.Must(m.Get(2, 3)); v != int32(-5) {
		t.Errorf("after a write through a map: %v", v)
	}
	m.Release()

	for _, opts := range [][]npy.Option{{npy.Writable, npy.NoMap}, {npy.Writable | npy.CopyOnWrite}, {64}} {
		if _, err := npy.Open(path, opts...); !errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("%v: %v", opts, err)
		}
	}
}

// A mapping lasts as long as the last view of it, and a view that is dropped gives it back.
func TestLifetime(t *testing.T) {
	unixOnly(t)
	path := saved(t, numbers(t, 3, 4))
	m := ndbuf.Must(npy.Open(path))
	row := ndbuf.Must(m.Slice("1"))
	m.Release()
	if got := ndbuf.Must(row.Get(2)); got != int32(6) {
		t.Errorf("got %v", got)
	}
	f := row.Base().(*npy.File)
	row.Release()
	if _, err := ndbuf.FromObject(f); !errors.Is(err, ndbuf.ErrReleased) {
		t.Error(err)
	}

	f = dropped(t, path)
	for range 100 {
		runtime.GC()
		if f.Flush() != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the file of a dropped view stays mapped")
}

func dropped(t *testing.T, path string) *npy.File {
	m, err := npy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return m.Base().(*npy.File)
}

// viewOrError checks that there is no view beside an error.
func viewOrError(m *ndbuf.MemoryView, err error) error {
	if err != nil && m != nil {
		return fmt.Errorf("a view beside the error %v", err)
	}
	return err
}

// A file that is made shorter while it is mapped makes copies fail; nothing crashes, nothing is left behind.
func TestShrink(t *testing.T) {
	unixOnly(t)
	if os.Getenv("STRIDED_EMULATED") != "" {
		t.Skip("SKIPPED: the emulator does not say, or says wrongly, at which address a read of a mapping failed")
	}
	path := saved(t, numbers(t, 512, 512))
	all := ndbuf.Must(ndbuf.Must(ndbuf.Of([]bool{true})).BroadcastTo(512, 512))
	line := ndbuf.Must(ndbuf.Must(ndbuf.Of([]bool{true})).BroadcastTo(512))
	order := ndbuf.Must(ndbuf.New("i", strides.C, 512))
	same, fresh := numbers(t, 512, 512), ndbuf.Must(ndbuf.New("d", strides.C, 512, 512))
	for _, opt := range []npy.Option{0, npy.CopyOnWrite, npy.Writable} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := ndbuf.Must(npy.Open(path, opt))
		tr := ndbuf.Must(m.Transpose())
		if err := os.Truncate(path, 8192); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "out.npy")
		for name, op := range map[string]func() error{
			"ToBytes":   func() error { _, err := m.ToBytes(strides.C); return err },
			"transpose": func() error { _, err := tr.ToBytes(strides.C); return err },
			"Clone":     func() error { _, err := tr.Clone(strides.C); return err },
			"Write":     func() error { return npy.Write(new(bytes.Buffer), m) },
			"WriteFile": func() error { return npy.WriteFile(out, tr) },
			"AsType":    func() error { return viewOrError(tr.AsType("d", ndbuf.CastUnsafe, strides.C)) },
			"AsType, same": func() error {
				return viewOrError(tr.AsType(m.Format(), ndbuf.CastNo, strides.C))
			},
			"Compress":      func() error { return viewOrError(ndbuf.Compress(tr, all, ndbuf.Flat)) },
			"Compress axis": func() error { return viewOrError(ndbuf.Compress(m, line, 1)) },
			"FlatNonzero":   func() error { return viewOrError(ndbuf.FlatNonzero(tr)) },
			"Convert":       func() error { return ndbuf.Convert(fresh, tr, ndbuf.CastUnsafe) },
			"CopyWhere":     func() error { return ndbuf.CopyWhere(same, tr, all) },
			"PutMask":       func() error { return ndbuf.PutMask(same, all, tr) },
			"Take":          func() error { return ndbuf.Take(same, tr, order, 0, ndbuf.ModeRaise) },
			"indices":       func() error { return ndbuf.Take(same, same, m, ndbuf.Flat, ndbuf.ModeClip) },
			"Put":           func() error { return ndbuf.Put(same, order, m, 1, ndbuf.ModeRaise) },
			"Shadow": func() error {
				if m.ReadOnly() {
					return ndbuf.ErrBuffer
				}
				return viewOrError(ndbuf.GetContiguous(tr, ndbuf.Shadow, strides.C))
			},
		} {
			if err := op(); !errors.Is(err, ndbuf.ErrBuffer) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		if _, err := npy.Open(path); !errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("opening the short file: %v", err)
		}
		m.Release()
		tr.Release()
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := npy.Open(filepath.Join(dir, "none.npy")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := npy.Open(dir); err == nil {
		t.Error("a directory was opened")
	}
	path := filepath.Join(dir, "bad.npy")
	for _, c := range malformed {
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, opt := range []npy.Option{0, npy.NoMap} {
			if _, err := npy.Open(path, opt); !errors.Is(err, c.class) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// More bytes than the items is no fault, as in NumPy.
func TestTrailingBytes(t *testing.T) {
	path := saved(t, numbers(t, 5))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("more"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	for _, opt := range []npy.Option{0, npy.NoMap} {
		m, err := npy.Open(path, opt)
		if err != nil || len(m.Buffer().Mem) != 20 {
			t.Errorf("%v", err)
		}
	}
}

// Several arrays one after the other in a stream, as NumPy allows.
func TestStream(t *testing.T) {
	var b bytes.Buffer
	for n := range 3 {
		if err := npy.Write(&b, numbers(t, n, 2)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		m, err := npy.Read(&b)
		if err != nil || !slices.Equal(m.Shape(), []int{n, 2}) {
			t.Fatalf("array %d: %v", n, err)
		}
		if m.Base().(*npy.File).String() != "npy stream" {
			t.Error(m.Base())
		}
	}
	if b.Len() != 0 {
		t.Errorf("%d bytes left", b.Len())
	}
}

// Items that need more than one step of memory arrive whole.
func TestLargeStream(t *testing.T) {
	m := numbers(t, 5<<20)
	var b bytes.Buffer
	if err := npy.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	back, err := npy.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Buffer().Mem, m.Buffer().Mem) {
		t.Error("items differ")
	}
}

// Any view is written, in the order that costs least.
func TestWriteViews(t *testing.T) {
	m := numbers(t, 4, 6)
	for _, c := range []struct {
		name    string
		view    *ndbuf.MemoryView
		fortran bool
	}{
		{"C", m, false},
		{"transposed", ndbuf.Must(m.Transpose()), true},
		{"slice", ndbuf.Must(m.Slice("::-1, 1::2")), false},
		{"column", ndbuf.Must(m.Slice(":, 2")), false},
		{"row of the transposed", ndbuf.Must(ndbuf.Must(m.Transpose()).Slice("2:3")), false},
		{"item", ndbuf.Must(m.Slice("1, 1")), false},
		{"empty", ndbuf.Must(m.Slice("4:, ::2")), false},
		{"broadcast", ndbuf.Must(ndbuf.Must(m.Slice("1")).BroadcastTo(3, 6)), false},
		{"rows", ndbuf.Must(ndbuf.FromObject([][]int32{{1, 2, 3}, {4, 5, 6}})), false},
		{"strings", ndbuf.Must(ndbuf.FromObject("text")), false},
	} {
		var b bytes.Buffer
		if err := npy.Write(&b, c.view); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		h, err := npy.ReadHeader(bytes.NewReader(b.Bytes()))
		if err != nil || h.Fortran != c.fortran || h.DataOffset+c.view.NBytes() != b.Len() || h.DataOffset%64 != 0 {
			t.Errorf("%s: %+v, %v, %d bytes", c.name, h, err, b.Len())
		}
		back, err := npy.Read(&b)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want, got := ndbuf.Must(c.view.ToBytes(strides.C)), ndbuf.Must(back.ToBytes(strides.C))
		if !bytes.Equal(want, got) || !slices.Equal(back.Shape(), c.view.Shape()) {
			t.Errorf("%s: shape %v, % x; want % x", c.name, back.Shape(), got, want)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	gone := numbers(t, 2)
	gone.Release()
	pointers := ndbuf.Must(ndbuf.New("P", strides.C, 2))
	odd := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, 8), Format: "bad!", Layout: strides.Layout{ItemSize: 4}}))
	dir := t.TempDir()
	path := filepath.Join(dir, "out.npy")
	if err := os.WriteFile(path, []byte("keep me"), 0o640); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		view  *ndbuf.MemoryView
		class error
	}{
		{"released", gone, ndbuf.ErrReleased},
		{"nil", nil, ndbuf.ErrReleased},
		{"pointers", pointers, ndbuf.ErrType},
		{"format", odd, ndbuf.ErrNotImplemented},
	} {
		var b bytes.Buffer
		if err := npy.Write(&b, c.view); !errors.Is(err, c.class) || b.Len() != 0 {
			t.Errorf("%s: %v, %d bytes", c.name, err, b.Len())
		}
		if err := npy.WriteFile(path, c.view); !errors.Is(err, c.class) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "keep me" {
		t.Errorf("a failed WriteFile left %q, %v", got, err)
	}
	broken := errors.New("disk full")
	if err := npy.Write(&failing{broken}, numbers(t, 3)); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := npy.WriteFile(filepath.Join(dir, "no", "dir.npy"), numbers(t, 3)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// WriteFile keeps the mode of what it replaces, and a link stays a link.
func TestWriteFileReplaces(t *testing.T) {
	unixOnly(t)
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.npy"), filepath.Join(dir, "link.npy")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.npy", link); err != nil {
		t.Fatal(err)
	}
	if err := npy.WriteFile(link, numbers(t, 3)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("%v, %v", info, err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 140 {
		t.Errorf("%v, %v", info, err)
	}
	if err := npy.WriteFile(os.DevNull, numbers(t, 3)); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%v was replaced: %v", os.DevNull, err)
	}
}

// A file can be made first and filled later.
func TestCreate(t *testing.T) {
	unixOnly(t)
	path := filepath.Join(t.TempDir(), "a.npy")
	m, err := npy.Create(path, npy.Header{Type: ndbuf.Must(format.Parse("<i")), Shape: []int{4, 6}, Fortran: true})
	if err != nil {
		t.Fatal(err)
	}
	if m.ReadOnly() || !m.IsContiguous(strides.F) || ndbuf.Must(m.Get(3, 5)) != int32(0) {
		t.Errorf("read-only %t, strides %v", m.ReadOnly(), m.Strides())
	}
	want := numbers(t, 4, 6)
	if err := ndbuf.Copy(m, want); err != nil {
		t.Fatal(err)
	}
	m.Release()
	var b bytes.Buffer
	if err := npy.Write(&b, ndbuf.Must(want.Clone(strides.F))); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%q, %v\nwant %q", got, err, b.Bytes())
	}
	m, err = npy.Create(path, npy.Header{Descr: "'<M8[s]'", Shape: []int{0}})
	if err != nil || m.Len() != 0 {
		t.Error(err)
	}
	if _, err := npy.Create(path, npy.Header{Descr: "'<q8[s]'"}); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
	if _, err := npy.Open(path); err != nil {
		t.Errorf("after a refused Create: %v", err)
	}
}

// A failed Create leaves what was there; one that succeeds keeps the mode and does not change the file that others view.
func TestCreateReplaces(t *testing.T) {
	unixOnly(t)
	path := saved(t, numbers(t, 3, 4))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	old := ndbuf.Must(npy.Open(path))
	defer old.Release()
	// More bytes than a file may have, or than there are addresses.
	sizes := []int{math.MaxInt}
	if strconv.IntSize == 64 {
		sizes = append(sizes, math.MaxInt-1000)
	}
	for _, n := range sizes {
		if m, err := npy.Create(path, npy.Header{Descr: "'|u1'", Shape: []int{n}}); err == nil {
			m.Release()
			t.Fatalf("%d bytes were mapped", n)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, before) {
		t.Errorf("a failed Create left %d bytes, %v", len(got), err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	m, err := npy.Create(path, npy.Header{Descr: "'<i4'", Shape: []int{2}})
	if err != nil {
		t.Fatal(err)
	}
	m.Release()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 || info.Size() != 136 {
		t.Errorf("%v, %v", info, err)
	}
	if v := ndbuf.Must(old.Get(2, 3)); v != int32(11) {
		t.Errorf("a view of the old file reads %v", v)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := npy.Create(filepath.Dir(path), npy.Header{Descr: "'<i4'"}); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}

// A link to a file that is not there yet stays a link, and the file appears where it leads. The mode of a file that is
// replaced stays, whatever the umask.
func TestLinksAndModes(t *testing.T) {
	unixOnly(t)
	dir := t.TempDir()
	for _, d := range []string{"a", "b", "b/deep"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	// folder/.. is b, not dir: a path that is cleaned as text leads elsewhere.
	for link, to := range map[string]string{"folder": "b/deep", "first": "a/second", "a/second": "../folder/../there.npy",
		"round": "round", "abs": filepath.Join(dir, "a", "abs.npy")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"first": "b/there.npy", "abs": "a/abs.npy"} {
		link, target = filepath.Join(dir, link), filepath.Join(dir, target)
		create := func() error {
			m, err := npy.Create(link, npy.Header{Descr: "'|u1'", Shape: []int{3}})
			if err == nil {
				err = m.Release()
			}
			return err
		}
		for _, write := range []func() error{func() error { return npy.WriteFile(link, numbers(t, 3)) }, create} {
			os.Remove(target)
			if err := write(); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("%v, %v", info, err)
			}
			if info, err := os.Lstat(target); err != nil || !info.Mode().IsRegular() {
				t.Errorf("%v, %v", info, err)
			}
			if err := os.Chmod(target, 0o666); err != nil {
				t.Fatal(err)
			}
			if err := write(); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Lstat(target); err != nil || info.Mode().Perm() != 0o666 {
				t.Errorf("%v, %v", info, err)
			}
		}
	}
	if err := npy.WriteFile(filepath.Join(dir, "round"), numbers(t, 3)); err == nil {
		t.Error("a link to itself was written to")
	}
	for _, d := range []string{".", "a", "b"} {
		left, err := filepath.Glob(filepath.Join(dir, d, "*.tmp*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

// The order of items of 0 bytes, which shows in the header only, goes back as it was.
func TestEmptyItems(t *testing.T) {
	for _, descr := range []string{"'|V0'", "[]", "[('a', '|V0')]"} {
		for _, fortran := range []bool{false, true} {
			var b bytes.Buffer
			if _, err := npy.WriteHeader(&b, npy.Header{Descr: descr, Shape: []int{2, 3}, Fortran: fortran}); err != nil {
				t.Fatal(err)
			}
			want := b.String()
			m, err := npy.Read(&b)
			if err != nil {
				t.Fatal(err)
			}
			if err := npy.Write(&b, m); err != nil || b.String() != want {
				t.Errorf("%q, %v; want %q", b.String(), err, want)
			}
			if h, err := npy.HeaderOf(ndbuf.Must(m.Transpose())); err != nil || h.Fortran {
				t.Errorf("transposed: %+v, %v", h, err)
			}
		}
	}
}
