package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// RdmaLink is a device for remote direct memory access: rdma dev.
type RdmaLink struct {
	Attrs RdmaLinkAttrs
}

// RdmaLinkAttrs are the attributes of a device.
type RdmaLinkAttrs struct {
	Index           uint32
	Name            string
	FirmwareVersion string
	// the bytes of the GUID with the last one first, as the library has it that this one stands for
	NodeGuid     string
	SysImageGuid string // the same
	NumPorts     uint32

	Protocol string // "ib", "roce", "iw", …
	NodeType uint8  // 1: channel adapter, …

	CapFlags           uint64 // what it can do, IB_DEVICE_…
	AdaptiveModeration bool   // see [Handle.RdmaLinkSetAdaptiveModeration]
	Type               uint8  // of a device that is a part of another: [RdmaDeviceSMI]
	Parent             string // the name of that
}

// rdmaRequest begins a request to the devices' own part of RDMA's netlink.
func rdmaRequest(cmd uint16) *wire.Request {
	r := wire.NewRequest(uapi.RDMA_NL_NLDEV<<nl.RDMA_NL_GET_CLIENT_SHIFT|cmd, 0)
	r.Protocol = uapi.NETLINK_RDMA
	return r
}

// rdmaDecoder reads the attributes of a message, which has no header of its own.
func rdmaDecoder[T any](read func(d *wire.Decoder, v *T)) func(wire.Message, *T) (bool, error) {
	return func(m wire.Message, v *T) (bool, error) {
		d := wire.NewDecoder(m.Data)
		read(&d, v)
		return d.Err() == nil, d.Err()
	}
}

// rdmaGet sends a request that has one reply.
func (h *Handle) rdmaGet(r *wire.Request, op string, object func() string, read func(d *wire.Decoder)) error {
	return h.get(r, op, object, func(m wire.Message) error {
		d := wire.NewDecoder(m.Data)
		read(&d)
		return d.Err()
	})
}

// RdmaLinkList returns the devices: rdma dev show. See [ErrDumpInterrupted].
func (h *Handle) RdmaLinkList() ([]*RdmaLink, error) {
	return pointersTo(fill(h, rdmaRequest(uapi.RDMA_NLDEV_CMD_GET), "rdma dev list", rdmaDecoder(decodeRdmaLink)))
}

// RdmaLinkSeq gives the devices as they come. The last pair holds the error, if there is one.
func (h *Handle) RdmaLinkSeq() iter.Seq2[RdmaLink, error] {
	request := func() (*wire.Request, error) { return rdmaRequest(uapi.RDMA_NLDEV_CMD_GET), nil }
	return stream(h, request, "rdma dev list", rdmaDecoder(decodeRdmaLink), nil)
}

func decodeRdmaLink(d *wire.Decoder, l *RdmaLink) {
	a := &l.Attrs
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
			a.Index = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
			a.Name = d.String()
		case uapi.RDMA_NLDEV_ATTR_FW_VERSION:
			a.FirmwareVersion = d.String()
		case uapi.RDMA_NLDEV_ATTR_NODE_GUID:
			a.NodeGuid = rdmaGUID(d.Uint64())
		case uapi.RDMA_NLDEV_ATTR_SYS_IMAGE_GUID:
			a.SysImageGuid = rdmaGUID(d.Uint64())
		case uapi.RDMA_NLDEV_ATTR_PORT_INDEX:
			a.NumPorts = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_DEV_PROTOCOL:
			a.Protocol = d.String()
		case uapi.RDMA_NLDEV_ATTR_DEV_NODE_TYPE:
			a.NodeType = d.Uint8()
		case uapi.RDMA_NLDEV_ATTR_CAP_FLAGS:
			a.CapFlags = d.Uint64()
		case uapi.RDMA_NLDEV_ATTR_DEV_DIM:
			a.AdaptiveModeration = d.Bool()
		case uapi.RDMA_NLDEV_ATTR_DEV_TYPE:
			a.Type = d.Uint8()
		case uapi.RDMA_NLDEV_ATTR_PARENT_NAME:
			a.Parent = d.String()
		}
	}
}

func rdmaGUID(v uint64) string {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	return net.HardwareAddr(b[:]).String()
}

