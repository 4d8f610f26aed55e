package format_test

import (
	"testing"

	"github.com/strided-go/strided/format"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "3h d", "<2l3s0i", "T{b:a:i:b:}", "(2,3)T{>h:a:<Zd:b:T{w:c:}:d:}", "&T{X{i->d}}:p:", "i=x:a:0x", "99999999999999999999x", "2T{}b",
		"bT{i^0x}@i", "T{<Z:a:<z:b:}", "4x:a:", "(0,5)g", "&0x", "T{Z::b:}a:<z:b:}", "T{&Z::f}",
	} {
		f.Add(s, []byte("0123456789abcdef"))
	}
	f.Fuzz(func(t *testing.T, s string, mem []byte) {
		if n, err := format.Calcsize(s); err == nil {
			if u, err := format.Parse(s); err != nil || u.Size() != n {
				t.Fatalf("%q: Calcsize %d, Parse %v, %v", s, n, u, err)
			}
		}
		u, err := format.Parse(s)
		if err != nil {
			return
		}
		law(t, u)
		if !u.Equal(u.WithOrder('<').WithOrder('=')) && u.NativeOrder() || !u.Compatible(u.WithOrder('>')) {
			t.Fatalf("%q: order", s)
		}
		if d, err := u.Descr(); err == nil {
			if v, n, err := format.ParseDescr(d); err != nil {
				t.Fatalf("%q: %s: %v", s, d, err)
			} else if law(t, v); n != u.Size() {
				t.Fatalf("%q: %s has size %d", s, d, n)
			}
		}
		if u.Size() > len(mem) {
			return
		}
		values, err := u.Unpack(mem[:u.Size()])
		if err != nil {
			return
		}
		dst := make([]byte, u.Size())
		if err := u.Pack(dst, values...); err != nil {
			t.Fatalf("%q: Pack of what Unpack gave: %v", s, err)
		}
		v, err := u.Decode(mem)
		if err != nil {
			t.Fatal(err)
		}
		if err := u.Encode(dst, v); err != nil {
			t.Fatalf("%q: Encode of what Decode gave: %v", s, err)
		}
		for range u.Swaps(u.WithOrder('>')) {
			break
		}
	})
}

func FuzzParseDescr(f *testing.F) {
	for _, s := range []string{"'<f8'", "[('a', '<i4'), ('', '|V4'), ('b', [('c', '>U3')], (2, 3))]", "[(('t', 'n'), '|O', 2L),]", `("\x41", 'é')`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, n, err := format.ParseDescr(s)
		if err != nil {
			return
		}
		if n != u.Size() {
			t.Fatal(n)
		}
		law(t, u)
		d, err := u.Descr()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if v, _, err := format.ParseDescr(d); err != nil || !v.Equal(u) {
			t.Fatalf("%q: %s: %v", s, d, err)
		}
	})
}
