package nl

import "kern.sys/internal/uapi"

// Constants that no header has.
const (
	// DEFAULT_CHANGE is the change mask of a message about a link that changes all flags.
	DEFAULT_CHANGE = 0xffffffff
	// RECEIVE_BUFFER_SIZE is the largest datagram that [NetlinkSocket.Receive] takes, in bytes.
	RECEIVE_BUFFER_SIZE = 65536
	// PidKernel is the port of the kernel.
	PidKernel uint32 = 0
	// MaxOffs is the number of keys that an action pedit may have by iproute2's m_pedit.
	MaxOffs = 128
	// RDMA_NL_GET_CLIENT_SHIFT is where the client stands in the type of a message: the
	// header has the macro RDMA_NL_GET_CLIENT.
	RDMA_NL_GET_CLIENT_SHIFT = 10
)

// Names and versions of generic netlink families, which are in the kernel's source only.
const (
	GENL_CTRL_NAME    = "nlctrl"
	GENL_CTRL_VERSION = 2
	GENL_GTP_NAME     = "gtp"
	GENL_GTP_VERSION  = 0
)

// Attributes of the queueing discipline prio of a multiqueue device, which Linux 2.6.27
// removed.
const (
	TCA_PRIO_UNSPEC = 0
	TCA_PRIO_MQ     = 1
	TCA_PRIO_MAX    = TCA_PRIO_MQ
)

// Sizes of structures of libnetfilter_conntrack, in bytes.
const (
	SizeofNfConntrack   = 376
	SizeofNfctTupleHead = 52
)

// SizeofCnMsgOp is the length of a [CnMsgOp] in bytes.
const SizeofCnMsgOp = 0x18

// Constants that have another value here than in the kernel.
const (
	// NLA_TYPE_MASK takes the flags off an attribute's type. The kernel's is an int with more bits.
	NLA_TYPE_MASK = ^(NLA_F_NESTED | NLA_F_NET_BYTEORDER)
	// GRE_FLAGS is 0x0078 since Linux 4.11, which took a bit for acknowledgements out.
	GRE_FLAGS = 0x00f8
	// IFLA_VF_STATS_RX_DROPPED is that of padding: the kernel's is 7. [DeserializeVfStats]
	// takes the kernel's.
	IFLA_VF_STATS_RX_DROPPED = uapi.IFLA_VF_STATS_RX_DROPPED - 1
	// IFLA_VF_STATS_TX_DROPPED is RX_DROPPED for the kernel, whose own is 8.
	IFLA_VF_STATS_TX_DROPPED = uapi.IFLA_VF_STATS_TX_DROPPED - 1
	// PROC_CN_MCAST_IGNORE is what begins to listen: the kernel's is 2.
	PROC_CN_MCAST_IGNORE = PROC_CN_MCAST_LISTEN
	// SEG6_LOCAL_MAX is the length of SEG6LocalEncap's Flags: the kernel's grows with its attributes.
	SEG6_LOCAL_MAX = SEG6_LOCAL_VRFTABLE + 1
	// TCA_ACT_SAMPLE_MAX is one more than the largest attribute, TCA_ACT_SAMPLE_PAD.
	TCA_ACT_SAMPLE_MAX = TCA_ACT_SAMPLE_PAD + 1
	// TCA_VLAN_MAX is one more than the largest attribute, TCA_VLAN_PUSH_ETH_SRC.
	TCA_VLAN_MAX = TCA_VLAN_PUSH_ETH_SRC + 1
)

// Sizes of structures of traffic control that are not the kernel's; Len and Serialize have
// the kernel's.
const (
	SizeofTcGen       = 0x16                   // struct tc_gact has 20 bytes
	SizeofTcConnmark  = SizeofTcGen + 0x04     // 24
	SizeofTcCsum      = SizeofTcGen + 0x04     // 24
	SizeofTcMirred    = SizeofTcGen + 0x08     // 28
	SizeofTcVlan      = SizeofTcGen + 0x04     // 24
	SizeofTcTunnelKey = SizeofTcGen + 0x04     // 24
	SizeofTcSkbEdit   = SizeofTcGen            // 20
	SizeofTcSfqQopt   = 0x0b                   // 20
	SizeofTcSfqQoptV1 = SizeofTcSfqQopt + 0x34 // 72
)
