package main

import (
	"fmt"
	"math"
	"slices"
)

// A result is a row over all processes.
type result struct {
	*job
	void    bool
	copyGBs summary // of the baseline
	copyNs  float64
	noise   float64            // the median process's unsteadiness of the baseline
	ratio   map[string]summary // of a column, to the baseline
	ns      map[string]float64 // of a column, a call
}

// merge takes the processes' samples of a row together. A process whose copy was unsteady counts only if all were.
func merge(j *job, runs []*process) *result {
	r := &result{job: j, ratio: map[string]summary{}, ns: map[string]float64{}}
	var samples, steady []*sample
	for _, p := range runs {
		for _, s := range p.samples {
			if s.Row == j.id() {
				samples = append(samples, s)
				if !s.Void {
					steady = append(steady, s)
				}
			}
		}
	}
	r.void = len(steady) == 0
	if !r.void {
		samples = steady
	}
	var speeds, base, noise []float64
	ratios, ns := map[string][]float64{}, map[string][]float64{}
	scale := float64(j.counted()) / float64(2*j.n())
	for _, s := range samples {
		first := s.Columns[0].Ns
		base = append(base, median(first))
		speeds = append(speeds, float64(2*j.n())/median(first))
		noise = append(noise, unsteady(first))
		for _, c := range s.Columns[1:] {
			ratios[c.Name] = append(ratios[c.Name], scale*median(first)/median(c.Ns))
			ns[c.Name] = append(ns[c.Name], median(c.Ns))
		}
	}
	r.copyGBs, _ = summarize(speeds)
	r.copyNs, r.noise = median(base), median(noise)
	for name, v := range ratios {
		r.ratio[name], _ = summarize(v)
		r.ns[name] = median(ns[name])
	}
	return r
}

// missed lists what a row has not reached: the bar at the best level, the peers that the table of cases knows and those
// of this run at the best level, and at avx2 three quarters of the bar (items of 2, 4 and 8 bytes) and the known peers.
func (r *result) missed(best string, peers []string, plain func(id string) *result) []string {
	var missed []string
	miss := func(format string, args ...any) { missed = append(missed, fmt.Sprintf(format, args...)) }
	ours, ok := r.ratio[best]
	if !ok {
		return nil
	}
	if goal, got := r.goal(best, plain); !(got >= goal) {
		miss("bar")
	}
	if r.peers > 0 && !r.inNs() && ours.mid < r.peers || r.peers > 0 && r.inNs() && r.ns[best] > r.peers {
		miss("peers")
	}
	for _, p := range peers {
		if theirs, ok := r.ratio[p]; ok && ours.mid < theirs.mid {
			miss("%s here", p)
		}
	}
	avx2, ok := r.ratio["avx2"]
	if !ok || best == "avx2" || r.inNs() {
		return missed
	}
	if slices.Contains([]int{2, 4, 8}, r.src.ItemSize) && avx2.mid < 0.75*r.bar.ratio {
		miss("bar at avx2")
	}
	if avx2.mid < r.peers {
		miss("peers at avx2")
	}
	return missed
}

// goal returns the row's bar and what it is compared with, as two numbers of which the larger is better; without a bar the
// goal is nothing.
func (r *result) goal(column string, plain func(id string) *result) (goal, got float64) {
	switch b := r.bar; {
	case b.ratio > 0:
		return b.ratio, r.ratio[column].mid
	case b.ns > 0:
		return -b.ns, -r.ns[column]
	case b.overCopy > 0:
		return -b.overCopy, r.copyNs - r.ns[column]
	case b.plain != "":
		return b.keep, r.ofPlain(column, plain)
	case b.numpy > 0:
		if theirs, ok := r.ns["numpy"]; ok {
			return b.numpy, theirs / r.ns[column]
		}
	}
	return 0, 0
}

// ofPlain is a variant's ratio as a part of its plain row's; NaN where there is none.
func (r *result) ofPlain(column string, plain func(id string) *result) float64 {
	if p := plain(r.bar.plain); p != nil {
		return r.ratio[column].mid / p.ratio[column].mid
	}
	return math.NaN()
}

// barText writes the bar as the table shows it.
func (r *result) barText() string {
	switch b := r.bar; {
	case b.ratio > 0:
		return fmt.Sprintf("%.2f", b.ratio)
	case b.ns > 0:
		return fmt.Sprintf("%.0f ns", b.ns)
	case b.overCopy > 0:
		return fmt.Sprintf("copy + %.0f ns", b.overCopy)
	case b.plain != "":
		return fmt.Sprintf("%.2f of plain", b.keep)
	case b.numpy > 0:
		return fmt.Sprintf("%.0f × NumPy", b.numpy)
	}
	return ""
}
