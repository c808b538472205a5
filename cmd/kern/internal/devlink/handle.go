package devlink

import (
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// kinds are what a command may be about.
type kinds uint8

const (
	ofDevice kinds = 1 << iota // BUS/DEVICE
	ofPort                     // BUS/DEVICE/INDEX, or the name of its link
	ofRegion                   // BUS/DEVICE/NAME
	ofNode                     // BUS/DEVICE/NAME, of rates
)

// says is the form of each, for messages.
func (k kinds) says() string {
	var forms []string
	for _, f := range []struct {
		kind kinds
		form string
	}{
		{ofDevice, "BUS/DEVICE"}, {ofPort, "BUS/DEVICE/INDEX or the name of a link"}, {ofRegion, "BUS/DEVICE/REGION"},
		{ofNode, "BUS/DEVICE/NODE"},
	} {
		if k&f.kind != 0 {
			forms = append(forms, f.form)
		}
	}
	return strings.Join(forms, " or ")
}

// handle names what a command is about.
type handle struct {
	kind     kinds
	bus, dev string
	port     uint32
	name     string // of a region or node
}

// nextHandle takes the handle of one of some kinds.
func nextHandle(c *cli.Command, of kinds) (h handle, err error) {
	word, _ := c.Next()
	if word == "" {
		return h, failed("%s expected", of.says())
	}
	parts := strings.Split(word, "/")
	switch {
	case len(parts) == 1 && of&ofPort != 0 && of&ofNode == 0:
		return portOfLink(c, word)
	case len(parts) == 2 && of&ofDevice != 0:
		return handle{kind: ofDevice, bus: parts[0], dev: parts[1]}, nil
	case len(parts) == 3 && of&^ofDevice != 0:
		h = handle{bus: parts[0], dev: parts[1], name: parts[2]}
		return h, h.third(of)
	}
	return h, failed("%q is no device: %s expected", word, of.says())
}

// third finds what the third part of a handle is.
func (h *handle) third(of kinds) error {
	number := h.name == "" || strings.Trim(h.name, "0123456789") == ""
	switch {
	case of&ofRegion != 0:
		h.kind = ofRegion
	case of&ofNode != 0 && !number:
		h.kind = ofNode
	case of&ofPort != 0:
		n, err := strconv.ParseUint(h.name, 10, 32)
		if err != nil {
			return failed("%q is no index of a port", h.name)
		}
		h.kind, h.port = ofPort, uint32(n)
	default:
		return failed("a node has a name that is no number, not %q", h.name)
	}
	return nil
}

// put adds the attributes of the handle.
func (h *handle) put(r *wire.Request) {
	if h.kind == 0 {
		return
	}
	r.String(uapi.DEVLINK_ATTR_BUS_NAME, h.bus)
	r.String(uapi.DEVLINK_ATTR_DEV_NAME, h.dev)
	switch h.kind {
	case ofPort:
		r.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, h.port)
	case ofRegion:
		r.String(uapi.DEVLINK_ATTR_REGION_NAME, h.name)
	case ofNode:
		r.String(uapi.DEVLINK_ATTR_RATE_NODE_NAME, h.name)
	}
}

// selects reports whether an object is of the device or the port. Kernels before Linux 6.5 send those of all.
func (h *handle) selects(m *message) bool {
	return h.kind == 0 || h.bus == m.text(uapi.DEVLINK_ATTR_BUS_NAME) && h.dev == m.text(uapi.DEVLINK_ATTR_DEV_NAME) &&
		(h.kind != ofPort || m.has(uapi.DEVLINK_ATTR_PORT_INDEX) && h.port == m.u32(uapi.DEVLINK_ATTR_PORT_INDEX))
}

// portOfLink finds the port that has a link. The kernel says it with the link; else all ports are asked for.
func portOfLink(c *cli.Command, name string) (handle, error) {
	if m, err := c.Get(cli.LinkRequest(0, name, uapi.RTEXT_FILTER_SKIP_STATS)); err == nil {
		attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
		if b, ok := attrs[uapi.IFLA_DEVLINK_PORT]; ok {
			return (&message{attrs: desc.ParseAttrs(b)}).port(), nil
		}
	}
	var found *handle
	err := ask(c, uapi.DEVLINK_CMD_PORT_GET, dump, nil, func(m *message) {
		if m.text(uapi.DEVLINK_ATTR_PORT_NETDEV_NAME) == name {
			found = new(m.port())
		}
	})
	if err == nil && found == nil {
		err = failed("no port has a link %q", name)
	}
	if err != nil {
		return handle{}, err
	}
	return *found, nil
}

// device is the name of the device of a message: BUS/DEVICE.
func (m *message) device() string {
	return m.text(uapi.DEVLINK_ATTR_BUS_NAME) + "/" + m.text(uapi.DEVLINK_ATTR_DEV_NAME)
}

// String is the name of a port: BUS/DEVICE/INDEX.
func (h handle) String() string {
	return h.bus + "/" + h.dev + "/" + strconv.FormatUint(uint64(h.port), 10)
}

// portName is that of a port: BUS/DEVICE/INDEX.
func (m *message) portName() string {
	return m.port().String()
}

// owner is the name of the port that an object is of, or of the device.
func (m *message) owner() string {
	if m.has(uapi.DEVLINK_ATTR_PORT_INDEX) {
		return m.portName()
	}
	return m.device()
}

// port is the handle of a port.
func (m *message) port() handle {
	return handle{kind: ofPort, bus: m.text(uapi.DEVLINK_ATTR_BUS_NAME), dev: m.text(uapi.DEVLINK_ATTR_DEV_NAME),
		port: m.u32(uapi.DEVLINK_ATTR_PORT_INDEX)}
}
