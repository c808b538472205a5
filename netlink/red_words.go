package netlink

import (
	"errors"
	"fmt"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// redWords are what the words of a command say about RED and its relatives.
type redWords struct {
	limit, min, max uint32
	packet, burst   uint32
	probability     *float64
	rate            uint64
	flags           uint32
	earlyDrop, mark uint32 // of red: blocks of filters
	queue           *uint32
	prio            uint8
	given           bool
	setup           *Gred // of gred: what all queues have
}

// number is where the value of a word is kept.
func (w *redWords) number(word string) *uint32 {
	switch word {
	case "limit":
		return &w.limit
	case "min":
		return &w.min
	case "max":
		return &w.max
	case "burst":
		return &w.burst
	}
	return &w.packet
}

// readRedSize reads a number of bytes.
func readRedSize(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[redWords](in)
	w.given = true
	to, what := w.number(in.Last()), in.Last()
	v, err := in.Size(what)
	return set(to, v, err)
}

// readRedNumber reads a number of packets.
func readRedNumber(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[redWords](in)
	w.given = true
	to, what := w.number(in.Last()), in.Last()
	v, err := in.Number(32, 0, what)
	return set(to, v, err)
}

func readRedProbability(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[redWords](in)
	w.given = true
	v, err := in.Float("probability")
	w.probability = &v
	return err
}

func readRedRate(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[redWords](in)
	w.given = true
	v, err := in.Rate("bandwidth")
	if err == nil && v > math.MaxUint32 {
		err = desc.Illegal("bandwidth")
	}
	w.rate = v
	return err
}

// redFlag is the flag of a word.
func redFlag(word string) uint32 {
	switch word {
	case "ecn":
		return uapi.TC_RED_ECN
	case "harddrop":
		return uapi.TC_RED_HARDDROP
	case "nodrop":
		return uapi.TC_RED_NODROP
	}
	return uapi.TC_RED_ADAPTATIVE
}

func readRedFlag(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	desc.Scratch[redWords](in).flags |= redFlag(in.Last())
	return nil
}

// curve computes what the kernel wants of the words of a kind; low and high are in bytes.
func (w *redWords) curve(in *desc.Args, kind string, low, high uint32) (RedCurve, uint32, error) {
	probability := redDefaultProbability
	if w.probability != nil {
		probability = *w.probability
	}
	if probability <= 0 {
		return RedCurve{}, 0, desc.Failed("%s: failed to calculate probability.", kind)
	}
	warn := func(format string, args ...any) {
		if in.Warn != nil {
			in.Warn(kind + ": " + fmt.Sprintf(format, args...))
		}
	}
	if w.rate == 0 {
		warn("set bandwidth to 10Mbit")
	}
	r, maxP, err := newRedCurve(low, high, w.packet, w.burst, probability, w.rate)
	switch {
	case errors.Is(err, errRedBurst):
		return r, 0, desc.Failed("%s: failed to calculate EWMA constant.", kind)
	case errors.Is(err, errRedDamping):
		return r, 0, desc.Failed("%s: failed to calculate idle damping table.", kind)
	case err != nil:
		return r, 0, desc.Failed("%s: failed to calculate probability.", kind)
	}
	if r.Wlog >= 10 {
		warn("WARNING. Burst %d seems to be too large.", w.burst)
	}
	return r, maxP, nil
}

// showRedFlags prints flags of RED: TC_RED_….
func showRedFlags(p *desc.Printer, flags uint32) {
	p.Bool("ecn", "ecn ", flags&uapi.TC_RED_ECN != 0)
	p.Bool("harddrop", "harddrop ", flags&uapi.TC_RED_HARDDROP != 0)
	p.Bool("adaptive", "adaptive ", flags&uapi.TC_RED_ADAPTATIVE != 0)
	p.Bool("nodrop", "nodrop ", flags&uapi.TC_RED_NODROP != 0)
}

// show prints the logarithms, with -details; known says that the kernel has the probability.
func (r *RedCurve) show(p *desc.Printer, maxP uint32, known bool, scell string) {
	if !p.Details {
		return
	}
	p.Uint("ewma", "ewma %d ", uint64(r.Wlog))
	if known {
		p.Float("probability", "probability %.6g ", float64(maxP)/(1<<32))
	} else {
		p.Uint("Plog", "Plog %d ", uint64(r.Plog))
	}
	p.Uint("Scell_log", scell, uint64(r.ScellLog))
}
