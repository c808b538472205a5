package netlink

import (
	"errors"
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// LinkAdd makes a link: ip link add NAME type KIND …. It sends the fields that are set in
// link and leaves the rest to the kernel. Where something is refused, nothing is
// left behind.
//
// A name with "%d" in it gets a number from the kernel. Index and Name of link
// become those of the new link, but in a [Batch] and for a link made in another
// namespace.
func (h *Handle) LinkAdd(link Link) error {
	if noLink(link) {
		return h.refuse(errNoLink, "link add", noObject)
	}
	object := func() string {
		text := linkObject(link) + " type " + link.Type()
		if p, ok := link.(paired); ok {
			text += p.peerObject()
		}
		return text
	}
	if s, ok := link.(selfMaker); ok {
		return h.wrap(s.make(h), "link add", object)
	}
	a := link.Attrs()
	if err := checkNewLink(a); err != nil {
		return h.refuse(err, "link add", object)
	}
	if p, ok := link.(needsParent); ok && a.ParentIndex == 0 {
		return p.errNoParent()
	}
	flags := uint16(uapi.NLM_F_CREATE | uapi.NLM_F_EXCL)
	echo := h != nil && h.batch == nil && a.Namespace == nil
	more := a.Alias != "" || len(a.AltNames) != 0
	if more && !echo && h != nil && (h.batch != nil && a.Namespace != nil || strings.Contains(a.Name, "%")) {
		return h.refuse(errors.New("alias and alternative names cannot be given to a link that cannot be found again"),
			"link add", object)
	}
	if echo {
		flags |= uapi.NLM_F_ECHO
	}
	r := wire.NewRequest(uapi.RTM_NEWLINK, flags)
	ifi := uapi.Ifinfomsg{Index: toIndex(&r.Encoder, "index", a.Index)}
	putLinkFlags(&ifi, a)
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	r.String(uapi.IFLA_IFNAME, a.Name)
	encodeNewLink(&r.Encoder, a)
	encodeLinkAttrs(&r.Encoder, a)
	encodeKind(&r.Encoder, link)
	var err error
	if echo {
		err = h.linkAddEcho(r, a, object)
	} else {
		err = h.exec(r, "link add", object)
	}
	if err != nil || !more {
		return err
	}
	return h.wrap(h.linkAddRest(link), "link add", object)
}

// needsParent is a link for which a missing ParentIndex is an error in words
// that programs compare.
type needsParent interface{ errNoParent() error }

// linkAddRest gives a new link what kernels do not take along with the rest. If
// that fails, the link goes.
func (h *Handle) linkAddRest(link Link) error {
	a := link.Attrs()
	found := &Device{LinkAttrs{Index: a.Index, Name: a.Name}}
	if a.Namespace != nil {
		there, err := handleOf(a.Namespace)
		if err != nil {
			return err
		}
		defer there.Delete()
		h = there.with(h.ctx)
		found.Index = 0
	}
	var err error
	if a.Alias != "" {
		err = h.LinkSetAlias(found, a.Alias)
	}
	if err == nil && len(a.AltNames) != 0 {
		err = h.altNames("link add", uapi.RTM_NEWLINKPROP, altNameFlags, found, a.AltNames...)
	}
	if err == nil {
		return nil
	}
	if e := h.LinkDel(found); e != nil {
		return errors.Join(err, e)
	}
	return err
}

// handleOf returns a handle on a namespace of the types that
// LinkAttrs.Namespace takes.
func handleOf(ns any) (*Handle, error) {
	switch ns := ns.(type) {
	case NsPid:
		fd, err := netns.GetFromPid(int(ns))
		if err != nil {
			return nil, err
		}
		h, err := NewHandleAt(fd, uapi.NETLINK_ROUTE)
		return h, errors.Join(err, fd.Close())
	case NsFd:
		return NewHandleAt(netns.NsHandle(ns), uapi.NETLINK_ROUTE)
	case netns.NsHandle:
		return NewHandleAt(ns, uapi.NETLINK_ROUTE)
	}
	return nil, fmt.Errorf("a %T is no namespace", ns)
}

// checkNew reports what would be refused, or only half done.
func checkNewLink(a *LinkAttrs) error {
	if err := checkLinkName(a.Name); err != nil {
		return err
	}
	if err := checkAlias(a.Alias); err != nil {
		return err
	}
	for _, name := range a.AltNames {
		if err := checkAltName(name); err != nil {
			return err
		}
	}
	return nil
}

// linkAddEcho runs a request that makes a link and learns from the kernel what
// became of it.
func (h *Handle) linkAddEcho(r *wire.Request, a *LinkAttrs, object func() string) error {
	var made *LinkAttrs
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err == nil {
		err = c.Exec(h.context(), r, func(m wire.Message) error {
			if m.Type != uapi.RTM_NEWLINK {
				return nil
			}
			link, err := decodeLink(m.Data)
			if err == nil {
				made = link.Attrs()
			}
			return err
		})
	}
	if err != nil {
		return h.wrap(err, "link add", object)
	}
	if made == nil && !strings.Contains(a.Name, "%") {
		// Before Linux 6.2 there is no echo. The link is made: that it cannot be
		// asked for just leaves Index unset.
		if link, err := h.LinkByName(a.Name); err == nil {
			made = link.Attrs()
		}
	}
	if made != nil {
		a.Index, a.Name = made.Index, made.Name
	}
	return nil
}

// putFlags sets the flags that a has; it clears none.
func putLinkFlags(ifi *uapi.Ifinfomsg, a *LinkAttrs) {
	for _, f := range nettedFlags {
		if a.Flags&f.net != 0 && f.kernel != uapi.IFF_RUNNING { // the driver's, not ours
			ifi.Flags |= f.kernel
			ifi.Change |= f.kernel
		}
	}
}

// encodeNew appends what only a new link can have.
func encodeNewLink(e *wire.Encoder, a *LinkAttrs) {
	if a.ParentIndex != 0 {
		e.Int32(uapi.IFLA_LINK, toIndex(e, "parent index", a.ParentIndex))
	}
	if a.LinkNetNsID != nil {
		e.Int32(uapi.IFLA_LINK_NETNSID, toInt32(e, "namespace id", *a.LinkNetNsID))
	}
	putSet(e, uapi.IFLA_NUM_TX_QUEUES, "numtxqueues", a.NumTxQueues)
	putSet(e, uapi.IFLA_NUM_RX_QUEUES, "numrxqueues", a.NumRxQueues)
	if len(a.Broadcast) != 0 {
		e.Data(uapi.IFLA_BROADCAST, a.Broadcast)
	}
	if a.ParentDev != "" {
		e.String(uapi.IFLA_PARENT_DEV_NAME, a.ParentDev)
	}
}

// encode appends the fields that are set and can be changed.
func encodeLinkAttrs(e *wire.Encoder, a *LinkAttrs) {
	putSet(e, uapi.IFLA_MTU, "mtu", a.MTU)
	if a.TxQLen >= 0 {
		e.Uint32(uapi.IFLA_TXQLEN, toUint32(e, "txqueuelen", a.TxQLen))
	}
	if len(a.HardwareAddr) != 0 {
		e.Data(uapi.IFLA_ADDRESS, a.HardwareAddr)
	}
	if a.MasterIndex != 0 {
		e.Int32(uapi.IFLA_MASTER, toIndex(e, "master index", a.MasterIndex))
	}
	for _, u := range [...]struct {
		attr uint16
		v    uint32
	}{
		{uapi.IFLA_GROUP, a.Group},
		{uapi.IFLA_GSO_MAX_SEGS, a.GSOMaxSegs},
		{uapi.IFLA_GSO_MAX_SIZE, a.GSOMaxSize},
		{uapi.IFLA_GRO_MAX_SIZE, a.GROMaxSize},
		{uapi.IFLA_GSO_IPV4_MAX_SIZE, a.GSOIPv4MaxSize},
		{uapi.IFLA_GRO_IPV4_MAX_SIZE, a.GROIPv4MaxSize},
	} {
		if u.v != 0 {
			e.Uint32(u.attr, u.v)
		}
	}
	if a.Namespace != nil {
		encodeNamespace(e, a.Namespace)
	}
	if a.Xdp != nil && (a.Xdp.Fd != 0 || a.Xdp.Flags != 0) { // a listed one has neither
		a.Xdp.encode(e)
	}
}

// putSet appends v unless it is 0, unset.
func putSet(e *wire.Encoder, attr uint16, name string, v int) {
	if v != 0 {
		e.Uint32(attr, toUint32(e, name, v))
	}
}

// encodeNamespace appends a namespace of one of the types that
// LinkAttrs.Namespace takes.
func encodeNamespace(e *wire.Encoder, ns any) {
	switch ns := ns.(type) {
	case NsPid:
		e.Uint32(uapi.IFLA_NET_NS_PID, toUint32(e, "pid", int(ns)))
	case NsFd:
		e.Uint32(uapi.IFLA_NET_NS_FD, toUint32(e, "namespace descriptor", int(ns)))
	case netns.NsHandle:
		e.Uint32(uapi.IFLA_NET_NS_FD, toUint32(e, "namespace descriptor", int(ns)))
	default:
		e.Fail(fmt.Errorf("a namespace is an NsPid, NsFd or netns.NsHandle, not a %T", ns))
	}
}

// encodeKind appends IFLA_LINKINFO.
func encodeKind(e *wire.Encoder, link Link) {
	e.Nest(uapi.IFLA_LINKINFO | uapi.NLA_F_NESTED)
	e.String(uapi.IFLA_INFO_KIND, kernelKind(link))
	if g, ok := link.(*GenericLink); ok && len(g.Data) != 0 {
		e.Data(uapi.IFLA_INFO_DATA|uapi.NLA_F_NESTED, g.Data)
	}
	encodeData(e, uapi.IFLA_INFO_DATA, link)
	e.End()
}

// encodeData appends the attributes of v's kind; where none is set, no empty
// nest, which some kinds take for a change that they cannot make.
func encodeData(e *wire.Encoder, typ uint16, v any) {
	e.Nest(typ | uapi.NLA_F_NESTED)
	before := len(e.Bytes())
	encodeAttrs(e, v)
	if len(e.Bytes()) == before {
		e.Cancel()
	} else {
		e.End()
	}
}
