package netlink

import (
	"encoding/hex"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BpfAction runs a BPF program, which says what becomes of the packet: tc-bpf(8).
type BpfAction struct {
	ActionAttrs
	Fd   int    // of the program, of BPF_PROG_TYPE_SCHED_ACT; only sent
	Name string // for who lists it

	Ops []byte // a classic program in the place of Fd: of struct sock_filter
	Id  int    // of the program; read only
	Tag string // a hash of the program in hexadecimal digits; read only
}

// Attrs returns the attributes that all kinds have.
func (action *BpfAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "bpf".
func (action *BpfAction) Type() string { return "bpf" }

func (action *BpfAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_ACT_BPF_PARMS, &action.ActionAttrs)
	if !bpfOps(c, uapi.TCA_ACT_BPF_OPS_LEN, uapi.TCA_ACT_BPF_OPS, &action.Ops) {
		attr.IntU32(c, uapi.TCA_ACT_BPF_FD, &action.Fd, "file descriptor", math.MaxInt32)
		attr.String(c, uapi.TCA_ACT_BPF_NAME, &action.Name)
	}
	bpfProgram(c, uapi.TCA_ACT_BPF_ID, uapi.TCA_ACT_BPF_TAG, &action.Id, &action.Tag)
	timestamp(c, uapi.TCA_ACT_BPF_TM, &action.ActionAttrs)
}

// bpfOps is a classic program. It returns true where one is sent.
func bpfOps(c *attr.Codec, length, ops attr.Type, v *[]byte) bool {
	attr.Custom(c, length, func(e *wire.Encoder) {
		if len(*v) != 0 {
			c.Check("number of instructions", int64(len(*v)/uapi.SizeofSockFilter), uapi.BPF_MAXINSNS)
			e.Uint16(uint16(length), uint16(len(*v)/uapi.SizeofSockFilter))
		}
	}, nil)
	attr.Bytes(c, ops|attr.IfSet, v)
	return c.Encoding() && len(*v) != 0
}

// bpfProgram is what the kernel says of a program.
func bpfProgram(c *attr.Codec, id, tag attr.Type, i *int, t *string) {
	attr.IntU32(c, id|attr.ReadOnly, i, "", 0)
	attr.Custom(c, tag, nil, func(b []byte) { *t = hex.EncodeToString(b) })
}

func (*BpfAction) describe() desc.Kind {
	return desc.Kind{Fields: bpfActionFields, First: makeWords[bpfActionWords], Complete: completeBpfAction}
}

// bpfActionWords are what the words of a command say of a [BpfAction].
type bpfActionWords struct {
	actionWords
	program *bpfCommand
}

var bpfActionFields = []desc.Field{
	{Word: "run", Read: readNoise},
	{Type: uapi.TCA_ACT_BPF_PARMS, Word: "bytecode", Usage: "PROGRAM", Show: showBpfAction, Read: readBpfOfAction},
	{Word: "bc", Words: bpfFurtherWords, Usage: "PROGRAM", Exact: true, Read: readBpfOfAction},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_ACT_BPF_OPS, ReadOnly: true},
	{Type: uapi.TCA_ACT_BPF_OPS_LEN, ReadOnly: true},
	{Type: uapi.TCA_ACT_BPF_FD, ReadOnly: true},
	{Type: uapi.TCA_ACT_BPF_NAME, ReadOnly: true},
	{Type: uapi.TCA_ACT_BPF_ID, ReadOnly: true},
	{Type: uapi.TCA_ACT_BPF_TAG, ReadOnly: true},
	{Type: uapi.TCA_ACT_BPF_TM, ReadOnly: true},
}

func readBpfOfAction(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
	desc.Scratch[bpfActionWords](in).program, err = readBpfProgram(in, uapi.BPF_PROG_TYPE_SCHED_ACT)
	return err
}

func completeBpfAction(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[bpfActionWords](in)
	if w.program != nil {
		if err := w.program.put(in, e, uapi.TCA_ACT_BPF_OPS_LEN, uapi.TCA_ACT_BPF_OPS, uapi.TCA_ACT_BPF_FD,
			uapi.TCA_ACT_BPF_NAME); err != nil {
			return err
		}
	}
	e.Struct(uapi.TCA_ACT_BPF_PARMS, uapi.SizeofTcActBpf,
		&uapi.TcActBpf{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)})
	return nil
}

func showBpfAction(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "bpf")
	if b == nil {
		return
	}
	var a uapi.TcActBpf
	a.Decode(b)
	if name := attrs[uapi.TCA_ACT_BPF_NAME]; name != nil {
		p.Str("bpf_name", "%s ", string(untilNUL(name)))
	}
	if ops := attrs[uapi.TCA_ACT_BPF_OPS]; ops != nil {
		showBytecode(p, ops, attrs[uapi.TCA_ACT_BPF_OPS_LEN])
		p.Text(" ")
	}
	showBpfProgram(p, attrs[uapi.TCA_ACT_BPF_ID], attrs[uapi.TCA_ACT_BPF_TAG])
	p.Control("default-action ", a.Action, "")
	p.NL()
	p.Uint("index", "\t index %d", uint64(a.Index))
	p.Int("ref", " ref %d", int64(a.Refcnt))
	p.Int("bind", " bind %d", int64(a.Bindcnt))
	showTimes(p, attrs[uapi.TCA_ACT_BPF_TM])
	p.Text("\n ")
}
