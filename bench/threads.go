package main

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/strided-go/strided/ndbuf"
)

// large says whether the row is one of the large copies that have to gain from threads.
func (j *job) large() bool {
	switch j.section {
	case sectionTransposes, sectionPermutations, sectionLanes:
		return j.n() >= 16<<20
	}
	return false
}

// threaded names a column on n threads.
func threaded(name string, n int) string { return fmt.Sprintf("%s on %d", name, n) }

// copyOn is copy, a part of the bytes on each of n goroutines.
func copyOn(n int, dst, src []byte) {
	var all sync.WaitGroup
	for i := range n {
		lo, hi := len(dst)*i/n, len(dst)*(i+1)/n
		all.Go(func() { copy(dst[lo:hi], src[lo:hi]) })
	}
	all.Wait()
}

// onThreads makes a column of ours use n goroutines.
func onThreads(c *column, n int) *column {
	run := c.run
	c.name = threaded(c.name, n)
	c.run = func(calls int, warm bool) (time.Duration, error) {
		defer ndbuf.SetThreads(ndbuf.SetThreads(n))
		return run(calls, warm)
	}
	return c
}

// A large copy has to gain this from two threads, or this part of what copy gains.
const (
	gainBar     = 1.5
	gainOfCopys = 0.9
)

// threadsSection reports the large copies on several threads: the gain is how much faster than on one.
func (r *report) threadsSection() string {
	n := r.options.threads
	best := r.levels[0]
	title := fmt.Sprintf("\n## Large copies on %d threads\n\n", n)
	table := tableHead([]string{"work", "copy GB/s", fmt.Sprintf("copy's gain on %d", n), best, threaded(best, n), "gain", "missed"})
	found := false
	for _, x := range r.results {
		both, ok := x.ratio[threaded("copy", n)]
		ours, ok2 := x.ratio[threaded(best, n)]
		if !ok || !ok2 {
			continue
		}
		found = true
		gain := ours.mid / x.ratio[best].mid
		missed := ""
		if gain < math.Min(gainBar, gainOfCopys*both.mid) {
			missed = "bar"
		}
		table += tableLine([]string{x.title(), fmt.Sprintf("%.1f", x.copyGBs.mid), fmt.Sprintf("%.2f", both.mid),
			fmt.Sprintf("%.3f", x.ratio[best].mid), fmt.Sprintf("%.3f", ours.mid), fmt.Sprintf("%.2f", gain), missed})
	}
	if !found {
		return ""
	}
	return title + table
}
