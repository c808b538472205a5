package ip

import (
	"fmt"
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// The parts of the first word of an IPv6 header (RFC 8200, 3).
const (
	flowTclass      = 0x0ff00000
	flowTclassShift = 20
	flowLabel       = 0x000fffff
)

// defaultHopLimit is that of tunnels over IPv6 that ip makes.
const defaultHopLimit = 64

// tunnel6 is a tunnel over IPv6.
type tunnel6 struct {
	uapi.Ip6TnlParm2
	dev string // the link that was named
}

func (t *tunnel6) name() string { return cli.Text(t.Name[:]) }

// bytes are those of the structure, with room for what the kernel answers.
func (t *tunnel6) bytes() []byte {
	b := make([]byte, tunnelBytes)
	t.Put(b)
	return b
}

// ask has the kernel replace the tunnel's values by those of a link.
func (t *tunnel6) ask(c *cli.Command, dev string) error {
	b := t.bytes()
	if err := askTunnel(c, uapi.AF_INET6, dev, b); err != nil {
		return err
	}
	if err := needTunnel(c, uapi.AF_INET6, dev); err != nil {
		return err
	}
	t.Decode(b)
	return nil
}

// base is the first device of the tunnel's kind.
func (t *tunnel6) base() string {
	switch {
	case t.Proto == uapi.IPPROTO_GRE:
		return "ip6gre0"
	case t.IFlags&flag16(uapi.VTI_ISVTI) != 0:
		return "ip6_vti0"
	}
	return "ip6tnl0"
}

// tunnelMode6 is the protocol of a mode over IPv6, 0 for all.
func tunnelMode6(word string) (protocol uint8, ok bool) {
	switch word {
	case "ipv6/ipv6", "ip6ip6", "vti6":
		return uapi.IPPROTO_IPV6, true
	case "ip/ipv6", "ipv4/ipv6", "ipip6", "ip4ip6":
		return uapi.IPPROTO_IPIP, true
	case "ip6gre", "gre/ipv6":
		return uapi.IPPROTO_GRE, true
	case "any/ipv6", "any":
		return 0, true
	}
	return 0, false
}

// read takes the words of a tunnel. The words that change one begin with its name.
func (t *tunnel6) read(c *cli.Command, change bool) error {
	for first := true; c.More(); first = false {
		named := t.name()
		if err := t.next(c); err != nil {
			return err
		}
		if name := t.name(); change && first && name != named {
			if err := t.ask(c, name); err != nil {
				return err
			}
		}
	}
	if t.dev != "" {
		index, err := c.IndexOf(t.dev)
		if err != nil {
			return err
		}
		t.Link = int32(index)
	}
	return nil
}

// set sets or clears a flag (IP6_TNL_F_…).
func (t *tunnel6) set(flag uint32, on bool) {
	if t.Flags &^= flag; on {
		t.Flags |= flag
	}
}

func (t *tunnel6) next(c *cli.Command) error {
	gre := tunnelGRE{&t.IFlags, &t.OFlags, &t.IKey, &t.OKey}
	if ok, err := gre.next(c); ok {
		return err
	}
	var n uint64
	var err error
	switch {
	case c.Take("mode"):
		return t.nextMode(c)
	case c.Take("remote"):
		t.Raddr, err = nextTunnelAddr6(c)
	case c.Take("local"):
		t.Laddr, err = nextTunnelAddr6(c)
	case c.Take("dev"):
		t.dev, err = c.Next()
	case c.Take("encaplimit"):
		none := c.Take("none")
		t.set(uapi.IP6_TNL_F_IGN_ENCAP_LIMIT, none)
		if !none {
			n, err = c.Uint(8, "invalid ELIM")
			t.EncapLimit = uint8(n)
		}
	case c.Take("hoplimit", "ttl", "hlim"):
		n, err = c.Uint(8, "invalid TTL")
		t.HopLimit = uint8(n)
	case c.Take("tclass", "tc", "tos"), c.TakeAbbr("dsfield"):
		return t.nextFlow(c, flowTclass, flowTclassShift, uapi.IP6_TNL_F_USE_ORIG_TCLASS, "invalid TClass")
	case c.Take("flowlabel", "fl"):
		return t.nextFlow(c, flowLabel, 0, uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL, "invalid Flowlabel")
	case c.Take("dscp"):
		word, err := c.Next()
		if err == nil && word != "inherit" {
			err = desc.Wrong(word, "not inherit")
		}
		t.set(uapi.IP6_TNL_F_RCV_DSCP_COPY, true)
		return err
	case c.Take("allow-localremote"):
		t.set(uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE, true)
	case c.Take("noallow-localremote"):
		t.set(uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE, false)
	default:
		var name string
		name, err = nextTunnelName(c, t.name())
		copy(t.Name[:], name)
	}
	return err
}

func (t *tunnel6) nextMode(c *cli.Command) error {
	mode, err := c.Next()
	if err != nil {
		return err
	}
	protocol, ok := tunnelMode6(mode)
	if !ok {
		return cli.Exit(cli.StatusUsage, "Unknown tunnel mode \"%s\"", mode)
	}
	if t.Proto = protocol; mode == "vti6" {
		t.IFlags |= flag16(uapi.VTI_ISVTI)
	}
	return nil
}

// nextFlow takes the traffic class or the flow label: a number in hexadecimal, or "inherit".
func (t *tunnel6) nextFlow(c *cli.Command, mask uint32, shift int, inherit uint32, why string) error {
	t.Flowinfo &^= mask
	if c.Take("inherit") {
		t.set(inherit, true)
		return nil
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	n, err := desc.ParseHex(word, 32)
	if err != nil || n > uint64(mask>>shift) {
		return desc.Wrong(word, why)
	}
	t.set(inherit, false)
	t.Flowinfo |= uint32(n) << shift
	return nil
}

func nextTunnelAddr6(c *cli.Command) (b uapi.In6Addr, err error) {
	a, err := c.NextAddr(uapi.AF_INET6)
	if err == nil && a.IsValid() {
		b = a.As16()
	}
	return b, err
}

// newTunnel6 is a tunnel with the values of those that no word names.
func newTunnel6() *tunnel6 {
	return &tunnel6{Ip6TnlParm2: uapi.Ip6TnlParm2{
		Proto: uapi.IPPROTO_IPV6, HopLimit: defaultHopLimit, EncapLimit: uapi.IPV6_DEFAULT_TNL_ENCAP_LIMIT,
	}}
}

// makeTunnel6 is "-6 tunnel add" and "-6 tunnel change".
func makeTunnel6(c *cli.Command, cmd uint32) error {
	t := newTunnel6()
	if err := t.read(c, cmd == uapi.SIOCCHGTUNNEL); err != nil {
		return err
	}
	if t.name() == "" {
		fmt.Fprintln(c.Stderr, "Tunnel interface name not specified") // the kernel chooses one
	}
	return changeTunnel(c, uapi.AF_INET6, cmd, t.base(), t.name(), t.bytes())
}

// deleteTunnel6 is "-6 tunnel del".
func deleteTunnel6(c *cli.Command) error {
	t := newTunnel6()
	if err := t.read(c, false); err != nil {
		return err
	}
	return deleteTunnel(c, uapi.AF_INET6, t.base(), t.name(), t.bytes())
}

// listTunnels6 is "-6 tunnel show".
func listTunnels6(c *cli.Command) error {
	want := &tunnel6{}
	if err := want.read(c, false); err != nil {
		return err
	}
	if name := want.name(); name != "" && c.Stats == 0 {
		if err := want.ask(c, name); err != nil {
			return err
		}
		return c.Array(func() error {
			want.show(c, nil)
			return nil
		})
	}
	return eachTunnel(c, uapi.AF_INET6, want.name(), func(l *linkMessage) {
		t := &tunnel6{}
		t.Proto, t.Link, t.Name = uapi.IPPROTO_IPV6, l.ifi.Index, want.Name
		if l.ifi.Type == uapi.ARPHRD_IP6GRE {
			t.Proto = uapi.IPPROTO_GRE
		}
		b := t.bytes()
		if err := askTunnel(c, uapi.AF_INET6, l.name, b); err != nil {
			fmt.Fprintln(c.Stderr, err)
			return
		}
		if t.Decode(b); want.allows(t) {
			t.show(c, l)
		}
	})
}

// allows reports whether a tunnel has the values that are wanted.
func (t *tunnel6) allows(has *tunnel6) bool {
	address := func(want, has uapi.In6Addr) bool { return want == uapi.In6Addr{} || want == has }
	flow := func(mask uint32) bool { return t.Flowinfo&mask == 0 || (t.Flowinfo^has.Flowinfo)&mask == 0 }
	return (t.Link == 0 || t.Link == has.Link) && address(t.Laddr, has.Laddr) && address(t.Raddr, has.Raddr) &&
		(t.Proto == 0 || has.Proto == 0 || t.Proto == has.Proto) &&
		(t.EncapLimit == 0 || t.EncapLimit == has.EncapLimit) && (t.HopLimit == 0 || t.HopLimit == has.HopLimit) &&
		flow(flowTclass) && flow(flowLabel) && (t.Flags == 0 || t.Flags&has.Flags != 0)
}

// addr6 is an address as text.
func addr6(b uapi.In6Addr) string { return desc.AddrText(netip.AddrFrom16(b)) }
