package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// neighMessage is an RTM_NEWNEIGH, RTM_DELNEIGH or RTM_GETNEIGH message taken
// apart.
type neighMessage struct {
	deleted bool
	miss    bool // RTM_GETNEIGH: the kernel asks for it
	ndm     uapi.Ndmsg
	attrs   desc.Attrs
}

func readNeigh(m wire.Message) *neighMessage {
	n := &neighMessage{deleted: m.Type == uapi.RTM_DELNEIGH, miss: m.Type == uapi.RTM_GETNEIGH}
	n.ndm.Decode(m.Data)
	n.attrs = desc.ParseAttrs(m.Data[min(uapi.SizeofNdmsg, len(m.Data)):])
	return n
}

// neighFilter says which neighbours to show or flush.
type neighFilter struct {
	family   int
	index    int
	master   int
	nomaster bool
	proxy    bool
	unused   bool
	to       *cli.Prefix
	states   uint16 // NUD_…, and neighNone
	spared   uint16 // of all states
	stated   bool   // at least one state was given
	protocol choice[uint8]
}

// nextNeighFilter reads the selectors to the end. spared are states that "nud
// all" leaves out: what the kernel makes for itself is not to be flushed.
func nextNeighFilter(c *cli.Command, spared uint16) (*neighFilter, error) {
	f := &neighFilter{family: c.Family, spared: spared}
	for c.More() {
		if err := nextNeighSelector(c, f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func nextNeighSelector(c *cli.Command, f *neighFilter) error {
	var err error
	switch {
	case c.Take("dev"):
		f.index, err = c.NextLink()
		return err
	case c.Take("master"):
		f.master, err = nextMaster(c, "Device does not exist\n", "")
		return err
	case c.Take("vrf"):
		f.master, err = nextMaster(c, "Not a valid VRF name\n", "vrf")
		return err
	case c.Take("nomaster"):
		f.nomaster = true
		return nil
	case c.Take("unused"):
		f.unused = true
		return nil
	case c.Take("nud"):
		f.stated = true
		if c.Take("all") {
			f.states = 0xff&^f.spared | neighNone
			return nil
		}
		state, err := nextNeighState(c)
		if state == uapi.NUD_NONE {
			state = neighNone
		}
		f.states |= state
		return err
	case c.Take("proxy"):
		f.proxy = true
		return nil
	case c.TakeAbbr("protocol"):
		return nextNameSelector(c, &f.protocol, c.Names.ProtoNumber, "invalid \"protocol\"\n")
	}
	c.Take("to")
	if c.HelpAsked() {
		return c.ShowUsage()
	}
	p, err := c.NextPrefix(f.family)
	if err == nil && f.family == uapi.AF_UNSPEC {
		f.family = p.Family
	}
	f.to = &p
	return err
}

// request asks the kernel for the neighbours that may be wanted; it filters as
// far as it can.
func (f *neighFilter) request() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	ndm := uapi.Ndmsg{Family: uint8(f.family)}
	if f.proxy {
		ndm.Flags = uapi.NTF_PROXY
	}
	ndm.Put(r.Header(uapi.SizeofNdmsg))
	if f.index != 0 {
		r.Uint32(uapi.NDA_IFINDEX, uint32(f.index))
	}
	if f.master != 0 {
		r.Uint32(uapi.NDA_MASTER, uint32(f.master))
	}
	return r
}

// allows reports whether a neighbour is wanted.
func (f *neighFilter) allows(n *neighMessage) bool {
	state := n.ndm.State
	if state == uapi.NUD_NONE {
		state = neighNone
	}
	var ci uapi.NdaCacheinfo
	ci.Decode(n.attrs[uapi.NDA_CACHEINFO])
	switch {
	case f.family != uapi.AF_UNSPEC && f.family != int(n.ndm.Family),
		f.index != 0 && f.index != int(n.ndm.Ifindex),
		f.nomaster && cli.Number32(n.attrs[uapi.NDA_MASTER]) != 0,
		f.proxy != (n.ndm.Flags&uapi.NTF_PROXY != 0),
		f.states&state == 0 && n.ndm.Flags&(uapi.NTF_PROXY|uapi.NTF_EXT_LEARNED) == 0,
		f.unused && ci.Refcnt != 0,
		!f.protocol.allows(cli.Number8(n.attrs[uapi.NDA_PROTOCOL])):
		return false
	}
	return within(f.to, n.attrs[uapi.NDA_DST], len(n.attrs[uapi.NDA_DST])*8)
}

// showNeigh prints one neighbour. What all neighbours that f selects have in
// common is left out.
func showNeigh(c *cli.Command, n *neighMessage, f *neighFilter) {
	p := c.Out
	p.Object("")
	defer p.EndObject()
	if n.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	if n.miss {
		p.Null("miss", "miss ")
	}
	dst, lladdr := n.attrs[uapi.NDA_DST], n.attrs[uapi.NDA_LLADDR]
	if dst != nil {
		format := "%s "
		if c.Brief {
			format = "%-39s "
		}
		p.ColorStr(n.dstColor(dst), "dst", format, c.Out.Addr(dst))
	}
	if f.index == 0 && n.ndm.Ifindex != 0 {
		if c.Brief {
			p.ColorStr(desc.Ifname, "dev", "%-16s ", p.Link(int(n.ndm.Ifindex)))
		} else {
			p.Text("dev ")
			p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(n.ndm.Ifindex)))
		}
	}
	if lladdr != nil {
		if !c.Brief {
			p.Text("lladdr ")
		}
		format := "%s "
		if c.Brief {
			format = "%s"
		}
		p.ColorStr(desc.MAC, "lladdr", format, cli.LLAddrText(lladdr, linkType(c, int(n.ndm.Ifindex))))
	}
	if c.Brief {
		p.Text("\n")
		return
	}
	showNeighFlags(c, n)
	if b, ok := n.attrs[uapi.NDA_CACHEINFO]; ok && c.Stats != 0 {
		showNeighCache(c, b)
	}
	if b, ok := n.attrs[uapi.NDA_PROBES]; ok && c.Stats != 0 {
		p.Uint("probes", "probes %d ", uint64(cli.Number32(b)))
	}
	if n.ndm.State != uapi.NUD_NONE {
		p.Array("state")
		for _, s := range neighStates {
			if n.ndm.State&s.state != 0 {
				p.Str("", "%s ", strings.ToUpper(s.name))
			}
		}
		const known = 1<<8 - 1
		if rest := n.ndm.State &^ known; rest != 0 {
			p.Hex("", "%#x ", uint64(rest))
		}
		p.EndArray()
	}
	if b := n.attrs[uapi.NDA_PROTOCOL]; len(b) != 0 && b[0] != uapi.RTPROT_UNSPEC {
		p.Str("protocol", "proto %s ", c.Names.ProtoName(b[0]))
	}
	ShowUnknown(p, "%s ", n.attrs, uapi.NDA_MAX)
	p.Text("\n")
}

