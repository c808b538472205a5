package desc

import (
	"math"
	"testing"
)

// Units are read and shown as tc of iproute2 7.3 does.
func TestRates(t *testing.T) {
	for word, want := range map[string]uint64{
		"8": 1, "1kbit": 125, "1Kibit": 128, "1.5mbit": 187500, "10mibit": 1310720, "1gbit": 125e6, "1tbit": 125e9,
		"1gibit": 1 << 27,
		"7bps":   7, "1kbps": 1000, "1MiBps": 1 << 20, "2tbps": 2e12, "1e3kbit": 125000, "0x10kbit": 2000,
		"147573952589676412bps": 147573952589676416,
	} {
		if got, ok := ParseRate(word); !ok || got != want {
			t.Errorf("%s is %d, %v; want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "x", "-1", "1x", "1 mbit", "1kkbit", "1ibit", "kbit", ".", "1pbit", "0x", "0xg",
		"1e30",
		"99999999999999999999999tbit"} {
		if got, ok := ParseRate(word); ok {
			t.Errorf("%q is %d", word, got)
		}
	}
	for _, c := range []struct {
		rate uint64
		iec  bool
		want string
	}{
		{1, false, "8bit"}, {125, false, "1Kbit"}, {187500, false, "1500Kbit"}, {125000, false, "1Mbit"},
		{125e6, false, "1Gbit"},
		{12500000000, false, "100Gbit"}, {128, true, "1Kibit"}, {125000, true, "1000000bit"}, {1 << 27, true, "1Gibit"},
		{154321, false, "1234Kbit"},
	} {
		if got := RateText(c.rate, c.iec); got != c.want {
			t.Errorf("%d is %q, want %q", c.rate, got, c.want)
		}
	}
}

func TestSizes(t *testing.T) {
	for word, want := range map[string]uint64{
		"0": 0, "1500": 1500, "10k": 10240, "1kb": 1024, "1.5Mb": 1572864, "1g": 1 << 30, "8kbit": 1024, "1mbit": 131072,
		"7b": 7, "4294967295": math.MaxUint32, "0x1F": 31, "0x10k": 16384,
	} {
		if got, ok := ParseSize(word, 32); !ok || got != want {
			t.Errorf("%s is %d, %v; want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "x", "-1", "1x", "4g", "4294967296"} {
		if got, ok := ParseSize(word, 32); ok {
			t.Errorf("%q is %d", word, got)
		}
	}
	if size, log, ok := ParseSizeAndCell("15k/8", 32); size != 15360 || log != 3 || !ok {
		t.Error(size, log, ok)
	}
	if _, log, ok := ParseSizeAndCell("15k", 32); log != -1 || !ok {
		t.Error(log, ok)
	}
	if _, _, ok := ParseSizeAndCell("15k/3", 32); ok {
		t.Error("a cell of 3 bytes")
	}
	for size, want := range map[uint64]string{0: "0b", 1000: "1000b", 1024: "1Kb", 1600: "1600b", 10240: "10Kb",
		10250: "10Kb", 1 << 20: "1Mb", 5242848: "5Mb", 1 << 30: "1Gb"} {
		if got := SizeText(size); got != want {
			t.Errorf("%d is %q, want %q", size, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for word, want := range map[string]uint32{"0": 0, "7": 7, "1.5ms": 1500, "2s": 2e6, "3secs": 3e6, "9usec": 9,
		"0x10ms": 16000} {
		if got, ok := ParseTime(word); !ok || got != want {
			t.Errorf("%s is %d, %v; want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "-1", "1ns", "1m", "5000s"} {
		if got, ok := ParseTime(word); ok {
			t.Errorf("%q is %d", word, got)
		}
	}
	if got, ok := ParseTime64("1.5us"); got != 1500 || !ok {
		t.Error(got, ok)
	}
	for us, want := range map[uint32]string{0: "0us", 999: "999us", 5000: "5ms", 1234567: "1.23s", 999999: "1e+03ms"} {
		if got := TimeText(us); got != want {
			t.Errorf("%d is %q, want %q", us, got, want)
		}
	}
	if got := Time64Text(1500); got != "1.5us" || Time64Text(7) != "7ns" {
		t.Error(got)
	}
}

func TestPercentages(t *testing.T) {
	for word, want := range map[string]float64{"0": 0, "25%": 0.25, "100": 1, "0.1%": 0.001, "0x10%": 0.16} {
		if got, ok := ParsePercent(word); !ok || math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %v, %v", word, got, ok)
		}
	}
	for _, word := range []string{"-1", "101%", "x", "1x", "-0x10"} {
		if got, ok := ParsePercent(word); ok {
			t.Errorf("%q is %v", word, got)
		}
	}
}

func TestHandles(t *testing.T) {
	for word, want := range map[string]uint32{"root": 0xffffffff, "none": 0, "1:": 0x10000, "1a:10": 0x1a0010, ":5": 5,
		"ffff:fff1": 0xfffffff1, "10010": 0x10010, "0x1:2": 0x10002} {
		if got, ok := ParseClassID(word); !ok || got != want {
			t.Errorf("%s is %x, %v; want %x", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "x", "1:x", "10000:", "1:10000", "1:2:3"} {
		if got, ok := ParseClassID(word); ok {
			t.Errorf("%q is %x", word, got)
		}
	}
	for word, want := range map[string]uint32{"1:": 0x10000, "1": 0x10000, "none": 0, "ffff:": 0xffff0000} {
		if got, ok := ParseQdiscHandle(word); !ok || got != want {
			t.Errorf("%s is %x, %v; want %x", word, got, ok, want)
		}
	}
	if _, ok := ParseQdiscHandle("10000:"); ok {
		t.Error("a handle above 16 bits")
	}
	p := &Printer{ClassName: func(h uint32) string { return map[uint32]string{0x10010: "web"}[h] }}
	for h, want := range map[uint32]string{0xffffffff: "root", 0: "none", 0x10010: "web#1:10", 0x10000: "1:", 7: ":7"} {
		if got := p.ClassID(h); got != want {
			t.Errorf("%x is %q, want %q", h, got, want)
		}
	}
}

func TestProtocolsAboveEthernet(t *testing.T) {
	for word, want := range map[string]uint16{"ip": 0x800, "IPv6": 0x86dd, "802.1q": 0x8100, "ipv4": 0x800,
		"0x88cc": 0x88cc, "all": 3} {
		if got, ok := EtherProtocol(word); !ok || got != want {
			t.Errorf("%s is %x, %v", word, got, ok)
		}
	}
	if got := EtherProtocolName(0x800, false); got != "ip" || EtherProtocolName(0x800, true) != "[2048]" ||
		EtherProtocolName(5000, false) != "[5000]" {
		t.Error(got)
	}
}
