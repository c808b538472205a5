package capture

import (
	"testing"

	"kern.sys/internal/uapi"
)

func init() {
	messages[uapi.NFNL_SUBSYS_CTNETLINK<<8] = headed{nfHeader, conntrack}
	messages[uapi.NFNL_SUBSYS_CTNETLINK_EXP<<8] = headed{nfHeader, expect}
	for cmd := uint16(0); cmd < uapi.IPSET_MSG_MAX; cmd += 4 {
		messages[uapi.NFNL_SUBSYS_IPSET<<8|cmd] = headed{nfHeader, ipset}
	}
}

// nfHeader is struct nfgenmsg, whose number is in network byte order.
const nfHeader = "=4"

// Numbers of connection tracking are in network byte order.
var (
	tuple = attrs{
		uapi.CTA_TUPLE_IP: attrs{uapi.CTA_IP_V4_SRC: be32, uapi.CTA_IP_V4_DST: be32, uapi.CTA_IP_V6_SRC: same,
			uapi.CTA_IP_V6_DST: same},
		uapi.CTA_TUPLE_PROTO: attrs{
			uapi.CTA_PROTO_NUM: u8, uapi.CTA_PROTO_SRC_PORT: be16, uapi.CTA_PROTO_DST_PORT: be16,
			uapi.CTA_PROTO_ICMP_ID: be16, uapi.CTA_PROTO_ICMP_TYPE: u8, uapi.CTA_PROTO_ICMP_CODE: u8,
			uapi.CTA_PROTO_ICMPV6_ID: be16, uapi.CTA_PROTO_ICMPV6_TYPE: u8, uapi.CTA_PROTO_ICMPV6_CODE: u8,
		},
		uapi.CTA_TUPLE_ZONE: be16,
	}
	counters = attrs{uapi.CTA_COUNTERS_PACKETS: be64, uapi.CTA_COUNTERS_BYTES: be64}
	seqAdj   = attrs{uapi.CTA_SEQADJ_CORRECTION_POS: be32, uapi.CTA_SEQADJ_OFFSET_BEFORE: be32,
		uapi.CTA_SEQADJ_OFFSET_AFTER: be32}
)

var conntrack = attrs{
	uapi.CTA_TUPLE_ORIG:   tuple,
	uapi.CTA_TUPLE_REPLY:  tuple,
	uapi.CTA_TUPLE_MASTER: tuple,
	uapi.CTA_STATUS:       be32,
	uapi.CTA_STATUS_MASK:  be32,
	uapi.CTA_PROTOINFO: attrs{
		uapi.CTA_PROTOINFO_TCP: attrs{
			uapi.CTA_PROTOINFO_TCP_STATE:           u8,
			uapi.CTA_PROTOINFO_TCP_WSCALE_ORIGINAL: u8,
			uapi.CTA_PROTOINFO_TCP_WSCALE_REPLY:    u8,
			uapi.CTA_PROTOINFO_TCP_FLAGS_ORIGINAL:  numbers("=2"),
			uapi.CTA_PROTOINFO_TCP_FLAGS_REPLY:     numbers("=2"),
		},
	},
	uapi.CTA_HELP:           attrs{uapi.CTA_HELP_NAME: same},
	uapi.CTA_TIMEOUT:        be32,
	uapi.CTA_MARK:           be32,
	uapi.CTA_MARK_MASK:      be32,
	uapi.CTA_COUNTERS_ORIG:  counters,
	uapi.CTA_COUNTERS_REPLY: counters,
	uapi.CTA_USE:            be32,
	uapi.CTA_ID:             be32,
	uapi.CTA_SEQ_ADJ_ORIG:   seqAdj,
	uapi.CTA_SEQ_ADJ_REPLY:  seqAdj,
	uapi.CTA_ZONE:           be16,
	uapi.CTA_TIMESTAMP:      attrs{uapi.CTA_TIMESTAMP_START: be64, uapi.CTA_TIMESTAMP_STOP: be64},
	uapi.CTA_LABELS:         same,
	uapi.CTA_SYNPROXY: attrs{uapi.CTA_SYNPROXY_ISN: be32, uapi.CTA_SYNPROXY_ITS: be32,
		uapi.CTA_SYNPROXY_TSOFF: be32},
	uapi.CTA_FILTER: attrs{uapi.CTA_FILTER_ORIG_FLAGS: u32, uapi.CTA_FILTER_REPLY_FLAGS: u32},
}

