package main

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/jsimonetti/rtnetlink/v2"
	mdlayher "github.com/mdlayher/netlink"
	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

const (
	lookups = 10_000 // a round
	netSize = 1000   // links to choose from, each with an address and so with a route
)

func addAddresses(w *world) error {
	asked := w.n
	w.n = netSize
	defer func() { w.n = asked }()
	if err := addLinks(w); err != nil {
		return err
	}
	return inBatches(w.n, func(b *netlink.Batch, i int) error {
		link, err := b.LinkByName(linkName(i))
		if err != nil {
			return err
		}
		return b.AddrAdd(link, &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(hostOf(i), 24))})
	})
}

// hostOf is the address of link i.
func hostOf(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}) }

// neighbourOf is an address in the network of link i.
func neighbourOf(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 77}) }

var linkByName = workload{
	chart: "find a link by name",
	name:  "lookup/link", title: fmt.Sprintf("find a link by name among %d", netSize),
	each: "call", objects: lookups, atMost: true, setup: addAddresses,
	goals: []goal{{row: kern, of: floor, times: 1.15},
		{row: kern + ", no handle", of: vishvananda + ", no handle", times: 0.4}},
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			s, err := openRaw(w, true)
			all := prebuilt(rawLinkByName)
			return repeat(w, func(i int) error { return s.exchange(all[i%netSize]) }), err
		}},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return repeat(w, func(i int) error { return kernLinkByName(h, i%netSize) }), err
		}},
		{kern + ", no handle", func(w *world) (op, error) {
			return repeat(w, func(i int) error { return kernLinkByName(&netlink.Handle{}, i%netSize) }), nil
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return repeat(w, func(i int) error { return peerLinkByName(h, i%netSize) }), err
		}},
		{vishvananda + ", no handle", func(w *world) (op, error) {
			return repeat(w, func(i int) error { return peerLinkByName(&peer.Handle{}, i%netSize) }), nil
		}},
		{rtnetlink2, func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			return repeat(w, func(i int) error {
				ask := &rtnetlink.LinkMessage{Attributes: &rtnetlink.LinkAttributes{Name: linkName(i % netSize)}}
				got, err := c.Execute(ask, unix.RTM_GETLINK, mdlayher.Request)
				if err == nil && got[0].(*rtnetlink.LinkMessage).Attributes.Name != ask.Attributes.Name {
					err = errWrong
				}
				return err
			}), err
		}},
		{libmnl, mnl("link "+linkName(500), objectsOf)},
		{iproute2, ipEach("link", "show", linkName(500))},
	},
}

var linkIndex = workload{
	name: "lookup/index", title: fmt.Sprintf("find the index of a link among %d", netSize),
	each: "call", objects: lookups, atMost: true, setup: addAddresses,
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			s, err := openRaw(w, false)
			first, e := indexOf(linkName(0))
			return repeat(w, func(i int) error {
				ifr, err := unix.NewIfreq(linkName(i % netSize))
				if err == nil {
					err = unix.IoctlIfreq(s.fd, unix.SIOCGIFINDEX, ifr)
				}
				return thatIndex(int(ifr.Uint32()), first+i%netSize, err)
			}), join(err, e)
		}},
		{kern, kernLinkIndex(openKern)},
		{kern + ", no handle", kernLinkIndex(func(*world) (*netlink.Handle, error) { return &netlink.Handle{}, nil })},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return repeat(w, func(i int) error { return peerLinkByName(h, i%netSize) }), err
		}},
		{"net.InterfaceByName", func(w *world) (op, error) {
			w.n = 100 // it reads all links and addresses
			first, err := indexOf(linkName(0))
			return repeat(w, func(i int) error {
				ifi, err := net.InterfaceByName(linkName(i % netSize))
				if err != nil {
					return err
				}
				return thatIndex(ifi.Index, first+i%netSize, nil)
			}), err
		}},
	},
}

