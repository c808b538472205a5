package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
)

// ConntrackFilterType is the part of a flow that a condition of a [ConntrackFilter] compares.
type ConntrackFilterType uint8

// What conditions are about. The comments name the options of conntrack(8).
const (
	ConntrackOrigSrcIP     = iota // --orig-src: source address of the original direction
	ConntrackOrigDstIP            // --orig-dst: destination address of the original direction
	ConntrackReplySrcIP           // --reply-src: source address of the reply direction
	ConntrackReplyDstIP           // --reply-dst: destination address of the reply direction
	ConntrackReplyAnyIP           // --any-nat: source or destination address of the reply direction
	ConntrackOrigSrcPort          // --orig-port-src: source port of the original direction
	ConntrackOrigDstPort          // --orig-port-dst: destination port of the original direction
	ConntrackMatchLabels          // --label: labels that the flow has
	ConntrackUnmatchLabels        // labels that the flow has not
	ConntrackMatchStatus          // --status: bits that the flow's status has
	ConntrackUnmatchStatus        // bits that the flow's status has not

	// Deprecated: use ConntrackReplySrcIP.
	ConntrackNatSrcIP = ConntrackReplySrcIP
	// Deprecated: use ConntrackReplyDstIP.
	ConntrackNatDstIP = ConntrackReplyDstIP
	// Deprecated: use ConntrackReplyAnyIP.
	ConntrackNatAnyIP = ConntrackReplyAnyIP
)

// CustomConntrackFilter chooses flows.
type CustomConntrackFilter interface {
	// MatchConntrackFlow reports whether the filter chooses the flow.
	MatchConntrackFlow(flow *ConntrackFlow) bool
}

// ConntrackFilter chooses the flows that meet all conditions that were added; without any it chooses none.
// Conditions of one type are added once. The zero value is ready.
type ConntrackFilter struct {
	nets     map[ConntrackFilterType]*net.IPNet
	ports    map[ConntrackFilterType]uint16
	labels   map[ConntrackFilterType][][]byte
	zone     *uint16
	status   uint32
	noStatus uint32
	protocol uint8
}

var (
	errNoValue     = errors.New("conntrack filter: no value given")
	errHasTypeSaid = errors.New("conntrack filter: such a condition was added already")
)

// AddIPNet chooses flows with an address, by its type, within ipNet.
func (f *ConntrackFilter) AddIPNet(tp ConntrackFilterType, ipNet *net.IPNet) error {
	if ipNet == nil {
		return errNoValue
	}
	if _, ok := f.nets[tp]; ok {
		return errHasTypeSaid
	}
	if f.nets == nil {
		f.nets = map[ConntrackFilterType]*net.IPNet{}
	}
	f.nets[tp] = ipNet
	return nil
}

// AddIP chooses flows with an address, by its type.
func (f *ConntrackFilter) AddIP(tp ConntrackFilterType, ip net.IP) error {
	if ip == nil {
		return errNoValue
	}
	return f.AddIPNet(tp, NewIPNet(ip))
}

// AddPort chooses flows with a port, by its type. A protocol that has ports was added before.
func (f *ConntrackFilter) AddPort(tp ConntrackFilterType, port uint16) error {
	if !hasPorts(f.protocol) {
		return fmt.Errorf("conntrack filter: protocol %d has no ports", f.protocol)
	}
	if _, ok := f.ports[tp]; ok {
		return errHasTypeSaid
	}
	if f.ports == nil {
		f.ports = map[ConntrackFilterType]uint16{}
	}
	f.ports[tp] = port
	return nil
}

// hasPorts reports whether ports distinguish the connections of a protocol.
func hasPorts(protocol uint8) bool {
	switch protocol {
	case uapi.IPPROTO_TCP, uapi.IPPROTO_UDP, uapi.IPPROTO_DCCP, uapi.IPPROTO_SCTP, uapi.IPPROTO_UDPLITE:
		return true
	}
	return false
}

// AddProtocol chooses flows of a protocol (IPPROTO_…).
func (f *ConntrackFilter) AddProtocol(proto uint8) error {
	if f.protocol != 0 {
		return errHasTypeSaid
	}
	f.protocol = proto
	return nil
}

// AddStatus chooses flows by bits of their status (ConntrackStatus…): with ConntrackMatchStatus those that have all
// of them, with ConntrackUnmatchStatus those that have none. It may be called more than once.
func (f *ConntrackFilter) AddStatus(tp ConntrackFilterType, status uint32) error {
	switch tp {
	case ConntrackMatchStatus:
		f.status |= status
	case ConntrackUnmatchStatus:
		f.noStatus |= status
	default:
		return fmt.Errorf("conntrack filter: type %d is none of a status", tp)
	}
	return nil
}

// AddLabels chooses flows by their labels, each a run of bytes that the flow's 16 bytes hold somewhere: with
// ConntrackMatchLabels those that hold all of them, with ConntrackUnmatchLabels those that hold none.
// A flow without labels is not chosen by either.
func (f *ConntrackFilter) AddLabels(tp ConntrackFilterType, labels [][]byte) error {
	if len(labels) == 0 {
		return errNoValue
	}
	if _, ok := f.labels[tp]; ok {
		return errHasTypeSaid
	}
	if f.labels == nil {
		f.labels = map[ConntrackFilterType][][]byte{}
	}
	f.labels[tp] = labels
	return nil
}

