package devlink

import (
	"maps"
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

func devUsage() string {
	return `
dev show [ DEV ]
dev eswitch set DEV [ mode { legacy | switchdev | switchdev_inactive } ]
            [ inline-mode { none | link | network | transport } ]
            [ encap-mode { none | basic } ]
dev eswitch show DEV
dev param set DEV name PARAMETER { value VALUE | default }
          cmode { permanent | driverinit | runtime }
dev param show [ DEV [ name PARAMETER ] ]
dev reload DEV [ netns { PID | NAME } ]
           [ action { driver_reinit | fw_activate } ] [ limit no_reset ]
dev info [ DEV ]
dev flash DEV file PATH [ component NAME ]
          [ overwrite { settings | identifiers } ]...
dev selftests show [ DEV ]
dev selftests run DEV [ id { flash } ]
`
}

func runDev(c *cli.Command) error {
	return choose(c, listDevices.run, lister(listDevices.run,
		cli.Verb{Name: "eswitch", Run: runEswitch},
		cli.Verb{Name: "reload", Run: unlessBare(reload)},
		cli.Verb{Name: "param", Run: func(c *cli.Command) error { return runParam(c, &deviceParams) }},
		cli.Verb{Name: "info", Run: runInfo},
		cli.Verb{Name: "flash", Run: unlessBare(flash)},
		cli.Verb{Name: "selftests", Run: runSelftests},
	)...)
}

var listDevices = listing{section: "dev", cmd: uapi.DEVLINK_CMD_GET, one: ofDevice,
	show: func(o *out, m *message) { showDevice(o, m, o.Stats) }}

// showDevice prints a device; with stats, how often it was reloaded.
func showDevice(o *out, m *message, stats bool) {
	failed := m.number(uapi.DEVLINK_ATTR_RELOAD_FAILED) != 0
	stats = stats && m.has(uapi.DEVLINK_ATTR_DEV_STATS)
	o.handle(m.device(), failed || stats || m.has(uapi.DEVLINK_ATTR_NESTED_DEVLINK) || m.has(uapi.DEVLINK_ATTR_INDEX))
	if m.has(uapi.DEVLINK_ATTR_INDEX) {
		o.num("index", m.number(uapi.DEVLINK_ATTR_INDEX))
	}
	if failed {
		o.truth("reload_failed", true)
	}
	if stats {
		all := m.in(uapi.DEVLINK_ATTR_DEV_STATS)
		o.part("stats")
		showReloads(o, "reload", all, uapi.DEVLINK_ATTR_RELOAD_STATS)
		showReloads(o, "remote_reload", all, uapi.DEVLINK_ATTR_REMOTE_RELOAD_STATS)
		o.endPart()
	}
	if m.has(uapi.DEVLINK_ATTR_NESTED_DEVLINK) {
		o.part("nested_devlink")
		m.each(uapi.DEVLINK_ATTR_NESTED_DEVLINK, o.nested)
		o.endPart()
	}
	o.endHandle(m)
}

// showReloads prints how often each action was done, with each limit.
func showReloads(o *out, key string, stats *message, typ uint16) {
	if !stats.has(typ) {
		return
	}
	o.part(key)
	stats.in(typ).each(0, func(action *message) {
		o.part(nameOf(reloadActions, action.number(uapi.DEVLINK_ATTR_RELOAD_ACTION), "reload action"))
		action.in(uapi.DEVLINK_ATTR_RELOAD_ACTION_STATS).each(0, func(n *message) {
			limit := nameOf(reloadLimits, n.number(uapi.DEVLINK_ATTR_RELOAD_STATS_LIMIT), "reload limit")
			o.num(limit, n.number(uapi.DEVLINK_ATTR_RELOAD_STATS_VALUE))
		})
		o.endPart()
	})
	o.endPart()
}

// nested prints a device that another one, or a port of it, has.
func (o *out) nested(m *message) {
	b, ok := m.attrs[uapi.DEVLINK_ATTR_NETNS_ID]
	o.handle(m.device(), ok)
	if ok {
		switch id := int32(cli.Number32(b)); {
		case id < 0:
			o.space()
			o.Text("netnsid unknown")
			o.Int("netnsid", "", int64(id))
		case o.c.NetNSName(int(id)) != "":
			o.str("netns", o.c.NetNSName(int(id)))
		default:
			o.num("netnsid", uint64(id))
		}
	}
	o.endHandle(m)
}

func runEswitch(c *cli.Command) error {
	return choose(c, help,
		cli.Verb{Name: "set", Run: setEswitch},
		cli.Verb{Name: "show", Run: showEswitch},
	)
}

var eswitchFields = []field{
	{typ: uapi.DEVLINK_ATTR_ESWITCH_MODE, key: "mode", form: asName, names: eswitchModes, what: "mode"},
	{typ: uapi.DEVLINK_ATTR_ESWITCH_INLINE_MODE, key: "inline-mode", form: asName, names: inlineModes, what: "mode"},
	{typ: uapi.DEVLINK_ATTR_ESWITCH_ENCAP_MODE, key: "encap-mode", form: asName, names: encapModes, what: "mode"},
}

func showEswitch(c *cli.Command) error {
	return showOne(c, "dev", request{cmd: uapi.DEVLINK_CMD_ESWITCH_GET, of: ofDevice}, func(o *out, m *message) {
		o.handle(m.device(), true)
		o.fields(m, eswitchFields)
		o.endHandle(m)
	})
}

// showOne shows the answer to a question that is about one object always.
func showOne(c *cli.Command, name string, q request, show func(o *out, m *message)) error {
	a, err := q.read(c)
	if err != nil {
		return err
	}
	return section(c, name, func(o *out) error {
		return ask(c, q.cmd, query, a.put, func(m *message) { show(o, m) })
	})
}

func setEswitch(c *cli.Command) error {
	q := request{cmd: uapi.DEVLINK_CMD_ESWITCH_SET, of: ofDevice,
		may: []*word{&modeWord, &inlineModeWord, &encapModeWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	if len(a.given) == 0 {
		return failed("Need to set at least one option")
	}
	return ask(c, q.cmd, order, a.put, nil)
}

// reload starts the driver or the firmware of a device anew, or moves it to another namespace.
func reload(c *cli.Command) error {
	q := request{cmd: uapi.DEVLINK_CMD_RELOAD, of: ofDevice,
		may: []*word{&netnsWord, &reloadActionWord, &reloadLimitWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	return ask(c, q.cmd, order, a.put, func(m *message) {
		done, known := bitfield(m.attrs[uapi.DEVLINK_ATTR_RELOAD_ACTIONS_PERFORMED])
		o := newOut(c)
		o.Object("")
		o.Object("reload")
		o.ended = true // nothing stands before it
		o.list("reload_actions_performed")
		for action := range 32 {
			if done&known&(1<<action) != 0 {
				o.space()
				o.Str("", "%s", nameOf(reloadActions, uint64(action), "reload action"))
			}
		}
		o.endList()
		o.newline()
		o.EndObject()
		o.EndObject()
		o.end()
	})
}

func runSelftests(c *cli.Command) error {
	return choose(c, listSelftests.run, lister(listSelftests.run, cli.Verb{Name: "run", Run: runTests})...)
}

// listSelftests are the tests that devices can do on themselves (Linux 6.1).
var listSelftests = listing{section: "selftests", cmd: uapi.DEVLINK_CMD_SELFTESTS_GET, one: ofDevice,
	show: func(o *out, m *message) {
		first := true
		for _, id := range slices.Sorted(maps.Keys(m.in(uapi.DEVLINK_ATTR_SELFTESTS).attrs)) {
			if first {
				o.put("%s:", m.device())
				o.Array(m.device())
				o.newline()
				o.indent += step
				first = false
			}
			o.space()
			o.Str("", "%s", nameOf(selftestNames, uint64(id), "selftest"))
		}
		if !first {
			o.EndArray()
			o.newline()
			o.indent -= step
		}
	}}

// runTests has a device do tests on itself, all where none is named.
func runTests(c *cli.Command) error {
	q := request{cmd: uapi.DEVLINK_CMD_SELFTESTS_RUN, of: ofDevice, may: []*word{&selftestWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	if !a.given[selftestWord.typ] {
		a.own.Nest(selftestWord.typ | uapi.NLA_F_NESTED)
		a.own.Flag(uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH)
		a.own.End()
	}
	return section(c, "selftests", func(o *out) error {
		return ask(c, q.cmd, query, a.put, func(m *message) {
			o.handle(m.device(), true)
			o.indent += step
			m.in(uapi.DEVLINK_ATTR_SELFTESTS).each(0, func(n *message) {
				o.part(nameOf(selftestNames, n.number(uapi.DEVLINK_ATTR_SELFTEST_RESULT_ID), "selftest"))
				o.str("status", nameOf(selftestStatuses, n.number(uapi.DEVLINK_ATTR_SELFTEST_RESULT_STATUS), "status"))
				o.endPart()
				o.newline()
			})
			o.indent -= step
			o.endHandle(m)
		})
	})
}

// runInfo shows drivers, serial numbers and versions.
func runInfo(c *cli.Command) error {
	if c.HelpAsked() {
		return help(c)
	}
	return listInfo.run(c)
}

var listInfo = listing{section: "info", cmd: uapi.DEVLINK_CMD_INFO_GET, one: ofDevice, show: showInfo}

var (
	infoFields = []field{
		{typ: uapi.DEVLINK_ATTR_INFO_DRIVER_NAME, key: "driver"},
		{typ: uapi.DEVLINK_ATTR_INFO_SERIAL_NUMBER, key: "serial_number"},
		{typ: uapi.DEVLINK_ATTR_INFO_BOARD_SERIAL_NUMBER, key: "board.serial_number"},
	}
	versionFields = []field{
		{typ: uapi.DEVLINK_ATTR_INFO_VERSION_FIXED, key: "fixed"},
		{typ: uapi.DEVLINK_ATTR_INFO_VERSION_RUNNING, key: "running"},
		{typ: uapi.DEVLINK_ATTR_INFO_VERSION_STORED, key: "stored"},
	}
)

func showInfo(o *out, m *message) {
	has := func(fields []field) bool {
		for _, f := range fields {
			if m.has(f.typ) {
				return true
			}
		}
		return false
	}
	if !has(infoFields) && !has(versionFields) {
		return
	}
	o.handle(m.device(), true)
	o.indent += step
	for i := range infoFields {
		if f := &infoFields[i]; m.has(f.typ) {
			o.newline()
			o.str(f.key, m.text(f.typ))
		}
	}
	o.indent -= step
	if has(versionFields) {
		o.part("versions")
		for _, f := range versionFields {
			if !m.has(f.typ) {
				continue
			}
			o.part(f.key)
			m.each(f.typ, func(v *message) {
				o.str(v.text(uapi.DEVLINK_ATTR_INFO_VERSION_NAME), v.text(uapi.DEVLINK_ATTR_INFO_VERSION_VALUE))
				o.newline()
			})
			o.endPart()
		}
		o.endPart()
	}
	o.endHandle(m)
}

// bitfield is an attribute that says which bits there are and which of them are set.
func bitfield(b []byte) (value, selector uint32) {
	if len(b) < uapi.SizeofNlaBitfield32 {
		return 0, 0
	}
	return native.Uint32(b), native.Uint32(b[4:])
}
