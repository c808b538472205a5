package topo

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kern.sys/netlink"
	"kern.sys/netns"
)

// Source is a namespace to be drawn.
type Source struct {
	Name string
	NS   netns.NsHandle
}

// Collect reads the links and addresses of the namespaces and finds the wires
// between them. What may not be read of one is its note.
func Collect(sources []Source) *Map {
	m := &Map{}
	ids := make([]map[int]int, len(sources)) // by source: the other sources by the number it has for them
	for i, s := range sources {
		ns := &Namespace{Name: s.Name, Links: []*Link{}}
		m.Namespaces = append(m.Namespaces, ns)
		var err error
		if ids[i], err = ns.read(s.NS, sources); err != nil {
			ns.Note = "cannot be read: " + reason(err)
		}
	}
	m.wire(func(ns, id int) int {
		if other, ok := ids[ns][id]; ok {
			return other
		}
		return -1
	})
	return m
}

// reason is the end of an error's chain.
func reason(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}

func (ns *Namespace) read(at netns.NsHandle, sources []Source) (ids map[int]int, err error) {
	h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{NetNS: &at, ErrorDetails: true})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	links, err := h.DisableVFInfoCollection().LinkList()
	if err != nil {
		return nil, err
	}
	addrs, err := h.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, err
	}
	far := false // some link has its other end elsewhere
	for _, l := range links {
		link := newLink(l)
		for i := range addrs {
			if addrs[i].LinkIndex == link.Index {
				link.Addrs = append(link.Addrs, addrs[i].IPNet.String())
			}
		}
		far = far || link.peerIndex != 0 && !link.peerHere
		ns.Links = append(ns.Links, link)
	}
	slices.SortFunc(ns.Links, func(a, b *Link) int { return a.Index - b.Index })
	ids = map[int]int{}
	for i, s := range sources {
		if !far {
			break
		}
		if id, err := h.GetNetNsIdByFd(int(s.NS)); err == nil && id >= 0 {
			ids[id] = i
		}
	}
	return ids, nil
}

func newLink(l netlink.Link) *Link {
	a := l.Attrs()
	out := &Link{
		Index: a.Index, Name: a.Name, Kind: l.Type(), Up: a.Flags&net.FlagUp != 0,
		MTU: a.MTU, MAC: a.HardwareAddr.String(), Master: a.MasterIndex,
	}
	if out.Kind == "device" {
		out.Kind = ""
	}
	below := a.ParentIndex
	if vxlan, ok := l.(*netlink.Vxlan); ok { // the kernel has its lower link among its own attributes only
		below = vxlan.VtepDevIndex
	}
	switch {
	case below == 0 || below == a.Index && a.NetNsID < 0:
	case a.NetNsID >= 0 || pair(out.Kind):
		out.peerIndex, out.peerNSID, out.peerHere = below, a.NetNsID, a.NetNsID < 0
	default:
		out.Parent = below
	}
	return out
}

// Visible returns the namespaces that the caller can see: its own, the named
// ones, and those of processes, each once. Close their handles with
// [CloseAll].
func Visible() ([]Source, error) {
	own, err := netns.Get()
	if err != nil {
		return nil, err
	}
	v := visible{seen: map[string]int{}}
	v.add("this namespace", own)
	names, err := netns.List()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		CloseAll(v.sources)
		return nil, err
	}
	for _, name := range names {
		if ns, err := netns.GetFromName(name); err == nil {
			v.add(name, ns)
		}
	}
	procs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		CloseAll(v.sources)
		return nil, err
	}
	var pids []int
	for _, p := range procs {
		if pid, err := strconv.Atoi(filepath.Base(p)); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	for _, pid := range pids {
		// A process may be gone by now, or be somebody else's: not to be seen.
		ns, err := netns.GetFromPid(pid)
		if err != nil {
			continue
		}
		comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		v.add(fmt.Sprintf("%s (pid %d)", strings.TrimSpace(string(comm)), pid), ns)
	}
	return v.sources, nil
}

type visible struct {
	sources []Source
	seen    map[string]int // by UniqueId: the position in sources
}

// add takes ns over. A name for the caller's own namespace joins it.
func (v *visible) add(name string, ns netns.NsHandle) {
	id := ns.UniqueId()
	at, known := v.seen[id]
	if !known {
		v.seen[id] = len(v.sources)
		v.sources = append(v.sources, Source{name, ns})
		return
	}
	ns.Close()
	if at == 0 && !strings.Contains(name, "(pid") {
		v.sources[0].Name += ", " + name
	}
}

// CloseAll closes the handles of sources.
func CloseAll(sources []Source) {
	for i := range sources {
		sources[i].NS.Close()
	}
}
