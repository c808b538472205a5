package ss

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kern.sys/unix"
)

// selinuxfs is where SELinux shows itself.
const selinuxfs = "/sys/fs/selinux"

func selinuxEnabled() bool {
	_, err := os.Stat(filepath.Join(selinuxfs, "enforce"))
	return err == nil
}

// taskContext is the security context of a process or thread, by its directory in /proc; "" where it cannot be read.
func taskContext(process string) string {
	return contextIn(os.ReadFile(filepath.Join(process, "attr/current")))
}

// fileContext is the security context of a file.
func fileContext(path string) string {
	b := make([]byte, 4096)
	n, err := unix.Getxattr(path, "security.selinux", b)
	return contextIn(b[:max(n, 0)], err)
}

func contextIn(b []byte, err error) string {
	if err != nil {
		return ""
	}
	text, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(text)
}

func orUnavailable(context string) string {
	if context == "" {
		return "unavailable"
	}
	return context
}

// netlinkContext is that of what has a port of netlink: of the kernel for 0, and else of the process of the number.
func netlinkContext(port uint32) string {
	switch {
	case port == 0:
		return orUnavailable(contextIn(os.ReadFile(filepath.Join(selinuxfs, "initial_contexts/kernel"))))
	case int32(port) > 0:
		return orUnavailable(taskContext(filepath.Join("/proc", strconv.Itoa(int(port)))))
	}
	return orUnavailable("")
}
