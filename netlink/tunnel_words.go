package netlink

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// A sort of tunnels is what their attributes and their words depend on: the Arg of their fields, an index into
// tunnelSorts.
const (
	tunnelGRE  = iota // gre, gretap, erspan
	tunnelGRE6        // ip6gre, ip6gretap, ip6erspan
	tunnelIP          // ipip
	tunnelSit
	tunnelIP6 // ip6tnl
	tunnelVti
	tunnelVti6
)

// tunnelSort are the types of attributes that tunnels have; 0: they have none.
type tunnelSort struct {
	family                                               int
	local, remote, link, ttl, tos, pmtudisc, fwmark      uint16
	ikey, okey, iflags, oflags, ignoreDF                 uint16
	proto, flags, encapLimit, flowInfo                   uint16
	external, encap, encapFlags, encapSport, encapDport  uint16
	erspanVer, erspanIndex, erspanDir, erspanHwid        uint16
	prefix6rd, relayPrefix6rd, prefixLen6rd, relayLen6rd uint16
	linkAlways                                           bool // the link is sent even where it is none
}

var tunnelSorts = [...]tunnelSort{
	tunnelGRE: {
		family: uapi.AF_INET, local: uapi.IFLA_GRE_LOCAL, remote: uapi.IFLA_GRE_REMOTE, link: uapi.IFLA_GRE_LINK,
		ttl: uapi.IFLA_GRE_TTL,
		tos: uapi.IFLA_GRE_TOS, pmtudisc: uapi.IFLA_GRE_PMTUDISC, fwmark: uapi.IFLA_GRE_FWMARK,
		ikey: uapi.IFLA_GRE_IKEY, okey: uapi.IFLA_GRE_OKEY, iflags: uapi.IFLA_GRE_IFLAGS, oflags: uapi.IFLA_GRE_OFLAGS,
		ignoreDF: uapi.IFLA_GRE_IGNORE_DF,
		external: uapi.IFLA_GRE_COLLECT_METADATA, encap: uapi.IFLA_GRE_ENCAP_TYPE, encapFlags: uapi.IFLA_GRE_ENCAP_FLAGS,
		encapSport: uapi.IFLA_GRE_ENCAP_SPORT, encapDport: uapi.IFLA_GRE_ENCAP_DPORT,
		erspanVer: uapi.IFLA_GRE_ERSPAN_VER, erspanIndex: uapi.IFLA_GRE_ERSPAN_INDEX, erspanDir: uapi.IFLA_GRE_ERSPAN_DIR,
		erspanHwid: uapi.IFLA_GRE_ERSPAN_HWID,
	},
	tunnelGRE6: {
		family: uapi.AF_INET6, local: uapi.IFLA_GRE_LOCAL, remote: uapi.IFLA_GRE_REMOTE, link: uapi.IFLA_GRE_LINK,
		ttl:    uapi.IFLA_GRE_TTL,
		fwmark: uapi.IFLA_GRE_FWMARK, ikey: uapi.IFLA_GRE_IKEY, okey: uapi.IFLA_GRE_OKEY, iflags: uapi.IFLA_GRE_IFLAGS,
		oflags: uapi.IFLA_GRE_OFLAGS,
		flags:  uapi.IFLA_GRE_FLAGS, encapLimit: uapi.IFLA_GRE_ENCAP_LIMIT, flowInfo: uapi.IFLA_GRE_FLOWINFO,
		external: uapi.IFLA_GRE_COLLECT_METADATA, encap: uapi.IFLA_GRE_ENCAP_TYPE, encapFlags: uapi.IFLA_GRE_ENCAP_FLAGS,
		encapSport: uapi.IFLA_GRE_ENCAP_SPORT, encapDport: uapi.IFLA_GRE_ENCAP_DPORT,
		erspanVer: uapi.IFLA_GRE_ERSPAN_VER, erspanIndex: uapi.IFLA_GRE_ERSPAN_INDEX, erspanDir: uapi.IFLA_GRE_ERSPAN_DIR,
		erspanHwid: uapi.IFLA_GRE_ERSPAN_HWID,
	},
	tunnelIP: {
		family: uapi.AF_INET, local: uapi.IFLA_IPTUN_LOCAL, remote: uapi.IFLA_IPTUN_REMOTE, link: uapi.IFLA_IPTUN_LINK,
		ttl: uapi.IFLA_IPTUN_TTL,
		tos: uapi.IFLA_IPTUN_TOS, pmtudisc: uapi.IFLA_IPTUN_PMTUDISC, fwmark: uapi.IFLA_IPTUN_FWMARK,
		proto:    uapi.IFLA_IPTUN_PROTO,
		external: uapi.IFLA_IPTUN_COLLECT_METADATA, encap: uapi.IFLA_IPTUN_ENCAP_TYPE,
		encapFlags: uapi.IFLA_IPTUN_ENCAP_FLAGS,
		encapSport: uapi.IFLA_IPTUN_ENCAP_SPORT, encapDport: uapi.IFLA_IPTUN_ENCAP_DPORT, linkAlways: true,
	},
	tunnelSit: {
		family: uapi.AF_INET, local: uapi.IFLA_IPTUN_LOCAL, remote: uapi.IFLA_IPTUN_REMOTE, link: uapi.IFLA_IPTUN_LINK,
		ttl: uapi.IFLA_IPTUN_TTL,
		tos: uapi.IFLA_IPTUN_TOS, pmtudisc: uapi.IFLA_IPTUN_PMTUDISC, fwmark: uapi.IFLA_IPTUN_FWMARK,
		proto: uapi.IFLA_IPTUN_PROTO, flags: uapi.IFLA_IPTUN_FLAGS,
		external: uapi.IFLA_IPTUN_COLLECT_METADATA, encap: uapi.IFLA_IPTUN_ENCAP_TYPE,
		encapFlags: uapi.IFLA_IPTUN_ENCAP_FLAGS,
		encapSport: uapi.IFLA_IPTUN_ENCAP_SPORT, encapDport: uapi.IFLA_IPTUN_ENCAP_DPORT, linkAlways: true,
		prefix6rd: uapi.IFLA_IPTUN_6RD_PREFIX, relayPrefix6rd: uapi.IFLA_IPTUN_6RD_RELAY_PREFIX,
		prefixLen6rd: uapi.IFLA_IPTUN_6RD_PREFIXLEN, relayLen6rd: uapi.IFLA_IPTUN_6RD_RELAY_PREFIXLEN,
	},
	tunnelIP6: {
		family: uapi.AF_INET6, local: uapi.IFLA_IPTUN_LOCAL, remote: uapi.IFLA_IPTUN_REMOTE, link: uapi.IFLA_IPTUN_LINK,
		ttl:    uapi.IFLA_IPTUN_TTL,
		fwmark: uapi.IFLA_IPTUN_FWMARK, proto: uapi.IFLA_IPTUN_PROTO, flags: uapi.IFLA_IPTUN_FLAGS,
		encapLimit: uapi.IFLA_IPTUN_ENCAP_LIMIT, flowInfo: uapi.IFLA_IPTUN_FLOWINFO,
		external: uapi.IFLA_IPTUN_COLLECT_METADATA, encap: uapi.IFLA_IPTUN_ENCAP_TYPE,
		encapFlags: uapi.IFLA_IPTUN_ENCAP_FLAGS,
		encapSport: uapi.IFLA_IPTUN_ENCAP_SPORT, encapDport: uapi.IFLA_IPTUN_ENCAP_DPORT, linkAlways: true,
	},
	tunnelVti: {
		family: uapi.AF_INET, local: uapi.IFLA_VTI_LOCAL, remote: uapi.IFLA_VTI_REMOTE, link: uapi.IFLA_VTI_LINK,
		fwmark: uapi.IFLA_VTI_FWMARK, ikey: uapi.IFLA_VTI_IKEY, okey: uapi.IFLA_VTI_OKEY,
	},
	tunnelVti6: {
		family: uapi.AF_INET6, local: uapi.IFLA_VTI_LOCAL, remote: uapi.IFLA_VTI_REMOTE, link: uapi.IFLA_VTI_LINK,
		fwmark: uapi.IFLA_VTI_FWMARK, ikey: uapi.IFLA_VTI_IKEY, okey: uapi.IFLA_VTI_OKEY,
	},
}

