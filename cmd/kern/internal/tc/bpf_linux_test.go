package tc

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/bpf/bpftest"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// Programs of object files are loaded, run on packets, and are shown by both programs as if tc had loaded them.
func TestObjectFiles(t *testing.T) {
	object, other, source := bpftest.Objects(t)
	dir := t.TempDir()
	if err := netns.Do(nstest.New(t), func() error {
		clitest.SetUp(t, "link add d0 type veth peer name d1")
		mnt := filepath.Join(dir, "bpf")
		t.Setenv("TC_BPF_MNT", mnt)
		t.Cleanup(func() {
			for unix.Unmount(mnt, unix.MNT_DETACH) == nil { // there may be a mount under it
			}
		})
		kern := func(line string) clitest.Result { return clitest.Kern(strings.Fields(line)...) }
		r := kern("qdisc add dev d0 clsact")
		if r.Code != 0 {
			nstest.Need(t, "clsact", "", clitest.Refusal(strings.TrimSpace(r.Err)))
		}
		r = kern("filter add dev d0 egress pref 1 bpf da obj " + object + " program last")
		bpftest.Need(t, r.Err)
		if r.Code != 0 {
			t.Fatalf("%v", r)
		}
		if _, err := os.Stat(filepath.Join(mnt, "tc/globals/counts")); err != nil {
			t.Errorf("map is not pinned: %v", err)
		}
		for _, line := range []string{"pref 2 bpf da obj " + object, "pref 3 bpf obj " + object + " sec 7/1 verbose"} {
			if r := kern("filter add dev d0 egress " + line); r.Code != 0 {
				t.Errorf("%s: %v", line, r)
			}
		}
		shown := kern("filter show dev d0 egress").Out
		for _, want := range []string{"prog.el.o:[classifier] direct-action not_in_hw id ", "name last ", "name first ",
			"prog.el.o:[7/1] not_in_hw id "} {
			if want = strings.ReplaceAll(want, "prog.el.o", filepath.Base(object)); !strings.Contains(shown, want) {
				t.Errorf("no %q in %s", want, shown)
			}
		}
		if _, err := exec.LookPath("tc"); err == nil {
			if got := clitest.Peer(t, "filter", "show", "dev", "d0", "egress").Out; !strings.Contains(got, "name first ") {
				t.Errorf("tc shows %s", got)
			}
		}
		for line, want := range map[string]string{
			"obj " + object + " sec none":     "object file doesn't contain sec none\nUnable to load program\n",
			"obj " + object + " program none": "object file doesn't contain prog none\nUnable to load program\n",
			"obj none":                        "Error opening object none: No such file or directory\nUnable to load program\n",
			"obj " + source:                   "cannot be read",
			"obj " + object + " sec wrong":    "invalid bpf_context access off=4000 size=4",
			"obj " + other:                    "is of the other byte order",
			"pinned none":                     "Couldn't retrieve pinned program 'none': No such file or directory\n",
		} {
			if r := kern("filter add dev d0 egress bpf " + line); r.Code != 1 || !strings.Contains(r.Err, want) {
				t.Errorf("%s: %v", line, r)
			}
		}
		return drops(t)
	}); err != nil {
		t.Fatal(err)
	}
}

// drops sends packets by d0, whose first filter drops them.
func drops(t *testing.T) error {
	for _, name := range []string{"d0", "d1"} {
		l, err := netlink.LinkByName(name)
		if err == nil {
			err = netlink.LinkSetUp(l)
		}
		if err != nil {
			return err
		}
	}
	clitest.SetUp(t, "addr add 192.0.2.1/24 dev d0", "neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev d0")
	c, err := net.Dial("udp4", "192.0.2.2:9")
	if err != nil {
		return err
	}
	defer c.Close()
	for range 5 {
		_, _ = c.Write([]byte("x")) // a dropped packet may be an error
	}
	out := clitest.Kern("-s", "qdisc", "show", "dev", "d0", "clsact").Out
	if m := regexp.MustCompile(`dropped (\d+)`).FindStringSubmatch(out); m == nil || m[1] < "5" && len(m[1]) == 1 {
		t.Errorf("packets are not dropped: %s", out)
	}
	return nil
}
