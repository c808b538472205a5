package main

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/jsimonetti/rtnetlink/v2"
	mdlayher "github.com/mdlayher/netlink"
	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

var addEach = workload{
	chart: "add # routes, a call each",
	name:  "routes/add", title: "add routes, one call each",
	each: "route", objects: 100_000, after: checkRoutes,
	goals: []goal{{row: kern, of: floor, times: 1.15}},
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			s, err := openRaw(w, false)
			all := each(w, func(w *world, i int) []byte { return rawRoute(w, i, uapi.NLM_F_ACK) })
			return repeat(w, func(i int) error { return s.exchange(all[i]) }), err
		}},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			all := each(w, kernRoute)
			return repeat(w, func(i int) error { return h.RouteAdd(all[i]) }), err
		}},
		{kern + ", no handle", func(w *world) (op, error) {
			all := each(w, kernRoute)
			return repeat(w, func(i int) error { return netlink.RouteAdd(all[i]) }), nil
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			all := each(w, peerRoute)
			return repeat(w, func(i int) error { return h.RouteAdd(all[i]) }), err
		}},
		{vishvananda + ", no handle", func(w *world) (op, error) {
			all := each(w, peerRoute)
			return repeat(w, func(i int) error { return peer.RouteAdd(all[i]) }), nil
		}},
		{rtnetlink2, func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			all := each(w, rtnetlinkRoute)
			return repeat(w, func(i int) error { return c.Route.Add(all[i]) }), err
		}},
		{libmnl, mnl("add", linkOf, objectsOf)},
	},
}

var addBatches = workload{
	chart: "add # routes, many at once",
	name:  "routes/add-batch", title: "add routes, many at once, and know of each whether it went well",
	each: "route", objects: 100_000, after: checkRoutes,
	goals: []goal{{row: kern, of: floor, times: 1.15}, {row: kern, of: iproute2, times: 0.5}},
	contenders: []contender{
		{floor, floorBatches(unix.NETLINK_ROUTE, func(w *world, i int) []byte { return rawRoute(w, i, 0) })},
		{kern, kernBatches(kernRoute, func(b *netlink.Batch, r *netlink.Route) error { return b.RouteAdd(r) })},
		{rtnetlink2, func(w *world) (op, error) {
			c, err := mdlayher.Dial(unix.NETLINK_ROUTE, nil)
			if err != nil {
				return nil, err
			}
			w.onClose(func() { c.Close() })
			all := each(w, rtnetlinkRoute)
			return func() (int, error) { return rtnetlinkBatches(c, all) }, nil
		}},
		{libmnl, mnl("batch", linkOf, objectsOf, func(*world) any { return 128 })},
		{iproute2, ipBatch(func(_ *world, i int) string {
			return fmt.Sprintf("route add %v via %v dev bench onlink", prefix(i), gateway)
		})},
	},
}

// floorBatches sends the requests for all objects, many to a datagram.
func floorBatches(protocol int, request func(w *world, i int) []byte) func(*world) (op, error) {
	return func(w *world) (op, error) {
		s, err := openRawOf(w, protocol, false)
		datagrams := rawBatches(w, 128, request)
		return func() (int, error) {
			for _, d := range datagrams {
				if err := s.batch(d.bytes, d.last); err != nil {
					return 0, err
				}
			}
			return w.n, nil
		}, err
	}
}

// kernBatches queues all objects and sends them, many at once.
func kernBatches[T any](one func(*world, int) T, queue func(*netlink.Batch, T) error) func(*world) (op, error) {
	return func(w *world) (op, error) {
		h, err := netlink.NewHandle()
		if err != nil {
			return nil, err
		}
		w.onClose(func() { h.Close() })
		all := each(w, one)
		return func() (int, error) {
			b := h.NewBatch()
			for _, v := range all {
				if err := queue(b, v); err != nil {
					return 0, err
				}
				if b.Len() == 1024 {
					if errs := b.Flush(); errs != nil {
						return 0, join(errs...)
					}
				}
			}
			return w.n, join(b.Flush()...)
		}, nil
	}
}

func linkOf(w *world) any    { return w.link }
func objectsOf(w *world) any { return w.n }

func peerRoute(w *world, i int) *peer.Route {
	return &peer.Route{Dst: ipNet(prefix(i)), Gw: gateway.AsSlice(), LinkIndex: w.link, Flags: int(peer.FLAG_ONLINK)}
}

func rtnetlinkRoute(w *world, i int) *rtnetlink.RouteMessage {
	return &rtnetlink.RouteMessage{
		Family: unix.AF_INET, DstLength: 24, Table: unix.RT_TABLE_MAIN, Protocol: unix.RTPROT_BOOT, Type: unix.RTN_UNICAST,
		Flags: unix.RTNH_F_ONLINK,
		Attributes: rtnetlink.RouteAttributes{Dst: prefix(i).Addr().AsSlice(), Gateway: gateway.AsSlice(),
			OutIface: uint32(w.link)},
	}
}

// rtnetlinkBatches uses what lies below rtnetlink, which sends no more than one
// message at once.
func rtnetlinkBatches(c *mdlayher.Conn, all []*rtnetlink.RouteMessage) (int, error) {
	for routes := range slices.Chunk(all, 128) {
		var batch []mdlayher.Message
		for _, r := range routes {
			data, err := r.MarshalBinary()
			if err != nil {
				return 0, err
			}
			flags := mdlayher.Request | mdlayher.Create | mdlayher.Excl | mdlayher.Acknowledge
			batch = append(batch, mdlayher.Message{Header: mdlayher.Header{Type: unix.RTM_NEWROUTE, Flags: flags}, Data: data})
		}
		if _, err := c.SendMessages(batch); err != nil {
			return 0, err
		}
		for got := 0; got < len(batch); {
			answers, err := c.Receive()
			if err != nil {
				return 0, err
			}
			got += len(answers)
		}
	}
	return len(all), nil
}

// rawRoute is the request for route i.
func rawRoute(w *world, i int, flags int) []byte {
	m := uapi.Rtmsg{
		Family: uapi.AF_INET, DstLen: 24, Table: uapi.RT_TABLE_MAIN, Protocol: uapi.RTPROT_BOOT, Type: uapi.RTN_UNICAST,
		Flags: uapi.RTNH_F_ONLINK,
	}
	return message(uapi.RTM_NEWROUTE, flags|uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofRtmsg, &m,
		addr(uapi.RTA_DST, prefix(i).Addr()), addr(uapi.RTA_GATEWAY, gateway), u32(uapi.RTA_OIF, w.link))
}

// each makes something for each route beforehand.
func each[T any](w *world, one func(*world, int) T) []T {
	all := make([]T, w.n)
	for i := range all {
		all[i] = one(w, i)
	}
	return all
}

// datagram holds several requests. last is the number of the last one.
type datagram struct {
	bytes []byte
	last  uint32
}

// rawBatches packs the requests for all objects, of which the last of a datagram
// is acknowledged.
func rawBatches(w *world, size int, request func(w *world, i int) []byte) []datagram {
	var all []datagram
	for i := 0; i < w.n; i += size {
		var d datagram
		end := min(i+size, w.n)
		for j := i; j < end; j++ {
			msg := request(w, j)
			if d.last = uint32(j + 1); j == end-1 {
				flags := binary.NativeEndian.Uint16(msg[6:])
				binary.NativeEndian.PutUint16(msg[6:], flags|uapi.NLM_F_ACK)
			}
			binary.NativeEndian.PutUint32(msg[8:], d.last)
			d.bytes = append(d.bytes, msg...)
		}
		all = append(all, d)
	}
	return all
}
