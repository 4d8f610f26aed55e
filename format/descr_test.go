package format_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
)

func TestDescr(t *testing.T) {
	for f, want := range map[string]string{
		"<d": "'<f8'", ">d": "'>f8'", "?": "'|b1'", "b": "'|i1'", "B": "'|u1'", "<h": "'<i2'", ">I": "'>u4'", "<q": "'<i8'",
		"<e": "'<f2'", ">f": "'>f4'", "<Zf": "'<c8'", ">Zd": "'>c16'", "c": "'|S1'", "5s": "'|S5'", "<3w": "'<U3'", "O": "'|O'",
		"8x": "'|V8'", "0s": "'|S0'",
		"T{<i:a:<d:b:}":             "[('a', '<i4'), ('b', '<f8')]",
		"T{<i:a:4x<d:b:3x}":         "[('a', '<i4'), ('', '|V4'), ('b', '<f8'), ('', '|V3')]",
		"T{(2,3)<h:m:(4)B:v:}":      "[('m', '<i2', (2, 3)), ('v', '|u1', (4,))]",
		"T{(2)T{<h:a:}:n:}":         "[('n', [('a', '<i2')], (2,))]",
		"T{4x:raw:}":                "[('raw', '|V4')]",
		"bb:f0:b":                   "[('f1', '|i1'), ('f0', '|i1'), ('f2', '|i1')]",
		"T{b:it's:b:a\"'b:b:a\\b:}": `[("it's", '|i1'), ('a"\'b', '|i1'), ('a\\b', '|i1')]`,
		"T{b:a\tb:}":                `[('a\x09b', '|i1')]`,
		"T{}":                       "[]",
	} {
		u := mustParse(t, f)
		got, err := u.Descr()
		if err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", f, got, err, want)
			continue
		}
		v, size, err := format.ParseDescr(got)
		if err != nil || size != u.Size() || f != "c" && !v.Equal(u) {
			t.Errorf("%q: %s reads as %v, %d, %v", f, got, v, size, err)
			continue
		}
		law(t, v)
		if again, _ := v.Descr(); again != got {
			t.Errorf("%q: %s again %s", f, got, again)
		}
	}
	for _, f := range []string{"P", "&i", "X{}", "p", "u", "T{i:a:T{P:x:}:b:}"} {
		if _, err := mustParse(t, f).Descr(); !errors.Is(err, format.ErrType) {
			t.Errorf("%q: %v", f, err)
		}
	}
}

func TestParseDescr(t *testing.T) {
	for s, want := range map[string]string{
		` "<i4" `: "<i4", "'>f8'": ">f8", "'=i2'": "", "'|S3'": "", "'i8'": "", "u'|b1'": "|b1", "b'|b1'": "|b1",
		"[(('title', 'a'), '<i4'),]":                      "[('a', '<i4')]",
		"[('a', '<i4', 2L)]":                              "[('a', '<i4', (2,))]",
		"[('a', ('<i4', (3,)), (2,))]":                    "[('a', '<i4', (2, 3))]",
		"[('', '<i4'), ('', '|V2'), ('b', [('c','|O')])]": "[('f0', '<i4'), ('', '|V2'), ('b', [('c', '|O')])]",
		"[('\\u00e9\\x41', '|u1',)]":                      "[('éA', '|u1')]",
		"[('a', '<i2', ())]":                              "[('a', '<i2')]",
		"[('a', '|u1', (2, 0))]":                          "[('a', '|u1', (2, 0))]",
		"('|u1', (3, ))":                                  "[('f0', '|u1', (3,))]",
		"[]":                                              "[]",
	} {
		u, size, err := format.ParseDescr(s)
		if err != nil || size != u.Size() {
			t.Errorf("%s: %v", s, err)
			continue
		}
		law(t, u)
		got, err := u.Descr()
		if want != "" && strings.Trim(got, "'") != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", s, got, err, want)
		}
	}
	// Packed members have no mode that aligns, natural ones keep it.
	for s, align := range map[string]int{"[('a','|u1'),('b','=i4')]": 1, "[('a','=i4'),('b','|u1')]": 1, "[('a','=i4'),('b','=i4')]": 4} {
		if u, _, err := format.ParseDescr(s); err != nil || u.Align() != align {
			t.Errorf("%s: %v, %v", s, u, err)
		}
	}
	for _, s := range []string{
		"", "'", "'<i4", "<i4", "'<i4' x", "'<i3'", "'<f3'", "'<b2'", "'<c4'", "'<c9'", "'<M8[ns]'", "'<m8'", "'x4'", "'S'", "'S-1'", "'|V99999999999999999999'",
		"[", "[(", "[('a'", "[('a',", "[('a','<i4'", "[('a','<i4')", "[('a','<i4',", "[('a','<i4',(", "[('a','<i4',(2", "[('a','<i4',(2)", "[('a' '<i4')]",
		"['<i4']", "[('a','<i4',x)]", "[('a','<i4',(-1,))]", "[('a','<i4'),('a','<i4')]", "[('a:b','<i4')]", "[('a\\x00','<i4')]", "[('a\\q','<i4')]", "['\n']",
		"[(('t' 'a'),'<i4')]", "[(('t','a','<i4')]", "[(('t',),'<i4')]", "('<i4')", "('<i4',2", "{'a': 1}", "[('\xff','<i4')]",
		"[('a','<i4',(9223372036854775807,9223372036854775807))]", "[('a','|V0',(1000000000,))]", "[('a','|V9223372036854775806'),('b','|V9223372036854775806')]",
		strings.Repeat("[('a',", 100) + "'<i4'" + strings.Repeat(")]", 100), "[('a','<i4',(" + strings.Repeat("1,", 65) + "))]",
	} {
		if u, _, err := format.ParseDescr(s); !errors.Is(err, format.ErrValue) {
			t.Errorf("%.60q: %v, %v", s, u, err)
		}
	}
}
