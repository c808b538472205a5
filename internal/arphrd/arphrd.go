// Package arphrd names the types of link-layer addresses (ARPHRD_…) as ip link
// prints them after "link/".
package arphrd

import (
	"strconv"

	"kern.sys/internal/uapi"
)

var names = map[uint16]string{
	uapi.ARPHRD_NETROM:             "netrom",
	uapi.ARPHRD_ETHER:              "ether",
	uapi.ARPHRD_EETHER:             "eether",
	uapi.ARPHRD_AX25:               "ax25",
	uapi.ARPHRD_PRONET:             "pronet",
	uapi.ARPHRD_CHAOS:              "chaos",
	uapi.ARPHRD_IEEE802:            "ieee802",
	uapi.ARPHRD_ARCNET:             "arcnet",
	uapi.ARPHRD_APPLETLK:           "atalk",
	uapi.ARPHRD_DLCI:               "dlci",
	uapi.ARPHRD_ATM:                "atm",
	uapi.ARPHRD_METRICOM:           "metricom",
	uapi.ARPHRD_IEEE1394:           "ieee1394",
	uapi.ARPHRD_INFINIBAND:         "infiniband",
	uapi.ARPHRD_SLIP:               "slip",
	uapi.ARPHRD_CSLIP:              "cslip",
	uapi.ARPHRD_SLIP6:              "slip6",
	uapi.ARPHRD_CSLIP6:             "cslip6",
	uapi.ARPHRD_RSRVD:              "rsrvd",
	uapi.ARPHRD_ADAPT:              "adapt",
	uapi.ARPHRD_ROSE:               "rose",
	uapi.ARPHRD_X25:                "x25",
	uapi.ARPHRD_HWX25:              "hwx25",
	uapi.ARPHRD_CAN:                "can",
	uapi.ARPHRD_PPP:                "ppp",
	uapi.ARPHRD_HDLC:               "hdlc",
	uapi.ARPHRD_LAPB:               "lapb",
	uapi.ARPHRD_DDCMP:              "ddcmp",
	uapi.ARPHRD_RAWHDLC:            "rawhdlc",
	uapi.ARPHRD_TUNNEL:             "ipip",
	uapi.ARPHRD_TUNNEL6:            "tunnel6",
	uapi.ARPHRD_FRAD:               "frad",
	uapi.ARPHRD_SKIP:               "skip",
	uapi.ARPHRD_LOOPBACK:           "loopback",
	uapi.ARPHRD_LOCALTLK:           "ltalk",
	uapi.ARPHRD_FDDI:               "fddi",
	uapi.ARPHRD_BIF:                "bif",
	uapi.ARPHRD_SIT:                "sit",
	uapi.ARPHRD_IPDDP:              "ip/ddp",
	uapi.ARPHRD_IPGRE:              "gre",
	uapi.ARPHRD_PIMREG:             "pimreg",
	uapi.ARPHRD_HIPPI:              "hippi",
	uapi.ARPHRD_ASH:                "ash",
	uapi.ARPHRD_ECONET:             "econet",
	uapi.ARPHRD_IRDA:               "irda",
	uapi.ARPHRD_FCPP:               "fcpp",
	uapi.ARPHRD_FCAL:               "fcal",
	uapi.ARPHRD_FCPL:               "fcpl",
	uapi.ARPHRD_IEEE802_TR:         "tr",
	uapi.ARPHRD_IEEE80211:          "ieee802.11",
	uapi.ARPHRD_IEEE80211_PRISM:    "ieee802.11/prism",
	uapi.ARPHRD_IEEE80211_RADIOTAP: "ieee802.11/radiotap",
	uapi.ARPHRD_IEEE802154:         "ieee802.15.4",
	uapi.ARPHRD_IEEE802154_MONITOR: "ieee802.15.4/monitor",
	uapi.ARPHRD_PHONET:             "phonet",
	uapi.ARPHRD_PHONET_PIPE:        "phonet_pipe",
	uapi.ARPHRD_CAIF:               "caif",
	uapi.ARPHRD_IP6GRE:             "gre6",
	uapi.ARPHRD_NETLINK:            "netlink",
	uapi.ARPHRD_6LOWPAN:            "6lowpan",
	uapi.ARPHRD_MCTP:               "mctp",
	uapi.ARPHRD_NONE:               "none",
	uapi.ARPHRD_VOID:               "void",
}

// Name returns the name of a type; ok is false for one that has none.
func Name(typ uint16) (name string, ok bool) {
	if name, ok = names[typ]; ok {
		return name, true
	}
	// Thirteen numbers are reserved for kinds of fibre channel fabrics.
	if n := typ - uapi.ARPHRD_FCFABRIC; n <= 12 {
		return "fcfb" + strconv.Itoa(int(n)), true
	}
	return "", false
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
