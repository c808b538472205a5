package netlink

import (
	"errors"
	"math"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Estimator has the kernel measure how many bytes and packets a second an object gets: estimator INTERVAL
// TIME_CONSTANT of tc. What it measures is in the statistics of the object: RateEst. The kernel does not tell the
// estimator itself, so that it is nil of objects that are read; a change without one keeps it.
type Estimator struct {
	// Interval is between two measurements: 250 ms, or twice, 4, 8, 16 or 32 times as much. Others are rounded up.
	Interval time.Duration
	// TimeConstant is what the average is made of: how long it takes for what was measured to count for 1/e. It is
	// rounded down to what the kernel can have.
	TimeConstant time.Duration
}

var errEstimator = errors.New("estimator out of range: it measures every 250ms to 8s, and averages over more than " +
	"that")

// Encode appends the attribute of an estimator, TCA_RATE.
func (s *Estimator) Encode(e *wire.Encoder) {
	spec, ok := s.spec()
	if !ok {
		e.Fail(errEstimator)
		return
	}
	e.Struct(uapi.TCA_RATE, uapi.SizeofTcEstimator, &spec)
}

// encodeEstimator appends an estimator, where there is one.
func encodeEstimator(e *wire.Encoder, s *Estimator) {
	if s != nil {
		s.Encode(e)
	}
}

// The kernel has six intervals, each twice the one before.
const (
	estimatorSteps = 6
	estimatorUnit  = 250 * time.Millisecond
)

// spec is the estimator in the kernel's form. Its weight is a power of two: a new measurement counts for 1/2^EwmaLog.
func (s *Estimator) spec() (spec uapi.TcEstimator, ok bool) {
	step := 0
	for s.Interval > estimatorUnit<<step {
		if step++; step == estimatorSteps {
			return spec, false
		}
	}
	log := 0
	for log < 31 && float64(s.Interval)/-math.Log1p(-1/float64(uint64(2)<<log)) <= float64(s.TimeConstant) {
		log++
	}
	spec = uapi.TcEstimator{Interval: int8(step - 2), EwmaLog: uint8(log)}
	return spec, s.Interval >= 0 && log > 0 && log < 31
}
