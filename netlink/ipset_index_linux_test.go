package netlink_test

import (
	"fmt"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// A set is found by its name and by its number, and nothing else is.
func TestIpsetIndexAndName(t *testing.T) {
	nstest.Do(t, func() {
		_, _, err := netlink.IpsetType("hash:ip", unix.AF_INET)
		if isNumber(err, uapi.IPSET_ERR_FIND_TYPE) {
			err = fmt.Errorf("%w: %w", unix.EOPNOTSUPP, err)
		}
		nstest.Need(t, "sets of type hash:ip", "", err)
		for _, name := range []string{"one", "two"} {
			if err := netlink.IpsetCreate(name, "hash:ip", netlink.IpsetCreateOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		h, err := netlink.NewHandle(unix.NETLINK_NETFILTER)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		one, err := netlink.IpsetIndex("one")
		two, err2 := h.IpsetIndex("two")
		if err != nil || err2 != nil || one == two {
			t.Fatal(one, two, err, err2)
		}
		if name, err := netlink.IpsetName(one); name != "one" || err != nil {
			t.Errorf("%q, %v", name, err)
		}
		if name, err := h.IpsetName(two); name != "two" || err != nil {
			t.Errorf("%q, %v", name, err)
		}
		if i, err := h.IpsetIndex("three"); err == nil {
			t.Errorf("three is %d", i)
		}
	})
}
