//go:build record

package main

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/capture"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestMain(m *testing.M) { nstest.Main(m) }

//go:embed commands.txt
var commands string

// captured is one capture, which is printed as JSON.
type captured struct{ capture.Link }

// TestRecord runs the commands. A line that begins with "+" prepares the case
// after it; the others are KIND NAME | COMMAND, with " port" behind a kind whose
// ports are meant.
func TestRecord(t *testing.T) {
	var prepare []string
	for line := range strings.Lines(commands) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '+' {
			prepare = append(prepare, strings.TrimSpace(line[1:]))
			continue
		}
		title, cmd, ok := strings.Cut(line, "|")
		if !ok {
			t.Fatalf("no command: %s", line)
		}
		kind, name, _ := strings.Cut(strings.TrimSpace(title), " ")
		c := &captured{capture.Link{Kind: kind, Name: name, Cmd: strings.TrimSpace(cmd)}}
		if rest, ok := strings.CutPrefix(name, "port "); ok {
			c.Port, c.Name = true, rest
		}
		before := prepare
		prepare = nil
		t.Run(kind+" "+name, func(t *testing.T) { c.record(t, before) })
	}
}

func (c *captured) record(t *testing.T, before []string) {
	ns := nstest.New(t)
	err := netns.Do(ns, func() error {
		for _, line := range append([]string{"ip link add d0 type dummy", "ip link add d1 type dummy", "ip link set d0 up",
			"ip link set d1 up",
			"ip link add mon type nlmon", "ip link set mon up"}, before...) {
			run(t, line)
		}
		requests := tap(t)
		run(t, c.Cmd)
		c.Sent = hex.EncodeToString(sent(t, requests, c.Port))
		c.told(t)
		c.shown(t)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var uts unix.Utsname
	if err := unix.Uname(&uts); err != nil {
		t.Fatal(err)
	}
	c.Kernel = strings.Join(strings.SplitN(unix.ByteSliceToString(uts.Release[:]), ".", 3)[:2], ".")
	b, err := json.Marshal(c.Link)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(mark + string(b))
}

func run(t *testing.T, line string) []byte {
	t.Helper()
	words := strings.Fields(line)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
	return out
}

// tap returns a socket that gets copies of the namespace's netlink messages.
func tap(t *testing.T) int {
	proto := uint16(unix.ETH_P_ALL)
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(proto>>8|proto<<8))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	index, err := netlink.LinkIndex("mon")
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: proto>>8 | proto<<8, Ifindex: index})
	}
	if err == nil {
		tv := unix.NsecToTimeval(int64(time.Second))
		err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

// sent finds the attributes of the kind in the last request about a link that
// has some.
func sent(t *testing.T, fd int, port bool) (data []byte) {
	buf := make([]byte, 1<<16)
	for {
		n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if err == unix.EAGAIN {
			return data
		}
		if err != nil {
			t.Fatal(err)
		}
		// What the kernel sends is of no interest, nor what is no netlink message.
		_ = wire.Messages(buf[:n], func(m wire.Message) error {
			if m.Flags&uapi.NLM_F_REQUEST != 0 && (m.Type == uapi.RTM_NEWLINK || m.Type == uapi.RTM_SETLINK) {
				if d := kindData(m.Data, port); d != nil {
					data = append([]byte{}, d...)
				}
			}
			return nil
		})
	}
}

// kindData is the payload of IFLA_INFO_DATA, or IFLA_INFO_SLAVE_DATA for ports.
func kindData(message []byte, port bool) (data []byte) {
	want := uint16(uapi.IFLA_INFO_DATA)
	if port {
		want = uapi.IFLA_INFO_SLAVE_DATA
	}
	d := wire.NewDecoderAfter(message, uapi.SizeofIfinfomsg)
	for d.Next() {
		if d.Type() != uapi.IFLA_LINKINFO {
			continue
		}
		info := d.Nested()
		for info.Next() {
			if info.Type() == want {
				data = info.Data()
			}
		}
	}
	return data
}

// told returns the kernel's message about the link x0.
func (c *captured) told(t *testing.T) {
	conn, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	r.String(uapi.IFLA_IFNAME, "x0")
	err = conn.Get(t.Context(), r, func(m wire.Message) error {
		c.Data = hex.EncodeToString(kindData(m.Data, c.Port))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	links, err := netlink.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	c.Links = map[int]string{}
	for _, l := range links {
		if a := l.Attrs(); a.Name != "lo" && a.Name != "mon" && a.Name != "x0" {
			c.Links[a.Index] = a.Name
		}
	}
}

// shown asks ip for it.
func (c *captured) shown(t *testing.T) {
	key := "info_data"
	word := c.Kind
	if c.Port {
		key, word = "info_slave_data", c.Kind+"_slave"
	}
	var links []struct {
		Linkinfo map[string]json.RawMessage
	}
	if err := json.Unmarshal(run(t, "ip -d -j link show x0"), &links); err != nil || len(links) != 1 {
		t.Fatalf("ip -j: %v, %d links", err, len(links))
	}
	if raw := links[0].Linkinfo[key]; raw != nil {
		if err := json.Unmarshal(raw, &c.JSON); err != nil {
			t.Fatal(err)
		}
	}
	text := string(run(t, "ip -d link show x0"))
	m := regexp.MustCompile(`(?s)\n    ` + regexp.QuoteMeta(word) +
		` (.*?)(addrgenmode|numtxqueues|\n    [a-z]+_slave )`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("ip shows no %s: %s", word, text)
	}
	c.Text = m[1]
}
