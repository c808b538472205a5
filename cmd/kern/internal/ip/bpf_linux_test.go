package ip

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/bpf/bpftest"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netns"
)

// Links and routes take programs of object files, which ip shows as if it had loaded them.
func TestObjectFiles(t *testing.T) {
	object := bpftest.Object(t, "btf")
	bpftest.FileSystem(t)
	if err := netns.Do(nstest.New(t), func() error {
		clitest.SetUp(t, "link add d0 type veth peer name d1", "link set d0 up", "addr add 192.0.2.1/24 dev d0")
		kern := func(line string) clitest.Result { return clitest.Kern(strings.Fields(line)...) }
		r := kern("link set d0 xdpgeneric obj " + object + " sec prog")
		bpftest.Need(t, r.Err)
		if r.Code != 0 {
			t.Fatal(r)
		}
		if got := clitest.IP(t, "link", "show", "d0").Out; !strings.Contains(got, "xdpgeneric") ||
			!strings.Contains(got, "name run tag ") {
			t.Errorf("ip shows %s", got)
		}
		if r := kern("link set d0 xdpgeneric obj " + object); r.Code == 0 {
			t.Error("a second program is taken without -force")
		}
		if r := kern("-force link set d0 xdpgeneric obj " + object); r.Code != 0 {
			t.Error(r)
		}
		if r := kern("link set d0 xdpgeneric off"); r.Code != 0 {
			t.Error(r)
		}
		if got := clitest.IP(t, "link", "show", "d0").Out; strings.Contains(got, "xdp") {
			t.Errorf("ip shows %s", got)
		}
		if r := kern("route add 198.51.100.0/24 encap bpf out obj " + object + " headroom 20 dev d0"); r.Code != 0 {
			t.Error(r)
		}
		want := "encap bpf out " + filepath.Base(object) + ":[prog] "
		for _, got := range []string{clitest.IP(t, "route").Out, kern("route").Out} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q", got, want)
			}
		}
		for line, want := range map[string]string{
			"link set d0 xdp x":                                  `What mode is "x"?`,
			"link set d0 xdp obj none":                           "Error opening object none: No such file or directory",
			"link set d0 xdp obj " + object + " sec none":        "object file doesn't contain sec none",
			"route add 198.51.100.0/24 encap bpf in x y dev d0":  `What mode is "x"?`,
			"route add 198.51.100.0/24 encap bpf in obj n dev d": "Error opening object n: No such file or directory",
		} {
			if r := kern(line); r.Code != 255 || !strings.Contains(r.Err, want) {
				t.Errorf("%s: %v", line, r)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A packet whose next segment is here meets the program of the endpoint. Where ip reads the object it makes the same.
func TestObjectFilesOfSegmentRouting(t *testing.T) {
	object := bpftest.Object(t, "btf")
	const sid = "2001:db8:1::100"
	route := "-6 route add " + sid + " encap seg6local action End.BPF endpoint obj " + object + " section prog dev d0"
	programs := []func(...string) clitest.Result{clitest.Kern}
	if clitest.SameWords() {
		programs = append(programs, func(words ...string) clitest.Result { return clitest.IP(t, words...) })
	}
	var shown []string
	for _, program := range programs {
		from, here := nstest.New(t), nstest.New(t)
		if err := netns.Do(here, func() error {
			mnt := bpftest.FileSystem(t)
			clitest.SetUp(t, "link add d0 address 02:00:00:00:00:02 type veth peer name d1",
				fmt.Sprintf("link set d1 netns /proc/%d/fd/%d", os.Getpid(), from),
				"addr add 2001:db8:1::2/64 dev d0 nodad", "link set d0 up")
			for _, key := range []string{"all", "d0"} {
				nstest.Sysctl(t, here, "net/ipv6/conf/"+key+"/seg6_enabled", "1")
			}
			r := program(strings.Fields(route)...)
			bpftest.Need(t, r.Err)
			if r.Code != 0 {
				nstest.NeedOption(t, "CONFIG_IPV6_SEG6_BPF", "", clitest.Refusal(r.Err))
			}
			if clitest.SameWords() {
				clitest.CompareShow(t, "-6", "route", "show", sid)
			}
			shown = append(shown, programNumber.ReplaceAllString(clitest.IP(t, "-6", "route", "show", sid).Out, "[N]"))
			if want := "endpoint " + filepath.Base(object) + ":[prog]"; !strings.Contains(shown[0], want) {
				t.Errorf("%s: no %q", shown[0], want)
			}
			if err := netns.Do(from, func() error {
				clitest.SetUp(t, "addr add 2001:db8:1::1/64 dev d1 nodad", "link set d1 up",
					"neigh add "+sid+" lladdr 02:00:00:00:00:02 dev d1",
					"-6 route add 2001:db8:9::/64 encap seg6 mode inline segs "+sid+" dev d1")
				c, err := net.Dial("udp6", "[2001:db8:9::1]:9")
				if err != nil {
					return err
				}
				defer c.Close()
				for range 3 {
					if _, err := c.Write([]byte("x")); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
			n := uint64(0)
			for end := time.Now().Add(10 * time.Second); n != 3 && time.Now().Before(end); {
				n = bpftest.Count(t, mnt+"/ip/globals/by_name") // the packets are on their way
			}
			if n != 3 {
				t.Errorf("the program counts %d packets", n)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(shown) > 1 && shown[0] != shown[1] {
		t.Errorf("ip makes %skern %s", shown[1], shown[0])
	}
}

// programNumber is what the kernel calls a program.
var programNumber = regexp.MustCompile(`\[\d+\]`)
