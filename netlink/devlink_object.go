package netlink

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkRef names a device, or a port of it. Without names it stands for all devices, where things are listed.
type DevlinkRef struct {
	BusName    string
	DeviceName string
	PortIndex  *uint32 // nil: the device itself
}

// String is the name as devlink(8) has it: "pci/0000:03:00.0", "pci/0000:03:00.0/1".
func (r DevlinkRef) String() string {
	name := fmt.Sprintf("%.128s/%.128s", r.BusName, r.DeviceName)
	if r.PortIndex != nil {
		name += "/" + strconv.FormatUint(uint64(*r.PortIndex), 10)
	}
	return name
}

func (r *DevlinkRef) owner() *DevlinkRef { return r }

func (r *DevlinkRef) attrs(c *attr.Codec) {
	attr.String(c, uapi.DEVLINK_ATTR_BUS_NAME|attr.IfSet, &r.BusName)
	attr.String(c, uapi.DEVLINK_ATTR_DEV_NAME|attr.IfSet, &r.DeviceName)
	attr.OptU32(c, uapi.DEVLINK_ATTR_PORT_INDEX, &r.PortIndex)
}

// selects reports whether an object of o is among those that were asked for: kernels before Linux 6.5 list all.
func (r *DevlinkRef) selects(o *DevlinkRef) bool {
	return r.BusName == "" && r.DeviceName == "" || r.BusName == o.BusName && r.DeviceName == o.DeviceName &&
		(r.PortIndex == nil || o.PortIndex != nil && *r.PortIndex == *o.PortIndex)
}

// devlinkObject is a type of objects that devices or ports have. Its attrs, which embed those of DevlinkRef, are all
// that there is to it.
type devlinkObject[T any] interface {
	*T
	owner() *DevlinkRef
	attrs(c *attr.Codec)
}

// devlinkAbout is a request with what is set of an object.
func devlinkAbout[T any, P devlinkObject[T]](cmd uint8, op string, v P) genlCall {
	return genlCall{kind: devlinkKind, cmd: cmd, op: op, object: v.owner().String,
		attrs: func(r *wire.Request) { attr.Encode(&r.Encoder, v.attrs) }}
}

// devlinkDo sends what is set of an object.
func devlinkDo[T any, P devlinkObject[T]](h *Handle, cmd uint8, op string, v P) error {
	return devlinkAbout[T](cmd, op, v).exec(h)
}

// devlinkGet returns the object that is named by what is set of v.
func devlinkGet[T any, P devlinkObject[T]](h *Handle, cmd uint8, op string, v P) (*T, error) {
	got := P(new(T))
	c := devlinkAbout[T](cmd, op, v)
	err := c.run(h, func(r *wire.Request) error {
		return h.get(r, c.op, c.object, func(m wire.Message) error { return attr.Decode(genlPayload(m), got.attrs) })
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// devlinkSeq lists the objects of a device or port, or all.
func devlinkSeq[T any, P devlinkObject[T]](h *Handle, cmd uint8, op string, of DevlinkRef) iter.Seq2[T, error] {
	c := genlCall{kind: devlinkKind, cmd: cmd, op: op,
		attrs: func(r *wire.Request) { attr.Encode(&r.Encoder, of.attrs) }}
	request := func() (*wire.Request, error) {
		id, err := h.genlID(c.kind.name)
		if err != nil {
			return nil, err
		}
		return c.request(id), nil
	}
	return stream(h, request, op, func(m wire.Message, v *T) (bool, error) {
		err := attr.Decode(genlPayload(m), P(v).attrs)
		return err == nil && of.selects(P(v).owner()), err
	}, nil)
}

// genlPayload is what follows the header of generic netlink.
func genlPayload(m wire.Message) []byte { return m.Data[min(uapi.SizeofGenlmsghdr, len(m.Data)):] }

// optString is a text that may be unset: "" is one too.
func optString(c *attr.Codec, t attr.Type, v **string) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		if *v != nil {
			e.String(uint16(t), **v)
		}
	}, func(b []byte) {
		text, _, _ := strings.Cut(string(b), "\x00")
		*v = &text
	})
}
