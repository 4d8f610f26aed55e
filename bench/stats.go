package main

import (
	"math"
	"slices"
)

// quantile interpolates between the sorted samples; NaN of none.
func quantile(samples []float64, q float64) float64 {
	if len(samples) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(samples))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 == len(s) {
		return s[i]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

func median(samples []float64) float64 { return quantile(samples, 0.5) }

// unsteady is the distance between the quartiles, in medians.
func unsteady(samples []float64) float64 {
	return (quantile(samples, 0.75) - quantile(samples, 0.25)) / median(samples)
}

// geomean is the geometric mean; NaN of none.
func geomean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(v)))
}

// A summary is a figure over the processes that measured it.
type summary struct{ mid, lo, hi float64 }

// summarize takes the median and the ends; ok is false of no figures.
func summarize(v []float64) (s summary, ok bool) {
	if len(v) == 0 {
		return summary{}, false
	}
	return summary{median(v), slices.Min(v), slices.Max(v)}, true
}
