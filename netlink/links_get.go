package netlink

import (
	"errors"
	"fmt"
	"iter"
	"os"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

var (
	errNoName error = &refusal{"link has neither index nor name", errNoDevice}
	errNoLink       = errors.New("no link given")
	errNoPort       = notExist("not the port of a bridge")
)

// notExist is an error that matches os.ErrNotExist.
type notExist string

func (e notExist) Error() string { return string(e) }

func (e notExist) Is(target error) bool { return target == os.ErrNotExist }

// notFound makes a LinkNotFoundError of the kernel's ENODEV.
func notFound(err error) error {
	if errors.Is(err, errNoDevice) {
		return LinkNotFoundError{err}
	}
	return err
}

// linkRequest begins a request about one link, which the kernel finds by its
// index or, where that is not known, by name.
func linkRequest(typ, flags uint16, link Link) *wire.Request {
	r := wire.NewRequest(typ, flags)
	var ifi uapi.Ifinfomsg
	linkHeader(r, &ifi, link)
	return r
}

// linkHeader puts ifi and the attributes that identify which link it is about.
func linkHeader(r *wire.Request, ifi *uapi.Ifinfomsg, link Link) {
	if noLink(link) {
		r.Header(uapi.SizeofIfinfomsg)
		r.Fail(errNoLink)
		return
	}
	a := link.Attrs()
	r.Fail(checkLinkIndex("index", a.Index))
	ifi.Index = int32(a.Index)
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	switch {
	case a.Index != 0:
	case a.Name != "":
		putLinkName(&r.Encoder, a.Name)
	default:
		r.Fail(errNoName)
	}
}

// putLinkName asks for a link by any of its names.
func putLinkName(e *wire.Encoder, name string) {
	switch {
	case name == "":
		e.Fail(refused(errNoDevice, "name is empty"))
	case len(name) < uapi.IFNAMSIZ:
		e.String(uapi.IFLA_IFNAME, name)
	case len(name) < uapi.ALTIFNAMSIZ:
		e.String(uapi.IFLA_ALT_IFNAME, name)
	default:
		e.Fail(refused(errTooLong, "name of %d bytes, at most %d are possible", len(name), uapi.ALTIFNAMSIZ-1))
	}
}

// putExtMask asks for the virtual functions, unless they are not wanted.
func (h *Handle) putExtMask(e *wire.Encoder) {
	if h == nil || !h.noVFs {
		e.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_VF)
	}
}

// LinkByName finds a link by its name or one of its alternative names. The
// error is a [LinkNotFoundError] where there is none.
func (h *Handle) LinkByName(name string) (Link, error) {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	putLinkName(&r.Encoder, name)
	h.putExtMask(&r.Encoder)
	return h.getLink(r, func() string { return fmt.Sprintf("%.128q", name) })
}

// LinkByIndex finds a link by its index. The error is a [LinkNotFoundError]
// where there is none, and EINVAL for 0 and less, which are no indexes.
func (h *Handle) LinkByIndex(index int) (Link, error) {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	ifi := uapi.Ifinfomsg{Index: int32(index)}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	if int(ifi.Index) != index {
		r.Fail(errNoDevice)
	}
	h.putExtMask(&r.Encoder)
	return h.getLink(r, func() string { return fmt.Sprintf("index %d", index) })
}

// getLink runs a request for one link.
func (h *Handle) getLink(r *wire.Request, object func() string) (Link, error) {
	var link Link
	err := h.get(r, "link get", object, func(m wire.Message) (err error) {
		link, err = decodeLink(m.Data)
		return err
	})
	if err == nil && link == nil {
		err = h.wrap(fmt.Errorf("%w: the reply has no link", wire.ErrMalformed), "link get", object)
	}
	if err != nil {
		return nil, notFound(err)
	}
	return link, nil
}

// LinkByAlias finds a link by its alias, which the kernel lists all links for.
// Of several with that alias it returns the first. The error is a
// [LinkNotFoundError] where there is none.
func (h *Handle) LinkByAlias(alias string) (Link, error) {
	all, err := list(h, h.linkDump(LinkFilter{}), linkListOp, func(m wire.Message) (Link, bool, error) {
		link, err := decodeLink(m.Data)
		return link, err == nil && link.Attrs().Alias == alias, err
	})
	switch {
	case len(all) != 0:
		return all[0], nil
	case err != nil:
		return nil, err
	}
	return nil, LinkNotFoundError{&wire.Error{Op: "link get", Object: fmt.Sprintf("alias %.256q", alias),
		Err: errNoDevice}}
}

