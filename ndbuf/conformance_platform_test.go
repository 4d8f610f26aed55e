package ndbuf_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

// A platform is what answers may depend on.
type platform struct {
	pointer, long int // bytes
	bigEndian     bool
}

// recorded is where the answers come from.
var recorded = platform{8, 8, false}

func platformHere() platform {
	p := platform{pointer: int(unsafe.Sizeof(uintptr(0))), bigEndian: bigEndian}
	if p.long = p.pointer; runtime.GOOS == "windows" {
		p.long = 4
	}
	return p
}

// The rules by which a case has no answer on a platform.
const (
	pointerSize     = "pointer size"      // pointers in memory, and numbers that no int holds
	nativeSize      = "native size"       // sizes and alignments of C's types
	nativeByteOrder = "native byte order" // values of more than a byte in the machine's order
)

// leftOut are the cases of the repository's files that are left out, by platform and rule.
var leftOut = map[platform]map[string]int{
	recorded:      {},
	{4, 4, false}: {pointerSize: 1518, nativeSize: 3018}, // 386 and other 32-bit little-endian ones
	{8, 8, true}:  {nativeByteOrder: 3998},               // s390x
}

// leaves names the rule by which a case has no answer on p, or returns "".
func (p platform) leaves(c *conf) string {
	u := usesOf(c.in)
	for name, raw := range c.raw {
		u.results(c, name, raw)
	}
	success := c.want == nil || c.want[0].class == ""
	switch {
	case p == recorded:
	case p.pointer != recorded.pointer && (u.pointers || u.huge):
		return pointerSize
	case slices.ContainsFunc(u.formats, func(f string) bool { return hugeCount(f) }):
		if p.pointer != recorded.pointer && success {
			return pointerSize
		}
	case readsItems(c) || strings.Contains(" parse dtype ctypes cast castchain ", " "+c.k+" ") ||
		success && strings.Contains(" calcsize fields size_from_format ", " "+c.k+" "):
		for _, f := range u.formats {
			// A count of 0 has no items, but kind fields tells the size of one.
			if !sameLayout(p, f) || c.k == "fields" && !sameLayout(p, onesForZeros(f)) {
				return nativeSize
			}
		}
	}
	if p.bigEndian != recorded.bigEndian {
		for _, f := range u.formats {
			// Nor has a count of 0 here, but kind parse tells the byte order of one.
			if readsItems(c) && ordered(f) || success && (c.k == "parse" || c.k == "dtype") && ordered(onesForZeros(f)) {
				return nativeByteOrder
			}
		}
	}
	return ""
}

var digits = regexp.MustCompile(`[0-9]+`)

// onesForZeros puts a count of 1 where a format has 0.
func onesForZeros(f string) string {
	return digits.ReplaceAllStringFunc(f, func(n string) string {
		if strings.Trim(n, "0") == "" {
			return "1"
		}
		return n
	})
}

// readsItems reports whether a case reads or writes items as values, or compares what two formats mean.
func readsItems(c *conf) bool {
	switch in := c.in.(type) {
	case *setIn:
		return in.Val != nil || in.Src != nil && in.Src.fmt != in.X.fmt
	case *scriptIn:
		return true
	}
	return strings.Contains(" pack unpack unpack_from iter_unpack pack_into values tolist ndtolist get iter rev in ndindex eq eqself eqobj pipeline ",
		" "+c.k+" ")
}

// sameLayout reports whether a format means the same bytes on p as on the recorded platform.
func sameLayout(p platform, f string) bool {
	m1, s1, p1, ok1 := readOn(recorded, f)
	m2, s2, p2, ok2 := readOn(p, f)
	return ok1 == ok2 && s1 == s2 && p1 == p2 && reflect.DeepEqual(m1, m2)
}

// ordered reports whether a format has words in the machine's byte order.
func ordered(f string) bool {
	members, _, _ := readFormat(f)
	return slices.ContainsFunc(members, node.ordered)
}

func (nd node) ordered() bool {
	return nd.code != "" && !nd.anyOrder || slices.ContainsFunc(nd.members, node.ordered)
}

// hugeCount reports whether a number in a format does not fit in 32 bits.
func hugeCount(f string) bool {
	for _, text := range digits.FindAllString(f, -1) {
		n, _ := new(big.Int).SetString(text, 10)
		if huge(n) {
			return true
		}
	}
	return false
}

func huge(n *big.Int) bool { return !n.IsInt64() || n.Int64() != int64(int32(n.Int64())) }

// uses is what of a case depends on the platform.
type uses struct {
	pointers bool     // pointers in memory
	huge     bool     // a number beyond 32 bits that is an int in Go
	formats  []string // formats whose items matter
}

// usesOf looks through the inputs of a case.
func usesOf(in any) *uses {
	u := &uses{}
	u.value(reflect.ValueOf(in))
	return u
}

func (u *uses) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			u.value(v.Elem())
		}
		return
	case reflect.Slice:
		for i := range v.Len() {
			if v.Type().Elem().Kind() != reflect.Uint8 {
				u.value(v.Index(i))
			}
		}
		return
	case reflect.Struct:
	default:
		return
	}
	switch x := v.Interface().(type) {
	case num:
		u.huge = u.huge || huge(&x.Int)
	case key, value:
		// A key of any size is an index error or clamped; a value has no size.
	case exporter:
		u.pointers = u.pointers || !x.direct
		u.formats = append(u.formats, x.fmt)
	case argument:
		u.argument(x.raw)
	case castIn, castStep, formatIn, packIn, parseIn, valuesIn, stepIn:
		for i := range v.NumField() {
			f := v.Field(i)
			if name := v.Type().Field(i).Name; f.Kind() == reflect.String && (name == "F" || name == "Fmt") {
				u.formats = append(u.formats, f.String())
			} else if v.Type().Field(i).IsExported() {
				u.value(f)
			}
		}
	case scriptIn:
		for _, raw := range x.Steps {
			var step stepIn
			if err := json.Unmarshal(raw, &step); err == nil {
				u.value(reflect.ValueOf(step))
			}
		}
	default:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				u.value(v.Field(i))
			}
		}
	}
}

// argument is a format, or numbers.
func (u *uses) argument(raw any) {
	switch x := raw.(type) {
	case string:
		u.formats = append(u.formats, x)
	case []any:
		for _, n := range x {
			if v, ok := new(big.Int).SetString(fmt.Sprint(n), 10); ok {
				u.huge = u.huge || huge(v)
			}
		}
	}
}

// results looks through a recorded result.
func (u *uses) results(c *conf, name string, raw json.RawMessage) {
	switch name {
	case "fmt":
		var f string
		if json.Unmarshal(raw, &f) == nil {
			u.formats = append(u.formats, f)
		}
	case "r":
		if !strings.Contains(" calcsize fields strides si size_from_format len ", " "+c.k+" ") {
			return
		}
		u.numbers(decodeAny(raw))
	case "nbytes", "st", "isz", "struct":
		u.numbers(decodeAny(raw))
	case "view":
		view, _ := decodeAny(raw).(map[string]any)
		for _, part := range []string{"shape", "strides", "off", "nbytes"} {
			u.numbers(view[part])
		}
	}
}

func (u *uses) numbers(v any) {
	if list, ok := v.([]any); ok {
		for _, n := range list {
			u.numbers(n)
		}
		return
	}
	if n, ok := new(big.Int).SetString(fmt.Sprint(v), 10); ok {
		u.huge = u.huge || huge(n)
	}
}
