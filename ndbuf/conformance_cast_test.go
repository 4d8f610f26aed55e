package ndbuf_test

import (
	"math/big"
	"slices"
	"strings"
)

// What casts must answer.

// A castModel is a view that is cast: its layout, format and memory.
type castModel struct {
	layout
	fmt string
}

// simple reports whether memoryview.cast knows a format: a native single character, optionally with @.
func simple(f string) bool {
	f = strings.TrimPrefix(f, "@")
	return len(f) == 1 && strings.Contains("cbB?hHiIlLqQnNfdP", f)
}

func isBytes(f string) bool {
	f = strings.TrimPrefix(f, "@")
	return len(f) == 1 && strings.Contains("cbB", f)
}

// strict is memoryview's own answer to a cast: the exception, or "". Its conditions come in this order.
func (m *castModel) strict(to string, shape []int) string {
	n, size := m.isz, nativeSizes[strings.TrimPrefix(to, "@")]
	for _, k := range m.shape {
		n *= k
	}
	total := big.NewInt(int64(size))
	for _, k := range shape {
		total.Mul(total, big.NewInt(int64(k)))
	}
	switch {
	case !m.attribute() || (len(m.shape) != 1 || shape != nil) && slices.Contains(m.shape, 0):
		return "TypeError"
	case len(shape) > 64:
		return "ValueError"
	case shape != nil && len(m.shape) != 1 && len(shape) != 1:
		return "TypeError"
	case !simple(to):
		return "ValueError"
	case !isBytes(m.fmt) && !isBytes(to) || n%size != 0:
		return "TypeError"
	case slices.ContainsFunc(shape, func(k int) bool { return k <= 0 }) || !total.IsInt64():
		return "ValueError"
	case shape != nil && total.Cmp(big.NewInt(int64(n))) != 0:
		return "TypeError"
	}
	return ""
}

// attribute is memoryview's c_contiguous.
func (m *castModel) attribute() bool {
	if len(m.shape) == 1 && m.shape[0] == 0 && m.strides[0] != m.isz {
		return false
	}
	return cfa(&m.layout, m.sub != nil)[0] == '1'
}

// cast is a cast by our rules; an exception's name instead if it is refused.
func (m *castModel) cast(to string, shape []int) (*castModel, string) {
	if cfa(&m.layout, m.sub != nil)[0] == '0' {
		return nil, "TypeError"
	}
	_, size, ok := readFormat(to)
	if !ok || size == 0 {
		return nil, "ValueError"
	}
	n := m.isz
	for _, k := range m.shape {
		n *= k
	}
	if shape == nil {
		if n%size != 0 {
			return nil, "TypeError"
		}
		shape = []int{n / size}
	}
	total, empty := big.NewInt(int64(size)), false
	for _, k := range shape {
		if k < 0 || len(shape) > 64 {
			return nil, "ValueError"
		}
		empty = empty || k == 0
		total.Mul(total, big.NewInt(int64(k)))
	}
	if !total.IsInt64() && !empty {
		return nil, "ValueError"
	}
	if total.Cmp(big.NewInt(int64(n))) != 0 {
		return nil, "TypeError"
	}
	out := &castModel{layout: layout{isz: size, shape: shape, strides: make([]int, len(shape)), start: m.start}, fmt: to}
	for d, step := len(shape)-1, size; d >= 0; d-- {
		out.strides[d] = step
		step *= shape[d]
	}
	return out, ""
}

func replaceCast(c *conf, want outcome) (outcome, bool) {
	if in, ok := c.in.(*stepIn); ok {
		return castOfTwin(in, want)
	}
	in := c.in.(*castIn)
	if want.class == "" {
		return want, false
	}
	steps := in.Steps
	if steps == nil {
		steps = []castStep{{in.To, in.Shape}}
	}
	m := &castModel{in.X.layout, in.X.fmt}
	if in.X.nofmt {
		m.fmt = ""
	}
	for i, s := range steps {
		format, shape, err := s.args()
		if err != nil {
			return want, false
		}
		theirs := m.strict(format, shape)
		if last := i == len(steps)-1; last && theirs != want.class || !last && theirs != "" {
			return want, false // no answer of memoryview's
		}
		var class string
		if m, class = m.cast(format, shape); class != "" {
			return refusal(class), true
		}
	}
	fields := map[string]any{"view.shape": m.shape, "view.strides": m.strides, "view.fmt": m.fmt, "view.isz": m.isz,
		"view.ro": in.X.ro, "view.cfa": cfa(&m.layout, false), "same_bytes": 1}
	if in.X.direct {
		fields["view.off"] = m.start.off
	}
	return result(fields), true
}

// castOfTwin is replaceCast for a step.
func castOfTwin(in *stepIn, want outcome) (outcome, bool) {
	if in.Op != "cast" || want.class == "" || in.on.released {
		return want, false
	}
	format, shape, err := castStep{in.To, in.Shape}.args()
	if err != nil {
		return want, false
	}
	_, class := in.on.cast(format, shape)
	return outcome{class: class}, in.on.model().strict(format, shape) == want.class
}
