package simd

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/klauspost/cpuid/v2"
)

// A Level is a class of processor that kernels are written for. On one machine
// the levels that [Levels] lists are ordered: a processor that runs a level
// runs all before it.
type Level uint8

// The levels. Generic is pure Go and runs everywhere.
const (
	Generic Level = iota
	SSE2          // amd64 and 386: SSE2
	AVX2          // amd64: AVX2, POPCNT and F16C, with the operating system saving its registers
	AVX512        // amd64: AVX-512 F, BW, DQ and VL
	NEON          // arm64: Advanced SIMD, which Go requires there
)

var levelNames = [...]string{"generic", "sse2", "avx2", "avx512", "neon"}

// String returns the name that STRIDED_SIMD takes.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// below reports whether a processor that runs m always runs l.
func (l Level) below(m Level) bool {
	return l == Generic || l == m || l < m && m != NEON
}

var (
	levels  = detect()
	tables  = makeTables(levels)
	active  atomic.Pointer[Kernels]
	envNote string
)

func init() {
	level, note := choose(os.Getenv("STRIDED_SIMD"), levels, raceEnabled)
	envNote = note
	active.Store(tables[level])
}

// hasVBMI2 says that a processor of level AVX512 packs and permutes bytes too.
var hasVBMI2 = cpuid.CPU.Supports(cpuid.AVX512VBMI, cpuid.AVX512VBMI2)

// detect lists what this processor and operating system can run, lowest first.
func detect() []Level {
	found := []Level{Generic}
	if runtime.GOARCH == "arm64" {
		return append(found, NEON)
	}
	chain := []struct {
		level    Level
		features []cpuid.FeatureID
	}{
		{SSE2, []cpuid.FeatureID{cpuid.SSE2}},
		{AVX2, []cpuid.FeatureID{cpuid.AVX, cpuid.AVX2, cpuid.POPCNT, cpuid.F16C}},
		{AVX512, []cpuid.FeatureID{cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL}},
	}
	for _, c := range chain {
		if !cpuid.CPU.Supports(c.features...) {
			break
		}
		found = append(found, c.level)
	}
	return found
}

// choose returns the level to start with, given the value of STRIDED_SIMD and
// the levels that can run, and a note when the value could not be honoured.
func choose(env string, levels []Level, race bool) (Level, string) {
	highest := levels[len(levels)-1]
	if env == "" {
		if race {
			return Generic, ""
		}
		return highest, ""
	}
	i := slices.Index(levelNames[:], strings.ToLower(env))
	if i < 0 {
		return Generic, fmt.Sprintf("STRIDED_SIMD=%q is not one of %s: using generic", env, strings.Join(levelNames[:], ", "))
	}
	want, got := Level(i), Generic
	for _, l := range levels {
		if l.below(want) {
			got = l
		}
	}
	if got != want {
		return got, fmt.Sprintf("STRIDED_SIMD=%s cannot run on this processor: using %v", want, got)
	}
	return got, ""
}

// Levels returns what this processor can run, lowest first. The first is always
// [Generic].
func Levels() []Level { return slices.Clone(levels) }

// Active returns the level whose kernels are in use.
func Active() Level { return active.Load().level }

// Use makes l the active level, for all goroutines, and returns a function that
// makes the level active that was so before. It is meant for tests and
// benchmarks.
//
// Errors: l is not one of [Levels]; nothing has changed then.
func Use(l Level) (restore func(), err error) {
	t, ok := tables[l]
	if !ok {
		return nil, fmt.Errorf("simd: this processor cannot run level %v, only %v", l, levels)
	}
	old := active.Swap(t)
	return func() { active.Store(old) }, nil
}
