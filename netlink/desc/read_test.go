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
	for _, in := range []string{"", "x", "1x", "-1", "+1", " 1", "1 ", "0b1", "0o7", "1_0", "0x", "08", "4294967296",
		"1.0", "1e3"} {
		if got, err := ParseUint(in, 32); err == nil {
			t.Errorf("ParseUint(%q) = %d, no error", in, got)
		}
	}
}

func TestParseIPv4(t *testing.T) {
	for in, want := range map[string]string{"192.0.2.1": "192.0.2.1", "10": "10.0.0.0", "10.1": "10.1.0.0",
		"0xa.017.0.+1": "10.15.0.1", "+192.0.2.1": "192.0.2.1"} {
		if got, ok := ParseIPv4(in); !ok || got.String() != want {
			t.Errorf("%q is read as %v, %v; want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{"", ".", "10.", "1.2.3.4.5", "256", "-1.0.0.0", "++1.0.0.0", "1 .0.0.0", "x"} {
		if got, ok := ParseIPv4(in); ok {
			t.Errorf("%q is read as %v", in, got)
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
		for _, form := range []Form{U8, U16, U32, U64, BE16, BE32, Address, Device, Toggle, Present, Timer, LLAddr,
			BridgeID} {
			for _, json := range []bool{false, true} {
				p := &Printer{JSON: json}
				p.Reset()
				Show(p, &Kind{Fields: []Field{{Type: 1, Key: "k", Form: form}, {Type: 3, Key: "l", Form: form}}}, b)
			}
		}
	})
}

// rate is what the words below note for each other, and what becomes of them at the end.
type rate struct{ bytes, burst uint64 }

// shaper is a kind whose options begin with a structure, and which needs all of its words at once.
var shaper = Kind{
	Name: "shaper", Header: 6, Complete: completeShaper,
	Fields: []Field{
		{Type: Header, Key: "bands", Show: func(p *Printer, f *Field, b []byte, _ Attrs) {
			if b != nil {
				p.Uint(f.Key, "bands %d ", uint64(b[0]))
			}
		}, Read: func(in *Args, f *Field, e *wire.Encoder) error {
			n, err := in.Uint(8, "bands")
			in.Written(e, f.Type)[0] = byte(n)
			return err
		}},
		{Type: 1, Key: "rate", Form: U64, Read: func(in *Args, _ *Field, _ *wire.Encoder) (err error) {
			Scratch[rate](in).bytes, err = in.Uint(64, "rate")
			return err
		}},
		{Type: 2, Key: "burst", Form: U64, Read: func(in *Args, _ *Field, _ *wire.Encoder) (err error) {
			Scratch[rate](in).burst, err = in.Uint(64, "burst")
			return err
		}},
		{Type: 3, Key: "limit", Form: U32},
	},
}

// completeShaper sends what the words said, and of a shaper that is there what they left out.
func completeShaper(in *Args, e *wire.Encoder, create bool) error {
	r := Scratch[rate](in)
	if !create {
		present, err := in.Present()
		if err != nil {
			return err
		}
		if b := present[1]; r.bytes == 0 && len(b) >= 8 {
			r.bytes = native.Uint64(b)
		}
	}
	e.Uint64(1, r.bytes)
	e.Uint64(2, r.burst)
	return nil
}

func TestWordsThatNeedEachOtherAndWhatIsThere(t *testing.T) {
	for _, c := range []struct {
		words  []string
		create bool
		want   string
	}{
		{[]string{"burst", "7", "bands", "3", "rate", "1000"}, true, "bands 3 rate 1000 burst 7 "},
		{[]string{"limit", "5"}, true, "bands 0 rate 0 burst 0 limit 5 "},
		{[]string{"burst", "9"}, false, "bands 0 rate 77 burst 9 "},
	} {
		var e wire.Encoder
		e.Uint32(1, 0) // of another nest
		from := len(e.Bytes())
		in := &Args{Rest: c.words}
		if !c.create {
			in.Present = func() (Attrs, error) {
				var e wire.Encoder
				e.Uint64(1, 77)
				return ParseAttrs(e.Bytes()), nil
			}
		}
		if err := Read(in, &shaper, &e); err != nil {
			t.Fatal(err)
		}
		if err := shaper.Complete(in, &e, c.create); err != nil {
			t.Fatal(err)
		}
		var p Printer
		p.Reset()
		Show(&p, &shaper, e.Bytes()[from:])
		if got := string(p.Bytes()); got != c.want {
			t.Errorf("%q become %q, want %q", c.words, got, c.want)
		}
	}
	var p Printer
	p.Reset()
	if Show(&p, &shaper, []byte{1, 2, 3}); len(p.Bytes()) != 0 {
		t.Errorf("half a structure is shown: %q", p.Bytes())
	}
}

func TestHalvesOfAddresses(t *testing.T) {
	for word, want := range map[string]uint64{
		"0:0:0:0": 0, "1:2:3:4": 0x0001000200030004, "fd00:0:FFFF:1": 0xfd000000ffff0001,
		"0x1:02:3:0004": 0x0001000200030004,
	} {
		if got, err := ParseAddr64(word); err != nil || got != want {
			t.Errorf("%s is %#x, %v", word, got, err)
		} else if back, err := ParseAddr64(Addr64Text(got)); err != nil || back != want {
			t.Errorf("%s becomes %s", word, Addr64Text(got))
		}
	}
	if got := Addr64Text(0xfd000000ffff0001); got != "fd00:0:ffff:1" {
		t.Errorf("is %s", got)
	}
	for _, word := range []string{"", "1", "1:2:3", "1:2:3:4:5", "1:2::4", ":1:2:3", "1:2:3:10000", "1:2:3:x",
		"1:2:3:-1"} {
		if got, err := ParseAddr64(word); err == nil {
			t.Errorf("%q is %#x", word, got)
		}
	}
}
