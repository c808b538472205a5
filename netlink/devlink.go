package netlink

import (
	"errors"
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkDevice is a device with more to configure than its links have: devlink dev. Its address is
// BusName/DeviceName, "pci/0000:03:00.0".
type DevlinkDevice struct {
	BusName    string
	DeviceName string
	Attrs      DevlinkDevAttrs

	ReloadFailed bool // the last reload went wrong; the device does not work
}

// DevlinkDevAttrs are the attributes of a device.
type DevlinkDevAttrs struct {
	Eswitch DevlinkDevEswitchAttr
}

// DevlinkDevEswitchAttr is how the switch in a device works: devlink dev eswitch show. What the device does
// not report is "", unknown values are "unknown".
type DevlinkDevEswitchAttr struct {
	Mode       string // "legacy", "switchdev", "switchdev_inactive" (Linux 6.19)
	InlineMode string // "none", "link", "network", "transport"
	EncapMode  string // "disable", "enable"
}

var devlinkKind = genlKind{name: uapi.DEVLINK_GENL_NAME, version: uapi.DEVLINK_GENL_VERSION}

// devlinkCall is a request about a device.
func devlinkCall(cmd uint8, op, bus, device string, more func(*wire.Request)) genlCall {
	return genlCall{
		kind: devlinkKind, cmd: cmd, op: op,
		object: func() string { return fmt.Sprintf("%.128s/%.128s", bus, device) },
		attrs: func(r *wire.Request) {
			r.String(uapi.DEVLINK_ATTR_BUS_NAME, bus)
			r.String(uapi.DEVLINK_ATTR_DEV_NAME, device)
			if more != nil {
				more(r)
			}
		},
	}
}

func devlinkListing() genlCall {
	return genlCall{kind: devlinkKind, cmd: uapi.DEVLINK_CMD_GET, op: "devlink dev list"}
}

// DevLinkGetDeviceList returns all devices, with their switches: devlink dev show. See
// [ErrDumpInterrupted].
func (h *Handle) DevLinkGetDeviceList() ([]*DevlinkDevice, error) {
	devices, err := pointersTo(genlList(h, devlinkListing(), decodeDevlinkDevice))
	for _, d := range devices {
		h.devlinkEswitch(d)
	}
	return devices, err
}

// DevlinkDeviceSeq gives all devices as they come, without their switches. The last pair holds the error,
// if there is one.
func (h *Handle) DevlinkDeviceSeq() iter.Seq2[DevlinkDevice, error] {
	return genlSeq(h, devlinkListing(), decodeDevlinkDevice)
}

// DevLinkGetDeviceByName returns a device, with its switch: devlink dev show BUS/DEVICE.
func (h *Handle) DevLinkGetDeviceByName(Bus string, Device string) (*DevlinkDevice, error) {
	d := &DevlinkDevice{}
	if err := devlinkCall(uapi.DEVLINK_CMD_GET, "devlink dev get", Bus, Device, nil).get(h, d.decode); err != nil {
		return nil, err
	}
	h.devlinkEswitch(d)
	return d, nil
}

// devlinkEswitch completes a device. One without a switch, or whose driver does not report it, refuses.
func (h *Handle) devlinkEswitch(d *DevlinkDevice) {
	eswitch := DevlinkDevice{}
	if err := devlinkCall(uapi.DEVLINK_CMD_ESWITCH_GET, "devlink eswitch get", d.BusName, d.DeviceName, nil).get(h,
		eswitch.decode); err == nil {
		d.Attrs.Eswitch = eswitch.Attrs.Eswitch
	}
}

func decodeDevlinkDevice(d *wire.Decoder, v *DevlinkDevice) bool {
	v.decode(d)
	return true
}

func (v *DevlinkDevice) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_BUS_NAME:
			v.BusName = d.String()
		case uapi.DEVLINK_ATTR_DEV_NAME:
			v.DeviceName = d.String()
		case uapi.DEVLINK_ATTR_RELOAD_FAILED:
			v.ReloadFailed = d.Bool()
		case uapi.DEVLINK_ATTR_ESWITCH_MODE:
			v.Attrs.Eswitch.Mode = eswitchMode(d.Uint16())
		case uapi.DEVLINK_ATTR_ESWITCH_INLINE_MODE:
			v.Attrs.Eswitch.InlineMode = eswitchInlineMode(d.Uint8())
		case uapi.DEVLINK_ATTR_ESWITCH_ENCAP_MODE:
			v.Attrs.Eswitch.EncapMode = eswitchEncapMode(d.Uint8())
		}
	}
}

func eswitchMode(m uint16) string {
	switch m {
	case uapi.DEVLINK_ESWITCH_MODE_LEGACY:
		return "legacy"
	case uapi.DEVLINK_ESWITCH_MODE_SWITCHDEV:
		return "switchdev"
	case uapi.DEVLINK_ESWITCH_MODE_SWITCHDEV_INACTIVE:
		return "switchdev_inactive"
	}
	return "unknown"
}

func eswitchInlineMode(m uint8) string {
	switch m {
	case uapi.DEVLINK_ESWITCH_INLINE_MODE_NONE:
		return "none"
	case uapi.DEVLINK_ESWITCH_INLINE_MODE_LINK:
		return "link"
	case uapi.DEVLINK_ESWITCH_INLINE_MODE_NETWORK:
		return "network"
	case uapi.DEVLINK_ESWITCH_INLINE_MODE_TRANSPORT:
		return "transport"
	}
	return "unknown"
}

func eswitchEncapMode(m uint8) string {
	switch m {
	case uapi.DEVLINK_ESWITCH_ENCAP_MODE_NONE:
		return "disable"
	case uapi.DEVLINK_ESWITCH_ENCAP_MODE_BASIC:
		return "enable"
	}
	return "unknown"
}

// DevLinkSetEswitchMode sets the mode of the switch in a device: devlink dev eswitch set DEVICE mode MODE.
func (h *Handle) DevLinkSetEswitchMode(Dev *DevlinkDevice, NewMode string) error {
	const op = "devlink eswitch set"
	if Dev == nil {
		return h.refuse(errors.New("no device given"), op, noObject)
	}
	return devlinkCall(uapi.DEVLINK_CMD_ESWITCH_SET, op, Dev.BusName, Dev.DeviceName, func(r *wire.Request) {
		for m := uint16(uapi.DEVLINK_ESWITCH_MODE_LEGACY); m <= uapi.DEVLINK_ESWITCH_MODE_SWITCHDEV_INACTIVE; m++ {
			if eswitchMode(m) == NewMode {
				r.Uint16(uapi.DEVLINK_ATTR_ESWITCH_MODE, m)
				return
			}
		}
		r.Fail(fmt.Errorf("%.128q is no mode of a switch", NewMode))
	}).exec(h)
}
