package ip

import (
	"errors"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

var fouShows = []string{"fou show", "-j fou show", "-p -j fou show", "-o fou show"}

var fouStates = []clitest.DiffState{
	{Name: "nothing"},
	{Name: "ports", Cmds: []string{
		"fou add port 5555 ipproto 4", "fou add port 5556 gue", "-6 fou add port 5557 ipproto gre",
		"fou add port 5558 gue -6", "link set lo up",
		"fou add port 5559 gue local 127.0.0.1", "fou add port 5560 ipproto 47 local 127.0.0.1 peer 127.0.0.2 peer_port 77",
		"fou add port 5561 gue local 127.0.0.1 dev lo",
	}},
	{Name: "deleted", Cmds: []string{
		"fou add port 5555 ipproto 4", "fou add port 5556 gue", "fou add port 5557 gue local 127.0.0.1", "fou del port 5555",
		"fou delete port 5557 local 127.0.0.1",
	}},
}

// needModule skips a test on a kernel without a family of generic netlink. No name of a family has the kernel load
// fou.
func needModule(t testing.TB, module, option, probe string) {
	t.Helper()
	nstest.LoadModule(t, module)
	if r := clitest.IP(t, clitest.Words(t, probe)...); r.Code != 0 {
		nstest.NeedOption(t, option, "", errors.New(r.Err))
	}
}

func TestGenlFouIsShownAndMadeAsByIP(t *testing.T) {
	compareTexts(t, fouStates, fouShows, func(t testing.TB,
		_ *clitest.DiffState) {
		needModule(t, "fou", "CONFIG_NET_FOU", "fou show")
	})
}

var l2tpShows = []string{
	"l2tp show tunnel", "-j l2tp show tunnel", "-o l2tp lst tunnel", "l2tp show session", "-j l2tp show session",
	"-o l2tp show session",
}

// l2tpStates are tunnels and sessions. ip shows the cookies of one session again for the next that has none.
var l2tpStates = []clitest.DiffState{
	{Name: "nothing"},
	{Name: "tunnels and sessions", Cmds: []string{
		"link set lo up", "link add d0 type dummy", "address add 10.0.0.1/24 dev d0",
		"-6 address add fd00::1/64 dev d0 nodad", "link set d0 up",
		"l2tp add tunnel tunnel_id 1 peer_tunnel_id 11 encap udp local 10.0.0.1 remote 10.0.0.2 udp_sport 5000 udp_dport " +
			"5001 udp_csum on",
		"l2tp add tunnel tid 2 ptid 12 encap ip local 10.0.0.1 remote 10.0.0.3",
		"l2tp add tunnel tunnel_id 3 peer_tunnel_id 13 encap udp local fd00::1 remote fd00::2 udp_sport 5002 udp_dport " +
			"5003 udp6_csum_tx off",
		"l2tp add tunnel tunnel_id 4 peer_tunnel_id 14 local 10.0.0.1 remote 10.0.0.4 udp_sport 5004 udp_dport 5005",
		"l2tp add session tunnel_id 1 session_id 21 peer_session_id 31 cookie 01020304 peer_cookie 0102030405060708 seq " +
			"both",
		"l2tp add session name l9 tid 2 sid 22 psid 32 l2spec_type none cookie 01020304 peer_cookie 01020304",
		"l2tp add session tunnel_id 2 session_id 23 peer_session_id 33 seq send",
		"l2tp del session tunnel_id 2 session_id 23", "l2tp del tunnel tunnel_id 4",
	}},
}

func TestGenlL2TPIsShownAndMadeAsByIP(t *testing.T) {
	compareTexts(t, l2tpStates, l2tpShows, func(t testing.TB, _ *clitest.DiffState) {
		nstest.LoadModule(t, "l2tp_eth")
		needModule(t, "l2tp_ip", "CONFIG_L2TP_V3", "l2tp show tunnel")
	})
}

// wrongGenlWords are commands that fail before the kernel is asked for more than the family.
var wrongGenlWords = []string{
	"fou", "fou help", "fou nope", "fou add port x", "fou add port 0", "fou add ipproto nope", "fou add peer_port 0",
	"fou add port", "fou add dev nope", "fou show nope", "fou add nope",
	"l2tp", "l2tp help", "l2tp nope", "l2tp add", "l2tp add nope", "l2tp add encap nope", "l2tp add tunnel",
	"l2tp add tunnel tunnel_id x", "l2tp add tunnel tunnel_id 1", "l2tp add tunnel tunnel_id 1 peer_tunnel_id 2",
	"l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 local 10.0.0.1",
	"l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 local 10.0.0.1 remote 10.0.0.2", "l2tp add tunnel udp_csum nope",
	"l2tp add tunnel udp6_csum_rx nope",
	"l2tp add session tunnel_id 1", "l2tp add session cookie 01", "l2tp add session cookie 0102030x",
	"l2tp add session seq nope", "l2tp add session l2spec_type nope", "l2tp add session name a/b",
	"l2tp del", "l2tp del tunnel", "l2tp del tunnel tunnel_id 77", "l2tp del session tunnel_id 1", "l2tp show",
	"l2tp show nope", "fou del port 7",
}

func TestWrongGenlWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		needModule(t, "fou", "CONFIG_NET_FOU", "fou show")
		needModule(t, "l2tp_ip", "CONFIG_L2TP_V3", "l2tp show tunnel")
		for _, line := range wrongGenlWords {
			words := clitest.Words(t, line)
			clitest.SameEnd(t, line, clitest.IP(t, words...), clitest.Kern(words...))
		}
	})
}
