package netlink

import "kern.sys/internal/uapi"

// Ifreq is the request of a device's ioctl, struct ifreq of netdevice(7), with a pointer. Nothing here takes it: what
// ioctls of links do is done by netlink.
type Ifreq struct {
	Name [uapi.IFNAMSIZ]byte
	Data uintptr
}

// IfreqSlave is the request of an ioctl about a port of a bond. Nothing here takes it, see LinkSetBondSlave.
type IfreqSlave struct {
	Name  [uapi.IFNAMSIZ]byte
	Slave [uapi.IFNAMSIZ]byte
}

// SizeOfIfReq is the size of struct ifreq on machines of 64 bits, in bytes.
const SizeOfIfReq = 40
