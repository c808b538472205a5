package netlink

import (
	"math"
	"math/bits"
	"os"
	"strconv"
	"strings"
	"sync"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

// TIME_UNITS_PER_SEC is how many of the units that traffic control counts time in are in a
// second: microseconds.
const TIME_UNITS_PER_SEC = 1000000

// clock says how the kernel counts time in traffic control.
type clock struct {
	ticks  float64 // in a microsecond
	factor float64 // units of the kernel's clock in a microsecond
	hz     float64 // resolution of its timers
}

// pschedOnce and pschedClock are what psched has read. They are no sync.OnceValue, which would be
// made when any program starts, and bring what it calls with it.
var (
	pschedOnce  sync.Once
	pschedClock clock
)

// psched returns the clock of /proc/net/psched. It is the same in all namespaces, and for as long as
// the kernel runs.
func psched() clock {
	pschedOnce.Do(func() {
		if b, err := os.ReadFile("/proc/net/psched"); err == nil {
			if c, ok := parsePsched(string(b)); ok {
				pschedClock = c
				return
			}
		}
		// Another system, or no /proc: what all kernels since 2.6.31 say.
		pschedClock, _ = parsePsched("000003e8 00000040 000f4240 3b9aca00")
	})
	return pschedClock
}

// parsePsched reads four hexadecimal numbers: nanoseconds in a microsecond and in a tick, units
// of the clock in a second, and the resolution of timers.
func parsePsched(text string) (clock, bool) {
	words := strings.Fields(text)
	if len(words) < 4 {
		return clock{}, false
	}
	var v [4]float64
	for i := range v {
		n, err := strconv.ParseUint(words[i], 16, 32)
		if err != nil || n == 0 {
			return clock{}, false
		}
		v[i] = float64(n)
	}
	if v[2] == 1e9 { // a kernel of old that counts nanoseconds
		v[0] = v[1]
	}
	c := clock{factor: v[2] / TIME_UNITS_PER_SEC, hz: 100}
	c.ticks = v[0] / v[1] * c.factor
	if v[2] == TIME_UNITS_PER_SEC {
		c.hz = v[3]
	}
	return c, true
}

// TickInUsec returns how many ticks are in a microsecond. A tick is the unit of time in most
// structures of traffic control: 64 ns, so there are 15.625.
func TickInUsec() float64 { return psched().ticks }

// ClockFactor returns how many units of the kernel's packet scheduler clock are in a
// microsecond: 1.
func ClockFactor() float64 { return psched().factor }

// Hz returns the resolution of the timers that send packets, by which the default bursts of HTB
// are computed: 1e9 where timers are exact.
func Hz() float64 { return psched().hz }

// saturated is the number without what comes after the point, or the nearest that is a uint32.
func saturated(v float64) uint32 {
	switch {
	case v >= math.MaxUint32:
		return math.MaxUint32
	case v > 0:
		return uint32(v)
	}
	return 0
}

// Xmittime returns how many ticks it takes to send size bytes at a rate in bytes a second. Like
// tc it rounds the ticks up and does not count in whole microseconds: at a gigabyte a second
// 1000 bytes take 16 ticks and not 15, and at a hundred 1 and not 0. What does not fit is the
// largest number.
func Xmittime(rate uint64, size uint32) uint32 {
	return xmittime(rate, float64(size))
}

func xmittime(rate uint64, size float64) uint32 {
	return saturated(math.Ceil(TIME_UNITS_PER_SEC * (size / float64(rate)) * TickInUsec()))
}

// Xmitsize returns how many bytes are sent in a time of ticks at a rate in bytes a second. What
// does not fit is the largest number.
func Xmitsize(rate uint64, ticks uint32) uint32 {
	return saturated(float64(rate) * (float64(ticks) / TickInUsec()) / TIME_UNITS_PER_SEC)
}

// largestIn is the largest size for which the kernel counts that number of whole ticks.
func largestIn(rate uint64, ticks uint32) uint32 {
	// The kernel multiplies by a number that it rounds down (psched_ratecfg_precompute).
	nanoseconds := func(size uint64) uint64 {
		factor, shift := uint64(1e9), 0
		for (factor/rate)&(1<<31) == 0 && factor&(1<<63) == 0 {
			factor <<= 1
			shift++
		}
		high, low := bits.Mul64(size, factor/rate)
		return high<<(64-shift) | low>>shift
	}
	next := uint64(math.Ceil((float64(ticks) + 1) / TickInUsec() * 1000))
	size := uint64(saturated(float64(next) * float64(rate) / 1e9))
	for size > 0 && nanoseconds(size) >= next {
		size--
	}
	return uint32(size)
}

// AlignToAtm returns how many bytes of ATM cells a packet of size bytes takes.
func AlignToAtm(size uint) uint {
	return (size + nl.ATM_CELL_PAYLOAD - 1) / nl.ATM_CELL_PAYLOAD * nl.ATM_CELL_SIZE
}

// AdjustSize returns the size on the wire of a packet of sz bytes: at least mpu bytes, and whole
// cells where linklayer is nl.LINKLAYER_ATM.
func AdjustSize(sz uint, mpu uint, linklayer int) uint {
	sz = max(sz, mpu)
	if linklayer == nl.LINKLAYER_ATM {
		return AlignToAtm(sz)
	}
	return sz
}

// rtabSlots is how many numbers a rate table has.
const rtabSlots = uapi.TC_RTAB_SIZE / 4

// CalcRtable fills rtab with how many ticks packets of each size take at the rate of r, whose
// other fields it sets to match, and returns the logarithm of how many sizes share a slot. That
// is cellLog, or one by mtu where it is negative: mtu 0 is 2047. Kernels since 3.8 work the times
// out themselves and pass the table over.
func CalcRtable(rate *nl.TcRateSpec, rtab []uint32, cellLog int, mtu uint32, linklayer int) int {
	cellLog = fillRtable(rtab, uint64(rate.Rate), cellLog, mtu, uint(rate.Mpu), linklayer)
	rate.CellAlign = -1
	rate.CellLog = uint8(cellLog)
	rate.Linklayer = uint8(linklayer & nl.TC_LINKLAYER_MASK)
	return cellLog
}

func fillRtable(rtab []uint32, rate uint64, cellLog int, mtu uint32, mpu uint, linklayer int) int {
	if mtu == 0 {
		mtu = 2047
	}
	if cellLog < 0 {
		cellLog = 0
		for mtu>>cellLog >= rtabSlots {
			cellLog++
		}
	}
	for i := range rtab[:min(len(rtab), rtabSlots)] {
		rtab[i] = Xmittime(rate, uint32(AdjustSize(uint(i+1)<<cellLog, mpu, linklayer)))
	}
	return cellLog
}

// SerializeRtab returns a rate table as the kernel takes it.
func SerializeRtab(rtab [256]uint32) []byte {
	b := make([]byte, 0, uapi.TC_RTAB_SIZE)
	for _, v := range rtab {
		b = native.AppendUint32(b, v)
	}
	return b
}

// DeserializeRtab reads a rate table. One that is too short reads as zeros.
func DeserializeRtab(b []byte) (rtab [256]uint32) {
	if len(b) >= uapi.TC_RTAB_SIZE {
		for i := range rtab {
			rtab[i] = native.Uint32(b[4*i:])
		}
	}
	return rtab
}

// rateMTU is the largest packet that rate tables are made for, and rateCellLog the logarithm of how
// many sizes share a slot then.
const (
	rateMTU     = 1600
	rateCellLog = 3
)

// rateSpec is struct tc_ratespec of a rate in bytes a second, as tc makes it: linkLayer 0 is
// Ethernet, and a rate that does not fit is the largest, which is then in an attribute of its own.
func rateSpec(rate uint64, overhead, mpu uint16, linkLayer uint8) uapi.TcRatespec {
	if linkLayer == uapi.TC_LINKLAYER_UNAWARE {
		linkLayer = uapi.TC_LINKLAYER_ETHERNET
	}
	return uapi.TcRatespec{
		Linklayer: linkLayer & uapi.TC_LINKLAYER_MASK, Overhead: overhead, Mpu: mpu,
		Rate: uint32(min(rate, math.MaxUint32)),
	}
}

// checkLinkLayer refuses a number that struct tc_ratespec has no room for.
func checkLinkLayer(c *attr.Codec, linkLayer int64) {
	c.Check("link layer", linkLayer, uapi.TC_LINKLAYER_MASK)
}

// above32 is a rate that struct tc_ratespec has no room for, 0 for others.
func above32(rate uint64) uint64 {
	if rate <= math.MaxUint32 {
		return 0
	}
	return rate
}

// Percentage2u32 returns the probability of a percentage as the kernel has it: 0 for never, the
// largest number for 100 and more.
func Percentage2u32(percentage float32) uint32 {
	return saturated(float64(math.MaxUint32 * (percentage / 100)))
}
