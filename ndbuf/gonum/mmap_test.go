//go:build unix

package gonum_test

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"weak"

	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/gonum"
)

func TestGonumComputesOnMappedMemory(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sample")
	var file []byte
	for i := range 3 {
		for j := range 3 {
			file = binary.NativeEndian.AppendUint64(file, math.Float64bits(sample.At(i, j)))
		}
	}
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mem, err := syscall.Mmap(int(f.Fd()), 0, len(file), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(mem)
	for _, access := range []ndbuf.Access{ndbuf.Read, ndbuf.Write} {
		m := ndbuf.Must(ndbuf.Must(ndbuf.FromMemory(mem, access)).Cast("d", 3, 3))
		x := ndbuf.Must(gonum.Matrix(m))
		solves(t, "mapped", x)
		if access == ndbuf.Write {
			ndbuf.Must(gonum.Dense(m)).Set(0, 1, 9)
		}
		if err := gonum.Release(x); err != nil {
			t.Error(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || math.Float64frombits(binary.NativeEndian.Uint64(got[8:])) != 9 {
		t.Errorf("what gonum wrote is not in the file: %v", err)
	}
}

// lender is an Exporter of memory that goes away when the last export has come back.
type lender struct {
	mem []byte
	out atomic.Int64
}

func (l *lender) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	b, err := (&ndbuf.Buffer{Mem: l.mem, Format: "d", Obj: l}).Grant(f)
	if err == nil {
		l.out.Add(1)
	}
	return b, err
}

func (l *lender) ReleaseBuffer(*ndbuf.Buffer) { l.out.Add(-1) }

func TestLentMemoryStaysUntilRelease(t *testing.T) {
	l := &lender{mem: make([]byte, 48)}
	x := ndbuf.Must(gonum.Matrix(ndbuf.Must(ndbuf.Must(ndbuf.FromObject(l)).Reshape(2, 3))))
	for range 5 { // the views are gone, the matrix is not
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if n := l.out.Load(); n != 1 || x.At(1, 2) != 0 {
		t.Errorf("%d exports beneath a matrix", n)
	}
	if err := gonum.Release(x); err != nil {
		t.Error(err)
	}
	for i := 0; l.out.Load() != 0; i++ {
		if i > 100 {
			t.Fatal("a released matrix keeps the memory")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// A mapping is an Exporter of a mapped file of float64, read and written privately. The mapping ends with the last export.
type mapping struct {
	lender
	name string
}

func (m *mapping) Mapped() bool { return true }

func (m *mapping) ReleaseBuffer(*ndbuf.Buffer) {
	if m.out.Add(-1) == 0 {
		syscall.Munmap(m.mem)
	}
}

// mapped maps a new file of n float64, all of them 1.
func mapped(t *testing.T, n int) *mapping {
	t.Helper()
	m := &mapping{name: filepath.Join(t.TempDir(), "ones")}
	var file []byte
	for range n {
		file = binary.NativeEndian.AppendUint64(file, math.Float64bits(1))
	}
	if err := os.WriteFile(m.name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(m.name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m.mem, err = syscall.Mmap(int(f.Fd()), 0, len(file), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE); err != nil {
		t.Fatal(err)
	}
	return m
}

// viewsOf makes views of all that gonum makes of a matrix without a copy: what can be made of a *mat.Dense.
func viewsOf(t *testing.T, d *mat.Dense) map[string]*ndbuf.MemoryView {
	t.Helper()
	views := map[string]*ndbuf.MemoryView{}
	for name, obj := range map[string]any{
		"Dense": d, "T": d.T(), "Slice": d.Slice(1, 3, 1, 3), "RawMatrix": d.RawMatrix(), "row": d.RowView(1),
		"column, T": d.ColView(1).T(), "embedded": struct{ *mat.Dense }{d},
	} {
		m, err := ndbuf.FromObject(obj)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if sum := total(t, m); sum != float64(m.Len()) || m.ReadOnly() || m.Format() != "d" {
			t.Errorf("%s: sum %v of %v, format %q", name, sum, m.Shape(), m.Format())
		}
		if m.Base() == nil || name == "Dense" && m.Base() != any(d) {
			t.Errorf("%s: Base %v", name, m.Base())
		}
		views[name] = m
	}
	return views
}

// total reads every item.
func total(t *testing.T, m *ndbuf.MemoryView) (sum float64) {
	t.Helper()
	for v, err := range m.Values() {
		if err != nil {
			t.Fatal(err)
		}
		sum += v.(float64)
	}
	return sum
}

func TestViewsOfAMatrixHoldItsMemory(t *testing.T) {
	l := mapped(t, 16)
	m := ndbuf.Must(ndbuf.Must(ndbuf.FromObject(l)).Reshape(4, 4))
	d := ndbuf.Must(gonum.Dense(m))
	views := viewsOf(t, d)
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Fatalf("Release beneath a matrix: %v", err)
	}
	if err := gonum.Release(d); err != nil {
		t.Fatal(err)
	}
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Fatalf("Release beneath views of a matrix: %v", err)
	}
	// A matrix of such a view is one over lent memory too.
	again := ndbuf.Must(gonum.Dense(views["Slice"]))
	raw := again.RawMatrix().Data
	if err := views["Slice"].Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("Release beneath a matrix: %v", err)
	}
	dropped := weak.Make(again)
	again = nil
	for i := 0; dropped.Value() != nil; i++ {
		if i > 100 {
			t.Fatal("a matrix over lent memory is kept")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	runtime.GC()
	time.Sleep(time.Millisecond)
	slice := views["Slice"]
	delete(views, "Slice")
	for name, v := range views {
		if got := total(t, v); got != float64(v.Len()) {
			t.Errorf("%s: %v", name, got)
		}
		if err := v.Release(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := slice.Release(); !errors.Is(err, ndbuf.ErrBuffer) || raw[0] != 1 {
		t.Errorf("a dropped matrix over lent memory gave its export back: %v", err)
	}
}

func TestViewOfAVectorHoldsItsMemory(t *testing.T) {
	l := mapped(t, 6)
	m := ndbuf.Must(ndbuf.FromObject(l))
	d := ndbuf.Must(gonum.VecDense(ndbuf.Must(m.Slice("::2"))))
	v := ndbuf.Must(ndbuf.FromObject(d))
	if err := errors.Join(gonum.Release(d), m.Release()); err != nil {
		t.Fatal(err)
	}
	if n := l.out.Load(); n != 1 || total(t, v) != 3 || v.Base() != any(d) {
		t.Errorf("%d exports, Base %v", n, v.Base())
	}
	if err := v.Release(); err != nil {
		t.Error(err)
	}
	for i := 0; l.out.Load() != 0; i++ { // the slice of m is dropped
		if i > 100 {
			t.Fatal("a released view keeps the memory")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func TestShorterFileBeneathViewsOfMatrices(t *testing.T) {
	if os.Getenv("STRIDED_EMULATED") != "" {
		t.Skip("SKIPPED: the emulator does not say, or says wrongly, at which address a read of a mapping failed")
	}
	const n = 256 // 512 KiB
	l := mapped(t, n*n)
	m := ndbuf.Must(ndbuf.Must(ndbuf.FromObject(l)).Reshape(n, n))
	defer m.Release()
	d := ndbuf.Must(gonum.Dense(m))
	views := viewsOf(t, d)
	for name, obj := range map[string]any{
		"View":       ndbuf.Must(gonum.Matrix(ndbuf.Must(m.ToReadOnly()))),
		"slow View":  ndbuf.Must(gonum.Matrix(ndbuf.Must(ndbuf.Must(m.Cast("B")).Cast("q", n, n)))),
		"VectorView": ndbuf.Must(gonum.Vector(ndbuf.Must(m.Slice("::-1, 0")))),
	} {
		views[name] = ndbuf.Must(ndbuf.FromObject(obj))
	}
	part := views["Slice"] // of the first page
	delete(views, "Slice")
	delete(views, "row")
	if err := os.Truncate(l.name, 8192); err != nil {
		t.Fatal(err)
	}
	for name, v := range views {
		if _, err := v.ToList(); !errors.Is(err, ndbuf.ErrBuffer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := part.ToList(); err != nil {
		t.Errorf("what is still there: %v", err)
	}
}
