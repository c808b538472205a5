package main

import (
	"fmt"
	"slices"
	"time"
)

// Contenders that most workloads have. Others are variants, "kern, batch".
const (
	floor       = "floor"       // bare system calls, nothing decoded
	kern        = "kern"        // this module
	vishvananda = "vishvananda" // github.com/vishvananda/netlink v1.3.1
	rtnetlink2  = "rtnetlink"   // github.com/jsimonetti/rtnetlink/v2 on mdlayher/netlink
	libmnl      = "libmnl"      // mnl/mnl.c
	iproute2    = "ip"          // the system's ip command
)

// workload is one thing to do, and how each contender does it.
type workload struct {
	name, title string
	chart       string // its title in the chart, # is how many objects; "": it is not there
	each        string // what an object is: what times are divided by
	objects     int    // how many there are
	atMost      bool   // -objects can only make it less
	rounds      int    // at most; 0: as -count says
	goals       []goal

	setup func(*world) error // makes what is to be found
	feed  func(*world) error // done by another process, see startFeeder
	// before and after a sample, not measured.
	before, after func(*world) error
	// found is how many objects each contender has to report; nil: all. A workload
	// that may lose some is lossy, and reports how many it had.
	found func(*world) int
	lossy bool
	// long: a request takes milliseconds.
	long bool
	// cold measures contenders in processes of their own too, for peak memory.
	cold bool

	contenders []contender
}

// contender is one row of a workload.
type contender struct {
	name  string
	start func(*world) (op, error) // readies the contender
}

// op does the whole work once, and says for how many objects it was done.
type op func() (int, error)

// goal is what this module sets out to reach. What is zero is no part of it.
type goal struct {
	row, of string
	times   float64 // at most this many times what the other contender needs
	allocs  float64 // at most this many per object; none: none
	peak    float64 // at most so much of the other's peak memory, of a cold process each
	memory  int     // at most this many MiB beyond what the cold process began with
	seen    float64 // at least this share of the objects, of a lossy workload
	// from names a workload with fewer objects. What an object takes longer than
	// there is compared with what it takes the other contender longer: growth.
	from   string
	growth float64
}

const none = -1

// world is what a workload runs in: a network namespace of its own.
type world struct {
	*workload
	tools *tools
	n     int // objects

	link  int // index of "bench"
	other int // index of "other", the other end of that, which has nothing

	closers []func()
	// What an operation found out that the clock does not show.
	times int           // how often the work was done
	own   time.Duration // what the work took, where the wall clock is wrong; 0: it is right
	peak  int           // KiB, the most memory of another process that did it; 0: this one did
}

// onClose registers what is to be done at the end.
func (w *world) onClose(f func()) { w.closers = append(w.closers, f) }

func (w *world) close() {
	for _, f := range slices.Backward(w.closers) {
		f()
	}
	w.closers = nil
}

func (w *world) want() int {
	if w.found != nil {
		return w.found(w)
	}
	return w.n
}

// check compares what a contender found with what there is.
func (w *world) check(n int) error {
	if want := w.want(); n != want && !(w.lossy && n < want) {
		return fmt.Errorf("has %d objects, want %d", n, want)
	}
	return nil
}

// sized is a workload with another number of objects.
func (w workload) sized(suffix string, objects, rounds int, goals ...goal) *workload {
	w.name, w.objects, w.rounds, w.atMost, w.goals, w.chart = w.name+"-"+suffix, objects, rounds, true, goals, ""
	w.title += ", " + suffix
	return &w
}

func findWorkload(name string) *workload {
	i := slices.IndexFunc(workloads, func(w *workload) bool { return w.name == name })
	if i < 0 {
		return nil
	}
	return workloads[i]
}
