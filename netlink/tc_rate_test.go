package netlink

import (
	"math"
	"slices"
	"testing"

	"kern.sys/netlink/nl"
)

func TestHandlesOfTrafficControl(t *testing.T) {
	for h, want := range map[uint32]string{
		HANDLE_NONE: "none", HANDLE_ROOT: "root", HANDLE_INGRESS: "ingress", MakeHandle(0x1a, 0x10): "1a:10",
		HANDLE_MIN_INGRESS: "ffff:fff2", HANDLE_MIN_EGRESS: "ffff:fff3",
	} {
		if got := HandleStr(h); got != want {
			t.Errorf("%x is %q, want %q", h, got, want)
		}
	}
	if major, minor := MajorMinor(0xfffe0003); major != 0xfffe || minor != 3 {
		t.Errorf("%x:%x", major, minor)
	}
}

func TestClockOfTrafficControl(t *testing.T) {
	for text, want := range map[string]clock{
		"000003e8 00000040 000f4240 3b9aca00\n": {ticks: 15.625, factor: 1, hz: 1e9},
		"000003e8 00000400 000f4240 000000fa\n": {ticks: 0.9765625, factor: 1, hz: 250}, // before 2.6.31
		"00000001 00000001 3b9aca00 000003e8\n": {ticks: 1000, factor: 1000, hz: 100},
	} {
		if got, ok := parsePsched(text); !ok || got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "1 2 3", "1 0 1 1", "x 1 1 1", "100000000 1 1 1"} {
		if _, ok := parsePsched(text); ok {
			t.Errorf("%q is taken", text)
		}
	}
	if TickInUsec() != 15.625 || ClockFactor() != 1 || Hz() != 1e9 {
		t.Errorf("%v ticks, factor %v, %v Hz", TickInUsec(), ClockFactor(), Hz())
	}
}

func TestTimesAndSizes(t *testing.T) {
	for _, c := range []struct {
		rate  uint64
		size  uint32
		ticks uint32
	}{
		{125000, 1600, 200000},
		{125000000, 1600, 200},    // a gigabit: in whole microseconds it is 187
		{12500000000, 1600, 2},    // a hundred: in whole microseconds it is 0
		{1 << 40, 1600, 1},        // a tick is the least
		{1, 1000, math.MaxUint32}, // does not fit
		{0, 1, math.MaxUint32},
		{0, 0, 0},
	} {
		if got := Xmittime(c.rate, c.size); got != c.ticks {
			t.Errorf("%d bytes at %d take %d ticks, want %d", c.size, c.rate, got, c.ticks)
		}
	}
	for _, c := range []struct {
		rate  uint64
		ticks uint32
		size  uint32
	}{{125000, 200000, 1600}, {1 << 40, 1, 70368}, {1 << 40, math.MaxUint32, math.MaxUint32}, {0, 5, 0}} {
		if got := Xmitsize(c.rate, c.ticks); got != c.size {
			t.Errorf("%d ticks at %d are %d bytes, want %d", c.ticks, c.rate, got, c.size)
		}
	}
	// A size that is read from ticks is no smaller, and coding it again gives the same ticks.
	for _, rate := range []uint64{1000, 875000, 1e6, 1e9, 1e9 + 1, 1 << 33, 1e12} {
		for _, ticks := range []uint32{0, 1, 27749, 1e6} {
			size := largestIn(rate, ticks)
			if rate >= 1e6 && ticks > 0 && size < Xmitsize(rate, ticks) {
				t.Errorf("%d ticks at %d are %d bytes", ticks, rate, size)
			}
		}
	}
	if got := largestIn(875000, 27749); got != 1554 { // the kernel has 27749 for 1554
		t.Errorf("27749 ticks are %d bytes", got)
	}
}

