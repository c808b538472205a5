package ip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

var mptcpShows = []string{
	"mptcp endpoint show", "mptcp endpoint", "-j mptcp endpoint show", "-p -j mptcp e s", "-o mptcp endpoint show",
	"mptcp limits show", "mptcp limits", "mptcp endpoint show id 7", "-j mptcp endpoint show id 7",
	"mptcp endpoint show id 99",
}

// mptcpStates are endpoints.
var mptcpStates = []clitest.DiffState{
	{Name: "nothing"},
	{Name: "endpoints", Cmds: []string{
		"link add d0 type dummy", "address add 10.0.0.1/24 dev d0", "-6 address add fd00::1/64 dev d0 nodad",
		"link set d0 up", "mptcp limits set subflows 4 add_addr_accepted 3",
		"mptcp endpoint add 10.0.0.1 dev d0 id 7 subflow backup", "mptcp endpoint add fd00::1 id 8 signal",
		"mptcp endpoint add 10.0.0.2 id 9 subflow fullmesh", "mptcp endpoint add 10.0.0.3 id 10",
		"mptcp endpoint add 10.0.0.4 dev d0 id 11 subflow", "mptcp endpoint delete id 11",
	}},
	{Name: "changed", Cmds: []string{
		"mptcp endpoint add 10.0.0.1 id 7 subflow", "mptcp endpoint change id 7 backup",
		"mptcp endpoint add 10.0.0.2 id 8 subflow fullmesh backup", "mptcp endpoint change id 8 nobackup nofullmesh",
		"mptcp limits set subflows 1",
	}},
	{Name: "flushed", Cmds: []string{
		"mptcp endpoint add 10.0.0.1 id 7 subflow", "mptcp endpoint flush", "mptcp lim set add_addr_accepted 2",
	}},
}

func needMPTCP(t testing.TB) {
	t.Helper()
	if r := clitest.IP(t, "mptcp", "limits", "show"); r.Code != 0 {
		nstest.NeedOption(t, "CONFIG_MPTCP", "", clitest.Refusal(r.Err))
	}
}

func TestMPTCPIsShownAndMadeAsByIP(t *testing.T) {
	needWords(t)
	compareTexts(t, mptcpStates, mptcpShows, func(t testing.TB, s *clitest.DiffState) {
		needMPTCP(t)
		if s.Name == "endpoints" && clitest.IP(t, "link", "add", "probe", "type", "dummy").Code != 0 {
			s.Cmds = append([]string{"link add d0 type ifb"}, s.Cmds[1:]...)
		}
	})
}

func TestMPTCPFlagsOfNewKernels(t *testing.T) {
	nstest.Do(t, func() {
		needMPTCP(t)
		if r := clitest.Kern(clitest.Words(t, "mptcp endpoint add 10.0.0.1 id 3 laminar")...); r.Code != 0 {
			t.Fatal(r)
		}
		if r := clitest.Kern("-j", "mptcp", "limits", "show"); !strings.Contains(r.Out,
			`[{"add_addr_accepted":0,"subflows":2}]`) {
			t.Errorf("limits in JSON: %v", r)
		}
		r := clitest.Kern("mptcp", "endpoint", "show")
		if r.Out != "10.0.0.1 id 3 laminar \n" {
			nstest.Need(t, "laminar endpoints of MPTCP", "6.18", errors.New(r.Out))
		}
	})
}

// TestWrongMPTCPWordsEndAsWithIP ignores the empty lines after some errors of ip.
func TestWrongMPTCPWordsEndAsWithIP(t *testing.T) {
	needWords(t)
	nstest.Do(t, func() {
		needMPTCP(t)
		for _, line := range []string{
			"mptcp", "mptcp help", "mptcp foo", "mptcp endpoint foo", "mptcp limits foo", "mptcp monitor foo",
			"mptcp endpoint add",
			"mptcp endpoint add foo", "mptcp endpoint add 10.0.0.1 id", "mptcp endpoint add 10.0.0.1 id 0",
			"mptcp endpoint add 10.0.0.1 id 300", "mptcp endpoint add 10.0.0.1 dev nope", "mptcp endpoint add 10.0.0.1 dev a/b",
			"mptcp endpoint add 10.0.0.1 port x", "mptcp endpoint add 10.0.0.1 port 7",
			"mptcp endpoint add 10.0.0.1 signal fullmesh", "mptcp endpoint add 10.0.0.1/24", "mptcp endpoint delete",
			"mptcp endpoint delete id 7 10.0.0.1", "mptcp endpoint delete id 0", "mptcp endpoint delete id 77",
			"mptcp endpoint change id 7 signal", "mptcp endpoint change id 0 backup",
			"mptcp endpoint change id 7 port 7 backup",
			"mptcp endpoint change id 77 backup", "mptcp endpoint show foo", "mptcp endpoint show id 0",
			"mptcp limits set", "mptcp limits set foo", "mptcp limits set subflows x", "mptcp limits set subflows 77",
			"mptcp limits set add_addr_accepted -1", "mptcp end", "mptcp e",
		} {
			words := clitest.Words(t, line)
			want := clitest.IP(t, words...)
			want.Err = strings.ReplaceAll(want.Err, "\n\n", "\n")
			clitest.SameEnd(t, line, want, clitest.Kern(words...))
		}
	})
}

// Connections of multipath TCP within the namespace cause events.
func TestMPTCPMonitorShowsConnectionsAsIP(t *testing.T) {
	needWords(t)
	nstest.Do(t, func() {
		needMPTCP(t)
		clitest.SetUp(t, "link set lo up")
		watchers := []*clitest.Watcher{clitest.Watch(t, exec.Command("ip", "mptcp", "monitor")),
			clitest.Watch(t, clitest.Process(t, "mptcp", "monitor"))}
		for _, w := range watchers {
			w.First(t, func() { connectMPTCP(t) })
		}
		first := fmt.Sprintf("sport=%d", connectMPTCP(t))
		last := fmt.Sprintf("sport=%d", connectMPTCP(t))
		var events []string
		for _, w := range watchers {
			w.Until(t, first)
			events = append(events, w.Until(t, last))
			w.Stop(t)
		}
		if events[0] != events[1] || !strings.Contains(events[1], "[     ESTABLISHED] token=") {
			t.Errorf("ip   %s\nkern %s", events[0], events[1])
		}
	})
}

// connectMPTCP makes a connection over loopback, closes it, and returns the port that was listened at.
func connectMPTCP(t testing.TB) int {
	t.Helper()
	var lc net.ListenConfig
	lc.SetMultipathTCP(true)
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var d net.Dialer
	d.SetMultipathTCP(true)
	out, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := fmt.Fprint(out, "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	return l.Addr().(*net.TCPAddr).Port
}
