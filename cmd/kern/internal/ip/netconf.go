package ip

import (
	"errors"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func netconfUsage() string {
	return `
netconf show [ dev DEVICE ]
`
}

// runNetconf is about settings of links (/proc/sys/net/*/conf) that the kernel shows by netlink.
func runNetconf(c *cli.Command) error {
	return c.Choose(listNetconfs,
		cli.Verb{Name: "show", Run: listNetconfs},
		cli.Verb{Name: "lst", Run: listNetconfs},
		cli.Verb{Name: "list", Run: listNetconfs},
	)
}

// listNetconfs is "netconf show". Words that it does not know are passed over, as ip does.
func listNetconfs(c *cli.Command) error {
	index := 0
	for c.More() {
		dev := c.Take("dev")
		word, err := c.Next()
		if err != nil {
			return err
		}
		if !dev {
			continue
		}
		info := c.LinkNamed(word)
		if info == nil {
			return cli.NoSuchDevice(word)
		}
		index = info.Index
	}
	if index != 0 && c.Family != uapi.AF_UNSPEC {
		m, err := c.Get(netconfRequest(c.Family, index))
		if err != nil {
			return err
		}
		return c.Array(func() error {
			watchNetconf(c, m, 0)
			return nil
		})
	}
	if err := KnowLinks(c); err != nil {
		return err
	}
	if c.Family != uapi.AF_UNSPEC {
		return dumpNetconfs(c, c.Family, index)
	}
	err := dumpNetconfs(c, uapi.AF_UNSPEC, index)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	// A kernel that has no list of all families.
	if err := dumpNetconfs(c, uapi.AF_INET, index); err != nil {
		return err
	}
	return dumpNetconfs(c, uapi.AF_INET6, index)
}

func netconfRequest(family, index int) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETNETCONF, 0)
	(&uapi.Netconfmsg{Family: uint8(family)}).Put(r.Header(uapi.SizeofNetconfmsg))
	if index != 0 {
		r.Int32(uapi.NETCONFA_IFINDEX, int32(index))
	}
	return r
}

func dumpNetconfs(c *cli.Command, family, index int) error {
	all, err := c.List(netconfRequest(family, 0))
	if err != nil {
		if family == uapi.AF_UNSPEC && errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		return Terminated(c, "Dump", cli.StatusFailed, err)
	}
	return c.Array(func() error {
		for _, m := range all {
			var conf uapi.Netconfmsg
			conf.Decode(m.Data)
			if family == uapi.AF_UNSPEC || family == int(conf.Family) {
				watchNetconf(c, m, index)
			}
		}
		return nil
	})
}
