package netlink

import (
	"errors"
	"fmt"
	"math"
	"time"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Ntable is a table of neighbours, arp_cache or ndisc_cache, or with LinkIndex how those of one link
// are looked for: ip ntable. To set, what is nil stays as it is.
type Ntable struct {
	Family    int    // FAMILY_V4 or FAMILY_V6; 0 to set: the first table of the name
	Name      string // "arp_cache"
	LinkIndex int    // of the link; 0: of the table, and what new links begin with

	// Of a table: with less entries than Thresh1 none is thrown away, more than Thresh2 are for some seconds, and
	// there are never more than Thresh3.
	Thresh1, Thresh2, Thresh3 *uint32
	GCInterval                *time.Duration // has been without effect since Linux 2.6.9

	BaseReachable     *time.Duration // an entry is reachable for half to one and a half times as long
	Retrans           *time.Duration // between two probes
	GCStale           *time.Duration // an entry that nobody uses stays for so long
	DelayProbe        *time.Duration // from the first use of an old entry to the first probe
	AnycastDelay      *time.Duration // the longest before an answer for an anycast address
	ProxyDelay        *time.Duration // the longest before an answer for others
	LockTime          *time.Duration // an entry does not change again for so long
	IntervalProbeTime *time.Duration // between probes of managed entries (Linux 6.2)
	QueueLen          *uint32        // packets that wait for an entry, of the largest size
	QueueLenBytes     *uint32        // the same in bytes
	AppProbes         *uint32        // probes that programs are asked for
	UcastProbes       *uint32        // probes to the address that was known
	McastProbes       *uint32        // probes to all
	McastReprobes     *uint32        // further ones, after those to the known address
	ProxyQueueLen     *uint32        // packets that wait for the answer for others

	Refcnt    uint32        // how many use these settings; only read
	Reachable time.Duration // for how long an entry is reachable now; only read
	Stats     *NtableStats  // of a table; only read
	Config    *NtableConfig // of a table; only read
}

// NtableConfig is how the kernel keeps a table (struct ndt_config).
type NtableConfig struct {
	KeyLen, EntrySize   uint16 // bytes of an address, and of an entry
	Entries             uint32
	LastFlush, LastRand time.Duration // ago: entries were thrown away, and reachable times drawn
	HashRnd, HashMask   uint32
	ProxyQueueLen       uint32 // packets that wait for answers for others
}

// NtableStats are the counters of a table of neighbours, of all network namespaces.
type NtableStats struct {
	Allocs, Destroys               uint64 // entries made and gone
	HashGrows                      uint64
	ResFailed                      uint64 // neighbours that were not found
	Lookups, Hits                  uint64
	RcvProbesMcast, RcvProbesUcast uint64 // probes that came
	PeriodicGCRuns, ForcedGCRuns   uint64
	TableFulls                     uint64
}

func (t *Ntable) attrs(c *attr.Codec) {
	attr.String(c, uapi.NDTA_NAME, &t.Name)
	attr.OptU32(c, uapi.NDTA_THRESH1, &t.Thresh1)
	attr.OptU32(c, uapi.NDTA_THRESH2, &t.Thresh2)
	attr.OptU32(c, uapi.NDTA_THRESH3, &t.Thresh3)
	optMillis(c, uapi.NDTA_GC_INTERVAL, &t.GCInterval)
	attr.Nest(c, uapi.NDTA_PARMS|attr.IfSet, t.parms)
	attr.Custom(c, uapi.NDTA_CONFIG, nil, func(b []byte) {
		var v uapi.NdtConfig
		v.Decode(b)
		t.Config = &NtableConfig{
			KeyLen: v.KeyLen, EntrySize: v.EntrySize, Entries: v.Entries,
			LastFlush: time.Duration(v.LastFlush) * time.Millisecond,
			LastRand:  time.Duration(v.LastRand) * time.Millisecond,
			HashRnd:   v.HashRnd, HashMask: v.HashMask, ProxyQueueLen: v.ProxyQlen,
		}
	})
	attr.Custom(c, uapi.NDTA_STATS, nil, func(b []byte) {
		var s uapi.NdtStats
		s.Decode(b)
		t.Stats = &NtableStats{
			Allocs: s.Allocs, Destroys: s.Destroys, HashGrows: s.HashGrows, ResFailed: s.ResFailed, Lookups: s.Lookups,
			Hits:           s.Hits,
			RcvProbesMcast: s.RcvProbesMcast, RcvProbesUcast: s.RcvProbesUcast, PeriodicGCRuns: s.PeriodicGcRuns,
			ForcedGCRuns: s.ForcedGcRuns,
			TableFulls:   s.TableFulls,
		}
	})
}

func (t *Ntable) parms(c *attr.Codec) {
	attr.IntU32(c, uapi.NDTPA_IFINDEX|attr.IfSet, &t.LinkIndex, "link", math.MaxInt32)
	attr.U32(c, uapi.NDTPA_REFCNT|attr.ReadOnly, &t.Refcnt)
	attr.Custom(c, uapi.NDTPA_REACHABLE_TIME, nil, func(b []byte) { t.Reachable = millisOf(b) })
	for _, f := range [...]struct {
		typ attr.Type
		p   **time.Duration
	}{
		{uapi.NDTPA_BASE_REACHABLE_TIME, &t.BaseReachable},
		{uapi.NDTPA_RETRANS_TIME, &t.Retrans},
		{uapi.NDTPA_GC_STALETIME, &t.GCStale},
		{uapi.NDTPA_DELAY_PROBE_TIME, &t.DelayProbe},
		{uapi.NDTPA_ANYCAST_DELAY, &t.AnycastDelay},
		{uapi.NDTPA_PROXY_DELAY, &t.ProxyDelay},
		{uapi.NDTPA_LOCKTIME, &t.LockTime},
		{uapi.NDTPA_INTERVAL_PROBE_TIME_MS, &t.IntervalProbeTime},
	} {
		optMillis(c, f.typ, f.p)
	}
	attr.OptU32(c, uapi.NDTPA_QUEUE_LEN, &t.QueueLen)
	attr.OptU32(c, uapi.NDTPA_QUEUE_LENBYTES, &t.QueueLenBytes)
	attr.OptU32(c, uapi.NDTPA_APP_PROBES, &t.AppProbes)
	attr.OptU32(c, uapi.NDTPA_UCAST_PROBES, &t.UcastProbes)
	attr.OptU32(c, uapi.NDTPA_MCAST_PROBES, &t.McastProbes)
	attr.OptU32(c, uapi.NDTPA_MCAST_REPROBES, &t.McastReprobes)
	attr.OptU32(c, uapi.NDTPA_PROXY_QLEN, &t.ProxyQueueLen)
}

// optMillis is a time in milliseconds, of eight bytes.
func optMillis(c *attr.Codec, typ attr.Type, p **time.Duration) {
	attr.Custom(c, typ, func(e *wire.Encoder) {
		if *p == nil {
			return
		}
		if **p < 0 {
			e.Fail(fmt.Errorf("time %v is negative", **p))
		}
		e.Uint64(uint16(typ), uint64(**p/time.Millisecond))
	}, func(b []byte) { *p = new(millisOf(b)) })
}

func millisOf(b []byte) time.Duration {
	if len(b) < 8 {
		return 0
	}
	const most = uint64(math.MaxInt64 / int64(time.Millisecond))
	return time.Duration(min(native.Uint64(b), most)) * time.Millisecond
}

// NtableList returns the tables and the settings of links in them, for a family or, with 0, for all: ip ntable.
// See [ErrDumpInterrupted].
func (h *Handle) NtableList(family int) ([]Ntable, error) {
	r := wire.NewRequest(uapi.RTM_GETNEIGHTBL, 0)
	(&uapi.Ndtmsg{Family: uint8(inRange(&r.Encoder, "family", family, math.MaxUint8))}).Put(r.Header(uapi.SizeofNdtmsg))
	return list(h, r, "ntable list", func(m wire.Message) (Ntable, bool, error) {
		if m.Type != uapi.RTM_NEWNEIGHTBL {
			return Ntable{}, false, nil
		}
		t, err := decodeNtable(m.Data)
		return t, err == nil && (family == 0 || t.Family == family), err
	})
}

func decodeNtable(data []byte) (t Ntable, err error) {
	var head uapi.Ndtmsg
	head.Decode(data)
	t.Family = int(head.Family)
	return t, decodeAttrs(&t, data[min(uapi.SizeofNdtmsg, len(data)):])
}

// NtableSet changes the fields that are set of a table, or with LinkIndex of the settings of a link in it: ip ntable
// change.
func (h *Handle) NtableSet(table *Ntable) error {
	r := wire.NewRequest(uapi.RTM_SETNEIGHTBL, uapi.NLM_F_REPLACE)
	if table == nil {
		r.Fail(errors.New("no table given"))
		return h.exec(r, "ntable change", noObject)
	}
	(&uapi.Ndtmsg{Family: uint8(inRange(&r.Encoder, "family", table.Family,
		math.MaxUint8))}).Put(r.Header(uapi.SizeofNdtmsg))
	encodeAttrs(&r.Encoder, table)
	return h.exec(r, "ntable change", func() string {
		text := fmt.Sprintf("%.128q", table.Name)
		if table.LinkIndex != 0 {
			text += fmt.Sprintf(" dev %d", table.LinkIndex)
		}
		return text
	})
}
