package netlink

import (
	"errors"
	"math"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ipNet is ParseIPNet with an IPv4 address in its short form.
func ipNet(t testing.TB, s string) *net.IPNet {
	t.Helper()
	n, err := ParseIPNet(s)
	if err != nil {
		t.Fatal(err)
	}
	if v4 := n.IP.To4(); v4 != nil {
		n.IP = v4
	}
	return n
}

// forever is the lifetime of an address that has no end: -1 where an int has 32
// bits.
var forever = func(seconds uint32) int { return int(seconds) }(math.MaxUint32)

// addrReplies are RTM_NEWADDR messages of Linux 6.18 to ip address show.
var addrReplies = []struct {
	name  string
	bytes string
	local string
	peer  string
	want  Addr
}{
	{
		name: "IPv4 with label and broadcast",
		bytes: "0218a000 03000000" + // inet, /24, flags, scope global, link 3
			"08000100 0a010203" + // IFA_ADDRESS
			"08000200 0a010203" + // IFA_LOCAL
			"08000400 0a0102ff" + // IFA_BROADCAST
			"0b000300 76313a77 65620000" + // IFA_LABEL "v1:web"
			"08000800 a0000000" + // IFA_FLAGS
			"14000600 ffffffff ffffffff 88e90400 91e90400", // IFA_CACHEINFO
		local: "10.1.2.3/24",
		want: Addr{
			LinkIndex: 3, Label: "v1:web", Broadcast: net.IP{10, 1, 2, 255}, Flags: uapi.IFA_F_PERMANENT |
				uapi.IFA_F_DEPRECATED,
			PreferedLft: forever, ValidLft: forever,
		},
	},
	{
		name: "IPv4 with peer, metric, lifetimes and a flag beyond eight bits",
		bytes: "02100000 03000000" +
			"08000100 0a090000" + // IFA_ADDRESS: the peer
			"08000200 0a010204" + // IFA_LOCAL
			"07000300 76300000" + // IFA_LABEL "v0"
			"08000800 00020000" + // IFA_FLAGS: noprefixroute
			"08000900 2c010000" + // IFA_RT_PRIORITY
			"14000600 08070000 100e0000 eaff0400 eaff0400",
		local: "10.1.2.4/32", peer: "10.9.0.0/16",
		want: Addr{
			NoBroadcast: true,
			LinkIndex:   3, Label: "v0", Flags: uapi.IFA_F_NOPREFIXROUTE, Metric: 300,
			PreferedLft: 1800, ValidLft: 3600,
		},
	},
	{
		name: "IPv4 without broadcast, of the scope link",
		bytes: "021f80fd 03000000" +
			"08000100 c0000201" +
			"08000200 c0000201" +
			"07000300 76300000" +
			"08000800 80000000" +
			"14000600 ffffffff ffffffff efff0400 efff0400",
		local: "192.0.2.1/31",
		want: Addr{
			LinkIndex: 3, Label: "v0", Scope: uapi.RT_SCOPE_LINK, Flags: uapi.IFA_F_PERMANENT,
			PreferedLft: forever, ValidLft: forever,
		},
	},
	{
		name: "IPv6 that the kernel made",
		bytes: "0a40c0fd 03000000" +
			"14000100 fe800000 00000000 000000ff fe000a01" + // IFA_ADDRESS, alone
			"14000600 ffffffff ffffffff 84e90400 84e90400" +
			"08000800 c0000000" + // IFA_FLAGS: permanent, tentative
			"05000b00 03000000", // IFA_PROTO: link-local
		local: "fe80::ff:fe00:a01/64",
		want: Addr{
			LinkIndex: 3, Scope: uapi.RT_SCOPE_LINK, Protocol: uapi.IFAPROT_KERNEL_LL,
			Flags:       uapi.IFA_F_PERMANENT | uapi.IFA_F_TENTATIVE,
			PreferedLft: forever, ValidLft: forever,
		},
	},
	{
		name: "IPv6 with peer",
		bytes: "0a7f9200 03000000" +
			"14000200 20010db8 00000000 00000000 00000008" + // IFA_LOCAL
			"14000100 20010db8 00010000 00000000 00000009" + // IFA_ADDRESS: the peer
			"14000600 ffffffff ffffffff 8ee90400 8ee90400" +
			"08000800 92020000",
		local: "2001:db8::8/128", peer: "2001:db8:1::9/127",
		want: Addr{
			LinkIndex: 3, PreferedLft: forever, ValidLft: forever,
			Flags: uapi.IFA_F_PERMANENT | uapi.IFA_F_HOMEADDRESS | uapi.IFA_F_NODAD | uapi.IFA_F_NOPREFIXROUTE,
		},
	},
}

func TestAddrDecodesKernelReplies(t *testing.T) {
	var list addrDecoder // addresses that share it must not share bytes
	var all, wanted []Addr
	for _, c := range addrReplies {
		c.want.IPNet = ipNet(t, c.local)
		if c.peer != "" {
			c.want.Peer = ipNet(t, c.peer)
		}
		got, want, err := list.decode(wire.Message{Type: uapi.RTM_NEWADDR,
			Data: capture.Message(t, uapi.RTM_NEWADDR, c.bytes)})
		if err != nil || !want {
			t.Errorf("%s: wanted: %v, %v", c.name, want, err)
		}
		all, wanted = append(all, got), append(wanted, c.want)
	}
	for i := range all {
		if !reflect.DeepEqual(all[i], wanted[i]) {
			t.Errorf("%s:\n got %+v\nwant %+v", addrReplies[i].name, all[i], wanted[i])
		}
	}
	all[0].IP[3], all[0].Mask[3] = 99, 99
	all[0].IP = append(all[0].IP, 1, 2, 3, 4)
	all[0].Mask = append(all[0].Mask, 1, 2, 3, 4)
	if !reflect.DeepEqual(all[1:], wanted[1:]) {
		t.Errorf("a change of one address went through to others: %+v", all[1:])
	}
}

func TestAddrDecoderLeavesOutWhatWasNotAskedFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		d      addrDecoder
		header string
		want   bool
	}{
		{"all", addrDecoder{}, "02180000 03000000", true},
		{"family", addrDecoder{family: FAMILY_V4}, "02180000 03000000", true},
		{"other family", addrDecoder{family: FAMILY_V6}, "02180000 03000000", false},
		{"link", addrDecoder{index: 3}, "02180000 03000000", true},
		{"other link", addrDecoder{index: 4}, "02180000 03000000", false},
		{"family that is not of the internet", addrDecoder{}, "23000000 03000000", false},
	} {
		_, want, err := c.d.decode(wire.Message{Data: capture.Message(t, uapi.RTM_NEWADDR, c.header+"08000200 0a010203")})
		if err != nil || want != c.want {
			t.Errorf("%s: wanted: %v, %v", c.name, want, err)
		}
	}
}

