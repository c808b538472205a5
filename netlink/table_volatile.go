package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// pruning says what becomes of some types of attributes: nil leaves them out.
// What it does not name stays.
type pruning map[uint16]func(e *wire.Encoder, typ uint16, data []byte)

// message returns a message's payload without what p prunes, and no more than
// short bytes of its header.
func (p pruning) message(data []byte, header, short int) (string, error) {
	d := wire.NewDecoderAfter(data, header)
	if p == nil || d.Err() != nil {
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
		if fn, ok := p[d.Type()]; !ok {
			e.Data(d.Type(), d.Data())
		} else if fn != nil {
			fn(e, d.Type(), d.Data())
		}
	}
}

// nest prunes inside an attribute.
func (p pruning) nest(e *wire.Encoder, typ uint16, data []byte) {
	e.Nest(typ)
	d := wire.NewDecoder(data)
	p.attrs(e, &d)
	e.End()
	e.Fail(d.Err())
}

// volatileOfLink are counters, timers, sysctls, and what only notifications
// have.
var volatileOfLink = pruning{
	uapi.IFLA_STATS:    nil,
	uapi.IFLA_STATS64:  nil,
	uapi.IFLA_EVENT:    nil,
	uapi.IFLA_LINKINFO: pruneLinkInfo,
	uapi.IFLA_AF_SPEC: pruning{
		uapi.AF_INET: nil,
		uapi.AF_INET6: pruning{
			uapi.IFLA_INET6_CONF:       nil,
			uapi.IFLA_INET6_FLAGS:      nil,
			uapi.IFLA_INET6_STATS:      nil,
			uapi.IFLA_INET6_ICMP6STATS: nil,
			uapi.IFLA_INET6_CACHEINFO:  nil,
		}.nest,
	}.nest,
}

// volatileOfKind are the timers among a kind's attributes.
var (
	volatileOfBridge = pruning{
		uapi.IFLA_BR_HELLO_TIMER:           nil,
		uapi.IFLA_BR_TCN_TIMER:             nil,
		uapi.IFLA_BR_TOPOLOGY_CHANGE_TIMER: nil,
		uapi.IFLA_BR_GC_TIMER:              nil,
	}
	volatileOfBridgePort = pruning{
		uapi.IFLA_BRPORT_MESSAGE_AGE_TIMER:   nil,
		uapi.IFLA_BRPORT_FORWARD_DELAY_TIMER: nil,
		uapi.IFLA_BRPORT_HOLD_TIMER:          nil,
	}
)

func pruneLinkInfo(e *wire.Encoder, typ uint16, data []byte) {
	p := pruning{uapi.IFLA_INFO_XSTATS: nil}
	for d := wire.NewDecoder(data); d.Next(); {
		switch {
		case d.Type() == uapi.IFLA_INFO_KIND && d.String() == "bridge":
			p[uapi.IFLA_INFO_DATA] = volatileOfBridge.nest
		case d.Type() == uapi.IFLA_INFO_SLAVE_KIND && d.String() == "bridge":
			p[uapi.IFLA_INFO_SLAVE_DATA] = volatileOfBridgePort.nest
		}
	}
	p.nest(e, typ, data)
}

// volatileOfAddr are lifetimes that run.
var volatileOfAddr = pruning{
	uapi.IFA_CACHEINFO: func(e *wire.Encoder, typ uint16, data []byte) {
		const forever = 1<<32 - 1
		var c uapi.IfaCacheinfo
		if c.Decode(data); c.IfaPrefered == forever && c.IfaValid == forever {
			e.Struct(typ, uapi.SizeofIfaCacheinfo, &uapi.IfaCacheinfo{IfaPrefered: forever, IfaValid: forever})
		}
	},
}

var volatileOfNeigh = pruning{uapi.NDA_CACHEINFO: nil, uapi.NDA_PROBES: nil}

var volatileOfRoute = pruning{uapi.RTA_CACHEINFO: nil}

// volatileOfNexthop is how long a resilient group has been out of balance.
var volatileOfNexthop = pruning{uapi.NHA_RES_GROUP: pruning{uapi.NHA_RES_GROUP_UNBALANCED_TIME: nil}.nest}
