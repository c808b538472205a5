package tc

import (
	"encoding/json"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// sending hands packets of 100 bytes to a link.
func sending(t *testing.T, name string) func() {
	t.Helper()
	link, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return func() {
		for range 20 {
			if err := unix.Sendto(fd, make([]byte, 100), 0, &unix.SockaddrLinklayer{Ifindex: link.Attrs().Index}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestRatesAreShownLive(t *testing.T) {
	nstest.Do(t, func() {
		a := netlink.NewLinkAttrs()
		a.Name = "d0"
		link := &netlink.Ifb{LinkAttrs: a}
		if err := netlink.LinkAdd(link); err != nil {
			nstest.Need(t, "ifb links", "", err)
		}
		if err := netlink.LinkSetUp(link); err != nil {
			t.Fatal(err)
		}
		for _, cmd := range []string{"qdisc add dev d0 root handle 1: htb default 10",
			"class add dev d0 parent 1: classid 1:10 htb rate 100mbit"} {
			if r := clitest.RunProcess(t, strings.Fields(cmd)...); r.Code != 0 {
				t.Fatal(r)
			}
		}
		send := sending(t, "d0")
		for _, what := range []string{"qdisc", "class"} {
			w := clitest.Watch(t, clitest.Process(t, "-s", "-w", "0.05", what, "show", "dev", "d0"))
			w.Until(t, " htb ")
			for text := ""; !strings.Contains(text, "pps") || strings.Contains(text, " 0pps"); send() {
				text = w.Until(t, " htb ")
			}
			if rest, code := w.Stop(t); code != 0 || w.Err.Len() != 0 {
				t.Errorf("ends with %d, %q, %q", code, rest, w.Err)
			}
		}

		w := clitest.Watch(t, clitest.Process(t, "-j", "-s", "-d", "qdisc", "show", "dev", "d0", "-w", "0.05"))
		var list struct {
			Time   string
			Qdiscs []struct {
				Kind    string
				Bytes   uint64
				Packets uint64
				Bits    *uint64 `json:"bits_per_second"`
				Each    *uint64 `json:"packets_per_second"`
			}
		}
		for n := 0; ; n++ {
			if !w.Lines.Scan() {
				t.Fatal("no more lines")
			}
			if err := json.Unmarshal(w.Lines.Bytes(), &list); err != nil || len(list.Qdiscs) != 1 || list.Time == "" {
				t.Fatalf("line %d is %s: %v", n, w.Lines.Bytes(), err)
			}
			q := list.Qdiscs[0]
			if known := q.Bits != nil && q.Each != nil; known != (n > 0) {
				t.Fatalf("line %d has rates: %t", n, known)
			}
			if n > 0 && *q.Each >= 20 { // rounding is no matter then
				if each := float64(*q.Bits) / float64(*q.Each); each < 8*100*0.9 || each > 8*100*1.1 {
					t.Errorf("%v bits a packet", each)
				}
				break
			}
			send()
			list.Qdiscs = nil
		}
		if rest, code := w.Stop(t); code != 0 {
			t.Errorf("ends with %d, %q", code, rest)
		}
		for _, wrong := range []string{"", "0", "-1", "NaN", "x", "1e9"} {
			args := []string{"qdisc", "show", "-w"}
			if wrong != "" {
				args = append(args, wrong)
			}
			for _, line := range [][]string{args, {"-w", wrong, "qdisc", "show"}} {
				if out, err := clitest.Process(t, line...).CombinedOutput(); err == nil {
					t.Errorf("%q: %s", line, out)
				}
			}
		}
	})
}
