package ndbuf_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of contig.jsonl, contig_large.jsonl and copy.jsonl.

type contigIn struct{ X exporter }

type orderIn struct {
	X     exporter
	Order string
	Data  hexed
	Len   num
}

type copyDataIn struct{ Dst, Src exporter }

// order is a one-letter string as an Order; a caller who has a string converts it so. No Order stands for another string.
func order(s string) strides.Order {
	if len(s) != 1 {
		return 0
	}
	return strides.Order(s[0])
}

func init() {
	define("contig", "nbytes cfa tobytes gc", "copyC_strides copyF_strides errs", func(c *conf, in *contigIn) outcome {
		x := in.X.build()
		m := c.view(x)
		defer m.Release()
		out := map[string]any{"nbytes": m.NBytes(), "cfa": contiguity(m)}
		c.contiguousCopies(out, x, m, in.X.places(&in.X.layout))
		return result(out)
	}).fix = fixCopies
	define("tobytes", "r", "", func(c *conf, in *orderIn) outcome {
		m := c.view(in.X.build())
		defer m.Release()
		b, err := m.ToBytes(order(in.Order))
		return oneOr("r", hex.EncodeToString(b), err)
	})
	define("scatter", "rc after", "", func(c *conf, in *orderIn) outcome {
		x := in.X.build()
		m := c.view(x)
		defer m.Release()
		if err := m.CopyFrom(in.Data, order(in.Order)); err != nil {
			c.untouched(x)
			return failed(err)
		}
		return result(map[string]any{"rc": 0, "after": x.after()})
	})
	define("gather", "r", "", func(c *conf, in *orderIn) outcome { return gather(c, in, in.X.build().buf.Layout.NBytes()) })
	define("gather_len", "r", "", func(c *conf, in *orderIn) outcome { return gather(c, in, in.Len.at()) })
	define("copydata", "rc after", "", func(c *conf, in *copyDataIn) outcome {
		dst, src := in.Dst.build(), in.Src.build()
		d, s := c.view(dst), c.view(src)
		defer d.Release()
		defer s.Release()
		if err := ndbuf.CopyData(d, s); err != nil {
			c.untouched(dst)
			return outcome{err: err, fields: map[string]any{"after": dst.after()}}
		}
		c.untouched(src)
		return result(map[string]any{"rc": 0, "after": dst.after()})
	})
}

func gather(c *conf, in *orderIn, n int) outcome {
	x := in.X.build()
	m := c.view(x)
	defer m.Release()
	dst := make([]byte, n)
	err := m.CopyTo(dst, order(in.Order))
	c.untouched(x)
	return oneOr("r", hex.EncodeToString(dst), err)
}

// fixCopies gives each of the nine ways to ask for contiguous memory a field of its own: gc.RC and so on, an error by its
// class; and each order of the bytes: tobytes.C and so on.
func fixCopies(c *conf, out map[string]any) {
	gc, _ := out["gc"].(map[string]any)
	errs, _ := out["errs"].([]any)
	for how, v := range gc {
		s, _ := v.(string)
		var n int
		if _, err := fmt.Sscanf(s, "e%d", &n); err == nil && n < len(errs) {
			v = errs[n].(map[string]any)["e"]
		}
		out["gc."+how] = v
	}
	for _, how := range strings.Fields("RC RF RA WC WF WA SC SF SA") {
		if gc[how] == nil {
			out["gc."+how] = "missing"
		}
	}
	texts, _ := out["tobytes"].(map[string]any)
	for o, v := range texts {
		if s, ok := v.(string); ok && strings.HasPrefix(s, "=") {
			v = texts[s[1:]]
		}
		out["tobytes."+o] = v
	}
	delete(out, "gc")
	delete(out, "errs")
	delete(out, "tobytes")
}

