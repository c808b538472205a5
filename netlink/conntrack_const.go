package netlink

import "kern.sys/internal/uapi"

// Flags of one direction of a TCP connection: [ConntrackTCPFlags].
const (
	IP_CT_TCP_FLAG_WINDOW_SCALE        = uapi.IP_CT_TCP_FLAG_WINDOW_SCALE        // the sender scales its window
	IP_CT_TCP_FLAG_SACK_PERM           = uapi.IP_CT_TCP_FLAG_SACK_PERM           // the sender permits SACK
	IP_CT_TCP_FLAG_CLOSE_INIT          = uapi.IP_CT_TCP_FLAG_CLOSE_INIT          // the sender sent FIN first
	IP_CT_TCP_FLAG_BE_LIBERAL          = uapi.IP_CT_TCP_FLAG_BE_LIBERAL          // windows are not checked
	IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED = uapi.IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED // data waits for its acknowledgement
	IP_CT_TCP_FLAG_MAXACK_SET          = uapi.IP_CT_TCP_FLAG_MAXACK_SET          // an acknowledgement was seen
)

// States of an SCTP association: [ProtoInfoSCTP]. Those of TCP are in package nl, TCP_CONNTRACK_….
const (
	SCTP_CONNTRACK_NONE              = uapi.SCTP_CONNTRACK_NONE
	SCTP_CONNTRACK_CLOSED            = uapi.SCTP_CONNTRACK_CLOSED
	SCTP_CONNTRACK_COOKIE_WAIT       = uapi.SCTP_CONNTRACK_COOKIE_WAIT
	SCTP_CONNTRACK_COOKIE_ECHOED     = uapi.SCTP_CONNTRACK_COOKIE_ECHOED
	SCTP_CONNTRACK_ESTABLISHED       = uapi.SCTP_CONNTRACK_ESTABLISHED
	SCTP_CONNTRACK_SHUTDOWN_SENT     = uapi.SCTP_CONNTRACK_SHUTDOWN_SENT
	SCTP_CONNTRACK_SHUTDOWN_RECD     = uapi.SCTP_CONNTRACK_SHUTDOWN_RECD
	SCTP_CONNTRACK_SHUTDOWN_ACK_SENT = uapi.SCTP_CONNTRACK_SHUTDOWN_ACK_SENT
	SCTP_CONNTRACK_HEARTBEAT_SENT    = uapi.SCTP_CONNTRACK_HEARTBEAT_SENT
	SCTP_CONNTRACK_HEARTBEAT_ACKED   = uapi.SCTP_CONNTRACK_HEARTBEAT_ACKED // not since Linux 6.1
)

// Flags of a [ConntrackExpectation].
const (
	NF_CT_EXPECT_PERMANENT = uapi.NF_CT_EXPECT_PERMANENT // it stays when the connection comes
	NF_CT_EXPECT_INACTIVE  = uapi.NF_CT_EXPECT_INACTIVE  // no connection is looked for
	NF_CT_EXPECT_USERSPACE = uapi.NF_CT_EXPECT_USERSPACE // a program made it, and no helper
)
