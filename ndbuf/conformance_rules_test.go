package ndbuf_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// A difference is a rule by which our answer is another than the recorded one, on purpose. It never says that an answer
// does not matter: replace computes what it must be instead, from the case and without the library.
type difference struct {
	name, reason string
	kinds        string // to which it may apply
	cases        int    // how many of the repository's cases it decides, on the recorded platform
	replace      func(c *conf, want outcome) (instead outcome, applies bool)
}

const viewKinds = "get ndslice ndindex cast castchain contig pipeline from_memory from_buffer from_exporter from_object"

// differences are all the rules. A recorded answer goes through them in this order; what comes out is what ours must be.
var differences = []difference{
	{"refused by the compiler",
		"the arguments do not fit the types of Go's functions, or there is no such function: an error before the program runs",
		"get ndslice set del order hex cast nd si pack_into unpack_from step", 75, replaceUncompilable},
	{"padding is no member",
		"Type.Fields lists members; the bytes between them are padding, whether x or alignment put them there",
		"fields", 85, replacePadding},
	{"a failed PackInto changes nothing", "struct.pack_into has cleared the place and stored what comes before the bad value",
		"pack_into", 6, replaceFailedPack},
	{"bytes are bytes", "Go has one type of byte slices, writable or not: what takes bytes takes a bytearray",
		"pack set", 3, replaceByteArray},
	{"an empty view is contiguous",
		"PyBuffer_IsContiguous is followed everywhere; memoryview's attributes disagree on 1-d views of length 0 with an odd stride",
		viewKinds + " step", 89, replaceEmpty},
	{"no suboffset turns negative",
		"CPython's slices of empty views move a start into a suboffset until it is negative and means no pointer any more",
		"ndslice pipeline", 9, replaceTurned},
	{"no pointer, no suboffsets", "suboffsets that are all negative mean a direct view, which can be contiguous",
		viewKinds, 20, replaceNegative},
	{"Shadow", "CPython 3 dropped PyBUF_SHADOW and reads it as PyBUF_READ; here it is a writable copy that is written back",
		"contig pipeline", 374, replaceShadow},
	{"items of every format", "memoryview reads and writes native single-character formats; we read all of struct and PEP 3118",
		"get iter rev in tolist set pipeline step", 174, replaceFormats},
	{"sub-views and N-d slices", "memoryview refuses them; our Index, Assign, Values and Contains take any number of axes",
		"get iter rev in set step", 234, replaceSubViews},
	{"NumPy's indexing", "Ellipsis, None and tuples that mix integers and slices index as in NumPy",
		"get ndslice set", 29, replaceNumPy},
	{"equal kinds and sizes", "formats that mean the same kinds and sizes of values are copied to each other, bytes swapped where needed",
		"set ndset", 11, replaceAssign},
	{"overlap as if copied first", "_testbuffer.ndarray copies row by row; the recorded answer of a copy made first is ours",
		"ndset", 2, replaceOverlap},
	{"casts between any formats", "a cast takes any readable format on both sides and any shape of as many bytes",
		"cast castchain step", 250, replaceCast},
	{"equal by value in every format", "memoryview calls views of formats that struct cannot read unequal, also to themselves",
		"eq eqself", 12, replaceEqual},
	{"bounds are exact",
		"a layout is valid if every byte of every item is inside the memory: no multiples of the item size, nothing asked of empty ones",
		"nd nplayout", 235, replaceBounds},
	{"a foreign buffer is checked", "PyMemoryView_FromBuffer believes that the layout stays inside the memory; FromBuffer makes sure",
		"from_buffer", 11, replaceUnchecked},
	{"no format is format B", "an empty or missing format stands for B, and a view says so",
		"from_buffer from_exporter hash getbuf", 13, replaceNoFormat},
	{"all of struct and PEP 3118 is one language",
		"NumPy reads no n, N, p, P, u, &, X, blanks, and no g outside mode @; struct no PEP 3118: Parse reads both",
		"parse", 124, replaceLanguage},
	{"a bad format is struct.error", "NumPy raises what its reader happens to run into; Parse has one class, as the struct module has",
		"parse", 134, replaceSyntax},
	{"B is no description", "ctypes writes B for packed structures and unions: members do not follow from it, whatever the recorded flag says",
		"ctypes", 4, replaceOpaque},
	{"attributes of a released view are zero", "Go's getters return no error: Released tells whether the view was released",
		"step", 43, replaceReleased},
	{"any int groups hex digits", "the number of bytes a group is an int, which C's is not",
		"hex", 2, replaceGroups},
}