// AddZone chooses flows of a zone.
func (f *ConntrackFilter) AddZone(zone uint16) error {
	if f.zone != nil {
		return errHasTypeSaid
	}
	f.zone = &zone
	return nil
}

func (f *ConntrackFilter) empty() bool {
	return len(f.nets) == 0 && len(f.ports) == 0 && f.protocol == 0 && f.status == 0 && f.noStatus == 0 &&
		len(f.labels) == 0 && f.zone == nil
}

// flowParts is what filters look at.
type flowParts struct {
	protocol                     uint8
	zone                         uint16
	status                       uint32
	labels                       []byte
	srcPort, dstPort             uint16
	src, dst, replySrc, replyDst net.IP
}

// MatchConntrackFlow reports whether the flow meets all conditions, of which there is at least one.
func (f *ConntrackFilter) MatchConntrackFlow(flow *ConntrackFlow) bool {
	return f.match(&flowParts{
		protocol: flow.Forward.Protocol, zone: flow.Zone, status: flow.Status, labels: flow.Labels,
		srcPort: flow.Forward.SrcPort, dstPort: flow.Forward.DstPort,
		src: flow.Forward.SrcIP, dst: flow.Forward.DstIP, replySrc: flow.Reverse.SrcIP, replyDst: flow.Reverse.DstIP,
	})
}

// MatchConntrackEntry is [ConntrackFilter.MatchConntrackFlow] for an entry.
func (f *ConntrackFilter) MatchConntrackEntry(e *ConntrackEntry) bool {
	if f == nil {
		return false
	}
	p := flowParts{
		protocol: e.Original.Protocol, zone: e.Zone, status: e.Status,
		srcPort: e.Original.SrcPort, dstPort: e.Original.DstPort,
	}
	if e.HasLabels && len(f.labels) != 0 {
		p.labels = e.Labels[:]
	}
	var buf [4][net.IPv6len]byte
	if len(f.nets) != 0 {
		for i, a := range [...]struct {
			addr netip.Addr
			to   *net.IP
		}{{e.Original.Src, &p.src}, {e.Original.Dst, &p.dst}, {e.Reply.Src, &p.replySrc}, {e.Reply.Dst, &p.replyDst}} {
			switch {
			case a.addr.Is4():
				b := a.addr.As4()
				*a.to = buf[i][:copy(buf[i][:], b[:])]
			case a.addr.IsValid():
				buf[i] = a.addr.As16()
				*a.to = buf[i][:]
			}
		}
	}
	return f.match(&p)
}

func (f *ConntrackFilter) match(p *flowParts) bool {
	if f == nil || f.empty() ||
		f.protocol != 0 && p.protocol != f.protocol ||
		f.zone != nil && p.zone != *f.zone ||
		p.status&f.status != f.status || p.status&f.noStatus != 0 {
		return false
	}
	for tp, n := range f.nets {
		ok := true
		switch tp {
		case ConntrackOrigSrcIP:
			ok = n.Contains(p.src)
		case ConntrackOrigDstIP:
			ok = n.Contains(p.dst)
		case ConntrackReplySrcIP:
			ok = n.Contains(p.replySrc)
		case ConntrackReplyDstIP:
			ok = n.Contains(p.replyDst)
		case ConntrackReplyAnyIP:
			ok = n.Contains(p.replySrc) || n.Contains(p.replyDst)
		}
		if !ok {
			return false
		}
	}
	if port, ok := f.ports[ConntrackOrigSrcPort]; ok && port != p.srcPort {
		return false
	}
	if port, ok := f.ports[ConntrackOrigDstPort]; ok && port != p.dstPort {
		return false
	}
	if len(f.labels) != 0 && len(p.labels) == 0 {
		return false
	}
	for _, label := range f.labels[ConntrackMatchLabels] {
		if !bytes.Contains(p.labels, label) {
			return false
		}
	}
	for _, label := range f.labels[ConntrackUnmatchLabels] {
		if bytes.Contains(p.labels, label) {
			return false
		}
	}
	return true
}

// query returns what of the filter the kernel can choose by. That may choose more.
func (f *ConntrackFilter) query(family InetFamily) ConntrackQuery {
	q := ConntrackQuery{Family: family, Status: f.status, NoStatus: f.noStatus}
	if f.zone != nil && *f.zone != 0 { // for the kernel one that a single direction has is not 0
		q.Zone = f.zone
	}
	q.Original.Protocol = f.protocol
	for tp, n := range f.nets {
		var to *netip.Prefix
		switch tp {
		case ConntrackOrigSrcIP:
			to = &q.Original.Src
		case ConntrackOrigDstIP:
			to = &q.Original.Dst
		case ConntrackReplySrcIP:
			to = &q.Reply.Src
		case ConntrackReplyDstIP:
			to = &q.Reply.Dst
		default:
			continue
		}
		if ones, bits := n.Mask.Size(); bits != 0 {
			if a, ok := netip.AddrFromSlice(n.IP); ok && a.Unmap().BitLen() == bits {
				*to = netip.PrefixFrom(a.Unmap(), ones)
			}
		}
	}
	if port, ok := f.ports[ConntrackOrigSrcPort]; ok {
		q.Original.SrcPort = port
	}
	if port, ok := f.ports[ConntrackOrigDstPort]; ok {
		q.Original.DstPort = port
	}
	return q
}
