package netlink_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
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
		netlink.ChainTable, netlink.ActionTable)
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

// tcStep is a command of tc or ip, and how many classes, filters and chains there are then.
type tcStep struct {
	command                  string
	classes, filters, chains int
}

// followsSteps runs commands, of which the kernel announces only a part of what they change.
func followsSteps(t *testing.T, steps []tcStep) {
	t.Helper()
	nstest.Do(t, func() {
		tools(t, "ip link add x0 numtxqueues 2 type ifb", "ip link add x1 type ifb", "ip link set x1 up")
		m := tcMirror(t)
		for _, c := range steps {
			words := strings.Fields(c.command)
			out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
			if err != nil {
				if bytes.Contains(out, []byte("unknown")) || bytes.Contains(out, []byte("not found")) ||
					bytes.Contains(out, []byte("Failed to load")) {
					err = unix.EOPNOTSUPP
				}
				if bytes.Contains(out, []byte("not permitted")) { // shared actions are the machine's
					err = os.ErrPermission
				}
				if err != nil {
					t.Logf("%s", out)
				}
				nstest.Need(t, c.command, "", err)
			}
			follows(t, m, c.command)
			s := m.Snapshot()
			classes, filters, chains := s.Len(netlink.ClassTable), s.Len(netlink.FilterTable), s.Len(netlink.ChainTable)
			if classes != c.classes || filters != c.filters || chains != c.chains {
				t.Errorf("after %s: %d classes, %d filters, %d chains", c.command, classes, filters, chains)
			}
			if t.Failed() {
				return
			}
		}
	})
}

func TestMirrorFollowsClassesAndFilters(t *testing.T) {
	followsSteps(t, []tcStep{
		{"ip link set x0 up", 2, 0, 0}, // those of mq, which it has by default
		{"tc qdisc add dev x0 root handle 1: htb default 10", 0, 0, 0},
		{"tc class add dev x0 parent 1: classid 1:1 htb rate 10mbit", 1, 0, 0},
		{"tc class add dev x0 parent 1:1 classid 1:10 htb rate 5mbit", 2, 0, 0}, // 1:1 becomes an inner one
		{"tc class add dev x0 parent 1:1 classid 1:11 htb rate 5mbit", 3, 0, 0},
		{"tc class change dev x0 parent 1:1 classid 1:11 htb rate 4mbit", 3, 0, 0},
		{"tc qdisc add dev x0 parent 1:10 handle 10: tbf rate 1mbit burst 5k latency 50ms", 4, 0, 0},
		{"tc qdisc change dev x0 handle 10: tbf rate 2mbit burst 5k latency 50ms", 4, 0, 0},
		{"tc filter add dev x0 parent 1: protocol ip prio 5 u32 match ip dst 10.0.0.1 classid 1:10", 4, 1, 1},
		{"tc filter add dev x0 parent 1: protocol ip prio 5 u32 match ip dst 10.0.0.2 classid 1:11", 4, 2, 1},
		{"tc filter add dev x0 parent 1:1 protocol ip prio 5 u32 match ip dst 10.0.0.3", 4, 3, 2},
		{"tc filter add dev x0 parent 1: protocol ip prio 6 u32 match ip dst 10.0.0.3 classid 1:10", 4, 4, 2},
		{"tc filter del dev x0 parent 1: protocol ip prio 5", 4, 2, 2},
		{"tc filter del dev x0 parent 1:", 4, 1, 1},
		{"tc qdisc replace dev x0 parent 1:10 handle 11: pfifo limit 7", 3, 1, 1},
		{"tc class del dev x0 classid 1:10", 2, 1, 1},
		{"tc class del dev x0 classid 1:11", 1, 1, 1},
		{"tc class del dev x0 classid 1:1", 0, 0, 0},
		{"tc class add dev x0 parent 1: classid 1:1 htb rate 10mbit", 1, 0, 0},
		{"tc filter add dev x0 parent 1: protocol ip prio 5 u32 match ip dst 10.0.0.1 classid 1:10", 1, 1, 1},
		{"tc qdisc del dev x0 root", 2, 0, 0},
		{"ip link set x0 down", 2, 0, 0},
		{"tc qdisc add dev x0 root handle 1: htb default 10", 0, 0, 0},
		{"tc class add dev x0 parent 1: classid 1:1 htb rate 10mbit", 1, 0, 0},
		{"ip link del x0", 0, 0, 0},
	})
}

func TestMirrorFollowsIngressAndBlocks(t *testing.T) {
	followsSteps(t, []tcStep{
		{"tc qdisc add dev x0 ingress", 0, 0, 0},
		{"tc filter add dev x0 parent ffff: protocol ip prio 5 u32 match ip dst 10.0.0.1 action mirred egress redirect " +
			"dev x1", 0, 1, 1},
		{"tc filter add dev x0 ingress protocol ip prio 5 u32 match ip dst 10.0.0.2 action mirred egress redirect dev x1",
			0, 2, 1},
		{"tc filter del dev x0 parent ffff: protocol ip prio 5 handle 800::800 u32", 0, 1, 1},
		{"tc qdisc del dev x0 ingress", 0, 0, 0},
		{"tc qdisc add dev x0 ingress_block 21 egress_block 22 clsact", 0, 0, 0},
		{"tc qdisc add dev x1 ingress_block 21 clsact", 0, 0, 0},
		{"tc filter add block 21 protocol ip prio 5 u32 match ip dst 10.0.0.1 action mirred egress redirect dev x1", 0, 1,
			1},
		{"tc filter add block 22 chain 7 protocol ip prio 5 u32 match ip dst 10.0.0.1", 0, 2, 2},
		{"tc filter add dev x1 egress protocol ip prio 5 u32 match ip dst 10.0.0.1", 0, 3, 3},
		{"tc chain add block 21 chain 9", 0, 3, 4},
		{"tc chain add dev x1 egress chain 9", 0, 3, 5},
		{"tc filter add dev x1 egress chain 9 protocol ip prio 5 u32 match ip dst 10.0.0.1", 0, 4, 5},
		{"tc chain del dev x1 egress chain 9", 0, 3, 4},
		{"tc qdisc del dev x1 clsact", 0, 2, 3},
		{"ip link del x0", 0, 0, 0},
	})
}

