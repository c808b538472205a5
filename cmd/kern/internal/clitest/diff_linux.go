// Package clitest compares a program of this module with iproute2's of the same
// name: what both print for the same state, what state the same words make, and
// how both end. The TestMain of a package that uses it calls [Main].
package clitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/nstest"
)

// Result is the outcome of a command.
type Result struct {
	Out, Err string
	Code     int
}

func (r Result) String() string { return fmt.Sprintf("status %d\n%s%s", r.Code, r.Out, r.Err) }

// Kern runs this program by the name of ip, on the calling thread.
func Kern(args ...string) Result { return KernIn("", args...) }

// KernIn is [Kern] with a standard input.
func KernIn(stdin string, args ...string) Result {
	var out, err bytes.Buffer
	code := cli.Run(under, args, strings.NewReader(stdin), &out, &err)
	return Result{out.String(), err.String(), code}
}

// IP runs iproute2's ip in the calling thread's namespace.
func IP(t testing.TB, args ...string) Result { return IPIn(t, "", args...) }

// IPIn is [IP] with a standard input.
func IPIn(t testing.TB, stdin string, args ...string) Result {
	t.Helper()
	return programIn(t, "ip", stdin, args...)
}

// Peer runs iproute2's program of the name that the tests are about.
func Peer(t testing.TB, args ...string) Result {
	t.Helper()
	return programIn(t, under.Name, "", args...)
}

// PeerIn is [Peer] with a standard input.
func PeerIn(t testing.TB, stdin string, args ...string) Result {
	t.Helper()
	return programIn(t, under.Name, stdin, args...)
}

func programIn(t testing.TB, name, stdin string, args ...string) Result {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// NeedIP skips a test where the ip to compare with is not installed.
func NeedIP(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("iproute2 is not installed")
	}
}

// SetUp runs commands of ip, one a string. A kernel that was built without
// what they need skips the test, and so does an ip that a signal ends: that of iproute2 7.3 does not survive
// 6rd-reset.
func SetUp(t testing.TB, cmds ...string) {
	t.Helper()
	for _, cmd := range cmds {
		var err error
		r := IP(t, Words(t, cmd)...)
		if r.Code < 0 {
			t.Skipf("ip %s: a signal ended iproute2's program", cmd)
		}
		if r.Code != 0 {
			err = Refusal(strings.TrimSpace(r.Err))
		}
		nstest.Need(t, "ip "+cmd, "", err)
	}
}

// SetUpByKern runs the same commands by this program.
func SetUpByKern(t testing.TB, cmds ...string) {
	t.Helper()
	for _, cmd := range cmds {
		if r := Kern(Words(t, cmd)...); r.Code != 0 {
			t.Fatalf("kern %s: %v", cmd, r)
		}
	}
}

// Refusal is what ip said. It is an error number to nstest where that is about
// a kernel that was built without something, or about root of the machine.
type Refusal string

func (r Refusal) Error() string { return string(r) }

func (r Refusal) Is(target error) bool {
	switch target {
	case syscall.EOPNOTSUPP:
		return strings.Contains(string(r), "Unknown device type") || strings.Contains(string(r), "not supported")
	case os.ErrPermission:
		return strings.Contains(string(r), "Operation not permitted")
	}
	return false
}

