package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// keep writes the report to dir: <date>-<cpu>.md, the table as .csv, and every sample as -samples.csv, compressed if there
// is more than a megabyte of them. What an earlier run of the day left there is replaced.
func (r *report) keep(dir string, now time.Time) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	name := filepath.Join(dir, now.Format("2006-01-02")+"-"+cpuName())
	if err := os.WriteFile(name+".md", []byte(r.markdown()), 0o666); err != nil {
		return err
	}
	table, err := writeCSV(r.table())
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".csv", table, 0o666); err != nil {
		return err
	}
	samples, err := writeCSV(r.samples())
	if err != nil {
		return err
	}
	name += "-samples.csv"
	for _, old := range []string{name, name + ".gz"} {
		if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if len(samples) <= 1<<20 {
		return os.WriteFile(name, samples, 0o666)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(samples); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name+".gz", packed.Bytes(), 0o666)
}

func writeCSV(lines [][]string) ([]byte, error) {
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(lines)
	return b.Bytes(), err
}

// table is the report for programs: a line for each row and column of it.
func (r *report) table() [][]string {
	lines := [][]string{{"section", "row", "column", "bytes", "limit", "baseline_ns", "unsteady", "ns", "ratio", "lowest", "highest", "bar", "peers", "missed", "void"}}
	for _, x := range r.results {
		for i, name := range slices.Concat(r.levels, r.peers) {
			s, ok := x.ratio[name]
			if !ok {
				continue
			}
			missed := ""
			if i == 0 {
				missed = strings.Join(x.missed(name, r.peers, r.find), "; ")
			}
			lines = append(lines, []string{x.section, x.name, name, strconv.Itoa(x.n()), digits(x.limit()), digits(x.copyNs), digits(x.noise),
				digits(x.ns[name]), digits(s.mid), digits(s.lo), digits(s.hi), x.barText(), digits(x.job.peers), missed, strconv.FormatBool(x.void)})
		}
	}
	return lines
}

// samples is everything that was measured.
func (r *report) samples() [][]string {
	lines := [][]string{{"process", "row", "column", "attempts", "void", "calls", "round", "ns_per_call"}}
	for i, p := range r.runs {
		for _, s := range p.samples {
			for _, c := range s.Columns {
				for round, ns := range c.Ns {
					lines = append(lines, []string{strconv.Itoa(i + 1), s.Row, c.Name, strconv.Itoa(s.Attempts), strconv.FormatBool(s.Void),
						strconv.Itoa(c.Calls), strconv.Itoa(round), fmt.Sprintf("%.1f", ns)})
				}
			}
		}
	}
	return lines
}

// digits writes a number with as many digits as mean something.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
