package ss

import (
	"fmt"
	"math"
	"net/netip"
	"os"
	"strings"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// condition chooses sockets: those of inet in the kernel, and all here.
type condition struct {
	kernel netlink.SocketFilter
	match  func(*endpoints) bool
}

// endpoints are what conditions look at.
type endpoints struct {
	family        uint8
	local, remote endpoint
	link          uint32 // that the socket is bound to
	mark          uint32
	cgroup        uint64
}

// endpoint is one end of a socket, by what its family has.
type endpoint struct {
	addr   netip.Addr // inet
	number uint32     // a protocol of packets or of netlink, or a context of vsock
	name   string     // unix
	port   int64      // the inode of a unix socket, the link of one for packets, the queue of one for XDP
}

// wanted reports whether the expression, if there is one, chooses a socket.
func (o *options) wanted(e *endpoints) bool { return o.filter == nil || o.filter.match(e) }

func and(a, b *condition) *condition {
	return &condition{netlink.SocketAnd(a.kernel, b.kernel), func(e *endpoints) bool { return a.match(e) && b.match(e) }}
}

func or(a, b *condition) *condition {
	return &condition{netlink.SocketOr(a.kernel, b.kernel), func(e *endpoints) bool { return a.match(e) || b.match(e) }}
}

func not(a *condition) *condition {
	return &condition{netlink.SocketNot(a.kernel), func(e *endpoints) bool { return !a.match(e) }}
}

// autobound chooses sockets whose port, or name, the kernel chose.
func autobound() *condition {
	low, high := int64(1024), int64(4999)
	if b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(b), &low, &high) // what cannot be read stays as it is
	}
	return &condition{netlink.SocketAutobound(), func(e *endpoints) bool {
		switch port := e.local.port; e.family {
		case unix.AF_UNIX:
			return autoName(e.local.name)
		case unix.AF_PACKET:
			return port == 0 && e.local.number == 0
		case unix.AF_NETLINK:
			return port < 0
		case unix.AF_VSOCK:
			return port >= 1024 // those below are for root
		default:
			return port >= low && port <= high
		}
	}}
}

// autoName reports whether a unix socket has no name, or one as the kernel makes them: five hexadecimal digits.
func autoName(name string) bool {
	digits, abstract := strings.CutPrefix(name, "@")
	return name == "" || abstract && len(digits) == 5 && strings.Trim(digits, "0123456789abcdef") == ""
}

// none is a condition that no inet socket meets.
func none() netlink.SocketFilter { return netlink.SocketOr() }

// host is what src, dst, sport and dport compare with.
type host struct {
	family   uint8          // AF_UNSPEC where nothing says it
	prefixes []netip.Prefix // inet; none: any address
	number   *uint32        // see endpoint; nil: any
	name     func(string) bool
	port     int64 // -1: any
}

// inet reports whether the kernel can compare with h.
func (h *host) inet() bool {
	return h.family == unix.AF_UNSPEC || h.family == unix.AF_INET || h.family == unix.AF_INET6
}

// condition is that one end of a socket is h.
func (h *host) condition(source bool) *condition {
	return &condition{h.kernel(source), func(e *endpoints) bool { return h.is(e.end(source)) }}
}

func (e *endpoints) end(source bool) *endpoint {
	if source {
		return &e.local
	}
	return &e.remote
}

func (h *host) kernel(source bool) netlink.SocketFilter {
	side := netlink.SocketDestination
	if source {
		side = netlink.SocketSource
	}
	switch {
	case !h.inet():
		return none()
	case len(h.prefixes) == 0:
		return side(netip.Prefix{}, int(h.port))
	}
	var any []netlink.SocketFilter
	for _, p := range h.prefixes {
		any = append(any, side(p, int(h.port)))
	}
	return netlink.SocketOr(any...)
}

func (h *host) is(e *endpoint) bool {
	if h.name != nil {
		return h.name(e.name)
	}
	if h.port != -1 && h.port != e.port || h.number != nil && *h.number != e.number {
		return false
	}
	for _, p := range h.prefixes {
		if p.Contains(e.addr) || p.Bits() == 0 || p.Addr().Is4() && p.Contains(e.addr.Unmap()) {
			return true
		}
	}
	return len(h.prefixes) == 0
}

// compare is that the port of one end is in the relation op to that of h. word is what it was given as.
func (h *host) compare(source bool, op, word string) (*condition, error) {
	low, high, inside := int64(math.MinInt64), int64(math.MaxInt64), true
	switch op {
	case "=":
		return h.condition(source), nil
	case "!=":
		return not(h.condition(source)), nil
	case ">=":
		low = h.port
	case "<=":
		high = h.port
	case ">":
		high, inside = h.port, false
	case "<":
		low, inside = h.port, false
	}
	if h.port < 0 && h.inet() {
		return nil, says("ss: %q is no port\n Sorry.", word)
	}
	kernel := none()
	if h.inet() {
		some := netlink.SocketDestinationPorts
		if source {
			some = netlink.SocketSourcePorts
		}
		kernel = some(uint16(max(low, 0)), uint16(min(high, math.MaxUint16)))
	}
	c := &condition{kernel, func(e *endpoints) bool { port := e.end(source).port; return port >= low && port <= high }}
	if !inside {
		c = not(c)
	}
	return c, nil
}
