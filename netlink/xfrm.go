package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/uapi"
)

// Proto is a protocol of IPsec, or another that a selector names: IPPROTO_….
type Proto uint8

// Protocols of states: XFRM-PROTO of ip-xfrm(8).
const (
	XFRM_PROTO_ROUTE2    Proto = uapi.IPPROTO_ROUTING
	XFRM_PROTO_ESP       Proto = uapi.IPPROTO_ESP
	XFRM_PROTO_AH        Proto = uapi.IPPROTO_AH
	XFRM_PROTO_HAO       Proto = uapi.IPPROTO_DSTOPTS
	XFRM_PROTO_COMP      Proto = uapi.IPPROTO_COMP
	XFRM_PROTO_IPSEC_ANY Proto = uapi.IPPROTO_RAW // of a filter: ESP, AH or IPComp
)

// String returns the name that ip xfrm has, a number for another protocol.
func (p Proto) String() string {
	switch p {
	case XFRM_PROTO_ROUTE2:
		return "route2"
	case XFRM_PROTO_ESP:
		return "esp"
	case XFRM_PROTO_AH:
		return "ah"
	case XFRM_PROTO_HAO:
		return "hao"
	case XFRM_PROTO_COMP:
		return "comp"
	case XFRM_PROTO_IPSEC_ANY:
		return "ipsec-any"
	}
	return fmt.Sprintf("%d", uint8(p))
}

// Mode is the part of a packet that is protected.
type Mode uint8

// Modes of IPsec: MODE of ip-xfrm(8).
const (
	XFRM_MODE_TRANSPORT         Mode = uapi.XFRM_MODE_TRANSPORT
	XFRM_MODE_TUNNEL            Mode = uapi.XFRM_MODE_TUNNEL
	XFRM_MODE_ROUTEOPTIMIZATION Mode = uapi.XFRM_MODE_ROUTEOPTIMIZATION
	XFRM_MODE_IN_TRIGGER        Mode = uapi.XFRM_MODE_IN_TRIGGER
	XFRM_MODE_BEET              Mode = uapi.XFRM_MODE_BEET
	XFRM_MODE_IPTFS             Mode = uapi.XFRM_MODE_IPTFS // Linux 6.14
	XFRM_MODE_MAX               Mode = uapi.XFRM_MODE_MAX
)

// String returns the mode's name.
func (m Mode) String() string {
	switch m {
	case XFRM_MODE_TRANSPORT:
		return "transport"
	case XFRM_MODE_TUNNEL:
		return "tunnel"
	case XFRM_MODE_ROUTEOPTIMIZATION:
		return "ro"
	case XFRM_MODE_IN_TRIGGER:
		return "in_trigger"
	case XFRM_MODE_BEET:
		return "beet"
	case XFRM_MODE_IPTFS:
		return "iptfs"
	}
	return fmt.Sprintf("%d", uint8(m))
}

// SADir is the direction of a state (Linux 6.10).
type SADir uint8

// Directions of states.
const (
	XFRM_SA_DIR_IN  SADir = uapi.XFRM_SA_DIR_IN
	XFRM_SA_DIR_OUT SADir = uapi.XFRM_SA_DIR_OUT
)

// Dir is the direction of packets that a policy is for.
type Dir uint8

// Directions of policies. Those of sockets are set by IP_XFRM_POLICY (ip(7)), and can only be read.
const (
	XFRM_DIR_IN     Dir = uapi.XFRM_POLICY_IN
	XFRM_DIR_OUT    Dir = uapi.XFRM_POLICY_OUT
	XFRM_DIR_FWD    Dir = uapi.XFRM_POLICY_FWD
	XFRM_SOCKET_IN  Dir = uapi.XFRM_POLICY_MAX + uapi.XFRM_POLICY_IN
	XFRM_SOCKET_OUT Dir = uapi.XFRM_POLICY_MAX + uapi.XFRM_POLICY_OUT
	XFRM_SOCKET_FWD Dir = uapi.XFRM_POLICY_MAX + uapi.XFRM_POLICY_FWD
)

// String returns the direction as ip xfrm shows it.
func (d Dir) String() string {
	switch d {
	case XFRM_DIR_IN:
		return "dir in"
	case XFRM_DIR_OUT:
		return "dir out"
	case XFRM_DIR_FWD:
		return "dir fwd"
	case XFRM_SOCKET_IN:
		return "socket in"
	case XFRM_SOCKET_OUT:
		return "socket out"
	case XFRM_SOCKET_FWD:
		return "socket fwd"
	}
	return fmt.Sprintf("socket %d", d-XFRM_SOCKET_IN)
}

// PolicyAction is the treatment of packets that a policy selects.
type PolicyAction uint8

// Actions of policies.
const (
	XFRM_POLICY_ALLOW PolicyAction = uapi.XFRM_POLICY_ALLOW // through the templates, if there are some
	XFRM_POLICY_BLOCK PolicyAction = uapi.XFRM_POLICY_BLOCK
)

// String returns "allow" or "block".
func (a PolicyAction) String() string {
	switch a {
	case XFRM_POLICY_ALLOW:
		return "allow"
	case XFRM_POLICY_BLOCK:
		return "block"
	}
	return fmt.Sprintf("action %d", uint8(a))
}

// EncapType is the encapsulation that carries ESP through NAT.
type EncapType uint8

// Encapsulations of ESP.
const (
	XFRM_ENCAP_ESPINUDP_NONIKE EncapType = uapi.UDP_ENCAP_ESPINUDP_NON_IKE // not since Linux 6.8
	XFRM_ENCAP_ESPINUDP        EncapType = uapi.UDP_ENCAP_ESPINUDP         // RFC 3948
	XFRM_ENCAP_ESPINTCP        EncapType = uapi.TCP_ENCAP_ESPINTCP         // RFC 8229, Linux 5.6
)

// String returns the name that ip xfrm has.
func (e EncapType) String() string {
	switch e {
	case XFRM_ENCAP_ESPINUDP_NONIKE:
		return "espinudp-non-ike"
	case XFRM_ENCAP_ESPINUDP:
		return "espinudp"
	case XFRM_ENCAP_ESPINTCP:
		return "espintcp"
	}
	return "unknown"
}

// XfrmMark is a mark of packets and the bits of it that count. As what a state or a policy is
// for, a Mask of 0 is all bits.
type XfrmMark struct {
	Value uint32
	Mask  uint32
}

// String returns value and mask.
func (m *XfrmMark) String() string {
	if m == nil {
		return "<nil>"
	}
	return fmt.Sprintf("(0x%x,0x%x)", m.Value, m.Mask)
}

// XfrmOffload has a state or a policy done by the hardware of a link: offload of ip xfrm.
type XfrmOffload struct {
	Ifindex int  // of the link
	Inbound bool // of a state: it is for packets that come in
	// Packet leaves all of IPsec to the link, policies included (Linux 6.2), and not only the
	// ciphers.
	Packet bool
}

// XfrmSecCtx is a security context (XFRMA_SEC_CTX), of which there is one algorithm, SELinux.
type XfrmSecCtx struct {
	DOI     uint8 // XFRM_SC_DOI_LSM, 1
	Alg     uint8 // XFRM_SC_ALG_SELINUX, 1
	Context string
}

// xfrmIP is an address in an error: of one that has too many bytes some are left out.
func xfrmIP(ip net.IP) string { return ip[:min(len(ip), net.IPv6len)].String() }
