package main

import (
	"fmt"
	"slices"
	"strings"
)

// What the 57 cases of the TTC benchmark together have to reach, and the best peer (HPTT without tuning).
const (
	ttcMeanBar, ttcMeanPeers   = 0.58, 0.31
	ttcWorstBar, ttcWorstPeers = 0.33, 0.15
)

// A ttcResult is a column over all TTC rows of the run.
type ttcResult struct {
	column      string
	cases       int
	mean, worst float64 // of the ratios; the mean is geometric
	missed      []string
}

// ttc sums up the TTC rows. Like any row the benchmark has to reach its bar at the best level, three quarters of it at avx2,
// and the peers at both.
func (r *report) ttc() []ttcResult {
	var all []ttcResult
	for _, name := range slices.Concat(r.levels, r.peers) {
		var v []float64
		for _, x := range r.results {
			if s, ok := x.ratio[name]; ok && x.section == sectionTTC {
				v = append(v, s.mid)
			}
		}
		if len(v) == 0 {
			continue
		}
		t := ttcResult{column: name, cases: len(v), mean: geomean(v), worst: slices.Min(v)}
		part := map[string]float64{"avx2": 0.75, r.levels[0]: 1}[name]
		if t.mean < part*ttcMeanBar || t.worst < part*ttcWorstBar {
			t.missed = append(t.missed, "bar")
		}
		if part > 0 && (t.mean < ttcMeanPeers || t.worst < ttcWorstPeers) {
			t.missed = append(t.missed, "peers")
		}
		all = append(all, t)
	}
	return all
}

func ttcTable(all []ttcResult) string {
	var w strings.Builder
	w.WriteString(tableHead([]string{"all together", "cases", "geometric mean", "worst", "missed"}))
	line := func(name string, cases int, mean, worst float64, missed string) {
		count := ""
		if cases > 0 {
			count = fmt.Sprint(cases)
		}
		w.WriteString(tableLine([]string{name, count, fmt.Sprintf("%.3f", mean), fmt.Sprintf("%.3f", worst), missed}))
	}
	for _, t := range all {
		line(t.column, t.cases, t.mean, t.worst, strings.Join(t.missed, ", "))
	}
	line("bar", 0, ttcMeanBar, ttcWorstBar, "")
	line("peers", 0, ttcMeanPeers, ttcWorstPeers, "")
	return w.String()
}
