package desc

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// counters is what TCA_STATS2 holds.
type counters struct {
	basic, hw          *uapi.GnetStatsBasic
	packets, hwPackets uint64
	queue              *uapi.GnetStatsQueue
	rate               *uapi.GnetStatsRateEst
	rate64             *uapi.GnetStatsRateEst64
	app                []byte
}

func readCounters(b []byte) (c counters) {
	var last uint16 // of how many packets TCA_STATS_PKT64 is depends on what comes before it
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.TCA_STATS_BASIC:
			c.basic = new(uapi.GnetStatsBasic)
			c.basic.Decode(d.Data())
		case uapi.TCA_STATS_BASIC_HW:
			c.hw = new(uapi.GnetStatsBasic)
			c.hw.Decode(d.Data())
		case uapi.TCA_STATS_PKT64:
			switch last {
			case uapi.TCA_STATS_BASIC:
				c.packets = d.Uint64()
			case uapi.TCA_STATS_BASIC_HW:
				c.hwPackets = d.Uint64()
			}
		case uapi.TCA_STATS_QUEUE:
			c.queue = new(uapi.GnetStatsQueue)
			c.queue.Decode(d.Data())
		case uapi.TCA_STATS_RATE_EST:
			c.rate = new(uapi.GnetStatsRateEst)
			c.rate.Decode(d.Data())
		case uapi.TCA_STATS_RATE_EST64:
			c.rate64 = new(uapi.GnetStatsRateEst64)
			c.rate64.Decode(d.Data())
		case uapi.TCA_STATS_APP:
			c.app = d.Data()
		}
		last = d.Type()
	}
	if c.packets == 0 && c.basic != nil {
		c.packets = uint64(c.basic.Packets)
	}
	if c.hwPackets == 0 && c.hw != nil {
		c.hwPackets = uint64(c.hw.Packets)
	}
	return c
}

// ShowCounters prints the counters of an object of traffic control (TCA_STATS2), and returns the counters of the kind
// in it.
func ShowCounters(p *Printer, b []byte, prefix string) (app []byte) {
	c := readCounters(b)
	if c.basic != nil {
		p.Text("%s", prefix)
		p.Uint("bytes", "Sent %d bytes", c.basic.Bytes)
		p.Uint("packets", " %d pkt", c.packets)
	}
	if q := c.queue; q != nil {
		p.Uint("drops", " (dropped %d", uint64(q.Drops))
		p.Uint("overlimits", ", overlimits %d", uint64(q.Overlimits))
		p.Uint("requeues", " requeues %d) ", uint64(q.Requeues))
	}
	if hw := c.hw; hw != nil && (hw.Bytes != 0 || c.hwPackets != 0) {
		if c.basic != nil && c.basic.Bytes >= hw.Bytes && c.packets >= c.hwPackets {
			p.NL()
			p.Text("%s", prefix)
			p.Uint("sw_bytes", "Sent software %d bytes", c.basic.Bytes-hw.Bytes)
			p.Uint("sw_packets", " %d pkt", c.packets-c.hwPackets)
		}
		p.NL()
		p.Text("%s", prefix)
		p.Uint("hw_bytes", "Sent hardware %d bytes", hw.Bytes)
		p.Uint("hw_packets", " %d pkt", c.hwPackets)
	}
	rate := func(bps, pps uint64) {
		p.Text("\n%s", prefix)
		p.Rate("rate", "rate %s", bps)
		p.Uint("pps", " %dpps", pps)
	}
	switch {
	case c.rate64 != nil:
		rate(c.rate64.Bps, c.rate64.Pps)
	case c.rate != nil:
		rate(uint64(c.rate.Bps), uint64(c.rate.Pps))
	}
	if q := c.queue; q != nil {
		if c.rate == nil {
			p.NL()
		}
		p.Text("%s", prefix)
		p.Size("backlog", "backlog %s", uint64(q.Backlog))
		p.Uint("qlen", " %dp", uint64(q.Qlen))
		p.Text(" requeues %d", q.Requeues)
	}
	return c.app
}

// Sent returns the bytes and packets that TCA_STATS2 counts, and whether it has them.
func Sent(b []byte) (bytes, packets uint64, ok bool) {
	c := readCounters(b)
	if c.basic == nil {
		return 0, 0, false
	}
	return c.basic.Bytes, c.packets, true
}
