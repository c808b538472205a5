//go:build linux && amd64

package main

import (
	"encoding/binary"
	"fmt"

	"kern.sys/unix"
)

var (
	families    = names{"AF_UNSPEC", "AF_UNIX", "AF_INET", "AF_INET6"}
	socketTypes = names{"SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET"}
	socketFlags = names{"SOCK_CLOEXEC", "SOCK_NONBLOCK"}
	msgFlags    = flags(names{"MSG_OOB", "MSG_PEEK", "MSG_DONTROUTE", "MSG_TRUNC", "MSG_CTRUNC", "MSG_WAITALL",
		"MSG_DONTWAIT", "MSG_NOSIGNAL",
		"MSG_EOR", "MSG_CMSG_CLOEXEC", "MSG_WAITFORONE"})
	socketOptions = names{"SO_DEBUG", "SO_REUSEADDR", "SO_TYPE", "SO_ERROR", "SO_DONTROUTE", "SO_BROADCAST", "SO_SNDBUF",
		"SO_RCVBUF", "SO_KEEPALIVE",
		"SO_OOBINLINE", "SO_LINGER", "SO_REUSEPORT", "SO_RCVLOWAT", "SO_SNDLOWAT", "SO_RCVTIMEO=SO_RCVTIMEO_OLD",
		"SO_SNDTIMEO=SO_SNDTIMEO_OLD",
		"SO_ACCEPTCONN", "SO_TIMESTAMP=SO_TIMESTAMP_OLD", "SO_PROTOCOL", "SO_DOMAIN"}
	ipOptions = names{"IP_TOS", "IP_TTL", "IP_HDRINCL", "IP_OPTIONS", "IP_RECVOPTS", "IP_MULTICAST_IF",
		"IP_MULTICAST_TTL", "IP_MULTICAST_LOOP",
		"IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "IP_RECVTTL", "IP_RECVTOS"}
	ip6Options = names{"IPV6_UNICAST_HOPS", "IPV6_MULTICAST_IF", "IPV6_MULTICAST_HOPS", "IPV6_MULTICAST_LOOP",
		"IPV6_V6ONLY", "IPV6_RECVPKTINFO",
		"IPV6_RECVHOPLIMIT", "IPV6_TCLASS", "IPV6_RECVTCLASS", "IPV6_JOIN_GROUP=IPV6_ADD_MEMBERSHIP",
		"IPV6_LEAVE_GROUP=IPV6_DROP_MEMBERSHIP"}
	tcpOptions = names{"TCP_NODELAY", "TCP_MAXSEG", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"}
)

// levels are those of socket options. Those of the protocols have their numbers.
var levels = map[string]struct {
	linux   uint64
	options names
}{
	"SOL_SOCKET":   {unix.SOL_SOCKET, socketOptions},
	"IPPROTO_IP":   {unix.IPPROTO_IP, ipOptions},
	"IPPROTO_IPV6": {unix.IPPROTO_IPV6, ip6Options},
	"IPPROTO_TCP":  {unix.IPPROTO_TCP, tcpOptions},
}

var socketCalls = map[string]handler{
	"socket": func(c *call) (uint64, unix.Errno) {
		family, typ, ok := c.kind()
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_SOCKET, family, typ, c.args[2])
	},
	"socketpair": func(c *call) (uint64, unix.Errno) {
		family, typ, ok := c.kind()
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_SOCKETPAIR, family, typ, c.args[2], c.args[3])
	},
	"bind":    func(c *call) (uint64, unix.Errno) { return c.toAddress(unix.SYS_BIND) },
	"connect": func(c *call) (uint64, unix.Errno) { return c.toAddress(unix.SYS_CONNECT) },
	"accept": func(c *call) (uint64, unix.Errno) {
		return c.fromAddress(c.args[1], c.args[2], unix.SYS_ACCEPT, c.args[0])
	},
	"getsockname": func(c *call) (uint64, unix.Errno) {
		return c.fromAddress(c.args[1], c.args[2], unix.SYS_GETSOCKNAME, c.args[0])
	},
	"getpeername": func(c *call) (uint64, unix.Errno) {
		return c.fromAddress(c.args[1], c.args[2], unix.SYS_GETPEERNAME, c.args[0])
	},
	"accept4": func(c *call) (uint64, unix.Errno) { return c.accept4(c.args[3]) },
	"paccept": func(c *call) (uint64, unix.Errno) { return c.accept4(c.args[4]) },
	"sendto": func(c *call) (uint64, unix.Errno) {
		f, ok := msgFlags(c, c.args[3])
		addr, size, e := c.address(c.args[4], c.args[5])
		if !ok || e != 0 {
			return 0, max(e, unix.EINVAL)
		}
		return c.do(unix.SYS_SENDTO, c.args[0], c.args[1], c.args[2], f, addr, size)
	},
	"recvfrom": func(c *call) (uint64, unix.Errno) {
		f, ok := msgFlags(c, c.args[3])
		if !ok {
			return 0, unix.EINVAL
		}
		return c.fromAddressAt(4, c.args[4], c.args[5], unix.SYS_RECVFROM, c.args[0], c.args[1], c.args[2], f)
	},
	"sendmsg": func(c *call) (uint64, unix.Errno) { return c.message(unix.SYS_SENDMSG) },
	"recvmsg": func(c *call) (uint64, unix.Errno) { return c.message(unix.SYS_RECVMSG) },
	"setsockopt": func(c *call) (uint64, unix.Errno) {
		level, name, ok := c.option()
		if !ok {
			return 0, unix.ENOPROTOOPT
		}
		return c.do(unix.SYS_SETSOCKOPT, c.args[0], level, name, c.args[3], c.args[4])
	},
	"getsockopt": func(c *call) (uint64, unix.Errno) {
		level, name, ok := c.option()
		if !ok {
			return 0, unix.ENOPROTOOPT
		}
		ret, e := c.do(unix.SYS_GETSOCKOPT, c.args[0], level, name, c.args[3], c.args[4])
		if e == 0 && level == unix.SOL_SOCKET && name == unix.SO_ERROR {
			if v := c.read32(c.args[3]); v != 0 {
				c.write32(c.args[3], c.errnos[unix.Errno(v)])
			}
		}
		return ret, e
	},
}

