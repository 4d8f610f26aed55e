package ndbuf_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// scrambled returns a writable view of the given shape with random bytes and a layout that is not contiguous.
func scrambled(r *rand.Rand, format string, shape []int) *ndbuf.MemoryView {
	perm := r.Perm(len(shape))
	wide := make([]int, len(shape))
	ix := make([]strides.Index, len(shape))
	for i, k := range perm {
		n := shape[k]
		switch r.IntN(4) {
		case 0: // gaps
			wide[i], ix[i] = 2*n+1, strides.Range(1, strides.None, 2)
		case 1: // backwards
			wide[i], ix[i] = n+1, strides.Range(strides.None, 0, -1)
		default:
			wide[i], ix[i] = n, strides.All
		}
	}
	m := ndbuf.Must(ndbuf.New(format, strides.C, wide...))
	mem := m.Buffer().Mem
	for i := range mem {
		mem[i] = byte(r.Uint32())
	}
	back := make([]int, len(shape))
	for i, k := range perm {
		back[k] = i
	}
	m = ndbuf.Must(m.Index(ix...))
	if len(shape) > 0 {
		m = ndbuf.Must(m.Transpose(back...))
	}
	return m
}

// itemBytes are the bytes of one item.
func itemBytes(m *ndbuf.MemoryView, index []int) []byte {
	ix := make([]strides.Index, len(index))
	for k, i := range index {
		ix[k] = strides.At(i)
	}
	v := ndbuf.Must(m.Index(ix...))
	defer v.Release()
	return ndbuf.Must(v.ToBytes(strides.C))
}

// eachIndex calls f with every index of a shape in C order.
func eachIndex(shape []int, f func(index []int)) {
	n := 1
	for _, k := range shape {
		n *= k
	}
	for i := range n {
		index := make([]int, len(shape))
		for k, j := len(shape)-1, i; k >= 0; k-- {
			index[k], j = j%shape[k], j/shape[k]
		}
		f(index)
	}
}

// taken is where in the table the item with this index of the list's side comes from, by the definition of numpy.take.
func taken(index []int, table, list []int, axis int, idx func([]int) int) []int {
	if axis == ndbuf.Flat {
		i := idx(index)
		out := make([]int, len(table))
		for k := len(table) - 1; k >= 0; k-- {
			out[k], i = i%table[k], i/table[k]
		}
		return out
	}
	out := slices.Clone(index[:axis])
	out = append(out, idx(index[axis:axis+len(list)]))
	return append(out, index[axis+len(list):]...)
}

// inMode is an index after its mode has been applied, the slow way.
func inMode(i int64, n int, mode ndbuf.Mode) int {
	switch {
	case mode == ndbuf.ModeClip:
		return int(min(max(i, 0), int64(n-1)))
	case mode == ndbuf.ModeWrap:
		return int(((i % int64(n)) + int64(n)) % int64(n))
	case i < 0:
		return int(i) + n
	}
	return int(i)
}

// asInt is the value of an integer item.
func asInt(v any) int64 {
	rv := reflect.ValueOf(v)
	if rv.CanInt() {
		return rv.Int()
	}
	return int64(rv.Uint())
}

func TestTakePutRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	formats := []string{"B", "<h", ">h", "i", "d", "Zd", "3s", "T{<i:a:>d:b:}", "(2)h"}
	indexFormats := []string{"b", "B", "<h", ">H", "<i", ">i", "I", "<q", ">q", "Q"}
	for n := range 1500 {
		shape := make([]int, r.IntN(4))
		for k := range shape {
			shape[k] = 1 + r.IntN(4)
		}
		axis := ndbuf.Flat
		length := 1
		for _, k := range shape {
			length *= k
		}
		if len(shape) > 0 && r.IntN(4) > 0 {
			axis = r.IntN(len(shape))
			length = shape[axis]
		}
		list := make([]int, r.IntN(3))
		for k := range list {
			list[k] = r.IntN(4)
		}
		mode := ndbuf.Mode(r.IntN(3))
		indexFormat := indexFormats[r.IntN(len(indexFormats))]
		indices := scrambled(r, indexFormat, list)
		signed := strings.ToLower(indexFormat) == indexFormat
		eachIndex(list, func(at []int) {
			lo, hi := -length, length
			if mode != ndbuf.ModeRaise {
				lo, hi = -100, 100
			}
			if !signed {
				lo = 0
			}
			if err := indices.Set(lo+r.IntN(hi-lo), at...); err != nil {
				t.Fatal(err)
			}
		})
		idx := func(at []int) int { return inMode(asInt(ndbuf.Must(indices.Get(at...))), length, mode) }
		full := list
		if axis != ndbuf.Flat {
			full = slices.Concat(shape[:axis], list, shape[axis+1:])
		}
		format := formats[r.IntN(len(formats))]
		name := fmt.Sprintf("%d: %q/%v/axis=%d/%q%v/mode=%d", n, format, shape, axis, indexFormat, list, mode)
		given := axis
		if axis != ndbuf.Flat && r.IntN(2) == 0 {
			given = axis - len(shape)
		}

		src, dst := scrambled(r, format, shape), scrambled(r, format, full)
		if err := ndbuf.Take(dst, src, indices, given, mode); err != nil {
			t.Fatalf("%s: Take: %v", name, err)
		}
		eachIndex(full, func(at []int) {
			if got, want := itemBytes(dst, at), itemBytes(src, taken(at, shape, list, axis, idx)); !slices.Equal(got, want) {
				t.Fatalf("%s: Take: item %v is %v, want %v", name, at, got, want)
			}
		})

		src, dst = scrambled(r, format, full), scrambled(r, format, shape)
		want := map[string][]byte{}
		eachIndex(shape, func(at []int) { want[fmt.Sprint(at)] = itemBytes(dst, at) })
		eachIndex(full, func(at []int) { want[fmt.Sprint(taken(at, shape, list, axis, idx))] = itemBytes(src, at) })
		if err := ndbuf.Put(dst, indices, src, given, mode); err != nil {
			t.Fatalf("%s: Put: %v", name, err)
		}
		eachIndex(shape, func(at []int) {
			if got := itemBytes(dst, at); !slices.Equal(got, want[fmt.Sprint(at)]) {
				t.Fatalf("%s: Put: item %v is %v, want %v", name, at, got, want[fmt.Sprint(at)])
			}
		})
	}
}

