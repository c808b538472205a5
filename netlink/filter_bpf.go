package netlink

import (
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
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
