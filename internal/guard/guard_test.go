//go:build darwin || linux

package guard_test

import (
	"fmt"
	"runtime/debug"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
)

// faults reports whether reading the byte off bytes behind p faults.
func faults(p unsafe.Pointer, off int) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault = true
		}
	}()
	sink = *(*byte)(unsafe.Add(p, off))
	return false
}

var sink byte // keeps the read from being optimised away

func TestAlloc(t *testing.T) {
	for _, n := range []int{1, 100, 4096, 70000} {
		for _, end := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d/end=%t", n, end), func(t *testing.T) {
				mem := guard.Alloc(t, n, end)
				if len(mem) != n || cap(mem) != n {
					t.Fatalf("length %d, capacity %d", len(mem), cap(mem))
				}
				for i := range mem {
					mem[i]++
				}
				p := unsafe.Pointer(&mem[0])
				if end && !faults(p, n) {
					t.Error("the byte behind the memory can be read")
				}
				if !end && !faults(p, -1) {
					t.Error("the byte before the memory can be read")
				}
			})
		}
	}
	if mem := guard.Alloc(t, 0, true); len(mem) != 0 {
		t.Errorf("no bytes: %d", len(mem))
	}
}
