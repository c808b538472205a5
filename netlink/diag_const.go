package netlink

import "kern.sys/internal/uapi"

// Timers of a [Socket].
const (
	IDIAG_TIMER_OFF       = uapi.IDIAG_TIMER_OFF
	IDIAG_TIMER_ON        = uapi.IDIAG_TIMER_ON // sends again
	IDIAG_TIMER_KEEPALIVE = uapi.IDIAG_TIMER_KEEPALIVE
	IDIAG_TIMER_TIMEWAIT  = uapi.IDIAG_TIMER_TIMEWAIT
	IDIAG_TIMER_PROBE0    = uapi.IDIAG_TIMER_PROBE0 // asks for a larger window
	IDIAG_TIMER_DELACK    = uapi.IDIAG_TIMER_DELACK // an acknowledgement is late on purpose (Linux 6.17)
)

// Flags of a [PacketSocket].
const (
	PDI_RUNNING = uapi.PDI_RUNNING // gets packets
	PDI_AUXDATA = uapi.PDI_AUXDATA // PACKET_AUXDATA of packet(7)
	PDI_ORIGDEV = uapi.PDI_ORIGDEV // reports the link where the packet came in, and not a bond above it
	PDI_VNETHDR = uapi.PDI_VNETHDR // packets begin with struct virtio_net_hdr
	PDI_LOSS    = uapi.PDI_LOSS    // a ring skips malformed packets
)

// Flags of a [NetlinkSocket].
const (
	NDIAG_FLAG_CB_RUNNING      = uapi.NDIAG_FLAG_CB_RUNNING // a dump has not ended
	NDIAG_FLAG_PKTINFO         = uapi.NDIAG_FLAG_PKTINFO
	NDIAG_FLAG_BROADCAST_ERROR = uapi.NDIAG_FLAG_BROADCAST_ERROR
	NDIAG_FLAG_NO_ENOBUFS      = uapi.NDIAG_FLAG_NO_ENOBUFS
	NDIAG_FLAG_LISTEN_ALL_NSID = uapi.NDIAG_FLAG_LISTEN_ALL_NSID
	NDIAG_FLAG_CAP_ACK         = uapi.NDIAG_FLAG_CAP_ACK
)

// Flags of an [MPTCPInfo].
const (
	MPTCP_INFO_FLAG_FALLBACK            = uapi.MPTCP_INFO_FLAG_FALLBACK            // it is plain TCP
	MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED = uapi.MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED // the other end's key came
)

// Flags of an [MPTCPSubflow].
const (
	MPTCP_SUBFLOW_FLAG_MCAP_REM          = uapi.MPTCP_SUBFLOW_FLAG_MCAP_REM // the other end began with MP_CAPABLE
	MPTCP_SUBFLOW_FLAG_MCAP_LOC          = uapi.MPTCP_SUBFLOW_FLAG_MCAP_LOC // this end did
	MPTCP_SUBFLOW_FLAG_JOIN_REM          = uapi.MPTCP_SUBFLOW_FLAG_JOIN_REM // the other end joined the connection
	MPTCP_SUBFLOW_FLAG_JOIN_LOC          = uapi.MPTCP_SUBFLOW_FLAG_JOIN_LOC // this end did
	MPTCP_SUBFLOW_FLAG_BKUP_REM          = uapi.MPTCP_SUBFLOW_FLAG_BKUP_REM // the other end wants it as a backup
	MPTCP_SUBFLOW_FLAG_BKUP_LOC          = uapi.MPTCP_SUBFLOW_FLAG_BKUP_LOC // this end does
	MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED = uapi.MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED
	MPTCP_SUBFLOW_FLAG_CONNECTED         = uapi.MPTCP_SUBFLOW_FLAG_CONNECTED
	MPTCP_SUBFLOW_FLAG_MAPVALID          = uapi.MPTCP_SUBFLOW_FLAG_MAPVALID // of what came last, the place is known
)

// Versions, ciphers and who does the work of a [TLSInfo].
const (
	TLS_1_2_VERSION              = uapi.TLS_1_2_VERSION
	TLS_1_3_VERSION              = uapi.TLS_1_3_VERSION
	TLS_CIPHER_AES_GCM_128       = uapi.TLS_CIPHER_AES_GCM_128
	TLS_CIPHER_AES_GCM_256       = uapi.TLS_CIPHER_AES_GCM_256
	TLS_CIPHER_AES_CCM_128       = uapi.TLS_CIPHER_AES_CCM_128
	TLS_CIPHER_CHACHA20_POLY1305 = uapi.TLS_CIPHER_CHACHA20_POLY1305
	TLS_CIPHER_SM4_GCM           = uapi.TLS_CIPHER_SM4_GCM
	TLS_CIPHER_SM4_CCM           = uapi.TLS_CIPHER_SM4_CCM
	TLS_CIPHER_ARIA_GCM_128      = uapi.TLS_CIPHER_ARIA_GCM_128
	TLS_CIPHER_ARIA_GCM_256      = uapi.TLS_CIPHER_ARIA_GCM_256
	TLS_CONF_BASE                = uapi.TLS_CONF_BASE      // nobody yet
	TLS_CONF_SW                  = uapi.TLS_CONF_SW        // the kernel
	TLS_CONF_HW                  = uapi.TLS_CONF_HW        // the link, its ciphers
	TLS_CONF_HW_RECORD           = uapi.TLS_CONF_HW_RECORD // the link, all of it
)
