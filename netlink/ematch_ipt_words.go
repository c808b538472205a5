package netlink

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// The words of the matches of iptables that kernels take in extended matches, as iptables-extensions(8) has them.

// iptOption is a word of a match: what it sets, and whether a value follows it.
type iptOption struct {
	name  string
	value bool
	set   func(value string, not bool) error
	not   bool // an exclamation mark before it makes sense
	more  bool // it may be there again
}

// readEmatchIPT takes [ -6 ] -m NAME and the words of the match. The hook is that of what is received, or else the
// last one of what is sent; kernels take policy with the first alone.
func readEmatchIPT(a *ematchArgs) (EmatchKind, error) {
	m := &EmatchIPT{NFProto: uapi.AF_INET, Hook: uapi.NF_INET_POST_ROUTING}
	if a.take("-6", "--ipv6") {
		m.NFProto = uapi.AF_INET6
	}
	if !a.take("-m", "--match") {
		return nil, errors.New("-m and the name of a match are missing")
	}
	if a.in.Tc != nil && isReceived(a.in.Tc.Parent) {
		m.Hook = uapi.NF_INET_PRE_ROUTING
	}
	name, _, err := a.word()
	switch {
	case err != nil:
	case name == iptPolicy:
		m.Hook, m.Policy = uapi.NF_INET_PRE_ROUTING, new(IPTPolicy)
		err = m.Policy.read(a, m.NFProto)
	case name == iptAddrType:
		m.AddrType = new(IPTAddrType)
		err = m.AddrType.read(a)
	default:
		err = fmt.Errorf("the match %q is none that kernels take here, which are %s and %s", name, iptPolicy, iptAddrType)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// isReceived reports whether a parent is that of filters of what a link receives.
func isReceived(parent uint32) bool {
	major, _ := MajorMinor(parent)
	return major == ingressMajor && parent != HANDLE_MIN_EGRESS
}

// options takes words until none are left.
func (a *ematchArgs) options(all []iptOption) error {
	var seen []string
	for len(a.left) != 0 {
		not := a.take("!")
		word, _, err := a.word()
		if err != nil {
			return err
		}
		name, value, given := strings.Cut(word, "=")
		i := slices.IndexFunc(all, func(o iptOption) bool { return o.name == name })
		switch {
		case i < 0:
			return fmt.Errorf("the option %q is not known", name)
		case not && !all[i].not:
			return fmt.Errorf("%s has no opposite", name)
		case !all[i].more && slices.Contains(seen, name):
			return fmt.Errorf("%s is there twice", name)
		case given && !all[i].value:
			return fmt.Errorf("%s has no value", name)
		case !given && all[i].value:
			if value, _, err = a.word(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		seen = append(seen, name)
		if name == "--next" {
			seen = nil
		}
		if err := all[i].set(value, not); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// iptProtos are the protocols of IPsec by iptables' names.
func iptProtos() map[string]Proto {
	return map[string]Proto{"ah": XFRM_PROTO_AH, "esp": XFRM_PROTO_ESP, "ipcomp": XFRM_PROTO_COMP}
}

// read takes the words of the match policy.
func (p *IPTPolicy) read(a *ematchArgs, nfproto uint8) error {
	var el IPTPolicyElement
	direction := false
	oneOf := func(to *bool, yes, no string) func(string, bool) error {
		return func(v string, _ bool) error {
			if *to = v == yes; v != yes && v != no {
				return fmt.Errorf("%q is neither %s nor %s", v, yes, no)
			}
			return nil
		}
	}
	number := func(to **uint32, opposite *bool) func(string, bool) error {
		return func(v string, not bool) error {
			n, err := desc.ParseUint(v, 32)
			*to, *opposite = new(uint32(n)), not
			return err
		}
	}
	end := func(to **net.IPNet, opposite *bool) func(string, bool) error {
		return func(v string, not bool) (err error) {
			*to, err = iptNet(v, nfproto)
			*opposite = not
			return err
		}
	}
	dir := oneOf(&p.Out, "out", "in")
	err := a.options([]iptOption{
		{name: "--dir", value: true, set: func(v string, not bool) error {
			direction = true
			return dir(v, not)
		}},
		{name: "--pol", value: true, set: oneOf(&p.None, "none", "ipsec")},
		{name: "--strict", set: func(string, bool) error {
			p.Strict = true
			return nil
		}},
		{name: "--reqid", value: true, not: true, set: number(&el.ReqID, &el.Not.ReqID)},
		{name: "--spi", value: true, not: true, set: number(&el.SPI, &el.Not.SPI)},
		{name: "--proto", value: true, not: true, set: func(v string, not bool) error {
			proto, ok := iptProtos()[v]
			el.Proto, el.Not.Proto = &proto, not
			if !ok {
				return fmt.Errorf("%q is none of ah, esp, ipcomp", v)
			}
			return nil
		}},
		{name: "--mode", value: true, not: true, set: func(v string, not bool) error {
			el.Tunnel, el.Not.Tunnel = new(false), not
			return oneOf(el.Tunnel, "tunnel", "transport")(v, not)
		}},
		{name: "--tunnel-src", value: true, not: true, set: end(&el.Src, &el.Not.Src)},
		{name: "--tunnel-dst", value: true, not: true, set: end(&el.Dst, &el.Not.Dst)},
		{name: "--next", more: true, set: func(string, bool) error {
			p.Elements = append(p.Elements, el)
			el = IPTPolicyElement{}
			return nil
		}},
	})
	if err == nil && !direction {
		err = errors.New("--dir in or --dir out is missing")
	}
	if err != nil {
		return err
	}
	if len(p.Elements) != 0 || el != (IPTPolicyElement{}) {
		p.Elements = append(p.Elements, el)
	}
	return p.check()
}

// check refuses what iptables refuses, and what could not be meant.
func (p *IPTPolicy) check() error {
	switch n := len(p.Elements); {
	case p.None && (p.Strict || n != 0):
		return errors.New("--pol none has nothing to compare")
	case !p.Strict && n > 1:
		return errors.New("--next needs --strict")
	case p.Strict && n == 0:
		return errEmptyElement
	}
	for _, el := range p.Elements {
		tunnel := el.Tunnel != nil && *el.Tunnel != el.Not.Tunnel
		switch {
		case p.Strict && el == (IPTPolicyElement{}):
			return errEmptyElement
		case (el.Src != nil || el.Dst != nil) && !tunnel:
			return errors.New("--tunnel-src and --tunnel-dst need --mode tunnel")
		}
	}
	return nil
}

var errEmptyElement = errors.New("with --strict each element has something to compare")

// iptNet reads an address, with the length of a prefix or a mask behind it.
func iptNet(word string, nfproto uint8) (*net.IPNet, error) {
	address, mask, given := strings.Cut(word, "/")
	ip, bits := net.ParseIP(address), 8*net.IPv6len
	if nfproto == uapi.AF_INET {
		ip, bits = ip.To4(), 8*net.IPv4len
	} else if ip.To4() != nil {
		ip = nil
	}
	n := &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)}
	if given {
		if m := net.ParseIP(mask); m != nil {
			n.Mask = net.IPMask(m[len(m)-bits/8:])
		} else if length, err := desc.ParseUint(mask, 8); err == nil {
			n.Mask = net.CIDRMask(int(length), bits)
		} else {
			n.Mask = nil
		}
	}
	if n.IP == nil || n.Mask == nil {
		return nil, fmt.Errorf("%q is no address of the family, with a mask behind it or without", word)
	}
	return n, nil
}

// addrTypes are the names of types of addresses, in the order of RTN_….
func addrTypes() []string {
	return []string{"UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE",
		"PROHIBIT", "THROW", "NAT", "XRESOLVE"}
}

// read takes the words of the match addrtype.
func (t *IPTAddrType) read(a *ematchArgs) error {
	types := func(to *uint16, opposite *bool) func(string, bool) error {
		return func(v string, not bool) error {
			*opposite = not
			for name := range strings.SplitSeq(v, ",") {
				i := slices.IndexFunc(addrTypes(), func(n string) bool { return strings.EqualFold(n, name) })
				if i < 0 {
					return fmt.Errorf("%q is none of %s", name, strings.Join(addrTypes(), ", "))
				}
				*to |= 1 << i
			}
			return nil
		}
	}
	on := func(to *bool) func(string, bool) error {
		return func(string, bool) error {
			*to = true
			return nil
		}
	}
	err := a.options([]iptOption{
		{name: "--src-type", value: true, not: true, set: types(&t.Src, &t.NotSrc)},
		{name: "--dst-type", value: true, not: true, set: types(&t.Dst, &t.NotDst)},
		{name: "--limit-iface-in", set: on(&t.LimitIn)},
		{name: "--limit-iface-out", set: on(&t.LimitOut)},
	})
	switch {
	case err != nil:
		return err
	case t.Src == 0 && t.Dst == 0:
		return errors.New("--src-type or --dst-type is missing")
	case t.LimitIn && t.LimitOut:
		return errors.New("--limit-iface-in and --limit-iface-out exclude each other")
	}
	return nil
}

func textEmatchIPT(_ *ematchShow, k EmatchKind) string {
	m := k.(*EmatchIPT)
	switch {
	case m.Policy != nil:
		return m.Policy.text()
	case m.AddrType != nil:
		return m.AddrType.text()
	case m.NFProto == uapi.AF_INET6:
		return "-6 -m " + m.Name
	}
	return "-m " + m.Name
}

// iptText is words that iptables prints, each with a blank before it.
type iptText struct{ strings.Builder }

func (t *iptText) add(not bool, words string) {
	if not {
		t.WriteString(" !")
	}
	t.WriteString(" " + words)
}

func (p *IPTPolicy) text() string {
	var t iptText
	if t.add(false, "policy match dir in"); p.Out {
		t.Reset()
		t.add(false, "policy match dir out")
	}
	if p.None {
		t.add(false, "pol none")
		return t.String()
	}
	if t.add(false, "pol ipsec"); p.Strict {
		t.add(false, "strict")
	}
	for i, el := range p.Elements {
		if len(p.Elements) > 1 {
			t.add(false, fmt.Sprintf("[%d]", i))
		}
		if el.ReqID != nil {
			t.add(el.Not.ReqID, fmt.Sprintf("reqid %d", *el.ReqID))
		}
		if el.SPI != nil {
			t.add(el.Not.SPI, fmt.Sprintf("spi 0x%x", *el.SPI))
		}
		if el.Proto != nil {
			name := fmt.Sprint(uint8(*el.Proto))
			for n, proto := range iptProtos() {
				if proto == *el.Proto {
					name = n
				}
			}
			t.add(el.Not.Proto, "proto "+name)
		}
		if el.Tunnel != nil {
			mode := "transport"
			if *el.Tunnel {
				mode = "tunnel"
			}
			t.add(el.Not.Tunnel, "mode "+mode)
		}
		if el.Dst != nil {
			t.add(el.Not.Dst, "tunnel-dst "+iptNetText(el.Dst))
		}
		if el.Src != nil {
			t.add(el.Not.Src, "tunnel-src "+iptNetText(el.Src))
		}
	}
	return t.String()
}

// iptNetText leaves the length of an address alone out.
func iptNetText(n *net.IPNet) string {
	ones, bits := n.Mask.Size()
	switch {
	case bits == 0: // the mask is no prefix
		return n.IP.String() + "/" + net.IP(n.Mask).String()
	case ones == bits:
		return n.IP.String()
	}
	return fmt.Sprintf("%s/%d", n.IP, ones)
}

func (t *IPTAddrType) text() string {
	var out iptText
	out.add(false, "ADDRTYPE match")
	for _, side := range []struct {
		name  string
		types uint16
		not   bool
	}{{"src-type ", t.Src, t.NotSrc}, {"dst-type ", t.Dst, t.NotDst}} {
		var names []string
		for i, name := range addrTypes() {
			if side.types&(1<<i) != 0 {
				names = append(names, name)
			}
		}
		if side.not {
			side.name += "!"
		}
		if side.types != 0 {
			out.add(false, side.name+strings.Join(names, ","))
		}
	}
	if t.LimitIn {
		out.add(false, "limit-in")
	}
	if t.LimitOut {
		out.add(false, "limit-out")
	}
	return out.String()
}
