package ndbuf_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// A lender is an exporter that counts what it lent and got back.
type lender struct {
	buf       ndbuf.Buffer
	lent      atomic.Int64
	badReturn atomic.Int64
}

func (l *lender) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	b, err := l.buf.Grant(f)
	if err == nil {
		l.lent.Add(1)
	}
	return b, err
}

func (l *lender) ReleaseBuffer(b *ndbuf.Buffer) {
	if b == nil || l.lent.Add(-1) < 0 {
		l.badReturn.Add(1)
	}
}

func (l *lender) check(t *testing.T, want int64) {
	t.Helper()
	if got := l.lent.Load(); got != want || l.badReturn.Load() != 0 {
		t.Fatalf("%d buffers out, want %d; %d bad returns", got, want, l.badReturn.Load())
	}
}

func newLender(n int) *lender {
	l := &lender{}
	l.buf = ndbuf.Buffer{Mem: make([]byte, n), Obj: l}
	for i := range l.buf.Mem {
		l.buf.Mem[i] = byte(i)
	}
	return l
}

func TestLastReleaseGivesBack(t *testing.T) {
	l := newLender(12)
	m := ndbuf.Must(ndbuf.FromObject(l))
	s := ndbuf.Must(m.Slice("::2"))
	again := ndbuf.Must(ndbuf.FromObject(s))
	if m.Base() != any(l) || again.Base() != any(l) {
		t.Errorf("Base is %v and %v, want the exporter", m.Base(), again.Base())
	}
	for _, v := range []*ndbuf.MemoryView{m, s} {
		if err := v.Release(); err != nil {
			t.Fatal(err)
		}
		l.check(t, 1)
	}
	if err := errors.Join(again.Release(), again.Release(), m.Release()); err != nil {
		t.Fatal(err)
	}
	l.check(t, 0)
}

func TestDroppedViewIsGivenBack(t *testing.T) {
	l := newLender(12)
	func() {
		m := ndbuf.Must(ndbuf.FromObject(l))
		ndbuf.Must(m.Slice("1:"))
	}()
	for range 100 {
		runtime.GC()
		if l.lent.Load() == 0 {
			break
		}
		runtime.Gosched()
	}
	l.check(t, 0)
}

// A view that is released while others are made of it gives its memory back once, after the last of them.
func TestViewsWhileReleasing(t *testing.T) {
	for range 200 {
		l := newLender(64)
		m := ndbuf.Must(ndbuf.FromObject(l))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					v, err := ndbuf.FromObject(m)
					if err != nil {
						if !errors.Is(err, ndbuf.ErrReleased) {
							t.Error(err)
						}
						return
					}
					if l.lent.Load() != 1 {
						t.Error("the memory went back while a view of it was made")
					}
					if err := v.Release(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		if err := m.Release(); err != nil { // nothing holds m itself
			t.Error(err)
		}
		wg.Wait()
		l.check(t, 0)
	}
}

func TestLentBufferStopsRelease(t *testing.T) {
	m := ndbuf.Must(ndbuf.FromMemory([]byte("abcdef"), ndbuf.Read))
	b := ndbuf.Must(m.GetBuffer(ndbuf.BufFullRO))
	if b.Obj != any(m) {
		t.Errorf("the exporter of a view's buffer is %v, want the view", b.Obj)
	}
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Fatalf("Release of a lent view: %v", err)
	}
	m.ReleaseBuffer(&ndbuf.Buffer{}) // not lent: ignored
	m.ReleaseBuffer(b)
	m.ReleaseBuffer(b) // once
	if err := m.Release(); err != nil {
		t.Fatal(err)
	}
}

