package rdma

import (
	"context"
	"fmt"
	"os"
	"os/signal"

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
	if number(desc.ParseAttrs(m.Data)[uapi.RDMA_NLDEV_SYS_ATTR_MONITOR_MODE]) == 0 {
		return failed("RDMA monitoring is not supported by the kernel")
	}
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt)
	defer stop()
	return c.Array(func() error { return watch(ctx, c) })
}

func watch(ctx context.Context, c *cli.Command) error {
	events, err := wire.Listen(c.SocketConfig(uapi.NETLINK_RDMA), uapi.RDMA_NL_GROUP_NOTIFY)
	if err != nil {
		return err
	}
	defer events.Close()
	if err := c.Flush(); err != nil {
		return err
	}
	return ip.EachEvent(ctx, c, events, func(m wire.Message) error {
		showEvent(c.Out, desc.ParseAttrs(m.Data))
		return c.Flush()
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
	p.Str("event_type", "%s\t", name(eventTypes, typ, fmt.Sprintf("[UNKNOWN %#02x]", number(typ))))
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX]; b != nil {
		p.Uint("rdma_index", "dev %d", number(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]; b != nil {
		p.Str("rdma_dev", " %s", cli.Text(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]; b != nil {
		p.Uint("port", " port %d", number(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_NDEV_INDEX]; b != nil {
		p.Uint("netdev_idx", " netdev %d", number(b))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_NDEV_NAME]; b != nil {
		p.Str("netdev_name", " %s", cli.Text(b))
	}
	endLine(p)
}
