package ip

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// xfrmTimes are times of states and policies, which are those of the test.
var xfrmTimes = regexp.MustCompile(`(add|use|lastused) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// withoutXfrmTimes is a result without them.
func withoutXfrmTimes(r clitest.Result) clitest.Result {
	r.Out = xfrmTimes.ReplaceAllString(r.Out, "$1 TIME")
	r.Out = clitest.Common(r.Out)
	return r
}

// xfrmShows are commands that show what there is.
var xfrmShows = []string{
	"xfrm state", "-s xfrm state", "-s -s xfrm state", "-o xfrm state list", "-j xfrm state", "-4 xfrm state",
	"-6 xfrm state", "xfrm sa show nokeys", "xfrm state count", "-s xfrm state count",
	"xfrm state list src 10.0.0.1", "xfrm state list dst 10.0.0.0/24", "xfrm state list src fd00::/16",
	"xfrm state list proto ah", "xfrm state list proto esp spi 0x102", "xfrm state list mode tunnel",
	"xfrm state list reqid 7", "xfrm state list flag esn", "xfrm state list flag esn noecn",
	"xfrm state lst mode tunnel reqid 7 src 10.0.0.1",
	"xfrm policy", "-s xfrm policy", "-s -s xfrm policy", "-o xfrm policy", "-4 xfrm policy", "-6 xfrm policy list",
	"xfrm policy count", "-s xfrm policy count", "-s -s xfrm policy count",
	"-s -s -o xfrm policy count", "xfrm policy list dir in", "xfrm policy list nosock", "xfrm policy list src 10.0.0.0/8",
	"xfrm policy list dst 10.9.0.0/16 dir out", "xfrm policy list action block",
	"xfrm policy list priority 7", "xfrm policy list proto tcp", "xfrm policy list proto tcp dport 80",
	"xfrm policy list ptype main", "xfrm policy list ptype sub", "xfrm policy list flag icmp",
	"xfrm policy list dev lo", "xfrm policy getdefault", "-j xfrm policy",
}

const (
	esp = " enc cbc(aes) 0x000102030405060708090a0b0c0d0e0f auth-trunc hmac(sha256) " +
		"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 128"
	gcm    = " aead rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 128"
	fourth = "src 10.0.0.1 dst 10.0.0.2 "
	sixth  = "src fd00::1 dst fd00::2 "
)

// xfrmStates are the states and policies that are compared.
var xfrmStates = []clitest.DiffState{
	{Name: "nothing"},
	{
		Name: "states",
		Cmds: []string{
			"xfrm state add " + fourth + "proto esp spi 0x101 mode transport" + esp,
			"xfrm state add " + fourth + "proto esp spi 0x102 mode tunnel reqid 7 replay-window 32 flag noecn decap-dscp" + gcm,
			"xfrm state add " + sixth + "proto esp spi 0x103 mode beet reqid 0x20" + gcm +
				" flag esn replay-window 128 replay-seq 9 replay-oseq 7 replay-seq-hi 1 replay-oseq-hi 2",
			"xfrm state add " + fourth + "proto ah spi 0x104 auth hmac(sha1) keyofcharacters12345 mode transport " +
				"replay-window 8 replay-seq 5 replay-oseq 6",
			"xfrm state add " + sixth + "proto comp spi 0x105 comp deflate mode tunnel",
			"xfrm state add " + fourth + "proto esp spi 0x106 mode tu" + gcm +
				" mark 0x5 mask 0xff output-mark 0x7 mask 0xf if_id 3 tfcpad 64 flag af-unspec",
			"xfrm state add " + fourth + "proto esp spi 0x107 mode tunnel" + gcm +
				" mark 0x5 output-mark 0x7 extra-flag dont-encap-dscp oseq-may-wrap",
			"xfrm state add " + fourth + "proto esp spi 0x108 mode transport" + gcm + " encap espinudp 4500 4501 10.9.9.9",
			"xfrm state add " + fourth + "proto esp spi 0x109 mode tunnel" + gcm +
				" sel src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp sport 5 dport 80",
			"xfrm state add " + fourth + "proto esp spi 0x10a mode tunnel" + gcm +
				" sel src 10.1.0.0/16 dst 10.2.0.0/16 dev lo proto icmp type 8 code 0 limit time-soft 1000",
			"xfrm state add " + fourth + "proto esp spi 0x10b mode tunnel" + gcm +
				" limit byte-soft 1000 limit byte-hard 2000 limit packet-soft 5 limit packet-hard 6 limit time-use-hard 9000 " +
				"limit time-hard 8000",
			"xfrm state add " + fourth + "proto esp spi 0x10c mode tunnel" + gcm + " seq 5 flag 0x04 replay-window 64",
			"xfrm state add " + sixth + "proto esp spi 0x10d enc ecb(cipher_null) '' auth digest_null '' mode transport sel " +
				"proto gre key 10.0.0.1",
		},
	},
	{
		Name: "states changed and deleted",
		Cmds: []string{
			"xfrm state add " + fourth + "proto esp spi 0x101 mode transport" + esp, "xfrm state add " + fourth +
				"proto esp spi 0x102 mode tunnel reqid 7" + gcm,
			"xfrm state add " + fourth + "proto esp spi 0x103 mode tunnel reqid 7" + gcm, "xfrm state add " + sixth +
				"proto esp spi 0x103 mode tunnel reqid 7" + gcm,
			"xfrm state add " + fourth + "proto esp spi 0x104 mode tunnel mark 9" + gcm, "xfrm state add " + sixth +
				"proto ah spi 0x9 auth hmac(sha1) abc",
			"xfrm state update " + fourth + "proto esp spi 0x101 mode transport" + esp + " limit time-soft 77",
			"xfrm state delete " + fourth + "proto esp spi 0x103",
			"xfrm state del dst 10.0.0.2 proto esp spi 0x104 mark 9 mask 0xffffffff",
			"xfrm state deleteall src fd00::1 mode tunnel", "xfrm state flush proto ah",
		},
	},
	{Name: "all deleted", Cmds: []string{
		"xfrm state add " + fourth + "proto esp spi 0x101 mode transport" + esp, "xfrm state add " + sixth +
			"proto esp spi 0x102 mode tunnel" + gcm, "xfrm state delall",
		"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir out", "xfrm policy add dir in src fd00::/16 mark 5",
		"xfrm policy deleteall",
	}},
	{
		Name: "policies",
		Cmds: []string{
			"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir out",
			"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir in priority 7 action block index 0x40",
			"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir fwd tmpl " + fourth + "proto esp mode tunnel reqid 7",
			"xfrm policy add src fd00::/16 dst fd01::/64 proto tcp dport 80 dir in priority 8 flag localok icmp tmpl " + sixth +
				"proto esp spi 5 mode tunnel level use tmpl proto ah mode transport reqid 3 level required",
			"xfrm policy add dir out proto udp sport 53 mark 0x5 mask 0xff",
			"xfrm policy add dir out dst 10.7.0.1 dev lo if_id 0x44",
			"xfrm policy add dst 10.7.0.2 dir in limit time-soft 100 limit byte-hard 7",
			"xfrm policy add src 10.7.0.3 proto icmp type 3 code 4 dir in flag icmp ptype main",
			"xfrm policy add dst 10.7.0.3 proto gre key 17 dir in",
			"xfrm policy add proto 135 type 1 code 2 dst fd00::9 dir in",
			"xfrm policy setdefault in block fwd accept", "xfrm policy set hthresh4 24 16 hthresh6 64 48",
		},
	},
	{
		Name: "policies changed and deleted",
		Cmds: []string{
			"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir out index 0x41",
			"xfrm policy add src 10.0.0.0/8 dst 10.8.0.0/16 dir out", "xfrm policy add dst 10.7.0.0/16 dir in mark 7",
			"xfrm policy add dst 10.6.0.0/16 dir in if_id 7",
			"xfrm policy update src 10.0.0.0/8 dst 10.8.0.0/16 dir out priority 9 action block",
			"xfrm policy delete index 0x41 dir out",
			"xfrm policy del dst 10.7.0.0/16 dir in mark 7", "xfrm policy delete dst 10.6.0.0/16 dir in if_id 7 ptype main",
		},
	},
	{Name: "policies flushed", Cmds: []string{"xfrm policy add dst 10.7.0.0/16 dir in", "xfrm policy flush",
		"xfrm policy setdefault out block"}},
}

func TestXfrmIsShownAndMadeAsByIP(t *testing.T) {
	compareTexts(t, xfrmStates, xfrmShows, func(t testing.TB, s *clitest.DiffState) {
		if strings.Contains(strings.Join(s.Cmds, " "), "state add") {
			needXfrm(t)
		}
	})
}

// needXfrm skips a test on a kernel without ESP.
func needXfrm(t testing.TB) {
	t.Helper()
	r := clitest.IP(t, clitest.Words(t, "xfrm state add "+fourth+"proto esp spi 0xfff mode tunnel"+gcm)...)
	if r.Code != 0 {
		nstest.NeedOption(t, "CONFIG_INET_ESP", "", errors.New(r.Err))
	}
	clitest.SetUp(t, "xfrm state delete "+fourth+"proto esp spi 0xfff")
}

// wrongXfrmWords are commands that fail.
var wrongXfrmWords = []string{
	"xfrm", "xfrm nope", "xfrm help", "xfrm state nope", "xfrm state help", "xfrm policy nope", "xfrm policy help",
	"xfrm monitor nope", "xfrm monitor help",
	"xfrm state add", "xfrm state add nope", "xfrm state add src", "xfrm state add src nope",
	"xfrm state add src default proto esp", "xfrm state add src 10.0.0.1 dst fd00::1 proto esp spi 1",
	"xfrm state add proto nope", "xfrm state add proto esp spi x", "xfrm state add src 10.0.0.1", "xfrm state add " +
		fourth + "proto esp spi 1", "xfrm state add " + fourth + "proto esp spi 1 nope",
	"xfrm state add " + fourth + "proto esp spi 1 enc", "xfrm state add " + fourth + "proto esp spi 1 enc cbc(aes)",
	"xfrm state add " + fourth + "proto esp spi 1 enc cbc(aes) 0x00 enc cbc(aes) 0x00",
	"xfrm state add " + fourth + "proto esp spi 1 aead rfc4106(gcm(aes)) 0x00", "xfrm state add " + fourth +
		"proto esp spi 1 aead rfc4106(gcm(aes)) 0x00 x",
	"xfrm state add " + fourth + "proto esp spi 1 comp deflate", "xfrm state add " + fourth +
		"proto ah spi 1 enc cbc(aes) 0x00", "xfrm state add " + fourth + "proto ah spi 1",
	"xfrm state add " + fourth + "proto comp spi 1 enc cbc(aes) 0x00", "xfrm state add " + fourth + "proto comp spi 1",
	"xfrm state add " + fourth + "proto comp spi 0x10000 comp deflate",
	"xfrm state add " + fourth + "proto route2 spi 1", "xfrm state add " + sixth + "proto hao", "xfrm state add " +
		sixth + "proto hao mode tunnel", "xfrm state add " + sixth + "proto hao mode ro",
	"xfrm state add " + fourth + "proto hao enc cbc(aes) 0x00", "xfrm state add " + fourth + "proto esp spi 1 mode ro" +
		gcm, "xfrm state add " + fourth + "proto ah spi 1 mode beet auth hmac(sha1) a",
	"xfrm state add " + fourth + "proto esp spi 1 coa fd00::1" + gcm, "xfrm state add " + fourth +
		"proto esp spi 1 mode nope", "xfrm state add " + fourth + "proto esp spi 1 flag esn" + gcm,
	"xfrm state add " + fourth + "proto esp spi 1 replay-window 5000" + gcm, "xfrm state add " + fourth +
		"proto esp spi 1 replay-window x", "xfrm state add " + fourth + "proto esp spi 1 replay-seq x",
	"xfrm state add " + fourth + "proto esp spi 1 flag", "xfrm state add " + fourth + "proto esp spi 1 flag nope",
	"xfrm state add " + fourth + "proto esp spi 1 flag 0x1ff", "xfrm state add mark x",
	"xfrm state add mark 1 mask x", "xfrm state add reqid x", "xfrm state add seq x", "xfrm state add encap nope",
	"xfrm state add encap espinudp x", "xfrm state add encap espinudp 1 x",
	"xfrm state add encap espinudp 1 2 nope", "xfrm state add offload nope", "xfrm state add offload dev nope",
	"xfrm state add offload dev lo nope", "xfrm state add offload crypto dev lo dir nope",
	"xfrm state add output-mark x", "xfrm state add output-mark 1 mask x", "xfrm state add if_id x",
	"xfrm state add limit", "xfrm state add limit nope", "xfrm state add limit time-soft x",
	"xfrm state add sel", "xfrm state add sel nope", "xfrm state add sel proto nope",
	"xfrm state add sel proto icmp sport 5", "xfrm state add sel proto tcp type 5", "xfrm state add sel proto tcp key 5",
	"xfrm state add sel proto gre key x", "xfrm state add sel dev nope", "xfrm state add sel src 10.0.0.1 dst fd00::1",
	"xfrm state add coa fd00::1 coa fd00::1", "xfrm state add extra-flag nope",
	"xfrm state add " + fourth + "proto esp spi 0x101 mode transport" + esp, "xfrm state add " + fourth +
		"proto esp spi 0x201 mode transport enc nope 0x00",
	"xfrm state get", "xfrm state get nope", "xfrm state get " + fourth + "proto esp spi 0x999", "xfrm state delete " +
		fourth + "proto esp spi 0x999", "xfrm state delete " + fourth + "proto esp spi 1 nope",
	"xfrm state list nope", "xfrm state list mode nope", "xfrm state list reqid x", "xfrm state list flag 0x1ff",
	"xfrm state flush nope", "xfrm state flush proto nope", "xfrm state flush proto esp proto esp",
	"xfrm state allocspi", "xfrm state allocspi " + fourth + "proto esp spi 5", "xfrm state allocspi " + fourth +
		"proto esp min 5", "xfrm state allocspi " + fourth + "proto esp max 5",
	"xfrm state allocspi " + fourth + "proto esp min 6 max 5", "xfrm state allocspi " + fourth + "proto esp min x",
	"xfrm state update " + fourth + "proto esp spi 0x777" + gcm,
	"xfrm policy add", "xfrm policy add dir", "xfrm policy add dir nope", "xfrm policy add dir in dir in",
	"xfrm policy add dir in nope", "xfrm policy add dir in src nope", "xfrm policy add dir in dst 10.0.0.0/33",
	"xfrm policy add dir in ptype nope", "xfrm policy add dir in action nope", "xfrm policy add dir in priority x",
	"xfrm policy add dir in index x", "xfrm policy add dir in flag 0x1ff", "xfrm policy add dir in if_id x",
	"xfrm policy add dir in tmpl", "xfrm policy add dir in tmpl nope", "xfrm policy add dir in tmpl proto esp mode nope",
	"xfrm policy add dir in tmpl proto esp level nope", "xfrm policy add dir in offload nope",
	"xfrm policy add dir in offload packet nope", "xfrm policy add dir in offload packet dev nope",
	"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir out", "xfrm policy get", "xfrm policy get dir in",
	"xfrm policy get dir in index 7 src 10.0.0.1", "xfrm policy get dir in index 7 index 8",
	"xfrm policy get dir in index 0x777", "xfrm policy delete dir in src 10.99.0.1", "xfrm policy list nope",
	"xfrm policy list dir nope", "xfrm policy list index x", "xfrm policy flush nope", "xfrm policy flush ptype nope",
	"xfrm policy set nope", "xfrm policy set hthresh4 33 1", "xfrm policy set hthresh4 1 33",
	"xfrm policy set hthresh6 129 1", "xfrm policy set hthresh4 1", "xfrm policy set hthresh4 1 1 hthresh4 1 1",
	"xfrm policy setdefault nope", "xfrm policy setdefault in nope",
	"xfrm policy setdefault in block in block", "xfrm policy setdefault in",
	"xfrm state get " + fourth + "proto esp spi 0x101", "xfrm policy get dir out src 10.0.0.0/8 dst 10.9.0.0/16",
	"-s xfrm policy get dir out src 10.0.0.0/8 dst 10.9.0.0/16",
}

func TestWrongXfrmWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	setUp := []string{
		"xfrm state add " + fourth + "proto esp spi 0x101 mode transport" + esp,
		"xfrm policy add src 10.0.0.0/8 dst 10.9.0.0/16 dir out",
	}
	nstest.Do(t, func() {
		for _, line := range setUp {
			clitest.IP(t, clitest.Words(t, line)...) // a kernel without ESP refuses the state
		}
		for _, line := range wrongXfrmWords {
			if strings.Contains(line, "offload") && !clitest.SameWords() {
				continue // ip 6.1 knows less of it, and has other messages
			}
			words := clitest.Words(t, line)
			want, got := withoutXfrmTimes(clitest.IP(t, words...)), withoutXfrmTimes(clitest.Kern(words...))
			clitest.SameEnd(t, line, want, got)
		}
	})
}

// ip shows a key that it cannot read.
func TestXfrmErrorsHaveNoKeys(t *testing.T) {
	const secret = "0xdeadbeefcafedeadbeefcafedeadbee"
	nstest.Do(t, func() {
		for _, line := range []string{
			"xfrm state add " + fourth + "proto esp spi 1 enc cbc(aes) " + secret + "z", "xfrm state add " + fourth +
				"proto esp spi 1 enc cbc(aes) 0x00 " + secret,
			"xfrm state add " + fourth + "proto esp spi 1 aead rfc4106(gcm(aes)) 128 " + secret, "xfrm state add " + fourth +
				"proto esp spi 1 enc cbc(aes) " + secret + strings.Repeat("0", 1024),
			"xfrm state add " + fourth + "proto esp spi 1 enc " + secret + secret + " 0x00", "xfrm state add " + fourth +
				"proto esp spi 1 enc nope " + secret,
		} {
			r := clitest.Kern(clitest.Words(t, line)...)
			if r.Code == 0 || strings.Contains(r.Out+r.Err, secret[2:10]) {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}

// A batch has requests of two protocols of netlink.
func TestXfrmInABatch(t *testing.T) {
	nstest.Do(t, func() {
		needXfrm(t)
		file := filepath.Join(t.TempDir(), "batch")
		lines := "link set lo up\nxfrm state add " + fourth + "proto esp spi 0x101 mode transport" + gcm +
			"\naddress add 10.0.0.1/24 dev lo\nxfrm policy add dst 10.7.0.0/16 dir in\nxfrm state count\n"
		if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := clitest.Kern("-b", file); r.Code != 0 || r.Out != "\t SAD count 1\n" {
			t.Fatal(r)
		}
		if r := clitest.Kern("xfrm", "policy", "count"); r.Out != "\t SPD IN  1 OUT 0 FWD 0\n" || r.Code != 0 {
			t.Error(r)
		}
		if r := clitest.Kern("-br", "-4", "addr", "show", "lo"); !strings.Contains(r.Out, "10.0.0.1/24") {
			t.Error(r)
		}
	})
}

// ip has no word for the flag of policies by which each processor asks for a state of its own, and shows its number.
func TestPolicyFlagOfProcessors(t *testing.T) {
	nstest.Do(t, func() {
		const add = "xfrm policy add dst 10.7.0.4 dir out flag localok cpu-acquire"
		if r := clitest.Kern(clitest.Words(t, add)...); r.Code != 0 {
			t.Fatal(r)
		}
		for by, flags := range map[string]string{"ip": "flag localok 4", "kern": "flag localok cpu-acquire"} {
			run := clitest.Kern
			if by == "ip" {
				run = func(words ...string) clitest.Result { return clitest.IP(t, words...) }
			}
			if r := run("xfrm", "policy", "list"); !strings.Contains(r.Out, "\tdir out priority 0 ptype main "+flags) {
				t.Errorf("%s: %v, want %s", by, r, flags)
			}
		}
		if r := clitest.Kern("xfrm", "policy", "list", "flag", "cpu-acquire"); !strings.Contains(r.Out, "10.7.0.4/32") {
			t.Error(r)
		}
	})
}
