package rdma

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netns"
)

// needRdma skips a test where the kernel makes no RDMA device of a link, or iproute2's rdma is not installed. All
// namespaces have the device, so the tests are for guests.
func needRdma(t *testing.T) {
	t.Helper()
	nstest.NeedGuest(t, "RDMA devices, which all namespaces have")
	if _, err := exec.LookPath("rdma"); err != nil {
		t.Skip("iproute2's rdma is not installed")
	}
	for _, module := range []string{"rdma_rxe", "ib_uverbs", "rdma_ucm"} {
		nstest.LoadModule(t, module)
	}
}

// program is iproute2's or this one.
type program func(words ...string) clitest.Result

func programs(t *testing.T) map[string]program {
	return map[string]program{
		"rdma": func(words ...string) clitest.Result { return clitest.Peer(t, words...) },
		"kern": clitest.Kern,
	}
}

// must runs a command that has to succeed and say nothing.
func must(t *testing.T, run program, line string) {
	t.Helper()
	if r := run(clitest.Words(t, line)...); r.Code != 0 || r.Err != "" {
		t.Fatalf("%s: %v", line, r)
	}
}

// inWorld runs fn in a namespace with a link that has a device, made by one of the programs.
func inWorld(t *testing.T, by program, fn func()) {
	t.Helper()
	nstest.Do(t, func() {
		clitest.SetUp(t, "link add d0 address 02:00:00:00:00:01 type dummy", "addr add 10.9.0.1/24 dev d0", "link set d0 up")
		r := by("link", "add", "rxe0", "type", "rxe", "netdev", "d0")
		var err error
		if r.Code != 0 {
			err = clitest.Refusal(r.Err)
		}
		nstest.NeedOption(t, "CONFIG_RDMA_RXE", "", err)
		defer must(t, by, "link delete rxe0")
		fn()
	})
}

var shows = []string{
	"dev", "dev show", "-d dev show", "-d -o dev show rxe0", "dev list rxe0", "link", "-d link show rxe0/1",
	"link show", "-p link list", "resource", "resource show rxe0", "res show qp", "res show qp link rxe0",
	"res show qp link rxe0/1", "res show qp link rxe0/-", "-dd res show qp", "res show qp lqpn 1",
	"res show qp lqpn 0-2 type GSI,RC", "res show qp type rc", "res show qp pid 1", "res show cm_id",
	"res show cm_id link rxe0/1 ps tcp", "res show cm_id src-addr 10.9.0.1 src-port 7000-8000", "res show cq",
	"res show cq dev rxe0", "-dd res show cq users 1-100", "res show pd", "-dd res list pd dev rxe0", "res show mr",
	"res show mr mrlen 1-10000", "res show mr mrn 1", "res show ctx", "res show ctx dev rxe0 ctxn 0-5", "res show srq",
	"-dd res show srq dev rxe0", "statistic", "stat show link rxe0/1", "stat show link rxe0", "-o stat show",
	"stat mode", "stat mode supported link rxe0/1",
}

func show(t *testing.T, line string) {
	t.Helper()
	clitest.CompareShow(t, clitest.Words(t, line)...)
}

// shownRight skips a test where iproute2's rdma shows devices otherwise.
func shownRight(t *testing.T) {
	t.Helper()
	switch {
	case clitest.OldWords():
		t.Skip("rdma of iproute2 6.1 does not show the protocol of a device")
	case binary.NativeEndian.Uint16([]byte{0, 1}) == 1:
		t.Skip("iproute2's rdma turns identifiers round on big-endian machines")
	}
}

func TestShowsAreThoseOfRdma(t *testing.T) {
	needRdma(t)
	shownRight(t)
	for name, by := range programs(t) {
		t.Run("made by "+name, func(t *testing.T) {
			inWorld(t, by, func() {
				defer user(t)()
				for _, line := range shows {
					show(t, line)
				}
				if out := clitest.Kern("res", "show", "mr").Out; !strings.Contains(out, "mrlen 4096") {
					t.Errorf("the memory that this test has registered is not shown: %q", out)
				}
				if out := clitest.Kern("res", "show", "cm_id").Out; !strings.Contains(out, "src-addr 10.9.0.1:7471") {
					t.Errorf("the connection that this test waits for is not shown: %q", out)
				}
			})
		})
	}
}

