package ip

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/netlink/wire"
)

// mark makes an event of both families that every monitor of rules shows.
func mark(t testing.TB, priority int) {
	t.Helper()
	clitest.SetUp(t, fmt.Sprintf("-4 rule add pref %d table 7", priority),
		fmt.Sprintf("-6 rule add pref %d table 7", priority))
}

// subscribed returns when a monitor of rules has shown something.
func subscribed(t testing.TB, w *clitest.Watcher) {
	t.Helper()
	w.First(t, func() {
		clitest.SetUp(t, "-4 rule add pref 1 table 7", "-6 rule add pref 1 table 7", "-4 rule del pref 1",
			"-6 rule del pref 1")
	})
}

// change is a series of events of all kinds.
var change = []string{
	"addr add 10.0.0.1/24 dev va", "link set va up", "route add 10.9.0.0/16 via 10.0.0.2",
	"route add 10.8.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3",
	"neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va", "neigh del 10.0.0.9 dev va",
	"neigh add fd00::9 lladdr 02:00:00:00:00:01 dev va", "neigh del fd00::9 dev va",
	"rule add pref 5 from 1.2.3.4 table 7", "rule del pref 5",
	"addr change 10.0.0.1/24 dev va valid_lft 1000 preferred_lft 500", "route del 10.9.0.0/16",
	"nexthop add id 4 via 10.0.0.7 dev va", "nexthop del id 4",
	"-6 route add blackhole fd00:5::/48", "-6 route del blackhole fd00:5::/48", "netns set red 7",
	"addr del 10.0.0.1/24 dev va", "link set va down",
}

// eventful makes what change needs.
func eventful(t *testing.T) {
	t.Helper()
	named(t, "netns add red", "link add va address "+macA+" type veth peer name vb address "+macB, "link set vb up")
}

func TestMonitorReportsWhatIPMonitorReports(t *testing.T) {
	clitest.NeedIP(t)
	for _, line := range []string{
		"monitor", "monitor label", "-o monitor all", "-d monitor", "-N monitor", "-c=always monitor", "-4 monitor",
		"-6 monitor rule neigh", "monitor rule", "monitor ru nei",
		"monitor li ad ro ru", "monitor nsid nexthop rule label", "monitor netconf rule", "-s monitor",
	} {
		t.Run(line, func(t *testing.T) {
			nstest.Do(t, func() {
				eventful(t)
				args := clitest.Words(t, line)
				watchers := []*clitest.Watcher{clitest.Watch(t, exec.Command("ip", args...)),
					clitest.Watch(t, clitest.Process(t, args...))}
				for _, w := range watchers {
					subscribed(t, w)
				}
				mark(t, 2)
				clitest.SetUp(t, change...)
				mark(t, 3)
				var told []string
				for _, w := range watchers {
					w.Until(t, "2:\t")
					// Two sockets may get events of different locks, such as a rule's and a link's, in different orders.
					lines := slices.Sorted(strings.Lines(clitest.Common(w.Until(t, "3:\t"))))
					told = append(told, strings.Join(lines, ""))
				}
				if told[0] != told[1] || told[0] == "" {
					t.Errorf("ip   %s\nkern %s", told[0], told[1])
				}
				for _, w := range watchers {
					w.Stop(t)
				}
			})
		})
	}
}

func TestMonitorEndsWellWhenInterrupted(t *testing.T) {
	nstest.Do(t, func() {
		w := clitest.Watch(t, clitest.Process(t, "monitor", "rule"))
		subscribed(t, w)
		if _, code := w.Stop(t); code != 0 || w.Err.Len() != 0 {
			t.Errorf("status %d, %s", code, w.Err)
		}
	})
}

