package ip

import (
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
)

// connections are made, changed and destroyed in this order, in an empty table.
var connections = []*netlink.ConntrackFlow{
	{
		FamilyType: netlink.FAMILY_V4, Mark: 7, Zone: 3, TimeOut: 100,
		Status: netlink.ConntrackStatusAssured | netlink.ConntrackStatusSeenReply |
			netlink.ConntrackStatusConfirmed,
		ProtoInfo: &netlink.ProtoInfoTCP{State: 3},
		Forward:   tuple(6, "10.0.0.1", "10.0.0.2", 1000, 80), Reverse: tuple(6, "10.0.0.2", "10.0.0.1", 80, 1000),
	},
	{
		FamilyType: netlink.FAMILY_V6, TimeOut: 100,
		Forward: tuple(17, "fd00::1", "fd00::2", 1000, 53), Reverse: tuple(17, "fd00::2", "fd00::9", 53, 1000),
	},
	{
		FamilyType: netlink.FAMILY_V4, TimeOut: 100,
		Forward: echo("10.0.0.1", "10.0.0.2", 8), Reverse: echo("10.0.0.2", "10.0.0.1", 0),
	},
	{
		FamilyType: netlink.FAMILY_V4, TimeOut: 100,
		Forward: tuple(47, "10.0.0.1", "10.0.0.2", 7, 8), Reverse: tuple(47, "10.0.0.2", "10.0.0.1", 8, 7),
	},
}

func tuple(proto uint8, src, dst string, sport, dport uint16) netlink.IPTuple {
	return netlink.IPTuple{Protocol: proto, SrcIP: net.ParseIP(src), DstIP: net.ParseIP(dst), SrcPort: sport,
		DstPort: dport}
}

func echo(src, dst string, typ uint8) netlink.IPTuple {
	return netlink.IPTuple{Protocol: 1, SrcIP: net.ParseIP(src), DstIP: net.ParseIP(dst), ICMPType: typ, ICMPID: 77}
}

// conntrackPrinted is what conntrack -E of conntrack-tools 1.4.9 prints of these.
const conntrackPrinted = `
    [NEW] tcp      6 100 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1000 dport=80 src=10.0.0.2 dst=10.0.0.1 ` +
	`sport=80 dport=1000 [ASSURED] mark=7 zone=3
    [NEW] udp      17 100 src=fd00::1 dst=fd00::2 sport=1000 dport=53 [UNREPLIED] src=fd00::2 dst=fd00::9 ` +
	`sport=53 dport=1000 mark=0
    [NEW] icmp     1 100 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=77 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 ` +
	`type=0 code=0 id=77 mark=0
    [NEW] gre      47 100 src=10.0.0.1 dst=10.0.0.2 srckey=0x7 dstkey=0x8 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 ` +
	`srckey=0x8 dstkey=0x7 mark=0
 [UPDATE] gre      47 100 src=10.0.0.1 dst=10.0.0.2 srckey=0x7 dstkey=0x8 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 ` +
	`srckey=0x8 dstkey=0x7 mark=9
[DESTROY] tcp      6 99 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1000 dport=80 packets=0 bytes=0 src=10.0.0.2 ` +
	`dst=10.0.0.1 sport=80 dport=1000 packets=0 bytes=0 [ASSURED] mark=7 zone=3 delta-time=0
`

// plain removes what differs from run to run.
func plain(shown string) string {
	shown = regexp.MustCompile(`( \[USERSPACE\])? portid=\d+.*`).ReplaceAllString(shown, "")
	shown = regexp.MustCompile(`(?m)^(.{9} \w+ +\d+) \d+`).ReplaceAllString(shown, "$1 TIMEOUT") // seconds that are left
	return regexp.MustCompile(`delta-time=\d+`).ReplaceAllString(shown, "delta-time=0")
}

