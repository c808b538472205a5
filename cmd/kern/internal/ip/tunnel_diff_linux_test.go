package ip

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// tunnelModules are those that the first devices of all kinds come from.
var tunnelModules = []string{"ipip", "ip_gre", "sit", "ip_vti", "ip6_tunnel", "ip6_gre", "ip6_vti"}

// needTunnels skips a test on a kernel without tunnels, or one that is told not to make the first devices with each
// namespace, as the one that is a program is: ip tunnel works by these.
func needTunnels(t testing.TB) {
	t.Helper()
	const none = "fb_tunnels=none"
	if b, err := os.ReadFile("/proc/cmdline"); err == nil && slices.Contains(strings.Fields(string(b)), none) {
		t.Skip("the kernel was started with " + none + ": no namespace has tunnels' first devices")
	}
	for _, module := range tunnelModules {
		nstest.LoadModule(t, module)
	}
	for dev, option := range map[string]string{
		"tunl0": "CONFIG_NET_IPIP", "gre0": "CONFIG_NET_IPGRE", "sit0": "CONFIG_IPV6_SIT", "ip_vti0": "CONFIG_NET_IPVTI",
		"ip6tnl0": "CONFIG_IPV6_TUNNEL", "ip6gre0": "CONFIG_IPV6_GRE", "ip6_vti0": "CONFIG_IPV6_VTI",
	} {
		if r := clitest.IP(t, "link", "show", dev); r.Code != 0 {
			nstest.NeedOption(t, option, "", errors.New(r.Err))
		}
	}
}

// tunnelShows compare text and JSON of all tunnels.
var tunnelShows = []string{
	"tunnel show", "-o tunnel", "-j tunnel show", "-s tunnel show", "-N tunnel show", "-6 tunnel show", "-o -6 tunnel",
	"-j -6 tunnel show", "-s -6 tunnel show", "tunnel show remote 10.0.0.2", "tunnel show local 10.0.0.1",
	"tunnel show dev d0", "-6 tunnel show remote fd00::2", "-6 tunnel show mode ip6gre", "-6 tunnel show hoplimit 33",
	"-6 tunnel show tclass 0x20", "-6 tunnel show encaplimit none", "-d link show type ipip", "-d link show type gre",
	"-d link show type sit", "-d link show type vti", "-d link show type ip6tnl", "-d link show type ip6gre",
	"-d link show type vti6",
}

