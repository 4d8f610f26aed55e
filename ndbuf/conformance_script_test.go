package ndbuf_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of scripts.jsonl: steps on named objects, each with an answer of its own.

type scriptIn struct{ Steps []json.RawMessage }

type stepIn struct {
	Op, Of, As        string
	Hex               *hexed
	X                 *exporter
	Key               *key
	To                argument
	Shape             argument
	Type, Order, Name string
	Flags             *num
	N                 *num
	Val               *value
	Src, With         string
	on, src           *twin // what the step is about, and what it stores
	script            *script
}

// An object is what a name of a script stands for.
type object struct {
	e    ndbuf.Exporter
	mem  func() [][]byte // of an exporter: its memory
	twin *twin           // of anything that can be viewed
}

// silent reports whether an input asks for no result.
func silent(in any) bool {
	step, ok := in.(*stepIn)
	return ok && strings.Contains(" bytearray bytes exporter view slice cast toreadonly getcontig hold unhold release enter exit resize hash set ",
		" "+step.Op+" ")
}

// A script is a run of steps.
type script struct {
	objects map[string]*object
	names   []string
}

// stepKind is the kind of a step, for the rules; no case has it.
const stepKind = "step"

func init() {
	define(stepKind, "", "r", func(c *conf, in *stepIn) outcome { return in.run(c) })
	for _, name := range []string{"rules", "walk"} {
		kinds[name] = &kind{in: func() any { return new(scriptIn) }}
	}
}

// runScript runs the steps of a case; each is judged by itself.
func (c *conf) runScript(s *tally) {
	sc := &script{objects: map[string]*object{}}
	defer sc.end()
	for i, raw := range c.in.(*scriptIn).Steps {
		step := &conf{t: c.t, k: stepKind, kind: kinds[stepKind], adv: c.adv}
		if err := json.Unmarshal(raw, &step.raw); err != nil {
			c.errorf("step %d: %v", i, err)
			return
		}
		delete(step.raw, "id")
		step.id = fmt.Sprintf("%s, step %d", c.id, i)
		if err := step.decode(); err != nil {
			c.errorf("%v", err)
			return
		}
		in := step.in.(*stepIn)
		in.script = sc
		for _, use := range []struct {
			name string
			twin **twin
		}{{in.Of, &in.on}, {in.Src, &in.src}} {
			o := sc.objects[use.name]
			if use.name != "" && o == nil {
				step.errorf("no object %q", use.name)
				return
			}
			if o != nil {
				*use.twin = o.twin
			}
		}
		step.judge(s)
		if _, made := sc.objects[in.As]; in.As != "" && made != (step.want[0].class == "") {
			if made {
				sc.drop(in.As) // the script goes on as if we had refused it too
				continue
			}
			return
		}
	}
}

// end releases what the script left.
func (sc *script) end() {
	for i := len(sc.names) - 1; i >= 0; i-- {
		sc.drop(sc.names[i])
	}
}

// drop gives an object back and forgets its name.
func (sc *script) drop(name string) {
	o := sc.objects[name]
	if o == nil {
		return
	}
	switch x := o.e.(type) {
	case *ndbuf.MemoryView:
		x.Release()
	case *holder:
		x.of.ReleaseBuffer(x.buf)
	}
	delete(sc.objects, name)
}

// add names an object.
func (sc *script) add(name string, o *object) {
	sc.objects[name] = o
	sc.names = append(sc.names, name)
}

// view names a view that a step made.
func (sc *script) view(name string, m *ndbuf.MemoryView, t *twin, err error) outcome {
	if err != nil {
		return failed(err)
	}
	sc.add(name, &object{e: m, twin: t})
	return result(nil)
}

// nameOf is the name of a base.
func (sc *script) nameOf(base any) any {
	if base == nil {
		return nil
	}
	for name, o := range sc.objects {
		if any(o.e) == base {
			return name
		}
	}
	return "other"
}

// pyTuple is a list of numbers as a tuple.
func pyTuple(s []int) any {
	t := []any{}
	for _, n := range s {
		t = append(t, fmt.Sprint("i", n))
	}
	return map[string]any{"t": t}
}

// attribute is an attribute of a view as the schema writes it.
func attribute(m *ndbuf.MemoryView, name string) any {
	switch name {
	case "nbytes":
		return pyValue(m.NBytes())
	case "itemsize":
		return pyValue(m.ItemSize())
	case "format":
		return pyValue(m.Format())
	case "ndim":
		return pyValue(m.NDim())
	case "shape":
		return pyTuple(m.Shape())
	case "strides":
		return pyTuple(m.Strides())
	case "suboffsets":
		return pyTuple(m.SubOffsets())
	case "readonly":
		return pyValue(m.ReadOnly())
	case "c_contiguous":
		return pyValue(m.IsContiguous(strides.C))
	case "f_contiguous":
		return pyValue(m.IsContiguous(strides.F))
	case "contiguous":
		return pyValue(m.IsContiguous(strides.A))
	}
	return "unknown attribute " + name
}

// create makes the objects that the script begins with.
func (in *stepIn) create() outcome {
	switch in.Op {
	case "bytearray":
		b := &pyByteArray{mem: bytes.Clone(*in.Hex)}
		in.script.add(in.As, &object{e: b, mem: func() [][]byte { return [][]byte{b.mem} }, twin: flatTwin(func() []byte { return b.mem }, false)})
	case "bytes":
		b := &pyBytes{mem: *in.Hex}
		in.script.add(in.As, &object{e: b, mem: func() [][]byte { return [][]byte{b.mem} }, twin: flatTwin(func() []byte { return b.mem }, true)})
	case "exporter":
		x := in.X.build()
		in.script.add(in.As, &object{e: x, mem: func() [][]byte { return x.blocks }, twin: twinOf(x)})
	}
	return result(nil)
}

