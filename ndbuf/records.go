package ndbuf

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/plan"
)

// Records: bytes of a file as Go structs and back. The format says what lies in the file, the Go type what is wanted; where
// the two are the same there is nothing to do, else each field is a strided copy, swapped on the way.

// DecodeRecords returns the records in data, each laid out as format says, as values of T: a Go slice for a file of structs
// (encoding/binary.Read, numpy.frombuffer).
//
// The members of format and the fields of T are matched by name if format names its members: field Name takes member Name,
// or name in any case; a tag `record:"..."` names another. Members that no field takes are left out. If format names none
// they are matched one by one, and T has as many fields as format has members; a T that is no struct takes a single one.
// Members and fields are the same but for byte order: kind, size and shape; a field that is a struct itself takes a member
// of the same layout. Blank fields (_) take nothing.
//
// Shares data where that is possible: where a record is laid out in data as T is in memory, in this machine's byte order,
// data is aligned for T, and T contains no bools. Then nothing is copied, and writing to one writes to the other. What is
// copied is zero where no member goes.
// Errors: ErrValue for a format that does not parse, or data that is not a whole number of records; ErrType if T has no
// fixed size or contains pointers, or a field has no member, or another one.
func DecodeRecords[T any](data []byte, format string) ([]T, error) {
	g, err := goTypeOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	r, err := recordOf(g, format)
	if err != nil {
		return nil, err
	}
	n, err := r.count(len(data))
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return []T{}, nil
	}
	p := unsafe.Pointer(unsafe.SliceData(data))
	if r.same && !g.hasBools() && uintptr(p)%uintptr(g.typ.Align()) == 0 {
		return unsafe.Slice((*T)(p), n), nil
	}
	if n > math.MaxInt/g.size() || tooLarge(n*g.size()) {
		return nil, fail(ErrOverflow, "%d records of %d bytes do not fit in memory", n, g.size())
	}
	var out []T
	if r.covers() {
		mem, err := freshBytes(n * g.size())
		if err != nil {
			return nil, err
		}
		out = unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(mem))), n)
	} else {
		out = make([]T, n)
	}
	r.run(unsafe.Pointer(unsafe.SliceData(out)), p, n, false)
	return out, nil
}

// AppendRecords appends records to data, each laid out as format says, and returns the extended slice: the reverse of
// DecodeRecords (encoding/binary.Append, numpy.ndarray.tobytes). What no field goes to, padding included, is zero. Records
// may lie where they will be written, as shared ones do behind data's length: the result is as if they had been copied
// first.
//
// Errors: as DecodeRecords. data is then returned as it was.
func AppendRecords[T any](data []byte, format string, records []T) ([]byte, error) {
	g, err := goTypeOf(reflect.TypeFor[T]())
	if err != nil {
		return data, err
	}
	r, err := recordOf(g, format)
	if err != nil {
		return data, err
	}
	n := len(records)
	if n == 0 {
		return data, nil
	}
	if n > (math.MaxInt-len(data))/r.size || tooLarge(len(data)+n*r.size) {
		return data, fail(ErrOverflow, "%d records of %d bytes do not fit in memory", n, r.size)
	}
	at := len(data)
	data = slices.Grow(data, n*r.size)[:at+n*r.size]
	out := data[at:]
	a, b := uintptr(unsafe.Pointer(&out[0])), uintptr(unsafe.Pointer(&records[0]))
	if a < b+uintptr(n*g.size()) && b < a+uintptr(len(out)) {
		records = slices.Clone(records)
	}
	clear(out)
	r.run(unsafe.Pointer(unsafe.SliceData(out)), unsafe.Pointer(unsafe.SliceData(records)), n, true)
	return data, nil
}

// A record is a format and a Go type whose members were matched.
type record struct {
	size   int  // bytes of a record of the format
	goSize int  // of a value of the type
	same   bool // the bytes of both are the same
	fields []recordField
}

// A recordField is count elements of size bytes, one after the other, at one place in a record and at another in a Go
// value.
type recordField struct {
	file, mem, size, count int
	fixes                  []plan.Fix // of an element, both ways
	bools                  []plan.Fix // besides, of one that goes to memory
	gaps                   []span     // in an element, which are zero in a file
}

// A span is bytes [from, to) of an element.
type span struct{ from, to int }

