package ip

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// addrChange is an address as the words of a change describe it.
type addrChange struct {
	dev       choice[string]
	local     *cli.Prefix
	peer      *cli.Prefix
	broadcast string // "" where it is not given
	anycast   *netip.Addr
	scope     *uint8
	label     choice[string]
	proto     choice[uint8]
	metrics   []uint32
	valid     *uint32
	preferred *uint32
	flags     uint32
	family    int
}

// addrAdd, addrAlter and addrReplace are ip address add, change and replace.
func addrAdd(c *cli.Command) error {
	return addrModify(c, uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
}

func addrAlter(c *cli.Command) error { return addrModify(c, uapi.RTM_NEWADDR, uapi.NLM_F_REPLACE) }

func addrReplace(c *cli.Command) error {
	return addrModify(c, uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)
}

// addrDelete is ip address delete.
func addrDelete(c *cli.Command) error { return addrModify(c, uapi.RTM_DELADDR, 0) }

func addrModify(c *cli.Command, typ, flags uint16) error {
	a := addrChange{family: c.Family}
	for c.More() {
		if err := addrWord(c, &a); err != nil {
			return err
		}
	}
	if !a.dev.given {
		return cli.NotEnough("dev")
	}
	index, err := c.IndexOf(a.dev.value)
	if err != nil {
		return err
	}
	r := wire.NewRequest(typ, flags)
	if err := encodeAddr(c, &a, r, index, typ == uapi.RTM_DELADDR); err != nil {
		return err
	}
	return c.Exec(r)
}

// addrWord reads the next word and its value.
func addrWord(c *cli.Command, a *addrChange) error {
	var err error
	switch {
	case c.Take("peer", "remote"):
		if a.peer != nil {
			return duplicateNext(c, "peer")
		}
		a.peer, err = nextAddrPrefix(c, a)
	case c.TakeAbbr("broadcast"), c.Take("brd"):
		if a.broadcast != "" {
			return duplicateNext(c, "broadcast")
		}
		err = nextBroadcast(c, a)
	case c.Take("anycast"):
		if a.anycast != nil {
			return duplicateNext(c, "anycast")
		}
		var addr netip.Addr
		addr, err = c.NextAddr(a.family)
		a.anycast = &addr
	case c.Take("scope"):
		err = nextAddrScope(c, a)
	case c.Take("dev"):
		err = nextWord(c, &a.dev)
	case c.Take("label"):
		err = nextWord(c, &a.label)
	case c.TakeAbbr("metric", "priority", "preference"):
		var n uint64
		n, err = c.Uint(32, "\"metric\" value is invalid\n")
		a.metrics = append(a.metrics, uint32(n))
	case c.TakeAbbr("valid_lft"):
		a.valid, err = nextLifetime(c, "valid_lft", a.valid)
	case c.TakeAbbr("preferred_lft"):
		a.preferred, err = nextLifetime(c, "preferred_lft", a.preferred)
	case c.Take("proto"):
		err = nextAddrProto(c, a)
	case takeAddrFlag(c, a):
	default:
		explicit := c.Take("local")
		if !explicit && c.HelpAsked() {
			return c.ShowUsage()
		}
		if a.local != nil {
			word, err := c.Next()
			if err != nil {
				return err
			}
			return cli.Garbage("local", word)
		}
		a.local, err = nextAddrPrefix(c, a)
	}
	return err
}

// duplicateNext is the error for a keyword given twice.
func duplicateNext(c *cli.Command, keyword string) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	return desc.Duplicate(keyword, word)
}

// nextAddrPrefix takes an address of the family of those before.
func nextAddrPrefix(c *cli.Command, a *addrChange) (*cli.Prefix, error) {
	p, err := c.NextPrefix(a.family)
	if a.family == uapi.AF_UNSPEC {
		a.family = p.Family
	}
	return &p, err
}

// nextBroadcast takes an address, "+" or "-".
func nextBroadcast(c *cli.Command, a *addrChange) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	a.broadcast = word
	if word == "+" || word == "-" {
		return nil
	}
	addr, err := cli.ParseAddr(word, a.family)
	if a.family == uapi.AF_UNSPEC && addr.IsValid() {
		a.family = cli.AddrFamily(addr)
	}
	return err
}

func nextAddrScope(c *cli.Command, a *addrChange) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	n, ok := c.Names.ScopeNumber(word)
	if !ok {
		return desc.Wrong(word, "invalid scope value.")
	}
	scope := uint8(n)
	a.scope = &scope
	return nil
}

// nextAddrProto takes the name or number of what makes an address.
func nextAddrProto(c *cli.Command, a *addrChange) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	proto, ok := c.Names.AddrProtoNumber(word)
	if !ok {
		return desc.Wrong(word, "\"proto\" value is invalid\n")
	}
	a.proto.set(proto)
	return nil
}

// nextLifetime takes seconds or "forever".
func nextLifetime(c *cli.Command, keyword string, before *uint32) (*uint32, error) {
	word, err := c.Next()
	switch {
	case err != nil:
		return nil, err
	case before != nil:
		return nil, desc.Duplicate(keyword, word)
	}
	n := uint32(forever)
	if word != "forever" {
		v, err := desc.ParseUint(word, 32)
		if err != nil {
			return nil, desc.Wrong(word, keyword+" value")
		}
		n = uint32(v)
	}
	if keyword == "valid_lft" && n == 0 {
		return nil, cli.Exit(cli.StatusFailed, "valid_lft is zero")
	}
	return &n, nil
}

