package netlink

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// aMask is a pointer to a value, for fields where nil is unset.
func aMask(v uint32) *uint32 { return &v }

// ruleWith is NewRule with changes.
func ruleWith(change func(*Rule)) Rule {
	r := NewRule()
	change(r)
	return *r
}

// ruleReplies are RTM_NEWRULE messages of Linux 6.18 to ip rule show.
var ruleReplies = []struct {
	name  string
	bytes string
	want  Rule
}{
	{
		name: "the first rule, whose priority is not told",
		bytes: "02000000 ff000001 00000000" + // inet, table local, to table
			"08000f00 ff000000" + // FRA_TABLE
			"08000e00 ffffffff" + // FRA_SUPPRESS_PREFIXLEN: none
			"05001500 02000000", // FRA_PROTOCOL kernel
		want: ruleWith(func(r *Rule) {
			r.Family, r.Table, r.Protocol, r.Priority = FAMILY_V4, 255, uapi.RTPROT_KERNEL, 0
		}),
	},
	{
		name: "all selectors",
		bytes: "02101810 fc000001 00000000" + // to /16, from /24, tos 0x10, table compat
			"08000f00 e8030000" + // FRA_TABLE 1000
			"08000e00 00000000" + // FRA_SUPPRESS_PREFIXLEN 0
			"05001500 00000000" + // FRA_PROTOCOL
			"07000300 64300000" + // FRA_IIFNAME
			"07001100 64310000" + // FRA_OIFNAME
			"08000600 64000000" + // FRA_PRIORITY
			"08000a00 05000000" + // FRA_FWMARK
			"08001000 0f000000" + // FRA_FWMASK
			"0c000c00 00000000 0000004d" + // FRA_TUN_ID, big-endian
			"0c001400 05000000 0a000000" + // FRA_UID_RANGE
			"08001700 0a001400" + // FRA_SPORT_RANGE
			"08001800 1e001e00" + // FRA_DPORT_RANGE
			"06001d00 ffff0000" + // FRA_DPORT_MASK
			"05001600 06000000" + // FRA_IP_PROTO tcp
			"08000d00 03000000" + // FRA_SUPPRESS_IFGROUP
			"08000100 0a090000" + // FRA_DST
			"08000200 0a000000" + // FRA_SRC
			"08000b00 02000100", // FRA_FLOW 1/2
		want: Rule{
			Family: FAMILY_V4, Table: 1000, Priority: 100, Goto: -1, Tos: 0x10,
			Src: ipv4Net("10.0.0.0/24"), Dst: ipv4Net("10.9.0.0/16"), IifName: "d0", OifName: "d1",
			Mark: 5, Mask: aMask(15), TunID: 77, UIDRange: NewRuleUIDRange(5, 10), Sport: NewRulePortRange(10, 20),
			Dport: NewRulePortRange(30, 30), IPProto: 6, SuppressIfgroup: 3, SuppressPrefixlen: 0, Flow: 1<<16 | 2,
		},
	},
	{
		name: "goto",
		bytes: "02000000 00000002 00000000 08000f00 00000000 08000e00 ffffffff 05001500 00000000 08000600 2c010000 " +
			"08000400 fe7f0000",
		want: ruleWith(func(r *Rule) {
			r.Family, r.Priority, r.Goto = FAMILY_V4, 300, 32766
		}),
	},
	{
		name: "table of the packet's VRF",
		bytes: "02000000 00000001 00000000 08000f00 00000000 08000e00 ffffffff 05001500 00000000 08000600 2d010000 " +
			"05001300 01000000",
		want: ruleWith(func(r *Rule) { r.Family, r.Priority, r.L3MDev = FAMILY_V4, 301, true }),
	},
	{
		name: "IPv6, inverted, blackhole",
		bytes: "0a004000 00000006 02000000 08000f00 00000000 08000e00 ffffffff 05001500 2a000000 08000600 c8000000" +
			"14000200 fd000000 00000000 00000000 00000000",
		want: ruleWith(func(r *Rule) {
			r.Family, r.Type, r.Priority, r.Protocol = FAMILY_V6, uapi.FR_ACT_BLACKHOLE, 200, 42
			r.Invert, r.Src = true, ipv6Net("fd00::/64")
		}),
	},
}

