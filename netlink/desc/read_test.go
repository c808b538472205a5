package desc

import (
	"errors"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/netlink/wire"
)

func TestParseUintReadsWhatStrtoulReads(t *testing.T) {
	for in, want := range map[string]uint64{"0": 0, "10": 10, "0x1f": 31, "0XfF": 255, "017": 15, "00": 0} {
		if got, err := ParseUint(in, 32); err != nil || got != want {
			t.Errorf("ParseUint(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", "1x", "-1", "+1", " 1", "1 ", "0b1", "0o7", "1_0", "0x", "08", "4294967296", "1.0", "1e3"} {
		if got, err := ParseUint(in, 32); err == nil {
			t.Errorf("ParseUint(%q) = %d, no error", in, got)
		}
	}
}

func TestArgs(t *testing.T) {
	a := &Args{Rest: []string{"dev", "lo", "me", "7", "on", "maybe", "x"}}
	if a.Take("de") || a.Take("x", "nope") || !a.Take("x", "dev") || a.Last() != "dev" {
		t.Error("Take wants a whole word")
	}
	if w, err := a.Next(); err != nil || w != "lo" {
		t.Error(w, err)
	}
	if a.TakeAbbr("mtu", "") || !a.TakeAbbr("mtu", "metric") {
		t.Error("TakeAbbr takes the beginning of a word")
	}
	if n, err := a.Uint(8, ""); err != nil || n != 7 {
		t.Error(n, err)
	}
	if on, err := a.OnOff("arp"); err != nil || !on {
		t.Error(on, err)
	}
	_, err := a.OnOff("arp")
	wantUsage(t, err, `Error: argument of "arp" must be "on" or "off", not "maybe"`)
	_, err = a.Uint(8, "no number")
	wantUsage(t, err, `Error: argument "x" is wrong: no number`)
	for _, f := range []func() error{
		func() error { _, err := a.Next(); return err },
		func() error { _, err := a.Uint(8, ""); return err },
		func() error { _, err := a.OnOff("arp"); return err },
	} {
		wantUsage(t, f(), `Command line is not complete. Try option "help"`)
	}
	if a.More() || a.Peek() != "" || a.Take("") || a.TakeAbbr("x") {
		t.Error("nothing is left")
	}
}

func wantUsage(t *testing.T, err error, want string) {
	t.Helper()
	var u *UsageError
	if !errors.As(err, &u) || u.Text != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReadStopsBeforeWordsItDoesNotKnow(t *testing.T) {
	fields := &Kind{Fields: []Field{
		{Type: 1, Key: "id", Form: U16},
		{Type: 2, Key: "shown", Form: U8, ReadOnly: true},
		{Type: 3, Key: "learning", Form: Toggle},
	}}
	var e wire.Encoder
	in := &Args{Rest: []string{"id", "258", "learn", "on", "shown", "1"}}
	if err := Read(in, fields, &e); err != nil {
		t.Fatal(err)
	}
	if in.Peek() != "shown" {
		t.Errorf("stopped before %q", in.Peek())
	}
	attrs := ParseAttrs(e.Bytes())
	if native.Uint16(attrs[1]) != 258 || string(attrs[3]) != "\x01" || len(attrs) != 2 {
		t.Errorf("got % x", e.Bytes())
	}
	for _, words := range [][]string{{"id"}, {"id", "x"}, {"id", "65536"}, {"learning", "maybe"}} {
		if err := Read(&Args{Rest: words}, fields, &wire.Encoder{}); err == nil {
			t.Errorf("%v: no error", words)
		}
	}
}

func FuzzShow(f *testing.F) {
	f.Add([]byte{6, 0, 1, 0, 2, 1, 0, 0, 5, 0, 3, 0, 1, 0, 0, 0})
	f.Add([]byte{3, 0, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, form := range []Form{U8, U16, U32, U64, BE16, BE32, Address, Device, Toggle, Present, Timer, LLAddr, BridgeID} {
			for _, json := range []bool{false, true} {
				p := &Printer{JSON: json}
				p.Reset()
				Show(p, &Kind{Fields: []Field{{Type: 1, Key: "k", Form: form}, {Type: 3, Key: "l", Form: form}}}, b)
			}
		}
	})
}
