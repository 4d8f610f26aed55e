package ndbuf_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/conformance
var conformanceFiles embed.FS

// A family is one file of cases.
type family struct {
	name string // without extensions
	file string
}

// conformanceDir is where the cases are: those of the repository, or those of the folder that STRIDED_CONFORMANCE names.
func conformanceDir(t *testing.T) (dir fs.FS, embedded bool) {
	if path := os.Getenv("STRIDED_CONFORMANCE"); path != "" {
		if _, err := os.Stat(path); err != nil && !filepath.IsAbs(path) {
			path = filepath.Join("..", path) // from where go test was called, most likely
		}
		// From inside the folder: so go test's cache knows of files that come and go.
		t.Chdir(path)
		return os.DirFS("."), false
	}
	dir, err := fs.Sub(conformanceFiles, "testdata/conformance")
	if err != nil {
		t.Fatal(err)
	}
	return dir, true
}

func families(t *testing.T, dir fs.FS) (out []family) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(strings.TrimSuffix(e.Name(), ".gz"), ".jsonl"); ok {
			out = append(out, family{name, e.Name()})
		}
	}
	if len(out) == 0 {
		t.Fatal("no files of cases")
	}
	return out
}

// read returns a family's lines, uncompressed.
func (f family) read(t *testing.T, dir fs.FS) []byte {
	data, err := fs.ReadFile(dir, f.file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(f.file, ".gz") {
		return data
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if data, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return data
}

// A manifest says what the files must hold.
type manifest struct {
	Cases int
	Files map[string]struct {
		Cases  int
		Bytes  int
		SHA256 string
		Kinds  map[string]int
	}
}

func readManifest(t *testing.T, dir fs.FS) *manifest {
	data, err := fs.ReadFile(dir, "MANIFEST.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	m := new(manifest)
	if err == nil {
		err = json.Unmarshal(data, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// check compares a family with its entry.
func (m *manifest) check(t *testing.T, f family, data []byte, byKind map[string]int) {
	want, ok := m.Files[f.name+".jsonl"]
	if !ok {
		t.Errorf("%s is not in MANIFEST.json", f.file)
		return
	}
	n := 0
	for _, k := range byKind {
		n += k
	}
	sum := sha256.Sum256(data)
	if n != want.Cases || len(data) != want.Bytes || hex.EncodeToString(sum[:]) != want.SHA256 || !maps.Equal(byKind, want.Kinds) {
		t.Errorf("%s: %d cases, %d bytes, SHA-256 %x, kinds %v; MANIFEST.json says %+v", f.file, n, len(data), sum, byKind, want)
	}
}

// A tally counts what came of the cases.
type tally struct {
	cases, advisory int
	rules           map[string]int              // cases that a deliberate difference decided, by rule
	left            map[string]int              // cases left out on this platform, by rule
	others          map[platform]map[string]int // those that are left out elsewhere
	differ          []string                    // advisory cases with our own answer
}

func newTally() *tally {
	s := &tally{rules: map[string]int{}, left: map[string]int{}, others: map[platform]map[string]int{}}
	for p := range leftOut {
		s.others[p] = map[string]int{}
	}
	return s
}

func (s *tally) add(o *tally) {
	s.cases += o.cases
	s.advisory += o.advisory
	s.differ = append(s.differ, o.differ...)
	for k, n := range o.rules {
		s.rules[k] += n
	}
	for k, n := range o.left {
		s.left[k] += n
	}
	for p, left := range o.others {
		for k, n := range left {
			s.others[p][k] += n
		}
	}
}

// TestConformance holds the library against what CPython, NumPy and ctypes answered to the same questions: every case of
// every file, by the public API alone. testdata/conformance/README.md describes the files. Where our answer is another on
// purpose, differences (in conformance_rules_test.go) says by which rule, why, and what it must be instead. Advisory
// cases are run; those with another answer are listed.
func TestConformance(t *testing.T) {
	dir, embedded := conformanceDir(t)
	contents := readManifest(t, dir)
	if embedded && contents == nil {
		t.Fatal("no MANIFEST.json")
	}
	total := newTally()
	all := families(t, dir)
	seen := map[string]bool{}
	for _, f := range all {
		t.Run(f.name, func(t *testing.T) {
			data := f.read(t, dir)
			s, byKind := runFamily(t, f, data, seen)
			if embedded || contents != nil && contents.Files[f.name+".jsonl"].Cases > 0 {
				contents.check(t, f, data, byKind)
			}
			t.Logf("%s: %d cases, %d advisory", f.name, s.cases, s.advisory)
			total.add(s)
		})
	}
	t.Logf("total: %d cases, %d advisory, in %d files", total.cases, total.advisory, len(all))
	if embedded && total.cases != contents.Cases {
		t.Errorf("%d cases, MANIFEST.json says %d", total.cases, contents.Cases)
	}
	for _, d := range total.differ {
		t.Log("advisory, our answer: ", d)
	}
	for _, r := range differences {
		if n := total.rules[r.name]; n > 0 || embedded {
			t.Logf("different on purpose: %s: %d cases (%s)", r.name, n, r.reason)
		}
		if embedded && platformHere() == recorded && total.rules[r.name] != r.cases {
			t.Errorf("rule %q decided %d cases, it should be %d", r.name, total.rules[r.name], r.cases)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(total.left)) {
		t.Logf("left out on this platform: %s: %d cases", name, total.left[name])
	}
	for p, want := range leftOut {
		if got := total.others[p]; embedded && !maps.Equal(want, got) {
			t.Errorf("left out on %+v: %v, want %v", p, got, want)
		}
	}
}

// runFamily runs the cases of one file.
func runFamily(t *testing.T, f family, data []byte, seen map[string]bool) (*tally, map[string]int) {
	s, byKind := newTally(), map[string]int{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		s.cases++
		c, err := parseCase(t, lines.Bytes())
		if err != nil {
			t.Error(err)
			continue
		}
		if seen[c.id] {
			t.Errorf("%s: second case of this id", c.id)
		}
		seen[c.id] = true
		byKind[c.k]++
		if c.adv != "" {
			s.advisory++
		}
		for p, left := range s.others {
			if rule := p.leaves(c); rule != "" {
				left[rule]++
			}
		}
		if rule := platformHere().leaves(c); rule != "" {
			s.left[rule]++
			continue
		}
		c.judge(s)
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
	return s, byKind
}

// judge runs a case and decides about our answer.
func (c *conf) judge(s *tally) {
	defer func() {
		switch e := recover().(type) {
		case nil, stop:
		default:
			c.errorf("panic: %v\n%s", e, debug.Stack())
		}
	}()
	if c.kind.run == nil {
		c.runScript(s)
		return
	}
	c.decide(s, c.kind.run(c))
}

// decide compares our answer with the recorded ones, each after the rules by which ours is another on purpose.
func (c *conf) decide(s *tally, got outcome) {
	recorded, ruled := false, false
	var tried []outcome
	for _, w := range c.want {
		recorded = recorded || w.matches(got)
		instead, rules := c.instead(w)
		if !instead.matches(got) {
			tried = append(tried, instead)
			ruled = ruled || len(rules) > 0
			continue
		}
		for _, r := range rules {
			s.rules[r]++
		}
		if c.adv != "" && !recorded {
			s.differ = append(s.differ, fmt.Sprintf("%s %s (%s): %v; recorded %v", c.k, c.id, c.adv, got, c.want[0]))
		}
		return
	}
	if c.adv != "" && !ruled {
		s.differ = append(s.differ, fmt.Sprintf("%s %s (%s): %v; recorded %v", c.k, c.id, c.adv, got, c.want[0]))
		return
	}
	c.t.Errorf("%s %s: %v\nrecorded %v\nexpected %v\ncase %s", c.k, c.id, got, c.want, tried, shorten(fmt.Sprintf("%s", c.raw)))
}

// instead sends a recorded answer through the rules, and names those that changed it.
func (c *conf) instead(w outcome) (outcome, []string) {
	var rules []string
	for _, r := range differences {
		if !slices.ContainsFunc(strings.Fields(r.kinds), func(k string) bool { return kinds[k] == c.kind }) {
			continue
		}
		if next, applies := r.replace(c, w); applies && (next.class != w.class || canonical(next.fields) != canonical(w.fields)) {
			w = next
			rules = append(rules, r.name)
		}
	}
	return w, rules
}
