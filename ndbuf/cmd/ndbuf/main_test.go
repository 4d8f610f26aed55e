package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// asProgram is set, by TestMemory, for the test binary to be the program and to tell its peak of memory.
const asProgram = "NDBUF_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	t := &tool{ctx: context.Background(), out: os.Stdout, err: os.Stderr}
	status := t.run(os.Args[1:])
	if about, err := os.ReadFile("/proc/self/status"); err == nil {
		os.Stdout.Write(regexp.MustCompile(`(?m)^VmHWM:.*\n`).Find(about))
	}
	os.Exit(status)
}

// ndbufTool runs the program and returns its exit status and what it printed.
func ndbufTool(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = (&tool{ctx: context.Background(), out: &out, err: &err}).run(args)
	return status, out.String(), err.String()
}

// succeed runs the program, which must not fail, and returns what it printed.
func succeed(t *testing.T, args ...string) string {
	t.Helper()
	status, out, err := ndbufTool(args...)
	if status != exitOK {
		t.Fatalf("ndbuf %q: exit %d: %s", args, status, err)
	}
	return out
}

// counting makes an array whose items are 0, 1, 2, ... in C order.
func counting(t *testing.T, format string, order strides.Order, shape ...int) *ndbuf.MemoryView {
	t.Helper()
	m := ndbuf.Must(ndbuf.New(format, order, shape...))
	flat := ndbuf.Must(ndbuf.New(format, strides.C, shape...))
	line := ndbuf.Must(flat.Reshape(-1))
	for i := range line.Len() {
		if err := line.Set(i, i); err != nil {
			t.Fatal(err)
		}
	}
	if err := ndbuf.Copy(m, flat); err != nil {
		t.Fatal(err)
	}
	return m
}

// saved writes a view to a new file.
func saved(t *testing.T, name string, m *ndbuf.MemoryView) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := npy.WriteFile(path, m); err != nil {
		t.Fatal(err)
	}
	return path
}

// archived writes an archive of two arrays and returns its name.
func archived(t *testing.T, compress bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "two.npz")
	err := npy.WriteArchiveFile(path, compress,
		npy.Named{Name: "a", View: counting(t, "<i", strides.C, 3, 4)},
		npy.Named{Name: "deep/b", View: counting(t, ">d", strides.F, 2, 5)})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestUsage is a table of command lines and what comes of them.
