package ip

import (
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/bpf/bpftest"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

// Links and routes take programs of object files, which ip shows as if it had loaded them.
func TestObjectFiles(t *testing.T) {
	object := bpftest.Object(t, "prog")
	mnt := filepath.Join(t.TempDir(), "bpf")
	t.Setenv("TC_BPF_MNT", mnt)
	t.Cleanup(func() {
		for unix.Unmount(mnt, unix.MNT_DETACH) == nil { // there may be a mount under it
		}
	})
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
