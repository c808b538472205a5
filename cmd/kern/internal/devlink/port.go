package devlink

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

func portUsage() string {
	return `
port show [ DEV | DEV/PORT_INDEX ]
port set DEV/PORT_INDEX type { eth | ib | auto }
port split DEV/PORT_INDEX count COUNT
port unsplit DEV/PORT_INDEX
port function set DEV/PORT_INDEX [ hw_addr ADDR ] [ state { active | inactive } ]
              [ roce { enable | disable } ] [ migratable { enable | disable } ]
              [ ipsec_crypto { enable | disable } ] [ ipsec_packet { enable | disable } ]
              [ max_io_eqs EQS ]
port function rate { show | add | del | set } ...
port function rate show [ DEV | DEV/PORT_INDEX | DEV/NODE ]
port function rate add DEV/NODE RATES
port function rate del DEV/NODE
port function rate set { DEV/PORT_INDEX | DEV/NODE } RATES
port param set DEV/PORT_INDEX name PARAMETER { value VALUE | default }
           cmode { permanent | driverinit | runtime }
port param show [ DEV/PORT_INDEX [ name PARAMETER ] ]
port health show [ DEV/PORT_INDEX [ reporter REPORTER ] ]
port add { DEV | DEV/PORT_INDEX } flavour FLAVOUR pfnum PFNUM [ sfnum SFNUM ]
         [ controller CNUM ]
port del DEV/PORT_INDEX
RATES := [ tx_share RATE ] [ tx_max RATE ] [ tx_priority N ] [ tx_weight N ]
         [ { parent NODE | noparent } ] [ tc-bw INDEX:SHARE... ]
FLAVOUR := { physical | cpu | dsa | pcipf | pcivf | pcisf | virtual }
`
}

var (
	setPortType = request{cmd: uapi.DEVLINK_CMD_PORT_SET, of: ofPort, need: []*word{&portTypeWord}}
	splitPort   = request{cmd: uapi.DEVLINK_CMD_PORT_SPLIT, of: ofPort, need: []*word{&countWord}}
	unsplitPort = request{cmd: uapi.DEVLINK_CMD_PORT_UNSPLIT, of: ofPort}
	deletePort  = request{cmd: uapi.DEVLINK_CMD_PORT_DEL, of: ofPort}
	setFunction = request{cmd: uapi.DEVLINK_CMD_PORT_SET, of: ofPort, may: []*word{&hwAddrWord, &fnStateWord,
		&roceWord, &migratableWord, &ipsecCryptoWord, &ipsecPacketWord, &maxIOEQsWord}}
	newPort = request{cmd: uapi.DEVLINK_CMD_PORT_NEW, of: ofDevice | ofPort,
		need: []*word{&flavourWord, &pfnumWord}, may: []*word{&sfnumWord, &controllerWord}}
	listPorts = listing{section: "port", cmd: uapi.DEVLINK_CMD_PORT_GET, one: ofPort, all: ofDevice, show: showPort}
)

func runPort(c *cli.Command) error {
	return choose(c, listPorts.run, lister(listPorts.run,
		cli.Verb{Name: "set", Run: setPortType.run},
		cli.Verb{Name: "split", Run: splitPort.run},
		cli.Verb{Name: "unsplit", Run: unsplitPort.run},
		cli.Verb{Name: "param", Run: func(c *cli.Command) error { return runParam(c, &portParams) }},
		cli.Verb{Name: "function", Run: runFunction},
		cli.Verb{Name: "health", Run: runPortHealth},
		cli.Verb{Name: "add", Run: unlessBare(addPort)},
		cli.Verb{Name: "del", Run: unlessBare(deletePort.run)},
	)...)
}

func runFunction(c *cli.Command) error {
	return choose(c, help,
		cli.Verb{Name: "set", Run: unlessBare(setFunction.run)},
		cli.Verb{Name: "rate", Run: runRate},
	)
}

// addPort makes a port, and shows it.
func addPort(c *cli.Command) error {
	a, err := newPort.read(c)
	if err != nil {
		return err
	}
	return ask(c, newPort.cmd, order, a.put, func(m *message) {
		o := newOut(c)
		showPort(o, m)
	})
}

