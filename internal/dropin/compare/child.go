package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kern.sys/unix"
)

// record is what came of a call.
type record struct {
	index  int
	args   string
	leaves map[string]string // the parts of the results, the arguments and the world
	order  []string
}

func (r *record) add(path, value string) {
	if _, has := r.leaves[path]; !has {
		r.order = append(r.order, path)
	}
	r.leaves[path] = value
}

// Exit statuses of the program of calls, and how often it is started again behind a call that ended it.
const (
	statusFatal   = 76
	statusBlocked = 77
	maxRestarts   = 3
)

// records runs all calls of a function in namespaces of their own.
func records(program, world, function string) ([]*record, error) {
	var all []*record
	for first, restarts := 0, 0; ; restarts++ {
		some, end, err := runCalls(program, world, function, first)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if end == "" {
			return all, nil
		}
		if len(some) == 0 {
			return nil, fmt.Errorf("%s of %s: %s before a call", function, program, end)
		}
		last := some[len(some)-1]
		last.add("outcome", end)
		first = last.index + 1
		if restarts == maxRestarts {
			return all, nil
		}
	}
}

// runCalls runs the program once. end says how it ended, if not well.
func runCalls(program, world, function string, first int) (rs []*record, end string, err error) {
	const logSize = 64 << 20
	fd, err := unix.MemfdCreate("calls", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, "", err
	}
	log := os.NewFile(uintptr(fd), "calls")
	defer log.Close()
	if err := log.Truncate(logSize); err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "3", world, function, strconv.Itoa(first))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.ExtraFiles = []*os.File{log}
	// Signals to preempt goroutines would interrupt calls.
	cmd.Env = []string{"PATH=/usr/bin:/bin", "GOTRACEBACK=none", "GODEBUG=asyncpreemptoff=1", "GOGC=off"}
	cmd.SysProcAttr = apart()
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case !errors.As(err, &exit):
		return nil, "", fmt.Errorf("%s: %w", function, err)
	case exit.ExitCode() == statusFatal || ctx.Err() != nil:
		return nil, "", fmt.Errorf("%s: %w: %s", function, err, &stderr)
	case exit.ExitCode() == statusBlocked:
		end = "blocked"
	default:
		end = exit.String()
	}
	var head [8]byte
	if _, err := log.ReadAt(head[:], 0); err != nil {
		return nil, "", err
	}
	text := make([]byte, max(8, binary.LittleEndian.Uint64(head[:])))
	if _, err := log.ReadAt(text, 0); err != nil {
		return nil, "", err
	}
	return parseRecords(string(text[8:])), end, nil
}

// apart are the attributes of a process that can do no harm: alone in namespaces of every kind, as a user without
// rights outside of them.
func apart() *syscall.SysProcAttr {
	user := syscall.SysProcIDMap{HostID: os.Getuid(), Size: 1}
	group := syscall.SysProcIDMap{HostID: os.Getgid(), Size: 1}
	if user.HostID == 0 {
		const nobody = 65534
		user.HostID, group.HostID = nobody, nobody
	}
	return &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC |
			unix.CLONE_NEWUTS |
			unix.CLONE_NEWCGROUP,
		UidMappings: []syscall.SysProcIDMap{user}, GidMappings: []syscall.SysProcIDMap{group},
		Credential: &syscall.Credential{NoSetGroups: true}, // root there
		Setsid:     true,                                   // so that kill(0) reaches nobody else
		Pdeathsig:  syscall.SIGKILL,
	}
}

func parseRecords(text string) (rs []*record) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		path, value, _ := strings.Cut(line, "\t")
		switch index, isHead := strings.CutPrefix(path, "> "); {
		case isHead:
			i, _ := strconv.Atoi(index)
			rs = append(rs, &record{index: i, args: value, leaves: map[string]string{}})
		case line != "<" && len(rs) > 0:
			rs[len(rs)-1].add(path, value)
		}
	}
	return rs
}
