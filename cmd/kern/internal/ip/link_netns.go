package ip

import (
	"strconv"

	"kern.sys/internal/uapi"
	"kern.sys/netns"
)

// readNetNS reads the namespace to put a link in: a name, a path or the id of a
// process in it.
func (w *linkWords) readNetNS() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	w.netns = true
	if ns, err := w.OpenNetNS(word); err == nil {
		w.e.Uint32(uapi.IFLA_NET_NS_FD, uint32(ns))
		return nil
	}
	pid, err := strconv.ParseInt(word, 0, 32)
	if err != nil {
		return invalidValue("netns", word)
	}
	ns, err := netns.GetFromPid(int(pid))
	if err != nil {
		return invalidValue("netns", word)
	}
	w.Opened = append(w.Opened, ns)
	w.e.Uint32(uapi.IFLA_NET_NS_FD, uint32(ns))
	return nil
}

// readLinkNetNS reads the namespace of the link below, and gives it an id here
// if it has none.
func (w *linkWords) readLinkNetNS() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	id, ok := w.NetNSID(word)
	if !ok {
		ns, err := w.OpenNetNS(word)
		if err != nil {
			return invalidValue("link-netns", word)
		}
		if err := w.AssignNetNSID(ns); err != nil {
			return err
		}
		if id, ok = w.NetNSID(word); !ok {
			return invalidValue("link-netns", word)
		}
	}
	w.e.Uint32(uapi.IFLA_LINK_NETNSID, uint32(id))
	return nil
}
