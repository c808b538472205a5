package ip

import (
	"encoding/binary"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// Options of the sockets of routing programs, from linux/mroute.h and linux/mroute6.h.
const (
	mrtInit, mrtAddVIF, mrtAddMFC, mrtDelMFC, mrtTable = 200, 202, 204, 205, 209
	vifUseIndex                                        = 8
)

// routed is a routing program that passes packets from va on to vc.
type routed struct {
	t       *testing.T
	fd      int
	level   int
	version int
}

func newRouted(t *testing.T, version int, table uint32) *routed {
	t.Helper()
	r := &routed{t: t, version: version, level: unix.IPPROTO_IP}
	family, proto := unix.AF_INET, unix.IPPROTO_IGMP
	if version == 6 {
		family, proto, r.level = unix.AF_INET6, unix.IPPROTO_ICMPV6, unix.IPPROTO_IPV6
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, proto)
	nstest.Need(t, "raw sockets", "", err)
	r.fd = fd
	t.Cleanup(func() { unix.Close(fd) })
	if table != 0 {
		r.set(mrtTable, native.AppendUint32(nil, table))
	}
	nstest.Need(t, "multicast routing", "", unix.SetsockoptInt(fd, r.level, mrtInit, 1))
	for i, name := range []string{"va", "vc"} {
		link, err := netlink.LinkByName(name)
		if err != nil {
			t.Fatal(err)
		}
		index := link.Attrs().Index
		vif := append(binary.NativeEndian.AppendUint16(nil, uint16(i)), vifUseIndex, 1, 0, 0, 0, 0)
		if vif = native.AppendUint32(vif, uint32(index)); version == 6 {
			vif = append(binary.NativeEndian.AppendUint16(nil, uint16(i)), 0, 1)
			vif = append(binary.NativeEndian.AppendUint16(vif, uint16(index)), 0, 0, 0, 0, 0, 0)
		} else {
			vif = append(vif, 0, 0, 0, 0)
		}
		r.set(mrtAddVIF, vif)
	}
	return r
}

func (r *routed) set(option int, b []byte) {
	r.t.Helper()
	if err := unix.SetsockoptString(r.fd, r.level, option, string(b)); err != nil {
		r.t.Fatalf("option %d: %v", option, err)
	}
}

// route adds a route, or deletes it. ttl is that of the link that packets leave by.
func (r *routed) route(option int, source, group string, ttl byte) {
	r.t.Helper()
	s, g := netip.MustParseAddr(source), netip.MustParseAddr(group)
	if r.version == 4 {
		b := append(append(s.AsSlice(), g.AsSlice()...), 0, 0, 0, ttl)
		r.set(option, append(b, make([]byte, 60-len(b))...))
		return
	}
	var b []byte
	for _, a := range []netip.Addr{s, g} {
		b = binary.NativeEndian.AppendUint16(b, unix.AF_INET6)
		b = append(b, 0, 0, 0, 0, 0, 0)
		b = append(append(b, a.AsSlice()...), 0, 0, 0, 0)
	}
	b = append(b, 0, 0, 0, 0) // the parent, 0
	set := make([]byte, 32)
	native.PutUint32(set, 2) // interface 1
	r.set(option, append(b, set...))
}

var mrouteShows = []string{
	"mroute", "-6 mroute", "-4 mroute list", "-d mroute", "-d -6 mroute show", "-c=always mroute", "mroute table all",
	"-6 mroute table all", "mroute table 7",
	"-6 mroute table 7", "mroute 239.0.0.1", "mroute to 239.0.0.0/8", "mroute from 10.0.0.9", "mroute iif va",
	"mroute iif vc", "-6 mroute from fd00::9", "-6 mroute ff05::/16",
	"-N mroute", "-0 mroute", "-6 mroute iif va",
}

func TestMulticastRoutesAreShownAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.SetUp(t, hosts...)
		r4, r6 := newRouted(t, 4, 0), newRouted(t, 6, 0)
		r4.route(mrtAddMFC, "10.0.0.9", "239.0.0.1", 1)
		r4.route(mrtAddMFC, "10.0.0.8", "239.0.0.2", 7)
		r4.route(mrtAddMFC, "0.0.0.0", "239.0.0.3", 1)
		r6.route(mrtAddMFC, "fd00::9", "ff05::1", 1)
		seven := newRouted(t, 4, 7)
		seven.route(mrtAddMFC, "10.0.0.9", "239.0.0.7", 1)
		for _, line := range mrouteShows {
			clitest.CompareShow(t, clitest.Words(t, line)...)
		}
		for _, line := range []string{"mroute foo", "mroute iif foo", "mroute table foo", "mroute table", "mroute help",
			"-6 mroute 239.0.0.1"} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
		// ip has no words for what is asked for next.
		listed := clitest.Kern("-d", "mroute", "show", "239.0.0.2", "table", "all")
		if got := clitest.Kern("-d", "mroute", "get", "from", "10.0.0.8", "to", "239.0.0.2"); got != listed ||
			!strings.Contains(got.Out, "vc(ttl 7)") {
			t.Errorf("got %v, listed %v", got, listed)
		}
		if got := clitest.Kern("mroute", "get", "from", "10.0.0.8", "to", "239.0.0.9"); got.Code != 2 {
			t.Errorf("a route that is not there: %v", got)
		}
	})
}

