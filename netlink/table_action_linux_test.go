package netlink

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netns"
)

// sharedActions is a namespace with actions of index 1 and 2 and a link x0, and a way to run commands in it.
func sharedActions(t *testing.T) (*Handle, netns.NsHandle, func(command string)) {
	t.Helper()
	h, ns := newHandle(t)
	if x := mustAdd(t, h, ifb("x0")); x.Index != 2 {
		t.Fatalf("the first link has the index %d", x.Index)
	}
	err := h.ActionAdd(mirror(TC_ACT_PIPE, 1), mirror(TC_ACT_SHOT, 2))
	nstest.Need(t, "actions of traffic control", "", err)
	return h, ns, func(command string) {
		t.Helper()
		if err := netns.Do(ns, func() error {
			words := strings.Fields(command)
			out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}); err != nil {
			t.Fatalf("%s: %v", command, err)
		}
	}
}

// mirror is an action that sends a copy to the link x0.
func mirror(then TcAct, index int) Action {
	m := NewMirredAction(2)
	m.ActionAttrs.Action, m.Index, m.MirredAction = then, index, TCA_EGRESS_MIRROR
	return m
}

// actionsText is what a snapshot has.
func actionsText(s *Snapshot) string {
	var all []string
	for action := range s.Actions() {
		a := action.Attrs()
		text := fmt.Sprintf("%d to %d %s", a.Index, action.(*MirredAction).Ifindex, a.Action)
		if a.Cookie != "" {
			text += fmt.Sprintf(" cookie %x", a.Cookie)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// awaitUnbound waits until no filter has actions: they leave some time after it has gone, and nothing announces that.
func awaitUnbound(t *testing.T, h *Handle) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		all, err := h.ActionList("mirred")
		must(t, err)
		if !slices.ContainsFunc(all, func(a Action) bool { return a.Attrs().Bindcnt != 0 }) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("filters still have actions: %v", all)
		}
	}
}

// TestMirrorFollowsActions runs commands, some of which change actions that filters share.
func TestMirrorFollowsActions(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	h, _, run := sharedActions(t)
	m := newMirror(t, h, ActionTable)
	const both = "1 to 2 pipe, 2 to 2 shot"
	for _, c := range []struct{ command, want string }{
		{"tc qdisc add dev x0 clsact", both},
		{"tc actions add action mirred egress mirror dev x0 index 3", both + ", 3 to 2 pipe"},
		{"tc actions del action mirred index 3", both},
		{"tc filter add dev x0 egress prio 5 u32 match u32 0 0 action mirred egress mirror dev x0 index 1", both},
		// A filter makes one, which is changed as if it were shared, and another refers to it.
		{"tc filter add dev x0 egress prio 6 u32 match u32 0 0 action mirred egress mirror dev x0 index 9", both},
		{"tc actions change action mirred egress redirect dev x0 index 9", both},
		{"tc filter add dev x0 egress prio 7 u32 match u32 0 0 action mirred egress mirror dev x0 index 9", both},
		{"tc filter del dev x0 egress prio 6", both},
		{"tc actions change action mirred egress mirror dev x0 drop index 1 cookie 05",
			"1 to 2 shot cookie 05, 2 to 2 shot"},
		{"tc filter add dev x0 ingress prio 5 u32 match u32 0 0 action mirred egress mirror dev x0 index 1 cookie 07",
			"1 to 2 shot cookie 07, 2 to 2 shot"},
		{"tc filter del dev x0 egress prio 5", "1 to 2 shot cookie 07, 2 to 2 shot"},
		{"tc filter del dev x0 ingress prio 5", "1 to 2 shot cookie 07, 2 to 2 shot"},
		{"ip link del x0", "1 to 0 shot cookie 07, 2 to 0 shot"},
		{"tc actions del action mirred index 1", "2 to 0 shot"},
		{"tc actions add action mirred egress mirror dev lo index 4 action mirred egress mirror dev lo index 5",
			"2 to 0 shot, 4 to 1 pipe, 5 to 1 pipe"},
		{"tc actions flush action mirred", ""},
	} {
		if strings.HasPrefix(c.command, "tc actions del") {
			awaitUnbound(t, h)
		}
		run(c.command)
		verify(t, m)
		if got := actionsText(m.Snapshot()); got != c.want {
			t.Errorf("after %s: %q, want %q", c.command, got, c.want)
		}
		if t.Failed() {
			return
		}
	}
}

