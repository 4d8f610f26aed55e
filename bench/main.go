// Command bench times the library's copies beside Go's built-in copy of as many bytes, in one run.
//
//	go -C bench run . [-filter REGEXP] [-rounds N] [-time D] [-out DIR]
//
// Each row is one piece of work. Its operations and the plain copy take turns, round after round, so that all of them
// meet the machine in the same state; each is called often enough in a round for the clock not to matter. A figure is
// (bytes of items read + bytes written) / median time, given as a ratio to the plain copy's. The spread is that of the
// plain copy's rounds: (third quartile - first quartile) / median; a row whose copy is unsteady says little.
//
// The table is printed in Markdown. With -out the same is kept as DIR/<date>-<cpu>.md and .csv, with every raw sample.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/simd"
)

func main() {
	filter := flag.String("filter", "", "run only the rows whose name matches this `regexp`")
	rounds := flag.Int("rounds", 11, "rounds a row")
	slice := flag.Duration("time", 20*time.Millisecond, "how long one operation runs in one round, at least once")
	threads := flag.Int("threads", 1, "goroutines one copy may use")
	out := flag.String("out", "", "keep the report and the raw samples in this `directory`")
	flag.Parse()
	if err := run(os.Stdout, *filter, *rounds, *slice, *threads, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, filter string, rounds int, slice time.Duration, threads int, out string) error {
	if rounds < 1 {
		return fmt.Errorf("rounds %d: want at least 1", rounds)
	}
	match, err := regexp.Compile(filter)
	if err != nil {
		return err
	}
	ndbuf.SetThreads(threads)
	var report, csv strings.Builder
	both := io.MultiWriter(w, &report)
	head(both, rounds, threads)
	fmt.Fprintln(&csv, "row,operation,bytes,round,calls,ns_per_call")
	fmt.Fprintln(both, "| work | bytes | copy GB/s | spread | GetContiguous | CopyTo | Copy |")
	fmt.Fprintln(both, "|---|--:|--:|--:|--:|--:|--:|")
	for _, c := range cases() {
		if !match.MatchString(c.name) {
			continue
		}
		r, err := c.measure(rounds, slice)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		base := r.ops[0]
		fmt.Fprintf(both, "| %s | %d | %.1f | %.0f %% |", c.name, r.bytes, float64(2*r.bytes)/base.median(), 100*base.spread())
		for _, op := range r.ops[1:] {
			fmt.Fprintf(both, " %.3f |", base.median()/op.median())
		}
		fmt.Fprintln(both)
		for _, op := range r.ops {
			for i, s := range op.samples {
				fmt.Fprintf(&csv, "%q,%s,%d,%d,%d,%.1f\n", c.name, op.name, r.bytes, i, op.calls, s)
			}
		}
	}
	if out == "" {
		return nil
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	name := filepath.Join(out, time.Now().Format("2006-01-02")+"-"+cpuName())
	if err := os.WriteFile(name+".md", []byte(report.String()), 0o666); err != nil {
		return err
	}
	return os.WriteFile(name+".csv", []byte(csv.String()), 0o666)
}

// head says what ran, so that two reports can be compared.
func head(w io.Writer, rounds, threads int) {
	c := cpuid.CPU
	fmt.Fprintf(w, "%s, L1d %d KiB, L2 %d KiB, L3 %d KiB, %d CPUs; %s %s/%s; level %v; %d threads; medians of %d rounds\n\n",
		c.BrandName, c.Cache.L1D>>10, c.Cache.L2>>10, c.Cache.L3>>10, runtime.NumCPU(), runtime.Version(), runtime.GOOS,
		runtime.GOARCH, simd.Active(), threads, rounds)
	fmt.Fprint(w, "Ratios to `copy` of as many bytes in the same rounds (1 is the speed of copy; more is faster).\n\n")
}

// cpuName is the processor's name as part of a file name.
func cpuName() string {
	name := strings.ToLower(cpuid.CPU.BrandName)
	if name == "" {
		name = runtime.GOARCH
	}
	return strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(name, "-"), "-")
}
