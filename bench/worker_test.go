package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/strided-go/strided/simd"
)

// asProgram is set in the environment of a test binary that is to be the program itself.
const asProgram = "BENCH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	m.Run()
}

// inProcess starts a worker as a goroutine.
func inProcess(ctx context.Context, args []string, i int) (io.Reader, func() error, error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, w, append(slices.Clone(args), "-worker="+string(rune('0'+i))), nil)
		w.CloseWithError(err)
		done <- err
	}()
	return r, func() error { return <-done }, nil
}

// Small rows of every kind, through the whole program.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	args := []string{"-filter", "transposes: (16|64|256)|^calls|Copy of (64|256) ", "-rounds", "3", "-time", "1us", "-processes", "2", "-peers", "gonum", "-out", dir}
	if err := run(t.Context(), &out, args, inProcess); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## Transposes", "| 64² transpose, 8 bytes |", "## Contiguous", "## Calls", "| CopyTo, 16×16", "gonum", "generic", "median of 2 processes"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("kept %q, %v, want three files", files, err)
	}
}

// One row of each other section runs and gives the right bytes, on one thread and on two.
func TestRows(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: large rows take some seconds")
	}
	var out strings.Builder
	filter := "TTC 54:|HWC→CHW.*×3|fields of 12.*AoS→SoA|= c|a row to|columns, 100 000|transpose 2048² *, 4|swap 16|fresh.*1024|1025.* 4 bytes|2 in the middle|Copy of 65536 KiB, dst . 3"
	if err := run(t.Context(), &out, []string{"-quick", "-threads", "2", "-filter", filter}, inProcess); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"TTC", "Permutations", "Lanes and fields", "Broadcasts", "Contiguous", "Fresh memory", "Variants", "Alignment", "Selection", "Byte order", "Large copies on 2 threads"} {
		if !strings.Contains(out.String(), "\n## "+s+"\n") {
			t.Errorf("no section %q in\n%s", s, out.String())
		}
	}
}

