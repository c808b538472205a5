package netlink

import (
	"net/netip"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// readTunnel reads what follows any keyword of tunnels. The attributes are made when all are known.
func readTunnel(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	t, err := tunnelOf(in, f.Arg)
	if err != nil {
		return err
	}
	s := &tunnelSorts[f.Arg]
	word := in.Last()
	if done, err := t.readFlag(word); done {
		return err
	}
	if done, err := t.readEncap(in, word); done {
		return err
	}
	switch word {
	case "local":
		t.local, err = readTunnelAddr(in, s.family)
	case "remote":
		t.remote, err = readTunnelAddr(in, s.family)
	case "dev":
		var name string
		if name, err = in.Next(); err == nil {
			var index int
			index, err = in.LinkIndex(name)
			t.link = uint32(index)
		}
	case "key":
		if t.ikey, err = readTunnelKey(in); err == nil {
			t.okey = t.ikey
			t.iflags |= uapi.GRE_KEY
			t.oflags |= uapi.GRE_KEY
		}
	case "ikey":
		t.ikey, err = readTunnelKey(in)
		t.iflags |= uapi.GRE_KEY
	case "okey":
		t.okey, err = readTunnelKey(in)
		t.oflags |= uapi.GRE_KEY
	case "ttl", "hoplimit", "hlim":
		err = t.readTTL(in, s)
	case "tos", "tclass", "tc", "dsfield":
		err = t.readTOS(in, s)
	case "mode":
		err = t.readMode(in, f.Arg)
	case "fwmark":
		err = t.readMark(in, s)
	case "encaplimit":
		err = t.readEncapLimit(in)
	case "flowlabel", "fl":
		err = t.readFlowLabel(in)
	case "dscp":
		if word, err = in.Next(); err == nil && word != "inherit" {
			err = desc.Wrong(word, "not inherit")
		}
		t.flags |= uapi.IP6_TNL_F_RCV_DSCP_COPY
	case "6rd-prefix":
		t.prefix, err = readTunnelPrefix(in, uapi.AF_INET6, "invalid 6rd_prefix\n")
	case "6rd-relay_prefix":
		t.relay, err = readTunnelPrefix(in, uapi.AF_INET, "invalid 6rd-relay_prefix\n")
	default:
		err = t.readErspan(in, word)
	}
	return err
}

// readFlag reads a keyword that stands alone, and reports whether it was one.
func (t *tunnel) readFlag(word string) (done bool, err error) {
	name, no := strings.CutPrefix(word, "no")
	set := func(flags *uint16, bit uint16) {
		if no {
			*flags &^= bit
		} else {
			*flags |= bit
		}
	}
	switch name {
	case "key", "ikey", "okey":
		if !no {
			return false, nil
		}
		if name != "okey" {
			t.ikey = 0
			t.iflags &^= uapi.GRE_KEY
		}
		if name != "ikey" {
			t.okey = 0
			t.oflags &^= uapi.GRE_KEY
		}
	case "seq":
		set(&t.iflags, uapi.GRE_SEQ)
		set(&t.oflags, uapi.GRE_SEQ)
	case "iseq":
		set(&t.iflags, uapi.GRE_SEQ)
	case "oseq":
		set(&t.oflags, uapi.GRE_SEQ)
	case "csum":
		set(&t.iflags, uapi.GRE_CSUM)
		set(&t.oflags, uapi.GRE_CSUM)
	case "icsum":
		set(&t.iflags, uapi.GRE_CSUM)
	case "ocsum":
		set(&t.oflags, uapi.GRE_CSUM)
	case "pmtudisc":
		t.pmtudisc = !no
	case "ignore-df":
		on := !no
		t.ignoreDF = &on
	case "allow-localremote":
		if t.flags &^= uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE; !no {
			t.flags |= uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE
		}
	case "isatap":
		t.flags |= uapi.SIT_ISATAP
	case "external":
		t.external = true
	case "6rd-reset":
		t.prefix, t.relay = netip.MustParsePrefix("2002::/16"), netip.Prefix{}
	case "encap-csum":
		set(&t.encapFlags, uapi.TUNNEL_ENCAP_FLAG_CSUM)
	case "encap-udp6-csum":
		set(&t.encapFlags, uapi.TUNNEL_ENCAP_FLAG_CSUM6)
	case "encap-remcsum":
		set(&t.encapFlags, uapi.TUNNEL_ENCAP_FLAG_REMCSUM)
	default:
		return false, nil
	}
	return true, nil
}

// readEncap reads what is around the packets of a tunnel.
func (t *tunnel) readEncap(in *desc.Args, word string) (done bool, err error) {
	switch word {
	case "noencap":
		t.encap = uapi.TUNNEL_ENCAP_NONE
	case "encap":
		if word, err = in.Next(); err != nil {
			return true, err
		}
		switch word {
		case "fou":
			t.encap = uapi.TUNNEL_ENCAP_FOU
		case "gue":
			t.encap = uapi.TUNNEL_ENCAP_GUE
		case "none":
			t.encap = uapi.TUNNEL_ENCAP_NONE
		default:
			return true, desc.Wrong(word, "Invalid encap type.")
		}
	case "encap-sport":
		if in.Take("auto") {
			t.sport = 0
			return true, nil
		}
		var port uint64
		port, err = in.Uint(16, "Invalid source port.")
		t.sport = uint16(port)
	case "encap-dport":
		var port uint64
		port, err = in.Uint(16, "Invalid destination port.")
		t.dport = uint16(port)
	default:
		return false, nil
	}
	return true, err
}

func readTunnelAddr(in *desc.Args, family int) (netip.Addr, error) {
	word, err := in.Next()
	if err != nil {
		return netip.Addr{}, err
	}
	return desc.ParseAddr(word, family)
}

func readTunnelPrefix(in *desc.Args, family int, why string) (netip.Prefix, error) {
	word, err := in.Next()
	if err != nil {
		return netip.Prefix{}, err
	}
	addr, length, cut := strings.Cut(word, "/")
	a, err := desc.ParseAddr(addr, family)
	if err != nil || !a.IsValid() {
		return netip.Prefix{}, desc.Wrong(word, why)
	}
	bits := uint64(a.BitLen())
	if cut {
		if bits, err = desc.ParseUint(length, 8); err != nil || int(bits) > a.BitLen() {
			return netip.Prefix{}, desc.Wrong(word, why)
		}
	}
	return netip.PrefixFrom(a, int(bits)), nil
}

func (t *tunnel) readTTL(in *desc.Args, s *tunnelSort) error {
	if in.Take("inherit") {
		t.ttl = 0
		return nil
	}
	why := "invalid TTL\n"
	if s.flowInfo != 0 {
		why = "invalid HLIM\n"
	}
	v, err := in.Uint(8, why)
	t.ttl = uint8(v)
	return err
}

// readTOS reads the TOS of IPv4, or the traffic class of IPv6.
func (t *tunnel) readTOS(in *desc.Args, s *tunnelSort) error {
	if s.flowInfo == 0 {
		v, err := readTOS(in)
		t.tos = v
		return err
	}
	t.flowInfo &^= tunnelTrafficClass
	if in.Take("inherit") {
		t.flags |= uapi.IP6_TNL_F_USE_ORIG_TCLASS
		return nil
	}
	v, err := readHex(in, 8, "invalid TClass")
	t.flowInfo |= v << 20
	t.flags &^= uapi.IP6_TNL_F_USE_ORIG_TCLASS
	return err
}

// readTOS reads the TOS of IPv4 packets: a name, a number in base 16, or "inherit".
func readTOS(in *desc.Args) (uint8, error) {
	word, err := in.Next()
	if err != nil || word == "inherit" {
		return tosInherit, err
	}
	if in.Names != nil {
		if v, ok := in.Names.DsfieldNumber(word); ok {
			return v, nil
		}
	} else if v, err := desc.ParseHex(word, 8); err == nil {
		return uint8(v), nil
	}
	return 0, desc.Wrong(word, "bad TOS value")
}

func readHex(in *desc.Args, bits int, why string) (uint32, error) {
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	v, err := desc.ParseHex(word, bits)
	if err != nil {
		return 0, desc.Wrong(word, why)
	}
	return uint32(v), nil
}

func (t *tunnel) readFlowLabel(in *desc.Args) error {
	t.flowInfo &^= tunnelFlowLabel
	if in.Take("inherit") {
		t.flags |= uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL
		return nil
	}
	v, err := readHex(in, 20, "invalid Flowlabel")
	t.flowInfo |= v
	t.flags &^= uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL
	return err
}

func (t *tunnel) readEncapLimit(in *desc.Args) error {
	if in.Take("none") {
		t.flags |= uapi.IP6_TNL_F_IGN_ENCAP_LIMIT
		return nil
	}
	v, err := in.Uint(8, "invalid ELIM")
	t.encapLimit = uint8(v)
	t.flags &^= uapi.IP6_TNL_F_IGN_ENCAP_LIMIT
	return err
}

func (t *tunnel) readMark(in *desc.Args, s *tunnelSort) error {
	if s.flowInfo != 0 {
		if in.Take("inherit") {
			t.flags |= uapi.IP6_TNL_F_USE_ORIG_FWMARK
			t.fwmark = 0
			return nil
		}
		t.flags &^= uapi.IP6_TNL_F_USE_ORIG_FWMARK
	}
	v, err := in.Uint(32, "invalid fwmark\n")
	t.fwmark = uint32(v)
	return err
}

func (t *tunnel) readMode(in *desc.Args, sort int) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	type mode struct {
		sort  bool
		proto uint8
	}
	v4, six := sort != tunnelIP6, sort == tunnelIP6
	m := map[string]mode{
		"ipv6/ipv4": {sort == tunnelSit, uapi.IPPROTO_IPV6}, "ip6ip": {sort == tunnelSit, uapi.IPPROTO_IPV6},
		"ipv4/ipv4": {v4, uapi.IPPROTO_IPIP}, "ipip": {v4, uapi.IPPROTO_IPIP}, "ip4ip4": {v4, uapi.IPPROTO_IPIP},
		"mpls/ipv4": {v4, uapi.IPPROTO_MPLS}, "mplsip": {v4, uapi.IPPROTO_MPLS}, "any/ipv4": {v4, 0}, "any": {true, 0},
		"ipv6/ipv6": {six, uapi.IPPROTO_IPV6}, "ip6ip6": {six, uapi.IPPROTO_IPV6}, "any/ipv6": {six, 0},
		"ip/ipv6": {six, uapi.IPPROTO_IPIP}, "ipv4/ipv6": {six, uapi.IPPROTO_IPIP}, "ipip6": {six, uapi.IPPROTO_IPIP},
		"ip4ip6": {six, uapi.IPPROTO_IPIP},
	}[word]
	if !m.sort {
		return desc.Wrong(word, "Cannot guess tunnel mode.")
	}
	t.proto = m.proto
	return nil
}

func (t *tunnel) readErspan(in *desc.Args, word string) error {
	switch word {
	case "erspan":
		v, err := in.Uint(32, "invalid erspan index\n")
		if err == nil && (v == 0 || v >= 1<<20) {
			err = desc.Wrong(in.Last(), "erspan index must be > 0 and <= 20-bit\n")
		}
		t.erspanIndex = uint32(v)
		return err
	case "erspan_ver":
		v, err := in.Uint(8, "invalid erspan version\n")
		if err == nil && v > 2 {
			err = desc.Wrong(in.Last(), "erspan version must be 0/1/2\n")
		}
		t.erspanVer = uint8(v)
		return err
	case "erspan_dir":
		switch {
		case in.TakeAbbr("ingress"):
			t.erspanDir = 0
		case in.TakeAbbr("egress"):
			t.erspanDir = 1
		case !in.More():
			return desc.Incomplete()
		default:
			return desc.Wrong(in.Peek(), "Invalid erspan direction.")
		}
		return nil
	}
	v, err := in.Uint(16, "invalid erspan hwid\n")
	t.erspanHwid = uint16(v)
	return err
}