const linkListOp = "link list"

// LinkFilter says which links [Handle.LinkListFiltered] lists, and what of
// them. What is zero is not asked for. A master that is gone has no ports.
type LinkFilter struct {
	MasterIndex int    // ports of this link: ip link show master DEV
	Type        string // links of this kind: ip link show type KIND
	NoVFs       bool   // leave Vfs out
}

func (f *LinkFilter) match(link Link) bool {
	return (f.MasterIndex == 0 || link.Attrs().MasterIndex == f.MasterIndex) && (f.Type == "" || link.Type() == f.Type)
}

// linkDump begins the request that lists links.
func (h *Handle) linkDump(f LinkFilter) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	if !f.NoVFs {
		h.putExtMask(&r.Encoder)
	}
	f.put(&r.Encoder)
	return r
}

// put writes what the kernel filters by.
func (f *LinkFilter) put(e *wire.Encoder) {
	if f.MasterIndex != 0 {
		e.Int32(uapi.IFLA_MASTER, toIndex(e, "master index", f.MasterIndex))
	}
	if f.Type != "" {
		e.Nest(uapi.IFLA_LINKINFO | uapi.NLA_F_NESTED)
		e.String(uapi.IFLA_INFO_KIND, f.Type)
		e.End()
	}
}

// decoder returns a decoder of the messages of a dump.
func (f *LinkFilter) decoder() func(wire.Message) (Link, bool, error) {
	var d linkDecoder
	return func(m wire.Message) (Link, bool, error) {
		if m.Type != uapi.RTM_NEWLINK {
			return nil, false, nil
		}
		link, err := d.decode(m.Data)
		return link, err == nil && f.match(link), err
	}
}

// LinkList lists all links: ip link show.
func (h *Handle) LinkList() ([]Link, error) {
	f := LinkFilter{}
	return list(h, h.linkDump(f), linkListOp, f.decoder())
}

// LinkListFiltered lists the links that match f. The kernel does the filtering.
func (h *Handle) LinkListFiltered(f LinkFilter) ([]Link, error) {
	return list(h.withDetails(), h.linkDump(f), linkListOp, f.decoder())
}

// LinkSeq is [Handle.LinkList] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) LinkSeq() iter.Seq2[Link, error] { return h.LinkSeqFiltered(LinkFilter{}) }

// LinkSeqFiltered is [Handle.LinkListFiltered] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) LinkSeqFiltered(f LinkFilter) iter.Seq2[Link, error] {
	return seq(h, func() (*wire.Request, error) { return h.linkDump(f), nil }, linkListOp, f.decoder())
}

// linkIndex returns the link's index, which is looked up and kept in the link
// where only its name is set.
func (h *Handle) linkIndex(link Link) (int, error) {
	if noLink(link) {
		return 0, errNoLink
	}
	a := link.Attrs()
	switch {
	case a.Index != 0:
		return a.Index, checkLinkIndex("index", a.Index)
	case a.Name == "":
		return 0, errNoName
	}
	index, err := h.indexByName(a.Name, func() string { return linkObject(link) })
	switch {
	case err == nil:
		a.Index = index
	case h.detailed():
		err = notFound(err)
	}
	return index, err
}

// indexToChange is linkIndex for a request that the kernel refuses for index 0: where
// there is no such link, it is left to say so. With details that is said here, with
// the name.
func (h *Handle) indexToChange(link Link) (int, error) {
	index, err := h.linkIndex(link)
	if !h.detailed() && link != nil && errors.Is(err, errNoDevice) {
		return 0, nil
	}
	return index, err
}

// linkExec is exec for a change of one link. A link that was found by its name
// learns its index. missing is the error for a name that no link has: other
// libraries look the index up, and where there is none they ask for link 0, which is
// EINVAL, or ENODEV with RTM_NEWLINK.
func (h *Handle) linkExec(r *wire.Request, op string, link Link, missing error, object func() string) error {
	err := h.exec(r, op, object)
	if err != nil && err != error(errNoDevice) || h.batch != nil || noLink(link) || link.Attrs().Index != 0 {
		return err
	}
	switch index, e := h.indexByName(link.Attrs().Name, noObject); {
	case err == nil && e == nil:
		link.Attrs().Index = index
	case err == error(errNoDevice) && e == err:
		return missing
	}
	return err
}
