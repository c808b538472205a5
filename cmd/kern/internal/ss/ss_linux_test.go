package ss

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestMain(m *testing.M) { nstest.Main(m) }

// sockets are in a namespace whose loopback is up.
func sockets(t *testing.T) netns.NsHandle {
	t.Helper()
	ns := nstest.New(t)
	keep := func(c interface{ Close() error }, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
	}
	if err := netns.Do(ns, func() error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		if err := netlink.LinkSetUp(lo); err != nil {
			return err
		}
		plain := net.ListenConfig{KeepAlive: -1} // its segments would be counted between two looks
		plain.SetMultipathTCP(false)
		dialer := net.Dialer{KeepAlive: -1}
		for _, addr := range []string{"127.0.0.1:8000", "[::1]:8443", "127.0.0.1:9000", ":8444"} {
			l, err := plain.Listen(t.Context(), "tcp", addr)
			keep(l, err)
		}
		for _, addr := range []string{"127.0.0.1:8000", "[::1]:8443", "127.0.0.1:9000"} {
			c, err := dialer.Dial("tcp", addr)
			keep(c, err)
		}
		multi := net.ListenConfig{KeepAlive: -1}
		multi.SetMultipathTCP(true) // a kernel without makes TCP of it
		l, err := multi.Listen(t.Context(), "tcp", "127.0.0.1:7000")
		keep(l, err)
		dialer.SetMultipathTCP(true)
		m, err := dialer.Dial("tcp", "127.0.0.1:7000")
		keep(m, err)
		if _, err := m.Write([]byte("hello")); err != nil {
			return err
		}
		u, err := net.ListenPacket("udp4", ":53")
		keep(u, err)
		c, err := net.Dial("udp4", "127.0.0.1:53")
		keep(c, err)
		for family, protocol := range map[int]int{unix.AF_INET: unix.IPPROTO_ICMP, unix.AF_INET6: unix.IPPROTO_ICMPV6} {
			fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
			keep(os.NewFile(uintptr(fd), "raw"), err)
		}
		path := filepath.Join(t.TempDir(), "s")
		s, err := net.Listen("unix", path)
		keep(s, err)
		x, err := net.Dial("unix", path)
		keep(x, err)
		p, err := net.ListenPacket("unixgram", "@abstract")
		keep(p, err)
		for typ, proto := range map[int]uint16{unix.SOCK_RAW: unix.ETH_P_ALL, unix.SOCK_DGRAM: unix.ETH_P_ARP} {
			fd, err := unix.Socket(unix.AF_PACKET, typ|unix.SOCK_CLOEXEC,
				int(native.Uint16([]byte{byte(proto >> 8), byte(proto)})))
			keep(os.NewFile(uintptr(fd), "packets"), err)
			if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 2,
				Filter: &[]unix.SockFilter{{Code: 0x28, K: 12}, {Code: 0x06, K: 0xffff}}[0]}); err != nil {
				return err
			}
			if err := unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq{
				Block_size: 4096, Block_nr: 2, Frame_size: 2048, Frame_nr: 4}); err != nil {
				return err
			}
		}
		xdpSocket(t, keep)
		for _, make := range []func(*testing.T, func(interface{ Close() error }, error)){sctpSockets, tlsSockets,
			vsockSockets,
			tipcSockets} {
			make(t, keep)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ns
}

// xdpSocket makes a socket with memory and rings that is bound to a link, and one without, on a kernel that has any.
func xdpSocket(t *testing.T, keep func(interface{ Close() error }, error)) {
	t.Helper()
	if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "xa"}, PeerName: "xb"}); err != nil {
		t.Fatal(err)
	}
	var fds [2]int
	for i := range fds {
		fd, err := unix.Socket(unix.AF_XDP, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if errors.Is(err, unix.EAFNOSUPPORT) {
			return
		}
		keep(os.NewFile(uintptr(fd), "xdp"), err)
		fds[i] = fd
	}
	memory, err := unix.Mmap(-1, 0, 16*4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(memory) })
	reg := unix.XDPUmemReg{Addr: uint64(uintptr(unsafe.Pointer(&memory[0]))), Len: uint64(len(memory)), Size: 2048}
	size := int(unsafe.Offsetof(reg.Flags)) // of kernels before 5.1, and enough
	err = unix.SetsockoptString(fds[0], unix.SOL_XDP, unix.XDP_UMEM_REG,
		string(unsafe.Slice((*byte)(unsafe.Pointer(&reg)),
			size)))
	for _, ring := range []int{unix.XDP_UMEM_FILL_RING, unix.XDP_UMEM_COMPLETION_RING, unix.XDP_RX_RING,
		unix.XDP_TX_RING} {
		if err == nil {
			err = unix.SetsockoptInt(fds[0], unix.SOL_XDP, ring, 64)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	link, err := netlink.LinkByName("xa")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fds[0], &unix.SockaddrXDP{Ifindex: uint32(link.Attrs().Index)}); err != nil {
		t.Fatal(err)
	}
}