// What ip has for IPv6 tunnels where no words say it.
const (
	tunnelHopLimit     = 64
	tunnelEncapLimit   = uapi.IPV6_DEFAULT_TNL_ENCAP_LIMIT
	tunnelTrafficClass = 0x0ff00000 // of FLOWINFO
	tunnelFlowLabel    = 0x000fffff
)

// tunnel is what the words of one command say, beside what the tunnel that they change has: ip sends all of it.
type tunnel struct {
	begun             bool
	local, remote     netip.Addr
	link, fwmark      uint32
	ttl, tos          uint8
	pmtudisc          bool
	ignoreDF          *bool
	ikey, okey        uint32
	iflags, oflags    uint16
	proto             uint8
	flags             uint32 // IP6_TNL_F_…, and SIT_ISATAP for sit
	encapLimit        uint8
	flowInfo          uint32
	external          bool
	encap, encapFlags uint16
	sport, dport      uint16
	erspanVer         uint8
	erspanIndex       uint32
	erspanDir         uint8
	erspanHwid        uint16
	prefix, relay     netip.Prefix
}

// tunnelOf returns what the words said up to here.
func tunnelOf(in *desc.Args, sort int) (*tunnel, error) {
	t := desc.Scratch[tunnel](in)
	if t.begun {
		return t, nil
	}
	s := &tunnelSorts[sort]
	*t = tunnel{begun: true, pmtudisc: true, erspanVer: 1}
	if s.flowInfo != 0 {
		t.ttl, t.encapLimit, t.encapFlags = tunnelHopLimit, tunnelEncapLimit, uapi.TUNNEL_ENCAP_FLAG_CSUM6
	}
	if in.Present == nil {
		return t, nil
	}
	attrs, err := in.Present()
	if err == nil {
		t.load(s, attrs)
	}
	return t, err
}

