package netlink

import (
	"errors"
	"fmt"
	"iter"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkPort is a port of a device: devlink port. A nil field was not reported.
type DevlinkPort struct {
	BusName          string
	DeviceName       string
	PortIndex        uint32
	PortType         uint16 // DEVLINK_PORT_TYPE_…
	NetdeviceName    string
	NetdevIfIndex    uint32
	RdmaDeviceName   string
	PortFlavour      uint16 // DEVLINK_PORT_FLAVOUR_…
	Fn               *DevlinkPortFn
	PortNumber       *uint32
	PfNumber         *uint16
	VfNumber         *uint16
	SfNumber         *uint32
	ControllerNumber *uint32
	External         *bool // the function is on another machine

	Lanes        *uint32
	Splittable   *bool
	SplitGroup   *uint32 // the port that this one was split from
	SplitSubport *uint32
	Linecard     *uint32 // the index of the line card that it is on
}

// DevlinkPortFn is the function that a port is for, such as a virtual one.
type DevlinkPortFn struct {
	HwAddr  net.HardwareAddr
	State   uint8 // DEVLINK_PORT_FN_STATE_…
	OpState uint8 // DEVLINK_PORT_FN_OPSTATE_…; read only

	Caps     uint32  // the capabilities that are on, bits DEVLINK_PORT_FN_ATTR_CAP_…; of those in CapsMask
	CapsMask uint32  // the capabilities that were reported
	MaxIOEQs *uint32 // event queues for input and output (Linux 6.10)
}

// DevlinkPortFnSetAttrs holds the values that [Handle.DevlinkPortFnSet] sets.
type DevlinkPortFnSetAttrs struct {
	FnAttrs     DevlinkPortFn
	HwAddrValid bool // FnAttrs.HwAddr is set
	StateValid  bool // FnAttrs.State is set
}

// DevLinkPortAddAttrs are the arguments of [Handle.DevLinkPortAdd].
type DevLinkPortAddAttrs struct {
	Controller      uint32
	SfNumber        uint32
	PortIndex       uint32
	PfNumber        uint16
	SfNumberValid   bool // SfNumber is set; else the device chooses one
	PortIndexValid  bool
	ControllerValid bool
}

// DevLinkGetAllPortList returns the ports of all devices: devlink port show. See [ErrDumpInterrupted].
func (h *Handle) DevLinkGetAllPortList() ([]*DevlinkPort, error) {
	c, decode := devlinkPortListing("", "")
	return pointersTo(genlList(h, c, decode))
}

// DevlinkPortSeq gives the ports of a device as they come, with "" and "" those of all devices. The last pair holds
// the error, if there is one.
func (h *Handle) DevlinkPortSeq(bus, device string) iter.Seq2[DevlinkPort, error] {
	c, decode := devlinkPortListing(bus, device)
	return genlSeq(h, c, decode)
}

// devlinkPortListing asks for ports. Kernels before Linux 6.5 do not select by the device.
func devlinkPortListing(bus, device string) (genlCall, func(*wire.Decoder, *DevlinkPort) bool) {
	c := genlCall{kind: devlinkKind, cmd: uapi.DEVLINK_CMD_PORT_GET, op: "devlink port list"}
	if bus != "" || device != "" {
		c = devlinkCall(c.cmd, c.op, bus, device, nil)
	}
	return c, func(d *wire.Decoder, p *DevlinkPort) bool {
		p.decode(d)
		return bus == "" && device == "" || p.BusName == bus && p.DeviceName == device
	}
}

// DevLinkGetPortByIndex returns a port: devlink port show BUS/DEVICE/INDEX.
func (h *Handle) DevLinkGetPortByIndex(Bus string, Device string, PortIndex uint32) (*DevlinkPort, error) {
	p := &DevlinkPort{}
	if err := devlinkPortCall(uapi.DEVLINK_CMD_PORT_GET, "devlink port get", Bus, Device, PortIndex, nil).get(h,
		p.decode); err != nil {
		return nil, err
	}
	return p, nil
}

// devlinkPortCall is a request about a port.
func devlinkPortCall(cmd uint8, op, bus, device string, port uint32, more func(*wire.Request)) genlCall {
	c := devlinkCall(cmd, op, bus, device, func(r *wire.Request) {
		r.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, port)
		if more != nil {
			more(r)
		}
	})
	name := c.object
	c.object = func() string { return fmt.Sprintf("%s/%d", name(), port) }
	return c
}

