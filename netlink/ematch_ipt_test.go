package netlink

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// iptSent is what tc of iproute2 6.1, with the libraries of iptables 1.8.9, sent for matches of iptables behind the
// header of each, and how it shows them. [N] are N zeros.
var iptSent = []struct{ parent, words, text, data string }{
	{"ingress", "ipt(-m policy --dir in --pol ipsec)",
		" policy match dir in pol ipsec",
		"08000100040000000b000200706f6c6963790000050003000000000005000400020000003c0105[305]0100010000000000"},
	{"ingress", "ipt(-m policy --dir in --reqid 5)",
		" policy match dir in pol ipsec reqid 5",
		"08000100040000000b000200706f6c6963790000050003000000000005000400020000003c0105[69]050000000000200000000000000000" +
			"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
			"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
			"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
			"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001" +
			"00010000000000"},
	{"ingress", "ipt(-m policy --dir in --pol ipsec --strict --reqid 5 --proto esp --mode tunnel --tunnel-src " +
		"10.0.0.0/8 --tunnel-dst 10.0.0.1 --next --proto ah --mode transport)",
		" policy match dir in pol ipsec strict [0] reqid 5 proto esp mode tunnel tunnel-dst 10.0.0.1 tunnel-src " +
			"10.0.0.0/8 [1] proto ah mode transport",
		"08000100040000000b000200706f6c6963790000050003000000000005000400020000003c0105000a[15]ff[15]0a000001[12]ffffffff" +
			"ffffffffffffffffffffffff000000000500000032012f[73]33000c[153]0900020000000000"},
	{"ingress", "ipt(-m policy --dir out --pol none)",
		" policy match dir out pol none",
		"08000100040000000b000200706f6c6963790000050003000000000005000400020000003c0105[305]0600000000000000"},
	{"ingress", "ipt(-6 -m policy --dir in --strict --mode tunnel --tunnel-src 2001:db8::/32 --tunnel-dst 2001:db8::1)",
		" policy match dir in pol ipsec strict mode tunnel tunnel-dst 2001:db8::1 tunnel-src 2001:db8::/32",
		"08000100040000000b000200706f6c69637900000500030000000000050004000a0000003c01050020010db8[12]ffffffff[12]20010db8" +
			"000000000000000000000001ffffffffffffffffffffffffffffffff000000000000000000010b[229]0900010000000000"},
	{"ingress", "ipt(-m policy --dir in --proto=ipcomp)",
		" policy match dir in pol ipsec proto ipcomp",
		"08000100040000000b000200706f6c6963790000050003000000000005000400020000003c0105[73]6c0004[229]0100010000000000"},
	{"ingress", "ipt(-m policy --dir in --mode tunnel --tunnel-src 10.0.0.5/255.255.0.0)",
		" policy match dir in pol ipsec mode tunnel tunnel-src 10.0.0.5/16",
		"08000100040000000b000200706f6c6963790000050003000000000005000400020000003c0105000a000005[12]ffff[55]0109[229]010" +
			"0010000000000"},
	{"ingress", "ipt(-m addrtype --src-type local,UNICAST --limit-iface-in)",
		" ADDRTYPE match src-type UNICAST,LOCAL limit-in",
		"08000100040000000d000200616464727479706500000000050003000100000005000400020000000c0005000600000004000000"},
	{"parent ffff:", "ipt(-6 -m addrtype --dst-type LOCAL --src-type MULTICAST --limit-iface-out)",
		" ADDRTYPE match src-type MULTICAST dst-type LOCAL limit-out",
		"08000100000000000d0002006164647274797065000000000500030001000000050004000a0000000c0005002000040008000000"},
}

// zeros are those that a capture leaves out.
var zeros = regexp.MustCompile(`\[\d+\]`)

func iptBytes(t *testing.T, data string) []byte {
	t.Helper()
	b, err := hex.DecodeString(zeros.ReplaceAllStringFunc(data, func(run string) string {
		n, _ := strconv.Atoi(run[1 : len(run)-1])
		return strings.Repeat("00", n)
	}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func littleEndianOnly(t *testing.T) {
	t.Helper()
	if native.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the bytes were captured on a little-endian machine")
	}
}

func TestMatchesOfIptables(t *testing.T) {
	littleEndianOnly(t)
	for _, c := range iptSent {
		sent := iptBytes(t, c.data)
		tc := &desc.Tc{Parent: HANDLE_MIN_INGRESS}
		if c.parent == "egress" {
			tc.Parent = HANDLE_MIN_EGRESS
		}
		list, err := readEmatchWords(tc, c.words)
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %+v, %v", c.words, list, err)
			continue
		}
		m := list[0].Match.(*EmatchIPT)
		var read, raw EmatchIPT
		if err := read.decode(sent); err != nil {
			t.Errorf("%s: %v", c.words, err)
		}
		if got := textEmatchIPT(nil, &read); got != c.text {
			t.Errorf("%s is shown as %q, by tc as %q", c.words, got, c.text)
		}
		// What is received is PREROUTING, which tc says for the parent ffff: alone, so that kernels refuse policy.
		read.Hook = uapi.NF_INET_PRE_ROUTING
		if c.parent == "egress" {
			read.Hook = uapi.NF_INET_POST_ROUTING
		}
		want, err := read.encode()
		got, err2 := m.encode()
		if err != nil || err2 != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is\n%x, %v, want\n%x, %v", c.words, got, err2, want, err)
		}
		if err := attr.Decode(sent, raw.attrs); err != nil || read.Policy == nil && read.AddrType == nil {
			t.Errorf("%s has no type, %v", c.words, err)
		}
		if data := iptData(t, m); !samePadded(data, raw.Data) {
			t.Errorf("%s is\n%x, tc sends\n%x", c.words, data, raw.Data)
		}
	}
}