func TestMonitorReportsMulticastRoutes(t *testing.T) {
	clitest.NeedIP(t)
	for _, line := range []string{"monitor mroute rule", "monitor label mroute rule", "-6 monitor mr ru",
		"monitor mroute rule dev vc"} {
		t.Run(line, func(t *testing.T) {
			nstest.Do(t, func() {
				clitest.SetUp(t, hosts...)
				r4, r6 := newRouted(t, 4, 0), newRouted(t, 6, 0)
				var told []string
				var watchers []*clitest.Watcher
				args := clitest.Words(t, line)
				for _, cmd := range []*exec.Cmd{exec.Command("ip", args...), clitest.Process(t, args...)} {
					w := clitest.Watch(t, cmd)
					subscribed(t, w)
					watchers = append(watchers, w)
				}
				mark(t, 2)
				for _, option := range []int{mrtAddMFC, mrtDelMFC} {
					r4.route(option, "10.0.0.9", "239.0.0.1", 3)
					r6.route(option, "fd00::9", "ff05::1", 1)
				}
				mark(t, 3)
				for _, w := range watchers {
					w.Until(t, "2:\t")
					told = append(told, w.Until(t, "3:\t"))
				}
				if told[0] != told[1] {
					t.Errorf("ip tells\n%s\nkern\n%s", told[0], told[1])
				}
				if strings.Contains(told[1], "ff05::1") == strings.Contains(line, "dev") {
					t.Errorf("kern tells\n%s", told[1])
				}
				for _, w := range watchers {
					w.Stop(t)
				}
			})
		})
	}
}

func TestLibraryListsMulticastRoutes(t *testing.T) {
	nstest.Do(t, func() {
		clitest.NeedIP(t)
		clitest.SetUp(t, hosts...)
		r4, r6 := newRouted(t, 4, 0), newRouted(t, 6, 0)
		r4.route(mrtAddMFC, "10.0.0.9", "239.0.0.1", 3)
		r6.route(mrtAddMFC, "fd00::9", "ff05::1", 1)
		for _, c := range []struct {
			family, table int
			source, group string
			ttl           int
		}{{netlink.FAMILY_V4, 253, "10.0.0.9", "239.0.0.1", 3}, {netlink.FAMILY_V6, 254, "fd00::9", "ff05::1", 1}} {
			all, err := netlink.MRouteList(c.family, 0)
			if err != nil || len(all) != 1 {
				t.Fatalf("family %d: %v, %v", c.family, all, err)
			}
			one := all[0]
			if one.Source.String() != c.source || one.Group.String() != c.group || one.Table != c.table ||
				one.Family != c.family ||
				one.Unresolved || len(one.Outgoing) != 1 || one.Outgoing[0].Threshold != c.ttl || one.LinkIndex == 0 {
				t.Errorf("%+v", one)
			}
			if none, err := netlink.MRouteList(c.family, 7); err != nil || len(none) != 0 {
				t.Errorf("table 7: %v, %v", none, err)
			}
			got, err := netlink.MRouteGet(0, one.Source, one.Group)
			nstest.Need(t, "look-ups of multicast routes", "6.1", err)
			if got.String() != one.String() || len(got.Outgoing) != 1 || got.Outgoing[0] != one.Outgoing[0] {
				t.Errorf("got %+v, listed %+v", got, one)
			}
			for r, err := range netlink.MRouteSeq(c.family, c.table) {
				if err != nil || r.String() != one.String() {
					t.Errorf("%v, %v", r, err)
				}
			}
		}
		if _, err := netlink.MRouteList(netlink.FAMILY_MPLS, 0); err == nil {
			t.Error("MPLS has multicast routes")
		}
		if _, err := netlink.MRouteGet(0, netip.MustParseAddr("::1"), netip.MustParseAddr("239.0.0.1")); err == nil {
			t.Error("a source and a group of different families")
		}
	})
}

func TestMulticastRulesAreShownAndMadeAsByIP(t *testing.T) {
	compareTables(t, []clitest.DiffState{
		{Name: "of the kernel"},
		{Name: "selectors", Cmds: []string{
			"mrule add table 7 pref 10", "mrule add from default iif va table 77 pref 13",
			"mrule add fwmark 5/0xff prohibit pref 14", "mrule add not iif vb table 8 pref 15",
			"-6 mrule add table 9 pref 11 protocol static", "-6 mrule add unreachable oif vc pref 12",
			"-4 mrule add table 1000 pref 16", "mrule del pref 13",
		}},
		{Name: "flushed", Cmds: []string{"mrule add table 7 pref 10", "mrule flush", "-6 mrule add table 7 pref 4",
			"-6 mrule flush table 9"}},
	}, "mrule", "-6 mrule", "-d mrule list", "-4 mrule list table 7", "mrule list iif va", "-N -6 mrule", "rule",
		"mrule list pref 10")
	nstest.Do(t, func() {
		for _, line := range []string{
			"mrule add from 10.0.0.0/8 table 7", "mrule add to 224.1.1.1 table 8", "-6 mrule add from ff00::/8 table 9",
			"-M mrule", "mrule foo", "mrule help", "mrule add",
			"mrule list from 10.0.0.0/8", "mrule del pref 99", "mrule add frm",
		} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
	})
}
