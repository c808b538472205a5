package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Vxcan is one end of a pair of CAN devices: ip link add DEV type vxcan peer name PEER. Frames sent on one come in on
// the other, which may be in another namespace. The fields of the other end are for LinkAdd and are never read.
type Vxcan struct {
	LinkAttrs
	PeerName      string      // "" lets the kernel choose
	PeerNamespace interface{} // where to make it: NsPid, NsFd or netns.NsHandle; nil: beside this end
}

// Attrs returns the attributes that all kinds have.
func (v *Vxcan) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vxcan".
func (v *Vxcan) Type() string { return "vxcan" }

// attrs has none: that of the other end is sent by encodeRest.
func (v *Vxcan) attrs(*attr.Codec) {}

// encodeRest sends the other end in the form of a message about a link.
func (v *Vxcan) encodeRest(e *wire.Encoder) {
	if v.PeerName == "" && v.PeerNamespace == nil {
		return
	}
	e.Nest(uapi.VXCAN_INFO_PEER)
	new(uapi.Ifinfomsg).Put(e.Raw(uapi.SizeofIfinfomsg))
	if v.PeerName != "" {
		e.Fail(checkLinkName(v.PeerName))
		e.String(uapi.IFLA_IFNAME, v.PeerName)
	}
	if v.PeerNamespace != nil {
		encodeNamespace(e, v.PeerNamespace)
	}
	e.End()
}

func (*Vxcan) describe() desc.Kind { return desc.Kind{Fields: vxcanFields, Help: vxcanHelp} }

var vxcanFields = []desc.Field{
	{Type: uapi.VXCAN_INFO_PEER, Word: "peer", Usage: "LINK_OPTIONS", Exact: true, Read: readPeerLink},
}

var vxcanHelp = [][2]string{
	{"peer", "the other end: name NAME, and what links of any kind may have"},
}
