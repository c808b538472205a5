package netlink_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// ftpMaster is a connection that the helper of FTP watches.
func ftpMaster(t *testing.T, h *netlink.Handle, dst string) *netlink.ConntrackFlow {
	t.Helper()
	master := tcpFlow(dst, 21)
	master.Helper = "ftp"
	nstest.Need(t, "the ftp helper", "", h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, master))
	return master
}

// expected is a data connection of a master.
func expected(master *netlink.ConntrackFlow, dport uint16) *netlink.ConntrackExpectation {
	return &netlink.ConntrackExpectation{
		FamilyType: netlink.FAMILY_V4, Master: master.Forward, TimeOut: 200, Helper: "ftp",
		Tuple: netlink.IPTuple{SrcIP: master.Forward.DstIP, DstIP: master.Forward.SrcIP, DstPort: dport,
			Protocol: unix.IPPROTO_TCP},
		Mask: netlink.IPTuple{SrcIP: net.IP{255, 255, 255, 255}, DstIP: net.IP{255, 255, 255, 255}, DstPort: 65535,
			Protocol: unix.IPPROTO_TCP},
	}
}

func TestConntrackExpectations(t *testing.T) {
	h, ns := conntrackHandle(t)
	master := ftpMaster(t, h, "10.0.0.2")
	got, err := h.ConntrackGet(master)
	if err != nil || got.Helper != "ftp" || got.Status&netlink.ConntrackStatusHelper == 0 {
		t.Fatalf("got %v %+v", err, got)
	}
	e := expected(master, 5000)
	if err := h.ConntrackExpectAdd(e); err != nil {
		t.Fatal(err)
	}
	if shown := toolIn(t, ns, "conntrack -L expect"); !strings.Contains(shown, "dport=5000") ||
		!strings.Contains(shown, "helper=ftp") {
		t.Errorf("conntrack shows %s", shown)
	}
	n := 0
	for x, err := range h.ConntrackExpectSeq(netlink.FAMILY_V4) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if x.Tuple.DstPort != 5000 || x.Helper != "ftp" || x.TimeOut == 0 || x.ID == 0 || x.Mask.DstPort != 65535 ||
			x.Master.DstPort != 21 {
			t.Errorf("got %+v", x)
		}
	}
	if list, err := h.ConntrackExpectList(netlink.FAMILY_ALL); err != nil || n != 1 || len(list) != 1 {
		t.Errorf("%d and %d expectations, %v", n, len(list), err)
	}
	flows, err := h.ConntrackTableList(netlink.ConntrackExpectTable, netlink.FAMILY_V4)
	if err != nil || len(flows) != 1 || flows[0].Forward.DstPort != 21 || flows[0].Reverse.DstPort != 5000 {
		t.Errorf("got %v %v", flows, err)
	}
	if err := h.ConntrackExpectDel(e); err != nil {
		t.Fatal(err)
	}
	if err := h.ConntrackExpectDel(e); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("deleted twice: %v", err)
	}
	if err := h.ConntrackExpectAdd(e); err != nil {
		t.Fatal(err)
	}
	all := customFilter(func(*netlink.ConntrackFlow) bool { return true })
	if n, err := h.ConntrackDeleteFilters(netlink.ConntrackExpectTable, netlink.FAMILY_V4, all); err != nil || n != 1 {
		t.Errorf("deleted %d %v", n, err)
	}
	if err := h.ConntrackTableFlush(netlink.ConntrackExpectTable); err != nil {
		t.Error(err)
	}
}