// Words are the words of a command line, as in a batch.
func Words(t testing.TB, line string) []string {
	t.Helper()
	w, err := cli.SplitWords(line)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Moving are JSON keys whose values change by themselves.
var Moving = []string{
	"gc_timer", "hello_timer", "tcn_timer", "topology_change_timer", "valid_life_time", "preferred_life_time",
	"expires", "used", "confirmed", "updated", "idle_time", "unbalanced_time",
	"timer",
}

// forever is the time of what does not expire.
const forever = 1<<32 - 1

// DecodeJSON reads JSON for a comparison; it removes the members in drop, and
// reports the newer ones that it found.
func DecodeJSON(t testing.TB, text string, drop []string) (v any, extra bool) {
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
			if encap, ok := v["encap"].(map[string]any); ok && !SameWords() { // older versions have no object for it
				maps.Copy(v, encap)
				v["encap"] = encap["encap_type"]
				delete(v, "encap_type")
			}
			for k, e := range v {
				if slices.Contains(ours, k) {
					delete(v, k)
				} else if isNewer(k, e) {
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
	if list, ok := v.([]any); ok && !SameWords() {
		// Older versions leave an empty object where a link was not wanted.
		v = slices.DeleteFunc(list, func(e any) bool { m, ok := e.(map[string]any); return ok && len(m) == 0 })
	}
	return v, extra
}

// Timers are numbers in text that change by themselves.
var Timers = regexp.MustCompile(`(_timer +|_lft |expires |used |idle_time |unbalanced_time )[0-9./]+(sec)?`)

// groupTimers stand at the ends of lines about multicast groups of bridges.
var groupTimers = regexp.MustCompile(`(?m)^(dev \S+ port \S+ grp .*?) +\d+\.\d\d *$`)

func withoutTimers(r Result) Result {
	r.Out = groupTimers.ReplaceAllString(r.Out, "$1 N")
	r.Out = Timers.ReplaceAllString(r.Out, "${1}N")
	return r
}

// CompareShow compares what both print, as JSON and as text.
func CompareShow(t testing.TB, args ...string) {
	t.Helper()
	asked := append([]string{"-j"}, args...)
	drop := Moving
	if !SameWords() && slices.Contains(args, "-6") {
		drop = append(slices.Clone(Moving), "txqlen") // older versions ask once more for it
	}
	extra := false
	fromIP, fromKern := whileStill(t, func(program func(args ...string) Result) any {
		v, more := DecodeJSON(t, orEmpty(program(asked...).Out), drop)
		extra = extra || more
		return v
	})
	if !reflect.DeepEqual(fromIP, fromKern) {
		t.Errorf("%v: JSON differs at %s", args, FirstDifference("", fromIP, fromKern))
	}
	if extra || !SameWords() && (!OldWords() || slices.Contains(args, "-6")) {
		return // the text differs
	}
	textOfIP, textOfKern := whileStill(t, func(program func(args ...string) Result) Result {
		return common(withoutTimers(program(args...)))
	})
	if textOfIP != textOfKern {
		t.Errorf("%v differs:\nip   %v\nkern %v", args, textOfIP, textOfKern)
	}
}

// whileStill is what ask gets from ip and from kern of one and the same state.
// The kernel looks after carriers and new addresses in its own time: where ip
// reports something else afterwards, both are asked again.
func whileStill[T any](t testing.TB, ask func(program func(args ...string) Result) T) (fromIP, fromKern T) {
	t.Helper()
	byIP := func(args ...string) Result { return Peer(t, args...) }
	for range 100 {
		fromIP, fromKern = ask(byIP), ask(Kern)
		if reflect.DeepEqual(fromIP, fromKern) || reflect.DeepEqual(fromIP, ask(byIP)) {
			return fromIP, fromKern
		}
	}
	t.Fatal("the state does not hold still")
	return fromIP, fromKern
}

// FirstDifference says where two JSON values differ first, and how.
func FirstDifference(at string, a, b any) string {
	switch x := a.(type) {
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				if !reflect.DeepEqual(x[i], y[i]) {
					return FirstDifference(fmt.Sprintf("%s[%d]", at, i), x[i], y[i])
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
					return FirstDifference(at+"."+k, x[k], y[k])
				}
			}
		}
	}
	return fmt.Sprintf("%s:\nip   %s\nkern %s", at, Marshal(a), Marshal(b))
}

func orEmpty(s string) string {
	if strings.TrimSpace(s) == "" {
		return "null"
	}
	return s
}

// Marshal is v as JSON.
func Marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// CompareRun compares output, messages and exit status.
// Without the same words, that is whether both succeed.
func CompareRun(t testing.TB, stdin string, args ...string) {
	t.Helper()
	a, b := programIn(t, under.Name, stdin, args...), KernIn(stdin, args...)
	a, b = common(withoutTimers(a)), common(withoutTimers(b))
	for _, r := range []*Result{&a, &b} {
		if i := strings.Index(r.Err, "Usage:"); i >= 0 {
			r.Err = r.Err[:i] // the grammar is in each one's own words
		}
	}
	if a != b && (SameWords() || OldWords() || (a.Code == 0) != (b.Code == 0)) {
		t.Errorf("%v differs:\nip   %v\nkern %v", args, a, b)
	}
}

// StateOf is all that ip shows of the links and addresses here, without what
// the kernel makes up.
func StateOf(t testing.TB) string {
	t.Helper()
	var all []any
	for _, args := range [][]string{{"-d", "-j", "link"}, {"-j", "addr"}} {
		v, _ := DecodeJSON(t, IP(t, args...).Out,
			append([]string{"root_id", "bridge_id", "tentative", "dadfailed"}, Moving...))
		all = append(all, v)
	}
	return Marshal(all)
}

// DiffState is a state of the network, made by the same words with either
// program.
type DiffState struct {
	Name  string
	NetNS []string // named namespaces that it needs
	Cmds  []string
	Show  []string // further commands that show it
	Newer bool     // ip 6.1 shows it in another form: what it shows is not compared
}

// Shown reports whether what both show of the state is to be compared.
func (s *DiffState) Shown() bool {
	return !(s.Newer && !SameWords())
}

// CompareStates makes each state with ip and compares what both show of it;
// then it makes the state with this program and compares what ip shows.
func CompareStates(t *testing.T, states []DiffState, shows ...string) {
	NeedIP(t)
	for _, s := range states {
		t.Run(s.Name, func(t *testing.T) {
			var byIP, byKern string
			nstest.Do(t, func() {
				defer s.namespaces(t)()
				SetUp(t, s.Cmds...)
				if s.Shown() {
					for _, show := range slices.Concat(shows, s.Show) {
						CompareShow(t, Words(t, show)...)
					}
				}
				byIP = StateOf(t)
			})
			nstest.Do(t, func() {
				defer s.namespaces(t)()
				SetUpByKern(t, s.Cmds...)
				byKern = StateOf(t)
			})
			if byIP != byKern {
				t.Errorf("states differ:\nip   %s\nkern %s", byIP, byKern)
			}
		})
	}
}

// SameEnd compares how both ended; grammars that they print are in each one's
// own words.
func SameEnd(t testing.TB, line string, want, got Result) {
	t.Helper()
	want, got = common(want), common(got)
	for _, r := range []*Result{&want, &got} {
		if i := strings.Index(r.Err, "Usage:"); i >= 0 {
			r.Err = r.Err[:i]
		}
	}
	if want.Err == "" && want.Code == got.Code {
		return // a grammar says nothing of what is wrong with the words
	}
	if want != got && (SameWords() || OldWords() || (want.Code == 0) != (got.Code == 0)) {
		t.Errorf("%s:\nip   %v\nkern %v", line, want, got)
	}
}

// namespaces makes the named namespaces of a state; what it returns deletes
// them.
func (s DiffState) namespaces(t testing.TB) func() {
	t.Helper()
	for _, name := range s.NetNS {
		SetUp(t, "netns add "+name)
	}
	return func() {
		for _, name := range s.NetNS {
			SetUp(t, "netns del "+name)
		}
	}
}

// Await waits until what a command of ip prints is good.
func Await(t testing.TB, cmd string, good func(out string) bool) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		r := IP(t, Words(t, cmd)...)
		if good(r.Out) {
			return
		}
		if time.Since(start) > 10*time.Second {
			t.Fatalf("ip %s: still %v", cmd, r)
		}
	}
}