// Release without an error has released the view, even if an operation ended while it looked.
func TestReleaseWhileInUse(t *testing.T) {
	source := ndbuf.Must(ndbuf.New("i", strides.C, 4, 4))
	turned := ndbuf.Must(source.Transpose())
	for i := range 2000 {
		m := ndbuf.Must(ndbuf.New("i", strides.C, 4))
		if i%2 == 0 {
			m = ndbuf.Must(ndbuf.GetContiguous(turned, ndbuf.Shadow, strides.C))
		}
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for range 2 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						m.NDim()
					}
				}
			})
		}
		err := m.Release()
		for ; err != nil; err = m.Release() {
			if !errors.Is(err, ndbuf.ErrBuffer) {
				t.Fatal(err)
			}
		}
		if !m.Released() {
			t.Fatal("Release returned nil; the view is not released")
		}
		close(stop)
		wg.Wait()
	}
}

func TestReleasedView(t *testing.T) {
	m := ndbuf.Must(ndbuf.FromMemory([]byte("abcdef"), ndbuf.Write))
	other := ndbuf.Must(ndbuf.FromMemory([]byte("ABCDEF"), ndbuf.Write))
	if err := m.Release(); err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"FromObject":    func() error { _, err := ndbuf.FromObject(m); return err },
		"GetContiguous": func() error { _, err := ndbuf.GetContiguous(m, ndbuf.Read, strides.C); return err },
		"GetBuffer":     func() error { _, err := m.GetBuffer(ndbuf.BufSimple); return err },
		"Slice":         func() error { _, err := m.Slice("1:"); return err },
		"Index":         func() error { _, err := m.Index(); return err },
		"Transpose":     func() error { _, err := m.Transpose(); return err },
		"Reshape":       func() error { _, err := m.Reshape(2, 3); return err },
		"BroadcastTo":   func() error { _, err := m.BroadcastTo(2, 6); return err },
		"Cast":          func() error { _, err := m.Cast("B"); return err },
		"ToReadOnly":    func() error { _, err := m.ToReadOnly(); return err },
		"Field":         func() error { _, err := m.Field("a"); return err },
		"ToBytes":       func() error { _, err := m.ToBytes(strides.C); return err },
		"CopyTo":        func() error { return m.CopyTo(make([]byte, 6), strides.C) },
		"CopyFrom":      func() error { return m.CopyFrom(make([]byte, 6), strides.C) },
		"WriteTo":       func() error { _, err := m.WriteTo(io.Discard); return err },
		"Clone":         func() error { _, err := m.Clone(strides.C); return err },
		"Contiguous":    func() error { _, err := m.Contiguous(strides.C); return err },
		"Copy to":       func() error { return ndbuf.Copy(m, other) },
		"Copy from":     func() error { return ndbuf.Copy(other, m) },
		"Assign":        func() error { return m.Assign(other) },
		"Assign from":   func() error { return other.Assign(m) },
		"CopyData":      func() error { return ndbuf.CopyData(other, m) },
		"Get":           func() error { _, err := m.Get(0); return err },
		"Set":           func() error { return m.Set(1, 0) },
		"ToList":        func() error { _, err := m.ToList(); return err },
		"Hex":           func() error { _, err := m.Hex(0, 0); return err },
		"Type":          func() error { _, err := m.Type(); return err },
		"Diagonal":      func() error { _, err := m.Diagonal(0, 0, 1); return err },
		"MoveAxis":      func() error { _, err := m.MoveAxis(0, 1); return err },
		"SwapAxes":      func() error { _, err := m.SwapAxes(0, 1); return err },
		"Flip":          func() error { _, err := m.Flip(0); return err },
		"Squeeze":       func() error { _, err := m.Squeeze(0); return err },
		"SlidingWindow": func() error { _, err := m.SlidingWindow([]int{1}); return err },
		"Slice syntax":  func() error { _, err := m.Slice("::0"); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, ndbuf.ErrReleased) || !errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("%s of a released view: %v", name, err)
		}
	}
	if m.Buffer() != nil || m.Base() != nil || m.NDim() != 0 || m.Shape() != nil || !m.Released() {
		t.Error("attributes of a released view are not zero values")
	}
	var zero ndbuf.MemoryView
	if _, err := zero.Slice("1"); !errors.Is(err, ndbuf.ErrValue) {
		t.Errorf("the zero MemoryView: %v", err)
	}
	if got := ndbuf.Must(other.ToBytes(strides.C)); string(got) != "ABCDEF" {
		t.Errorf("a failed copy changed its destination to %q", got)
	}
}

