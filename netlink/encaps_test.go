package netlink

import (
	"bytes"
	"encoding/json"
	"net"
	"reflect"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// encapCapture is what ip 6.1 sent for a command, what a kernel then reported of the route, what ip showed of that,
// and the values for both.
type encapCapture struct {
	kind, words string // behind "encap"
	sent, told  string // hex: RTA_ENCAP
	set, read   Encap
	text        string // behind "encap KIND "
}

var encapCaptures = []encapCapture{
	{
		kind: "ip", words: "id 5 dst 1.2.3.4 src 4.3.2.1 ttl 4 tos 7 key csum seq",
		sent: `0c000100 0000000000000005 // LWTUNNEL_IP_ID
			08000200 01020304 // LWTUNNEL_IP_DST
			08000300 04030201 // LWTUNNEL_IP_SRC
			05000400 04000000 // LWTUNNEL_IP_TTL
			05000500 07000000 // LWTUNNEL_IP_TOS
			06000600 000d0000 // LWTUNNEL_IP_FLAGS: key, csum, seq`,
		told: `0c000100 0000000000000005 08000200 01020304 08000300 04030201
			05000500 07000000 05000400 04000000 06000600 000d0000`, // Linux 6.18
		set:  &IPtnlEncap{ID: 5, Dst: net.IPv4(1, 2, 3, 4), Src: net.IPv4(4, 3, 2, 1), TTL: 4, TOS: 7, Flags: 0xd},
		read: &IPtnlEncap{ID: 5, Dst: net.IP{1, 2, 3, 4}, Src: net.IP{4, 3, 2, 1}, TTL: 4, TOS: 7, Flags: 0xd},
		text: "id 5 src 4.3.2.1 dst 1.2.3.4 ttl 4 tos 7 key csum seq ",
	}, {
		kind: "ip", words: "id 5 dst 1.2.3.4",
		sent: "0c000100 0000000000000005 08000200 01020304",
		told: "0c000100 0000000000000005 08000200 01020304 08000300 00000000 05000500 00000000 05000400 00000000 " +
			"06000600 00000000",
		read: &IPtnlEncap{ID: 5, Dst: net.IP{1, 2, 3, 4}, Src: net.IP{0, 0, 0, 0}},
		text: "id 5 src 0.0.0.0 dst 1.2.3.4 ttl 0 tos 0 ",
	}, {
		kind: "ip6", words: "id 5 dst fd00::9 src fd00::8 hoplimit 4 tc 7 csum",
		sent: `0c000100 0000000000000005 // LWTUNNEL_IP6_ID
			14000200 fd000000000000000000000000000009 // LWTUNNEL_IP6_DST
			14000300 fd000000000000000000000000000008 // LWTUNNEL_IP6_SRC
			05000400 04000000 // LWTUNNEL_IP6_HOPLIMIT
			05000500 07000000 // LWTUNNEL_IP6_TC
			06000600 00010000 // LWTUNNEL_IP6_FLAGS: csum`,
		told: `0c000100 0000000000000005 14000200 fd000000000000000000000000000009 14000300 fd000000000000000000000000000008
			05000500 07000000 05000400 04000000 06000600 00010000`,
		set:  &IP6tnlEncap{ID: 5, Dst: net.ParseIP("fd00::9"), Src: net.ParseIP("fd00::8"), Hoplimit: 4, TC: 7, Flags: 1},
		read: &IP6tnlEncap{ID: 5, Dst: net.ParseIP("fd00::9"), Src: net.ParseIP("fd00::8"), Hoplimit: 4, TC: 7, Flags: 1},
		text: "id 5 src fd00::8 dst fd00::9 hoplimit 4 tc 7 csum ",
	}, {
		kind: "ip", words: "id 5 dst 1.2.3.4 geneve_opts 258:3:1212121234567890,0x102:255:00112233",
		sent: `0c000100 0000000000000005 08000200 01020304
			40000880 20000180 06000100 01020000 05000200 03000000 0c000300 1212121234567890 // LWTUNNEL_IP_OPTS_GENEVE
			1c000180 06000100 01020000 05000200 ff000000 08000300 00112233`,
		told: `0c000100 0000000000000005 08000200 01020304 08000300 00000000 05000500 00000000 05000400 00000000
			06000600 08000000 // IP_TUNNEL_GENEVE_OPT_BIT
			3c000800 38000100 06000100 01020000 05000200 03000000 0c000300 1212121234567890
			06000100 01020000 05000200 ff000000 08000300 00112233`, // in one nest
		read: &IPtnlEncap{ID: 5, Dst: net.IP{1, 2, 3, 4}, Src: net.IP{0, 0, 0, 0}, Flags: 0x800, Options: optsOf(
			uapi.LWTUNNEL_IP_OPTS_GENEVE, func(e *wire.Encoder) {
				e.BE16(uapi.LWTUNNEL_IP_OPT_GENEVE_CLASS, 258)
				e.Uint8(uapi.LWTUNNEL_IP_OPT_GENEVE_TYPE, 3)
				e.Data(uapi.LWTUNNEL_IP_OPT_GENEVE_DATA, []byte{0x12, 0x12, 0x12, 0x12, 0x34, 0x56, 0x78, 0x90})
				e.BE16(uapi.LWTUNNEL_IP_OPT_GENEVE_CLASS, 258)
				e.Uint8(uapi.LWTUNNEL_IP_OPT_GENEVE_TYPE, 255)
				e.Data(uapi.LWTUNNEL_IP_OPT_GENEVE_DATA, []byte{0, 0x11, 0x22, 0x33})
			})},
		text: "id 5 src 0.0.0.0 dst 1.2.3.4 ttl 0 tos 0 \n\tgeneve_opts 258:3:1212121234567890,258:255:00112233 ",
	}, {
		kind: "ip", words: "id 5 dst 1.2.3.4 vxlan_opts 456",
		sent: "0c000100 0000000000000005 08000200 01020304 10000880 0c000280 08000100 c8010000",
		told: `0c000100 0000000000000005 08000200 01020304 08000300 00000000 05000500 00000000 05000400 00000000
			06000600 10000000 // IP_TUNNEL_VXLAN_OPT_BIT
			10000800 0c000200 08000100 c8010000`,
		read: &IPtnlEncap{ID: 5, Dst: net.IP{1, 2, 3, 4}, Src: net.IP{0, 0, 0, 0}, Flags: 0x1000,
			Options: optsOf(uapi.LWTUNNEL_IP_OPTS_VXLAN,
				func(e *wire.Encoder) { e.Uint32(uapi.LWTUNNEL_IP_OPT_VXLAN_GBP, 456) })},
		text: "id 5 src 0.0.0.0 dst 1.2.3.4 ttl 0 tos 0 \n\tvxlan_opts 456 ",
	}, {
		kind: "ip", words: "id 5 dst 1.2.3.4 erspan_opts 1:123::",
		sent: "0c000100 0000000000000005 08000200 01020304 18000880 14000380 05000100 01000000 08000200 0000007b",
		told: `0c000100 0000000000000005 08000200 01020304 08000300 00000000 05000500 00000000 05000400 00000000
			06000600 40000000 // IP_TUNNEL_ERSPAN_OPT_BIT
			18000800 14000300 05000100 01000000 08000200 0000007b`,
		read: &IPtnlEncap{ID: 5, Dst: net.IP{1, 2, 3, 4}, Src: net.IP{0, 0, 0, 0}, Flags: 0x4000,
			Options: optsOf(uapi.LWTUNNEL_IP_OPTS_ERSPAN, func(e *wire.Encoder) {
				e.Uint8(uapi.LWTUNNEL_IP_OPT_ERSPAN_VER, 1)
				e.BE32(uapi.LWTUNNEL_IP_OPT_ERSPAN_INDEX, 123)
			})},
		text: "id 5 src 0.0.0.0 dst 1.2.3.4 ttl 0 tos 0 \n\terspan_opts 1:123:0:0 ",
	}, {
		kind: "ip", words: "id 5 dst 1.2.3.4 erspan_opts 2::1:7 key",
		sent: `0c000100 0000000000000005 08000200 01020304 06000600 00040000
			20000880 1c000380 05000100 02000000 05000300 01000000 05000400 07000000`,
		told: `0c000100 0000000000000005 08000200 01020304 08000300 00000000 05000500 00000000 05000400 00000000
			06000600 40040000 20000800 1c000300 05000100 02000000 05000300 01000000 05000400 07000000`,
		read: &IPtnlEncap{ID: 5, Dst: net.IP{1, 2, 3, 4}, Src: net.IP{0, 0, 0, 0}, Flags: 0x4004,
			Options: optsOf(uapi.LWTUNNEL_IP_OPTS_ERSPAN, func(e *wire.Encoder) {
				e.Uint8(uapi.LWTUNNEL_IP_OPT_ERSPAN_VER, 2)
				e.Uint8(uapi.LWTUNNEL_IP_OPT_ERSPAN_DIR, 1)
				e.Uint8(uapi.LWTUNNEL_IP_OPT_ERSPAN_HWID, 7)
			})},
		text: "id 5 src 0.0.0.0 dst 1.2.3.4 ttl 0 tos 0 key \n\terspan_opts 2:0:1:7 ",
	}, {
		kind: "ip6", words: "id 5 dst fd00::9 geneve_opts 1:2:12121212",
		sent: `0c000100 0000000000000005 14000200 fd000000000000000000000000000009
			20000880 1c000180 06000100 00010000 05000200 02000000 08000300 12121212`,
		told: `0c000100 0000000000000005 14000200 fd000000000000000000000000000009 14000300 00000000000000000000000000000000
			05000500 00000000 05000400 00000000 06000600 08000000
			20000800 1c000100 06000100 00010000 05000200 02000000 08000300 12121212`,
		read: &IP6tnlEncap{ID: 5, Dst: net.ParseIP("fd00::9"), Src: net.IPv6zero, Flags: 0x800,
			Options: optsOf(uapi.LWTUNNEL_IP_OPTS_GENEVE, func(e *wire.Encoder) {
				e.BE16(uapi.LWTUNNEL_IP_OPT_GENEVE_CLASS, 1)
				e.Uint8(uapi.LWTUNNEL_IP_OPT_GENEVE_TYPE, 2)
				e.Data(uapi.LWTUNNEL_IP_OPT_GENEVE_DATA, []byte{0x12, 0x12, 0x12, 0x12})
			})},
		text: "id 5 src :: dst fd00::9 hoplimit 0 tc 0 \n\tgeneve_opts 1:2:12121212 ",
	}, {
		kind: "mpls", words: "100/200 ttl 9",
		sent: `0c000100 00064000 000c8100 // MPLS_IPTUNNEL_DST
			05000200 09000000 // MPLS_IPTUNNEL_TTL`,
		told: "0c000100 00064000 000c8100 05000200 09000000",
		set:  &MPLSEncap{Labels: []int{100, 200}, TTL: 9},
		read: &MPLSEncap{Labels: []int{100, 200}, TTL: 9},
		text: " 100/200 ttl 9 ",
	}, {
		kind: "seg6", words: "mode encap segs fd02::1,fd02::2",
		sent: `30000100 01000000 // SEG6_IPTUNNEL_SRH: SEG6_IPTUN_MODE_ENCAP
			00040401 01000000 // struct ipv6_sr_hdr: 5 words of 8 bytes, type 4, 1 segment left, the first is number 1
			fd020000000000000000000000000002 fd020000000000000000000000000001`,
		told: "30000100 01000000 00040401 01000000 fd020000000000000000000000000002 fd020000000000000000000000000001",
		set:  &SEG6Encap{Mode: 1, Segments: []net.IP{net.ParseIP("fd02::2"), net.ParseIP("fd02::1")}},
		read: &SEG6Encap{Mode: 1, Segments: []net.IP{net.ParseIP("fd02::2"), net.ParseIP("fd02::1")}},
		text: "mode encap segs 2 [ fd02::1 fd02::2 ] ",
	}, {
		kind: "seg6", words: "mode inline segs fd02::1 hmac 0x2a",
		sent: `58000100 00000000 // SEG6_IPTUN_MODE_INLINE
			00090401 01080000 // SR6_FLAG1_HMAC
			00000000000000000000000000000000 fd020000000000000000000000000001
			05260000 0000002a 0000000000000000000000000000000000000000000000000000000000000000 // struct sr6_tlv_hmac`,
		told: `58000100 00000000 00090401 01080000 00000000000000000000000000000000 fd020000000000000000000000000001
			05260000 0000002a 0000000000000000000000000000000000000000000000000000000000000000`,
		read: &SEG6Encap{
			Segments: []net.IP{net.IPv6zero, net.ParseIP("fd02::1")},
			TLVs:     append([]byte{5, 38, 0, 0, 0, 0, 0, 42}, make([]byte, 32)...),
		},
		text: "mode inline segs 2 [ fd02::1 :: ] hmac 2A ",
	}, {
		kind: "seg6local", words: "action End.B6.Encaps srh segs fd02::1,fd02::2 count",
		sent: `08000100 0a000000 // SEG6_LOCAL_ACTION
			28000a80 0c000200 0000000000000000 0c000300 0000000000000000 0c000400 0000000000000000 // SEG6_LOCAL_COUNTERS
			2c000200 00040401 01000000 // SEG6_LOCAL_SRH
			fd020000000000000000000000000002 fd020000000000000000000000000001`,
		told: `08000100 0a000000 2c000200 00040401 01000000
			fd020000000000000000000000000002 fd020000000000000000000000000001
			28000a80 0c000200 0000000000000000 0c000300 0000000000000000 0c000400 0000000000000000`,
		read: &SEG6LocalEncap{
			Action: 10, Flags: [10]bool{2: true}, Segments: []net.IP{net.ParseIP("fd02::2"), net.ParseIP("fd02::1")},
			Stats: &SEG6LocalStats{},
		},
		text: "action End.B6.Encaps segs 2 [ fd02::1 fd02::2 ] ",
	}, {
		kind: "seg6local", words: "action End.X nh6 fd00::9",
		sent: "08000100 02000000 14000500 fd000000000000000000000000000009", // SEG6_LOCAL_ACTION, SEG6_LOCAL_NH6
		told: "08000100 02000000 14000500 fd000000000000000000000000000009",
		set:  &SEG6LocalEncap{Action: 2, Flags: [10]bool{5: true}, In6Addr: net.ParseIP("fd00::9")},
		read: &SEG6LocalEncap{Action: 2, Flags: [10]bool{5: true}, In6Addr: net.ParseIP("fd00::9")},
		text: "action End.X nh6 fd00::9 ",
	}, {
		kind: "seg6local", words: "action End flavors psp,usd",
		sent: "08000100 01000000 0c000b80 08000100 0a000000", // SEG6_LOCAL_FLAVORS, which Linux 6.18 refuses
		told: "08000100 01000000 0c000b80 08000100 0a000000",
		read: &SEG6LocalEncap{Action: 1, Flavors: &SEG6LocalFlavors{Operations: 10}},
		text: "action End flavors psp,usd ",
	}, {
		kind: "seg6", words: "mode encap segs fd02::1 lookup 77",
		sent: "20000100 01000000 00020400 00000000 fd020000000000000000000000000001 08000300 4d000000",
		told: "20000100 01000000 00020400 00000000 fd020000000000000000000000000001 08000300 4d000000",
		read: &SEG6Encap{Mode: 1, Segments: []net.IP{net.ParseIP("fd02::1")}, Table: 77},
		text: "mode encap segs 1 [ fd02::1 ] lookup 77 ",
	}, {
		kind: "ioam6", words: "trace prealloc type 0x800000 ns 1 size 12",
		sent: `08000400 01000000 // IOAM6_IPTUNNEL_FREQ_K
			08000500 01000000 // IOAM6_IPTUNNEL_FREQ_N
			05000100 01000000 // IOAM6_IPTUNNEL_MODE: IOAM6_IPTUNNEL_MODE_INLINE
			0c000300 00010003 80000000 // IOAM6_IPTUNNEL_TRACE: namespace 1, 3 words left, bit 0`,
		told: "08000400 01000000 08000500 01000000 05000100 01000000 0c000300 00010803 80000000",
		set:  &IOAM6Encap{FreqK: 1, FreqN: 1, Mode: IOAM6_IPTUNNEL_MODE_INLINE, Namespace: 1, TraceType: 0x800000, Size: 12},
		read: &IOAM6Encap{FreqK: 1, FreqN: 1, Mode: 1, Namespace: 1, TraceType: 0x800000, Size: 12, NodeLen: 1},
		text: "freq 1/1 mode inline trace prealloc type 0x800000 ns 1 size 12 ",
	}, {
		kind: "ioam6", words: "freq 3/7 mode encap tunsrc fd00::8 tundst fd00::9 trace prealloc type 0xc00002 ns 123 " +
			"size 244",
		sent: `08000400 03000000 08000500 07000000 05000100 02000000
			14000600 fd000000000000000000000000000008 // IOAM6_IPTUNNEL_SRC
			14000200 fd000000000000000000000000000009 // IOAM6_IPTUNNEL_DST
			0c000300 007b003d c0000200`,
		told: `08000400 03000000 08000500 07000000 05000100 02000000 14000600 fd000000000000000000000000000008
			14000200 fd000000000000000000000000000009 0c000300 007b103d c0000200`, // 2 words of each node
		set: &IOAM6Encap{FreqK: 3, FreqN: 7, Mode: IOAM6_IPTUNNEL_MODE_ENCAP, Src: net.ParseIP("fd00::8"),
			Dst: net.ParseIP("fd00::9"), Namespace: 123, TraceType: 0xc00002, Size: 244},
		read: &IOAM6Encap{FreqK: 3, FreqN: 7, Mode: 2, Src: net.ParseIP("fd00::8"), Dst: net.ParseIP("fd00::9"),
			Namespace: 123, TraceType: 0xc00002, Size: 244, NodeLen: 2},
		text: "freq 3/7 mode encap tunsrc fd00::8 tundst fd00::9 trace prealloc type 0xc00002 ns 123 size 244 ",
	}, {
		kind: "ioam6", words: "mode auto tundst fd00::9 trace prealloc ns 0 size 4 type 2",
		sent: `08000400 01000000 08000500 01000000 05000100 03000000
			14000200 fd000000000000000000000000000009 0c000300 00000001 00000200`,
		told: `08000400 01000000 08000500 01000000 05000100 03000000 14000200 fd000000000000000000000000000009
			0c000300 00000001 00000200`,
		set: &IOAM6Encap{FreqK: 1, FreqN: 1, Mode: IOAM6_IPTUNNEL_MODE_AUTO, Dst: net.ParseIP("fd00::9"), TraceType: 2,
			Size: 4},
		read: &IOAM6Encap{FreqK: 1, FreqN: 1, Mode: 3, Dst: net.ParseIP("fd00::9"), TraceType: 2, Size: 4},
		text: "freq 1/1 mode auto tundst fd00::9 trace prealloc type 0x000002 ns 0 size 4 ",
	}, {
		kind: "ila", words: "1:2:3:4",
		sent: "0c000100 0001000200030004", // ILA_ATTR_LOCATOR
		told: "0c000100 0001000200030004 05000700 02000000 05000800 20000000 05000900 00000000",
		read: &ILAEncap{Locator: 0x0001000200030004, CsumMode: new(ILA_CSUM_NO_ACTION), IdentType: ILA_ATYPE_USE_FORMAT},
		text: " 1:2:3:4  csum-mode no-action  ident-type use-format  hook-type output ",
	}, {
		kind: "ila", words: "1:2:ffff:4 csum-mode neutral-map ident-type luid hook-type input",
		sent: `0c000100 00010002ffff0004
			05000700 01000000 // ILA_ATTR_CSUM_MODE
			05000800 01000000 // ILA_ATTR_IDENT_TYPE
			05000900 01000000 // ILA_ATTR_HOOK_TYPE`,
		told: "0c000100 00010002ffff0004 05000700 01000000 05000800 01000000 05000900 01000000",
		set: &ILAEncap{Locator: 0x00010002ffff0004, CsumMode: new(ILA_CSUM_NEUTRAL_MAP), IdentType: ILA_ATYPE_LUID,
			HookType: ILA_HOOK_ROUTE_INPUT},
		read: &ILAEncap{Locator: 0x00010002ffff0004, CsumMode: new(ILA_CSUM_NEUTRAL_MAP), IdentType: ILA_ATYPE_LUID,
			HookType: ILA_HOOK_ROUTE_INPUT},
		text: " 1:2:ffff:4  csum-mode neutral-map  ident-type luid  hook-type input ",
	}, {
		kind: "rpl", words: "segs fd02::1,fd02::2,fd02::3",
		sent: `3c000100 00060303 00000000 // RPL_IPTUNNEL_SRH: 6 words of 8 bytes, type 3, 3 segments left
			fd020000000000000000000000000003 fd020000000000000000000000000002 fd020000000000000000000000000001`,
		told: `3c000100 00060303 00000000
			fd020000000000000000000000000003 fd020000000000000000000000000002 fd020000000000000000000000000001`,
		set:  &RPLEncap{Segments: []net.IP{net.ParseIP("fd02::3"), net.ParseIP("fd02::2"), net.ParseIP("fd02::1")}},
		read: &RPLEncap{Segments: []net.IP{net.ParseIP("fd02::3"), net.ParseIP("fd02::2"), net.ParseIP("fd02::1")}},
		text: "segs 3 [ fd02::1 fd02::2 fd02::3 ] ",
	}, {
		kind: "xfrm", words: "if_id 0xfffffff0 link_dev lo",
		sent: `08000100 f0ffffff // LWT_XFRM_IF_ID
			08000200 01000000 // LWT_XFRM_LINK`,
		told: "08000100 f0ffffff 08000200 01000000",
		set:  &XfrmEncap{IfID: 0xfffffff0, Link: 1},
		read: &XfrmEncap{IfID: 0xfffffff0, Link: 1},
		text: "if_id 4294967280 link_dev if1 ",
	}, {
		kind: "xfrm", words: "if_id 7",
		sent: "08000100 07000000",
		told: "08000100 07000000",
		read: &XfrmEncap{IfID: 7},
		text: "if_id 7 ",
	}, {
		kind: "bpf", // no words: ip compiles programs
		told: "14000200 0f000200 6b65726e5b66643a385d0000 08000400 18000000",
		read: bpfOut("kern[fd:8]", 24),
		text: "out kern[fd:8]  24 ",
	},
}

// optsOf are options of a kind as the kernel reports them.
func optsOf(typ uint16, parts func(*wire.Encoder)) []byte {
	var e wire.Encoder
	e.Nest(typ)
	parts(&e)
	e.End()
	return e.Bytes()
}

// bpfOut is a program that packets go through when they leave, by its name.
func bpfOut(name string, headroom int) *BpfEncap {
	e := &BpfEncap{headroom: headroom}
	e.progs[2].name = name
	return e
}

// missingOfEncaps says what encapCaptures lack of a kind.
func missingOfEncaps(t *testing.T, name string) []string {
	for _, c := range encapCaptures {
		if name == "bpf" && c.kind == name && c.read != nil { // TestBpfEncap has what is sent
			return nil
		}
		if c.kind == name && c.sent != "" && c.told != "" && c.set != nil && c.read != nil && c.text != "" {
			return nil
		}
	}
	return []string{"a complete line in encapCaptures"}
}

func (c *encapCapture) bytes(t *testing.T, hex string) []byte {
	return capture.EncapData(t, uint16(EncapNumber(c.kind)), hex)
}

func TestEncapsAreSentReadAndShownAsByIP(t *testing.T) {
	for _, c := range encapCaptures {
		t.Run(c.kind+" "+c.words, func(t *testing.T) {
			if c.set != nil {
				b, err := c.set.Encode()
				if err != nil {
					t.Fatal(err)
				}
				sameAttrs(t, b, c.bytes(t, c.sent))
			}
			got := decodeEncap(uint16(EncapNumber(c.kind)), c.bytes(t, c.told))
			if !reflect.DeepEqual(got, c.read) {
				t.Errorf("is %+v, want %+v", got, c.read)
			}
			if again, err := got.Encode(); err != nil {
				t.Error(err)
			} else if back := decodeEncap(uint16(got.Type()), again); !back.Equal(got) {
				t.Errorf("is %v when it is sent again, was %v", back, got)
			}
			k := DescribeEncap(c.kind)
			if c.words != "" {
				c.parse(t, k)
			}
			text, js := desc.Printer{Names: &desc.Names{}}, desc.Printer{JSON: true, Names: &desc.Names{}}
			text.Reset()
			desc.Show(&text, k, c.bytes(t, c.told))
			if got := string(text.Bytes()); got != c.text {
				t.Errorf("is shown as %q, want %q", got, c.text)
			}
			js.Reset()
			js.Object("")
			desc.Show(&js, k, c.bytes(t, c.told))
			js.EndObject()
			if !json.Valid(js.Bytes()) {
				t.Errorf("%s is no JSON", js.Bytes())
			}
		})
	}
}

// parse reads the words.
func (c *encapCapture) parse(t *testing.T, k *desc.Kind) {
	in := testArgs(strings.Fields(c.words), map[int]string{1: "lo"})
	in.Names = &desc.Names{}
	var e wire.Encoder
	if err := desc.ReadNested(in, k, &e, true); err != nil || in.More() {
		t.Fatalf("%v, %q is left", err, in.Rest)
	}
	sameAttrs(t, e.Bytes(), c.bytes(t, c.sent))
}

func TestEncapsDiffer(t *testing.T) {
	for i, a := range encapCaptures {
		for j, b := range encapCaptures {
			if a.read.Equal(b.read) != (i == j) {
				t.Errorf("%v and %v: equal is %v", a.read, b.read, a.read.Equal(b.read))
			}
		}
	}
}

func TestEncapsThatAreNotKnownStayAsTheyAre(t *testing.T) {
	for typ, b := range map[uint16][]byte{99: {1, 2, 3}, uint16(EncapNumber("mpls")): {5, 0, 2, 0, 9, 0, 0, 0},
		uint16(EncapNumber("ip")): {9, 0, 1, 0, 1}} {
		e := decodeEncap(typ, b)
		got, err := e.Encode()
		if err != nil || !bytes.Equal(got, b) || e.Type() != int(typ) {
			t.Errorf("%d %x becomes %v, %x, %v", typ, b, e, got, err)
		}
	}
}

func TestAttributesOfANewerKernelStayInTheEncap(t *testing.T) {
	var newer wire.Encoder
	newer.Data(999, []byte{1, 2, 3})
	more := newer.Bytes()
	for _, c := range encapCaptures {
		told := append(c.bytes(t, c.told), more...)
		got := decodeEncap(uint16(EncapNumber(c.kind)), told)
		if reflect.TypeOf(got) != reflect.TypeOf(c.read) || got.Equal(c.read) {
			t.Errorf("is %T %v", got, got)
		}
		again, err := got.Encode()
		if err != nil || !bytes.HasSuffix(again, more) {
			t.Errorf("is sent again as %x, %v", again, err)
		}
	}
}

func TestEncapNames(t *testing.T) {
	for typ := -1; typ < 20; typ++ {
		if name := EncapName(typ); name != "" && EncapNumber(name) != typ {
			t.Errorf("%d is %q, which is %d", typ, name, EncapNumber(name))
		} else if name != "" && DescribeEncap(name) == nil {
			t.Errorf("of %s no more is known than its name", name)
		}
	}
	for _, name := range EncapKinds() {
		e, _ := encapKinds.new(name)
		if EncapName(e.Type()) != name {
			t.Errorf("%s has the number of %q", name, EncapName(e.Type()))
		}
	}
	if EncapNumber("") != 0 || EncapNumber("nope") != 0 {
		t.Error("a number for no name")
	}
}

// A word of an encapsulation that is given twice is refused in the words of ip.
func TestWordsOfEncapsAreGivenOnce(t *testing.T) {
	for line, want := range map[string]string{
		"ip id 1 id 2":                               `Error: either "id" is duplicate, or "2" is garbage.`,
		"ip key key":                                 `Error: either "key" is duplicate, or "key" is garbage.`,
		"ip6 hoplimit 1 hoplimit 2":                  `Error: either "hoplimit" is duplicate, or "2" is garbage.`,
		"mpls 100 ttl 1 ttl 2":                       `Error: either "ttl" is duplicate, or "2" is garbage.`,
		"seg6 mode encap segs ::1 segs ::2":          `Error: either "segs" is duplicate, or "::2" is garbage.`,
		"seg6 mode encap segs ::1 lookup 7 lookup 8": `Error: either "lookup" is duplicate, or "8" is garbage.`,
		"seg6local action End action End":            `Error: either "action" is duplicate, or "End" is garbage.`,
		"seg6local action End.T table 1 table":       `Command line is not complete. Try option "help"`,
		"xfrm if_id 1 if_id 2":                       `Error: either "if_id" is duplicate, or "2" is garbage.`,
		"xfrm link_dev lo":                           `Usage: ip route ... encap xfrm if_id IF_ID [ link_dev LINK ]`,
	} {
		words := strings.Fields(line)
		in := testArgs(words[1:], map[int]string{1: "lo"})
		in.Names = &desc.Names{}
		var e wire.Encoder
		if err := desc.ReadNested(in, DescribeEncap(words[0]), &e, true); err == nil || err.Error() != want {
			t.Errorf("%s: %v", line, err)
		}
	}
}
