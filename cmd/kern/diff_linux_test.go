package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
)

// The tests below compare this program, called as ip, with iproute2's: what
// both print for the same state, what state the same words make, and how both
// end. Its words are those of the version that Debian 12 has. Of others, what
// they say as JSON is compared, and whether they succeed.
const iproute2Version = "iproute2-6.1.0"

// sameWords tells whether ip is of iproute2Version.
var sameWords = sync.OnceValue(func() bool {
	out, err := exec.Command("ip", "-V").Output()
	return err == nil && bytes.Contains(out, []byte(iproute2Version))
})

// result is what a command left.
type result struct {
	out, err string
	code     int
}

func (r result) String() string { return fmt.Sprintf("status %d\n%s%s", r.code, r.out, r.err) }

// kern runs this program by the name of ip, on the calling thread.
func kern(args ...string) result { return kernIn("", args...) }

func kernIn(stdin string, args ...string) result {
	var out, err bytes.Buffer
	code := run(append([]string{"ip"}, args...), strings.NewReader(stdin), &out, &err)
	return result{out.String(), err.String(), code}
}

// ip runs iproute2's ip in the calling thread's namespace.
func ip(t testing.TB, args ...string) result { return ipIn(t, "", args...) }

func ipIn(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.Command("ip", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// needIP skips a test where the ip to compare with is not installed.
func needIP(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("iproute2 is not installed")
	}
}

// setUp runs commands of ip, one a string. A kernel that was built without
// what they need skips the test.
func setUp(t testing.TB, cmds ...string) {
	t.Helper()
	for _, cmd := range cmds {
		var err error
		if r := ip(t, words(t, cmd)...); r.code != 0 {
			err = refusal(strings.TrimSpace(r.err))
		}
		nstest.Need(t, "ip "+cmd, "", err)
	}
}

// setUpByKern runs the same commands by this program.
func setUpByKern(t testing.TB, cmds ...string) {
	t.Helper()
	for _, cmd := range cmds {
		if r := kern(words(t, cmd)...); r.code != 0 {
			t.Fatalf("kern %s: %v", cmd, r)
		}
	}
}

// refusal is what ip said. It is an error number to nstest where that is about
// a kernel that was built without something.
type refusal string

func (r refusal) Error() string { return string(r) }

func (r refusal) Is(target error) bool {
	return target == syscall.EOPNOTSUPP && (strings.Contains(string(r), "Unknown device type") ||
		strings.Contains(string(r), "not supported"))
}

func words(t testing.TB, line string) []string {
	t.Helper()
	w, err := splitWords(line)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// newer are JSON keys of what newer kernels tell and iproute2 6.1 does not know.
var newer = []string{
	"fdb_n_learned", "fdb_max_learned", "mst_enabled", "mdb_offload_fail_notification", "fdb_local_vlan_0", "stp_mode",
	"mab", "neigh_vlan_suppress", "mcast_n_groups", "mcast_max_groups", "mcast_eht_hosts_limit", "mcast_eht_hosts_cnt",
	"backup_nhid", "gso_ipv4_max_size", "gro_ipv4_max_size", "mrp_ring_open", "mrp_in_open", "localbypass", "mcroute", "reserved_bits",
	"bcast_flood_cutoff", "bccutoff", "neigh_forward_grat", "sport_mask", "dport_mask", "netns-immutable",
}

// moving are JSON keys whose values change by themselves.
var moving = []string{
	"gc_timer", "hello_timer", "tcn_timer", "topology_change_timer", "valid_life_time", "preferred_life_time",
	"expires", "used", "confirmed", "updated",
}

// decodeJSON reads JSON for a comparison; it removes the members in drop, and
// reports the newer ones that it found.
func decodeJSON(t testing.TB, text string, drop []string) (v any, extra bool) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				protocol, _ := e.(string) // of addresses, as newer versions tell it
				if slices.Contains(newer, k) || k == "protocol" && (strings.HasPrefix(protocol, "kernel_") || strings.HasPrefix(protocol, "0x")) {
					delete(v, k)
					extra = true
				} else if slices.Contains(drop, k) && e != float64(forever) {
					delete(v, k)
				}
				walk(e)
			}
		}
	}
	walk(v)
	if list, ok := v.([]any); ok && !sameWords() {
		// Older versions leave an empty object where a link was not wanted.
		v = slices.DeleteFunc(list, func(e any) bool { m, ok := e.(map[string]any); return ok && len(m) == 0 })
	}
	return v, extra
}

// newerText is what newer versions add to text: protocols of addresses, sizes,
// and the events of multicast addresses.
var newerText = regexp.MustCompile(`(?m)^.* inet6? +mcast .*\n( +valid_lft .*\n)?|proto (kernel_(lo|ra|ll)|0x[123]) |g[sr]o_ipv4_max_size [0-9]+ `)

// colours are those of text, of which newer versions have others.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// common returns text without what versions of iproute2 differ in.
func common(text string) string {
	if sameWords() {
		return text
	}
	text = colours.ReplaceAllString(text, "")
	return regexp.MustCompile(` +`).ReplaceAllString(newerText.ReplaceAllString(text, ""), " ")
}

// timers are numbers in text that change by themselves.
var timers = regexp.MustCompile(`(_timer +|_lft |expires |used )[0-9./]+(sec)?`)

func withoutTimers(r result) result {
	r.out = timers.ReplaceAllString(r.out, "${1}N")
	return r
}

