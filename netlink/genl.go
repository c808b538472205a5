package netlink

import (
	"errors"
	"fmt"
	"iter"
	"syscall"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// GenlFamily is a family of generic netlink: genl ctrl.
type GenlFamily struct {
	ID      uint16 // the type of its messages, which the kernel gives it when its module is loaded
	HdrSize uint32 // bytes of its own header
	Name    string
	Version uint32
	MaxAttr uint32 // the highest type of an attribute
	Ops     []GenlOp
	Groups  []GenlMulticastGroup
}

// GenlOp is a command of a family.
type GenlOp struct {
	ID    uint32
	Flags uint32 // GENL_ADMIN_PERM, GENL_CMD_CAP_DO, GENL_CMD_CAP_DUMP, …
}

// GenlMulticastGroup is a multicast group of a family.
type GenlMulticastGroup struct {
	ID   uint32 // for [wire.Listen]
	Name string
}

// GenlFamilyList returns all families: genl ctrl list. See [ErrDumpInterrupted].
func (h *Handle) GenlFamilyList() ([]*GenlFamily, error) {
	return list(h, genlRequest(genlCtrl, uapi.CTRL_CMD_GETFAMILY), "genl family list", genlFamilyDecoder)
}

// GenlFamilySeq gives the families of [Handle.GenlFamilyList] as they come. The last pair holds
// the error, if there is one.
func (h *Handle) GenlFamilySeq() iter.Seq2[*GenlFamily, error] {
	request := func() (*wire.Request, error) { return genlRequest(genlCtrl, uapi.CTRL_CMD_GETFAMILY), nil }
	return seq(h, request, "genl family list", genlFamilyDecoder)
}

// GenlFamilyGet returns the family of a name: genl ctrl get name NAME. The kernel loads its module where
// it has one; without it the error is ENOENT.
func (h *Handle) GenlFamilyGet(name string) (*GenlFamily, error) {
	r := genlRequest(genlCtrl, uapi.CTRL_CMD_GETFAMILY)
	r.String(uapi.CTRL_ATTR_FAMILY_NAME, name)
	var f *GenlFamily
	err := h.get(r, "genl family get", func() string { return fmt.Sprintf("%.128q", name) },
		func(m wire.Message) (err error) {
			f, _, err = genlFamilyDecoder(m)
			return err
		})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// genlGroup returns the id of a family's multicast group. A kernel that lacks it has no such events.
func (h *Handle) genlGroup(family, group string) (uint32, error) {
	f, err := h.GenlFamilyGet(family)
	if err != nil {
		return 0, err
	}
	for _, g := range f.Groups {
		if g.Name == group {
			return g.ID, nil
		}
	}
	return 0, fmt.Errorf("the kernel's family %q has no group %q: %w", family, group, errors.ErrUnsupported)
}

func genlFamilyDecoder(m wire.Message) (*GenlFamily, bool, error) {
	f := &GenlFamily{}
	d := genlAttrs(m)
	for d.Next() {
		switch d.Type() {
		case uapi.CTRL_ATTR_FAMILY_NAME:
			f.Name = d.String()
		case uapi.CTRL_ATTR_FAMILY_ID:
			f.ID = d.Uint16()
		case uapi.CTRL_ATTR_VERSION:
			f.Version = d.Uint32()
		case uapi.CTRL_ATTR_HDRSIZE:
			f.HdrSize = d.Uint32()
		case uapi.CTRL_ATTR_MAXATTR:
			f.MaxAttr = d.Uint32()
		case uapi.CTRL_ATTR_OPS:
			d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) { f.Ops = append(f.Ops, decodeGenlOp(d)) }))
		case uapi.CTRL_ATTR_MCAST_GROUPS:
			d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) { f.Groups = append(f.Groups, decodeGenlGroup(d)) }))
		}
	}
	return f, d.Err() == nil, d.Err()
}

// eachNested calls fn for the nest in each attribute of d, whatever its type: an array.
func eachNested(d wire.Decoder, fn func(d *wire.Decoder)) error {
	for d.Next() {
		inner := d.Nested()
		fn(&inner)
		d.Fail(inner.Err())
	}
	return d.Err()
}

func decodeGenlOp(d *wire.Decoder) (op GenlOp) {
	for d.Next() {
		switch d.Type() {
		case uapi.CTRL_ATTR_OP_ID:
			op.ID = d.Uint32()
		case uapi.CTRL_ATTR_OP_FLAGS:
			op.Flags = d.Uint32()
		}
	}
	return op
}

func decodeGenlGroup(d *wire.Decoder) (g GenlMulticastGroup) {
	for d.Next() {
		switch d.Type() {
		case uapi.CTRL_ATTR_MCAST_GRP_ID:
			g.ID = d.Uint32()
		case uapi.CTRL_ATTR_MCAST_GRP_NAME:
			g.Name = d.String()
		}
	}
	return g
}

// genlKind is a family that the package speaks. Its number is the kernel's, and asked for.
type genlKind struct {
	name    string
	version uint8
	id      uint16 // 0: not known
}

// genlCtrl is the family that knows the others, and has a number that is always the same.
var genlCtrl = genlKind{name: "nlctrl", version: 2, id: uapi.GENL_ID_CTRL}

