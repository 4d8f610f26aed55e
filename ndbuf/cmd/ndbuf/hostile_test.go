package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// rawArchive writes an archive of one member, whose directory says what fh says, and some bytes after it.
func rawArchive(t *testing.T, fh zip.FileHeader, data string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range []struct {
		fh   zip.FileHeader
		data string
	}{{fh, data}, {zip.FileHeader{Name: "last", CompressedSize64: 500, UncompressedSize64: 500}, strings.Repeat("x", 500)}} {
		w, err := z.CreateRaw(&m.fh)
		if err == nil {
			_, err = w.Write([]byte(m.data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLyingArchive: a stored member is what lies in the archive, not what its directory says.
func TestLyingArchive(t *testing.T) {
	var head bytes.Buffer
	if _, err := npy.WriteHeader(&head, npy.Header{Descr: "'|u1'", Shape: []int{300}}); err != nil {
		t.Fatal(err)
	}
	n := uint64(head.Len())
	for name, c := range map[string]struct {
		fh   zip.FileHeader
		says string
	}{
		"unpacked is longer": {zip.FileHeader{CompressedSize64: n, UncompressedSize64: n + 300}, "does not lie in the archive"},
		"too long":           {zip.FileHeader{CompressedSize64: 1 << 20, UncompressedSize64: 1 << 20}, "does not lie in the archive"},
		"far too long":       {zip.FileHeader{CompressedSize64: 1<<63 - 1, UncompressedSize64: 1<<63 - 1}, "does not lie in the archive"},
		"beyond an int":      {zip.FileHeader{CompressedSize64: 1 << 63, UncompressedSize64: 1 << 63}, "a size of 9223372036854775808"},
		"encrypted":          {zip.FileHeader{CompressedSize64: n, UncompressedSize64: n, Flags: 1}, "encrypted"},
		"items missing":      {zip.FileHeader{CompressedSize64: n, UncompressedSize64: n}, "ends too early"},
	} {
		c.fh.Name = "m.npy"
		path := rawArchive(t, c.fh, head.String()) + "/m"
		if status, out, err := ndbufTool("info", path); status != exitOK || !strings.Contains(out, "problem     ") || !strings.Contains(out, c.says) {
			t.Errorf("%s: info: exit %d, %q %q", name, status, out, err)
		}
		for _, args := range [][]string{{"convert", path, filepath.Join(t.TempDir(), "out.npy")}, {"cmp", path, path}} {
			if status, _, err := ndbufTool(args...); status != exitTrouble || !strings.Contains(err, c.says) {
				t.Errorf("%s: %s: exit %d, %q", name, args[0], status, err)
			}
		}
		if status, _, err := ndbufTool("show", path); status != exitTrouble {
			t.Errorf("%s: show: exit %d, %q", name, status, err)
		}
	}
}

// TestHostileNames: what a terminal would obey does not get there from a file.
func TestHostileNames(t *testing.T) {
	const evil = "a\x1b[31m\u009b2J\rb"
	m := ndbuf.Must(ndbuf.New("T{<i:"+evil+":<2w:t:}", strides.C, 2))
	same := ndbuf.Must(ndbuf.New("T{<i:"+evil+":<2w:u:}", strides.C, 2))
	a, b := saved(t, "a.npy", m), saved(t, "b.npy", same)
	raw := written(t, "[('"+strings.ReplaceAll(evil, "\r", "")+"', '<i4')]", []int{1}, "1234")
	z := filepath.Join(t.TempDir(), "a.npz")
	if err := npy.WriteArchiveFile(z, false, npy.Named{Name: evil, View: m}, npy.Named{Name: "\x1b2", View: m}); err != nil {
		t.Fatal(err)
	}
	one := filepath.Join(t.TempDir(), "one.npz")
	if err := npy.WriteArchiveFile(one, true, npy.Named{Name: evil, View: m}); err != nil {
		t.Fatal(err)
	}
	cut := rawArchive(t, zip.FileHeader{Name: evil, CompressedSize64: 1, UncompressedSize64: 2}, "x")
	text := written(t, "'<U2'", []int{1}, "\x1b\x00\x00\x00\x9b\x00\x00\x00")
	out := filepath.Join(t.TempDir(), "out.npy")
	for _, args := range [][]string{
		{"info", a}, {"info", raw}, {"info", z}, {"info", "--json", a, z}, {"info", z + "/none"}, {"info", cut},
		{"show", "-v", a}, {"show", raw}, {"show", z}, {"show", "-v", one}, {"show", z + "/" + evil}, {"show", text}, {"show", cut + "/" + evil},
		{"convert", a, out}, {"convert", raw, out}, {"convert", z, out}, {"convert", one, out}, {"convert", cut + "/" + evil, out},
		{"cmp", a, b}, {"cmp", a, raw}, {"cmp", text, raw}, {"cmp", z, z}, {"cmp", cut + "/" + evil, a}, {"cmp", evil, a}, {evil},
	} {
		_, stdout, stderr := ndbufTool(args...)
		for _, r := range stdout + stderr {
			if r != '\n' && !strconv.IsPrint(r) {
				t.Errorf("ndbuf %q prints %q\n%q %q", args, r, stdout, stderr)
				break
			}
		}
	}
	var about struct{ Members []struct{ Name string } }
	if err := json.Unmarshal([]byte(succeed(t, "info", "--json", z)), &about); err != nil || about.Members[0].Name != evil {
		t.Errorf("%+v, %v", about, err)
	}
	if got := escapeJSON("\"\U0001f600\U000e0001\""); got != "\"\U0001f600\\udb40\\udc01\"" {
		t.Error(got)
	}
}

// broken is a disk that is full after a while.
type broken struct{ left int }

var errFull = errors.New("disk full")

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestOutputFails: what cannot be printed is trouble, whichever command prints it, and whether first or last.
func TestOutputFails(t *testing.T) {
	a, b := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4)), saved(t, "b.npy", counting(t, "<i", strides.C, 4, 3))
	for _, args := range [][]string{
		{"info", a}, {"info", "--json", a}, {"info", archived(t, true)}, {"show", a}, {"cmp", a, b}, {"help"}, {"help", "convert"},
		{"convert", "-h"}, {"version"}, {"version", "-v"},
	} {
		var out, stderr bytes.Buffer
		(&tool{ctx: t.Context(), out: &out, err: &stderr}).run(args)
		for _, left := range []int{0, out.Len() - 1} {
			stderr.Reset()
			status := (&tool{ctx: t.Context(), out: &broken{left}, err: &stderr}).run(args)
			if status != exitTrouble || !strings.Contains(stderr.String(), "disk full") {
				t.Errorf("ndbuf %q after %d bytes: exit %d, %q", args, left, status, stderr.String())
			}
		}
	}
	var stderr bytes.Buffer
	if status := (&tool{ctx: t.Context(), out: &broken{50}, err: &stderr}).run([]string{"demo"}); status != exitTrouble {
		t.Errorf("demo: exit %d, %q", status, stderr.String())
	}
}

// TestUnpackInterrupted: a member that is being unpacked does not keep the program.
func TestUnpackInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := contextReader{ctx, strings.NewReader("abc")}
	if n, err := r.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	cancel()
	if _, err := r.Read(make([]byte, 1)); err != errInterrupted {
		t.Error(err)
	}
	dir := t.TempDir()
	if _, err := openFile(ctx, archived(t, true)+"/a", dir); !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestConvertLinks: a link to a file that is not there yet stays a link; the mode of a file stays, whatever the umask.
func TestConvertLinks(t *testing.T) {
	a := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "b", "deep"), 0o777); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"folder": "b/deep", "first": "second", "second": "folder/../there.npy", "round": "round"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skipf("SKIPPED: no links here: %v", err)
		}
	}
	target := filepath.Join(dir, "b", "there.npy")
	succeed(t, "convert", "-q", a, filepath.Join(dir, "first"))
	if info, err := os.Lstat(filepath.Join(dir, "first")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, %v", info, err)
	}
	if info, err := os.Lstat(target); err != nil || !info.Mode().IsRegular() {
		t.Fatalf("%v, %v", info, err)
	}
	if err := os.Chmod(target, 0o666); err != nil {
		t.Fatal(err)
	}
	succeed(t, "convert", "-q", a, filepath.Join(dir, "first"), "--order", "F")
	if info, err := os.Lstat(target); err != nil || info.Mode().Perm() != 0o666 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info, err)
	}
	if status, _, err := ndbufTool("convert", a, filepath.Join(dir, "round")); status != exitTrouble {
		t.Errorf("a link to itself: exit %d, %s", status, err)
	}
	for _, d := range []string{dir, filepath.Dir(target)} {
		if left, _ := filepath.Glob(filepath.Join(d, "*.tmp*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// TestConvertKeepsArchive: an archive that was refused as OUT is what it was.
func TestConvertKeepsArchive(t *testing.T) {
	z := archived(t, false)
	before, err := os.ReadFile(z)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := ndbufTool("convert", z+"/a", z); status != exitTrouble || !strings.Contains(stderr, "usage: ") {
		t.Errorf("exit %d, %s", status, stderr)
	}
	if after, err := os.ReadFile(z); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the archive changed: %v", err)
	}
}

// TestConvertEmptyItems: items of 0 bytes have an order, too.
func TestConvertEmptyItems(t *testing.T) {
	for _, c := range []struct {
		shape   []int
		fortran bool
		args    string
		want    bool
	}{
		{[]int{2, 3}, true, "", true},
		{[]int{2, 3}, false, "", false},
		{[]int{2, 3}, false, "--order F", true},
		{[]int{2, 3}, true, "--order C", false},
		{[]int{6, 1}, false, "--order F", false},
		{[]int{2, 0, 3}, false, "--order F", false},
	} {
		path, out := filepath.Join(t.TempDir(), "a.npy"), filepath.Join(t.TempDir(), "out.npy")
		var b bytes.Buffer
		if _, err := npy.WriteHeader(&b, npy.Header{Descr: "'|V0'", Shape: c.shape, Fortran: c.fortran}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		succeed(t, append([]string{"convert", "-q", path, out}, strings.Fields(c.args)...)...)
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		h, err := npy.ReadHeader(f)
		f.Close()
		if err != nil || h.Fortran != c.want || fmt.Sprint(h.Shape) != fmt.Sprint(c.shape) {
			t.Errorf("%+v: %+v, %v", c, h, err)
		}
	}
}

func TestWholeSlice(t *testing.T) {
	a, out := saved(t, "a.npy", counting(t, "<i", strides.C, 2, 2)), filepath.Join(t.TempDir(), "out.npy")
	for _, s := range []string{"", "()", "[()]", " [ ] "} {
		succeed(t, "convert", "-q", a, out, "--slice", s)
		succeed(t, "cmp", a, out)
	}
}