func TestUsage(t *testing.T) {
	a := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte("not an array"), 0o666); err != nil {
		t.Fatal(err)
	}
	z := archived(t, false)
	zz := filepath.Join(t.TempDir(), "archive.npy")
	if data, err := os.ReadFile(z); err != nil || os.WriteFile(zz, data, 0o666) != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   string
		status int
		says   string // on stdout for status 0, else on stderr
	}{
		{"", 2, "ndbuf convert IN OUT"},
		{"help", 0, "ndbuf convert IN OUT"},
		{"--help", 0, "ndbuf convert IN OUT"},
		{"help convert", 0, "--max-mem size"},
		{"convert -h", 0, "--max-mem size"},
		{"help cmp", 0, "Exit status"},
		{"help", 0, "- is not standard\ninput, and info, convert and cmp, which read at offsets, refuse pipes."},
		{"help", 0, "members, not of stored ones"},
		{"help convert", 0, "standard input and output, will not do"},
		{"info -", 2, "open -: no such file"},
		{"help nothing", 2, `there is no command "nothing"`},
		{"nothing", 2, `there is no command "nothing"`},
		{"version", 0, "ndbuf "},
		{"version -v", 0, "simd: level"},
		{"version 1", 2, `argument "1" is one too many`},
		{"info", 2, "0 arguments given, 1 needed"},
		{"info --yaml $A", 2, "flag provided but not defined: -yaml"},
		{"info $MISSING", 2, "no such file"},
		{"info $TEXT", 2, "not a .npy file"},
		{"info $DIR", 2, "not a regular file"},
		{"info $A/member", 2, `not an archive, so it has no member "member"`},
		{"info $Z/other", 2, `no member "other"; there are a, deep/b`},
		{"show $A B", 2, `argument "B" is one too many`},
		{"show $MISSING", 2, "no such file"},
		{"show $TEXT", 2, "not a .npy file"},
		{"show $A[7]", 2, "$A[7]: "},
		{"show $A[x]", 2, "$A[x]: "},
		{"show $A/member", 2, `not an archive, so it has no member "member"`},
		{"show $Z", 2, "an archive of 2 arrays: name one after a slash: a, deep/b"},
		{"show $Z/other", 2, "no such array"},
		{"convert $A", 2, "1 arguments given, 2 needed"},
		{"convert $A $OUT --order X", 2, "want C or F"},
		{"convert $A $OUT --perm 1;0", 2, "want axis numbers"},
		{"convert $A $OUT --perm 0,0", 2, "--perm 0,0: "},
		{"convert $A $OUT --slice 7", 2, "--slice 7: "},
		{"convert $A $OUT --slice a:b", 2, "invalid value"},
		{"convert $A $OUT --byteorder middle", 2, "want little, big or native"},
		{"convert $A $OUT --max-mem 64MX", 2, "want a size such as 64MiB"},
		{"convert $A $OUT --max-mem NaN", 2, "want a size such as 64MiB"},
		{"convert $A $OUT --max-mem 1kB", 2, "--max-mem 1000 B: at least 8.0 MiB"},
		{"convert $TEXT $OUT", 2, "not a .npy file"},
		{"convert $Z/a $Z", 2, "convert writes .npy files"},
		{"convert $Z/a $Z/a", 2, "convert writes .npy files"},
		{"convert $Z/a $Z/new", 2, "convert writes .npy files"},
		{"convert $A $MISSING.npz", 2, "convert writes .npy files"},
		{"convert $A $MISSING.NPZ", 2, "convert writes .npy files"},
		{"convert $A $ZZ", 2, "convert writes .npy files"},
		{"convert $Z $OUT", 2, "name one after a slash"},
		{"convert $A $DIR", 2, "exists and is not a regular file"},
		{"convert $A $MISSING/out.npy", 2, "no such file"},
		{"cmp $A", 2, "1 arguments given, 2 needed"},
		{"cmp $A $MISSING", 2, "no such file"},
		{"cmp $MISSING $A", 2, "no such file"},
		{"cmp $A $TEXT", 2, "not a .npy file"},
		{"cmp $A $A --max-mem 1", 2, "at least 8.0 MiB"},
		{"demo x", 2, "one too many"},
		{"demo -o $A", 2, "not a directory"},
	} {
		t.Run(c.args, func(t *testing.T) {
			dir := t.TempDir()
			names := strings.NewReplacer("$MISSING", filepath.Join(dir, "missing"), "$TEXT", text, "$DIR", dir, "$A", a, "$ZZ", zz, "$Z", z,
				"$OUT", filepath.Join(dir, "out.npy"))
			args := strings.Fields(c.args)
			for i := range args {
				args[i] = names.Replace(args[i])
			}
			status, out, err := ndbufTool(args...)
			printed := err
			if c.status == exitOK {
				printed = out
			}
			if says := names.Replace(c.says); status != c.status || !strings.Contains(printed, says) {
				t.Errorf("exit %d and %q, want %d and %q", status, printed, c.status, says)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestFlagsAnywhere(t *testing.T) {
	a := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	out := filepath.Join(t.TempDir(), "-out.npy")
	for _, args := range [][]string{
		{"convert", "--order", "F", a, out},
		{"convert", a, "--order", "F", out},
		{"convert", a, out, "-order=F", "-q"},
		{"convert", "-q", a, "--order", "F", "--", out},
		{"convert", "--order", "F", "--", a, out},
		{"convert", "--slice", "...", "--order=F", a, out},
	} {
		os.Remove(out)
		succeed(t, args...)
		if got := succeed(t, "info", out); !strings.Contains(got, "order       F\n") {
			t.Errorf("ndbuf %q: %s", args, got)
		}
	}
	if status, _, err := ndbufTool("convert", a, "--slice", "--", out); status != exitTrouble || !strings.Contains(err, "slice") {
		t.Errorf("a flag whose value is --: exit %d: %s", status, err)
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{
		"1": 1, "64B": 64, "64MiB": 64 << 20, "64M": 64 << 20, "1.5KiB": 1536, "2 K": 2048, "3MB": 3e6, "1kB": 1000,
		"-1": 0, "": 0, "x": 0, "1e40": 0, "0": 0,
	} {
		var got byteSize
		if err := got.Set(text); got != want || (err != nil) != (want == 0) {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 3 << 29: "1.5 GiB", 1<<63 - 1: "8.0 EiB"} {
		if got := formatBytes(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

func TestInfo(t *testing.T) {
	for _, c := range []struct {
		name string
		m    *ndbuf.MemoryView
		want string
	}{
		{"C", counting(t, "<i", strides.C, 3, 4), `
  dtype       '<i4'
  format      <i
  shape       (3, 4)
  strides     (16, 4)
  order       C
  contiguous  C
  items       12 of 4 bytes
  size        48 bytes (48 B), from byte 128 on
  version     1.0
`},
		{"F", counting(t, ">d", strides.F, 3, 4), `
  dtype       '>f8'
  format      >d
  shape       (3, 4)
  strides     (8, 24)
  order       F
  contiguous  F
  items       12 of 8 bytes
  size        96 bytes (96 B), from byte 128 on
  version     1.0
`},
		{"scalar", counting(t, "B", strides.C), `
  dtype       '|u1'
  format      B
  shape       ()
  strides     ()
  order       C
  contiguous  C and F
  items       1 of 1 byte
  size        1 byte (1 B), from byte 128 on
  version     1.0
`},
		{"empty", counting(t, "<H", strides.C, 0, 5), `
  dtype       '<u2'
  format      <H
  shape       (0, 5)
  strides     (10, 2)
  order       C
  contiguous  C and F
  items       0 of 2 bytes
  size        0 bytes (0 B), from byte 128 on
  version     1.0
`},
	} {
		path := saved(t, c.name+".npy", c.m)
		got := succeed(t, "info", path)
		first, rest, _ := strings.Cut(got, "\n")
		if formatLine := regexp.MustCompile(`(?m)^  format .*\n`); "\n"+formatLine.ReplaceAllString(rest, "") !=
			formatLine.ReplaceAllString(c.want, "") || !strings.HasPrefix(first, path+": ") {
			t.Errorf("%s: got\n%s\nwant%s", c.name, got, c.want)
		}
	}
}

func TestInfoJSON(t *testing.T) {
	path := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	want := fmt.Sprintf(`{
  "file": %q,
  "bytes": 176,
  "array": {
    "version": "1.0",
    "descr": "'<i4'",
`, path)
	if got := succeed(t, "info", "--json", path); !strings.HasPrefix(got, want) || !strings.Contains(got, `"c_contiguous": true`) {
		t.Errorf("got %s, want it to begin with %s", got, want)
	}
	got := succeed(t, "info", archived(t, true), "--json")
	for _, want := range []string{`"members": [`, `"name": "deep/b"`, `"compressed": true`, `"order": "F"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// The plan that info tells is that of the copy which its flags describe.
func TestInfoPlan(t *testing.T) {
	in := counting(t, "<d", strides.C, 6, 5, 4)
	path := saved(t, "a.npy", in)
	for _, c := range []struct {
		flags []string
		view  *ndbuf.MemoryView
		order strides.Order
	}{
		{nil, in, strides.C},
		{[]string{"--order", "F"}, in, strides.F},
		{[]string{"--perm", "2,0,1"}, ndbuf.Must(in.Transpose(2, 0, 1)), strides.C},
		{[]string{"--slice", "::2, 1:", "--perm", "1,0,2", "--order", "F"}, ndbuf.Must(ndbuf.Must(in.Slice("::2, 1:")).Transpose(1, 0, 2)), strides.F},
	} {
		from := strides.Layout{Shape: c.view.Shape(), Strides: c.view.Strides(), ItemSize: 8}
		to, err := strides.Contiguous(c.order, 8, from.Shape...)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ndbuf.PlanCopy(to, from, "<d")
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Array struct{ Plan string } }
		if err := json.Unmarshal([]byte(succeed(t, append([]string{"info", "--plan", "--json", path}, c.flags...)...)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Array.Plan != p.String() {
			t.Errorf("%q: got %s, want %v", c.flags, got.Array.Plan, p)
		}
		text := succeed(t, append([]string{"info", "--plan", path}, c.flags...)...)
		if first, _, _ := strings.Cut(p.String(), "\n"); !strings.Contains(text, "\n  plan        "+first+"\n") {
			t.Errorf("%q: no plan %q in %s", c.flags, first, text)
		}
	}
	for _, args := range [][]string{{"--perm", "2,0,1"}, {"--order", "F"}, {"--slice", "1:"}} {
		if status, _, problem := ndbufTool(append([]string{"info", path}, args...)...); status != exitTrouble || !strings.Contains(problem, "--plan") {
			t.Errorf("%q: exit %d: %s", args, status, problem)
		}
	}
}

func TestInfoArchive(t *testing.T) {
	for _, compress := range []bool{false, true} {
		path := archived(t, compress)
		got := succeed(t, "info", path)
		for _, want := range []string{"an archive, ", "\na: ", "\ndeep/b: ", "(3, 4)", "'>f8'"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in %s", want, got)
			}
		}
		if got := succeed(t, "info", path+"/deep/b"); strings.Contains(got, "(3, 4)") || !strings.Contains(got, "(2, 5)") {
			t.Errorf("one member: %s", got)
		}
	}
}

// TestTruncated: every command says that a file is too short.
func TestTruncated(t *testing.T) {
	path := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	if err := os.Truncate(path, 170); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.npy")
	for _, args := range [][]string{{"info", path}, {"show", path}, {"convert", path, out}, {"cmp", path, path}} {
		if status, _, err := ndbufTool(args...); status != exitTrouble || !strings.Contains(err, "ends too early") {
			t.Errorf("ndbuf %q: exit %d: %s", args, status, err)
		}
	}
}

func TestShow(t *testing.T) {
	path := saved(t, "a.npy", counting(t, "<i", strides.C, 3, 4))
	odd := filepath.Join(t.TempDir(), "odd[1]")
	if err := npy.WriteFile(odd, counting(t, "<i", strides.C, 2)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ arg, want string }{
		{path, "[[ 0  1  2  3]\n [ 4  5  6  7]\n [ 8  9 10 11]]\n"},
		{path + "[()]", "[[ 0  1  2  3]\n [ 4  5  6  7]\n [ 8  9 10 11]]\n"},
		{path + "[ () ]", "[[ 0  1  2  3]\n [ 4  5  6  7]\n [ 8  9 10 11]]\n"},
		{path + "[]", "[[ 0  1  2  3]\n [ 4  5  6  7]\n [ 8  9 10 11]]\n"},
		{path + "[1]", "[4 5 6 7]\n"},
		{path + "[::-1, 1:3]", "[[ 9 10]\n [ 5  6]\n [ 1  2]]\n"},
		{path + "[..., -1]", "[ 3  7 11]\n"},
		{path + "[2, 3]", "11\n"},
		{path + "[1, None, 1:]", "[[5 6 7]]\n"},
		{odd, "[0 1]\n"},
		{odd + "[1]", "1\n"},
		{archived(t, false) + "/a[0]", "[0 1 2 3]\n"},
		{archived(t, true) + "/deep/b[1]", "[5. 6. 7. 8. 9.]\n"},
		{archived(t, true) + "/a.npy[0, :2]", "[0 1]\n"},
	} {
		if got := succeed(t, "show", c.arg); got != c.want {
			t.Errorf("%s: got %q, want %q", c.arg, got, c.want)
		}
	}
	if got := succeed(t, "show", "-v", path+"[:, 0]"); !strings.Contains(got, "shape (3,), strides (16,)\n[0 4 8]") {
		t.Errorf("-v: %q", got)
	}
}

// TestShowHuge: of a file of 32 GiB, a hole but for its end, only the items that are printed are read.
func TestShowHuge(t *testing.T) {
	if strconv.IntSize < 64 || runtime.GOOS != "linux" {
		t.Skip("SKIPPED: needs files with holes and 64-bit addresses")
	}
	path := filepath.Join(t.TempDir(), "huge.npy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := ndbuf.Must(npy.HeaderOf(ndbuf.Must(ndbuf.New("<q", strides.C))))
	h.Shape = []int{1 << 16, 1 << 16}
	n, err := npy.WriteHeader(f, h)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(int64(n) + 1<<35); err != nil {
		t.Skipf("SKIPPED: the file system takes no such file: %v", err)
	}
	if _, err := f.WriteAt([]byte{42}, int64(n)+1<<35-8); err != nil {
		t.Fatal(err)
	}
	if got := succeed(t, "show", path+"[-1, ::-65535]"); got != "[42  0]\n" {
		t.Errorf("got %q", got)
	}
	if got := succeed(t, "show", path); !strings.HasSuffix(got, " 0  0 42]]\n") {
		t.Errorf("got %q", got)
	}
}

// TestProgress: the bar counts to its end and leaves nothing; without a terminal there is none.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, "convert", 100)
	p.add(60)
	p.add(40)
	p.end()
	if !strings.Contains(b.String(), "convert") {
		t.Errorf("drawn: %q", b.String())
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, quiet := range []*tool{{err: &b}, {err: f}} {
		if p := quiet.progress("convert", 100); p.bar != nil {
			t.Errorf("a bar on %T, which is no terminal", quiet.err)
		} else {
			p.add(1)
			p.end()
		}
	}
}

func TestIndexText(t *testing.T) {
	if got := indexText([]int{3, 4}) + tuple([]int{}) + tuple([]int{5}) + tuple([]int{1, 2}); got != "[3, 4]()(5,)(1, 2)" {
		t.Error(got)
	}
}