var expect = attrs{
	uapi.CTA_EXPECT_MASTER:    tuple,
	uapi.CTA_EXPECT_TUPLE:     tuple,
	uapi.CTA_EXPECT_MASK:      tuple,
	uapi.CTA_EXPECT_TIMEOUT:   be32,
	uapi.CTA_EXPECT_ID:        be32,
	uapi.CTA_EXPECT_HELP_NAME: same,
	uapi.CTA_EXPECT_FLAGS:     be32,
	uapi.CTA_EXPECT_CLASS:     be32,
}

var ipset = attrs{
	uapi.IPSET_ATTR_PROTOCOL:     u8,
	uapi.IPSET_ATTR_SETNAME:      same,
	uapi.IPSET_ATTR_TYPENAME:     same,
	uapi.IPSET_ATTR_REVISION:     u8,
	uapi.IPSET_ATTR_FAMILY:       u8,
	uapi.IPSET_ATTR_PROTOCOL_MIN: u8,
	uapi.IPSET_ATTR_INDEX:        be16,
	uapi.IPSET_ATTR_DATA:         ipsetData,
	uapi.IPSET_ATTR_ADT:          attrs{uapi.IPSET_ATTR_DATA: ipsetData},
}

// ipsetData is of a set, or of an entry: the same numbers of attributes have two meanings from 17 on, and all that is
// captured is in network byte order.
var ipsetData = attrs{
	uapi.IPSET_ATTR_IP:         attrs{uapi.IPSET_ATTR_IPADDR_IPV4: be32, uapi.IPSET_ATTR_IPADDR_IPV6: same},
	uapi.IPSET_ATTR_TIMEOUT:    be32,
	uapi.IPSET_ATTR_CADT_FLAGS: be32,
	uapi.IPSET_ATTR_LINENO:     be32,
	uapi.IPSET_ATTR_INITVAL:    same,
	uapi.IPSET_ATTR_HASHSIZE:   same,
	uapi.IPSET_ATTR_MAXELEM:    same,
	uapi.IPSET_ATTR_BUCKETSIZE: same,
	uapi.IPSET_ATTR_ELEMENTS:   same,
	uapi.IPSET_ATTR_REFERENCES: same,
	uapi.IPSET_ATTR_MEMSIZE:    same,
	uapi.IPSET_ATTR_SKBMARK:    same,
	uapi.IPSET_ATTR_SKBPRIO:    same,
	uapi.IPSET_ATTR_SKBQUEUE:   same,
}

// InetDiag returns a message about an inet socket: struct inet_diag_msg and attributes.
func InetDiag(t testing.TB, text string) []byte {
	t.Helper()
	return must(t)(turn(inetDiag, fromHex(t, text), bigEndian))
}

var inetDiag = headed{"=4 =36 4 4 4 4 4 4 4 4", attrs{
	uapi.INET_DIAG_MEMINFO:   numbers("4 4 4 4"),
	uapi.INET_DIAG_CONG:      same,
	uapi.INET_DIAG_TOS:       u8,
	uapi.INET_DIAG_SKMEMINFO: numbers("4 4 4 4 4 4 4 4 4"),
	uapi.INET_DIAG_SHUTDOWN:  u8,
	uapi.INET_DIAG_MARK:      u32,
	uapi.INET_DIAG_CGROUP_ID: u64,
}}
