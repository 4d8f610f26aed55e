package ndtest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/simd"
)

// EachLevel runs f as a subtest under each CPU level in turn, with that level's
// kernels in use. A level that this processor cannot run is skipped, unless the
// environment variable STRIDED_REQUIRE, a list of names with commas, asks for
// it: then it fails. Levels are the whole program's, so neither f nor the test
// around it may run in parallel with others.
func EachLevel(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	required := strings.FieldsFunc(os.Getenv("STRIDED_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
	known := []simd.Level{simd.Generic, simd.SSE2, simd.AVX2, simd.AVX512, simd.NEON}
	for _, name := range required {
		if !slices.ContainsFunc(known, func(l simd.Level) bool { return l.String() == name }) {
			t.Errorf("STRIDED_REQUIRE: there is no level %q", name)
		}
	}
	for _, l := range known {
		t.Run(l.String(), func(t *testing.T) {
			restore, err := simd.Use(l)
			if err != nil {
				if slices.Contains(required, l.String()) {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			defer restore()
			f(t)
		})
	}
}
