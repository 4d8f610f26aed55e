package ndbuf

import "syscall"

// adviseHuge asks the kernel to back fresh memory with huge pages when it is first touched (docs/tuning.md, "Fresh memory").
// That it may refuse, or know nothing of them, changes the speed only.
func adviseHuge(mem []byte) {
	if len(mem) >= hugeBytes {
		_ = syscall.Madvise(mem, syscall.MADV_HUGEPAGE)
	}
}

// hugeBytes is the size from which results ask for huge pages.
const hugeBytes = 4 << 20
