package devlink

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// Devices of netdevsim are made and deleted by these files, and what they simulate by files of debugfs.
const (
	simulated   = "/sys/bus/netdevsim/"
	debugfs     = "/sys/kernel/debug"
	inDebugging = debugfs + "/netdevsim/"
)

// devices counts those that this process made: their numbers are the machine's.
var devices atomic.Uint32

// needDevlink skips a test where there is no devlink to compare with, and mounts what the simulation is directed by.
func needDevlink(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("devlink"); err != nil {
		t.Skip("iproute2's devlink is not installed")
	}
	_, err := os.Stat(simulated)
	if errors.Is(err, os.ErrNotExist) {
		err = syscall.EOPNOTSUPP
	}
	nstest.Need(t, "simulated devices (netdevsim)", "", err)
	if err := syscall.Access(simulated+"new_device", 2); err != nil {
		nstest.Need(t, "simulated devices, which root of the machine makes", "", err)
	}
	if _, err := os.Stat(inDebugging); err != nil {
		if err := syscall.Mount("debugfs", debugfs, "debugfs", 0, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// device makes a device with ports in the calling thread's namespace and returns its name and what deletes it.
func device(t *testing.T, number uint32, ports int) (name string, end func()) {
	t.Helper()
	write(t, simulated+"new_device", fmt.Sprintf("%d %d", number, ports))
	return fmt.Sprintf("netdevsim%d", number), func() {
		write(t, simulated+"del_device", fmt.Sprint(number))
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

// state is what commands make of a device, which both programs run. DEV is the device's handle.
type state struct {
	name  string
	files map[string]string // written into the directory of debugfs first, or into that of the device if they begin with /
	cmds  []string
	shows []string
}

var states = []state{
	{name: "nothing", shows: []string{"dev", "dev show DEV", "-s dev show", "dev info", "dev info DEV",
		"dev eswitch show DEV", "dev param", "dev param show DEV", "dev param show DEV name max_macs",
		"dev selftests show", "port", "port show DEV", "port show DEV/1", "port param", "port param show DEV/0",
		"port show eth0", "port function rate", "health", "health show DEV", "health show DEV reporter dummy", "port health",
		"health diagnose DEV reporter dummy", "-x health diagnose DEV reporter dummy", "health dump show DEV reporter dummy",
		"health diagnose DEV reporter empty", "region", "region show DEV", "region show DEV/dummy", "resource show DEV",
		"-v resource show DEV", "resource show DEV/1", "resource show scope dev", "trap", "-s trap", "-v trap show DEV",
		"-vs trap show DEV trap blackhole_route", "trap group", "-s trap group show DEV", "trap group show DEV group l3_drops",
		"trap policer", "-s trap policer show DEV policer 1", "sb", "sb pool", "sb port pool", "sb tc bind", "lc"}},
	{name: "param", cmds: []string{"dev param set DEV name max_macs value 16 cmode driverinit",
		"dev param set DEV name test1 value false cmode driverinit", "dev param set DEV name test2 value 77 cmode runtime"},
		shows: []string{"dev param show DEV"}},
	{name: "param default", cmds: []string{"dev param set DEV name max_macs value 16 cmode driverinit",
		"dev param set DEV name max_macs default cmode driverinit"}, shows: []string{"dev param show DEV"}},
	{name: "reload", cmds: []string{"dev param set DEV name max_macs value 16 cmode driverinit", "dev reload DEV",
		"dev reload DEV action driver_reinit"}, shows: []string{"-s dev show DEV", "dev param show DEV"}},
	{name: "switch", files: map[string]string{"/sriov_numvfs": "2"}, cmds: []string{"dev eswitch set DEV mode switchdev"},
		shows: []string{"dev eswitch show DEV", "port show DEV", "port function rate show", "port function rate show DEV"}},
	{name: "rates", files: map[string]string{"/sriov_numvfs": "2"}, cmds: []string{"dev eswitch set DEV mode switchdev",
		"port function rate add DEV/group1 tx_share 10mbit tx_max 1gbit",
		"port function rate set DEV/128 tx_max 2mbps tx_share 8kbit", "port function rate set DEV/129 parent group1",
		"port function rate set DEV/128 tc-bw 0:20 1:0 2:0 3:0 4:0 5:20 6:60 7:0", "port function rate add DEV/group2"},
		shows: []string{"port function rate show", "-i port function rate show DEV", "port function rate show DEV/128",
			"port function rate show DEV/group1"}},
	{name: "no rates", files: map[string]string{"/sriov_numvfs": "2"}, cmds: []string{"dev eswitch set DEV mode switchdev",
		"port function rate add DEV/group1", "port function rate set DEV/129 parent group1",
		"port function rate set DEV/129 noparent", "port function rate del DEV/group1"},
		shows: []string{"port function rate show"}},
	{name: "health", cmds: []string{"health set DEV reporter dummy auto_recover false grace_period 10 auto_dump false"},
		shows: []string{"health show DEV reporter dummy"}},
	{name: "region", cmds: []string{"region new DEV/dummy snapshot 25", "region new DEV/dummy snapshot 7",
		"region del DEV/dummy snapshot 25"}, shows: []string{"region show DEV/dummy"}},
	{name: "resource", cmds: []string{"resource set DEV path /IPv4/fib size 100", "resource set DEV path IPv6/fib-rules size 7"},
		shows: []string{"resource show DEV"}},
	{name: "resource applied", cmds: []string{"resource set DEV path IPv4/fib size 100", "dev reload DEV",
		"resource set DEV path IPv4/fib size -1"}, shows: []string{"resource show DEV"}},
	{name: "trap", cmds: []string{"trap set DEV trap blackhole_route action trap", "trap set DEV name source_mac_is_multicast action drop",
		"trap group set DEV group l2_drops action drop", "trap group set DEV group l3_drops nopolicer",
		"trap group set DEV group acl_drops policer 2", "trap policer set DEV policer 1 rate 4000 burst 256"},
		shows: []string{"trap show DEV", "trap group show DEV", "trap policer show DEV"}},
	{name: "split", cmds: []string{"port set eth0 type eth"}, shows: []string{"port show DEV"}},
}

// onDevice runs fn with a new device of a number, in a namespace of its own.
func (s *state) onDevice(t *testing.T, number uint32, fn func(in func(line string) []string)) {
	nstest.Do(t, func() {
		name, end := device(t, number, 2)
		defer end()
		for file, text := range s.files {
			if of, ok := strings.CutPrefix(file, "/"); ok {
				write(t, simulated+"devices/"+name+"/"+of, text)
			} else {
				write(t, inDebugging+name+"/"+file, text)
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
			number := uint32(os.Getpid())*100 + devices.Add(1)
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
var numbers = regexp.MustCompile(`(index|bytes|packets|dropped|occ)("?:| )\d+`)

func settled(text string) string { return numbers.ReplaceAllString(text, "$1 N") }

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
