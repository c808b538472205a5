package netlink

import (
	"slices"
	"strconv"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// cakeNumber is a counter of 32 or of 64 bits.
func cakeNumber(b []byte) uint64 {
	switch {
	case len(b) >= 8:
		return native.Uint64(b)
	case len(b) >= 4:
		return uint64(native.Uint32(b))
	}
	return 0
}

func showCakeStatistics(p *desc.Printer, b []byte) {
	st := desc.ParseAttrs(b)
	number := func(typ uint16, show func(v uint64)) {
		if b, ok := st[typ]; ok {
			show(cakeNumber(b))
		}
	}
	pair := func(one, two uint16, show func(v, w uint64)) {
		if b, ok := st[two]; ok {
			number(one, func(v uint64) { show(v, cakeNumber(b)) })
		}
	}
	pair(uapi.TCA_CAKE_STATS_MEMORY_USED, uapi.TCA_CAKE_STATS_MEMORY_LIMIT, func(used, limit uint64) {
		p.Size("memory_used", " memory used: %s", used)
		p.Size("memory_limit", " of %s\n", limit)
	})
	number(uapi.TCA_CAKE_STATS_CAPACITY_ESTIMATE64, func(v uint64) {
		p.Rate("capacity_estimate", " capacity estimate: %s\n", v)
	})
	pair(uapi.TCA_CAKE_STATS_MIN_NETLEN, uapi.TCA_CAKE_STATS_MAX_NETLEN, func(low, high uint64) {
		p.Uint("min_network_size", " min/max network layer size: %12d", low)
		p.Uint("max_network_size", " /%8d\n", high)
	})
	pair(uapi.TCA_CAKE_STATS_MIN_ADJLEN, uapi.TCA_CAKE_STATS_MAX_ADJLEN, func(low, high uint64) {
		p.Uint("min_adj_size", " min/max overhead-adjusted size: %8d", low)
		p.Uint("max_adj_size", " /%8d\n", high)
	})
	number(uapi.TCA_CAKE_STATS_ACTIVE_QUEUES, func(v uint64) {
		p.Uint("active_queues", " active queues: %25d\n", v)
	})
	number(uapi.TCA_CAKE_STATS_AVG_NETOFF, func(v uint64) {
		p.Uint("avg_hdr_offset", " average network hdr offset: %12d\n\n", v)
	})
	showCakeFlow(p, number)
	if b, ok := st[uapi.TCA_CAKE_STATS_TIN_STATS]; ok {
		showCakeTins(p, b)
	}
}

// showCakeFlow prints the counters of a class, which is a flow.
func showCakeFlow(p *desc.Printer, number func(typ uint16, show func(v uint64))) {
	number(uapi.TCA_CAKE_STATS_DEFICIT, func(v uint64) { p.Int("deficit", "  deficit %d", int64(int32(v))) })
	number(uapi.TCA_CAKE_STATS_COBALT_COUNT, func(v uint64) { p.Uint("count", " count %d", v) })
	timer := func(key string) func(v uint64) {
		return func(v uint64) {
			switch us := int32(v); {
			case us < 0:
				p.Text(" %s -%s", key, desc.TimeText(uint32(-us)))
			default:
				p.Time(key, " "+key+" %s", uint32(us))
			}
		}
	}
	number(uapi.TCA_CAKE_STATS_DROPPING, func(v uint64) {
		if v != 0 {
			p.Bool("dropping", " dropping", true)
			number(uapi.TCA_CAKE_STATS_DROP_NEXT_US, timer("drop_next"))
		}
	})
	number(uapi.TCA_CAKE_STATS_P_DROP, func(v uint64) {
		p.Uint("blue_prob", " blue_prob %d", v)
		number(uapi.TCA_CAKE_STATS_BLUE_TIMER_US, timer("blue_timer"))
	})
}

// cakeRow is a counter that each tin has.
type cakeRow struct {
	typ        uint16
	label, key string
	unit       byte // r: a rate, t: a time, s: a size
}

// cakeRows are in the order of JSON.
var cakeRows = [...]cakeRow{
	{uapi.TCA_CAKE_TIN_STATS_THRESHOLD_RATE64, "thresh  ", "threshold_rate", 'r'},
	{uapi.TCA_CAKE_TIN_STATS_SENT_BYTES64, "bytes   ", "sent_bytes", 0},
	{uapi.TCA_CAKE_TIN_STATS_BACKLOG_BYTES, "backlog ", "backlog_bytes", 's'},
	{uapi.TCA_CAKE_TIN_STATS_TARGET_US, "target  ", "target_us", 't'},
	{uapi.TCA_CAKE_TIN_STATS_INTERVAL_US, "interval", "interval_us", 't'},
	{uapi.TCA_CAKE_TIN_STATS_PEAK_DELAY_US, "pk_delay", "peak_delay_us", 't'},
	{uapi.TCA_CAKE_TIN_STATS_AVG_DELAY_US, "av_delay", "avg_delay_us", 't'},
	{uapi.TCA_CAKE_TIN_STATS_BASE_DELAY_US, "sp_delay", "base_delay_us", 't'},
	{uapi.TCA_CAKE_TIN_STATS_SENT_PACKETS, "pkts    ", "sent_packets", 0},
	{uapi.TCA_CAKE_TIN_STATS_WAY_INDIRECT_HITS, "way_inds", "way_indirect_hits", 0},
	{uapi.TCA_CAKE_TIN_STATS_WAY_MISSES, "way_miss", "way_misses", 0},
	{uapi.TCA_CAKE_TIN_STATS_WAY_COLLISIONS, "way_cols", "way_collisions", 0},
	{uapi.TCA_CAKE_TIN_STATS_DROPPED_PACKETS, "drops   ", "drops", 0},
	{uapi.TCA_CAKE_TIN_STATS_ECN_MARKED_PACKETS, "marks   ", "ecn_mark", 0},
	{uapi.TCA_CAKE_TIN_STATS_ACKS_DROPPED_PACKETS, "ack_drop", "ack_drops", 0},
	{uapi.TCA_CAKE_TIN_STATS_SPARSE_FLOWS, "sp_flows", "sparse_flows", 0},
	{uapi.TCA_CAKE_TIN_STATS_BULK_FLOWS, "bk_flows", "bulk_flows", 0},
	{uapi.TCA_CAKE_TIN_STATS_UNRESPONSIVE_FLOWS, "un_flows", "unresponsive_flows", 0},
	{uapi.TCA_CAKE_TIN_STATS_MAX_SKBLEN, "max_len ", "max_pkt_len", 0},
	{uapi.TCA_CAKE_TIN_STATS_FLOW_QUANTUM, "quantum ", "flow_quantum", 0},
}

func (r *cakeRow) text(p *desc.Printer, v uint64) string {
	switch r.unit {
	case 'r':
		return desc.RateText(v, p.IEC)
	case 's':
		return desc.SizeText(v)
	case 't':
		return desc.TimeText(uint32(v))
	}
	return strconv.FormatUint(v, 10)
}

// showCakeTins prints the counters of all tins: in JSON one after the other, in text beside each other.
func showCakeTins(p *desc.Printer, b []byte) {
	var tins []desc.Attrs
	d := wire.NewDecoder(b)
	for d.Next() && len(tins) < uapi.TC_CAKE_MAX_TINS {
		tins = append(tins, desc.ParseAttrs(d.Data()))
	}
	rows := cakeRows[:]
	switch {
	case len(tins) == 0:
		return
	case p.JSON:
		p.Array("tins")
		for _, tin := range tins {
			p.Object("")
			for i := range rows {
				if b, ok := tin[rows[i].typ]; ok {
					p.Uint(rows[i].key, "", cakeNumber(b))
				}
			}
			p.EndObject()
		}
		p.EndArray()
		return
	}
	switch len(tins) {
	case 3:
		p.Text("                   Bulk  Best Effort        Voice\n")
	case 4:
		p.Text("                   Bulk  Best Effort        Video        Voice\n")
	default:
		p.Text("          ")
		for i := range tins {
			p.Text("        Tin %d", i)
		}
		p.NL()
	}
	for _, r := range slices.Concat(rows[:1], rows[3:8], rows[2:3], rows[8:9], rows[1:2], rows[9:]) {
		if _, ok := tins[0][r.typ]; !ok {
			continue
		}
		p.Text("  %s", r.label)
		for _, tin := range tins {
			p.Text(" %12s", r.text(p, cakeNumber(tin[r.typ])))
		}
		p.NL()
	}
}
