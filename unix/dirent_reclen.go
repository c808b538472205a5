//go:build unix && !dragonfly

package unix

import (
	"encoding/binary"
	"unsafe"
)

// direntSize returns how long the entry is that b begins with; b holds all of it before the name.
func direntSize(b []byte) int {
	return int(binary.NativeEndian.Uint16(b[unsafe.Offsetof(Dirent{}.Reclen):]))
}
