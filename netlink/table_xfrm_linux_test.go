package netlink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/capture"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// secret is the key of all states here, and the salt of gcm.
var secret = []byte("0123456789abcdefSALT")

func espState(spi int) *XfrmState {
	return &XfrmState{
		Src: net.IPv4(192, 0, 2, 1), Dst: net.IPv4(192, 0, 2, 2), Proto: XFRM_PROTO_ESP, Mode: XFRM_MODE_TUNNEL, Spi: spi,
		Reqid: 7, Aead: &XfrmStateAlgo{Name: "rfc4106(gcm(aes))", Key: secret, ICVLen: 128},
	}
}

func outPolicy(third byte) *XfrmPolicy {
	return &XfrmPolicy{
		Dst: &net.IPNet{IP: net.IPv4(10, 1, third, 0), Mask: net.CIDRMask(24, 32)}, Dir: XFRM_DIR_OUT,
		Tmpls: []XfrmPolicyTmpl{{Src: net.IPv4(192, 0, 2, 1), Dst: net.IPv4(192, 0, 2, 2), Proto: XFRM_PROTO_ESP,
			Mode: XFRM_MODE_TUNNEL, Reqid: 7}},
	}
}

// needStates skips a test on a kernel without ESP.
func needStates(t *testing.T, h *Handle) {
	t.Helper()
	err := h.XfrmStateAdd(espState(0xfff))
	nstest.NeedOption(t, "CONFIG_INET_ESP", "", err)
	must(t, h.XfrmStateDel(espState(0xfff)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// states are the states of a mirror in words, without what the kernel chose.
func statesOf(m *Mirror) []string {
	var all []string
	for s := range m.Snapshot().XfrmStates() {
		all = append(all, fmt.Sprintf("%#x reqid %d time %d mark %v", s.Spi, s.Reqid, s.Limits.TimeHard, s.Mark))
	}
	slices.Sort(all)
	return all
}

func policiesOf(m *Mirror) []string {
	var all []string
	for p := range m.Snapshot().XfrmPolicies() {
		all = append(all, fmt.Sprintf("%v %s priority %d", p.Dst, p.Dir, p.Priority))
	}
	slices.Sort(all)
	return all
}

// waitFor verifies the mirror, and waits until get returns want.
func waitFor(t *testing.T, m *Mirror, get func(*Mirror) []string, want ...string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		got := get(m)
		if slices.Equal(got, want) {
			verify(t, m)
			return
		}
		if time.Now().After(end) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// The mirror is verified, which reads the kernel's table, after each change.
func TestMirrorOfStates(t *testing.T) {
	h, _ := newHandle(t)
	needStates(t, h)
	marked := espState(0x100)
	marked.Mark = &XfrmMark{Value: 5, Mask: 0xff}
	must(t, h.XfrmStateAdd(marked))
	m := newMirror(t, h, XfrmStateTable, LinkTable)
	waitFor(t, m, statesOf, "0x100 reqid 7 time 0 mark (0x5,0xff)")

	must(t, h.XfrmStateAdd(espState(0x100)))
	waitFor(t, m, statesOf, "0x100 reqid 7 time 0 mark (0x5,0xff)", "0x100 reqid 7 time 0 mark <nil>")

	// The kernel takes the limit only, and announces the other number.
	changed := espState(0x100)
	changed.Reqid, changed.Limits.TimeHard = 8, 1000
	must(t, h.XfrmStateUpdate(changed))
	waitFor(t, m, statesOf, "0x100 reqid 7 time 0 mark (0x5,0xff)", "0x100 reqid 7 time 1000 mark <nil>")

	must(t, h.XfrmStateDel(espState(0x100)))
	waitFor(t, m, statesOf, "0x100 reqid 7 time 0 mark (0x5,0xff)")

	// One that waits for its keys is none.
	waiting := espState(0)
	waiting.Aead = nil
	got, err := h.XfrmStateAllocSpiIn(waiting, 0x200, 0x200)
	must(t, err)
	if got.Spi != 0x200 {
		t.Fatalf("got spi %#x", got.Spi)
	}
	waitFor(t, m, statesOf, "0x100 reqid 7 time 0 mark (0x5,0xff)")
	must(t, h.XfrmStateUpdate(espState(0x200)))
	waitFor(t, m, statesOf, "0x100 reqid 7 time 0 mark (0x5,0xff)", "0x200 reqid 7 time 0 mark <nil>")

	must(t, h.XfrmStateFlush(XFRM_PROTO_ESP))
	waitFor(t, m, statesOf)

	short := espState(0x300)
	short.Limits.TimeHard = 1
	must(t, h.XfrmStateAdd(short))
	waitFor(t, m, statesOf, "0x300 reqid 7 time 1 mark <nil>")
	waitFor(t, m, statesOf)

	long := espState(0x400)
	long.ESN, long.ReplayWindow = true, 128
	must(t, h.XfrmStateAdd(long))
	waitFor(t, m, statesOf, "0x400 reqid 7 time 0 mark <nil>")
	for _, p := range m.parts {
		for _, group := range p.objects.All() {
			if bytes.Contains([]byte(group[0]), secret[:8]) {
				t.Error("the mirror has a key")
			}
		}
	}
	for s := range m.Snapshot().XfrmStates() {
		if len(s.Aead.Key) != len(secret) || !bytes.Equal(s.Aead.Key, make([]byte, len(secret))) || s.ReplayWindow != 128 {
			t.Errorf("window %d, key of %d bytes", s.ReplayWindow, len(s.Aead.Key))
		}
	}
	if m.Snapshot().Len(LinkTable) == 0 {
		t.Error("the mirror has no links")
	}
}

func TestMirrorOfPolicies(t *testing.T) {
	h, _ := newHandle(t)
	err := h.XfrmPolicyAdd(outPolicy(1))
	nstest.NeedOption(t, "CONFIG_XFRM_USER", "", err)
	m := newMirror(t, h, XfrmPolicyTable)
	waitFor(t, m, policiesOf, "10.1.1.0/24 dir out priority 0")
	must(t, h.XfrmPolicyAdd(outPolicy(2)))
	waitFor(t, m, policiesOf, "10.1.1.0/24 dir out priority 0", "10.1.2.0/24 dir out priority 0")
	changed := outPolicy(1)
	changed.Priority = 5
	must(t, h.XfrmPolicyUpdate(changed))
	waitFor(t, m, policiesOf, "10.1.1.0/24 dir out priority 5", "10.1.2.0/24 dir out priority 0")
	must(t, h.XfrmPolicyDel(outPolicy(2)))
	waitFor(t, m, policiesOf, "10.1.1.0/24 dir out priority 5")
	must(t, h.XfrmPolicyFlush())
	waitFor(t, m, policiesOf)
	short := outPolicy(3)
	short.Limits.TimeHard = 1
	must(t, h.XfrmPolicyAdd(short))
	waitFor(t, m, policiesOf, "10.1.3.0/24 dir out priority 0")
	waitFor(t, m, policiesOf)
}

// Events of both protocols come to one iteration.
func TestWatchReportsIPsecBesideLinks(t *testing.T) {
	h, _ := newHandle(t)
	nstest.NeedOption(t, "CONFIG_XFRM_USER", "", h.XfrmPolicyFlush())
	states := h.XfrmStateAdd(espState(0xfff)) == nil
	steps := []struct {
		do   func() error
		want string
	}{
		{func() error { return h.XfrmPolicyAdd(outPolicy(1)) },
			"xfrm policy src 0.0.0.0/0 dst 10.1.1.0/24 dir out priority 0 allow"},
		{func() error { return h.LinkAdd(ifb("w0")) }, "link "},
		{func() error { return h.XfrmPolicyDel(outPolicy(1)) },
			"xfrm policy gone: src 0.0.0.0/0 dst 10.1.1.0/24 dir out priority 0 allow"},
		{func() error { return h.XfrmPolicyAdd(outPolicy(2)) },
			"xfrm policy src 0.0.0.0/0 dst 10.1.2.0/24 dir out priority 0 allow"},
		{h.XfrmPolicyFlush, "xfrm policies gone: type 0"},
	}
	if states {
		const state = "src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x00000100"
		steps = append(steps, []struct {
			do   func() error
			want string
		}{
			{func() error { return h.XfrmStateAdd(espState(0x100)) }, "xfrm state " + state},
			{func() error { return h.XfrmStateUpdate(espState(0x100)) }, "xfrm state " + state},
			{func() error { return h.XfrmStateDel(espState(0x100)) }, "xfrm state gone: " + state},
			{func() error { return h.XfrmStateFlush(XFRM_PROTO_ESP) }, "xfrm states gone: proto esp"},
		}...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w, err := h.watchAll("watch", []Table{LinkTable, XfrmStateTable, XfrmPolicyTable}, false)
	must(t, err)
	defer closeWatches(w)
	if len(w) != 2 {
		t.Fatalf("%d listeners", len(w))
	}
	at := 0
	must(t, steps[0].do())
	runAll(ctx, w, func(ev Event, err error) bool {
		must(t, err)
		text := fmt.Sprint(ev)
		if s, ok := ev.(XfrmStateEvent); ok {
			for _, state := range []*XfrmState{s.Old, s.New} {
				if state != nil && bytes.Contains(state.Aead.Key, secret[:4]) {
					t.Error("an event has a key")
				}
			}
		}
		if !strings.HasPrefix(text, steps[at].want) {
			if !strings.HasPrefix(text, "link ") { // a link is announced more than once
				t.Errorf("got %q, want %q", text, steps[at].want)
			}
			return true
		}
		if at++; at == len(steps) {
			return false
		}
		must(t, steps[at].do())
		return true
	})
	if at != len(steps) {
		t.Errorf("%d of %d events", at, len(steps))
	}
}

func TestWatchOfSeveralProtocolsEndsOnce(t *testing.T) {
	h, _ := newHandle(t)
	nstest.NeedOption(t, "CONFIG_XFRM_USER", "", h.XfrmPolicyFlush())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var got []error
	for ev, err := range h.Watch(ctx, XfrmPolicyTable, LinkTable) {
		if ev != nil {
			t.Errorf("event %v", ev)
		}
		got = append(got, err)
	}
	if len(got) != 1 || !errors.Is(got[0], context.Canceled) {
		t.Errorf("got %v", got)
	}
	m, err := h.NewMirror(context.Background(), LinkTable, XfrmPolicyTable)
	must(t, err)
	h.Close()
	<-m.done
	if err := m.Err(); !errors.Is(err, wire.ErrClosed) {
		t.Errorf("the mirror ended with %v", err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// FuzzXfrmTables has the tables work any bytes in: nothing may panic, and what was kept once stays as it is.
func FuzzXfrmTables(f *testing.F) {
	for _, typ := range []uint16{uapi.XFRM_MSG_NEWSA, uapi.XFRM_MSG_UPDSA, uapi.XFRM_MSG_DELSA, uapi.XFRM_MSG_EXPIRE,
		uapi.XFRM_MSG_NEWPOLICY, uapi.XFRM_MSG_DELPOLICY, uapi.XFRM_MSG_POLEXPIRE, uapi.XFRM_MSG_FLUSHSA,
		uapi.XFRM_MSG_FLUSHPOLICY} {
		for _, hex := range []string{xfrmAesGCM, xfrmAesCBC} {
			f.Add(typ, capture.Xfrm(f, uapi.XFRM_MSG_NEWSA, hex))
		}
	}
	f.Fuzz(func(t *testing.T, typ uint16, data []byte) {
		var w tableWatch
		var parts []tablePart
		for _, table := range []Table{XfrmStateTable, XfrmPolicyTable} {
			for _, p := range table.t.parts() {
				parts = append(parts, p)
				w.parts = append(w.parts, &p)
			}
		}
		m := followerOf(parts)
		msg := wire.Message{Type: typ, Data: data}
		_, _, _ = w.decode(msg)
		if m.apply(msg) != nil {
			return
		}
		for _, p := range m.parts {
			for _, group := range p.objects.All() {
				again := ""
				err := p.split(wire.Message{Type: p.new, Data: []byte(group[0])}, func(one wire.Message) error {
					again = string(one.Data)
					return nil
				})
				if err != nil || again != group[0] {
					t.Errorf("%x becomes %x, %v", group[0], again, err)
				}
				p.announcesAll(group)
			}
		}
	})
}
