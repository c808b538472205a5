package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BatAdv is a mesh of B.A.T.M.A.N. advanced, whose ports are the links that it goes over: ip link add DEV type batadv.
type BatAdv struct {
	LinkAttrs
	RoutingAlgo string // ra: "BATMAN_IV", "BATMAN_V"; "" is unset. It is never read.
}

// Attrs returns the attributes that all kinds have.
func (b *BatAdv) Attrs() *LinkAttrs { return &b.LinkAttrs }

// Type returns "batadv".
func (b *BatAdv) Type() string { return "batadv" }

func (b *BatAdv) attrs(c *attr.Codec) {
	attr.String(c, uapi.IFLA_BATADV_ALGO_NAME|attr.IfSet|attr.WriteOnly, &b.RoutingAlgo)
}

func (*BatAdv) describe() desc.Kind { return desc.Kind{Fields: batadvFields, Help: batadvHelp} }

var batadvFields = []desc.Field{
	{Type: uapi.IFLA_BATADV_ALGO_NAME, Word: "ra", Usage: "{ BATMAN_IV | BATMAN_V }", Read: readBatAdvAlgo},
}

func readBatAdvAlgo(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err == nil {
		e.String(f.Type, word)
	}
	return err
}

var batadvHelp = [][2]string{
	{"ra", "the routing algorithm"},
}
