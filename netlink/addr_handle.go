package netlink

import (
	"errors"
	"iter"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// AddrAdd adds an address to a link: ip address add ADDR dev LINK. An address
// that is there already is EEXIST. With a nil link,
// addr.LinkIndex says which it is. See [Addr] for the values that are sent where a field is
// unset, the broadcast address above all.
func (h *Handle) AddrAdd(link Link, addr *Addr) error {
	return h.addrChange("addr add", uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, link, addr)
}

// AddrReplace adds an address to a link, or changes what an address that is
// there has beside it: ip address replace ADDR dev LINK. With a nil link,
// addr.LinkIndex says which it is.
func (h *Handle) AddrReplace(link Link, addr *Addr) error {
	return h.addrChange("addr replace", uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, link, addr)
}

// AddrDel removes an address from a link: ip address del ADDR dev LINK. One
// that is not there is EADDRNOTAVAIL. With a nil link,
// addr.LinkIndex says which it is.
func (h *Handle) AddrDel(link Link, addr *Addr) error {
	return h.addrChange("addr del", uapi.RTM_DELADDR, 0, link, addr)
}

func (h *Handle) addrChange(op string, typ, flags uint16, link Link, addr *Addr) error {
	if addr == nil {
		return h.refuse(errors.New("no address given"), op, noObject)
	}
	if link == nil {
		link = &Device{LinkAttrs{Index: addr.LinkIndex}}
	}
	object := func() string { return addr.String() + " dev " + linkObject(link) }
	index, err := h.indexToChange(link)
	if err != nil {
		return h.refuse(err, op, object)
	}
	r := wire.NewRequest(typ, flags)
	addr.encode(r, index)
	return h.exec(r, op, object)
}

// AddrList returns the IPv4 and IPv6 addresses of a link, or of all links where
// link is nil: ip address show. family is FAMILY_ALL, FAMILY_V4 or FAMILY_V6; others
// have none, as a link has that is gone.
func (h *Handle) AddrList(link Link, family int) ([]Addr, error) {
	q, err := h.addrQuery(link, family)
	if err != nil {
		return nil, withoutLink(err)
	}
	d := addrDecoder{family: family, index: q.index}
	addrs, err := list(h, q.request(), addrListOp, d.decode)
	return addrs, withoutLink(q.about(err))
}

// withoutLink takes the error of a list that is empty since there is no such link.
func withoutLink(err error) error {
	if errors.Is(err, errNoDevice) {
		return nil
	}
	return err
}

// goneLink is withoutLink for streams.
func goneLink(err error) bool { return withoutLink(err) == nil }

// AddrSeq is [Handle.AddrList] one by one, as they come from the kernel. An
// interrupted dump ends with [ErrDumpInterrupted].
func (h *Handle) AddrSeq(link Link, family int) iter.Seq2[Addr, error] {
	return func(yield func(Addr, error) bool) {
		q, err := h.withDetails().addrQuery(link, family)
		if err != nil {
			if err = withoutLink(err); err != nil {
				yield(Addr{}, err)
			}
			return
		}
		d := addrDecoder{family: family, index: q.index}
		request := func() (*wire.Request, error) { return q.request(), nil }
		stream(h, request, q.op(), byValue(d.decode), goneLink)(yield)
	}
}

const addrListOp = "addr list"

// addrQuery is a dump of addresses.
type addrQuery struct {
	link          Link
	family, index int
}

// op names the dump in errors.
func (q addrQuery) op() string {
	if q.link == nil {
		return addrListOp
	}
	return addrListOp + " dev " + linkObject(q.link)
}

// about names the dump in an error of it.
func (q addrQuery) about(err error) error {
	if e, ok := err.(*wire.Error); ok {
		c := *e
		c.Op = q.op()
		return &c
	}
	return err
}

func (h *Handle) addrQuery(link Link, family int) (q addrQuery, err error) {
	q = addrQuery{link: link, family: family}
	if link != nil {
		if q.index, err = h.linkIndex(link); err != nil {
			return q, h.wrap(err, q.op(), noObject)
		}
	}
	return q, nil
}

// request asks for the addresses. A kernel that does not check strictly ignores
// the index.
func (q addrQuery) request() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETADDR, 0)
	m := uapi.Ifaddrmsg{Family: uint8(within(r, "family", q.family, math.MaxUint8)), Index: uint32(q.index)}
	m.Put(r.Header(uapi.SizeofIfaddrmsg))
	return r
}