// The kernel's notifications do not say which part of clsact a chain is of.
func TestMirrorSaysWhereChainsAre(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		m := tcMirror(t)
		for _, c := range []netlink.Chain{netlink.NewChain(netlink.HANDLE_MIN_INGRESS, 5),
			netlink.NewChain(netlink.HANDLE_MIN_EGRESS, 5), netlink.NewChain(netlink.HANDLE_MIN_EGRESS, 6)} {
			if err := netlink.ChainAdd(mustLink(t, link), c); err != nil {
				t.Fatal(err)
			}
		}
		follows(t, m, "chains")
		var got []string
		for index, c := range m.Snapshot().Chains() {
			got = append(got, fmt.Sprint(index == link, " ", c))
		}
		slices.Sort(got)
		want := []string{"true {Parent: 4294967282, Chain: 5}", "true {Parent: 4294967283, Chain: 5}",
			"true {Parent: 4294967283, Chain: 6}"}
		if !slices.Equal(got, want) {
			t.Errorf("chains are %q", got)
		}
	})
}

// Kinds that smaller kernels lack.
func TestMirrorFollowsOtherKinds(t *testing.T) {
	for name, steps := range map[string][]tcStep{
		"bands": {
			{"tc qdisc add dev x1 root handle 1: prio bands 5", 5, 0, 0},
			{"tc qdisc add dev x1 parent 1:5 handle 5: sfq", 5, 0, 0},
			{"tc filter add dev x1 parent 5: protocol ip prio 5 matchall classid 5:1", 5, 1, 1},
			{"tc qdisc change dev x1 handle 1: prio bands 3", 3, 0, 0},
		},
		"curves": {
			{"tc qdisc add dev x1 root handle 1: hfsc default 10", 1, 0, 0},
			{"tc class add dev x1 parent 1: classid 1:1 hfsc sc rate 10mbit", 2, 0, 0},
			{"tc class add dev x1 parent 1:1 classid 1:10 hfsc sc rate 10mbit", 3, 0, 0},
			{"tc filter add dev x1 parent 1:1 protocol all prio 5 matchall classid 1:10", 3, 1, 1},
			{"tc filter del dev x1 parent 1:1", 3, 0, 0},
			{"tc class del dev x1 classid 1:10", 2, 0, 0},
			{"tc qdisc del dev x1 root", 0, 0, 0},
		},
		"shared actions": {
			{"tc qdisc add dev x1 clsact", 0, 0, 0},
			{"tc actions add action gact pass index 7", 0, 0, 0},
			{"tc filter add dev x1 egress protocol ip prio 5 matchall action gact index 7", 0, 1, 1},
			{"tc filter add dev x1 ingress protocol ip prio 5 matchall action gact index 7", 0, 2, 2},
			{"tc actions change action gact drop index 7", 0, 2, 2},
			{"tc filter del dev x1 egress", 0, 1, 1},
		},
		"templates": {
			{"tc qdisc add dev x1 clsact", 0, 0, 0},
			{"tc chain add dev x1 ingress proto ip chain 5 flower dst_ip 0.0.0.0/24", 0, 0, 1},
			{"tc filter add dev x1 ingress chain 5 proto ip prio 1 flower dst_ip 10.0.0.0/24 action goto chain 8", 0, 1, 1},
			{"tc filter add dev x1 ingress chain 8 proto ip prio 1 flower dst_ip 10.0.0.0/24 action drop", 0, 2, 2},
			{"tc qdisc del dev x1 clsact", 0, 0, 0},
		},
		"early drops": {
			{"tc qdisc add dev x1 root handle 1: red limit 400000 min 30000 max 90000 avpkt 1000 burst 55 adaptive " +
				"bandwidth 10Mbit qevent early_drop block 5", 1, 0, 0},
			{"tc filter add block 5 protocol ip prio 5 matchall action pass", 1, 1, 1},
			{"tc qdisc del dev x1 root", 0, 0, 0},
		},
		"queues of gred": {
			{"tc qdisc add dev x1 root handle 1: gred setup vqs 2 default 1", 0, 0, 0},
			{"tc qdisc change dev x1 root gred limit 60KB min 15K max 25K burst 20 avpkt 1000 bandwidth 10Mbit vq 1 " +
				"probability 0.4", 0, 0, 0},
		},
		"flows": {
			{"tc qdisc add dev x1 root handle 1: fq_codel", 0, 0, 0},
			{"tc filter add dev x1 parent 1: protocol ip prio 5 matchall classid 1:1", 0, 1, 1},
		},
	} {
		t.Run(name, func(t *testing.T) { followsSteps(t, steps) })
	}
}
