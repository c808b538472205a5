package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BondSlave holds a link's attributes as the port of a bond, LinkAttrs.Slave: ip -details link show, after
// "bond_slave". LinkSetSlave sends QueueId where it is not 0, and what has a pointer where that is not nil; the rest
// is only read.
type BondSlave struct {
	State                  BondSlaveState
	MiiStatus              BondSlaveMiiStatus
	LinkFailureCount       uint32
	PermHardwareAddr       net.HardwareAddr // the address that it had before
	QueueId                uint16           // the queue of the bond that it sends from, 0: any
	AggregatorId           uint16
	AdActorOperPortState   uint8  // LACP_STATE_…
	AdPartnerOperPortState uint16 // the same of its partner

	QueueIdSet        *uint16 // queue_id where not nil, with precedence over QueueId; never read
	Prio              *int32  // prio: the higher is preferred where the primary is not up (Linux 6.0)
	ActorPortPrio     *uint16 // actor_port_prio, see BOND_AD_SELECT_PRIO (Linux 6.18)
	ChurnActorState   *uint8  // 0: monitored, 1: churn, 2: none (Linux 7.1)
	ChurnPartnerState *uint8
}

// SlaveType returns "bond".
func (b *BondSlave) SlaveType() string { return "bond" }

func (b *BondSlave) attrs(c *attr.Codec) {
	attr.U8(c, uapi.IFLA_BOND_SLAVE_STATE|attr.ReadOnly, &b.State)
	attr.U8(c, uapi.IFLA_BOND_SLAVE_MII_STATUS|attr.ReadOnly, &b.MiiStatus)
	attr.U32(c, uapi.IFLA_BOND_SLAVE_LINK_FAILURE_COUNT|attr.ReadOnly, &b.LinkFailureCount)
	attr.Bytes(c, uapi.IFLA_BOND_SLAVE_PERM_HWADDR|attr.ReadOnly, &b.PermHardwareAddr)
	if c.Encoding() && b.QueueIdSet != nil {
		attr.OptU16(c, uapi.IFLA_BOND_SLAVE_QUEUE_ID, &b.QueueIdSet)
	} else {
		attr.U16(c, uapi.IFLA_BOND_SLAVE_QUEUE_ID|attr.IfSet, &b.QueueId)
	}
	attr.OptS32(c, uapi.IFLA_BOND_SLAVE_PRIO, &b.Prio)
	attr.U16(c, uapi.IFLA_BOND_SLAVE_AD_AGGREGATOR_ID|attr.ReadOnly, &b.AggregatorId)
	attr.U8(c, uapi.IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE|attr.ReadOnly, &b.AdActorOperPortState)
	attr.U16(c, uapi.IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE|attr.ReadOnly, &b.AdPartnerOperPortState)
	attr.OptU16(c, uapi.IFLA_BOND_SLAVE_ACTOR_PORT_PRIO, &b.ActorPortPrio)
	attr.OptU8(c, uapi.IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE|attr.ReadOnly, &b.ChurnActorState)
	attr.OptU8(c, uapi.IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE|attr.ReadOnly, &b.ChurnPartnerState)
}

// silent is what LACP negotiates and the monitor counts.
func (*BondSlave) silent() []uint16 { return bondPortSilent }

var bondPortSilent = []uint16{
	uapi.IFLA_BOND_SLAVE_LINK_FAILURE_COUNT, uapi.IFLA_BOND_SLAVE_AD_AGGREGATOR_ID,
	uapi.IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE,
	uapi.IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE, uapi.IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE,
	uapi.IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE,
}

func (*BondSlave) describe() desc.Kind { return desc.Kind{Fields: bondPortFields, Help: bondPortHelp} }

var bondPortFields = []desc.Field{
	{Type: uapi.IFLA_BOND_SLAVE_STATE, Key: "state", Names: bondSlaveStates, Show: showBondPortName},
	{Type: uapi.IFLA_BOND_SLAVE_MII_STATUS, Key: "mii_status", Names: bondMiiStatuses, Show: showBondPortName},
	{Type: uapi.IFLA_BOND_SLAVE_LINK_FAILURE_COUNT, Key: "link_failure_count", Form: desc.S32, ReadOnly: true},
	{Type: uapi.IFLA_BOND_SLAVE_PERM_HWADDR, Key: "perm_hwaddr", Form: desc.LLAddr, ReadOnly: true},
	{Type: uapi.IFLA_BOND_SLAVE_QUEUE_ID, Key: "queue_id", Form: desc.U16, Usage: "ID", Read: readBondQueue},
	{Type: uapi.IFLA_BOND_SLAVE_PRIO, Key: "prio", Form: desc.S32, Usage: "PRIORITY", Exact: true, Read: readBondPrio},
	{Type: uapi.IFLA_BOND_SLAVE_AD_AGGREGATOR_ID, Key: "ad_aggregator_id", Form: desc.U16, ReadOnly: true},
	{Type: uapi.IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE, Key: "ad_actor_oper_port_state", Show: showLacpState},
	{Type: uapi.IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE, Key: "ad_partner_oper_port_state", Show: showLacpState},
	{Type: uapi.IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE, Key: "churn_actor_state", Form: desc.Enum8, Names: bondChurnStates,
		ReadOnly: true},
	{Type: uapi.IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE, Key: "churn_partner_state", Form: desc.Enum8,
		Names: bondChurnStates, ReadOnly: true},
	{Type: uapi.IFLA_BOND_SLAVE_ACTOR_PORT_PRIO, Key: "actor_port_prio", Form: desc.U16, Usage: "PRIORITY", Exact: true,
		Read: readBondActorPrio},
}

var bondChurnStates = []string{"MONITOR", "CHURN", "NO_CHURN"}

// showBondPortName prints a number by its name, or as KEY_index where it has none.
func showBondPortName(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0:
	case int(b[0]) < len(f.Names):
		p.Str(f.Key, f.Key+" %s ", f.Names[b[0]])
	default:
		p.Uint(f.Key+"_index", f.Key+" %d ", uint64(b[0]))
	}
}

// lacpStates are the names of LACP_STATE_… by bit.
var lacpStates = [...]string{"active", "short_timeout", "aggregating", "in_sync", "collecting", "distributing",
	"defaulted", "expired"}

// showLacpState prints the state of a port as a number and bit by bit. Of that of the partner, which is of 16 bits, 8
// are in use.
func showLacpState(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	var state uint16
	switch len(b) {
	case 0:
		return
	case 1:
		state = uint16(b[0])
	default:
		state = native.Uint16(b) & 0xff
	}
	p.Uint(f.Key, f.Key+" %d ", uint64(state))
	p.Array(f.Key + "_str")
	p.Text(" <")
	for i, name := range lacpStates {
		if state>>i&1 == 0 {
			continue
		}
		if state &^= 1 << i; state != 0 {
			p.Str("", "%s,", name)
		} else {
			p.Str("", "%s", name)
		}
	}
	p.EndArray()
	p.Text("> ")
}

func readBondQueue(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, "queue_id is invalid")
	e.Uint16(f.Type, uint16(v))
	return err
}

func readBondActorPrio(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, "actor prio is invalid")
	e.Uint16(f.Type, uint16(v))
	return err
}

func readBondPrio(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Int(32, "prio is invalid")
	e.Int32(f.Type, int32(v))
	return err
}
