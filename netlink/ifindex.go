package netlink

import (
	"errors"
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkIndex returns the index of the link of that name, or of that alternative
// name, like if_nametoindex(3). It asks for nothing else, which is several times
// faster than [Handle.LinkByName]. The error is a [LinkNotFoundError] where there
// is no such link.
//
// For a process with CAP_NET_ADMIN the kernel first tries to load the module
// netdev-NAME of a name that it does not know.
func (h *Handle) LinkIndex(name string) (int, error) {
	object := func() string { return fmt.Sprintf("%.128q", name) }
	// The kernel cuts a name at a colon and at the end of struct ifreq.
	if name != "" && len(name) < uapi.IFNAMSIZ && !strings.ContainsAny(name, ":\x00") {
		var index int
		err := h.control(func(fd int) (err error) {
			index, err = interfaceIndex(fd, name)
			return err
		})
		if !errors.Is(err, ErrNotImplemented) {
			return index, notFound(wire.Annotate(err, "link get", object))
		}
	}
	index, err := h.withDetails().indexByName(name, object)
	return index, notFound(err)
}

// indexByName is LinkIndex by a request of rtnetlink, for which the kernel loads
// nothing.
func (h *Handle) indexByName(name string, object func() string) (int, error) {
	var index int32
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	putLinkName(&r.Encoder, name)
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS)
	err := h.get(r, "link get", object, func(m wire.Message) error {
		var ifi uapi.Ifinfomsg
		ifi.Decode(m.Data)
		index = ifi.Index
		return nil
	})
	return int(index), err
}

// LinkName returns the name of the link of that index, like if_indextoname(3).
// The error is a [LinkNotFoundError] where there is no such link.
func (h *Handle) LinkName(index int) (string, error) {
	object := func() string { return fmt.Sprintf("index %d", index) }
	if index <= 0 || int(int32(index)) != index {
		return "", notFound(&wire.Error{Op: "link get", Object: object(), Err: errNoDevice})
	}
	var name string
	err := h.control(func(fd int) (err error) {
		name, err = interfaceName(fd, index)
		return err
	})
	if errors.Is(err, ErrNotImplemented) {
		var link Link
		if link, err = h.withDetails().LinkByIndex(index); err == nil {
			name = link.Attrs().Name
		}
		return name, err
	}
	return name, notFound(wire.Annotate(err, "link get", object))
}

// control lends fn a socket in the handle's namespace, for an ioctl.
func (h *Handle) control(fn func(fd int) error) error {
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err == nil {
		err = c.Control(h.context(), fn)
	}
	return err
}
