package tc

import (
	"crypto/sha1"
	"encoding/hex"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/bpf/bpftest"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/unix"
)

// withObjects runs fn where d0 has clsact and a neighbour, and object files are pinned in a file system of the test.
func withObjects(t *testing.T, fn func(mnt string)) {
	t.Helper()
	nstest.Do(t, func() {
		clitest.SetUp(t, "link add d0 type veth peer name d1", "link set d0 up", "link set d1 up",
			"addr add 192.0.2.1/24 dev d0", "neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev d0")
		mnt := bpftest.FileSystem(t)
		makes(t, kern("qdisc add dev d0 clsact"))
		r := kern("filter add dev d0 ingress protocol ip bpf obj " + bpftest.Object(t, "prog"))
		bpftest.Need(t, r.Err)
		if r.Code != 0 {
			t.Fatal(r)
		}
		fn(mnt)
	})
}

func kern(line string) clitest.Result { return clitest.Kern(strings.Fields(line)...) }

// makes is of a command that makes something; a kernel that was built without it skips the test.
func makes(t *testing.T, r clitest.Result) {
	t.Helper()
	if r.Code != 0 {
		nstest.Need(t, "BPF in traffic control", "", refusal(strings.TrimSpace(r.Err)))
	}
}

// Programs of object files are loaded, run on packets, and are shown by both programs as if tc had loaded them.
func TestObjectFiles(t *testing.T) {
	object := bpftest.Object(t, "prog")
	withObjects(t, func(mnt string) {
		makes(t, kern("filter add dev d0 egress protocol ip pref 1 bpf da obj "+object+" program last"))
		makes(t, kern("filter add dev d0 egress protocol ip pref 2 bpf da obj "+object))
		verbose := kern("filter add dev d0 egress protocol ip pref 3 bpf obj " + object + " sec 7/1 verbose")
		if makes(t, verbose); !strings.Contains(verbose.Err, "processed ") {
			t.Errorf("the verifier tells nothing: %v", verbose)
		}
		shown := kern("filter show dev d0 egress").Out
		for _, want := range []string{"prog.el.o:[classifier] direct-action not_in_hw id ", "name last ", "name first ",
			"prog.el.o:[7/1] not_in_hw id "} {
			if want = strings.ReplaceAll(want, "prog.el.o", filepath.Base(object)); !strings.Contains(shown, want) {
				t.Errorf("no %q in %s", want, shown)
			}
		}
		if _, err := exec.LookPath("tc"); err == nil && clitest.SameWords() {
			compareShow(t, "filter show dev d0 egress", false)
		}
		for line, want := range map[string]string{
			"obj " + object + " sec none":     "object file doesn't contain sec none\nUnable to load program\n",
			"obj " + object + " program none": "object file doesn't contain prog none\nUnable to load program\n",
			"obj none": "Error opening object none: No such file or directory\nUnable to load " +
				"program\n",
			"obj " + bpftest.Source(t):          "cannot be read",
			"obj " + object + " sec wrong":      "invalid bpf_context access off=4000 size=4",
			"obj " + bpftest.Object(t, "empty"): "has no inner map: none has the number 9",
			"obj " + bpftest.Foreign(t):         "is of the other byte order",
			"pinned none":                       "Couldn't retrieve pinned program 'none': No such file or directory\n",
		} {
			if r := kern("filter add dev d0 egress bpf " + line); r.Code != 1 || !strings.Contains(r.Err, want) {
				t.Errorf("%s: %v", line, r)
			}
		}
		send(t, 5)
		if n := dropped(t); n != 5 {
			t.Errorf("%d packets are dropped", n)
		}
		if n := bpftest.Count(t, mnt+"/tc/globals/counts"); n != 5 {
			t.Errorf("the program counts %d packets", n)
		}
	})
}

// A program that does nothing but jump to another one drops packets when that one does.
func TestTailCallsOfObjectFiles(t *testing.T) {
	for _, line := range []string{bpftest.Object(t, "prog") + " program second", bpftest.Object(t, "jump")} {
		withObjects(t, func(string) {
			makes(t, kern("filter add dev d0 egress protocol ip bpf da obj "+line))
			if send(t, 3); dropped(t) != 3 {
				t.Errorf("%s: %d packets are dropped", line, dropped(t))
			}
		})
	}
}

