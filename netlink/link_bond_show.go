package netlink

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*Bond) describe() desc.Kind { return desc.Kind{Fields: bondFields, Help: bondHelp} }

var bondFields = []desc.Field{
	{Type: uapi.IFLA_BOND_MODE, Key: "mode", Form: bondName8, Names: bondModes},
	{Type: uapi.IFLA_BOND_ACTIVE_SLAVE, Key: "active_slave", Words: []string{"clear_active_slave"}, Usage: "SLAVE_DEV",
		Show: showSetDevice, Read: readBondActive},
	{Type: uapi.IFLA_BOND_MIIMON, Key: "miimon", Form: desc.U32, Usage: "MIIMON"},
	{Type: uapi.IFLA_BOND_UPDELAY, Key: "updelay", Form: desc.U32, Usage: "UPDELAY"},
	{Type: uapi.IFLA_BOND_DOWNDELAY, Key: "downdelay", Form: desc.U32, Usage: "DOWNDELAY"},
	{Type: uapi.IFLA_BOND_PEER_NOTIF_DELAY, Key: "peer_notify_delay", Form: desc.U32, Usage: "DELAY"},
	{Type: uapi.IFLA_BOND_USE_CARRIER, Key: "use_carrier", Form: desc.U8, Usage: "USE_CARRIER"},
	{Type: uapi.IFLA_BOND_ARP_INTERVAL, Key: "arp_interval", Form: desc.U32, Usage: "ARP_INTERVAL"},
	{Type: uapi.IFLA_BOND_MISSED_MAX, Key: "arp_missed_max", Form: desc.U8, Usage: "MISSED_MAX", Exact: true},
	{Type: uapi.IFLA_BOND_ARP_IP_TARGET, Key: "arp_ip_target", Usage: "[ ARP_IP_TARGET, ... ]", Show: showBondTargets,
		Read: readBondTargets},
	{Type: uapi.IFLA_BOND_NS_IP6_TARGET, Key: "ns_ip6_target", Usage: "[ NS_IP6_TARGET, ... ]", Exact: true,
		Show: showBondTargets, Read: readBondTargets},
	{Type: uapi.IFLA_BOND_ARP_VALIDATE, Key: "arp_validate", Form: bondName32, Names: bondArpValidates,
		Show: showBondArpValidate},
	{Type: uapi.IFLA_BOND_ARP_ALL_TARGETS, Key: "arp_all_targets", Form: bondName32, Names: bondArpAllTargets},
	{Type: uapi.IFLA_BOND_PRIMARY, Key: "primary", Form: desc.Device, Usage: "SLAVE_DEV", Show: showSetDevice},
	{Type: uapi.IFLA_BOND_PRIMARY_RESELECT, Key: "primary_reselect", Form: bondName8, Names: bondReselects},
	{Type: uapi.IFLA_BOND_FAIL_OVER_MAC, Key: "fail_over_mac", Form: bondName8, Names: bondFailOverMacs},
	{Type: uapi.IFLA_BOND_XMIT_HASH_POLICY, Key: "xmit_hash_policy", Form: bondName8, Names: bondHashPolicies},
	{Type: uapi.IFLA_BOND_RESEND_IGMP, Key: "resend_igmp", Form: desc.U32, Usage: "RESEND_IGMP"},
	{Type: uapi.IFLA_BOND_NUM_PEER_NOTIF, Key: "num_peer_notif", Word: "num_grat_arp", Words: []string{"num_unsol_na"},
		Form: desc.U8, Usage: "NUM_GRAT_ARP"},
	{Type: uapi.IFLA_BOND_ALL_SLAVES_ACTIVE, Key: "all_slaves_active", Form: desc.U8, Usage: "ALL_SLAVES_ACTIVE"},
	{Type: uapi.IFLA_BOND_LACP_STRICT, Key: "lacp_strict", Form: desc.Toggle, Exact: true},
	{Type: uapi.IFLA_BOND_MIN_LINKS, Key: "min_links", Form: desc.U32, Usage: "MIN_LINKS"},
	{Type: uapi.IFLA_BOND_LP_INTERVAL, Key: "lp_interval", Form: desc.U32, Usage: "LP_INTERVAL"},
	{Type: uapi.IFLA_BOND_PACKETS_PER_SLAVE, Key: "packets_per_slave", Form: desc.U32, Usage: "PACKETS_PER_SLAVE"},
	{Type: uapi.IFLA_BOND_AD_LACP_ACTIVE, Key: "ad_lacp_active", Word: "lacp_active", Form: bondName8, Names: bondOffOn,
		Exact: true},
	{Type: uapi.IFLA_BOND_AD_LACP_RATE, Key: "ad_lacp_rate", Word: "lacp_rate", Form: bondName8, Names: bondLacpRates},
	{Type: uapi.IFLA_BOND_COUPLED_CONTROL, Key: "coupled_control", Form: desc.Toggle, Exact: true},
	{Type: uapi.IFLA_BOND_BROADCAST_NEIGH, Key: "broadcast_neighbor", Form: desc.Toggle, Exact: true},
	{Type: uapi.IFLA_BOND_AD_SELECT, Key: "ad_select", Form: bondName8, Names: bondAdSelects},
	{Type: uapi.IFLA_BOND_AD_INFO, Key: "ad_info", ReadOnly: true, Show: showBondAdInfo},
	{Type: uapi.IFLA_BOND_AD_ACTOR_SYS_PRIO, Key: "ad_actor_sys_prio", Form: desc.U16, Usage: "SYSPRIO"},
	{Type: uapi.IFLA_BOND_AD_USER_PORT_KEY, Key: "ad_user_port_key", Form: desc.U16, Usage: "PORTKEY"},
	{Type: uapi.IFLA_BOND_AD_ACTOR_SYSTEM, Key: "ad_actor_system", Form: desc.LLAddr},
	{Type: uapi.IFLA_BOND_TLB_DYNAMIC_LB, Key: "tlb_dynamic_lb", Form: desc.U8, Usage: "TLB_DYNAMIC_LB"},
}

