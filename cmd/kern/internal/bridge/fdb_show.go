package bridge

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// fdbFilter says which entries to show.
type fdbFilter struct {
	index, master, vlan int
	states              uint16 // 0: all
	dynamic             bool
}

// listFdb is "fdb show".
func listFdb(c *cli.Command) error {
	f := &fdbFilter{}
	for c.More() {
		var err error
		switch {
		case c.Take("brport", "dev"):
			f.index, err = c.NextLink()
		case c.Take("br"):
			f.master, err = nextBridgeDevice(c)
		case c.Take("vlan"):
			if f.vlan != 0 {
				return desc.Duplicate("vlan", c.Peek())
			}
			f.vlan, err = nextVlan(c)
		case c.Take("state"):
			var state uint16
			state, err = nextFdbState(c)
			f.states |= state
		case c.Take("dynamic"):
			f.dynamic = true
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	(&uapi.Ndmsg{Family: uapi.AF_BRIDGE, Ifindex: int32(f.index)}).Put(r.Header(uapi.SizeofNdmsg))
	if f.master != 0 {
		r.Uint32(uapi.NDA_MASTER, uint32(f.master))
	}
	return c.Array(func() error {
		return ended(c, c.Dump(r, func(m wire.Message) error {
			showFdb(c, m, f)
			return c.Spill()
		}))
	})
}

// showFdb prints an entry on a line; it is false where it is not wanted.
func showFdb(c *cli.Command, m wire.Message, f *fdbFilter) bool {
	var ndm uapi.Ndmsg
	ndm.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofNdmsg, len(m.Data)):])
	vlan := cli.Number16(attrs[uapi.NDA_VLAN])
	if ndm.Family != uapi.AF_BRIDGE || f.index != 0 && f.index != int(ndm.Ifindex) || f.states != 0 &&
		f.states&ndm.State == 0 ||
		f.vlan != 0 && f.vlan != int(vlan) || f.dynamic && ndm.State&uapi.NUD_PERMANENT != 0 {
		return false
	}
	p := c.Out
	p.Object("")
	if m.Type == uapi.RTM_DELNEIGH {
		p.Bool("deleted", "Deleted ", true)
	}
	if b, ok := attrs[uapi.NDA_LLADDR]; ok {
		p.ColorStr(desc.MAC, "mac", "%s ", cli.LLAddrText(b, uapi.ARPHRD_ETHER))
	}
	if f.index == 0 && ndm.Ifindex != 0 {
		p.Text("dev ")
		p.ColorStr(desc.Ifname, "ifname", "%s ", p.Link(int(ndm.Ifindex)))
	}
	if b, ok := attrs[uapi.NDA_DST]; ok {
		family := uapi.AF_INET
		if len(b) == 16 {
			family = uapi.AF_INET6
		}
		p.Text("dst ")
		p.ColorStr(desc.AddrColor(family), "dst", "%s ", p.Addr(b))
	}
	if vlan != 0 {
		p.Uint("vlan", "vlan %d ", uint64(vlan))
	}
	if b := attrs[uapi.NDA_PORT]; len(b) >= 2 {
		p.Uint("port", "port %d ", uint64(b[0])<<8|uint64(b[1]))
	}
	for _, a := range []struct {
		typ uint16
		key string
	}{{uapi.NDA_VNI, "vni"}, {uapi.NDA_SRC_VNI, "src_vni"}} {
		if b := attrs[a.typ]; len(b) >= 4 {
			p.Uint(a.key, a.key+" %d ", uint64(native.Uint32(b)))
		}
	}
	_, foreign := attrs[uapi.NDA_LINK_NETNSID]
	if b := attrs[uapi.NDA_IFINDEX]; len(b) >= 4 {
		if index := native.Uint32(b); foreign {
			p.Uint("viaIfIndex", "via ifindex %d ", uint64(index))
		} else {
			p.Str("viaIf", "via %s ", p.Link(int(index)))
		}
	}
	if b := attrs[uapi.NDA_NH_ID]; len(b) >= 4 {
		p.Uint("nhid", "nhid %d ", uint64(native.Uint32(b)))
	}
	if foreign {
		p.Int("linkNetNsId", "link-netnsid %d ", int64(int32(cli.Number32(attrs[uapi.NDA_LINK_NETNSID]))))
	}
	if c.Details {
		if b := desc.ParseAttrs(attrs[uapi.NDA_FDB_EXT_ATTRS])[uapi.NFEA_ACTIVITY_NOTIFY]; len(b) != 0 {
			if b[0]&uapi.FDB_NOTIFY_BIT != 0 {
				p.Bool("activity_notify", "activity_notify ", true)
			}
			if b[0]&uapi.FDB_NOTIFY_INACTIVE_BIT != 0 {
				p.Bool("inactive", "inactive ", true)
			}
		}
	}
	if b := attrs[uapi.NDA_CACHEINFO]; len(b) >= uapi.SizeofNdaCacheinfo && c.Stats != 0 {
		var ci uapi.NdaCacheinfo
		ci.Decode(b)
		p.Uint("used", "used %d", uint64(ci.Used)/uapi.HZ)
		p.Uint("updated", "/%d ", uint64(ci.Updated)/uapi.HZ)
	}
	showFdbFlags(p, ndm.Flags, cli.Number32(attrs[uapi.NDA_FLAGS_EXT]))
	if b, ok := attrs[uapi.NDA_MASTER]; ok {
		p.Str("master", "master %s ", p.Link(int(cli.Number32(b))))
	}
	ip.ShowUnknown(p, "%s ", attrs, uapi.NDA_MAX)
	showFdbState(p, ndm.State)
	p.EndObject()
	return true
}

func showFdbFlags(p *desc.Printer, flags uint8, ext uint32) {
	p.Array("flags")
	for _, f := range []struct {
		bit  uint8
		name string
	}{
		{uapi.NTF_SELF, "self"}, {uapi.NTF_ROUTER, "router"}, {uapi.NTF_EXT_LEARNED, "extern_learn"},
		{uapi.NTF_OFFLOADED, "offload"},
		{uapi.NTF_MASTER, "master"}, {uapi.NTF_STICKY, "sticky"},
	} {
		if flags&f.bit != 0 {
			p.Str("", "%s ", f.name)
		}
	}
	if ext&uapi.NTF_EXT_LOCKED != 0 {
		p.Str("", "%s ", "locked")
	}
	if rest := ext &^ (uapi.NTF_EXT_LOCKED | uapi.NTF_EXT_MANAGED | uapi.NTF_EXT_EXT_VALIDATED); rest != 0 {
		p.Hex("", "%#x ", uint64(rest))
	}
	p.EndArray()
}

func showFdbState(p *desc.Printer, state uint16) {
	switch {
	case state&uapi.NUD_PERMANENT != 0:
		p.Str("state", "%s\n", "permanent")
	case state&uapi.NUD_NOARP != 0:
		p.Str("state", "%s\n", "static")
	case state&uapi.NUD_STALE != 0:
		p.Str("state", "%s\n", "stale")
	case state&uapi.NUD_REACHABLE != 0:
		p.Str("state", "%s\n", "")
	default:
		p.Hex("state", "state=%#x\n", uint64(state))
	}
}
