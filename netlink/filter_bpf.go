package netlink

import (
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BpfFilter is a BPF program that matches packets: tc-bpf(8).
type BpfFilter struct {
	FilterAttrs
	ClassId uint32 // the class of the packets, 0 for what the program returns
	// Fd is the descriptor of the program, of BPF_PROG_TYPE_SCHED_CLS. It is only sent, and not where
	// it is negative. The kernel says Id and Tag in its place.
	Fd           int
	Name         string // for who lists it
	DirectAction bool   // the program returns what becomes of the packet, such as TC_ACT_SHOT
	Id           int    // of the program; read only
	Tag          string // a hash of the program in hexadecimal digits; read only

	Ops     []byte // a classic program in the place of Fd: of struct sock_filter
	Police  *PoliceAction
	Actions []Action
	SkipHw  bool // the hardware does not do it
	SkipSw  bool // only the hardware does it
	InHw    bool // the hardware does it; read only
}

// Attrs returns the attributes that all kinds have.
func (filter *BpfFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "bpf".
func (filter *BpfFilter) Type() string { return "bpf" }

func (filter *BpfFilter) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_BPF_CLASSID|attr.IfSet, &filter.ClassId)
	if !bpfOps(c, uapi.TCA_BPF_OPS_LEN, uapi.TCA_BPF_OPS, &filter.Ops) && (!c.Encoding() || filter.Fd >= 0) {
		attr.IntU32(c, uapi.TCA_BPF_FD, &filter.Fd, "file descriptor", math.MaxInt32)
	}
	attr.String(c, uapi.TCA_BPF_NAME|attr.IfSet, &filter.Name)
	flags := uint32(0)
	if filter.DirectAction {
		flags = uapi.TCA_BPF_FLAG_ACT_DIRECT
	}
	attr.U32(c, uapi.TCA_BPF_FLAGS|attr.IfSet, &flags)
	filter.DirectAction = flags&uapi.TCA_BPF_FLAG_ACT_DIRECT != 0
	offload(c, uapi.TCA_BPF_FLAGS_GEN|attr.IfSet, &filter.SkipHw, &filter.SkipSw, &filter.InHw)
	bpfProgram(c, uapi.TCA_BPF_ID, uapi.TCA_BPF_TAG, &filter.Id, &filter.Tag)
	police(c, uapi.TCA_BPF_POLICE, &filter.Police)
	actions(c, uapi.TCA_BPF_ACT, &filter.Actions)
}

func (*BpfFilter) describe() desc.Kind {
	return desc.Kind{Fields: bpfFilterFields, Sparse: true, First: firstNumbered, Complete: completeBpfFilter}
}

// bpfFilterWords are what the words of a command say of a [BpfFilter].
type bpfFilterWords struct {
	program *bpfCommand
	direct  bool
}

var bpfFilterFields = []desc.Field{
	{Type: uapi.TCA_BPF_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID", Read: readClassID,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			if h := filterHandle(p); h != 0 {
				showHex(p, "handle", "handle %s ", uint64(h))
			}
			showFlowID(p, f, b, attrs)
		}},
	{Type: uapi.TCA_BPF_NAME, ReadOnly: true, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
		if b != nil {
			p.Str("bpf_name", "%s ", string(untilNUL(b)))
		}
	}},
	{Word: "run", Read: readNoise},
	{Type: uapi.TCA_BPF_FD, Word: "bytecode", Usage: "PROGRAM", Read: readBpfOfFilter},
	{Word: "bc", Words: bpfFurtherWords, Usage: "PROGRAM", Exact: true, Read: readBpfOfFilter},
	{Type: uapi.TCA_BPF_FLAGS, Word: "direct-action", Words: []string{"da"},
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			desc.Scratch[bpfFilterWords](in).direct = true
			return nil
		}, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 && native.Uint32(b)&uapi.TCA_BPF_FLAG_ACT_DIRECT != 0 {
				p.Bool("direct-action", "direct-action ", true)
			}
		}},
	{Type: uapi.TCA_BPF_FLAGS_GEN, Word: "skip_hw", Words: skipWords, Read: readSkip, Show: showSkipInLine},
	{Type: uapi.TCA_BPF_OPS, ReadOnly: true, Show: func(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
		showBytecode(p, b, attrs[uapi.TCA_BPF_OPS_LEN])
		showBpfProgram(p, attrs[uapi.TCA_BPF_ID], attrs[uapi.TCA_BPF_TAG])
	}},
	{Type: uapi.TCA_BPF_OPS_LEN, ReadOnly: true},
	{Type: uapi.TCA_BPF_ID, ReadOnly: true},
	{Type: uapi.TCA_BPF_TAG, ReadOnly: true},
	{Type: uapi.TCA_BPF_POLICE, Word: "police", Usage: "POLICE_SPEC", Read: readFilterPolice, Show: showFilterPoliceLine},
	{Type: uapi.TCA_BPF_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions, Show: showFilterActions},
}

func readBpfOfFilter(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
	desc.Scratch[bpfFilterWords](in).program, err = readBpfProgram(in, uapi.BPF_PROG_TYPE_SCHED_CLS)
	return err
}

func completeBpfFilter(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[bpfFilterWords](in)
	if w.program != nil {
		b := in.Written(e, uapi.TCA_BPF_FLAGS_GEN)
		if w.program.object != nil && in.Tc != nil && b != nil && native.Uint32(b)&uapi.TCA_CLS_FLAGS_SKIP_SW != 0 {
			w.program.object.Link = in.Tc.Link
		}
		err := w.program.put(in, e, uapi.TCA_BPF_OPS_LEN, uapi.TCA_BPF_OPS, uapi.TCA_BPF_FD, uapi.TCA_BPF_NAME)
		if err != nil {
			return err
		}
	}
	if w.direct {
		e.Uint32(uapi.TCA_BPF_FLAGS, uapi.TCA_BPF_FLAG_ACT_DIRECT)
	}
	return nil
}
