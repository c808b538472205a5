package netlink

import (
	"math"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// GTP is a tunnel endpoint of mobile networks' user data (3GPP TS 29.281): ip link add DEV type gtp role ROLE. Its
// sockets are those of FD0 and FD1, or made by the kernel with CreateSockets. It lives as long as they do.
type GTP struct {
	LinkAttrs
	FD0         int // UDP socket of GTPv0, port 3386; never read
	FD1         int // UDP socket of GTPv1-U, port 2152; never read
	Role        int // GTP_ROLE_GGSN 0, GTP_ROLE_SGSN 1
	PDPHashsize int // of the tables of contexts; 0: 131072

	CreateSockets bool   // the kernel makes the sockets, FD0 and FD1 are not sent (Linux 5.18)
	Local         net.IP // of the sockets that the kernel makes, an IPv4 or IPv6 address (Linux 6.11)
	RestartCount  uint8  // restart_count, which peers that ask learn; 0 is unset (Linux 5.18)
}

// Attrs returns the attributes that all kinds have.
func (g *GTP) Attrs() *LinkAttrs { return &g.LinkAttrs }

// Type returns "gtp".
func (g *GTP) Type() string { return "gtp" }

// gtpHashsize is the size of tables that programs get who ask for none.
const gtpHashsize = 1 << 17

func (g *GTP) attrs(c *attr.Codec) {
	size := g.PDPHashsize
	if size == 0 {
		size = gtpHashsize
	}
	if !c.Encoding() || !g.CreateSockets {
		attr.IntU32(c, uapi.IFLA_GTP_FD0|attr.WriteOnly, &g.FD0, "FD0", math.MaxInt32)
		attr.IntU32(c, uapi.IFLA_GTP_FD1|attr.WriteOnly, &g.FD1, "FD1", math.MaxInt32)
	}
	attr.Bool(c, uapi.IFLA_GTP_CREATE_SOCKETS|attr.IfSet|attr.WriteOnly, &g.CreateSockets)
	attr.IntU32(c, uapi.IFLA_GTP_PDP_HASHSIZE, &size, "PDP hash size", math.MaxInt32)
	if c.Decoding() {
		g.PDPHashsize = size
	}
	attr.IntU32(c, uapi.IFLA_GTP_ROLE|attr.IfSet, &g.Role, "role", math.MaxInt32)
	attr.IP46(c, uapi.IFLA_GTP_LOCAL|attr.WriteOnly, uapi.IFLA_GTP_LOCAL6|attr.WriteOnly, &g.Local)
	attr.U8(c, uapi.IFLA_GTP_RESTART_COUNT|attr.IfSet, &g.RestartCount)
}

func (*GTP) describe() desc.Kind {
	return desc.Kind{Fields: gtpFields, Complete: completeGTP, Exact: true, Help: gtpHelp}
}

var gtpFields = []desc.Field{
	{Type: uapi.IFLA_GTP_ROLE, Key: "role", Usage: "{ sgsn | ggsn }", Show: showGTPRole, Read: readGTPRole},
	{Type: uapi.IFLA_GTP_PDP_HASHSIZE, Key: "hsize", Form: desc.U32, Usage: "HSIZE", Read: readGTPHashsize},
	{Type: uapi.IFLA_GTP_RESTART_COUNT, Key: "restart_count", Form: desc.U8, Usage: "RESTART_COUNT",
		Read: readGTPRestarts},
	{Type: uapi.IFLA_GTP_FD0, ReadOnly: true}, // of LinkAdd only, as the rest
	{Type: uapi.IFLA_GTP_FD1, ReadOnly: true},
	{Type: uapi.IFLA_GTP_CREATE_SOCKETS, ReadOnly: true},
	{Type: uapi.IFLA_GTP_LOCAL, ReadOnly: true},
	{Type: uapi.IFLA_GTP_LOCAL6, ReadOnly: true},
}

// completeGTP adds that the kernel makes the sockets, and the size of tables that ip has.
func completeGTP(in *desc.Args, e *wire.Encoder, _ bool) error {
	if in.Written(e, uapi.IFLA_GTP_ROLE) == nil {
		return &desc.UsageError{Text: "gtp: role of the gtp device was not specified", Status: 1}
	}
	e.Uint8(uapi.IFLA_GTP_CREATE_SOCKETS, 1)
	if in.Written(e, uapi.IFLA_GTP_PDP_HASHSIZE) == nil {
		e.Uint32(uapi.IFLA_GTP_PDP_HASHSIZE, 1024)
	}
	return nil
}

var gtpRoles = []string{uapi.GTP_ROLE_GGSN: "ggsn", uapi.GTP_ROLE_SGSN: "sgsn"}

func showGTPRole(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str("role", "role %s ", desc.NumberName(gtpRoles, uint64(native.Uint32(b))))
	}
}

func readGTPRole(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	if in.Written(e, f.Type) != nil {
		return desc.Duplicate("role", word)
	}
	for role, name := range gtpRoles {
		if name == word {
			e.Uint32(f.Type, uint32(role))
			return nil
		}
	}
	return desc.Wrong(word, "invalid role, use sgsn or ggsn")
}

func readGTPHashsize(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(32, "invalid PDP hash size")
	switch {
	case err != nil:
		return err
	case in.Written(e, f.Type) != nil:
		return desc.Duplicate("hsize", in.Last())
	case v >= gtpHashsize:
		return desc.Wrong(in.Last(), "PDP hash size too big")
	}
	e.Uint32(f.Type, uint32(v))
	return nil
}

func readGTPRestarts(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(8, "invalid restart_count")
	if err == nil && in.Written(e, f.Type) != nil {
		err = desc.Duplicate("restart_count", in.Last())
	}
	e.Uint8(f.Type, uint8(v))
	return err
}

var gtpHelp = [][2]string{
	{"role", "the end of the tunnel: sgsn towards the radio network, ggsn towards others"},
	{"hsize", "the size of the hash table of PDP contexts"},
	{"restart_count", "the counter of restarts that peers learn, 0 to 255"},
}
