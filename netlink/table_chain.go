package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ChainTable has the chains of filters of all links, classes and blocks: tc chain. A notification does not say which
// part of clsact or which class a chain is of, only the queueing discipline: so does the Parent of an event of
// [Handle.Watch].
var ChainTable = Table{&tableInfo{"chains", chainTableParts}}

func chainTableParts() []tablePart {
	return []tablePart{{
		name: "chains", new: uapi.RTM_NEWCHAIN, del: uapi.RTM_DELCHAIN, header: uapi.SizeofTcmsg,
		groups: tcGroups(), dumps: blockListings(uapi.RTM_GETCHAIN), has: anyObject, key: chainKey, keep: keepChain,
		event: (*eventDecoder).chain, change: (*partState).changeChains,
		// Chains go with what they are in.
		after: []groupMessages{{[]uint16{uapi.RTM_DELLINK}, []uint32{uapi.RTNLGRP_LINK}},
			tcChanges(uapi.RTM_NEWQDISC, uapi.RTM_DELQDISC, uapi.RTM_DELTCLASS)},
	}}
}

func chainKey(data []byte) string {
	m := tcHead(data)
	k := make(keyOf, 0, 24)
	k.numbers(m.Ifindex, m.Parent)
	k.attr(tcAttr(data, uapi.TCA_CHAIN))
	return string(k)
}

// keepChain leaves nothing out but what the kernel says about a request.
func keepChain(data []byte) (string, error) {
	return settledTc(data, nil, func(string) (any, bool) { return nil, false })
}

// changeChains lets the chains be read again, since notifications do not show where they are.
func (p *partState) changeChains(_ string, group []string, _ string, _ wire.Message) []string {
	p.dirty = true
	return group
}

// ChainEvent is a change of a chain of a link's filters. LinkIndex is -1 (TCM_IFINDEX_MAGIC_BLOCK) for a block that
// links share, whose number is Parent then.
type ChainEvent struct {
	LinkIndex int
	Old, New  *Chain
}

func (ChainEvent) event() {}

// String describes the event in one line.
func (e ChainEvent) String() string {
	return eventText("chain", e.Old, e.New, func(c *Chain) string {
		return fmt.Sprintf("%d parent %s on link %d", c.Chain, HandleStr(c.Parent), e.LinkIndex)
	})
}

func (d *eventDecoder) chain(old, new []byte) (Event, error) {
	var ev ChainEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(func(data []byte) (Chain, error) {
		ev.LinkIndex = int(tcHead(data).Ifindex)
		return decodeChain(data)
	}))
	return ev, err
}