// TestMirrorOfFiltersFollowsSharedActions changes an action that two filters share, and lists it: since then the
// kernel says of it which counters the hardware has.
func TestMirrorOfFiltersFollowsSharedActions(t *testing.T) {
	h, _, _ := sharedActions(t)
	must(t, h.QdiscAdd(&Clsact{QdiscAttrs: QdiscAttrs{LinkIndex: 2, Parent: HANDLE_CLSACT,
		Handle: MakeHandle(0xffff, 0)}}))
	for _, parent := range []uint32{HANDLE_MIN_INGRESS, HANDLE_MIN_EGRESS} {
		must(t, h.FilterAdd(&U32{FilterAttrs: FilterAttrs{LinkIndex: 2, Parent: parent, Priority: 5,
			Protocol: uapi.ETH_P_ALL},
			Sel:     &TcU32Sel{Flags: TC_U32_TERMINAL, Nkeys: 1, Keys: []TcU32Key{{}}},
			Actions: []Action{mirror(TC_ACT_PIPE, 1)}}))
	}
	m := newMirror(t, h, FilterTable)
	for _, what := range []TcAct{TC_ACT_STOLEN, TC_ACT_SHOT} {
		must(t, h.ActionChange(mirror(what, 1)))
		verify(t, m)
		if _, err := h.ActionList("mirred"); err != nil {
			t.Error(err)
		}
		verify(t, m)
		filters := slices.Collect(m.Snapshot().Filters())
		if len(filters) != 2 {
			t.Fatalf("%d filters", len(filters))
		}
		for _, f := range filters {
			if a := f.(*U32).Actions; len(a) != 1 || a[0].Attrs().Action != what {
				t.Errorf("%s has %+v, want %s", HandleStr(f.Attrs().Parent), a, what)
			}
		}
	}
}

func TestMirrorOfActionsFindsItsWayAfterLostEvents(t *testing.T) {
	h, ns, _ := sharedActions(t)
	small, err := NewHandleAt(ns)
	must(t, err)
	defer small.Close()
	must(t, small.SetSocketReceiveBufferSize(1, false))
	m := newMirror(t, small, ActionTable)
	m.mu.Lock() // it works nothing in
	for i := range 600 {
		if err := h.ActionAdd(mirror(TC_ACT_PIPE, 10+i)); err != nil {
			m.mu.Unlock()
			t.Fatal(err)
		}
	}
	m.mu.Unlock()
	for i := range 200 {
		must(t, h.ActionDel(mirror(0, 20+i)))
	}
	verify(t, m)
	if got := m.Snapshot().Len(ActionTable); got != 402 {
		t.Errorf("the mirror has %d actions, want 402", got)
	}
	if m.parts[0].reads < 2 {
		t.Error("no event was lost: nothing was tested")
	}
}

// TestWatchReportsActions compares what is reported of each request.
func TestWatchReportsActions(t *testing.T) {
	h, _, _ := sharedActions(t)
	for _, c := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"add", func() error { return h.ActionAdd(mirror(TC_ACT_PIPE, 5), mirror(TC_ACT_SHOT, 6)) },
			[]string{"action mirred index 5", "action mirred index 6"}},
		{"change", func() error { return h.ActionChange(mirror(TC_ACT_SHOT, 5)) }, []string{"action mirred index 5"}},
		{"delete", func() error { return h.ActionDel(mirror(0, 6), mirror(0, 5)) },
			[]string{"action gone: mirred index 6", "action gone: mirred index 5"}},
		{"flush", func() error { return h.ActionFlush("mirred") }, []string{"actions gone: 2 of mirred"}},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		w, err := h.watchTables("watch", []Table{FilterTable, ActionTable}, false)
		must(t, err)
		must(t, c.do())
		var got []string
		w.run(ctx, func(ev Event, err error) bool {
			if err != nil {
				t.Fatalf("%s: %q, then %v", c.name, got, err)
			}
			got = append(got, fmt.Sprint(ev))
			return len(got) < len(c.want)
		})
		w.close()
		cancel()
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWatchListsActionsAnew has a list that begins with events that were lost.
func TestWatchListsActionsAnew(t *testing.T) {
	h, ns, _ := sharedActions(t)
	small, err := NewHandleAt(ns)
	must(t, err)
	defer small.Close()
	must(t, small.SetSocketReceiveBufferSize(1, false))
	w, err := small.watchTables("watch", []Table{ActionTable}, false)
	must(t, err)
	defer w.close()
	for i := range 500 {
		must(t, h.ActionAdd(mirror(TC_ACT_PIPE, 10+i)))
	}
	lost, listed := false, map[int]bool{}
	w.run(context.Background(), func(ev Event, err error) bool {
		switch ev := ev.(type) {
		case LostEvent:
			lost = true
		case ActionEvent:
			if lost {
				listed[ev.New.Attrs().Index] = true
			}
		case SyncedEvent:
			return false
		default:
			t.Errorf("got %T, %v", ev, err)
		}
		return true
	})
	if !lost || len(listed) != 502 {
		t.Errorf("lost %t, then %d actions listed", lost, len(listed))
	}
}
