package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Amt is a tunnel for multicast where the network between has none (RFC 7450): ip link add DEV type amt (Linux 5.16).
// There is no changing it. 0 is unset, but for Mode.
type Amt struct {
	LinkAttrs
	Mode        uint32 // AMT_MODE_GATEWAY 0, AMT_MODE_RELAY 1
	RelayPort   uint16 // UDP, 2268 by default
	GatewayPort uint16 // UDP, 2268 by default
	Link        uint32 // index of the link to send by
	Local       net.IP // IPv4
	Discovery   net.IP // where a gateway looks for relays
	MaxTunnels  uint32 // of a relay
	Remote      net.IP // the relay that a gateway found, only read
}

// Attrs returns the attributes that all kinds have.
func (a *Amt) Attrs() *LinkAttrs { return &a.LinkAttrs }

// Type returns "amt".
func (a *Amt) Type() string { return "amt" }

func (a *Amt) attrs(c *attr.Codec) {
	attr.U32(c, uapi.IFLA_AMT_MODE, &a.Mode)
	attr.BE16(c, uapi.IFLA_AMT_RELAY_PORT|attr.IfSet, &a.RelayPort)
	attr.BE16(c, uapi.IFLA_AMT_GATEWAY_PORT|attr.IfSet, &a.GatewayPort)
	attr.U32(c, uapi.IFLA_AMT_LINK|attr.IfSet, &a.Link)
	attr.IP4(c, uapi.IFLA_AMT_LOCAL_IP, &a.Local)
	attr.IP4(c, uapi.IFLA_AMT_DISCOVERY_IP, &a.Discovery)
	attr.U32(c, uapi.IFLA_AMT_MAX_TUNNELS|attr.IfSet, &a.MaxTunnels)
	attr.IP4(c, uapi.IFLA_AMT_REMOTE_IP|attr.ReadOnly, &a.Remote)
}

// silent is the relay that was found.
func (*Amt) silent() []uint16 { return amtSilent }

var amtSilent = []uint16{uapi.IFLA_AMT_REMOTE_IP}

func (*Amt) describe() desc.Kind { return desc.Kind{Fields: amtFields, Exact: true, Help: amtHelp} }

var amtFields = []desc.Field{
	{Type: uapi.IFLA_AMT_MODE, Key: "mode", Names: amtModes, Show: showAmtMode, Read: readAmtMode},
	{Type: uapi.IFLA_AMT_GATEWAY_PORT, Key: "gateway_port", Form: desc.BE16, Usage: "PORT"},
	{Type: uapi.IFLA_AMT_RELAY_PORT, Key: "relay_port", Form: desc.BE16, Usage: "PORT"},
	{Type: uapi.IFLA_AMT_LOCAL_IP, Key: "local", Form: desc.Address, Usage: "ADDR", Show: showAmtAddr, Read: readAmtAddr},
	{Type: uapi.IFLA_AMT_REMOTE_IP, Key: "remote", Form: desc.Address, Show: showAmtAddr, ReadOnly: true},
	{Type: uapi.IFLA_AMT_DISCOVERY_IP, Key: "discovery", Form: desc.Address, Usage: "ADDR", Show: showAmtAddr,
		Read: readAmtAddr},
	{Type: uapi.IFLA_AMT_LINK, Key: "link", Word: "dev", Form: desc.Device, Usage: "PHYS_DEV"},
	{Type: uapi.IFLA_AMT_MAX_TUNNELS, Key: "max_tunnels", Form: desc.U32, Usage: "NUMBER"},
}

var amtModes = []string{uapi.AMT_MODE_GATEWAY: "gateway", uapi.AMT_MODE_RELAY: "relay"}

func showAmtMode(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str("mode", "%s ", desc.NumberName(amtModes, uint64(native.Uint32(b))))
	}
}

func readAmtMode(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for mode, name := range amtModes {
		if name == word {
			e.Uint32(f.Type, uint32(mode))
			return nil
		}
	}
	return desc.Invalid("mode", word)
}

func showAmtAddr(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Str(f.Key, f.Key+" %s ", p.Addr(b))
	}
}

func readAmtAddr(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	if in.Written(e, f.Type) != nil {
		return desc.Duplicate(f.Key, word)
	}
	a, err := desc.ParseAddr(word, uapi.AF_INET)
	if err == nil && a.IsValid() {
		e.Addr(f.Type, a)
	}
	return err
}

var amtHelp = [][2]string{
	{"mode", "gateway: the receivers' end; relay: the sources' end"},
	{"gateway_port", "the UDP port of gateways"},
	{"relay_port", "the UDP port of relays, 2268 by default"},
	{"local", "the address that packets are sent from"},
	{"discovery", "the address at which a gateway looks for relays"},
	{"dev", "the link that packets leave by"},
	{"max_tunnels", "how many gateways a relay serves"},
}
