package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

// Tbf sends no more than a rate: tc-tbf(8). Rates are in bytes a second.
type Tbf struct {
	QdiscAttrs
	Rate   uint64
	Limit  uint32 // bytes that may wait
	Buffer uint32 // how much may be sent at once, in ticks at Rate: see [Xmittime]
	// Peakrate is how fast what may be sent at once is sent, 0 for no limit.
	Peakrate uint64
	// Minburst is how many bytes may be sent at once at Peakrate. The kernel keeps it as a time; the
	// most that takes as long is read.
	Minburst uint32

	// Burst is Buffer in bytes. It is sent where it is not 0, and takes precedence, since a tick is
	// much at high rates; Buffer is read.
	Burst     uint32
	Overhead  uint16 // bytes that each packet has in addition
	Mpu       uint16 // bytes of the smallest packet
	LinkLayer uint8  // nl.LINKLAYER_ATM, or nl.LINKLAYER_ETHERNET, which 0 is too
}

// Attrs returns the attributes that all kinds have.
func (q *Tbf) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "tbf".
func (q *Tbf) Type() string { return "tbf" }

func (q *Tbf) attrs(c *attr.Codec) {
	checkLinkLayer(c, int64(q.LinkLayer))
	p := uapi.TcTbfQopt{Rate: rateSpec(q.Rate, q.Overhead, q.Mpu, q.LinkLayer), Limit: q.Limit, Buffer: q.Buffer}
	if q.Peakrate != 0 {
		p.Peakrate = rateSpec(q.Peakrate, q.Overhead, q.Mpu, q.LinkLayer)
		p.Mtu = Xmittime(q.Peakrate, q.Minburst)
	}
	if q.Burst != 0 && q.Buffer == 0 {
		p.Buffer = Xmittime(q.Rate, q.Burst)
	}
	rate, peak := above32(q.Rate), above32(q.Peakrate)
	attr.Struct(c, uapi.TCA_TBF_PARMS, uapi.SizeofTcTbfQopt, &p)
	attr.U64(c, uapi.TCA_TBF_RATE64|attr.IfSet, &rate)
	attr.U64(c, uapi.TCA_TBF_PRATE64|attr.IfSet, &peak)
	attr.U32(c, uapi.TCA_TBF_BURST|attr.IfSet, &q.Burst)
	if !c.Encoding() || q.Peakrate != 0 {
		attr.U32(c, uapi.TCA_TBF_PBURST, &q.Minburst)
	}
	if c.Decoding() {
		q.Rate, q.Peakrate = max(uint64(p.Rate.Rate), rate), max(uint64(p.Peakrate.Rate), peak)
		q.Limit, q.Buffer = p.Limit, p.Buffer
		q.Overhead, q.Mpu, q.LinkLayer = p.Rate.Overhead, p.Rate.Mpu, p.Rate.Linklayer&nl.TC_LINKLAYER_MASK
		if q.Peakrate != 0 && q.Minburst == 0 {
			size := largestIn(q.Peakrate, p.Mtu)
			q.Minburst = size - min(size, uint32(q.Overhead))
		}
	}
}