func TestAddrDecoderRefusesMalformedMessages(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                        "",
		"short header":                   "=02180000 0300",
		"no address":                     "=02180000 03000000",
		"short address":                  "=02180000 03000000 0600 0200 =0a010000",
		"IPv4 address in IPv6 message":   "=0a400000 03000000 0800 0100 =0a010203",
		"prefix longer than the address": "=02210000 03000000 0800 0100 =0a010203",
		"attribute past the end":         "=02180000 03000000 ff00 0100 =0a010203",
		"attribute of no length":         "=02180000 03000000 0000 0100 =0a010203",
	} {
		var d addrDecoder
		if a, want, err := d.decode(wire.Message{Data: capture.Words(t, text)}); !errors.Is(err, wire.ErrMalformed) || want {
			t.Errorf("%s: got %+v, wanted: %v, error %v", name, a, want, err)
		}
	}
}

func TestAddrDecoderTakesLongerAndUnknownAttributes(t *testing.T) {
	var d addrDecoder
	a, want, err := d.decode(wire.Message{Data: capture.Words(t, "=02180000 03000000"+
		" 0c00 0200 =0a010203 ffffffff"+
		" 0800 0100 =0a010203"+
		" 0800 ff00 01020304"+
		" 1800 0600 01000000 02000000 00000000 00000000 ffffffff")})
	if err != nil || !want || a.String() != "10.1.2.3/24" || a.PreferedLft != 1 || a.ValidLft != 2 {
		t.Errorf("got %+v, wanted: %v, %v", a, want, err)
	}
}

