package netlink

import (
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// changeKind is a set of what can happen to a key.
type changeKind uint8

const (
	replaced changeKind = 1 << iota // the first object was
	shifted                         // another object became the first
)

// apply applies a notification. Mirror.mu is held.
func (f *follower) apply(msg wire.Message) error {
	for _, p := range f.parts {
		if p.missed != nil && p.speaks(&msg) {
			p.missed(f, p, msg)
		}
		if p.changesWith(&msg) {
			p.dirty = true
		}
	}
	for _, p := range f.parts {
		switch {
		case p.takesApart(&msg):
			return p.split(msg, func(one wire.Message) error { return f.applyTo(p, one) })
		case p.split == nil && p.owns(&msg):
			return f.applyTo(p, msg)
		}
	}
	return nil
}

// applyTo applies a notification about an object of a part.
func (f *follower) applyTo(p *partState, msg wire.Message) error {
	changed, err := p.apply(p.key(msg.Data), msg)
	if changed {
		f.notify()
		p.dirty = p.dirty || p.others != nil && p.others(msg.Data)
	}
	return err
}

// apply applies a notification about an object with the key, and reports whether it changed
// anything.
func (p *partState) apply(key string, msg wire.Message) (changed bool, err error) {
	group, had := p.objects.Get(key)
	raw := ""
	if gone := msg.Type == p.del || p.hidden(msg.Data); !gone || p.change != nil {
		if raw, err = p.bytesOf(msg.Data, group); err != nil {
			return false, err
		}
	} else if !had {
		return false, nil
	}
	var after []string
	switch {
	case p.change != nil:
		after = p.change(p, key, group, raw, msg)
	case raw != "":
		after = []string{raw}
	}
	if slices.Equal(group, after) {
		return false, nil
	}
	if len(after) == 0 {
		p.objects.Delete(key)
	} else {
		p.objects.Set(key, after)
	}
	return true, nil
}

// changeRules lets the rules be read again, since notifications do not show their order.
func (p *partState) changeRules(_ string, group []string, _ string, _ wire.Message) []string {
	p.dirty = true
	return group
}

// changeIPv4Route returns the routes of one key after a notification. The flags of the notification
// say where the route stands among those of the same prefix, TOS and metric.
func (p *partState) changeIPv4Route(key string, group []string, raw string, msg wire.Message) []string {
	if msg.Type == p.del {
		p.note(key, shifted)
		return p.without(group, raw)
	}
	switch {
	case msg.Flags&uapi.NLM_F_EXCL != 0: // there was none
		p.note(key, shifted)
		return []string{raw}
	case slices.Contains(group, raw) && msg.Flags&uapi.NLM_F_REPLACE == 0:
		return group
	case msg.Flags&uapi.NLM_F_REPLACE != 0:
		p.note(key, replaced)
		if len(group) > 1 {
			p.dirty = true // a next hop's change replaces routes at any place
			return group
		}
		return []string{raw}
	case msg.Flags&uapi.NLM_F_APPEND != 0:
		return append(slices.Clip(group), raw)
	case msg.Flags&uapi.NLM_F_CREATE != 0:
		p.note(key, shifted)
		return append([]string{raw}, group...)
	}
	return p.renew(group, raw)
}

// changeIPv6Route is changeIPv4Route for IPv6, where several routes of one prefix and metric are
// mostly one route with several next hops, and no notification says how they were joined.
func (p *partState) changeIPv6Route(key string, group []string, raw string, msg wire.Message) []string {
	if msg.Flags&uapi.NLM_F_REPLACE == 0 || msg.Type == p.del {
		p.note(key, shifted)
	} else {
		p.note(key, replaced)
	}
	switch {
	case msg.Type == p.del:
		return p.without(group, raw)
	case len(group) == 0:
		return []string{raw}
	case msg.Flags&uapi.NLM_F_REPLACE != 0 && len(group) == 1:
		return []string{raw}
	case msg.Flags&uapi.NLM_F_REPLACE == 0 && slices.Contains(group, raw):
		return group
	}
	p.dirty = true
	return group
}

// note records what happened to a key while events may be older than the last read. The two kinds
// together make the result uncertain: the replaced object may not be the first one now.
func (p *partState) note(key string, k changeKind) {
	if p.overlap == nil {
		return
	}
	p.overlap[key] |= k
	if p.overlap[key] == replaced|shifted {
		p.dirty = true
	}
}

// without returns the group less the route that is gone.
func (p *partState) without(group []string, raw string) []string {
	i := slices.Index(group, raw)
	if i < 0 {
		i = slices.IndexFunc(group, func(r string) bool { return sameRoute(r, raw) })
	}
	if i < 0 {
		p.dirty = p.dirty || len(group) != 0
		return group
	}
	return slices.Concat(group[:i], group[i+1:])
}

// renew replaces a route by its new state.
func (p *partState) renew(group []string, raw string) []string {
	i := slices.IndexFunc(group, func(r string) bool { return sameRoute(r, raw) })
	if i < 0 {
		p.dirty = true
		return group
	}
	after := slices.Clone(group)
	after[i] = raw
	return after
}

// sameRoute reports whether two routes differ at most in flags that the kernel
// reports.
func sameRoute(a, b string) bool { return withoutFlags(a) == withoutFlags(b) }

// withoutFlags clears the flags of a route and of its next hops.
func withoutFlags(route string) string {
	b := []byte(route)
	if len(b) < uapi.SizeofRtmsg {
		return route
	}
	clear(b[8:uapi.SizeofRtmsg]) // rtm_flags
	for d := wire.NewDecoderAfter(b, uapi.SizeofRtmsg); d.Next(); {
		if d.Type() != uapi.RTA_MULTIPATH {
			continue
		}
		hops := d.Data() // shares b's memory
		for len(hops) >= uapi.SizeofRtnexthop {
			var hop uapi.Rtnexthop
			hop.Decode(hops)
			hops[2] = 0 // rtnh_flags
			n := (int(hop.Len) + 3) &^ 3
			if n < uapi.SizeofRtnexthop || n > len(hops) {
				break
			}
			hops = hops[n:]
		}
	}
	return string(b)
}
