//go:build unix

package unix

import (
	"bytes"
	"encoding/binary"
	"unsafe"
)

// ParseDirent appends to names the names of up to max entries (all if max is negative) of those in buf, without "."
// and "..". It returns how many bytes of buf it is done with, how many names it appended, and the names.
// With what is no whole entry it is done at once, and so with all of buf: a loop around it comes to its end.
func ParseDirent(buf []byte, max int, names []string) (consumed int, count int, newnames []string) {
	const name = unsafe.Offsetof(Dirent{}.Name)
	rest := buf
	for max != 0 && len(rest) > 0 {
		if len(rest) < int(name) {
			return len(buf), count, names
		}
		size := direntSize(rest)
		if size < int(name) || size > len(rest) {
			return len(buf), count, names
		}
		entry := rest[:size]
		rest = rest[size:]
		text := entry[name:]
		if i := bytes.IndexByte(text, 0); i >= 0 {
			text = text[:i]
		}
		inode := binary.NativeEndian.Uint64(entry[direntInode:])
		if inode == 0 || string(text) == "." || string(text) == ".." { // inode 0: the file is gone
			continue
		}
		max--
		count++
		names = append(names, string(text))
	}
	return len(buf) - len(rest), count, names
}
