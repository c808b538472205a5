package netlink

import "kern.sys/internal/uapi"

// Notifications that package nl has no name for: [XfrmMsg].
const (
	XFRM_MSG_GETDEFAULT    = uapi.XFRM_MSG_GETDEFAULT    // an [XfrmMsgDefaults] (Linux 5.15)
	XFRM_MSG_MIGRATE_STATE = uapi.XFRM_MSG_MIGRATE_STATE // an [XfrmMsgMigrateState] (Linux 7.3)
)

// Flags of a policy: [XfrmPolicy]. Those of states are in package nl, XFRM_STATE_….
const (
	XFRM_POLICY_LOCALOK     = uapi.XFRM_POLICY_LOCALOK     // a socket's own policy goes first
	XFRM_POLICY_ICMP        = uapi.XFRM_POLICY_ICMP        // ICMP errors about packets that it selects are let in
	XFRM_POLICY_CPU_ACQUIRE = uapi.XFRM_POLICY_CPU_ACQUIRE // each processor asks for a state of its own (Linux 6.13)
)

// Types of policies: [XfrmPolicy].
const (
	XFRM_POLICY_TYPE_MAIN = uapi.XFRM_POLICY_TYPE_MAIN
	XFRM_POLICY_TYPE_SUB  = uapi.XFRM_POLICY_TYPE_SUB // looked at first, of Mobile IPv6
	XFRM_POLICY_TYPE_ANY  = uapi.XFRM_POLICY_TYPE_ANY
)

// Who shares a state, in policies and their templates. The kernel keeps it and does not look at it.
const (
	XFRM_SHARE_ANY     = uapi.XFRM_SHARE_ANY
	XFRM_SHARE_SESSION = uapi.XFRM_SHARE_SESSION
	XFRM_SHARE_USER    = uapi.XFRM_SHARE_USER
	XFRM_SHARE_UNIQUE  = uapi.XFRM_SHARE_UNIQUE
)

// Treatment of packets that no policy selects: [XfrmDefaults].
const (
	XFRM_USERPOLICY_UNSPEC = uapi.XFRM_USERPOLICY_UNSPEC // stays as it is, in a change
	XFRM_USERPOLICY_BLOCK  = uapi.XFRM_USERPOLICY_BLOCK
	XFRM_USERPOLICY_ACCEPT = uapi.XFRM_USERPOLICY_ACCEPT
)

// What sequence numbers are reported with and why: [XfrmMsgAevent].
const (
	XFRM_AE_RTHR = uapi.XFRM_AE_RTHR // with the number of packets between reports
	XFRM_AE_RVAL = uapi.XFRM_AE_RVAL // with sequence numbers
	XFRM_AE_LVAL = uapi.XFRM_AE_LVAL // with counters of bytes and packets
	XFRM_AE_ETHR = uapi.XFRM_AE_ETHR // with the time between reports
	XFRM_AE_CR   = uapi.XFRM_AE_CR   // so many packets came or went
	XFRM_AE_CE   = uapi.XFRM_AE_CE   // so much time has gone
	XFRM_AE_CU   = uapi.XFRM_AE_CU   // a program changed them
)

// Flags of [XfrmStateMigration] (Linux 7.3).
const (
	XFRM_MIGRATE_STATE_CLEAR_OFFLOAD  = uapi.XFRM_MIGRATE_STATE_CLEAR_OFFLOAD
	XFRM_MIGRATE_STATE_UPDATE_H2H_SEL = uapi.XFRM_MIGRATE_STATE_UPDATE_H2H_SEL
)

// The domain and the algorithm of an [XfrmSecCtx].
const (
	XFRM_SC_DOI_LSM     = uapi.XFRM_SC_DOI_LSM
	XFRM_SC_ALG_SELINUX = uapi.XFRM_SC_ALG_SELINUX
)
