package devlink

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// needDevlink skips a test where there is no devlink to compare with, or no device.
func needDevlink(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("devlink"); err != nil {
		t.Skip("iproute2's devlink is not installed")
	}
	nstest.NeedSimulated(t)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

// state is what commands make of a device, which both programs run. DEV is the device's handle.
type state struct {
	name string
	// written into the directory of debugfs first, or into that of the device if they begin with /
	files map[string]string
	cmds  []string
	shows []string
}

var states = []state{
	{name: "nothing", shows: []string{"dev", "dev show DEV", "-s dev show", "dev info", "dev info DEV",
		"dev eswitch show DEV", "dev param", "dev param show DEV", "dev param show DEV name max_macs",
		"dev selftests show", "port", "port show DEV", "port show DEV/1", "port param",
		"port show eth0", "port function rate", "health", "health show DEV", "health show DEV reporter dummy", "port health",
		"health diagnose DEV reporter empty", "region", "region show DEV", "region show DEV/dummy", "resource show DEV",
		"-v resource show DEV", "resource show DEV/1", "resource show scope dev", "trap", "-s trap", "-v trap show DEV",
		"-vs trap show DEV trap blackhole_route", "trap group", "-s trap group show DEV",
		"trap group show DEV group l3_drops",
		"trap policer", "-s trap policer show DEV policer 1", "sb", "sb pool", "sb port pool", "sb tc bind", "lc"}},
	{name: "param", cmds: []string{"dev param set DEV name max_macs value 16 cmode driverinit",
		"dev param set DEV name test1 value false cmode driverinit", "dev param set DEV name test2 value 77 cmode runtime"},
		shows: []string{"dev param show DEV"}},
	{name: "param default", cmds: []string{"dev param set DEV name max_macs value 16 cmode driverinit",
		"dev param set DEV name max_macs default cmode driverinit"}, shows: []string{"dev param show DEV"}},
	{name: "reload", cmds: []string{"dev param set DEV name max_macs value 16 cmode driverinit", "dev reload DEV",
		"dev reload DEV action driver_reinit"}, shows: []string{"-s dev show DEV", "dev param show DEV"}},
	{name: "switch", files: map[string]string{"/sriov_numvfs": "2"}, cmds: []string{"dev eswitch set DEV mode switchdev"},
		shows: []string{"dev eswitch show DEV", "port show DEV", "port function rate show"}},
	{name: "rates", files: map[string]string{"/sriov_numvfs": "2"}, cmds: []string{"dev eswitch set DEV mode switchdev",
		"port function rate add DEV/group1 tx_share 10mbit tx_max 1gbit",
		"port function rate set DEV/128 tx_max 2mbps tx_share 8mbit", "port function rate set DEV/129 parent group1",
		"port function rate set DEV/128 tc-bw 0:20 1:0 2:0 3:0 4:0 5:20 6:60 7:0", "port function rate add DEV/group2"},
		shows: []string{"port function rate show", "-i port function rate show", "port function rate show DEV/128",
			"port function rate show DEV/group1"}},
	{name: "no rates", files: map[string]string{"/sriov_numvfs": "2"},
		cmds: []string{"dev eswitch set DEV mode switchdev",
			"port function rate add DEV/group1", "port function rate set DEV/129 parent group1",
			"port function rate set DEV/129 noparent", "port function rate del DEV/group1"},
		shows: []string{"port function rate show"}},
	{name: "health", cmds: []string{"health set DEV reporter dummy auto_recover false grace_period 10 auto_dump false"},
		shows: []string{"health show DEV reporter dummy"}},
	{name: "region", cmds: []string{"region new DEV/dummy snapshot 25", "region new DEV/dummy snapshot 7",
		"region del DEV/dummy snapshot 25"}, shows: []string{"region show DEV/dummy"}},
	{name: "resource", cmds: []string{"resource set DEV path /IPv4/fib size 100",
		"resource set DEV path IPv6/fib-rules size 7"},
		shows: []string{"resource show DEV"}},
	{name: "resource applied", cmds: []string{"resource set DEV path IPv4/fib size 100", "dev reload DEV",
		"resource set DEV path IPv4/fib size ' -1'"}, shows: []string{"resource show DEV"}},
	{name: "trap", cmds: []string{"trap set DEV trap blackhole_route action trap",
		"trap set DEV name source_mac_is_multicast action drop",
		"trap group set DEV group l2_drops action drop", "trap group set DEV group l3_drops nopolicer",
		"trap group set DEV group acl_drops policer 2", "trap policer set DEV policer 1 rate 4000 burst 256"},
		shows: []string{"trap show DEV", "trap group show DEV", "trap policer show"}},
}

// onDevice runs fn with a new device of a number, in a namespace of its own.
func (s *state) onDevice(t *testing.T, number uint32, fn func(in func(line string) []string)) {
	nstest.Do(t, func() {
		name, end := nstest.Simulate(t, number, 2)
		defer end()
		for file, text := range s.files {
			if of, ok := strings.CutPrefix(file, "/"); ok {
				write(t, nstest.Simulated+"devices/"+name+"/"+of, text)
			} else {
				write(t, nstest.Simulation+name+"/"+file, text)
			}
		}
		fn(func(line string) []string {
			return clitest.Words(t, strings.ReplaceAll(line, "DEV", "netdevsim/"+name))
		})
	})
}

func TestStatesAreThoseOfDevlink(t *testing.T) {
	needDevlink(t)
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			number := nstest.NewSimulated()
			var byDevlink, byKern []string
			s.onDevice(t, number, func(in func(string) []string) {
				for _, cmd := range s.cmds {
					if r := clitest.Peer(t, in(cmd)...); r.Code != 0 {
						t.Errorf("devlink %s: %v", cmd, r)
					}
				}
				for _, show := range s.shows {
					same(t, in(show)...)
					byDevlink = append(byDevlink, settled(clitest.Peer(t, in(show)...).Out))
				}
			})
			s.onDevice(t, number, func(in func(string) []string) {
				for _, cmd := range s.cmds {
					if r := clitest.Kern(in(cmd)...); r.Code != 0 {
						t.Errorf("kern %s: %v", cmd, r)
					}
				}
				for _, show := range s.shows {
					byKern = append(byKern, settled(clitest.Peer(t, in(show)...).Out))
				}
			})
			for i, show := range s.shows {
				if byDevlink[i] != byKern[i] {
					t.Errorf("%s differs:\nmade by devlink %s\nmade by kern %s", show, byDevlink[i], byKern[i])
				}
			}
		})
	}
}

