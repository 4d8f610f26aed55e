package npy_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// members reads the files of an archive without package npy.
func members(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(data)
	}
	return files
}

// checkArchive loads an archive that gen.py wrote, and writes it again, both ways: the arrays' files must be the same.
func checkArchive(t *testing.T, path string) {
	t.Helper()
	want := members(t, path)
	a, err := npy.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	names := a.Names()
	if !slices.Equal(names, []string{"a", "be", "f", "s", "none", "größe"}) {
		t.Errorf("names %q", names)
	}
	for _, opt := range []npy.Option{0, npy.CopyOnWrite, npy.NoMap} {
		var arrays []npy.Named
		for _, name := range names {
			h, err := a.Header(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := a.Open(name, opt)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(m.Shape(), h.Shape) {
				t.Errorf("%s: shape %v, header %v", name, m.Shape(), h.Shape)
			}
			var b bytes.Buffer
			if err := npy.Write(&b, m); err != nil || b.String() != want[name+".npy"] {
				t.Errorf("%s: %v, %q\nwant %q", name, err, b.String(), want[name+".npy"])
			}
			arrays = append(arrays, npy.Named{Name: name, View: m})
		}
		for _, compress := range []bool{false, true} {
			back := filepath.Join(t.TempDir(), "back.npz")
			if err := npy.WriteArchiveFile(back, compress, arrays...); err != nil {
				t.Fatal(err)
			}
			got := members(t, back)
			if len(got) != len(want) {
				t.Errorf("%d members, want %d", len(got), len(want))
			}
			for name := range want {
				if got[name] != want[name] {
					t.Errorf("%s: %q, want %q", name, got[name], want[name])
				}
			}
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

func TestArchiveRecorded(t *testing.T) {
	for _, name := range []string{"stored.npz", "deflated.npz"} {
		t.Run(name, func(t *testing.T) { checkArchive(t, "testdata/"+name) })
	}
}

// Stored arrays are mapped, aligned in archives of our own, and outlive the archive.
func TestArchiveMapped(t *testing.T) {
	unixOnly(t)
	path := filepath.Join(t.TempDir(), "a.npz")
	x, y := numbers(t, 3, 4), ndbuf.Must(numbers(t, 2, 5).Transpose())
	if err := npy.WriteArchiveFile(path, false, npy.Named{Name: "a longer name", View: x}, npy.Named{Name: "y", View: y}); err != nil {
		t.Fatal(err)
	}
	a, err := npy.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := a.Open("y")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	f := m.Base().(*npy.File)
	if !f.Mapped() || !m.ReadOnly() || !m.IsContiguous(strides.F) || f.Name() != path+"(y)" {
		t.Errorf("mapped %t, read-only %t, name %q", f.Mapped(), m.ReadOnly(), f.Name())
	}
	if eq, err := m.Equal(y); err != nil || !eq {
		t.Errorf("items differ: %v", err)
	}
	if at := uintptr(unsafe.Pointer(unsafe.SliceData(m.Buffer().Mem))); at%64 != 0 {
		t.Errorf("items at %#x are not aligned", at)
	}
	m.Release()
}

func TestArchiveErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npz")
	x := numbers(t, 300)
	if err := npy.WriteArchiveFile(path, false, npy.Named{Name: "x", View: x}, npy.Named{Name: "x", View: x}); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, compress := range []bool{false, true} {
		if err := npy.WriteArchiveFile(path, compress, npy.Named{Name: "x", View: x}); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a, err := npy.NewArchive(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Open("none"); !errors.Is(err, ndbuf.ErrIndex) {
			t.Error(err)
		}
		if _, err := a.Header("none"); !errors.Is(err, ndbuf.ErrIndex) {
			t.Error(err)
		}
		if _, err := a.Open("x", npy.Writable); !errors.Is(err, ndbuf.ErrValue) {
			t.Error(err)
		}
		if m, err := a.Open("x.npy"); err != nil || m.Base().(*npy.File).Mapped() {
			t.Errorf("in memory: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		// Every byte of the archive damaged, one at a time: an error or an array, never a panic.
		for k := range data {
			bad := slices.Clone(data)
			bad[k] ^= 0x55
			a, err := npy.NewArchive(bytes.NewReader(bad), int64(len(bad)))
			if err != nil {
				if !errors.Is(err, ndbuf.ErrValue) {
					t.Errorf("byte %d: %v", k, err)
				}
				continue
			}
			for _, name := range a.Names() {
				m, err := a.Open(name)
				if err == nil {
					if eq, err := m.Equal(x); err != nil || !eq {
						t.Errorf("byte %d: damaged items were read: %v", k, err)
					}
				} else if !errors.Is(err, ndbuf.ErrValue) && !errors.Is(err, ndbuf.ErrOverflow) && !errors.Is(err, ndbuf.ErrType) {
					t.Errorf("byte %d: %v", k, err)
				}
			}
		}
	}
	if _, err := npy.OpenArchive(filepath.Join(dir, "none.npz")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := npy.OpenArchive(dir); err == nil {
		t.Error("a directory was opened")
	}
	bad := filepath.Join(dir, "bad.npz")
	if err := os.WriteFile(bad, []byte("PK but no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := npy.OpenArchive(bad); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}

// A member that lies about its size, or is no .npy file, is refused, mapped or read.
func TestArchiveMembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, data := range map[string]string{
		"text":      "no array",
		"short.npy": string(file(1, dict("'<f8'", "False", "(2,)"), "12345678")),
		"huge.npy":  string(file(1, dict("'<u1'", "False", "(1000000000,)"), "12345678")),
	} {
		for _, method := range []uint16{zip.Store, zip.Deflate} {
			if method == zip.Deflate {
				name = "packed_" + name
			}
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, data)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	a, err := npy.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	names := a.Names()
	slices.Sort(names)
	if !slices.Equal(names, []string{"huge", "packed_huge", "packed_short", "packed_text", "short", "text"}) {
		t.Errorf("names %q", names)
	}
	for _, name := range names {
		if _, err := a.Open(name); !errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
