package main

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// netnsName returns the name of the namespace that has the id here, "" if it
// has none. The names are read once.
func (s *session) netnsName(id int) string {
	if s.nsNames == nil {
		s.nsNames = map[int]string{}
		// Without the directory, or the right to read it, there are no names.
		names, _ := netns.List()
		for _, name := range names {
			if id, ok := s.netnsID(name); ok {
				s.nsNames[id] = name
			}
		}
	}
	return s.nsNames[id]
}

// netnsID returns the id that a named namespace has here, if it has one.
func (s *session) netnsID(name string) (int, bool) {
	ns, err := netns.GetFromName(name)
	if err != nil {
		return 0, false
	}
	defer ns.Close()
	r := wire.NewRequest(uapi.RTM_GETNSID, 0)
	gen := uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}
	gen.Put(r.Header(uapi.SizeofRtgenmsg))
	r.Uint32(uapi.NETNSA_FD, uint32(ns))
	m, err := s.get(r)
	if err != nil {
		return 0, false
	}
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofRtgenmsg)
	for d.Next() {
		if d.Type() == uapi.NETNSA_NSID {
			id := d.Int32()
			return int(id), id >= 0
		}
	}
	return 0, false
}
