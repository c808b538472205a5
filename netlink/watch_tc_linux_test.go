package netlink

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"kern.sys/netns"
)

// TestWatchReportsTrafficControl runs commands of tc, and compares what is reported of each, in the order of the
// kernel's messages.
func TestWatchReportsTrafficControl(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	h, ns := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	for _, c := range []struct {
		command string
		want    []string
	}{
		{"tc qdisc add dev x0 root handle 1: htb", []string{"qdisc htb 1:0 parent root on link 2"}},
		{"tc class add dev x0 parent 1: classid 1:1 htb rate 1mbit",
			[]string{"class htb 1:1 parent root on link 2"}},
		{"tc qdisc add dev x0 parent 1:1 handle 10: tbf rate 1mbit burst 5k latency 50ms",
			[]string{"qdisc tbf 10:0 parent 1:1 on link 2"}},
		{"tc qdisc change dev x0 handle 10: tbf rate 2mbit burst 5k latency 50ms",
			[]string{"qdisc tbf 10:0 parent none on link 2"}},
		{"tc filter add dev x0 parent 1: chain 3 protocol ip prio 5 u32 match u32 0 0 classid 1:1",
			[]string{"chain 3 parent 1:0 on link 2", "filter u32 8000:800 parent 1:0 on link 2 priority 5"}},
		{"tc filter del dev x0 parent 1: chain 3 protocol ip prio 5", []string{
			"filter gone: u32 none parent 1:0 on link 2 priority 5", "chain gone: 3 parent 1:0 on link 2"}},
		{"tc class del dev x0 classid 1:1", []string{"class gone: htb 1:1 parent root on link 2"}},
		{"tc qdisc del dev x0 root", []string{"qdisc gone: htb 1:0 parent root on link 2"}},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		w, err := h.watchTables("watch", []Table{QdiscTable, ClassTable, FilterTable, ChainTable}, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := netns.Do(ns, func() error {
			words := strings.Fields(c.command)
			out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}); err != nil {
			t.Fatalf("%s: %v", c.command, err)
		}
		var got []string
		w.run(ctx, func(ev Event, err error) bool {
			if err != nil {
				t.Fatalf("%s: %q, then %v", c.command, got, err)
			}
			got = append(got, fmt.Sprint(ev))
			return len(got) < len(c.want)
		})
		w.close()
		cancel()
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.command, got, c.want)
		}
	}
	if x.Index != 2 {
		t.Error("the link is another")
	}
}