func TestMonitorGivesJSONForEachEvent(t *testing.T) {
	nstest.Do(t, func() {
		eventful(t)
		w := clitest.Watch(t, clitest.Process(t, "-j", "monitor", "all"))
		subscribed(t, w)
		mark(t, 2)
		clitest.SetUp(t, change...)
		mark(t, 3)
		w.Until(t, `"priority":2`)
		deleted := 0
		for line := range strings.Lines(w.Until(t, `"priority":3`)) {
			var event []map[string]any
			if err := json.Unmarshal([]byte(line), &event); err != nil || len(event) != 1 || len(event[0]) < 2 {
				t.Errorf("%q: %v", line, err)
				continue
			}
			if event[0]["deleted"] == true {
				deleted++
			}
		}
		if deleted < 5 {
			t.Errorf("only %d deletions", deleted)
		}
		w.Stop(t)
	})
}

func TestMonitorOfOneDeviceIsSilentOfOthers(t *testing.T) {
	nstest.Do(t, func() {
		eventful(t)
		clitest.SetUp(t, "link add vc type veth peer name vd")
		w := clitest.Watch(t, clitest.Process(t, "monitor", "dev", "va", "route", "rule", "address"))
		subscribed(t, w)
		mark(t, 2)
		clitest.SetUp(t, "addr add 10.0.1.1/24 dev vc", "addr add 10.0.0.1/24 dev va")
		mark(t, 3)
		w.Until(t, "2:\t")
		got := w.Until(t, "3:\t")
		if strings.Contains(got, "10.0.1.") || !strings.Contains(got, ": va    inet 10.0.0.1/24") {
			t.Errorf("got %s", got)
		}
		w.Stop(t)
	})
}

func TestMonitorTimestamps(t *testing.T) {
	for option, form := range map[string]string{
		"-ts": `^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\] \[RULE\](Deleted )?2:\tfrom all lookup 7$`,
		"-t":  `^Timestamp: [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} \d{1,6} usec$`,
	} {
		nstest.Do(t, func() {
			w := clitest.Watch(t, clitest.Process(t, option, "monitor", "label", "rule"))
			w.First(t, func() { clitest.SetUp(t, "rule add pref 2 table 7", "rule del pref 2") })
			if got := w.Lines.Text(); !regexp.MustCompile(form).MatchString(got) {
				t.Errorf("%s: %q", option, got)
			}
			w.Stop(t)
		})
	}
}

func TestMonitorSurvivesAnOverrun(t *testing.T) {
	nstest.Do(t, func() {
		w := clitest.Watch(t, clitest.Process(t, "-rcvbuf", "4096", "monitor", "rule"))
		subscribed(t, w)
		if err := w.Cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		var batch strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&batch, "rule add pref %d table 7\n", 100+i)
		}
		if r := clitest.KernIn(batch.String(), "-force", "-batch", "-"); r.Code != 0 {
			t.Fatal(r)
		}
		if err := w.Cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		// Further events may be lost until it has caught up.
		told := make(chan string)
		go func() { told <- w.Until(t, "\tfrom 1.2.3.4 ") }()
		for waiting := true; waiting; {
			clitest.SetUp(t, "rule add pref 2 from 1.2.3.4", "rule del pref 2")
			select {
			case got := <-told:
				waiting = false
				if n := strings.Count(got, "\n"); n > 900 {
					t.Errorf("nothing was lost: %d events", n)
				}
			case <-time.After(5 * time.Millisecond):
			}
		}
		if _, code := w.Stop(t); code != 0 || !strings.Contains(w.Err.String(), "No buffer space available") {
			t.Errorf("status %d, %s", code, w.Err)
		}
	})
}

func TestMonitorShowsAFileOfRtmon(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "route add 10.9.0.0/16 via 10.0.0.2", "neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va")
		// What rtmon writes: the time, then the messages as they came.
		at := native.AppendUint32(native.AppendUint32(nil, 1700000000), 123456)
		file := cli.AppendMessage(nil, wire.Message{Type: timestampType, Data: at})
		for _, object := range []string{"route", "rule"} {
			file = append(file, clitest.Kern(object, "save").Out[4:]...)
		}
		path := filepath.Join(t.TempDir(), "events")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"monitor file " + path, "-d monitor label file " + path, "-o monitor all file " +
			path} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
		if err := os.WriteFile(path, file[:len(file)-3], 0o600); err != nil {
			t.Fatal(err)
		}
		if r := clitest.Kern("monitor", "file", path); r.Code == 0 || r.Err == "" {
			t.Errorf("half a file: %v", r)
		}
	})
}