// numbers change from one device to the next, or while they are looked at.
var numbers = regexp.MustCompile(`((?:index|bytes|packets|dropped|occ)(?:": ?| ))\d+`)

func settled(text string) string { return numbers.ReplaceAllString(text, "${1}0") }

// same compares what both print, as text and as JSON, and how they end.
func same(t *testing.T, args ...string) {
	t.Helper()
	for _, form := range [][]string{nil, {"-j"}, {"-jp"}} {
		words := slices.Concat(form, args)
		want, got := clitest.Peer(t, words...), clitest.Kern(words...)
		if settled(want.Out) != settled(got.Out) || want.Code != got.Code {
			t.Errorf("%v differs:\ndevlink %v\nkern    %v", words, want, got)
		}
		if form != nil && strings.TrimSpace(want.Out) != "" {
			a, _ := clitest.DecodeJSON(t, settled(want.Out), nil)
			b, _ := clitest.DecodeJSON(t, settled(got.Out), nil)
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%v: JSON differs at %s", words, clitest.FirstDifference("", a, b))
			}
		}
	}
}

func TestKernelRefusesAsItDoesDevlink(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		for _, line := range []string{
			"dev show netdevsim/none", "dev info netdevsim/none", "port show DEV/77", "port set DEV/0 type eth",
			"port split DEV/0 count 2", "port unsplit DEV/0", "port del DEV/0", "port add DEV flavour pcisf pfnum 0",
			"port function set DEV/0 hw_addr 00:00:00:00:00:01", "port function set DEV/0 state active roce enable",
			"dev eswitch set DEV mode switchdev_inactive", "dev eswitch set DEV inline-mode link",
			"dev eswitch set DEV encap-mode basic", "dev param set DEV name none value 1 cmode runtime",
			"dev param set DEV name max_macs value 1 cmode permanent",
			"dev param set DEV name max_macs value 0 cmode driverinit",
			"dev reload DEV action fw_activate", "dev reload DEV limit no_reset", "dev flash DEV file none.bin",
			"dev selftests run DEV", "dev selftests run DEV id flash", "health recover DEV reporter none",
			"health test DEV reporter dummy", "health set DEV reporter dummy burst_period 5",
			"health dump clear DEV reporter none",
			"region new DEV/none", "region del DEV/dummy snapshot 3", "region dump DEV/dummy snapshot 3",
			"region read DEV/dummy address 0 length 16", "trap set DEV trap none action drop",
			"trap policer set DEV policer 1 rate 1",
			"trap group set DEV group none policer 1", "sb pool set DEV pool 0 size 10 thtype static",
			"sb port pool set DEV/0 pool 0 th 1", "sb tc bind set DEV/0 tc 0 type ingress pool 0 th 1",
			"sb occupancy snapshot DEV", "sb occupancy clearmax DEV sb 1", "lc set DEV lc 0 type x", "lc set DEV lc 0 notype",
			"port function rate add DEV/new tx_share 1kbit", "port function rate del DEV/none",
			"dpipe table set DEV name x counters_enabled true", "resource set DEV path IPv4/fib size 5 ",
		} {
			want, got := clitest.Peer(t, in(line)...), clitest.Kern(in(line)...)
			want.Err = strings.ReplaceAll(want.Err, "devlink answers", "kernel answers")
			if want.Err != got.Err || want.Code != got.Code {
				t.Errorf("%s:\ndevlink %v\nkern    %v", line, want, got)
			}
		}
	})
}

