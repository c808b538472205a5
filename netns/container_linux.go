package netns

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"kern.sys/unix"
)

// GetFromDocker returns a handle of the network namespace of the running container whose identifier is id or
// begins with it; an identifier that fits several containers is an error. It finds the container by its control
// group, so it works for Docker, containerd, CRI-O and Podman, on hierarchies of version 1 and 2, with systemd and
// without, also below Kubernetes. It has to run in the host's control group and process namespaces.
func GetFromDocker(id string) (NsHandle, error) {
	ns, err := fromContainer(os.DirFS("/"), id)
	if err != nil {
		return None(), opError("get", "container "+id, err)
	}
	return ns, nil
}

// fromContainer looks for the container in host, the root of a file system, and opens its namespace in the real one.
func fromContainer(host fs.FS, id string) (NsHandle, error) {
	groups, err := containerGroups(host, id)
	if err != nil {
		return None(), err
	}
	pids, err := groupPids(host, groups)
	if err != nil {
		return None(), err
	}
	err = errNoProcess
	for _, pid := range pids {
		ns, openErr := GetFromPid(pid)
		if openErr != nil {
			err = openErr
			continue
		}
		if inGroup(host, pid, path.Base(groups[0])) { // else it has ended, and its number is another's by now
			return ns, nil
		}
		closeQuietly(ns)
	}
	return None(), err
}

var errNoProcess = fmt.Errorf("no process is in it: %w", unix.ESRCH)

// containerGroups returns the control groups of the one container that id stands for: one in each hierarchy, as
// folders of host, the root of the file system.
func containerGroups(host fs.FS, id string) ([]string, error) {
	if id == "" || strings.Contains(id, "/") {
		return nil, fmt.Errorf("no container identifier: %w", unix.EINVAL)
	}
	roots, err := cgroupMounts(host)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	var groups []string
	for _, root := range roots {
		err := fs.WalkDir(host, root, func(dir string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // groups come and go meanwhile
			}
			if err != nil {
				return err
			}
			if container := containerOf(e.Name()); e.IsDir() && container != "" && strings.HasPrefix(container, id) {
				found[container] = true
				groups = append(groups, dir)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no such container: %w", unix.ENOENT)
	case 1:
		return groups, nil
	}
	return nil, fmt.Errorf("the identifier fits %d containers: %w", len(found), unix.EINVAL)
}

// containerOf returns the identifier of the container that a control group is for, by the group's name, or "":
//
//	0123…                                   cgroupfs driver: /docker/0123…, /kubepods/burstable/podUID/0123…
//	docker-0123….scope                      systemd driver; also cri-containerd-, crio-, libpod-, nerdctl-
//	kubepods-podUID.slice:cri-containerd:0123…   a systemd path given to the cgroupfs driver
//
// A monitor process's own group, crio-conmon-0123….scope, is not its container's.
func containerOf(group string) string {
	name, _ := strings.CutSuffix(group, ".scope")
	i := strings.LastIndexAny(name, "-:") + 1
	if !isFullID(name[i:]) || strings.HasSuffix(name[:i], "conmon-") {
		return ""
	}
	return name[i:]
}

// isFullID tells whether s is an identifier as container engines make them: 32 bytes in hexadecimal.
func isFullID(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// cgroupMounts returns where control group hierarchies are mounted, version 2 first.
func cgroupMounts(host fs.FS) ([]string, error) {
	mounts, err := readMounts(host)
	if err != nil {
		return nil, err
	}
	var v1, v2 []string
	for _, m := range mounts {
		dir := strings.TrimPrefix(path.Clean(m.dir), "/")
		switch m.fstype {
		case "cgroup2":
			v2 = append(v2, dir)
		case "cgroup":
			v1 = append(v1, dir)
		}
	}
	if v1 == nil && v2 == nil {
		return nil, fmt.Errorf("no control groups are mounted: %w", unix.ENOENT)
	}
	return append(v2, v1...), nil
}

// groupPids returns the processes in the groups and in those below them, those nearest to the top first: a
// container that runs an init system or containers of its own has them there.
func groupPids(host fs.FS, groups []string) ([]int, error) {
	for len(groups) > 0 {
		var pids []int
		var below []string
		for _, group := range groups {
			procs, err := fs.ReadFile(host, path.Join(group, "cgroup.procs"))
			// ENODEV: the group is gone. EOPNOTSUPP: a threaded group, whose processes count as its parent's.
			if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENODEV) && !errors.Is(err, unix.EOPNOTSUPP) {
				return nil, err
			}
			for _, line := range strings.Fields(string(procs)) {
				pid, err := strconv.Atoi(line)
				if err != nil {
					return nil, err
				}
				pids = append(pids, pid) // zero for a process of another process namespace, which /proc does not have
			}
			entries, err := fs.ReadDir(host, group)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			for _, e := range entries {
				if e.IsDir() {
					below = append(below, path.Join(group, e.Name()))
				}
			}
		}
		if len(pids) > 0 {
			return pids, nil
		}
		groups = below
	}
	return nil, errNoProcess
}

// inGroup tells whether a process is in a control group of that name, or below one.
func inGroup(host fs.FS, pid int, group string) bool {
	b, err := fs.ReadFile(host, fmt.Sprintf("proc/%d/cgroup", pid))
	return err == nil && strings.Contains(string(b), "/"+group)
}
