package main

import (
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// openNetNS opens a namespace by its name or path, and keeps it open for the
// command.
func (s *session) openNetNS(word string) (netns.NsHandle, error) {
	get := netns.GetFromName
	if strings.Contains(word, "/") {
		get = netns.GetFromPath
	}
	ns, err := get(word)
	if err == nil {
		s.opened = append(s.opened, ns)
	}
	return ns, err
}

// closeOpened closes what openNetNS opened.
func (s *session) closeOpened() {
	for _, ns := range s.opened {
		ns.Close()
	}
	s.opened = s.opened[:0]
}

// readNetNS reads the namespace to put a link in: a name, a path or the id of a
// process in it.
func (w *linkWords) readNetNS() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	w.netns = true
	if ns, err := w.openNetNS(word); err == nil {
		w.e.Uint32(uapi.IFLA_NET_NS_FD, uint32(ns))
		return nil
	}
	pid, err := strconv.ParseInt(word, 0, 32)
	if err != nil {
		return invalidValue("netns", word)
	}
	w.e.Uint32(uapi.IFLA_NET_NS_PID, uint32(pid))
	return nil
}

// readLinkNetNS reads the namespace of the link below, and gives it an id here
// if it has none.
func (w *linkWords) readLinkNetNS() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	id, ok := w.netnsID(word)
	if !ok {
		ns, err := w.openNetNS(word)
		if err != nil {
			return invalidValue("link-netns", word)
		}
		if err := w.assignNetNSID(ns); err != nil {
			return err
		}
		if id, ok = w.netnsID(word); !ok {
			return invalidValue("link-netns", word)
		}
	}
	w.e.Uint32(uapi.IFLA_LINK_NETNSID, uint32(id))
	return nil
}

// assignNetNSID has the kernel give a namespace an id here.
func (s *session) assignNetNSID(ns netns.NsHandle) error {
	r := wire.NewRequest(uapi.RTM_NEWNSID, 0)
	gen := uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}
	gen.Put(r.Header(uapi.SizeofRtgenmsg))
	r.Uint32(uapi.NETNSA_FD, uint32(ns))
	any := int32(-1)
	r.Int32(uapi.NETNSA_NSID, any)
	c, err := s.dial()
	if err != nil {
		return err
	}
	return c.Do(s.ctx, r)
}