// What ip address add takes of the flags.
const (
	ipv6Flags    = uapi.IFA_F_NODAD | uapi.IFA_F_OPTIMISTIC | uapi.IFA_F_HOMEADDRESS | uapi.IFA_F_MANAGETEMPADDR
	mutableFlags = ipv6Flags | uapi.IFA_F_NOPREFIXROUTE | uapi.IFA_F_MCAUTOJOIN
)

// takeAddrFlag takes the name of a flag. Those that cannot be set are no more
// than warned of.
func takeAddrFlag(c *cli.Command, a *addrChange) bool {
	for _, f := range addrFlags {
		if !c.Take(f.names...) {
			continue
		}
		switch {
		case f.bit&mutableFlags == 0:
			fmt.Fprintf(c.Stderr, "Warning: %s option is not mutable from userspace\n", c.Last())
		case f.bit&ipv6Flags != 0 && a.family == uapi.AF_INET:
			fmt.Fprintf(c.Stderr, "Warning: %s option can be set only for IPv6 addresses\n", c.Last())
		default:
			a.flags |= f.bit
		}
		return true
	}
	return false
}

// encodeAddr writes the request.
func encodeAddr(c *cli.Command, a *addrChange, r *wire.Request, index int, deletion bool) error {
	ifa := uapi.Ifaddrmsg{Family: uint8(a.family), Index: uint32(index)}
	switch {
	case a.peer != nil:
		ifa.Prefixlen = uint8(a.peer.Bits)
	case a.local != nil:
		ifa.Prefixlen = uint8(a.local.Bits)
	}
	switch {
	case a.scope != nil:
		ifa.Scope = *a.scope
	case !deletion && a.local != nil && a.local.Addr.Is4() && a.local.Addr.IsLoopback():
		ifa.Scope = uapi.RT_SCOPE_HOST
	}
	if a.flags <= 0xff {
		ifa.Flags = uint8(a.flags)
	}
	ifa.Put(r.Header(uapi.SizeofIfaddrmsg))
	if a.flags > 0xff {
		r.Uint32(uapi.IFA_FLAGS, a.flags)
	}
	if a.local != nil {
		putAddr(r, uapi.IFA_LOCAL, a.local.Addr)
	}
	switch {
	case a.peer != nil:
		putAddr(r, uapi.IFA_ADDRESS, a.peer.Addr)
	case a.local == nil:
	case deletion && a.local.Addr.Is4() && !a.local.Given:
		warnWildcard(c, a.local.Addr)
	default:
		putAddr(r, uapi.IFA_ADDRESS, a.local.Addr)
	}
	if err := encodeBroadcast(a, r); err != nil {
		return err
	}
	if a.anycast != nil {
		putAddr(r, uapi.IFA_ANYCAST, *a.anycast)
	}
	if a.label.given {
		r.String(uapi.IFA_LABEL, a.label.value)
	}
	if a.proto.given {
		r.Uint8(uapi.IFA_PROTO, a.proto.value)
	}
	for _, m := range a.metrics {
		r.Uint32(uapi.IFA_RT_PRIORITY, m)
	}
	if err := encodeLifetimes(a, r); err != nil {
		return err
	}
	if a.flags&uapi.IFA_F_MCAUTOJOIN != 0 && (a.local == nil || !a.local.Addr.IsMulticast()) {
		return cli.Exit(cli.StatusFailed, "autojoin needs multicast address")
	}
	return nil
}

// putAddr appends an address, or nothing as its value for "any".
func putAddr(r *wire.Request, typ uint16, a netip.Addr) {
	if !a.IsValid() {
		r.Data(typ, nil)
		return
	}
	r.Addr(typ, a)
}

// warnWildcard says what an address without a length is taken for.
func warnWildcard(c *cli.Command, a netip.Addr) {
	fmt.Fprintf(c.Stderr, "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"+
		"         Explicitly specify the prefix length (%s/%d) to avoid this warning.\n"+
		"         This special behaviour is likely to disappear in further releases,\n"+
		"         fix your scripts!\n", a, a.BitLen())
}

// encodeBroadcast appends the broadcast address: the one given, or for "+" and
// "-" the local one with all bits set or cleared behind the prefix.
func encodeBroadcast(a *addrChange, r *wire.Request) error {
	switch a.broadcast {
	case "":
		return nil
	case "+", "-":
	default:
		addr, err := cli.ParseAddr(a.broadcast, a.family)
		if err != nil {
			return err
		}
		putAddr(r, uapi.IFA_BROADCAST, addr)
		return nil
	}
	if a.local == nil || !a.local.Addr.Is4() {
		return cli.Exit(cli.StatusFailed, "Broadcast can be set only for IPv4 addresses")
	}
	bits := a.local.Bits
	if a.peer != nil {
		bits = a.peer.Bits
	}
	if bits > 30 {
		return nil // no room for one
	}
	b := a.local.Addr.As4()
	host := uint32(1)<<(32-bits) - 1
	n := binary.BigEndian.Uint32(b[:]) &^ host
	if a.broadcast == "+" {
		n |= host
	}
	binary.BigEndian.PutUint32(b[:], n)
	r.Addr(uapi.IFA_BROADCAST, netip.AddrFrom4(b))
	return nil
}

func encodeLifetimes(a *addrChange, r *wire.Request) error {
	if a.valid == nil && a.preferred == nil {
		return nil
	}
	info := uapi.IfaCacheinfo{IfaValid: forever, IfaPrefered: forever}
	if a.valid != nil {
		info.IfaValid = *a.valid
	}
	if a.preferred != nil {
		info.IfaPrefered = *a.preferred
	}
	if info.IfaPrefered > info.IfaValid {
		return cli.Exit(cli.StatusFailed, "preferred_lft is greater than valid_lft")
	}
	r.Struct(uapi.IFA_CACHEINFO, uapi.SizeofIfaCacheinfo, &info)
	return nil
}
