package netlink_test

import (
	"fmt"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

func TestListedAddressesAreDeletedAndAddedFaithfully(t *testing.T) {
	nstest.Do(t, func() {
		rnd := seed(t)
		v0, _ := addVeth(t)
		faithful(t, rnd, kindOfObject[netlink.Addr]{
			dump: func() []string {
				return rawDump(t, uapi.RTM_GETADDR, make([]byte, uapi.SizeofIfaddrmsg), uapi.IFA_CACHEINFO)
			},
			list: func() ([]netlink.Addr, error) { return netlink.AddrList(v0, netlink.FAMILY_ALL) },
			mine: func(a *netlink.Addr) bool { return !a.IP.IsLinkLocalUnicast() },
			del:  func(a *netlink.Addr) error { return netlink.AddrDel(nil, a) },
			add:  func(a *netlink.Addr) error { return netlink.AddrAdd(v0, a) },

			ordered: true,
		}, func() {
			var lines []string
			for i := range 60 {
				w := words{Rand: rnd}
				bits := []int{8, 16, 24, 30, 31, 32}[w.IntN(6)]
				switch i % 3 {
				case 0:
					w.w = append(w.w, fmt.Sprintf("10.%d.1.1/%d", i, bits))
					w.maybe("broadcast +", fmt.Sprintf("broadcast 10.%d.1.77", i))
					w.maybe("label v0:"+fmt.Sprint(i), "label v0")
					if bits != 8 { // all of one prefix have one scope
						w.maybe("scope link", "scope host", "scope 50")
					}
				case 1:
					w.w = append(w.w, fmt.Sprintf("10.%d.1.1 peer 10.%d.2.2/%d", i, i, bits))
					w.maybe(fmt.Sprintf("broadcast 10.%d.1.77", i))
				case 2:
					w.w = append(w.w, fmt.Sprintf("2001:db8:%x::1/%d nodad", i, 48+bits))
					w.maybe("home")
					if bits == 16 {
						w.maybe("mngtmpaddr")
					}
				}
				w.maybe("noprefixroute")
				w.number("metric", 5000)
				w.maybe("valid_lft 9000 preferred_lft 8000", "valid_lft forever preferred_lft 0", "valid_lft 7000 preferred_lft 0")
				lines = append(lines, "addr add "+strings.Join(w.w, " ")+" dev v0")
			}
			batch(t, lines, "ip")
		})
	})
}

func TestListedNexthopsAreDeletedAndAddedFaithfully(t *testing.T) {
	nstest.Do(t, func() {
		rnd := seed(t)
		routeNet(t)
		setUp(t, "lo")
		faithful(t, rnd, kindOfObject[netlink.Nexthop]{
			dump: func() []string {
				return rawDump(t, uapi.RTM_GETNEXTHOP, make([]byte, uapi.SizeofNhmsg), uapi.NHA_RES_GROUP)
			},
			list: func() ([]netlink.Nexthop, error) { return netlink.NexthopList() },
			mine: func(*netlink.Nexthop) bool { return true },
			del:  netlink.NexthopDel,
			add:  netlink.NexthopAdd,

			ordered: true, // groups come after their members
		}, func() {
			var v4, v6, groups, fdb []string
			for i := range 40 {
				w := words{Rand: rnd}
				w.w = append(w.w, "nexthop add id", fmt.Sprint(1000+i))
				if i < 20 {
					w.maybe("proto static", "proto 99")
				}
				switch {
				case i < 10:
					w.w = append(w.w, []string{"via 10.0.0.9 dev v0", "dev v1", "blackhole", "via 192.0.2.1 dev v1 onlink"}[i%4])
					v4 = append(v4, strings.Join(w.w, " "))
				case i < 20:
					w.w = append(w.w, []string{"via fd00::9 dev v0", "dev v1", "blackhole", "via 2001:db8::1 dev v1 onlink"}[i%4])
					v6 = append(v6, strings.Join(w.w, " "))
				case i < 30:
					w.w = append(w.w, "via", fmt.Sprintf("192.0.2.%d", i), "fdb")
					fdb = append(fdb, strings.Join(w.w, " "))
				case i < 33:
					w.w = append(w.w, "group 1020/1021/1022 fdb")
					groups = append(groups, strings.Join(w.w, " "))
				default:
					w.w = append(w.w, "group", fmt.Sprintf("1000,%d/1001,%d/1003", 1+w.IntN(255), 1+w.IntN(255)))
					if w.maybe("type resilient buckets 64", "type resilient buckets 8 idle_timer 10",
						"type resilient buckets 8 unbalanced_timer 7") {
						w.maybe("proto static")
					}
					groups = append(groups, strings.Join(w.w, " "))
				}
			}
			batch(t, v4, "ip")
			batch(t, v6, "ip", "-6")
			batch(t, append(fdb, groups...), "ip")
		})
	})
}
