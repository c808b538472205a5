package ip

import (
	"bytes"
	"slices"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
)

// FuzzWords has commands read words of all kinds, without a kernel to send
// them to.
func FuzzWords(f *testing.F) {
	for _, line := range []string{
		"route add 10.1.0.0/16 via inet6 fe80::1 dev va mtu lock 1300 rtt 12.5ms features ecn congctl cubic pref low " +
			"expires 5 tos CS1 realms 3/4",
		"route add 10.3.0.0/16 nexthop encap ip id 5 dst 1.2.3.4 csum via 10.0.0.2 dev va weight 3 onlink nexthop realms " +
			"7/ as to 1.2.3.4",
		"route add 10.3.0.0/16 encap mpls 16/17 ttl 3 ttl-propagate enabled table 7 proto bird scope link nhid 5",
		"route get to 10.0.0.5/32 from 10.0.0.1 iif va mark 4 ipproto tcp sport 5",
		"route show table all root 10.0.0.0/8 match 10.1.0.0/16 exact default proto all scope link type local via inet6 " +
			"fe80::/10 src 10.0.0.1 realms 4",
		"rule add not from 10.0.0.0/8 to all fwmark 1/2 uidrange 1-2 sport 4-9 ipproto udp goto 5 suppress_ifgroup default",
		"rule list pref 5 fwmark 1/2 oif va l3mdev",
		"neigh add 10.0.0.5 lladdr 00:11:22:33:44:55 dev va nud stale proxy router use managed extern_learn protocol static",
		"neigh show nud all to fe80::/10 nomaster unused",
	} {
		f.Add(line)
	}
	objects := []string{"route", "rule", "neigh"}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := cli.SplitWords(line)
		if err != nil || len(words) == 0 || !slices.Contains(objects, words[0]) {
			return
		}
		var out bytes.Buffer
		c := offline(&out, func(o *cli.Options) { o.Stats = 1 })
		if code := c.Report(c.Do(words)); code != 0 && out.Len() == 0 {
			t.Errorf("%q: status %d and no message", line, code)
		}
	})
}