func TestWordsThatAreWrong(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		for _, line := range []string{
			"", "help", "nothing", "dev help", "dev nothing", "dev show DEV/1", "dev show DEV more", "dev eswitch",
			"dev eswitch set",
			"dev eswitch set DEV", "dev eswitch set DEV mode odd", "dev param set DEV name max_macs cmode driverinit",
			"dev param set DEV name max_macs value x cmode driverinit", "dev param set DEV name max_macs value 1",
			"dev param set DEV name max_macs value 1 default cmode driverinit", "dev reload", "dev reload DEV action x",
			"dev reload DEV limit x", "dev flash DEV", "dev flash DEV file x overwrite y",
			"dev selftests run DEV id odd", "port show lo", "port show DEV/x", "port set DEV/0", "port set DEV/0 type x",
			"port split DEV/0", "port split DEV/0 count -3", "port function", "port function set",
			"port function set DEV/0 state x",
			"port function set DEV/0 roce x", "port add", "port add DEV", "port add DEV flavour x pfnum 1", "port del",
			"port function rate add DEV/7", "port function rate add DEV/g tx_share x", "port function rate add DEV/g tc-bw 0:1",
			"port function rate add DEV/g tx_share 2mbit tx_max 1mbit", "port function rate set DEV/0 tx_priority x",
			"health recover DEV", "health diagnose", "health dump show DEV", "health set DEV reporter dummy auto_recover x",
			"region new", "region new DEV", "region del DEV/dummy", "region read DEV/dummy address 1", "resource",
			"resource show scope x",
			"resource set DEV path x size 1", "resource set DEV path IPv4 size x", "trap set DEV",
			"trap set DEV trap x action y",
			"trap group set DEV", "trap policer set DEV rate 1", "sb port", "sb tc", "sb occupancy", "sb pool set DEV pool 1",
			"sb tc bind set DEV/0 tc 1 type x", "lc set DEV", "lc set DEV lc 1", "dpipe", "dpipe table", "dpipe header",
			"dpipe table dump DEV", "monitor nothing", "monitor help", "-Z", "--nothing", "-N nowhere dev", "-b /nowhere",
		} {
			want, got := clitest.Peer(t, in(line)...), clitest.Kern(in(line)...)
			if want.Code != got.Code || (want.Out == "") != (got.Out == "") || (want.Err == "") != (got.Err == "") {
				t.Errorf("%s:\ndevlink %v\nkern    %v", line, want, got)
			}
		}
	})
}