var tunnelStates = []clitest.DiffState{
	{Name: "nothing"},
	{Name: "over IPv4", Cmds: []string{
		"link add d0 type dummy", "tunnel add ipip1 mode ipip remote 10.0.0.2 local 10.0.0.1 ttl 64 dev d0",
		"tunnel add name t2 mode ip/ip remote 10.0.0.3 tos 0x10 ttl inherit", "tunnel add sit1 remote 10.0.0.2 tos inherit",
		"tunnel add gre1 remote 10.0.0.2 local 10.0.0.1 key 5 csum seq tos inherit/0x20",
		"tunnel add mode gre gre2 remote 10.0.0.4 ikey 1.2.3.4 okey 7 iseq ocsum nopmtudisc",
		"tunnel add gre3 remote 10.0.0.5 oseq icsum pmtudisc hoplimit 3 dsfield 0x4",
		"tunl add gre4 remote 239.1.1.1 local 10.0.0.1 ttl 5",
		"tunnel add vti1 remote 10.0.0.2 local 10.0.0.1 key 9", "tunnel add vti2 mode vti remote 10.0.0.9 ikey 2",
		"tunnel add isatap1 local 10.0.0.1", "tunnel prl prl-default 10.0.0.7 dev isatap1",
		"tunnel prl dev isatap1 prl-nodefault 10.0.0.8", "tunnel prl prl-nodefault 10.0.0.9 dev isatap1",
		"tunnel prl prl-delete 10.0.0.9 dev isatap1",
		"tunnel add sit2 mode sit local 10.0.0.3 ttl 64", "tunnel 6rd dev sit2 6rd-prefix 2001:db8::/32",
		"tunnel add sit3 mode ipv6/ip local 10.0.0.4 ttl 64",
		"tunnel 6rd 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8 dev sit3",
		"tunnel add sit4 local 10.0.0.5", "tunnel 6rd 6rd-prefix 2001:db8::/32 dev sit4", "tunnel 6rd 6rd-reset dev sit4",
	}},
	{Name: "changed and deleted", Cmds: []string{
		"tunnel add ipip1 mode ipip remote 10.0.0.2 local 10.0.0.1 ttl 64 tos 0x10", "tunnel change ipip1 ttl 7",
		"tunnel add gre1 remote 10.0.0.2 key 5 csum", "tunnel change gre1 mode gre remote 10.0.0.3",
		"tunnel add gre2 remote 10.0.0.4", "tunnel del gre2", "tunnel add sit1 remote 10.0.0.4",
		"tunnel del mode sit remote 10.0.0.4", "tunnel add vti1 remote 10.0.0.2 key 9", "tunnel change vti1 okey 8",
		"-6 tunnel add t6 mode ip6ip6 remote fd00::2 local fd00::1 hoplimit 9", "-6 tunnel change t6 tclass 0x20",
		"-6 tunnel add g6 mode ip6gre remote fd00::2 key 3 csum", "-6 tunnel change g6 encaplimit none flowlabel 0x12345",
		"-6 tunnel add x6 mode ip6gre remote fd00::3", "-6 tunnel del x6",
		"-6 tunnel add x7 mode any remote fd00::4", "-6 tunnel del x7 mode any",
	}},
	{Name: "over IPv6", Cmds: []string{
		"link add d0 type dummy", "-6 tunnel add t1 mode ip6ip6 remote fd00::2 local fd00::1 dev d0",
		"-6 tunnel add t6 mode ipip6 remote fd00::3 hoplimit 33 tclass 0x20 flowlabel 0x12345",
		"tunnel add t3 mode any remote fd00::4 encaplimit none tclass inherit flowlabel inherit dscp inherit",
		"-6 tunnel add t4 mode ip4ip6 remote fd00::5 encaplimit 7 ttl 0 allow-localremote",
		"-6 tunnel add t5 mode ipv6/ipv6 remote fd00::6 allow-localremote noallow-localremote",
		"-6 tunnel add g1 mode ip6gre remote fd00::2 local fd00::1 key 4 seq csum",
		"-6 tunnel add g2 mode gre/ipv6 remote fd00::7 ikey 1.2.3.4 ocsum iseq dsfield 8",
		"-6 tunnel add v1 mode vti6 remote fd00::2 local fd00::1 key 6", "tunnel add v2 mode vti6 remote fd00::8 okey 2",
	}},
}

func TestTunnelsAreShownAndMadeAsByIP(t *testing.T) {
	nstest.FirstTunnels(t)
	compareTexts(t, tunnelStates, tunnelShows, func(t testing.TB, _ *clitest.DiffState) { needTunnels(t) })
}

