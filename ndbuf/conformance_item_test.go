package ndbuf_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Formats and items read by a few lines of our own: what the rules in conformance_rules_test.go compare with.

// A node is a part of a format: a leaf, or the members of a record, in an array of some shape.
type node struct {
	code     string // "" for a record
	n        int    // a length, for x s p u w
	size     int
	align    int
	off      int
	order    binary.ByteOrder
	anyOrder bool // the byte order of the machine does not matter
	shape    []int
	named    bool
	members  []node
}

// readFormat reads the struct module's formats and those of PEP 3118, for a 64-bit little-endian Unix. ok is false for
// what it does not know.
func readFormat(s string) (members []node, size int, ok bool) {
	members, size, _, ok = readPadded(s)
	return members, size, ok
}

// readPadded is readFormat with the size that NumPy gives an item: padded to its alignment if the format ends in mode @.
func readPadded(s string) (members []node, size, padded int, ok bool) {
	return readOn(recorded, s)
}

// readOn is readPadded on another platform.
func readOn(p platform, s string) (members []node, size, padded int, ok bool) {
	r := &formatReader{s: s, mode: '@', on: p}
	members, size, align, ok := r.members(false)
	if padded = size; r.mode == '@' {
		padded += -size & (align - 1)
	}
	return members, size, padded, ok
}

type formatReader struct {
	s    string
	mode byte
	on   platform
}

func (r *formatReader) next() byte {
	if r.s == "" {
		return 0
	}
	c := r.s[0]
	r.s = r.s[1:]
	return c
}

func (r *formatReader) number() (n int, given bool) {
	k := 0
	for k < len(r.s) && r.s[k] >= '0' && r.s[k] <= '9' {
		k++
	}
	n, err := strconv.Atoi(r.s[:k])
	r.s = r.s[k:]
	return n, err == nil
}

// nativeSizes are the sizes of the codes, and their alignments, in mode @ on the recorded platform.
var nativeSizes = map[string]int{"x": 1, "c": 1, "b": 1, "B": 1, "?": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8,
	"Q": 8, "n": 8, "N": 8, "e": 2, "f": 4, "d": 8, "g": 16, "s": 1, "p": 1, "u": 2, "w": 4, "P": 8, "O": 8, "&": 8, "X": 8,
	"z": 8, "Z": 8, "Zf": 4, "Zd": 8, "Zg": 16}

// native is the size and alignment of a code, of one half of a complex one, on a platform.
func (p platform) native(code string) (size, align int) {
	size = nativeSizes[code]
	switch {
	case strings.Contains("nNPO&XzZ", code):
		size = p.pointer
	case strings.Contains("lL", code):
		size = p.long
	case strings.Contains("gZg", code) && p.pointer == 4:
		return 12, 4
	case size == 8 && p.pointer == 4:
		return 8, 4
	}
	return size, size
}

// members reads up to the end, or to a closing brace.
func (r *formatReader) members(braces bool) (out []node, size, align int, ok bool) {
	align = 1
	names := map[string]bool{}
	if !braces && len(r.s) > 0 && strings.Trim(r.s[1:], blanks) == "" && r.switchMode() {
		r.s = "" // a mode alone
	}
	for {
		r.s = strings.TrimLeft(r.s, blanks)
		switch {
		case r.s == "":
			return out, size, align, !braces
		case r.s[0] == '}':
			r.next()
			if r.mode == '@' {
				size += -size & (align - 1)
			}
			return out, size, align, braces
		}
		nd, count, ok := r.item()
		if !ok {
			return nil, 0, 0, false
		}
		if strings.HasPrefix(r.s, ":") {
			name, rest, closed := strings.Cut(r.s[1:], ":")
			if !closed || name != "" && names[name] {
				return nil, 0, 0, false
			}
			names[name], nd.named, r.s = true, name != "", rest
		}
		size += -size & (nd.align - 1)
		align = max(align, nd.align)
		if count != 1 && (nd.named || braces || nd.shape != nil || count > 1<<16) { // the repetition is a shape, not more values
			nd.shape, count = append(nd.shape, count), 1
		}
		total := nd.size
		for _, k := range nd.shape {
			total *= k
		}
		for range count {
			nd.off = size
			size += total
			if nd.code != "x" || nd.named {
				out = append(out, nd)
			}
		}
	}
}

const blanks = " \t\n\r\f\v"

// switchMode takes a character for the byte order, if there is one.
func (r *formatReader) switchMode() bool {
	if r.s == "" || strings.IndexByte("@=<>!^", r.s[0]) < 0 {
		return false
	}
	r.mode = r.next()
	return true
}

