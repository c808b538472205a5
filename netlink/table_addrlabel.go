package netlink

import (
	"context"
	"errors"
	"slices"
	"time"

	"kern.sys/internal/hamt"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// AddrLabelTable has the labels of IPv6 addresses: ip addrlabel. The kernel announces no change of them. So the table
// is listed again every second, and is not among [AllTables]: a change is seen a second late, and what was undone
// within a second is not seen. Events of [Handle.Watch] have the earlier state too.
var AddrLabelTable = Table{&tableInfo{"address labels", addrLabelTableParts}}

const addrLabelInterval = time.Second

func addrLabelTableParts() []tablePart {
	return []tablePart{{
		name: "address labels", new: uapi.RTM_NEWADDRLABEL, del: uapi.RTM_DELADDRLABEL, header: uapi.SizeofIfaddrlblmsg,
		short: 8, // without ifal_seq, which changes with any label
		dump:  addrLabelDump, has: anyObject, key: addrLabelKey, event: (*eventDecoder).addrLabel,
		every: addrLabelInterval, poll: (*tableWatch).poll,
	}}
}

// addrLabelKey is a link and a prefix.
func addrLabelKey(data []byte) string {
	k := make(keyOf, 0, 24)
	k.header(data[2])      // ifal_prefixlen
	k.header(data[4:8]...) // ifal_index
	k.attr(attrIn(data, uapi.SizeofIfaddrlblmsg, uapi.IFAL_ADDRESS))
	return string(k)
}

// AddrLabelEvent is a change of a label of IPv6 addresses.
type AddrLabelEvent struct{ Old, New *AddrLabel }

func (AddrLabelEvent) event() {}

// String describes the event in one line.
func (e AddrLabelEvent) String() string {
	return eventText("label", e.Old, e.New, (*AddrLabel).String)
}

func (d *eventDecoder) addrLabel(old, new []byte) (Event, error) {
	var ev AddrLabelEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeAddrLabel))
	return ev, err
}

// poll yields the changes of a part that the kernel does not announce, by comparing lists.
func (w *tableWatch) poll(ctx context.Context, yield func(Event, error) bool) {
	f := &follower{Mirror: &Mirror{}, w: w, parts: []*partState{{tablePart: w.parts[0]}}}
	p := f.parts[0]
	err := f.reread(ctx, p)
	for {
		if err != nil && (!yield(nil, wire.Annotate(err, w.op, noObject)) || ctx.Err() != nil) {
			return
		}
		if err = f.receive(wire.From(ctx), p.every); err != nil && !errors.Is(err, wire.ErrTimeout) {
			yield(nil, wire.Annotate(err, w.op, noObject))
			return
		}
		before := p.objects.Copy()
		err = f.reread(ctx, p)
		for c := range hamt.Diff(&before, &p.objects, slices.Equal) {
			if !yield(p.event(&p.events, only(c.Old), only(c.New))) {
				return
			}
		}
	}
}

// only returns the object of a key that has one at most.
func only(group *[]string) []byte {
	if group == nil {
		return nil
	}
	return []byte((*group)[0])
}
