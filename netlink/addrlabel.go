package netlink

import (
	"errors"
	"fmt"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// AddrLabel is a label of IPv6 addresses, by which source addresses are chosen for
// destinations (RFC 6724): ip addrlabel.
type AddrLabel struct {
	Prefix    netip.Prefix // what has the label
	Label     uint32
	LinkIndex int // of the link that it is for; 0: all
}

// String returns the label as ip addrlabel shows it, with the number of the link.
func (l *AddrLabel) String() string {
	text := "prefix " + l.Prefix.String()
	if l.LinkIndex != 0 {
		text += fmt.Sprintf(" dev %d", l.LinkIndex)
	}
	return text + fmt.Sprintf(" label %d", l.Label)
}

// AddrLabelAdd adds a label: ip addrlabel add. One of the same prefix and link is an error.
func (h *Handle) AddrLabelAdd(label *AddrLabel) error {
	return h.addrLabel("addrlabel add", uapi.RTM_NEWADDRLABEL, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, label)
}

// AddrLabelReplace adds a label, or puts it in the place of that of the same prefix and link.
func (h *Handle) AddrLabelReplace(label *AddrLabel) error {
	return h.addrLabel("addrlabel replace", uapi.RTM_NEWADDRLABEL, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, label)
}

// AddrLabelDel deletes the label of a prefix and link: ip addrlabel del. Label does not count.
func (h *Handle) AddrLabelDel(label *AddrLabel) error {
	return h.addrLabel("addrlabel del", uapi.RTM_DELADDRLABEL, 0, label)
}

func (h *Handle) addrLabel(op string, typ, flags uint16, l *AddrLabel) error {
	r := wire.NewRequest(typ, flags)
	if l == nil {
		r.Fail(errors.New("no label given"))
		return h.exec(r, op, noObject)
	}
	if !l.Prefix.IsValid() || !l.Prefix.Addr().Is6() {
		r.Fail(fmt.Errorf("prefix %v is none of IPv6", l.Prefix))
		return h.exec(r, op, l.String)
	}
	head := uapi.Ifaddrlblmsg{Family: uapi.AF_INET6, Prefixlen: uint8(l.Prefix.Bits()),
		Index: uint32(toIndex(&r.Encoder, "link", l.LinkIndex))}
	head.Put(r.Header(uapi.SizeofIfaddrlblmsg))
	r.Addr(uapi.IFAL_ADDRESS, l.Prefix.Addr().WithZone(""))
	r.Uint32(uapi.IFAL_LABEL, l.Label)
	return h.exec(r, op, l.String)
}

// AddrLabelList returns all labels, of which new namespaces have some: ip addrlabel list. See
// [ErrDumpInterrupted].
func (h *Handle) AddrLabelList() ([]AddrLabel, error) {
	return list(h, addrLabelDump(), "addrlabel list", func(m wire.Message) (AddrLabel, bool, error) {
		if m.Type != uapi.RTM_NEWADDRLABEL {
			return AddrLabel{}, false, nil
		}
		l, err := decodeAddrLabel(m.Data)
		return l, err == nil, err
	})
}

func addrLabelDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETADDRLABEL, 0)
	(&uapi.Ifaddrlblmsg{Family: uapi.AF_INET6}).Put(r.Header(uapi.SizeofIfaddrlblmsg))
	return r
}

func decodeAddrLabel(data []byte) (l AddrLabel, err error) {
	var head uapi.Ifaddrlblmsg
	head.Decode(data)
	l.LinkIndex = int(head.Index)
	d := wire.NewDecoderAfter(data, uapi.SizeofIfaddrlblmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.IFAL_ADDRESS:
			l.Prefix = netip.PrefixFrom(d.Addr(), int(head.Prefixlen))
		case uapi.IFAL_LABEL:
			l.Label = d.Uint32()
		}
	}
	return l, d.Err()
}
