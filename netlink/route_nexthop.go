package netlink

import (
	"fmt"
	"math"
	"net"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NexthopInfo is one way out of a route with several (RTA_MULTIPATH, struct
// rtnexthop): nexthop of ip route.
type NexthopInfo struct {
	LinkIndex int // rtnh_ifindex
	Hops      int // the weight less one, 0 to 255
	Gw        net.IP
	Flags     int // RTNH_F_…
	NewDst    Destination
	Encap     Encap
	Via       Destination
	Realm     int // RTA_FLOW, the upper 16 bits are the source's realm
}

// String returns the fields that distinguish the next hop from others.
func (n *NexthopInfo) String() string {
	var w []string
	add := func(format string, v any) { w = append(w, fmt.Sprintf(format, v)) }
	add("Ifindex: %d", n.LinkIndex)
	if n.NewDst != nil {
		add("NewDst: %s", n.NewDst)
	}
	if n.Encap != nil {
		add("Encap: %s", n.Encap)
	}
	if n.Via != nil {
		add("Via: %s", n.Via)
	}
	add("Weight: %d", n.Hops+1)
	add("Gw: %s", n.Gw)
	add("Flags: %s", n.ListFlags())
	return "{" + strings.Join(w, " ") + "}"
}

// Equal reports whether x is the same next hop.
func (n NexthopInfo) Equal(x NexthopInfo) bool {
	return n.LinkIndex == x.LinkIndex &&
		n.Hops == x.Hops &&
		n.Gw.Equal(x.Gw) &&
		n.Flags == x.Flags &&
		equalDestinations(n.NewDst, x.NewDst) &&
		n.Realm == x.Realm &&
		equalEncaps(n.Encap, x.Encap) &&
		equalDestinations(n.Via, x.Via)
}

func equalNexthops(a, b *NexthopInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// ListFlags returns the names of the flags that can be set.
func (n *NexthopInfo) ListFlags() []string { return nexthopFlagNames(n.Flags) }

// encodeNexthops appends RTA_MULTIPATH.
func encodeNexthops(e *wire.Encoder, family int, nexthops []*NexthopInfo) error {
	e.Nest(uapi.RTA_MULTIPATH)
	for i, n := range nexthops {
		if err := encodeNexthop(e, family, n); err != nil {
			return fmt.Errorf("next hop %d: %w", i+1, err)
		}
	}
	e.End()
	return nil
}

func encodeNexthop(e *wire.Encoder, family int, n *NexthopInfo) error {
	switch {
	case n == nil:
		return fmt.Errorf("is nil")
	case n.Hops < 0 || n.Hops > 255:
		return fmt.Errorf("weight %d is not within 1 and 256", n.Hops+1)
	}
	if err := checkLinkIndex("link", n.LinkIndex); err != nil {
		return err
	}
	if n.Flags&^reportedFlags&^math.MaxUint8 != 0 {
		return fmt.Errorf("flags %#x do not fit into %#x", n.Flags, math.MaxUint8)
	}
	at := len(e.Bytes())
	hop := uapi.Rtnexthop{Flags: uint8(n.Flags &^ reportedFlags), Hops: uint8(n.Hops), Ifindex: int32(n.LinkIndex)}
	hop.Put(e.Raw(uapi.SizeofRtnexthop))
	if err := encodeGateway(e, family, n.Gw, n.Via, n.NewDst); err != nil {
		return err
	}
	if n.Realm != 0 {
		e.Uint32(uapi.RTA_FLOW, toUint32(e, "realm", n.Realm))
	}
	encodeEncap(e, n.Encap)
	// rtnh_len counts the attributes too.
	native.PutUint16(e.Bytes()[at:], uint16(len(e.Bytes())-at))
	return nil
}

// encodeGateway appends what a route and a next hop have alike.
func encodeGateway(e *wire.Encoder, family int, gw net.IP, via, newDst Destination) error {
	if gw != nil {
		a, err := addressOf(family, gw)
		if err != nil {
			return fmt.Errorf("gateway: %w", err)
		}
		e.Addr(uapi.RTA_GATEWAY, a)
	}
	if lostDestination(via) || lostDestination(newDst) {
		return errNoDestination
	}
	if via != nil {
		b, err := via.Encode()
		if err != nil {
			return err
		}
		e.Data(uapi.RTA_VIA, b)
	}
	if newDst != nil {
		b, err := newDst.Encode()
		if err != nil {
			return fmt.Errorf("new destination: %w", err)
		}
		e.Data(uapi.RTA_NEWDST, b)
	}
	return nil
}

// decodeNexthops reads RTA_MULTIPATH.
func (s *routeDecoder) decodeNexthops(family uint8, b []byte) ([]*NexthopInfo, error) {
	var all []*NexthopInfo
	for len(b) >= uapi.SizeofRtnexthop {
		var hop uapi.Rtnexthop
		hop.Decode(b)
		n := int(hop.Len)
		if n < uapi.SizeofRtnexthop || n > len(b) {
			return nil, fmt.Errorf("%w: next hop says %d bytes, %d are left", wire.ErrMalformed, n, len(b))
		}
		info := s.nexthops.next()
		info.LinkIndex, info.Hops, info.Flags = int(hop.Ifindex), int(hop.Hops), int(hop.Flags)
		var encap lwt
		d := wire.NewDecoder(b[uapi.SizeofRtnexthop:n])
		for d.Next() {
			switch d.Type() {
			case uapi.RTA_GATEWAY:
				info.Gw = s.ip(&d)
			case uapi.RTA_FLOW:
				info.Realm = int(d.Uint32())
			case uapi.RTA_VIA:
				info.Via = decodeDestination(&d, &Via{})
			case uapi.RTA_NEWDST:
				info.NewDst = decodeNewDst(&d, family)
			default:
				encap.attribute(&d)
			}
		}
		if d.Err() != nil {
			return nil, d.Err()
		}
		info.Encap = encap.decode()
		all = append(all, info)
		b = b[min((n+3)&^3, len(b)):]
	}
	return all, nil
}

// lwt gathers the two attributes of an encapsulation, which come in any order.
type lwt struct {
	typ  uint16
	data []byte
}

func (l *lwt) attribute(d *wire.Decoder) {
	switch d.Type() {
	case uapi.RTA_ENCAP_TYPE:
		l.typ = d.Uint16()
	case uapi.RTA_ENCAP:
		l.data = d.Data()
	}
}

func (l *lwt) decode() Encap {
	if l.typ == uapi.LWTUNNEL_ENCAP_NONE {
		return nil
	}
	return decodeEncap(l.typ, l.data)
}

// decodeDestination reads an attribute into v.
func decodeDestination(d *wire.Decoder, v Destination) Destination {
	if err := v.Decode(d.Data()); err != nil {
		d.Fail(err)
		return nil
	}
	return v
}

// decodeNewDst reads RTA_NEWDST, which only MPLS routes have.
func decodeNewDst(d *wire.Decoder, family uint8) Destination {
	if family != uapi.AF_MPLS {
		return nil
	}
	return decodeDestination(d, &MPLSDestination{})
}
