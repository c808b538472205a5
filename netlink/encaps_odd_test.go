package netlink

import (
	"bytes"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/netlink/desc"
)

func TestEncapsRefuseWhatTheKernelWouldMisread(t *testing.T) {
	six := net.ParseIP("fd02::1")
	for name, e := range map[string]Encap{
		"ioam6 trace of 0 bytes":            &IOAM6Encap{TraceType: 2},
		"ioam6 trace of -4 bytes":           &IOAM6Encap{TraceType: 2, Size: -4},
		"ioam6 trace of 6 bytes":            &IOAM6Encap{TraceType: 2, Size: 6},
		"ioam6 trace of 248 bytes":          &IOAM6Encap{TraceType: 2, Size: 248},
		"ioam6 trace of type 0":             &IOAM6Encap{Size: 4},
		"ioam6 trace of type 0x1000000":     &IOAM6Encap{TraceType: 1 << 24, Size: 4},
		"10.0.0.1":                          &IOAM6Encap{TraceType: 2, Size: 4, Dst: net.IP{10, 0, 0, 1}},
		"no segments":                       &RPLEncap{},
		"segment 10.0.0.1 is no IPv6":       &RPLEncap{Segments: []net.IP{six, {10, 0, 0, 1}}},
		"of 128 segments is too long":       &RPLEncap{Segments: slices.Repeat([]net.IP{six}, 128)},
		"segment 10.0.0.2 is no IPv6":       &RPLEncap{Segments: []net.IP{net.IPv4(10, 0, 0, 2)}},
		"segment <nil> is no IPv6 address":  &RPLEncap{Segments: []net.IP{nil}},
		"ioam6 trace of type 0xffffffff: n": &IOAM6Encap{TraceType: 1<<32 - 1, Size: 4},
	} {
		if b, err := e.Encode(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %x, %v", name, b, err)
		}
	}
}

// What a type has no field for is kept as it was read, and shown as bytes.
func TestHeadersOfEncapsThatAreOddStayAsTheyAre(t *testing.T) {
	rpl := "00060300 00000000 fd020000000000000000000000000003 fd020000000000000000000000000002 " +
		"fd020000000000000000000000000001"
	for _, c := range []struct{ kind, bytes, shown string }{
		{"ioam6", "0c000300 00010c03 80000000", "trace 0x00010c0380000000 "}, // a flag: the trace has overflown
		{"ioam6", "0c000300 00010803 80000001", "trace 0x0001080380000001 "}, // what is reserved
		{"ioam6", "0c000300 00010883 80000000", "trace 0x0001088380000000 "},
		{"ioam6", "10000300 00010803 80000000 00000000", "trace 0x000108038000000000000000 "},
		{"ioam6", "06000300 00010000", "trace 0x0001 "},
		{"ioam6", "0c000300 00010800 80000000", "trace prealloc type 0x800000 ns 1 size 0 "}, // room for nothing
		{"rpl", "3c000100 " + rpl, "srh 0x" + strings.ReplaceAll(rpl, " ", "") + " "},        // no segments left
		{"rpl", "0c000100 00000300 00000000", "srh 0x0000030000000000 "},
		{"rpl", "20000100 00030301 00000000 fd020000000000000000000000000003 00000000",
			"srh 0x0003030100000000fd02000000000000000000000000000300000000 "},
		{"rpl", "1c000100 00020401 00000000 fd020000000000000000000000000003",
			"srh 0x0002040100000000fd020000000000000000000000000003 "}, // segment routing
		{"rpl", "1c000100 00020301 00000001 fd020000000000000000000000000003",
			"srh 0x0002030100000001fd020000000000000000000000000003 "}, // what is reserved
		{"rpl", "05000100 00000000", "srh 0x00 "},
		{"ila", "05000700 01000000", " csum-mode neutral-map "}, // without a locator
	} {
		b := (&encapCapture{kind: c.kind}).bytes(t, c.bytes)
		e := decodeEncap(uint16(EncapNumber(c.kind)), b)
		if _, ok := e.(*GenericEncap); !ok {
			t.Errorf("%s %s is %T %v", c.kind, c.bytes, e, e)
		}
		if again, err := e.Encode(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%s %s is sent as %x, %v", c.kind, c.bytes, again, err)
		}
		p := desc.Printer{Names: &desc.Names{}}
		p.Reset()
		desc.Show(&p, DescribeEncap(c.kind), b)
		if got := string(p.Bytes()); got != c.shown {
			t.Errorf("%s %s is shown as %q, want %q", c.kind, c.bytes, got, c.shown)
		}
	}
}