var bondOffOn = []string{"off", "on"}

// bondName8 and bondName32 are numbers that are shown by the field's Names, and given by these or as numbers.
func bondName8() desc.Notation  { return desc.Notation{Show: showBondName, Read: readBondName8} }
func bondName32() desc.Notation { return desc.Notation{Show: showBondName, Read: readBondName32} }

func showBondName(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	v := uint32(0)
	switch {
	case len(b) >= 4:
		v = native.Uint32(b)
	case len(b) >= 1:
		v = uint32(b[0])
	default:
		return
	}
	word := f.Word
	if word == "" {
		word = f.Key
	}
	p.Str(f.Key, word+" %s ", desc.NumberName(f.Names, uint64(v)))
}

func readBondName8(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := readBondName(in, f)
	e.Uint8(f.Type, uint8(v))
	return err
}

func readBondName32(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := readBondName(in, f)
	e.Uint32(f.Type, uint32(v))
	return err
}

func readBondName(in *desc.Args, f *desc.Field) (int, error) {
	keyword := in.Last()
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	if v, err := desc.ParseUint(word, 31); err == nil && v < uint64(len(f.Names)) {
		return int(v), nil
	}
	if i := slices.Index(f.Names, word); i >= 0 {
		return i, nil
	}
	return 0, desc.Invalid(keyword, word)
}

// showBondArpValidate prints in JSON null for none.
func showBondArpValidate(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) == 0 && p.JSON {
		p.Null(f.Key, "")
		return
	}
	showBondName(p, f, b, attrs)
}

// showSetDevice prints a link unless its index is 0.
func showSetDevice(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		desc.Device().Show(p, f, b, attrs)
	}
}

func readBondActive(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if in.Last() != "clear_active_slave" {
		return desc.Device().Read(in, f, e)
	}
	e.Uint32(f.Type, 0)
	return nil
}

func showBondTargets(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	d := wire.NewDecoder(b)
	first := true
	for d.Next() {
		a, ok := netip.AddrFromSlice(d.Data())
		if !ok {
			continue
		}
		if first {
			p.Array(f.Key)
			p.Text("%s ", f.Key)
		} else {
			p.Text(",")
		}
		first = false
		p.Str("", "%s", desc.AddrText(a))
	}
	if !first {
		p.Text(" ")
		p.EndArray()
	}
}

func readBondTargets(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Nest(f.Type)
	defer e.End()
	if !in.More() {
		return nil
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	family := uapi.AF_INET
	if f.Type == uapi.IFLA_BOND_NS_IP6_TARGET {
		family = uapi.AF_INET6
	}
	for i, target := range strings.FieldsFunc(word, func(r rune) bool { return r == ',' }) {
		a, err := desc.ParseAddr(target, family)
		if err != nil {
			return err
		}
		e.Addr(uint16(i), a)
	}
	return nil
}

func showBondAdInfo(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	attrs := desc.ParseAttrs(b)
	p.Object("ad_info")
	for _, f := range [...]struct {
		typ       uint16
		key, word string
	}{
		{uapi.IFLA_BOND_AD_INFO_AGGREGATOR, "aggregator", "ad_aggregator"},
		{uapi.IFLA_BOND_AD_INFO_NUM_PORTS, "num_ports", "ad_num_ports"},
		{uapi.IFLA_BOND_AD_INFO_ACTOR_KEY, "actor_key", "ad_actor_key"},
		{uapi.IFLA_BOND_AD_INFO_PARTNER_KEY, "partner_key", "ad_partner_key"},
	} {
		if v := attrs[f.typ]; len(v) >= 2 {
			p.Uint(f.key, f.word+" %d ", uint64(native.Uint16(v)))
		}
	}
	if mac, ok := attrs[uapi.IFLA_BOND_AD_INFO_PARTNER_MAC]; ok {
		p.Str("partner_mac", "ad_partner_mac %s ", net.HardwareAddr(mac).String())
	}
	p.EndObject()
}