// TestAddrEncodesAsIproute2 compares with what iproute2 6.1 sent.
func TestAddrEncodesAsIproute2(t *testing.T) {
	for _, c := range []struct {
		command string // ip address add …
		bytes   string
		addr    Addr
		local   string
		peer    string
	}{
		{
			command: "10.1.2.3/24 broadcast + label v1:web dev v1",
			bytes: "02180000 03000000 08000200 0a010203 0b000300 76313a77 65620000" +
				"08000100 0a010203 08000400 0a0102ff",
			local: "10.1.2.3/24", addr: Addr{Label: "v1:web"},
		},
		{
			command: "10.1.2.3/24 broadcast + label v1:web dev v1 valid_lft forever preferred_lft 0",
			bytes: "02180000 03000000 08000200 0a010203 0b000300 76313a77 65620000" +
				"08000100 0a010203 08000400 0a0102ff 14000600 00000000 ffffffff 00000000 00000000",
			local: "10.1.2.3/24", addr: Addr{Label: "v1:web", ValidLft: -1},
		},
		{
			command: "10.1.2.4 peer 10.9.0.0/16 dev v0 valid_lft 3600 preferred_lft 1800 metric 300 noprefixroute",
			bytes: "02100000 03000000 08000200 0a010204 08000100 0a090000 08000900 2c010000" +
				"08000800 00020000 14000600 08070000 100e0000 00000000 00000000",
			local: "10.1.2.4/32", peer: "10.9.0.0/16",
			addr: Addr{Flags: uapi.IFA_F_NOPREFIXROUTE, PreferedLft: 1800, ValidLft: 3600, Metric: 300,
				Broadcast: net.IPv4zero},
		},
		{
			command: "192.0.2.1/31 dev v0 scope link",
			bytes:   "021f00fd 03000000 08000200 c0000201 08000100 c0000201",
			local:   "192.0.2.1/31", addr: Addr{Scope: uapi.RT_SCOPE_LINK},
		},
		{
			command: "2001:db8::7/64 dev v1 nodad",
			bytes: "0a400200 03000000 14000200 20010db8 00000000 00000000 00000007" +
				"14000100 20010db8 00000000 00000000 00000007",
			local: "2001:db8::7/64", addr: Addr{Flags: uapi.IFA_F_NODAD, Label: "not for IPv6", Broadcast: net.IP{1, 2, 3, 4}},
		},
		{
			command: "2001:db8::8 peer 2001:db8:1::9/127 dev v1 noprefixroute nodad home",
			bytes: "0a7f0000 03000000 14000200 20010db8 00000000 00000000 00000008" +
				"14000100 20010db8 00010000 00000000 00000009 08000800 12020000",
			local: "2001:db8::8/128", peer: "2001:db8:1::9/127",
			addr: Addr{Flags: uapi.IFA_F_NOPREFIXROUTE | uapi.IFA_F_NODAD | uapi.IFA_F_HOMEADDRESS},
		},
	} {
		c.addr.IPNet = ipNet(t, c.local)
		if c.peer != "" {
			c.addr.Peer = ipNet(t, c.peer)
		}
		got, err := encoded(func(r *wire.Request) { c.addr.encode(r, 3) })
		if err != nil {
			t.Errorf("%s: %v", c.command, err)
			continue
		}
		have := parts(t, got, uapi.SizeofIfaddrmsg)
		if want := parts(t, capture.Message(t, uapi.RTM_NEWADDR, c.bytes), uapi.SizeofIfaddrmsg); !slices.Equal(have, want) {
			t.Errorf("%s:\n got %q\nwant %q", c.command, have, want)
		}
	}
}

