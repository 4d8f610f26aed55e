package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"github.com/strided-go/strided/simd"
)

// A report is what a run found, ready to be written.
type report struct {
	options *options
	runs    []*process
	results []*result
	levels  []string // columns of ours, the best first
	peers   []string // other columns that some row has
}

func newReport(jobs []*job, runs []*process, o *options) *report {
	r := &report{options: o, runs: runs}
	for _, j := range jobs {
		r.results = append(r.results, merge(j, runs))
	}
	for _, l := range o.levels {
		r.levels = append(r.levels, l.String())
	}
	order := append([]string{"gonum"}, names(runs[0].head.Peers)...)
	for _, name := range order {
		if slices.ContainsFunc(r.results, func(x *result) bool { _, ok := x.ratio[name]; return ok }) {
			r.peers = append(r.peers, name)
		}
	}
	return r
}

func names(v []peerVersion) []string {
	var n []string
	for _, p := range v {
		n = append(n, p.Name)
	}
	return n
}

// find returns the row with an id, or nil.
func (r *report) find(id string) *result {
	for _, x := range r.results {
		if x.id() == id {
			return x
		}
	}
	return nil
}

// markdown is the whole report.
func (r *report) markdown() string { return r.head() + r.body() }

// body is what follows the head: a table for each section, and what is missed.
func (r *report) body() string {
	var w strings.Builder
	section := ""
	for _, x := range r.results {
		if x.section != section {
			section = x.section
			w.WriteString("\n## " + strings.ToUpper(section[:1]) + section[1:] + "\n\n")
			if section == sectionTTC {
				w.WriteString(ttcTable(r.ttc()) + "\n")
			}
			w.WriteString(tableHead(r.columnTitles(section)))
		}
		w.WriteString(tableLine(r.cells(x)))
	}
	w.WriteString(r.threadsSection())
	w.WriteString(r.missedSection())
	return w.String()
}

// head says what ran, so that two reports can be compared.
func (r *report) head() string {
	var w strings.Builder
	c := cpuid.CPU
	kib := func(n int) string {
		if n <= 0 {
			return "unknown"
		}
		return fmt.Sprintf("%d KiB", n>>10)
	}
	fmt.Fprintf(&w, "# Copies beside copy\n\n")
	fmt.Fprintf(&w, "- %s; L1d %s, L2 %s, L3 %s; processors to run on: %d\n",
		cpuBrand(), kib(c.Cache.L1D), kib(c.Cache.L2), kib(c.Cache.L3), runtime.NumCPU())
	fmt.Fprintf(&w, "- %s %s/%s; kernels at level %v and, column by column, at %s; one thread\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, simd.Active(), strings.Join(r.levels, ", "))
	var peers []string
	for _, p := range r.runs[0].head.Peers {
		peers = append(peers, p.Name+" "+p.Version)
	}
	if len(peers) > 0 {
		fmt.Fprintf(&w, "- peers in a process beside ours: %s\n", strings.Join(peers, ", "))
	}
	if pages, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); err == nil {
		fmt.Fprintf(&w, "- memory on the Go heap, written before the clock runs; transparent huge pages: %s\n", strings.TrimSpace(string(pages)))
	}
	fmt.Fprintf(&w, "- median of %d processes, each the median of up to %d rounds\n\n", len(r.runs), r.options.rounds)
	w.WriteString("Figures are ratios to Go's `copy` of as many bytes in the same rounds: 1 is the speed of copy, more is faster.\n" +
		"\"Limit\" is what the cache lines that have to move permit in memory. \"Unsteady\" is copy's distance between quartiles\n" +
		"over its median. Bars and peers are the table's in cases.go, for one thread of a Zen 5 with AVX-512.\n")
	return w.String()
}

func cpuBrand() string {
	if name := cpuid.CPU.BrandName; name != "" {
		return name
	}
	return runtime.GOARCH
}

// cpuName is the processor's name as part of a file name.
func cpuName() string {
	return strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(cpuBrand()), "-"), "-")
}

// columnTitles are a section's.
func (r *report) columnTitles(section string) []string {
	t := []string{"work", "MiB", "limit", "copy GB/s", "unsteady"}
	switch section {
	case sectionCalls:
		t = []string{"call", "copy ns"}
	case sectionFresh:
		t[3] = "append GB/s"
	}
	for i, l := range r.levels {
		t = append(t, l)
		if i == 0 {
			t = append(t, "lowest–highest")
		}
	}
	t = append(t, r.peers...)
	return append(t, "bar", "peers", "missed")
}

// cells are a row's, under its section's titles.
func (r *report) cells(x *result) []string {
	cells := []string{x.title()}
	if x.inNs() {
		cells = append(cells, fmt.Sprintf("%.0f", x.copyNs))
	} else {
		cells = append(cells, fmt.Sprintf("%.3g", float64(x.n())/(1<<20)), fmt.Sprintf("%.2f", x.limit()),
			fmt.Sprintf("%.1f", x.copyGBs.mid), fmt.Sprintf("%.0f %%", 100*x.noise))
	}
	for i, name := range slices.Concat(r.levels, r.peers) {
		s, ok := x.ratio[name]
		switch {
		case !ok:
			cells = append(cells, "")
		case x.inNs():
			cells = append(cells, fmt.Sprintf("%.0f", x.ns[name]))
		default:
			cells = append(cells, fmt.Sprintf("%.3f", s.mid))
		}
		if i > 0 {
			continue
		}
		if x.inNs() {
			cells = append(cells, fmt.Sprintf("%.2f–%.2f of copy", s.lo, s.hi))
		} else {
			cells = append(cells, fmt.Sprintf("%.3f–%.3f", s.lo, s.hi))
		}
	}
	bar := x.barText()
	if x.bar.plain != "" {
		bar += fmt.Sprintf(": %.2f", x.ofPlain(r.levels[0], r.find))
	}
	peers := ""
	if x.job.peers > 0 {
		peers = fmt.Sprintf("%.3g", x.job.peers)
	}
	return append(cells, bar, peers, strings.Join(x.missed(r.levels[0], r.peers, r.find), ", "))
}

// missedSection names the rows that are below a bar or a peer.
func (r *report) missedSection() string {
	var w strings.Builder
	for _, t := range r.ttc() {
		if len(t.missed) > 0 {
			fmt.Fprintf(&w, "- the TTC benchmark at %s: %s\n", t.column, strings.Join(t.missed, ", "))
		}
	}
	for _, x := range r.results {
		if missed := x.missed(r.levels[0], r.peers, r.find); len(missed) > 0 {
			fmt.Fprintf(&w, "- %s: %s\n", x.id(), strings.Join(missed, ", "))
		}
	}
	if w.Len() == 0 {
		return ""
	}
	return "\n## Below a bar or a peer\n\n" + w.String()
}

// title is the row's name, marked if its figures are void.
func (x *result) title() string {
	if x.void {
		return x.name + " **void**"
	}
	return x.name
}

func tableHead(titles []string) string {
	return tableLine(titles) + "|---|" + strings.Repeat("--:|", len(titles)-1) + "\n"
}

func tableLine(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
