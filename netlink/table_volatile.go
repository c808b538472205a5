package netlink

import (
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// pruning filters attributes: it reports whether it has handled an attribute of that type, by
// leaving it out or by appending something else to e. Others stay as they are.
type pruning func(e *wire.Encoder, typ uint16, data []byte) bool

// message returns a message's payload without what p prunes, and no more than
// short bytes of its header.
func (p pruning) message(data []byte, header, short int) (string, error) {
	d := wire.NewDecoderAfter(data, header)
	if p == nil && short == header || d.Err() != nil {
		for d.Next() {
		}
		return string(data), d.Err()
	}
	var e wire.Encoder
	copy(e.Raw(header)[:short], data)
	p.attrs(&e, &d)
	if d.Err() != nil {
		return "", d.Err()
	}
	return string(e.Bytes()), e.Err()
}

func (p pruning) attrs(e *wire.Encoder, d *wire.Decoder) {
	for d.Next() {
		if p == nil || !p(e, d.Type(), d.Data()) {
			e.Data(d.Type(), d.Data())
		}
	}
}

// nest prunes inside an attribute. It always returns true, which its caller returns.
func (p pruning) nest(e *wire.Encoder, typ uint16, data []byte) bool {
	e.Nest(typ)
	d := wire.NewDecoder(data)
	p.attrs(e, &d)
	e.End()
	e.Fail(d.Err())
	return true
}

// pruneLink leaves out counters, timers, sysctls, and what only notifications have.
func pruneLink(e *wire.Encoder, typ uint16, data []byte) bool {
	switch typ {
	case uapi.IFLA_STATS, uapi.IFLA_STATS64, uapi.IFLA_EVENT:
		return true
	case uapi.IFLA_LINKINFO:
		return pruneLinkInfo(e, typ, data)
	case uapi.IFLA_AF_SPEC:
		return pruning(pruneLinkFamily).nest(e, typ, data)
	}
	return false
}

func pruneLinkFamily(e *wire.Encoder, family uint16, data []byte) bool {
	switch family {
	case uapi.AF_INET:
		return true
	case uapi.AF_INET6:
		return pruning(func(_ *wire.Encoder, typ uint16, _ []byte) bool {
			switch typ {
			case uapi.IFLA_INET6_CONF, uapi.IFLA_INET6_FLAGS, uapi.IFLA_INET6_STATS, uapi.IFLA_INET6_ICMP6STATS,
				uapi.IFLA_INET6_CACHEINFO:
				return true
			}
			return false
		}).nest(e, family, data)
	}
	return false
}

// pruneLinkInfo leaves out the attributes that change silently, as the link's kind and its master's
// kind list them.
func pruneLinkInfo(e *wire.Encoder, typ uint16, data []byte) bool {
	info, _ := readLinkInfo(data) // malformed attributes fail below
	link, port := linkKinds.silent(info.kind), portKinds.silent(info.portKind)
	return pruning(func(e *wire.Encoder, typ uint16, data []byte) bool {
		switch typ {
		case uapi.IFLA_INFO_XSTATS:
			return true
		case uapi.IFLA_INFO_DATA:
			return len(link) != 0 && leaveOut(link).nest(e, typ, data)
		case uapi.IFLA_INFO_SLAVE_DATA:
			return len(port) != 0 && leaveOut(port).nest(e, typ, data)
		}
		return false
	}).nest(e, typ, data)
}

// leaveOut drops attributes of these types.
func leaveOut(types []uint16) pruning {
	return func(_ *wire.Encoder, typ uint16, _ []byte) bool { return slices.Contains(types, typ) }
}

// pruneAddr leaves out running lifetimes.
func pruneAddr(e *wire.Encoder, typ uint16, data []byte) bool {
	const forever = 1<<32 - 1
	if typ != uapi.IFA_CACHEINFO {
		return false
	}
	var c uapi.IfaCacheinfo
	if c.Decode(data); c.IfaPrefered == forever && c.IfaValid == forever {
		e.Struct(typ, uapi.SizeofIfaCacheinfo, &uapi.IfaCacheinfo{IfaPrefered: forever, IfaValid: forever})
	}
	return true
}

func pruneNeigh(_ *wire.Encoder, typ uint16, _ []byte) bool {
	return typ == uapi.NDA_CACHEINFO || typ == uapi.NDA_PROBES
}

func pruneRoute(_ *wire.Encoder, typ uint16, _ []byte) bool { return typ == uapi.RTA_CACHEINFO }

// pruneNexthop leaves out how long a resilient group has been out of balance.
func pruneNexthop(e *wire.Encoder, typ uint16, data []byte) bool {
	if typ != uapi.NHA_RES_GROUP {
		return false
	}
	return pruning(func(_ *wire.Encoder, typ uint16, _ []byte) bool {
		return typ == uapi.NHA_RES_GROUP_UNBALANCED_TIME
	}).nest(e, typ, data)
}
