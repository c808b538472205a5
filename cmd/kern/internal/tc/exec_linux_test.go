package tc

import (
	"fmt"
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
	"kern.sys/unix"
)

// withTc are kern and, where it reads the words that kern reads, tc.
func withTc(t *testing.T) map[string]func(string) clitest.Result {
	programs := map[string]func(string) clitest.Result{"kern": kern}
	if _, err := exec.LookPath("tc"); err == nil && clitest.SameWords() {
		programs["tc"] = func(line string) clitest.Result { return clitest.Peer(t, strings.Fields(line)...) }
	}
	return programs
}

// What exec refuses it refuses with tc's words. Some of tc's statuses are EINVAL.
func TestExecRefusesAsTc(t *testing.T) {
	object, none := bpftest.Object(t, "btf"), filepath.Join(t.TempDir(), "none")
	withObjects(t, func(mnt string) {
		makes(t, kern("filter add dev d0 egress protocol ip bpf da obj "+object))
		for line, want := range map[string]string{
			"":                              "No command given, try \"tc exec help\".",
			"bpf":                           "",
			"bpf help":                      "Usage: ",
			"bpf run":                       "Command line is not complete. Try option \"help\"",
			"bpf run true":                  "bpf: No import parameter provided!",
			"bpf import":                    "Command line is not complete. Try option \"help\"",
			"bpf import " + none + "/none":  "Cannot bind to socket: No such file or directory\nbpf: Could not receive fds!",
			"bpf graft map":                 "Command line is not complete. Try option \"help\"",
			"bpf graft map key":             "Command line is not complete. Try option \"help\"",
			"bpf graft map key x obj none":  "Illegal \"key\"",
			"bpf graft map key 1 x":         "What mode is \"x\"?",
			"bpf graft map obj none type y": "What type is \"y\"?",
			"bpf graft map key 1 obj none":  "Error opening object none: No such file or directory",
			"bpf graft map key 1 fd none":   "Couldn't retrieve pinned program 'none': No such file or directory",
			"bpf graft map obj " + object:   "Couldn't infer map key from section name! Please provide 'key' argument!",
			"bpf graft map key 1 obj " + object: "Couldn't retrieve pinned map 'map': " +
				"No such file or directory",
			"bpf graft m:globals/by_name key 0 obj " + object: "Map specification differs from pinned file!\n" +
				" - Type:         3 (obj) != 2 (pin)\n - Size value:   4 (obj) != 8 (pin)\n\n" +
				"Map 'm:globals/by_name' self-check failed!",
		} {
			for name, program := range withTc(t) {
				r := program("exec " + line)
				if r.Out != "" || (r.Code == 0) != (want == "") || name == "kern" && want != "" && r.Code != 255 {
					t.Errorf("%s exec %s: %v", name, line, r)
				}
				for part := range strings.Lines(want) {
					if !strings.Contains(r.Err, part) {
						t.Errorf("%s exec %s: no %q in %v", name, line, part, r)
					}
				}
			}
		}
	})
}

// A program in the place of the one that another one jumps to is jumped to.
func TestExecPutsProgramsIntoMaps(t *testing.T) {
	object, sections := bpftest.Object(t, "btf"), bpftest.Object(t, "prog")
	for name, program := range withTc(t) {
		withObjects(t, func(mnt string) {
			makes(t, kern("filter add dev d0 egress protocol ip pref 1 bpf da obj "+bpftest.Object(t, "jump")))
			counts := func(doing string, want map[string]uint64) {
				t.Helper()
				send(t, 3)
				for path, n := range want {
					if got := bpftest.Count(t, mnt+"/tc/globals/"+path); got != n {
						t.Errorf("%s: %s: %s counts %d packets", name, doing, path, got)
					}
				}
			}
			if r := program("exec bpf graft m:globals/targets key 1 object-file " + object + " type cls"); r.Code != 0 {
				t.Fatal(r)
			}
			counts("key of the command", map[string]uint64{"by_name": 3})
			if r := kern("exec bpf graft " + mnt + "/tc/globals/targets obj " + sections + " sec 7/1"); r.Code != 0 {
				t.Fatal(r)
			}
			counts("key of the section", map[string]uint64{"by_name": 3, "counts": 3})
			bpftest.Pin(t, programID(t, "filter show dev d0 ingress"), mnt+"/first")
			if r := program("exec bpf graft m:globals/targets key 0x1 object-pinned " + mnt + "/first"); r.Code != 0 {
				t.Fatal(r)
			}
			counts("pinned program", map[string]uint64{"counts": 6})
			r := program("exec bpf graft m:globals/targets key 1 obj " + object + " type act")
			want := "Program array map owner types differ: 4 (obj) != 3 (pin)\nMap update failed: Invalid argument\n"
			if r.Code != 255 || r.Err != want {
				t.Errorf("%s: type of another one: %v", name, r)
			}
			counts("type of another one", map[string]uint64{"counts": 9})
			if dropped(t) != 12 {
				t.Errorf("%s: %d packets are dropped", name, dropped(t))
			}
		})
	}
}

