package netlink_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// ipsetTypes are all types that Linux 7.3 has, with all options that they take, and an entry of each form.
var ipsetTypes = []struct {
	typ     string
	options []string // each makes a set with it; the options of all types are added
	entries []string
}{
	{"bitmap:ip", []string{"range 10.0.0.0/24", "range 10.0.0.0/16 netmask 24"}, []string{"10.0.0.0"}},
	{"bitmap:ip,mac", []string{"range 10.0.0.0/24"}, []string{"10.0.0.1,02:00:00:00:00:01", "10.0.0.2"}},
	{"bitmap:port", []string{"range 100-200"}, []string{"100", "tcp:150"}},
	{"hash:ip", []string{"", "netmask 24", "bitmask 255.255.0.255", "family inet6 netmask 64",
		"family inet6 bitmask ffff::ffff"}, []string{"10.0.0.1", "2001:db8::1"}},
	{"hash:ip,mac", []string{"", "family inet6"}, []string{"10.0.0.1,02:00:00:00:00:01",
		"2001:db8::1,02:00:00:00:00:01"}},
	{"hash:ip,mark", []string{"", "markmask 0xff00", "family inet6"}, []string{"10.0.0.1,0x1234", "2001:db8::1,0x1234"}},
	{"hash:ip,port", []string{"", "netmask 24", "bitmask 255.255.0.255", "family inet6", "family inet6 netmask 64"},
		[]string{"10.0.0.1,udp:53", "10.0.0.1,icmp:echo-request", "2001:db8::1,tcp:80"}},
	{"hash:ip,port,ip", []string{"", "family inet6"},
		[]string{"10.0.0.1,80,10.0.0.2", "2001:db8::1,sctp:80,2001:db8::2"}},
	{"hash:ip,port,net", []string{"", "family inet6"}, []string{"10.0.0.1,80,10.1.0.0/16",
		"10.0.0.1,81,10.2.0.0/16 nomatch", "2001:db8::1,80,2001:db8::/32"}},
	{"hash:mac", []string{""}, []string{"02:00:00:00:00:01"}},
	{"hash:net", []string{"", "family inet6"}, []string{"10.1.0.0/16", "10.1.1.0/24 nomatch", "2001:db8::/32"}},
	{"hash:net,iface", []string{"", "family inet6"}, []string{"10.1.0.0/16,eth0", "10.2.0.0/16,physdev:eth1",
		"10.3.0.0/16,eth wildcard", "10.1.1.0/24,eth0 nomatch", "2001:db8::/32,eth0"}},
	{"hash:net,net", []string{"", "netmask 24", "bitmask 255.255.0.0", "family inet6"},
		[]string{"10.1.0.0/16,10.2.0.0/24", "10.1.0.0/16,10.2.0.0/25 nomatch", "2001:db8::/32,2001:db8:1::/48"}},
	{"hash:net,port", []string{"", "family inet6"}, []string{"10.1.0.0/16,80", "10.1.1.0/24,80 nomatch",
		"2001:db8::/32,udp:80"}},
	{"hash:net,port,net", []string{"", "family inet6"}, []string{"10.1.0.0/16,80,10.2.0.0/24",
		"10.1.1.0/24,80,10.2.0.0/24 nomatch", "2001:db8::/32,80,2001:db8:1::/48"}},
	{"list:set", []string{"", "size 16"}, []string{"member", "other", "third before member"}},
}

