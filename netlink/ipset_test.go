package netlink

import (
	"bytes"
	"net"
	"reflect"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

// What ipset sends and what the kernel lists (Linux 6.18).
const (
	ipsetAddSent = "02 00 0000 05000100 07000000 07000200 69700000" +
		"60000780 0c000180 08000140 0a000001 08000640 00000000" +
		"0c001840 0000000000000258 0c001940 0000000000000005 0a001a00 66697273 74000000" +
		"0c001b40 00000010 000000ff 08001c40 00010020 06001d40 00030000 08000940 00000000"
	ipsetListed = "02 00 0000 05000100 07000000 07000200 69700000 0c000300 686173683a697000 05000500 02000000 " +
		"05000400 06000000 06000b40 00000000" +
		"4c000780 08001240 00000400 08001340 00010000 05001500 0c000000 08001140 3d0e8141 08001940 00000000 08001a40 " +
		"0000017e" +
		"08001840 00000001 08000640 0000012c 08000840 00000058" +
		"5c000880 58000780 0c000180 08000100 0a000001 08000640 00000000 0c001840 0000000000000258 0c001940 " +
		"0000000000000005" +
		"0a001a00 66697273 74000000 0c001b40 00000010 000000ff 08001c40 00010020 06001d40 00030000"
)

var ipsetFirst = IPSetEntry{
	IP: net.IP{10, 0, 0, 1}, Timeout: new(uint32(0)), Packets: new(uint64(5)), Bytes: new(uint64(600)), Comment: "first",
	SkbMark: &IPSetMark{Mark: 0x10, Mask: 0xff}, SkbPrio: new(uint32(1<<16 | 0x20)), SkbQueue: new(uint16(3)),
}

func TestIpsetDecode(t *testing.T) {
	var d ipsetDecoder
	var s IPSetResult
	data := capture.Message(t, uapi.NFNL_SUBSYS_IPSET<<8|uapi.IPSET_CMD_LIST, ipsetListed)
	err := d.set(data, &s, func(b []byte) error {
		s.Entries = append(s.Entries, IPSetEntry{})
		return d.entry(b, &s.Entries[len(s.Entries)-1])
	})
	want := IPSetResult{
		Nfgenmsg: &nl.Nfgenmsg{NfgenFamily: uapi.AF_INET}, Protocol: 7, SetName: "ip", TypeName: "hash:ip",
		Family: uapi.AF_INET, Revision: 6,
		HashSize: 1024, MaxElements: 65536, BucketSize: 12, InitVal: 0x3d0e8141, SizeInMemory: 0x17e, NumEntries: 1,
		Timeout:   new(uint32(300)),
		CadtFlags: uapi.IPSET_FLAG_WITH_COUNTERS | uapi.IPSET_FLAG_WITH_COMMENT | uapi.IPSET_FLAG_WITH_SKBINFO,
		Entries:   []IPSetEntry{ipsetFirst},
	}
	if err != nil || !reflect.DeepEqual(s, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, s, want)
	}
}

// An entry is sent in the bytes that ipset sends, but for the version, which is the oldest, and the number of a line.
func TestIpsetEncode(t *testing.T) {
	sent := capture.Message(t, uapi.NFNL_SUBSYS_IPSET<<8|uapi.IPSET_CMD_ADD, ipsetAddSent)
	const header = 4 + 8 + 8 + 4 // struct nfgenmsg, version, name, and the header of the entry
	want := sent[header : len(sent)-8]
	name := "ip"
	r := ipsetRequest(uapi.IPSET_CMD_ADD, 0, &name)
	encodeIpsetEntry(r, &ipsetFirst)
	if got := payload(t, r); !bytes.Equal(got[header:], want) {
		t.Errorf("got  %x\nwant %x", got[header:], want)
	}
	r = ipsetEntryRequest(uapi.IPSET_CMD_ADD, "a name that is longer than the kernel has room for", &IPSetEntry{})
	if r.Err() == nil {
		t.Error("a name of 50 bytes is sent")
	}
}

func TestIpsetRevisions(t *testing.T) {
	for _, c := range []struct {
		typ  string
		o    IpsetCreateOptions
		want uint8
	}{
		{"hash:ip", IpsetCreateOptions{}, 1},
		{"hash:ip", IpsetCreateOptions{Counters: true}, 1},
		{"hash:ip", IpsetCreateOptions{Comments: true}, 2},
		{"hash:ip", IpsetCreateOptions{ForceAdd: true}, 3},
		{"hash:ip", IpsetCreateOptions{Skbinfo: true}, 4},
		{"hash:ip,port", IpsetCreateOptions{}, 1},
		{"hash:ip,port,ip", IpsetCreateOptions{Counters: true}, 2},
		{"hash:ip,port", IpsetCreateOptions{Comments: true, Counters: true}, 3},
		{"hash:ip,port", IpsetCreateOptions{Skbinfo: true, Counters: true}, 5},
		{"hash:net,port", IpsetCreateOptions{}, 3},
		{"hash:ip,port,net", IpsetCreateOptions{Counters: true}, 4},
		{"hash:ip,port,net", IpsetCreateOptions{Comments: true}, 5},
		{"hash:net,port", IpsetCreateOptions{Skbinfo: true}, 7},
		{"hash:net", IpsetCreateOptions{}, 2},
		{"hash:net,iface", IpsetCreateOptions{BucketSize: 4}, 8},
		{"hash:net,net", IpsetCreateOptions{Netmask: 24}, 4},
		{"hash:ip", IpsetCreateOptions{Netmask: 24}, 1},
		{"hash:ip", IpsetCreateOptions{Bitmask: net.IP{255, 0, 255, 0}}, 6},
		{"list:set", IpsetCreateOptions{Comments: true}, 2},
	} {
		if got := c.o.revision(c.typ); got != c.want {
			t.Errorf("%s %+v: revision %d, want %d", c.typ, c.o, got, c.want)
		}
	}
}

func FuzzIpsetDecode(f *testing.F) {
	f.Add(capture.Message(f, uapi.NFNL_SUBSYS_IPSET<<8|uapi.IPSET_CMD_LIST, ipsetListed))
	f.Add(capture.Message(f, uapi.NFNL_SUBSYS_IPSET<<8|uapi.IPSET_CMD_ADD, ipsetAddSent))
	f.Fuzz(func(t *testing.T, data []byte) {
		var d ipsetDecoder
		var s IPSetResult
		_ = d.name(data)
		_ = d.set(data, &s, func(b []byte) error {
			var e IPSetEntry
			if err := d.entry(b, &e); err != nil {
				return err
			}
			_ = ipsetEntryRequest(uapi.IPSET_CMD_ADD, "a", &e).Err()
			return nil
		})
	})
}
