package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// outcome is what a workload's process answers.
type outcome struct {
	Workload, Title, Each string
	Chart                 string `json:",omitempty"`
	Objects               int
	Lossy                 bool `json:",omitempty"`
	Rows                  []row
}

// row is what was measured of one contender.
type row struct {
	Contender     string
	NS            []float64 // an object, one a round
	CPU           []float64 `json:",omitempty"` // the same of CPU time, where this program did it
	Allocs, Bytes float64   // an object; negative: not known
	Seen          float64   `json:",omitempty"` // the share of the objects that it had, of a lossy workload
	Cold          *cold     `json:",omitempty"`
	Failed        string    `json:",omitempty"` // why there is nothing

	op op
}

// cold is what a process needed that did the work once.
type cold struct {
	NS        float64 // for all objects
	Base, Top int     // KiB of memory before and at the most
}

func (r *row) median() float64 { return median(r.NS) }

func (r *row) cpu() float64 { return median(r.CPU) }

// spread is half of the distance between the best and the worst round, as a part
// of the median.
func (r *row) spread() float64 {
	return (slices.Max(r.NS) - slices.Min(r.NS)) / 2 / r.median()
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	m := len(s) / 2
	if len(s)%2 == 1 {
		return s[m]
	}
	return (s[m-1] + s[m]) / 2
}

// measure runs the contenders in turn, in each round in another order.
func (w *world) measure(who string, count int) (*outcome, error) {
	take, err := regexp.Compile(who)
	if err != nil {
		return nil, err
	}
	w.progress("making %d %s", w.n, plural(w.each))
	lacks := w.prepare()
	if lacks != nil && !errors.Is(lacks, errLacks) {
		return nil, lacks
	}
	o := &outcome{Workload: w.name, Title: w.title, Chart: w.chart, Each: w.each, Objects: w.n, Lossy: w.lossy}
	for _, c := range w.contenders {
		if !take.MatchString(c.name) {
			continue
		}
		r := row{Contender: c.name, Allocs: -1, Bytes: -1}
		var err error
		if lacks != nil {
			err = lacks
		} else {
			r.op, err = c.start(w)
		}
		if err != nil {
			r.Failed = err.Error()
		}
		o.Rows = append(o.Rows, r)
	}
	first := 0
	if w.rounds == 0 && count > 1 {
		first = -1 // to warm up
	}
	for round := first; round < count; round++ {
		for i := range o.Rows {
			r := &o.Rows[(i+max(round, 0))%len(o.Rows)]
			w.progress("round %d of %d, %s", max(round, 0)+1, count, r.Contender)
			if r.Failed == "" {
				if err := w.sample(r, round >= 0); err != nil {
					r.Failed = err.Error()
				}
			}
		}
	}
	if w.workload.cold {
		if err := w.coldRows(o); err != nil {
			return nil, err
		}
	}
	w.progress("")
	return o, nil
}

// sample lets a contender work once.
func (w *world) sample(r *row, keep bool) error {
	if w.before != nil {
		if err := w.before(w); err != nil {
			return err
		}
	}
	w.own, w.peak, w.times = 0, 0, 1
	var m0, m1 runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	cpu, t0 := cpuTime(), time.Now()
	n, err := r.op()
	took := time.Since(t0)
	cpu = cpuTime() - cpu
	runtime.ReadMemStats(&m1)
	if err == nil {
		err = w.check(n)
	}
	if w.after != nil {
		err = join(err, w.after(w))
	}
	if err != nil || !keep {
		return err
	}
	took /= time.Duration(w.times)
	if w.own != 0 {
		took = w.own
	}
	all := float64(w.n * w.times)
	if w.peak == 0 { // else another process did it
		if w.own == 0 {
			r.CPU = append(r.CPU, float64(cpu)/all)
		}
		r.Allocs = float64(m1.Mallocs-m0.Mallocs) / all
		r.Bytes = float64(m1.TotalAlloc-m0.TotalAlloc) / all
	}
	if w.lossy {
		r.Seen += float64(n) / float64(w.want()) // divided by the rounds when shown
	}
	if w.peak != 0 && w.workload.cold {
		r.Cold = &cold{NS: float64(took), Top: max(w.peak, r.top())}
	}
	r.NS = append(r.NS, float64(took)/float64(w.n))
	return nil
}

func (r *row) top() int {
	if r.Cold == nil {
		return 0
	}
	return r.Cold.Top
}

// cpuTime is what all threads of this process used.
func cpuTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) // every kernel has it
	return time.Duration(t.Nano())
}

// progress shows on a terminal what is being done.
func (w *world) progress(format string, args ...any) {
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return
	}
	text := ""
	if format != "" {
		text = w.name + ": " + fmt.Sprintf(format, args...)
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s", text)
}
