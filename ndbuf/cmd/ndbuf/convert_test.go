package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// want is what a conversion has to write, made in memory from the whole array.
func want(t *testing.T, c *conversion, path string) []byte {
	t.Helper()
	m := ndbuf.Must(npy.Open(path, npy.NoMap))
	h, err := npy.HeaderOf(m)
	if err != nil {
		t.Fatal(err)
	}
	if c.slice.text != "" {
		m = ndbuf.Must(m.Slice(c.slice.text))
	}
	if c.perm.axes != nil {
		m = ndbuf.Must(m.Transpose(c.perm.axes...))
	}
	order := c.order.order
	if order == 0 {
		order = h.Order()
	}
	if c.bytes.name != "" {
		h = ndbuf.Must(h.WithOrder(byteOrders[c.bytes.name]))
	}
	out := ndbuf.Must(ndbuf.New(h.Type.String(), order, m.Shape()...))
	if err := ndbuf.Copy(out, m); err != nil {
		t.Fatal(err)
	}
	h.Shape, h.Fortran = out.Shape(), !out.IsContiguous(strides.C)
	var b bytes.Buffer
	if _, err := npy.WriteHeader(&b, h); err != nil {
		t.Fatal(err)
	}
	b.Write(ndbuf.Must(out.ToBytes(order)))
	return b.Bytes()
}

// uncommitted is run without the wait for the disk, and without OUT: it returns what that would hold.
func (c *conversion) uncommitted(in, out string) ([]byte, error) {
	src, err := openFile(context.Background(), in, filepath.Dir(out))
	if err != nil {
		return nil, err
	}
	defer src.close()
	dst, err := replace(out)
	if err != nil {
		return nil, err
	}
	defer dst.abandon()
	if _, err := c.write(&tool{ctx: context.Background(), err: io.Discard}, dst, src); err != nil {
		return nil, err
	}
	return os.ReadFile(dst.Name())
}

// randomSlice draws an index for a shape and returns how many axes it leaves.
func randomSlice(r *rand.Rand, shape []int) (text string, axes int) {
	var parts []string
	for _, n := range shape {
		switch r.IntN(6) {
		case 0:
			if n > 0 {
				parts = append(parts, strconv.Itoa(r.IntN(2*n)-n))
				continue
			}
			parts = append(parts, ":")
		case 1:
			parts = append(parts, "::-"+strconv.Itoa(1+r.IntN(3)))
		case 2:
			parts = append(parts, fmt.Sprintf("%d:%d:%d", r.IntN(n+1), r.IntN(n+2), 1+r.IntN(3)))
		case 3:
			parts = append(parts, "None", ":")
			axes++
		default:
			parts = append(parts, ":")
		}
		axes++
	}
	return strings.Join(parts, ", "), axes
}

// TestConvertRandom converts random arrays in many small boxes and compares with the whole array converted at once.
func TestConvertRandom(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.npy"), filepath.Join(dir, "out.npy")
	formats := []string{"B", "<H", ">i", "<d", ">Zd", "?", "<3w", "5s", "T{<i:x:>d:y:(2,3)B:z:}"}
	cases := 400
	if testing.Short() {
		cases = 80
	}
	for i := range cases {
		shape := make([]int, r.IntN(5))
		for k := range shape {
			shape[k] = 1 + r.IntN(9)
			if r.IntN(20) == 0 {
				shape[k] = 0
			}
		}
		format := formats[r.IntN(len(formats))]
		m := ndbuf.Must(ndbuf.New(format, []strides.Order{strides.C, strides.F}[r.IntN(2)], shape...))
		b := make([]byte, m.NBytes())
		for i := range b {
			b[i] = byte(r.Uint32()) & 1 // any format takes it: bools, letters, numbers
		}
		if err := m.CopyFrom(b, strides.C); err != nil {
			t.Fatal(err)
		}
		if err := npy.WriteFile(in, m); err != nil {
			t.Fatal(err)
		}
		c := conversion{quiet: true, maxMem: byteSize(2 * (m.ItemSize()*2 + r.IntN(4000)))}
		axes := len(shape)
		if r.IntN(2) == 0 {
			var text string
			text, axes = randomSlice(r, shape)
			if err := c.slice.Set(text); err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(3) > 0 {
			c.perm.axes = r.Perm(axes)
		}
		if r.IntN(3) > 0 {
			c.order.order = []strides.Order{strides.C, strides.F}[r.IntN(2)]
		}
		if r.IntN(3) == 0 {
			c.bytes.name = []string{"little", "big", "native"}[r.IntN(3)]
		}
		name := fmt.Sprintf("seed %d case %d: %s%v --slice '%s' --perm %v --order '%s' --byteorder '%s' --max-mem %d",
			seed, i, format, shape, c.slice.text, c.perm.axes, c.order.String(), c.bytes.name, int(c.maxMem))
		got, err := c.uncommitted(in, out)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := want(t, &c, in); !bytes.Equal(got, want) {
			t.Fatalf("%s:\ngot  %q\nwant %q", name, got, want)
		}
	}
}

// TestConvertNumPy compares the files with those that NumPy writes.
func TestConvertNumPy(t *testing.T) {
	python := ""
	for _, p := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(p, "-c", "import numpy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("SKIPPED: no Python with NumPy: nothing to compare with")
	}
	dir := t.TempDir()
	const script = `
import numpy as np
a = np.arange(7 * 11 * 5).reshape(7, 11, 5).astype('<i4')
np.save('in.npy', a)
np.save('f.npy', np.asfortranarray(a))
np.save('0.npy', np.asfortranarray(a.transpose(2, 0, 1)))
np.save('1.npy', np.ascontiguousarray(a[::2, ::-1]))
np.save('2.npy', a.astype('>i4'))
np.save('3.npy', np.ascontiguousarray(a.transpose(1, 2, 0)[..., 3:]))
np.save('4.npy', np.asfortranarray(a[3, 4]))
np.save('5.npy', a[1, 2, 3])
np.save('6.npy', np.asfortranarray(a[:0]))
s = np.zeros((3, 4), dtype=[('when', '<M8[ms]'), ('x', '<f4', (2,)), ('name', '<U3')])
s['x'] = np.arange(24).reshape(3, 4, 2)
s['name'] = 'aé'
s['when'] = np.datetime64('2001-02-03')
np.save('s.npy', s)
np.save('7.npy', np.asfortranarray(s))
np.save('8.npy', s.astype([('when', '>M8[ms]'), ('x', '>f4', (2,)), ('name', '>U3')]))
`
	cmd := exec.Command(python, "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, args := range []string{
		"in.npy --perm 2,0,1 --order F",
		"in.npy --slice ::2,::-1",
		"in.npy --byteorder big",
		"f.npy --perm 1,2,0 --order C --slice 3:",
		"f.npy --slice 3,4",
		"in.npy --slice 1,2,3",
		"in.npy --slice :0 --order F",
		"s.npy --order F",
		"s.npy --byteorder big",
	} {
		fields := strings.Fields(args)
		out := filepath.Join(dir, "out.npy")
		fields[0] = filepath.Join(dir, fields[0])
		succeed(t, append([]string{"convert", "-q", out}[:2:2], append(fields, out)...)...)
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(i)+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", args, got, want)
		}
	}
}

