package netlink

import (
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"strings"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// States, flags and filter modes of [MDBEntry], and what [MDBRouter.Type] is.
const (
	MDB_TEMPORARY = uapi.MDB_TEMPORARY // ends when its timer does
	MDB_PERMANENT = uapi.MDB_PERMANENT

	MDB_FLAGS_OFFLOAD        = uapi.MDB_FLAGS_OFFLOAD        // hardware has it
	MDB_FLAGS_FAST_LEAVE     = uapi.MDB_FLAGS_FAST_LEAVE     // ended without a last query
	MDB_FLAGS_STAR_EXCL      = uapi.MDB_FLAGS_STAR_EXCL      // is there for a port that takes all sources but some
	MDB_FLAGS_BLOCKED        = uapi.MDB_FLAGS_BLOCKED        // packets of this source do not pass
	MDB_FLAGS_OFFLOAD_FAILED = uapi.MDB_FLAGS_OFFLOAD_FAILED // hardware refused it

	MCAST_EXCLUDE = uapi.MCAST_EXCLUDE // packets of all sources but the listed ones
	MCAST_INCLUDE = uapi.MCAST_INCLUDE // packets of the listed sources alone

	MDB_RTR_TYPE_DISABLED   = uapi.MDB_RTR_TYPE_DISABLED
	MDB_RTR_TYPE_TEMP_QUERY = uapi.MDB_RTR_TYPE_TEMP_QUERY // since a query came by the port
	MDB_RTR_TYPE_PERM       = uapi.MDB_RTR_TYPE_PERM
	MDB_RTR_TYPE_TEMP       = uapi.MDB_RTR_TYPE_TEMP // since it was set
)

// MDBEntry says that packets to a multicast group go to a port of a bridge, or to a host behind a VXLAN device:
// bridge mdb. What identifies an entry are its links, Group or HardwareAddr, Source, Vlan, Dst and SrcVNI.
type MDBEntry struct {
	LinkIndex int // of the bridge or of the VXLAN device
	// PortIndex is the port that has members. It is LinkIndex where the host itself is one, and of VXLAN devices.
	PortIndex int

	Group        netip.Addr       // 0.0.0.0 or :: of a VXLAN device: packets to groups that have no entry
	HardwareAddr net.HardwareAddr // instead of Group: of packets that are not IP
	Source       netip.Addr       // the only source that it is for, if it is valid
	Vlan         int

	State int // MDB_PERMANENT or MDB_TEMPORARY
	Flags int // MDB_FLAGS_…; only read

	// FilterMode is MCAST_EXCLUDE or MCAST_INCLUDE and says what Sources are, in an entry without Source. Nil is the
	// kernel's default, exclude, and in listed entries what a bridge with IGMP 2 or MLD 1 has.
	FilterMode *int
	Sources    []MDBSource
	Protocol   RouteProtocol // who made it; 0: RTPROT_STATIC

	// Of VXLAN devices (Linux 6.3). Listed entries have no values that are the device's own.
	Dst      netip.Addr // the host that packets are sent to
	DstPort  int
	VNI      *uint32 // the network identifier that packets are sent with
	SrcVNI   *uint32 // the one that packets were sent with, of a device with FlowBased
	ViaIndex int     // of the link that packets leave by

	Timer time.Duration // until it ends, if it is temporary; only read
}

// MDBSource is a source of packets to a group.
type MDBSource struct {
	Addr  netip.Addr
	Timer time.Duration // until it is forgotten; 0: never, or it is blocked; only read
}

// MDBRouter is a port of a bridge that leads to a multicast router, so that packets to all groups go there:
// bridge -d mdb.
type MDBRouter struct {
	LinkIndex int // of the bridge
	PortIndex int
	Vlan      int
	Type      int // MDB_RTR_TYPE_…

	// How long it stays one: the longer of the two times, and those since routers of each family were heard. Nil is
	// a family that has none. Events have no times, and no type.
	Timer                time.Duration
	TimerIPv4, TimerIPv6 *time.Duration
}

// MDB is what one message of the kernel says of a device's groups.
type MDB struct {
	LinkIndex int // of the bridge or of the VXLAN device
	Entries   []MDBEntry
	Routers   []MDBRouter
}

// String returns the entry as bridge mdb shows it, with the numbers of the links.
func (e *MDBEntry) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "dev %d port %d grp ", e.LinkIndex, e.PortIndex)
	if len(e.HardwareAddr) != 0 {
		b.WriteString(addrOf(e.HardwareAddr))
	} else {
		b.WriteString(e.Group.String())
	}
	if e.Source.IsValid() {
		fmt.Fprintf(&b, " src %v", e.Source)
	}
	if e.Vlan != 0 {
		fmt.Fprintf(&b, " vid %d", e.Vlan)
	}
	if e.Dst.IsValid() {
		fmt.Fprintf(&b, " dst %v", e.Dst)
	}
	if e.SrcVNI != nil {
		fmt.Fprintf(&b, " src_vni %d", *e.SrcVNI)
	}
	return b.String()
}

// key returns the entry with no more than what identifies it.
func (e *MDBEntry) key() *MDBEntry {
	return &MDBEntry{LinkIndex: e.LinkIndex, PortIndex: e.PortIndex, Group: e.Group, HardwareAddr: e.HardwareAddr,
		Source: e.Source, Vlan: e.Vlan, Dst: e.Dst, SrcVNI: e.SrcVNI}
}

