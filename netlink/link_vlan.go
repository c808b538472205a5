package netlink

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Vlan is an IEEE 802.1Q or 802.1ad device on top of the link ParentIndex:
// ip link add link PARENT type vlan. The pointers are nil where the kernel's
// default is to hold.
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

func (v *Vlan) encodeData(e *wire.Encoder) {
	if v.VlanId < 0 || v.VlanId > maxVlanID {
		e.Fail(fmt.Errorf("vlan id %d is not within 0 and %d", v.VlanId, maxVlanID))
	}
	e.Uint16(uapi.IFLA_VLAN_ID, uint16(v.VlanId))
	if v.VlanProtocol != VLAN_PROTOCOL_UNKNOWN {
		e.BE16(uapi.IFLA_VLAN_PROTOCOL, uint16(inRange(e, "vlan protocol", int(v.VlanProtocol), math.MaxUint16)))
	}
	var flags uapi.IflaVlanFlags
	for _, f := range v.flags() {
		if *f.set != nil {
			flags.Mask |= f.bit
			if **f.set {
				flags.Flags |= f.bit
			}
		}
	}
	if flags.Mask != 0 {
		e.Struct(uapi.IFLA_VLAN_FLAGS, uapi.SizeofIflaVlanFlags, &flags)
	}
	encodeQosMap(e, uapi.IFLA_VLAN_INGRESS_QOS, v.IngressQosMap)
	encodeQosMap(e, uapi.IFLA_VLAN_EGRESS_QOS, v.EgressQosMap)
}

func (v *Vlan) decodeData(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_VLAN_ID:
			v.VlanId = int(d.Uint16())
		case uapi.IFLA_VLAN_PROTOCOL:
			v.VlanProtocol = VlanProtocol(d.BE16())
		case uapi.IFLA_VLAN_FLAGS:
			var flags uapi.IflaVlanFlags
			flags.Decode(d.Data())
			for _, f := range v.flags() {
				*f.set = pointer(flags.Flags&f.bit != 0)
			}
		case uapi.IFLA_VLAN_INGRESS_QOS:
			v.IngressQosMap = decodeQosMap(d)
		case uapi.IFLA_VLAN_EGRESS_QOS:
			v.EgressQosMap = decodeQosMap(d)
		}
	}
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
	VLAN_PROTOCOL_8021Q:  "802.1q",
	VLAN_PROTOCOL_8021AD: "802.1ad",
}

// StringToVlanProtocolMap are the protocols by name.
var StringToVlanProtocolMap = map[string]VlanProtocol{
	"802.1q":  VLAN_PROTOCOL_8021Q,
	"802.1ad": VLAN_PROTOCOL_8021AD,
}

// StringToVlanProtocol returns the protocol of that name, in lower case, or
// VLAN_PROTOCOL_UNKNOWN.
func StringToVlanProtocol(s string) VlanProtocol { return StringToVlanProtocolMap[s] }

// String returns the protocol's name in lower case.
func (p VlanProtocol) String() string {
	if s, ok := VlanProtocolToString[p]; ok {
		return s
	}
	return fmt.Sprintf("VlanProtocol(%d)", int(p))
}

// vlanFlag is one bit of struct ifla_vlan_flags, where a Vlan has it, and its
// keyword.
type vlanFlag struct {
	bit  uint32
	set  **bool
	word string
}

// flags are in the order that ip shows them in.
func (v *Vlan) flags() [5]vlanFlag {
	return [...]vlanFlag{
		{uapi.VLAN_FLAG_REORDER_HDR, &v.ReorderHdr, "reorder_hdr"},
		{uapi.VLAN_FLAG_GVRP, &v.Gvrp, "gvrp"},
		{uapi.VLAN_FLAG_MVRP, &v.Mvrp, "mvrp"},
		{uapi.VLAN_FLAG_LOOSE_BINDING, &v.LooseBinding, "loose_binding"},
		{uapi.VLAN_FLAG_BRIDGE_BINDING, &v.BridgeBinding, "bridge_binding"},
	}
}

// encodeQosMap appends a map of priorities, in order so that equal maps give
// equal bytes.
func encodeQosMap(e *wire.Encoder, typ uint16, qos map[uint32]uint32) {
	if len(qos) == 0 {
		return
	}
	e.Nest(typ)
	for _, from := range slices.Sorted(maps.Keys(qos)) {
		e.Struct(uapi.IFLA_VLAN_QOS_MAPPING, uapi.SizeofIflaVlanQosMapping, &uapi.IflaVlanQosMapping{From: from, To: qos[from]})
	}
	e.End()
}

func decodeQosMap(d *wire.Decoder) map[uint32]uint32 {
	qos := map[uint32]uint32{}
	n := d.Nested()
	for n.Next() {
		if n.Type() == uapi.IFLA_VLAN_QOS_MAPPING {
			var m uapi.IflaVlanQosMapping
			m.Decode(n.Data())
			qos[m.From] = m.To
		}
	}
	d.Fail(n.Err())
	return qos
}

var vlanKind = LinkKind{
	Name:  "vlan",
	links: linksOf[Vlan, *Vlan]{},
	Data: []desc.Field{
		{Type: uapi.IFLA_VLAN_PROTOCOL, Key: "protocol", Form: desc.VlanProtocol},
		{Type: uapi.IFLA_VLAN_ID, Key: "id", Form: desc.U16, Usage: "VLANID"},
		{Type: uapi.IFLA_VLAN_FLAGS, Key: "flags", Word: "reorder_hdr", Usage: "{ on | off }",
			Words: []string{"gvrp", "mvrp", "loose_binding", "bridge_binding"},
			Show:  showVlanFlags, Read: readVlanFlag},
		{Type: uapi.IFLA_VLAN_INGRESS_QOS, Key: "ingress_qos", Word: "ingress-qos-map", Form: qosMap},
		{Type: uapi.IFLA_VLAN_EGRESS_QOS, Key: "egress_qos", Word: "egress-qos-map", Form: qosMap},
	},
}

func showVlanFlags(p *desc.Printer, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofIflaVlanFlags {
		return
	}
	var flags uapi.IflaVlanFlags
	flags.Decode(b)
	p.Array("flags")
	sep := "<"
	for _, f := range new(Vlan).flags() {
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
func readVlanFlag(in *desc.Args, e *wire.Encoder) error {
	word := in.Last()
	on, err := in.OnOff(word)
	if err != nil {
		return err
	}
	var flags uapi.IflaVlanFlags
	b := in.Written(e, uapi.IFLA_VLAN_FLAGS)
	flags.Decode(b)
	for _, f := range new(Vlan).flags() {
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

// qosMap is a map of priorities, FROM:TO as often as wanted.
var qosMap = desc.Form{
	Usage: "FROM:TO ...",
	Show: func(p *desc.Printer, f *desc.Field, b []byte) {
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
	},
	Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
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
	},
}
