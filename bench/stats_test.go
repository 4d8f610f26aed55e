package main

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	v := []float64{4, 1, 3, 2, 5}
	for _, c := range []struct{ q, want float64 }{{0, 1}, {0.25, 2}, {0.5, 3}, {0.625, 3.5}, {1, 5}} {
		if got := quantile(v, c.q); got != c.want {
			t.Errorf("quantile %v of %v is %v, want %v", c.q, v, got, c.want)
		}
	}
	if v[0] != 4 {
		t.Error("quantile has sorted the samples of its caller")
	}
	if !math.IsNaN(median(nil)) {
		t.Error("there is a median of nothing")
	}
	if got := median([]float64{1, 2}); got != 1.5 {
		t.Errorf("median of 1 and 2 is %v", got)
	}
}

func TestUnsteady(t *testing.T) {
	if got := unsteady([]float64{8, 9, 10, 11, 12}); got != 0.2 {
		t.Errorf("quartiles 9 and 11 about 10: got %v, want 0.2", got)
	}
	if got := unsteady([]float64{7, 7, 7, 70}); got != (22.75-7)/7 {
		t.Errorf("one outlier of four: got %v", got)
	}
}

func TestGeomean(t *testing.T) {
	if got := geomean([]float64{0.25, 1, 4}); math.Abs(got-1) > 1e-15 {
		t.Errorf("got %v, want 1", got)
	}
}

func TestSummarize(t *testing.T) {
	s, ok := summarize([]float64{3, 1, 2})
	if !ok || s != (summary{2, 1, 3}) {
		t.Errorf("got %v, %v", s, ok)
	}
	if _, ok := summarize(nil); ok {
		t.Error("there is a summary of nothing")
	}
}
