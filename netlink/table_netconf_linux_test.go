package netlink

import (
	"testing"

	"kern.sys/internal/nstest"
)

func TestMirrorFollowsSettings(t *testing.T) {
	h, ns := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	m := newMirror(t, h, NetconfTable)
	forwarding := func(family int) *bool {
		for n := range m.Snapshot().Netconfs() {
			if n.Family == family && n.LinkIndex == x.Index {
				if n.ProxyNeigh == nil {
					t.Error("settings are lost")
				}
				return n.Forwarding
			}
		}
		return nil
	}
	for _, c := range []struct {
		name, value string
		want        bool
	}{
		{"ipv4/conf/x0/forwarding", "1", true},
		{"ipv4/conf/all/forwarding", "1", true},
		{"ipv4/conf/all/forwarding", "0", false},
		{"ipv4/conf/x0/rp_filter", "2", false},
		{"ipv6/conf/all/forwarding", "1", true},
		{"ipv6/conf/x0/forwarding", "0", false},
		{"ipv6/conf/x0/proxy_ndp", "1", false},
	} {
		nstest.Sysctl(t, ns, "net/"+c.name, c.value)
		verified(t, m, c.name)
		family := FAMILY_V4
		if c.name[:4] == "ipv6" {
			family = FAMILY_V6
		}
		if got := forwarding(family); got == nil || *got != c.want {
			t.Errorf("after %s: forwarding is %v", c.name, got)
		}
	}
	mustAdd(t, h, ifb("y0"))
	verified(t, m, "another link")
	if err := h.LinkDel(x); err != nil {
		t.Fatal(err)
	}
	verified(t, m, "its end")
	if forwarding(FAMILY_V4) != nil {
		t.Error("the settings stay")
	}
}