// compareShow compares what both print, as JSON and as text.
func compareShow(t testing.TB, args ...string) {
	t.Helper()
	asked := append([]string{"-j"}, args...)
	drop := moving
	if !sameWords() && slices.Contains(args, "-6") {
		drop = append(slices.Clone(moving), "txqlen") // newer versions do not know it from the addresses' dump
	}
	extra := false
	fromIP, fromKern := whileStill(t, func(program func(args ...string) result) any {
		v, more := decodeJSON(t, orEmpty(program(asked...).out), drop)
		extra = extra || more
		return v
	})
	if !reflect.DeepEqual(fromIP, fromKern) {
		t.Errorf("%v: JSON differs at %s", args, firstDifference("", fromIP, fromKern))
	}
	if extra || !sameWords() {
		return // the text differs
	}
	textOfIP, textOfKern := whileStill(t, func(program func(args ...string) result) result {
		return withoutTimers(program(args...))
	})
	if textOfIP != textOfKern {
		t.Errorf("%v differs:\nip   %v\nkern %v", args, textOfIP, textOfKern)
	}
}

// whileStill is what ask gets from ip and from kern of one and the same state.
// The kernel looks after carriers and new addresses in its own time: where ip
// tells something else afterwards, both are asked again.
func whileStill[T any](t testing.TB, ask func(program func(args ...string) result) T) (fromIP, fromKern T) {
	t.Helper()
	byIP := func(args ...string) result { return ip(t, args...) }
	for range 100 {
		fromIP, fromKern = ask(byIP), ask(kern)
		if reflect.DeepEqual(fromIP, fromKern) || reflect.DeepEqual(fromIP, ask(byIP)) {
			return fromIP, fromKern
		}
	}
	t.Fatal("the state does not hold still")
	return fromIP, fromKern
}

// firstDifference says where two JSON values differ first, and how.
func firstDifference(at string, a, b any) string {
	switch x := a.(type) {
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				if !reflect.DeepEqual(x[i], y[i]) {
					return firstDifference(fmt.Sprintf("%s[%d]", at, i), x[i], y[i])
				}
			}
		}
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		for _, m := range []map[string]any{x, y} {
			for k := range m {
				if !reflect.DeepEqual(x[k], y[k]) {
					return firstDifference(at+"."+k, x[k], y[k])
				}
			}
		}
	}
	return fmt.Sprintf("%s:\nip   %s\nkern %s", at, marshal(a), marshal(b))
}

func orEmpty(s string) string {
	if strings.TrimSpace(s) == "" {
		return "null"
	}
	return s
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// compareRun compares output, messages and exit status.
// Without the same words, that is whether both succeed.
func compareRun(t testing.TB, stdin string, args ...string) {
	t.Helper()
	a, b := ipIn(t, stdin, args...), kernIn(stdin, args...)
	a, b = withoutTimers(a), withoutTimers(b)
	for _, r := range []*result{&a, &b} {
		if i := strings.Index(r.err, "Usage:"); i >= 0 {
			r.err = r.err[:i] // the grammar is in each one's own words
		}
	}
	if a != b && (sameWords() || (a.code == 0) != (b.code == 0)) {
		t.Errorf("%v differs:\nip   %v\nkern %v", args, a, b)
	}
}

// stateOf is all that ip tells of the links and addresses here, without what
// the kernel makes up.
func stateOf(t testing.TB) string {
	t.Helper()
	var all []any
	for _, args := range [][]string{{"-d", "-j", "link"}, {"-j", "addr"}} {
		v, _ := decodeJSON(t, ip(t, args...).out, append([]string{"root_id", "bridge_id", "tentative", "dadfailed"}, moving...))
		all = append(all, v)
	}
	return marshal(all)
}

// diffState is a state of the network, made by the same words with either
// program.
type diffState struct {
	name  string
	netns []string // named namespaces that it needs
	cmds  []string
	show  []string // further commands that show it
}

// compareStates makes each state with ip and compares what both show of it;
// then it makes the state with this program and compares what ip shows.
func compareStates(t *testing.T, states []diffState, shows ...string) {
	needIP(t)
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			var byIP, byKern string
			nstest.Do(t, func() {
				defer s.namespaces(t)()
				setUp(t, s.cmds...)
				for _, show := range slices.Concat(shows, s.show) {
					compareShow(t, words(t, show)...)
				}
				byIP = stateOf(t)
			})
			nstest.Do(t, func() {
				defer s.namespaces(t)()
				setUpByKern(t, s.cmds...)
				byKern = stateOf(t)
			})
			if byIP != byKern {
				t.Errorf("states differ:\nip   %s\nkern %s", byIP, byKern)
			}
		})
	}
}

// sameEnd compares how both ended; grammars that they print are in each one's
// own words.
func sameEnd(t testing.TB, line string, want, got result) {
	t.Helper()
	for _, r := range []*result{&want, &got} {
		if i := strings.Index(r.err, "Usage:"); i >= 0 {
			r.err = r.err[:i]
		}
	}
	if want.err == "" && want.code == got.code {
		return // a grammar says nothing of what is wrong with the words
	}
	if want != got && (sameWords() || (want.code == 0) != (got.code == 0)) {
		t.Errorf("%s:\nip   %v\nkern %v", line, want, got)
	}
}

// namespaces makes the named namespaces of a state; what it returns deletes
// them.
func (s diffState) namespaces(t testing.TB) func() {
	t.Helper()
	for _, name := range s.netns {
		setUp(t, "netns add "+name)
	}
	return func() {
		for _, name := range s.netns {
			setUp(t, "netns del "+name)
		}
	}
}