// run runs a step.
func (in *stepIn) run(c *conf) outcome {
	if in.Of == "" {
		switch in.Op {
		case "bytearray", "bytes", "exporter":
			return in.create()
		}
		return failed(fmt.Errorf("unknown step %q", in.Op))
	}
	sc := in.script
	o := sc.objects[in.Of]
	switch in.Op {
	case "view":
		m, err := ndbuf.FromObject(o.e)
		return sc.view(in.As, m, o.twin.view(), err)
	case "hold":
		b, err := o.e.GetBuffer(ndbuf.Flags(in.Flags.at()))
		if err != nil {
			return failed(err)
		}
		sc.add(in.As, &object{e: &holder{of: o.e, buf: b}, twin: o.twin.view()})
		return result(nil)
	case "unhold":
		sc.drop(in.Of)
		return result(nil)
	case "resize":
		if err := o.e.(*pyByteArray).resize(in.N.at()); err != nil {
			return failed(err)
		}
		return result(nil)
	case "mem":
		if x, ok := o.e.(*live); ok {
			return one("r", x.after())
		}
		return one("r", hex.EncodeToString(o.mem()[0]))
	}
	m, ok := o.e.(*ndbuf.MemoryView)
	if !ok {
		return failed(fmt.Errorf("step %q on a %T", in.Op, o.e))
	}
	return in.onView(c, m)
}

// onView runs a step on a view.
func (in *stepIn) onView(c *conf, m *ndbuf.MemoryView) outcome {
	sc := in.script
	switch in.Op {
	case "slice":
		ix, err := c.indices(in.Key)
		if err != nil {
			return failed(err)
		}
		v, err := m.Index(ix...)
		return sc.view(in.As, v, in.on.pick(in.Key), err)
	case "cast":
		format, shape, err := castStep{in.To, in.Shape}.args()
		if err != nil {
			return failed(err)
		}
		v, err := m.Cast(format, shape...)
		t, _ := in.on.cast(format, shape)
		return sc.view(in.As, v, t, err)
	case "toreadonly":
		v, err := m.ToReadOnly()
		return sc.view(in.As, v, in.on.readOnly(), err)
	case "getcontig":
		access := map[string]ndbuf.Access{"READ": ndbuf.Read, "WRITE": ndbuf.Write}[in.Type]
		v, err := ndbuf.GetContiguous(m, access, order(in.Order))
		return sc.view(in.As, v, in.on.contiguous(v), err)
	case "release", "exit":
		err := m.Release()
		in.on.released = in.on.released || err == nil
		return outcome{err: err}
	case "enter":
		_, err := m.Index()
		return outcome{err: err}
	case "base":
		return one("r", sc.nameOf(m.Base()))
	case "attr":
		return one("r", attribute(m, in.Name))
	case "tolist":
		v, err := m.ToList()
		return oneOr("r", pyValue(v), err)
	case "tobytes":
		if in.Order == "" {
			in.Order = "C"
		}
		b, err := m.ToBytes(order(in.Order))
		return oneOr("r", hex.EncodeToString(b), err)
	case "hex":
		s, err := m.Hex(0, 0)
		return oneOr("r", "s"+s, err)
	case "len":
		return one("r", length(m))
	case "iter":
		r := []any{}
		for v, err := range m.Values() {
			if err != nil {
				return failed(err)
			}
			r = append(r, pyValue(v))
		}
		return one("r", r)
	case "hash":
		_, err := m.Hash()
		return outcome{err: err}
	case "repr":
		return one("r", map[bool]string{true: "released memory", false: "memory"}[m.Released()])
	case "in":
		ok, err := m.Contains(plain(in.Val.v))
		return oneOr("r", ok, err)
	case "eq":
		r, err := m.Equal(sc.objects[in.With].e)
		return oneOr("r", r, err)
	case "get":
		v, sub, err := c.get(m, in.Key)
		if err != nil || sub == nil {
			return oneOr("r", pyValue(v), err)
		}
		defer sub.Release()
		b, err := sub.ToBytes(strides.C)
		return oneOr("r", describeItems(sub.Shape(), b), err)
	case "set":
		return in.set(c, m)
	}
	return failed(fmt.Errorf("unknown step %q", in.Op))
}

// describeItems is a view as a text.
func describeItems(shape []int, b []byte) string { return fmt.Sprintf("shape %v, bytes %x", shape, b) }

// set stores a value, or another object's items. What CPython refuses is undone, for the script goes on without it.
func (in *stepIn) set(c *conf, m *ndbuf.MemoryView) outcome {
	var src *ndbuf.MemoryView
	if in.Src != "" {
		v, err := ndbuf.FromObject(in.script.objects[in.Src].e)
		if err != nil {
			return failed(err)
		}
		defer v.Release()
		src = v
	}
	var v any
	if in.Val != nil {
		v = in.Val.v
	}
	before := in.on.bytes()
	if err := c.set(m, in.Key, v, src); err != nil {
		if !in.on.released && !bytes.Equal(before, in.on.bytes()) {
			c.errorf("a refused assignment changed memory")
		}
		return failed(err)
	}
	after := in.on.bytes()
	if c.want[0].class != "" {
		in.on.store(before)
	}
	return one("after", hex.EncodeToString(after))
}
