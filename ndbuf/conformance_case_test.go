package ndbuf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
)

// One line of a conformance file: a question and CPython's answer to it. The schema is in testdata/conformance/README.md.

// An outcome is an answer: an error or fields of results.
type outcome struct {
	err    error          // ours
	class  string         // CPython's exception class, of an expected answer; "" for success
	fields map[string]any // what the schema calls them, as JSON values or Go values that marshal to them
}

// anything stands for a field of an expected answer that may have any value.
type anything struct{}

func failed(err error) outcome             { return outcome{err: err} }
func refusal(class string) outcome         { return outcome{class: class} }
func result(fields map[string]any) outcome { return outcome{fields: fields} }
func one(name string, v any) outcome       { return outcome{fields: map[string]any{name: v}} }
func oneOr(name string, v any, e error) outcome {
	if e != nil {
		return failed(e)
	}
	return one(name, v)
}

func (o outcome) String() string {
	switch {
	case o.err != nil:
		return "error: " + o.err.Error()
	case o.class != "":
		return o.class
	}
	var s []string
	for k, v := range o.fields {
		s = append(s, k+"="+shorten(canonical(v)))
	}
	sort.Strings(s)
	return strings.Join(s, " ")
}

func shorten(s string) string {
	if len(s) > 300 {
		return s[:300] + "..."
	}
	return s
}

// A kind of case: its inputs, its results and how we answer it.
type kind struct {
	in  func() any                        // where the inputs are decoded to; fields that it lacks are unknown
	out string                            // names of the results
	opt string                            // names of results that not every case has
	run func(c *conf) outcome             // our answer, by the public API
	fix func(c *conf, out map[string]any) // brings a recorded result to the form that run gives
}

// A conf is one case.
type conf struct {
	t     *testing.T // where violations are reported that no answer can excuse
	id, k string
	raw   map[string]json.RawMessage
	kind  *kind
	in    any
	want  []outcome // the recorded answer, then those of later CPythons
	adv   string    // why the recorded answer is advisory; "" if it is not
}

// errorf reports a violation of a promise that holds whatever the answer is.
func (c *conf) errorf(f string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s (%s): %s", c.id, c.k, fmt.Sprintf(f, args...))
}

// parseCase reads one line; everything in it must be known.
func parseCase(t *testing.T, line []byte) (c *conf, err error) {
	c = &conf{t: t}
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("%s (%s): contradicts itself: %v", c.id, c.k, e)
		}
	}()
	if err := json.Unmarshal(line, &c.raw); err != nil {
		return nil, err
	}
	for name, dst := range map[string]*string{"id": &c.id, "k": &c.k} {
		if err := json.Unmarshal(c.raw[name], dst); err != nil || *dst == "" {
			return nil, fmt.Errorf("no %q in %.80s", name, line)
		}
	}
	name := c.k
	if _, ok := c.raw["x"]; name == "contig" && !ok {
		name = "contig of a layout"
	}
	if c.kind = kinds[name]; c.kind == nil || name == stepKind {
		return nil, fmt.Errorf("%s: unknown kind %q", c.id, c.k)
	}
	return c, c.decode()
}

// decode splits a case in its inputs and its recorded answers.
func (c *conf) decode() error {
	outs, opts := strings.Fields(c.kind.out), strings.Fields(c.kind.opt)
	isOut := map[string]bool{}
	for _, n := range append(append([]string{}, outs...), opts...) {
		isOut[n] = true
	}
	in := map[string]json.RawMessage{}
	base := map[string]any{}
	var alt map[string]map[string]json.RawMessage
	for name, v := range c.raw {
		switch {
		case name == "id" || name == "k":
		case name == "adv":
			if err := json.Unmarshal(v, &c.adv); err != nil || c.adv == "" {
				return fmt.Errorf("%s: adv is %s", c.id, v)
			}
		case name == "alt":
			if err := json.Unmarshal(v, &alt); err != nil {
				return fmt.Errorf("%s: alt: %w", c.id, err)
			}
		case name == "e" || name == "m" || isOut[name]:
			base[name] = decodeAny(v)
		default:
			in[name] = v
		}
	}
	data, err := json.Marshal(in)
	if err != nil {
		return err
	}
	c.in = c.kind.in()
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(c.in); err != nil {
		return fmt.Errorf("%s (%s): %w", c.id, c.k, err)
	}
	versions := []map[string]any{base}
	for _, changes := range alt {
		v := map[string]any{}
		for n, x := range base {
			v[n] = x
		}
		for n, x := range changes {
			if n != "e" && n != "m" && !isOut[n] {
				return fmt.Errorf("%s (%s): unknown field %q in alt", c.id, c.k, n)
			}
			if v[n] = decodeAny(x); v[n] == nil {
				delete(v, n)
			}
		}
		versions = append(versions, v)
	}
	for _, v := range versions {
		o := outcome{fields: v}
		o.class, _ = v["e"].(string)
		delete(v, "e")
		delete(v, "m")
		if o.class == "" {
			for _, n := range outs {
				if _, ok := v[n]; !ok {
					return fmt.Errorf("%s (%s): neither an error nor a result %q", c.id, c.k, n)
				}
			}
			if len(outs) == 0 && len(v) == 0 && c.kind.run != nil && !silent(c.in) {
				return fmt.Errorf("%s (%s): neither an error nor a result", c.id, c.k)
			}
			if c.kind.fix != nil {
				c.kind.fix(c, v)
			}
		} else if classes[o.class] == nil {
			return fmt.Errorf("%s (%s): unknown exception %q", c.id, c.k, o.class)
		}
		c.want = append(c.want, o)
	}
	return nil
}