// What devlink does not print right is compared with what it is.
func TestBeyondDevlink(t *testing.T) {
	needDevlink(t)
	s := &state{files: map[string]string{"/sriov_numvfs": "1"}}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		kern := func(line string) string {
			t.Helper()
			r := clitest.Kern(in(line)...)
			if r.Code != 0 || r.Err != "" {
				t.Errorf("kern %s: %v", line, r)
			}
			return r.Out
		}
		kern("dev eswitch set DEV mode switchdev")
		// devlink asks for one of a device without saying which.
		for _, object := range []string{"trap policer show", "port function rate show"} {
			if all, some := kern(object), kern(object+" DEV"); all != some || !strings.Contains(some, in("DEV")[0]) {
				t.Errorf("%s: all are %q, those of the device %q", object, all, some)
			}
		}
		// The first port has a list of its own: devlink puts it into that of the device.
		resources, _ := clitest.DecodeJSON(t, kern("-j resource show"), nil)
		for _, of := range []string{in("DEV")[0], in("DEV/0")[0], in("DEV/1")[0]} {
			if list, ok := resources.(map[string]any)["resources"].(map[string]any)[of].([]any); !ok || len(list) == 0 {
				t.Errorf("%s has no resources: %v", of, resources)
			}
		}
		if r := clitest.Kern(in("dev reload DEV netns nowhere")...); r.Code != 1 || !strings.Contains(r.Err, "nowhere") {
			t.Error(r)
		}
	})
}

// binary are bytes that the simulation chooses anew for each answer.
var binary = regexp.MustCompile(`(?s)("test_binary": ?)\[.*?\]|(test_binary:\n)[^\n]*`)

// devlink stops where the driver ends one part too many.
func TestDiagnosisGoesOnBehindWhatDevlinkShows(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		write(t, nstest.Simulation+strings.TrimPrefix(in("DEV")[0], "netdevsim/")+"/health/break_health", "foo bar")
		for _, command := range []string{"health diagnose DEV reporter dummy", "health dump show DEV reporter dummy"} {
			for _, form := range []string{"", "-x "} {
				want := clitest.Peer(t, in(form+command)...).Out
				got := clitest.Kern(in(form + command)...)
				rest, begins := strings.CutPrefix(binary.ReplaceAllString(got.Out, "$1"), binary.ReplaceAllString(want, "$1"))
				if want == "" || got.Code != 0 || !begins || !strings.Contains(rest, "test_array_of_objects") {
					t.Errorf("%s%s:\ndevlink %s\nkern    %v", form, command, want, got)
				}
			}
			want, _ := clitest.DecodeJSON(t, clitest.Peer(t, in("-j "+command)...).Out, nil)
			got, _ := clitest.DecodeJSON(t, clitest.Kern(in("-j "+command)...).Out, nil)
			for key, v := range want.(map[string]any) {
				if key != "test_binary" && !reflect.DeepEqual(v, got.(map[string]any)[key]) {
					t.Errorf("%s: %s is %v, not %v", command, key, got, v)
				}
			}
			if list, _ := got.(map[string]any)["test_array_of_objects"].([]any); len(list) != 10 {
				t.Errorf("%s: %v", command, got)
			}
		}
		same(t, in("health show DEV reporter dummy")...)
	})
}

func TestRegionsAreReadAsByDevlink(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		for range 2 {
			if want, got := clitest.Peer(t, in("region new DEV/dummy")...),
				clitest.Kern(in("region new DEV/dummy")...); want.Code != 0 ||
				got.Code != 0 || !strings.Contains(got.Out, "snapshot") {
				t.Errorf("devlink %v, kern %v", want, got)
			}
		}
		for _, show := range []string{"region show DEV/dummy", "region dump DEV/dummy snapshot 1",
			"region read DEV/dummy snapshot 2 address 100 length 20", "region read DEV/dummy snapshot 1 addr 0 len 1",
			"region read DEV/dummy snapshot 1 address 32000 length 9999"} {
			same(t, in(show)...)
		}
	})
}