// iptData is the structure that a match sends.
func iptData(t *testing.T, m *EmatchIPT) []byte {
	t.Helper()
	b, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	var raw EmatchIPT
	if err := attr.Decode(b, raw.attrs); err != nil {
		t.Fatal(err)
	}
	return raw.Data
}

// readEmatchWords reads the words of a match of a filter basic.
func readEmatchWords(tc *desc.Tc, command string) ([]Ematch, error) {
	var e wire.Encoder
	in := &desc.Args{Rest: []string{"match", command}, Tc: tc}
	if err := desc.ReadNested(in, DescribeFilter("basic"), &e, true); err != nil {
		return nil, err
	}
	var f BasicFilter
	err := attr.Decode(e.Bytes(), f.attrs)
	return f.Ematches, err
}

// What tc cannot say: it passes over exclamation marks, and has the number of a SPI in the machine's byte order, which
// the kernel compares in the network's.
func TestMatchesOfIptablesBeyondTc(t *testing.T) {
	for words, want := range map[string]string{
		"ipt(-m policy --dir in ! --spi 0x10 --reqid 7)":     " policy match dir in pol ipsec reqid 7 ! spi 0x10",
		"ipt(-m policy --dir in ! --mode transport)":         " policy match dir in pol ipsec ! mode transport",
		"ipt(-m addrtype ! --src-type LOCAL --dst-type NAT)": " ADDRTYPE match src-type !LOCAL dst-type NAT",
	} {
		list, err := readEmatchWords(nil, words)
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %+v, %v", words, list, err)
			continue
		}
		m := list[0].Match.(*EmatchIPT)
		if got := textEmatchIPT(nil, m); got != want {
			t.Errorf("%s is %q, want %q", words, got, want)
		}
		if m.Policy != nil && m.Policy.Elements[0].SPI != nil && !bytes.Contains(iptData(t, m), []byte{0, 0, 0, 0x10}) {
			t.Errorf("%s sends %x", words, iptData(t, m))
		}
	}
}

func TestWrongMatchesOfIptables(t *testing.T) {
	for words, want := range map[string]string{
		"-m":                                                        "a word is missing",
		"--dir in":                                                  "-m and the name of a match are missing",
		"-m tcp --dport 5":                                          `"tcp" is none that kernels take here`,
		"-m policy":                                                 "--dir in or --dir out is missing",
		"-m policy --dir up":                                        `"up" is neither out nor in`,
		"-m policy --dir in --dir in":                               "--dir is there twice",
		"-m policy --dir in frob":                                   `"frob" is not known`,
		"-m policy ! --dir in":                                      "has no opposite",
		"-m policy --dir in --strict=1":                             "has no value",
		"-m policy --dir in --reqid x":                              "--reqid",
		"-m policy --dir in --proto tcp":                            "none of ah, esp, ipcomp",
		"-m policy --dir in --pol none --reqid 5":                   "nothing to compare",
		"-m policy --dir in --strict":                               "something to compare",
		"-m policy --dir in --reqid 1 --next --reqid 2":             "--next needs --strict",
		"-m policy --dir in --strict --reqid 1 --next":              "something to compare",
		"-m policy --dir in --tunnel-src 10.0.0.1":                  "need --mode tunnel",
		"-m policy --dir in --mode tunnel --tunnel-src ::1":         "no address of the family",
		"-m policy --dir in --mode tunnel --tunnel-src 10.0.0.1/33": "no address of the family",
		"-m policy --dir in --strict" + strings.Repeat(" --reqid 1 --next", 4) + " --reqid 1": "at most 4",
		"-m addrtype":                "--src-type or --dst-type is missing",
		"-m addrtype --src-type FOO": `"FOO" is none of UNSPEC`,
		"-m addrtype --src-type NAT --limit-iface-in --limit-iface-out": "exclude each other",
	} {
		if list, err := readEmatchWords(nil, fmt.Sprintf("ipt(%s)", words)); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v, want %q", words, list, err, want)
		}
	}
}
