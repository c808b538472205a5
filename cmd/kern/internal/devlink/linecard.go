package devlink

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func linecardUsage() string {
	return `
lc show [ DEV [ lc LC_INDEX ] ]
lc set DEV lc LC_INDEX { type LC_TYPE | notype }
`
}

var (
	listLinecards = listing{section: "lc", cmd: uapi.DEVLINK_CMD_LINECARD_GET, one: ofDevice,
		need: []*word{&linecardWord}, all: ofDevice, show: memberOf(showLinecard)}
	setLinecard = request{cmd: uapi.DEVLINK_CMD_LINECARD_SET, of: ofDevice,
		need: []*word{&linecardWord, &linecardTypeWord}, may: []*word{&noTypeWord}}
)

func runLinecard(c *cli.Command) error {
	return choose(c, listLinecards.run, lister(listLinecards.run, cli.Verb{Name: "set", Run: setLinecard.run})...)
}

var linecardFields = []field{
	{typ: uapi.DEVLINK_ATTR_LINECARD_INDEX, key: "lc", form: asNumber},
	{typ: uapi.DEVLINK_ATTR_LINECARD_STATE, key: "state", form: asName, names: linecardStates, what: "state"},
	{typ: uapi.DEVLINK_ATTR_LINECARD_TYPE, key: "type", form: asText},
}

func showLinecard(o *out, m *message) {
	o.fields(m, linecardFields)
	if m.has(uapi.DEVLINK_ATTR_NESTED_DEVLINK) {
		o.str("nested_devlink", m.in(uapi.DEVLINK_ATTR_NESTED_DEVLINK).device())
	}
	if m.has(uapi.DEVLINK_ATTR_LINECARD_SUPPORTED_TYPES) {
		o.list("supported_types")
		d := wire.NewDecoder(m.attrs[uapi.DEVLINK_ATTR_LINECARD_SUPPORTED_TYPES])
		o.space()
		for d.Next() {
			o.Str("", " %s", d.String())
		}
		o.endList()
	}
}