// Readers and deriving goroutines against Release: no operation sees memory that was given back.
func TestConcurrentUse(t *testing.T) {
	l := newLender(1 << 12)
	l.buf.ReadOnly = true
	m := ndbuf.Must(ndbuf.FromObject(l))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				s, err := m.Slice("::-1")
				if err != nil {
					if !errors.Is(err, ndbuf.ErrReleased) {
						t.Error(err)
					}
					return
				}
				b, err := s.ToBytes(strides.C)
				if err != nil || b[0] != 0xff {
					t.Errorf("read %v, %v", b[:1], err)
				}
				if l.lent.Load() != 1 {
					t.Error("memory in use was given back")
				}
				if err := s.Release(); err != nil {
					t.Error(err)
				}
				runtime.Gosched() // so that on one processor there are times when nobody holds memory
			}
		})
	}
	for range 200 {
		runtime.Gosched()
	}
	for m.Release() != nil {
		runtime.Gosched()
	}
	wg.Wait()
	l.check(t, 0)
}

func TestGetContiguous(t *testing.T) {
	data := []int16{1, 2, 3, 4, 5, 6}
	m := ndbuf.Must(ndbuf.Of(data, 2, 3))
	f := ndbuf.Must(m.Transpose())

	same := ndbuf.Must(ndbuf.GetContiguous(f, ndbuf.Write, strides.F))
	if same.Buffer().Layout.Strides[0] != 2 || &same.Buffer().Mem[0] != &m.Buffer().Mem[0] || same.ReadOnly() {
		t.Error("an F-contiguous view was not handed back as it is")
	}
	c := ndbuf.Must(ndbuf.GetContiguous(f, ndbuf.Read, strides.C))
	if !c.ReadOnly() || !c.IsContiguous(strides.C) {
		t.Error("a copy to read is not a read-only contiguous one")
	}
	want := []byte{1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6, 0}
	if got := ndbuf.Must(c.ToBytes(strides.C)); !nativeEqual(got, want, 2) {
		t.Errorf("C order of the transpose is %v", got)
	}
	if _, err := ndbuf.GetContiguous(f, ndbuf.Write, strides.C); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("writable copy: %v", err)
	}
	if err := errors.Join(f.Release(), same.Release(), c.Release(), m.Release()); err != nil {
		t.Error(err)
	}
}

// nativeEqual compares little-endian want with got in this machine's order, words of size bytes.
func nativeEqual(got, want []byte, size int) bool {
	swapped := append([]byte(nil), want...)
	for i := 0; i+size <= len(want); i += size {
		for j := range size {
			swapped[i+j] = want[i+size-1-j]
		}
	}
	probe := ndbuf.Must(ndbuf.Of([]int16{1}))
	b, _ := probe.ToBytes(strides.C)
	if b[0] == 1 {
		return bytes.Equal(got, want)
	}
	return bytes.Equal(got, swapped)
}

func TestShadow(t *testing.T) {
	data := []uint8{0, 1, 2, 3, 4, 5, 6, 7}
	m := ndbuf.Must(ndbuf.Of(data))
	odd := ndbuf.Must(m.Slice("1::2"))
	s := ndbuf.Must(ndbuf.GetContiguous(odd, ndbuf.Shadow, strides.C))
	if s.ReadOnly() || s.Base() != any(data) && s.Base() == nil {
		t.Error("a shadow is read-only, or has no base")
	}
	if err := s.CopyFrom([]byte{10, 30, 50, 70}, strides.C); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, []uint8{0, 1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("the source changed before Release: %v", data)
	}
	if err := odd.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("the source of a shadow was released: %v", err)
	}
	if err := s.Release(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, []uint8{0, 10, 2, 30, 4, 50, 6, 70}) {
		t.Errorf("after Release the source is %v", data)
	}
	if err := errors.Join(s.Release(), odd.Release(), m.Release()); err != nil {
		t.Error(err)
	}
	if _, err := ndbuf.GetContiguous("abc", ndbuf.Shadow, strides.C); !errors.Is(err, ndbuf.ErrReadOnly) {
		t.Errorf("a shadow of read-only memory: %v", err)
	}
}