// kind turns the family and the type of a socket.
func (c *call) kind() (family, typ uint64, ok bool) {
	family, ok = c.one(families, c.args[0])
	var all uint64
	c.each(socketFlags, func(t, _ uint64) bool { all |= t; return true })
	f, _ := c.bits(socketFlags, c.args[1]&all)
	typ, ok2 := c.one(socketTypes, c.args[1]&^all)
	if !ok || !ok2 {
		c.unanswered(fmt.Sprint("family ", c.args[0], " type ", c.args[1]))
	}
	return family, typ | f, ok && ok2
}

func (c *call) option() (level, name uint64, ok bool) {
	for n, l := range levels {
		if c.has(n, c.args[1]) {
			name, ok = c.one(l.options, c.args[2])
			level = l.linux
		}
	}
	if !ok {
		c.unanswered(fmt.Sprintf("level %#x option %#x", c.args[1], c.args[2]))
	}
	return level, name, ok
}

// Where in scratch an address and a message are.
const (
	addressAt = 0
	lengthAt  = 256
	headerAt  = 320
	controlAt = 1024
)

// address copies an address with Linux's head, a family of 16 bits where the systems have a length and a family.
func (c *call) address(addr, size uint64) (uint64, uint64, unix.Errno) {
	if addr == 0 {
		return 0, 0, 0
	}
	b, ok := c.read(addr, int(min(size, lengthAt)))
	if !ok || len(b) < 2 {
		return 0, 0, unix.EINVAL
	}
	if int(b[0]) != len(b) { // the kernels set it; package unix says the same
		c.unanswered(fmt.Sprintf("address of %d bytes that says %d", len(b), b[0]))
		return 0, 0, unix.EINVAL
	}
	family, ok := c.one(families, uint64(b[1]))
	if !ok {
		return 0, 0, unix.EAFNOSUPPORT
	}
	binary.LittleEndian.PutUint16(b, uint16(family))
	return c.scratch() + addressAt, size, c.write(c.scratch()+addressAt, b)
}

func (c *call) toAddress(nr uintptr) (uint64, unix.Errno) {
	addr, size, e := c.address(c.args[1], c.args[2])
	if e != 0 {
		return 0, e
	}
	return c.do(nr, c.args[0], addr, size)
}

// systemAddress turns the head of an address that Linux stored.
func (c *call) systemAddress(b []byte) {
	if len(b) < 2 {
		return
	}
	linux := binary.LittleEndian.Uint16(b)
	c.each(families, func(t, l uint64) bool {
		if l == uint64(linux) {
			b[0], b[1] = byte(len(b)), byte(t)
		}
		return true
	})
}

// fromAddress makes a call that stores an address behind its first argument, and hands it on to addr and its length
// to size.
func (c *call) fromAddress(addr, size uint64, nr uintptr, args ...uint64) (uint64, unix.Errno) {
	return c.fromAddressAt(1, addr, size, nr, args...)
}

func (c *call) fromAddressAt(at int, addr, size uint64, nr uintptr, args ...uint64) (uint64, unix.Errno) {
	args = append(append([]uint64{}, args[:at]...), append([]uint64{0, 0}, args[at:]...)...)
	if addr != 0 {
		args[at], args[at+1] = c.scratch()+addressAt, c.scratch()+lengthAt
		c.write32(args[at+1], lengthAt)
	}
	ret, e := c.do(nr, args...)
	if e != 0 || addr == 0 {
		return ret, e
	}
	n := c.read32(c.scratch() + lengthAt)
	b, _ := c.read(c.scratch()+addressAt, int(n))
	c.systemAddress(b)
	room := c.read32(size)
	c.write32(size, uint64(n))
	return ret, c.write(addr, b[:min(uint32(len(b)), room)])
}

