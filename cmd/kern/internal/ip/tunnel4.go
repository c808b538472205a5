package ip

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Where an IPv4 header has its fields (RFC 791, 3.1).
const (
	ipv4Version  = 0 // and the number of its words
	ipv4TOS      = 1
	ipv4Flags    = 6 // and the offset of the fragment
	ipv4TTL      = 8
	ipv4Protocol = 9
	ipv4Source   = 12
	ipv4Dest     = 16

	ipv4NoOptions = 0x45 // version 4 and 5 words
)

// tunnel4 is a tunnel over IPv4.
type tunnel4 struct {
	uapi.IpTunnelParm
	isatap bool   // the words ask for it
	dev    string // the link that was named
}

func (t *tunnel4) name() string       { return cli.Text(t.Name[:]) }
func (t *tunnel4) protocol() uint8    { return t.Iph[ipv4Protocol] }
func (t *tunnel4) remote() []byte     { return t.Iph[ipv4Dest : ipv4Dest+4] }
func (t *tunnel4) local() []byte      { return t.Iph[ipv4Source : ipv4Source+4] }
func (t *tunnel4) isVTI() bool        { return t.IFlags&flag16(uapi.VTI_ISVTI) != 0 }
func (t *tunnel4) setFlags(df uint16) { binary.BigEndian.PutUint16(t.Iph[ipv4Flags:], df) }
func (t *tunnel4) flags() uint16      { return binary.BigEndian.Uint16(t.Iph[ipv4Flags:]) }

// bytes are those of the structure, with room for what the kernel answers.
func (t *tunnel4) bytes() []byte {
	b := make([]byte, tunnelBytes)
	t.Put(b)
	return b
}

// ask has the kernel replace the tunnel's values by those of a link, or on the first device of a kind of the tunnel
// that fits them.
func (t *tunnel4) ask(c *cli.Command, dev string) error {
	b := t.bytes()
	if err := askTunnel(c, uapi.AF_INET, dev, b); err != nil {
		return err
	}
	if err := needTunnel(c, uapi.AF_INET, dev); err != nil {
		return err
	}
	t.Decode(b)
	return nil
}

// base is the first device of the tunnel's kind, "" where the kind is not known.
func (t *tunnel4) base() string {
	switch t.protocol() {
	case uapi.IPPROTO_IPIP:
		if t.isVTI() {
			return "ip_vti0"
		}
		return "tunl0"
	case uapi.IPPROTO_GRE:
		return "gre0"
	case uapi.IPPROTO_IPV6:
		return "sit0"
	}
	return ""
}

// tunnelMode4 is the protocol of a mode over IPv4.
func tunnelMode4(word string) (protocol uint8, ok bool) {
	switch word {
	case "ipip", "ip/ip", "vti":
		return uapi.IPPROTO_IPIP, true
	case "gre", "gre/ip":
		return uapi.IPPROTO_GRE, true
	case "sit", "ipv6/ip", "isatap":
		return uapi.IPPROTO_IPV6, true
	}
	return 0, false
}

// modeOfName is the mode that a tunnel's name begins with.
func modeOfName(name string) string {
	for _, mode := range []string{"gre", "ipip", "sit", "isatap", "vti"} {
		if strings.HasPrefix(name, mode) {
			return mode
		}
	}
	return ""
}

func (t *tunnel4) setMode(mode string) error {
	protocol, ok := tunnelMode4(mode)
	switch {
	case !ok:
		return cli.Exit(cli.StatusUsage, "Unknown tunnel mode \"%s\"", mode)
	case t.protocol() != 0 && t.protocol() != protocol:
		return cli.Exit(cli.StatusUsage, "You managed to ask for more than one tunnel mode.")
	}
	t.Iph[ipv4Protocol] = protocol
	switch mode {
	case "isatap":
		t.isatap = true
	case "vti":
		t.IFlags |= flag16(uapi.VTI_ISVTI)
	}
	return nil
}

