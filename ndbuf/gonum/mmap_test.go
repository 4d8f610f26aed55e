//go:build unix

package gonum_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

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
