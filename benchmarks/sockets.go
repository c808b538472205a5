package main

import (
	"fmt"
	"net/netip"

	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// socketsDump has as many sockets as the process may have descriptors.
var socketsDump = workload{
	name: "sockets/dump", title: "read all TCP sockets one by one: ends, state and inode of each",
	each: "socket", objects: 100_000, atMost: true,
	goals: []goal{{row: kern, of: floor, times: 1.3, allocs: none}},
	setup: openSockets,
	contenders: []contender{
		{floor, rawDumpOf(unix.NETLINK_SOCK_DIAG, socketDump)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			q := netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP, States: tcpEstablished}
			return func() (n int, err error) {
				for e, err := range h.SocketEntries(q) {
					if err != nil {
						return n, err
					}
					if e.Source.Addr().Is4() && e.State == uapi.TCP_ESTABLISHED && e.INode != 0 {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{kern + ", SocketDiagTCP", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				all, err := h.SocketDiagTCP(unix.AF_INET)
				for _, s := range all {
					if s.State == uapi.TCP_ESTABLISHED {
						n++
					}
				}
				return n, err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := peer.NewHandle(unix.NETLINK_INET_DIAG)
			if err != nil {
				return nil, err
			}
			w.onClose(h.Close)
			return func() (n int, err error) {
				all, err := h.SocketDiagTCP(unix.AF_INET)
				for _, s := range all {
					if s.State == uapi.TCP_ESTABLISHED {
						n++
					}
				}
				return n, err
			}, nil
		}},
		{"ss", theSS.shows(":", "-4tanH", "state", "established")},
	},
}

// tcpEstablished is the mask of that state.
const tcpEstablished = 1 << uapi.TCP_ESTABLISHED

// perListener is how many connections go to one listener: there is a port for each at the other end.
const perListener = 20_000

// openSockets makes connections in the process, each of two sockets.
func openSockets(w *world) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	const others = 1000 // descriptors for all else
	if want := uint64(w.n + others); limit.Cur < want {
		// Root may have more than the limit.
		more := unix.Rlimit{Cur: want, Max: max(limit.Max, want)}
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &more); err != nil {
			limit.Cur = limit.Max
			if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
				return err
			}
			w.n = min(w.n, int(limit.Max)-others)
		}
	}
	w.n = max(2, w.n&^1)
	// Prepare took the address away.
	lo := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: 1}}
	if err := netlink.AddrAdd(lo, &netlink.Addr{IPNet: ipNet(netip.MustParsePrefix("127.0.0.1/8"))}); err != nil {
		return err
	}
	var listener int
	var at unix.Sockaddr
	for i := range w.n / 2 {
		if i%perListener == 0 {
			var err error
			if listener, at, err = listenTCP(w); err != nil {
				return err
			}
		}
		if err := connectTCP(w, listener, at); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return nil
}

func listenTCP(w *world) (fd int, at unix.Sockaddr, err error) {
	fd, err = tcpSocket(w)
	if err != nil {
		return 0, nil, err
	}
	if err := join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 16)); err != nil {
		return 0, nil, err
	}
	at, err = unix.Getsockname(fd)
	return fd, at, err
}

func tcpSocket(w *world) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err == nil {
		w.onClose(func() { unix.Close(fd) })
	}
	return fd, err
}

func connectTCP(w *world, listener int, at unix.Sockaddr) error {
	fd, err := tcpSocket(w)
	if err != nil {
		return err
	}
	if err := unix.Connect(fd, at); err != nil {
		return err
	}
	other, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	if err == nil {
		w.onClose(func() { unix.Close(other) })
	}
	return err
}

func socketDump(*world) []byte {
	m := uapi.InetDiagReqV2{SdiagFamily: unix.AF_INET, SdiagProtocol: unix.IPPROTO_TCP, IdiagStates: tcpEstablished}
	return message(uapi.SOCK_DIAG_BY_FAMILY, uapi.NLM_F_DUMP, uapi.SizeofInetDiagReqV2, &m)
}
