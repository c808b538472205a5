package netlink

import (
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

func (*Ets) nested() {}

func (*EtsClass) nested() {}

func (*Ets) describe() desc.Kind {
	return desc.Kind{Fields: etsFields, Exact: true, Nested: true, Complete: completeEts, Raw: showEts}
}

var etsFields = []desc.Field{
	{Type: uapi.TCA_ETS_NBANDS, Word: "bands", Usage: "NUMBER", Read: readEtsBands},
	{Type: uapi.TCA_ETS_NSTRICT, Word: "strict", Usage: "NUMBER", Read: readEtsBands},
	{Type: uapi.TCA_ETS_QUANTA, Word: "quanta", Usage: "BYTES...",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			q := desc.Scratch[Ets](in)
			// The kernel refuses more than it has bands; here there are what fits into the number of bands.
			const most = math.MaxUint8 - uapi.TCQ_ETS_MAX_BANDS
			return readEtsList(in, "quanta", len(q.Quanta) != 0, most, func() error {
				v, err := readEtsQuantum(in)
				q.Quanta = append(q.Quanta, v)
				return err
			})
		}},
	{Type: uapi.TCA_ETS_PRIOMAP, Word: "priomap", Usage: "BAND...",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			q := desc.Scratch[Ets](in)
			return readEtsList(in, "priomap", len(q.PriorityMap) != 0, uapi.TC_PRIO_MAX+1, func() error {
				v, err := in.Number(32, 10, "priomap")
				q.PriorityMap = append(q.PriorityMap, uint8(min(v, math.MaxUint8)))
				return err
			})
		}},
}

func readEtsBands(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	q := desc.Scratch[Ets](in)
	to := &q.Bands
	if f.Type == uapi.TCA_ETS_NSTRICT {
		to = &q.Strict
	}
	if *to != 0 {
		return desc.Failed("Duplicate %q", f.Word)
	}
	v, err := in.Number(32, 10, f.Word)
	if err == nil && v > uapi.TCQ_ETS_MAX_BANDS {
		err = desc.Failed("The number of %q must be <= %d", f.Word, uapi.TCQ_ETS_MAX_BANDS)
	}
	return set(to, v, err)
}

// readEtsList reads at least one number, and those up to the next keyword.
func readEtsList(in *desc.Args, what string, given bool, most int, read func() error) error {
	if given {
		return desc.Failed("Duplicate %q", what)
	}
	for i := 0; i == 0 || in.More() && !in.PeekOneOf("bands", "strict", "quanta", "priomap", "help"); i++ {
		if i == most {
			return desc.Failed("%q has more than %d numbers", what, most)
		}
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

func readEtsQuantum(in *desc.Args) (uint32, error) {
	v, err := in.Number(32, 10, "quanta")
	if err == nil && v == 0 {
		err = desc.Failed("\"quanta\" must be > 0")
	}
	return uint32(v), err
}

func completeEts(in *desc.Args, e *wire.Encoder, _ bool) error {
	q := desc.Scratch[Ets](in)
	bands := len(q.Quanta) + int(q.Strict)
	if q.Bands == 0 {
		q.Bands = uint8(bands)
	}
	switch {
	case q.Bands == 0:
		return desc.Failed("One of \"bands\", \"quanta\" or \"strict\" needs to be specified")
	case bands > int(q.Bands):
		return desc.Failed("Not enough total bands to cover all the strict bands and quanta")
	}
	for _, band := range q.PriorityMap {
		if band >= q.Bands {
			return desc.Failed("\"priomap\" element is out of bounds")
		}
	}
	return putWords(e, q)
}

func showEts(p *desc.Printer, b []byte) {
	var q Ets
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	p.Uint("bands", "bands %d ", uint64(q.Bands))
	if q.Strict != 0 {
		p.Uint("strict", "strict %d ", uint64(q.Strict))
	}
	if len(q.Quanta) != 0 {
		showEtsList(p, "quanta", q.Quanta)
	}
	showEtsList(p, "priomap", q.PriorityMap)
}

func showEtsList[T uint8 | uint32](p *desc.Printer, key string, list []T) {
	p.Array(key)
	p.Text("%s", key)
	for _, v := range list {
		p.Uint("", " %d", uint64(v))
	}
	p.EndArray()
	p.Text(" ")
}

func (*EtsClass) describe() desc.Kind {
	return desc.Kind{Fields: etsClassFields, Exact: true, Nested: true}
}

var etsClassFields = []desc.Field{
	{Type: uapi.TCA_ETS_QUANTA_BAND, Key: "quantum", Form: desc.TcU32, Usage: "BYTES",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			if in.Written(e, f.Type) != nil {
				return desc.Failed("Duplicate \"quantum\"")
			}
			v, err := readEtsQuantum(in)
			e.Uint32(f.Type, v)
			return err
		}},
}
