package netlink

import (
	"bytes"
	"errors"
	"reflect"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkModify changes a link that exists, found by Index, else by Name, to what
// is set in link: ip link set. With both set it renames the link.
//
// Of a listed link it sends what differs from the link's present state, for which it requests that first: the kernel
// refuses to be sent much of what it lists, even where it stays the same. In a batch all is sent.
func (h *Handle) LinkModify(link Link) error {
	object := func() string { return linkObject(link) }
	r := wire.NewRequest(uapi.RTM_NEWLINK, 0)
	var ifi uapi.Ifinfomsg
	if !noLink(link) {
		putLinkFlags(&ifi, link.Attrs())
	}
	linkHeader(r, &ifi, link)
	if !noLink(link) {
		var e wire.Encoder
		a := link.Attrs()
		if a.Index != 0 && a.Name != "" {
			e.Fail(checkLinkName(a.Name))
			e.String(uapi.IFLA_IFNAME, a.Name)
		}
		encodeLinkAttrs(&e, a)
		if a.Alias != "" {
			putAlias(&e, a.Alias)
		}
		if _, plain := link.(*Device); !plain {
			encodeKind(&e, link)
		}
		h.putChanges(r, &e, link, link)
	}
	return h.linkExec(r, "link modify", link, errNoDevice, object)
}

// These are kinds whose options can't be sent one by one.
type (
	// A wholeKind's options are set all at once, with the kernel's defaults for those that are not sent.
	wholeKind interface{ whole() }
	// A joinedKind has options that are sent all if one of them is.
	joinedKind interface{ joined() []uint16 }
	// A maskedKind has options that are bits with a mask of those to be set. masked returns what of an option is to be
	// sent for a change of the present one.
	maskedKind interface {
		masked(typ uint16, sent, present []byte) []byte
	}
)

// LinkSetSlave sets what a link has as the port of its master:
// ip link set DEV type KIND_slave …. Of the Slave of a listed link it sends what differs, as [Handle.LinkModify] does.
func (h *Handle) LinkSetSlave(link Link, slave LinkSlave) error {
	r := linkRequest(uapi.RTM_NEWLINK, 0, link)
	what := "slave"
	if v := reflect.ValueOf(slave); slave == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		r.Fail(errors.New("no port given"))
	} else {
		what = "type " + slave.SlaveType() + "_slave"
		var e wire.Encoder
		e.Nest(uapi.IFLA_LINKINFO | uapi.NLA_F_NESTED)
		e.String(uapi.IFLA_INFO_SLAVE_KIND, slave.SlaveType())
		encodeData(&e, uapi.IFLA_INFO_SLAVE_DATA, slave)
		e.End()
		h.putChanges(r, &e, link, slave)
	}
	return h.linkExec(r, "link set", link, errNoDevice, func() string { return linkObject(link) + " " + what })
}

// putChanges appends the attributes of e to a request, of a listed link without those that the link has already. kind
// is what IFLA_LINKINFO is about.
func (h *Handle) putChanges(r *wire.Request, e *wire.Encoder, link Link, kind any) {
	if err := e.Err(); err != nil {
		r.Fail(err)
		return
	}
	var has []byte
	if !noLink(link) && link.Attrs().EncapType != "" && h.batch == nil {
		// Without the present state all is sent: the kernel says what is wrong with the link.
		_ = h.get(linkRequest(uapi.RTM_GETLINK, 0, link), "link get", noObject, func(m wire.Message) error {
			has = bytes.Clone(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
			return nil
		})
	}
	for d := wire.NewDecoder(e.Bytes()); d.Next(); {
		typ := d.Type() | d.Flags()
		switch {
		case d.Type() == uapi.IFLA_LINKINFO && has != nil:
			r.Nest(typ)
			putChangedInfo(r, d.Nested(), attrIn(has, 0, uapi.IFLA_LINKINFO), kind)
			r.End()
		case !hasSame(has, &d):
			r.Data(typ, d.Data())
		}
	}
}

// putChangedInfo appends what IFLA_LINKINFO holds.
func putChangedInfo(r *wire.Request, info wire.Decoder, has []byte, kind any) {
	_, whole := kind.(wholeKind)
	for info.Next() {
		typ := info.Type() | info.Flags()
		if whole || info.Type() != uapi.IFLA_INFO_DATA && info.Type() != uapi.IFLA_INFO_SLAVE_DATA {
			r.Data(typ, info.Data())
			// an empty nest is a change to some
		} else if present := attrIn(has, 0, info.Type()); !hasAll(present, info.Nested()) {
			r.Nest(typ)
			putChangedOptions(r, info.Nested(), present, kind)
			r.End()
		}
	}
}

func putChangedOptions(r *wire.Request, options wire.Decoder, present []byte, kind any) {
	same := func(d *wire.Decoder) bool { return hasSame(present, d) }
	if k, ok := kind.(joinedKind); ok && changesAny(options, present, k.joined()) {
		same = func(d *wire.Decoder) bool { return !slices.Contains(k.joined(), d.Type()) && hasSame(present, d) }
	}
	masked, _ := kind.(maskedKind)
	for d := options; d.Next(); {
		data := d.Data()
		if same(&d) {
			continue
		}
		if masked != nil {
			data = masked.masked(d.Type(), data, attrIn(present, 0, d.Type()))
		}
		r.Data(d.Type()|d.Flags(), data)
	}
}

// changesAny reports whether one of the options of some types differs from the present ones.
func changesAny(options wire.Decoder, present []byte, types []uint16) bool {
	for options.Next() {
		if slices.Contains(types, options.Type()) && !hasSame(present, &options) {
			return true
		}
	}
	return false
}

// hasAll reports whether attributes have all others.
func hasAll(attrs []byte, others wire.Decoder) bool {
	for others.Next() {
		if !hasSame(attrs, &others) {
			return false
		}
	}
	return true
}

// hasSame reports whether attributes have one of the same type and payload.
func hasSame(attrs []byte, want *wire.Decoder) bool {
	for d := wire.NewDecoder(attrs); d.Next(); {
		if d.Type() == want.Type() && bytes.Equal(d.Data(), want.Data()) {
			return true
		}
	}
	return false
}