func (p *DevlinkPort) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_BUS_NAME:
			p.BusName = d.String()
		case uapi.DEVLINK_ATTR_DEV_NAME:
			p.DeviceName = d.String()
		case uapi.DEVLINK_ATTR_PORT_INDEX:
			p.PortIndex = d.Uint32()
		case uapi.DEVLINK_ATTR_PORT_TYPE:
			p.PortType = d.Uint16()
		case uapi.DEVLINK_ATTR_PORT_NETDEV_NAME:
			p.NetdeviceName = d.String()
		case uapi.DEVLINK_ATTR_PORT_NETDEV_IFINDEX:
			p.NetdevIfIndex = d.Uint32()
		case uapi.DEVLINK_ATTR_PORT_IBDEV_NAME:
			p.RdmaDeviceName = d.String()
		case uapi.DEVLINK_ATTR_PORT_FLAVOUR:
			p.PortFlavour = d.Uint16()
		case uapi.DEVLINK_ATTR_PORT_FUNCTION:
			p.Fn = &DevlinkPortFn{}
			n := d.Nested()
			p.Fn.decode(&n)
			d.Fail(n.Err())
		case uapi.DEVLINK_ATTR_PORT_NUMBER:
			p.PortNumber = new(d.Uint32())
		case uapi.DEVLINK_ATTR_PORT_PCI_PF_NUMBER:
			p.PfNumber = new(d.Uint16())
		case uapi.DEVLINK_ATTR_PORT_PCI_VF_NUMBER:
			p.VfNumber = new(d.Uint16())
		case uapi.DEVLINK_ATTR_PORT_PCI_SF_NUMBER:
			p.SfNumber = new(d.Uint32())
		case uapi.DEVLINK_ATTR_PORT_CONTROLLER_NUMBER:
			p.ControllerNumber = new(d.Uint32())
		case uapi.DEVLINK_ATTR_PORT_EXTERNAL:
			p.External = new(d.Bool())
		case uapi.DEVLINK_ATTR_PORT_LANES:
			p.Lanes = new(d.Uint32())
		case uapi.DEVLINK_ATTR_PORT_SPLITTABLE:
			p.Splittable = new(d.Bool())
		case uapi.DEVLINK_ATTR_PORT_SPLIT_GROUP:
			p.SplitGroup = new(d.Uint32())
		case uapi.DEVLINK_ATTR_PORT_SPLIT_SUBPORT_NUMBER:
			p.SplitSubport = new(d.Uint32())
		case uapi.DEVLINK_ATTR_LINECARD_INDEX:
			p.Linecard = new(d.Uint32())
		}
	}
}

func (f *DevlinkPortFn) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR:
			f.HwAddr = d.Bytes()
		case uapi.DEVLINK_PORT_FN_ATTR_STATE:
			f.State = d.Uint8()
		case uapi.DEVLINK_PORT_FN_ATTR_OPSTATE:
			f.OpState = d.Uint8()
		case uapi.DEVLINK_PORT_FN_ATTR_CAPS:
			var v uapi.NlaBitfield32
			v.Decode(d.Data())
			f.Caps, f.CapsMask = v.Value, v.Selector
		case uapi.DEVLINK_PORT_FN_ATTR_MAX_IO_EQS:
			f.MaxIOEQs = new(d.Uint32())
		}
	}
}