func kernLinkIndex(open func(*world) (*netlink.Handle, error)) func(*world) (op, error) {
	return func(w *world) (op, error) {
		h, err := open(w)
		first, e := indexOf(linkName(0))
		return repeat(w, func(i int) error {
			index, err := h.LinkIndex(linkName(i % netSize))
			return thatIndex(index, first+i%netSize, err)
		}), join(err, e)
	}
}

func thatIndex(got, want int, err error) error {
	if err == nil && got != want {
		err = errWrong
	}
	return err
}

var routeGet = workload{
	name: "lookup/route", title: fmt.Sprintf("ask for the way to an address among %d networks", netSize),
	each: "call", objects: lookups, atMost: true, setup: addAddresses,
	goals: []goal{{row: kern, of: floor, times: 1.15}},
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			s, err := openRaw(w, true)
			all := prebuilt(rawRouteGet)
			return repeat(w, func(i int) error { return s.exchange(all[i%netSize]) }), err
		}},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return repeat(w, func(i int) error { return kernRouteGet(h, i%netSize) }), err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return repeat(w, func(i int) error { return peerRouteGet(h, i%netSize) }), err
		}},
		{iproute2, ipEach("route", "get", neighbourOf(500).String())},
	},
}

var addrList = workload{
	name: "lookup/addresses", title: fmt.Sprintf("list the addresses of one link among %d", netSize),
	each: "call", objects: 1000, atMost: true, setup: addAddresses,
	goals: []goal{{row: kern, of: floor, times: 1.15}},
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			s, err := openRaw(w, true)
			first, e := indexOf(linkName(0))
			all := prebuilt(func(i int) []byte { return rawAddrList(first + i) })
			return repeat(w, func(i int) error { return rawOne(s, all[i%netSize]) }), join(err, e)
		}},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			first, e := indexOf(linkName(0))
			return repeat(w, func(i int) error { return kernAddrList(h, first+i%netSize) }), join(err, e)
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			first, e := indexOf(linkName(0))
			return repeat(w, func(i int) error { return peerAddrList(h, first+i%netSize) }), join(err, e)
		}},
		{rtnetlink2 + ", all", func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			first, e := indexOf(linkName(0))
			return repeat(w, func(i int) error {
				all, err := c.Address.List()
				n := 0
				for _, a := range all {
					if a.Index == uint32(first+i%netSize) {
						n++
					}
				}
				return oneOf(n, err)
			}), join(err, e)
		}},
		{iproute2, ipEach("address", "show", "dev", linkName(500))},
	},
}

// mixed is what many goroutines ask at once.
var mixed = workload{
	name: "lookup/64-goroutines", title: "find links, routes and addresses, 64 goroutines at once",
	each: "call", objects: 3000, atMost: true, setup: addAddresses,
	goals: []goal{{row: kern, of: floor, times: 1.15}, {row: kern, of: kern + ", 64 handles", times: 1}},
	contenders: []contender{
		{floor, func(w *world) (op, error) { // a socket each
			first, err := indexOf(linkName(0))
			if err != nil {
				return nil, err
			}
			links, routes := prebuilt(rawLinkByName), prebuilt(rawRouteGet)
			addrs := prebuilt(func(i int) []byte { return rawAddrList(first + i) })
			return inParallel(w, 64, func() (func(int) error, error) {
				s, err := openRaw(w, true)
				return func(i int) error {
					switch k := i % netSize; i % 3 {
					case 0:
						return s.exchange(links[k])
					case 1:
						return s.exchange(routes[k])
					default:
						return rawOne(s, addrs[k])
					}
				}, err
			})
		}},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			if err != nil {
				return nil, err
			}
			return inParallel(w, 64, func() (func(int) error, error) { return kernMixed(h) })
		}},
		{kern + ", 64 handles", func(w *world) (op, error) {
			return inParallel(w, 64, func() (func(int) error, error) {
				h, err := openKern(w)
				if err != nil {
					return nil, err
				}
				return kernMixed(h)
			})
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			first, e := indexOf(linkName(0))
			if join(err, e) != nil {
				return nil, join(err, e)
			}
			return inParallel(w, 64, func() (func(int) error, error) {
				return func(i int) error {
					switch k := i % netSize; i % 3 {
					case 0:
						return peerLinkByName(h, k)
					case 1:
						return peerRouteGet(h, k)
					default:
						return peerAddrList(h, first+k)
					}
				}, nil
			})
		}},
	},
}