func TestAddrEncodeBroadcast(t *testing.T) {
	for _, c := range []struct {
		local     string
		broadcast net.IP
		want      string // "": none is sent
	}{
		{"10.1.2.3/0", nil, "ffffffff"},
		{"10.1.2.3/8", nil, "0affffff"},
		{"10.1.2.3/23", nil, "0a0103ff"},
		{"10.1.2.5/30", nil, "0a010207"},
		{"10.1.2.5/31", nil, ""},
		{"10.1.2.5/32", nil, ""},
		{"10.1.2.3/24", net.IPv4zero, ""},
		{"10.1.2.3/24", net.IP{0, 0, 0, 0}, ""},
		{"10.1.2.3/24", net.IP{10, 1, 2, 0}, "0a010200"},
		{"10.1.2.5/32", net.ParseIP("10.1.2.0"), "0a010200"},
	} {
		a := Addr{IPNet: ipNet(t, c.local), Broadcast: c.broadcast}
		b, err := encoded(func(r *wire.Request) { a.encode(r, 1) })
		if err != nil {
			t.Errorf("%s: %v", c.local, err)
			continue
		}
		got := ""
		for _, p := range parts(t, b, uapi.SizeofIfaddrmsg) {
			if v, ok := strings.CutPrefix(p, "04: "); ok {
				got = v
			}
		}
		if got != c.want {
			t.Errorf("%s with broadcast %v: sent %q, want %q", c.local, c.broadcast, got, c.want)
		}
		if !a.Broadcast.Equal(c.broadcast) {
			t.Errorf("%s: encoding changed the caller's broadcast address to %v", c.local, a.Broadcast)
		}
	}
}

func TestAddrEncodeFamilyFollowsTheMask(t *testing.T) {
	mapped := net.ParseIP("10.1.2.3") // 16 bytes
	for _, c := range []struct {
		name string
		n    net.IPNet
		want string // header
	}{
		{"IPv4 in 16 bytes", net.IPNet{IP: mapped, Mask: net.CIDRMask(24, 32)}, "0218000001000000"},
		{"IPv4 in 4 bytes", net.IPNet{IP: mapped.To4(), Mask: net.CIDRMask(24, 32)}, "0218000001000000"},
		{"IPv4-mapped IPv6", net.IPNet{IP: mapped, Mask: net.CIDRMask(120, 128)}, "0a78000001000000"},
		{"IPv4 with a mask of 16 bytes", net.IPNet{IP: mapped, Mask: net.CIDRMask(24, 128)}, "0218000001000000"},
		{"IPv4 in 4 bytes with a mask of 16", net.IPNet{IP: mapped.To4(), Mask: net.CIDRMask(24, 128)}, "0218000001000000"},
		{"IPv6 with a mask of 4 bytes", net.IPNet{IP: net.ParseIP("fd00::1"), Mask: net.CIDRMask(24, 32)},
			"0a18000001000000"},
		{"IPv6 without a mask", net.IPNet{IP: net.ParseIP("fd00::1")}, "0a00000001000000"},
		{"IPv6 with a mask with holes", net.IPNet{IP: net.ParseIP("fd00::1"), Mask: net.IPMask(net.ParseIP("ff00:ff00::"))},
			"0a00000001000000"},
	} {
		a := Addr{IPNet: &c.n}
		b, err := encoded(func(r *wire.Request) { a.encode(r, 1) })
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if want := capture.Message(t, uapi.RTM_NEWADDR, c.want); !slices.Equal(b[:uapi.SizeofIfaddrmsg], want) {
			t.Errorf("%s: header %x, want %x", c.name, b[:uapi.SizeofIfaddrmsg], want)
		}
	}
}

