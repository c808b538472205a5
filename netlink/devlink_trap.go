package netlink

import (
	"iter"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// DevlinkTrapAction is what a device does with packets of a trap.
type DevlinkTrapAction uint8

// What a device does with packets of a trap.
const (
	DevlinkTrapDrop   DevlinkTrapAction = uapi.DEVLINK_TRAP_ACTION_DROP   // drops them
	DevlinkTrapTrap   DevlinkTrapAction = uapi.DEVLINK_TRAP_ACTION_TRAP   // gives them to the processor
	DevlinkTrapMirror DevlinkTrapAction = uapi.DEVLINK_TRAP_ACTION_MIRROR // forwards them, and gives copies
)

// DevlinkTrapType is why a device would not forward packets.
type DevlinkTrapType uint8

// Why a device would not forward packets.
const (
	DevlinkTrapOfDrop      DevlinkTrapType = uapi.DEVLINK_TRAP_TYPE_DROP
	DevlinkTrapOfException DevlinkTrapType = uapi.DEVLINK_TRAP_TYPE_EXCEPTION
	DevlinkTrapOfControl   DevlinkTrapType = uapi.DEVLINK_TRAP_TYPE_CONTROL
)

// DevlinkStats counts the packets of a trap, a group or a policer. A nil number was not reported.
type DevlinkStats struct {
	RxPackets *uint64
	RxBytes   *uint64
	RxDropped *uint64
}

func (s *DevlinkStats) attrs(c *attr.Codec) {
	attr.OptU64(c, uapi.DEVLINK_ATTR_STATS_RX_PACKETS, &s.RxPackets)
	attr.OptU64(c, uapi.DEVLINK_ATTR_STATS_RX_BYTES, &s.RxBytes)
	attr.OptU64(c, uapi.DEVLINK_ATTR_STATS_RX_DROPPED, &s.RxDropped)
}

// DevlinkTrap is a sort of packets that a device does not forward, or tells of: devlink trap. To set one takes its
// device, its name and the action (Linux 5.4).
type DevlinkTrap struct {
	DevlinkRef
	Name   string
	Action *DevlinkTrapAction

	// Read only.
	Group   string
	Type    DevlinkTrapType
	Generic bool // the kernel's documentation says what it means, else the driver's
	InPort  bool // packets come with the port that they came in by
	Cookie  bool // packets come with the cookie of the action that dropped them
	Stats   DevlinkStats
}

func (t *DevlinkTrap) attrs(c *attr.Codec) {
	t.DevlinkRef.attrs(c)
	attr.String(c, uapi.DEVLINK_ATTR_TRAP_NAME, &t.Name)
	attr.OptU8(c, uapi.DEVLINK_ATTR_TRAP_ACTION, &t.Action)
	attr.String(c, uapi.DEVLINK_ATTR_TRAP_GROUP_NAME|attr.ReadOnly, &t.Group)
	attr.U8(c, uapi.DEVLINK_ATTR_TRAP_TYPE|attr.ReadOnly, &t.Type)
	attr.Flag(c, uapi.DEVLINK_ATTR_TRAP_GENERIC|attr.ReadOnly, &t.Generic)
	attr.Nest(c, uapi.DEVLINK_ATTR_TRAP_METADATA|attr.ReadOnly, func(c *attr.Codec) {
		attr.Flag(c, uapi.DEVLINK_ATTR_TRAP_METADATA_TYPE_IN_PORT, &t.InPort)
		attr.Flag(c, uapi.DEVLINK_ATTR_TRAP_METADATA_TYPE_FA_COOKIE, &t.Cookie)
	})
	attr.Nest(c, uapi.DEVLINK_ATTR_STATS|attr.ReadOnly, t.Stats.attrs)
}

// DevlinkTrapSeq gives the traps of a device as they come: devlink trap show. The last pair holds the error, if there
// is one.
func (h *Handle) DevlinkTrapSeq(of DevlinkRef) iter.Seq2[DevlinkTrap, error] {
	return devlinkSeq[DevlinkTrap](h, uapi.DEVLINK_CMD_TRAP_GET, "devlink trap list", of)
}

// DevlinkTrapGet returns a trap: devlink trap show DEV trap NAME.
func (h *Handle) DevlinkTrapGet(of DevlinkRef, name string) (*DevlinkTrap, error) {
	return devlinkGet(h, uapi.DEVLINK_CMD_TRAP_GET, "devlink trap get", &DevlinkTrap{DevlinkRef: of, Name: name})
}

// DevlinkTrapSet says what becomes of packets: devlink trap set.
func (h *Handle) DevlinkTrapSet(trap DevlinkTrap) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_TRAP_SET, "devlink trap set", &trap)
}

