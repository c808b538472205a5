//go:build unix && race

package unix

import (
	"runtime"
	"unsafe"
)

// raceEnabled: the race detector watches.
const raceEnabled = true

// ioSync stands for all that one goroutine may learn from another through a descriptor.
var ioSync int64

// raceAcquire makes what writers did before known to the calling goroutine.
func raceAcquire() { runtime.RaceAcquire(unsafe.Pointer(&ioSync)) }

// raceReleaseMerge makes what the calling goroutine did until now known to readers.
func raceReleaseMerge() { runtime.RaceReleaseMerge(unsafe.Pointer(&ioSync)) }

// raceFilled informs the race detector that the kernel wrote the first n bytes of p.
func raceFilled(p []byte, n int) {
	if n > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&p[0]), n)
	}
}

// raceTaken informs the race detector that the kernel read the first n bytes of p.
func raceTaken(p []byte, n int) {
	if n > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&p[0]), n)
	}
}
