package unix

import (
	"encoding/binary"
	"unsafe"
)

// direntSize returns how long the entry is that b begins with: the name and a NUL end at a multiple of 8.
func direntSize(b []byte) int {
	n := int(binary.NativeEndian.Uint16(b[unsafe.Offsetof(Dirent{}.Namlen):]))
	return (int(unsafe.Offsetof(Dirent{}.Name)) + n + 1 + 7) &^ 7
}
