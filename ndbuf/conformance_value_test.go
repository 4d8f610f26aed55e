package ndbuf_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// Values and keys of the schema, both ways.

// A value is a Python value: kept as JSON, for its canonical text, and as what we pass for it.
type value struct {
	raw any // of JSON
	v   any // of Go
}

func (v *value) UnmarshalJSON(b []byte) error {
	v.raw = decodeAny(b)
	var err error
	v.v, err = goValue(v.raw)
	return err
}

// A mutable stands for a bytearray.
type mutable []byte

// goValue is the Go value for a Python value: int64, or *big.Int beyond 64 bits; float64; []byte; mutable; bool; string;
// nil; []any for a list, format.Record for a tuple; complex128.
func goValue(raw any) (any, error) {
	list := func(l []any) ([]any, error) {
		out := make([]any, len(l))
		for i := range l {
			var err error
			if out[i], err = goValue(l[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	switch x := raw.(type) {
	case []any:
		return list(x)
	case map[string]any:
		t, tuple := x["t"].([]any)
		z, pair := x["z"].([]any)
		switch {
		case len(x) == 1 && tuple:
			l, err := list(t)
			return format.Record(l), err
		case len(x) == 1 && pair && len(z) == 2:
			l, err := list(z)
			if err != nil {
				return nil, err
			}
			return complex(l[0].(float64), l[1].(float64)), nil
		}
	case string:
		if x == "" {
			break
		}
		switch text := x[1:]; x[0] {
		case 'i':
			n, ok := new(big.Int).SetString(text, 10)
			switch {
			case !ok:
			case n.IsInt64():
				return n.Int64(), nil
			case n.IsUint64():
				return n.Uint64(), nil
			default:
				return n, nil
			}
		case 'd':
			if n, err := strconv.ParseUint(text, 16, 64); err == nil && len(text) == 16 {
				return math.Float64frombits(n), nil
			}
		case 'b', 'a':
			b, err := hex.DecodeString(text)
			if x[0] == 'a' {
				return mutable(b), err
			}
			return b, err
		case '?':
			if text == "0" || text == "1" {
				return text == "1", nil
			}
		case 's':
			return text, nil
		case 'n':
			if text == "" {
				return nil, nil
			}
		}
	}
	return nil, fmt.Errorf("%v is not a value", raw)
}

// plain returns v with bytearrays as byte slices: where the difference does not matter.
func plain(v any) any {
	if b, ok := v.(mutable); ok {
		return []byte(b)
	}
	return v
}

// pyValue is the schema's form of one of our values.
func pyValue(v any) any {
	list := func(l []any) []any {
		out := make([]any, len(l))
		for i := range l {
			out[i] = pyValue(l[i])
		}
		return out
	}
	float := func(f float64) string { return fmt.Sprintf("d%016x", math.Float64bits(f)) }
	switch x := v.(type) {
	case nil:
		return "n"
	case bool:
		if x {
			return "?1"
		}
		return "?0"
	case []byte:
		return "b" + hex.EncodeToString(x)
	case string:
		return "s" + x
	case []any:
		return list(x)
	case format.Record:
		return map[string]any{"t": list(x)}
	case float32:
		return float(float64(x))
	case float64:
		return float(x)
	case format.LongDouble:
		return float(x.Float64())
	case complex64:
		return map[string]any{"z": []any{float(float64(real(x))), float(float64(imag(x)))}}
	case complex128:
		return map[string]any{"z": []any{float(real(x)), float(imag(x))}}
	case format.LongComplex:
		return map[string]any{"z": []any{float(x.Real.Float64()), float(x.Imag.Float64())}}
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return "i" + strconv.FormatInt(r.Int(), 10)
	case r.CanUint():
		return "i" + strconv.FormatUint(r.Uint(), 10)
	}
	return fmt.Sprintf("unexpected value %v of type %T", v, v)
}

func pyValues(vs []any) []any {
	out := make([]any, len(vs))
	for i := range vs {
		out[i] = pyValue(vs[i])
	}
	return out
}

// A key is what Python has between the brackets.
type key struct {
	kind  keyKind
	n     num     // of an integer
	slice [3]*num // start, stop, step; nil where omitted
	items []key   // of a tuple
	other string  // of another object: its type
}

type keyKind uint8

const (
	keyInt keyKind = iota
	keySlice
	keyTuple
	keyEllipsis
	keyOther
)

func (k *key) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		if string(b) != `"..."` {
			return fmt.Errorf("%s is not a key", b)
		}
		k.kind = keyEllipsis
		return nil
	case '{':
	default:
		return json.Unmarshal(b, &k.n)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for name, v := range m {
		if len(m) != 1 {
			break
		}
		switch name {
		case "i":
			return json.Unmarshal(v, &k.n)
		case "s":
			k.kind = keySlice
			var parts []*num
			if err := json.Unmarshal(v, &parts); err != nil {
				return err
			}
			if copy(k.slice[:], parts) != 3 || len(parts) != 3 {
				break
			}
			return nil
		case "t":
			k.kind = keyTuple
			return json.Unmarshal(v, &k.items)
		case "o":
			k.kind = keyOther
			if err := json.Unmarshal(v, &k.other); err != nil {
				return err
			}
			if objects[k.other] != nil || k.other == "none" {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is not a key", b)
}

// objects are Go values of the types that "o" names; "none" is nil.
var objects = map[string]any{
	"float": 1.0, "str": "1", "list": []any{int64(1)}, "bytes": []byte("1"), "bool": true, "object": struct{}{},
	"int": 1,
}

// list is the key as a list of indices: a tuple's entries, or the key alone.
func (k *key) list() []key {
	if k.kind == keyTuple {
		return k.items
	}
	return []key{*k}
}

// all reports whether every entry of the key is of a kind.
func (k *key) all(kind keyKind) bool {
	for _, x := range k.list() {
		if x.kind != kind {
			return false
		}
	}
	return true
}

// typed reports whether the key can be written in Go: whether none of its entries is of a type that no index is made of.
func (k *key) typed() bool {
	for _, x := range k.list() {
		if x.kind == keyTuple || x.kind == keyOther && x.other != "none" {
			return false
		}
	}
	return true
}

// big reports whether the key has an integer beyond 64 bits.
func (k *key) big() bool {
	return slices.ContainsFunc(k.list(), func(x key) bool { return x.kind == keyInt && !x.n.IsInt64() })
}

// text is the key in NumPy's notation.
func (k *key) text() string {
	var s []string
	for _, x := range k.list() {
		switch x.kind {
		case keyInt:
			s = append(s, x.n.String())
		case keySlice:
			var parts []string
			for _, p := range x.slice {
				if p == nil {
					parts = append(parts, "")
				} else {
					parts = append(parts, p.String())
				}
			}
			s = append(s, strings.Join(parts, ":"))
		case keyEllipsis:
			s = append(s, "...")
		case keyOther:
			s = append(s, "None")
		}
	}
	return strings.Join(s, ", ")
}

// indices is the key as strides.Index values: made by hand where its numbers are ints, and then compared with what
// ParseIndex makes of the key's text; by ParseIndex alone beyond.
func (c *conf) indices(k *key) ([]strides.Index, error) {
	var parsed []strides.Index
	var err error
	if list := k.list(); len(list) > 0 {
		if parsed, err = strides.ParseIndex(k.text()); err != nil {
			return nil, err
		}
	}
	var made []strides.Index
	for _, x := range k.list() {
		switch x.kind {
		case keyInt:
			i, ok := x.n.int()
			if !ok {
				return parsed, nil
			}
			made = append(made, strides.At(i))
		case keySlice:
			var p [3]int
			for i, n := range x.slice {
				p[i] = strides.None
				if n != nil {
					var ok bool
					if p[i], ok = n.int(); !ok || p[i] == strides.None {
						return parsed, nil
					}
				}
			}
			made = append(made, strides.Range(p[0], p[1], p[2]))
		case keyEllipsis:
			made = append(made, strides.Ellipsis)
		case keyOther:
			made = append(made, strides.NewAxis)
		}
	}
	if fmt.Sprint(made) != fmt.Sprint(parsed) {
		c.errorf("ParseIndex(%q) is %v, want %v", k.text(), parsed, made)
	}
	return made, nil
}