// programID is the number of the program that a list shows first.
func programID(t *testing.T, show string) uint32 {
	t.Helper()
	out := kern(show).Out
	m := regexp.MustCompile(` id (\d+)`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no program in %s", out)
	}
	id, err := strconv.ParseUint(m[1], 10, 32)
	if err != nil {
		t.Fatal(out, err)
	}
	return uint32(id)
}

// An agent gets the maps of the object file of a filter by their numbers. With libbpf, tc sends none.
func TestExecGivesMapsToAgents(t *testing.T) {
	object, socket := bpftest.Object(t, "prog"), filepath.Join(t.TempDir(), "socket")
	agent := []string{"exec", "bpf", "import", socket, "run", "sh", "-c",
		`echo ready
		for fd in $BPF_MAP7 $BPF_MAP0; do
			while read key value; do [ $key = map_type: ] && echo type $value; done </proc/self/fdinfo/$fd
		done
		echo $BPF_NUM_MAPS "$@"
		echo end`,
		"0", "last", "word"}
	agents := map[string]*exec.Cmd{"kern": clitest.Process(t, agent...)}
	if _, err := exec.LookPath("tc"); err == nil {
		agents["tc"] = exec.Command("tc", agent...)
	}
	for name, cmd := range agents {
		withObjects(t, func(string) {
			w := clitest.Watch(t, cmd)
			line := "filter replace dev d0 egress protocol ip pref 1 handle 1 bpf da obj " + object + " export " + socket
			w.First(t, func() { kern(line) })
			got := w.Until(t, "end")
			if err := w.Cmd.Wait(); err != nil || got != "type 3\ntype 2\n2 last word\n" { // BPF_MAP_TYPE_…
				t.Errorf("%s: %v, %q, %s", name, err, got, w.Err)
			}
			if r := kern(line); r.Code == 0 || !strings.Contains(r.Err, "Cannot send fds to "+socket+
				": No such file or directory") {
				t.Errorf("%s: nobody listens any more: %v", name, r)
			}
		})
	}
}

// What programs print comes as they print it.
func TestExecShowsWhatProgramsPrint(t *testing.T) {
	dir := t.TempDir()
	nstest.Private(t)
	nstest.Need(t, "tracefs", "", unix.Mount("tracefs", dir, "tracefs", 0, ""))
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	object := bpftest.Object(t, "print")
	readers := []*exec.Cmd{clitest.Process(t, "exec", "bpf", "dbg"), clitest.Process(t, "exec", "bpf", "deb")}
	if _, err := exec.LookPath("tc"); err == nil {
		readers = append(readers, exec.Command("tc", "exec", "bpf", "debug"))
	}
	withObjects(t, func(string) {
		makes(t, kern("filter add dev d0 egress protocol ip bpf da obj "+object))
		for i, cmd := range readers {
			size := 1 + os.Getpid()%1000 + i // what is left of other readers has another one
			// one stream for both
			merged := exec.Command("sh", append([]string{"-c", `exec "$@" 2>&1`, "sh"}, cmd.Args...)...)
			merged.Env = cmd.Env
			w := clitest.Watch(t, merged)
			w.Until(t, "Running! Hang up with ^C!")
			sendSized(t, 1, size)
			w.Until(t, fmt.Sprintf("bpf_trace_printk: a packet of %d bytes", unix.ETH_HLEN+20+8+size))
			w.Stop(t)
		}
	})
}
