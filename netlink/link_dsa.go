package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Dsa is the port of a switch chip. Its driver makes it; the link that it is reached by can be changed (Linux 6.1).
type Dsa struct {
	LinkAttrs
	Conduit uint32 // index of that link; 0 is unset
}

// Attrs returns the attributes that all kinds have.
func (d *Dsa) Attrs() *LinkAttrs { return &d.LinkAttrs }

// Type returns "dsa".
func (d *Dsa) Type() string { return "dsa" }

func (d *Dsa) attrs(c *attr.Codec) { attr.U32(c, uapi.IFLA_DSA_CONDUIT|attr.IfSet, &d.Conduit) }

func (*Dsa) describe() desc.Kind { return desc.Kind{Fields: dsaFields, Exact: true, Help: dsaHelp} }

var dsaFields = []desc.Field{
	{Type: uapi.IFLA_DSA_CONDUIT, Key: "conduit", Usage: "DEVICE", Form: desc.Device, Read: readDsaConduit},
}

func readDsaConduit(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	index, err := in.LinkIndex(word)
	if err != nil {
		return desc.Wrong(word, "Device does not exist\n")
	}
	e.Uint32(f.Type, uint32(index))
	return nil
}

var dsaHelp = [][2]string{
	{"conduit", "the link of the host that carries the packets of this port of a switch"},
}
