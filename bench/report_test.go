package main

import (
	"compress/gzip"
	"encoding/csv"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/strided-go/strided/simd"
)

var write = flag.Bool("write", false, "renew testdata/report.md")

// madeUp is a report of three processes with round numbers.
func madeUp() *report {
	b := &builder{}
	b.add(sectionTransposes, "plain", b.permuted(4, []int{1, 0}, 1024, 1024), bar{ratio: 0.75}, 0.35)
	b.add(sectionTransposes, "never steady", b.permuted(4, []int{1, 0}, 2048, 2048), bar{ratio: 0.75}, 0.35)
	b.add(sectionTTC, "TTC 0", b.permuted(4, []int{1, 0}, 1024, 1024), bar{}, 0)
	b.add(sectionTTC, "TTC 1", b.permuted(4, []int{1, 0}, 1024, 1024), bar{}, 0)
	b.add(sectionPermutations, "against NumPy", b.c(4, 1024), bar{numpy: 5}, 0)
	b.add(sectionBroadcasts, "a scalar", b.must(b.c(8).BroadcastTo(1024, 1024)), bar{ratio: 0.85}, 0.65).written = true
	b.add(sectionFresh, "fresh", b.permuted(8, []int{1, 0}, 1024, 1024), bar{ratio: 0.70}, 0.07).call = "GetContiguous"
	b.add(sectionCalls, "a call", b.c(8, 256), bar{ns: 80}, 46)
	b.add(sectionCalls, "a copy", b.c(8, 256), bar{overCopy: 40}, 0)
	b.add(sectionVariants, "variant", b.permuted(4, []int{1, 0}, 1024, 1024), bar{plain: "transposes: plain", keep: 0.8}, 0)
	var runs []*process
	for i := range 3 {
		p := &process{head: workerHead{Peers: []peerVersion{{"numpy", "1.24.2"}}}}
		for k, j := range b.jobs {
			base := 1000.0 * float64(1+k)
			col := func(name string, times float64) columnSample {
				return columnSample{name, 1, []float64{times * base, times*base + float64(i), times*base - float64(i)}}
			}
			s := &sample{Row: j.id(), Attempts: 1, Columns: []columnSample{
				col("copy", 1), col("copy on 2", 0.6), col("avx512", 1.25+float64(i)/4), col("avx512 on 2", 1), col("avx2", 2), col("numpy", 5)}}
			if j.name == "never steady" || j.name == "plain" && i == 2 {
				s.Void = true
				s.Attempts = attempts
				s.Columns[0].Ns = []float64{base / 2, base, 2 * base}
			}
			p.samples = append(p.samples, s)
		}
		runs = append(runs, p)
	}
	return newReport(b.jobs, runs, &options{levels: []simd.Level{simd.AVX512, simd.AVX2}, threads: 2, rounds: 3})
}

// The text of every table, as the last run with -write left it and a reader has looked at it.
func TestReport(t *testing.T) {
	got := madeUp().body()
	const file = "testdata/report.md"
	if *write {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the report has changed (go test -write renews %s):\n%s", file, got)
	}
}

func TestHead(t *testing.T) {
	head := madeUp().head()
	for _, want := range []string{"L1d", "go1.", "avx512, avx2", "numpy 1.24.2", "3 processes"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in the head:\n%s", want, head)
		}
	}
}

// Processes, voids, and what is counted.
func TestMerge(t *testing.T) {
	r := madeUp()
	x := r.find("transposes: plain")
	// Processes 0 and 1: 1000/1250 and 1000/1500; process 2 is void.
	if s := x.ratio["avx512"]; x.void || math.Abs(s.lo-1/1.5) > 1e-9 || math.Abs(s.hi-0.8) > 1e-9 || math.Abs(s.mid-(s.lo+s.hi)/2) > 1e-9 {
		t.Errorf("a void process among others: %+v, void %v", s, x.void)
	}
	if x := r.find("transposes: never steady"); !x.void || x.title() != "never steady **void**" || x.ratio["avx512"].mid != 1/1.5 {
		t.Errorf("void in every process: %+v", x)
	}
	if x := r.find("broadcasts: a scalar"); x.ratio["avx2"].mid != 0.25 {
		t.Errorf("a broadcast that takes twice copy's time counts half its bytes: %v", x.ratio["avx2"])
	}
	if got := x.copyGBs.mid; got != 2*4*1024*1024/1000.0 {
		t.Errorf("copy is %v GB/s", got)
	}
}

func TestMissed(t *testing.T) {
	r := madeUp()
	for id, want := range map[string]string{
		"transposes: plain":           "bar, bar at avx2",
		"permutations: against NumPy": "bar",
		"broadcasts: a scalar":        "bar, peers, bar at avx2, peers at avx2",
		"fresh memory: fresh":         "bar, bar at avx2",
		"calls: a call":               "bar, peers",
		"calls: a copy":               "bar",
		"variants: variant":           "",
	} {
		if got := strings.Join(r.find(id).missed("avx512", []string{"numpy"}, r.find), ", "); got != want {
			t.Errorf("%s: missed %q, want %q", id, got, want)
		}
	}
	for _, x := range r.ttc() {
		if x.cases != 2 || len(x.missed) != 0 {
			t.Errorf("TTC at %s: missed %q in %d cases, want nothing in 2", x.column, x.missed, x.cases)
		}
	}
	r.find("transposes: plain").section = sectionTTC
	r.find("TTC: plain").ratio["avx512"] = summary{mid: 0.14}
	if got := r.ttc()[0]; got.cases != 3 || got.worst != 0.14 || strings.Join(got.missed, ", ") != "bar, peers" {
		t.Errorf("a bad case more: %+v", got)
	}
	r = madeUp()
	slow := r.find("transposes: plain")
	slow.ratio["numpy"] = summary{0.9, 0.9, 0.9}
	if got := strings.Join(slow.missed("avx512", []string{"numpy"}, r.find), ", "); !strings.Contains(got, "numpy here") {
		t.Errorf("a peer of this run is faster: missed %q", got)
	}
	alone := r.find("variants: variant")
	none := func(string) *result { return nil }
	if got := alone.missed("avx512", nil, none); len(got) != 1 || got[0] != "bar" {
		t.Errorf("a variant without its plain row: missed %q", got)
	}
}

// What is kept can be read again.
func TestKeep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	now := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	r := madeUp()
	if err := r.keep(dir, now); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "2001-02-03-"+cpuName())
	md, err := os.ReadFile(name + ".md")
	if err != nil || string(md) != r.markdown() {
		t.Errorf("the report: %v", err)
	}
	for file, lines := range map[string]int{".csv": 1 + 3*10, "-samples.csv": 1 + 3*10*6*3} {
		f, err := os.Open(name + file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if all, err := csv.NewReader(f).ReadAll(); err != nil || len(all) != lines {
			t.Errorf("%s: %d lines, %v, want %d", file, len(all), err, lines)
		}
	}

	long := make([]float64, 50000)
	r.runs[0].samples[0].Columns = append(r.runs[0].samples[0].Columns, columnSample{"long", 1, long})
	if err := r.keep(dir, now); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name + "-samples.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := csv.NewReader(z).ReadAll(); err != nil || len(all) != 1+3*10*6*3+len(long) {
		t.Errorf("compressed: %d lines, %v", len(all), err)
	}
	if _, err := os.Stat(name + "-samples.csv"); err == nil {
		t.Error("the samples of the run before are still there, uncompressed")
	}
	if err := r.keep(name+".md", now); err == nil {
		t.Error("a report was kept in a directory that is a file")
	}
}