// contiguousCopies answers for a view of x what the kinds contig and pipeline ask: its bytes in three orders, and
// GetContiguous in nine ways. at are the places of its items.
func (c *conf) contiguousCopies(out map[string]any, x *live, m *ndbuf.MemoryView, at []place) {
	want := c.want[0].fields
	for _, o := range []strides.Order{'C', 'F', 'A'} {
		b, err := m.ToBytes(o)
		if err != nil {
			c.errorf("ToBytes(%v): %v", o, err)
		}
		into := make([]byte, len(b))
		if err := m.CopyTo(into, o); err != nil || !bytes.Equal(into, b) {
			c.errorf("CopyTo(%v) is %x, %v; ToBytes is %x", o, into, err, b)
		}
		out["tobytes."+o.String()] = hex.EncodeToString(b)
		if _, large := want["tobytes."+o.String()].(map[string]any); large {
			sum := sha256.Sum256(b)
			out["tobytes."+o.String()] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "head": hex.EncodeToString(b[:16])}
		}
		for _, access := range []ndbuf.Access{ndbuf.Read, ndbuf.Write, ndbuf.Shadow} {
			how := map[ndbuf.Access]string{ndbuf.Read: "R", ndbuf.Write: "W", ndbuf.Shadow: "S"}[access] + o.String()
			out["gc."+how] = c.getContiguous(out, x, m, at, access, o)
		}
	}
}

// getContiguous names the result of one request and checks what that name promises.
func (c *conf) getContiguous(out map[string]any, x *live, m *ndbuf.MemoryView, at []place, access ndbuf.Access, o strides.Order) string {
	g, err := ndbuf.GetContiguous(m, access, o)
	if err != nil {
		if !isClass(err, "BufferError") {
			c.errorf("GetContiguous(%#x, %v): %v", int(access), o, err)
		}
		return "BufferError"
	}
	defer g.Release()
	if g.Format() != m.Format() || g.ItemSize() != m.ItemSize() || fmt.Sprint(g.Shape()) != fmt.Sprint(m.Shape()) {
		c.errorf("GetContiguous(%#x, %v) has format %q, shape %v", int(access), o, g.Format(), g.Shape())
	}
	if m.IsContiguous(o) {
		if g.ReadOnly() != m.ReadOnly() || g.Layout().Offset != m.Layout().Offset || fmt.Sprint(g.Strides()) != fmt.Sprint(m.Strides()) ||
			address(g.Buffer().Mem) != address(m.Buffer().Mem) {
			c.errorf("GetContiguous(%#x, %v) is not the original memory", int(access), o)
		}
		return "same"
	}
	order := strides.C
	if o == strides.F {
		order = strides.F
	}
	name := "copy" + order.String()
	out[name+"_strides"] = g.Strides()
	items, err := m.ToBytes(order)
	if b := g.Buffer(); err != nil || !bytes.Equal(b.Mem[b.Layout.Offset:b.Layout.Offset+g.NBytes()], items) || !g.IsContiguous(order) {
		c.errorf("GetContiguous(%#x, %v) has memory %x, %v; want %x", int(access), o, b.Mem, err, items)
	}
	if g.ReadOnly() != (access == ndbuf.Read) {
		c.errorf("GetContiguous(%#x, %v).ReadOnly is %v", int(access), o, g.ReadOnly())
	}
	if access == ndbuf.Shadow {
		c.writeBack(x, m, g, at)
	}
	return name
}

// writeBack changes every byte of a shadow, releases it and compares the memory of x with what that must have done: items
// stored in C order at the places where the view has them. The memory is then restored.
func (c *conf) writeBack(x *live, m, shadow *ndbuf.MemoryView, at []place) {
	before := make([][]byte, len(x.blocks))
	for i, b := range x.blocks {
		before[i] = bytes.Clone(b)
	}
	mem := shadow.Buffer()
	for i := range mem.Mem[mem.Layout.Offset : mem.Layout.Offset+shadow.NBytes()] {
		mem.Mem[mem.Layout.Offset+i] ^= byte(i) | 0x80
	}
	items, err := shadow.ToBytes(strides.C)
	if err != nil {
		c.errorf("ToBytes of a shadow: %v", err)
	}
	want := make([][]byte, len(x.blocks))
	for i, b := range before {
		want[i] = bytes.Clone(b)
	}
	for i, p := range at {
		copy(want[p.block][p.off:], items[i*m.ItemSize():(i+1)*m.ItemSize()])
	}
	if err := m.Release(); err == nil {
		c.errorf("the source of a shadow was released")
	}
	if err := shadow.Release(); err != nil {
		c.errorf("Release of a shadow: %v", err)
	}
	for i := range want {
		if !bytes.Equal(x.blocks[i], want[i]) {
			c.errorf("releasing a shadow left block %d as %x, want %x", i, x.blocks[i], want[i])
		}
		copy(x.blocks[i], before[i])
	}
}
