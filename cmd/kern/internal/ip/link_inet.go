package ip

import (
	"strconv"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// inetSetting is a setting of IPv4 that a link has (/proc/sys/net/ipv4/conf).
type inetSetting struct {
	name   string
	typ    uint16 // IPV4_DEVCONF_…
	number string // grammar of its value; "": on or off
}

var inetSettings = []inetSetting{
	{"forwarding", uapi.IPV4_DEVCONF_FORWARDING, ""},
	{"proxy_arp", uapi.IPV4_DEVCONF_PROXY_ARP, ""},
	{"accept_redirects", uapi.IPV4_DEVCONF_ACCEPT_REDIRECTS, ""},
	{"secure_redirects", uapi.IPV4_DEVCONF_SECURE_REDIRECTS, ""},
	{"send_redirects", uapi.IPV4_DEVCONF_SEND_REDIRECTS, ""},
	{"shared_media", uapi.IPV4_DEVCONF_SHARED_MEDIA, ""},
	{"accept_source_route", uapi.IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE, ""},
	{"bootp_relay", uapi.IPV4_DEVCONF_BOOTP_RELAY, ""},
	{"log_martians", uapi.IPV4_DEVCONF_LOG_MARTIANS, ""},
	{"arp_filter", uapi.IPV4_DEVCONF_ARPFILTER, ""},
	{"disable_xfrm", uapi.IPV4_DEVCONF_NOXFRM, ""},
	{"disable_policy", uapi.IPV4_DEVCONF_NOPOLICY, ""},
	{"promote_secondaries", uapi.IPV4_DEVCONF_PROMOTE_SECONDARIES, ""},
	{"arp_notify", uapi.IPV4_DEVCONF_ARP_NOTIFY, ""},
	{"accept_local", uapi.IPV4_DEVCONF_ACCEPT_LOCAL, ""},
	{"src_vmark", uapi.IPV4_DEVCONF_SRC_VMARK, ""},
	{"proxy_arp_pvlan", uapi.IPV4_DEVCONF_PROXY_ARP_PVLAN, ""},
	{"route_localnet", uapi.IPV4_DEVCONF_ROUTE_LOCALNET, ""},
	{"bc_forwarding", uapi.IPV4_DEVCONF_BC_FORWARDING, ""},
	{"ignore_routes_with_linkdown", uapi.IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN, ""},
	{"drop_unicast_in_l2_multicast", uapi.IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST, ""},
	{"drop_gratuitous_arp", uapi.IPV4_DEVCONF_DROP_GRATUITOUS_ARP, ""},
	{"arp_evict_nocarrier", uapi.IPV4_DEVCONF_ARP_EVICT_NOCARRIER, ""},
	{"rp_filter", uapi.IPV4_DEVCONF_RP_FILTER, "{ 0 | 1 | 2 }"},
	{"arp_announce", uapi.IPV4_DEVCONF_ARP_ANNOUNCE, "{ 0 | 1 | 2 }"},
	{"arp_ignore", uapi.IPV4_DEVCONF_ARP_IGNORE, "{ 0 | 1 | ... | 8 }"},
	{"arp_accept", uapi.IPV4_DEVCONF_ARP_ACCEPT, "{ 0 | 1 | 2 }"},
	{"force_igmp_version", uapi.IPV4_DEVCONF_FORCE_IGMP_VERSION, "{ 0 | 1 | 2 | 3 }"},
	{"tag", uapi.IPV4_DEVCONF_TAG, "TAG"},
	{"medium_id", uapi.IPV4_DEVCONF_MEDIUM_ID, "ID"},
	{"igmpv2_unsolicited_report_interval", uapi.IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL, "MILLISECONDS"},
	{"igmpv3_unsolicited_report_interval", uapi.IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL, "MILLISECONDS"},
}

// inetGrammar is the usage of the settings.
func inetGrammar() string {
	var all []string
	for _, s := range inetSettings {
		value := s.number
		if value == "" {
			value = "{ on | off }"
		}
		all = append(all, s.name+" "+value)
	}
	return cli.Fold(all, " | ", "          ", 90)
}

// readInet reads settings of IPv4 up to a word that is none, and at least one.
func (w *linkWords) readInet() error {
	w.e.Nest(uapi.IFLA_AF_SPEC)
	w.e.Nest(uapi.AF_INET)
	w.e.Nest(uapi.IFLA_INET_CONF | uapi.NLA_F_NESTED)
	for n := 0; ; n++ {
		s := w.nextInetSetting()
		switch {
		case s == nil && n == 0:
			return desc.Incomplete()
		case s == nil:
			w.e.End()
			w.e.End()
			w.e.End()
			return nil
		}
		if err := s.read(w); err != nil {
			return err
		}
	}
}

func (w *linkWords) nextInetSetting() *inetSetting {
	for i := range inetSettings {
		if s := &inetSettings[i]; w.Take(s.name) {
			return s
		}
	}
	return nil
}

func (s *inetSetting) read(w *linkWords) error {
	if s.number != "" {
		word, err := w.Next()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(word, 0, 32)
		if err != nil {
			return desc.Wrong(word, "Invalid \""+s.name+"\" value\n")
		}
		w.e.Int32(s.typ, int32(n))
		return nil
	}
	given := w.More()
	on, err := strictOnOff(&w.Args, s.name)
	if err != nil && given {
		err = cli.Exit(cli.StatusFailed, "%s", err) // the status is another one here
	}
	w.e.Uint32(s.typ, uint32(boolByte(on)))
	return err
}
