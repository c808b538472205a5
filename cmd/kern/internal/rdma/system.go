package rdma

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func systemUsage() string {
	return `
system show
system set netns { shared | exclusive }
system set privileged-qkey { on | off }
`
}

func runSystem(c *cli.Command) error {
	return choose(c, "system command", verb{"show", showSystem}, verb{"set", setSystem},
		verb{"help", help(systemUsage)})
}

// netnsModes are the names of whether each device is in one network namespace or all are in all, by their numbers.
var netnsModes = []string{"exclusive", "shared"}

// showSystem shows everything whatever is asked for, as rdma does.
func showSystem(c *cli.Command) error {
	if c.More() && !take(c, "netns", "privileged-qkey", "monitor") {
		return unknown("parameter", c.Peek())
	}
	m, err := c.Get(request(uapi.RDMA_NLDEV_CMD_SYS_GET))
	if err != nil {
		return notThere(err)
	}
	a := desc.ParseAttrs(m.Data)
	return c.Array(func() error {
		p := c.Out
		p.Object("")
		if b := a[uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE]; b != nil {
			p.Str("netns", "netns %s ", name(netnsModes, b, "unknown"))
		}
		if b := a[uapi.RDMA_NLDEV_SYS_ATTR_PRIVILEGED_QKEY_MODE]; b != nil {
			p.OnOff("privileged-qkey", "privileged-qkey %s ", cli.Number(b) != 0)
		}
		p.OnOff("monitor", "monitor %s ", cli.Number(a[uapi.RDMA_NLDEV_SYS_ATTR_MONITOR_MODE]) != 0)
		p.OnOff("copy-on-fork", "copy-on-fork %s", cli.Number(a[uapi.RDMA_NLDEV_SYS_ATTR_COPY_ON_FORK]) != 0)
		p.EndObject()
		p.NL()
		return nil
	})
}

func setSystem(c *cli.Command) error {
	r := request(uapi.RDMA_NLDEV_CMD_SYS_SET)
	return choose(c, "parameter", verb{"help", help(systemUsage)},
		verb{"netns", func(c *cli.Command) error {
			for mode, name := range netnsModes {
				if c.Peek() == name {
					r.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE, uint8(mode))
					return c.Exec(r)
				}
			}
			return failed("valid options are: { shared | exclusive }")
		}},
		verb{"privileged-qkey", func(c *cli.Command) error {
			if !c.More() {
				return failed("valid options are: { on | off }")
			}
			on, err := onOff(c, "privileged-qkey")
			if err != nil {
				return err
			}
			r.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_PRIVILEGED_QKEY_MODE, number8(on))
			return c.Exec(r)
		}})
}