// Every type with every option that ipset makes is the same, to the last word of ipset save, when it is listed,
// destroyed and made as it was listed.
func TestIpsetEveryTypeAsListed(t *testing.T) {
	for _, c := range ipsetTypes {
		t.Run(c.typ, func(t *testing.T) {
			h, ns := ipsetHandle(t)
			_, _, err := h.IpsetType(c.typ, 0)
			if isNumber(err, uapi.IPSET_ERR_FIND_TYPE) {
				err = fmt.Errorf("%w: %w", unix.EOPNOTSUPP, err)
			}
			nstest.Need(t, "sets of type "+c.typ, "", err)
			for _, option := range c.options {
				if strings.Contains(option, "mask ") && c.typ != "bitmap:ip" && !needMask(t, h, c.typ, option) {
					continue
				}
				create := option
				if strings.HasPrefix(c.typ, "hash:") {
					create += " hashsize 128 maxelem 500 bucketsize 6 initval 0x12345678 forceadd"
				}
				ipsetAsListed(t, h, ns, c.typ, create, "", c.entries)
				ipsetAsListed(t, h, ns, c.typ, create+" timeout 300 counters comment skbinfo",
					` timeout 0 packets 5 bytes 600 comment words skbmark 0x10/0xff skbprio 1:20 skbqueue 3`, c.entries)
			}
		})
	}
}

// needMask reports whether the kernel has a mask of the type. Bitmasks, and netmasks of more types, are of Linux 6.3.
func needMask(t *testing.T, h *netlink.Handle, typ, option string) bool {
	t.Helper()
	if !strings.Contains(option, "bitmask ") && typ == "hash:ip" || strings.Contains(option, "markmask ") {
		return true
	}
	err := h.IpsetCreate("mask", typ, netlink.IpsetCreateOptions{Bitmask: net.IP{255, 255, 0, 255}})
	if !isNumber(err, uapi.IPSET_ERR_FIND_TYPE) {
		if err = errors.Join(err, h.IpsetDestroy("mask")); err != nil {
			t.Fatal(err)
		}
		return true
	}
	t.Run(option, func(t *testing.T) { nstest.Need(t, "this mask of "+typ, "6.3", unix.EOPNOTSUPP) })
	return false
}

// ipsetAsListed makes a set by ipset and again from what is listed of it.
func ipsetAsListed(t *testing.T, h *netlink.Handle, ns netns.NsHandle, typ, create, with string, entries []string) {
	t.Helper()
	defer func() {
		if err := errors.Join(h.IpsetFlushAll(), h.IpsetDestroyAll()); err != nil {
			t.Fatal(err)
		}
	}()
	for _, name := range []string{"member", "other", "third"} {
		toolIn(t, ns, "ipset create "+name+" hash:ip bucketsize 12 initval 1")
	}
	toolIn(t, ns, "ipset create s "+typ+" "+create)
	added := 0
	for _, e := range entries {
		if six := strings.Contains(e, "2001:"); six != strings.Contains(create, "inet6") {
			continue
		}
		toolIn(t, ns, "ipset add s "+e+with)
		added++
	}
	save := func() []string {
		lines := strings.Split(toolIn(t, ns, "ipset save"), "\n")
		slices.Sort(lines)
		return lines
	}
	before := save()
	names, err := h.IpsetListNames()
	if slices.Sort(names); err != nil || !slices.Equal(names, []string{"member", "other", "s", "third"}) {
		t.Errorf("names %q, %v", names, err)
	}
	listed, err := h.IpsetList("s")
	if err != nil {
		t.Fatal(err)
	}
	if len(listed.Entries) != added {
		t.Fatalf("%s: %d entries are listed of %d", create, len(listed.Entries), added)
	}
	header, err := h.IpsetHeader("s")
	if err != nil || header.SetName != "s" || header.TypeName != typ || header.Family != listed.Family ||
		header.Revision != listed.Revision || header.Entries != nil || header.MaxElements != 0 {
		t.Errorf("%s: header %+v, %v", create, header, err)
	}
	if err := h.IpsetDestroy("s"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.IpsetHeader("s"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the header of no set: %v", err)
	}
	if err := h.IpsetCreate("s", typ, listed.CreateOptions()); err != nil {
		t.Fatalf("%s: %v", create, err)
	}
	for i := range listed.Entries {
		if err := h.IpsetAdd("s", &listed.Entries[i]); err != nil {
			t.Fatalf("%s: %+v: %v", create, listed.Entries[i], err)
		}
	}
	if after := save(); !slices.Equal(before, after) {
		t.Errorf("%s: by ipset\n%s\nas listed\n%s", create, strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}
