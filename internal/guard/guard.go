// Package guard hands out memory for tests that faults as soon as someone reads
// or writes past one of its ends.
package guard

import "testing"

// Alloc returns n zeroed bytes that lie flush against an unreadable page: the
// page begins where the memory ends if end is true, and ends where the memory
// begins if it is false. The memory is freed when t ends.
//
// Where the operating system offers no way to do so, it is plain memory, and
// the test's log says that nothing is guarded.
func Alloc(t testing.TB, n int, end bool) []byte {
	t.Helper()
	mem, free, err := alloc(n, end)
	if err != nil {
		t.Fatalf("guard: %d bytes: %v", n, err)
	}
	if free == nil {
		t.Log("guard: NOT GUARDED: no unreadable pages on this system")
		return mem
	}
	t.Cleanup(func() {
		if err := free(); err != nil {
			t.Errorf("guard: %v", err)
		}
	})
	return mem
}
