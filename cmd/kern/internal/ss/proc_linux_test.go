package ss

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// /proc/net has the sockets of TCP that the kernel tells of by netlink.
func TestProcNet(t *testing.T) {
	ns := sockets(t)
	if err := netns.Do(ns, func() error {
		h, err := netlink.NewHandle(unix.NETLINK_SOCK_DIAG)
		if err != nil {
			return err
		}
		defer h.Close()
		for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
			for _, states := range []uint32{allStates, 1 << netlink.TCP_LISTEN} {
				want, err := facts(h.SocketSeq(netlink.SocketQuery{Family: family, Protocol: unix.IPPROTO_TCP, States: states}))
				if err != nil {
					return err
				}
				got, err := facts(procSeq("tcp", family, states))
				if err != nil {
					return err
				}
				if len(got) < 2 || !slices.Equal(got, want) {
					t.Errorf("/proc/net\n%q\nnetlink\n%q", got, want)
				}
			}
		}
		if none, err := facts(procSeq("nothing", unix.AF_INET, allStates)); err != nil || len(none) != 0 {
			t.Error(none, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{
		{"0:", "0100007F:0016"},
		{"0:", "0100007G:0016", "00000000:0000", "0A", "00000000:00000000", "00:00000000", "00000000", "0", "0", "7"},
		{"0:", "0100007F:0016", "00000000:0000", "0A", "00000000", "00:00000000", "00000000", "0", "0", "7"},
	} {
		if s, err := procSocket(unix.AF_INET, line); err == nil {
			t.Errorf("%q is %+v", line, s)
		}
	}
}

// facts are what both tell of sockets, in order.
func facts(all iter.Seq2[*netlink.SocketInfo, error]) (lines []string, err error) {
	for s, err := range all {
		if err != nil {
			return nil, err
		}
		if s.State == netlink.TCP_LISTEN {
			s.WQueue = 0 // the backlog, which /proc/net does not tell
		}
		e := inetEndpoints(s)
		lines = append(lines, fmt.Sprint(e.family, e.local.addr, e.local.port, e.remote.addr, e.remote.port, s.State,
			s.WQueue, s.RQueue, s.UID, s.INode))
	}
	slices.Sort(lines)
	return lines, nil
}

// Sockets of which the kernel does not tell are no silence, and no error.
func TestWarnsOfSocketsThatAreNotShown(t *testing.T) {
	var warn strings.Builder
	s := &shower{warn: &warn}
	if err := s.untold("packet", unix.ENOENT); err != nil || !strings.Contains(warn.String(), "CONFIG_PACKET_DIAG") {
		t.Error(err, warn.String())
	}
	warn.Reset()
	if err := s.untold("packet", unix.EPERM); err != unix.EPERM || warn.Len() != 0 {
		t.Error(err, warn.String())
	}
}
