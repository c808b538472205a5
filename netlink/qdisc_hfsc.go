package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Hfsc shares a rate among classes, of which each has a curve of how much it may send in how much
// time: tc-hfsc(7). Its classes are [HfscClass].
type Hfsc struct {
	QdiscAttrs
	Defcls uint16 // minor number of the class of packets that no filter has one for
}

// NewHfsc returns one whose default class has the minor number 1.
func NewHfsc(attrs QdiscAttrs) *Hfsc { return &Hfsc{QdiscAttrs: attrs, Defcls: 1} }

// Attrs returns the attributes that all kinds have.
func (q *Hfsc) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "hfsc".
func (q *Hfsc) Type() string { return "hfsc" }

// String returns what is set of it.
func (q *Hfsc) String() string { return fmt.Sprintf("{%v -- default: %d}", q.Attrs(), q.Defcls) }

func (q *Hfsc) attrs(c *attr.Codec) {
	p := uapi.TcHfscQopt{Defcls: q.Defcls}
	attr.Header(c, uapi.SizeofTcHfscQopt, &p)
	if c.Decoding() {
		q.Defcls = p.Defcls
	}
}

// ServiceCurve says how much a class may send: at a first rate for some time, then at a second
// one. The zero curve is none.
type ServiceCurve struct {
	m1 uint64
	d  uint32
	m2 uint64
}

// NewServiceCurve returns the curve of m1 bits a second for d microseconds, then m2 bits a second.
// The kernel takes less than 2^32 bytes a second.
func NewServiceCurve(m1 uint64, d uint32, m2 uint64) ServiceCurve { return ServiceCurve{m1, d, m2} }

// Attrs returns [ServiceCurve.Burst], [ServiceCurve.Delay] and [ServiceCurve.Rate].
func (c *ServiceCurve) Attrs() (m1, d, m2 uint32) { return c.Burst(), c.d, c.Rate() }

// Burst returns the first rate in bits a second, or the largest number; [ServiceCurve.Rates] has
// higher ones.
func (c *ServiceCurve) Burst() uint32 { return uint32(min(c.m1, math.MaxUint32)) }

// Delay returns for how many microseconds the first rate holds.
func (c *ServiceCurve) Delay() uint32 { return c.d }

// Rate returns the second rate in bits a second, or the largest number.
func (c *ServiceCurve) Rate() uint32 { return uint32(min(c.m2, math.MaxUint32)) }

// Rates returns both rates in bits a second.
func (c *ServiceCurve) Rates() (m1, m2 uint64) { return c.m1, c.m2 }

// String returns the curve in words.
func (c *ServiceCurve) String() string { return fmt.Sprintf("{m1=%d d=%d m2=%d}", c.m1, c.d, c.m2) }

// HfscClass is a class of [Hfsc].
type HfscClass struct {
	ClassAttrs
	Rsc ServiceCurve // real time: what it has whatever others do
	Fsc ServiceCurve // link share: its share of what is left
	Usc ServiceCurve // upper limit of its link share
}

// NewHfscClass returns a class without curves. It needs Rsc or Fsc.
func NewHfscClass(attrs ClassAttrs) *HfscClass { return &HfscClass{ClassAttrs: attrs} }

// Attrs returns the attributes that all kinds have.
func (c *HfscClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns "hfsc".
func (c *HfscClass) Type() string { return "hfsc" }

// SetUsc sets the upper limit: m1 bits a second for d microseconds, then m2 bits a second.
func (c *HfscClass) SetUsc(m1, d, m2 uint32) { c.Usc = ServiceCurve{uint64(m1), d, uint64(m2)} }

// SetFsc sets the link share: m1 bits a second for d microseconds, then m2 bits a second.
func (c *HfscClass) SetFsc(m1, d, m2 uint32) { c.Fsc = ServiceCurve{uint64(m1), d, uint64(m2)} }

// SetRsc sets the real-time curve: m1 bits a second for d microseconds, then m2 bits a second.
func (c *HfscClass) SetRsc(m1, d, m2 uint32) { c.Rsc = ServiceCurve{uint64(m1), d, uint64(m2)} }

// SetSC sets the real-time curve and the link share: sc of tc class. Units are those of SetRsc.
func (c *HfscClass) SetSC(m1, d, m2 uint32) {
	c.SetRsc(m1, d, m2)
	c.SetFsc(m1, d, m2)
}

// SetUL sets the upper limit: ul of tc class.
func (c *HfscClass) SetUL(m1, d, m2 uint32) { c.SetUsc(m1, d, m2) }

// SetLS sets the link share: ls of tc class.
func (c *HfscClass) SetLS(m1, d, m2 uint32) { c.SetFsc(m1, d, m2) }

// String returns where the class is and its curves.
func (c *HfscClass) String() string {
	return fmt.Sprintf("{%s -- {RSC: %s} {FSC: %s} {USC: %s}}", c.Attrs(), &c.Rsc, &c.Fsc, &c.Usc)
}

func (c *HfscClass) attrs(codec *attr.Codec) {
	c.Rsc.attr(codec, uapi.TCA_HFSC_RSC)
	c.Fsc.attr(codec, uapi.TCA_HFSC_FSC)
	c.Usc.attr(codec, uapi.TCA_HFSC_USC)
}

// attr is the attribute of a curve, whose rates are in bytes. A curve that is none is not sent.
func (c *ServiceCurve) attr(codec *attr.Codec, t attr.Type) {
	var p uapi.TcServiceCurve
	if codec.Encoding() {
		if *c == (ServiceCurve{}) {
			return
		}
		codec.Check("rate in bytes", int64(c.m1/8), math.MaxUint32)
		codec.Check("rate in bytes", int64(c.m2/8), math.MaxUint32)
		p = uapi.TcServiceCurve{M1: uint32(c.m1 / 8), D: c.d, M2: uint32(c.m2 / 8)}
	}
	attr.Struct(codec, t, uapi.SizeofTcServiceCurve, &p)
	if codec.Decoding() && p != (uapi.TcServiceCurve{}) {
		*c = ServiceCurve{m1: uint64(p.M1) * 8, d: p.D, m2: uint64(p.M2) * 8}
	}
}
