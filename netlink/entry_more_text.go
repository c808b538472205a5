package netlink

import (
	"fmt"
	"net"
	"strings"
)

// textWords are those of a text, with spaces between them.
type textWords []string

func (w *textWords) add(format string, args ...any) { *w = append(*w, fmt.Sprintf(format, args...)) }

// addSet adds a word and what p points to, if there is something.
func addSet[T any](w *textWords, word string, p *T) {
	if p != nil {
		w.add("%s %v", word, *p)
	}
}

func (w textWords) String() string { return strings.Join(w, " ") }

// String returns the ends of one direction.
func (t ConntrackTuple) String() string {
	w := textWords{fmt.Sprintf("src=%s dst=%s", t.Src, t.Dst)}
	if t.ICMPID != 0 || t.ICMPType != 0 || t.ICMPCode != 0 {
		w.add("type=%d code=%d id=%d", t.ICMPType, t.ICMPCode, t.ICMPID)
	} else {
		w.add("sport=%d dport=%d", t.SrcPort, t.DstPort)
	}
	return w.String()
}

// String returns the connection in the textWords of conntrack -L.
func (e ConntrackEntry) String() string {
	w := textWords{fmt.Sprintf("%s %d %d %s", protocolOf(e.Original.Protocol), e.Original.Protocol, e.Timeout,
		e.Original)}
	if e.Status&ConntrackStatusSeenReply == 0 {
		w.add("[UNREPLIED]")
	}
	w.add("%s [status=%#b] mark=%#x", e.Reply, e.Status, e.Mark)
	if e.HasLabels {
		w.add("labels=%#x", e.Labels)
	}
	if e.Zone != 0 {
		w.add("zone=%d", e.Zone)
	}
	return w.String()
}

// String returns the tuple that is expected, and of which connection.
func (e ConntrackExpectation) String() string {
	tuple := func(t *IPTuple) string {
		return fmt.Sprintf("proto=%d src=%s dst=%s sport=%d dport=%d", t.Protocol, t.SrcIP, t.DstIP, t.SrcPort, t.DstPort)
	}
	w := textWords{fmt.Sprintf("%d %s mask %s master %s", e.TimeOut, tuple(&e.Tuple), tuple(&e.Mask), tuple(&e.Master))}
	for _, text := range []struct{ word, value string }{{"helper", e.Helper}, {"function", e.Function}} {
		if text.value != "" {
			w.add("%s %s", text.word, text.value)
		}
	}
	if e.NAT != nil {
		w.add("nat %+v", *e.NAT)
	}
	return w.String()
}

// String returns the ends of the socket, its state as a number, owner and inode.
func (e SocketEntry) String() string {
	return fmt.Sprintf("%s to %s state %d uid %d ino %d rqueue %d wqueue %d", e.Source, e.Destination, e.State, e.UID,
		e.INode, e.RQueue, e.WQueue)
}

// String returns the ends of the socket, its state as a number, owner and inode.
func (s Socket) String() string {
	end := func(ip net.IP, port uint16) string { return net.JoinHostPort(ip.String(), fmt.Sprint(port)) }
	return fmt.Sprintf("%s to %s state %d uid %d ino %d rqueue %d wqueue %d", end(s.ID.Source, s.ID.SourcePort),
		end(s.ID.Destination, s.ID.DestinationPort), s.State, s.UID, s.INode, s.RQueue, s.WQueue)
}

// String returns the element in the textWords of ipset save.
func (e IPSetEntry) String() string {
	var parts []string
	address := func(ip, to net.IP, cidr uint8) {
		switch {
		case ip == nil:
		case to != nil:
			parts = append(parts, ip.String()+"-"+to.String())
		case cidr != 0:
			parts = append(parts, fmt.Sprint(ip, "/", cidr))
		default:
			parts = append(parts, ip.String())
		}
	}
	address(e.IP, e.IPTo, e.CIDR)
	if e.MAC != nil {
		parts = append(parts, e.MAC.String())
	}
	switch {
	case e.Port != nil && e.Protocol != nil:
		parts = append(parts, fmt.Sprint(*e.Protocol, ":", *e.Port))
	case e.Port != nil:
		parts = append(parts, fmt.Sprint(*e.Port))
	}
	address(e.IP2, e.IP2To, e.CIDR2)
	for _, text := range []string{e.IFace, e.Name} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if e.Mark != nil {
		parts = append(parts, fmt.Sprintf("%#x", *e.Mark))
	}
	w := textWords{strings.Join(parts, ",")}
	addSet(&w, "timeout", e.Timeout)
	addSet(&w, "packets", e.Packets)
	addSet(&w, "bytes", e.Bytes)
	if e.Comment != "" {
		w.add("comment %q", e.Comment)
	}
	if e.SkbMark != nil {
		w.add("skbmark %+v", *e.SkbMark)
	}
	addSet(&w, "skbprio", e.SkbPrio)
	addSet(&w, "skbqueue", e.SkbQueue)
	if e.NoMatch {
		w.add("nomatch")
	}
	return w.String()
}

// String returns the settings in the textWords of ip netconf.
func (n Netconf) String() string {
	w := textWords{fmt.Sprintf("family %d link %d", n.Family, n.LinkIndex)}
	addSet(&w, "forwarding", n.Forwarding)
	addSet(&w, "rp_filter", n.RPFilter)
	addSet(&w, "mc_forwarding", n.McForwarding)
	addSet(&w, "proxy_neigh", n.ProxyNeigh)
	addSet(&w, "ignore_routes_with_linkdown", n.IgnoreRoutesWithLinkdown)
	addSet(&w, "input", n.Input)
	addSet(&w, "bc_forwarding", n.BcForwarding)
	addSet(&w, "force_forwarding", n.ForceForwarding)
	return w.String()
}

// String returns the settings in the textWords of ip ntable.
func (n Ntable) String() string {
	w := textWords{fmt.Sprintf("family %d %s link %d", n.Family, n.Name, n.LinkIndex)}
	addSet(&w, "thresh1", n.Thresh1)
	addSet(&w, "thresh2", n.Thresh2)
	addSet(&w, "thresh3", n.Thresh3)
	addSet(&w, "gc_int", n.GCInterval)
	addSet(&w, "base_reachable", n.BaseReachable)
	addSet(&w, "retrans", n.Retrans)
	addSet(&w, "gc_stale", n.GCStale)
	addSet(&w, "delay_probe", n.DelayProbe)
	addSet(&w, "anycast_delay", n.AnycastDelay)
	addSet(&w, "proxy_delay", n.ProxyDelay)
	addSet(&w, "locktime", n.LockTime)
	addSet(&w, "interval_probe_time", n.IntervalProbeTime)
	addSet(&w, "queue", n.QueueLen)
	addSet(&w, "queue_bytes", n.QueueLenBytes)
	addSet(&w, "app_probes", n.AppProbes)
	addSet(&w, "ucast_probes", n.UcastProbes)
	addSet(&w, "mcast_probes", n.McastProbes)
	addSet(&w, "mcast_reprobes", n.McastReprobes)
	addSet(&w, "proxy_queue", n.ProxyQueueLen)
	w.add("refcnt %d reachable %v", n.Refcnt, n.Reachable)
	if n.Stats != nil {
		w.add("stats %+v", *n.Stats)
	}
	return w.String()
}
