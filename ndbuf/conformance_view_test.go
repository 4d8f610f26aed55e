package ndbuf_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of tolist.jsonl, eq.jsonl, hexhash.jsonl, cast.jsonl and pipeline.jsonl.

type xIn struct{ X exporter }

type eqIn struct {
	A  exporter
	B  *exporter
	V  *value
	Op string
}

type hexIn struct {
	X   exporter
	Sep *value
	N   *num
}

type hashOfIn struct {
	Base       string
	Toreadonly int
	Mem        hexed
}

// A castStep is the arguments of one cast.
type castStep struct{ To, Shape argument }

// An argument is whatever a case passes.
type argument struct{ raw any }

func (a *argument) UnmarshalJSON(b []byte) error {
	a.raw = decodeAny(b)
	return nil
}

type castIn struct {
	X         exporter
	To, Shape argument
	Steps     []castStep
}

type pipelineIn struct {
	X    exporter
	Keys []key
	Flip *num
}

func init() {
	list := func(c *conf, in *xIn) outcome {
		m := c.view(in.X.build())
		defer m.Release()
		v, err := m.ToList()
		return oneOr("r", pyValue(v), err)
	}
	define("tolist", "r", "", list)
	define("ndtolist", "r", "", list)
	define("eq", "r", "", func(c *conf, in *eqIn) outcome {
		a, b := c.view(in.A.build()), c.view(in.B.build())
		defer a.Release()
		defer b.Release()
		r, err := a.Equal(b)
		if back, e := b.Equal(a); e != nil || back != r {
			c.errorf("a == b is %v, b == a %v, %v", r, back, e)
		}
		return oneOr("r", r, err)
	})
	define("eqself", "same other", "", func(c *conf, in *eqIn) outcome {
		x := in.A.build()
		a, b := c.view(x), c.view(x)
		defer a.Release()
		defer b.Release()
		same, err := a.Equal(a)
		if err != nil {
			return failed(err)
		}
		other, err := a.Equal(b)
		return outcome{err: err, fields: map[string]any{"same": same, "other": other}}
	})
	define("eqobj", "r", "", func(c *conf, in *eqIn) outcome {
		a := c.view(in.A.build())
		defer a.Release()
		r, err := a.Equal(exported(in.V.v))
		return oneOr("r", r, err)
	})
	define("order", "r", "", func(c *conf, in *eqIn) outcome {
		t, none := reflect.TypeFor[*ndbuf.MemoryView](), true
		for i := range t.NumMethod() {
			name := t.Method(i).Name
			none = none && !strings.HasPrefix(name, "Less") && !strings.HasPrefix(name, "Cmp") && !strings.HasPrefix(name, "Compare")
		}
		return notGo("order "+in.Op+": there is no such method", none && strings.Contains("< <= > >=", in.Op))
	})
	define("hex", "r", "", runHex)
	define("hash", "ok", "", func(c *conf, in *xIn) outcome {
		m := c.view(in.X.build())
		defer m.Release()
		return c.hash(m, in.X.bytes(&in.X.layout, strides.C))
	})
	define("hash_of", "ok", "", func(c *conf, in *hashOfIn) outcome {
		base := map[string]any{"bytes": &pyBytes{in.Mem}, "bytearray": &pyByteArray{mem: in.Mem},
			"array_B": &pyArray{in.Mem, "B", 1}}[in.Base]
		m, err := ndbuf.FromObject(base)
		if err != nil {
			return failed(err)
		}
		defer m.Release()
		if in.Toreadonly == 1 {
			if m, err = m.ToReadOnly(); err != nil {
				return failed(err)
			}
			defer m.Release()
		}
		return c.hash(m, in.Mem)
	})
	cast := define("cast", "view same_bytes", "", func(c *conf, in *castIn) outcome {
		return runCast(c, in, []castStep{{in.To, in.Shape}})
	})
	chain := define("castchain", "view", "", func(c *conf, in *castIn) outcome { return runCast(c, in, in.Steps) })
	cast.fix = func(c *conf, out map[string]any) { c.in.(*castIn).X.flatten(out, "view") }
	chain.fix = cast.fix
	define("pipeline", "view nbytes mv_cfa tobytes tolist mv_tolist req hash gc",
		"eq_twin eq_flipped hex copyC_strides copyF_strides errs", runPipeline).fix = func(c *conf, out map[string]any) {
		c.in.(*pipelineIn).X.flatten(out, "view")
		fixCopies(c, out)
		for _, name := range []string{"mv_tolist", "hash"} {
			m, _ := out[name].(map[string]any)
			if out[name] = m["ok"]; m["e"] != nil {
				out[name] = m["e"]
			}
		}
		if text, ok := out["hex"].([]any); ok {
			out["hex"] = text[2]
		}
		req, _ := out["req"].(map[string]any)
		for f, v := range req {
			out["req."+f] = v
		}
		delete(out, "req")
	}
}

// hash asks for a hash: equal bytes hash alike.
func (c *conf) hash(m *ndbuf.MemoryView, b []byte) outcome {
	h, err := m.Hash()
	if err != nil {
		return failed(err)
	}
	return one("ok", h == ndbuf.HashBytes(b))
}

