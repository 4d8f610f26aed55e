package ndbuf

import (
	"testing"
	"unsafe"
)

// Fresh memory is as long as asked for, aligned, writable to its ends and nobody else's.
func TestFreshBytes(t *testing.T) {
	for _, n := range []int{0, 1, 63, unzeroed - 1, unzeroed, unzeroed + 1, 100_003, 5<<20 + 1} {
		a, err := freshBytes(n)
		if err != nil {
			t.Fatal(err)
		}
		b, err := freshBytes(n)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			a[i], b[i] = 1, 2
		}
		for i := range a {
			if a[i] != 1 || b[i] != 2 {
				t.Fatalf("%d bytes: two results share byte %d", n, i)
			}
		}
		if len(a) != n || cap(a) != n || uintptr(unsafe.Pointer(unsafe.SliceData(a)))%memAlign != 0 {
			t.Errorf("%d bytes: length %d, capacity %d, address %p", n, len(a), cap(a), unsafe.SliceData(a))
		}
	}
	if _, err := freshBytes(1 << (unsafe.Sizeof(uintptr(0))*8 - 2)); err == nil && unsafe.Sizeof(uintptr(0)) == 8 {
		t.Error("more bytes than any memory has")
	}
}
