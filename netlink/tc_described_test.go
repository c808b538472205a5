package netlink

import (
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Each kind of traffic control is known by name, and one that is not known is nil.
func TestKindsOfTrafficControlAreDescribed(t *testing.T) {
	for _, c := range []struct {
		what     string
		describe func(string) *desc.Kind
		names    []string
		known    []string
	}{
		{"qdisc", DescribeQdisc, QdiscKinds(), []string{"fq_codel", "htb", "netem", "tbf"}},
		{"class", DescribeClass, ClassKinds(), []string{"hfsc", "htb"}},
		{"filter", DescribeFilter, FilterKinds(), []string{"bpf", "flower", "matchall", "u32"}},
		{"action", DescribeAction, ActionKinds(), []string{"gact", "mirred", "police", "vlan"}},
	} {
		for _, name := range c.known {
			if k := c.describe(name); k == nil || k.Name != name {
				t.Errorf("%s %s: %+v", c.what, name, k)
			}
		}
		for _, name := range c.names {
			if k := c.describe(name); k != nil && k.Name != name {
				t.Errorf("%s %s is called %q", c.what, name, k.Name)
			}
		}
		if k := c.describe("nothing"); k != nil {
			t.Errorf("%s nothing: %+v", c.what, k)
		}
	}
}

func TestLinkLayersHaveNames(t *testing.T) {
	for layer, want := range map[uint32]string{uapi.TC_LINKLAYER_UNAWARE: "unspec",
		uapi.TC_LINKLAYER_ETHERNET: "ethernet", uapi.TC_LINKLAYER_ATM: "atm", 9: "unknown", 1 << 31: "unknown"} {
		if got := LinkLayerName(layer); got != want {
			t.Errorf("%d is %q, not %q", layer, got, want)
		}
	}
}