func TestTakeCases(t *testing.T) {
	table := numbered(12, 3, 4)
	for _, c := range []struct {
		name    string
		src     *ndbuf.MemoryView
		indices any
		axis    int
		mode    ndbuf.Mode
		shape   []int
		want    string // as numpy.take answers
	}{
		{"axis 1", table, []int{3, 0, -1}, 1, ndbuf.ModeRaise, []int{3, 3}, "[[3 0 3] [7 4 7] [11 8 11]]"},
		{"axis 0", table, []int8{2, 0}, 0, ndbuf.ModeRaise, []int{2, 4}, "[[8 9 10 11] [0 1 2 3]]"},
		{"axis 0, 2-D indices", table, &[1][2]uint16{{1, 1}}, 0, ndbuf.ModeRaise, []int{1, 2, 4}, "[[[4 5 6 7] [4 5 6 7]]]"},
		{"flat", table, []int64{-1, 5, 0}, ndbuf.Flat, ndbuf.ModeRaise, []int{3}, "[11 5 0]"},
		{"flat of a transpose", ndbuf.Must(table.Transpose()), []int64{1, 2, 3}, ndbuf.Flat, ndbuf.ModeRaise, []int{3}, "[4 8 1]"},
		{"clip", table, []int{-7, 1, 99}, ndbuf.Flat, ndbuf.ModeClip, []int{3}, "[0 1 11]"},
		{"wrap", table, []int{-13, 12, 25}, ndbuf.Flat, ndbuf.ModeWrap, []int{3}, "[11 0 1]"},
		{"clip huge", table, []uint64{1 << 63, 1<<64 - 1, 3}, 1, ndbuf.ModeClip, []int{3, 3}, "[[3 3 3] [7 7 7] [11 11 11]]"},
		{"wrap huge", table, []uint64{1<<64 - 1, 1 << 63}, 1, ndbuf.ModeWrap, []int{3, 2}, "[[3 0] [7 4] [11 8]]"},
		{"wrap lowest", table, []int64{-1 << 63, -1<<63 + 1}, 0, ndbuf.ModeWrap, []int{2, 4}, "[[4 5 6 7] [8 9 10 11]]"},
		{"scalar index", table, new(int), 1, ndbuf.ModeRaise, []int{3}, "[0 4 8]"},
		{"no index", table, []int{}, 1, ndbuf.ModeRaise, []int{3, 0}, "[[] [] []]"},
		{"rows", ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))), []int{3, 0}, 1, ndbuf.ModeRaise, []int{3, 2}, "[[3 0] [7 4] [11 8]]"},
		{"rows, flat", ndbuf.Must(ndbuf.FromObject(rowsOf([]int{3, 4}))), []int{11, 6}, ndbuf.Flat, ndbuf.ModeRaise, []int{2}, "[11 6]"},
		{"scalar, flat", ndbuf.Must(table.Slice("2, 1")), []int{0, -1}, ndbuf.Flat, ndbuf.ModeRaise, []int{2}, "[9 9]"},
		{"nothing, clipped", numbered(0, 0, 0), []int{7}, 0, ndbuf.ModeClip, []int{1, 0}, "[[]]"},
	} {
		dst := ndbuf.Must(ndbuf.New("i", strides.C, c.shape...))
		if err := ndbuf.Take(dst, c.src, ndbuf.Must(ndbuf.FromObject(c.indices)), c.axis, c.mode); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := fmt.Sprint(ndbuf.Must(dst.ToList())); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPutCases(t *testing.T) {
	scalar := ndbuf.Must(numbered(10).Index(strides.At(9)))
	for _, c := range []struct {
		name    string
		dst     *ndbuf.MemoryView
		indices any
		src     *ndbuf.MemoryView
		axis    int
		want    string
	}{
		{"last wins", numbered(4), []int{1, 1, 1}, numbered(3), 0, "[0 2 2 3]"},
		{"last wins by rows", numbered(6, 3, 2), []int{0, -3}, numbered(4, 2, 2), 0, "[[2 3] [2 3] [4 5]]"},
		{"broadcast", numbered(6, 3, 2), []int{0, 2}, scalar, 0, "[[9 9] [2 3] [9 9]]"},
		{"broadcast row", numbered(6, 3, 2), []int{0, 2}, numbered(2), 0, "[[0 1] [2 3] [0 1]]"},
		{"flat", numbered(6, 3, 2), []uint8{5, 0}, numbered(2), ndbuf.Flat, "[[1 1] [2 3] [4 0]]"},
		{"rows", ndbuf.Must(ndbuf.FromObject(rowsOf([]int{2, 3}))), []int{2, 2}, scalar, 1, "[[0 1 9] [3 4 9]]"},
		{"from rows", numbered(4, 2, 2), []int{1, 0}, ndbuf.Must(ndbuf.FromObject([][]int32{{5, 6}, {7, 8}})), 0, "[[7 8] [5 6]]"},
	} {
		if err := ndbuf.Put(c.dst, ndbuf.Must(ndbuf.FromObject(c.indices)), c.src, c.axis, ndbuf.ModeRaise); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := fmt.Sprint(ndbuf.Must(c.dst.ToList())); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTakeOverlap(t *testing.T) {
	m := numbered(6)
	if err := ndbuf.Take(m, ndbuf.Must(m.Slice("::-1")), m, 0, ndbuf.ModeRaise); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(ndbuf.Must(m.ToList())); got != "[5 4 3 2 1 0]" {
		t.Errorf("all three the same memory: %s", got)
	}
	m = numbered(6)
	if err := ndbuf.Put(ndbuf.Must(m.Slice("1:")), ndbuf.Must(m.Slice(":5")), ndbuf.Must(m.Slice(":5")), 0, ndbuf.ModeRaise); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(ndbuf.Must(m.ToList())); got != "[0 0 1 2 3 4]" {
		t.Errorf("shifted: %s", got)
	}
	// Byte order is swapped on the way, bools are made bools.
	mem := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 7), 9)
	src := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: ">i"}))
	dst := numbered(3)
	if err := ndbuf.Take(dst, src, ndbuf.Must(ndbuf.Of([]int{1, 0, 1})), 0, ndbuf.ModeRaise); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(ndbuf.Must(dst.ToList())); got != "[9 7 9]" {
		t.Errorf("byte order: %s", got)
	}
	flags := make([]bool, 2)
	raw := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: []byte{0, 7}, Format: "?"}))
	if err := ndbuf.Put(ndbuf.Must(ndbuf.Of(flags)), ndbuf.Must(ndbuf.Of([]int{1, 0})), raw, 0, ndbuf.ModeRaise); err != nil || !flags[0] || flags[1] {
		t.Errorf("bools: %v, %v", flags, err)
	}
	if b := ndbuf.Must(ndbuf.Of(flags)).Buffer().Mem; b[0] != 1 {
		t.Errorf("bool byte %d", b[0])
	}
}