// What one program sets, both show.
func TestSettings(t *testing.T) {
	needRdma(t)
	shownRight(t)
	for name, by := range programs(t) {
		t.Run("set by "+name, func(t *testing.T) {
			inWorld(t, by, func() {
				has := func(line, want string) {
					t.Helper()
					show(t, line)
					if r := clitest.Kern(clitest.Words(t, line)...); !strings.Contains(r.Out, want) {
						t.Errorf("%s: no %q in %v", line, want, r)
					}
				}
				must(t, by, "dev set rxe0 name other")
				has("dev show", ": other: ")
				must(t, by, "dev set other name rxe0")
				must(t, by, "dev set rxe0 adaptive-moderation on")
				has("-d dev show rxe0", "adaptive-moderation on ")
				must(t, by, "dev set rxe0 adaptive-moderation off")
				has("-d dev show rxe0", "adaptive-moderation off ")
				system := func(want string) {
					t.Helper()
					a, b := clitest.Peer(t, "system", "show"), clitest.Kern("system", "show")
					if a != b || !strings.Contains(a.Out, want) {
						t.Errorf("system: %q, %q, want %q", a, b, want)
					}
				}
				must(t, by, "system set privileged-qkey on")
				system("privileged-qkey on ")
				must(t, by, "system set privileged-qkey off")
				system("privileged-qkey off ")
				var all []map[string]any
				if err := json.Unmarshal([]byte(clitest.Kern("-j", "system").Out), &all); err != nil ||
					all[0]["privileged-qkey"] != false {
					t.Error(all, err) // rdma has text in place of JSON
				}
			})
		})
	}
}

func TestWrongWordsEndAsWithRdma(t *testing.T) {
	needRdma(t)
	if !clitest.SameWords() {
		t.Skip("iproute2 is older than 7.3")
	}
	inWorld(t, clitest.Kern, func() {
		for _, line := range []string{
			"nope", "-x dev", "--nope dev", "-b", "dev nope", "dev show nope", "dev show rxe0 more", "dev set", "dev set nope",
			"dev set rxe0", "dev set rxe0 nope", "dev set rxe0 name", "dev set rxe0 netns", "dev set rxe0 netns nope",
			"dev set rxe0 adaptive-moderation", "dev set rxe0 adaptive-moderation maybe", "dev set rxe0 name rxe0",
			"dev add", "dev add x", "dev add x type", "dev add x type nope", "dev add x type smi",
			"dev add x type smi parent", "dev add x type smi parent nope", "dev add x type smi parent rxe0", "dev delete",
			"dev delete nope", "dev delete rxe0 more", "dev delete rxe0", "dev help", "link nope", "link show rxe0",
			"link show rxe0/", "link show rxe0/0", "link show rxe0/2", "link show rxe0/x", "link show nope/1",
			"link show rxe0/1 more", "link add", "link add x", "link add x type", "link add x type rxe",
			"link add x type rxe netdev", "link add x type rxe netdev nope", "link add x type nope netdev d0",
			"link add rxe0 type rxe netdev d0", "link delete", "link delete nope", "link delete rxe0 more", "link help",
			"resource nope", "resource show nope", "resource show nope more", "resource show qp link",
			"resource show qp dev rxe0", "resource show qp link nope", "resource show qp link rxe0/7",
			"resource show qp link rxe0/0", "resource show qp lqpn x", "resource show qp lqpn", "resource show qp a b c",
			"resource show cq dev nope", "resource show pd users a-b", "resource show frmr_pools",
			"-r resource show qp", "-r resource show cq", "-r resource show mr", "-r resource show qp lqpn 1",
			"resource set", "resource set nope", "resource set frmr_pools", "resource set frmr_pools dev rxe0",
			"resource set frmr_pools dev rxe0 aging", "resource set frmr_pools dev rxe0 aging 0",
			"resource set frmr_pools dev rxe0 aging x", "resource set frmr_pools dev rxe0 aging 60",
			"resource set frmr_pools dev rxe0 pinned", "resource set frmr_pools dev rxe0 pinned 1:2",
			"resource set frmr_pools dev rxe0 pinned 1:2:3:4 5", "resource set frmr_pools dev rxe0 pinned 1:2:3:1",
			"resource set frmr_pools dev rxe0 pinned 1:2:3:1 x", "resource set frmr_pools dev rxe0 pinned 1:2:3:1 5",
			"resource set frmr_pools dev rxe0 pinned 1:2:1ffffffff:1 5", "system nope", "system show nope", "system set",
			"system set netns", "system set netns nope", "system set privileged-qkey",
			"system set privileged-qkey maybe", "system set nope", "statistic nope", "statistic show nope",
			"statistic show link nope", "statistic show link rxe0/0", "statistic show mr x", "statistic qp nope",
			"statistic qp show", "statistic qp show link rxe0/1 lqpn x", "statistic qp show link rxe0/1 nope 1",
			"statistic qp mode", "statistic qp set", "statistic qp set link rxe0/1 auto",
			"statistic qp set link rxe0/1 auto nope on", "statistic qp set link rxe0/1 auto type",
			"statistic qp set link rxe0/1 auto type maybe", "statistic qp set link rxe0/1 auto type on",
			"statistic qp set link rxe0/1 auto off", "statistic qp bind link rxe0/1", "statistic qp bind link rxe0",
			"statistic qp bind link rxe0/1 lqpn 1-2", "statistic qp bind link rxe0/1 lqpn 1",
			"statistic qp unbind link rxe0/1 cntn 1 lqpn 1", "statistic mode nope",
			"statistic unset link rxe0/1 optional-counters x", "statistic unset link rxe0/1 optional-counters",
			"monitor nope", "system set netns exclusive", "dev set rxe0 netns 1",
		} {
			words := clitest.Words(t, line)
			want, got := clitest.Peer(t, words...), clitest.Kern(words...)
			for _, r := range []*clitest.Result{&want, &got} { // grammars are in each one's own words
				if i := strings.Index(r.Out, "Usage:"); i >= 0 {
					r.Out = r.Out[:i]
				}
				r.Out = strings.TrimSpace(strings.ReplaceAll(r.Out, "[ ]", ""))
			}
			clitest.SameEnd(t, line, want, got)
		}
	})
}

