package ip

import (
	"encoding/binary"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// tunnelEncap is one of the two kinds of tunnel whose metadata a route gives:
// over IPv4 and over IPv6. Their attributes differ in number and name only.
type tunnelEncap struct {
	family                           int
	id, dst, src, limit, class, bits uint16
	limitWord, classWord             string
}

var (
	ipEncap = (&tunnelEncap{
		family: uapi.AF_INET, id: uapi.LWTUNNEL_IP_ID, dst: uapi.LWTUNNEL_IP_DST, src: uapi.LWTUNNEL_IP_SRC,
		limit: uapi.LWTUNNEL_IP_TTL, class: uapi.LWTUNNEL_IP_TOS, bits: uapi.LWTUNNEL_IP_FLAGS,
		limitWord: "ttl", classWord: "tos",
	}).kind("ip", uapi.LWTUNNEL_ENCAP_IP)
	ip6Encap = (&tunnelEncap{
		family: uapi.AF_INET6, id: uapi.LWTUNNEL_IP6_ID, dst: uapi.LWTUNNEL_IP6_DST, src: uapi.LWTUNNEL_IP6_SRC,
		limit: uapi.LWTUNNEL_IP6_HOPLIMIT, class: uapi.LWTUNNEL_IP6_TC, bits: uapi.LWTUNNEL_IP6_FLAGS,
		limitWord: "hoplimit", classWord: "tc",
	}).kind("ip6", uapi.LWTUNNEL_ENCAP_IP6)
)

func (t *tunnelEncap) kind(name string, typ uint16) encapKind {
	grammar := name + " [ id ID ] [ dst ADDRESS ] [ src ADDRESS ]\n             [ " +
		t.limitWord + " NUMBER ] [ " + t.classWord + " NUMBER ] [ key ] [ csum ] [ seq ]"
	return encapKind{name, typ, grammar, t.read, t.show}
}

// tunnelFlags are the flags of tunnel metadata, which is big endian.
var tunnelFlags = []struct {
	name string
	bit  uint16
}{
	{"key", 1 << uapi.IP_TUNNEL_KEY_BIT},
	{"csum", 1 << uapi.IP_TUNNEL_CSUM_BIT},
	{"seq", 1 << uapi.IP_TUNNEL_SEQ_BIT},
}

func (t *tunnelEncap) read(c *cli.Command, e *wire.Encoder) error {
	var flags uint16
	for c.More() {
		var err error
		switch {
		case c.Take("id"):
			var id uint64
			if id, err = c.Uint(64, "\"id\" value is invalid\n"); err == nil {
				e.BE64(t.id, id)
			}
		case c.Take("dst"):
			err = t.readAddr(c, e, t.dst)
		case c.Take("src"):
			err = t.readAddr(c, e, t.src)
		case c.Take(t.classWord):
			var class uint8
			if class, err = nextTOS(c, wrongTOS); err == nil {
				e.Uint8(t.class, class)
			}
		case c.Take(t.limitWord):
			var limit uint64
			if limit, err = c.Uint(8, "\""+t.limitWord+"\" value is invalid\n"); err == nil {
				e.Uint8(t.limit, uint8(limit))
			}
		default:
			bit := tunnelFlag(c.Peek())
			if bit == 0 {
				t.readFlags(e, flags)
				return nil
			}
			flags |= bit
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	t.readFlags(e, flags)
	return nil
}

func (t *tunnelEncap) readFlags(e *wire.Encoder, flags uint16) {
	if flags != 0 {
		e.BE16(t.bits, flags)
	}
}

func tunnelFlag(word string) uint16 {
	for _, f := range tunnelFlags {
		if f.name == word {
			return f.bit
		}
	}
	return 0
}

func (t *tunnelEncap) readAddr(c *cli.Command, e *wire.Encoder, typ uint16) error {
	a, err := c.NextAddr(t.family)
	if err == nil {
		e.Addr(typ, a)
	}
	return err
}

func (t *tunnelEncap) show(c *cli.Command, attrs desc.Attrs) {
	p := c.Out
	if b := attrs[t.id]; len(b) >= 8 {
		p.Uint("id", "id %d ", binary.BigEndian.Uint64(b))
	}
	if b, ok := attrs[t.src]; ok {
		p.ColorStr(cli.AddrColor(t.family), "src", "src %s ", c.AddrText(b))
	}
	if b, ok := attrs[t.dst]; ok {
		p.ColorStr(cli.AddrColor(t.family), "dst", "dst %s ", c.AddrText(b))
	}
	if b := attrs[t.limit]; len(b) != 0 {
		p.Uint(t.limitWord, t.limitWord+" %d ", uint64(b[0]))
	}
	if b := attrs[t.class]; len(b) != 0 {
		p.Uint(t.classWord, t.classWord+" %d ", uint64(b[0]))
	}
	if b := attrs[t.bits]; len(b) >= 2 {
		flags := binary.BigEndian.Uint16(b)
		for _, f := range tunnelFlags {
			if flags&f.bit != 0 {
				p.Bool(f.name, f.name+" ", true)
			}
		}
	}
}
