package ndbuf

import (
	"runtime"
	"testing"
	"unsafe"
)

// Only a fault inside one of the mappings is taken for a file that became shorter, to the byte.
func TestMaps(t *testing.T) {
	mem := make([]byte, 96)
	at := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	r := &region{mapped: [][]byte{mem[16:32], mem[64:80]}}
	for i := range uintptr(len(mem)) {
		want := 16 <= i && i < 32 || 64 <= i && i < 80
		if r.maps(at+i) != want {
			t.Errorf("byte %d: %v, want %v", i, !want, want)
		}
	}
	if (&region{}).maps(at) || (*region)(nil).maps(at) {
		t.Error("a region without mappings maps something")
	}
	runtime.KeepAlive(mem)
}

// A fault stands for the runtime's error for one at an address.
type fault uintptr

func (f fault) Error() string { return "fault" }
func (f fault) Addr() uintptr { return uintptr(f) }

// What is no fault of the mapping goes on as the panic it was.
func TestOtherFaultsPanic(t *testing.T) {
	mem := make([]byte, 16)
	at := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	r := &region{mapped: [][]byte{mem}}
	if err := survivingFaults(func() { panic(fault(at + 15)) }, r); err == nil {
		t.Error("a fault in the mapping is no error")
	}
	for _, what := range []any{fault(at + 16), "something else"} {
		func() {
			defer func() {
				if got := recover(); got != what {
					t.Errorf("the panic %v became %v", what, got)
				}
			}()
			err := survivingFaults(func() { panic(what) }, r, nil)
			t.Errorf("the panic %v became the error %v", what, err)
		}()
	}
	runtime.KeepAlive(mem)
}
