package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Drr gives its classes their turn, each with as many bytes as its quantum: tc-drr(8). It has no options;
// its classes are [DrrClass], and filters say which packets are in which.
type Drr struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Drr) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "drr".
func (q *Drr) Type() string { return "drr" }

// DrrClass is a class of [Drr].
type DrrClass struct {
	ClassAttrs
	Quantum uint32 // bytes a turn; 0: the link's MTU
}

// Attrs returns the attributes that all kinds have.
func (c *DrrClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns "drr".
func (c *DrrClass) Type() string { return "drr" }

func (c *DrrClass) attrs(codec *attr.Codec) {
	attr.U32(codec, uapi.TCA_DRR_QUANTUM|attr.IfSet, &c.Quantum)
}

// DrrStats is struct tc_drr_stats.
type DrrStats struct {
	Deficit uint32 // bytes that are left of this turn
}

// AppStatistics returns the counters of the kind, nil where none came.
func (c *DrrClass) AppStatistics() *DrrStats { return (*DrrStats)(xstats[uapi.TcDrrStats](c.Xstats)) }

func (*Drr) describe() desc.Kind { return desc.Kind{Sparse: true} }

func (*DrrClass) describe() desc.Kind {
	return desc.Kind{Fields: drrClassFields, Exact: true, Statistics: showDrrStatistics}
}

var drrClassFields = []desc.Field{
	{Type: uapi.TCA_DRR_QUANTUM, Word: "quantum", Usage: "BYTES",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Size("quantum")
			e.Uint32(f.Type, v)
			return err
		}, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Text("quantum %s ", desc.SizeText(uint64(native.Uint32(b)))) // tc has no JSON for it
			}
		}},
}

func showDrrStatistics(p *desc.Printer, b []byte) {
	if len(b) >= uapi.SizeofTcDrrStats {
		var s uapi.TcDrrStats
		s.Decode(b)
		p.Text(" deficit %s ", desc.SizeText(uint64(s.Deficit))) // tc has no JSON for it
	}
}