// load takes what a tunnel has.
func (t *tunnel) load(s *tunnelSort, attrs desc.Attrs) {
	t.local, _ = netip.AddrFromSlice(attrs[s.local])
	t.remote, _ = netip.AddrFromSlice(attrs[s.remote])
	loadUint(&t.link, attrs[s.link], native.Uint32)
	loadUint(&t.fwmark, attrs[s.fwmark], native.Uint32)
	loadByte(&t.ttl, attrs, s.ttl)
	loadByte(&t.tos, attrs, s.tos)
	loadUint(&t.ikey, attrs[s.ikey], binary.BigEndian.Uint32)
	loadUint(&t.okey, attrs[s.okey], binary.BigEndian.Uint32)
	if s.iflags != 0 {
		loadUint(&t.iflags, attrs[s.iflags], binary.BigEndian.Uint16)
		loadUint(&t.oflags, attrs[s.oflags], binary.BigEndian.Uint16)
	}
	if b := attrs[s.pmtudisc]; s.pmtudisc != 0 && len(b) != 0 {
		t.pmtudisc = b[0] != 0
	}
	if b := attrs[s.ignoreDF]; s.ignoreDF != 0 && len(b) != 0 && b[0] != 0 {
		t.ignoreDF = new(bool)
		*t.ignoreDF = true
	}
	loadByte(&t.proto, attrs, s.proto)
	if s.flags != 0 {
		t.flags = tunnelFlags(attrs[s.flags])
	}
	loadByte(&t.encapLimit, attrs, s.encapLimit)
	if s.flowInfo != 0 {
		loadUint(&t.flowInfo, attrs[s.flowInfo], binary.BigEndian.Uint32)
	}
	if s.external != 0 {
		_, t.external = attrs[s.external]
		if s.family == uapi.AF_INET || s.ikey != 0 { // of ip6tnl, ip forgets it
			t.loadEncap(s, attrs)
		}
	}
	loadByte(&t.erspanVer, attrs, s.erspanVer)
	loadByte(&t.erspanDir, attrs, s.erspanDir)
	if s.erspanVer != 0 {
		loadUint(&t.erspanIndex, attrs[s.erspanIndex], native.Uint32)
		loadUint(&t.erspanHwid, attrs[s.erspanHwid], native.Uint16)
	}
	if s.prefix6rd != 0 {
		t.prefix = tunnelPrefix(attrs[s.prefix6rd], attrs[s.prefixLen6rd])
		t.relay = tunnelPrefix(attrs[s.relayPrefix6rd], attrs[s.relayLen6rd])
	}
}