func TestFlashShowsWhatDevlinkShows(t *testing.T) {
	needDevlink(t)
	nstest.NeedGuest(t, "a file among the machine's firmware")
	const firmware = "/lib/firmware/"
	if err := os.MkdirAll(firmware, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(firmware+"kern-test.bin", []byte("firmware"), 0o644); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(firmware + "kern-test.bin")
	s := &state{files: map[string]string{"fw_update_flash_chunk_time_ms": "1"}}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		for _, line := range []string{"dev flash DEV file kern-test.bin",
			"dev flash DEV file kern-test.bin component fw.mgmt",
			"dev flash DEV file kern-test.bin overwrite settings", "dev flash DEV file none.bin"} {
			want, got := clitest.Peer(t, in(line)...), clitest.Kern(in(line)...)
			want.Err = strings.ReplaceAll(want.Err, "devlink answers", "kernel answers")
			if want != got {
				t.Errorf("%s:\ndevlink %v\nkern    %v", line, want, got)
			}
		}
	})
}

func TestDevicesMoveBetweenNamespaces(t *testing.T) {
	needDevlink(t)
	for _, move := range []func(testing.TB, ...string) clitest.Result{clitest.Peer,
		func(_ testing.TB, args ...string) clitest.Result { return clitest.Kern(args...) }} {
		s := &state{}
		s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
			clitest.SetUp(t, "netns add there")
			defer clitest.SetUp(t, "netns del there")
			if r := move(t, in("dev reload DEV netns there")...); r.Code != 0 {
				t.Fatal(r)
			}
			same(t, in("dev show")...)
			same(t, in("-N there dev show")...)
			same(t, in("-N there port show")...)
			if r := clitest.Kern(in("-N there dev show DEV")...); !strings.Contains(r.Out, in("DEV")[0]) {
				t.Errorf("the device is not there: %v", r)
			}
		})
	}
}

func TestOptionsAreReadAsByDevlink(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		for _, line := range []string{"dev show DEV -j", "dev -jp show DEV", "--json dev --pretty",
			"-jsv trap show DEV trap blackhole_route",
			"--stat dev", "-n port", "--no-nice-names port", "-- dev", "d s", "po l", "dev sh", "hea sh DEV rep dummy", "he",
			"reg"} {
			want, got := clitest.Peer(t, in(line)...), clitest.Kern(in(line)...)
			if settled(want.Out) != settled(got.Out) || want.Code != got.Code {
				t.Errorf("%s:\ndevlink %v\nkern    %v", line, want, got)
			}
		}
		for _, batch := range []string{"dev show DEV\nport show DEV/0\n# nothing\n",
			"dev show DEV\nport show DEV/7\ndev show DEV\n",
			"dev nothing\ndev show DEV\n"} {
			stdin := strings.ReplaceAll(batch, "DEV", in("DEV")[0])
			for _, options := range []string{"-b -", "-f -b -", "-fb-"} {
				want, got := clitest.PeerIn(t, stdin, in(options)...), clitest.KernIn(stdin, in(options)...)
				if settled(want.Out) != settled(got.Out) || want.Code != got.Code {
					t.Errorf("%s with %q:\ndevlink %v\nkern    %v", options, batch, want, got)
				}
			}
		}
	})
}

func TestMonitorReportsWhatDevlinkReports(t *testing.T) {
	needDevlink(t)
	for _, line := range []string{"monitor", "monitor all", "monitor dev", "monitor dev port health",
		"monitor trap dev trap-group trap-policer"} {
		t.Run(line, func(t *testing.T) {
			s := &state{}
			s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
				watchers := watch2(t, in(line))
				change(t, in)
				end := mark(t)
				var told []string
				for _, w := range watchers {
					told = append(told, flat(settled(w.Until(t, "[dev,new] netdevsim/"+end))))
					kill(t, w)
				}
				if told[0] != told[1] || told[0] == "" {
					t.Errorf("devlink %s\nkern    %s", told[0], told[1])
				}
			})
		})
	}
}

