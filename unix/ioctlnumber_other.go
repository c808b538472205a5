//go:build aix || darwin || dragonfly || freebsd || netbsd || openbsd || solaris

package unix

import (
	"runtime"
	"unsafe"
)

// ioctlWords is the memory of requests that store a number. Those of System V that are older than sizes in requests
// store at most a structure of a terminal.
type ioctlWords [64]uint64

// ioctlSize returns how many bytes a request says that it stores or reads, 0 where it does not say: IOCPARM_LEN of
// <sys/ioccom.h>, on System V of <sys/ioctl.h>.
func ioctlSize(req uint) int {
	switch runtime.GOOS {
	case "aix":
		return int(req >> 16 & 0x7f)
	case "solaris", "illumos":
		return int(req >> 16 & 0xff)
	}
	return int(req >> 16 & 0x1fff)
}

// room returns memory for all that a request stores or reads: words, or more where they are too few.
func (words *ioctlWords) room(req uint) unsafe.Pointer {
	if n := ioctlSize(req); n > int(unsafe.Sizeof(*words)) {
		return unsafe.Pointer(&make([]uint64, (n+7)/8)[0])
	}
	return unsafe.Pointer(words)
}

// ioctlInt returns the number at p that a request stored: a C int, or as long as the request says.
func ioctlInt(p unsafe.Pointer, req uint) int {
	switch ioctlSize(req) {
	case 1:
		return int(*(*uint8)(p))
	case 2:
		return int(*(*uint16)(p))
	case 8:
		return int(*(*int64)(p))
	}
	return int(*(*int32)(p))
}

// ioctlPutInt writes value to p, in as many bytes as a request reads.
func ioctlPutInt(p unsafe.Pointer, req uint, value int) {
	switch ioctlSize(req) {
	case 1:
		*(*uint8)(p) = uint8(value)
	case 2:
		*(*uint16)(p) = uint16(value)
	case 8:
		*(*int64)(p) = int64(value)
	default:
		*(*int32)(p) = int32(value)
	}
}
