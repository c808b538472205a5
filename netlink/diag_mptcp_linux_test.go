package netlink_test

import (
	"net"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// A connection of multipath TCP has a token at each end, which its TCP sockets name too.
func TestSocketsOfMPTCP(t *testing.T) {
	h, ns := diagHandle(t)
	var conns [2]net.Conn
	if err := netns.Do(ns, func() error {
		var listen net.ListenConfig
		listen.SetMultipathTCP(true)
		l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		t.Cleanup(func() { l.Close() })
		var dial net.Dialer
		dial.SetMultipathTCP(true)
		if conns[0], err = dial.Dial("tcp", l.Addr().String()); err == nil {
			conns[1], err = l.Accept()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range conns {
		t.Cleanup(func() { c.Close() })
	}
	if is, err := conns[0].(*net.TCPConn).MultipathTCP(); !is || err != nil {
		nstest.NeedOption(t, "CONFIG_MPTCP", "5.9", unix.EPROTONOSUPPORT)
	}
	if _, err := conns[0].Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if _, err := conns[1].Read(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	q := netlink.SocketQuery{Protocol: unix.IPPROTO_MPTCP, States: 1 << netlink.TCP_ESTABLISHED, Extensions: 0xff}
	all, err := h.SocketList(q)
	nstest.NeedOption(t, "CONFIG_INET_MPTCP_DIAG", "5.9", err)
	tokens := map[uint32]bool{}
	for _, s := range all {
		if s.MPTCP == nil || s.TCPInfo != nil || s.MPTCP.Flags&2 == 0 || s.MPTCP.WriteSeq == 0 {
			t.Fatalf("%+v", s)
		}
		tokens[s.MPTCP.Token] = true
	}
	if len(tokens) != 2 || tokens[0] {
		t.Errorf("tokens %v", tokens)
	}
	q.Protocol = unix.IPPROTO_TCP
	if all, err = h.SocketList(q); err != nil {
		t.Fatal(err)
	}
	subflows := 0
	for _, s := range all {
		if s.ULP != "mptcp" || s.Subflow == nil || s.MPTCP != nil || !tokens[s.Subflow.TokenLocal] || s.Subflow.Flags == 0 {
			t.Errorf("%+v, %+v", s, s.Subflow)
		}
		subflows++
	}
	if subflows != 2 {
		t.Errorf("%d subflows", subflows)
	}
}
