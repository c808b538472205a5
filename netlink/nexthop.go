package netlink

import (
	"errors"
	"fmt"
	"iter"
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
	// then but ID, Protocol, FDB and Resilient.
	Group []NexthopMember

	// Family is FAMILY_…, for an object without Gateway; 0, which is read of all
	// others, is that of Gateway, else FAMILY_V4.
	Family int
	// Flags are RTNH_F_…, of which RTNH_F_ONLINK can be set: the gateway is on the
	// link, whatever the addresses there are.
	Flags   int
	Encap   Encap  // sends packets through a tunnel, as that of a route
	FDB     bool   // for a VXLAN device's forwarding entries (Linux 5.9): no link, the gateway is the endpoint
	DstPort uint16 // UDP port of the endpoint, with FDB; 0: the device's
	// Resilient, where not nil, makes a group that moves as few flows as it can when
	// its members change (Linux 5.13).
	Resilient *NexthopResilient
	// HWStats asks hardware to count the packets of a group's members (Linux 6.9). nil:
	// no; it is read where [NexthopFilter] asks for Stats.
	HWStats     *bool
	HWStatsUsed bool           // hardware does so; the kernel's
	Stats       []NexthopStats // of a group, where [NexthopFilter] asks for them
}

// NexthopResilient are the settings of a resilient group: type resilient of ip
// nexthop. Times are in hundredths of a second (USER_HZ).
type NexthopResilient struct {
	Buckets         uint16  // the number of buckets for flows; 0 in a replacement keeps the number
	IdleTimer       *uint32 // a bucket can move when it was idle for so long; nil: the kernel's default
	UnbalancedTimer *uint32 // a bucket moves when the group was out of balance for so long, 0: never; nil: the default
	UnbalancedTime  uint64  // for how long the group has been out of balance; the kernel's
}

// NexthopMember is an object in a group.
type NexthopMember struct {
	ID     uint32
	Weight int // 1 to 65536, from 257 on with Linux 6.12; 0 is 1
}

// String returns the fields of the object that are set.
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
	if n.Encap != nil {
		words = append(words, fmt.Sprintf("Encap: %s", n.Encap))
	}
	if n.FDB {
		words = append(words, "FDB")
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
	return h.NexthopListFiltered(NexthopFilter{})
}

// NexthopSeq is [Handle.NexthopList] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) NexthopSeq() iter.Seq2[Nexthop, error] {
	var all NexthopFilter
	return seq(h, func() (*wire.Request, error) { return all.request(uapi.RTM_GETNEXTHOP), nil }, nexthopListOp,
		all.listed)
}

var errNoNexthop = errors.New("no next hop given")

func nexthopObject(nh *Nexthop) string {
	if nh == nil {
		return ""
	}
	few := *nh
	few.Group = nh.Group[:min(len(nh.Group), fewInError)]
	return strings.Join(append([]string{few.String()}, andMore(len(nh.Group))...), " ")
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
	m := uapi.Nhmsg{
		Protocol: uint8(within(r, "protocol", int(nh.Protocol), math.MaxUint8)),
		Flags:    uint32(within(r, "flags", nh.Flags&^reportedFlags, math.MaxUint32)),
	}
	var gateway netip.Addr
	if len(nh.Group) == 0 { // a group is of no family
		f := familyOf{family: nh.Family}
		f.address("gateway", ipOrNil(nh.Gateway))
		if f.err != nil {
			return f.err
		}
		if f.family == uapi.AF_UNSPEC {
			f.family = uapi.AF_INET
		}
		m.Family = uint8(within(r, "family", f.family, math.MaxUint8))
		if len(nh.Gateway) != 0 {
			var err error
			if gateway, err = wireIP(nh.Gateway); err != nil {
				return fmt.Errorf("gateway: %w", err)
			}
		}
	}
	m.Put(r.Header(uapi.SizeofNhmsg))
	if nh.ID != 0 {
		r.Uint32(uapi.NHA_ID, nh.ID)
	}
	if nh.FDB {
		r.Flag(uapi.NHA_FDB)
	}
	if len(nh.Group) != 0 {
		return encodeMembers(r, nh)
	}
	if nh.Resilient != nil {
		return errors.New("only a group can be resilient")
	}
	if nh.Blackhole {
		r.Flag(uapi.NHA_BLACKHOLE)
	}
	if nh.OIF != 0 {
		r.Uint32(uapi.NHA_OIF, nh.OIF)
	}
	if gateway.IsValid() {
		r.Addr(uapi.NHA_GATEWAY, gateway)
	}
	if nh.DstPort != 0 {
		r.BE16(uapi.NHA_DST_PORT, nh.DstPort)
	}
	encodeEncapAs(&r.Encoder, uapi.NHA_ENCAP_TYPE, uapi.NHA_ENCAP, nh.Encap)
	return nil
}

