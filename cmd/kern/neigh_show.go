package main

import (
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// neighMessage is an RTM_NEWNEIGH or RTM_DELNEIGH message taken apart.
type neighMessage struct {
	deleted bool
	ndm     uapi.Ndmsg
	attrs   desc.Attrs
}

func readNeigh(m wire.Message) *neighMessage {
	n := &neighMessage{deleted: m.Type == uapi.RTM_DELNEIGH}
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
	to       *prefix
	states   uint16 // NUD_…, and neighNone
	stated   bool   // at least one state was given
	protocol choice[uint8]
}

// nextNeighFilter reads the selectors to the end.
func (c *command) nextNeighFilter() (*neighFilter, error) {
	f := &neighFilter{family: c.family}
	for c.More() {
		if err := c.nextNeighSelector(f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (c *command) nextNeighSelector(f *neighFilter) error {
	var err error
	switch {
	case c.Take("dev"):
		f.index, err = c.nextLink()
		return err
	case c.Take("master"):
		f.master, err = c.nextMaster("Device does not exist\n", "")
		return err
	case c.Take("vrf"):
		f.master, err = c.nextMaster("Not a valid VRF name\n", "vrf")
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
			f.states = 0xff | neighNone
			return nil
		}
		state, err := c.nextNeighState()
		if state == uapi.NUD_NONE {
			state = neighNone
		}
		f.states |= state
		return err
	case c.Take("proxy"):
		f.proxy = true
		return nil
	case c.TakeAbbr("protocol"):
		return c.nextNameSelector(&f.protocol, c.names.protoNumber, "invalid \"protocol\"\n")
	}
	c.Take("to")
	if c.helpAsked() {
		return c.showUsage()
	}
	p, err := c.nextPrefix(f.family)
	if err == nil && f.family == uapi.AF_UNSPEC {
		f.family = p.family
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
		f.nomaster && number32(n.attrs[uapi.NDA_MASTER]) != 0,
		f.proxy != (n.ndm.Flags&uapi.NTF_PROXY != 0),
		f.states&state == 0 && n.ndm.Flags&(uapi.NTF_PROXY|uapi.NTF_EXT_LEARNED) == 0,
		f.unused && ci.Refcnt != 0,
		!f.protocol.allows(number8(n.attrs[uapi.NDA_PROTOCOL])):
		return false
	}
	return within(f.to, n.attrs[uapi.NDA_DST], len(n.attrs[uapi.NDA_DST])*8)
}

// showNeigh prints one neighbour. What all neighbours that f selects have in
// common is left out.
func (c *command) showNeigh(n *neighMessage, f *neighFilter) {
	p := c.p
	p.Object("")
	defer p.EndObject()
	if n.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	dst, lladdr := n.attrs[uapi.NDA_DST], n.attrs[uapi.NDA_LLADDR]
	if dst != nil {
		format := "%s "
		if c.brief {
			format = "%-39s "
		}
		p.ColorStr(addrColor(int(n.ndm.Family)), "dst", format, c.addrText(dst))
	}
	if f.index == 0 && n.ndm.Ifindex != 0 {
		if c.brief {
			p.ColorStr(desc.Ifname, "dev", "%-16s ", p.Link(int(n.ndm.Ifindex)))
		} else {
			p.Text("dev ")
			p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(n.ndm.Ifindex)))
		}
	}
	if lladdr != nil {
		if !c.brief {
			p.Text("lladdr ")
		}
		format := "%s "
		if c.brief {
			format = "%s"
		}
		p.ColorStr(desc.MAC, "lladdr", format, llAddrText(lladdr, c.linkType(int(n.ndm.Ifindex))))
	}
	if c.brief {
		p.Text("\n")
		return
	}
	c.showNeighFlags(n)
	if b, ok := n.attrs[uapi.NDA_CACHEINFO]; ok && c.stats != 0 {
		c.showNeighCache(b)
	}
	if b, ok := n.attrs[uapi.NDA_PROBES]; ok && c.stats != 0 {
		p.Uint("probes", "probes %d ", uint64(number32(b)))
	}
	if n.ndm.State != uapi.NUD_NONE {
		p.Array("state")
		for _, s := range neighStates {
			if n.ndm.State&s.state != 0 {
				p.Str("", "%s ", strings.ToUpper(s.name))
			}
		}
		p.EndArray()
	}
	if b := n.attrs[uapi.NDA_PROTOCOL]; len(b) != 0 && b[0] != uapi.RTPROT_UNSPEC {
		p.Str("protocol", "proto %s ", c.names.protoName(b[0]))
	}
	p.Text("\n")
}

func (c *command) showNeighFlags(n *neighMessage) {
	p := c.p
	ext := number32(n.attrs[uapi.NDA_FLAGS_EXT])
	for _, f := range []struct {
		name string
		on   bool
	}{
		{"router", n.ndm.Flags&uapi.NTF_ROUTER != 0},
		{"proxy", n.ndm.Flags&uapi.NTF_PROXY != 0},
		{"managed", ext&uapi.NTF_EXT_MANAGED != 0},
		{"extern_learn", n.ndm.Flags&uapi.NTF_EXT_LEARNED != 0},
		{"offload", n.ndm.Flags&uapi.NTF_OFFLOADED != 0},
	} {
		if f.on {
			p.Null(f.name, f.name+" ")
		}
	}
}

// showNeighCache prints struct nda_cacheinfo; its times are in ticks.
func (c *command) showNeighCache(b []byte) {
	p := c.p
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
func (c *command) linkType(index int) uint16 {
	if info := c.link(index); info != nil {
		return info.typ
	}
	return uapi.ARPHRD_ETHER
}
