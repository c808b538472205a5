package netlink

import (
	"errors"
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RedCurve is how [Red] and its relatives compute the average of their queue and the probability of drops.
type RedCurve struct {
	Wlog     uint8 // logarithm of the weight of what waits now
	Plog     uint8 // logarithm of the probability over the range of Min to Max
	ScellLog uint8 // logarithm of how many ticks of idle time share a place of Stab

	// Stab says by how many bits the average falls in idle time, 256 bytes. The kernel does not say it;
	// nil: one that ScellLog allows.
	Stab []byte
}

// redFlags are the flags that a change sets.
const redFlags = uapi.TC_RED_HISTORIC_FLAGS | uapi.TC_RED_NODROP

const (
	redDefaultProbability = 0.02    // what tc has by default
	redRate               = 1250000 // bytes a second, the same
	redSlots              = 256     // of Stab
	redShift              = 31      // the most that the average falls by
)

var (
	errRedRange   = errors.New("min is larger than max")
	errRedPacket  = errors.New("the size of an average packet is needed")
	errRedBurst   = errors.New("no weight of the average fits the burst")
	errRedCurve   = errors.New("no logarithm fits the probability")
	errRedDamping = errors.New("idle time is too long for the table")
)

// redRange returns the range of a limit where it is not said.
func redRange(limit, low, high uint32) (uint32, uint32) {
	if high == 0 {
		high = limit / 4
		if low != 0 {
			high = low * 3
		}
	}
	if low == 0 {
		low = high / 3
	}
	return low, high
}

// newRedCurve computes what the kernel wants. Sizes are in bytes, burst is in packets.
func newRedCurve(low, high, packet, burst uint32, probability float64, rate uint64) (r RedCurve, maxP uint32,
	err error) {
	if probability == 0 {
		probability = redDefaultProbability
	}
	if rate == 0 {
		rate = redRate
	}
	switch {
	case packet == 0:
		return r, 0, errRedPacket
	case low > high:
		return r, 0, errRedRange
	}
	if burst == 0 {
		burst = (2*low + high) / (3 * packet)
	}
	wlog := redWlog(low, burst, packet)
	if wlog == 0 {
		return r, 0, fmt.Errorf("%w %d", errRedBurst, burst)
	}
	plog := redPlog(low, high, probability)
	if plog < 0 {
		return r, 0, fmt.Errorf("%w %g", errRedCurve, probability)
	}
	r.Wlog, r.Plog = uint8(wlog), uint8(plog)
	r.Stab, r.ScellLog, err = redStab(r.Wlog, float64(Xmittime(rate, packet)))
	return r, saturated(probability * (1 << 32)), err
}

// redWlog returns the logarithm of the weight with which a burst does not move the average above low.
func redWlog(low, burst, packet uint32) int {
	room := float64(burst) + 1 - float64(low)/float64(packet)
	if room < 1 {
		return 0
	}
	for log, w := 1, 0.5; log < 32; log, w = log+1, w/2 {
		if room <= (1-math.Pow(1-w, float64(burst)))/w {
			return log
		}
	}
	return 0
}

// redPlog returns the logarithm of the range over the probability.
func redPlog(low, high uint32, probability float64) int {
	probability /= float64(high - low)
	for log := range 32 {
		if probability > 1 {
			return log
		}
		probability *= 2
	}
	return -1
}

// redStab is the table for a link that takes that number of ticks for an average packet.
func redStab(wlog uint8, ticks float64) (table []byte, cellLog uint8, err error) {
	fall := -math.Log(1-1/float64(uint64(1)<<wlog)) / ticks
	for redShift/fall/float64(uint64(1)<<cellLog) >= 2*redSlots {
		if cellLog++; cellLog >= 32 {
			return nil, 0, errRedDamping
		}
	}
	return fillStab(cellLog, fall), cellLog, nil
}

func fillStab(cellLog uint8, fall float64) []byte {
	table := make([]byte, redSlots)
	for i := range table {
		table[i] = uint8(min(float64(uint64(i)<<cellLog)*fall, redShift))
	}
	table[redSlots-1] = redShift
	return table
}

// stab is the attribute with the table, which the kernel wants and does not say.
func (r *RedCurve) stab(c *attr.Codec, t attr.Type) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		table := r.Stab
		if table == nil { // the slowest fall of those with this logarithm
			table = fillStab(r.ScellLog&31, redShift/float64(uint64(2*redSlots)<<(r.ScellLog&31)))
		}
		if len(table) != redSlots {
			e.Fail(fmt.Errorf("table of idle time of %d bytes, want %d", len(table), redSlots))
			return
		}
		e.Data(uint16(t), table)
	}, func(b []byte) { r.Stab = append([]byte(nil), b...) })
}
