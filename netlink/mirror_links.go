package netlink

import (
	"context"
	"errors"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// missedLinks notes the links that changed without a notification of their own when a link changed
// as a message says. p is the part of the links, in its earlier state.
func missedLinks(f *follower, p *partState, msg wire.Message) {
	var ifi uapi.Ifinfomsg
	ifi.Decode(msg.Data)
	var lower, master int32
	d := wire.NewDecoderAfter(msg.Data, uapi.SizeofIfinfomsg)
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_LINK:
			lower = d.Int32()
		case uapi.IFLA_MASTER:
			master = d.Int32()
		}
	}
	if msg.Data[0] == uapi.AF_BRIDGE {
		// The port's settings are in the message, those of the link and of the bridge that
		// go with them are not.
		f.ask(ifi.Index)
		f.ask(master)
		return
	}
	if lower == 0 || lower == ifi.Index {
		return
	}
	// The other end of a pair is not announced when this one moves to another namespace, although
	// its attribute with that namespace has changed.
	other, netns := p.lowerOf(lower)
	if msg.Type == p.del && other == ifi.Index || msg.Type == p.new && netns && other == ifi.Index {
		f.ask(lower)
	}
}

// lowerOf returns the index of the link below or of the other end, and whether that is in another
// namespace.
func (p *partState) lowerOf(index int32) (lower int32, netns bool) {
	group, _ := p.objects.Get(linkKeyOf(int(index)))
	if len(group) == 0 {
		return 0, false
	}
	d := wire.NewDecoderAfter([]byte(group[0]), uapi.SizeofIfinfomsg)
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_LINK:
			lower = d.Int32()
		case uapi.IFLA_LINK_NETNSID:
			netns = true
		}
	}
	return lower, netns
}

// ask notes a link to be read again.
func (f *follower) ask(index int32) {
	if f.again == nil {
		f.again = map[int32]bool{}
	}
	if index > 0 {
		f.again[index] = true
	}
}

// askAgain reads the links that were noted. No older event waits to be applied.
func (f *follower) askAgain(ctx context.Context) error {
	c, err := f.w.lists.conn(uapi.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	for _, p := range f.parts {
		if p.ask == nil {
			continue
		}
		for index := range f.again {
			key, r := p.ask(index)
			if _, has := p.objects.Get(key); !has {
				continue
			}
			err := c.Get(ctx, r, func(msg wire.Message) error {
				f.mu.Lock()
				defer f.mu.Unlock()
				return f.applyAnswer(p, msg)
			})
			if err != nil && !errors.Is(err, errNoDevice) { // its deletion is about to be reported
				return err
			}
		}
	}
	clear(f.again)
	return nil
}

// applyAnswer applies the kernel's answer about a link. Mirror.mu is held.
func (f *follower) applyAnswer(p *partState, msg wire.Message) error {
	if msg.Type != p.new || !p.owns(&msg) {
		return nil
	}
	changed, err := p.apply(p.key(msg.Data), msg)
	if changed {
		f.notify()
		p.dirty = p.dirty || p.others != nil && p.others(msg.Data)
	}
	return err
}

// portsFollow reports whether a link is of a kind whose ports change with it: ports of a bridge
// also have the root of the spanning tree.
func portsFollow(data []byte) bool {
	d := wire.NewDecoderAfter(data, uapi.SizeofIfinfomsg)
	for d.Next() {
		if d.Type() == uapi.IFLA_LINKINFO {
			info, _ := readLinkInfo(d.Data()) // it was read before
			return len(portKinds.silent(info.kind)) != 0
		}
	}
	return false
}
