package ip

import (
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// borrowController moves the CAN controller of the module dummy_can into the calling thread's namespace, as x0. What
// it returns moves it back to the first namespace, which it never leaves for good.
func borrowController(t *testing.T) (end func()) {
	t.Helper()
	nstest.NeedGuest(t, "controllers of dummy_can, which are in the machine's first namespace")
	first, err := netns.GetFromPid(1)
	nstest.Need(t, "the first network namespace, which root of the machine may enter", "", err)
	here, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	there, err := netlink.NewHandleAt(first)
	if err != nil {
		t.Fatal(err)
	}
	links, err := there.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	var controller netlink.Link
	for _, l := range links {
		if l.Type() == "can" {
			controller = l
		}
	}
	if controller == nil {
		nstest.NeedOption(t, "CONFIG_CAN_DUMMY", "", unix.EOPNOTSUPP)
	}
	name := controller.Attrs().Name
	if err := there.LinkSetNsFd(controller, int(here)); err != nil {
		t.Fatal(err)
	}
	clitest.SetUp(t, "link set "+name+" name x0")
	return func() {
		clitest.SetUp(t, "link set x0 down", "link set x0 name "+name)
		err := netlink.LinkSetNsFd(controller, int(first))
		there.Close()
		for _, ns := range []*netns.NsHandle{&first, &here} {
			if err := ns.Close(); err != nil {
				t.Error(err)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCANControllersAreShownAndChangedAsByIP sets a controller by ip and by this program, and compares how that ends,
// what both show and what became of the controller.
func TestCANControllersAreShownAndChangedAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	states := []string{
		"bitrate 500000", "bitrate 250000 sample-point 0.8", "tq 125 prop-seg 6 phase-seg1 7 phase-seg2 2 sjw 1",
		"bitrate 500000 listen-only on", "bitrate 500000 dbitrate 2000000 fd on",
		"bitrate 500000 sample-point 0.875 dbitrate 5000000 dsample-point 0.75 fd on tdc-mode auto",
		"bitrate 500000 dbitrate 8000000 fd on tdc-mode off", "bitrate 500000 dbitrate 2000000 fd on tdc-mode auto tdco 32",
		"bitrate 500000 restricted on",
		"bitrate 500000 dbitrate 2000000 fd on xbitrate 8000000 xl on",
		"bitrate 500000 xbitrate 8000000 xl on xtdc-mode auto xtdco 32", "bitrate 500000 xbitrate 10000000 xl on tms on",
		"bitrate 500000 xbitrate 5000000 xl on tms on pwms 8 pwml 24",
		// What this controller or the kernel refuses.
		"bitrate 500000 loopback on", "bitrate 99000000", "bitrate 500000 dbitrate 2000000", "restart-ms 100", "restart",
		"termination 120", "bitrate 500000 fd on", "bitrate 500000 dbitrate 2000000 fd on tdc-mode manual tdco 4",
		"tms on", "bitrate 500000 xbitrate 8000000 xl on tms on xtdc-mode auto",
	}
	nstest.Do(t, func() {
		defer borrowController(t)()
		reset := func() {
			clitest.SetUp(t, "link set x0 down")
			if clitest.SameWords() {
				clitest.SetUp(t, "link set x0 type can bitrate 125000 xbitrate 1000000 xl on tms off restricted off",
					"link set x0 type can bitrate 125000 xl off")
			}
			clitest.SetUp(t, "link set x0 type can bitrate 125000 fd off listen-only off")
		}
		state := func() string {
			v, _ := clitest.DecodeJSON(t, clitest.IP(t, "-d", "-j", "link", "show", "dev", "x0").Out, clitest.Moving)
			return clitest.Marshal(v)
		}
		for _, words := range states {
			set := append([]string{"link", "set", "x0", "type", "can"}, strings.Fields(words)...)
			reset()
			byIP := clitest.IP(t, set...)
			if strings.Contains(byIP.Err, "unknown option") {
				continue // of a newer ip
			}
			if byIP.Code == 0 {
				clitest.SetUp(t, "link set x0 up")
			}
			clitest.CompareShow(t, "-d", "link", "show", "dev", "x0")
			clitest.CompareShow(t, "-d", "-s", "link", "show", "dev", "x0")
			want := state()
			reset()
			byKern := clitest.Kern(set...)
			if byKern.Code == 0 {
				clitest.SetUp(t, "link set x0 up")
			}
			clitest.SameEnd(t, words, byIP, byKern)
			if got := state(); got != want {
				t.Errorf("after %q links differ:\nip   %s\nkern %s", words, want, got)
			}
		}
	})
}