func TestWrongMonitorWordsEndAsWithIP(t *testing.T) {
	compareRuns(t, nil, []string{"monitor nope", "monitor file", "monitor file /nonexistent", "monitor dev",
		"monitor dev nope", "monitor help"})
}

func TestMonitorOfMulticastAddresses(t *testing.T) {
	nstest.Do(t, func() {
		eventful(t)
		w := clitest.Watch(t, clitest.Process(t, "monitor", "label", "maddr", "acaddress", "rule"))
		subscribed(t, w)
		mark(t, 2)
		clitest.SetUp(t, "addr add fd00::7/64 dev vb nodad", "addr del fd00::7/64 dev vb")
		mark(t, 3)
		w.Until(t, "2:\t")
		got := w.Until(t, "3:\t")
		w.Stop(t)
		var err error
		if !strings.Contains(got, "mcast ff02::1:ff00:7 ") {
			err = syscall.EOPNOTSUPP
		}
		nstest.Need(t, "events of multicast addresses", "6.14", err)
		if strings.Contains(got, "fd00::7/64") {
			t.Errorf("an address of another sort in %q", got)
		}
	})
}

// all-nsid shows events of this namespace, and of one that has an id here, with
// the names that links have there.
func TestMonitorOfAllNamespaces(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		named(t, "netns add red", "netns set red 7", "-n red link add inside type veth peer name other",
			"link add va type veth peer name vb")
		byIP := clitest.Watch(t, exec.Command("ip", "monitor", "all-nsid", "rule", "label"))
		byKern := clitest.Watch(t, clitest.Process(t, "monitor", "all-nsid", "rule", "label"))
		links := clitest.Watch(t, clitest.Process(t, "monitor", "all-nsid", "route", "rule"))
		inJSON := clitest.Watch(t, clitest.Process(t, "-j", "monitor", "all-nsid", "rule"))
		for _, w := range []*clitest.Watcher{byIP, byKern, links, inJSON} {
			subscribed(t, w)
		}
		mark(t, 2)
		clitest.SetUp(t, "-n red rule add pref 5 from 1.2.3.4 table 7", "rule add pref 6 from 1.2.3.4 table 7",
			"-n red rule del pref 5",
			"-n red link set inside up", "-n red -6 route add fd09::/64 dev inside")
		mark(t, 3)
		var told []string
		for _, w := range []*clitest.Watcher{byIP, byKern} {
			w.Until(t, "2:\t")
			told = append(told, w.Until(t, "3:\t"))
		}
		if told[0] != told[1] || !strings.Contains(told[1], "[nsid 7][RULE]5:\tfrom 1.2.3.4 ") ||
			!strings.Contains(told[1], "[nsid current][RULE]6:\t") {
			t.Errorf("ip   %s\nkern %s", told[0], told[1])
		}
		links.Until(t, "2:\t")
		if got := links.Until(t, "3:\t"); !strings.Contains(got, "[nsid 7]fd09::/64 dev inside ") {
			t.Errorf("got %s", got)
		}
		inJSON.Until(t, `"priority":2`)
		got := inJSON.Until(t, `"priority":3`)
		for line := range strings.Lines(got) {
			if !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %s", line)
			}
		}
		if !strings.Contains(got, `{"nsid":7,"events":[{"priority":5,`) ||
			!strings.Contains(got, `{"nsid":null,"events":[{"priority":6,`) {
			t.Errorf("got %s", got)
		}
		for _, w := range []*clitest.Watcher{byIP, byKern, links, inJSON} {
			if _, code := w.Stop(t); code != 0 && w != byIP {
				t.Errorf("status %d: %s", code, w.Err)
			}
		}
	})
}
