package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// coldRows measures in a process each what contenders of this program need that
// have just begun.
func (w *world) coldRows(o *outcome) error {
	for i := range o.Rows {
		r := &o.Rows[i]
		if r.Failed != "" || r.Cold != nil {
			continue
		}
		w.progress("memory of %s", r.Contender)
		t := task{Workload: w.name, Contender: r.Contender, N: w.n, Link: w.link, Other: w.other, Tools: *w.tools}
		r.Cold = &cold{}
		if err := t.ask(nil, r.Cold); err != nil {
			return fmt.Errorf("cold %s: %w", r.Contender, err)
		}
	}
	return nil
}

// measureCold is the other side of coldRows.
func (w *world) measureCold(name string) (*cold, error) {
	i := slices.IndexFunc(w.contenders, func(c contender) bool { return c.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no contender %q", name)
	}
	op, err := w.contenders[i].start(w)
	if err != nil {
		return nil, err
	}
	runtime.GC()
	before, err := memory(os.Getpid(), "VmRSS")
	if err != nil {
		return nil, err
	}
	t0 := time.Now()
	n, err := op()
	took := time.Since(t0)
	if err == nil {
		err = w.check(n)
	}
	if err != nil {
		return nil, err
	}
	top, err := memory(os.Getpid(), "VmHWM")
	return &cold{NS: float64(took), Base: before, Top: top}, err
}

// memory returns a line of /proc/PID/status in KiB: VmRSS is what the process
// holds, VmHWM the most it ever had. Unlike ru_maxrss that is not inherited from
// who started it.
func memory(pid int, key string) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte(key+":")); ok {
			return strconv.Atoi(string(bytes.Fields(rest)[0]))
		}
	}
	return 0, fmt.Errorf("no %s in the status of process %d", key, pid)
}
