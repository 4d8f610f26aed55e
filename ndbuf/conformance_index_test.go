package ndbuf_test

import (
	"encoding/hex"
	"reflect"
	"strings"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of index.jsonl, ndslice.jsonl and assign.jsonl: Python's brackets.

type indexIn struct {
	X    exporter
	Key  key
	Keys []key
	V    *value
}

type setIn struct {
	X               exporter
	Key             key
	Val             *value
	Src             *exporter
	Selfkey, Srckey *key
	AfterSnapshot   any `json:"after_snapshot"`
}

func init() {
	view := func(k *kind) {
		k.fix = func(c *conf, out map[string]any) { c.in.(*indexIn).X.flatten(out, "view") }
	}
	view(define("get", "", "v view bytes", func(c *conf, in *indexIn) outcome {
		x := in.X.build()
		m := c.view(x)
		defer m.Release()
		v, sub, err := c.get(m, &in.Key)
		if err != nil {
			return failed(err)
		}
		return c.item(x, v, sub)
	}))
	view(define("ndslice", "view nbytes bytes", "", func(c *conf, in *indexIn) outcome { return c.chain(in) }))
	view(define("ndindex", "", "v view bytes", func(c *conf, in *indexIn) outcome { return c.chain(in) }))
	define("len", "r", "", func(c *conf, in *indexIn) outcome {
		m := c.view(in.X.build())
		defer m.Release()
		return one("r", length(m))
	})
	define("iter", "r", "", func(c *conf, in *indexIn) outcome { return c.walk(in, false) })
	define("rev", "r", "", func(c *conf, in *indexIn) outcome { return c.walk(in, true) })
	define("in", "r", "", func(c *conf, in *indexIn) outcome {
		m := c.view(in.X.build())
		defer m.Release()
		ok, err := m.Contains(plain(in.V.v))
		if err == nil {
			n, err := m.Count(plain(in.V.v))
			if i, e := m.IndexOf(plain(in.V.v)); err != nil || (n > 0) != ok || (e == nil) != ok || e == nil && (i < 0 || i >= m.Len()) {
				c.errorf("Contains is %v, Count %d, %v, IndexOf %d, %v", ok, n, err, i, e)
			}
		}
		return oneOr("r", ok, err)
	})
	define("set", "after", "", runSet)
	define("ndset", "after", "", runSet)
	define("del", "after", "", func(c *conf, in *setIn) outcome {
		t, gone := reflect.TypeFor[*ndbuf.MemoryView](), true
		for i := range t.NumMethod() {
			gone = gone && !strings.HasPrefix(t.Method(i).Name, "Del") && !strings.HasPrefix(t.Method(i).Name, "Remove")
		}
		return notGo("deleting: there is no such method", gone)
	})
}

// length is len(m): of a scalar the number of its items.
func length(m *ndbuf.MemoryView) int {
	if s := m.Shape(); len(s) > 0 {
		return s[0]
	}
	return m.Len()
}

// untypedKey is the answer to a key that no index is made of.
func untypedKey(k *key) outcome {
	index, ok := reflect.TypeFor[strides.Index](), true
	for _, x := range k.list() {
		if x.kind == keyOther && x.other != "none" {
			t := reflect.TypeOf(objects[x.other])
			ok = ok && !t.AssignableTo(index) && !t.AssignableTo(reflect.TypeFor[int]())
		}
	}
	return notGo("an index of another type", ok)
}

// get is m[key]: an item by Get where every axis has an integer, else a view by Index.
func (c *conf) get(m *ndbuf.MemoryView, k *key) (any, *ndbuf.MemoryView, error) {
	if !k.typed() {
		if m.Released() {
			_, err := m.Index()
			return nil, nil, err // as good an answer as the compiler's
		}
		return nil, nil, untypedKey(k).err
	}
	ix, err := c.indices(k)
	if err != nil {
		return nil, nil, err
	}
	at := make([]int, len(ix))
	integers := k.all(keyInt) && (k.kind == keyInt || k.kind == keyTuple)
	for i := range ix {
		at[i], _ = ix[i].IsAt()
	}
	switch {
	case integers && len(ix) >= m.NDim():
		v, err := m.Get(at...)
		return v, nil, err
	case integers:
		// Where Python has no sub-views, Get has none either, and says who has.
		if _, err := m.Get(at...); err == nil || !isClass(err, "NotImplementedError") && !isClass(err, "IndexError") && !m.Released() {
			c.errorf("Get(%v) of %d axes: %v", at, m.NDim(), err)
		}
	}
	sub, err := m.Index(ix...)
	return nil, sub, err
}

// item is an item, or what there is to say about a view of x's memory.
func (c *conf) item(x *live, v any, sub *ndbuf.MemoryView) outcome {
	if sub == nil {
		return one("v", pyValue(v))
	}
	defer sub.Release()
	out := map[string]any{}
	c.describe(out, "view", x, sub)
	b, err := sub.ToBytes(strides.C)
	if err != nil {
		return failed(err)
	}
	out["bytes"], out["nbytes"] = hex.EncodeToString(b), sub.NBytes()
	return result(out)
}

// chain applies keys one after the other.
func (c *conf) chain(in *indexIn) outcome {
	x := in.X.build()
	m := c.view(x)
	defer func() { m.Release() }()
	for i := range in.Keys {
		k := &in.Keys[i]
		v, sub, err := c.get(m, k)
		if err != nil {
			return failed(err)
		}
		if sub == nil {
			return c.item(x, v, nil)
		}
		m.Release()
		m = sub
	}
	last, err := m.Index()
	if err != nil {
		return failed(err)
	}
	return c.item(x, nil, last)
}

// walk iterates over a view.
func (c *conf) walk(in *indexIn, backward bool) outcome {
	m := c.view(in.X.build())
	defer m.Release()
	seq := m.Values()
	if backward {
		seq = m.Backward()
	}
	r := []any{}
	for v, err := range seq {
		if err != nil {
			return failed(err)
		}
		r = append(r, pyValue(v))
	}
	if !backward {
		n := 0
		for it, err := range m.Items() {
			if err != nil || canonical(pyValue(it.Value)) != canonical(r[n]) {
				c.errorf("Items has %v, %v at %d; Values %v", it, err, n, r[n])
			}
			n++
		}
	}
	return one("r", r)
}

// set is m[key] = v, or m[key] = src where src is not nil.
func (c *conf) set(m *ndbuf.MemoryView, k *key, v any, src *ndbuf.MemoryView) error {
	if !k.typed() {
		return untypedKey(k).err
	}
	integers := k.all(keyInt) && (k.kind == keyInt || k.kind == keyTuple)
	scalar := k.kind == keyEllipsis && m.NDim() == 0
	if src != nil && (integers || scalar) {
		v = src
	} else if src == nil && !integers && !scalar {
		b, err := ndbuf.FromObject(exported(v))
		if err != nil {
			return err // Assign takes a view: there is none
		}
		defer b.Release()
		src = b
	}
	ix, err := c.indices(k)
	switch {
	case err != nil:
		return err
	case scalar:
		return m.Set(plain(v))
	case !integers:
		return m.Assign(src, ix...)
	}
	at := make([]int, len(ix))
	for i := range ix {
		at[i], _ = ix[i].IsAt()
	}
	return m.Set(plain(v), at...)
}

func runSet(c *conf, in *setIn) outcome {
	x := in.X.build()
	m := c.view(x)
	defer m.Release()
	var src *ndbuf.MemoryView
	var v any
	var from *live
	sub := in.Selfkey
	switch {
	case in.Src != nil:
		from, sub = in.Src.build(), in.Srckey
		src = c.view(from)
	case in.Selfkey != nil:
		src = c.view(m)
	case in.Val != nil:
		v = in.Val.v
	}
	if src != nil {
		defer func() { src.Release() }()
		if sub != nil {
			_, part, err := c.get(src, sub)
			if err != nil {
				return failed(err)
			}
			src.Release()
			src = part
		}
	}
	if err := c.set(m, &in.Key, v, src); err != nil {
		c.untouched(x)
		return failed(err)
	}
	if from != nil {
		c.untouched(from)
	}
	return one("after", x.after())
}
