package netlink_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
	"kern.sys/unix"
)

// ipsetHandle is a handle in a new namespace of a kernel that has sets.
func ipsetHandle(t testing.TB) (*netlink.Handle, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns, uapi.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Delete)
	newest, oldest, err := h.IpsetProtocol()
	nstest.Need(t, "ipset", "", err)
	if newest < uapi.IPSET_PROTOCOL_MIN || oldest != uapi.IPSET_PROTOCOL_MIN {
		t.Errorf("protocols %d to %d", oldest, newest)
	}
	return h, ns
}

// ipsetStates are sets as ipset(8) makes them, and as this package does.
var ipsetStates = []struct {
	name, typ string
	commands  []string
	options   netlink.IpsetCreateOptions
	entries   []netlink.IPSetEntry
}{
	{
		"ip", "hash:ip", []string{
			"create ip hash:ip timeout 300 counters comment skbinfo maxelem 1000 hashsize 512",
			"add ip 10.0.0.1 timeout 0 packets 5 bytes 600 comment first skbmark 0x10/0xff skbprio 1:20 skbqueue 3",
			"add ip 10.0.0.2 timeout 0 packets 0 bytes 0",
		},
		netlink.IpsetCreateOptions{
			Timeout: new(uint32(300)), Counters: true, Comments: true, Skbinfo: true, MaxElements: 1000, HashSize: 512,
		},
		[]netlink.IPSetEntry{
			{
				IP: net.IP{10, 0, 0, 1}, Timeout: new(uint32(0)), Packets: new(uint64(5)), Bytes: new(uint64(600)),
				Comment: "first",
				SkbMark: &netlink.IPSetMark{Mark: 0x10, Mask: 0xff}, SkbPrio: new(uint32(1<<16 | 0x20)), SkbQueue: new(uint16(3)),
			},
			{IP: net.ParseIP("10.0.0.2"), Timeout: new(uint32(0))},
		},
	},
	{
		"six", "hash:net", []string{
			"create six hash:net family inet6 forceadd",
			"add six 2001:db8::/32",
			"add six 2001:db8:1::/48 nomatch",
		},
		netlink.IpsetCreateOptions{Family: netlink.FAMILY_V6, ForceAdd: true},
		[]netlink.IPSetEntry{
			{IP: net.ParseIP("2001:db8::"), CIDR: 32},
			{IP: net.ParseIP("2001:db8:1::"), CIDR: 48, NoMatch: true},
		},
	},
	{
		"ipport", "hash:ip,port", []string{"create ipport hash:ip,port", "add ipport 10.0.0.1,udp:53",
			"add ipport 10.0.0.1,tcp:80-82"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{
			{IP: net.IP{10, 0, 0, 1}, Protocol: new(uint8(unix.IPPROTO_UDP)), Port: new(uint16(53))},
			{IP: net.IP{10, 0, 0, 1}, Protocol: new(uint8(unix.IPPROTO_TCP)), Port: new(uint16(80)), PortTo: new(uint16(82))},
		},
	},
	{
		"ipportip", "hash:ip,port,ip", []string{"create ipportip hash:ip,port,ip counters",
			"add ipportip 10.0.0.1,tcp:80,10.0.0.2"},
		netlink.IpsetCreateOptions{Counters: true},
		[]netlink.IPSetEntry{
			{IP: net.IP{10, 0, 0, 1}, IP2: net.IP{10, 0, 0, 2}, Protocol: new(uint8(unix.IPPROTO_TCP)), Port: new(uint16(80))},
		},
	},
	{
		"ipportnet", "hash:ip,port,net", []string{"create ipportnet hash:ip,port,net",
			"add ipportnet 10.0.0.1,tcp:80,10.1.0.0/16"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{
			{IP: net.IP{10, 0, 0, 1}, IP2: net.IP{10, 1, 0, 0}, CIDR2: 16, Protocol: new(uint8(unix.IPPROTO_TCP)),
				Port: new(uint16(80))},
		},
	},
	{
		"netport", "hash:net,port", []string{"create netport hash:net,port", "add netport 10.1.0.0/16,tcp:80"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{10, 1, 0, 0}, CIDR: 16, Protocol: new(uint8(unix.IPPROTO_TCP)),
			Port: new(uint16(80))}},
	},
	{
		"netiface", "hash:net,iface", []string{"create netiface hash:net,iface", "add netiface 10.1.0.0/16,eth0",
			"add netiface 10.2.0.0/16,physdev:eth1"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{
			{IP: net.IP{10, 1, 0, 0}, CIDR: 16, IFace: "eth0"},
			{IP: net.IP{10, 2, 0, 0}, CIDR: 16, IFace: "eth1", PhysDev: true},
		},
	},
	{
		"any", "hash:net,iface", []string{"create any hash:net,iface counters", "add any 0.0.0.0/0,eth0"},
		netlink.IpsetCreateOptions{Counters: true},
		[]netlink.IPSetEntry{{IP: net.IP{0, 0, 0, 0}, AnyIP: true, IFace: "eth0"}},
	},
	{
		"anynet", "hash:net,port,net", []string{"create anynet hash:net,port,net",
			"add anynet 10.0.0.0/8,tcp:80,0.0.0.0/0"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 0}, CIDR: 8, IP2: net.IP{0, 0, 0, 0}, AnyIP2: true,
			Protocol: new(uint8(unix.IPPROTO_TCP)), Port: new(uint16(80))}},
	},
	{
		"nomatch", "hash:net", []string{"create nomatch hash:net", "add nomatch 10.0.0.0/8 nomatch"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 0}, CIDR: 8, NoMatch: true}},
	},
	{
		"bitskb", "bitmap:port", []string{"create bitskb bitmap:port range 0-9 counters comment skbinfo",
			`add bitskb 4 packets 0 bytes 0 comment x skbprio 0:3`},
		netlink.IpsetCreateOptions{PortTo: 9, Counters: true, Comments: true, Skbinfo: true},
		[]netlink.IPSetEntry{{Port: new(uint16(4)), Comment: "x", SkbPrio: new(uint32(3))}},
	},
	{
		"masked", "hash:ip", []string{"create masked hash:ip bitmask 255.0.255.0 bucketsize 4 initval 0x1234",
			"add masked 10.9.8.7"},
		netlink.IpsetCreateOptions{Bitmask: net.IP{255, 0, 255, 0}, BucketSize: 4, InitVal: 0x1234},
		[]netlink.IPSetEntry{{IP: net.IP{10, 9, 8, 7}}},
	},
	{
		"buckets", "hash:ip", []string{"create buckets hash:ip bucketsize 4 initval 0x1234", "add buckets 10.9.8.7"},
		netlink.IpsetCreateOptions{BucketSize: 4, InitVal: 0x1234},
		[]netlink.IPSetEntry{{IP: net.IP{10, 9, 8, 7}}},
	},
	{
		"netnet", "hash:net,net", []string{"create netnet hash:net,net", "add netnet 10.1.0.0/16,10.2.0.0/24"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{IP: net.IP{10, 1, 0, 0}, CIDR: 16, IP2: net.IP{10, 2, 0, 0}, CIDR2: 24}},
	},
	{
		"mark", "hash:ip,mark", []string{"create mark hash:ip,mark markmask 0xffff", "add mark 10.0.0.1,0x1234"},
		netlink.IpsetCreateOptions{MarkMask: 0xffff},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 1}, Mark: new(uint32(0x1234))}},
	},
	{
		"mac", "hash:mac", []string{"create mac hash:mac", "add mac 02:00:00:00:00:01"},
		netlink.IpsetCreateOptions{},
		[]netlink.IPSetEntry{{MAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}}},
	},
	{
		"bits", "bitmap:ip", []string{"create bits bitmap:ip range 10.0.0.0-10.0.0.255", "add bits 10.0.0.4-10.0.0.6"},
		netlink.IpsetCreateOptions{IPFrom: net.IP{10, 0, 0, 0}, IPTo: net.IP{10, 0, 0, 255}},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 4}, IPTo: net.IP{10, 0, 0, 6}}},
	},
	{
		"nets", "bitmap:ip", []string{"create nets bitmap:ip range 10.0.0.0/16 netmask 24", "add nets 10.0.3.0"},
		netlink.IpsetCreateOptions{IPFrom: net.IP{10, 0, 0, 0}, CIDR: 16, Netmask: 24},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 3, 0}}},
	},
	{
		"ports", "bitmap:port", []string{"create ports bitmap:port range 100-600", "add ports 200"},
		netlink.IpsetCreateOptions{PortFrom: 100, PortTo: 600},
		[]netlink.IPSetEntry{{Port: new(uint16(200))}},
	},
	{
		"ipmac", "bitmap:ip,mac", []string{"create ipmac bitmap:ip,mac range 10.0.0.0/24",
			"add ipmac 10.0.0.9,02:00:00:00:00:01"},
		netlink.IpsetCreateOptions{IPFrom: net.IP{10, 0, 0, 0}, CIDR: 24},
		[]netlink.IPSetEntry{{IP: net.IP{10, 0, 0, 9}, MAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}}},
	},
}

