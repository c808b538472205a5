package ss

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// cgroupRoot is where the hierarchy of cgroups is mounted.
func cgroupRoot() (string, error) {
	root, err := cli.Cgroup2Mount()
	if err == nil && root == "" {
		err = says("Failed to find cgroup2 mount")
	}
	return root, err
}

// cgroup is the condition that a socket is of a cgroup: a path, or one below where the hierarchy is mounted.
func cgroup(path string) (*condition, error) {
	id, err := cgroupID(path)
	if err != nil {
		root, rootErr := cgroupRoot()
		if rootErr != nil {
			return nil, cannotParse("%s\nCannot parse cgroup %s.", rootErr, path)
		}
		if id, err = cgroupID(filepath.Join(root, path)); err != nil {
			return nil, cannotParse("Failed to get cgroup2 ID: %s\nCannot parse cgroup %s.", cli.Cause(err), path)
		}
	}
	return &condition{netlink.SocketCgroup(id), func(e *endpoints) bool { return e.cgroup == id }}, nil
}

// cgroupID is the kernel's number of a cgroup, which is the handle of its directory.
func cgroupID(path string) (uint64, error) {
	h, _, err := unix.NameToHandleAt(unix.AT_FDCWD, path, 0)
	if err != nil {
		return 0, err
	}
	if b := h.Bytes(); len(b) == 8 {
		return native.Uint64(b), nil
	}
	return 0, fmt.Errorf("%s is no cgroup: %w", path, unix.EINVAL)
}

// cgroupPath is the path of a cgroup.
func (s *shower) cgroupPath(id uint64) string {
	if s.paths == nil {
		s.paths = map[uint64]string{}
		if root, err := cgroupRoot(); err == nil {
			s.findCgroups(root)
		}
	}
	if path, ok := s.paths[id]; ok {
		return path
	}
	return fmt.Sprintf("unreachable:%x", id)
}

// findCgroups finds the cgroups by the inodes of their directories. Those that cannot be read stay numbers.
func (s *shower) findCgroups(root string) {
	_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				s.paths[st.Ino] = "/" + strings.TrimPrefix(strings.TrimPrefix(path, root), "/")
			}
		}
		return nil
	})
}