var (
	portFields = []field{
		{typ: uapi.DEVLINK_ATTR_PORT_TYPE, key: "type", form: asName, names: portTypes, what: "type"},
		{typ: uapi.DEVLINK_ATTR_PORT_NETDEV_NAME, key: "netdev", form: asText},
		{typ: uapi.DEVLINK_ATTR_PORT_IBDEV_NAME, key: "ibdev", form: asText},
		{typ: uapi.DEVLINK_ATTR_PORT_FLAVOUR, key: "flavour", form: asName, names: flavours, what: "flavour"},
	}
	pciFields = []field{
		{typ: uapi.DEVLINK_ATTR_PORT_CONTROLLER_NUMBER, key: "controller", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_PCI_PF_NUMBER, key: "pfnum", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_PCI_VF_NUMBER, key: "vfnum", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_PCI_SF_NUMBER, key: "sfnum", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_EXTERNAL, key: "external", form: asTruth},
	}
	placeFields = []field{
		{typ: uapi.DEVLINK_ATTR_LINECARD_INDEX, key: "lc", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_NUMBER, key: "port", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_SPLIT_GROUP, key: "split_group", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_PORT_SPLITTABLE, key: "splittable", form: asTruth},
		{typ: uapi.DEVLINK_ATTR_PORT_LANES, key: "lanes", form: asNumber},
	}
	functionFields = []field{
		{typ: uapi.DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, key: "hw_addr", form: func(o *out, f *field, b []byte) {
			o.str(f.key, cli.LLAddrText(b, 0))
		}},
		{typ: uapi.DEVLINK_PORT_FN_ATTR_STATE, key: "state", form: asName, names: fnStates, what: "state"},
		{typ: uapi.DEVLINK_PORT_FN_ATTR_OPSTATE, key: "opstate", form: asName, names: fnOpstates, what: "state"},
		{typ: uapi.DEVLINK_PORT_FN_ATTR_CAPS, form: showCaps},
		{typ: uapi.DEVLINK_PORT_FN_ATTR_MAX_IO_EQS, key: "max_io_eqs", form: asNumber},
	}
)

func showPort(o *out, m *message) {
	o.handle(m.portName(), true)
	o.fields(m, portFields[:1])
	if d, ok := m.attrs[uapi.DEVLINK_ATTR_PORT_DESIRED_TYPE]; ok && m.has(uapi.DEVLINK_ATTR_PORT_TYPE) &&
		cli.Number(d) != m.number(uapi.DEVLINK_ATTR_PORT_TYPE) {
		o.str("des_type", nameOf(portTypes, cli.Number(d), "type"))
	}
	o.fields(m, portFields[1:])
	switch m.number(uapi.DEVLINK_ATTR_PORT_FLAVOUR) {
	case uapi.DEVLINK_PORT_FLAVOUR_PCI_PF, uapi.DEVLINK_PORT_FLAVOUR_PCI_VF, uapi.DEVLINK_PORT_FLAVOUR_PCI_SF:
		o.fields(m, pciFields)
	}
	o.fields(m, placeFields)
	if m.has(uapi.DEVLINK_ATTR_PORT_FUNCTION) {
		fn := m.in(uapi.DEVLINK_ATTR_PORT_FUNCTION)
		o.part("function")
		o.fields(fn, functionFields)
		if fn.has(uapi.DEVLINK_PORT_FN_ATTR_DEVLINK) {
			o.part("nested_devlink")
			o.nested(fn.in(uapi.DEVLINK_PORT_FN_ATTR_DEVLINK))
			o.endPart()
		}
		o.endPart()
	}
	o.endHandle(m)
}

// showCaps prints what the function of a port can do.
func showCaps(o *out, _ *field, b []byte) {
	on, known := bitfield(b)
	for _, w := range []*word{&roceWord, &migratableWord, &ipsecCryptoWord, &ipsecPacketWord} {
		switch {
		case known&w.bit == 0:
		case on&w.bit != 0:
			o.str(w.name, "enable")
		default:
			o.str(w.name, "disable")
		}
	}
}
