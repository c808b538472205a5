package netlink_test

import (
	"net"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/unix"
)

// ipsetRefusals are requests that the kernel answers with a number of ipset's own.
var ipsetRefusals = []struct {
	name, typ string
	options   netlink.IpsetCreateOptions
	entries   []netlink.IPSetEntry // none: the set itself is refused
	want      nl.IPSetError
	text      string
}{
	{"netmask and bitmask", "hash:ip", netlink.IpsetCreateOptions{Netmask: 24, Bitmask: net.IP{255, 255, 0, 255}}, nil,
		nl.IPSET_ERR_BITMASK_NETMASK_EXCL, "bitmask and netmask"},
	{"netmask", "hash:ip", netlink.IpsetCreateOptions{Netmask: 33}, nil, nl.IPSET_ERR_INVALID_NETMASK, "netmask"},
	{"range of a bitmap", "bitmap:ip", netlink.IpsetCreateOptions{IPFrom: net.IP{10, 0, 0, 0}, IPTo: net.IP{11, 0, 0, 0}},
		nil, nl.IPSET_ERR_BITMAP_RANGE_SIZE, "bitmap: range too large"},
	{"full", "hash:ip", netlink.IpsetCreateOptions{MaxElements: 1},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 1}}, {IP: net.IP{10, 0, 0, 2}}}, nl.IPSET_ERR_HASH_FULL, "hash: full"},
	{"zeros", "hash:ip", netlink.IpsetCreateOptions{}, []netlink.IPSetEntry{{IP: net.IP{0, 0, 0, 0}}},
		nl.IPSET_ERR_HASH_ELEM, "hash: an element of zeros"},
	{"no protocol", "hash:ip,port", netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 1}, Port: new(uint16(1))}},
		nl.IPSET_ERR_MISSING_PROTO, "hash: no protocol"},
	{"no such protocol", "hash:ip,port", netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 1}, Protocol: new(uint8(0)), Port: new(uint16(1))}},
		nl.IPSET_ERR_INVALID_PROTO, "hash: invalid protocol"},
	{"all addresses", "hash:net", netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{0, 0, 0, 0}, IPTo: net.IP{255, 255, 255, 255}}},
		nl.IPSET_ERR_HASH_RANGE, "hash: invalid range"},
	{"range of IPv6", "hash:ip", netlink.IpsetCreateOptions{Family: netlink.FAMILY_V6},
		[]netlink.IPSetEntry{{IP: net.ParseIP("2001:db8::1"), IPTo: net.ParseIP("2001:db8::2")}},
		nl.IPSET_ERR_HASH_RANGE_UNSUPPORTED, "hash: takes no range"},
	{"out of range", "bitmap:port", netlink.IpsetCreateOptions{PortFrom: 10, PortTo: 20},
		[]netlink.IPSetEntry{{Port: new(uint16(21))}}, nl.IPSET_ERR_BITMAP_RANGE, "bitmap: out of the set's range"},
	{"no such member", "list:set", netlink.IpsetCreateOptions{}, []netlink.IPSetEntry{{Name: "none"}},
		nl.IPSET_ERR_NAME, "list: no set of the name"},
	{"list in a list", "list:set", netlink.IpsetCreateOptions{}, []netlink.IPSetEntry{{Name: "s"}},
		nl.IPSET_ERR_LOOP, "list: a list in a list"},
	{"before nothing", "list:set", netlink.IpsetCreateOptions{}, []netlink.IPSetEntry{{Name: "m", Before: true}},
		nl.IPSET_ERR_BEFORE, "list: before or after no set"},
	{"before no set", "list:set", netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{Name: "m", NameRef: "none", Before: true}},
		nl.IPSET_ERR_NAMEREF, "list: no set of the name of reference"},
	{"before a set outside", "list:set", netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{Name: "m"}, {Name: "n", NameRef: "o", Before: true}},
		nl.IPSET_ERR_REF_EXIST, "list: the set of reference is not in it"},
}

// Each number that the kernel answers with has a text that says what was wrong.
func TestIpsetRefusals(t *testing.T) {
	h, _ := ipsetHandle(t)
	for _, name := range []string{"m", "n", "o"} {
		nstest.Need(t, "sets of type hash:ip", "", h.IpsetCreate(name, "hash:ip", netlink.IpsetCreateOptions{}))
	}
	for _, c := range ipsetRefusals {
		t.Run(c.name, func(t *testing.T) {
			err := h.IpsetCreate("s", c.typ, c.options)
			mask := c.options.Bitmask != nil
			if mask && (isNumber(err, nl.IPSET_ERR_FIND_TYPE) || isNumber(err, nl.IPSET_ERR_INVALID_NETMASK)) {
				nstest.Need(t, "the option bitmask", "6.3", unix.EOPNOTSUPP)
			}
			if isNumber(err, nl.IPSET_ERR_FIND_TYPE) {
				nstest.Need(t, "sets of type "+c.typ, "", unix.EOPNOTSUPP)
			}
			for i := range c.entries {
				if err != nil {
					t.Fatal(i, err)
				}
				err = h.IpsetAdd("s", &c.entries[i])
			}
			if !isNumber(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, want %q", err, c.text)
			}
			if c.entries != nil {
				if err := h.IpsetDestroy("s"); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