// readTunnel4 takes the words of a tunnel. The words that change one begin with its name.
func readTunnel4(c *cli.Command, change bool) (*tunnel4, error) {
	t := &tunnel4{}
	t.Iph[ipv4Version] = ipv4NoOptions
	t.setFlags(uapi.IP_DF)
	for first := true; c.More(); first = false {
		named := t.name()
		if err := t.next(c); err != nil {
			return nil, err
		}
		if name := t.name(); change && first && name != named {
			if err := t.ask(c, name); err != nil {
				return nil, err
			}
		}
	}
	return t, t.complete(c)
}

// complete is what follows from the words together.
func (t *tunnel4) complete(c *cli.Command) error {
	if mode := modeOfName(t.name()); mode != "" && t.protocol() == 0 {
		if err := t.setMode(mode); err != nil {
			return err
		}
	}
	if (t.IFlags|t.OFlags)&uapi.GRE_KEY != 0 && !t.isVTI() && t.protocol() != uapi.IPPROTO_GRE {
		return cli.Exit(cli.StatusFailed, "Keys are not allowed with ipip and sit tunnels")
	}
	if t.dev != "" {
		index, err := c.IndexOf(t.dev)
		if err != nil {
			return err
		}
		t.Link = int32(index)
	}
	if remote := netip.AddrFrom4([4]byte(t.remote())); remote.IsMulticast() {
		group := binary.BigEndian.Uint32(t.remote())
		if t.IKey == 0 {
			t.IKey, t.IFlags = group, t.IFlags|uapi.GRE_KEY
		}
		if t.OKey == 0 {
			t.OKey, t.OFlags = group, t.OFlags|uapi.GRE_KEY
		}
		if [4]byte(t.local()) == [4]byte{} {
			return cli.Exit(cli.StatusFailed, "A broadcast tunnel requires a source address")
		}
	}
	if t.isatap {
		t.IFlags |= flag16(uapi.SIT_ISATAP)
	}
	return nil
}

func (t *tunnel4) next(c *cli.Command) error {
	gre := tunnelGRE{&t.IFlags, &t.OFlags, &t.IKey, &t.OKey}
	if ok, err := gre.next(c); ok {
		return err
	}
	var err error
	switch {
	case c.Take("mode"):
		mode, err := c.Next()
		if err != nil {
			return err
		}
		return t.setMode(mode)
	case c.Take("nopmtudisc"):
		t.setFlags(0)
	case c.Take("pmtudisc"):
		t.setFlags(uapi.IP_DF)
	case c.Take("remote"):
		return nextTunnelAddr4(c, t.remote())
	case c.Take("local"):
		return nextTunnelAddr4(c, t.local())
	case c.Take("dev"):
		t.dev, err = c.Next()
	case c.Take("ttl", "hoplimit", "hlim"):
		if c.Take("inherit") {
			return nil
		}
		var n uint64
		n, err = c.Uint(8, "invalid TTL\n")
		t.Iph[ipv4TTL] = uint8(n)
	case c.Take("tos", "tclass"), c.TakeAbbr("dsfield"):
		t.Iph[ipv4TOS], err = nextTunnelTOS(c)
	default:
		var name string
		name, err = nextTunnelName(c, t.name())
		copy(t.Name[:], name)
	}
	return err
}

// nextTunnelAddr4 takes an address into b.
func nextTunnelAddr4(c *cli.Command, b []byte) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	a, err := parseTunnelAddr4(word)
	copy(b, a[:])
	return err
}

// parseTunnelAddr4 reads an address; "any" is 0.0.0.0.
func parseTunnelAddr4(word string) (b [4]byte, err error) {
	a, err := desc.ParseAddr(word, uapi.AF_INET)
	if err != nil {
		return b, cli.Exit(cli.StatusFailed, "Error: an IP address is expected rather than \"%s\"", word)
	}
	if a.IsValid() {
		b = a.As4()
	}
	return b, nil
}