func kernMixed(h *netlink.Handle) (func(int) error, error) {
	first, err := indexOf(linkName(0))
	return func(i int) error {
		switch k := i % netSize; i % 3 {
		case 0:
			return kernLinkByName(h, k)
		case 1:
			return kernRouteGet(h, k)
		default:
			return kernAddrList(h, first+k)
		}
	}, err
}

func rawLinkByName(i int) []byte {
	return message(uapi.RTM_GETLINK, 0, uapi.SizeofIfinfomsg, &uapi.Ifinfomsg{}, text(uapi.IFLA_IFNAME, linkName(i)))
}

func rawRouteGet(i int) []byte {
	m := uapi.Rtmsg{Family: uapi.AF_INET, DstLen: 32, Flags: uapi.RTM_F_LOOKUP_TABLE}
	return message(uapi.RTM_GETROUTE, 0, uapi.SizeofRtmsg, &m, addr(uapi.RTA_DST, neighbourOf(i)))
}

func rawAddrList(index int) []byte {
	m := uapi.Ifaddrmsg{Family: uapi.AF_INET, Index: uint32(index)}
	return message(uapi.RTM_GETADDR, uapi.NLM_F_DUMP, uapi.SizeofIfaddrmsg, &m)
}

// rawOne is a dump with one object.
func rawOne(s *rawSocket, msg []byte) error {
	n, err := s.dump(msg)
	return oneOf(n, err)
}

func kernLinkByName(h *netlink.Handle, i int) error {
	name := linkName(i)
	l, err := h.LinkByName(name)
	if err == nil && l.Attrs().Name != name {
		err = errWrong
	}
	return err
}

func peerLinkByName(h *peer.Handle, i int) error {
	name := linkName(i)
	l, err := h.LinkByName(name)
	if err == nil && l.Attrs().Name != name {
		err = errWrong
	}
	return err
}

func kernRouteGet(h *netlink.Handle, i int) error {
	got, err := h.RouteGet(neighbourOf(i).AsSlice())
	if err == nil && !got[0].Src.Equal(net.IP(hostOf(i).AsSlice())) {
		err = errWrong
	}
	return err
}

func peerRouteGet(h *peer.Handle, i int) error {
	got, err := h.RouteGet(neighbourOf(i).AsSlice())
	if err == nil && !got[0].Src.Equal(net.IP(hostOf(i).AsSlice())) {
		err = errWrong
	}
	return err
}

func kernAddrList(h *netlink.Handle, index int) error {
	all, err := h.AddrList(&netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: index}}, netlink.FAMILY_V4)
	return oneOf(len(all), err)
}

func peerAddrList(h *peer.Handle, index int) error {
	all, err := h.AddrList(&peer.Device{LinkAttrs: peer.LinkAttrs{Index: index}}, peer.FAMILY_V4)
	return oneOf(len(all), err)
}

// indexOf is the index of a link; those of addLinks follow one another.
func indexOf(name string) (int, error) {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return 0, err
	}
	return l.Attrs().Index, nil
}

// prebuilt are requests about all links.
func prebuilt(request func(i int) []byte) [][]byte {
	all := make([][]byte, netSize)
	for i := range all {
		all[i] = request(i)
	}
	return all
}

// ipEach runs ip some times, and reckons what all would take.
func ipEach(args ...string) func(*world) (op, error) {
	return func(w *world) (op, error) {
		if w.tools.IP == "" {
			return nil, errNoIP
		}
		const times = 20
		return func() (int, error) {
			t0 := time.Now()
			for range times {
				if n, err := w.runIP(args...); err != nil || n == 0 {
					return 0, join(err, errWrong)
				}
			}
			w.own = time.Since(t0) * time.Duration(w.n) / times
			return w.n, nil
		}, nil
	}
}