// gaps appends the bytes of an item at a place that no member has.
func gaps(t *format.Type, at int, out []span) []span {
	if t.Kind() != format.Struct {
		return out
	}
	end := at
	for _, f := range t.Fields() {
		if isPadding(f) {
			continue
		}
		begin, n := at+f.Offset, 1
		for _, length := range f.Shape {
			n *= length
		}
		if begin > end {
			out = append(out, span{end, begin})
		}
		end = begin + n*f.Type.Size()
		if gaps(f.Type, 0, nil) != nil {
			for i := range n {
				out = gaps(f.Type, begin+i*f.Type.Size(), out)
			}
		}
	}
	if end < at+t.Size() {
		out = append(out, span{end, at + t.Size()})
	}
	return out
}

// isPadding reports whether a member is bytes without a meaning.
func isPadding(f format.Field) bool { return f.Type.Kind() == format.Void && f.Name == "" }

// A recordKey is a Go type and a format.
type recordKey struct {
	typ    reflect.Type
	format string
}

var (
	knownRecords sync.Map // recordKey -> *record
	recordCount  atomic.Int64
)

// recordOf matches a format and a Go type. Up to maxKinds answers are remembered.
func recordOf(g *goType, s string) (*record, error) {
	key := recordKey{g.typ, s}
	if r, ok := knownRecords.Load(key); ok {
		return r.(*record), nil
	}
	r, err := match(g, s)
	if err == nil && len(s) <= 256 && recordCount.Load() < maxKinds {
		recordCount.Add(1)
		knownRecords.Store(key, r)
	}
	return r, err
}

// match is recordOf for the first time.
func match(g *goType, s string) (*record, error) {
	k := kindOf(s)
	if k.err != nil {
		return nil, fail(ErrValue, "format %q: %w", s, k.err)
	}
	r := &record{size: k.typ.Size(), goSize: g.size()}
	if r.size == 0 || r.goSize == 0 {
		return nil, fail(ErrType, "records of format %q have %d bytes, those of %v have %d: both must have some", s, r.size, g.typ, r.goSize)
	}
	members := slices.DeleteFunc(k.typ.Fields(), isPadding)
	if g.typ.Kind() != reflect.Struct {
		if len(members) != 1 {
			return nil, fail(ErrType, "a %v takes a single member, format %q has %d", g.typ, s, len(members))
		}
		if err := r.add(g.typ.String(), 0, g.kind.typ, &members[0]); err != nil {
			return nil, err
		}
		r.finish()
		return r, nil
	}
	named := slices.ContainsFunc(members, func(f format.Field) bool { return f.Name != "" })
	next := 0
	for i := range g.typ.NumField() {
		f := g.typ.Field(i)
		if f.Name == "_" {
			continue
		}
		want, err := goTypeOf(f.Type)
		if err != nil {
			return nil, err
		}
		m := next
		if next++; named {
			m = memberFor(f, members)
		}
		if m < 0 || m >= len(members) {
			return nil, fail(ErrType, "field %s of %v has no member in format %q", f.Name, g.typ, s)
		}
		if err := r.add("field "+f.Name, int(f.Offset), want.kind.typ, &members[m]); err != nil {
			return nil, err
		}
	}
	if !named && next < len(members) {
		return nil, fail(ErrType, "%v has %d fields, format %q has %d members", g.typ, next, s, len(members))
	}
	r.finish()
	return r, nil
}

// memberFor finds the member that a field takes, -1 if there is none.
func memberFor(f reflect.StructField, members []format.Field) int {
	name := f.Name
	tag, tagged := f.Tag.Lookup("record")
	if tagged {
		name = tag
	}
	if i := slices.IndexFunc(members, func(m format.Field) bool { return m.Name == name }); i >= 0 || tagged {
		return i
	}
	return slices.IndexFunc(members, func(m format.Field) bool { return strings.EqualFold(m.Name, name) })
}

// add matches a member of the format with a Go type of the given format, mem bytes into a value; name is for messages.
//
// Errors: ErrType if they differ in more than byte order.
func (r *record) add(name string, mem int, want *format.Type, m *format.Field) error {
	count, have := 1, m.Type
	for _, n := range m.Shape {
		count *= n
	}
	goCount := 1
	if want.Kind() == format.Struct && !want.IsRecord() { // a Go array
		f := want.Fields()[0]
		for _, n := range f.Shape {
			goCount *= n
		}
		want = f.Type
	}
	if want.Kind() == format.Uint && want.Size() == 1 && isBytes(have.Kind()) {
		// Go's bytes take what is bytes in a file.
		if count*have.Size() != goCount {
			return fail(ErrType, "%s has %d bytes, member %q of format %q %d", name, goCount, m.Name, have, count*have.Size())
		}
		r.fields = append(r.fields, recordField{file: m.Offset, mem: mem, size: goCount, count: 1})
		return nil
	}
	if count != goCount || !want.Compatible(have) {
		return fail(ErrType, "%s is %d of format %q, member %q is %d of format %q", name, goCount, want, m.Name, count, have)
	}
	f := recordField{file: m.Offset, mem: mem, size: want.Size(), count: count, gaps: gaps(want, 0, nil)}
	for _, s := range want.Swaps(have) {
		f.fixes = append(f.fixes, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count})
	}
	for _, s := range want.Bools() {
		f.bools = append(f.bools, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count, Bool: true})
	}
	r.fields = append(r.fields, f)
	return nil
}

