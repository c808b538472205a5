package cli

import (
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// NetNSName returns the name of the namespace that has the id here, "" if it
// has none. The names are read once.
func (s *Session) NetNSName(id int) string {
	if s.nsNames == nil {
		s.nsNames = map[int]string{}
		// Without the directory, or the right to read it, there are no names.
		names, _ := netns.List()
		for _, name := range names {
			if id, ok := s.NetNSID(name); ok {
				s.nsNames[id] = name
			}
		}
	}
	return s.nsNames[id]
}

// ForgetNetNSNames is to be called when a namespace may have got an id.
func (s *Session) ForgetNetNSNames() { s.nsNames = nil }

// NetNSID returns the id that a named namespace has here, if it has one.
func (s *Session) NetNSID(name string) (int, bool) {
	ns, err := netns.GetFromName(name)
	if err != nil {
		return 0, false
	}
	defer ns.Close()
	r := wire.NewRequest(uapi.RTM_GETNSID, 0)
	gen := uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}
	gen.Put(r.Header(uapi.SizeofRtgenmsg))
	r.Uint32(uapi.NETNSA_FD, uint32(ns))
	m, err := s.Get(r)
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

// OpenNetNS opens a namespace by its name or path, and keeps it open for the
// command.
func (s *Session) OpenNetNS(word string) (netns.NsHandle, error) {
	get := netns.GetFromName
	if strings.Contains(word, "/") {
		get = netns.GetFromPath
	}
	ns, err := get(word)
	if err == nil {
		s.Opened = append(s.Opened, ns)
	}
	return ns, err
}

// closeOpened closes what the command opened, after the requests that name it.
func (s *Session) closeOpened() {
	if s.pending != nil && len(s.Opened)+len(s.programs) != 0 {
		s.pending.flush()
	}
	for _, fd := range s.programs {
		closeFD(fd)
	}
	s.programs = s.programs[:0]
	for _, ns := range s.Opened {
		ns.Close()
	}
	s.Opened = s.Opened[:0]
}

// AssignNetNSID has the kernel give a namespace an id here.
func (s *Session) AssignNetNSID(ns netns.NsHandle) error {
	r := wire.NewRequest(uapi.RTM_NEWNSID, 0)
	gen := uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}
	gen.Put(r.Header(uapi.SizeofRtgenmsg))
	r.Uint32(uapi.NETNSA_FD, uint32(ns))
	any := int32(-1)
	r.Int32(uapi.NETNSA_NSID, any)
	c, err := s.Dial()
	if err != nil {
		return err
	}
	return c.Do(s.Ctx, r)
}