// DevLinkPortAdd makes a port, such as that of a subfunction (DEVLINK_PORT_FLAVOUR_PCI_SF), and returns it: devlink
// port add BUS/DEVICE flavour FLAVOUR pfnum NUMBER.
func (h *Handle) DevLinkPortAdd(Bus string, Device string, Flavour uint16, Attrs DevLinkPortAddAttrs) (*DevlinkPort,
	error) {
	p := &DevlinkPort{}
	err := devlinkCall(uapi.DEVLINK_CMD_PORT_NEW, "devlink port add", Bus, Device, func(r *wire.Request) {
		r.Uint16(uapi.DEVLINK_ATTR_PORT_FLAVOUR, Flavour)
		r.Uint16(uapi.DEVLINK_ATTR_PORT_PCI_PF_NUMBER, Attrs.PfNumber)
		if Flavour == uapi.DEVLINK_PORT_FLAVOUR_PCI_SF && Attrs.SfNumberValid {
			r.Uint32(uapi.DEVLINK_ATTR_PORT_PCI_SF_NUMBER, Attrs.SfNumber)
		}
		if Attrs.PortIndexValid {
			r.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, Attrs.PortIndex)
		}
		if Attrs.ControllerValid {
			r.Uint32(uapi.DEVLINK_ATTR_PORT_CONTROLLER_NUMBER, Attrs.Controller)
		}
	}).get(h, p.decode)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// DevLinkPortDel deletes a port that was added: devlink port del BUS/DEVICE/INDEX.
func (h *Handle) DevLinkPortDel(Bus string, Device string, PortIndex uint32) error {
	return devlinkPortCall(uapi.DEVLINK_CMD_PORT_DEL, "devlink port del", Bus, Device, PortIndex, nil).exec(h)
}

// DevlinkPortFnSet changes the function that a port is for: devlink port function set.
func (h *Handle) DevlinkPortFnSet(Bus string, Device string, PortIndex uint32, FnAttrs DevlinkPortFnSetAttrs) error {
	fn := &FnAttrs.FnAttrs
	return devlinkPortCall(uapi.DEVLINK_CMD_PORT_SET, "devlink port function set", Bus, Device, PortIndex,
		func(r *wire.Request) {
			r.Nest(uapi.DEVLINK_ATTR_PORT_FUNCTION | uapi.NLA_F_NESTED)
			if FnAttrs.HwAddrValid {
				r.Data(uapi.DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, fn.HwAddr)
			}
			if FnAttrs.StateValid {
				r.Uint8(uapi.DEVLINK_PORT_FN_ATTR_STATE, fn.State)
			}
			if fn.CapsMask != 0 {
				r.Struct(uapi.DEVLINK_PORT_FN_ATTR_CAPS, uapi.SizeofNlaBitfield32,
					&uapi.NlaBitfield32{Value: fn.Caps, Selector: fn.CapsMask})
			}
			encodeNumber(r, uapi.DEVLINK_PORT_FN_ATTR_MAX_IO_EQS, fn.MaxIOEQs)
			r.End()
		}).exec(h)
}

// DevlinkSplitPort splits a port into count ones: devlink port split.
func (h *Handle) DevlinkSplitPort(port *DevlinkPort, count uint32) error {
	return h.devlinkPortChange(uapi.DEVLINK_CMD_PORT_SPLIT, "devlink port split", port, func(r *wire.Request) {
		r.Uint32(uapi.DEVLINK_ATTR_PORT_SPLIT_COUNT, count)
	})
}

// DevlinkUnsplitPort makes a port that was split one again: devlink port unsplit.
func (h *Handle) DevlinkUnsplitPort(port *DevlinkPort) error {
	return h.devlinkPortChange(uapi.DEVLINK_CMD_PORT_UNSPLIT, "devlink port unsplit", port, nil)
}

func (h *Handle) devlinkPortChange(cmd uint8, op string, p *DevlinkPort, more func(*wire.Request)) error {
	if p == nil {
		return h.refuse(errors.New("no port given"), op, noObject)
	}
	return devlinkPortCall(cmd, op, p.BusName, p.DeviceName, p.PortIndex, more).exec(h)
}