func TestRuleDecodesKernelReplies(t *testing.T) {
	for _, c := range ruleReplies {
		t.Run(c.name, func(t *testing.T) {
			got, err := decodeRule(capture.Message(t, uapi.RTM_NEWRULE, c.bytes))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestRuleEncodesAsIproute2(t *testing.T) {
	cases := []struct {
		command string // of iproute2 6.1; bytes are what it sends
		bytes   string
		rule    Rule
	}{
		{
			command: "ip rule add pref 100 from 10.0.0.0/24 to 10.9.0.0/16 iif d0 oif d1 fwmark 0x5/0xf tos 0x10 uidrange " +
				"5-10 " +
				"ipproto tcp sport 10-20 dport 30 suppress_prefixlength 0 suppress_ifgroup 3 tun_id 77 table 1000 realms 1/2",
			bytes: "02101810 00000001 00000000 08000600 64000000 08000200 0a000000 08000100 0a090000 07000300 64300000" +
				"07001100 64310000 08000a00 05000000 08001000 0f000000 0c001400 05000000 0a000000 05001600 06000000" +
				"08001700 0a001400 08001800 1e001e00 08000e00 00000000 08000d00 03000000 0c000c00 00000000 0000004d" +
				"08000f00 e8030000 08000b00 02000100",
			rule: Rule{
				Table: 1000, Priority: 100, Goto: -1, Tos: 0x10, Src: ipv6Net("10.0.0.0/24"), Dst: ipv6Net("10.9.0.0/16"),
				IifName: "d0", OifName: "d1", Mark: 5, Mask: aMask(15), TunID: 77, UIDRange: NewRuleUIDRange(5, 10),
				Sport: NewRulePortRange(10, 20), Dport: NewRulePortRange(30, 30), IPProto: 6, SuppressIfgroup: 3,
				SuppressPrefixlen: 0, Flow: 1<<16 | 2,
			},
		},
		{
			command: "ip -6 rule add not from fd00::/64 blackhole pref 200 protocol 42",
			bytes: "0a004000 00000006 02000000 14000200 fd000000 00000000 00000000 00000000 08000600 c8000000" +
				"05001500 2a000000",
			rule: ruleWith(func(r *Rule) {
				r.Invert, r.Src, r.Type, r.Priority, r.Protocol = true, ipv6Net("fd00::/64"), uapi.FR_ACT_BLACKHOLE, 200, 42
			}),
		},
		{
			command: "ip rule add fwmark 0x5050 table 200, from a literal",
			bytes:   "02000000 c8000001 00000000 08000a00 50500000",
			rule:    Rule{Mark: 0x5050, Table: 200},
		},
		{
			command: "ip rule add pref 0 fwmark 0/0xff table 200",
			bytes:   "02000000 c8000001 00000000 08000600 00000000 08000a00 00000000 08001000 ff000000",
			rule:    ruleWith(func(r *Rule) { r.Priority, r.Mask, r.Table = 0, aMask(0xff), 200 }),
		},
	}
	for _, c := range cases {
		t.Run(c.command, func(t *testing.T) {
			b, err := encoded(func(r *wire.Request) { r.Fail(encodeRule(r, uapi.RTM_NEWRULE, &c.rule)) })
			if err != nil {
				t.Fatal(err)
			}
			got, want := parts(t, b, uapi.SizeofFibRuleHdr),
				parts(t, capture.Message(t, uapi.RTM_NEWRULE, c.bytes), uapi.SizeofFibRuleHdr)
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestRuleEncodeRefusesBadValues(t *testing.T) {
	cases := []struct {
		name string
		rule *Rule
		want string
	}{
		{"nil", nil, "no rule given"},
		{"mixed families", &Rule{Src: ipv4Net("10.0.0.0/8"), Dst: ipv6Net("fd00::/8")},
			"destination is IPv6, but the others are IPv4"},
		{"negative family", &Rule{Family: -1}, "-1 is no address family"},
		{"negative priority", &Rule{Priority: -2}, "priority -2 is not within"},
		{"TOS of nine bits", &Rule{Tos: 256}, "tos 256 is not within"},
		{"huge TOS", &Rule{Tos: ^uint(0)}, "is not within 0 and 255"},
		{"protocol", &Rule{IPProto: 256}, "ipproto 256 is not within"},
		{"name of 16 bytes", &Rule{IifName: "0123456789abcdef"}, "is longer than 15 bytes"},
	}
	for _, c := range cases {
		_, err := encoded(func(r *wire.Request) { r.Fail(encodeRule(r, uapi.RTM_NEWRULE, c.rule)) })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestRuleString(t *testing.T) {
	for want, r := range map[string]Rule{
		"ip rule -1: from all to all table 0 ": *NewRule(),
		"ip rule 7: from 10.0.0.0/8 to fd00::/8 table 200 blackhole": {
			Priority: 7, Src: ipv4Net("10.0.0.0/8"), Dst: ipv6Net("fd00::/8"), Table: 200, Type: uapi.FR_ACT_BLACKHOLE,
		},
		"ip rule 0: from all to all table 0 type(0x63)": {Type: 99},
	} {
		if got := r.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzRuleDecode(f *testing.F) {
	for _, c := range ruleReplies {
		f.Add(capture.Message(f, uapi.RTM_NEWRULE, c.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rule, err := decodeRule(b)
		if err != nil {
			return
		}
		_ = rule.String()
		if !rule.selects(&rule, ^uint64(0)) {
			t.Fatalf("%+v does not match itself", rule)
		}
		again, err := encoded(func(r *wire.Request) { r.Fail(encodeRule(r, uapi.RTM_NEWRULE, &rule)) })
		if err != nil {
			return
		}
		if _, err := decodeRule(again); err != nil {
			t.Fatalf("%+v was sent as %x: %v", rule, again, err)
		}
	})
}
