package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Vrf is a device for virtual routing and forwarding: its ports look routes up in
// the table Table. ip link add DEV type vrf table TABLE.
type Vrf struct {
	LinkAttrs
	Table uint32 // is to be given
}

// Attrs returns the attributes that all kinds have.
func (v *Vrf) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vrf".
func (v *Vrf) Type() string { return "vrf" }

func (v *Vrf) attrs(c *attr.Codec) { attr.U32(c, uapi.IFLA_VRF_TABLE, &v.Table) }

func (*Vrf) describe() desc.Kind { return desc.Kind{Fields: vrfFields, Help: vrfHelp} }

var vrfFields = []desc.Field{
	{Type: uapi.IFLA_VRF_TABLE, Key: "table", Form: desc.U32, Usage: "TABLEID", Read: readVrfTable},
}

func readVrfTable(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	table, ok := in.Names.TableNumber(word)
	if !ok {
		return desc.Wrong(word, "invalid table ID\n")
	}
	e.Uint32(f.Type, table)
	return nil
}

var vrfHelp = [][2]string{
	{"table", "the routing table that packets of its ports use"},
}
