package netlink

import (
	"fmt"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NexthopStats are the packets that a member of a group got (Linux 6.9).
type NexthopStats struct {
	ID        uint32 // of the member
	Packets   uint64 // that the kernel and hardware sent
	PacketsHW uint64 // those of them that hardware sent; 0 where it was not asked
}

// NexthopFilter says which next hop objects to list, and what of them.
type NexthopFilter struct {
	Family  int    // FAMILY_…; 0: of all
	OIF     uint32 // the index of the link that they lead to; 0: any
	Master  uint32 // the index of the link that theirs is a port of; 0: any
	Groups  bool   // only groups
	FDB     bool   // only those for forwarding entries
	Stats   bool   // with Stats (Linux 6.9)
	HWStats bool   // with what hardware counted, which is asked then, too
}

// Bits of NHA_OP_FLAGS in a request (NHA_OP_FLAG_…), which the header has by a macro that it does not define.
const (
	nexthopDumpStats   = 1 << 0
	nexthopDumpHWStats = 1 << 1
)

func (f *NexthopFilter) request(typ uint16) *wire.Request {
	r := wire.NewRequest(typ, 0)
	(&uapi.Nhmsg{Family: uint8(inRange(&r.Encoder, "family", f.Family, 1<<8-1))}).Put(r.Header(uapi.SizeofNhmsg))
	if f.OIF != 0 {
		r.Uint32(uapi.NHA_OIF, f.OIF)
	}
	if f.Groups {
		r.Flag(uapi.NHA_GROUPS)
	}
	if f.Master != 0 {
		r.Uint32(uapi.NHA_MASTER, f.Master)
	}
	if f.FDB {
		r.Flag(uapi.NHA_FDB)
	}
	switch {
	case f.HWStats:
		r.Uint32(uapi.NHA_OP_FLAGS, nexthopDumpStats|nexthopDumpHWStats)
	case f.Stats:
		r.Uint32(uapi.NHA_OP_FLAGS, nexthopDumpStats)
	}
	return r
}

// NexthopListFiltered returns the objects that the filter wants: ip nexthop show
// with selectors. See [ErrDumpInterrupted].
func (h *Handle) NexthopListFiltered(filter NexthopFilter) ([]Nexthop, error) {
	return list(h, filter.request(uapi.RTM_GETNEXTHOP), nexthopListOp, filter.listed)
}

const nexthopListOp = "nexthop list"

func (f *NexthopFilter) listed(m wire.Message) (Nexthop, bool, error) {
	if m.Type != uapi.RTM_NEWNEXTHOP {
		return Nexthop{}, false, nil
	}
	n, err := decodeNexthop(m.Data)
	return n, err == nil && (n.FDB || !f.FDB), err
}

// NexthopByID returns the object with a number: ip nexthop get id ID. Where there is none
// the error is ENOENT.
func (h *Handle) NexthopByID(id uint32) (*Nexthop, error) {
	r := wire.NewRequest(uapi.RTM_GETNEXTHOP, 0)
	r.Header(uapi.SizeofNhmsg)
	r.Uint32(uapi.NHA_ID, id)
	var n Nexthop
	err := h.get(r, "nexthop get", func() string { return fmt.Sprintf("id %d", id) }, func(m wire.Message) (err error) {
		n, err = decodeNexthop(m.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// NexthopBucket is one of the buckets that a resilient group hashes flows to.
type NexthopBucket struct {
	ID        uint32 // the group
	Index     uint16 // of the bucket in it
	NexthopID uint32 // the member that the bucket's packets go to
	Idle      time.Duration
	Flags     int // RTNH_F_…
}

// NexthopBucketFilter says which buckets to list.
type NexthopBucketFilter struct {
	ID        uint32 // the group; 0: all
	NexthopID uint32 // the member; 0: any
	OIF       uint32 // the index of the link that the member leads to; 0: any
	Master    uint32 // the index of the link that its link is a port of; 0: any
}

// NexthopBucketList returns buckets of resilient groups: ip nexthop bucket list.
// See [ErrDumpInterrupted].
func (h *Handle) NexthopBucketList(filter NexthopBucketFilter) ([]NexthopBucket, error) {
	f := NexthopFilter{OIF: filter.OIF, Master: filter.Master}
	r := f.request(uapi.RTM_GETNEXTHOPBUCKET)
	if filter.ID != 0 {
		r.Uint32(uapi.NHA_ID, filter.ID)
	}
	if filter.NexthopID != 0 {
		r.Nest(uapi.NHA_RES_BUCKET | uapi.NLA_F_NESTED)
		r.Uint32(uapi.NHA_RES_BUCKET_NH_ID, filter.NexthopID)
		r.End()
	}
	return list(h, r, "nexthop bucket list", func(m wire.Message) (NexthopBucket, bool, error) {
		if m.Type != uapi.RTM_NEWNEXTHOPBUCKET {
			return NexthopBucket{}, false, nil
		}
		b, err := decodeNexthopBucket(m.Data)
		return b, err == nil, err
	})
}

// NexthopBucketGet returns one bucket of a resilient group: ip nexthop bucket get.
func (h *Handle) NexthopBucketGet(id uint32, index uint16) (*NexthopBucket, error) {
	r := wire.NewRequest(uapi.RTM_GETNEXTHOPBUCKET, 0)
	r.Header(uapi.SizeofNhmsg)
	r.Uint32(uapi.NHA_ID, id)
	r.Nest(uapi.NHA_RES_BUCKET | uapi.NLA_F_NESTED)
	r.Uint16(uapi.NHA_RES_BUCKET_INDEX, index)
	r.End()
	var b NexthopBucket
	err := h.get(r, "nexthop bucket get", func() string { return fmt.Sprintf("id %d index %d", id, index) },
		func(m wire.Message) (err error) {
			b, err = decodeNexthopBucket(m.Data)
			return err
		})
	if err != nil {
		return nil, err
	}
	return &b, nil
}

func decodeNexthopBucket(data []byte) (b NexthopBucket, err error) {
	var m uapi.Nhmsg
	m.Decode(data)
	b.Flags = int(m.Flags)
	d := wire.NewDecoderAfter(data, uapi.SizeofNhmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.NHA_ID:
			b.ID = d.Uint32()
		case uapi.NHA_RES_BUCKET:
			in := d.Nested()
			for in.Next() {
				switch in.Type() {
				case uapi.NHA_RES_BUCKET_INDEX:
					b.Index = in.Uint16()
				case uapi.NHA_RES_BUCKET_IDLE_TIME:
					b.Idle = ticksTime(in.Uint64())
				case uapi.NHA_RES_BUCKET_NH_ID:
					b.NexthopID = in.Uint32()
				}
			}
			d.Fail(in.Err())
		}
	}
	return b, d.Err()
}

// ticksTime is a time in hundredths of a second (USER_HZ), at most the longest duration.
func ticksTime(n uint64) time.Duration {
	const most = uint64(1<<63-1) / uint64(time.Second/uapi.HZ)
	return time.Duration(min(n, most)) * (time.Second / uapi.HZ)
}

func decodeNexthopStats(d *wire.Decoder) []NexthopStats {
	var all []NexthopStats
	for d.Next() {
		var s NexthopStats
		in := d.Nested()
		for in.Next() {
			switch in.Type() {
			case uapi.NHA_GROUP_STATS_ENTRY_ID:
				s.ID = in.Uint32()
			case uapi.NHA_GROUP_STATS_ENTRY_PACKETS:
				s.Packets = wideUint(&in)
			case uapi.NHA_GROUP_STATS_ENTRY_PACKETS_HW:
				s.PacketsHW = wideUint(&in)
			}
		}
		d.Fail(in.Err())
		all = append(all, s)
	}
	return all
}

// wideUint reads a number that has four bytes, or eight where it needs them (NLA_UINT).
func wideUint(d *wire.Decoder) uint64 {
	if len(d.Data()) == 8 {
		return native.Uint64(d.Data())
	}
	return uint64(d.Uint32())
}

func nexthopDump() *wire.Request { return new(NexthopFilter).request(uapi.RTM_GETNEXTHOP) }