// item reads one item, without its name.
func (r *formatReader) item() (nd node, count int, ok bool) {
	nd = node{align: 1}
	if strings.HasPrefix(r.s, "(") {
		for r.s == "" || r.s[0] != ')' {
			r.next()
			r.s = strings.TrimLeft(r.s, blanks)
			k, given := r.number()
			r.s = strings.TrimLeft(r.s, blanks)
			if !given || r.s == "" || r.s[0] != ',' && r.s[0] != ')' {
				return nd, 0, false
			}
			nd.shape = append(nd.shape, k)
		}
		r.next()
	}
	if r.switchMode() {
		r.s = strings.TrimLeft(r.s, blanks)
	}
	nd.order = binary.LittleEndian
	if r.mode == '>' || r.mode == '!' {
		nd.order = binary.BigEndian
	}
	count, counted := r.number()
	if !counted {
		count = 1
	}
	switch c := r.next(); c {
	case 'T':
		if r.next() != '{' {
			return nd, 0, false
		}
		if nd.members, nd.size, nd.align, ok = r.members(true); !ok {
			return nd, 0, false
		}
		return nd, count, true
	case 'Z':
		if nd.code = "Z"; r.s != "" && strings.IndexByte("fdg", r.s[0]) >= 0 {
			nd.code += string(r.next())
		} else if r.s != "" && r.s[0] != ':' && r.s[0] != '}' {
			return nd, 0, false
		}
	case '&':
		nd.code = "&"
		mode := r.mode
		if _, _, ok := r.item(); !ok {
			return nd, 0, false
		}
		r.mode = mode
	case 'X':
		if nd.code = "X"; !strings.HasPrefix(r.s, "{") || strings.IndexByte(r.s, '}') < 0 {
			return nd, 0, false
		}
		r.s = r.s[strings.IndexByte(r.s, '}')+1:]
	default:
		nd.code = string(c)
	}
	native := r.mode == '@' || r.mode == '^'
	if nd.size, nd.align = r.on.native(nd.code); nd.size == 0 || !native && strings.Contains("nN", nd.code) {
		return nd, 0, false
	}
	if strings.Contains("lL", nd.code) && !native {
		nd.size = 4
	}
	if r.mode != '@' {
		nd.align = 1
	}
	nd.anyOrder = (!native && r.mode != '=') || strings.Contains("xcbB?sp", nd.code)
	if len(nd.code) == 2 {
		nd.size *= 2
	}
	if strings.Contains("xspuw", nd.code) {
		nd.n, nd.size, count = count, nd.size*count, 1
	}
	return nd, count, true
}

// runs lists elements by their bytes: "offset+size*count", with what is inside one of them.
type runs []run

type run struct {
	off, n, size int
	inside       string
}

// add appends n elements, to the last ones if they go on there.
func (r *runs) add(off, n, size int, inside string) {
	if n == 0 {
		return
	}
	if k := len(*r) - 1; k >= 0 {
		if last := &(*r)[k]; last.size == size && last.inside == inside && last.off+last.n*size == off {
			last.n += n
			return
		}
	}
	*r = append(*r, run{off, n, size, inside})
}

// elementsOf are the elements of members.
func elementsOf(members []node) (out runs) {
	for _, m := range members {
		n := 1
		for _, k := range m.shape {
			n *= k
		}
		inside := ""
		if m.code == "" {
			inside = fmt.Sprint(elementsOf(m.members))
		}
		out.add(m.off, n, m.size, inside)
	}
	return out
}

// notUnicode stands in a value for a character that is none: such text has no value.
const notUnicode = 1 << 30

// readItem is the value of an item of a format, in the schema's form: that of its one member if that has no name, else a
// tuple. ok is false for formats that readFormat does not know.
func readItem(format string, item []byte) (v any, ok bool) {
	members, size, ok := readFormat(format)
	if !ok || size > len(item) {
		return nil, false
	}
	if len(members) == 1 && !members[0].named {
		return members[0].read(item[members[0].off:]), true
	}
	return readTuple(members, item), true
}

func readTuple(members []node, b []byte) any {
	t := []any{}
	for _, m := range members {
		t = append(t, m.read(b[m.off:]))
	}
	return map[string]any{"t": t}
}

func (nd node) read(b []byte) any {
	if len(nd.shape) > 0 {
		inner := nd
		inner.shape = nd.shape[1:]
		step := nd.size
		for _, k := range inner.shape {
			step *= k
		}
		l := []any{}
		for i := range nd.shape[0] {
			l = append(l, inner.read(b[i*step:]))
		}
		return l
	}
	if nd.code == "" {
		return readTuple(nd.members, b)
	}
	b = b[:nd.size]
	switch nd.code {
	case "Zf", "Zd":
		half := node{code: nd.code[1:], size: nd.size / 2, order: nd.order}
		return map[string]any{"z": []any{half.read(b), half.read(b[half.size:])}}
	case "c", "s":
		return "b" + hex.EncodeToString(b)
	case "p":
		return "b" + hex.EncodeToString(b[1:1+min(int(b[0]), len(b)-1)])
	case "?":
		return map[bool]string{true: "?1", false: "?0"}[b[0] != 0]
	case "u", "w":
		var units []uint16
		var text []rune
		for i := range nd.n {
			if nd.code == "u" {
				units = append(units, nd.order.Uint16(b[2*i:]))
			} else {
				text = append(text, rune(min(nd.order.Uint32(b[4*i:]), notUnicode)))
			}
		}
		if slices.Max(append(text, 0)) > unicode.MaxRune {
			return nil
		}
		return "s" + strings.TrimRight(string(text)+string(utf16.Decode(units)), "\x00")
	}
	var n uint64
	for i := range b {
		k := i
		if nd.order == binary.LittleEndian {
			k = len(b) - 1 - i
		}
		n = n<<8 | uint64(b[k])
	}
	float := func(f float64) string { return fmt.Sprintf("d%016x", math.Float64bits(f)) }
	switch {
	case nd.code == "f":
		return float(float64(math.Float32frombits(uint32(n))))
	case nd.code == "d":
		return float(math.Float64frombits(n))
	case nd.code == "e":
		f := math.Ldexp(float64(n&0x3ff), -24)
		if exp := int(n >> 10 & 31); exp == 31 {
			f = math.Inf(1)
			if n&0x3ff != 0 {
				f = math.NaN()
			}
		} else if exp > 0 {
			f = math.Ldexp(float64(n&0x3ff|0x400), exp-25)
		}
		return float(math.Copysign(f, -float64(n>>15)))
	case strings.Contains("bhilqn", nd.code):
		shift := 64 - 8*len(b)
		return "i" + strconv.FormatInt(int64(n)<<shift>>shift, 10)
	}
	return "i" + strconv.FormatUint(n, 10)
}
