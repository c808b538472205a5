package netlink

import (
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// redProbability is the logarithm of a probability over the range between two thresholds.
func redProbability(low, high uint32, probability float64) (uint8, bool) {
	switch {
	case low == high:
		return 0, true
	case low > high:
		return 0, false
	}
	probability /= float64(high - low)
	for log := range uint8(32) {
		if probability > 1 {
			return log, true
		}
		probability *= 2
	}
	return 0, false
}

// redWeight is the logarithm of the weight of the average, by which a burst of so many packets is let through.
func redWeight(low, burst, avpkt uint32) (uint8, bool) {
	a := float64(burst) + 1 - float64(low)/float64(avpkt)
	if a < 1 {
		return 0, false
	}
	weight := 0.5
	for log := uint8(1); log < 32; log++ {
		if a <= (1-math.Pow(1-weight, float64(burst)))/weight {
			return log, true
		}
		weight /= 2
	}
	return 0, false
}

// showRedFlags prints flags of RED: TC_RED_….
func showRedFlags(p *desc.Printer, flags uint32) {
	p.Bool("ecn", "ecn ", flags&uapi.TC_RED_ECN != 0)
	p.Bool("harddrop", "harddrop ", flags&uapi.TC_RED_HARDDROP != 0)
	p.Bool("adaptive", "adaptive ", flags&uapi.TC_RED_ADAPTATIVE != 0)
	p.Bool("nodrop", "nodrop ", flags&uapi.TC_RED_NODROP != 0)
}