// Single expectations and those of one connection or of one helper.
func TestConntrackExpectationsOfOne(t *testing.T) {
	h, ns := conntrackHandle(t)
	one, two, none := ftpMaster(t, h, "10.0.0.2"), ftpMaster(t, h, "10.0.0.3"), tcpFlow("10.0.0.4", 21)
	if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, none); err != nil {
		t.Fatal(err)
	}
	nat := &netlink.ConntrackExpectNAT{Direction: 1, Tuple: netlink.IPTuple{SrcIP: net.IP{10, 0, 0, 77}, SrcPort: 99,
		DstIP: net.IP{0, 0, 0, 0}, Protocol: unix.IPPROTO_TCP}}
	a, b := expected(one, 5000), expected(two, 5001)
	a.NAT = nat
	if err := errors.Join(h.ConntrackExpectAdd(a), h.ConntrackExpectAdd(b)); err != nil {
		t.Fatal(err)
	}
	got, err := h.ConntrackExpectGet(a)
	if err != nil {
		t.Fatal(err)
	}
	if got.NAT == nil || got.NAT.Direction != 1 || !got.NAT.Tuple.SrcIP.Equal(nat.Tuple.SrcIP) ||
		got.NAT.Tuple.SrcPort != 99 || got.Tuple.DstPort != 5000 || got.TimeOut <= 100 {
		t.Errorf("got %+v with %+v", got, got.NAT)
	}
	other := *got
	other.ID++
	if _, err := h.ConntrackExpectGet(&other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one of another number: %v", err)
	}
	a.TimeOut = 50
	if err := h.ConntrackExpectUpdate(a); err != nil {
		t.Fatal(err)
	}
	if got, err := h.ConntrackExpectGet(got); err != nil || got.TimeOut > 50 || got.TimeOut < 40 {
		t.Errorf("got %v %+v", err, got)
	}
	if err := h.ConntrackExpectUpdate(expected(one, 5002)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("changed one that is not there: %v", err)
	}
	for _, c := range []struct {
		master *netlink.ConntrackFlow
		want   []uint16
	}{{one, []uint16{5000}}, {two, []uint16{5001}}, {none, nil}} {
		all, err := h.ConntrackExpectListOf(c.master)
		var ports []uint16
		for _, e := range all {
			ports = append(ports, e.Tuple.DstPort)
		}
		if err != nil || !slices.Equal(ports, c.want) {
			t.Errorf("of %s: %v %v", c.master.Forward.DstIP, ports, err)
		}
	}
	if _, err := h.ConntrackExpectListOf(tcpFlow("10.0.0.5", 21)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no connection: %v", err)
	}
	if err := errors.Join(h.ConntrackExpectDelOf("sip"), h.ConntrackExpectDel(b)); err != nil {
		t.Error(err)
	}
	if shown := toolIn(t, ns, "conntrack -L expect"); !strings.Contains(shown, "dport=5000") ||
		strings.Contains(shown, "dport=5001") {
		t.Errorf("conntrack shows %s", shown)
	}
	if err := h.ConntrackExpectDelOf("ftp"); err != nil {
		t.Error(err)
	}
	if all, err := h.ConntrackExpectList(netlink.FAMILY_ALL); err != nil || len(all) != 0 {
		t.Errorf("left %v %v", all, err)
	}
	if err := h.ConntrackExpectDelOf(""); err == nil {
		t.Error("all were deleted for no helper")
	}
}

func TestConntrackExpectEvents(t *testing.T) {
	h, _ := conntrackHandle(t)
	if err := h.ConntrackExpectAdd(expected(ftpMaster(t, h, "10.0.0.2"), 5000)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []netlink.ConntrackEventType
	var e *netlink.ConntrackExpectation
	options := netlink.ConntrackExpectSubscribeOptions{ListExisting: true, Family: netlink.FAMILY_V4}
	for ev, err := range h.WithContext(ctx).ConntrackExpectSubscribeSeq(options) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev.Type)
		x := ev.Expectation
		switch ev.Type {
		case netlink.ConntrackListed: // somebody listens when the second master begins
			e = expected(ftpMaster(t, h, "10.0.0.3"), 5001)
			err = h.ConntrackExpectAdd(e)
		case netlink.ConntrackNew:
			if x.Tuple.DstPort != 5001 || x.Master.DstPort != 21 || x.Helper != "ftp" || x.ID == 0 {
				t.Errorf("new %+v", x)
			}
			err = h.ConntrackExpectDel(x)
		}
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type == netlink.ConntrackDestroyed {
			if x.Tuple.DstPort != 5001 {
				t.Errorf("destroyed %+v", x)
			}
			break
		}
	}
	if want := []netlink.ConntrackEventType{netlink.ConntrackListed, netlink.ConntrackNew,
		netlink.ConntrackDestroyed}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Of one type and family.
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	options = netlink.ConntrackExpectSubscribeOptions{ListExisting: true, Types: netlink.ConntrackDestroyed}
	for ev, err := range h.WithContext(ctx).ConntrackExpectSubscribeSeq(options) {
		if err == nil && ev.Type == netlink.ConntrackListed {
			err = errors.Join(h.ConntrackExpectAdd(e), h.ConntrackExpectDel(e))
		}
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type == netlink.ConntrackNew {
			t.Errorf("a new one is reported")
		}
		if ev.Type == netlink.ConntrackDestroyed {
			break
		}
	}
}
