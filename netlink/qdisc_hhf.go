package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Hhf finds the flows that send the most and lets the others go before them: tc-hhf(8). The zero values of
// fields leave the kernel's defaults.
type Hhf struct {
	QdiscAttrs
	Limit        uint32  // packets that may wait
	Quantum      uint32  // bytes a turn
	HHLimit      uint32  // flows at most that are taken for heavy
	ResetTimeout uint32  // microseconds after which the counters begin again
	AdmitBytes   uint32  // that make a flow heavy
	EvictTimeout uint32  // microseconds after which a heavy flow that is idle is none
	NonHHWeight  *uint32 // how much more the others get
}

// Attrs returns the attributes that all kinds have.
func (q *Hhf) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "hhf".
func (q *Hhf) Type() string { return "hhf" }

func (q *Hhf) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_HHF_BACKLOG_LIMIT|attr.IfSet, &q.Limit)
	attr.U32(c, uapi.TCA_HHF_QUANTUM|attr.IfSet, &q.Quantum)
	attr.U32(c, uapi.TCA_HHF_HH_FLOWS_LIMIT|attr.IfSet, &q.HHLimit)
	attr.U32(c, uapi.TCA_HHF_RESET_TIMEOUT|attr.IfSet, &q.ResetTimeout)
	attr.U32(c, uapi.TCA_HHF_ADMIT_BYTES|attr.IfSet, &q.AdmitBytes)
	attr.U32(c, uapi.TCA_HHF_EVICT_TIMEOUT|attr.IfSet, &q.EvictTimeout)
	attr.OptU32(c, uapi.TCA_HHF_NON_HH_WEIGHT, &q.NonHHWeight)
}

// HhfXstats is struct tc_hhf_xstats.
type HhfXstats struct {
	DropOverlimit uint32 // packets dropped by Limit
	HhOverlimit   uint32 // how often there were more heavy flows than HHLimit
	HhTotCount    uint32 // heavy flows so far
	HhCurCount    uint32 // and now
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Hhf) AppStatistics() *HhfXstats { return (*HhfXstats)(xstats[uapi.TcHhfXstats](q.Xstats)) }

func (*Hhf) describe() desc.Kind {
	return desc.Kind{Fields: hhfFields, Exact: true, Statistics: showHhfStatistics}
}

var hhfFields = []desc.Field{
	{Type: uapi.TCA_HHF_BACKLOG_LIMIT, Key: "limit", Form: desc.TcPackets, Read: readIfSet},
	{Type: uapi.TCA_HHF_QUANTUM, Key: "quantum", Form: desc.TcSize, Read: readIfSet},
	{Type: uapi.TCA_HHF_HH_FLOWS_LIMIT, Key: "hh_limit", Form: desc.TcU32, Read: readIfSet},
	{Type: uapi.TCA_HHF_RESET_TIMEOUT, Key: "reset_timeout", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_HHF_ADMIT_BYTES, Key: "admit_bytes", Form: desc.TcSize, Read: readIfSet},
	{Type: uapi.TCA_HHF_EVICT_TIMEOUT, Key: "evict_timeout", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_HHF_NON_HH_WEIGHT, Key: "non_hh_weight", Form: desc.TcU32, Read: readIfSet},
}

func showHhfStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcHhfXstats {
		return
	}
	var s uapi.TcHhfXstats
	s.Decode(b)
	p.Uint("drop_overlimit", "  drop_overlimit %d", uint64(s.DropOverlimit))
	p.Uint("hh_overlimit", " hh_overlimit %d", uint64(s.HhOverlimit))
	p.Uint("tot_hh", " tot_hh %d", uint64(s.HhTotCount))
	p.Uint("cur_hh", " cur_hh %d", uint64(s.HhCurCount))
}
