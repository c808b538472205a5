package netlink_test

import (
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
)

// Packets count for what the table of sizes says: 1000 bytes are 21 cells of 53 bytes on ATM.
func TestSizeTableSaysWhatPacketsCountFor(t *testing.T) {
	for _, c := range []struct {
		name  string
		table *netlink.SizeTable
		want  uint64
	}{
		{"none", nil, shapedSize},
		{"overhead", &netlink.SizeTable{Overhead: -14}, shapedSize - 14},
		{"at least", &netlink.SizeTable{MPU: 1500}, 1500},
		{"cells", &netlink.SizeTable{LinkLayer: nl.LINKLAYER_ATM}, 21 * 53},
		{"cells and overhead", &netlink.SizeTable{LinkLayer: nl.LINKLAYER_ATM, Overhead: 48}, 22 * 53},
		{"units of two bytes", &netlink.SizeTable{MPU: 1500, MTU: 70000}, 1500},
		{"beyond the table", &netlink.SizeTable{MPU: 1, MTU: 255, TSize: 256}, 3*256 + 1000 - 3*256},
	} {
		t.Run(c.name, func(t *testing.T) {
			nstest.Do(t, func() {
				v0, v1 := upPair(t)
				q := &netlink.Bfifo{QdiscAttrs: root(v0.Attrs().Index)}
				q.SizeTable = c.table
				if err := netlink.QdiscAdd(q); err != nil {
					t.Fatal(err)
				}
				s, r := newPacketSender(t, v0, v1, testPacketType, 0), newPacketRing(t, v1, testPacketType)
				for range 10 {
					before := passed(t, v0)
					queued(t, 1, s, r)
					after := passed(t, v0)
					if after.Packets != before.Packets+1 {
						continue // the kernel sends packets, too
					}
					if got := after.Bytes - before.Bytes; got != c.want {
						t.Errorf("a packet counts for %d bytes, want %d", got, c.want)
					}
					return
				}
				t.Error("the link is never quiet")
			})
		})
	}
}

// passed is what a link's root has passed.
func passed(t *testing.T, link netlink.Link) netlink.GnetStatsBasic {
	t.Helper()
	all, err := netlink.QdiscList(link)
	if err != nil || len(all) != 1 {
		t.Fatalf("there are %v, %v", all, err)
	}
	return *all[0].Attrs().Statistics.Basic
}

func TestSizeTableOutOfRange(t *testing.T) {
	withLink(t, func(link int) {
		for _, table := range []netlink.SizeTable{{MPU: 64, TSize: 32749}, {MPU: 64, MTU: 1<<30 + 1}} {
			q := &netlink.Bfifo{QdiscAttrs: root(link)}
			q.SizeTable = &table
			if err := netlink.QdiscAdd(q); err == nil {
				t.Errorf("%+v is no error", table)
			}
		}
		q := &netlink.Bfifo{QdiscAttrs: root(link)}
		q.SizeTable = &netlink.SizeTable{MPU: 64, TSize: 32748, MTU: 1 << 30}
		if err := netlink.QdiscAdd(q); err != nil {
			t.Error(err)
		}
	})
}
