package desc

import (
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
)

// etherProtocols are the names of protocols above Ethernet (ETH_P_…); of several the first is shown.
var etherProtocols = []struct {
	number uint16
	name   string
}{
	{uapi.ETH_P_LOOP, "loop"}, {uapi.ETH_P_PUP, "pup"}, {uapi.ETH_P_PUPAT, "pupat"}, {uapi.ETH_P_IP, "ip"},
	{uapi.ETH_P_X25, "x25"},
	{uapi.ETH_P_ARP, "arp"}, {uapi.ETH_P_BPQ, "bpq"}, {uapi.ETH_P_IEEEPUP, "ieeepup"},
	{uapi.ETH_P_IEEEPUPAT, "ieeepupat"},
	{uapi.ETH_P_DEC, "dec"}, {uapi.ETH_P_DNA_DL, "dna_dl"}, {uapi.ETH_P_DNA_RC, "dna_rc"}, {uapi.ETH_P_DNA_RT, "dna_rt"},
	{uapi.ETH_P_LAT, "lat"}, {uapi.ETH_P_DIAG, "diag"}, {uapi.ETH_P_CUST, "cust"}, {uapi.ETH_P_SCA, "sca"},
	{uapi.ETH_P_RARP, "rarp"},
	{uapi.ETH_P_ATALK, "atalk"}, {uapi.ETH_P_AARP, "aarp"}, {uapi.ETH_P_IPX, "ipx"}, {uapi.ETH_P_IPV6, "ipv6"},
	{uapi.ETH_P_PPP_DISC, "ppp_disc"}, {uapi.ETH_P_PPP_SES, "ppp_ses"}, {uapi.ETH_P_ATMMPOA, "atmmpoa"},
	{uapi.ETH_P_ATMFATE, "atmfate"},
	{uapi.ETH_P_802_3, "802_3"}, {uapi.ETH_P_AX25, "ax25"}, {uapi.ETH_P_ALL, "all"}, {uapi.ETH_P_802_2, "802_2"},
	{uapi.ETH_P_SNAP, "snap"},
	{uapi.ETH_P_DDCMP, "ddcmp"}, {uapi.ETH_P_WAN_PPP, "wan_ppp"}, {uapi.ETH_P_PPP_MP, "ppp_mp"},
	{uapi.ETH_P_LOCALTALK, "localtalk"},
	{uapi.ETH_P_CAN, "can"}, {uapi.ETH_P_PPPTALK, "ppptalk"}, {uapi.ETH_P_TR_802_2, "tr_802_2"},
	{uapi.ETH_P_MOBITEX, "mobitex"},
	{uapi.ETH_P_CONTROL, "control"}, {uapi.ETH_P_IRDA, "irda"}, {uapi.ETH_P_ECONET, "econet"}, {uapi.ETH_P_TIPC, "tipc"},
	{uapi.ETH_P_PROFINET, "profinet"}, {uapi.ETH_P_AOE, "aoe"}, {uapi.ETH_P_ETHERCAT, "ethercat"},
	{uapi.ETH_P_8021Q, "802.1Q"},
	{uapi.ETH_P_8021AD, "802.1ad"}, {uapi.ETH_P_MPLS_UC, "mpls_uc"}, {uapi.ETH_P_MPLS_MC, "mpls_mc"},
	{uapi.ETH_P_TEB, "teb"},
	{uapi.ETH_P_CFM, "cfm"}, {uapi.ETH_P_LLDP, "LLDP"}, {uapi.ETH_P_IP, "ipv4"},
}

// EtherProtocol reads the name of a protocol above Ethernet, in any case, or its number (ETH_P_…).
func EtherProtocol(word string) (uint16, bool) {
	for _, p := range etherProtocols {
		if strings.EqualFold(p.name, word) {
			return p.number, true
		}
	}
	v, err := ParseUint(word, 16)
	return uint16(v), err == nil
}

// EtherProtocolName is the name of a protocol above Ethernet, or its number as [2054].
func EtherProtocolName(number uint16, numeric bool) string {
	for _, p := range etherProtocols {
		if p.number == number && !numeric {
			return p.name
		}
	}
	return fmt.Sprintf("[%d]", number)
}

// EtherProtocol is [EtherProtocolName], by number where numbers are wanted.
func (p *Printer) EtherProtocol(number uint16) string {
	return EtherProtocolName(number, p.Names != nil && p.Names.Numeric)
}
