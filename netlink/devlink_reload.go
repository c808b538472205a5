package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// DevlinkReloadAction is what a reload does.
type DevlinkReloadAction uint8

// What a reload does.
const (
	DevlinkDriverReinit DevlinkReloadAction = uapi.DEVLINK_RELOAD_ACTION_DRIVER_REINIT // the driver starts anew
	DevlinkFwActivate   DevlinkReloadAction = uapi.DEVLINK_RELOAD_ACTION_FW_ACTIVATE   // stored firmware runs
)

// DevlinkReloadOptions are the options of [Handle.DevlinkReload].
type DevlinkReloadOptions struct {
	NetNS   *netns.NsHandle     // where the device and its links move
	Action  DevlinkReloadAction // 0: the kernel's, that is the driver
	NoReset bool                // links stay up
}

// DevlinkReload starts the driver or the firmware of a device anew, and returns the actions that were done, which can
// be more (options since Linux 5.10): devlink dev reload.
func (h *Handle) DevlinkReload(bus, device string, options DevlinkReloadOptions) ([]DevlinkReloadAction, error) {
	c := devlinkCall(uapi.DEVLINK_CMD_RELOAD, "devlink dev reload", bus, device, func(r *wire.Request) {
		if options.NetNS != nil {
			r.Uint32(uapi.DEVLINK_ATTR_NETNS_FD, uint32(within(r, "namespace", int(*options.NetNS), math.MaxInt32)))
		}
		if options.Action != 0 {
			r.Uint8(uapi.DEVLINK_ATTR_RELOAD_ACTION, uint8(options.Action))
		}
		if options.NoReset {
			r.Struct(uapi.DEVLINK_ATTR_RELOAD_LIMITS, uapi.SizeofNlaBitfield32, &uapi.NlaBitfield32{
				Value: 1 << uapi.DEVLINK_RELOAD_LIMIT_NO_RESET, Selector: uapi.DEVLINK_RELOAD_LIMITS_VALID_MASK})
		}
	})
	if options.Action == 0 && !options.NoReset { // the kernel does not say what it did
		if err := c.exec(h); err != nil {
			return nil, err
		}
		return []DevlinkReloadAction{DevlinkDriverReinit}, nil
	}
	var done uapi.NlaBitfield32
	err := c.get(h, func(d *wire.Decoder) {
		for d.Next() {
			if d.Type() == uapi.DEVLINK_ATTR_RELOAD_ACTIONS_PERFORMED {
				done.Decode(d.Data())
			}
		}
	})
	if err != nil {
		return nil, err
	}
	var actions []DevlinkReloadAction
	for a := range DevlinkReloadAction(32) {
		if done.Value&done.Selector&(1<<a) != 0 {
			actions = append(actions, a)
		}
	}
	return actions, nil
}

// DevlinkEswitchSet changes how the switch in a device works. What is "" stays: devlink dev eswitch set.
func (h *Handle) DevlinkEswitchSet(bus, device string, eswitch DevlinkDevEswitchAttr) error {
	number := func(name string, of func(n uint16) string) (uint16, error) {
		for n := range uint16(8) {
			if of(n) == name {
				return n, nil
			}
		}
		return 0, fmt.Errorf("%.128q is no mode of a switch", name)
	}
	return devlinkCall(uapi.DEVLINK_CMD_ESWITCH_SET, "devlink eswitch set", bus, device, func(r *wire.Request) {
		if eswitch.Mode != "" {
			n, err := number(eswitch.Mode, eswitchMode)
			r.Fail(err)
			r.Uint16(uapi.DEVLINK_ATTR_ESWITCH_MODE, n)
		}
		if eswitch.InlineMode != "" {
			n, err := number(eswitch.InlineMode, func(n uint16) string { return eswitchInlineMode(uint8(n)) })
			r.Fail(err)
			r.Uint8(uapi.DEVLINK_ATTR_ESWITCH_INLINE_MODE, uint8(n))
		}
		if eswitch.EncapMode != "" {
			n, err := number(eswitch.EncapMode, func(n uint16) string { return eswitchEncapMode(uint8(n)) })
			r.Fail(err)
			r.Uint8(uapi.DEVLINK_ATTR_ESWITCH_ENCAP_MODE, uint8(n))
		}
	}).exec(h)
}

// DevlinkResourceSet gives a resource of a device another size, from the next reload on: devlink resource set.
func (h *Handle) DevlinkResourceSet(bus, device string, id, size uint64) error {
	return devlinkCall(uapi.DEVLINK_CMD_RESOURCE_SET, "devlink resource set", bus, device, func(r *wire.Request) {
		r.Uint64(uapi.DEVLINK_ATTR_RESOURCE_ID, id)
		r.Uint64(uapi.DEVLINK_ATTR_RESOURCE_SIZE, size)
	}).exec(h)
}

// DevlinkFlash is what is written into the flash memory of a device.
type DevlinkFlash struct {
	File      string // below the kernel's directory of firmware
	Component string // "": the device's main one
	// What is stored beside the firmware is kept but for these (Linux 5.10).
	OverwriteSettings    bool
	OverwriteIdentifiers bool
}

// DevlinkFlashUpdate writes a file into the flash memory of a device, which takes as long as it takes: devlink dev
// flash. [Handle.DevlinkEvents] reports how far it is.
func (h *Handle) DevlinkFlashUpdate(bus, device string, flash DevlinkFlash) error {
	return devlinkCall(uapi.DEVLINK_CMD_FLASH_UPDATE, "devlink dev flash", bus, device, func(r *wire.Request) {
		r.String(uapi.DEVLINK_ATTR_FLASH_UPDATE_FILE_NAME, flash.File)
		if flash.Component != "" {
			r.String(uapi.DEVLINK_ATTR_FLASH_UPDATE_COMPONENT, flash.Component)
		}
		var over uapi.NlaBitfield32
		if flash.OverwriteSettings {
			over.Value |= uapi.DEVLINK_FLASH_OVERWRITE_SETTINGS
		}
		if flash.OverwriteIdentifiers {
			over.Value |= uapi.DEVLINK_FLASH_OVERWRITE_IDENTIFIERS
		}
		if over.Selector = over.Value; over.Value != 0 {
			r.Struct(uapi.DEVLINK_ATTR_FLASH_UPDATE_OVERWRITE_MASK, uapi.SizeofNlaBitfield32, &over)
		}
	}).exec(h)
}
