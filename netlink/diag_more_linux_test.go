package netlink_test

import (
	"context"
	"net"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestSocketPacket(t *testing.T) {
	h, ns := diagHandle(t)
	var fd int
	if err := netns.Do(ns, func() (err error) {
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: 0x0300, Ifindex: 1}) // ETH_P_ALL in network byte order
	}); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	n := 0
	for p, err := range h.PacketSocketSeq() {
		nstest.NeedOption(t, "CONFIG_PACKET_DIAG", "", err)
		n++
		if p.Type != unix.SOCK_RAW || p.LinkIndex != 1 || p.INode == 0 || p.Memory == nil || p.Fanout != nil {
			t.Errorf("got %+v", p)
		}
	}
	if n != 1 {
		t.Errorf("%d packet sockets", n)
	}
}

func TestSocketNetlink(t *testing.T) {
	h, ns := diagHandle(t)
	s, err := wire.OpenSocket(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns}, uapi.RTNLGRP_LINK,
		uapi.RTNLGRP_NEIGH, uapi.RTNLGRP_NEXTHOP)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	port, err := s.Port()
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for n, err := range h.NetlinkSocketSeq() {
		nstest.NeedOption(t, "CONFIG_NETLINK_DIAG", "", err)
		if n.PortID == port && n.Protocol == uapi.NETLINK_ROUTE {
			seen = true
			if want := []uint32{uapi.RTNLGRP_LINK, uapi.RTNLGRP_NEIGH, uapi.RTNLGRP_NEXTHOP}; !slices.Equal(n.Groups, want) ||
				n.Memory == nil {
				t.Errorf("got %+v, want groups %v", n, want)
			}
		}
	}
	if !seen {
		t.Errorf("no socket of port %d", port)
	}
}

func TestSocketVsock(t *testing.T) {
	h, _ := diagHandle(t)
	fd, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	nstest.NeedOption(t, "CONFIG_VSOCKETS", "", err)
	defer unix.Close(fd)
	for v, err := range h.VsockSocketSeq() {
		nstest.NeedOption(t, "CONFIG_VSOCKETS_DIAG", "4.14", err)
		if v.INode == 0 || v.Type == 0 {
			t.Errorf("got %+v", v)
		}
	}
	if _, err := h.VsockSocketList(); err != nil {
		t.Error(err)
	}
}

func TestSocketEvents(t *testing.T) {
	h, ns := diagHandle(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client, _, _ := tcpPair(t, ns, "127.0.0.1:0")
	local := client.LocalAddr().(*net.TCPAddr)
	opts := netlink.SocketSubscribeOptions{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP}
	// The first socket to end is closed when the iteration has begun: a goroutine waits until the
	// subscription's socket is there.
	go func() {
		for ctx.Err() == nil {
			for n := range h.NetlinkSocketSeq() {
				if n.Protocol == uapi.NETLINK_SOCK_DIAG && slices.Contains(n.Groups, uapi.SKNLGRP_INET_TCP_DESTROY) {
					if err := h.SocketDestroy(client.LocalAddr(), client.RemoteAddr()); err != nil {
						t.Error(err)
					}
					client.Close()
					return
				}
			}
		}
	}()
	for s, err := range h.WithContext(ctx).SocketSubscribeSeq(opts) {
		if err != nil {
			nstest.Need(t, "events of sockets that end", "4.2", err)
		}
		if s.Protocol == nil || *s.Protocol != unix.IPPROTO_TCP || s.TCPInfo == nil {
			t.Errorf("got %+v", s)
		}
		if int(s.ID.SourcePort) == local.Port {
			break
		}
	}
}

// Lists have what streams have, and channels what iterators yield.
func TestSocketLists(t *testing.T) {
	h, ns := diagHandle(t)
	client, _, _ := tcpPair(t, ns, "127.0.0.1:0")
	all, err := h.SocketList(netlink.SocketQuery{Protocol: unix.IPPROTO_TCP})
	if err != nil || len(all) != 3 {
		t.Errorf("%d TCP sockets, %v", len(all), err)
	}
	if all, err := h.UnixSocketList(); err != nil || len(all) != 0 {
		t.Errorf("%d unix sockets, %v", len(all), err)
	}
	if all, err := h.NetlinkSocketList(); err != nil || len(all) < 2 {
		t.Errorf("%d netlink sockets, %v", len(all), err)
	}
	if all, err := h.PacketSocketList(); err != nil || len(all) != 0 {
		t.Errorf("%d packet sockets, %v", len(all), err)
	}
	ch, done := make(chan *netlink.SocketInfo), make(chan struct{})
	options := netlink.SocketSubscribeOptions{ErrorCallback: func(err error) { t.Error(err) }}
	if err := h.SocketSubscribe(ch, done, options); err != nil {
		t.Fatal(err)
	}
	if err := h.SocketDestroy(client.LocalAddr(), client.RemoteAddr()); err != nil {
		t.Fatal(err)
	}
	client.Close()
	if s := <-ch; s.TCPInfo == nil {
		t.Errorf("got %+v", s)
	}
	close(done)
	for range ch {
	}
}
