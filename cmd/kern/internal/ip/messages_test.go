package ip

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// capturedMessages are messages of Linux 6.18 on a little-endian machine, where
// the link 3 is called va, and what "monitor" shows of them.
var capturedMessages = []struct {
	name string
	hex  string
	text string // with -details
	json string // without
}{
	{
		name: "route with two next hops",
		hex: "50000000 1800 2200 01000000 492e0000" + // RTM_NEWROUTE, NLM_F_MULTI|NLM_F_DUMP_FILTERED
			"02 10 00 00 fe 03 00 01 00000000" + // AF_INET /16, main, boot, universe, unicast
			"0800 0f00 fe000000" + // RTA_TABLE 254
			"0800 0100 0a020000" + // RTA_DST 10.2.0.0
			"2400 0900" + // RTA_MULTIPATH
			"1000 00 01 03000000 0800 0500 0a000002" + // rtnh: hops 1, link 3; RTA_GATEWAY 10.0.0.2
			"1000 04 02 05000000 0800 0500 0a000102", // RTNH_F_ONLINK, hops 2, link 5; 10.0.1.2
		text: "unicast 10.2.0.0/16 table main proto boot scope global \n\tnexthop via 10.0.0.2 dev va weight 2 " +
			"\n\tnexthop via 10.0.1.2 dev if5 weight 3 onlink \n",
		json: `[{"dst":"10.2.0.0/16","flags":[],"nexthops":[{"gateway":"10.0.0.2","dev":"va","weight":2,"flags":[]},{"gateway":"10.0.1.2","dev":"if5","weight":3,"flags":["onlink"]}]}]`,
	},
	{
		name: "route with metrics",
		hex: "bc000000 1800 2200 01000000 522e0000" +
			"02 10 00 00 fe 03 fd 01 00000000" + // scope link
			"0800 0f00 fe000000 0800 0100 0a070000" + // RTA_DST 10.7.0.0
			"8800 0800" + // RTA_METRICS
			"0800 0100 84200000" + // RTAX_LOCK: mtu, cwnd, rto_min
			"0800 0200 14050000 0800 0300 e8030000" + // mtu 1300, window 1000
			"0800 0400 20030000 0800 0500 c8000000" + // rtt 800/8 ms, rttvar 200/4 ms
			"0800 0600 05000000 0800 0700 0a000000" + // ssthresh 5, cwnd 10
			"0800 0900 04000000 0800 0a00 21000000" + // reordering 4, hoplimit 33
			"0800 0b00 0b000000 0800 0c00 01000000" + // initcwnd 11, features: RTAX_FEATURE_ECN
			"0800 0d00 c8000000 0800 0e00 0c000000" + // rto_min 200, initrwnd 12
			"0800 0f00 01000000 0a00 1000 637562696300 0000" + // quickack 1, cc_algo "cubic"
			"0800 1100 01000000" + // fastopen_no_cookie 1
			"0800 0400 03000000", // RTA_OIF 3
		text: "unicast 10.7.0.0/16 dev va table main proto boot scope link mtu lock 1300 window 1000 rtt 100ms rttvar " +
			"50ms ssthresh 5 cwnd lock 10 reordering 4 hoplimit 33 " +
			"initcwnd 11 features ecn rto_min lock 200ms initrwnd 12 quickack 1 congctl cubic fastopen_no_cookie 1 \n",
		json: `[{"dst":"10.7.0.0/16","dev":"va","scope":"link","flags":[],"metrics":[{"mtu":1300,"window":1000,"rtt":100,"rttvar":50,"ssthresh":5,"cwnd":10,"reordering":4,` +
			`"hoplimit":33,"initcwnd":11,"ecn":null,"rto_min":200,"initrwnd":12,"quickack":1,"congestion":"cubic","fastopen_no_cookie":1}]}]`,
	},
	{
		name: "route through an IP tunnel",
		hex: "74000000 1800 2200 01000000 5b2e0000" +
			"02 10 00 00 fe 03 fd 01 00000000" +
			"0800 0f00 fe000000 0800 0100 0a0d0000 0800 0400 03000000" +
			"3800 1600" + // RTA_ENCAP
			"0c00 0100 0000000000000007" + // LWTUNNEL_IP_ID 7
			"0800 0200 01020304 0800 0300 00000000" + // _DST 1.2.3.4, _SRC 0.0.0.0
			"0500 0500 00000000 0500 0400 00000000" + // _TOS, _TTL
			"0600 0600 00000000" + // _FLAGS
			"0600 1500 02000000", // RTA_ENCAP_TYPE: LWTUNNEL_ENCAP_IP
		text: "unicast 10.13.0.0/16  encap ip id 7 src 0.0.0.0 dst 1.2.3.4 ttl 0 tos 0 dev va table main proto boot " +
			"scope link \n",
		json: `[{"dst":"10.13.0.0/16","encap":{"encap_type":"ip","id":7,"src":"0.0.0.0","dst":"1.2.3.4","ttl":0,"tos":0},"dev":"va","scope":"link","flags":[]}]`,
	},
	{
		name: "IPv4 route by an IPv6 gateway",
		hex: "4c000000 1800 2200 01000000 642e0000" +
			"02 10 00 00 fe 03 00 01 00000000" +
			"0800 0f00 fe000000 0800 0100 0a090000" +
			"1600 1200 0a00 fe800000000000000000000000000001 0000" + // RTA_VIA: AF_INET6 fe80::1
			"0800 0400 03000000",
		text: "unicast 10.9.0.0/16 via inet6 fe80::1 dev va table main proto boot scope global \n",
		json: `[{"dst":"10.9.0.0/16","via":{"family":"inet6","host":"fe80::1"},"dev":"va","flags":[]}]`,
	},
	{
		name: "rule",
		hex: "98000000 2000 0200 01000000 712e0000" + // RTM_NEWRULE
			"02 10 08 10 fc 00 00 01 00000000" + // AF_INET, dst /16, src /8, tos 0x10, RT_TABLE_COMPAT, FR_ACT_TO_TBL
			"0800 0f00 e8030000" + // FRA_TABLE 1000
			"0800 0e00 00000000" + // FRA_SUPPRESS_PREFIXLEN 0
			"0500 1500 00000000" + // FRA_PROTOCOL
			"0700 0300 64300000 0700 1100 64310000" + // FRA_IIFNAME d0, FRA_OIFNAME d1
			"0800 0600 0a000000" + // FRA_PRIORITY 10
			"0800 0a00 05000000 0800 1000 ff000000" + // FRA_FWMARK 5, FRA_FWMASK 0xff
			"0c00 1400 05000000 0a000000" + // FRA_UID_RANGE 5 to 10
			"0800 1700 0400 0900 0800 1800 5000 5000" + // FRA_SPORT_RANGE 4 to 9, FRA_DPORT_RANGE 80
			"0600 1d00 ffff0000" + // FRA_DPORT_MASK
			"0500 1600 06000000" + // FRA_IP_PROTO 6
			"0800 0100 c0a80000 0800 0200 0a000000", // FRA_DST, FRA_SRC
		text: "10:\tfrom 10.0.0.0/8 to 192.168.0.0/16 tos 0x10 fwmark 0x5/0xff iif d0 oif d1 uidrange 5-10 ipproto tcp " +
			"sport 4-9 dport 80 lookup 1000 suppress_prefixlength 0 proto unspec\n",
		json: `[{"priority":10,"src":"10.0.0.0","srclen":8,"dst":"192.168.0.0","dstlen":16,"tos":"0x10","fwmark":"0x5","fwmask":"0xff","iif":"d0","oif":"d1","uid_start":5,"uid_end":10,` +
			`"ipproto":"tcp","sport_start":4,"sport_end":9,"dport":80,"dport_mask":"0xffff","table":"1000","suppress_prefixlen":0}]`,
	},
	{
		name: "neighbour",
		hex: "54000000 1c00 0200 01000000 c12e0000" + // RTM_NEWNEIGH
			"02 000000 03000000 0400 10 01" + // AF_INET, link 3, NUD_STALE, NTF_EXT_LEARNED, RTN_UNICAST
			"0800 0100 0a00000b" + // NDA_DST 10.0.0.11
			"0a00 0200 020000000003 0000" + // NDA_LLADDR
			"0800 0400 00000000" + // NDA_PROBES
			"1400 0300 7f170000 0f000000 0f000000 00000000" + // NDA_CACHEINFO
			"0500 0c00 04000000", // NDA_PROTOCOL: RTPROT_STATIC
		text: "10.0.0.11 dev va lladdr 02:00:00:00:00:03 extern_learn STALE proto static \n",
		json: `[{"dst":"10.0.0.11","dev":"va","lladdr":"02:00:00:00:00:03","extern_learn":null,"state":["STALE"],"protocol":"static"}]`,
	},
	{
		name: "next hop",
		hex: "30000000 6800 0200 01000000 c12e0000" + // RTM_NEWNEXTHOP
			"02 fd 00 00 00000000" + // AF_INET, RT_SCOPE_LINK
			"0800 0100 05000000 0800 0500 03000000 0800 0600 0a000002", // NHA_ID, NHA_OIF, NHA_GATEWAY
		text: "id 5 via 10.0.0.2 dev va scope link proto unspec \n",
		json: `[{"id":5,"gateway":"10.0.0.2","dev":"va","scope":"link","flags":[]}]`,
	},
	{
		name: "group of next hops",
		hex: "3c000000 6800 0200 01000000 c12e0000" +
			"00 00 00 00 00000000" +
			"0800 0100 06000000" + // NHA_ID 6
			"0600 0300 00000000" + // NHA_GROUP_TYPE: NEXTHOP_GRP_TYPE_MPATH
			"0c00 0200 05000000 00 00 0000" + // NHA_GROUP: 5
			"0800 0e00 00000080", // NHA_OP_FLAGS
		text: "id 6 group 5 scope global proto unspec \n",
		json: `[{"id":6,"group":[{"id":5}],"flags":[]}]`,
	},
	{
		name: "configuration of a link",
		hex: "4c000000 5000 0200 01000000 c12e0000" + // RTM_NEWNETCONF
			"02 000000" + // AF_INET
			"0800 0100 03000000 0800 0200 00000000" + // NETCONFA_IFINDEX 3, _FORWARDING
			"0800 0300 00000000 0800 0400 00000000" + // _RP_FILTER, _MC_FORWARDING
			"0800 0800 00000000" + // _BC_FORWARDING, which ip 6.1 does not know
			"0800 0500 00000000 0800 0600 00000000", // _PROXY_NEIGH, _IGNORE_ROUTES_WITH_LINKDOWN
		text: "inet va forwarding off rp_filter off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off \n",
		json: `[{"family":"inet","interface":"va","forwarding":false,"rp_filter":"off","mc_forwarding":false,"proxy_neigh":false,"ignore_routes_with_linkdown":false}]`,
	},
	{
		name: "namespace",
		hex: "1c000000 5800 0200 01000000 c12e0000" + // RTM_NEWNSID
			"00 000000" +
			"0800 0100 07000000", // NETNSA_NSID 7
		text: "nsid 7 \n",
		json: `[{"nsid":7}]`,
	},
}