// DevlinkTrapGroup is a group of traps that share a policer: devlink trap group (Linux 5.7 with policers).
type DevlinkTrapGroup struct {
	DevlinkRef
	Name    string
	Policer *uint32            // 0: none
	Action  *DevlinkTrapAction // of all its traps; it is set and not reported

	Generic bool // read only, as of [DevlinkTrap]
	Stats   DevlinkStats
}

func (g *DevlinkTrapGroup) attrs(c *attr.Codec) {
	g.DevlinkRef.attrs(c)
	attr.String(c, uapi.DEVLINK_ATTR_TRAP_GROUP_NAME, &g.Name)
	attr.OptU32(c, uapi.DEVLINK_ATTR_TRAP_POLICER_ID, &g.Policer)
	attr.OptU8(c, uapi.DEVLINK_ATTR_TRAP_ACTION|attr.WriteOnly, &g.Action)
	attr.Flag(c, uapi.DEVLINK_ATTR_TRAP_GENERIC|attr.ReadOnly, &g.Generic)
	attr.Nest(c, uapi.DEVLINK_ATTR_STATS|attr.ReadOnly, g.Stats.attrs)
}

// DevlinkTrapGroupSeq gives the groups of a device's traps as they come: devlink trap group show. The last pair holds
// the error, if there is one.
func (h *Handle) DevlinkTrapGroupSeq(of DevlinkRef) iter.Seq2[DevlinkTrapGroup, error] {
	return devlinkSeq[DevlinkTrapGroup](h, uapi.DEVLINK_CMD_TRAP_GROUP_GET, "devlink trap group list", of)
}

// DevlinkTrapGroupSet changes a group: devlink trap group set.
func (h *Handle) DevlinkTrapGroupSet(group DevlinkTrapGroup) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_TRAP_GROUP_SET, "devlink trap group set", &group)
}

// DevlinkTrapPolicer bounds the packets of groups of traps: devlink trap policer (Linux 5.7).
type DevlinkTrapPolicer struct {
	DevlinkRef
	ID    uint32
	Rate  *uint64 // packets a second
	Burst *uint64 // packets
	Stats DevlinkStats
}

func (p *DevlinkTrapPolicer) attrs(c *attr.Codec) {
	p.DevlinkRef.attrs(c)
	attr.U32(c, uapi.DEVLINK_ATTR_TRAP_POLICER_ID, &p.ID)
	attr.OptU64(c, uapi.DEVLINK_ATTR_TRAP_POLICER_RATE, &p.Rate)
	attr.OptU64(c, uapi.DEVLINK_ATTR_TRAP_POLICER_BURST, &p.Burst)
	attr.Nest(c, uapi.DEVLINK_ATTR_STATS|attr.ReadOnly, p.Stats.attrs)
}

// DevlinkTrapPolicerSeq gives the policers of a device as they come: devlink trap policer show. The last pair holds
// the error, if there is one.
func (h *Handle) DevlinkTrapPolicerSeq(of DevlinkRef) iter.Seq2[DevlinkTrapPolicer, error] {
	return devlinkSeq[DevlinkTrapPolicer](h, uapi.DEVLINK_CMD_TRAP_POLICER_GET, "devlink trap policer list", of)
}

// DevlinkTrapPolicerSet changes a policer: devlink trap policer set.
func (h *Handle) DevlinkTrapPolicerSet(policer DevlinkTrapPolicer) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_TRAP_POLICER_SET, "devlink trap policer set", &policer)
}
