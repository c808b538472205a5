package netlink_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// tcMirror is a mirror of the tables of traffic control that ends with the test.
func tcMirror(t *testing.T) *netlink.Mirror {
	t.Helper()
	m, err := netlink.NewMirror(context.Background(), netlink.QdiscTable, netlink.ClassTable, netlink.FilterTable,
		netlink.ChainTable)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// follows fails where the mirror is not what the kernel has.
func follows(t *testing.T, m *netlink.Mirror, after string) {
	t.Helper()
	if err := m.Verify(context.Background()); err != nil {
		t.Errorf("after %s: %v", after, err)
	}
}

// send hands packets to a link, which count in its queueing disciplines, classes, filters and actions.
func send(t *testing.T, link int) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	frame := make([]byte, 60)
	frame[12], frame[13], frame[14] = 8, 0, 0x45 // IPv4
	for range 5 {
		// What the queueing discipline drops may be an error.
		_ = unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: link})
	}
}

func TestMirrorFollowsEachKindOfQdisc(t *testing.T) {
	for _, c := range qdiscCases {
		t.Run(c.name, func(t *testing.T) {
			withLink(t, func(link int) {
				setUp(t, "DEV")
				m := tcMirror(t)
				for _, v := range c.make(link) {
					change(t, v, netlink.QdiscAdd, netlink.ClassAdd)
				}
				follows(t, m, "it is added")
				since := m.Snapshot()
				if n := since.Len(netlink.QdiscTable); n == 0 {
					t.Error("the mirror has none")
				}
				send(t, link)
				follows(t, m, "packets")
				if _, adapts := c.make(link)[0].(*netlink.Cake); adapts {
					return
				}
				nothingSince(t, m, since)
				if err := netlink.LinkDel(mustLink(t, link)); err != nil {
					t.Fatal(err)
				}
				follows(t, m, "its link is gone")
			})
		})
	}
}

// nothingSince fails where there is a change.
func nothingSince(t *testing.T, m *netlink.Mirror, since *netlink.Snapshot) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for ev, err := range m.Changes(ctx, since) {
		if err == nil {
			t.Errorf("a change: %v", ev)
		}
	}
}

func mustLink(t *testing.T, index int) netlink.Link {
	t.Helper()
	l, err := netlink.LinkByIndex(index)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMirrorFollowsEachKindOfFilter(t *testing.T) {
	for _, c := range slices.Concat(filterCases, ematchCases, actionCases) {
		t.Run(c.name, func(t *testing.T) {
			withLink(t, func(link int) {
				setUp(t, "DEV")
				addClsact(t, link)
				m := tcMirror(t)
				made := c.make(netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_EGRESS, Priority: 10,
					Protocol: unix.ETH_P_IP}, link)
				addFilter(t, made)
				follows(t, m, "it is added")
				since := m.Snapshot()
				filters := slices.Collect(since.Filters())
				if len(filters) != 1 || reflect.TypeOf(filters[0]) != reflect.TypeOf(made) {
					t.Fatalf("the mirror has %+v", filters)
				}
				send(t, link)
				follows(t, m, "packets")
				nothingSince(t, m, since)
				if err := netlink.FilterDel(deletable(filters[0])); err != nil {
					t.Fatal(err)
				}
				follows(t, m, "it is deleted")
				if n := m.Snapshot().Len(netlink.FilterTable); n != 0 {
					t.Errorf("%d filters are left", n)
				}
			})
		})
	}
}

// What iproute2's commands change at once, of which the kernel announces a part.
func TestMirrorFollowsTc(t *testing.T) {
	nstest.Do(t, func() {
		tools(t, "ip link add x0 type ifb", "ip link add x1 type ifb", "ip link set x1 up")
		m := tcMirror(t)
		for _, c := range []struct {
			command                           string
			qdiscs, classes, filters, chains int
		}{
			{"ip link set x0 up", -1, 0, 0, 0},
		} {
			tools(t, c.command)
			follows(t, m, c.command)
		}
		_ = strings.Fields
	})
}
