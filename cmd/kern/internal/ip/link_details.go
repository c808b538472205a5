package ip

import (
	"encoding/hex"
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// showLinkDetails prints what -details adds.
func showLinkDetails(s *cli.Session, l *linkMessage, v linkView) {
	p := s.Out
	showNumbers(s, l, []numberField{
		{uapi.IFLA_PROMISCUITY, "promiscuity", " promiscuity %d "},
		{uapi.IFLA_ALLMULTI, "allmulti", "allmulti %d "},
		{uapi.IFLA_MIN_MTU, "min_mtu", "minmtu %d "},
		{uapi.IFLA_MAX_MTU, "max_mtu", "maxmtu %d "},
	})
	if b := l.attrs[uapi.IFLA_NETNS_IMMUTABLE]; len(b) != 0 && b[0] != 0 {
		p.Bool("netns-immutable", "netns-immutable ", true)
	}
	showLinkInfo(s, l)
	if !v.addr {
		showAddrGenMode(s, l)
	}
	showNumbers(s, l, []numberField{
		{uapi.IFLA_NUM_TX_QUEUES, "num_tx_queues", "numtxqueues %d "},
		{uapi.IFLA_NUM_RX_QUEUES, "num_rx_queues", "numrxqueues %d "},
		{uapi.IFLA_GSO_MAX_SIZE, "gso_max_size", "gso_max_size %d "},
		{uapi.IFLA_GSO_MAX_SEGS, "gso_max_segs", "gso_max_segs %d "},
		{uapi.IFLA_TSO_MAX_SIZE, "tso_max_size", "tso_max_size %d "},
		{uapi.IFLA_TSO_MAX_SEGS, "tso_max_segs", "tso_max_segs %d "},
		{uapi.IFLA_GRO_MAX_SIZE, "gro_max_size", "gro_max_size %d "},
		{uapi.IFLA_GSO_IPV4_MAX_SIZE, "gso_ipv4_max_size", "gso_ipv4_max_size %d "},
		{uapi.IFLA_GRO_IPV4_MAX_SIZE, "gro_ipv4_max_size", "gro_ipv4_max_size %d "},
	})
	if b, ok := l.attrs[uapi.IFLA_PHYS_PORT_NAME]; ok {
		p.Str("phys_port_name", "portname %s ", cli.Text(b))
	}
	if b, ok := l.attrs[uapi.IFLA_PHYS_PORT_ID]; ok {
		p.Str("phys_port_id", "portid %s ", hex.EncodeToString(b))
	}
	if b, ok := l.attrs[uapi.IFLA_PHYS_SWITCH_ID]; ok {
		p.Str("phys_switch_id", "switchid %s ", hex.EncodeToString(b))
	}
	if b, ok := l.attrs[uapi.IFLA_PARENT_DEV_BUS_NAME]; ok {
		p.Str("parentbus", "parentbus %s ", cli.Text(b))
	}
	if b, ok := l.attrs[uapi.IFLA_PARENT_DEV_NAME]; ok {
		p.Str("parentdev", "parentdev %s ", cli.Text(b))
	}
}

// numberField is an attribute of four bytes that is shown as it is.
type numberField struct {
	typ         uint16
	key, format string
}

func showNumbers(s *cli.Session, l *linkMessage, fields []numberField) {
	for _, f := range fields {
		if l.has(f.typ, 4) {
			s.Out.Uint(f.key, f.format, uint64(l.number(f.typ)))
		}
	}
}

// showLinkInfo prints what is particular to the link's kind, and to that of
// the link it is a port of.
func showLinkInfo(s *cli.Session, l *linkMessage) {
	if _, ok := l.attrs[uapi.IFLA_LINKINFO]; !ok {
		return
	}
	p := s.Out
	p.Object("linkinfo")
	if l.kind != "" {
		p.NL()
		p.Str("info_kind", "    %s ", l.kind)
		fields := kindFields(l.kind)
		showInfoData(s, "info_data", fields, l.info[uapi.IFLA_INFO_DATA])
		if b, ok := l.info[uapi.IFLA_INFO_XSTATS]; ok && s.Stats > 0 && fields != nil && fields.Statistics != nil {
			p.Object("info_xstats")
			fields.Statistics(p, b)
			p.EndObject()
		}
	}
	if l.portKind != "" {
		p.NL()
		p.Str("info_slave_kind", "    %s_slave ", l.portKind)
		showInfoData(s, "info_slave_data", portFields(l.portKind), l.info[uapi.IFLA_INFO_SLAVE_DATA])
	}
	ShowUnknown(p, "%s ", l.info, uapi.IFLA_INFO_MAX)
	p.EndObject()
}

// showInfoData prints the attributes of a kind: as it is described, and those
// that its description does not reach, or all of a kind that has none, as they are.
func showInfoData(s *cli.Session, key string, fields *desc.Kind, b []byte) {
	if b == nil || (fields == nil || len(fields.Fields) == 0) && len(undescribed(fields, b)) == 0 {
		return
	}
	s.Out.Object(key)
	if fields != nil {
		desc.Show(s.Out, fields, b)
	}
	showUndescribed(s.Out, fields, b)
	s.Out.EndObject()
}

// addrGenModes are the names of IN6_ADDR_GEN_MODE_…
var addrGenModes = []string{
	uapi.IN6_ADDR_GEN_MODE_EUI64:          "eui64",
	uapi.IN6_ADDR_GEN_MODE_NONE:           "none",
	uapi.IN6_ADDR_GEN_MODE_STABLE_PRIVACY: "stable_secret",
	uapi.IN6_ADDR_GEN_MODE_RANDOM:         "random",
}

// showAddrGenMode prints how IPv6 makes link-local addresses.
func showAddrGenMode(s *cli.Session, l *linkMessage) {
	inet6 := desc.ParseAttrs(desc.ParseAttrs(l.attrs[uapi.IFLA_AF_SPEC])[uapi.AF_INET6])
	mode := inet6[uapi.IFLA_INET6_ADDR_GEN_MODE]
	if len(mode) == 0 {
		return
	}
	name := fmt.Sprintf("0x%02x", mode[0])
	if int(mode[0]) < len(addrGenModes) {
		name = addrGenModes[mode[0]]
	}
	s.Out.Str("inet6_addr_gen_mode", "addrgenmode %s ", name)
}