// A dropped shadow writes nothing back and frees its source.
func TestDroppedShadow(t *testing.T) {
	data := []uint8{0, 1, 2, 3}
	m := ndbuf.Must(ndbuf.Of(data))
	back := ndbuf.Must(m.Slice("::-1"))
	part := func() *ndbuf.MemoryView {
		s := ndbuf.Must(ndbuf.GetContiguous(back, ndbuf.Shadow, strides.C))
		if err := s.CopyFrom([]byte{9, 9, 9, 9}, strides.C); err != nil {
			t.Fatal(err)
		}
		return ndbuf.Must(s.Slice("1:"))
	}()
	defer runtime.KeepAlive(part) // a view of the shadow's memory is not the shadow
	var err error
	for range 100 {
		runtime.GC()
		if err = back.Release(); err == nil {
			break
		}
		runtime.Gosched()
	}
	if err != nil {
		t.Errorf("the source of a dropped shadow stays held: %v", err)
	}
	if !bytes.Equal(data, []uint8{0, 1, 2, 3}) {
		t.Errorf("a dropped shadow was written back: %v", data)
	}
}

// A liar lends a description that leaves its memory: it gets its buffer back at once.
type liar struct{ lent int }

func (l *liar) GetBuffer(ndbuf.Flags) (*ndbuf.Buffer, error) {
	l.lent++
	return &ndbuf.Buffer{Mem: make([]byte, 4), Layout: strides.Layout{ItemSize: 1, Shape: []int{5}}}, nil
}

func (l *liar) ReleaseBuffer(*ndbuf.Buffer) { l.lent-- }

func TestMalformedLoanIsGivenBack(t *testing.T) {
	l := &liar{}
	if m, err := ndbuf.FromObject(l); m != nil || !errors.Is(err, ndbuf.ErrValue) || l.lent != 0 {
		t.Errorf("%v, %v, %d buffers out", m, err, l.lent)
	}
}

// Blocks of WriteTo: larger than one block, strided, with slabs larger and smaller than a block.
func TestWriteToInBlocks(t *testing.T) {
	for _, shape := range [][]int{{3, 400_000}, {700, 999}, {1, 1, 800_001}, {300_000, 3}} {
		m := ndbuf.Must(ndbuf.New("B", strides.C, shape...))
		for i := range m.Buffer().Mem {
			m.Buffer().Mem[i] = byte(i * i >> 3)
		}
		v := ndbuf.Must(ndbuf.Must(m.Transpose()).Flip(0))
		var w bytes.Buffer
		n, err := v.WriteTo(&w)
		if err != nil || int(n) != v.NBytes() || !bytes.Equal(w.Bytes(), ndbuf.Must(v.ToBytes(strides.C))) {
			t.Errorf("shape %v: %d bytes, %v", shape, n, err)
		}
	}
	m := ndbuf.Must(ndbuf.New("B", strides.C, 1000, 1000))
	n, err := ndbuf.Must(m.Transpose()).WriteTo(&limited{room: 300_000})
	if n != 300_000 || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a writer that stops: %d, %v", n, err)
	}
}

// limited takes only so many bytes.
type limited struct{ room int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.room)
	l.room -= n
	return n, nil
}

func TestSetThreads(t *testing.T) {
	old := ndbuf.SetThreads(3)
	if old != runtime.GOMAXPROCS(0) {
		t.Errorf("the default is %d, want GOMAXPROCS", old)
	}
	if got := ndbuf.SetThreads(0); got != 3 {
		t.Errorf("got %d, want what was set", got)
	}
	if got := ndbuf.SetThreads(-1); got != runtime.GOMAXPROCS(0) {
		t.Errorf("got %d, want the default again", got)
	}
}