// ipProgram is what the tests run.
var ipProgram = cli.Program{Name: "ip", Objects: Objects}

// offline is a command that shows messages and cannot ask the kernel.
func offline(out *bytes.Buffer, set func(*cli.Options)) *cli.Command {
	s := cli.NewSession(ipProgram, strings.NewReader(""), out, out)
	set(&s.Options)
	s.Configure()
	conn := wire.DialThread(wire.Config{})
	conn.Close()
	s.Use(conn)
	r := wire.NewRequest(uapi.RTM_NEWLINK, 0)
	(&uapi.Ifinfomsg{Index: 3}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.String(uapi.IFLA_IFNAME, "va")
	if err := r.Err(); err != nil {
		panic(err)
	}
	s.RememberLink(wire.Message{Type: uapi.RTM_NEWLINK, Data: r.Bytes()[uapi.SizeofNlmsghdr:]})
	return s.Command(nil)
}

// showMessages shows the messages of a datagram as "monitor" does.
func showMessages(c *cli.Command, datagram []byte) error {
	w := &monitorWish{objects: monitorTable()}
	return wire.Messages(datagram, func(m wire.Message) error { return showEvent(c, m, w, Origin{}, time.Unix(0, 0)) })
}

func TestCapturedMessagesAreShown(t *testing.T) {
	for _, c := range capturedMessages {
		t.Run(c.name, func(t *testing.T) {
			var text, jsonText bytes.Buffer
			inDetail := offline(&text, func(o *cli.Options) { o.Details = true })
			inJSON := offline(&jsonText, func(o *cli.Options) { o.JSON = true })
			for _, cmd := range []*cli.Command{inDetail, inJSON} {
				if err := showMessages(cmd, capture.Datagram(t, c.hex)); err != nil {
					t.Fatal(err)
				}
			}
			if text.String() != c.text {
				t.Errorf("text\ngot  %q\nwant %q", text.String(), c.text)
			}
			if jsonText.String() != c.json+"\n" {
				t.Errorf("JSON\ngot  %s\nwant %s", jsonText.String(), c.json)
			}
		})
	}
}

// FuzzShowEvents has "monitor" show what no kernel would send: it must not
// panic, and its JSON stays JSON.
func FuzzShowEvents(f *testing.F) {
	for _, c := range capturedMessages {
		f.Add(capture.Datagram(f, c.hex))
	}
	f.Fuzz(func(t *testing.T, datagram []byte) {
		for _, set := range []func(*cli.Options){
			func(o *cli.Options) {},
			func(o *cli.Options) { o.Details, o.Stats, o.Oneline = true, 2, true },
			func(o *cli.Options) { o.Brief, o.Numeric, o.Color = true, true, true },
			func(o *cli.Options) { o.JSON, o.Details, o.Stats = true, true, 1 },
		} {
			var out bytes.Buffer
			c := offline(&out, set)
			_ = showMessages(c, datagram) // garbage is an error, and all before it is shown
			if !c.JSON {
				continue
			}
			for line := range strings.Lines(out.String()) {
				if !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %q", line)
				}
			}
		}
	})
}

// FuzzReadMessages reads files that "save" did not write.
func FuzzReadMessages(f *testing.F) {
	for _, c := range capturedMessages {
		f.Add(capture.Datagram(f, c.hex))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var back []byte
		err := readMessages(bytes.NewReader(file), func(m wire.Message) error {
			back = cli.AppendMessage(back, m)
			return nil
		})
		if err == nil && len(back) != len(file) || len(back) > len(file) {
			t.Errorf("read %d bytes of %d", len(back), len(file))
		}
	})
}
