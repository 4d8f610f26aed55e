package simd

import (
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	haswell := []Level{Generic, SSE2, AVX2}
	arm := []Level{Generic, NEON}
	for _, c := range []struct {
		env    string
		levels []Level
		race   bool
		want   Level
		note   string
	}{
		{"", haswell, false, AVX2, ""},
		{"", haswell, true, Generic, ""},
		{"", arm, false, NEON, ""},
		{"avx2", haswell, true, AVX2, ""},
		{"sse2", haswell, false, SSE2, ""},
		{"SSE2", haswell, false, SSE2, ""},
		{"generic", arm, false, Generic, ""},
		{"avx512", haswell, false, AVX2, "STRIDED_SIMD=avx512 cannot run on this processor: using avx2"},
		{"avx2", haswell[:1], false, Generic, "STRIDED_SIMD=avx2 cannot run on this processor: using generic"},
		{"neon", haswell, false, Generic, "STRIDED_SIMD=neon cannot run on this processor: using generic"},
		{"avx2", arm, false, Generic, "STRIDED_SIMD=avx2 cannot run on this processor: using generic"},
		{"fast", haswell, false, Generic, `STRIDED_SIMD="fast" is not one of generic, sse2, avx2, avx512, neon: using generic`},
	} {
		got, note := choose(c.env, c.levels, c.race)
		if got != c.want || note != c.note {
			t.Errorf("choose(%q, %v, %t) = %v, %q; want %v, %q", c.env, c.levels, c.race, got, note, c.want, c.note)
		}
	}
}

func TestPick(t *testing.T) {
	list := []impl[string]{{AVX512, "v512"}, {AVX2, "v256"}, {SSE2, "v128"}, {NEON, "arm"}, {Generic, "go"}}
	for l, want := range map[Level]string{Generic: "go", SSE2: "v128", AVX2: "v256", AVX512: "v512", NEON: "arm"} {
		if got := pick(list, l); got.fn != want {
			t.Errorf("pick(%v) = %v, want %v", l, got.fn, want)
		}
	}
	list = []impl[string]{{AVX512, "v512"}, {Generic, "go"}}
	if got := pick(list, AVX2); got.fn != "go" {
		t.Errorf("pick(avx2) = %v from %v", got.fn, list)
	}
}

func TestUse(t *testing.T) {
	was := Active()
	for _, l := range Levels() {
		restore, err := Use(l)
		if err != nil {
			t.Fatal(err)
		}
		if Active() != l || Table().Level() != l {
			t.Errorf("Use(%v): active is %v, the table %v", l, Active(), Table().Level())
		}
		restore()
		if Active() != was {
			t.Errorf("after Use(%v): active is %v, was %v", l, Active(), was)
		}
	}
	for _, l := range []Level{SSE2, AVX2, AVX512, NEON, 99} {
		if slices.Contains(Levels(), l) {
			continue
		}
		if _, err := Use(l); err == nil || !strings.Contains(err.Error(), l.String()) {
			t.Errorf("Use(%v): %v", l, err)
		}
		if Active() != was {
			t.Errorf("a failed Use has made %v active", Active())
		}
	}
}

func TestTable(t *testing.T) {
	if Levels()[0] != Generic || !slices.IsSorted(Levels()) {
		t.Errorf("Levels() = %v", Levels())
	}
	for _, l := range Levels() {
		k := tables[l]
		text := k.String()
		for _, name := range []string{"strided1", "strided16", "items", "fill", "bool", "swap2", "swap16", "transpose1", "transpose16"} {
			of, ok := k.Impl(name)
			if !ok || !of.below(l) || !strings.Contains(text, name) {
				t.Errorf("level %v, kernel %s: %v, %t\n%s", l, name, of, ok, text)
			}
		}
		for _, name := range []string{"strided1", "strided2", "strided4", "strided8", "swap2", "swap4", "swap8", "swap16",
			"transpose1", "transpose2", "transpose4", "transpose8", "transpose16"} {
			if of, _ := k.Impl(name); len(transposeAsm[0]) > 0 && of != l {
				t.Errorf("level %v has %s of level %v: one of its own is lost", l, name, of)
			}
		}
		if _, ok := k.Impl("swap1"); ok {
			t.Error("there is a kernel that reverses one byte")
		}
		for i := range Sizes {
			if Slot(1<<i) != i || k.Strided[i] == nil || k.Transpose[i] == nil || (k.Swap[i] == nil) != (i == 0) {
				t.Errorf("level %v: slot %d is incomplete", l, i)
			}
		}
	}
	for _, size := range []int{0, 3, 5, 12, 32, -1} {
		if Slot(size) >= 0 {
			t.Errorf("Slot(%d) = %d", size, Slot(size))
		}
	}
}