func TestRateTables(t *testing.T) {
	var table [256]uint32
	rate := nl.TcRateSpec{Rate: 125000, Mpu: 64}
	if log := CalcRtable(&rate, table[:], -1, 1600, nl.LINKLAYER_ETHERNET); log != 3 {
		t.Errorf("logarithm %d", log)
	}
	if rate.CellLog != 3 || rate.CellAlign != -1 || rate.Linklayer != nl.LINKLAYER_ETHERNET {
		t.Errorf("%+v", rate)
	}
	// Slots are of 8 bytes, and no packet is less than 64.
	if table[0] != 8000 || table[7] != 8000 || table[8] != 9000 || table[255] != 256000 {
		t.Errorf("%v", table)
	}
	if got := DeserializeRtab(SerializeRtab(table)); got != table {
		t.Errorf("%v", got)
	}
	if got := DeserializeRtab(make([]byte, 1023)); got != [256]uint32{} {
		t.Error(got)
	}
	if log := CalcRtable(&rate, table[:], 5, 0, nl.LINKLAYER_ATM); log != 5 ||
		!slices.Equal(table[:2], []uint32{13250, 13250}) {
		t.Errorf("logarithm %d, %v", log, table[:2])
	}
	if AlignToAtm(48) != 53 || AlignToAtm(49) != 106 || AdjustSize(10, 64, nl.LINKLAYER_ATM) != 106 ||
		AdjustSize(100, 64, 1) != 100 {
		t.Error("sizes in cells")
	}
}

func TestPercentages(t *testing.T) {
	for p, want := range map[float32]uint32{0: 0, 50: 1 << 31, 100: math.MaxUint32, 101: math.MaxUint32, -1: 0,
		0.1: 4294967} {
		if got := Percentage2u32(p); got != want {
			t.Errorf("%v%% is %d, want %d", p, got, want)
		}
	}
}

// The buffers are those that iproute2 7.1 makes for these rates.
func TestHtbBuffers(t *testing.T) {
	for _, c := range []struct {
		attrs           HtbClassAttrs
		buffer, cbuffer uint32
		rate, ceil      uint64
	}{
		{HtbClassAttrs{Rate: 1e9}, 200, 200, 125000000, 125000000},
		{HtbClassAttrs{Rate: 1e6, Ceil: 2e6, Buffer: 2000, Cbuffer: 4000}, 250000, 250000, 125000, 250000},
		{HtbClassAttrs{Rate: 1e11}, 3, 3, 12500000000, 12500000000},
		{HtbClassAttrs{Rate: math.MaxUint64}, 1, 1, math.MaxUint64 / 8, math.MaxUint64 / 8},
	} {
		got := NewHtbClass(ClassAttrs{}, c.attrs)
		if got.Rate != c.rate || got.Ceil != c.ceil || got.Buffer != c.buffer || got.Cbuffer != c.cbuffer {
			t.Errorf("%v makes %v", c.attrs, got)
		}
	}
}

func TestServiceCurves(t *testing.T) {
	c := NewHfscClass(ClassAttrs{})
	c.SetLS(1, 2, 3)
	if c.Fsc != NewServiceCurve(1, 2, 3) {
		t.Error(c)
	}
	c.SetFsc(4, 5, 6)
	c.SetRsc(7, 8, 9)
	c.SetUsc(10, 11, 12)
	if c.Fsc != NewServiceCurve(4, 5, 6) || c.Rsc != NewServiceCurve(7, 8, 9) || c.Usc != NewServiceCurve(10, 11, 12) {
		t.Error(c)
	}
	high := NewServiceCurve(1e10, 5, 2e10)
	if m1, m2 := high.Rates(); m1 != 1e10 || m2 != 2e10 || high.Burst() != math.MaxUint32 || high.Delay() != 5 ||
		high.Rate() != math.MaxUint32 {
		t.Error(&high)
	}
	if m1, d, m2 := c.Fsc.Attrs(); m1 != 4 || d != 5 || m2 != 6 {
		t.Error(m1, d, m2)
	}
}
