//go:build unix

package unix

import (
	"unsafe"
)

const fdSetBits = 8 * int(unsafe.Sizeof(FdSet{}.Bits[0]))

// Set adds fd to the set. It panics if fd is negative or 1024 or more.
func (fds *FdSet) Set(fd int) { fds.Bits[fd/fdSetBits] |= 1 << (uint(fd) % uint(fdSetBits)) }

// Clear removes fd from the set.
func (fds *FdSet) Clear(fd int) { fds.Bits[fd/fdSetBits] &^= 1 << (uint(fd) % uint(fdSetBits)) }

// IsSet reports whether fd is in the set.
func (fds *FdSet) IsSet(fd int) bool {
	return fds.Bits[fd/fdSetBits]&(1<<(uint(fd)%uint(fdSetBits))) != 0
}

// Zero empties the set.
func (fds *FdSet) Zero() { clear(fds.Bits[:]) }