// TestSingleTunnelsAreShown compares what both show of one tunnel. ip prints no end of the line behind one over IPv6,
// and text where JSON is asked for.
func TestSingleTunnelsAreShown(t *testing.T) {
	clitest.NeedIP(t)
	nstest.FirstTunnels(t)
	nstest.Do(t, func() {
		needTunnels(t)
		clitest.SetUp(t, tunnelStates[1].Cmds...)
		clitest.SetUp(t, tunnelStates[3].Cmds[1:]...)
		for _, line := range []string{
			"tunnel show gre1", "tunnel show ipip1", "tunnel show mode gre remote 10.0.0.4 key 7", "tunnel show mode sit",
			"tunnel show mode vti remote 10.0.0.9", "tunnel show isatap1", "tunnel show t2", "tunnel show mode isatap sit3",
			"-6 tunnel show t3", "-6 tunnel show g1", "-6 tunnel show name v1", "-s -6 tunnel show g1", "tunnel show gre9",
			"tunnel show g1x", "-6 tunnel show nope", "tunnel show lo9 mode gre",
		} {
			words := clitest.Words(t, line)
			want, got := clitest.IP(t, words...), clitest.Kern(words...)
			want.Out, got.Out = strings.TrimSuffix(want.Out, "\n"), strings.TrimSuffix(got.Out, "\n")
			clitest.SameEnd(t, line, want, got)
		}
		for _, line := range []string{"-j tunnel show gre1", "-j -6 tunnel show t3"} {
			v, _ := clitest.DecodeJSON(t, clitest.Kern(clitest.Words(t, line)...).Out, nil)
			if list, ok := v.([]any); !ok || len(list) != 1 {
				t.Errorf("%s: %v", line, v)
			}
		}
		for _, line := range []string{"tunnel show t1 mode gre", "-6 tunnel show gre1", "-6 tunnel change gre1 ttl 4"} {
			if r := clitest.Kern(clitest.Words(t, line)...); r.Code != 255 || !strings.Contains(r.Err, "is not an ip tunnel") {
				t.Errorf("%s of the other family: %v", line, r)
			}
		}
	})
}

// wrongTunnelWords are commands that fail, most before the kernel is asked.
var wrongTunnelWords = []string{
	"tunnel nope", "-6 tunnel nope", "tunnel help", "-6 tunnel help", "-f mpls tunnel", "tunnel add", "tunnel add mode",
	"tunnel add mode nope", "tunnel add mode gre mode sit", "tunnel add t1", "tunnel add gre1 key x",
	"tunnel add gre1 key",
	"tunnel add gre1 key 1.2.3.x", "tunnel add gre1 key -1", "tunnel add ipip1 key 5", "tunnel add gre1 remote nope",
	"tunnel add gre1 remote fd00::1", "tunnel add gre1 ttl 256", "tunnel add gre1 ttl x", "tunnel add gre1 tos 0x100",
	"tunnel add gre1 tos inherit/x", "tunnel add gre1 ttl 5 nopmtudisc", "tunnel add gre1 dev nope", "tunnel add a/b",
	"tunnel add name", "tunnel add name gre1 gre2", "tunnel add 12345678901234567", "tunnel add gre1 remote 239.1.1.1",
	"tunnel change nope ttl 3", "tunnel change gre9", "tunnel del nope", "tunnel del gre9", "tunnel prl",
	"tunnel prl nope",
	"tunnel prl prl-default 1.2.3.4", "tunnel prl prl-default 1.2.3.4 prl-delete 1.2.3.4", "tunnel prl dev a/b",
	"tunnel prl prl-default nope", "tunnel prl prl-default 1.2.3.4 dev nope", "tunnel prl dev lo", "tunnel 6rd",
	"tunnel 6rd nope", "tunnel 6rd 6rd-prefix nope dev lo", "tunnel 6rd 6rd-prefix 2001:db8::/32",
	"tunnel 6rd 6rd-prefix 2001:db8::/32 dev nope", "tunnel 6rd 6rd-relay_prefix fd00::/8", "tunnel 6rd 6rd-reset dev lo",
	"-6 tunnel add mode nope", "-6 tunnel add t1 remote 10.0.0.1", "-6 tunnel add t1 ttl 256",
	"-6 tunnel add t1 tclass 100", "-6 tunnel add t1 flowlabel 100000", "-6 tunnel add t1 dscp nope",
	"-6 tunnel add t1 t2", "-6 tunnel add a/b", "-6 tunnel add t1 dev nope", "-6 tunnel change nope ttl 3",
	"-6 tunnel del nope", "-6 tunnel add t1 key x", "-6 tunnel prl", "tunnel show lo", "tunnel show mode gre lo",
}

func TestWrongTunnelWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		for _, line := range wrongTunnelWords {
			words := clitest.Words(t, line)
			clitest.SameEnd(t, line, clitest.IP(t, words...), clitest.Kern(words...))
		}
	})
}
