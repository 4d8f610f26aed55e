package strides_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	. "github.com/strided-go/strided/strides"
)

func TestParseIndex(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Index
	}{
		{"1:10:2, ..., ::-1, None", []Index{Range(1, 10, 2), Ellipsis, Range(None, None, -1), NewAxis}},
		{":", []Index{All}},
		{"::", []Index{All}},
		{" : : ", []Index{All}},
		{"None:None:None", []Index{All}},
		{"None:3", []Index{Range(None, 3, None)}},
		{"3", []Index{At(3)}},
		{"-3,", []Index{At(-3)}},
		{"+3\t,\t0", []Index{At(3), At(0)}},
		{"...,", []Index{Ellipsis}},
		{"newaxis", []Index{NewAxis}},
		{"1_000:00", []Index{Range(1000, 0, None)}},
		{"5:", []Index{Range(5, None, None)}},
		{":-5", []Index{Range(None, -5, None)}},
		{"::99999999999999999999999", []Index{Range(None, None, maxInt)}},
		{"::-99999999999999999999999", []Index{Range(None, None, -maxInt)}},
	} {
		got, err := ParseIndex(c.text)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("ParseIndex(%q) = %s, %v, want %s", c.text, join(got), err, join(c.want))
		}
	}
}

func TestParseIndexErrors(t *testing.T) {
	for _, c := range []struct {
		text   string
		offset int
		class  error
		says   string
	}{
		{"", 0, ErrValue, "an index expected"},
		{"  ", 2, ErrValue, "an index expected"},
		{",", 0, ErrValue, "an integer"},
		{"1,,2", 2, ErrValue, "an integer"},
		{"1 2", 2, ErrValue, "a comma"},
		{"1:2:3:4", 5, ErrValue, "a comma"},
		{"1:2:0", 0, ErrValue, "step"},
		{"0, ::-0", 3, ErrValue, "step"},
		{"..", 0, ErrValue, "an integer"},
		{"....", 3, ErrValue, "a comma"},
		{"...1", 3, ErrValue, "a comma"},
		{"-", 1, ErrValue, "digits"},
		{"1:- 2", 3, ErrValue, "digits"},
		{"--1", 1, ErrValue, "digits"},
		{"007", 0, ErrValue, "leading zeros"},
		{"1__0", 2, ErrValue, "a digit"},
		{"_1", 0, ErrValue, "a digit"},
		{"1_", 2, ErrValue, "a digit"},
		{"1.5", 1, ErrValue, "a comma"},
		{"0x10", 1, ErrValue, "a comma"},
		{"Nonesuch", 0, ErrValue, "an integer"},
		{"newaxis:", 7, ErrValue, "a comma"},
		{"none", 0, ErrValue, "an integer"},
		{"[1]", 0, ErrValue, "an integer"},
		{"1, 99999999999999999999", 3, ErrIndex, "fits in an int"},
		{"1\n", 1, ErrValue, "a comma"},
		{"1\x00", 1, ErrValue, "a comma"},
		{"\u0663", 0, ErrValue, "an integer"},
	} {
		ix, err := ParseIndex(c.text)
		var se *SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("%q: %s, %v", c.text, join(ix), err)
			continue
		}
		if se.Offset != c.offset || se.Text != c.text || !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want %q at %d", c.text, err, c.says, c.offset)
		}
	}
}

// What ParseIndex accepts, String gives back; whatever is asked of it has an answer.
func FuzzIndex(f *testing.F) {
	for _, s := range []string{"1:10:2, ..., ::-1, None", ":", "-3,", "None:3", "1_0", "::-99999999999999999999", "-9223372036854775808:", "1,,2", "...."} {
		f.Add(s)
	}
	l, _ := Contiguous(F, 3, 4, 5, 6)
	f.Fuzz(func(t *testing.T, s string) {
		ix, err := ParseIndex(s)
		if err != nil {
			var se *SyntaxError
			if !errors.As(err, &se) || se.Offset < 0 || se.Offset > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := ParseIndex(join(ix))
		if err != nil || !slices.Equal(again, ix) {
			t.Fatalf("%q reads as %s and that as %s, %v", s, join(ix), join(again), err)
		}
		got, err := l.Index(ix...)
		if err != nil {
			return
		}
		wantValid(t, s, l, got)
		if err := got.CheckBounds(l.NBytes()); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
	})
}