func decodeAny(raw json.RawMessage) (v any) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return v
}

// classes maps CPython's exceptions to ours. A UnicodeEncodeError is a ValueError.
var classes = map[string][]error{
	"TypeError":           {ndbuf.ErrType, format.ErrType},
	"ValueError":          {ndbuf.ErrValue, format.ErrValue},
	"UnicodeEncodeError":  {ndbuf.ErrValue, format.ErrValue},
	"IndexError":          {ndbuf.ErrIndex},
	"OverflowError":       {ndbuf.ErrOverflow, format.ErrOverflow},
	"NotImplementedError": {ndbuf.ErrNotImplemented},
	"BufferError":         {ndbuf.ErrBuffer},
	"struct.error":        {format.ErrStruct},
	// Accidents of the implementation, in cases marked as advisory: any error is an answer.
	"SystemError": {}, "KeyError": {}, "RuntimeError": {},
}

func isClass(err error, class string) bool {
	for _, want := range classes[class] {
		if errors.Is(err, want) {
			return true
		}
	}
	return len(classes[class]) == 0
}

// matches reports whether got is the expected answer.
func (want outcome) matches(got outcome) bool {
	if want.class != "" && (got.err == nil || !isClass(got.err, want.class)) || want.class == "" && got.err != nil {
		return false
	}
	for name, w := range want.fields {
		g, ok := got.fields[name]
		if _, any := w.(anything); any || !ok && want.class != "" {
			continue
		}
		if !ok || canonical(w) != canonical(g) {
			return false
		}
	}
	return true
}

// canonical is one text for equal JSON values, whether they come from a file or from Go.
func canonical(v any) string {
	var b strings.Builder
	writeCanonical(&b, reflect.ValueOf(v))
	return b.String()
}

func writeCanonical(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Invalid:
		b.WriteString("null")
	case reflect.Interface:
		writeCanonical(b, v.Elem())
	case reflect.String:
		b.WriteString(v.String())
	case reflect.Bool:
		b.WriteString(map[bool]string{true: "1", false: "0"}[v.Bool()])
	case reflect.Slice:
		if v.IsNil() {
			b.WriteString("null")
			return
		}
		b.WriteByte('[')
		for i := range v.Len() {
			b.WriteByte(' ')
			writeCanonical(b, v.Index(i))
		}
		b.WriteByte(']')
	case reflect.Map:
		var names []string
		for _, k := range v.MapKeys() {
			names = append(names, k.String())
		}
		sort.Strings(names)
		b.WriteByte('{')
		for _, n := range names {
			b.WriteString(" " + n + ":")
			writeCanonical(b, v.MapIndex(reflect.ValueOf(n)))
		}
		b.WriteByte('}')
	default:
		fmt.Fprint(b, v.Interface())
	}
}

// A num is an integer of any size: a JSON number, or a decimal string beyond 2^53.
type num struct{ big.Int }

func (n *num) UnmarshalJSON(b []byte) error {
	if s := strings.Trim(string(b), `"`); s != "" {
		if _, ok := n.SetString(s, 10); ok {
			return nil
		}
	}
	return fmt.Errorf("%s is not an integer", b)
}

// int returns n, and whether it fits in an int.
func (n *num) int() (int, bool) {
	if !n.IsInt64() || int64(int(n.Int64())) != n.Int64() {
		return 0, false
	}
	return int(n.Int64()), true
}

// at returns n, which is small on every platform.
func (n *num) at() int {
	i, ok := n.int()
	if !ok {
		panic("number " + n.String() + " does not fit in an int")
	}
	return i
}

// ints returns the numbers, and whether all of them fit; nil for none.
func ints(ns []num) ([]int, bool) {
	if ns == nil {
		return nil, true
	}
	out := make([]int, len(ns))
	for i := range ns {
		var ok bool
		if out[i], ok = ns[i].int(); !ok {
			return nil, false
		}
	}
	return out, true
}

func mustInts(ns []num) []int {
	out, ok := ints(ns)
	if !ok {
		panic("a number does not fit in an int")
	}
	return out
}
