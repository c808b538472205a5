package netlink

import (
	"fmt"
	"math"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Vlan is an IEEE 802.1Q or 802.1ad device on top of the link ParentIndex:
// ip link add link PARENT type vlan. A nil pointer means the kernel's default.
type Vlan struct {
	LinkAttrs
	VlanId       int          // 0 to 4095
	VlanProtocol VlanProtocol // 0: 802.1Q

	// Priorities: from VLAN header to packet on receipt, and from packet to
	// header when sent.
	IngressQosMap map[uint32]uint32
	EgressQosMap  map[uint32]uint32

	ReorderHdr    *bool // VLAN_FLAG_REORDER_HDR, the kernel's default is on
	Gvrp          *bool // VLAN_FLAG_GVRP
	LooseBinding  *bool // VLAN_FLAG_LOOSE_BINDING
	Mvrp          *bool // VLAN_FLAG_MVRP
	BridgeBinding *bool // VLAN_FLAG_BRIDGE_BINDING
}

// Attrs returns the attributes that all kinds have.
func (v *Vlan) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vlan".
func (v *Vlan) Type() string { return "vlan" }

func (v *Vlan) attrs(c *attr.Codec) {
	attr.IntU16(c, uapi.IFLA_VLAN_ID, &v.VlanId, "vlan id", maxVlanID)
	attr.IntBE16(c, uapi.IFLA_VLAN_PROTOCOL|attr.IfSet, &v.VlanProtocol, "vlan protocol", math.MaxUint16)
	attr.MaskedBits(c, uapi.IFLA_VLAN_FLAGS, []attr.Bit{
		{Mask: uapi.VLAN_FLAG_REORDER_HDR, On: &v.ReorderHdr},
		{Mask: uapi.VLAN_FLAG_GVRP, On: &v.Gvrp},
		{Mask: uapi.VLAN_FLAG_MVRP, On: &v.Mvrp},
		{Mask: uapi.VLAN_FLAG_LOOSE_BINDING, On: &v.LooseBinding},
		{Mask: uapi.VLAN_FLAG_BRIDGE_BINDING, On: &v.BridgeBinding},
	})
	if c.Decoding() && v.ReorderHdr == nil { // the kernel reports flags only where one is set
		var off [5]bool
		v.ReorderHdr, v.Gvrp, v.Mvrp, v.LooseBinding, v.BridgeBinding = &off[0], &off[1], &off[2], &off[3], &off[4]
	}
	vlanQos(c, uapi.IFLA_VLAN_INGRESS_QOS, &v.IngressQosMap)
	vlanQos(c, uapi.IFLA_VLAN_EGRESS_QOS, &v.EgressQosMap)
}

// vlanQos is a map of priorities, sent in their order so that equal maps give equal bytes.
func vlanQos(c *attr.Codec, typ attr.Type, qos *map[uint32]uint32) {
	attr.Custom(c, typ, func(e *wire.Encoder) {
		if len(*qos) == 0 {
			return
		}
		e.Nest(uint16(typ))
		for from, ok := leastFrom(*qos, 0); ok; from, ok = leastFrom(*qos, uint64(from)+1) {
			e.Struct(uapi.IFLA_VLAN_QOS_MAPPING, uapi.SizeofIflaVlanQosMapping,
				&uapi.IflaVlanQosMapping{From: from, To: (*qos)[from]})
		}
		e.End()
	}, func(b []byte) {
		*qos = map[uint32]uint32{}
		d := wire.NewDecoder(b)
		for d.Next() {
			if d.Type() == uapi.IFLA_VLAN_QOS_MAPPING {
				var m uapi.IflaVlanQosMapping
				m.Decode(d.Data())
				(*qos)[m.From] = m.To
			}
		}
		c.Fail(d.Err())
	})
}

// leastFrom returns the least priority from low on that the map is for. Maps have a few; to sort them would take 10
// kB of every program.
func leastFrom(qos map[uint32]uint32, low uint64) (least uint32, ok bool) {
	for from := range qos {
		if uint64(from) >= low && (!ok || from < least) {
			least, ok = from, true
		}
	}
	return least, ok
}

// maxVlanID is the largest number that fits into the 12 bits of a VLAN id.
const maxVlanID = 1<<12 - 1

// VlanProtocol is the Ethernet protocol of the frames that carry a VLAN tag.
type VlanProtocol int

// Protocols of VLANs.
const (
	VLAN_PROTOCOL_UNKNOWN VlanProtocol = 0                 // the kernel's default, 802.1Q
	VLAN_PROTOCOL_8021Q   VlanProtocol = uapi.ETH_P_8021Q  // customer tag
	VLAN_PROTOCOL_8021AD  VlanProtocol = uapi.ETH_P_8021AD // service provider's tag, "QinQ"
)

// VlanProtocolToString are the names of the protocols.
var VlanProtocolToString = map[VlanProtocol]string{
	VLAN_PROTOCOL_8021Q:  weighed[string]{"802.1q", 0, 0}.value,
	VLAN_PROTOCOL_8021AD: weighed[string]{"802.1ad", 0, 0}.value,
}

// StringToVlanProtocolMap are the protocols by name.
var StringToVlanProtocolMap = map[string]VlanProtocol{
	"802.1q":  weighed[VlanProtocol]{VLAN_PROTOCOL_8021Q, 0, 0}.value,
	"802.1ad": weighed[VlanProtocol]{VLAN_PROTOCOL_8021AD, 0, 0}.value,
}

// StringToVlanProtocol returns the protocol of that name, in lower case, or
// VLAN_PROTOCOL_UNKNOWN.
func StringToVlanProtocol(s string) VlanProtocol { return StringToVlanProtocolMap[s] }

// String returns the protocol's name in lower case.
func (p VlanProtocol) String() string {
	switch p { // not the map: that would be made in every program
	case VLAN_PROTOCOL_8021Q:
		return "802.1q"
	case VLAN_PROTOCOL_8021AD:
		return "802.1ad"
	}
	return fmt.Sprintf("VlanProtocol(%d)", int(p))
}

func (*Vlan) describe() desc.Kind { return desc.Kind{Fields: vlanFields, Help: vlanHelp} }

var vlanFields = []desc.Field{
	{Type: uapi.IFLA_VLAN_PROTOCOL, Key: "protocol", Form: desc.VlanProtocol},
	{Type: uapi.IFLA_VLAN_ID, Key: "id", Form: desc.U16, Usage: "VLANID"},
	{Type: uapi.IFLA_VLAN_FLAGS, Key: "flags", Word: "reorder_hdr", Usage: "{ on | off }",
		Words: []string{"gvrp", "mvrp", "loose_binding", "bridge_binding"}, Show: showVlanFlags, Read: readVlanFlag},
	{Type: uapi.IFLA_VLAN_INGRESS_QOS, Key: "ingress_qos", Word: "ingress-qos-map", Form: vlanQosMap},
	{Type: uapi.IFLA_VLAN_EGRESS_QOS, Key: "egress_qos", Word: "egress-qos-map", Form: vlanQosMap},
}

// vlanFlags are the keywords of the flags in the order that ip shows them in.
var vlanFlags = [...]struct {
	bit  uint32
	word string
}{
	{uapi.VLAN_FLAG_REORDER_HDR, "reorder_hdr"},
	{uapi.VLAN_FLAG_GVRP, "gvrp"},
	{uapi.VLAN_FLAG_MVRP, "mvrp"},
	{uapi.VLAN_FLAG_LOOSE_BINDING, "loose_binding"},
	{uapi.VLAN_FLAG_BRIDGE_BINDING, "bridge_binding"},
}

func showVlanFlags(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofIflaVlanFlags {
		return
	}
	var flags uapi.IflaVlanFlags
	flags.Decode(b)
	p.Array("flags")
	sep := "<"
	for _, f := range vlanFlags {
		if flags.Flags&f.bit != 0 {
			flags.Flags &^= f.bit
			p.Str("", sep+"%s", strings.ToUpper(f.word))
			sep = ","
		}
	}
	if flags.Flags != 0 {
		p.Str("", sep+"%s", fmt.Sprintf("%x", flags.Flags))
		sep = ","
	}
	if sep == "<" {
		p.Text("<")
	}
	p.Text("> ")
	p.EndArray()
}

// readVlanFlag reads one flag and adds it to those that were given before it:
// the attribute is one for all.
func readVlanFlag(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	word := in.Last()
	on, err := in.OnOff(word)
	if err != nil {
		return err
	}
	var flags uapi.IflaVlanFlags
	b := in.Written(e, uapi.IFLA_VLAN_FLAGS)
	flags.Decode(b)
	for _, f := range vlanFlags {
		if f.word == word {
			flags.Mask |= f.bit
			flags.Flags &^= f.bit
			if on {
				flags.Flags |= f.bit
			}
		}
	}
	if b != nil {
		flags.Put(b)
	} else {
		e.Struct(uapi.IFLA_VLAN_FLAGS, uapi.SizeofIflaVlanFlags, &flags)
	}
	return nil
}

// vlanQosMap is a map of priorities, FROM:TO as often as wanted.
func vlanQosMap() desc.Notation {
	return desc.Notation{Usage: "FROM:TO ...", Show: showVlanQos, Read: readVlanQos}
}

func showVlanQos(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	p.NL()
	p.Text("      %s { ", f.Word)
	p.Array(f.Key)
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() != uapi.IFLA_VLAN_QOS_MAPPING {
			continue
		}
		var m uapi.IflaVlanQosMapping
		m.Decode(d.Data())
		p.Object("")
		p.Uint("from", "%d", uint64(m.From))
		p.Uint("to", ":%d ", uint64(m.To))
		p.EndObject()
	}
	p.EndArray()
	p.Text("} ")
}

