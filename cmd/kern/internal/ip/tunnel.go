package ip

import (
	"encoding/binary"
	"errors"
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func tunnelUsage() string {
	return `
tunnel { add | change | del | show } [ [ name ] NAME ] [ mode MODE ] [ remote ADDR ] [ local ADDR ]
       [ dev PHYS_DEV ] [ ttl TTL ] [ tos TOS ] [ { seq | iseq | oseq } ]
       [ { key | ikey | okey } KEY ] [ { csum | icsum | ocsum } ] [ { pmtudisc | nopmtudisc } ]
       [ encaplimit ELIM ] [ flowlabel FLOWLABEL ] [ dscp inherit ]
       [ { allow-localremote | noallow-localremote } ]
tunnel prl dev PHYS_DEV { prl-default ADDR | prl-nodefault ADDR | prl-delete ADDR }
tunnel 6rd dev PHYS_DEV { [ 6rd-prefix PREFIX ] [ 6rd-relay_prefix PREFIX ] | 6rd-reset }
MODE := { gre | ipip | isatap | sit | vti | ip6gre | ip6ip6 | ipip6 | vti6 | any }
ADDR := { IP_ADDRESS | any }
TTL := { 0..255 | inherit }
TOS := { STRING | 00..ff | inherit | inherit/STRING | inherit/00..ff }
KEY := { DOTTED_QUAD | NUMBER }
ELIM := { none | 0..255 }
FLOWLABEL := { 0x0..0xfffff | inherit }
`
}

func explainTunnel() [][2]string {
	return [][2]string{
		{"add, change, del", "make a tunnel; give it other values, those that are not named stay; delete it"},
		{"show", "list tunnels of one family; -6 are those over IPv6"},
		{"name", "the tunnel"},
		{"mode", "what is inside, and which protocol carries it; NAME decides where it begins with a mode over IPv4"},
		{"isatap", "mode: IPv6 over IPv4, whose hosts find the router by a list"},
		{"ip6ip6, ipip6", "mode: IPv6, IPv4 over IPv6"},
		{"any", "mode: all that IPv6 can carry; of an address: none"},
		{"remote, local", "the outer addresses"},
		{"dev", "the link that the outer packets go by"},
		{"ttl", "the hop limit of outer packets"},
		{"tos", "their TOS byte, or traffic class"},
		{"inherit", "that of the packet inside"},
		{"seq, iseq, oseq", "numbers of sequence, both ways; required; sent"},
		{"key, ikey, okey", "the key, both ways; of what comes; of what is sent"},
		{"csum, icsum, ocsum", "checksums, both ways; required; sent"},
		{"pmtudisc, nopmtudisc", "outer IPv4 packets are never split, so that the path's MTU is found; the packet inside " +
			"decides"},
		{"encaplimit", "how often outer packets may be put into further tunnels"},
		{"flowlabel", "the flow label of outer packets"},
		{"dscp", "packets inside get the code point of the outer ones on arrival"},
		{"allow-localremote, noallow-localremote", "the remote address may be one of this host; it may not"},
		{"prl", "the list of possible routers of an isatap tunnel"},
		{"prl-default, prl-nodefault, prl-delete", "a router for the default route; one that is not; take one out"},
		{"6rd, 6rd-prefix", "the IPv6 prefix whose addresses hold those of the IPv4 hosts"},
		{"6rd-relay_prefix", "what these IPv4 addresses have in common, and the IPv6 ones leave out"},
		{"6rd-reset", "2002::/16, as 6to4 has it"},
	}
}

// runTunnel is about tunnels that are made by ioctl(2) on the first device of their kind.
func runTunnel(c *cli.Command) error {
	c.Object = "tunnel"
	help := "tunnel help\""
	verbs := []cli.Verb{
		{Name: "add", Run: func(c *cli.Command) error { return makeTunnel4(c, uapi.SIOCADDTUNNEL) }},
		{Name: "change", Run: func(c *cli.Command) error { return makeTunnel4(c, uapi.SIOCCHGTUNNEL) }},
		{Name: "delete", Run: deleteTunnel4},
		{Name: "show", Run: listTunnels4},
		{Name: "lst", Run: listTunnels4},
		{Name: "list", Run: listTunnels4},
		{Name: "prl", Run: changePRL},
		{Name: "6rd", Run: change6rd},
	}
	switch family := tunnelFamily(c); family {
	case uapi.AF_INET:
	case uapi.AF_INET6:
		help = "-f inet6 tunnel help\"."
		verbs = []cli.Verb{
			{Name: "add", Run: func(c *cli.Command) error { return makeTunnel6(c, uapi.SIOCADDTUNNEL) }},
			{Name: "change", Run: func(c *cli.Command) error { return makeTunnel6(c, uapi.SIOCCHGTUNNEL) }},
			{Name: "delete", Run: deleteTunnel6},
			{Name: "show", Run: listTunnels6},
			{Name: "lst", Run: listTunnels6},
			{Name: "list", Run: listTunnels6},
		}
	default:
		return cli.Exit(cli.StatusUsage, "Unsupported protocol family: %d", family)
	}
	none := verbs[3].Run
	err := c.Choose(none, verbs...)
	if unknown, ok := errors.AsType[*cli.UnknownError](err); ok {
		return cli.Exit(cli.StatusUsage, "Command \"%s\" is unknown, try \"%s %s", unknown.Word, c.Name, help)
	}
	return err
}

// tunnelFamily is the family of the outer packets: that of the first mode that is named, else the one asked for.
func tunnelFamily(c *cli.Command) int {
	if at := slices.Index(c.Rest, "mode"); at >= 0 && at+1 < len(c.Rest) {
		if _, ok := tunnelMode6(c.Rest[at+1]); ok {
			return uapi.AF_INET6
		}
	}
	if c.Family == uapi.AF_UNSPEC {
		return uapi.AF_INET
	}
	return c.Family
}

// tunnelBytes are enough for what the kernel writes of a tunnel, whichever sort it is of.
const tunnelBytes = 128

// flag16 is a flag that the kernel's headers have in the machine's byte order although the field is in that of the
// network.
func flag16(v uint16) uint16 {
	var b [2]byte
	native.PutUint16(b[:], v)
	return binary.BigEndian.Uint16(b[:])
}

// askTunnel has the kernel overwrite what is in data by the tunnel.
func askTunnel(c *cli.Command, family int, dev string, data []byte) error {
	if err := tunnelIoctl(c, family, uapi.SIOCGETTUNNEL, dev, data); err != nil {
		return tunnelFailed(err, "get tunnel \"%s\" failed: %s", dev)
	}
	return nil
}

// changeTunnel makes or changes a tunnel (SIOCADDTUNNEL, SIOCCHGTUNNEL).
func changeTunnel(c *cli.Command, family int, cmd uint32, base, name string, data []byte) error {
	dev := base
	if cmd == uapi.SIOCCHGTUNNEL && name != "" {
		dev = name
	}
	err := tunnelIoctl(c, family, cmd, dev, data)
	c.ForgetLinks()
	return tunnelFailed(err, "add tunnel \"%s\" failed: %s", dev)
}

// deleteTunnel deletes a tunnel by its name, or by its values.
func deleteTunnel(c *cli.Command, family int, base, name string, data []byte) error {
	dev := base
	if name != "" {
		dev = name
	}
	err := tunnelIoctl(c, family, uapi.SIOCDELTUNNEL, dev, data)
	c.ForgetLinks()
	return tunnelFailed(err, "delete tunnel \"%s\" failed: %s", dev)
}

func tunnelFailed(err error, format, dev string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*cli.ExitError](err); ok {
		return err
	}
	return cli.Exit(cli.StatusFailed, format, dev, cli.Cause(err))
}

