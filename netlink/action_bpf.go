package netlink

import (
	"encoding/hex"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
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
