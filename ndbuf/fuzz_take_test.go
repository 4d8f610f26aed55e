package ndbuf_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// FuzzTakePut: any indices, of any format, stride and mode, into an axis of any length. What is in range moves; if one is
// not, nothing does and the error names the first.
func FuzzTakePut(f *testing.F) {
	f.Add([]byte{0, 1, 2}, uint8(0), uint8(0), uint8(3), int8(1))
	f.Add([]byte{0xff, 0xff, 0, 3, 0, 1}, uint8(3), uint8(0), uint8(3), int8(-1))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80}, uint8(11), uint8(2), uint8(5), int8(1))
	f.Add([]byte{0x80}, uint8(0), uint8(1), uint8(0), int8(1))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, uint8(10), uint8(1), uint8(200), int8(2))
	formats := []string{"b", "B", "<h", ">h", "<H", ">H", "<i", ">i", "<I", ">I", "<q", ">q", "<Q", ">Q"}
	f.Fuzz(func(t *testing.T, data []byte, which, modeByte, length uint8, step int8) {
		if len(data) > 4096 || step == 0 {
			return
		}
		indexFormat := formats[int(which)%len(formats)]
		mode := ndbuf.Mode(modeByte % 3)
		size := ndbuf.Must(ndbuf.SizeFromFormat(indexFormat))
		indices := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: append(data, 0)[:len(data)], Format: indexFormat}))
		indices = ndbuf.Must(indices.Index(strides.Range(strides.None, strides.None, int(step))))
		var order binary.ByteOrder = binary.LittleEndian
		if indexFormat[0] == '>' {
			order = binary.BigEndian
		}
		signed := indexFormat[len(indexFormat)-1] >= 'a'
		n, bad := int(length), -1
		var places []int
		for j := range indices.Len() {
			b := itemBytes(indices, []int{j})
			var u uint64
			switch size {
			case 1:
				u = uint64(b[0])
			case 2:
				u = uint64(order.Uint16(b))
			case 4:
				u = uint64(order.Uint32(b))
			default:
				u = order.Uint64(b)
			}
			v, large := int64(u), !signed && u > 1<<63-1
			if signed {
				v = v << (64 - 8*size) >> (64 - 8*size)
			}
			in := !large && v >= 0 && v < int64(n)
			switch {
			case in:
			case n == 0:
				bad = 0
			case mode == ndbuf.ModeClip && (large || v > 0):
				v = int64(n) - 1
			case mode == ndbuf.ModeClip:
				v = 0
			case mode == ndbuf.ModeWrap && large:
				v = int64(u % uint64(n))
			case mode == ndbuf.ModeWrap:
				v = (v%int64(n) + int64(n)) % int64(n)
			case !large && v < 0 && v >= -int64(n):
				v += int64(n)
			case bad < 0:
				bad = j
			}
			places = append(places, int(v))
		}
		table, list := numbered(n+1, n+1), numbered(len(places)+1, len(places)+1)
		inner, outer := ndbuf.Must(table.Slice("1:")), ndbuf.Must(list.Slice(":-1"))
		values := func(m *ndbuf.MemoryView) []int32 { return ndbuf.Must(ndbuf.Must(ndbuf.As[int32](m)).Data()) }
		before := slices.Clone(values(list))
		err := ndbuf.Take(outer, inner, indices, 0, mode)
		if bad >= 0 {
			if !errors.Is(err, ndbuf.ErrIndex) || !slices.Equal(values(list), before) {
				t.Fatalf("Take: index %d is out of range: %v, dst %v", bad, err, values(list))
			}
			if err := ndbuf.Put(inner, indices, outer, 0, mode); !errors.Is(err, ndbuf.ErrIndex) || !slices.Equal(values(table), values(numbered(n+1, n+1))) {
				t.Fatalf("Put: index %d is out of range: %v", bad, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for j, p := range places {
			before[j] = int32(p) + 1
		}
		if got := values(list); !slices.Equal(got, before) {
			t.Fatalf("Take: %v, want %v", got, before)
		}
		want := values(numbered(n+1, n+1))
		for j, p := range places {
			values(list)[j] = int32(1000 + j)
			want[p+1] = int32(1000 + j)
		}
		if err := ndbuf.Put(inner, indices, outer, 0, mode); err != nil || !slices.Equal(values(table), want) {
			t.Fatalf("Put: %v, %v, want %v", err, values(table), want)
		}
	})
}
