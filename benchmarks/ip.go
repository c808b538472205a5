package main

import (
	"bufio"
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

// utility chooses one of the programs that are contenders.
type utility func(*tools) (path, name string)

var (
	theIP utility = func(t *tools) (path, name string) { return t.IP, "ip" }
	theTC utility = func(t *tools) (path, name string) { return t.TC, "tc" }
	theSS utility = func(t *tools) (path, name string) { return t.SS, "ss" }
	theCT utility = func(t *tools) (path, name string) { return t.CT, "conntrack" }
)

// ip runs the ip command, whose lines are the objects.
func ip(args ...string) func(*world) (op, error) { return theIP.shows("", args...) }

// shows runs a program. Its lines that have this in them are the objects.
func (p utility) shows(mark string, args ...string) func(*world) (op, error) {
	return func(w *world) (op, error) {
		path, name := p(w.tools)
		if path == "" {
			return nil, fmt.Errorf("there is no %s command", name)
		}
		return func() (int, error) { return w.runProgram(path, mark, args...) }, nil
	}
}

// ipBatch runs ip -batch on a file with a line for each object.
func ipBatch(line func(w *world, i int) string) func(*world) (op, error) { return theIP.batch(line) }

// batch runs a program's -batch on such a file.
func (p utility) batch(line func(w *world, i int) string) func(*world) (op, error) {
	return func(w *world) (op, error) {
		path, name := p(w.tools)
		if path == "" {
			return nil, fmt.Errorf("there is no %s command", name)
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
			_, err := w.runProgram(path, "", "-batch", file)
			return w.n, err
		}, nil
	}
}

// runIP runs ip and counts the lines that it prints.
func (w *world) runIP(args ...string) (lines int, err error) {
	return w.runProgram(w.tools.IP, "", args...)
}

// runProgram runs a program and counts the lines with mark that it prints. The process is traced up to its exit, to
// know what memory it had: ru_maxrss begins with that of its parent.
func (w *world) runProgram(path, mark string, args ...string) (lines int, err error) {
	runtime.LockOSThread() // only the tracing thread may ask
	defer runtime.UnlockOSThread()
	cmd := exec.Command(path, args...)
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
		lines, err = countLines(out, mark)
		counted <- err
	}()
	status, err := w.traceToExit(cmd.Process.Pid)
	if e := <-counted; err == nil {
		err = e
	}
	_ = cmd.Wait() // it has been waited for: closes the pipes
	if err == nil && status != 0 {
		err = fmt.Errorf("%s %v: exit %d: %s", path, args, status, stderr.Bytes())
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

func countLines(r io.Reader, mark string) (n int, err error) {
	if mark != "" {
		return countMarked(r, []byte(mark))
	}
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

func countMarked(r io.Reader, mark []byte) (n int, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if bytes.Contains(line, mark) {
			n++
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