// ofTunnels reports whether links of the type are tunnels over the family.
func ofTunnels(family int, typ uint16) bool {
	if family == uapi.AF_INET6 {
		return typ == uapi.ARPHRD_TUNNEL6 || typ == uapi.ARPHRD_IP6GRE
	}
	return typ == uapi.ARPHRD_TUNNEL || typ == uapi.ARPHRD_IPGRE || typ == uapi.ARPHRD_SIT
}

// needTunnel fails where a link is something else, of which the kernel writes other structures.
func needTunnel(c *cli.Command, family int, dev string) error {
	if info := c.LinkNamed(dev); info != nil && !ofTunnels(family, info.Type) {
		return desc.Wrong(dev, "\"name\" is not an ip tunnel")
	}
	return nil
}

// tunnelGRE are the parts that both families have.
type tunnelGRE struct {
	iFlags, oFlags *uint16
	iKey, oKey     *uint32
}

// next takes one of the words about keys, sequences and checksums; it is false where the next is another.
func (g tunnelGRE) next(c *cli.Command) (bool, error) {
	in, out := true, true
	switch word := c.Peek(); word {
	case "ikey", "iseq", "icsum":
		out = false
	case "okey", "oseq", "ocsum":
		in = false
	case "key", "seq", "csum":
	default:
		return false, nil
	}
	word, err := c.Next()
	if err != nil {
		return true, err
	}
	var flag uint16
	var key uint32
	switch word[len(word)-3:] {
	case "key":
		flag = uapi.GRE_KEY
		if key, err = nextTunnelKey(c, word); err != nil {
			return true, err
		}
	case "seq":
		flag = uapi.GRE_SEQ
	default:
		flag = uapi.GRE_CSUM
	}
	if in {
		*g.iFlags |= flag
	}
	if out {
		*g.oFlags |= flag
	}
	if flag == uapi.GRE_KEY {
		if in {
			*g.iKey = key
		}
		if out {
			*g.oKey = key
		}
	}
	return true, nil
}

// nextTunnelName takes the name, which may stand behind "name". old is the one that was given before.
func nextTunnelName(c *cli.Command, old string) (string, error) {
	if !c.Take("name") && c.HelpAsked() {
		return "", c.ShowUsage()
	}
	if old != "" {
		word, err := c.Next()
		if err == nil {
			err = cli.Garbage("name", word)
		}
		return "", err
	}
	return nextIfname(c, "\"name\" not a valid ifname")
}
