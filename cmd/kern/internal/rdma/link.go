package rdma

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func linkUsage() string {
	return `
link show [ DEV/PORT ]
link add NAME type { rxe | siw } netdev NETDEV
link delete NAME
`
}

func runLink(c *cli.Command) error {
	return choose(c, "link command", verb{"show", showLinks}, verb{"add", addLink},
		verb{"delete", func(c *cli.Command) error { return deleteBy(c, uapi.RDMA_NLDEV_CMD_DELLINK) }},
		verb{"list", showLinks}, verb{"help", help(linkUsage)})
}

func showLinks(c *cli.Command) error {
	return c.Array(func() error {
		all, err := nextPorts(c, false)
		if err == nil {
			err = noMore(c)
		}
		for i := 0; i < len(all) && err == nil; i++ {
			var m wire.Message
			if m, err = c.Get(all[i].about(uapi.RDMA_NLDEV_CMD_PORT_GET)); err == nil {
				showLink(c, desc.ParseAttrs(m.Data))
			}
		}
		return err
	})
}

// about begins a request about a port, or about its device.
func (p port) about(cmd uint16) *wire.Request {
	r := about(cmd, p.device)
	if p.number != 0 {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, p.number)
	}
	return r
}

func showLink(c *cli.Command, a desc.Attrs) {
	p := c.Out
	p.Object("")
	p.Uint("ifindex", "", cli.Number(a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX]))
	p.Str("ifname", "link %s/", cli.Text(a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]))
	p.Uint("port", "%d ", cli.Number(a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]))
	showGUID(p, a, uapi.RDMA_NLDEV_ATTR_SUBNET_PREFIX, "subnet_prefix")
	showNumber(p, a, uapi.RDMA_NLDEV_ATTR_LID, "lid")
	showNumber(p, a, uapi.RDMA_NLDEV_ATTR_SM_LID, "sm_lid")
	showNumber(p, a, uapi.RDMA_NLDEV_ATTR_LMC, "lmc")
	if b := a[uapi.RDMA_NLDEV_ATTR_PORT_STATE]; b != nil {
		p.Str("state", "state %s ", name(portStates, b, "UNKNOWN"))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_PORT_PHYS_STATE]; b != nil {
		p.Str("physical_state", "physical_state %s ", name(physicalStates, b, "UNKNOWN"))
	}
	if b := a[uapi.RDMA_NLDEV_ATTR_NDEV_NAME]; b != nil && a[uapi.RDMA_NLDEV_ATTR_NDEV_INDEX] != nil {
		p.Str("netdev", "netdev %s ", cli.Text(b))
		format := ""
		if p.Details {
			format = "netdev_index %d "
		}
		p.Uint("netdev_index", format, cli.Number(a[uapi.RDMA_NLDEV_ATTR_NDEV_INDEX]))
	}
	if p.Details {
		showCaps(p, a, portCaps)
	}
	endLine(p)
}

// portStates are the names of the kernel's enum ib_port_state, from 0 on, physicalStates those of enum
// ib_port_phys_state and of what Omni-Path adds.
var (
	portStates     = []string{"NOP", "DOWN", "INIT", "ARMED", "ACTIVE", "ACTIVE_DEFER"}
	physicalStates = []string{"NOP", "SLEEP", "POLLING", "DISABLED", "ARMED", "LINK_UP", "LINK_ERROR_RECOVER",
		"PHY_TEST", "", "OPA_OFFLINE", "", "OPA_TEST"}
)

// portCaps are the names of what a port can do, from bit 0 on; the kernel has them in ib_mad.h.
var portCaps = []string{
	"RESERVED", "SM", "NOTICE", "TRAP", "OPT_IPD", "AUTO_MIGR", "SL_MAP", "MKEY_NVRAM", "PKEY_NVRAM", "LED_INFO",
	"SM_DISABLED", "SYS_IMAGE_GUID", "PKEY_SW_EXT_PORT_TRAP", "CABLE_INFO", "EXTENDED_SPEEDS", "CAP_MASK2", "CM",
	"SNMP_TUNNEL", "REINIT", "DEVICE_MGMT", "VENDOR_CLASS", "DR_NOTICE", "CAP_MASK_NOTICE", "BOOT_MGMT",
	"LINK_LATENCY", "CLIENT_REG", "OTHER_LOCAL_CHANGES", "LINK_SPPED_WIDTH", "VENDOR_SPECIFIC_MADS",
	"MULT_PKER_TRAP", "MULT_FDB", "HIERARCHY_INFO", "SET_NODE_DESC", "EXT_INFO", "VIRT", "SWITCH_POR_STATE_TABLE",
	"LINK_WIDTH_2X", "LINK_SPEED_HDR",
}

func addLink(c *cli.Command) error {
	if !c.More() {
		return failed("Please provide a link name to add.")
	}
	newName, err := c.Next()
	if err != nil {
		return err
	}
	return choose(c, "parameter", verb{"", help(linkUsage)}, verb{"type", func(c *cli.Command) error {
		if !c.More() {
			return failed("Please provide a link type name.")
		}
		typ, err := c.Next()
		if err != nil {
			return err
		}
		return choose(c, "parameter", verb{"", help(linkUsage)}, verb{"netdev", func(c *cli.Command) error {
			if !c.More() {
				return failed("Please provide a net device name.")
			}
			r := request(uapi.RDMA_NLDEV_CMD_NEWLINK)
			r.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, newName)
			r.String(uapi.RDMA_NLDEV_ATTR_LINK_TYPE, typ)
			r.String(uapi.RDMA_NLDEV_ATTR_NDEV_NAME, c.Peek())
			return c.Exec(r)
		}})
	}})
}
