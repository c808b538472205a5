//go:build linux || dragonfly || freebsd || (netbsd && !arm && !arm64) || (openbsd && !arm)

package unix

import "unsafe"

// cmsgWord is what control messages are aligned to: a C long. DragonFly has it so since 5.7.
const cmsgWord = int(unsafe.Sizeof(uintptr(0)))