// Events are announced in the namespace that devices are of, which is the first one while all have them.
func TestMonitorIsThatOfRdma(t *testing.T) {
	needRdma(t)
	if r := clitest.Kern("system"); !strings.Contains(r.Out, "monitor on") {
		nstest.Need(t, "events of RDMA devices", "6.12", clitest.Refusal("not supported"))
	}
	first, err := netns.GetFromPath("/proc/1/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	err = netns.Do(first, func() error {
		clitest.SetUp(t, "link add d0 address 02:00:00:00:00:01 type dummy")
		defer clitest.SetUp(t, "link delete d0")
		must(t, clitest.Kern, "link add rxe0 type rxe netdev d0")
		defer clitest.Kern("link", "delete", "rxe0")
		ours, theirs := clitest.Watch(t, clitest.Process(t, "monitor")), clitest.Watch(t, exec.Command("rdma", "monitor"))
		js := clitest.Watch(t, clitest.Process(t, "-j", "monitor"))
		begin(t, ours, theirs, js)
		must(t, clitest.Kern, "dev set rxe0 name two")
		must(t, clitest.Kern, "dev set two name rxe0")
		clitest.SetUp(t, "link set d0 up", "link set d0 down", "link set d0 name d1", "link set d1 name d0")
		must(t, clitest.Kern, "link delete rxe0")
		must(t, clitest.Kern, "link add rxe0 type rxe netdev d0")
		must(t, clitest.Kern, "dev set rxe0 name end")
		a, b := ours.Until(t, " end"), theirs.Until(t, " end")
		_, a, _ = strings.Cut(a, " two")
		_, b, _ = strings.Cut(b, " two")
		if a != b || !strings.Contains(a, "[UNREGISTER]\tdev ") || !strings.Contains(a, "[NETDEV_ATTACH]\tdev ") ||
			!strings.Contains(a, "[NETDEV_RENAME]\t netdev ") {
			t.Errorf("kern %q, rdma %q", a, b)
		}
		must(t, clitest.Kern, "dev set end name rxe0")
		js.Until(t, `"two"`)
		rest, code := js.Stop(t) // the array, but for its beginning
		var events []map[string]any
		err := json.Unmarshal([]byte("["+strings.TrimPrefix(rest, ",")), &events)
		if code != 0 || err != nil || len(events) < 6 || events[0]["rdma_dev"] != "rxe0" {
			t.Errorf("status %d, %v: %s", code, err, rest)
		}
		ours.Stop(t)
		theirs.Stop(t)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// begin renames a device until all see it: none says when it begins to listen.
func begin(t *testing.T, all ...*clitest.Watcher) {
	t.Helper()
	done := make(chan bool, len(all))
	for _, w := range all {
		go func() {
			for w.Lines.Scan() {
				if strings.Contains(w.Lines.Text(), "begin") {
					done <- true
					return
				}
			}
			done <- false
		}()
	}
	for n, i := 0, 0; n < len(all); i++ {
		must(t, clitest.Kern, "dev set rxe0 name begin")
		must(t, clitest.Kern, "dev set begin name rxe0")
		select {
		case ok := <-done:
			if n++; !ok {
				t.Fatal("a monitor ended")
			}
		case <-time.After(50 * time.Millisecond):
			if i == 200 {
				nstest.Need(t, "events of renamed RDMA devices", "6.13", clitest.Refusal("not supported"))
			}
		}
	}
}

// user has memory, a queue and a connection of the device, as a program with libibverbs and librdmacm has; what it
// returns gives them back. The commands are those of rdma/ib_user_verbs.h and rdma/rdma_user_cm.h.
func user(t *testing.T) func() {
	t.Helper()
	verbs, err := os.OpenFile("/dev/infiniband/uverbs0", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	cm, err := os.OpenFile("/dev/infiniband/rdma_cm", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	memory := make([]byte, 3*4096)
	at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(memory)))) &^ 4095
	le := binary.NativeEndian
	response := make([]byte, 256)
	call := func(f *os.File, cmd uint32, in, out int, body []byte) []byte {
		t.Helper()
		b := le.AppendUint32(nil, cmd)
		b = le.AppendUint16(le.AppendUint16(b, uint16(in)), uint16(out))
		if _, err := f.Write(append(b, body...)); err != nil {
			t.Fatalf("command %d of %s: %v", cmd, f.Name(), err)
		}
		return response
	}
	// Each body begins with where the response goes.
	body := func(values ...any) []byte {
		var b bytes.Buffer
		for _, v := range values {
			if err := binary.Write(&b, le, v); err != nil {
				t.Fatal(err)
			}
		}
		return b.Bytes()
	}
	to := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(response))))
	ask := func(cmd uint32, out int, values ...any) uint32 {
		t.Helper()
		b := body(slices.Concat([]any{to}, values)...)
		return le.Uint32(call(verbs, cmd, (8+len(b))/4, out/4, b))
	}
	const getContext, allocPD, regMR, createCQ, createSRQ = 0, 3, 9, 18, 32
	events := os.NewFile(uintptr(ask(getContext, 8)), "events")
	pd := ask(allocPD, 4)
	ask(regMR, 12, at+4096, uint64(4096), at+4096, pd, uint32(1))
	ask(createCQ, 24, uint64(0), uint32(16), uint32(0), int32(-1), uint32(0))
	ask(createSRQ, 16+24, uint64(0), pd, uint32(16), uint32(1), uint32(0))

	const createID, bindIP, listen, tcp, rc = 0, 2, 7, 0x106, 2
	b := body(uint64(1), to, uint16(tcp), uint8(rc), [5]byte{})
	id := le.Uint32(call(cm, createID, len(b), 4, b))
	addr := [28]byte{2, 0, 7471 >> 8, 7471 & 255, 10, 9, 0, 1}
	le.PutUint16(addr[:], 2)
	b = body(uint64(0), addr, id)
	call(cm, bindIP, len(b), 0, b)
	b = body(id, uint32(1))
	call(cm, listen, len(b), 0, b)
	return func() {
		events.Close()
		verbs.Close()
		cm.Close()
		runtime.KeepAlive(memory)
		runtime.KeepAlive(response)
	}
}
