package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every row runs once and gives the right bytes (measure checks them); the report has a line for each.
func TestEveryRow(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: all rows take some seconds")
	}
	dir := t.TempDir()
	var out strings.Builder
	if err := run(&out, "", 1, time.Microsecond, 1, dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases() {
		if !strings.Contains(out.String(), "| "+c.name+" |") {
			t.Errorf("no row for %s", c.name)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) != 1 {
		t.Fatalf("raw samples: %v, %v", files, err)
	}
	csv, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(string(csv), "\n"), 1+4*len(cases()); got != want {
		t.Errorf("%d lines of samples, want %d", got, want)
	}
}

func TestPermuted(t *testing.T) {
	got := permuted([]byte("abcdef"), 1, []int{2, 3}, []int{1, 0})
	if string(got) != "adbecf" {
		t.Errorf("got %q, want %q", got, "adbecf")
	}
}

func TestBadArguments(t *testing.T) {
	if run(&strings.Builder{}, "(", 1, 0, 1, "") == nil {
		t.Error("a malformed filter was taken")
	}
	if run(&strings.Builder{}, "", 0, 0, 1, "") == nil {
		t.Error("no rounds were taken")
	}
}
