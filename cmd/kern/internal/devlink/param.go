package devlink

import (
	"bytes"
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// params are the parameters of devices, or those of ports.
type params struct {
	of       kinds
	get, set uint8
	list     listing
}

var (
	deviceParams = params{ofDevice, uapi.DEVLINK_CMD_PARAM_GET, uapi.DEVLINK_CMD_PARAM_SET,
		listing{section: "param", cmd: uapi.DEVLINK_CMD_PARAM_GET, one: ofDevice, need: []*word{&paramNameWord},
			all: ofDevice, show: memberOf(showParam)}}
	portParams = params{ofPort, uapi.DEVLINK_CMD_PORT_PARAM_GET, uapi.DEVLINK_CMD_PORT_PARAM_SET,
		listing{section: "param", cmd: uapi.DEVLINK_CMD_PORT_PARAM_GET, one: ofPort, need: []*word{&paramNameWord},
			all: ofDevice | ofPort, show: memberOf(showParam)}}
)

func runParam(c *cli.Command, p *params) error {
	return choose(c, p.list.run, lister(p.list.run,
		cli.Verb{Name: "set", Run: func(c *cli.Command) error { return setParam(c, p) }})...)
}

// param is a parameter, and its type.
type param struct {
	*message
	name string
	typ  uint8
}

func (m *message) param() param {
	p := m.in(uapi.DEVLINK_ATTR_PARAM)
	return param{p, p.text(uapi.DEVLINK_ATTR_PARAM_NAME), cli.Number8(p.attrs[uapi.DEVLINK_ATTR_PARAM_TYPE])}
}

// isFlag reports whether the value is that there is an attribute.
func (p *param) isFlag() bool { return p.typ == uapi.DEVLINK_VAR_ATTR_TYPE_FLAG }

// bits is how long a number is, 0 for what is none.
func (p *param) bits() int {
	switch p.typ {
	case uapi.DEVLINK_VAR_ATTR_TYPE_U8:
		return 8
	case uapi.DEVLINK_VAR_ATTR_TYPE_U16:
		return 16
	case uapi.DEVLINK_VAR_ATTR_TYPE_U32:
		return 32
	case uapi.DEVLINK_VAR_ATTR_TYPE_U64:
		return 64
	}
	return 0
}

// values are the names that numbers of the parameter have, nil: none.
func (p *param) values() []string {
	switch p.name {
	case "fw_load_policy":
		return fwLoadPolicies
	case "reset_dev_on_drv_probe":
		return probeResets
	}
	return nil
}

var (
	fwLoadPolicies = []string{
		uapi.DEVLINK_PARAM_FW_LOAD_POLICY_VALUE_DRIVER:  "driver",
		uapi.DEVLINK_PARAM_FW_LOAD_POLICY_VALUE_FLASH:   "flash",
		uapi.DEVLINK_PARAM_FW_LOAD_POLICY_VALUE_DISK:    "disk",
		uapi.DEVLINK_PARAM_FW_LOAD_POLICY_VALUE_UNKNOWN: "unknown",
	}
	probeResets = []string{
		uapi.DEVLINK_PARAM_RESET_DEV_ON_DRV_PROBE_VALUE_UNKNOWN: "unknown",
		uapi.DEVLINK_PARAM_RESET_DEV_ON_DRV_PROBE_VALUE_ALWAYS:  "always",
		uapi.DEVLINK_PARAM_RESET_DEV_ON_DRV_PROBE_VALUE_NEVER:   "never",
		uapi.DEVLINK_PARAM_RESET_DEV_ON_DRV_PROBE_VALUE_DISK:    "disk",
	}
)

func showParam(o *out, m *message) {
	p := m.param()
	o.str("name", p.name)
	kind := "driver-specific"
	if p.has(uapi.DEVLINK_ATTR_PARAM_GENERIC) {
		kind = "generic"
	}
	o.str("type", kind)
	o.list("values")
	p.in(uapi.DEVLINK_ATTR_PARAM_VALUES_LIST).each(0, func(v *message) {
		o.entry(func() {
			b, ok := v.attrs[uapi.DEVLINK_ATTR_PARAM_VALUE_DATA]
			if !ok && !p.isFlag() {
				return
			}
			cmode := v.number(uapi.DEVLINK_ATTR_PARAM_VALUE_CMODE)
			o.str("cmode", nameOf(cmodes, cmode, "type"))
			p.show(o, "value", b, ok)
			if b, ok := v.attrs[uapi.DEVLINK_ATTR_PARAM_VALUE_DEFAULT]; ok {
				p.show(o, "default", b, cli.Number(b) != 0)
			}
		})
	})
	o.endList()
}

// show prints a value; on is that of a flag.
func (p *param) show(o *out, key string, b []byte, on bool) {
	switch names := p.values(); {
	case p.isFlag():
		o.truth(key, on)
	case p.typ == uapi.DEVLINK_VAR_ATTR_TYPE_STRING:
		o.str(key, cli.Text(b))
	case p.bits() == 0:
		o.str(key, "<unknown type>")
	case names != nil && cli.Number(b) < uint64(len(names)):
		o.str(key, names[cli.Number(b)])
	default:
		o.num(key, cli.Number(b))
	}
}

// setParam sets a parameter in one mode of configuration. The device says which type the value has, and nothing is
// sent where it has that value already.
func setParam(c *cli.Command, p *params) error {
	q := request{of: p.of, need: []*word{&paramNameWord, &cmodeWord}, may: []*word{&paramValueWord, &defaultWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	value, given := a.kept[paramValueWord.typ]
	if given == a.given[defaultWord.typ] {
		return failed("Either a value or default must be given")
	}
	now, err := p.ask(a)
	if err != nil {
		return err
	}
	if given {
		changes, err := now.encode(&a.own, value)
		if err != nil || !changes {
			return err
		}
	}
	a.own.Uint8(uapi.DEVLINK_ATTR_PARAM_TYPE, now.typ)
	return ask(c, p.set, order, a.put, nil)
}

// present is the value that a parameter has in one mode.
type present struct {
	param
	data  []byte
	isSet bool // it is there: of a flag, it is on
}

// ask asks for the parameter that the words are about.
func (p *params) ask(a *args) (v present, err error) {
	cmode, supported := a.attrs()[cmodeWord.typ], false
	name := a.attrs()[paramNameWord.typ]
	err = ask(a.Command, p.get, query, func(r *wire.Request) {
		a.handle.put(r)
		r.Data(paramNameWord.typ, name)
	}, func(m *message) {
		v.param = m.param()
		v.in(uapi.DEVLINK_ATTR_PARAM_VALUES_LIST).each(0, func(one *message) {
			if bytes.Equal(one.attrs[cmodeWord.typ], cmode) {
				data, ok := one.attrs[uapi.DEVLINK_ATTR_PARAM_VALUE_DATA]
				v.data, v.isSet, supported = bytes.Clone(data), ok, true
			}
		})
	})
	if err == nil && !supported {
		err = failed("Configuration mode not supported")
	}
	return v, err
}

// encode adds the value that a word means, and reports whether it is another one.
func (p *present) encode(e *wire.Encoder, value string) (changes bool, err error) {
	const typ = uapi.DEVLINK_ATTR_PARAM_VALUE_DATA
	switch {
	case p.isFlag():
		on, err := truth(value)
		if on {
			e.Flag(typ)
		}
		return on != p.isSet, err
	case p.typ == uapi.DEVLINK_VAR_ATTR_TYPE_STRING:
		e.String(typ, value)
		return cli.Text(p.data) != value, nil
	case p.bits() == 0:
		return false, failed("Value type not supported")
	}
	n, err := p.parse(value)
	switch p.bits() {
	case 8:
		e.Uint8(typ, uint8(n))
	case 16:
		e.Uint16(typ, uint16(n))
	case 32:
		e.Uint32(typ, uint32(n))
	case 64:
		e.Uint64(typ, n)
	}
	return cli.Number(p.data) != n, err
}

// parse reads a number, or the name of one.
func (p *param) parse(value string) (uint64, error) {
	names := p.values()
	if names == nil {
		return number(value, p.bits())
	}
	if i := slices.Index(names, value); i >= 0 {
		return uint64(i), nil
	}
	return 0, failed("%q is no value of %s: %s", value, p.name, strings.Join(names, ", "))
}