func TestTakeErrors(t *testing.T) {
	of := func(v ...int) *ndbuf.MemoryView { return ndbuf.Must(ndbuf.Of(v)) }
	table := numbered(12, 3, 4)
	gone := numbered(3)
	gone.Release()
	for _, c := range []struct {
		name    string
		dst     *ndbuf.MemoryView
		src     *ndbuf.MemoryView
		indices *ndbuf.MemoryView
		axis    int
		mode    ndbuf.Mode
		class   error
		text    string
	}{
		{"too large", numbered(12, 3, 4), table, of(0, 1, 2, 4), 1, ndbuf.ModeRaise, ndbuf.ErrIndex, "index 4 at position [3] is out of range for axis 1 of length 4"},
		{"too small", numbered(12, 3, 4), table, of(-5, 1, 2, 4), -1, ndbuf.ModeRaise, ndbuf.ErrIndex, "index -5 at position [0] is out of range for axis 1"},
		{"flat", numbered(4, 2, 2), table, ndbuf.Must(of(0, 1, 2, 12).Reshape(2, 2)), ndbuf.Flat, ndbuf.ModeRaise, ndbuf.ErrIndex, "index 12 at position [1 1] is out of range for all items of length 12"},
		{"huge", numbered(1), table, ndbuf.Must(ndbuf.Of([]uint64{1 << 63})), ndbuf.Flat, ndbuf.ModeRaise, ndbuf.ErrIndex, "index 9223372036854775808"},
		{"lowest", numbered(1), table, ndbuf.Must(ndbuf.Of([]int64{-1 << 63})), ndbuf.Flat, ndbuf.ModeRaise, ndbuf.ErrIndex, "index -9223372036854775808"},
		{"empty axis", numbered(3, 1, 3), numbered(0, 0, 3), of(0), 0, ndbuf.ModeRaise, ndbuf.ErrIndex, "length 0"},
		{"empty axis, clipped", numbered(3, 1, 3), numbered(0, 0, 3), of(0), 0, ndbuf.ModeClip, ndbuf.ErrIndex, "length 0"},
		{"empty axis, wrapped", numbered(3, 1, 3), numbered(0, 0, 3), of(0), 0, ndbuf.ModeWrap, ndbuf.ErrIndex, "length 0"},
		{"out of range, nothing taken", numbered(0, 0, 1), numbered(0, 0, 3), of(5), 1, ndbuf.ModeRaise, ndbuf.ErrIndex, "index 5"},
		{"no axis", numbered(3), table, of(0), 2, ndbuf.ModeRaise, ndbuf.ErrIndex, "axis 2"},
		{"no axis below", numbered(3), table, of(0), -3, ndbuf.ModeRaise, ndbuf.ErrIndex, "axis -3"},
		{"float indices", numbered(1), table, ndbuf.Must(ndbuf.Of([]float64{1})), ndbuf.Flat, ndbuf.ModeRaise, ndbuf.ErrType, "integer"},
		{"bool indices", numbered(1), table, ndbuf.Must(ndbuf.Of([]bool{true})), ndbuf.Flat, ndbuf.ModeRaise, ndbuf.ErrType, "integer"},
		{"structured indices", numbered(1), table, ndbuf.Must(ndbuf.Of([]struct{ A int }{{1}})), ndbuf.Flat, ndbuf.ModeRaise, ndbuf.ErrType, "integer"},
		{"shape", numbered(4), table, of(0, 1), 0, ndbuf.ModeRaise, ndbuf.ErrValue, "[2 4]"},
		{"mode", numbered(4), table, of(0), 0, 7, ndbuf.ErrValue, "mode 7"},
		{"format", ndbuf.Must(ndbuf.Of(make([]float32, 4))), table, of(0), 0, ndbuf.ModeRaise, ndbuf.ErrType, "format"},
		{"read-only", ndbuf.Must(numbered(4).ToReadOnly()), table, of(0), 0, ndbuf.ModeRaise, ndbuf.ErrReadOnly, "read-only"},
		{"released", numbered(4), gone, of(0), 0, ndbuf.ModeRaise, ndbuf.ErrReleased, "released"},
		{"released indices", numbered(4), table, gone, 0, ndbuf.ModeRaise, ndbuf.ErrReleased, "released"},
	} {
		before, _ := c.dst.ToBytes(strides.C)
		err := ndbuf.Take(c.dst, c.src, c.indices, c.axis, c.mode)
		if !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v with %q", c.name, err, c.class, c.text)
		}
		if after, _ := c.dst.ToBytes(strides.C); !slices.Equal(before, after) {
			t.Errorf("%s: dst has changed", c.name)
		}
	}
	dst := numbered(4)
	if err := ndbuf.Put(dst, of(1, 9), of32(5, 6), 0, ndbuf.ModeRaise); !errors.Is(err, ndbuf.ErrIndex) {
		t.Errorf("Put: %v", err)
	}
	if err := ndbuf.Put(dst, of(1, 2), of32(5, 6, 7), 0, ndbuf.ModeRaise); !errors.Is(err, ndbuf.ErrValue) {
		t.Errorf("Put: %v", err)
	}
	if got := fmt.Sprint(ndbuf.Must(dst.ToList())); got != "[0 1 2 3]" {
		t.Errorf("a failed Put changed dst: %s", got)
	}
}

func of32(v ...int32) *ndbuf.MemoryView { return ndbuf.Must(ndbuf.Of(v)) }
