package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NetconfTable has the settings of links that the kernel has in /proc/sys/net/{ipv4,ipv6}/conf: ip netconf. A
// notification has only what changed: so has the New of an event of [Handle.Watch]; a [Mirror] has all of it.
var NetconfTable = Table{&tableInfo{"settings", netconfTableParts}}

func netconfTableParts() []tablePart {
	part := func(name string, family int, group uint32) tablePart {
		return tablePart{
			name: name, new: uapi.RTM_NEWNETCONF, del: uapi.RTM_DELNETCONF, header: uapi.SizeofNetconfmsg,
			groups: []uint32{group}, dump: func() *wire.Request { return netconfRequest(family) },
			has: func(data []byte) bool { return int(data[0]) == family }, key: netconfKey,
			event: (*eventDecoder).netconf, change: (*partState).changeNetconf,
		}
	}
	return []tablePart{
		part("IPv4 settings", FAMILY_V4, uapi.RTNLGRP_IPV4_NETCONF),
		part("IPv6 settings", FAMILY_V6, uapi.RTNLGRP_IPV6_NETCONF),
	}
}

func netconfKey(data []byte) string {
	for d := wire.NewDecoderAfter(data, netconfHeader); d.Next(); {
		if d.Type() == uapi.NETCONFA_IFINDEX {
			return string(d.Data())
		}
	}
	return ""
}

// changeNetconf puts what a notification has in the place of what was there.
func (p *partState) changeNetconf(_ string, group []string, raw string, msg wire.Message) []string {
	switch {
	case msg.Type == p.del:
		return nil
	case len(group) == 0:
		return []string{raw}
	}
	news := map[uint16][]byte{}
	for d := wire.NewDecoderAfter([]byte(raw), netconfHeader); d.Next(); {
		news[d.Type()] = d.Data()
	}
	var e wire.Encoder
	copy(e.Raw(netconfHeader), raw)
	for d := wire.NewDecoderAfter([]byte(group[0]), netconfHeader); d.Next(); {
		value, changed := news[d.Type()]
		if !changed {
			value = d.Data()
		}
		e.Data(d.Type(), value)
		delete(news, d.Type())
	}
	p.dirty = p.dirty || len(news) != 0 // where among the others it stands is not known
	return []string{string(e.Bytes())}
}

// NetconfEvent is a change of a link's settings.
type NetconfEvent struct{ Old, New *Netconf }

func (NetconfEvent) event() {}

// String describes the event in one line.
func (e NetconfEvent) String() string {
	return eventText("settings", e.Old, e.New, func(n *Netconf) string {
		return fmt.Sprintf("of family %d of link %d", n.Family, n.LinkIndex)
	})
}

func (d *eventDecoder) netconf(old, new []byte) (Event, error) {
	var ev NetconfEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeNetconf))
	return ev, err
}
