package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/strided-go/strided/strides"
)

// Values of flags.

// A byteSize is a number of bytes: 1048576, 64MiB, 64M (the same), 1.5GiB, 64MB (decimal).
type byteSize int

var units = []struct {
	suffix string
	bytes  float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}, {"", 1},
}

func (b *byteSize) Set(s string) error {
	for _, u := range units {
		number, ok := strings.CutSuffix(s, u.suffix)
		if !ok {
			continue
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if x *= u.bytes; err != nil || math.IsNaN(x) || x < 1 || x >= math.MaxInt {
			break
		}
		*b = byteSize(x)
		return nil
	}
	return fmt.Errorf("want a size such as 64MiB")
}

func (b *byteSize) String() string { return formatBytes(int64(*b)) }

// formatBytes writes a number of bytes for people: 400.0 KiB.
func formatBytes(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	x, unit := float64(n)/(1<<10), "KiB"
	for _, next := range []string{"MiB", "GiB", "TiB", "PiB", "EiB"} {
		if x < 1024 {
			break
		}
		x, unit = x/1024, next
	}
	return fmt.Sprintf("%.1f %s", x, unit)
}

// An orderFlag is C or F.
type orderFlag struct{ order strides.Order }

func (o *orderFlag) Set(s string) error {
	switch s {
	case "C", "c":
		o.order = strides.C
	case "F", "f":
		o.order = strides.F
	default:
		return fmt.Errorf("want C or F")
	}
	return nil
}

func (o *orderFlag) String() string {
	if o.order == 0 {
		return ""
	}
	return o.order.String()
}

// An axesFlag is a permutation: 2,0,1.
type axesFlag struct{ axes []int }

func (a *axesFlag) Set(s string) error {
	a.axes = []int{}
	for part := range strings.SplitSeq(strings.Trim(s, "() "), ",") {
		k, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf("want axis numbers with commas between them, such as 2,0,1")
		}
		a.axes = append(a.axes, k)
	}
	return nil
}

func (a *axesFlag) String() string {
	text := make([]string, len(a.axes))
	for i, k := range a.axes {
		text[i] = strconv.Itoa(k)
	}
	return strings.Join(text, ",")
}

// A sliceFlag is a list of indices in NumPy's notation.
type sliceFlag struct {
	text  string
	index []strides.Index
}

func (s *sliceFlag) Set(text string) (err error) {
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "["), "]")
	if s.text, s.index = strings.TrimSpace(text), nil; isWhole(text) {
		s.text = ""
		return nil
	}
	s.index, err = strides.ParseIndex(text)
	return err
}

// isWhole reports whether an index takes the whole array: nothing, or the empty tuple of a[()] in NumPy.
func isWhole(index string) bool {
	index = strings.TrimSpace(index)
	return index == "" || index == "()"
}

func (s *sliceFlag) String() string { return s.text }

// byteOrders are the values of --byteorder and the mode of a format that each stands for.
var byteOrders = map[string]byte{"little": '<', "big": '>', "native": '='}

// An orderOfBytes is a key of byteOrders.
type orderOfBytes struct{ name string }

func (o *orderOfBytes) Set(s string) error {
	if _, ok := byteOrders[s]; !ok {
		return fmt.Errorf("want little, big or native")
	}
	o.name = s
	return nil
}

func (o *orderOfBytes) String() string { return o.name }

// A progress draws how much of a long task is done, if standard error is a terminal.
type progress struct{ bar *progressbar.ProgressBar }

// progress starts a bar of total bytes.
func (t *tool) progress(what string, total int64) progress {
	f, ok := t.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return progress{}
	}
	return newProgress(f, what, total)
}

func newProgress(w io.Writer, what string, total int64) progress {
	return progress{progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionShowBytes(true),
		progressbar.OptionUseIECUnits(true), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())}
}

// add draws n more bytes.
func (p progress) add(n int) {
	if p.bar != nil {
		p.bar.Add(n) // an error of the terminal is no error of the task
	}
}

// end removes the bar.
func (p progress) end() {
	if p.bar != nil {
		p.bar.Finish()
		p.bar.Exit()
	}
}