// MDBAdd adds an entry: bridge mdb add. One that is there already is EEXIST. A listed entry can be
// added again, unless the bridge made it itself (RTPROT_KERNEL).
func (h *Handle) MDBAdd(entry *MDBEntry) error {
	return h.mdbChange("mdb add", uapi.RTM_NEWMDB, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, entry)
}

// MDBReplace adds an entry, or changes the one that is there: bridge mdb replace (Linux 6.3).
func (h *Handle) MDBReplace(entry *MDBEntry) error {
	return h.mdbChange("mdb replace", uapi.RTM_NEWMDB, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, entry)
}

// MDBDel deletes an entry: bridge mdb del. Only what identifies it counts.
func (h *Handle) MDBDel(entry *MDBEntry) error {
	return h.mdbChange("mdb del", uapi.RTM_DELMDB, 0, entry)
}

func (h *Handle) mdbChange(op string, typ, flags uint16, entry *MDBEntry) error {
	if entry == nil {
		return h.refuse(errNoMDBEntry, op, noObject)
	}
	send := entry.key()
	if typ == uapi.RTM_NEWMDB {
		*send = *entry
		// Without sources exclude is the default, which Linux before 6.3 has alone.
		byDefault := send.FilterMode != nil && *send.FilterMode == MCAST_EXCLUDE && len(send.Sources) == 0
		if entry.Source.IsValid() || entry.Group.IsUnspecified() || byDefault {
			send.FilterMode = nil // is listed, but the kernel refuses to be told
		}
	}
	return h.exec(send.Request(typ, flags), op, entry.String)
}

var errNoMDBEntry = errors.New("no entry given")

// MDBGet returns the entries of a group on all ports, to all hosts: bridge mdb get (Linux 6.8). The group is
// LinkIndex, Group or HardwareAddr, Source, Vlan and SrcVNI of entry. One without members is ENOENT.
func (h *Handle) MDBGet(entry *MDBEntry) ([]MDBEntry, error) {
	const op = "mdb get"
	if entry == nil {
		return nil, h.refuse(errNoMDBEntry, op, noObject)
	}
	group := entry.key()
	group.PortIndex, group.Dst = 0, netip.Addr{}
	var found []MDBEntry
	err := h.withDetails().get(group.Request(uapi.RTM_GETMDB, 0), op, group.String, func(m wire.Message) error {
		mdb, err := decodeMDB(m.Data)
		found = mdb.Entries
		return err
	})
	return found, err
}

const mdbListOp = "mdb list"

// MDBList returns the entries of a bridge or of a VXLAN device, 0 is all: bridge mdb show. See [ErrDumpInterrupted].
func (h *Handle) MDBList(linkIndex int) ([]MDBEntry, error) {
	parts, err := list(h.withDetails(), mdbRequest(), mdbListOp, mdbOf(linkIndex))
	var last MDBEntry
	var all []MDBEntry
	for _, p := range parts {
		for _, e := range p.Entries {
			if !last.listedAgain(&e) {
				all = append(all, e)
			}
			last = e
		}
	}
	return all, err
}

// MDBSeq is [Handle.MDBList] as a stream. An interrupted dump ends with [ErrDumpInterrupted].
func (h *Handle) MDBSeq(linkIndex int) iter.Seq2[MDBEntry, error] {
	return func(yield func(MDBEntry, error) bool) {
		request := func() (*wire.Request, error) { return mdbRequest(), nil }
		var last MDBEntry
		for p, err := range seq(h, request, mdbListOp, mdbOf(linkIndex)) {
			if err != nil {
				yield(MDBEntry{}, err)
				return
			}
			for _, e := range p.Entries {
				if !last.listedAgain(&e) && !yield(e, nil) {
					return
				}
				last = e
			}
		}
	}
}

// listedAgain reports whether next is the same entry: a bridge lists the host's membership twice where a datagram ends
// after it.
func (e *MDBEntry) listedAgain(next *MDBEntry) bool {
	return next.PortIndex == next.LinkIndex && !next.Dst.IsValid() && e.PortIndex == next.PortIndex &&
		e.String() == next.String()
}

// MDBRouterList returns the ports of a bridge that lead to multicast routers, 0 is all bridges: bridge -d mdb show.
func (h *Handle) MDBRouterList(linkIndex int) ([]MDBRouter, error) {
	parts, err := list(h.withDetails(), mdbRequest(), "mdb router list", mdbOf(linkIndex))
	var all []MDBRouter
	for _, p := range parts {
		all = append(all, p.Routers...)
	}
	return all, err
}

// MDBFilter says which entries [Handle.MDBFlush] deletes. Zero fields leave the choice open.
type MDBFilter struct {
	LinkIndex int // of the bridge or of the VXLAN device; never left open
	PortIndex int
	Vlan      int
	Protocol  RouteProtocol
	Permanent *bool

	// Of VXLAN devices.
	Dst         netip.Addr
	DstPort     int
	VNI, SrcVNI uint32
}

// MDBFlush deletes the entries that filter chooses: bridge mdb flush (Linux 6.8).
func (h *Handle) MDBFlush(filter MDBFilter) error {
	return h.exec(filter.Request(), "mdb flush", func() string { return fmt.Sprintf("dev %d", filter.LinkIndex) })
}
