package ip

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// ages are what changes while one looks.
var ages = regexp.MustCompile(`(age"?:? ?)[0-9.]+`)

func withoutAges(r clitest.Result) clitest.Result {
	r.Out = ages.ReplaceAllString(r.Out, "${1}N")
	return r
}

// connectTCP makes a connection from an address of lo to another, and returns when both sides have closed it: the
// kernel then remembers it.
func connectTCP(t testing.TB, from, to string) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(to, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
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
	for range 5 {
		if _, err := fmt.Fprint(out, "hello"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(in, make([]byte, 5)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Read(make([]byte, 1)); err != io.EOF {
		t.Fatal(err)
	}
}

func TestTCPMetricsAreShownAndDeletedAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		if r := clitest.IP(t, "tcp_metrics"); r.Code != 0 {
			nstest.Need(t, "TCP metrics", "", clitest.Refusal(r.Err))
		}
		clitest.SetUp(t, "link set lo up")
		pairs := [][2]string{{"127.0.0.1", "127.0.0.2"}, {"127.0.0.3", "127.0.0.2"}, {"127.0.0.1", "127.0.1.9"},
			{"::1", "::1"}}
		for _, p := range pairs {
			connectTCP(t, p[0], p[1])
		}
		compare := func(line string) clitest.Result {
			t.Helper()
			words := clitest.Words(t, line)
			want, got := withoutAges(clitest.IP(t, words...)), withoutAges(clitest.Kern(words...))
			clitest.SameEnd(t, line, want, got)
			return got
		}
		shows := []string{
			"tcp_metrics", "tcpmetrics show", "tcp_metrics list 127.0.0.0/8", "tcp_metrics lst addr 127.0.0.0/24",
			"-6 tcp_metrics show",
			"-4 tcp_metrics show", "tcp_metrics show 127.0.0.2", "tcp_metrics show src 127.0.0.1",
			"tcp_metrics show 127.0.0.99",
			"tcp_metrics show any", "tcp_metrics sh ::/0",
		}
		if clitest.SameWords() {
			shows = append(shows, "-j tcp_metrics", "-p -j tcp_metrics show")
		}
		for _, line := range shows {
			compare(line)
		}
		// ip passes over the word that follows an address.
		if r := clitest.Kern(clitest.Words(t, "tcp_metrics show 127.0.0.0/30 src 127.0.0.3")...); strings.Count(r.Out,
			"\n") != 1 ||
			!strings.HasSuffix(r.Out, " source 127.0.0.3\n") {
			t.Errorf("by source: %v", r)
		}
		all := clitest.Kern("tcp_metrics").Out
		if n := strings.Count(all, "\n"); n < len(pairs) || !strings.Contains(all, " source 127.0.0.3\n") ||
			!strings.Contains(all, "sec cwnd ") && !strings.Contains(all, " rtt ") {
			t.Fatalf("%d entries: %s", n, all)
		}
		for _, line := range []string{
			"tcp_metrics foo", "tcp_metrics help", "tcp_metrics delete", "tcp_metrics delete 127.0.0.0/8",
			"tcp_metrics delete any",
			"tcp_metrics delete 127.0.0.99", "tcp_metrics show source 10.0.0.0/8",
			"tcp_metrics show 127.0.0.1 address 127.0.0.2",
			"tcp_metrics show foo", "tcp_metrics show source", "-6 tcp_metrics show 127.0.0.1", "tcpmetrics foo",
			"tcp_metrics flush 127.0.0.99", "tcp_metrics flush 10.0.0.0/8",
		} {
			compare(line)
		}
		if r := clitest.Kern("tcp_metrics", "delete", "127.0.0.99"); strings.Contains(r.Err, "not permitted") {
			nstest.Need(t, "deleting TCP metrics", "", clitest.Refusal(r.Err))
		}
		has := func(addr string) bool {
			return strings.Contains(clitest.IP(t, "tcp_metrics", "show").Out, "\n"+addr+" age ") ||
				strings.HasPrefix(clitest.IP(t, "tcp_metrics", "show").Out, addr+" age ")
		}
		for _, c := range []struct{ line, gone string }{
			{"tcp_metrics delete 127.0.1.9", "127.0.1.9"},
			{"-s -s tcp_metrics flush 127.0.0.2/31", "127.0.0.2"},
			{"-6 tcp_metrics flush", "::1"},
		} {
			if !has(c.gone) {
				t.Errorf("before %s: no %s", c.line, c.gone)
			}
			r := clitest.Kern(clitest.Words(t, c.line)...)
			if r.Code != 0 || strings.Contains(c.line, "-s -s") && !strings.Contains(r.Out, "Deleted "+c.gone+" ") {
				t.Errorf("%s: %v", c.line, r)
			}
			if has(c.gone) {
				t.Errorf("after %s: %s is there", c.line, c.gone)
			}
		}
		if r := clitest.Kern("tcp_metrics", "flush"); r.Code != 0 || clitest.IP(t, "tcp_metrics").Out != "" {
			t.Errorf("flush: %v, and then %s", r, clitest.IP(t, "tcp_metrics").Out)
		}
		for _, line := range []string{"tcp_metrics flush any", "tcp_metrics flush 0/0", "-4 tcp_metrics flush any"} {
			words := clitest.Words(t, line)
			if want, got := clitest.IP(t, words...), clitest.Kern(words...); got != want {
				t.Errorf("%s:\nip   %v\nkern %v", line, want, got)
			}
		}
	})
}
