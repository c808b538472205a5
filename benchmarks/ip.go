package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

var errNoIP = errors.New("there is no ip command")

// ip runs the ip command, whose lines are the objects.
func ip(args ...string) func(*world) (op, error) {
	return func(w *world) (op, error) {
		if w.tools.IP == "" {
			return nil, errNoIP
		}
		return func() (int, error) { return w.runIP(args...) }, nil
	}
}

// ipBatch runs ip -batch on a file with a line for each object.
func ipBatch(line func(w *world, i int) string) func(*world) (op, error) {
	return func(w *world) (op, error) {
		if w.tools.IP == "" {
			return nil, errNoIP
		}
		var b bytes.Buffer
		for i := range w.n {
			fmt.Fprintln(&b, line(w, i))
		}
		file := filepath.Join(w.tools.Dir, "batch")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			return nil, err
		}
		return func() (int, error) {
			_, err := w.runIP("-batch", file)
			return w.n, err
		}, nil
	}
}

// runIP runs ip and counts the lines that it prints. The process is traced up to
// its exit, to know what memory it had: ru_maxrss begins with that of its parent.
func (w *world) runIP(args ...string) (lines int, err error) {
	runtime.LockOSThread() // only the tracing thread may ask
	defer runtime.UnlockOSThread()
	cmd := exec.Command(w.tools.IP, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	counted := make(chan error)
	go func() {
		var err error
		lines, err = countLines(out)
		counted <- err
	}()
	status, err := w.traceToExit(cmd.Process.Pid)
	if e := <-counted; err == nil {
		err = e
	}
	_ = cmd.Wait() // it has been waited for: closes the pipes
	if err == nil && status != 0 {
		err = fmt.Errorf("ip %v: exit %d: %s", args, status, stderr.Bytes())
	}
	return lines, err
}

// traceToExit lets a process that stands at its first instruction run.
func (w *world) traceToExit(pid int) (status int, err error) {
	var ws unix.WaitStatus
	if _, err := unix.Wait4(pid, &ws, 0, nil); err != nil {
		return 0, err
	}
	if err := unix.PtraceSetOptions(pid, unix.PTRACE_O_TRACEEXIT); err != nil {
		return 0, err
	}
	for signal := 0; ; {
		if err := unix.PtraceCont(pid, signal); err != nil {
			return 0, err
		}
		if _, err := unix.Wait4(pid, &ws, 0, nil); err != nil {
			return 0, err
		}
		switch {
		case ws.Exited():
			return ws.ExitStatus(), nil
		case ws.Signaled():
			return -1, nil
		case ws.StopSignal() == unix.SIGTRAP && ws.TrapCause() == unix.PTRACE_EVENT_EXIT:
			if w.peak, err = memory(pid, "VmHWM"); err != nil {
				return 0, err
			}
			signal = 0
		default:
			signal = int(ws.StopSignal())
		}
	}
}

func countLines(r io.Reader) (n int, err error) {
	buf := make([]byte, 64<<10)
	for {
		k, err := r.Read(buf)
		n += bytes.Count(buf[:k], []byte{'\n'})
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
