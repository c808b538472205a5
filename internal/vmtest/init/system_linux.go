package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// mounts are the file systems of a usual system. Those marked optional come from modules or options that a kernel may
// not have.
var mounts = []struct {
	dir, fstype, options string
	optional             bool
}{
	{"/proc", "proc", "", false},
	{"/sys", "sysfs", "", false},
	{"/dev", "devtmpfs", "", false},
	{"/dev/pts", "devpts", "ptmxmode=0666", false},
	{"/dev/shm", "tmpfs", "mode=1777", false},
	{"/tmp", "tmpfs", "mode=1777", false},
	{"/run", "tmpfs", "mode=0755", false},
	{"/sys/fs/cgroup", "cgroup2", "", true},
	{"/sys/fs/bpf", "bpf", "", true},
	{"/sys/kernel/debug", "debugfs", "", true},
	{"/sys/kernel/tracing", "tracefs", "", true},
}

// mountAll mounts them, and adds the links to /dev that a usual system has.
func mountAll() error {
	for _, m := range mounts {
		err := os.MkdirAll(m.dir, 0o755)
		if err == nil {
			err = syscall.Mount(m.fstype, m.dir, m.fstype, 0, m.options)
		}
		if err != nil && !m.optional {
			return fmt.Errorf("mount %s: %w", m.dir, err)
		}
	}
	for name, target := range map[string]string{"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"} {
		if err := os.Symlink("/proc/self/fd"+target, "/dev/"+name); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

func kernelRelease() (string, error) {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(b)), err
}

// loopbackUp does "ip link set lo up".
func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	ifreq := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP}
	copy(ifreq.name[:], "lo")
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&ifreq)))
	if errno != 0 {
		err = fmt.Errorf("set lo up: %w", errno)
	}
	return errors.Join(err, syscall.Close(fd))
}
