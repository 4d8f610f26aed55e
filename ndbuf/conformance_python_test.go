package ndbuf_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Python's rules for storing, copying and comparing values, in a few lines of our own.

// writeItem is what stores a Python value in an item of a format: the bytes, or the exception. ok is false for what it
// does not know.
func writeItem(format string, raw any) (b []byte, class string, ok bool) {
	members, size, ok := readFormat(format)
	if !ok {
		return nil, "", false
	}
	b = make([]byte, size)
	if len(members) == 1 && !members[0].named {
		class, ok = members[0].write(b[members[0].off:], raw)
		return b, class, ok
	}
	class, ok = writeTuple(members, b, raw)
	return b, class, ok
}

// writeTuple stores one value a member. A Go slice of numbers is a list of them, one of bytes too.
func writeTuple(members []node, b []byte, raw any) (class string, ok bool) {
	values, isList := pyParts(raw)
	if text, _ := raw.(string); !isList && isPyBytes(text) {
		data, err := hex.DecodeString(text[1:])
		for _, n := range data {
			values = append(values, fmt.Sprint("i", n))
		}
		isList = err == nil
	}
	if !isList {
		return "TypeError", true
	}
	if len(values) != len(members) {
		return "", false
	}
	for i, m := range members {
		if class, ok := m.write(b[m.off:], values[i]); !ok || class != "" {
			return class, ok
		}
	}
	return "", true
}

func isPyBytes(v string) bool { return strings.HasPrefix(v, "b") || strings.HasPrefix(v, "a") }

// write stores a value in a leaf or a record.
func (nd node) write(b []byte, raw any) (class string, ok bool) {
	switch {
	case nd.shape != nil:
		return "", false
	case nd.code == "":
		return writeTuple(nd.members, b, raw)
	}
	v, _ := raw.(string)
	b = b[:nd.size]
	switch {
	case strings.Contains("csp", nd.code):
		if !isPyBytes(v) {
			return "TypeError", true
		}
		data, err := hex.DecodeString(v[1:])
		if nd.code == "c" && len(data) != 1 {
			return "ValueError", true
		}
		if clear(b); nd.code == "p" {
			return "", false
		}
		copy(b, data)
		return "", err == nil
	case strings.Contains("bBhHiIlLqQnNP", nd.code):
		if !strings.HasPrefix(v, "i") && !strings.HasPrefix(v, "?") {
			return "TypeError", true
		}
		n, _ := new(big.Int).SetString(v[1:], 10)
		lo, hi := big.NewInt(0), new(big.Int).Lsh(big.NewInt(1), uint(8*nd.size))
		if strings.Contains("bhilqn", nd.code) {
			hi.Rsh(hi, 1)
			lo.Neg(hi)
		}
		if n.Cmp(lo) < 0 || n.Cmp(hi) >= 0 {
			return "ValueError", true
		}
		nd.put(b, n.And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64())
		return "", true
	case strings.Contains("fd", nd.code):
		text, number := pyNumber(raw)
		switch {
		case !number:
			return "TypeError", true
		case text == nil:
			return "", false // NaN has many bit patterns
		}
		r, exact := new(big.Rat).SetString(*text)
		f, _ := strconv.ParseFloat(*text, 64) // infinities
		if exact {
			f, _ = r.Float64()
		}
		if exact && math.IsInf(f, 0) {
			return "ValueError", true
		}
		if nd.put(b, math.Float64bits(f)); nd.code == "f" {
			nd.put(b, uint64(math.Float32bits(float32(f))))
		}
		return "", true
	}
	return "", false
}

// put stores a word in the member's byte order.
func (nd node) put(b []byte, n uint64) {
	for i := range b {
		k := i
		if nd.order == binary.BigEndian {
			k = len(b) - 1 - i
		}
		b[k] = byte(n >> (8 * i))
	}
}

// compatible reports whether items of one format can be stored as items of the other by moving bytes: the same kinds and
// sizes at the same places. convert does it.
func compatible(a, b string) (convert func(item []byte) []byte, ok bool) {
	if a == b {
		return func(item []byte) []byte { return item }, true
	}
	x, sizeX, okX := readFormat(a)
	y, sizeY, okY := readFormat(b)
	if !okX || !okY || sizeX != sizeY || len(x) != len(y) {
		return nil, false
	}
	class := func(code string) int {
		for i, codes := range []string{"bhilqn", "BHILQN", "efdg", "c", "s", "?", "p", "P", "u", "w"} {
			if strings.Contains(codes, code) {
				return i
			}
		}
		return -1
	}
	for i := range x {
		if class(x[i].code) != class(y[i].code) || class(x[i].code) < 0 || x[i].size != y[i].size || x[i].off != y[i].off || x[i].code == "" {
			return nil, false
		}
	}
	return func(item []byte) []byte {
		out := append([]byte{}, item...)
		for i := range x {
			if x[i].order != y[i].order && class(x[i].code) < 3 {
				for k := range x[i].size {
					out[x[i].off+k] = item[x[i].off+x[i].size-1-k]
				}
			}
		}
		return out
	}, true
}

// pyEqual compares two values of the schema as Python does: numbers by value, whatever their types; NaN equals nothing.
func pyEqual(a, b any) bool {
	x, okX := pyNumber(a)
	y, okY := pyNumber(b)
	if okX && okY {
		return x != nil && y != nil && *x == *y
	}
	la, okA := pyParts(a)
	lb, okB := pyParts(b)
	if okA && okB && len(la) == len(lb) {
		for i := range la {
			if !pyEqual(la[i], lb[i]) {
				return false
			}
		}
		return true
	}
	return okX == okY && okA == okB && !okA && canonical(a) == canonical(b)
}

func pyParts(v any) ([]any, bool) {
	switch x := v.(type) {
	case []any:
		return x, true
	case map[string]any:
		for _, l := range x {
			return l.([]any), true
		}
	}
	return nil, false
}

// pyNumber is an exact text for a number, nil for NaN.
func pyNumber(v any) (*string, bool) {
	s, _ := v.(string)
	if s == "" {
		return nil, false
	}
	switch s[0] {
	case 'i', '?':
		n, ok := new(big.Rat).SetString(s[1:])
		if !ok {
			return nil, false
		}
		text := n.RatString()
		return &text, true
	case 'd':
		bits, err := strconv.ParseUint(s[1:], 16, 64)
		f := math.Float64frombits(bits)
		switch {
		case err != nil:
			return nil, false
		case math.IsNaN(f):
			return nil, true
		case math.IsInf(f, 0):
			text := fmt.Sprint(f)
			return &text, true
		}
		text := new(big.Rat).SetFloat64(f).RatString()
		return &text, true
	}
	return nil, false
}
