package ip

import (
	"os"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// many are routes of all sorts, as far as they need each other.
var many = []string{
	"route add default via 10.0.0.2", "route add 10.2.0.0/16 via 10.1.0.1 dev va onlink",
	"route add 10.1.0.0/24 dev va src 10.0.1.1 metric 9",
	"route add 10.3.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop via 10.0.1.2",
	"route add blackhole 10.4.0.0/16 metric 5", "route add 10.5.0.0/16 via inet6 fd00::77 dev va",
	"route add local 10.6.0.0/16 dev lo src 10.0.0.1", "route add 10.7.0.0/16 dev va", "route append 10.7.0.0/16 dev vc",
	"route add 10.8.0.0/16 via 10.0.1.2 src 10.0.0.1 table 7",
	"route add 10.9.0.0/16 dev va mtu lock 1300 window 1000 table 1000", "nexthop add id 5 via 10.0.0.2 dev va",
	"nexthop add id 6 blackhole", "nexthop add id 7 group 5",
	"route add 10.10.0.0/16 nhid 5", "route add 10.11.0.0/16 nhid 6", "route add 10.12.0.0/16 nhid 7",
	"-6 route add default via fd00::2", "-6 route add fd00:11::/48 nexthop via fd00::2 dev va weight 3 nexthop via " +
		"fd00:1::2 dev vc", "-6 route add blackhole fd00:12::/48",
	"-6 route add fd00:13::/48 via fd00::2 metric 55 pref high", "-6 route add fd00:14::1 dev vc table 7 src fd00::1",
	"-6 route add fd00:15::/48 dev va metric 7",
	"-6 route append fd00:15::/48 dev vc metric 7",
	"route add 10.13.0.0/16 nexthop encap ip id 5 dst 1.2.3.4 dev va weight 2 nexthop encap ip id 6 dst 1.2.3.5 ttl 9 " +
		"key dev vc",
}

func TestAllRoutesAreRestoredAfterAFlush(t *testing.T) {
	clitest.NeedIP(t)
	for _, c := range []struct{ save, flush string }{
		{"route save table all", "route flush table all"},
		{"-4 route save table all", "-4 route flush table all"},
		{"-6 route save table all", "-6 route flush table all"},
		{"route save table local", "route flush table local"},
		{"-6 route save table local", "-6 route flush table local"},
		{"route save", "route flush table main"},
		{"-6 route save", "-6 route flush table main"},
		{"route save table 7", "route flush table 7"},
	} {
		t.Run(c.save, func(t *testing.T) {
			nstest.Do(t, func() {
				// An address has its route at once if nobody is asked whether he has the address.
				if err := os.WriteFile("/proc/sys/net/ipv6/conf/default/accept_dad", []byte("0"), 0); err != nil {
					t.Fatal(err)
				}
				hostsUp(t)
				clitest.Await(t, "-6 addr show tentative", func(out string) bool { return out == "" })
				clitest.SetUp(t, many...)
				before := withoutKernelMetrics(tablesOf(t))
				saved := clitest.Kern(clitest.Words(t, c.save)...).Out
				clitest.SetUpByKern(t, c.flush) // ip cannot flush routes that use next hop objects
				if _, all := strings.CutSuffix(c.flush, "all"); all && c.flush[0] != '-' {
					if r := clitest.IP(t, "route", "show", "table", "all"); r.Out != "" {
						t.Fatalf("still there: %s", r.Out)
					}
				}
				if r := clitest.KernIn(saved, "route", "restore"); r != (clitest.Result{}) {
					t.Errorf("restore: %v", r)
				}
				sameTables(t, "restored", before, withoutKernelMetrics(tablesOf(t)))
				if r := clitest.KernIn(saved, "route", "restore"); r != (clitest.Result{}) {
					t.Errorf("once more: %v", r)
				}
				sameTables(t, "restored twice", before, withoutKernelMetrics(tablesOf(t)))
			})
		})
	}
}

// withoutKernelMetrics removes the metric of IPv6 routes to this machine's own
// addresses: the kernel gives them 0, and those of a program 1024.
func withoutKernelMetrics(v any) any {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			withoutKernelMetrics(e)
		}
	case map[string]any:
		if v["metric"] == 0.0 || v["type"] == "local" && v["metric"] == 1024.0 || v["type"] == "anycast" &&
			v["metric"] == 1024.0 {
			delete(v, "metric")
		}
	}
	return v
}

func TestRoutesWithoutACarrierAreRestored(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "route add 10.3.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.1.2", "route add default via 10.0.0.2",
			"link set vb down")
		clitest.Await(t, "route", func(out string) bool { return strings.Count(out, "linkdown") >= 3 })
		before := tablesOf(t)
		saved := clitest.Kern("route", "save").Out
		clitest.SetUp(t, "route flush table main")
		if r := clitest.KernIn(saved, "route", "restore"); r != (clitest.Result{}) {
			t.Errorf("restore: %v", r)
		}
		sameTables(t, "restored", before, tablesOf(t))
	})
}

func TestRoutesKeepTheirExpiry(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "-6 route add fd00:10::/48 via fd00::2 expires 1000", "-6 route add fd00:11::/48 via fd00::2")
		saved := clitest.Kern("-6", "route", "save", "root", "fd00:10::/28").Out
		clitest.SetUp(t, "-6 route flush root fd00:10::/28")
		if r := clitest.KernIn(saved, "route", "restore"); r != (clitest.Result{}) {
			t.Errorf("restore: %v", r)
		}
		out := clitest.IP(t, "-6", "route", "show", "root", "fd00:10::/28").Out
		if n := strings.Count(out, "expires "); n != 1 || !strings.Contains(out, "expires 9") &&
			!strings.Contains(out, "expires 1000sec") {
			t.Errorf("got %s", out)
		}
	})
}

func TestRestoreGoesOnBehindARefusal(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "addr add 10.20.0.1/32 dev va", "route add 10.21.0.0/16 dev va src 10.20.0.1",
			"route add 10.22.0.0/16 dev va src 10.20.0.1", "route add 10.23.0.0/16 via 10.0.0.2")
		saved := clitest.Kern("route", "save").Out
		clitest.SetUp(t, "addr del 10.20.0.1/32 dev va", "route flush table main")
		r := clitest.KernIn(saved, "route", "restore")
		if r.Code != cli.StatusKernel || !strings.HasPrefix(r.Err, "2 of 5 were refused, the first:\n") {
			t.Errorf("restore: %v", r)
		}
		if out := clitest.IP(t, "route").Out; strings.Count(out, "\n") != 3 {
			t.Errorf("got %s", out)
		}
	})
}

// TestRestoreAddsNothingToTheKernelsOwn restores what is all there: the kernel's routes to its own addresses, which
// have metric 0, would get others beside them that stay when the address goes.
func TestRestoreAddsNothingToTheKernelsOwn(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, many...)
		before := tablesOf(t)
		for _, family := range []string{"-4", "-6", "-N"} {
			saved := clitest.Kern(family, "route", "save", "table", "all").Out
			if r := clitest.KernIn(saved, "route", "restore"); r != (clitest.Result{}) {
				t.Errorf("%s: restore: %v", family, r)
			}
			sameTables(t, family+" restored", before, tablesOf(t))
		}
		clitest.SetUp(t, "addr del fd00::1/64 dev va")
		out := clitest.IP(t, "-6", "route", "show", "table", "local", "fd00::1").Out
		if out != "" {
			t.Errorf("stays when the address goes: %s", out)
		}
	})
}
