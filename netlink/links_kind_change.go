package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// changeKind sends attributes of a link's kind: ip link set DEV type KIND ….
func (h *Handle) changeKind(link Link, op string, data func(*wire.Encoder)) error {
	r := linkRequest(uapi.RTM_NEWLINK, 0, link)
	if !noLink(link) {
		r.Nest(uapi.IFLA_LINKINFO | uapi.NLA_F_NESTED)
		r.String(uapi.IFLA_INFO_KIND, kernelKind(link))
		r.Nest(uapi.IFLA_INFO_DATA | uapi.NLA_F_NESTED)
		data(&r.Encoder)
		r.End()
		r.End()
	}
	return h.linkExec(r, op, link, errNoDevice, func() string { return linkObject(link) })
}