// nextTunnelKey takes a number, or four with dots between.
func nextTunnelKey(c *cli.Command, keyword string) (uint32, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	if strings.Contains(word, ".") {
		a, err := parseTunnelAddr4(word)
		return binary.BigEndian.Uint32(a[:]), err
	}
	n, err := desc.ParseUint(word, 32)
	if err != nil {
		return 0, cli.Exit(cli.StatusUsage, "invalid value for \"%s\": \"%s\"; it should be an unsigned integer", keyword,
			word)
	}
	return uint32(n), nil
}

// tosInherit is the bit of a TOS byte that stands for that of the packet inside.
const tosInherit = 1

// nextTunnelTOS takes a byte, "inherit", or both.
func nextTunnelTOS(c *cli.Command) (uint8, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	head, rest, more := strings.Cut(word, "/")
	tos := uint8(0)
	if head == "inherit" {
		if tos = tosInherit; !more {
			return tos, nil
		}
	} else {
		rest = head
	}
	n, ok := c.Names.DsfieldNumber(rest)
	if !ok {
		return 0, desc.Wrong(head, "bad TOS value")
	}
	return tos | n, nil
}

// makeTunnel4 is "tunnel add" and "tunnel change".
func makeTunnel4(c *cli.Command, cmd uint32) error {
	t, err := readTunnel4(c, cmd == uapi.SIOCCHGTUNNEL)
	if err != nil {
		return err
	}
	switch base := t.base(); {
	case t.Iph[ipv4TTL] != 0 && t.flags() == 0:
		return cli.Exit(cli.StatusFailed, "ttl != 0 and nopmtudisc are incompatible")
	case base == "":
		return cli.Exit(cli.StatusFailed, "cannot determine tunnel mode (ipip, gre, vti or sit)")
	default:
		return changeTunnel(c, uapi.AF_INET, cmd, base, t.name(), t.bytes())
	}
}

// deleteTunnel4 is "tunnel del".
func deleteTunnel4(c *cli.Command) error {
	t, err := readTunnel4(c, false)
	if err != nil {
		return err
	}
	return deleteTunnel(c, uapi.AF_INET, t.base(), t.name(), t.bytes())
}

// listTunnels4 is "tunnel show": one tunnel where the words name a mode, else all that fit.
func listTunnels4(c *cli.Command) error {
	want, err := readTunnel4(c, false)
	if err != nil {
		return err
	}
	if dev := want.base(); dev != "" {
		if name := want.name(); name != "" {
			dev = name
		}
		if err := want.ask(c, dev); err != nil {
			return err
		}
		return c.Array(func() error {
			want.show(c, nil)
			return nil
		})
	}
	return eachTunnel(c, uapi.AF_INET, want.name(), func(l *linkMessage) {
		t := &tunnel4{}
		b := t.bytes()
		if err := askTunnel(c, uapi.AF_INET, l.name, b); err != nil {
			fmt.Fprintln(c.Stderr, err)
			return
		}
		if t.Decode(b); want.allows(t) {
			t.show(c, l)
		}
	})
}

// eachTunnel calls show for each link that is a tunnel over the family, and has the name if that is not empty.
func eachTunnel(c *cli.Command, family int, name string, show func(l *linkMessage)) error {
	f := &filter{}
	mask := uint32(uapi.RTEXT_FILTER_SKIP_STATS)
	if c.Stats > 0 {
		mask = 0
	}
	var all []wire.Message
	all, err := c.List(f.linkDump(uapi.AF_UNSPEC, mask))
	if err != nil {
		return Terminated(c, "Dump", cli.StatusFailed, err)
	}
	return c.Array(func() error {
		for _, m := range all {
			if l := readLink(m); ofTunnels(family, l.ifi.Type) && (name == "" || l.name == name) {
				show(l)
			}
		}
		return nil
	})
}

// allows reports whether a tunnel has the values that are wanted.
func (t *tunnel4) allows(has *tunnel4) bool {
	address := func(want, has []byte) bool { return [4]byte(want) == [4]byte{} || [4]byte(want) == [4]byte(has) }
	return (t.Link == 0 || t.Link == has.Link) && address(t.remote(), has.remote()) && address(t.local(), has.local()) &&
		(t.IKey == 0 || t.IKey == has.IKey)
}
