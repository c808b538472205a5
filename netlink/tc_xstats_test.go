package netlink

import (
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Counters that did not come are nil, and structures are read in their order.
func TestCountersOfKinds(t *testing.T) {
	q := QdiscAttrs{Xstats: make([]byte, 200)}
	c := ClassAttrs{Xstats: q.Xstats}
	(&uapi.TcRedXstats{Early: 1, Pdrop: 2, Other: 3, Marked: 4}).Put(q.Xstats[:uapi.SizeofTcRedXstats])
	if s := (&Red{QdiscAttrs: q}).AppStatistics(); *s != (RedXstats{Early: 1, Pdrop: 2, Other: 3, Marked: 4}) {
		t.Errorf("%+v", s)
	}
	for i, there := range []bool{
		(&Choke{QdiscAttrs: q}).AppStatistics() != nil, (&Sfb{QdiscAttrs: q}).AppStatistics() != nil,
		(&Codel{QdiscAttrs: q}).AppStatistics() != nil,
		(&Pie{QdiscAttrs: q}).AppStatistics() != nil, (&FqPie{QdiscAttrs: q}).AppStatistics() != nil,
		(&Hhf{QdiscAttrs: q}).AppStatistics() != nil,
		(&Dualpi2{QdiscAttrs: q}).AppStatistics() != nil, (&DrrClass{ClassAttrs: c}).AppStatistics() != nil,
		(&QfqClass{ClassAttrs: c}).AppStatistics() != nil,
		new(Red).AppStatistics() == nil, new(Cake).AppStatistics() == nil,
	} {
		if !there {
			t.Errorf("%d is wrong", i)
		}
	}
	var e wire.Encoder
	e.Uint32(uapi.TCA_CAKE_STATS_MEMORY_USED, 5)
	e.Nest(uapi.TCA_CAKE_STATS_TIN_STATS)
	e.Nest(1)
	e.Uint32(uapi.TCA_CAKE_TIN_STATS_SENT_PACKETS, 6)
	e.End()
	e.End()
	s := (&Cake{QdiscAttrs: QdiscAttrs{Xstats: e.Bytes()}}).AppStatistics()
	if s == nil || s.MemoryUsed != 5 || len(s.Tins) != 1 || s.Tins[0].SentPackets != 6 {
		t.Errorf("%+v", s)
	}
	if q := NewSfb(QdiscAttrs{}); q.Increment != 33 || q.Decrement != 3 {
		t.Errorf("%+v", q)
	}
}
