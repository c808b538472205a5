package netlink

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Nexthop is a next hop object, which routes name by its number ([Route].NHID):
// ip nexthop. Linux 5.3 has them.
type Nexthop struct {
	// ID is the number. 0 lets the kernel choose one when the object is added.
	ID        uint32
	Blackhole bool // packets are dropped
	// OIF is the index of the link that packets leave by.
	OIF      uint32
	Gateway  net.IP
	Protocol RouteProtocol // who made the object
	// Group are the objects that this one is made of. It has nothing of its own
	// then but ID and Protocol.
	Group []NexthopMember
}

// NexthopMember is an object in a group.
type NexthopMember struct {
	ID     uint32
	Weight int // 1 to 65536, from 257 on with Linux 6.12; 0 is 1
}

// String returns what is set of the object.
func (n *Nexthop) String() string {
	words := []string{fmt.Sprintf("ID: %d", n.ID)}
	if n.Blackhole {
		words = append(words, "Blackhole")
	}
	if n.OIF != 0 {
		words = append(words, fmt.Sprintf("OIF: %d", n.OIF))
	}
	if len(n.Gateway) != 0 {
		words = append(words, fmt.Sprintf("Gateway: %s", n.Gateway))
	}
	for _, m := range n.Group {
		words = append(words, fmt.Sprintf("Member: %d*%d", m.ID, m.Weight))
	}
	if n.Protocol != 0 {
		words = append(words, fmt.Sprintf("Protocol: %s", n.Protocol))
	}
	return "{" + strings.Join(words, " ") + "}"
}

// NexthopAdd adds an object: ip nexthop add. A number that is in use is an error.
func (h *Handle) NexthopAdd(nh *Nexthop) error {
	return h.nexthopChange("nexthop add", uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, nh)
}

// NexthopReplace puts an object in the place of the one with its number, or adds
// it where there is none: ip nexthop replace. Routes that name it follow.
func (h *Handle) NexthopReplace(nh *Nexthop) error {
	return h.nexthopChange("nexthop replace", uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, nh)
}

// NexthopDel deletes the object with nh's number, and the routes that name it:
// ip nexthop del.
func (h *Handle) NexthopDel(nh *Nexthop) error {
	r := wire.NewRequest(uapi.RTM_DELNEXTHOP, 0)
	r.Header(uapi.SizeofNhmsg)
	if nh == nil {
		r.Fail(errNoNexthop)
	} else {
		r.Uint32(uapi.NHA_ID, nh.ID)
	}
	return h.exec(r, "nexthop del", func() string { return nexthopObject(nh) })
}

// NexthopList returns all objects: ip nexthop show. See [ErrDumpInterrupted].
func (h *Handle) NexthopList() ([]Nexthop, error) {
	return list(h, nexthopDump(), "nexthop list", func(m wire.Message) (Nexthop, bool, error) {
		if m.Type != uapi.RTM_NEWNEXTHOP {
			return Nexthop{}, false, nil
		}
		n, err := decodeNexthop(m.Data)
		return n, err == nil, err
	})
}

var errNoNexthop = errors.New("no next hop given")

func nexthopObject(nh *Nexthop) string {
	if nh == nil {
		return ""
	}
	return nh.String()
}

func nexthopDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETNEXTHOP, 0)
	r.Header(uapi.SizeofNhmsg)
	return r
}

func (h *Handle) nexthopChange(op string, flags uint16, nh *Nexthop) error {
	r := wire.NewRequest(uapi.RTM_NEWNEXTHOP, flags)
	r.Fail(encodeNexthopObject(r, nh))
	return h.exec(r, op, func() string { return nexthopObject(nh) })
}

func encodeNexthopObject(r *wire.Request, nh *Nexthop) error {
	if nh == nil {
		return errNoNexthop
	}
	m := uapi.Nhmsg{Protocol: uint8(within(r, "protocol", int(nh.Protocol), math.MaxUint8))}
	var gateway netip.Addr
	switch {
	case len(nh.Group) != 0:
		// A group is of no family.
	case len(nh.Gateway) != 0:
		var err error
		if gateway, err = wireIP(nh.Gateway); err != nil {
			return fmt.Errorf("gateway: %w", err)
		}
		m.Family = wireFamily(gateway)
	default:
		m.Family = uapi.AF_INET
	}
	m.Put(r.Header(uapi.SizeofNhmsg))
	if nh.ID != 0 {
		r.Uint32(uapi.NHA_ID, nh.ID)
	}
	if len(nh.Group) != 0 {
		return encodeMembers(r, nh)
	}
	if nh.Blackhole {
		r.Data(uapi.NHA_BLACKHOLE, nil)
	}
	if nh.OIF != 0 {
		r.Uint32(uapi.NHA_OIF, nh.OIF)
	}
	if gateway.IsValid() {
		r.Addr(uapi.NHA_GATEWAY, gateway)
	}
	return nil
}

func encodeMembers(r *wire.Request, nh *Nexthop) error {
	if nh.Blackhole || nh.OIF != 0 || len(nh.Gateway) != 0 {
		return errors.New("a group has no link, gateway or blackhole of its own")
	}
	b := make([]byte, len(nh.Group)*uapi.SizeofNexthopGrp)
	for i, member := range nh.Group {
		weight := max(member.Weight, 1) - 1 // as it is on the wire
		if member.Weight < 0 || weight > 1<<16-1 {
			return fmt.Errorf("weight %d of member %d is not from 1 to 65536", member.Weight, member.ID)
		}
		g := uapi.NexthopGrp{Id: member.ID, Weight: uint8(weight), WeightHigh: uint8(weight >> 8)}
		g.Put(b[i*uapi.SizeofNexthopGrp:])
	}
	r.Data(uapi.NHA_GROUP, b)
	return nil
}

func decodeNexthop(data []byte) (n Nexthop, err error) {
	var m uapi.Nhmsg
	m.Decode(data)
	n.Protocol = RouteProtocol(m.Protocol)
	d := wire.NewDecoderAfter(data, uapi.SizeofNhmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.NHA_ID:
			n.ID = d.Uint32()
		case uapi.NHA_BLACKHOLE:
			n.Blackhole = true
		case uapi.NHA_OIF:
			n.OIF = d.Uint32()
		case uapi.NHA_GATEWAY:
			n.Gateway = d.Addr().AsSlice()
		case uapi.NHA_GROUP:
			n.Group = decodeMembers(d.Data())
		}
	}
	return n, d.Err()
}

// decodeMembers passes over bytes at the end that are no whole member.
func decodeMembers(b []byte) []NexthopMember {
	all := make([]NexthopMember, len(b)/uapi.SizeofNexthopGrp)
	for i := range all {
		var g uapi.NexthopGrp
		g.Decode(b[i*uapi.SizeofNexthopGrp:])
		all[i] = NexthopMember{ID: g.Id, Weight: int(g.WeightHigh)<<8 + int(g.Weight) + 1}
	}
	return all
}
