package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkParam is a parameter of a device: devlink dev param.
type DevlinkParam struct {
	Name      string
	IsGeneric bool  // the kernel's documentation says what it means, else the driver's
	Type      uint8 // nl.DEVLINK_PARAM_TYPE_…
	Values    []DevlinkParamValue
}

// DevlinkParamValue is the value that a parameter has in one mode of configuration. By the parameter's Type
// it is a uint8, uint16, uint32, uint64, string or bool; nil for a type that is not known.
type DevlinkParamValue struct {
	Data  interface{}
	CMODE uint8 // nl.DEVLINK_PARAM_CMODE_…: whether it holds at once, after a reload, or for ever
	// Default is the driver's (Linux 6.19), nil where it was not reported.
	Default interface{}
}

// DevlinkGetDeviceParams returns the parameters of a device: devlink dev param show BUS/DEVICE. See
// [ErrDumpInterrupted].
func (h *Handle) DevlinkGetDeviceParams(bus string, device string) ([]*DevlinkParam, error) {
	c := devlinkCall(uapi.DEVLINK_CMD_PARAM_GET, "devlink dev param list", bus, device, nil)
	// Kernels before Linux 6.5 do not select by the device.
	return pointersTo(genlList(h, c, func(d *wire.Decoder, p *DevlinkParam) bool {
		of := p.decode(d)
		return of.BusName == bus && of.DeviceName == device
	}))
}

// DevlinkGetDeviceParamByName returns a parameter of a device: devlink dev param show BUS/DEVICE name PARAM.
func (h *Handle) DevlinkGetDeviceParamByName(bus string, device string, param string) (*DevlinkParam, error) {
	p := &DevlinkParam{}
	c := devlinkCall(uapi.DEVLINK_CMD_PARAM_GET, "devlink dev param get", bus, device, func(r *wire.Request) {
		r.String(uapi.DEVLINK_ATTR_PARAM_NAME, param)
	})
	if err := c.get(h, func(d *wire.Decoder) { p.decode(d) }); err != nil {
		return nil, err
	}
	return p, nil
}

// decode reads a parameter, and returns whose it is.
func (p *DevlinkParam) decode(d *wire.Decoder) (of DevlinkDevice) {
	var lists [][]byte // come before or after the type
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_BUS_NAME:
			of.BusName = d.String()
		case uapi.DEVLINK_ATTR_DEV_NAME:
			of.DeviceName = d.String()
		case uapi.DEVLINK_ATTR_PARAM:
			n := d.Nested()
			for n.Next() {
				switch n.Type() {
				case uapi.DEVLINK_ATTR_PARAM_NAME:
					p.Name = n.String()
				case uapi.DEVLINK_ATTR_PARAM_GENERIC:
					p.IsGeneric = true
				case uapi.DEVLINK_ATTR_PARAM_TYPE:
					p.Type = n.Uint8()
				case uapi.DEVLINK_ATTR_PARAM_VALUES_LIST:
					lists = append(lists, n.Data())
				}
			}
			d.Fail(n.Err())
		}
	}
	for _, list := range lists {
		d.Fail(eachNested(wire.NewDecoder(list), func(d *wire.Decoder) { p.Values = append(p.Values, p.value(d)) }))
	}
	return of
}

func (p *DevlinkParam) value(d *wire.Decoder) (v DevlinkParamValue) {
	var data []wire.Decoder
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_PARAM_VALUE_DATA:
			data = append(data[:0], *d)
		case uapi.DEVLINK_ATTR_PARAM_VALUE_CMODE:
			v.CMODE = d.Uint8()
		case uapi.DEVLINK_ATTR_PARAM_VALUE_DEFAULT:
			v.Default = readDevlinkVar(p.Type, d)
		}
	}
	if len(data) != 0 {
		v.Data = readDevlinkVar(p.Type, &data[0])
		d.Fail(data[0].Err())
	} else {
		v.Data = p.zero() // a flag that is not there is false
	}
	return v
}

func (p *DevlinkParam) zero() interface{} {
	switch p.Type {
	case uapi.DEVLINK_VAR_ATTR_TYPE_U8:
		return uint8(0)
	case uapi.DEVLINK_VAR_ATTR_TYPE_U16:
		return uint16(0)
	case uapi.DEVLINK_VAR_ATTR_TYPE_U32:
		return uint32(0)
	case uapi.DEVLINK_VAR_ATTR_TYPE_U64:
		return uint64(0)
	case uapi.DEVLINK_VAR_ATTR_TYPE_STRING:
		return ""
	case uapi.DEVLINK_VAR_ATTR_TYPE_FLAG:
		return false
	}
	return nil
}

// DevlinkSetDeviceParam sets a parameter of a device in one mode of configuration, nl.DEVLINK_PARAM_CMODE_…: devlink
// dev param set. value has the type that [DevlinkParamValue] has for it; the device is asked which that is.
func (h *Handle) DevlinkSetDeviceParam(bus string, device string, param string, cmode uint8, value interface{}) error {
	p, err := h.DevlinkGetDeviceParamByName(bus, device, param)
	if err != nil {
		return err
	}
	return devlinkCall(uapi.DEVLINK_CMD_PARAM_SET, "devlink dev param set", bus, device, func(r *wire.Request) {
		r.Uint8(uapi.DEVLINK_ATTR_PARAM_TYPE, p.Type)
		r.String(uapi.DEVLINK_ATTR_PARAM_NAME, param)
		r.Uint8(uapi.DEVLINK_ATTR_PARAM_VALUE_CMODE, cmode)
		p.write(r, value)
	}).exec(h)
}

func (p *DevlinkParam) write(r *wire.Request, value interface{}) {
	const typ = uapi.DEVLINK_ATTR_PARAM_VALUE_DATA
	ok := false
	switch v := value.(type) {
	case uint8:
		if ok = p.Type == uapi.DEVLINK_VAR_ATTR_TYPE_U8; ok {
			r.Uint8(typ, v)
		}
	case uint16:
		if ok = p.Type == uapi.DEVLINK_VAR_ATTR_TYPE_U16; ok {
			r.Uint16(typ, v)
		}
	case uint32:
		if ok = p.Type == uapi.DEVLINK_VAR_ATTR_TYPE_U32; ok {
			r.Uint32(typ, v)
		}
	case uint64:
		if ok = p.Type == uapi.DEVLINK_VAR_ATTR_TYPE_U64; ok {
			r.Uint64(typ, v)
		}
	case string:
		if ok = p.Type == uapi.DEVLINK_VAR_ATTR_TYPE_STRING; ok {
			r.String(typ, v)
		}
	case bool:
		if ok = p.Type == uapi.DEVLINK_VAR_ATTR_TYPE_FLAG; ok && v {
			r.Flag(typ)
		}
	}
	if !ok {
		r.Fail(fmt.Errorf("value of %T for a parameter of type %d, which takes %T", value, p.Type, p.zero()))
	}
}