// dstColor is the colour of the address, which entries of a bridge have of
// either family.
func (n *neighMessage) dstColor(dst []byte) desc.Color {
	family := int(n.ndm.Family)
	if family == uapi.AF_BRIDGE {
		family = uapi.AF_INET
		if len(dst) == 16 {
			family = uapi.AF_INET6
		}
	}
	return desc.AddrColor(family)
}

func showNeighFlags(c *cli.Command, n *neighMessage) {
	p := c.Out
	ext := cli.Number32(n.attrs[uapi.NDA_FLAGS_EXT])
	for _, f := range []struct {
		name string
		on   bool
	}{
		{"router", n.ndm.Flags&uapi.NTF_ROUTER != 0},
		{"proxy", n.ndm.Flags&uapi.NTF_PROXY != 0},
		{"managed", ext&uapi.NTF_EXT_MANAGED != 0},
		{"extern_learn", n.ndm.Flags&uapi.NTF_EXT_LEARNED != 0},
		{"offload", n.ndm.Flags&uapi.NTF_OFFLOADED != 0},
		{"extern_valid", ext&uapi.NTF_EXT_EXT_VALIDATED != 0},
	} {
		if f.on {
			p.Null(f.name, f.name+" ")
		}
	}
	const knownExt = uapi.NTF_EXT_MANAGED | uapi.NTF_EXT_LOCKED | uapi.NTF_EXT_EXT_VALIDATED
	showBits(p, "flags_ext", "flags_ext %#x ", ext, knownExt)
}

// showNeighCache prints struct nda_cacheinfo; its times are in ticks.
func showNeighCache(c *cli.Command, b []byte) {
	p := c.Out
	var ci uapi.NdaCacheinfo
	ci.Decode(b)
	if ci.Refcnt != 0 {
		p.Uint("refcnt", " ref %d", uint64(ci.Refcnt))
	}
	p.Uint("used", " used %d", uint64(ci.Used)/uapi.HZ)
	p.Uint("confirmed", "/%d", uint64(ci.Confirmed)/uapi.HZ)
	p.Uint("updated", "/%d", uint64(ci.Updated)/uapi.HZ)
}

// linkType is the ARPHRD_ number of a link, that of Ethernet where the link is
// not known.
func linkType(c *cli.Command, index int) uint16 {
	if info := c.Link(index); info != nil {
		return info.Type
	}
	return uapi.ARPHRD_ETHER
}