// genlRequest begins a request to a family whose number is known.
func genlRequest(k genlKind, cmd uint8) *wire.Request {
	r := wire.NewRequest(k.id, 0)
	r.Protocol = uapi.NETLINK_GENERIC
	m := uapi.Genlmsghdr{Cmd: cmd, Version: k.version}
	m.Put(r.Header(uapi.SizeofGenlmsghdr))
	return r
}

// genlAttrs are the attributes of a family without a header of its own.
func genlAttrs(m wire.Message) wire.Decoder {
	return wire.NewDecoderAfter(m.Data, uapi.SizeofGenlmsghdr)
}

// genlCall is a request to a family of generic netlink. Families have no code for it but what
// makes the attributes and reads those of the answers:
//
//	c := genlCall{kind: fouKind, cmd: uapi.FOU_CMD_ADD, op: "fou add", attrs: f.encode}
//	return c.exec(h)
type genlCall struct {
	kind   genlKind
	cmd    uint8
	op     string
	flags  uint16
	attrs  func(*wire.Request) // nil: none
	object func() string       // nil: none
}

// exec sends a request that changes something.
func (c genlCall) exec(h *Handle) error {
	return c.run(h, func(r *wire.Request) error { return h.exec(r, c.op, c.named()) })
}

// get sends a request that has one reply, or some that come as parts. each reads the attributes of it in place.
func (c genlCall) get(h *Handle, each func(d *wire.Decoder)) error {
	return c.run(h, func(r *wire.Request) error {
		return h.get(r, c.op, c.named(), func(m wire.Message) error {
			d := genlAttrs(m)
			each(&d)
			return d.Err()
		})
	})
}

// genlList runs a dump. decode reads the attributes of one object, and says whether it is wanted.
func genlList[T any](h *Handle, c genlCall, decode func(d *wire.Decoder, v *T) bool) (all []T, err error) {
	err = c.run(h, func(r *wire.Request) (err error) {
		all, err = fill(h, r, c.op, genlDecoder(decode))
		return err
	})
	return all, err
}

// genlSeq is genlList as a stream.
func genlSeq[T any](h *Handle, c genlCall, decode func(d *wire.Decoder, v *T) bool) iter.Seq2[T, error] {
	request := func() (*wire.Request, error) {
		id, err := h.genlID(c.kind.name)
		if err != nil {
			return nil, err
		}
		return c.request(id), nil
	}
	return stream(h, request, c.op, genlDecoder(decode), nil)
}

func genlDecoder[T any](decode func(d *wire.Decoder, v *T) bool) func(wire.Message, *T) (bool, error) {
	return func(m wire.Message, v *T) (bool, error) {
		d := genlAttrs(m)
		want := decode(&d, v)
		return want && d.Err() == nil, d.Err()
	}
}

// pointersTo returns the addresses of a list's elements, as the API of some families has them.
func pointersTo[T any](all []T, err error) ([]*T, error) {
	if all == nil && err != nil {
		return nil, err
	}
	list := make([]*T, len(all))
	for i := range all {
		list[i] = &all[i]
	}
	return list, err
}

func (c genlCall) named() func() string {
	if c.object == nil {
		return noObject
	}
	return c.object
}

func (c genlCall) request(id uint16) *wire.Request {
	c.kind.id = id
	r := genlRequest(c.kind, c.cmd)
	if c.attrs != nil {
		c.attrs(r)
	}
	if c.flags != 0 {
		r.AddFlags(c.flags)
	}
	return r
}

// run calls send with the request. The number of the family is kept by the handle: one that the kernel does
// not know any more, since the module was loaded again, is asked for again.
func (c genlCall) run(h *Handle, send func(*wire.Request) error) error {
	id, err := h.genlID(c.kind.name)
	if err != nil {
		return h.wrap(err, c.op, c.named())
	}
	err = send(c.request(id))
	if err == nil || !errors.Is(err, syscall.ENOENT) || !h.forgetGenl(c.kind.name, id) {
		return err
	}
	now, again := h.genlID(c.kind.name)
	if again != nil || now == id {
		return err
	}
	return send(c.request(now))
}

// genlID returns the number of a family. Numbers are the same in all namespaces, and one that
// was in use is not given to another family soon.
func (h *Handle) genlID(name string) (uint16, error) {
	cs := h.genlCache()
	if cs == nil {
		return 0, errNoHandle
	}
	cs.mu.Lock()
	id := cs.genl[name]
	cs.mu.Unlock()
	if id != 0 {
		return id, nil
	}
	f, err := h.GenlFamilyGet(name)
	if err != nil {
		return 0, err
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.genl == nil {
		cs.genl = map[string]uint16{}
	}
	cs.genl[name] = f.ID
	return f.ID, nil
}

// forgetGenl forgets that id is the number of a family, and reports whether it was kept.
func (h *Handle) forgetGenl(name string, id uint16) bool {
	cs := h.genlCache()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.genl[name] != id {
		return false
	}
	delete(cs.genl, name)
	return true
}

func (h *Handle) genlCache() *conns {
	switch {
	case h == nil:
		return nil
	case h.conns == nil:
		return threadConns
	}
	return h.conns
}