// A broadcast view can be larger than any memory: a copy of it is an error.
func TestCopyTooLarge(t *testing.T) {
	if math.MaxInt < 1<<40 {
		t.Skip("SKIPPED: an int cannot count more bytes than 32-bit memory may hold")
	}
	m := ndbuf.Must(ndbuf.Must(ndbuf.Of([]uint8{1})).BroadcastTo(math.MaxInt - 64))
	for name, f := range map[string]func() error{
		"ToBytes":       func() error { _, err := m.ToBytes(strides.C); return err },
		"Clone":         func() error { _, err := m.Clone(strides.C); return err },
		"GetContiguous": func() error { _, err := ndbuf.GetContiguous(m, ndbuf.Read, strides.C); return err },
		"ToList":        func() error { _, err := m.ToList(); return err },
	} {
		if err := f(); !errors.Is(err, ndbuf.ErrOverflow) {
			t.Errorf("%s of %d bytes: %v, want ErrOverflow", name, m.NBytes(), err)
		}
	}
}

// wrapped stands for somebody else's exporter that passes a view's buffer on.
type wrapped struct{ *ndbuf.MemoryView }

// Memory with Go bools stays that through whoever passes it on: written to as bools or not at all.
func TestBoolsThroughOthers(t *testing.T) {
	bools := make([]bool, 2)
	v := ndbuf.Must(ndbuf.Of(bools))
	changed := func(change func(b *ndbuf.Buffer)) *ndbuf.MemoryView {
		b := v.Buffer()
		change(b)
		return ndbuf.Must(ndbuf.FromBuffer(b))
	}
	for name, w := range map[string]*ndbuf.MemoryView{
		"exporter":    ndbuf.Must(ndbuf.FromObject(wrapped{v})),
		"same":        changed(func(*ndbuf.Buffer) {}),
		"format":      changed(func(b *ndbuf.Buffer) { b.Format = "B" }),
		"shape":       changed(func(b *ndbuf.Buffer) { b.Layout.Shape, b.Layout.Strides = nil, nil }),
		"two levels":  ndbuf.Must(ndbuf.FromObject(wrapped{ndbuf.Must(ndbuf.FromObject(wrapped{v}))})),
		"cast":        ndbuf.Must(ndbuf.FromObject(wrapped{ndbuf.Must(v.Cast("B"))})),
		"cast opened": ndbuf.Must(ndbuf.FromBuffer(func() *ndbuf.Buffer { b := ndbuf.Must(v.Cast("B")).Buffer(); b.ReadOnly = false; return b }())),
	} {
		bools[0], bools[1] = false, false
		err := w.CopyFrom([]byte{7, 8}, strides.C)
		raw := ndbuf.Must(v.ToBytes(strides.C))
		if err == nil && !bytes.Equal(raw, []byte{1, 1}) || err != nil && (!errors.Is(err, ndbuf.ErrReadOnly) || !bytes.Equal(raw, []byte{0, 0})) {
			t.Errorf("%s: %v, the bools are %v", name, err, raw)
		}
		if writable := name == "exporter" || name == "same" || name == "two levels"; writable != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FromBuffer of a view's description keeps lent memory as long as the new view lives.
func TestDescriptionKeepsTheLoan(t *testing.T) {
	l := newLender(8)
	w := func() *ndbuf.MemoryView {
		return ndbuf.Must(ndbuf.FromBuffer(ndbuf.Must(ndbuf.FromObject(l)).Buffer()))
	}()
	for range 5 {
		runtime.GC()
		runtime.Gosched()
	}
	l.check(t, 1)
	if got := ndbuf.Must(w.ToBytes(strides.C)); got[7] != 7 {
		t.Error(got)
	}
}

// A format larger than the item moves no byte beyond the item.
func TestFormatLargerThanItem(t *testing.T) {
	mem := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	l := strides.Layout{ItemSize: 1, Shape: []int{1}}
	d := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem[:1], Format: "<q", Layout: l}))
	s := ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: []byte{9}, Format: ">q", Layout: l}))
	if err := ndbuf.Copy(d, s); !errors.Is(err, ndbuf.ErrType) || !bytes.Equal(mem, []byte{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("%v, memory %v", err, mem)
	}
}

