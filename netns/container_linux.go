package netns

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"kern.sys/unix"
)

// GetFromDocker returns a handle of the network namespace of the running container whose identifier is id, or begins
// with it if no container's is id itself; a beginning that fits several containers is an error. It finds the container
// by its control group, so it works for Docker, containerd, CRI-O, Podman, nerdctl, Kata Containers and AWS ECS, on
// hierarchies of version 1 and 2, with systemd and without, also below Kubernetes, and for LXC, LXD and Incus, whose
// identifiers are names. It has to run in the host's control group and process namespaces.
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
		ns, openErr := openFile(pidPath(pid))
		if openErr != nil {
			err = os.NewSyscallError(pidObject(pid), openErr)
			continue
		}
		if inGroup(host, pid, groups) { // else it has ended, and its number is another's by now
			return ns, nil
		}
		closeQuietly(ns)
	}
	return None(), err
}

var errNoProcess = &errnoError{"no process is in it", unix.ESRCH}

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
	found := map[string][]string{} // by the container's whole identifier
	for _, root := range roots {
		err := fs.WalkDir(host, root, func(dir string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // groups come and go meanwhile
			}
			if err != nil {
				return err
			}
			if container := containerOf(dir); e.IsDir() && container != "" && strings.HasPrefix(container, id) {
				found[container] = append(found[container], dir)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if groups, ok := found[id]; ok {
		return groups, nil
	}
	if len(found) > 1 {
		return nil, fmt.Errorf("the identifier fits %d containers: %w", len(found), unix.EINVAL)
	}
	for _, groups := range found {
		return groups, nil
	}
	return nil, fmt.Errorf("no such container: %w", unix.ENOENT)
}

// containerOf returns the identifier of the container that a control group is for, by the group's folder, or "":
//
//	0123…                                   cgroupfs driver: /docker/0123…, /kubepods/burstable/podUID/0123…
//	docker-0123….scope                      systemd driver; also cri-containerd-, crio-, libpod-, nerdctl-
//	kubepods-podUID.slice:cri-containerd:0123…   a systemd path given to the cgroupfs driver
//	kata_0123…                              a sandbox of Kata Containers
//	lxc.payload.NAME                        LXC since 4.0; before it lxc.payload/NAME and, as with Proxmox, lxc/NAME
//
// The groups of monitor processes, such as crio-conmon-0123….scope and lxc.monitor.NAME, are not their containers'.
func containerOf(group string) string {
	parent, name := path.Split(group)
	switch path.Base(parent) {
	case "lxc", "lxc.payload":
		return name
	}
	if container, ok := strings.CutPrefix(name, "lxc.payload."); ok {
		return container
	}
	name = strings.TrimSuffix(name, ".scope")
	engine := name[:len(name)-fullIDLen(name)]
	if engine != "" && !strings.ContainsAny(engine[len(engine)-1:], "-:_") || strings.HasSuffix(engine, "conmon-") {
		return ""
	}
	return name[len(engine):]
}

// fullIDLen returns the length of the identifier that name ends in, as container engines make them: 32 bytes in
// hexadecimal; for tasks of AWS Fargate 16 bytes, a dash, and a decimal number. Zero: there is none.
func fullIDLen(name string) int {
	const engineLen, taskLen = 64, 32
	const decimal, hexadecimal = "0123456789", "0123456789abcdef"
	if i := len(name) - engineLen; i >= 0 && strings.Trim(name[i:], hexadecimal) == "" {
		return engineLen
	}
	task := strings.TrimRight(name, decimal)
	if task == name || !strings.HasSuffix(task, "-") {
		return 0
	}
	task = task[:len(task)-1]
	if i := len(task) - taskLen; i >= 0 && strings.Trim(task[i:], hexadecimal) == "" {
		return len(name) - i
	}
	return 0
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
			none := errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENODEV) || errors.Is(err, unix.EOPNOTSUPP)
			if err != nil && !none {
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

// inGroup reports whether a process is in one of the control groups, or below one.
func inGroup(host fs.FS, pid int, groups []string) bool {
	b, err := fs.ReadFile(host, fmt.Sprintf("proc/%d/cgroup", pid))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) { // 4:memory:/docker/0123…
		for name := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "/") {
			if slices.ContainsFunc(groups, func(group string) bool { return path.Base(group) == name }) {
				return true
			}
		}
	}
	return false
}