var errNotGo = errors.New("not Go")

func (notInGo) Is(target error) bool { return target == errNotGo }

func init() { classes["not Go"] = []error{errNotGo} }

// with is o with some fields changed.
func (o outcome) with(changes map[string]any) outcome {
	fields := map[string]any{}
	maps.Copy(fields, o.fields)
	maps.Copy(fields, changes)
	return outcome{class: o.class, fields: fields}
}

// replaceUncompilable looks at the arguments alone.
func replaceUncompilable(c *conf, want outcome) (outcome, bool) {
	untyped := false
	switch in := c.in.(type) {
	case *indexIn:
		for _, k := range append([]key{in.Key}, in.Keys...) {
			untyped = untyped || !k.typed()
		}
	case *setIn:
		untyped = !in.Key.typed() || c.k == "del"
	case *packIn:
		untyped = in.Ro == 1 || in.Off != nil && !in.Off.IsInt64()
	case *layoutIn:
		for _, n := range slices.Concat([]num{in.Isz, in.Off}, in.Shape, in.Strides) {
			untyped = untyped || !n.IsInt64()
		}
	case *siIn:
		untyped = !in.Len.IsInt64()
	case *hexIn:
		text := ""
		if in.Sep != nil {
			switch s := plain(in.Sep.v).(type) {
			case string:
				text = s
			case []byte:
				text = string(s)
			}
			untyped = len([]rune(text)) != 1 && len(text) != 1
		}
		untyped = untyped || in.N != nil && !in.N.IsInt64()
	case *castIn:
		steps := in.Steps
		if steps == nil {
			steps = []castStep{{in.To, in.Shape}}
		}
		for _, s := range steps {
			untyped = untyped || s.untyped()
		}
	case *eqIn:
		untyped = in.Op != ""
	case *stepIn:
		untyped = in.Key != nil && !in.Key.typed() && !in.on.released
	}
	// Python refuses them too; but True is 1 where an integer is wanted.
	refused := slices.Contains([]string{"TypeError", "ValueError", "OverflowError"}, want.class)
	return refusal("not Go"), untyped && (refused || want.class == "")
}

// untyped reports whether the arguments of a cast are none in Go.
func (s castStep) untyped() bool {
	if _, ok := s.To.raw.(string); !ok {
		return true
	}
	if word, ok := s.Shape.raw.(string); ok {
		return word != "tuple"
	}
	list, _ := s.Shape.raw.([]any)
	for _, n := range list {
		var v num
		if v.UnmarshalJSON([]byte(canonical(n))) != nil || !v.IsInt64() {
			return true
		}
	}
	return false
}

func replacePadding(c *conf, want outcome) (outcome, bool) {
	fl, _ := want.fields["fl"].([]any)
	members := []any{}
	end := 0
	for _, f := range fl {
		at := recordedInts(f.([]any)[1:]) // count, offset, size
		if at[1] < end {
			return want, false
		}
		end = at[0]*at[2] + at[1]
		if f.([]any)[0] != "x" {
			members = append(members, f)
		}
	}
	return want.with(map[string]any{"fl": members}), len(members) != len(fl)
}