func TestMonitorInJSON(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		watchers := watch2(t, in("-j monitor dev port trap"))
		change(t, in)
		end := mark(t)
		var told []string
		for _, w := range watchers {
			told = append(told, settled(w.Until(t, end)))
		}
		if told[0] != told[1] || told[0] == "" {
			t.Errorf("devlink %s\nkern    %s", told[0], told[1])
		}
		kill(t, watchers[0])
		watchers[1].Stop(t)

		// What it printed is one document, also of what devlink leaves open.
		w := clitest.Watch(t, clitest.Process(t, in("-j monitor")...))
		listens(t, w)
		change(t, in)
		rest, code := w.Stop(t)
		if v, _ := clitest.DecodeJSON(t, rest, nil); code != 0 || len(v.(map[string]any)["mon"].([]any)) < 5 {
			t.Errorf("status %d, %v", code, v)
		}
	})
}

// kill ends a watcher. devlink does not always end when it is interrupted.
func kill(t *testing.T, w *clitest.Watcher) {
	t.Helper()
	if err := w.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = w.Cmd.Wait() // it was killed
}

// reporting begins what is said of a reporter.
var reporting = regexp.MustCompile(`\[health,status\]\s+(netdevsim/\S+:\s+)?`)

// flat is text without indents: those of devlink grow with what it reports of health, whose device it names once.
func flat(text string) string {
	text = reporting.ReplaceAllString(text, "[health,status] ")
	return strings.ReplaceAll(text, "  ", "")
}

// change has the kernel announce something of all sorts.
func change(t *testing.T, in func(string) []string) {
	t.Helper()
	write(t, nstest.Simulation+strings.TrimPrefix(in("DEV")[0], "netdevsim/")+"/health/break_health", "foo bar")
	for _, cmd := range []string{"dev param set DEV name test2 value 7 cmode runtime", "region new DEV/dummy snapshot 3",
		"region del DEV/dummy snapshot 3", "health recover DEV reporter dummy", "dev reload DEV"} {
		if r := clitest.Peer(t, in(cmd)...); r.Code != 0 {
			t.Fatal(r)
		}
	}
}

// mark makes a device and deletes it, and returns its name.
func mark(t *testing.T) string {
	t.Helper()
	name, end := nstest.Simulate(t, nstest.NewSimulated(), 1)
	end()
	return name
}

// watch2 starts both programs, and returns when they listen.
func watch2(t *testing.T, args []string) []*clitest.Watcher {
	t.Helper()
	watchers := []*clitest.Watcher{clitest.Watch(t, exec.Command("devlink", args...)),
		clitest.Watch(t, clitest.Process(t, args...))}
	for _, w := range watchers {
		w.Lines.Split(afterBraces)
		listens(t, w)
	}
	return watchers
}

// afterBraces cuts text into lines, and JSON behind what ends an object.
func afterBraces(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "}\n"); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) != 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// listens waits until a process is in a multicast group of generic netlink.
func listens(t *testing.T, w *clitest.Watcher) {
	t.Helper()
	pid := w.Cmd.Process.Pid
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/netlink", pid))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			// A thread of Go's may have the socket under another number; there are no other listeners here.
			if len(f) > 3 && f[1] == "16" && f[3] != "00000000" && sockets(t, pid)[f[9]] {
				return
			}
		}
		if time.Since(start) > 10*time.Second {
			t.Fatalf("%v does not listen: %s", w.Cmd.Args, w.Err)
		}
	}
}

// sockets are the inodes of those that a process has open.
func sockets(t *testing.T, pid int) map[string]bool {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd/", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, e := range entries {
		link, _ := os.Readlink(dir + e.Name()) // it may have been closed
		all[strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]")] = true
	}
	return all
}
