package ndbuf_test

import (
	"encoding/hex"
	"fmt"
	"reflect"

	"github.com/strided-go/strided/format"
)

// The kinds of format_calcsize.jsonl and pack.jsonl.

// kinds are all the kinds of case; each file of this test adds its own.
var kinds = map[string]*kind{}

// define adds a kind whose inputs are decoded to an In.
func define[In any](name, out, opt string, run func(c *conf, in *In) outcome) *kind {
	k := &kind{in: func() any { return new(In) }, out: out, opt: opt}
	k.run = func(c *conf) outcome { return run(c, c.in.(*In)) }
	kinds[name] = k
	return k
}

// hexed is bytes in hexadecimal.
type hexed []byte

func (h *hexed) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type formatIn struct{ F string }

type packIn struct {
	F   string
	V   []value
	B   hexed
	Off *num
	Ro  int
}

// args are the values to pack.
func (in *packIn) args() []any {
	out := make([]any, len(in.V))
	for i := range in.V {
		out[i] = plain(in.V[i].v)
	}
	return out
}

func init() {
	define("calcsize", "r", "n", func(c *conf, in *formatIn) outcome {
		size, err := format.Calcsize(in.F)
		if err != nil {
			return failed(err)
		}
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		// The whole language says of the formats of the struct module what that module says.
		if u, err := format.Parse(in.F); err != nil || u.Size() != size || u.NumValues() != t.NumValues() {
			c.errorf("Parse says %v, %v; Calcsize says %d bytes", u, err, size)
		} else if w, err := format.Parse(u.String()); err != nil || !w.Equal(u) {
			c.errorf("String is %q, which parses to %v, %v", u.String(), w, err)
		}
		return result(map[string]any{"r": size, "n": t.NumValues()})
	})
	define("fields", "r fl", "", func(c *conf, in *formatIn) outcome {
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		fl := []any{}
		for _, f := range t.Fields() {
			n, size := f.Type.Len(), f.Type.Size()
			if k := f.Type.Kind(); k == format.Bytes || k == format.Pascal || k == format.Void {
				size = 1
			}
			for _, k := range f.Shape {
				n *= k
			}
			fl = append(fl, []any{f.Type.Code(), n, f.Offset, size})
		}
		return result(map[string]any{"r": t.Size(), "fl": fl})
	})
	define("pack", "r", "", func(c *conf, in *packIn) outcome {
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		// What was there before must not show through, neither in padding nor in a value.
		dst := make([]byte, t.Size())
		for i := range dst {
			dst[i] = 0xa5
		}
		err = t.Pack(dst, in.args()...)
		return oneOr("r", hex.EncodeToString(dst), err)
	})
	define("unpack", "r", "", func(c *conf, in *packIn) outcome {
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		v, err := t.Unpack(in.B)
		return oneOr("r", pyValues(v), err)
	})
	define("iter_unpack", "r", "", func(c *conf, in *packIn) outcome {
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		seq, err := t.IterUnpack(in.B)
		if err != nil {
			return failed(err)
		}
		r := []any{}
		for v := range seq {
			r = append(r, pyValues(v))
		}
		return one("r", r)
	})
	define("unpack_from", "r", "", func(c *conf, in *packIn) outcome {
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		off, ok := in.Off.int()
		if !ok {
			return notGo("an offset that is no int", !ok)
		}
		v, err := t.UnpackFrom(in.B, off)
		return oneOr("r", pyValues(v), err)
	})
	define("pack_into", "after", "", func(c *conf, in *packIn) outcome {
		t, err := format.ParseStruct(in.F)
		if err != nil {
			return failed(err)
		}
		if in.Ro == 1 {
			m := reflect.TypeOf((*format.Type).PackInto).In(1)
			return notGo("read-only bytes", m == reflect.TypeFor[[]byte]() && !reflect.TypeFor[string]().AssignableTo(m))
		}
		dst := append([]byte{}, in.B...)
		if err = t.PackInto(dst, in.Off.at(), in.args()...); err != nil {
			if string(dst) != string(in.B) {
				c.errorf("a failed PackInto changed its destination to %x", dst)
			}
			// CPython may have written a part: say what we leave.
			return outcome{err: err, fields: map[string]any{"after": hex.EncodeToString(dst)}}
		}
		return one("after", hex.EncodeToString(dst))
	})
	define("size_from_format", "r", "", func(c *conf, in *formatIn) outcome {
		return sizeFromFormat(in.F)
	})
}

// A notInGo is the outcome of what no Go program can write.
type notInGo struct{ what string }

func (e notInGo) Error() string { return "does not compile: " + e.what }

// notGo is the answer to a question that the compiler refuses, where Python raises an error at run time. ok is the proof,
// from the types of the functions involved.
func notGo(what string, ok bool) outcome {
	if !ok {
		return failed(fmt.Errorf("the compiler takes %s", what))
	}
	return failed(notInGo{what})
}