func replaceByteArray(c *conf, want outcome) (outcome, bool) {
	switch in := c.in.(type) {
	case *packIn:
		mutables := slices.ContainsFunc(in.V, func(v value) bool { _, ok := v.v.(mutable); return ok })
		members, size, ok := readFormat(in.F)
		if want.class == "" || !mutables || !ok || len(members) != len(in.V) {
			return want, false
		}
		b := make([]byte, size)
		for i, m := range members {
			if class, ok := m.write(b[m.off:], in.V[i].raw); !ok || class != "" {
				return want, false
			}
		}
		return one("r", hexText(b)), true
	case *setIn:
		if in.Val == nil || want.class != "TypeError" || in.Key.kind != keyInt {
			return want, false
		}
		if _, ok := in.Val.v.(mutable); !ok {
			return want, false
		}
		return expectSet(in)
	}
	return want, false
}

// emptyAxis reports whether a recorded view is 1-d and empty.
func emptyAxis(shape any) bool { return canonical(shape) == "[ 0]" }

func replaceEmpty(c *conf, want outcome) (outcome, bool) {
	if in, ok := c.in.(*stepIn); ok {
		if in.on == nil || in.on.released || !in.on.emptyAxis() {
			return want, false
		}
		switch in.Op {
		case "attr":
			return one("r", "?1"), want.class == "" && strings.Contains(in.Name, "contiguous")
		case "hold":
			const writable, format, shape = 1, 4, 8
			f := in.Flags.at()
			return result(nil), want.class == "BufferError" && (f&writable == 0 || !in.on.ro) && (f&format == 0 || f&shape != 0)
		}
		return want, false
	}
	if want.class != "" {
		return want, false
	}
	if x := memoryOf(c); c.k == "contig" {
		return want.with(map[string]any{"cfa": "111"}), emptyAxis(x.shape) && x.sub == nil && want.fields["cfa"] == "000"
	}
	if _, ok := want.fields["mv_cfa"]; ok && emptyAxis(want.fields["view.shape"]) && want.fields["mv_cfa"] == "000" {
		return want.with(map[string]any{"mv_cfa": want.fields["view.cfa"]}), true
	}
	return want.with(map[string]any{"view.cfa": "111"}),
		emptyAxis(want.fields["view.shape"]) && want.fields["view.sub"] == nil && want.fields["view.cfa"] == "000"
}

// memoryOf is the exporter of a case.
func memoryOf(c *conf) *exporter {
	switch in := c.in.(type) {
	case *indexIn:
		return &in.X
	case *castIn:
		return &in.X
	case *contigIn:
		return &in.X
	case *pipelineIn:
		return &in.X
	case *xIn:
		return &in.X
	}
	return nil
}

func replaceNegative(c *conf, want outcome) (outcome, bool) {
	sub, ok := want.fields["view.sub"].([]any)
	if !ok || want.class != "" {
		return want, false
	}
	for _, s := range sub {
		if !strings.HasPrefix(canonical(s), "-") {
			return want, false
		}
	}
	l := layout{shape: recordedInts(want.fields["view.shape"]), strides: recordedInts(want.fields["view.strides"])}
	if x := memoryOf(c); x != nil {
		l.isz = x.isz
	} else {
		l.isz = recordedInts([]any{want.fields["view.isz"]})[0]
	}
	return want.with(map[string]any{"view.sub": nil, "view.cfa": cfa(&l, false)}), true
}

func replaceTurned(c *conf, want outcome) (outcome, bool) {
	x := memoryOf(c)
	sub := recordedInts(want.fields["view.sub"])
	turned := false
	for d := range sub {
		turned = turned || sub[d] < 0 && x.sub[d] >= 0
	}
	if !turned || !slices.Contains(recordedInts(want.fields["view.shape"]), 0) {
		return want, false
	}
	return want.with(map[string]any{"view.strides": anything{}, "view.sub": anything{}, "view.cfa": "000"}), true
}

func replaceShadow(c *conf, want outcome) (outcome, bool) {
	changes := map[string]any{}
	x := memoryOf(c)
	for _, o := range []string{"C", "F", "A"} {
		if want.fields["gc.S"+o] != want.fields["gc.R"+o] {
			return want, false
		}
		if x.ro {
			changes["gc.S"+o] = "BufferError"
		}
	}
	return want.with(changes), true
}
