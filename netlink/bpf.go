package netlink

import "kern.sys/internal/uapi"

// BpfProgType is the purpose of a BPF program, which decides where it can be attached: bpf(2).
type BpfProgType uint32

// What BPF programs are for.
const (
	BPF_PROG_TYPE_UNSPEC                  BpfProgType = uapi.BPF_PROG_TYPE_UNSPEC
	BPF_PROG_TYPE_SOCKET_FILTER           BpfProgType = uapi.BPF_PROG_TYPE_SOCKET_FILTER
	BPF_PROG_TYPE_KPROBE                  BpfProgType = uapi.BPF_PROG_TYPE_KPROBE
	BPF_PROG_TYPE_SCHED_CLS               BpfProgType = uapi.BPF_PROG_TYPE_SCHED_CLS
	BPF_PROG_TYPE_SCHED_ACT               BpfProgType = uapi.BPF_PROG_TYPE_SCHED_ACT
	BPF_PROG_TYPE_TRACEPOINT              BpfProgType = uapi.BPF_PROG_TYPE_TRACEPOINT
	BPF_PROG_TYPE_XDP                     BpfProgType = uapi.BPF_PROG_TYPE_XDP
	BPF_PROG_TYPE_PERF_EVENT              BpfProgType = uapi.BPF_PROG_TYPE_PERF_EVENT
	BPF_PROG_TYPE_CGROUP_SKB              BpfProgType = uapi.BPF_PROG_TYPE_CGROUP_SKB
	BPF_PROG_TYPE_CGROUP_SOCK             BpfProgType = uapi.BPF_PROG_TYPE_CGROUP_SOCK
	BPF_PROG_TYPE_LWT_IN                  BpfProgType = uapi.BPF_PROG_TYPE_LWT_IN
	BPF_PROG_TYPE_LWT_OUT                 BpfProgType = uapi.BPF_PROG_TYPE_LWT_OUT
	BPF_PROG_TYPE_LWT_XMIT                BpfProgType = uapi.BPF_PROG_TYPE_LWT_XMIT
	BPF_PROG_TYPE_SOCK_OPS                BpfProgType = uapi.BPF_PROG_TYPE_SOCK_OPS
	BPF_PROG_TYPE_SK_SKB                  BpfProgType = uapi.BPF_PROG_TYPE_SK_SKB
	BPF_PROG_TYPE_CGROUP_DEVICE           BpfProgType = uapi.BPF_PROG_TYPE_CGROUP_DEVICE
	BPF_PROG_TYPE_SK_MSG                  BpfProgType = uapi.BPF_PROG_TYPE_SK_MSG
	BPF_PROG_TYPE_RAW_TRACEPOINT          BpfProgType = uapi.BPF_PROG_TYPE_RAW_TRACEPOINT
	BPF_PROG_TYPE_CGROUP_SOCK_ADDR        BpfProgType = uapi.BPF_PROG_TYPE_CGROUP_SOCK_ADDR
	BPF_PROG_TYPE_LWT_SEG6LOCAL           BpfProgType = uapi.BPF_PROG_TYPE_LWT_SEG6LOCAL
	BPF_PROG_TYPE_LIRC_MODE2              BpfProgType = uapi.BPF_PROG_TYPE_LIRC_MODE2
	BPF_PROG_TYPE_SK_REUSEPORT            BpfProgType = uapi.BPF_PROG_TYPE_SK_REUSEPORT
	BPF_PROG_TYPE_FLOW_DISSECTOR          BpfProgType = uapi.BPF_PROG_TYPE_FLOW_DISSECTOR
	BPF_PROG_TYPE_CGROUP_SYSCTL           BpfProgType = uapi.BPF_PROG_TYPE_CGROUP_SYSCTL
	BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE BpfProgType = uapi.BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE
	BPF_PROG_TYPE_CGROUP_SOCKOPT          BpfProgType = uapi.BPF_PROG_TYPE_CGROUP_SOCKOPT
	BPF_PROG_TYPE_TRACING                 BpfProgType = uapi.BPF_PROG_TYPE_TRACING
	BPF_PROG_TYPE_STRUCT_OPS              BpfProgType = uapi.BPF_PROG_TYPE_STRUCT_OPS
	BPF_PROG_TYPE_EXT                     BpfProgType = uapi.BPF_PROG_TYPE_EXT
	BPF_PROG_TYPE_LSM                     BpfProgType = uapi.BPF_PROG_TYPE_LSM
	BPF_PROG_TYPE_SK_LOOKUP               BpfProgType = uapi.BPF_PROG_TYPE_SK_LOOKUP
)

// BPFAttr holds the arguments of bpf(2) that load a program, the beginning of union bpf_attr.
type BPFAttr struct {
	ProgType    uint32
	InsnCnt     uint32  // how many instructions
	Insns       uintptr // address of the instructions
	License     uintptr // address of a text with a NUL at its end
	LogLevel    uint32
	LogSize     uint32
	LogBuf      uintptr // address of what the verifier writes to
	KernVersion uint32
}