func (t *tunnel) loadEncap(s *tunnelSort, attrs desc.Attrs) {
	loadUint(&t.encap, attrs[s.encap], native.Uint16)
	loadUint(&t.encapFlags, attrs[s.encapFlags], native.Uint16)
	loadUint(&t.sport, attrs[s.encapSport], binary.BigEndian.Uint16)
	loadUint(&t.dport, attrs[s.encapDport], binary.BigEndian.Uint16)
}

func loadUint[T uint16 | uint32](v *T, b []byte, get func([]byte) T) {
	var size T
	if size--; len(b) >= 2 && (uint64(size) < 1<<16 || len(b) >= 4) {
		*v = get(b)
	}
}

func loadByte(v *uint8, attrs desc.Attrs, typ uint16) {
	if b := attrs[typ]; typ != 0 && len(b) != 0 {
		*v = b[0]
	}
}

// tunnelFlags reads IFLA_IPTUN_FLAGS, which is of 16 bits for sit.
func tunnelFlags(b []byte) uint32 {
	switch {
	case len(b) >= 4:
		return native.Uint32(b)
	case len(b) >= 2:
		return uint32(native.Uint16(b))
	}
	return 0
}

// tunnelPrefix is a prefix of 6rd, which is not valid where it is not set.
func tunnelPrefix(addr, length []byte) netip.Prefix {
	a, ok := netip.AddrFromSlice(addr)
	if !ok || len(length) < 2 {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, int(native.Uint16(length)))
}

// completeTunnel makes the attributes of what the words said.
func completeTunnel(in *desc.Args, e *wire.Encoder, sort int, erspan bool) error {
	s := &tunnelSorts[sort]
	t, err := tunnelOf(in, sort)
	if err != nil {
		return err
	}
	if sort == tunnelGRE && t.remote.IsMulticast() {
		if err := t.multicast(); err != nil {
			return err
		}
	}
	if s.prefixLen6rd != 0 || sort == tunnelIP {
		if t.ttl != 0 && !t.pmtudisc {
			return &desc.UsageError{Text: "ttl != 0 and nopmtudisc are incompatible"}
		}
	}
	if s.proto != 0 {
		e.Uint8(s.proto, t.proto)
	}
	if t.external {
		e.Flag(s.external)
		return nil
	}
	if s.ikey != 0 {
		e.BE32(s.ikey, t.ikey)
		e.BE32(s.okey, t.okey)
	}
	if s.iflags != 0 {
		e.BE16(s.iflags, t.iflags)
		e.BE16(s.oflags, t.oflags)
	}
	for _, a := range [...]struct {
		typ  uint16
		addr netip.Addr
	}{{s.local, t.local}, {s.remote, t.remote}} {
		if a.addr.IsValid() && !a.addr.IsUnspecified() {
			e.Addr(a.typ, a.addr)
		}
	}
	if s.linkAlways || t.link != 0 {
		e.Uint32(s.link, t.link)
	}
	e.Uint32(s.fwmark, t.fwmark)
	if s.ttl != 0 {
		e.Uint8(s.ttl, t.ttl)
	}
	if s.tos != 0 {
		e.Uint8(s.tos, t.tos)
		e.Uint8(s.pmtudisc, uint8(oneIf(t.pmtudisc)))
	}
	if s.ignoreDF != 0 && t.ignoreDF != nil {
		e.Uint8(s.ignoreDF, uint8(oneIf(*t.ignoreDF)))
	}
	if s.flowInfo != 0 {
		e.Uint8(s.encapLimit, t.encapLimit)
		e.BE32(s.flowInfo, t.flowInfo)
		e.Uint32(s.flags, t.flags)
	}
	if s.erspanVer != 0 && (erspan || sort == tunnelGRE6) {
		t.putErspan(e, s)
	}
	if s.encap != 0 {
		e.Uint16(s.encap, t.encap)
		e.Uint16(s.encapFlags, t.encapFlags)
		e.BE16(s.encapSport, t.sport)
		e.BE16(s.encapDport, t.dport)
	}
	if s.prefix6rd != 0 {
		t.put6rd(e, s)
	}
	return nil
}

