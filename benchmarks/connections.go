package main

import (
	"errors"
	"os"
	"strconv"
	"strings"

	timo "github.com/ti-mo/conntrack"
	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

const timoConntrack = "ti-mo/conntrack" // github.com/ti-mo/conntrack, as go.mod has it

// connectionsStream has as many connections as the kernel allows: net.netfilter.nf_conntrack_max.
var connectionsStream = workload{
	name: "conntrack/stream", title: "read all tracked connections one by one",
	each: "connection", objects: 1_000_000, atMost: true, rounds: 3, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.3, allocs: none}, {row: kern, of: floor, memory: 8}},
	setup: addConnections,
	contenders: []contender{
		{floor, rawDumpOf(unix.NETLINK_NETFILTER, connectionDump)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for e, err := range h.ConntrackEntries(netlink.ConntrackQuery{Family: netlink.FAMILY_V4}) {
					if err != nil {
						return n, err
					}
					if e.Original.Src.Is4() && e.Original.DstPort == connectionPort && e.Mark == connectionMark {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{kern + ", ConntrackSeq", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for f, err := range h.ConntrackSeq(netlink.ConntrackQuery{Family: netlink.FAMILY_V4}) {
					if err != nil {
						return n, err
					}
					if f.Forward.DstPort == connectionPort && f.Mark == connectionMark {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{"conntrack", theCT.shows("dport=", "-L", "-f", "ipv4")},
	},
}

var connectionsList = workload{
	name: "conntrack/list", title: "list all tracked connections",
	each: "connection", objects: 1_000_000, atMost: true, rounds: 3, cold: true,
	goals: []goal{{row: kernOwnSlice, of: floor, times: 1.3}},
	setup: addConnections,
	contenders: []contender{
		{floor, rawDumpOf(unix.NETLINK_NETFILTER, connectionDump)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (int, error) {
				all, err := h.ConntrackTableList(netlink.ConntrackTable, netlink.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{kernOwnSlice, func(w *world) (op, error) {
			h, err := openKern(w)
			all := make([]netlink.ConntrackEntry, 0, w.n)
			return func() (int, error) {
				var err error
				all, err = h.AppendConntrackEntries(all[:0], netlink.ConntrackQuery{Family: netlink.FAMILY_V4})
				return len(all), err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := peer.NewHandle(unix.NETLINK_NETFILTER)
			if err != nil {
				return nil, err
			}
			w.onClose(h.Close)
			return func() (int, error) {
				all, err := h.ConntrackTableList(peer.ConntrackTable, peer.InetFamily(unix.AF_INET))
				return len(all), err
			}, nil
		}},
		{timoConntrack, func(w *world) (op, error) {
			c, err := timo.Dial(nil)
			if err != nil {
				return nil, err
			}
			w.onClose(func() { c.Close() })
			return func() (int, error) {
				all, err := c.Dump(nil)
				return len(all), err
			}, nil
		}},
	},
}

// What all connections have.
const (
	connectionPort = 80
	connectionMark = 7
)

// addConnections makes established TCP connections, as many as may be.
func addConnections(w *world) error {
	text, err := os.ReadFile("/proc/sys/net/netfilter/nf_conntrack_max")
	if errors.Is(err, os.ErrNotExist) {
		return join(errLacks, err)
	}
	if err != nil {
		return err
	}
	most, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	if most > 0 {
		w.n = min(w.n, most*9/10) // connections that are deleted count for a while
	}
	h, err := netlink.NewHandle()
	if err != nil {
		return err
	}
	defer h.Close()
	b := h.NewBatch()
	for i := range w.n {
		b.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, connection(i))
		if b.Len() == 1024 || i == w.n-1 {
			if err := join(b.Flush()...); err != nil {
				return lacking(err)
			}
		}
	}
	return nil
}

func connection(i int) *netlink.ConntrackFlow {
	there, back := filterHost(i).AsSlice(), gateway.AsSlice()
	return &netlink.ConntrackFlow{
		FamilyType: netlink.FAMILY_V4, TimeOut: 100_000, Mark: connectionMark,
		Forward: netlink.IPTuple{SrcIP: there, DstIP: back, SrcPort: 4000, DstPort: connectionPort,
			Protocol: unix.IPPROTO_TCP},
		Reverse: netlink.IPTuple{SrcIP: back, DstIP: there, SrcPort: connectionPort, DstPort: 4000,
			Protocol: unix.IPPROTO_TCP},
		ProtoInfo: &netlink.ProtoInfoTCP{State: uapi.TCP_CONNTRACK_ESTABLISHED},
		Status: netlink.ConntrackStatusAssured | netlink.ConntrackStatusSeenReply |
			netlink.ConntrackStatusConfirmed,
	}
}

func connectionDump(*world) []byte {
	m := uapi.Nfgenmsg{NfgenFamily: unix.AF_INET, Version: uapi.NFNETLINK_V0}
	return message(uapi.NFNL_SUBSYS_CTNETLINK<<8|uapi.IPCTNL_MSG_CT_GET, uapi.NLM_F_DUMP, uapi.SizeofNfgenmsg, &m)
}
