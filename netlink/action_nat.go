package netlink

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"net"
	"net/netip"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// NatAction translates IPv4 addresses one to one, without connections: tc-nat(8).
type NatAction struct {
	ActionAttrs
	Egress bool       // source addresses are translated, else destinations
	Old    *net.IPNet // the addresses that are; nil: all
	New    net.IP     // what the bits of Old's mask become
}

// NewNatAction returns one that packets go on after, as tc's.
func NewNatAction() *NatAction { return &NatAction{ActionAttrs: ActionAttrs{Action: TC_ACT_OK}} }

// Attrs returns the attributes that all kinds have.
func (action *NatAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "nat".
func (action *NatAction) Type() string { return "nat" }

func (action *NatAction) attrs(c *attr.Codec) {
	var p uapi.TcNat
	if c.Encoding() {
		if action.Egress {
			p.Flags = uapi.TCA_NAT_FLAG_EGRESS
		}
		if o := action.Old; o != nil {
			p.OldAddr, p.Mask = natNumber(c, o.IP), natNumber(c, net.IP(o.Mask))
		}
		if action.New != nil {
			p.NewAddr = natNumber(c, action.New)
		}
	}
	parms(c, uapi.TCA_NAT_PARMS, uapi.SizeofTcNat, &action.ActionAttrs, &p)
	timestamp(c, uapi.TCA_NAT_TM, &action.ActionAttrs)
	if c.Decoding() {
		text := func(v uint32) net.IP { return binary.BigEndian.AppendUint32(nil, v) }
		action.Egress = p.Flags&uapi.TCA_NAT_FLAG_EGRESS != 0
		action.Old = &net.IPNet{IP: text(p.OldAddr), Mask: net.IPMask(text(p.Mask))}
		action.New = text(p.NewAddr)
	}
}

// natNumber is an IPv4 address, or a mask.
func natNumber(c *attr.Codec, ip net.IP) uint32 {
	b := ip.To4()
	if b == nil {
		c.Fail(fmt.Errorf("nat of %s, which is no IPv4 address", ip))
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

func (*NatAction) describe() desc.Kind {
	return desc.Kind{Fields: natFields, First: firstNat, FirstUsage: natUsage, Complete: completeNat}
}

// natWords are what the words of a command say of an address that is translated.
type natWords struct {
	actionWords
	nat uapi.TcNat
}

const natUsage = "{ ingress | egress } OLD NEW"

func firstNat(in *desc.Args, _ *wire.Encoder) error {
	w := desc.Scratch[natWords](in)
	switch {
	case !in.More():
		return desc.Incomplete()
	case in.Peek() == "index":
		return nil
	case in.TakeAbbr("egress"):
		w.nat.Flags = uapi.TCA_NAT_FLAG_EGRESS
	case !in.TakeAbbr("ingress"):
		return desc.Failed("Illegal nat construct (%s)", in.Peek())
	}
	old, mask, err := natAddr(in)
	if err != nil {
		return err
	}
	to, _, err := natAddr(in)
	w.nat.OldAddr, w.nat.Mask, w.nat.NewAddr = old, mask, to
	return err
}

// natAddr takes an address or a prefix, with its mask.
func natAddr(in *desc.Args) (addr, mask uint32, err error) {
	word, err := in.Next()
	if err != nil {
		return 0, 0, err
	}
	text, length, slash := strings.Cut(word, "/")
	a, err := desc.ParseAddr(text, uapi.AF_INET)
	if err != nil {
		return 0, 0, desc.Failed("Illegal nat construct (%s)", word)
	}
	size := 32
	if !a.IsValid() {
		a, size = netip.IPv4Unspecified(), 0
	}
	if slash {
		if size, err = prefixLength(a, length); err != nil {
			return 0, 0, desc.Failed("Illegal nat construct (%s)", word)
		}
	}
	b := a.As4()
	big := uint32(math.MaxUint32)
	if size < 32 {
		big = ^(big >> size)
	}
	return binary.BigEndian.Uint32(b[:]), big, nil
}

var natFields = []desc.Field{
	{Type: uapi.TCA_NAT_PARMS, Word: "index", Usage: "INDEX", Read: readIndex, Show: showNat},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_NAT_TM, ReadOnly: true},
}

func completeNat(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[natWords](in)
	w.nat.Index, w.nat.Action = w.index, w.code(uapi.TC_ACT_OK)
	e.Struct(uapi.TCA_NAT_PARMS, uapi.SizeofTcNat, &w.nat)
	return nil
}

func showNat(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("type", " %s ", "nat")
	if b == nil {
		return
	}
	var n uapi.TcNat
	n.Decode(b)
	text := func(v uint32) string { return bytesAddrText(binary.BigEndian.AppendUint32(nil, v)) }
	direction := "ingress"
	if n.Flags&uapi.TCA_NAT_FLAG_EGRESS != 0 {
		direction = "egress"
	}
	length := 0
	if mask := n.Mask; mask != 0 {
		length = 32 - bits.TrailingZeros32(mask)
	}
	p.Str("direction", "%s", direction)
	p.Str("old_addr", " %s", fmt.Sprintf("%s/%d", text(n.OldAddr), length))
	p.Str("new_addr", " %s", text(n.NewAddr))
	p.Control(" ", n.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", n.Index, n.Refcnt, n.Bindcnt, attrs[uapi.TCA_NAT_TM])
}
