package netlink

import (
	"errors"
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkDeviceInfo describes a device and its firmware, as far as the driver reports it: devlink dev info. Of a
// version that is running and another that is stored, it has the one that came last.
type DevlinkDeviceInfo struct {
	Driver         string
	SerialNumber   string
	BoardID        string
	FwApp          string
	FwAppBoundleID string // fw.app.bundle_id
	FwAppName      string
	FwBoundleID    string // fw.bundle_id
	FwMgmt         string
	FwMgmtAPI      string
	FwMgmtBuild    string
	FwNetlist      string
	FwNetlistBuild string
	FwPsidAPI      string
	FwUndi         string
}

// devlinkInfoGetter returns the answer to a question about a device, from the header of generic netlink on.
type devlinkInfoGetter func(bus, device string) ([]byte, error)

// DevlinkGetDeviceInfoByName describes a device and its firmware: devlink dev info BUS/DEVICE. getInfoMsg asks the
// kernel; nil is the handle's own way.
func (h *Handle) DevlinkGetDeviceInfoByName(Bus string, Device string,
	getInfoMsg devlinkInfoGetter) (*DevlinkDeviceInfo, error) {
	all, err := h.DevlinkGetDeviceInfoByNameAsMap(Bus, Device, getInfoMsg)
	if err != nil {
		return nil, err
	}
	i := &DevlinkDeviceInfo{}
	for name, value := range all {
		if field := i.field(name); field != nil {
			*field = value
		}
	}
	return i, nil
}

// DevlinkGetDeviceInfoByName describes a device and its firmware: devlink dev info BUS/DEVICE.
func DevlinkGetDeviceInfoByName(Bus string, Device string) (*DevlinkDeviceInfo, error) {
	return pkgHandle.DevlinkGetDeviceInfoByName(Bus, Device, nil)
}

// field returns where the value of a name goes, nil for one that is only in the map.
func (i *DevlinkDeviceInfo) field(name string) *string {
	switch name {
	case "driver":
		return &i.Driver
	case "serialNumber":
		return &i.SerialNumber
	case "board.id":
		return &i.BoardID
	case "fw.app":
		return &i.FwApp
	case "fw.app.bundle_id":
		return &i.FwAppBoundleID
	case "fw.app.name":
		return &i.FwAppName
	case "fw.bundle_id":
		return &i.FwBoundleID
	case "fw.mgmt":
		return &i.FwMgmt
	case "fw.mgmt.api":
		return &i.FwMgmtAPI
	case "fw.mgmt.build":
		return &i.FwMgmtBuild
	case "fw.netlist":
		return &i.FwNetlist
	case "fw.netlist.build":
		return &i.FwNetlistBuild
	case "fw.psid.api":
		return &i.FwPsidAPI
	case "fw.undi":
		return &i.FwUndi
	}
	return nil
}

// DevlinkGetDeviceInfoByNameAsMap describes a device by the kernel's names, with "driver", "serialNumber" and
// "boardSerialNumber". See [Handle.DevlinkGetDeviceInfoByName] for getInfoMsg.
func (h *Handle) DevlinkGetDeviceInfoByNameAsMap(Bus string, Device string,
	getInfoMsg devlinkInfoGetter) (map[string]string, error) {
	all := map[string]string{}
	read := func(d *wire.Decoder) {
		d.Fail(eachDevlinkVersion(d, func(_ uint16, name, value string) { all[name] = value }))
	}
	c := devlinkCall(uapi.DEVLINK_CMD_INFO_GET, "devlink dev info", Bus, Device, nil)
	var err error
	if getInfoMsg == nil {
		err = c.get(h, read)
	} else {
		var b []byte
		if b, err = getInfoMsg(Bus, Device); err == nil {
			d := wire.NewDecoderAfter(b, uapi.SizeofGenlmsghdr)
			read(&d)
			err = d.Err()
		}
	}
	if err == nil && len(all) == 0 {
		err = errors.New("the device tells nothing")
	}
	if err != nil {
		return nil, h.wrap(err, c.op, c.object)
	}
	return all, nil
}

// DevlinkGetDeviceInfoByNameAsMap describes a device by the kernel's names, with "driver", "serialNumber" and
// "boardSerialNumber".
func DevlinkGetDeviceInfoByNameAsMap(Bus string, Device string) (map[string]string, error) {
	return pkgHandle.DevlinkGetDeviceInfoByNameAsMap(Bus, Device, nil)
}

// GetDevlinkInfo is [DevlinkGetDeviceInfoByName] of the device.
func (v *DevlinkDevice) GetDevlinkInfo() (*DevlinkDeviceInfo, error) {
	return DevlinkGetDeviceInfoByName(v.BusName, v.DeviceName)
}

// GetDevlinkInfoAsMap is [DevlinkGetDeviceInfoByNameAsMap] of the device.
func (v *DevlinkDevice) GetDevlinkInfoAsMap() (map[string]string, error) {
	return DevlinkGetDeviceInfoByNameAsMap(v.BusName, v.DeviceName)
}

// DevlinkVersion is one version that a device reports.
type DevlinkVersion struct {
	Name  string
	Value string
}

// DevlinkVersions are all versions that a device reports.
type DevlinkVersions struct {
	Fixed   []DevlinkVersion // of hardware
	Running []DevlinkVersion
	Stored  []DevlinkVersion // used after the next start, or activation
}

// DevlinkGetDeviceVersions returns the versions that a device reports, those that are running and those that are
// stored each by themselves: devlink dev info BUS/DEVICE.
func (h *Handle) DevlinkGetDeviceVersions(bus, device string) (*DevlinkVersions, error) {
	v := &DevlinkVersions{}
	err := devlinkCall(uapi.DEVLINK_CMD_INFO_GET, "devlink dev info", bus, device, nil).get(h, func(d *wire.Decoder) {
		d.Fail(eachDevlinkVersion(d, func(typ uint16, name, value string) {
			one := DevlinkVersion{name, value}
			switch typ {
			case uapi.DEVLINK_ATTR_INFO_VERSION_FIXED:
				v.Fixed = append(v.Fixed, one)
			case uapi.DEVLINK_ATTR_INFO_VERSION_RUNNING:
				v.Running = append(v.Running, one)
			case uapi.DEVLINK_ATTR_INFO_VERSION_STORED:
				v.Stored = append(v.Stored, one)
			}
		}))
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// eachDevlinkVersion calls each for every part of a device's answer.
func eachDevlinkVersion(d *wire.Decoder, each func(typ uint16, name, value string)) error {
	for d.Next() {
		switch typ := d.Type(); typ {
		case uapi.DEVLINK_ATTR_INFO_DRIVER_NAME:
			each(typ, "driver", devlinkText(d))
		case uapi.DEVLINK_ATTR_INFO_SERIAL_NUMBER:
			each(typ, "serialNumber", devlinkText(d))
		case uapi.DEVLINK_ATTR_INFO_BOARD_SERIAL_NUMBER:
			each(typ, "boardSerialNumber", devlinkText(d))
		case uapi.DEVLINK_ATTR_INFO_VERSION_FIXED, uapi.DEVLINK_ATTR_INFO_VERSION_RUNNING,
			uapi.DEVLINK_ATTR_INFO_VERSION_STORED:
			var name, value string
			n := d.Nested()
			for n.Next() {
				switch n.Type() {
				case uapi.DEVLINK_ATTR_INFO_VERSION_NAME:
					name = devlinkText(&n)
				case uapi.DEVLINK_ATTR_INFO_VERSION_VALUE:
					value = devlinkText(&n)
				}
			}
			if err := n.Err(); err != nil {
				return err
			}
			if name == "" || value == "" {
				return fmt.Errorf("%w: version without a name or a value", wire.ErrMalformed)
			}
			each(typ, name, value)
		}
	}
	return d.Err()
}

// devlinkText is a text without the blanks that some firmware has around it.
func devlinkText(d *wire.Decoder) string { return strings.TrimSpace(d.String()) }