func readVlanQos(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Nest(f.Type)
	defer e.End()
	if !in.More() {
		return desc.Incomplete()
	}
	for strings.Contains(in.Peek(), ":") {
		word, err := in.Next()
		if err != nil {
			return err
		}
		from, to, _ := strings.Cut(word, ":")
		var m uapi.IflaVlanQosMapping
		for _, n := range [...]struct {
			word string
			at   *uint32
		}{{from, &m.From}, {to, &m.To}} {
			v, err := desc.ParseUint(n.word, 32)
			if err != nil {
				return desc.Invalid(f.Word, n.word)
			}
			*n.at = uint32(v)
		}
		e.Struct(uapi.IFLA_VLAN_QOS_MAPPING, uapi.SizeofIflaVlanQosMapping, &m)
	}
	return nil
}

var vlanHelp = [][2]string{
	{"protocol", "the tag that packets have: 802.1Q, or 802.1ad of providers"},
	{"id", "the number of the VLAN, 0 to 4094"},
	{"reorder_hdr", "packets are handed on without their tag; on is the default"},
	{"gvrp", "announce the VLAN to switches by GVRP"},
	{"mvrp", "announce the VLAN to switches by MVRP"},
	{"loose_binding", "the link stays up where the one below it goes down"},
	{"bridge_binding", "the carrier is that of the bridge ports in this VLAN"},
	{"ingress-qos-map", "the priority that a packet gets for the one in its tag"},
	{"egress-qos-map", "the priority in the tag for the one of a packet"},
}