// Maps in the form of iproute2 stand where it pins them, and in each other. Tc reads them no more with libbpf 1.0.
func TestMapsOfIproute2(t *testing.T) {
	object := bpftest.Object(t, "elf")
	b, err := os.ReadFile(object)
	if err != nil {
		t.Fatal(err)
	}
	pinDirectory(t, "0x4d own/place")
	sum := sha1.Sum(b)
	withObjects(t, func(mnt string) {
		for n := range uint64(2) { // the second filter takes the maps that are there
			makes(t, kern("filter replace dev d0 egress protocol ip pref 1 handle 1 bpf da obj "+object))
			send(t, 3)
			for path, place := range map[string][]uint32{"tc/" + hex.EncodeToString(sum[:]) + "/own": nil,
				"own/place/named": nil, "tc/globals/outer": {1}} {
				if got := bpftest.Count(t, filepath.Join(mnt, path), place...); got != 3*(n+1) {
					t.Errorf("%s counts %d packets, filter %d", path, got, n)
				}
			}
		}
	})
}

// pinDirectory makes text what bpf_pinning says.
func pinDirectory(t *testing.T, text string) {
	t.Helper()
	nstest.Private(t)
	dir := "/etc/iproute2"
	if _, err := os.Stat(dir); err != nil {
		dir = "/usr/share/iproute2"
	}
	nstest.Need(t, "mounts", "", unix.Mount("test", dir, "tmpfs", 0, "mode=0755"))
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := os.WriteFile(dir+"/bpf_pinning", []byte("# names\n"+text+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Maps in the form of libbpf are pinned by their names, and filled. Either program goes on with the maps of the other.
func TestMapsOfLibbpf(t *testing.T) {
	object := bpftest.Object(t, "btf")
	programs := []func(string) clitest.Result{kern, kern}
	if _, err := exec.LookPath("tc"); err == nil && clitest.SameWords() {
		tc := func(line string) clitest.Result { return clitest.Peer(t, strings.Fields(line)...) }
		programs = append(programs, tc, kern, tc)
	}
	for first := range 2 {
		withObjects(t, func(mnt string) {
			for n, program := range programs[first:] {
				makes(t, program("filter replace dev d0 egress protocol ip pref 1 handle 1 bpf da obj "+object))
				send(t, 3)
				for path, place := range map[string][]uint32{"by_name": nil, "around": {1}} {
					if got := bpftest.Count(t, mnt+"/tc/globals/"+path, place...); got != 3*uint64(n+1) {
						t.Errorf("%s counts %d packets, filter %d", path, got, n)
					}
				}
			}
		})
	}
}

// What kern makes of an object file is what tc makes of it, and both show it in the same words.
func TestObjectFilesAreShownAsByTc(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil || !clitest.SameWords() {
		t.Skip("the newest tc is not installed: ", err)
	}
	object := bpftest.Object(t, "btf")
	for _, c := range []struct{ name, make, show string }{
		{"direct-action", "filter add dev d0 egress protocol ip pref 3 bpf direct-action obj OBJECT skip_hw classid 1:5",
			"filter show dev d0 egress"},
		{"classifier", "filter add dev d0 egress protocol ip pref 3 bpf obj OBJECT sec action flowid 2:1",
			"filter show dev d0 egress"},
		{"action", "actions add action bpf obj OBJECT index 7", "actions list action bpf"},
		{"drop", "actions add action bpf object-file OBJECT section action drop index 8",
			"actions get action bpf index 8"},
		{"filter", "filter add dev d0 egress protocol ip matchall action bpf run obj OBJECT sec classifier continue",
			"filter show dev d0 egress"},
	} {
		t.Run(c.name, func(t *testing.T) {
			words := strings.Fields(strings.ReplaceAll(c.make, "OBJECT", object))
			var shown []string
			for _, program := range []func(...string) clitest.Result{clitest.Kern,
				func(words ...string) clitest.Result { return clitest.Peer(t, words...) }} {
				withObjects(t, func(string) {
					makes(t, program(words...))
					for _, form := range []string{"", "-d ", "-s -d "} {
						compareShow(t, form+c.show, false)
					}
					shown = append(shown, clitest.Peer(t, strings.Fields("-j -d "+c.show)...).Out)
				})
			}
			if a, b := numbers.ReplaceAllString(shown[0], "N"), numbers.ReplaceAllString(shown[1], "N"); a != b ||
				!strings.Contains(a, `"bpf_name":"btf.`) {
				t.Errorf("%s:\ntc   %s\nkern %s", c.make, b, a)
			}
		})
	}
}

// numbers are those that the kernel gives to programs and their types, and the times of loading.
var numbers = regexp.MustCompile(`"(id|btf_id|load_time)":\d+`)

// Packets meet the program of an action.
func TestActionsOfObjectFiles(t *testing.T) {
	object := bpftest.Object(t, "btf")
	withObjects(t, func(mnt string) {
		makes(t, kern("actions add action bpf obj "+object+" index 5"))
		makes(t, kern("filter add dev d0 egress protocol ip matchall action bpf index 5"))
		send(t, 4)
		if n := bpftest.Count(t, mnt+"/tc/globals/by_name"); n != 4 || dropped(t) != 4 {
			t.Errorf("the program counts %d packets, %d are dropped", n, dropped(t))
		}
	})
}

// A program that a device runs has its maps there. One that is pinned is found again by the next program.
func TestMapsOfDevices(t *testing.T) {
	nstest.NeedSimulated(t)
	object := bpftest.Object(t, "device")
	nstest.Do(t, func() {
		_, end := nstest.Simulate(t, nstest.NewSimulated(), 1)
		defer end()
		links, err := net.Interfaces()
		if err != nil {
			t.Fatal(err)
		}
		port := links[len(links)-1] // lo is the first one
		mnt, dev := bpftest.FileSystem(t), port.Name
		offload(t, dev)
		makes(t, kern("qdisc add dev "+dev+" clsact"))
		for range 2 {
			r := kern("filter replace dev " + dev + " ingress pref 1 handle 1 bpf skip_sw da obj " + object)
			bpftest.Need(t, r.Err)
			if r.Code != 0 {
				t.Fatal(r)
			}
			if got := bpftest.Link(t, mnt+"/tc/globals/kept"); got != port.Index {
				t.Errorf("the pinned map is kept by link %d", got)
			}
		}
		if shown := kern("filter show dev " + dev + " ingress").Out; strings.Count(shown, " in_hw ") == 0 {
			t.Error(shown)
		}
		for line, want := range map[string]string{
			object + " program none":                  "object file doesn't contain prog none",
			bpftest.Object(t, "jump"):                 "The device takes no map like targets: Invalid argument",
			bpftest.Object(t, "prog") + " sec action": "The device takes no map like jumps: Invalid argument",
		} {
			r := kern("filter add dev " + dev + " ingress bpf skip_sw da obj " + line)
			if r.Code != 1 || !strings.Contains(r.Err, want) {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}

// offload has a device take filters, as ethtool -K DEV hw-tc-offload on.
func offload(t *testing.T, dev string) {
	t.Helper()
	family, err := netlink.GenlFamilyGet("ethtool")
	if err != nil {
		t.Fatal(err)
	}
	header := nl.NewRtAttr(unix.ETHTOOL_A_FEATURES_HEADER|unix.NLA_F_NESTED, nil)
	header.AddRtAttr(unix.ETHTOOL_A_HEADER_DEV_NAME, nl.ZeroTerminated(dev))
	wanted := nl.NewRtAttr(unix.ETHTOOL_A_FEATURES_WANTED|unix.NLA_F_NESTED, nil)
	bit := wanted.AddRtAttr(unix.ETHTOOL_A_BITSET_BITS|unix.NLA_F_NESTED, nil).
		AddRtAttr(unix.ETHTOOL_A_BITSET_BITS_BIT|unix.NLA_F_NESTED, nil)
	bit.AddRtAttr(unix.ETHTOOL_A_BITSET_BIT_NAME, nl.ZeroTerminated("hw-tc-offload"))
	bit.AddRtAttr(unix.ETHTOOL_A_BITSET_BIT_VALUE, nil)
	req := nl.NewNetlinkRequest(int(family.ID), unix.NLM_F_ACK)
	req.AddData(&nl.Genlmsg{Command: unix.ETHTOOL_MSG_FEATURES_SET, Version: 1})
	req.AddData(header)
	req.AddData(wanted)
	if _, err := req.Execute(unix.NETLINK_GENERIC, 0); err != nil {
		t.Fatal(err)
	}
}

// send sends packets by d0, with a byte of data.
func send(t *testing.T, n int) {
	t.Helper()
	sendSized(t, n, 1)
}

func sendSized(t *testing.T, n, size int) {
	t.Helper()
	c, err := net.Dial("udp4", "192.0.2.2:9")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range n {
		_, _ = c.Write(make([]byte, size)) // a dropped packet may be an error
	}
}

// dropped is how many the filters of d0 dropped.
func dropped(t *testing.T) int {
	t.Helper()
	out := clitest.Kern("-s", "qdisc", "show", "dev", "d0", "clsact").Out
	m := regexp.MustCompile(`dropped (\d+)`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no packets are counted: %s", out)
	}
	n, _ := strconv.Atoi(m[1]) // digits
	return n
}
