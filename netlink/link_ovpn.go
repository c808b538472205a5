package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Ovpn is a device of OpenVPN, whose peers and keys come by generic netlink: ip link add DEV type ovpn (Linux 6.16).
type Ovpn struct {
	LinkAttrs
	Mode uint8 // OVPN_MODE_P2P 0: one peer, OVPN_MODE_MP 1: many; there is no changing it
}

// Attrs returns the attributes that all kinds have.
func (o *Ovpn) Attrs() *LinkAttrs { return &o.LinkAttrs }

// Type returns "ovpn".
func (o *Ovpn) Type() string { return "ovpn" }

func (o *Ovpn) attrs(c *attr.Codec) { attr.U8(c, uapi.IFLA_OVPN_MODE, &o.Mode) }

func (*Ovpn) describe() desc.Kind { return desc.Kind{Fields: ovpnFields, Help: ovpnHelp} }

var ovpnFields = []desc.Field{
	{Type: uapi.IFLA_OVPN_MODE, Key: "mode", Form: desc.Enum8, Names: ovpnModes, Read: readOvpnMode},
}

var ovpnModes = []string{uapi.OVPN_MODE_P2P: "p2p", uapi.OVPN_MODE_MP: "mp"}

func readOvpnMode(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for mode, name := range f.Names {
		if name == word {
			e.Uint8(f.Type, uint8(mode))
			return nil
		}
	}
	return &desc.UsageError{Text: fmt.Sprintf(`Error: argument of "mode" must be one of "p2p", "mp", not %q`, word),
		Status: 1}
}

var ovpnHelp = [][2]string{
	{"mode", "p2p: one peer; mp: several, found by their addresses in the tunnel"},
}
