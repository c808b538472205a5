package ip

import (
	"net/netip"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// xfrmID is what identifies a state, and which of it was given.
type xfrmID struct {
	family           int
	src, dst         uapi.XfrmAddress
	srcBits, dstBits int // of the addresses that were given, 0: none
	proto            uint8
	spi              uint32
	hasProto, hasSPI bool
}

func (id *xfrmID) wire() uapi.XfrmId { return uapi.XfrmId{Daddr: id.dst, Spi: id.spi, Proto: id.proto} }

// nextXfrmAddr takes an address behind a keyword.
func nextXfrmAddr(c *cli.Command, family int, a *uapi.XfrmAddress) (p cli.Prefix, err error) {
	keyword := c.Last()
	if p, err = c.NextPrefix(family); err != nil {
		return p, err
	}
	if p.Family == uapi.AF_UNSPEC {
		return p, desc.Wrong(c.Last(), "value after \""+keyword+"\" has an unrecognized address family")
	}
	*a = uapi.XfrmAddress{}
	copy(a[:], p.Bytes())
	return p, nil
}

// nextXfrmID takes the words of an identity, of which there may be none where it is loose.
func nextXfrmID(c *cli.Command, id *xfrmID, family int, loose bool) error {
	src, dst := 0, 0
	for {
		var p cli.Prefix
		var err error
		switch {
		case c.Take("src"):
			p, err = nextXfrmAddr(c, family, &id.src)
			src, id.family, id.srcBits = p.Family, p.Family, p.Bits
		case c.Take("dst"):
			p, err = nextXfrmAddr(c, family, &id.dst)
			dst, id.family, id.dstBits = p.Family, p.Family, p.Bits
		case c.Take("proto"):
			id.proto, err = nextXfrmProto(c)
			id.hasProto = true
		case c.Take("spi"):
			var n uint64
			n, err = c.Uint(32, "SPI value is invalid")
			id.spi, id.hasSPI = uint32(n), true
		default:
			return id.check(c, src, dst, loose)
		}
		if err != nil {
			return err
		}
	}
}

func (id *xfrmID) check(c *cli.Command, src, dst int, loose bool) error {
	switch {
	case src != 0 && dst != 0 && src != dst:
		return desc.Wrong(c.Last(), "the same address family is required between values after \"src\" and \"dst\"")
	case id.spi != 0 && ofMobility(id.proto):
		return cli.Exit(cli.StatusFailed, "\"spi\" is invalid with XFRM-PROTO value %q", xfrmProtoName(id.proto))
	case id.spi >= 1<<16 && id.proto == uapi.IPPROTO_COMP:
		return cli.Exit(cli.StatusFailed, "SPI value is too large with XFRM-PROTO value %q", xfrmProtoName(id.proto))
	case !loose && id.proto == 0:
		return missing("XFRM-PROTO")
	}
	return nil
}

// xfrmSelector is a selector, and which of it was given.
type xfrmSelector struct {
	uapi.XfrmSelector
	srcBits, dstBits                     int
	hasDev, hasProto, hasSport, hasDport bool
}

const allOfPort = 0xffff

// nextXfrmSelector takes the words of a selector, of which there may be none.
func nextXfrmSelector(c *cli.Command, s *xfrmSelector, family int) error {
	src, dst := 0, 0
	upper := false
	for {
		var p cli.Prefix
		var err error
		switch {
		case c.Take("src"):
			p, err = nextXfrmAddr(c, family, &s.Saddr)
			src, s.Family, s.PrefixlenS, s.srcBits = p.Family, uint16(p.Family), uint8(p.Bits), p.Bits
		case c.Take("dst"):
			p, err = nextXfrmAddr(c, family, &s.Daddr)
			dst, s.Family, s.PrefixlenD, s.dstBits = p.Family, uint16(p.Family), uint8(p.Bits), p.Bits
		case c.Take("dev"):
			s.hasDev = true
			err = nextXfrmDev(c, &s.Ifindex)
		case !upper && isUpperSpec(c.Peek()):
			upper = true
			err = nextUpperSpec(c, s)
		default:
			if src != 0 && dst != 0 && src != dst {
				return desc.Wrong(c.Last(), "the same address family is required between values after \"src\" and \"dst\"")
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func nextXfrmDev(c *cli.Command, index *int32) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if *index = 0; word == "none" {
		return nil
	}
	info := c.LinkNamed(word)
	if info == nil {
		return desc.Wrong(word, "DEV value is invalid")
	}
	*index = int32(info.Index)
	return nil
}

func isUpperSpec(word string) bool {
	switch word {
	case "proto", "sport", "dport", "type", "code", "key":
		return true
	}
	return false
}

// nextUpperSpec takes the protocol above IP and its ports, or what stands in their place.
func nextUpperSpec(c *cli.Command, s *xfrmSelector) error {
	ports, types, key := false, false, false
	port := func(v, mask *uint16, given *bool) error {
		n, err := c.Uint(16, "value after \""+c.Last()+"\" is invalid")
		if *v = uint16(n); n != 0 {
			*mask = allOfPort
		}
		ports, *given = true, true
		return err
	}
	octet := func(v, mask *uint16, given *bool) error {
		n, err := c.Uint(8, "value after \""+c.Last()+"\" is invalid")
		*v, *mask, types, *given = uint16(n), allOfPort, true, true
		return err
	}
	for {
		var err error
		switch {
		case c.Take("proto"):
			s.hasProto = true
			err = nextUpperProto(c, &s.Proto)
		case c.Take("sport"):
			err = port(&s.Sport, &s.SportMask, &s.hasSport)
		case c.Take("dport"):
			err = port(&s.Dport, &s.DportMask, &s.hasDport)
		case c.Take("type"):
			err = octet(&s.Sport, &s.SportMask, &s.hasSport)
		case c.Take("code"):
			err = octet(&s.Dport, &s.DportMask, &s.hasDport)
		case c.Take("key"):
			key, s.hasDport = true, true
			err = nextGREKey(c, s)
		default:
			return s.checkUpper(ports, types, key)
		}
		if err != nil {
			return err
		}
	}
}

func nextUpperProto(c *cli.Command, proto *uint8) error {
	word, err := c.Next()
	if *proto = 0; err != nil || word == "any" {
		return err
	}
	n, ok := cli.IPProtoNumber(word)
	if !ok {
		return desc.Wrong(word, "PROTO value is invalid")
	}
	*proto = n
	return nil
}

// nextGREKey takes a key of GRE, whose halves stand in the place of ports.
func nextGREKey(c *cli.Command, s *xfrmSelector) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	n, err := desc.ParseUint(word, 32)
	if strings.Contains(word, ".") {
		var a netip.Addr
		if a, err = desc.ParseAddr(word, uapi.AF_INET); err != nil || !a.IsValid() {
			return desc.WrongFamily("address", word, uapi.AF_INET)
		}
		b := a.As4()
		n = uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	}
	if err != nil {
		return &desc.UsageError{Text: "value after \"key\" is invalid"}
	}
	s.Sport, s.Dport, s.SportMask, s.DportMask = uint16(n>>16), uint16(n), allOfPort, allOfPort
	return nil
}

// checkUpper reports whether the protocol has what was given beside it.
func (s *xfrmSelector) checkUpper(ports, types, key bool) error {
	what := ""
	switch s.Proto {
	case uapi.IPPROTO_TCP, uapi.IPPROTO_UDP, uapi.IPPROTO_SCTP, uapi.IPPROTO_DCCP, uapi.IPPROTO_IP:
	default:
		if ports {
			what = "\"sport\" and \"dport\" are"
		}
	}
	switch s.Proto {
	case uapi.IPPROTO_ICMP, uapi.IPPROTO_ICMPV6, uapi.IPPROTO_MH:
	default:
		if types && what == "" {
			what = "\"type\" and \"code\" are"
		}
	}
	if key && s.Proto != uapi.IPPROTO_GRE && what == "" {
		what = "\"key\" is"
	}
	if what == "" {
		return nil
	}
	return cli.Exit(cli.StatusFailed, "%s invalid with PROTO value %q", what, cli.IPProtoOrNumber(s.Proto))
}

// nextXfrmMark takes a mark of packets and the bits that count.
func nextXfrmMark(c *cli.Command) (m uapi.XfrmMark, err error) {
	v, err := c.Uint(32, "MARK value is invalid\n")
	if err != nil {
		return m, err
	}
	m = uapi.XfrmMark{V: uint32(v), M: ^uint32(0)}
	if c.Take("mask") {
		v, err = c.Uint(32, "MASK value is invalid\n")
		m.M = uint32(v)
	}
	return m, err
}

// nextXfrmFlags takes any number of flags by their names, or all as one number.
func nextXfrmFlags(c *cli.Command, flags *uint32, names []string, bits int, why string) error {
	if !c.More() {
		return desc.Incomplete()
	}
	if word := c.Peek(); len(word) > 2 && strings.HasPrefix(word, "0x") {
		word, _ = c.Next()
		n, err := desc.ParseHex(word, bits)
		if err != nil {
			return desc.Wrong(word, why)
		}
		*flags = uint32(n)
		return nil
	}
	for {
		found := false
		for i, name := range names {
			if c.Take(name) {
				*flags |= 1 << i
				found = true
			}
		}
		if !found {
			return nil
		}
	}
}

var (
	xfrmStateFlags  = []string{"noecn", "decap-dscp", "nopmtudisc", "wildrecv", "icmp", "af-unspec", "align4", "esn"}
	xfrmExtraFlags  = []string{"dont-encap-dscp", "oseq-may-wrap"}
	xfrmPolicyFlags = []string{"localok", "icmp", "cpu-acquire"}
)

// nextXfrmLimit takes a limit and its value.
func nextXfrmLimit(c *cli.Command, l *uapi.XfrmLifetimeCfg) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, limit := range [...]struct {
		word string
		v    *uint64
	}{
		{"time-soft", &l.SoftAddExpiresSeconds}, {"time-hard", &l.HardAddExpiresSeconds},
		{"time-use-soft", &l.SoftUseExpiresSeconds}, {"time-use-hard", &l.HardUseExpiresSeconds},
		{"byte-soft", &l.SoftByteLimit}, {"byte-hard", &l.HardByteLimit},
		{"packet-soft", &l.SoftPacketLimit}, {"packet-hard", &l.HardPacketLimit},
	} {
		if limit.word == word {
			*limit.v, err = c.Uint(64, "value after \""+word+"\" is invalid")
			return err
		}
	}
	return desc.Wrong(word, "LIMIT value is invalid")
}

// noXfrmLimits are those of a state or policy for which none was given.
var noXfrmLimits = uapi.XfrmLifetimeCfg{
	SoftByteLimit: uapi.XFRM_INF, HardByteLimit: uapi.XFRM_INF, SoftPacketLimit: uapi.XFRM_INF,
	HardPacketLimit: uapi.XFRM_INF,
}

// nextXfrmSecCtx takes a security context of SELinux.
func nextXfrmSecCtx(c *cli.Command) (context string, err error) { return c.Next() }

func putXfrmSecCtx(r *wire.Request, context string) {
	n := len(context) + 1
	size := uapi.SizeofXfrmUserSecCtx + n
	if size > 0xffff {
		r.Fail(desc.Wrong(context[:64], "the context is too long"))
		return
	}
	b := r.Reserve(uapi.XFRMA_SEC_CTX, size)
	(&uapi.XfrmUserSecCtx{
		Len: uint16(size), Exttype: uapi.XFRMA_SEC_CTX, CtxAlg: uapi.XFRM_SC_ALG_SELINUX, CtxDoi: uapi.XFRM_SC_DOI_LSM,
		CtxLen: uint16(n),
	}).Put(b)
	copy(b[uapi.SizeofXfrmUserSecCtx:], context)
}

func putXfrmMark(r *wire.Request, m uapi.XfrmMark) {
	r.Struct(uapi.XFRMA_MARK, uapi.SizeofXfrmMark, &m)
}

// nextU32 takes a number behind a keyword.
func nextU32(c *cli.Command, v *choice[uint32], why string) error {
	n, err := c.Uint(32, why)
	v.set(uint32(n))
	return err
}
