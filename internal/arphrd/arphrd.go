// Package arphrd names the types of link-layer addresses (ARPHRD_…) as ip link
// prints them after "link/".
package arphrd

import (
	"strconv"

	"kern.sys/internal/uapi"
)

// Name returns the name of a type; ok is false for one that has none. It is no map: that would be made at the start of
// every program.
func Name(typ uint16) (name string, ok bool) {
	switch typ {
	case uapi.ARPHRD_NETROM:
		name = "netrom"
	case uapi.ARPHRD_ETHER:
		name = "ether"
	case uapi.ARPHRD_EETHER:
		name = "eether"
	case uapi.ARPHRD_AX25:
		name = "ax25"
	case uapi.ARPHRD_PRONET:
		name = "pronet"
	case uapi.ARPHRD_CHAOS:
		name = "chaos"
	case uapi.ARPHRD_IEEE802:
		name = "ieee802"
	case uapi.ARPHRD_ARCNET:
		name = "arcnet"
	case uapi.ARPHRD_APPLETLK:
		name = "atalk"
	case uapi.ARPHRD_DLCI:
		name = "dlci"
	case uapi.ARPHRD_ATM:
		name = "atm"
	case uapi.ARPHRD_METRICOM:
		name = "metricom"
	case uapi.ARPHRD_IEEE1394:
		name = "ieee1394"
	case uapi.ARPHRD_INFINIBAND:
		name = "infiniband"
	case uapi.ARPHRD_SLIP:
		name = "slip"
	case uapi.ARPHRD_CSLIP:
		name = "cslip"
	case uapi.ARPHRD_SLIP6:
		name = "slip6"
	case uapi.ARPHRD_CSLIP6:
		name = "cslip6"
	case uapi.ARPHRD_RSRVD:
		name = "rsrvd"
	case uapi.ARPHRD_ADAPT:
		name = "adapt"
	case uapi.ARPHRD_ROSE:
		name = "rose"
	case uapi.ARPHRD_X25:
		name = "x25"
	case uapi.ARPHRD_HWX25:
		name = "hwx25"
	case uapi.ARPHRD_CAN:
		name = "can"
	case uapi.ARPHRD_PPP:
		name = "ppp"
	case uapi.ARPHRD_HDLC:
		name = "hdlc"
	case uapi.ARPHRD_LAPB:
		name = "lapb"
	case uapi.ARPHRD_DDCMP:
		name = "ddcmp"
	case uapi.ARPHRD_RAWHDLC:
		name = "rawhdlc"
	case uapi.ARPHRD_TUNNEL:
		name = "ipip"
	case uapi.ARPHRD_TUNNEL6:
		name = "tunnel6"
	case uapi.ARPHRD_FRAD:
		name = "frad"
	case uapi.ARPHRD_SKIP:
		name = "skip"
	case uapi.ARPHRD_LOOPBACK:
		name = "loopback"
	case uapi.ARPHRD_LOCALTLK:
		name = "ltalk"
	case uapi.ARPHRD_FDDI:
		name = "fddi"
	case uapi.ARPHRD_BIF:
		name = "bif"
	case uapi.ARPHRD_SIT:
		name = "sit"
	case uapi.ARPHRD_IPDDP:
		name = "ip/ddp"
	case uapi.ARPHRD_IPGRE:
		name = "gre"
	case uapi.ARPHRD_PIMREG:
		name = "pimreg"
	case uapi.ARPHRD_HIPPI:
		name = "hippi"
	case uapi.ARPHRD_ASH:
		name = "ash"
	case uapi.ARPHRD_ECONET:
		name = "econet"
	case uapi.ARPHRD_IRDA:
		name = "irda"
	case uapi.ARPHRD_FCPP:
		name = "fcpp"
	case uapi.ARPHRD_FCAL:
		name = "fcal"
	case uapi.ARPHRD_FCPL:
		name = "fcpl"
	case uapi.ARPHRD_IEEE802_TR:
		name = "tr"
	case uapi.ARPHRD_IEEE80211:
		name = "ieee802.11"
	case uapi.ARPHRD_IEEE80211_PRISM:
		name = "ieee802.11/prism"
	case uapi.ARPHRD_IEEE80211_RADIOTAP:
		name = "ieee802.11/radiotap"
	case uapi.ARPHRD_IEEE802154:
		name = "ieee802.15.4"
	case uapi.ARPHRD_IEEE802154_MONITOR:
		name = "ieee802.15.4/monitor"
	case uapi.ARPHRD_PHONET:
		name = "phonet"
	case uapi.ARPHRD_PHONET_PIPE:
		name = "phonet_pipe"
	case uapi.ARPHRD_CAIF:
		name = "caif"
	case uapi.ARPHRD_IP6GRE:
		name = "gre6"
	case uapi.ARPHRD_NETLINK:
		name = "netlink"
	case uapi.ARPHRD_6LOWPAN:
		name = "6lowpan"
	case uapi.ARPHRD_MCTP:
		name = "mctp"
	case uapi.ARPHRD_NONE:
		name = "none"
	case uapi.ARPHRD_VOID:
		name = "void"
	default:
		// Thirteen numbers are reserved for kinds of fibre channel fabrics.
		n := typ - uapi.ARPHRD_FCFABRIC
		if n > 12 {
			return "", false
		}
		name = "fcfb" + strconv.Itoa(int(n))
	}
	return name, true
}

// EncapType names a type as the API of package netlink does: like ip, but type 0
// is "generic", and one without a name is its number, "unknown65533".
func EncapType(typ uint16) string {
	if typ == uapi.ARPHRD_NETROM {
		return "generic"
	}
	if name, ok := Name(typ); ok {
		return name
	}
	return "unknown" + strconv.Itoa(int(typ))
}