// A value that is left to the kernel equals what the kernel makes of it.
func TestEncapsEqualWhatTheKernelMakesOfThem(t *testing.T) {
	for _, c := range []struct {
		set, read Encap
		differ    []Encap
	}{
		{
			&IOAM6Encap{TraceType: 2, Size: 4}, &IOAM6Encap{FreqK: 1, FreqN: 1, Mode: 1, TraceType: 2, Size: 4, NodeLen: 1},
			[]Encap{
				&IOAM6Encap{FreqN: 2, TraceType: 2, Size: 4}, &IOAM6Encap{FreqK: 2, FreqN: 2, TraceType: 2, Size: 4},
				&IOAM6Encap{Mode: 2, TraceType: 2, Size: 4}, &IOAM6Encap{TraceType: 4, Size: 4},
				&IOAM6Encap{TraceType: 2, Size: 8}, &IOAM6Encap{TraceType: 2, Size: 4, Namespace: 1},
				&IOAM6Encap{TraceType: 2, Size: 4, Src: net.IPv6loopback},
				&IOAM6Encap{TraceType: 2, Size: 4, Dst: net.IPv6loopback},
				&IOAM6Encap{TraceType: 2, Size: 4, Unknown: []byte{4, 0, 99, 0}}, (*IOAM6Encap)(nil), &RPLEncap{}, nil,
			},
		},
		{
			&ILAEncap{Locator: 7}, &ILAEncap{Locator: 7, CsumMode: new(ILA_CSUM_NO_ACTION), IdentType: ILA_ATYPE_USE_FORMAT},
			[]Encap{
				&ILAEncap{Locator: 8}, &ILAEncap{Locator: 7, CsumMode: new(ILA_CSUM_ADJUST_TRANSPORT)},
				&ILAEncap{Locator: 7, IdentType: ILA_ATYPE_LUID}, &ILAEncap{Locator: 7, HookType: ILA_HOOK_ROUTE_INPUT},
				&ILAEncap{Locator: 7, Unknown: []byte{4, 0, 99, 0}}, (*ILAEncap)(nil), &RPLEncap{}, nil,
			},
		},
		{
			&RPLEncap{Segments: []net.IP{net.IPv6loopback}}, &RPLEncap{Segments: []net.IP{net.IPv6loopback}},
			[]Encap{
				&RPLEncap{}, &RPLEncap{Segments: []net.IP{net.IPv6loopback}, Unknown: []byte{4, 0, 99, 0}}, (*RPLEncap)(nil),
				&ILAEncap{}, nil,
			},
		},
	} {
		if !c.set.Equal(c.read) || !c.read.Equal(c.set) {
			t.Errorf("%v and %v are not equal", c.set, c.read)
		}
		for _, d := range c.differ {
			if c.set.Equal(d) || c.read.Equal(d) {
				t.Errorf("%v and %#v are equal", c.set, d)
			}
		}
	}
}

func TestEncapsReadAsIPWritesThem(t *testing.T) {
	for want, e := range map[string]Encap{
		"mode inline trace prealloc type 0x000002 ns 9 size 4": &IOAM6Encap{TraceType: 2, Namespace: 9, Size: 4},
		"freq 3/7 mode encap tunsrc ::1 tundst fd00::9 trace prealloc type 0xc00002 ns 0 size 244": &IOAM6Encap{
			FreqK: 3, FreqN: 7, Mode: IOAM6_IPTUNNEL_MODE_ENCAP, Src: net.IPv6loopback, Dst: net.ParseIP("fd00::9"),
			TraceType: 0xc00002, Size: 244},
		"segs 2 [ fd02::1 fd02::2 ]": &RPLEncap{Segments: []net.IP{net.ParseIP("fd02::2"), net.ParseIP("fd02::1")}},
		"fd00:1:2:3 csum-mode no-action ident-type use-format hook-type output": &ILAEncap{Locator: 0xfd00000100020003},
		"0:0:0:1 csum-mode neutral-map-auto ident-type luid hook-type input": &ILAEncap{Locator: 1,
			CsumMode: new(ILA_CSUM_NEUTRAL_MAP_AUTO), IdentType: ILA_ATYPE_LUID, HookType: ILA_HOOK_ROUTE_INPUT},
	} {
		if got := e.String(); got != want {
			t.Errorf("is %q, want %q", got, want)
		}
	}
}

// FuzzEncapDecode reads what no kernel would send. What is read is sent as something that reads the same, and shown.
func FuzzEncapDecode(f *testing.F) {
	for _, c := range encapCaptures {
		f.Add(uint16(EncapNumber(c.kind)), capture.EncapData(f, uint16(EncapNumber(c.kind)), c.told))
	}
	f.Fuzz(func(t *testing.T, typ uint16, b []byte) {
		e := decodeEncap(typ, b)
		if again, err := e.Encode(); err == nil {
			if back := decodeEncap(typ, again); !back.Equal(e) {
				t.Errorf("%T %v becomes %T %v", e, e, back, back)
			}
		}
		k := DescribeEncap(EncapName(int(typ)))
		if k == nil {
			return
		}
		p := desc.Printer{JSON: true, Names: &desc.Names{}}
		p.Reset()
		p.Object("")
		desc.Show(&p, k, b)
		p.EndObject()
		if !json.Valid(p.Bytes()) {
			t.Errorf("no JSON: %s", p.Bytes())
		}
	})
}
