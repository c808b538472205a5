package tc

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

// The link is there before the monitors, which know its name.
func TestMonitorReportsWhatTcMonitorReports(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	nstest.Do(t, func() {
		if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "d0"}, PeerName: "d1"}); err != nil {
			t.Fatal(err)
		}
		events, err := wire.Listen(wire.Config{}, uapi.RTNLGRP_TC)
		if err != nil {
			t.Fatal(err)
		}
		defer events.Close()
		watchers := []*clitest.Watcher{clitest.Watch(t, exec.Command("tc", "monitor")),
			clitest.Watch(t, clitest.Process(t, "monitor")), clitest.Watch(t, clitest.Process(t, "-j", "monitor"))}
		do := func(lines ...string) {
			for _, line := range lines {
				if r := clitest.Peer(t, clitest.Words(t, line)...); r.Code != 0 {
					t.Fatal(line, r)
				}
			}
		}
		for _, w := range watchers {
			w.First(t, func() {
				do("qdisc add dev d0 root handle 9: pfifo limit 5", "qdisc del dev d0 root")
			})
		}
		do("qdisc add dev d0 root handle 2: pfifo limit 22", "qdisc del dev d0 root",
			"qdisc add dev d0 root handle 1: htb default 10",
			"class add dev d0 parent 1: classid 1:10 htb rate 1mbit",
			"filter add dev d0 parent 1: protocol ip prio 5 u32 match ip dst 10.0.0.0/8 classid 1:10",
			"filter del dev d0 parent 1: prio 5", "class del dev d0 classid 1:10", "qdisc del dev d0 root",
			"qdisc add dev d0 root handle 3: pfifo limit 33")
		var told []string
		for _, w := range watchers[:2] {
			w.Until(t, "limit 22p")
			told = append(told, shared(w.Until(t, "limit 33p")))
		}
		if told[0] != told[1] || told[0] == "" {
			t.Errorf("tc\n%skern\n%s", told[0], told[1])
		}
		for _, w := range watchers {
			w.Stop(t)
		}
		compareFile(t, events)
	})
}

// shared is a text without what tc has changed since older versions.
func shared(text string) string {
	text = clitest.Common(text)
	if !clitest.SameWords() {
		text = regexp.MustCompile(`(?m) +$`).ReplaceAllString(strings.ReplaceAll(text, "*flowid", "flowid"), "")
	}
	return text
}

// compareFile compares what both print of a file with the messages that the kernel has sent.
func compareFile(t *testing.T, events *wire.Listener) {
	t.Helper()
	var file []byte
	for err := error(nil); err == nil; {
		err = events.Receive(t.Context(), -1, func(m wire.Message) {
			h := uapi.Nlmsghdr{Len: uint32(uapi.SizeofNlmsghdr + len(m.Data)), Type: m.Type, Flags: m.Flags}
			at := len(file)
			file = append(file, make([]byte, (int(h.Len)+3)&^3)...)
			h.Put(file[at:])
			copy(file[at+uapi.SizeofNlmsghdr:], m.Data)
		})
	}
	path := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	want, got := clitest.Peer(t, "monitor", "file", path), clitest.Kern("monitor", "file", path)
	if a, b := shared(want.Out), shared(got.Out); a != b || a == "" || got.Code != want.Code {
		t.Errorf("of a file: tc %v\nkern %v", want, got)
	}
	clitest.SameEnd(t, "monitor file /no/such", clitest.Peer(t, "monitor", "file", "/no/such"),
		clitest.Kern("monitor", "file", "/no/such"))
}