// times are what goes on by itself.
var times = regexp.MustCompile(`(Total: )\d+|\b(last(snd|rcv|ack):|last_(data_sent|data_recv|ack_recv):|timer:\(keepalive,)[0-9a-z.]+|` +
	`^Failed to find cgroup2 mount$`)

// The output is that of ss, byte for byte where ss is as new as this program, and else but for what has changed since.
func TestShowsWhatSSShows(t *testing.T) {
	ss, err := exec.LookPath("ss")
	if err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	version, _ := exec.Command(ss, "-V").Output()
	newest := regexp.MustCompile(`iproute2-(7|6\.1[89])`).Match(version)
	ns := sockets(t)
	filter := filepath.Join(t.TempDir(), "filter")
	if err := os.WriteFile(filter, []byte("( dport = :8000 or\n sport = :8000 )\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(`
-ta
-tan
-tln
-4tan
-6tan
-uan
-ua
-un
-xa
-xl
-x
-xae
-xam
-tuan
-tuxan
-tanH
-tanQ
-tanm
-tani
-Mani
-Manim
-Mal
-tan src inet:127.0.0.1:8000
-ta src inet6:[::1]
-tan src inet:0.0.0.0:8444
-tanio
-tanOi
-tnuo
-nt4
-A tcp,udp -an
-t -A udp -an
-a -A all,!tcp,!netlink -n
-A packet
-A tcp,!tcp
-an src unix:*@ABS*
-xa src *
-xa src /[a-z]*/s
-xan autobound
-xan not autobound
-an sport = 1
-an src link:arp
-an src link:*:xa
-0an src :xa or src arp
-0an dev xa
-an dev != xa -A packet,tcp
-an src netlink:rtnl:kernel -A netlink
-f netlink -an not src *:kernel and src nft
--vsock -an autobound
--vsock -ane
-an src inet6:[::1]:8443 or src vsock:*
-tan autobound
-tan src [::ffff:127.0.0.1]
-Sa
-San
-Sanime
-SanHOi
-Sano
-Aall -an -O -e -m -i src inet:127.0.0.1
--tipc -a
--tipc -ae --tipcinfo
--tipc -ae --tipcinfo -O
--tipc -apen
--tipc
-A tipc -a
-f tipc
-wan
-wa
-4wanp
-tan state closed
-f inet -tan
-tan state established
-tan state listening
-tan exclude listening
-tan state connected exclude established
-tan ( sport = :8000 or dport = :8443 )
-tan sport = :8000
-tan sport ge 8443 and not dst [::1]
-tan src 127.0.0.1:8000
-tan src 127.0.0.0/8 dport gt 8999
-tan src 127/8
-tan src 127.1
-tan src 127.0.0.1/255.0.0.0
-tan dst any:8000
-tan dst inet6:any
-an dev if1
-tan excl listening
-tan ! ( dport = 0 )
-tan dport neq :8000
-tan dev lo
-tan --tos
-tan --inet-sockopt
-0an
-0ane
-0anm
-0anp
-0a
-0anb
-0anbO
--xdp -a
--xdp -ae
--xdp -aeO
-A xdp,packet -aem
-f xdp -a
-f link -ab
-F FILTER -tan
-tan sport = :8000 -F FILTER
--vsock -an
-tanp
-xap
-tuanpT
-tanpH
-tanr
-tra src [::ffff:127.0.0.1]
-xane
-s
-st
`) {
		args := strings.Fields(strings.ReplaceAll(line, "FILTER", filter))
		// ss has the first since 6.14, shows of MPTCP what it has learned since, and with -e other things of TIPC.
		if len(args) == 0 || !newest && (args[0] == "-tanQ" || args[0] == "-Aall" || strings.HasPrefix(args[0], "-Mani") ||
			strings.HasPrefix(line, "--tipc -ae")) {
			continue
		}
		var want, again, got bytes.Buffer
		status := 0
		if err := netns.Do(ns, func() error {
			for { // until nothing changed meanwhile
				want.Reset()
				again.Reset()
				got.Reset()
				if err := runSS(ss, args, &want); err != nil {
					return err
				}
				status = Run(args, &got, &got)
				if err := runSS(ss, args, &again); err != nil ||
					comparable(want.String(), newest) == comparable(again.String(), newest) {
					return err
				}
			}
		}); err != nil {
			t.Fatalf("ss %s: %v\n%s", args, err, want.Bytes())
		}
		if status != 0 {
			t.Errorf("%s: status %d", args, status)
		}
		if a, b := comparable(want.String(), newest), comparable(got.String(), newest); a != b {
			t.Errorf("%s\nss\n%s\nthis\n%s", args, a, b)
		}
	}
}

func runSS(path string, args []string, out *bytes.Buffer) error {
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = out, out
	return cmd.Run()
}

// unnamedRaw is a raw socket of ICMP as ss shows it: it knows no name for that protocol, but for that of IPv6.
var unnamedRaw = regexp.MustCompile(`(?m)^\?\?\?( +UNCONN +\d+ +\d+ +0\.0\.0\.0:(1|icmp)\b)`)

// comparable is an output without times, and where ss is older without the columns' widths and what it does not know.
func comparable(shown string, exact bool) string {
	shown = times.ReplaceAllString(shown, "$1$2")
	shown = unnamedRaw.ReplaceAllString(shown, "raw$1")
	if native.Uint16([]byte{0, 1}) == 1 { // ss reads these as other widths than they have
		shown = regexp.MustCompile(` maplen:\d+`).ReplaceAllString(shown, "")
		shown = regexp.MustCompile(` sk:(\w+?)0{8}\b`).ReplaceAllString(shown, " sk:$1")
	}
	if exact {
		return regexp.MustCompile(`(?m) +$`).ReplaceAllString(shown, "") // times make the last column as wide as they are
	}
	shown = strings.Replace(shown, "Process", "", 1)
	shown = strings.ReplaceAll(shown, "`- (null)", "`- 10") // a state of SCTP that they have no word for
	// Older versions also ask for DCCP, which kernels have no more.
	shown = strings.Replace(shown, "RTNETLINK answers: Invalid argument\n", "", 1)
	shown = regexp.MustCompile(` rcv_wnd:\d+| rehash:\d+| seq:\w+ sfseq:\w+ ssnoff:\w+( maplen:\w+)?`).
		ReplaceAllString(shown, "") // the latter were hexadecimal
	return strings.Join(strings.Fields(shown), " ")
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		line   string
		status int
		want   string
	}{
		{"-Y", 255, "invalid option -- 'Y'"},
		{"--nothing", 255, "unrecognized option '--nothing'"},
		{"-A", 255, "requires an argument"},
		{"-A nothing", 255, "illegal socket table id"},
		{"-t state", 255, "Command line is not complete."},
		{"-t state nowhere", 255, "wrong state name: nowhere"},
		{"-t sport = :nothing", 1, "does not look like a port"},
		{"-t ( sport = :1", 255, "not closed"},
		{"-t sport", 255, "Sorry."}, // would choose all sockets, also for -K
		{"-t sport =", 255, "Sorry."},
		{"-t ( src )", 255, "Sorry."},
		{"-t sport = :1 and", 255, "Sorry."},
		{"-t )", 255, "Sorry."},
		{"-t 127.0.0.1", 255, "Sorry."},
		{"-t 127.0.0.256", 1, "an inet prefix is expected"},
		{"-6t src 127.0.0.1", 1, "an inet prefix is expected"},
		{"-t fwmark = x", 1, "Cannot parse mark x."},
		{"-t dev nodev", 1, "Cannot parse device."},
		{"-t cgroup = /no/such", 1, "Cannot parse cgroup /no/such."},
		{"-f nothing", 255, `ss: "nothing" is invalid family`},
		{"-F /no/such", 255, "fopen filter file: No such file or directory"},
		{"-F - -F -", 255, "More than one filter file"},
	} {
		var out, errs bytes.Buffer
		if status := Run(strings.Fields(c.line), &out, &errs); status != c.status ||
			!strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: status %d, %s", c.line, status, errs.Bytes())
		}
	}
	var out bytes.Buffer
	if status := Run([]string{"-h"}, &out, &out); status != 0 || !strings.HasPrefix(out.String(), "Usage: ss") {
		t.Errorf("status %d: %s", status, out.Bytes())
	}
	if s := Object(); s.Name != "ss" || s.Run == nil {
		t.Error("kern has no ss")
	}
}

// ss shows the sockets in a file of -D as those that there are.
func TestDumpsForSS(t *testing.T) {
	ss, err := exec.LookPath("ss")
	if err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	ns := sockets(t)
	file := filepath.Join(t.TempDir(), "dump")
	var errs, direct, read, none bytes.Buffer
	if err := netns.Do(ns, func() error {
		if status := Run([]string{"-4", "-tamD", file}, &errs, &errs); status != 0 || errs.Len() != 0 {
			t.Errorf("status %d, %s", status, errs.Bytes())
		}
		Run([]string{"-uD", file}, &none, &none)
		return runSS(ss, []string{"-4tamn"}, &direct)
	}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TCPDIAG_FILE", file)
	if err := runSS(ss, []string{"-4tamn"}, &read); err != nil {
		t.Fatal(err)
	}
	if read.String() != direct.String() || strings.Count(read.String(), "127.0.0.1:8000") != 3 {
		t.Errorf("read\n%s\nthere are\n%s", read.Bytes(), direct.Bytes())
	}
	if none.String() != "ss: tcpdiag dump requested and no tcp in filter.\n" {
		t.Error(none.String())
	}
}

// -K ends the sockets that are chosen, and shows these; ss finds them gone. It chooses raw sockets by their protocol.
func TestKills(t *testing.T) {
	ns := sockets(t)
	if err := netns.Do(ns, func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		show := func(args ...string) string {
			var out bytes.Buffer
			if status := Run(args, &out, &out); status != 0 {
				t.Errorf("%q: status %d, %s", args, status, out.Bytes())
			}
			return out.String()
		}
		for _, c := range [][]string{{"-tnH", "dst", "127.0.0.1:8000"}, {"-wanH"}, {"-unH", "dport", "=", ":53"}} {
			before := show(c...)
			if got := show(append([]string{"-K"}, c...)...); got == "" {
				nstest.NeedOption(t, "CONFIG_INET_DIAG_DESTROY, CONFIG_INET_UDP_DIAG and CONFIG_INET_RAW_DIAG", "4.10",
					unix.EOPNOTSUPP)
			} else if got != before {
				t.Errorf("%q: ended\n%s\nof\n%s", c, got, before)
			}
			if after := show(c...); after != "" {
				t.Errorf("%q: left\n%s", c, after)
			}
		}
		if left := show("-tnH", "dst", "127.0.0.1:9000"); strings.Count(left, "\n") != 2 {
			t.Errorf("others are gone too: %s", left)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// On a screen columns that do not fit begin a line, and what is left of it goes between them.
func TestScreen(t *testing.T) {
	t.Setenv("COLUMNS", "60")
	tab := &table{}
	tab.hide(colProcess)
	tab.line("Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process", "")
	tab.line("tcp", "LISTEN", "0     ", "5     ", "127.0.0.1:", "8000", "0.0.0.0:", "*", "", "")
	var b bytes.Buffer
	if err := tab.render(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if !strings.Contains(line, "Addr") && !strings.Contains(line, "127.0.0.1") {
			t.Errorf("a line of its own: %q", line)
		}
	}
	if general(0.037) != "0.037" || general(1e-5) != "1e-05" || general(1234567) != "1.23457e+06" ||
		bandwidth(25693083248, false) != "25.7G" {
		t.Error(general(0.037), general(1e-5), general(1234567), bandwidth(25693083248, false))
	}
	if milliseconds(59500) != "59sec" || milliseconds(1500) != "1.500sec" || milliseconds(200) != "200ms" ||
		milliseconds(7200000) != "120min" {
		t.Error(milliseconds(59500), milliseconds(1500), milliseconds(200), milliseconds(7200000))
	}
}

// Sockets that end are shown; the program goes on until it is ended, here by the end of what it writes to.
func TestFollowsSocketsThatEnd(t *testing.T) {
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	out := make(chan string, 16)
	o, err := parse([]string{"-E", "-un", "-a"})
	if err != nil {
		t.Fatal(err)
	}
	s := &shower{options: o, h: h, t: o.table()}
	done := make(chan error, 1)
	go func() {
		done <- s.follow(writerFunc(func(b []byte) (int, error) { out <- string(b); return len(b), nil }), os.Stderr)
	}()
	<-out // the header
	for {
		var from string
		if err := netns.Do(ns, func() error {
			lo, err := h.LinkByName("lo")
			if err != nil {
				return err
			}
			if err := h.LinkSetUp(lo); err != nil {
				return err
			}
			c, err := net.Dial("udp4", "127.0.0.1:9")
			if err != nil {
				return err
			}
			from = c.LocalAddr().String()
			return c.Close()
		}); err != nil {
			t.Fatal(err)
		}
		select {
		case line := <-out:
			if !strings.Contains(line, "127.0.0.1:9") {
				t.Errorf("%s ended, told is %q", from, line)
			}
			h.Close()
			<-done
			return
		case <-time.After(10 * time.Millisecond): // it was over before the subscription began
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// Those of the kernel stay, those of programs that show them come and go.
func TestNetlinkSocketsOfTheKernel(t *testing.T) {
	ss, err := exec.LookPath("ss")
	if err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	ns := nstest.New(t)
	for _, args := range [][]string{{"-a", "-f", "netlink"}, {"-A", "netlink", "-a", "-H"}} {
		var want, got bytes.Buffer
		if err := netns.Do(ns, func() error {
			Run(args, &got, &got)
			return runSS(ss, args, &want)
		}); err != nil {
			t.Fatal(err)
		}
		ofKernel := func(text string) (lines []string) {
			for line := range strings.Lines(text) {
				if f := strings.Fields(line); len(f) >= 5 && strings.HasSuffix(f[3], ":kernel") {
					lines = append(lines, f[0]+" "+f[3]+f[4]) // the queues are of the moment
				}
			}
			return lines
		}
		a, b := ofKernel(want.String()), ofKernel(got.String())
		if len(a) == 0 || !slices.Equal(a, b) {
			t.Errorf("%s\nss\n%q\nthis\n%q", args, a, b)
		}
	}
}

// Sockets are of the cgroup that their process was in, and of no other.
func TestFiltersByCgroup(t *testing.T) {
	root, err := cli.Cgroup2Mount()
	if err != nil {
		t.Fatal(err)
	}
	if root == "" {
		root = t.TempDir()
		err := unix.Mount("none", root, "cgroup2", 0, "")
		nstest.Need(t, "mounts of cgroup2", "4.5", err)
		t.Cleanup(func() {
			if err := unix.Unmount(root, unix.MNT_DETACH); err != nil {
				t.Error(err)
			}
		})
	}
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	own := ""
	for line := range strings.Lines(string(b)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			own = path
		}
	}
	if own == "" {
		nstest.Need(t, "cgroups of version 2", "4.5", unix.EOPNOTSUPP)
	}
	ns := sockets(t)
	show := func(args ...string) (out string) {
		if err := netns.Do(ns, func() error {
			var b bytes.Buffer
			Run(args, &b, &b)
			out = b.String()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := show("-tanH")
	for _, path := range []string{filepath.Join(root, own), own} {
		if path == "/" {
			continue // ss and this program take it for the root of files
		}
		if got := show("-tanH", "cgroup", "=", path); got != all || got == "" {
			t.Errorf("cgroup %s: %s\nall\n%s", path, got, all)
		}
		if got := show("-tanH", "cgroup", "!=", path, "or", "sport", "=", ":8000"); strings.Count(got, "\n") != 2 {
			t.Errorf("others than cgroup %s: %s", path, got)
		}
	}
	if got := show("-tanH", "--cgroup"); !strings.Contains(got, " cgroup:"+own) {
		t.Errorf("got %s", got)
	}
	other := filepath.Join(root, own, "kern-ss-test")
	if err := os.Mkdir(other, 0o755); err != nil {
		t.Skip("no cgroup can be made here: ", err)
	}
	t.Cleanup(func() { os.Remove(other) })
	if got := show("-tanH", "cgroup", other); got != "" {
		t.Errorf("in an empty cgroup: %s", got)
	}
}

// A directory stands for /proc of a machine with SELinux.
func TestSecurityContexts(t *testing.T) {
	root := t.TempDir()
	t.Setenv("PROC_ROOT", root)
	process := filepath.Join(root, "7")
	for _, dir := range []string{"fd", "attr"} {
		if err := os.MkdirAll(filepath.Join(process, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for file, text := range map[string]string{"stat": "7 (sshd) S", "attr/current": "system_u:system_r:sshd_t:s0\x00\n"} {
		if err := os.WriteFile(filepath.Join(process, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("socket:[99]", filepath.Join(process, "fd/3")); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"-Z":  ` users:(("sshd",pid=7,proc_ctx=system_u:system_r:sshd_t:s0,fd=3))`,
		"-zT": ` users:(("sshd",pid=7,tid=7,proc_ctx=system_u:system_r:sshd_t:s0,fd=3,sock_ctx=unavailable))`,
		"-p":  ` users:(("sshd",pid=7,fd=3))`,
	} {
		o, err := parse([]string{line})
		if err != nil {
			t.Fatal(err)
		}
		s := &shower{options: o}
		if got := s.process(99); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if !selinuxEnabled() {
		var b bytes.Buffer
		if status := Run([]string{"-Z"}, &b, &b); status != cli.StatusFailed ||
			b.String() != "ss: SELinux is not enabled.\n" {
			t.Errorf("status %d, %s", status, b.String())
		}
	}
}