// connect makes the events.
func connect(t *testing.T, h *netlink.Handle) {
	t.Helper()
	family := func(f *netlink.ConntrackFlow) netlink.InetFamily { return netlink.InetFamily(f.FamilyType) }
	for _, f := range connections {
		err := h.ConntrackCreate(netlink.ConntrackTable, family(f), f)
		if f.Forward.Protocol == 47 && err != nil {
			nstest.NeedOption(t, "CONFIG_NF_CT_PROTO_GRE", "", err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	last := connections[len(connections)-1]
	changed := *last
	changed.Mark = 9
	if err := h.ConntrackUpdate(netlink.ConntrackTable, family(last), &changed); err != nil {
		t.Fatal(err)
	}
	if err := h.ConntrackDelete(netlink.ConntrackTable, family(connections[0]), connections[0]); err != nil {
		t.Fatal(err)
	}
}

// conntrackNamespace calls fn in a namespace whose connections are tracked, counted and dated.
func conntrackNamespace(t *testing.T, fn func(h *netlink.Handle)) {
	t.Helper()
	nstest.Do(t, func() {
		ns, err := netns.Get()
		if err != nil {
			t.Fatal(err)
		}
		defer ns.Close()
		h, err := netlink.NewHandleAt(ns)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		_, err = h.ConntrackTableList(netlink.ConntrackTable, netlink.FAMILY_V4)
		if err != nil {
			nstest.NeedOption(t, "CONFIG_NF_CT_NETLINK", "", err)
		}
		for _, setting := range []string{"events", "acct", "timestamp"} {
			nstest.Sysctl(t, ns, "net/netfilter/nf_conntrack_"+setting, "1")
		}
		fn(h)
	})
}

func TestMonitorShowsConnectionsAsConntrack(t *testing.T) {
	conntrackNamespace(t, func(h *netlink.Handle) {
		text := clitest.Watch(t, clitest.Process(t, "monitor", "conntrack", "rule"))
		inJSON := clitest.Watch(t, clitest.Process(t, "-j", "monitor", "conntrack", "rule"))
		detailed := clitest.Watch(t, clitest.Process(t, "-d", "-ts", "-4", "monitor", "label", "conntrack", "rule"))
		watchers := []*clitest.Watcher{text, inJSON, detailed}
		for _, w := range watchers {
			subscribed(t, w)
		}
		connect(t, h)
		mark(t, 2)
		want := strings.TrimPrefix(conntrackPrinted, "\n")
		got := connectionsOf(t, text)
		if got, want = plain(got), plain(want); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
		var first [1]struct {
			Event, Family, Protocol, State string
			Proto, Timeout, Mark, Zone, ID uint64
			Original, Reply                struct {
				Src, Dst     string
				Sport, Dport uint16
			}
			Status []string
		}
		lines := strings.Split(connectionsOf(t, inJSON), "\n")
		if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
			t.Fatalf("%q: %v", lines[0], err)
		}
		f := &first[0]
		shown := fmt.Sprintln(f.Event, f.Family, f.Protocol, f.Proto, f.State, f.Mark, f.Zone, f.ID != 0, f.Original,
			f.Reply, f.Status)
		left := f.Timeout <= 100 && f.Timeout > 90 // seconds of the 100 that the connection was made with
		if !left || shown != "NEW ipv4 tcp 6 ESTABLISHED 7 3 true {10.0.0.1 10.0.0.2 1000 80} "+
			"{10.0.0.2 10.0.0.1 80 1000} [seen_reply assured confirmed]\n" {
			t.Errorf("in JSON %s%s", shown, lines[0])
		}
		for _, line := range lines[:len(lines)-1] {
			if !json.Valid([]byte(line)) {
				t.Errorf("not JSON: %s", line)
			}
		}
		labelled := regexp.MustCompile(`^\[\S+\] \[CONNTRACK\]\[DESTROY\] ipv4     2 tcp .*` +
			`delta-time=\d+ \[start=\w.*\] \[stop=\w.*\] id=\d+`)
		all := connectionsOf(t, detailed)
		lines = strings.Split(all, "\n")
		if last := lines[len(lines)-2]; !labelled.MatchString(last) || strings.Contains(all, "fd00::1") {
			t.Errorf("in detail, of IPv4: %s", all)
		}
		for _, w := range watchers {
			if _, code := w.Stop(t); code != 0 || w.Err.Len() != 0 {
				t.Errorf("status %d: %s", code, w.Err)
			}
		}
	})
}

// connectionsOf returns what a monitor prints of connections, to the last event. What it prints of rules may come
// before or behind any line.
func connectionsOf(t testing.TB, w *clitest.Watcher) string {
	t.Helper()
	var all strings.Builder
	for w.Lines.Scan() {
		line := w.Lines.Text()
		if strings.Contains(line, "src=") || strings.Contains(line, `"original"`) {
			all.WriteString(line + "\n")
		}
		if strings.Contains(line, "DESTROY") {
			return all.String()
		}
	}
	t.Fatalf("%v ended before the last event: %s%s", w.Cmd.Args, all.String(), w.Err)
	return ""
}

// What ip xfrm monitor prints is what monitor xfrm prints, but for keys.
func TestMonitorShowsEventsOfIPsecAsIP(t *testing.T) {
	clitest.NeedIP(t)
	policies := []string{
		"xfrm policy add src 10.0.0.0/24 dst 10.0.1.0/24 dir out tmpl src 10.0.0.1 dst 10.0.0.2 proto esp reqid 7 mode " +
			"tunnel",
		"xfrm policy update src 10.0.0.0/24 dst 10.0.1.0/24 dir out priority 5 mark 6",
		"xfrm policy delete src 10.0.0.0/24 dst 10.0.1.0/24 dir out",
		"xfrm policy add src fd00::/64 dst fd01::/64 proto tcp dport 80 dir in action block",
	}
	compare := func(t *testing.T, changes ...string) {
		byIP := clitest.Watch(t, exec.Command("ip", "xfrm", "monitor"))
		text := clitest.Watch(t, clitest.Process(t, "monitor", "xfrm"))
		inJSON := clitest.Watch(t, clitest.Process(t, "-j", "monitor", "xfrm"))
		begin := func() { clitest.SetUp(t, "xfrm policy add dir in dst 10.9.0.1", "xfrm policy del dir in dst 10.9.0.1") }
		for _, w := range []*clitest.Watcher{byIP, text, inJSON} {
			w.First(t, begin)
		}
		bracket := func(n int) string { return fmt.Sprintf("xfrm policy add dir in dst 10.8.0.%d", n) }
		clitest.SetUp(t, bracket(1))
		clitest.SetUp(t, changes...)
		clitest.SetUp(t, bracket(2))
		var told []string
		for _, w := range []*clitest.Watcher{byIP, text} {
			w.Until(t, "dst 10.8.0.1/")
			told = append(told, w.Until(t, "dst 10.8.0.2/"))
		}
		told[0] = regexp.MustCompile(`0x0001020304\w+`).ReplaceAllString(told[0], hiddenKey)
		if told[0] != told[1] || told[0] == "" {
			t.Errorf("ip\n%skern\n%s", told[0], told[1])
		}
		inJSON.Until(t, "10.8.0.1/")
		got := inJSON.Until(t, "10.8.0.2/")
		if strings.Count(got, "\n") != len(changes) || strings.Contains(got, "0001020304") {
			t.Errorf("%d events in JSON, want %d\n%s", strings.Count(got, "\n"), len(changes), got)
		}
		for line := range strings.Lines(got) {
			var event []map[string]any
			if err := json.Unmarshal([]byte(line), &event); err != nil || len(event) != 1 || event[0]["event"] == nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		for _, w := range []*clitest.Watcher{byIP, text, inJSON} {
			w.Stop(t)
		}
	}
	t.Run("policies", func(t *testing.T) { nstest.Do(t, func() { compare(t, policies...) }) })
	t.Run("states", func(t *testing.T) {
		nstest.Do(t, func() {
			needXfrm(t)
			compare(t, "xfrm state add "+fourth+"proto esp spi 5 reqid 7 mode tunnel mark 6"+gcm,
				"xfrm state update "+fourth+"proto esp spi 5 reqid 8 mode tunnel mark 6"+gcm,
				"xfrm state delete "+fourth+"proto esp spi 5 mark 6",
				"xfrm state add "+sixth+"proto esp spi 7 mode transport"+gcm, "xfrm state flush")
		})
	})
}

// Families of generic netlink are told of with the group, and decoded where kern knows how.
func TestMonitorShowsGenericNetlink(t *testing.T) {
	nstest.Do(t, func() {
		needMPTCP(t)
		clitest.SetUp(t, "link set lo up")
		one := clitest.Watch(t, clitest.Process(t, "monitor", "label", "genl", "mptcp_pm"))
		all := clitest.Watch(t, clitest.Process(t, "-j", "monitor", "genl", "all"))
		own := clitest.Watch(t, clitest.Process(t, "mptcp", "monitor"))
		for _, w := range []*clitest.Watcher{one, all, own} {
			w.First(t, func() { connectMPTCP(t) })
		}
		first, last := connectMPTCP(t), connectMPTCP(t)
		own.Until(t, fmt.Sprintf("sport=%d", first))
		want := own.Until(t, fmt.Sprintf("sport=%d", last))
		one.Until(t, fmt.Sprintf("sport=%d", first))
		got := strings.ReplaceAll(one.Until(t, fmt.Sprintf("sport=%d", last)), "[GENL]mptcp_pm mptcp_pm_events: ", "")
		if got != want || got == "" {
			t.Errorf("got %swant %s", got, want)
		}
		all.Until(t, fmt.Sprintf(`"sport":%d`, first))
		if got := all.Until(t, fmt.Sprintf(`"sport":%d`, last)); !strings.Contains(got,
			`[{"family":"mptcp_pm","group":"mptcp_pm_events","event":"ESTABLISHED","token":"0x`) {
			t.Errorf("in JSON %s", got)
		}
		for _, w := range []*clitest.Watcher{one, all, own} {
			w.Stop(t)
		}
		for _, line := range []string{"monitor genl", "monitor genl nope", "monitor con", "monitor xfr"} {
			if r := clitest.Kern(clitest.Words(t, line)...); r.Code == 0 || r.Err == "" {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}

// Moves of a policy and of one state, which ip does not know, are shown with all that they change.
func TestMonitorShowsMovesOfIPsec(t *testing.T) {
	nstest.Do(t, func() {
		needXfrm(t)
		text := clitest.Watch(t, clitest.Process(t, "xfrm", "monitor"))
		inJSON := clitest.Watch(t, clitest.Process(t, "-j", "monitor", "xfrm"))
		begin := func() { clitest.SetUp(t, "xfrm policy add dir in dst 10.9.0.1", "xfrm policy del dir in dst 10.9.0.1") }
		for _, w := range []*clitest.Watcher{text, inJSON} {
			w.First(t, begin)
		}
		const add = "xfrm state add " + fourth + "proto esp spi 5 reqid 7 mode tunnel dir out" + gcm
		if r := clitest.Kern(clitest.Words(t, add)...); r.Code != 0 { // older ip does not know "dir"
			t.Fatal(r)
		}
		clitest.SetUp(t,
			"xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir out tmpl "+fourth+"proto esp reqid 7 mode tunnel")
		policies, err := netlink.XfrmPolicyList(0)
		if err != nil || len(policies) != 1 {
			t.Fatal(policies, err)
		}
		ip := func(last byte) net.IP { return net.IP{10, 0, 0, last} }
		nstest.NeedOption(t, "CONFIG_XFRM_MIGRATE", "", netlink.XfrmMigrate(&policies[0], []netlink.XfrmMigration{{
			OldSrc: ip(1), OldDst: ip(2), NewSrc: ip(11), NewDst: ip(12), Proto: netlink.XFRM_PROTO_ESP,
			Mode: netlink.XFRM_MODE_TUNNEL, Reqid: 7}}, nil, &netlink.XfrmKMAddress{Local: ip(21), Remote: ip(22)}))
		text.Until(t, "Migrated policy src 10.1.0.0/16 dst 10.2.0.0/16")
		for _, want := range []string{"key managers local 10.0.0.21 remote 10.0.0.22",
			"proto esp reqid 7 mode tunnel src 10.0.0.1 dst 10.0.0.2 -> src 10.0.0.11 dst 10.0.0.12"} {
			text.Until(t, want)
		}
		inJSON.Until(t, `"key_managers":{"local":"10.0.0.21","remote":"10.0.0.22"}`)
		err = netlink.XfrmStateMigrate(&netlink.XfrmState{Dst: ip(12), Proto: netlink.XFRM_PROTO_ESP, Spi: 5},
			netlink.XfrmStateMigration{NewSrc: ip(31), NewDst: ip(32), NewReqid: 8, NatKeepalive: new(uint32(20)),
				Encap: &netlink.XfrmStateEncap{Type: netlink.XFRM_ENCAP_ESPINUDP, SrcPort: 4500, DstPort: 4501}})
		nstest.Need(t, "migration of one state", "7.3", err)
		for _, want := range []string{
			"Migrated state dst 10.0.0.12 proto esp spi 0x00000005 -> src 10.0.0.31 dst 10.0.0.32 reqid 8",
			"encap type espinudp sport 4500 dport 4501", "dir out", "nat-keepalive 20",
		} {
			text.Until(t, want)
		}
		inJSON.Until(t, `"new_src":"10.0.0.31","new_dst":"10.0.0.32","new_reqid":8,`)
		for _, w := range []*clitest.Watcher{text, inJSON} {
			w.Stop(t)
		}
	})
}
