package devlink

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func monitorUsage() string {
	return `
monitor [ all | OBJECT... ]
OBJECT := { dev | port | lc | health | trap | trap-group | trap-policer | param |
            region | flash | rate }
`
}

// event is a sort of objects that the kernel announces.
type event struct {
	object   string
	commands []uint8 // what they are announced by
	named    bool    // they are shown where they are named only: devlink passes over them
	show     func(o *out, m *message)
}

func events() []event {
	return []event{
		{object: "dev", commands: []uint8{uapi.DEVLINK_CMD_GET, uapi.DEVLINK_CMD_SET, uapi.DEVLINK_CMD_NEW,
			uapi.DEVLINK_CMD_DEL}, show: func(o *out, m *message) { showDevice(o, m, true) }},
		{object: "port", commands: []uint8{uapi.DEVLINK_CMD_PORT_GET, uapi.DEVLINK_CMD_PORT_SET,
			uapi.DEVLINK_CMD_PORT_NEW, uapi.DEVLINK_CMD_PORT_DEL}, show: showPort},
		{object: "param", commands: []uint8{uapi.DEVLINK_CMD_PARAM_GET, uapi.DEVLINK_CMD_PARAM_SET,
			uapi.DEVLINK_CMD_PARAM_NEW, uapi.DEVLINK_CMD_PARAM_DEL, uapi.DEVLINK_CMD_PORT_PARAM_GET,
			uapi.DEVLINK_CMD_PORT_PARAM_SET, uapi.DEVLINK_CMD_PORT_PARAM_NEW, uapi.DEVLINK_CMD_PORT_PARAM_DEL},
			show: aboutOwner(showParam)},
		{object: "region", commands: []uint8{uapi.DEVLINK_CMD_REGION_GET, uapi.DEVLINK_CMD_REGION_SET,
			uapi.DEVLINK_CMD_REGION_NEW, uapi.DEVLINK_CMD_REGION_DEL}, show: showRegion},
		{object: "flash", commands: []uint8{uapi.DEVLINK_CMD_FLASH_UPDATE, uapi.DEVLINK_CMD_FLASH_UPDATE_END,
			uapi.DEVLINK_CMD_FLASH_UPDATE_STATUS}, show: aboutOwner(showFlash)},
		{object: "health", commands: []uint8{uapi.DEVLINK_CMD_HEALTH_REPORTER_RECOVER}, show: showReporter},
		{object: "trap", commands: []uint8{uapi.DEVLINK_CMD_TRAP_GET, uapi.DEVLINK_CMD_TRAP_SET,
			uapi.DEVLINK_CMD_TRAP_NEW, uapi.DEVLINK_CMD_TRAP_DEL}, show: aboutOwner(showTrap)},
		{object: "trap-group", commands: []uint8{uapi.DEVLINK_CMD_TRAP_GROUP_GET, uapi.DEVLINK_CMD_TRAP_GROUP_SET,
			uapi.DEVLINK_CMD_TRAP_GROUP_NEW, uapi.DEVLINK_CMD_TRAP_GROUP_DEL}, show: aboutOwner(showTrapGroup)},
		{object: "trap-policer", commands: []uint8{uapi.DEVLINK_CMD_TRAP_POLICER_GET,
			uapi.DEVLINK_CMD_TRAP_POLICER_SET, uapi.DEVLINK_CMD_TRAP_POLICER_NEW, uapi.DEVLINK_CMD_TRAP_POLICER_DEL},
			show: aboutOwner(showPolicer)},
		{object: "lc", commands: []uint8{uapi.DEVLINK_CMD_LINECARD_GET, uapi.DEVLINK_CMD_LINECARD_SET,
			uapi.DEVLINK_CMD_LINECARD_NEW, uapi.DEVLINK_CMD_LINECARD_DEL}, show: aboutOwner(showLinecard)},
		{object: "rate", commands: []uint8{uapi.DEVLINK_CMD_RATE_GET, uapi.DEVLINK_CMD_RATE_SET,
			uapi.DEVLINK_CMD_RATE_NEW, uapi.DEVLINK_CMD_RATE_DEL}, named: true, show: showRate},
	}
}

// aboutOwner shows an object behind the name of its device or port.
func aboutOwner(show func(o *out, m *message)) func(o *out, m *message) {
	return func(o *out, m *message) {
		o.handle(m.owner(), true)
		show(o, m)
		o.endHandle(m)
	}
}

// commandName is what a command that announces something says of it.
func commandName(commands []uint8, cmd uint8) string {
	switch {
	case cmd == uapi.DEVLINK_CMD_HEALTH_REPORTER_RECOVER:
		return "status"
	case commands[0] == uapi.DEVLINK_CMD_FLASH_UPDATE:
		return []string{"begin", "end", "status"}[slices.Index(commands, cmd)]
	}
	return []string{"get", "set", "new", "del"}[slices.Index(commands, cmd)%4]
}

// runMonitor shows changes as they come, until it is interrupted.
func runMonitor(c *cli.Command) error {
	if c.TakeAbbr("help") {
		return help(c)
	}
	table := events()
	var named []string
	for c.More() {
		word, _ := c.Next()
		if word != "all" && !slices.ContainsFunc(table, func(e event) bool { return e.object == word }) {
			return failed("Unknown object %q", word)
		}
		named = append(named, word)
	}
	wanted := slices.DeleteFunc(table, func(e event) bool {
		return !slices.Contains(named, e.object) && (e.named || len(named) != 0 && !slices.Contains(named, "all"))
	})
	return watch(c, wanted)
}

// watch shows events until the program is interrupted, in JSON as one array.
func watch(c *cli.Command, wanted []event) error {
	group, err := c.GenlGroup(uapi.DEVLINK_GENL_NAME, uapi.DEVLINK_GENL_MCGRP_CONFIG_NAME)
	if err != nil {
		return failed("Failed to connect to devlink Netlink")
	}
	o := newOut(c)
	err = ip.Follow(c, ip.Source{Protocol: uapi.NETLINK_GENERIC, Groups: []uint32{group}, Begin: func() error {
		o.Object("")
		o.Array("mon")
		return c.Flush()
	}, Show: func(m wire.Message, _ ip.Origin) error {
		o.event(newMessage(m), wanted)
		return c.Flush()
	}})
	o.EndArray()
	o.EndObject()
	o.end()
	return err
}

// event prints one, if it is wanted.
func (o *out) event(m *message, wanted []event) {
	for _, e := range wanted {
		if !slices.Contains(e.commands, m.cmd) {
			continue
		}
		name := commandName(e.commands, m.cmd)
		o.indent, o.fresh, o.ended = 0, false, false
		o.put("[%s,%s] ", e.object, name)
		o.Object("")
		o.Str("command", "", name)
		o.Object(e.object)
		e.show(o, m)
		o.closeArray()
		o.EndObject()
		o.EndObject()
		return
	}
}