// Broadcasts of views with pointers: what cannot be is an error, and what is lent comes back.
func TestHugeIndirectBroadcasts(t *testing.T) {
	if math.MaxInt < 1<<40 {
		t.Skip("SKIPPED: the shapes are for 64-bit ints")
	}
	m := ndbuf.Must(ndbuf.FromObject([][]uint8{{1}, {2}}))
	wide := ndbuf.Must(m.BroadcastTo(math.MaxInt/8+1, 2, 1))
	b := ndbuf.Must(wide.GetBuffer(ndbuf.BufFullRO))
	wide.ReleaseBuffer(b)
	again := ndbuf.Must(ndbuf.FromBuffer(wide.Buffer()))
	if got, err := again.Get(math.MaxInt/16, 1, 0); err != nil || got != uint8(2) {
		t.Errorf("%v, %v", got, err)
	}
	if err := wide.Release(); err != nil {
		t.Error(err)
	}
	wide = ndbuf.Must(m.BroadcastTo(math.MaxInt>>18+1, 2, 1))
	for name, op := range map[string]func() (*ndbuf.MemoryView, error){
		"Reshape":       func() (*ndbuf.MemoryView, error) { return wide.Reshape(-1) },
		"Transpose":     func() (*ndbuf.MemoryView, error) { return wide.Transpose(2, 1, 0) },
		"Diagonal":      func() (*ndbuf.MemoryView, error) { return wide.Diagonal(0, 0, 1) },
		"SlidingWindow": func() (*ndbuf.MemoryView, error) { return wide.SlidingWindow([]int{2}) },
	} {
		if v, err := op(); !errors.Is(err, ndbuf.ErrOverflow) || v != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v, err := m.BroadcastTo(math.MaxInt/16+1, 2, 64); !errors.Is(err, ndbuf.ErrOverflow) || v != nil {
		t.Errorf("more items than an int counts: %v", err)
	}
}

// What is stored in a shadow before its Release is written back, whoever stores it, or refused.
func TestShadowUnderWay(t *testing.T) {
	for range 2000 {
		data := make([]uint8, 4)
		back := ndbuf.Must(ndbuf.Must(ndbuf.Of(data)).Flip())
		s := ndbuf.Must(ndbuf.GetContiguous(back, ndbuf.Shadow, strides.C))
		var stored error
		var wg sync.WaitGroup
		wg.Go(func() { stored = s.Set(5, 0) })
		for s.Release() != nil {
			runtime.Gosched()
		}
		wg.Wait()
		if want := uint8(5); stored == nil && data[3] != want || stored != nil && !errors.Is(stored, ndbuf.ErrReleased) {
			t.Fatalf("Set says %v, the source is %v", stored, data)
		}
	}
}

// A writer that panics leaves no view behind.
func TestWriterPanics(t *testing.T) {
	l := newLender(1 << 21)
	l.buf.Layout = strides.Layout{ItemSize: 4, Shape: []int{512, 512}, Strides: []int{4096, 8}}
	l.buf.Format = "i"
	m := ndbuf.Must(ndbuf.FromObject(l))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the writer's panic is gone")
			}
		}()
		m.WriteTo(panicking{})
	}()
	if err := m.Release(); err != nil {
		t.Error(err)
	}
	l.check(t, 0)
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("no room") }

// Axes too long for their numbers to be strides.
func TestLongAxes(t *testing.T) {
	m := ndbuf.Must(ndbuf.Must(ndbuf.Of([]uint8{1}, []int{}...)).BroadcastTo(1, 1, 1, math.MaxInt/2))
	if v := ndbuf.Must(m.MoveAxis(3, 0)); v.Shape()[0] != math.MaxInt/2 {
		t.Error(v.Shape())
	}
	if v := ndbuf.Must(m.Squeeze()); v.NDim() != 1 {
		t.Error(v.Shape())
	}
	if _, err := m.Squeeze(3); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}