// ipOrNil is ip, nil for one without bytes.
func ipOrNil(ip net.IP) net.IP {
	if len(ip) == 0 {
		return nil
	}
	return ip
}

func encodeMembers(r *wire.Request, nh *Nexthop) error {
	if nh.Blackhole || nh.OIF != 0 || len(nh.Gateway) != 0 || nh.Encap != nil || nh.DstPort != 0 {
		return errors.New("a group has no link, gateway, blackhole, encapsulation or port of its own")
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
	if on := nh.HWStats; on != nil {
		r.Uint32(uapi.NHA_HW_STATS_ENABLE, oneIf(*on))
	}
	if res := nh.Resilient; res != nil {
		r.Uint16(uapi.NHA_GROUP_TYPE, uapi.NEXTHOP_GRP_TYPE_RES)
		r.Nest(uapi.NHA_RES_GROUP | uapi.NLA_F_NESTED)
		if res.Buckets != 0 {
			r.Uint16(uapi.NHA_RES_GROUP_BUCKETS, res.Buckets)
		}
		if t := res.IdleTimer; t != nil {
			r.Uint32(uapi.NHA_RES_GROUP_IDLE_TIMER, *t)
		}
		if t := res.UnbalancedTimer; t != nil {
			r.Uint32(uapi.NHA_RES_GROUP_UNBALANCED_TIMER, *t)
		}
		r.End()
	}
	return nil
}

func decodeNexthop(data []byte) (n Nexthop, err error) {
	var m uapi.Nhmsg
	m.Decode(data)
	n.Protocol = RouteProtocol(m.Protocol)
	n.Flags = int(m.Flags)
	var encap lwt
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
		case uapi.NHA_FDB:
			n.FDB = true
		case uapi.NHA_DST_PORT:
			n.DstPort = d.BE16()
		case uapi.NHA_ENCAP_TYPE:
			encap.typ = d.Uint16()
		case uapi.NHA_ENCAP:
			encap.data = d.Data()
		case uapi.NHA_RES_GROUP:
			in := d.Nested()
			n.Resilient = decodeResilient(&in)
			d.Fail(in.Err())
		case uapi.NHA_HW_STATS_ENABLE:
			n.HWStats = new(d.Uint32() != 0)
		case uapi.NHA_HW_STATS_USED:
			n.HWStatsUsed = d.Uint32() != 0
		case uapi.NHA_GROUP_STATS:
			in := d.Nested()
			n.Stats = decodeNexthopStats(&in)
			d.Fail(in.Err())
		}
	}
	n.Encap = encap.decode()
	if m.Family == uapi.AF_INET6 && n.Gateway == nil {
		n.Family = FAMILY_V6
	}
	return n, d.Err()
}

func decodeResilient(d *wire.Decoder) *NexthopResilient {
	res := &NexthopResilient{}
	for d.Next() {
		switch d.Type() {
		case uapi.NHA_RES_GROUP_BUCKETS:
			res.Buckets = d.Uint16()
		case uapi.NHA_RES_GROUP_IDLE_TIMER:
			res.IdleTimer = new(d.Uint32())
		case uapi.NHA_RES_GROUP_UNBALANCED_TIMER:
			res.UnbalancedTimer = new(d.Uint32())
		case uapi.NHA_RES_GROUP_UNBALANCED_TIME:
			res.UnbalancedTime = d.Uint64()
		}
	}
	return res
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