func TestAddrEncodeRefusesBadValues(t *testing.T) {
	good := func() *net.IPNet { return &net.IPNet{IP: net.IP{10, 1, 2, 3}, Mask: net.CIDRMask(24, 32)} }
	for _, c := range []struct {
		name string
		addr Addr
		want string
	}{
		{"no network", Addr{}, "no IP address given"},
		{"no IP", Addr{IPNet: &net.IPNet{Mask: net.CIDRMask(24, 32)}}, "no IP address given"},
		{"IP of 5 bytes", Addr{IPNet: &net.IPNet{IP: net.IP{1, 2, 3, 4, 5}, Mask: net.CIDRMask(24, 32)}},
			"IP address of 5 bytes"},
		{"no mask", Addr{IPNet: &net.IPNet{IP: net.IP{10, 1, 2, 3}}}, "network mask is none or no prefix"},
		{"mask with holes", Addr{IPNet: &net.IPNet{IP: net.IP{10, 1, 2, 3}, Mask: net.IPMask{255, 0, 255, 0}}},
			"network mask is none or no prefix"},
		{"mask of IPv6", Addr{IPNet: &net.IPNet{IP: net.IP{10, 1, 2, 3}, Mask: net.CIDRMask(64, 128)}},
			"network mask of 64 bits for 10.1.2.3"},
		{"peer without mask", Addr{IPNet: good(), Peer: &net.IPNet{IP: net.IP{10, 1, 2, 4}}},
			"network mask is none or no prefix"},
		{"peer of other family", Addr{IPNet: good(), Peer: ipNet(t, "2001:db8::1/64")},
			"peer 2001:db8::1/64 is of another family"},
		{"broadcast of IPv6", Addr{IPNet: good(), Broadcast: net.ParseIP("2001:db8::1")},
			"broadcast 2001:db8::1 is no IPv4 address"},
		{"broadcast of 3 bytes", Addr{IPNet: good(), Broadcast: net.IP{1, 2, 3}}, "broadcast: IP address of 3 bytes"},
		{"scope", Addr{IPNet: good(), Scope: 256}, "scope 256 is not within 0 and 255"},
		{"negative scope", Addr{IPNet: good(), Scope: -1}, "scope -1 is not within 0 and 255"},
		{"flags", Addr{IPNet: good(), Flags: -1}, "flags -1 is not within"},
		{"valid lifetime", Addr{IPNet: good(), ValidLft: -2}, "valid lifetime -2 is not within"},
		{"preferred lifetime", Addr{IPNet: good(), PreferedLft: -2}, "preferred lifetime -2 is not within"},
		{"protocol", Addr{IPNet: good(), Protocol: 256}, "protocol 256 is not within 0 and 255"},
		{"metric", Addr{IPNet: good(), Metric: -1}, "metric -1 is not within"},
	} {
		_, err := encoded(func(r *wire.Request) { c.addr.encode(r, 1) })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// FuzzAddrDecode decodes anything, and what comes out can be sent again.
func FuzzAddrDecode(f *testing.F) {
	for _, c := range addrReplies {
		f.Add(capture.Message(f, uapi.RTM_NEWADDR, c.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d addrDecoder
		a, want, err := d.decode(wire.Message{Type: uapi.RTM_NEWADDR, Data: b})
		if err != nil || !want {
			return
		}
		_ = a.String()
		a.Label = ""
		again, err := encoded(func(r *wire.Request) { a.encode(r, a.LinkIndex) })
		if err != nil {
			if a.LinkIndex < 0 || a.LinkIndex > math.MaxInt32 {
				return
			}
			t.Fatalf("%+v: %v", a, err)
		}
		b2, want, err := d.decode(wire.Message{Data: again})
		if err != nil || !want || !a.Equal(b2) || !a.PeerEqual(b2) {
			t.Fatalf("%+v came back as %+v, wanted: %v, %v", a, b2, want, err)
		}
	})
}

func TestAddrListsShareAllocations(t *testing.T) {
	m := wire.Message{Type: uapi.RTM_NEWADDR, Data: capture.Message(t, uapi.RTM_NEWADDR, addrReplies[0].bytes)}
	const n = 1000
	allocs := testing.AllocsPerRun(10, func() {
		var d addrDecoder
		for range n {
			if _, _, err := d.decode(m); err != nil {
				t.Fatal(err)
			}
		}
	})
	if allocs > n/10 {
		t.Errorf("%v allocations for %d addresses", allocs, n)
	}
}
