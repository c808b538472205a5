package ip

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// unseen are attributes whose numbers are known and that change nothing of what is printed, by themselves. New numbers
// from a kernel's headers make TestEveryAttributeIsSeen fail until something is printed of them, or they are here.
var unseen = []struct {
	object string
	typ    uint16
	max    uint16
	header []byte // its first bytes
	size   int
	why    map[string][]uint16
}{
	{"link", uapi.RTM_NEWLINK, uapi.IFLA_MAX, nil, uapi.SizeofIfinfomsg, map[string][]uint16{
		"a nest, of which the parts are printed": {uapi.IFLA_LINKINFO, uapi.IFLA_VFINFO_LIST, uapi.IFLA_AF_SPEC,
			uapi.IFLA_XDP, uapi.IFLA_PROP_LIST,
			uapi.IFLA_PROTO_DOWN_REASON},
		"by link show, not by monitor":          {uapi.IFLA_LINKMODE, uapi.IFLA_TXQLEN},
		"counters, which IFLA_STATS64 has, too": {uapi.IFLA_STATS, uapi.IFLA_STATS64},
		"with IFLA_VFINFO_LIST":                 {uapi.IFLA_NUM_VF},
		"in IFLA_PROP_LIST":                     {uapi.IFLA_ALT_IFNAME},
		"in IFLA_STATS64's place, by -statistics": {uapi.IFLA_CARRIER_CHANGES, uapi.IFLA_CARRIER_UP_COUNT,
			uapi.IFLA_CARRIER_DOWN_COUNT},
		"only in requests": {uapi.IFLA_NET_NS_PID, uapi.IFLA_NET_NS_FD, uapi.IFLA_EXT_MASK},
		"of the request":   {uapi.IFLA_TARGET_NETNSID},
		"by bridge link":   {uapi.IFLA_PROTINFO},
		"no kernel sends it": {uapi.IFLA_COST, uapi.IFLA_PRIORITY, uapi.IFLA_WIRELESS, uapi.IFLA_WEIGHT,
			uapi.IFLA_PAD},
		"as ip, which shows flags instead":     {uapi.IFLA_CARRIER},
		"as ip, which shows parentdev instead": {uapi.IFLA_DEVLINK_PORT, uapi.IFLA_DPLL_PIN},
		"as ip: addresses of ISA cards":        {uapi.IFLA_MAP},
		"as ip: what follows from the hardware": {uapi.IFLA_MAX_PACING_OFFLOAD_HORIZON, uapi.IFLA_HEADROOM,
			uapi.IFLA_TAILROOM},
		"as ip: of enic alone": {uapi.IFLA_VF_PORTS, uapi.IFLA_PORT_SELF},
	}},
	{"address", uapi.RTM_NEWADDR, uapi.IFA_MAX, []byte{uapi.AF_INET}, uapi.SizeofIfaddrmsg, map[string][]uint16{
		"of the request": {uapi.IFA_TARGET_NETNSID},
	}},
	{"route", uapi.RTM_NEWROUTE, uapi.RTA_MAX, []byte{uapi.AF_INET}, uapi.SizeofRtmsg, map[string][]uint16{
		"a nest, of which the parts are printed": {uapi.RTA_METRICS, uapi.RTA_MULTIPATH, uapi.RTA_ENCAP},
		"with RTA_ENCAP":                         {uapi.RTA_ENCAP_TYPE},
		"of multicast routes":                    {uapi.RTA_MFC_STATS},
		"only in requests": {uapi.RTA_EXPIRES, uapi.RTA_IP_PROTO, uapi.RTA_SPORT, uapi.RTA_DPORT,
			uapi.RTA_FLOWLABEL},
		"no kernel sends it": {uapi.RTA_PROTOINFO, uapi.RTA_SESSION, uapi.RTA_MP_ALGO, uapi.RTA_PAD},
	}},
	{"rule", uapi.RTM_NEWRULE, uapi.FRA_MAX, []byte{uapi.AF_INET, 0, 0, 0, 7}, uapi.SizeofFibRuleHdr, map[string][]uint16{
		"with the action goto": {uapi.FRA_GOTO},
		"with the value that they mask": {uapi.FRA_FLOWLABEL_MASK, uapi.FRA_SPORT_MASK, uapi.FRA_DPORT_MASK,
			uapi.FRA_DSCP_MASK},
		"no kernel sends it": {uapi.FRA_PAD, 5, 7, 8, 9},
	}},
	{"neighbour", uapi.RTM_NEWNEIGH, uapi.NDA_MAX, []byte{uapi.AF_INET}, uapi.SizeofNdmsg, map[string][]uint16{
		"of entries of an FDB, by bridge fdb": {uapi.NDA_VLAN, uapi.NDA_PORT, uapi.NDA_VNI, uapi.NDA_IFINDEX,
			uapi.NDA_MASTER, uapi.NDA_LINK_NETNSID,
			uapi.NDA_SRC_VNI, uapi.NDA_NH_ID, uapi.NDA_FDB_EXT_ATTRS, uapi.NDA_NDM_STATE_MASK, uapi.NDA_NDM_FLAGS_MASK},
	}},
	{"next hop", uapi.RTM_NEWNEXTHOP, uapi.NHA_MAX, []byte{uapi.AF_INET}, uapi.SizeofNhmsg, map[string][]uint16{
		"a nest, of which the parts are printed": {uapi.NHA_ENCAP, uapi.NHA_RES_GROUP, uapi.NHA_RES_BUCKET},
		"with NHA_ENCAP":                         {uapi.NHA_ENCAP_TYPE},
		"with NHA_HW_STATS_ENABLE":               {uapi.NHA_HW_STATS_USED},
		"only in requests":                       {uapi.NHA_GROUPS, uapi.NHA_MASTER, uapi.NHA_OP_FLAGS},
	}},
	{"settings", uapi.RTM_NEWNETCONF, uapi.NETCONFA_MAX, []byte{uapi.AF_INET}, netconfHeader, map[string][]uint16{}},
	{"prefix", uapi.RTM_NEWPREFIX, uapi.PREFIX_MAX, []byte{uapi.AF_INET6}, uapi.SizeofPrefixmsg, map[string][]uint16{}},
	{"namespace", uapi.RTM_NEWNSID, uapi.NETNSA_MAX, nil, 4, map[string][]uint16{
		"only in requests": {uapi.NETNSA_PID, uapi.NETNSA_FD, uapi.NETNSA_TARGET_NSID},
	}},
}

