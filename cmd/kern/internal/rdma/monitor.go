package rdma

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func monitorUsage() string { return "\nmonitor\n" }

// runMonitor shows changes as they come, until it is interrupted. In JSON they are the elements of one array.
func runMonitor(c *cli.Command) error {
	return choose(c, "mon command", verb{"", monitor}, verb{"help", help(monitorUsage)})
}

func monitor(c *cli.Command) error {
	m, err := c.Get(request(uapi.RDMA_NLDEV_CMD_SYS_GET))
	if err != nil {
		return notThere(err)
	}
	if cli.Number(desc.ParseAttrs(m.Data)[uapi.RDMA_NLDEV_SYS_ATTR_MONITOR_MODE]) == 0 {
		return failed("RDMA monitoring is not supported by the kernel")
	}
	return c.Array(func() error {
		return ip.Follow(c, ip.Source{
			Protocol: uapi.NETLINK_RDMA, Groups: []uint32{uapi.RDMA_NL_GROUP_NOTIFY}, Begin: c.Flush,
			Show: func(m wire.Message, _ ip.Origin) error {
				showEvent(c.Out, desc.ParseAttrs(m.Data))
				return c.Flush()
			},
		})
	})
}

// eventTypes are the names of enum rdma_nl_notify_event_type.
var eventTypes = []string{
	uapi.RDMA_REGISTER_EVENT:      "[REGISTER]",
	uapi.RDMA_UNREGISTER_EVENT:    "[UNREGISTER]",
	uapi.RDMA_NETDEV_ATTACH_EVENT: "[NETDEV_ATTACH]",
	uapi.RDMA_NETDEV_DETACH_EVENT: "[NETDEV_DETACH]",
	uapi.RDMA_RENAME_EVENT:        "[RENAME]",
	uapi.RDMA_NETDEV_RENAME_EVENT: "[NETDEV_RENAME]",
}

func showEvent(p *desc.Printer, a desc.Attrs) {
	typ := a[uapi.RDMA_NLDEV_ATTR_EVENT_TYPE]
	if typ == nil {
		return
	}
	p.Object("")
	p.Str("event_type", "%s\t", name(eventTypes, typ, fmt.Sprintf("[UNKNOWN %#02x]", cli.Number(typ))))
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX]; b != nil {
		p.Uint("rdma_index", "dev %d", cli.Number(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]; b != nil {
		p.Str("rdma_dev", " %s", cli.Text(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]; b != nil {
		p.Uint("port", " port %d", cli.Number(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_NDEV_INDEX]; b != nil {
		p.Uint("netdev_idx", " netdev %d", cli.Number(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_NDEV_NAME]; b != nil {
		p.Str("netdev_name", " %s", cli.Text(b))
	}
	endLine(p)
}