// isBytes reports whether a kind is single bytes, whatever they mean.
func isBytes(k format.Kind) bool {
	return k == format.Bytes || k == format.Char || k == format.Void || k == format.Pascal || k == format.Bool
}

// finish joins fields that follow each other on both sides, and finds out whether all do.
func (r *record) finish() {
	slices.SortFunc(r.fields, func(a, b recordField) int { return a.file - b.file })
	out := r.fields[:0]
	r.same = r.size == r.goSize
	for _, f := range r.fields {
		r.same = r.same && f.file == f.mem && len(f.fixes) == 0
		if len(f.fixes)+len(f.bools)+len(f.gaps) == 0 {
			f.size, f.count = f.size*f.count, 1
		}
		if len(out) > 0 {
			last := &out[len(out)-1]
			bytes := last.size * last.count
			if last.file+bytes == f.file && last.mem+bytes == f.mem && slices.Equal(last.fixes, f.fixes) && slices.Equal(last.bools, f.bools) &&
				slices.Equal(last.gaps, f.gaps) {
				switch {
				case len(f.fixes)+len(f.bools)+len(f.gaps) == 0:
					last.size += f.size
					continue
				case last.size == f.size:
					last.count += f.count
					continue
				}
			}
		}
		out = append(out, f)
	}
	r.fields = out
}

// covers reports whether members go to every byte of a Go value.
func (r *record) covers() bool {
	bytes := 0
	for _, f := range r.fields {
		bytes += f.size * f.count
	}
	return bytes == r.goSize
}

// count returns how many records there are in n bytes.
func (r *record) count(n int) (int, error) {
	if n%r.size != 0 {
		return 0, fail(ErrValue, "%d bytes are not a whole number of records of %d bytes", n, r.size)
	}
	return n / r.size, nil
}

// recordBlock is about how many bytes of records are moved field by field at a time, so that they stay in the first-level
// cache. Chosen.
const recordBlock = 16 << 10

// run moves n records: from a file's bytes to memory or, with encode, back.
func (r *record) run(dst, src unsafe.Pointer, n int, encode bool) {
	dstSize, srcSize := r.goSize, r.size
	if encode {
		dstSize, srcSize = srcSize, dstSize
	}
	workers := min(resolveThreads(threads.Load()), n*r.size/blocks.ThreadBytes)
	blocks.Parallel(max(workers, 1), func(i int) {
		from, to := 0, n
		if workers > 1 {
			from, to = n/workers*i+n%workers*i/workers, n/workers*(i+1)+n%workers*(i+1)/workers
		}
		some := max(recordBlock/max(r.size, r.goSize), 1)
		if len(r.fields) == 1 {
			some = to - from
		}
		plans := make([]plan.Plan, len(r.fields))
		for done := 0; from < to; from += some {
			some = min(some, to-from)
			for k := range r.fields {
				f := &r.fields[k]
				if some != done {
					fixes := f.fixes
					if !encode {
						fixes = append(slices.Clip(fixes), f.bools...)
					}
					plans[k].Init([]int{some, f.count}, []int{dstSize, f.size}, []int{srcSize, f.size}, f.size, fixes, false)
				}
				d, s := f.mem, f.file
				if encode {
					d, s = s, d
				}
				plans[k].Run(unsafe.Add(dst, from*dstSize+d), unsafe.Add(src, from*srcSize+s))
				if encode && f.gaps != nil {
					f.clearGaps(unsafe.Add(dst, from*dstSize+d), some, dstSize)
				}
			}
			done = some
		}
	})
}

// clearGaps clears the gaps of a field in n records, which are step bytes apart from p on.
func (f *recordField) clearGaps(p unsafe.Pointer, n, step int) {
	for i := range n {
		for j := range f.count {
			for _, g := range f.gaps {
				clear(unsafe.Slice((*byte)(unsafe.Add(p, i*step+j*f.size+g.from)), g.to-g.from))
			}
		}
	}
}
