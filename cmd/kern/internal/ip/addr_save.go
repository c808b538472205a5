package ip

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// addrSave is ip address save: the kernel's messages as they are.
func addrSave(c *cli.Command) error {
	f, err := parseFilter(c)
	if err != nil {
		return err
	}
	return saveDump(c, f.addrDump(), addrMagic, func(m wire.Message) bool {
		a := readAddr(m)
		info := c.Link(int(a.ifa.Index))
		return info != nil && f.addr(a, info.Name)
	}, func(c *cli.Command, err error) error { return Terminated(c, "Save", cli.StatusFailed, err) })
}

// addrRestore is ip address restore. Existing objects stay. The kernel puts
// an IPv6 address before those that a link has, so the last one comes first.
func addrRestore(c *cli.Command) error {
	var requests, inet6 []*wire.Request
	err := readDump(c, addrMagic, func(m wire.Message) error {
		a := readAddr(m)
		if a.ifa.Family == uapi.AF_INET6 {
			inet6 = append(inet6, a.again(m))
		} else {
			requests = append(requests, a.again(m))
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(inet6)
	return restore(c, append(requests, inet6...))
}

// again is the request that makes an address of a dump once more. The flags
// that the kernel sets by itself are left out: it checks again whether an address
// is taken, and which is the first of a prefix.
func (a *addrMessage) again(m wire.Message) *wire.Request {
	r := wire.NewRequest(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
	flags := a.flags & mutableFlags
	ifa := a.ifa
	ifa.Flags = uint8(flags)
	ifa.Put(r.Header(uapi.SizeofIfaddrmsg))
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfaddrmsg)
	for d.Next() {
		if d.Type() != uapi.IFA_FLAGS {
			r.Data(d.Type(), d.Data())
		}
	}
	r.Uint32(uapi.IFA_FLAGS, flags)
	return r
}

// addrShowDump is ip address showdump.
func addrShowDump(c *cli.Command) error {
	return c.Array(func() error {
		c.Out.Object("")
		defer c.Out.EndObject()
		c.Out.Array("addr_info")
		defer c.Out.EndArray()
		return readDump(c, addrMagic, func(m wire.Message) error {
			a := readAddr(m)
			c.Out.Object("")
			c.Out.Uint("index", "if%d:", uint64(a.ifa.Index))
			c.Out.NL()
			showAddr(c.Session, a, false)
			c.Out.Text("\n")
			c.Out.EndObject()
			return c.Spill()
		})
	})
}
