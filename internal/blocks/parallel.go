package blocks

import (
	"runtime/debug"
	"sync"
)

// Parallel calls f with 0 to n-1, each on a goroutine of its own, the first on
// the caller's; all have returned when it does. A memory fault that the caller
// has asked to become a panic (debug.SetPanicOnFault) panics here.
func Parallel(n int, f func(i int)) {
	onFault := debug.SetPanicOnFault(false)
	debug.SetPanicOnFault(onFault)
	var wg sync.WaitGroup
	faults := make([]any, n)
	for i := 1; i < n; i++ {
		wg.Go(func() {
			if onFault {
				debug.SetPanicOnFault(true)
				defer func() { faults[i] = recover() }()
			}
			f(i)
		})
	}
	func() {
		defer wg.Wait()
		f(0)
	}()
	for _, fault := range faults {
		if fault != nil {
			panic(fault)
		}
	}
}
