package unix

import "syscall"

// Sockaddr is a socket's address: one of the Sockaddr types of this package, by pointer.
type Sockaddr interface {
	sockaddr() syscall.Sockaddr
}

// SockaddrNetlink is an address of netlink(7).
type SockaddrNetlink struct {
	Family uint16 // AF_NETLINK; set by the calls that return an address, not read by those that take one
	Pad    uint16
	Pid    uint32 // the socket's port; zero is the kernel, or in Bind "any free one"
	Groups uint32 // bit n-1 stands for multicast group n
}

func (sa *SockaddrNetlink) sockaddr() syscall.Sockaddr {
	return &syscall.SockaddrNetlink{Pad: sa.Pad, Pid: sa.Pid, Groups: sa.Groups}
}

// Socket is socket(2).
func Socket(domain, typ, proto int) (fd int, err error) { return syscall.Socket(domain, typ, proto) }

// Bind is bind(2).
func Bind(fd int, sa Sockaddr) error { return syscall.Bind(fd, sa.sockaddr()) }

// Getsockname is getsockname(2). Families without a type here give EAFNOSUPPORT.
func Getsockname(fd int) (Sockaddr, error) {
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		return nil, err
	}
	if nl, ok := sa.(*syscall.SockaddrNetlink); ok {
		return &SockaddrNetlink{Family: nl.Family, Pad: nl.Pad, Pid: nl.Pid, Groups: nl.Groups}, nil
	}
	return nil, EAFNOSUPPORT
}

// SetsockoptInt is setsockopt(2) for an option that is a C int.
func SetsockoptInt(fd, level, opt int, value int) error {
	return syscall.SetsockoptInt(fd, level, opt, value)
}

// SetsockoptString is setsockopt(2) for an option that is bytes.
func SetsockoptString(fd, level, opt int, s string) error {
	return syscall.SetsockoptString(fd, level, opt, s)
}

// GetsockoptInt is getsockopt(2) for an option that is a C int.
func GetsockoptInt(fd, level, opt int) (value int, err error) {
	return syscall.GetsockoptInt(fd, level, opt)
}
