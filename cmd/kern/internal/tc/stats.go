package tc

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// hasStatistics reports whether a message has counters.
func hasStatistics(attrs desc.Attrs) bool {
	return attrs[uapi.TCA_STATS2] != nil || attrs[uapi.TCA_STATS] != nil || attrs[uapi.TCA_XSTATS] != nil
}

// showStatistics prints the counters of an object, and returns those of its kind.
func showStatistics(p *desc.Printer, attrs desc.Attrs, prefix string) (app []byte) {
	if b := attrs[uapi.TCA_STATS2]; b != nil {
		app = desc.ShowCounters(p, b, prefix)
	} else if b := attrs[uapi.TCA_STATS]; b != nil {
		showOldStatistics(p, b, prefix)
	}
	if app == nil {
		app = attrs[uapi.TCA_XSTATS]
	}
	return app
}

// showOldStatistics prints TCA_STATS, which kernels had before 2.6.10.
func showOldStatistics(p *desc.Printer, b []byte, prefix string) {
	var s uapi.TcStats
	s.Decode(b)
	p.Text("%s", prefix)
	p.Uint("bytes", "Sent %d bytes", s.Bytes)
	p.Uint("packets", " %d pkts", uint64(s.Packets))
	p.Uint("dropped", " (dropped %d,", uint64(s.Drops))
	p.Uint("overlimits", " overlimits %d) ", uint64(s.Overlimits))
	if s.Bps|s.Pps|s.Qlen|s.Backlog == 0 {
		return
	}
	p.NL()
	p.Text("%s", prefix)
	if s.Bps|s.Pps != 0 {
		p.Text("rate ")
	}
	if s.Bps != 0 {
		p.Rate("rate", "%s ", uint64(s.Bps))
	}
	if s.Pps != 0 {
		p.Uint("pps", "%dpps ", uint64(s.Pps))
	}
	if s.Qlen|s.Backlog != 0 {
		p.Text("backlog ")
	}
	if s.Backlog != 0 {
		p.Size("backlog", "%s ", uint64(s.Backlog))
	}
	if s.Qlen != 0 {
		p.Uint("qlen", "%dp ", uint64(s.Qlen))
	}
}
