package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// mnl is work for the program with libmnl. It runs as long as the workload, takes
// a line with a command, and answers with a line: how many objects, nanoseconds,
// and its peak memory in KiB.
func mnl(command string, args ...func(*world) any) func(*world) (op, error) {
	return func(w *world) (op, error) {
		if w.tools.Mnl == "" {
			return nil, errors.New(w.tools.NoMnl)
		}
		cmd := exec.Command(w.tools.Mnl)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		w.onClose(func() {
			in.Close() // ends it
			_ = cmd.Wait()
		})
		answers := bufio.NewScanner(out)
		line := command
		for _, a := range args {
			line += fmt.Sprint(" ", a(w))
		}
		return func() (n int, err error) {
			if _, err := fmt.Fprintln(in, line); err != nil {
				return 0, err
			}
			if !answers.Scan() {
				return 0, errors.New("the program with libmnl has ended")
			}
			var ns int64
			if _, err := fmt.Sscan(answers.Text(), &n, &ns, &w.peak); err != nil {
				return 0, fmt.Errorf("libmnl: %s", answers.Text())
			}
			w.own = time.Duration(ns)
			return n, nil
		}, nil
	}
}