// What ipset makes and what this package makes is shown alike by ipset.
func TestIpsetMakesWhatTheToolMakes(t *testing.T) {
	for _, c := range ipsetStates {
		t.Run(c.name, func(t *testing.T) {
			h, ns := ipsetHandle(t)
			_, _, err := h.IpsetType(c.typ, c.options.Family)
			if isNumber(err, uapi.IPSET_ERR_FIND_TYPE) {
				err = fmt.Errorf("%w: %w", unix.EOPNOTSUPP, err)
			}
			nstest.Need(t, "sets of type "+c.typ, "", err)
			err = h.IpsetCreate(c.name, c.typ, c.options)
			if c.options.Bitmask != nil && isNumber(err, uapi.IPSET_ERR_FIND_TYPE) {
				nstest.Need(t, "the option bitmask", "6.3", unix.EOPNOTSUPP)
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range c.entries {
				if err := h.IpsetAdd(c.name, &c.entries[i]); err != nil {
					t.Fatal(i, err)
				}
				if there, err := h.IpsetTest(c.name, &c.entries[i]); c.entries[i].IPTo == nil && !c.entries[i].NoMatch &&
					(err != nil || !there) {
					t.Errorf("entry %d is not there: %v", i, err)
				}
			}
			byUs := ipsetSave(t, ns, c.options.InitVal != 0)
			if err := h.IpsetDestroy(c.name); err != nil {
				t.Fatal(err)
			}
			for _, command := range c.commands {
				toolIn(t, ns, "ipset "+command)
			}
			byTool := ipsetSave(t, ns, c.options.InitVal != 0)
			if !slices.Equal(byUs, byTool) {
				t.Errorf("by us\n%s\nby ipset\n%s", strings.Join(byUs, "\n"), strings.Join(byTool, "\n"))
			}
			listed, err := h.IpsetList(c.name)
			if err != nil {
				t.Fatal(err)
			}
			if head, err := h.IpsetHeader(c.name); err != nil || head.SetName != c.name || head.TypeName != c.typ ||
				head.Family != listed.Family || head.Revision != listed.Revision {
				t.Errorf("header %+v, %v", head, err)
			}
			if listed.SetName != c.name || listed.TypeName != c.typ || len(listed.Entries) == 0 || listed.Nfgenmsg == nil ||
				listed.Protocol == 0 {
				t.Errorf("listed %+v", listed)
			}
			if err := h.IpsetFlush(c.name); err != nil {
				t.Fatal(err)
			}
			if empty, err := h.IpsetList(c.name); err != nil || len(empty.Entries) != 0 {
				t.Errorf("flushed: %+v, %v", empty, err)
			}
			// From what was listed.
			if err := h.IpsetDestroy(c.name); err != nil {
				t.Fatal(err)
			}
			if err := h.IpsetCreate(c.name, listed.TypeName, listed.CreateOptions()); err != nil {
				t.Fatal(err)
			}
			for _, e := range listed.Entries {
				if err := h.IpsetAdd(c.name, &e); err != nil {
					t.Fatalf("%+v: %v", e, err)
				}
			}
			if byUs := ipsetSave(t, ns, c.options.InitVal != 0); !slices.Equal(byUs, byTool) {
				t.Errorf("from the list\n%s\nby ipset\n%s", strings.Join(byUs, "\n"), strings.Join(byTool, "\n"))
			}
		})
	}
}

// ipsetSave are the lines of ipset save in an order of their own, without what is random unless it was given.
func ipsetSave(t *testing.T, ns netns.NsHandle, given bool) (lines []string) {
	t.Helper()
	for line := range strings.Lines(toolIn(t, ns, "ipset save")) {
		words := strings.Fields(line)
		if i := slices.Index(words, "initval"); i >= 0 && !given {
			words = slices.Delete(words, i, i+2)
		}
		if i := slices.Index(words, "bucketsize"); i >= 0 && !given {
			words = slices.Delete(words, i, i+2)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	slices.Sort(lines)
	return lines
}

func isNumber(err error, number nl.IPSetError) bool { return errors.Is(err, number) }

func TestIpsetErrorsSwapRenameAll(t *testing.T) {
	h, ns := ipsetHandle(t)
	ip := &netlink.IPSetEntry{IP: net.IP{10, 0, 0, 1}}
	for _, name := range []string{"a", "b"} {
		if err := h.IpsetCreate(name, "hash:ip", netlink.IpsetCreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.IpsetCreate("a", "hash:ip", netlink.IpsetCreateOptions{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created twice: %v", err)
	}
	if err := h.IpsetCreate("a", "hash:ip", netlink.IpsetCreateOptions{Replace: true}); err != nil {
		t.Errorf("created again: %v", err)
	}
	if err := h.IpsetCreate("c", "hash:nothing",
		netlink.IpsetCreateOptions{}); err != nl.IPSetError(nl.IPSET_ERR_FIND_TYPE) {
		t.Errorf("of no type: %v", err)
	}
	if err := h.IpsetCreate("c", "hash:ip",
		netlink.IpsetCreateOptions{Revision: 9}); err != nl.IPSetError(nl.IPSET_ERR_FIND_TYPE) {
		t.Errorf("of no revision: %v", err)
	}
	if err := h.IpsetAdd("a", ip); err != nil {
		t.Fatal(err)
	}
	if err := h.IpsetAdd("a", ip); err != nl.IPSetError(nl.IPSET_ERR_EXIST) {
		t.Errorf("added twice: %v", err)
	}
	again := *ip
	again.Replace = true
	if err := h.IpsetAdd("a", &again); err != nil {
		t.Errorf("added again: %v", err)
	}
	if err := h.IpsetSwap("a", "b"); err != nil {
		t.Fatal(err)
	}
	if there, err := h.IpsetTest("a", ip); there || err != nil {
		t.Error(there, err)
	}
	if there, err := h.IpsetTest("b", ip); !there || err != nil {
		t.Error(there, err)
	}
	if err := h.IpsetRename("b", "c"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.IpsetList("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("listed by its old name: %v", err)
	}
	if err := h.IpsetDel("c", ip); err != nil {
		t.Fatal(err)
	}
	if err := h.IpsetDel("c", ip); err != nl.IPSetError(nl.IPSET_ERR_EXIST) {
		t.Errorf("deleted twice: %v", err)
	}
	// A list of sets, in an order.
	if err := h.IpsetCreate("list", "list:set", netlink.IpsetCreateOptions{Size: 4}); err != nil {
		t.Fatal(err)
	}
	for _, e := range []netlink.IPSetEntry{{Name: "a"}, {Name: "c", NameRef: "a", Before: true}} {
		if err := h.IpsetAdd("list", &e); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := h.IpsetList("list"); err != nil || len(s.Entries) != 2 || s.Entries[0].Name != "c" || s.Size != 4 {
		t.Errorf("%v %+v", err, s)
	}
	if err := h.IpsetDestroy("a"); err != nl.IPSetError(nl.IPSET_ERR_BUSY) {
		t.Errorf("destroyed a set that is referred to: %v", err)
	}
	headers, err := h.IpsetListHeaders()
	if err != nil || len(headers) != 3 {
		t.Errorf("%v %+v", err, headers)
	}
	if err := h.IpsetFlushAll(); err != nil {
		t.Fatal(err)
	}
	if err := h.IpsetDestroyAll(); err != nil {
		t.Fatal(err)
	}
	if left := ipsetSave(t, ns, false); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
	if all, err := h.IpsetListAll(); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}

// Large sets come in several messages; a batch adds their entries, and names each that was refused.
func TestIpsetLargeSetsInBatches(t *testing.T) {
	h, ns := ipsetHandle(t)
	const n = 5000
	b := h.NewBatch()
	for _, name := range []string{"one", "two"} {
		b.IpsetCreate(name, "hash:ip", netlink.IpsetCreateOptions{Comments: true})
		for i := range n {
			b.IpsetAdd(name, &netlink.IPSetEntry{IP: net.IP{10, 1, byte(i >> 8), byte(i)}, Comment: fmt.Sprintf("entry %d", i)})
		}
	}
	b.IpsetAdd("two", &netlink.IPSetEntry{IP: net.IP{10, 1, 0, 7}})
	b.IpsetDel("none", &netlink.IPSetEntry{IP: net.IP{10, 1, 0, 7}})
	if there, err := b.IpsetTest("one", &netlink.IPSetEntry{IP: net.IP{10, 1, 0, 7}}); there || err == nil {
		t.Errorf("a test in a batch is answered from before it: %v %v", there, err)
	}
	errs := b.Flush()
	if len(errs) != 2*n+4 {
		t.Fatalf("%d errors", len(errs))
	}
	for i, err := range errs {
		switch {
		case i == 2*n+2 && (!isNumber(err, uapi.IPSET_ERR_EXIST) || !strings.Contains(err.Error(), `ipset add "two"`)):
			t.Errorf("an entry twice: %v", err)
		case i == 2*n+3 && !errors.Is(err, fs.ErrNotExist):
			t.Errorf("no such set: %v", err)
		case i < 2*n+2 && err != nil:
			t.Fatal(i, err)
		}
	}
	all, err := h.IpsetListAll()
	if err != nil || len(all) != 2 {
		t.Fatalf("%d sets, %v", len(all), err)
	}
	for _, s := range all {
		if len(s.Entries) != n || s.NumEntries != n || s.CadtFlags&uapi.IPSET_FLAG_WITH_COMMENT == 0 || s.HashSize == 0 ||
			s.SizeInMemory == 0 {
			t.Errorf("%s: %d entries, %d said", s.SetName, len(s.Entries), s.NumEntries)
		}
	}
	seen := 0
	for e, err := range h.IpsetEntries("two") {
		if err != nil || e.Comment == "" || len(e.IP) != 4 {
			t.Fatal(e, err)
		}
		seen++
	}
	if seen != n {
		t.Errorf("%d entries", seen)
	}
	for range h.IpsetEntries("two") {
		break
	}
	for _, err := range h.IpsetEntries("none") {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	if _, err := exec.LookPath("ipset"); err == nil {
		if got := len(ipsetSave(t, ns, false)); got != 2*n+2 {
			t.Errorf("ipset save has %d lines", got)
		}
	}
}