// RdmaLinkByName returns the device of a name. The kernel is not asked by name, so all are listed. See
// [ErrDumpInterrupted].
func (h *Handle) RdmaLinkByName(name string) (*RdmaLink, error) {
	links, err := h.RdmaLinkList()
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if l.Attrs.Name == name {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no RDMA device %.128q", name)
}

// rdmaChange sends a request that changes a device.
func (h *Handle) rdmaChange(cmd uint16, op string, link *RdmaLink, more func(*wire.Request)) error {
	r := rdmaRequest(cmd)
	if link == nil {
		r.Fail(errNoRdmaLink)
	} else {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
		more(r)
	}
	return h.exec(r, op, func() string { return rdmaObject(link) })
}

var errNoRdmaLink = errors.New("no RDMA device given")

func rdmaObject(l *RdmaLink) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("%.128q index %d", l.Attrs.Name, l.Attrs.Index)
}

// RdmaLinkSetName gives a device another name: rdma dev set DEV name NAME.
func (h *Handle) RdmaLinkSetName(link *RdmaLink, name string) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_SET, "rdma dev set name", link, func(r *wire.Request) {
		r.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, name)
	})
}

// RdmaLinkSetNsFd moves a device to the network namespace of a descriptor: rdma dev set DEV netns NAME. The devices
// have to have namespaces, see [Handle.RdmaSystemSetNetnsMode].
func (h *Handle) RdmaLinkSetNsFd(link *RdmaLink, fd uint32) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_SET, "rdma dev set netns", link, func(r *wire.Request) {
		r.Uint32(uapi.RDMA_NLDEV_NET_NS_FD, fd)
	})
}

// RdmaLinkDel deletes a device that was added: rdma link delete NAME. See [ErrDumpInterrupted].
func (h *Handle) RdmaLinkDel(name string) error {
	link, err := h.RdmaLinkByName(name)
	if err != nil {
		return err
	}
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_DELLINK, "rdma link delete", link, func(*wire.Request) {})
}

// RdmaLinkAdd makes a device of a type, "rxe" or "siw", on top of a network device: rdma link add NAME type TYPE
// netdev NETDEV.
func (h *Handle) RdmaLinkAdd(linkName string, linkType string, netdev string) error {
	r := rdmaRequest(uapi.RDMA_NLDEV_CMD_NEWLINK)
	r.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, linkName)
	r.String(uapi.RDMA_NLDEV_ATTR_LINK_TYPE, linkType)
	r.String(uapi.RDMA_NLDEV_ATTR_NDEV_NAME, netdev)
	return h.exec(r, "rdma link add", func() string {
		return fmt.Sprintf("%.128q type %.128s netdev %.128q", linkName,
			linkType, netdev)
	})
}

// RdmaSystemGetNetnsMode returns whether devices are "shared" by all network namespaces, or are each in one,
// "exclusive": rdma system show netns.
func (h *Handle) RdmaSystemGetNetnsMode() (string, error) {
	mode := ""
	err := h.rdmaGet(rdmaRequest(uapi.RDMA_NLDEV_CMD_SYS_GET), "rdma system get", noObject, func(d *wire.Decoder) {
		for d.Next() {
			if d.Type() == uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE {
				mode = rdmaMode(d.Uint8())
			}
		}
	})
	if err == nil && mode == "" {
		err = h.wrap(errors.New("the kernel tells no mode"), "rdma system get", noObject)
	}
	return mode, err
}

// rdmaModes are the names of the modes, by their numbers.
var rdmaModes = [...]string{"exclusive", "shared"}

func rdmaMode(m uint8) string {
	if int(m) < len(rdmaModes) {
		return rdmaModes[m]
	}
	return "unknown"
}

// RdmaSystemSetNetnsMode says whether devices are "shared" or "exclusive": rdma system set netns MODE. No network
// namespace may be there but the first.
func (h *Handle) RdmaSystemSetNetnsMode(NewMode string) error {
	r := rdmaRequest(uapi.RDMA_NLDEV_CMD_SYS_SET)
	known := false
	for m, name := range rdmaModes {
		if name == NewMode {
			known = true
			r.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE, uint8(m))
		}
	}
	if !known {
		r.Fail(fmt.Errorf("%.128q is no mode", NewMode))
	}
	return h.exec(r, "rdma system set", func() string { return "netns " + fmt.Sprintf("%.128s", NewMode) })
}
