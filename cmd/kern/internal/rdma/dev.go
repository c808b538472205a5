package rdma

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func devUsage() string {
	return `
dev show [ DEV ]
dev set DEV name NAME
dev set DEV netns { NETNS | PID }
dev set DEV adaptive-moderation { on | off }
dev add NAME type { smi } parent DEV
dev delete DEV
`
}

func runDev(c *cli.Command) error {
	return choose(c, "dev command", verb{"show", showDevs}, verb{"add", addDev}, verb{"delete", deleteDev},
		verb{"list", showDevs}, verb{"set", setDev}, verb{"help", help(devUsage)})
}

// showDevs asks for each device, as an answer about one has more than a list.
func showDevs(c *cli.Command) error {
	return c.Array(func() error {
		all, err := nextDevices(c)
		if err == nil {
			err = noMore(c)
		}
		for i := 0; i < len(all) && err == nil; i++ {
			var m wire.Message
			if m, err = c.Get(about(uapi.RDMA_NLDEV_CMD_GET, all[i])); err == nil {
				showDev(c, desc.ParseAttrs(m.Data))
			}
		}
		return err
	})
}

func showDev(c *cli.Command, a desc.Attrs) {
	p := c.Out
	p.Object("")
	p.Uint("ifindex", "%d: ", cli.Number(a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX]))
	p.Str("ifname", "%s: ", cli.Text(a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]))
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_NODE_TYPE]; b != nil {
		p.Str("node_type", "node_type %s ", name(nodeTypes, b, "unknown"))
	}
	showText(p, a, uapi.RDMA_NLDEV_ATTR_DEV_PROTOCOL, "protocol")
	showText(p, a, uapi.RDMA_NLDEV_ATTR_FW_VERSION, "fw")
	showGUID(p, a, uapi.RDMA_NLDEV_ATTR_NODE_GUID, "node_guid")
	showGUID(p, a, uapi.RDMA_NLDEV_ATTR_SYS_IMAGE_GUID, "sys_image_guid")
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_TYPE]; b != nil {
		p.Str("type", "type %s ", name(devTypes, b, "unknown"))
	}
	showText(p, a, uapi.RDMA_NLDEV_ATTR_PARENT_NAME, "parent")
	if p.Details {
		showModeration(p, a)
		showCaps(p, a, devCaps)
	}
	endLine(p)
}

// nodeTypes are the names of RDMA_NODE_….
var nodeTypes = []string{
	uapi.RDMA_NODE_UNSPECIFIED: "unspecified",
	uapi.RDMA_NODE_IB_CA:       "ca",
	uapi.RDMA_NODE_IB_SWITCH:   "switch",
	uapi.RDMA_NODE_IB_ROUTER:   "router",
	uapi.RDMA_NODE_RNIC:        "rnic",
	uapi.RDMA_NODE_USNIC:       "usnic",
	uapi.RDMA_NODE_USNIC_UDP:   "usnic_udp",
}

// devTypes are the names of RDMA_DEVICE_TYPE_….
var devTypes = []string{uapi.RDMA_DEVICE_TYPE_SMI: "smi"}

// devCaps are the names of what a device can do, from bit 0 on; the kernel has them in ib_verbs.h.
var devCaps = []string{
	"RESIZE_MAX_WR", "BAD_PKEY_CNTR", "BAD_QKEY_CNTR", "RAW_MULTI", "AUTO_PATH_MIG", "CHANGE_PHY_PORT",
	"UD_AV_PORT_ENFORCE_PORT_ENFORCE", "CURR_QP_STATE_MOD", "SHUTDOWN_PORT", "INIT_TYPE", "PORT_ACTIVE_EVENT",
	"SYS_IMAGE_GUID", "RC_RNR_NAK_GEN", "SRQ_RESIZE", "N_NOTIFY_CQ", "LOCAL_DMA_LKEY", "", "MEM_WINDOW", "UD_IP_CSUM",
	"UD_TSO", "XRC", "MEM_MGT_EXTENSIONS", "BLOCK_MULTICAST_LOOPBACK", "MEM_WINDOW_TYPE_2A", "MEM_WINDOW_TYPE_2B",
	"RC_IP_CSUM", "RAW_IP_CSUM", "CROSS_CHANNEL", "", "MANAGED_FLOW_STEERING", "SIGNATURE_HANDOVER",
	"ON_DEMAND_PAGING", "SG_GAPS_REG", "VIRTUAL_FUNCTION", "RAW_SCATTER_FCS", "RDMA_NETDEV_OPA_VNIC",
	"PCI_WRITE_END_PADDING",
}

func setDev(c *cli.Command) error {
	d, err := nextDevice(c)
	if err != nil {
		return err
	}
	r := about(uapi.RDMA_NLDEV_CMD_SET, d)
	return choose(c, "parameter",
		verb{"", help(devUsage)},
		verb{"name", func(c *cli.Command) error {
			if !c.More() {
				return failed("Please provide device new name.")
			}
			r.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, c.Peek())
			return c.Exec(r)
		}},
		verb{"netns", func(c *cli.Command) error {
			if !c.More() {
				return failed("Please provide device name.")
			}
			ns, err := c.OpenNetNS(c.Peek())
			if err != nil {
				if ns, err = c.OpenNetNS("/proc/" + c.Peek() + "/ns/net"); err != nil {
					return failed("Cannot open network namespace \"%s\": %s", c.Peek(), cli.Cause(err))
				}
			}
			r.Uint32(uapi.RDMA_NLDEV_NET_NS_FD, uint32(ns))
			return c.Exec(r)
		}},
		verb{"adaptive-moderation", func(c *cli.Command) error {
			set := func(on uint8) func(*cli.Command) error {
				return func(c *cli.Command) error {
					r.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_DIM, on)
					return c.Exec(r)
				}
			}
			return choose(c, "parameter", verb{"", help(devUsage)}, verb{"on", set(1)}, verb{"off", set(0)})
		}},
	)
}

func addDev(c *cli.Command) error {
	if !c.More() {
		return failed("Please provide a device name to add.")
	}
	newName, err := c.Next()
	if err != nil {
		return err
	}
	return choose(c, "parameter", verb{"", help(devUsage)}, verb{"type", func(c *cli.Command) error {
		if !c.More() {
			return failed("Please provide a device type name.")
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		if !strings.EqualFold(word, devTypes[uapi.RDMA_DEVICE_TYPE_SMI]) {
			return failed("Invalid device type %s", word)
		}
		return choose(c, "parameter", verb{"", help(devUsage)}, verb{"parent", func(c *cli.Command) error {
			parent, err := nextDevice(c)
			if err != nil {
				return err
			}
			r := about(uapi.RDMA_NLDEV_CMD_NEWDEV, parent)
			r.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, newName)
			r.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_TYPE, uapi.RDMA_DEVICE_TYPE_SMI)
			return c.Exec(r)
		}})
	}})
}

func deleteDev(c *cli.Command) error { return deleteBy(c, uapi.RDMA_NLDEV_CMD_DELDEV) }

// deleteBy deletes a device by the command for its sort.
func deleteBy(c *cli.Command, cmd uint16) error {
	d, err := nextDevice(c)
	if err != nil {
		return err
	}
	if c.More() {
		return failed("Unknown parameter %s", c.Peek())
	}
	return c.Exec(about(cmd, d))
}
