package unix

import "unsafe"

// AccessByMode is what Faccessat falls back to.
var AccessByMode = accessByMode

// DecodeAny returns an address that the kernel stored.
var DecodeAny = decodeAny

// RawBytes returns the bytes of an address, as the kernel takes them.
func RawBytes(sa Sockaddr) ([]byte, error) {
	p, size, err := rawSockaddr(sa)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), unsafe.Slice((*byte)(p), size)...), nil
}

// SigsetSize is the size of a set of signals for the kernel, bytes.
const SigsetSize = sigsetSize

// Calls with memory that the functions of this package have themselves.
var (
	GetMempolicyAt       = getMempolicy
	GetRobustListAt      = getRobustList
	GetcpuAt             = getcpu
	GetsockoptAt         = getsockopt
	GetitimerAt          = getitimer
	GetresgidAt          = getresgid
	GetresuidAt          = getresuid
	NameToHandleAtMemory = nameToHandleAt
	PtracePtrAt          = ptracePtr
	SetitimerAt          = setitimer
	TimerCreateAt        = timerCreate
	Wait4At              = wait4
)

// Pipe2At is pipe2 with close-on-exec.
func Pipe2At(fds *[2]int32) error { return pipe2(fds, O_CLOEXEC) }

// SocketpairAt is socketpair of stream sockets with close-on-exec.
func SocketpairAt(fds *[2]int32) error { return socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, fds) }

// What requests of ioctl read and store.
var (
	IoctlNumberIn   = ioctlNumberIn
	IoctlPtrAt      = ioctlPtr
	IoctlNumberSize = ioctlNumberSize
	IoctlRoom       = ioctlRoom
	IoctlSize       = ioctlSize
)

// OptionRoom is how many bytes GetsockoptByte and its like have for what the kernel stores.
const OptionRoom = unsafe.Sizeof(optionRoom{})