// The program starts itself: a process of its own, whose end is noticed.
func TestSpawn(t *testing.T) {
	t.Setenv(asProgram, "1")
	out, wait, err := spawn(t.Context(), []string{"-quick", "-filter", "64² transpose, 4"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := listen(out)
	if end := wait(); err != nil || end != nil || len(p.samples) != 1 {
		t.Errorf("%+v, %v, %v", p, err, end)
	}
}

func TestListen(t *testing.T) {
	text := `{"Head":{"Peers":[{"Name":"numpy","Version":"2"}]}}
{"Sample":{"Row":"a: b","Attempts":2,"Void":true,"Columns":[{"Name":"copy","Calls":3,"Ns":[1,2.5]}]}}
`
	p, err := listen(strings.NewReader(text + `{"Done":true}`))
	if err != nil {
		t.Fatal(err)
	}
	s := p.samples[0]
	if p.head.Peers[0].Name != "numpy" || s.Row != "a: b" || s.Attempts != 2 || !s.Void || s.Columns[0].Calls != 3 || s.Columns[0].Ns[1] != 2.5 {
		t.Errorf("read %+v %+v", p.head, s)
	}
	if _, err := listen(strings.NewReader(text)); err == nil {
		t.Error("a worker that ended early was believed")
	}
	if _, err := listen(strings.NewReader(text + "oops")); err == nil {
		t.Error("a line that is no message was believed")
	}
}

// What goes wrong in a worker, or before one is there, is the program's error.
func TestCollectErrors(t *testing.T) {
	failed := errors.New("exit status 1")
	for name, start := range map[string]starter{
		"cannot start": func(context.Context, []string, int) (io.Reader, func() error, error) { return nil, nil, failed },
		"fails": func(context.Context, []string, int) (io.Reader, func() error, error) {
			return strings.NewReader(""), func() error { return failed }, nil
		},
	} {
		if _, err := collect(t.Context(), io.Discard, nil, 1, start); !errors.Is(err, failed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadArguments(t *testing.T) {
	for _, args := range [][]string{
		{"-filter", "("}, {"-filter", "no such row"}, {"-rounds", "0"}, {"-processes", "0"}, {"-threads", "0"}, {"-levels", "avx1024"},
		{"-peers", "numpy,blas"}, {"-peer", "blas"}, {"stray"},
	} {
		if err := run(t.Context(), io.Discard, args, nil); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
	if err := run(t.Context(), io.Discard, []string{"-filter", "16²", "-python", "/no/such/python", "-worker", "1"}, nil); err == nil {
		t.Error("a python that is not there was taken")
	}
}

func TestFlags(t *testing.T) {
	o, worker, err := parse([]string{"-quick", "-peer", "mine=a=b.so", "-worker", "2"})
	if err != nil {
		t.Fatal(err)
	}
	if o.processes != 1 || o.rounds != 1 || len(o.levels) != 1 || len(o.peers) != 0 || worker != 2 || o.libraries[0] != (library{"mine", "a=b.so"}) {
		t.Errorf("%+v, %d", o, worker)
	}
	o, _, err = parse([]string{"-quick", "-levels", "generic", "-peers", "numpy"})
	if err != nil || !slices.Equal(o.levels, []simd.Level{simd.Generic}) || !slices.Equal(o.peers, []string{"numpy"}) {
		t.Errorf("what stands beside -quick: %+v, %v", o, err)
	}
}

// Each column has its rounds, slow ones fewer, and calls before the clock only where they are quick.
func TestTimeColumns(t *testing.T) {
	warm := map[string]int{}
	fake := func(name string, call time.Duration) *column {
		return &column{name: name, run: func(n int, w bool) (time.Duration, error) {
			if w {
				warm[name]++
			}
			return time.Duration(n) * call, nil
		}}
	}
	quick, slow, slowest := fake("quick", time.Microsecond), fake("slow", 40*time.Millisecond), fake("slowest", time.Hour)
	rng := rand.New(rand.NewPCG(5, 6))
	if err := timeColumns([]*column{quick, slow, slowest}, 7, 5*time.Millisecond, rng); err != nil {
		t.Fatal(err)
	}
	if len(quick.samples) != 7 || quick.samples[0] != 1000 || quick.calls < 2500 || warm["quick"] != 7 {
		t.Errorf("quick: %d calls, %v, %d warm", quick.calls, quick.samples, warm["quick"])
	}
	if len(slow.samples) != 2 || slow.calls != 1 || warm["slow"] != 2 {
		t.Errorf("slow: %d calls, %v, %d warm", slow.calls, slow.samples, warm["slow"])
	}
	if len(slowest.samples) != 1 || warm["slowest"] != 0 {
		t.Errorf("slowest: %v", slowest.samples)
	}
	broken := &column{run: func(int, bool) (time.Duration, error) { return 0, io.ErrUnexpectedEOF }}
	if err := timeColumns([]*column{quick, broken}, 1, 0, rng); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a column that fails: %v", err)
	}
}

// An answer that is wrong, or no answer, is found out.
func TestWrongBytes(t *testing.T) {
	b := &builder{}
	j := b.add(sectionTransposes, "wrong", b.permuted(4, []int{1, 0}, 3, 5), bar{}, 0)
	src, dst, want := make([]byte, 60), make([]byte, 60), make([]byte, 60)
	pattern(src)
	plain(want, j.dst, src, j.src)
	for name, call := range map[string]func() error{
		"nothing":          func() error { return nil },
		"not transposed":   func() error { copy(dst, src); return nil },
		"an item too few":  func() error { copy(dst[:56], want); return nil },
		"the right answer": func() error { copy(dst, want); return nil },
	} {
		if err := sameBytes(j, goColumn(name, call), dst, want)(); (err == nil) != (name == "the right answer") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The peers' process: the same bytes, and refusals that do not end it.
func TestPython(t *testing.T) {
	if _, err := findPython(t.Context(), ""); err != nil {
		t.Skip("SKIPPED: ", err)
	}
	o := &options{peers: []string{"gonum", "numpy", "torch"}, levels: []simd.Level{simd.Generic}, rounds: 2, check: true}
	if cc, err := exec.LookPath("cc"); err != nil {
		t.Log("SKIPPED: a peer of the user's: ", err)
	} else {
		path := filepath.Join(t.TempDir(), "peer.so")
		if text, err := exec.Command(cc, "-shared", "-fPIC", "-O1", "-o", path, "testdata/peer.c").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		o.libraries = []library{{"mine", path}}
	}
	b := &builder{}
	turned := b.add("peers", "transpose", b.permuted(8, []int{1, 0}, 30, 50), bar{}, 0)
	lane := b.into("peers", "lanes", b.at(b.c(4, 30, 50), ":, ::2"), b.at(b.c(4, 30, 50), ":, ::-2"), bar{}, 0)
	odd := b.add("peers", "odd items", b.permuted(3, []int{1, 0}, 30, 50), bar{}, 0)
	scalar := b.add("peers", "a scalar", b.c(8), bar{}, 0)
	b.pick("Take", "take", b.c(8, 30, 20), b.c(8, 30, 50), picks{1, 20, 50}, bar{}, 0)
	b.pick("Put", "put", b.c(4, 5000), b.c(4, 20), picks{0, 20, 5000}, bar{}, 0)
	take, put := b.jobs[4], b.jobs[5]
	swap := b.add("peers", "swap", b.permuted(4, []int{1, 0}, 30, 50), bar{}, 0)
	swap.swap = true
	fresh := b.add("peers", "fresh", b.permuted(8, []int{1, 0}, 30, 50), bar{}, 0)
	fresh.call = "GetContiguous"
	bench, err := newBench(t.Context(), b.jobs, o)
	if err != nil {
		t.Fatal(err)
	}
	defer bench.python.stop()
	torch := slices.Contains(names(bench.python.versions()), "torch")
	for j, want := range map[*job][]string{turned: {"numpy", "torch", "mine"}, lane: {"numpy", "mine"}, odd: {"numpy", "mine"},
		scalar: {"numpy", "torch"}, take: {"numpy", "torch"}, put: {"numpy", "torch"}, swap: {"numpy"}, fresh: {"numpy", "torch"}} {
		s, err := bench.measure(j)
		if err != nil {
			t.Errorf("%s: %v", j.name, err)
			continue
		}
		have := map[string]bool{}
		for _, c := range s.Columns {
			have[c.Name] = len(c.Ns) > 0 && c.Ns[0] > 0
		}
		for _, name := range []string{"numpy", "torch", "mine"} {
			there := name == "numpy" || name == "torch" && torch || name == "mine" && len(o.libraries) > 0
			if have[name] != (there && slices.Contains(want, name)) {
				t.Errorf("%s: %s measured: %v", j.name, name, have[name])
			}
		}
	}
	columns, err := bench.python.columns(turned)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		if err := bench.python.check(turned, c.name, 12345); err == nil {
			t.Errorf("%s: a wrong checksum was taken", c.name)
		}
	}
	if _, err := bench.python.ask(map[string]any{"run": "nobody", "n": 1, "warm": false}); err == nil {
		t.Error("a peer that is not there answered")
	}
	if _, err := bench.python.columns(turned); err != nil {
		t.Errorf("after an error: %v", err)
	}
}

// A peer that the user brings has to be there.
func TestMissingLibrary(t *testing.T) {
	if _, err := findPython(t.Context(), ""); err != nil {
		t.Skip("SKIPPED: ", err)
	}
	o := &options{libraries: []library{{"mine", "/no/such/library.so"}}}
	if _, err := newBench(t.Context(), nil, o); err == nil || !strings.Contains(err.Error(), "library.so") {
		t.Errorf("a library that is not there: %v", err)
	}
}
