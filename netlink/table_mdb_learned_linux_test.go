package netlink

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netns"
	"kern.sys/unix"
)

// TestBridgeLearnsMembers has a host behind a port of a bridge join a group and leave it: the bridge reads the host's
// IGMP, and Watch and a mirror follow.
func TestBridgeLearnsMembers(t *testing.T) {
	nstest.NeedChecksums(t)
	h, ns := newHandle(t)
	br, _, _ := mdbBridge(t, h)
	pair := NewVeth(named("p0"))
	pair.PeerName = "host"
	if err := h.LinkAdd(pair); err != nil {
		nstest.Need(t, "veth links", "", err)
	}
	host, err := h.LinkByName("host")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []Link{pair, host} {
		if err := h.LinkSetIP6AddrGenMode(l, uapi.IN6_ADDR_GEN_MODE_NONE); err != nil {
			t.Fatal(err)
		}
	}
	addr := &Addr{IPNet: NewIPNet(netip.MustParseAddr("192.0.2.2").AsSlice())}
	for _, err := range []error{h.LinkSetMaster(pair, br), h.LinkSetFastLeave(pair, true), h.AddrAdd(host, addr),
		h.LinkSetUp(pair), h.LinkSetUp(host)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	mdbList(t, h, 0)
	m := newMirror(t, h, MDBTable)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w, err := h.watchTables("watch", []Table{MDBTable}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	group, source := netip.MustParseAddr("239.9.9.9"), netip.MustParseAddr("198.51.100.7")
	// until returns the entry of the first event of the group and a source that begins, or ends, such an entry.
	until := func(source netip.Addr, gone bool) (e *MDBEntry) {
		w.run(ctx, func(ev Event, err error) bool {
			if err != nil {
				t.Fatal(err)
			}
			if change, ok := ev.(MDBEvent); ok {
				e = change.New
				if gone {
					e = change.Old
				}
			}
			return e == nil || e.Group != group || e.Source != source
		})
		return e
	}
	entries := func() (list []MDBEntry) {
		verified(t, m, "a report")
		for e := range m.Snapshot().MDB() {
			if e.Group == group {
				list = append(list, e)
			}
		}
		return list
	}

	var fd int
	if err := netns.Do(ns, func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	member := &unix.IPMreqn{Multiaddr: group.As4(), Ifindex: int32(host.Attrs().Index)}
	for range 2 {
		if err := unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP, member); err != nil {
			t.Fatal(err)
		}
		e := until(netip.Addr{}, false)
		for *e.FilterMode == MCAST_INCLUDE { // what a new entry is announced as, before the report is read on
			e = until(netip.Addr{}, false)
		}
		if e.LinkIndex != br.Attrs().Index || e.PortIndex != pair.Index || e.State != MDB_TEMPORARY ||
			e.Protocol != RouteProtocol(uapi.RTPROT_KERNEL) {
			t.Errorf("a host joined, and the event is of %+v", *e)
		}
		if list := entries(); len(list) != 1 || list[0].PortIndex != pair.Index {
			t.Errorf("a host joined, and the mirror has %+v", list)
		}
		if err := unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_DROP_MEMBERSHIP, member); err != nil {
			t.Fatal(err)
		}
		until(netip.Addr{}, true)
		if list := entries(); len(list) != 0 {
			t.Errorf("the host left, and the mirror has %+v", list)
		}
	}

	// Of one source: struct ip_mreq_source.
	only := string(slices.Concat(group.AsSlice(), addr.IP.To4(), source.AsSlice()))
	if err := unix.SetsockoptString(fd, unix.IPPROTO_IP, unix.IP_ADD_SOURCE_MEMBERSHIP, only); err != nil {
		t.Fatal(err)
	}
	if e := until(source, false); e.PortIndex != pair.Index || e.State != MDB_TEMPORARY {
		t.Errorf("a host joined of one source, and the event is of %+v", *e)
	}
	list := entries()
	i := slices.IndexFunc(list, func(e MDBEntry) bool { return !e.Source.IsValid() })
	if i < 0 || *list[i].FilterMode != MCAST_INCLUDE || len(list[i].Sources) != 1 || list[i].Sources[0].Addr != source {
		t.Errorf("a host joined of one source, and the mirror has %+v", list)
	}
}
