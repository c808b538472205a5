package tc

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// Wrong words end with tc's status and an error that says which they are, before anything is sent.
func TestWrongInputSaysWhat(t *testing.T) {
	const ingress = "filter add dev dd0 ingress protocol ip "
	for _, c := range []struct {
		command string
		status  int
		says    string
	}{
		{"qdisc add dev dd0 root nosuch limit 5", 1, `Unknown qdisc "nosuch"`},
		{"qdisc add dev dd0 root handle 10000: pfifo", 255, "10000:"},
		{"qdisc add dev dd0 root handle x: pfifo", 255, "x:"},
		{"qdisc add dev dd0 parent 1:10000 pfifo", 255, "1:10000"},
		{"qdisc add dev dd0 root pfifo limit -5", 1, "limit"},
		{"qdisc add dev dd0 root tbf rate -1mbit burst 5kb latency 50ms", 1, "rate"},
		{"qdisc add dev dd0 root tbf rate mbit burst 5kb latency 50ms", 1, "rate"},
		{"qdisc add dev dd0 root tbf rate 1xbit burst 5kb latency 50ms", 1, "rate"},
		{"qdisc add dev dd0 root tbf burst 5kb latency 50ms", 1, "rate"},
		{"qdisc add dev dd0 root tbf rate 1mbit burst 5kb", 1, "latency"},
		{"qdisc add dev dd0 root netem loss 101%", 1, "loss"},
		{"qdisc add dev dd9 root pfifo", 1, "dd9"},
		{"class add dev dd0 parent 1: classid 1:1 htb", 1, "rate"},
		{"class add dev dd0 parent 1: classid 1:1 htb rate 5foo", 1, "rate"},
		{"class add dev dd0 parent 1: classid 1:12345 htb rate 1mbit", 255, "1:12345"},
		{"class add dev dd0 parent 1: classid 1:1 nosuch", 1, "nosuch"},
		{"filter add dev dd0 parent 1: protocol nosuch u32 match ip src 1.1.1.1", 255, "nosuch"},
		{ingress + "chain x matchall", 255, "chain"},
		{ingress + "u32 match ip src 300.1.1.1", 1, "match"},
		{ingress + "flower dst_port 80", 1, "dst_port"},
		{ingress + "flower dst_ip 1.1.1.1/33", 1, "1.1.1.1/33"},
		{ingress + "matchall action nosuch", 255, "nosuch"},
		{ingress + "matchall action police rate 1mbit", 1, "burst"},
		{"actions add action gact pass index x", 255, "index"},
		{"actions add action nosuch", 255, "nosuch"},
		{"qdisc add dev dd0 root tbf rate 99999999999999999999tbit burst 5kb latency 50ms", 1, "rate"},
		{ingress + "matchall action police rate 1mbit rate 2mbit burst 5k", 255, `"2mbit" is the second value`},
		{"qdisc add dev dd0 root tbf help", 1, "Usage: ... tbf"},
		{"qdisc add dev dd0 root tbf rate 1mbit help", 1, "Usage: ... tbf"},
		{"class add dev dd0 parent 1: htb help", 1, "Usage: ... htb"},
		{ingress + "matchall action csum help", 255, "Usage: ... csum"},
		{ingress + "matchall action tunnel_key set help", 255, "Usage: ... tunnel_key"},
		{ingress + "u32 match u32 0 0 police help", 255, "Usage: ... police"},
		{"actions add action pedit help", 255, "Usage: ... pedit"},
	} {
		words, err := cli.SplitWords(c.command)
		if err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		r := &recorder{}
		k := &nltest.Kernel{Answer: r.answer}
		conn, err := wire.Dial(wire.Config{Dial: k.Dial})
		if err != nil {
			t.Fatal(err)
		}
		s := cli.NewSession(Program(), nil, io.Discard, &stderr)
		s.Use(conn)
		if words, err = s.Options.Parse(words); err == nil {
			s.Configure()
			err = s.Do(words)
		}
		status := s.Report(err)
		s.Close()
		if text := stderr.String(); status != c.status || !strings.Contains(text, c.says) || len(r.requests) != 0 {
			t.Errorf("%s: status %d after %d messages, want %d and %q: %s", c.command, status, len(r.requests), c.status,
				c.says, text)
		}
	}
}
