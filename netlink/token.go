package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// IPv6Token is the lower half of the addresses that a link makes from router advertisements, "::" for none.
type IPv6Token struct {
	LinkIndex int
	Token     net.IP
}

// LinkSetIPv6Token sets the lower half of the addresses that a link makes from router advertisements: ip token set.
// nil or "::" lets the kernel choose again: ip token del.
func (h *Handle) LinkSetIPv6Token(link Link, token net.IP) error {
	object := func() string { return linkObject(link) + " token " + token.String() }
	if noLink(link) {
		return h.refuse(errNoLink, "link set", noObject)
	}
	index, err := h.indexToChange(link)
	if err != nil {
		return h.wrap(err, "link set", object)
	}
	r := wire.NewRequest(uapi.RTM_SETLINK, 0)
	(&uapi.Ifinfomsg{Family: uapi.AF_INET6,
		Index: toIndex(&r.Encoder, "index", index)}).Put(r.Header(uapi.SizeofIfinfomsg))
	addr := token.To16()
	if token == nil {
		addr = net.IPv6zero
	}
	if addr == nil || token.To4() != nil {
		r.Fail(fmt.Errorf("token %v is no IPv6 address", token))
	}
	r.Nest(uapi.IFLA_AF_SPEC)
	r.Nest(uapi.AF_INET6)
	r.Data(uapi.IFLA_INET6_TOKEN, addr)
	r.End()
	r.End()
	return h.exec(r, "link set", object)
}

// IPv6TokenList returns the tokens of all links that make such addresses: ip token. See [ErrDumpInterrupted].
func (h *Handle) IPv6TokenList() ([]IPv6Token, error) {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	(&uapi.Ifinfomsg{Family: uapi.AF_INET6}).Put(r.Header(uapi.SizeofIfinfomsg))
	return list(h, r, "token list", func(m wire.Message) (t IPv6Token, want bool, err error) {
		var ifi uapi.Ifinfomsg
		ifi.Decode(m.Data)
		if m.Type != uapi.RTM_NEWLINK || ifi.Flags&(uapi.IFF_LOOPBACK|uapi.IFF_NOARP) != 0 {
			return t, false, nil
		}
		t.LinkIndex = int(ifi.Index)
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
		for d.Next() {
			if d.Type() != uapi.IFLA_PROTINFO {
				continue
			}
			in := d.Nested()
			for in.Next() {
				if in.Type() == uapi.IFLA_INET6_TOKEN {
					t.Token = in.Addr().AsSlice()
				}
			}
			d.Fail(in.Err())
		}
		return t, t.Token != nil, d.Err()
	})
}