// TestConvertReplaces: OUT is replaced whole or not at all, may be IN, and keeps its mode; a link to it stays a link.
func TestConvertReplaces(t *testing.T) {
	path := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(filepath.Dir(path), "link.npy")
	if err := os.Symlink("a.npy", link); err != nil {
		t.Skipf("SKIPPED: no links here: %v", err)
	}
	succeed(t, "convert", path, link, "--perm", "1,0")
	if got := succeed(t, "show", path+"[0]"); got != "[0 4 8]\n" {
		t.Errorf("converted in place: %s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 && runtime.GOOS != "windows" {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info.Mode(), err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stderr bytes.Buffer
	if status := (&tool{ctx: ctx, out: io.Discard, err: &stderr}).run([]string{"convert", path, path, "--order", "F"}); status !=
		exitTrouble || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("interrupted: exit %d: %s", status, stderr.String())
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("an interrupted conversion changed the file: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

// failing is a file whose reads fail after a while.
type failing struct {
	io.ReaderAt
	after int
}

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if f.after--; f.after < 0 {
		return 0, io.EOF
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestShrinkingFile: a file that gets shorter while it is read is an error that says so.
func TestShrinkingFile(t *testing.T) {
	f, err := openFile(t.Context(), saved(t, "a.npy", counting(t, "<i", strides.C, 30, 40)), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	a, err := f.array()
	if err != nil {
		t.Fatal(err)
	}
	mem := make([]byte, a.layout.NBytes())
	if _, err := a.read(&failing{f.data, 0}, mem, []int{0, 0}, []int{30, 40}); err == nil ||
		!strings.Contains(err.Error(), "the file ends at byte 128, within its items") {
		t.Errorf("got %v", err)
	}
}

func TestConvertArchive(t *testing.T) {
	for _, compress := range []bool{false, true} {
		path := archived(t, compress)
		out := filepath.Join(t.TempDir(), "out.npy")
		succeed(t, "convert", path+"/deep/b", out, "--perm", "1,0")
		if got := succeed(t, "show", out+"[0]"); got != "[0. 5.]\n" {
			t.Errorf("compress %v: %s", compress, got)
		}
		if left, _ := os.ReadDir(filepath.Dir(out)); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// TestGrow: boxes fit in the budget, and neither file is read or written in needlessly short runs.
func TestGrow(t *testing.T) {
	const budget = 32 << 20
	for _, c := range []struct {
		name  string
		shape []int
		perm  []int
		order strides.Order
		run   int // bytes at least, in both files
	}{
		{"same order", []int{512, 512, 512}, []int{0, 1, 2}, strides.C, 8 << 20},
		{"transposed", []int{16384, 8192}, []int{1, 0}, strides.C, 8 << 10},
		{"C to F", []int{512, 512, 512}, []int{0, 1, 2}, strides.F, 2 << 10},
		{"2,0,1", []int{512, 512, 512}, []int{2, 0, 1}, strides.C, 8 << 10},
		{"0,2,1", []int{512, 512, 512}, []int{0, 2, 1}, strides.C, 1 << 20},
		{"channels last", []int{3, 8192, 4096}, []int{1, 2, 0}, strides.C, 1 << 20},
		{"channels first", []int{8192, 4096, 3}, []int{2, 0, 1}, strides.C, 1 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := ndbuf.Must(strides.Contiguous(strides.C, 4, c.shape...))
			from := &array{layout: ndbuf.Must(l.Transpose(c.perm...)), gap: maxReadGap}
			to := &array{layout: ndbuf.Must(strides.Contiguous(c.order, 4, from.layout.Shape...))}
			box, err := grow(from, to, budget)
			if err != nil {
				t.Fatal(err)
			}
			x, y := from.runs(box), to.runs(box)
			if x.bytes()+y.bytes() > budget {
				t.Errorf("box %v takes %d + %d bytes", box, x.bytes(), y.bytes())
			}
			if min(x.size, y.size) < c.run {
				t.Errorf("box %v: runs of %d and %d bytes, want %d", box, x.size, y.size, c.run)
			}
		})
	}
	l := ndbuf.Must(strides.Contiguous(strides.C, 100, 3))
	if _, err := grow(&array{layout: l}, &array{layout: l}, 199); err == nil {
		t.Error("an item that does not fit is no error")
	}
}

// TestRunsWithGaps: what lies near is read together, what is written never covers a gap.
func TestRunsWithGaps(t *testing.T) {
	l := ndbuf.Must(strides.Contiguous(strides.C, 4, 10, 10))
	l = ndbuf.Must(l.Index(strides.Range(strides.None, strides.None, -3), strides.Range(1, 9, 2)))
	box := slices.Clone(l.Shape)
	if r := (&array{layout: l, gap: maxReadGap}).runs(box); r.count != 1 || r.size != 3*120+3*8+4 || r.lead != 3*120 {
		t.Errorf("with gaps: %+v", r)
	}
	if r := (&array{layout: l}).runs(box); r.count != 16 || r.size != 4 {
		t.Errorf("without: %+v", r)
	}
}

// TestMemory converts a file in another process and looks at its peak of memory: --max-mem is kept, file pages
// included. NDBUF_TEST_GIB=1 takes 1 GiB.
func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: memory is measured on Linux only")
	}
	shape, maxMem := []int{512, 256, 512}, 64<<20 // 256 MiB
	switch {
	case os.Getenv("NDBUF_TEST_GIB") != "":
		shape[1] = 1024
	case testing.Short() || raceEnabled:
		shape[0], maxMem = 64, 24<<20
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.npy"), filepath.Join(dir, "out.npy")
	items := shape[0] * shape[1] * shape[2]
	f, err := os.Create(in)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := ndbuf.Must(ndbuf.New("<f", strides.C))
	h := ndbuf.Must(npy.HeaderOf(m))
	h.Shape = shape
	if _, err := npy.WriteHeader(f, h); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<20)
	for i := 0; i < items; { // item i, as bits, is i
		for k := 0; k < len(buf); k += 4 {
			binary.LittleEndian.PutUint32(buf[k:], uint32(i))
			i++
		}
		if _, err := f.Write(buf); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "convert", in, out, "--order", "F", "--perm", "1,0,2", "--max-mem", strconv.Itoa(maxMem))
	cmd.Env = append(os.Environ(), asProgram+"=1")
	told, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("SKIPPED: the system cannot run this program by itself, only through an emulator")
	}
	if err != nil {
		t.Fatalf("%v: %s", err, told)
	}
	t.Logf("%s", told)
	peak := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(told)
	if peak == nil {
		t.Skipf("SKIPPED: /proc tells no peak of memory: %s", told)
	}
	kib, err := strconv.Atoi(string(peak[1]))
	if err != nil {
		t.Fatal(err)
	}
	if limit := maxMem >> 10; kib > limit && !raceEnabled {
		t.Errorf("peak of %d KiB with --max-mem of %d KiB", kib, limit)
	}
	// OUT in memory order: axes 2, 0, 1 of IN from the slowest on.
	g, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	got, err := npy.ReadHeader(g)
	if err != nil || !got.Fortran || !slices.Equal(got.Shape, []int{shape[1], shape[0], shape[2]}) {
		t.Fatalf("%+v, %v", got, err)
	}
	row := make([]byte, 4*shape[1])
	for i2 := range shape[2] {
		for i0 := range shape[0] {
			if _, err := io.ReadFull(g, row); err != nil {
				t.Fatal(err)
			}
			for i1 := range shape[1] {
				want := uint32((i0*shape[1]+i1)*shape[2] + i2)
				if got := binary.LittleEndian.Uint32(row[4*i1:]); got != want {
					t.Fatalf("item [%d, %d, %d] is %d, want %d", i1, i0, i2, got, want)
				}
			}
		}
	}
}