// TestEveryAttributeIsSeen gives each object each attribute that has a number, in all sizes that it may have,
// and looks at whether that shows.
func TestEveryAttributeIsSeen(t *testing.T) {
	for _, o := range unseen {
		show := func(attr uint16, data []byte) string {
			r := wire.NewRequest(o.typ, 0)
			copy(r.Header(o.size), o.header)
			if attr != 0 {
				r.Data(attr, data)
			}
			var out bytes.Buffer
			c := offline(&out, func(o *cli.Options) { o.Details, o.Stats = true, 2 })
			m := wire.Message{Type: o.typ, Data: r.Bytes()[uapi.SizeofNlmsghdr:]}
			if err := showEvent(c, m, &monitorWish{objects: monitorTable()}, Origin{}, time.Unix(0, 0)); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		reasons := map[uint16]string{}
		for why, types := range o.why {
			for _, typ := range types {
				reasons[typ] = why
			}
		}
		without := show(0, nil)
		for typ := uint16(1); typ <= o.max; typ++ {
			seen := slices.ContainsFunc([]int{0, 1, 2, 4, 6, 8, 12, 16, 20, 24, 32, 36, 64}, func(size int) bool {
				return show(typ, bytes.Repeat([]byte{1}, size)) != without
			})
			if seen == (reasons[typ] != "") {
				t.Errorf("%s: attribute %d: printed: %v, reason %q", o.object, typ, seen, reasons[typ])
			}
		}
	}
}
