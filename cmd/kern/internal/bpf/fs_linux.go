package bpf

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// defaultMount is where the BPF file system usually is. The variable of the environment TC_BPF_MNT names another
// place.
const defaultMount = "/sys/fs/bpf"

// workDir is the directory for programs of a type in the BPF file system: tc, and xdp and ip, which are links to it.
// Where the file system is not mounted, it is.
func workDir(typ uint32) (string, error) {
	base := os.Getenv("TC_BPF_MNT")
	if base == "" || !isOf(base, unix.BPF_FS_MAGIC) {
		var err error
		if base, err = mountPoint(base); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(filepath.Join(base, "tc", "globals"), 0o700); err != nil {
		return "", desc.Failed("mkdir %s/tc/globals failed: %s", base, cause(err))
	}
	for _, name := range []string{"xdp", "ip"} {
		if err := os.Symlink(filepath.Join(base, "tc")+"/", filepath.Join(base, name)); err != nil &&
			!errors.Is(err, fs.ErrExist) {
			return "", desc.Failed("symlink %s/%s failed: %s", base, name, cause(err))
		}
	}
	switch typ {
	case uapi.BPF_PROG_TYPE_SCHED_CLS, uapi.BPF_PROG_TYPE_SCHED_ACT:
		return filepath.Join(base, "tc"), nil
	case uapi.BPF_PROG_TYPE_XDP:
		return filepath.Join(base, "xdp"), nil
	}
	return filepath.Join(base, "ip"), nil
}

// mountPoint finds a BPF file system, or mounts one at the place that is wished, "" for the usual one.
func mountPoint(wish string) (string, error) {
	if wish == "" {
		if dir, ok := mounted("bpf", unix.BPF_FS_MAGIC, defaultMount, "/bpf"); ok {
			return dir, nil
		}
		wish = defaultMount
	}
	err := os.Mkdir(wish, 0o700)
	if err == nil || errors.Is(err, fs.ErrExist) {
		err = mount(wish)
	}
	if err != nil {
		return "", desc.Failed("No BPF file system at %s, and none can be mounted: %s", wish, cause(err))
	}
	return wish, nil
}

// mount mounts one, which other mount namespaces do not get.
func mount(dir string) error {
	err := unix.Mount("", dir, "none", unix.MS_PRIVATE|unix.MS_REC, "")
	if errors.Is(err, unix.EINVAL) { // it is no mount point yet
		if err = unix.Mount(dir, dir, "none", unix.MS_BIND, ""); err == nil {
			err = unix.Mount("", dir, "none", unix.MS_PRIVATE|unix.MS_REC, "")
		}
	}
	if err != nil {
		return err
	}
	return unix.Mount("bpf", dir, "bpf", 0, "mode=0700")
}

// mounted is where a file system of a type is: in one of the usual places, or in the first other one.
func mounted(typ string, magic uint32, usual ...string) (dir string, ok bool) {
	for _, dir := range usual {
		if isOf(dir, magic) {
			return dir, true
		}
	}
	mounts, _ := os.ReadFile("/proc/mounts") // without it none is known
	for line := range strings.Lines(string(mounts)) {
		if words := strings.Fields(line); len(words) > 2 && words[2] == typ && isOf(words[1], magic) {
			return words[1], true
		}
	}
	return "", false
}

func isOf(dir string, magic uint32) bool {
	var s unix.Statfs_t
	return unix.Statfs(dir, &s) == nil && uint32(s.Type) == magic
}

// TracePipe is the file that what programs print comes from, of the file system "tracefs": see bpf_trace_printk in
// bpf-helpers(7).
func TracePipe() (path string, ok bool) {
	dir, ok := mounted("tracefs", unix.TRACEFS_MAGIC, "/sys/kernel/tracing", "/sys/kernel/debug/tracing", "/tracing",
		"/trace")
	return filepath.Join(dir, "trace_pipe"), ok
}
