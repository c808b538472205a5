package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// metricNames are ip route's names of the metrics that are numbers, by their
// number (RTAX_…).
var metricNames = [uapi.RTAX_MAX + 1]string{
	uapi.RTAX_MTU:                "mtu",
	uapi.RTAX_WINDOW:             "window",
	uapi.RTAX_RTT:                "rtt",
	uapi.RTAX_RTTVAR:             "rttvar",
	uapi.RTAX_SSTHRESH:           "ssthresh",
	uapi.RTAX_CWND:               "cwnd",
	uapi.RTAX_ADVMSS:             "advmss",
	uapi.RTAX_REORDERING:         "reordering",
	uapi.RTAX_HOPLIMIT:           "hoplimit",
	uapi.RTAX_INITCWND:           "initcwnd",
	uapi.RTAX_FEATURES:           "features",
	uapi.RTAX_RTO_MIN:            "rto_min",
	uapi.RTAX_INITRWND:           "initrwnd",
	uapi.RTAX_QUICKACK:           "quickack",
	uapi.RTAX_FASTOPEN_NO_COOKIE: "fastopen_no_cookie",
}

// metric returns where r has a metric that is a number, nil for others.
func (r *Route) metric(typ int) *int {
	switch typ {
	case uapi.RTAX_MTU:
		return &r.MTU
	case uapi.RTAX_WINDOW:
		return &r.Window
	case uapi.RTAX_RTT:
		return &r.Rtt
	case uapi.RTAX_RTTVAR:
		return &r.RttVar
	case uapi.RTAX_SSTHRESH:
		return &r.Ssthresh
	case uapi.RTAX_CWND:
		return &r.Cwnd
	case uapi.RTAX_ADVMSS:
		return &r.AdvMSS
	case uapi.RTAX_REORDERING:
		return &r.Reordering
	case uapi.RTAX_HOPLIMIT:
		return &r.Hoplimit
	case uapi.RTAX_INITCWND:
		return &r.InitCwnd
	case uapi.RTAX_FEATURES:
		return &r.Features
	case uapi.RTAX_RTO_MIN:
		return &r.RtoMin
	case uapi.RTAX_INITRWND:
		return &r.InitRwnd
	case uapi.RTAX_QUICKACK:
		return &r.QuickACK
	case uapi.RTAX_FASTOPEN_NO_COOKIE:
		return &r.FastOpenNoCookie
	}
	return nil
}

// encodeMetrics appends RTA_METRICS with the metrics that are set. The locks
// make no difference to which route is deleted: a Route does not have all.
func encodeMetrics(e *wire.Encoder, route *Route, locks bool) error {
	e.Nest(uapi.RTA_METRICS)
	empty := len(e.Bytes())
	lock := route.Locks
	if route.MTULock {
		lock |= 1 << uapi.RTAX_MTU
	}
	if route.RtoMinLock {
		lock |= 1 << uapi.RTAX_RTO_MIN
	}
	if lock != 0 && locks {
		e.Uint32(uapi.RTAX_LOCK, lock)
	}
	for typ, name := range metricNames {
		p := route.metric(typ)
		if p == nil || *p <= 0 {
			continue
		}
		if int64(*p) > math.MaxUint32 {
			return fmt.Errorf("%s %d is not within 0 and %d", name, *p, uint32(math.MaxUint32))
		}
		e.Uint32(uint16(typ), uint32(*p))
	}
	if route.Congctl != "" {
		e.String(uapi.RTAX_CC_ALGO, route.Congctl)
	}
	if len(e.Bytes()) == empty {
		e.Cancel()
	} else {
		e.End()
	}
	return nil
}

// decodeMetrics reads RTA_METRICS.
func decodeMetrics(d wire.Decoder, route *Route) error {
	for d.Next() {
		switch t := d.Type(); t {
		case uapi.RTAX_LOCK:
			lock := d.Uint32()
			route.MTULock = lock&(1<<uapi.RTAX_MTU) != 0
			route.RtoMinLock = lock&(1<<uapi.RTAX_RTO_MIN) != 0
			route.Locks = lock &^ (1<<uapi.RTAX_MTU | 1<<uapi.RTAX_RTO_MIN)
		case uapi.RTAX_CC_ALGO:
			route.Congctl = d.String()
		default:
			if p := route.metric(int(t)); p != nil {
				*p = int(d.Uint32())
			}
		}
	}
	return d.Err()
}
