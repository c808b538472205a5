package netlink

import (
	"iter"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// DevlinkEventType says what became of an object.
type DevlinkEventType uint8

// What becomes of objects.
const (
	DevlinkChanged DevlinkEventType = iota + 1 // it is new, or has changed
	DevlinkDeleted
)

// DevlinkEvent is an object of devlink and what became of it: the one of the fields that is not nil. Of other objects,
// such as those of newer kernels, only Command and Ref are set.
type DevlinkEvent struct {
	Type    DevlinkEventType
	Command uint8      // DEVLINK_CMD_…
	Ref     DevlinkRef // the device or the port that it is about

	Device       *DevlinkDevice
	Port         *DevlinkPort
	Param        *DevlinkParam
	Region       *DevlinkRegion
	Reporter     *DevlinkHealthReporter // whose state changed
	Trap         *DevlinkTrap
	TrapGroup    *DevlinkTrapGroup
	TrapPolicer  *DevlinkTrapPolicer
	Linecard     *DevlinkLinecard
	Rate         *DevlinkRate
	FlashMessage *DevlinkFlashStatus
}

// DevlinkFlashStatus says how far a device is with its flash memory.
type DevlinkFlashStatus struct {
	Message     string
	Component   string
	Done, Total uint64 // in a unit of the driver's; Total is 0 where it is not known
	Timeout     uint64 // seconds that this step may take (Linux 5.10); 0: not known
}

func (s *DevlinkFlashStatus) attrs(c *attr.Codec) {
	attr.String(c, uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_MSG, &s.Message)
	attr.String(c, uapi.DEVLINK_ATTR_FLASH_UPDATE_COMPONENT, &s.Component)
	attr.U64(c, uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_DONE, &s.Done)
	attr.U64(c, uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_TOTAL, &s.Total)
	attr.U64(c, uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_TIMEOUT, &s.Timeout)
}

// DevlinkSubscribeOptions are the options of [Handle.DevlinkEvents].
type DevlinkSubscribeOptions struct {
	Namespace              *netns.NsHandle // nil: the handle's, or the calling thread's
	ReceiveBufferSize      int             // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool            // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval   // end when nothing came for so long
}

// DevlinkEvents reports what becomes of devices, their ports and all that they have, from when an iteration
// begins: devlink monitor. Errors come as pairs: wire.ErrOverrun says that events were lost, and more follow. The
// handle's context and its Close end it.
func (h *Handle) DevlinkEvents(options DevlinkSubscribeOptions) iter.Seq2[DevlinkEvent, error] {
	const op = "devlink subscribe"
	return func(yield func(DevlinkEvent, error) bool) {
		group, err := h.genlGroup(uapi.DEVLINK_GENL_NAME, uapi.DEVLINK_GENL_MCGRP_CONFIG_NAME)
		if err != nil {
			yield(DevlinkEvent{}, h.wrap(err, op, noObject))
			return
		}
		e := events[DevlinkEvent]{op: op, protocol: uapi.NETLINK_GENERIC, decode: decodeDevlinkEvent}
		e.groups = []uint32{group}
		e.dump = func(*Handle) []*wire.Request { return nil }
		e.seq(h, subscribeOptions{namespace: options.Namespace, receiveBuffer: options.ReceiveBufferSize,
			forceBuffer: options.ReceiveBufferForceSize, receiveTimeout: options.ReceiveTimeout})(yield)
	}
}

func decodeDevlinkEvent(m wire.Message) (ev DevlinkEvent, want bool, err error) {
	var head uapi.Genlmsghdr
	head.Decode(m.Data)
	ev = DevlinkEvent{Type: DevlinkChanged, Command: head.Cmd}
	b := genlPayload(m)
	if err := attr.Decode(b, ev.Ref.attrs); err != nil {
		return ev, false, err
	}
	d := wire.NewDecoder(b)
	var attrs func(*attr.Codec)
	switch head.Cmd {
	case uapi.DEVLINK_CMD_DEL, uapi.DEVLINK_CMD_PORT_DEL, uapi.DEVLINK_CMD_PARAM_DEL, uapi.DEVLINK_CMD_PORT_PARAM_DEL,
		uapi.DEVLINK_CMD_REGION_DEL, uapi.DEVLINK_CMD_TRAP_DEL, uapi.DEVLINK_CMD_TRAP_GROUP_DEL,
		uapi.DEVLINK_CMD_TRAP_POLICER_DEL, uapi.DEVLINK_CMD_LINECARD_DEL, uapi.DEVLINK_CMD_RATE_DEL:
		ev.Type = DevlinkDeleted
	}
	switch head.Cmd {
	case uapi.DEVLINK_CMD_NEW, uapi.DEVLINK_CMD_DEL:
		ev.Device = new(DevlinkDevice)
		ev.Device.decode(&d)
	case uapi.DEVLINK_CMD_PORT_NEW, uapi.DEVLINK_CMD_PORT_DEL:
		ev.Port = new(DevlinkPort)
		ev.Port.decode(&d)
	case uapi.DEVLINK_CMD_PARAM_NEW, uapi.DEVLINK_CMD_PARAM_DEL, uapi.DEVLINK_CMD_PORT_PARAM_NEW,
		uapi.DEVLINK_CMD_PORT_PARAM_DEL:
		ev.Param = new(DevlinkParam)
		ev.Param.decode(&d)
	case uapi.DEVLINK_CMD_REGION_NEW, uapi.DEVLINK_CMD_REGION_DEL:
		ev.Region = new(DevlinkRegion)
		attrs = ev.Region.attrs
	case uapi.DEVLINK_CMD_HEALTH_REPORTER_RECOVER:
		ev.Reporter = new(DevlinkHealthReporter)
		attrs = ev.Reporter.attrs
	case uapi.DEVLINK_CMD_TRAP_NEW, uapi.DEVLINK_CMD_TRAP_DEL:
		ev.Trap = new(DevlinkTrap)
		attrs = ev.Trap.attrs
	case uapi.DEVLINK_CMD_TRAP_GROUP_NEW, uapi.DEVLINK_CMD_TRAP_GROUP_DEL:
		ev.TrapGroup = new(DevlinkTrapGroup)
		attrs = ev.TrapGroup.attrs
	case uapi.DEVLINK_CMD_TRAP_POLICER_NEW, uapi.DEVLINK_CMD_TRAP_POLICER_DEL:
		ev.TrapPolicer = new(DevlinkTrapPolicer)
		attrs = ev.TrapPolicer.attrs
	case uapi.DEVLINK_CMD_LINECARD_NEW, uapi.DEVLINK_CMD_LINECARD_DEL:
		ev.Linecard = new(DevlinkLinecard)
		attrs = ev.Linecard.attrs
	case uapi.DEVLINK_CMD_RATE_NEW, uapi.DEVLINK_CMD_RATE_DEL:
		ev.Rate = new(DevlinkRate)
		attrs = ev.Rate.attrs
	case uapi.DEVLINK_CMD_FLASH_UPDATE, uapi.DEVLINK_CMD_FLASH_UPDATE_STATUS, uapi.DEVLINK_CMD_FLASH_UPDATE_END:
		ev.FlashMessage = new(DevlinkFlashStatus)
		attrs = ev.FlashMessage.attrs
	}
	if attrs != nil {
		err = attr.Decode(b, attrs)
	} else {
		err = d.Err()
	}
	return ev, err == nil, err
}
