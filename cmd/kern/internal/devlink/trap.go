package devlink

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func trapUsage() string {
	return `
trap set DEV trap TRAP [ action { trap | drop | mirror } ]
trap show [ DEV [ trap TRAP ] ]
trap group set DEV group GROUP [ action { trap | drop | mirror } ]
           [ policer POLICER | nopolicer ]
trap group show [ DEV [ group GROUP ] ]
trap policer set DEV policer POLICER [ rate RATE ] [ burst BURST ]
trap policer show [ DEV [ policer POLICER ] ]
`
}

var (
	listTraps = listing{section: "trap", cmd: uapi.DEVLINK_CMD_TRAP_GET, one: ofDevice, need: []*word{&trapWord},
		all: ofDevice, show: memberOf(showTrap)}
	setTrap = request{cmd: uapi.DEVLINK_CMD_TRAP_SET, of: ofDevice, need: []*word{&trapWord},
		may: []*word{&trapActionWord}}
	listGroups = listing{section: "trap_group", cmd: uapi.DEVLINK_CMD_TRAP_GROUP_GET, one: ofDevice,
		need: []*word{&groupWord}, all: ofDevice, show: memberOf(showTrapGroup)}
	setGroup = request{cmd: uapi.DEVLINK_CMD_TRAP_GROUP_SET, of: ofDevice, need: []*word{&groupWord},
		may: []*word{&trapActionWord, &policerWord, &noPolicerWord}}
	listPolicers = listing{section: "trap_policer", cmd: uapi.DEVLINK_CMD_TRAP_POLICER_GET, one: ofDevice,
		need: []*word{&policerWord}, all: ofDevice, show: memberOf(showPolicer)}
	setPolicer = request{cmd: uapi.DEVLINK_CMD_TRAP_POLICER_SET, of: ofDevice, need: []*word{&policerWord},
		may: []*word{&rateWord, &burstWord}}
)

func runTrap(c *cli.Command) error {
	return choose(c, listTraps.run, lister(listTraps.run,
		cli.Verb{Name: "set", Run: setTrap.run},
		cli.Verb{Name: "group", Run: func(c *cli.Command) error { return listOrSet(c, &listGroups, &setGroup) }},
		cli.Verb{Name: "policer", Run: func(c *cli.Command) error { return listOrSet(c, &listPolicers, &setPolicer) }},
	)...)
}

func showTrap(o *out, m *message) {
	o.str("name", m.text(uapi.DEVLINK_ATTR_TRAP_NAME))
	o.str("type", nameOf(trapTypes, m.number(uapi.DEVLINK_ATTR_TRAP_TYPE), "type"))
	o.truth("generic", m.has(uapi.DEVLINK_ATTR_TRAP_GENERIC))
	o.str("action", nameOf(trapActions, m.number(uapi.DEVLINK_ATTR_TRAP_ACTION), "action"))
	o.str("group", m.text(uapi.DEVLINK_ATTR_TRAP_GROUP_NAME))
	if o.Details {
		o.list("metadata")
		d := wire.NewDecoder(m.attrs[uapi.DEVLINK_ATTR_TRAP_METADATA])
		for d.Next() {
			o.space()
			o.Str("", "%s", nameOf(trapMetadata, uint64(d.Type()), "metadata type"))
		}
		o.endList()
	}
	showStats(o, m)
}

func showTrapGroup(o *out, m *message) {
	o.str("name", m.text(uapi.DEVLINK_ATTR_TRAP_GROUP_NAME))
	o.truth("generic", m.has(uapi.DEVLINK_ATTR_TRAP_GENERIC))
	o.fields(m, policerFields[:1])
	showStats(o, m)
}

var policerFields = []field{
	{typ: uapi.DEVLINK_ATTR_TRAP_POLICER_ID, key: "policer", form: asNumber},
	{typ: uapi.DEVLINK_ATTR_TRAP_POLICER_RATE, key: "rate", form: asNumber},
	{typ: uapi.DEVLINK_ATTR_TRAP_POLICER_BURST, key: "burst", form: asNumber},
}

func showPolicer(o *out, m *message) {
	o.fields(m, policerFields)
	showStats(o, m)
}

var statsFields = []field{
	{typ: uapi.DEVLINK_ATTR_STATS_RX_BYTES, key: "bytes", form: asSize},
	{typ: uapi.DEVLINK_ATTR_STATS_RX_PACKETS, key: "packets", form: asSize},
	{typ: uapi.DEVLINK_ATTR_STATS_RX_DROPPED, key: "dropped", form: asSize},
}

// showStats prints how many packets a trap, a group or a policer had.
func showStats(o *out, m *message) {
	if !o.Stats || !m.has(uapi.DEVLINK_ATTR_STATS) {
		return
	}
	o.part("stats")
	o.part("rx")
	o.fields(m.in(uapi.DEVLINK_ATTR_STATS), statsFields)
	o.endPart()
	o.endPart()
}