// multicast gives a tunnel to a group the keys that ip gives it.
func (t *tunnel) multicast() error {
	group := binary.BigEndian.Uint32(t.remote.AsSlice())
	if t.ikey == 0 {
		t.ikey = group
		t.iflags |= uapi.GRE_KEY
	}
	if t.okey == 0 {
		t.okey = group
		t.oflags |= uapi.GRE_KEY
	}
	if !t.local.IsValid() || t.local.IsUnspecified() {
		return &desc.UsageError{Text: "A broadcast tunnel requires a source address.", Status: 1}
	}
	return nil
}

func (t *tunnel) putErspan(e *wire.Encoder, s *tunnelSort) {
	e.Uint8(s.erspanVer, t.erspanVer)
	switch {
	case t.erspanVer == 1 && t.erspanIndex != 0:
		e.Uint32(s.erspanIndex, t.erspanIndex)
	case t.erspanVer == 2:
		e.Uint8(s.erspanDir, t.erspanDir)
		e.Uint16(s.erspanHwid, t.erspanHwid)
	}
}

func (t *tunnel) put6rd(e *wire.Encoder, s *tunnelSort) {
	e.Uint16(s.flags, uint16(t.flags))
	if t.prefix.IsValid() {
		e.Addr(s.prefix6rd, t.prefix.Addr())
		e.Uint16(s.prefixLen6rd, uint16(t.prefix.Bits()))
	}
	if t.relay.IsValid() {
		e.Addr(s.relayPrefix6rd, t.relay.Addr())
		e.Uint16(s.relayLen6rd, uint16(t.relay.Bits()))
	}
}

func completeGRE(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelGRE, false)
}

func completeErspan(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelGRE, true)
}

func completeGRE6(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelGRE6, false)
}

func completeIPTunnel(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelIP, false)
}

func completeSit(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelSit, false)
}

func completeIP6Tunnel(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelIP6, false)
}

func completeVti(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelVti, false)
}

func completeVti6(in *desc.Args, e *wire.Encoder, _ bool) error {
	return completeTunnel(in, e, tunnelVti6, false)
}

// readTunnelKey reads a key, a number or four with dots.
func readTunnelKey(in *desc.Args) (uint32, error) {
	keyword := in.Last()
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	if strings.Contains(word, ".") {
		a, err := desc.ParseAddr(word, uapi.AF_INET)
		if err != nil || !a.IsValid() {
			return 0, desc.WrongFamily("address", word, uapi.AF_INET)
		}
		return binary.BigEndian.Uint32(a.AsSlice()), nil
	}
	v, err := desc.ParseUint(word, 32)
	if err != nil {
		return 0, &desc.UsageError{Text: `invalid value for "` + keyword + `": "` + word +
			`"; it should be an unsigned integer`}
	}
	return uint32(v), nil
}