func runHex(c *conf, in *hexIn) outcome {
	m := c.view(in.X.build())
	defer m.Release()
	n := 0
	var sep byte
	if in.Sep != nil {
		n = 1
		var text string
		switch s := plain(in.Sep.v).(type) {
		case string:
			text = s
		case []byte:
			text = string(s)
		default:
			byteType := reflect.TypeFor[byte]()
			return notGo("a separator that is no byte", s == nil || !reflect.TypeOf(s).AssignableTo(byteType))
		}
		if len([]rune(text)) != 1 && len(text) != 1 {
			return notGo("a separator that is no byte", !reflect.TypeFor[string]().AssignableTo(reflect.TypeFor[byte]()))
		}
		sep = text[0]
	}
	if in.N != nil {
		var ok bool
		if n, ok = in.N.int(); !ok {
			return notGo("a number that is no int", !ok)
		}
		if in.Sep == nil {
			n = 0 // Python ignores the number when no separator is given
		}
	}
	s, err := m.Hex(sep, n)
	return oneOr("r", s, err)
}

// castArgs are the arguments of a cast in Go, or what the compiler says of them.
func (s castStep) args() (format string, shape []int, err error) {
	refuse := func(v any, t reflect.Type, what string) error {
		return notGo(what, v == nil || !reflect.TypeOf(v).AssignableTo(t)).err
	}
	text, number := reflect.TypeFor[string](), reflect.TypeFor[int]()
	if o, ok := s.To.raw.(map[string]any); ok {
		return "", nil, refuse(objects[fmt.Sprint(o["o"])], text, "a format of another type")
	}
	format = s.To.raw.(string)
	switch x := s.Shape.raw.(type) {
	case nil:
	case string:
		v := map[string]any{"int": 1, "str": "ab", "tuple": [2]int{2, 2}}[x]
		if x == "int" {
			return "", nil, notGo("an int for a list of ints", !reflect.TypeFor[int]().AssignableTo(reflect.TypeFor[[]int]())).err
		}
		if x == "tuple" {
			return format, []int{2, 2}, nil // a tuple is a list
		}
		return "", nil, refuse(v, number, "a shape of another type")
	case []any:
		shape = []int{}
		for _, n := range x {
			other, isWord := map[any]any{"f": 1.0, "s": "1", "n": nil}[n]
			if isWord {
				return "", nil, refuse(other, number, "a length of another type")
			}
			var v num
			if err := v.UnmarshalJSON([]byte(fmt.Sprint(n))); err != nil {
				return "", nil, err
			}
			i, ok := v.int()
			if !ok {
				return "", nil, notGo("a length that is no int", !ok).err
			}
			shape = append(shape, i)
		}
	}
	return format, shape, nil
}

func runCast(c *conf, in *castIn, steps []castStep) outcome {
	x := in.X.build()
	m := c.view(x)
	defer func() { m.Release() }()
	before, err := m.ToBytes(strides.C)
	if err != nil {
		return failed(err)
	}
	for _, s := range steps {
		format, shape, err := s.args()
		if err != nil {
			return failed(err)
		}
		v, err := m.Cast(format, shape...)
		if err != nil {
			return failed(err)
		}
		m.Release()
		m = v
	}
	out := map[string]any{}
	c.describe(out, "view", x, m)
	after, err := m.ToBytes(strides.C)
	out["same_bytes"] = err == nil && string(after) == string(before)
	return result(out)
}

func runPipeline(c *conf, in *pipelineIn) outcome {
	x := in.X.build()
	m := c.view(x)
	defer func() { m.Release() }()
	for i := range in.Keys {
		_, sub, err := c.get(m, &in.Keys[i])
		if err != nil {
			return failed(err)
		}
		m.Release()
		m = sub
	}
	out := map[string]any{"nbytes": m.NBytes(), "mv_cfa": contiguity(m)}
	c.describe(out, "view", x, m)
	c.contiguousCopies(out, x, m, c.places(x, m))
	if text, ok := decodeAny(orNull(c.raw["hex"])).([]any); ok {
		n, _ := text[1].(json.Number).Int64()
		s, err := m.Hex(text[0].(string)[0], int(n))
		if err != nil {
			c.errorf("Hex: %v", err)
		}
		out["hex"] = s
	}
	v, err := m.ToList()
	if err != nil {
		return failed(err)
	}
	out["tolist"], out["mv_tolist"] = pyValue(v), 1
	twin, err := m.Clone(strides.F)
	if err != nil {
		return failed(err)
	}
	defer twin.Release()
	equal, err := m.Equal(twin)
	if err != nil {
		return failed(err)
	}
	out["eq_twin"] = equal
	if in.Flip != nil {
		b, _ := m.ToBytes(strides.C)
		b[in.Flip.at()] ^= 1
		if err := twin.CopyFrom(b, strides.C); err != nil {
			return failed(err)
		}
		if out["eq_flipped"], err = m.Equal(twin); err != nil {
			return failed(err)
		}
	}
	for f := range decodeAny(orNull(c.raw["req"])).(map[string]any) {
		out["req."+f] = c.request(m, m, f, func(error) string { return "e" })
	}
	out["hash"] = 1
	if h := c.hash(m, ndbuf.Must(m.ToBytes(strides.C))); h.err != nil {
		out["hash"] = "ValueError"
		if !isClass(h.err, "ValueError") {
			out["hash"] = h.err.Error()
		}
	} else if canonical(h.fields["ok"]) != "1" {
		out["hash"] = "another hash than that of the bytes"
	}
	return result(out)
}

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}
