package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Ets sends from bands in order of their priority, and shares what is left among the other bands by
// their quanta: tc-ets(8). Linux 5.6.
type Ets struct {
	QdiscAttrs
	Bands       uint8    // 1 to 16
	Strict      uint8    // how many bands, the first ones, come before the others
	Quanta      []uint32 // bytes a turn of the bands behind those; one that is missing: the link's MTU
	PriorityMap []uint8  // the band of packets of each priority (TC_PRIO_…); what is missing: the last one
}

// Attrs returns the attributes that all kinds have.
func (q *Ets) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "ets".
func (q *Ets) Type() string { return "ets" }

func (q *Ets) attrs(c *attr.Codec) {
	attr.U8(c, uapi.TCA_ETS_NBANDS, &q.Bands)
	attr.U8(c, uapi.TCA_ETS_NSTRICT|attr.IfSet, &q.Strict)
	attr.Repeat(c, uapi.TCA_ETS_QUANTA|uapi.NLA_F_NESTED, uapi.TCA_ETS_QUANTA_BAND, &q.Quanta, attr.U32[uint32])
	attr.Repeat(c, uapi.TCA_ETS_PRIOMAP|uapi.NLA_F_NESTED, uapi.TCA_ETS_PRIOMAP_BAND, &q.PriorityMap, attr.U8[uint8])
}

// EtsClass is a band of [Ets]. They are there with it, and can only be changed.
type EtsClass struct {
	ClassAttrs
	Quantum uint32 // bytes a turn; 0: the band comes before others
}

// Attrs returns the attributes that all kinds have.
func (c *EtsClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns "ets".
func (c *EtsClass) Type() string { return "ets" }

func (c *EtsClass) attrs(codec *attr.Codec) {
	attr.U32(codec, uapi.TCA_ETS_QUANTA_BAND|attr.IfSet, &c.Quantum)
}
