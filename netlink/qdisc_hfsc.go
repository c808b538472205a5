package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

// String returns the fields that are set.
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
	Fsc ServiceCurve // link share: its share of the rest
	Usc ServiceCurve // upper limit of its link share
}

// NewHfscClass returns a class without curves. It needs Rsc or Fsc.
func NewHfscClass(attrs ClassAttrs) *HfscClass { return &HfscClass{ClassAttrs: attrs} }

// Attrs returns the attributes that all kinds have.
func (c *HfscClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns "hfsc".
func (c *HfscClass) Type() string { return "hfsc" }

func (*HfscClass) filtered() {}

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

func (*Hfsc) describe() desc.Kind {
	return desc.Kind{Fields: hfscFields, Header: uapi.SizeofTcHfscQopt, Statistics: showHfscStatistics}
}

var hfscFields = []desc.Field{
	{Type: desc.Header, Word: "default", Usage: "MINOR", Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
		b := in.Written(e, f.Type)
		if err := once(native.Uint16(b) != 0, "default"); err != nil {
			return err
		}
		v, err := in.Number(16, 16, "default")
		native.PutUint16(b, uint16(v))
		return err
	}, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
		if len(b) >= 2 && native.Uint16(b) != 0 {
			showHex(p, "default", " default %s ", uint64(native.Uint16(b)))
		}
	}},
}

func showHfscStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcHfscStats {
		return
	}
	var s uapi.TcHfscStats
	s.Decode(b)
	p.Uint("period", " period %d ", uint64(s.Period))
	if s.Work != 0 {
		p.Uint("work", "work %d bytes ", s.Work)
	}
	if s.Rtwork != 0 {
		p.Uint("rtwork", "rtwork %d bytes ", s.Rtwork)
	}
	p.Uint("level", " level %d ", uint64(s.Level))
	p.NL()
}

func (*HfscClass) describe() desc.Kind {
	return desc.Kind{Fields: hfscClassFields, Complete: completeHfscClass, Statistics: showHfscStatistics}
}

// hfscWords are what the words of a command say of an [HfscClass].
type hfscWords struct{ rt, ls, ul *uapi.TcServiceCurve }

const curveUsage = "{ [ [ m1 RATE ] d TIME ] m2 RATE | [ [ umax BYTES ] dmax TIME ] rate RATE }"

var hfscClassFields = []desc.Field{
	{Type: uapi.TCA_HFSC_RSC, Word: "rt", Usage: curveUsage,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			desc.Scratch[hfscWords](in).rt, err = readCurve(in, "rt")
			return err
		}, Show: showCurves},
	{Type: uapi.TCA_HFSC_FSC, Word: "ls", Usage: curveUsage,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			desc.Scratch[hfscWords](in).ls, err = readCurve(in, "ls")
			return err
		}},
	{Type: uapi.TCA_HFSC_RSC, Word: "sc", Usage: curveUsage,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			c, err := readCurve(in, "sc")
			w := desc.Scratch[hfscWords](in)
			w.rt, w.ls = c, c
			return err
		}},
	{Type: uapi.TCA_HFSC_USC, Word: "ul", Usage: curveUsage,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			desc.Scratch[hfscWords](in).ul, err = readCurve(in, "ul")
			return err
		}},
}

// readCurve takes a service curve, in one of its two forms.
func readCurve(in *desc.Args, what string) (*uapi.TcServiceCurve, error) {
	c := new(uapi.TcServiceCurve)
	rate := func(to *uint32, what string) error {
		v, err := in.Rate(what)
		if v > math.MaxUint32 {
			return desc.Illegal(what)
		}
		return set(to, v, err)
	}
	bySlope := in.PeekAbbr("m1") || in.PeekAbbr("m2") || in.Peek() == "d"
	if bySlope {
		if in.TakeAbbr("m1") {
			if err := rate(&c.M1, "m1"); err != nil {
				return nil, err
			}
		}
		if in.TakeAbbr("d") {
			d, err := in.Time("d")
			if err != nil {
				return nil, err
			}
			c.D = uint32(float64(d) * ClockFactor())
		}
		if !in.TakeAbbr("m2") {
			return nil, desc.Illegal(what)
		}
		if err := rate(&c.M2, "m2"); err != nil {
			return nil, err
		}
	} else if err := readCurveByDelay(in, what, c, rate); err != nil {
		return nil, err
	}
	if c.M1 == 0 && c.M2 == 0 {
		return nil, desc.Failed("HFSC: Service Curve has two zero slopes")
	}
	return c, nil
}

// readCurveByDelay takes a curve by the most that is to be sent at once, and how long that may take.
func readCurveByDelay(in *desc.Args, what string, c *uapi.TcServiceCurve,
	rate func(to *uint32, what string) error) (err error) {
	var umax, dmax, r uint32
	if in.TakeAbbr("umax") {
		if umax, err = in.Size("umax"); err != nil {
			return err
		}
	}
	if in.TakeAbbr("dmax") {
		if dmax, err = in.Time("dmax"); err != nil {
			return err
		}
	}
	if !in.TakeAbbr("rate") {
		return desc.Illegal(what)
	}
	if err := rate(&r, "rate"); err != nil {
		return err
	}
	if umax != 0 && dmax == 0 {
		return desc.Failed("HFSC: umax given but dmax is zero.")
	}
	c.M2 = r
	first := math.Ceil(float64(umax) * TIME_UNITS_PER_SEC / float64(dmax))
	switch {
	case dmax != 0 && first > float64(r): // a concave curve
		c.M1 = saturated(first)
		c.D = uint32(float64(dmax) * ClockFactor())
	case r != 0:
		d := math.Ceil(float64(dmax) - float64(umax)*TIME_UNITS_PER_SEC/float64(r))
		c.D = saturated(d * ClockFactor())
	}
	return nil
}

func completeHfscClass(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[hfscWords](in)
	switch {
	case w.rt == nil && w.ls == nil && w.ul == nil:
		return desc.Failed("HFSC: no parameters given")
	case w.ul != nil && w.ls == nil:
		return desc.Failed("HFSC: Upper-limit Service Curve without Link-Share Service Curve")
	}
	for _, c := range [...]struct {
		typ   uint16
		curve *uapi.TcServiceCurve
	}{{uapi.TCA_HFSC_RSC, w.rt}, {uapi.TCA_HFSC_FSC, w.ls}, {uapi.TCA_HFSC_USC, w.ul}} {
		if c.curve != nil {
			e.Struct(c.typ, uapi.SizeofTcServiceCurve, c.curve)
		}
	}
	return nil
}

func showCurves(p *desc.Printer, _ *desc.Field, rt []byte, attrs desc.Attrs) {
	ls, ul := attrs[uapi.TCA_HFSC_FSC], attrs[uapi.TCA_HFSC_USC]
	if rt != nil && ls != nil && string(rt) == string(ls) {
		showCurve(p, "sc", rt)
	} else {
		showCurve(p, "rt", rt)
		showCurve(p, "ls", ls)
	}
	showCurve(p, "ul", ul)
}

func showCurve(p *desc.Printer, name string, b []byte) {
	if len(b) < uapi.SizeofTcServiceCurve {
		return
	}
	var c uapi.TcServiceCurve
	c.Decode(b)
	p.Object(name)
	p.Text("%s ", name)
	p.Rate("m1", "m1 %s ", uint64(c.M1))
	p.Time("d", "d %s ", uint32(float64(c.D)/ClockFactor()))
	p.Rate("m2", "m2 %s ", uint64(c.M2))
	p.EndObject()
}
