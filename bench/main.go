// Command bench times the library's copies beside Go's built-in copy of as many bytes, at every level the processor has,
// and beside gonum, NumPy, PyTorch and whatever else can do the same work, all in the same rounds.
//
//	go -C bench run . [-filter REGEXP] [-levels LIST] [-peers LIST] [-processes N] [-out DIR] ...
//
// README.md beside this file says what a figure means, how it is measured and how to add a peer of your own. The program
// runs itself once for each process asked for (measure.go), collects what these print (worker.go), and reports the
// medians of the processes in Markdown (report.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/strided-go/strided/simd"
)

// Options are what the flags say, in main's comment and with -help.
type options struct {
	filter    *regexp.Regexp
	rounds    int
	slice     time.Duration
	levels    []simd.Level // best first
	peers     []string     // of "gonum", "numpy", "torch"
	libraries []library
	python    string
	threads   int
	processes int
	out       string
	worker    int  // which process this is, from 1
	check     bool // compare every answer with the plain loop's
}

// A library is a peer that the user brings: the path of a shared library (README.md).
type library struct{ name, path string }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, os.Args[1:], spawn)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is the program: a worker where the hidden flag says so, and otherwise the one who starts workers with start and
// reports what they measured.
func run(ctx context.Context, w io.Writer, args []string, start starter) error {
	o, worker, err := parse(args)
	if err != nil {
		return err
	}
	all, err := cases()
	if err != nil {
		return err
	}
	chosen := choose(all, o.filter)
	if len(chosen) == 0 {
		return fmt.Errorf("no row matches -filter %v", o.filter)
	}
	if worker > 0 {
		o.worker, o.check = worker, worker == 1
		return work(ctx, w, chosen, o)
	}
	runs, err := collect(ctx, os.Stderr, args, o.processes, start)
	if err != nil {
		return err
	}
	r := newReport(chosen, runs, o)
	if _, err := io.WriteString(w, r.markdown()); err != nil || o.out == "" {
		return err
	}
	return r.keep(o.out, time.Now())
}

// parse reads the flags; worker is the number of the process that this one is, or 0.
func parse(args []string) (o *options, worker int, err error) {
	o = &options{}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&worker, "worker", 0, "used by the program itself: measure as this process and print samples")
	filter := f.String("filter", "", "run only the rows whose \"section: name\" matches this `regexp`")
	f.IntVar(&o.rounds, "rounds", 7, "rounds a row")
	f.DurationVar(&o.slice, "time", 5*time.Millisecond, "how long one column runs in one round, at least once")
	levels := f.String("levels", "all", "a `list` of kernel levels: avx512,avx2,...")
	peers := f.String("peers", "all", "all, none, or a `list` of gonum,numpy,torch")
	f.StringVar(&o.python, "python", "", "the `program` that runs NumPy and PyTorch; by default the first python3 that has NumPy")
	f.IntVar(&o.threads, "threads", 1, "with more than one: also the large copies on this many threads")
	f.IntVar(&o.processes, "processes", 3, "processes to take the medians of")
	f.StringVar(&o.out, "out", "", "keep the report and the samples in this `directory`")
	quick := f.Bool("quick", false, "one process, one round, no time, and unless asked for the best level only and no peers: does every row still run?")
	f.Func("peer", "a peer of your own, as `name=library.so`; may be repeated", func(s string) error {
		name, path, ok := strings.Cut(s, "=")
		if !ok || name == "" || path == "" {
			return fmt.Errorf("want name=path")
		}
		o.libraries = append(o.libraries, library{name, path})
		return nil
	})
	if err := f.Parse(args); err != nil {
		return nil, 0, err
	}
	if *quick {
		o.rounds, o.slice, o.processes = 1, 0, 1
		if !given(f, "levels") {
			*levels = simd.Active().String()
		}
		if !given(f, "peers") {
			*peers = "none"
		}
	}
	switch {
	case f.NArg() > 0:
		return nil, 0, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.rounds < 1 || o.processes < 1 || o.threads < 1:
		return nil, 0, fmt.Errorf("rounds %d, processes %d, threads %d: want at least 1", o.rounds, o.processes, o.threads)
	}
	if o.filter, err = regexp.Compile(*filter); err != nil {
		return nil, 0, err
	}
	if o.levels, err = parseLevels(*levels); err != nil {
		return nil, 0, err
	}
	o.peers, err = parsePeers(*peers)
	return o, worker, err
}

// given says whether a flag stands in the arguments.
func given(f *flag.FlagSet, name string) bool {
	found := false
	f.Visit(func(x *flag.Flag) { found = found || x.Name == name })
	return found
}

// parseLevels returns the levels in the list that this processor has, best first.
func parseLevels(list string) ([]simd.Level, error) {
	have := simd.Levels()
	slices.Sort(have)
	slices.Reverse(have)
	if list == "all" {
		return have, nil
	}
	var levels []simd.Level
	names := strings.Split(list, ",")
	for _, l := range have {
		if i := slices.Index(names, l.String()); i >= 0 {
			levels = append(levels, l)
			names = slices.Delete(names, i, i+1)
		}
	}
	if len(names) > 0 {
		return nil, fmt.Errorf("-levels: this processor cannot run %q, only %v", names, have)
	}
	return levels, nil
}

func parsePeers(list string) ([]string, error) {
	all := []string{"gonum", "numpy", "torch"}
	switch list {
	case "all":
		return all, nil
	case "none", "":
		return nil, nil
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("-peers: no peer %q, only %v", name, all)
		}
	}
	return names, nil
}

// spawn starts the program again, as worker i.
func spawn(ctx context.Context, args []string, i int) (io.Reader, func() error, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, self, append(slices.Clone(args), fmt.Sprintf("-worker=%d", i))...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return out, cmd.Wait, cmd.Start()
}
