package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Qfq shares the rate among its classes by their weights: tc-qfq(8). It has no options; its classes are
// [QfqClass], and filters say which packets are in which.
type Qfq struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Qfq) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "qfq".
func (q *Qfq) Type() string { return "qfq" }

// QfqClass is a class of [Qfq].
type QfqClass struct {
	ClassAttrs
	Weight uint32 // 1 to 1023; 0: 1
	Lmax   uint32 // bytes of the largest packet; 0: the link's MTU
}

// Attrs returns the attributes that all kinds have.
func (c *QfqClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns "qfq".
func (c *QfqClass) Type() string { return "qfq" }

func (c *QfqClass) attrs(codec *attr.Codec) {
	attr.U32(codec, uapi.TCA_QFQ_WEIGHT|attr.IfSet, &c.Weight)
	attr.U32(codec, uapi.TCA_QFQ_LMAX|attr.IfSet, &c.Lmax)
}

// QfqStats is struct tc_qfq_stats.
type QfqStats struct{ Weight, Lmax uint32 }

// AppStatistics returns the counters of the kind, nil where none came.
func (c *QfqClass) AppStatistics() *QfqStats { return (*QfqStats)(xstats[uapi.TcQfqStats](c.Xstats)) }

func (*Qfq) describe() desc.Kind { return desc.Kind{Sparse: true} }

func (*QfqClass) describe() desc.Kind { return desc.Kind{Fields: qfqClassFields} }

var qfqClassFields = []desc.Field{
	{Type: uapi.TCA_QFQ_WEIGHT, Key: "weight", Form: desc.TcU32, Read: readDecimal},
	{Type: uapi.TCA_QFQ_LMAX, Key: "maxpkt", Form: desc.TcU32, Read: readDecimal},
}