func (c *call) accept4(f uint64) (uint64, unix.Errno) {
	linux, ok := c.bits(socketFlags, f)
	if !ok {
		return 0, unix.EINVAL
	}
	return c.fromAddress(c.args[1], c.args[2], unix.SYS_ACCEPT4, c.args[0], linux)
}

// message is sendmsg(2) and recvmsg(2): headers and control messages have other layouts.
func (c *call) message(nr uintptr) (uint64, unix.Errno) {
	f, ok := msgFlags(c, c.args[2])
	h, e := c.load(c.args[1], "struct msghdr")
	if e != 0 || !ok {
		return 0, max(e, unix.EINVAL)
	}
	base := c.scratch()
	var m struct{ name, namelen, iov, iovlen, control, controllen, flags uint64 } // Linux's struct msghdr of 64 bits
	m.iov, m.iovlen = h.get("msg_iov"), h.get("msg_iovlen")
	m.controllen = min(h.get("msg_controllen"), 4096)
	if m.controllen > 0 {
		m.control = base + controlAt
	}
	name := h.get("msg_name")
	if name != 0 {
		m.name, m.namelen = base+addressAt, lengthAt
	}
	if nr == unix.SYS_SENDMSG {
		if m.name, m.namelen, e = c.address(name, h.get("msg_namelen")); e != 0 {
			return 0, e
		}
		if e := c.sendControl(h, &m.controllen); e != 0 {
			return 0, e
		}
	}
	c.write(base+headerAt, bytesOf(&m))
	ret, e := c.do(nr, c.args[0], base+headerAt, f)
	if e != 0 || nr == unix.SYS_SENDMSG {
		return ret, e
	}
	memory(unix.SYS_PROCESS_VM_READV, c.t.tid, base+headerAt, bytesOf(&m))
	if name != 0 {
		b, _ := c.read(base+addressAt, int(m.namelen&0xffffffff))
		c.systemAddress(b)
		room := h.get("msg_namelen")
		h.put("msg_namelen", uint64(len(b)))
		c.write(name, b[:min(uint64(len(b)), room)])
	}
	control, _ := c.read(base+controlAt, int(m.controllen))
	control = c.receivedControl(control)
	h.put("msg_controllen", uint64(len(control)))
	c.write(h.get("msg_control"), control)
	h.put("msg_flags", c.back(names{"MSG_OOB", "MSG_TRUNC", "MSG_CTRUNC", "MSG_EOR"}, m.flags))
	return ret, c.write(c.args[1], h.b)
}

// A control message has a length of 32 bits, level and type, and 4 bytes of padding; Linux's length has 64 bits. So
// both heads have 16 bytes, and data begins at the same place.
func (c *call) sendControl(h record, size *uint64) unix.Errno {
	b, ok := c.read(h.get("msg_control"), int(*size))
	if !ok {
		return unix.EFAULT
	}
	for rest := b; len(rest) >= 16; {
		n := binary.LittleEndian.Uint32(rest)
		if n < 16 || int(n) > len(rest) {
			return unix.EINVAL
		}
		if !c.has("SOL_SOCKET", uint64(binary.LittleEndian.Uint32(rest[4:]))) ||
			!c.has("SCM_RIGHTS", uint64(binary.LittleEndian.Uint32(rest[8:]))) {
			c.unanswered("control message")
			return unix.EINVAL
		}
		binary.LittleEndian.PutUint64(rest, uint64(n))
		binary.LittleEndian.PutUint32(rest[8:], unix.SOL_SOCKET)
		binary.LittleEndian.PutUint32(rest[12:], unix.SCM_RIGHTS)
		rest = rest[min((n+7)&^7, uint32(len(rest))):]
	}
	return c.write(c.scratch()+controlAt, b)
}

// receivedControl turns what Linux stored.
func (c *call) receivedControl(b []byte) []byte {
	for rest := b; len(rest) >= 16; {
		n := binary.LittleEndian.Uint64(rest)
		level, typ := binary.LittleEndian.Uint32(rest[8:]), binary.LittleEndian.Uint32(rest[12:])
		if n < 16 || n > uint64(len(rest)) {
			break
		}
		if level != unix.SOL_SOCKET || typ != unix.SCM_RIGHTS {
			c.unanswered("control message")
		}
		binary.LittleEndian.PutUint32(rest, uint32(n))
		binary.LittleEndian.PutUint32(rest[4:], uint32(c.n("SOL_SOCKET")))
		binary.LittleEndian.PutUint32(rest[8:], uint32(c.n("SCM_RIGHTS")))
		binary.LittleEndian.PutUint32(rest[12:], 0)
		rest = rest[min((n+7)&^7, uint64(len(rest))):]
	}
	return b
}
