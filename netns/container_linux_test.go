package netns_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

const (
	containerID = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
	otherID     = "4f79ffff9e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
)

// host is a file system with control groups: v1 and v2 hierarchies are mounted, and each group has the processes
// listed, which know that they are in it.
func host(v1, v2 []string, groups map[string][]int) fstest.MapFS {
	h := fstest.MapFS{}
	var mounts strings.Builder
	fmt.Fprintln(&mounts, "proc /proc proc rw 0 0")
	for _, dir := range v1 {
		fmt.Fprintf(&mounts, "cgroup /%s cgroup rw,nosuid 0 0\n", dir)
		h[dir+"/cgroup.procs"] = &fstest.MapFile{Data: []byte("1\n")}
	}
	for _, dir := range v2 {
		fmt.Fprintf(&mounts, "cgroup2 /%s cgroup2 rw,nosuid 0 0\n", dir)
		h[dir+"/cgroup.procs"] = &fstest.MapFile{Data: []byte("1\n")}
	}
	h["proc/thread-self/mounts"] = &fstest.MapFile{Data: []byte(mounts.String())}
	for group, pids := range groups {
		var procs strings.Builder
		for _, pid := range pids {
			fmt.Fprintln(&procs, pid)
			h[fmt.Sprintf("proc/%d/cgroup", pid)] = &fstest.MapFile{Data: []byte("0::/" + group + "\n")}
		}
		h[group+"/cgroup.procs"] = &fstest.MapFile{Data: []byte(procs.String())}
	}
	return h
}

func TestContainerIsFoundInEveryLayout(t *testing.T) {
	nstest.Private(t)
	pid := child(t)
	want, err := netns.GetFromPid(pid)
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	const pod = "pod0125ec2f_b64a_4868_8f5b_94b56cbab864"
	v1, v2 := []string{"sys/fs/cgroup/memory", "sys/fs/cgroup/systemd"}, []string{"sys/fs/cgroup"}
	self := os.Getpid()
	for _, c := range []struct {
		name   string
		v1, v2 []string
		groups map[string][]int
	}{
		{"docker, v1, cgroupfs", v1, nil, map[string][]int{"sys/fs/cgroup/memory/docker/" + containerID: {pid}}},
		{"docker, v1, systemd", v1, nil, map[string][]int{"sys/fs/cgroup/memory/system.slice/docker-" + containerID + ".scope": {pid}}},
		{"docker, v1, only in one hierarchy", v1, nil, map[string][]int{"sys/fs/cgroup/systemd/docker/" + containerID: {pid}}},
		{"docker, v1 in all hierarchies", v1, nil, map[string][]int{
			"sys/fs/cgroup/memory/docker/" + containerID: {pid}, "sys/fs/cgroup/systemd/docker/" + containerID: {pid}}},
		{"docker, v2, systemd", nil, v2, map[string][]int{"sys/fs/cgroup/system.slice/docker-" + containerID + ".scope": {pid}}},
		{"docker, v2, cgroupfs", nil, v2, map[string][]int{"sys/fs/cgroup/docker/" + containerID: {pid}}},
		{"docker, hybrid", v1, []string{"sys/fs/cgroup/unified"}, map[string][]int{"sys/fs/cgroup/unified/system.slice/docker-" + containerID + ".scope": {pid}}},
		{"docker in docker", v1, nil, map[string][]int{
			"sys/fs/cgroup/memory/docker/a" + otherID[1:]: {self}, "sys/fs/cgroup/memory/docker/a" + otherID[1:] + "/docker/" + containerID: {pid}}},
		{"containerd, kubernetes, v2, systemd", nil, v2, map[string][]int{
			"sys/fs/cgroup/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-" + pod + ".slice/cri-containerd-" + containerID + ".scope": {pid}}},
		{"kubernetes, v1, cgroupfs", v1, nil, map[string][]int{"sys/fs/cgroup/memory/kubepods/burstable/" + pod + "/" + containerID: {pid}}},
		{"containerd, systemd path with cgroupfs", v1, nil, map[string][]int{
			"sys/fs/cgroup/systemd/system.slice/containerd.service/kubepods-burstable-" + pod + ".slice:cri-containerd:" + containerID: {pid}}},
		{"CRI-O beside its monitor", nil, v2, map[string][]int{
			"sys/fs/cgroup/kubepods.slice/kubepods-" + pod + ".slice/crio-conmon-" + containerID + ".scope": {self},
			"sys/fs/cgroup/kubepods.slice/kubepods-" + pod + ".slice/crio-" + containerID + ".scope":        {pid}}},
		{"podman, v2, own group below", nil, v2, map[string][]int{
			"sys/fs/cgroup/machine.slice/libpod-conmon-" + containerID + ".scope":    {self},
			"sys/fs/cgroup/machine.slice/libpod-" + containerID + ".scope/container": {pid}}},
		{"podman, rootless", nil, v2, map[string][]int{
			"sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + containerID + ".scope/container": {pid}}},
		{"podman, cgroupfs", v1, nil, map[string][]int{"sys/fs/cgroup/memory/libpod_parent/libpod-" + containerID: {pid}}},
		{"init system in the container", nil, v2, map[string][]int{
			"sys/fs/cgroup/system.slice/docker-" + containerID + ".scope":            {},
			"sys/fs/cgroup/system.slice/docker-" + containerID + ".scope/init.scope": {pid}}},
		{"processes of other process namespaces and ended ones", nil, v2, map[string][]int{
			"sys/fs/cgroup/docker/" + containerID: {0, 1 << 30, pid}}},
	} {
		for _, id := range []string{containerID, containerID[:12]} {
			ns, err := netns.FromContainer(host(c.v1, c.v2, c.groups), id)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if !ns.Equal(want) {
				t.Errorf("%s: %v, want %v", c.name, ns, want)
			}
			ns.Close()
		}
	}
}

func TestContainerNotFound(t *testing.T) {
	self := os.Getpid()
	v2 := []string{"sys/fs/cgroup"}
	reused := host(nil, v2, map[string][]int{"sys/fs/cgroup/docker/" + containerID: {self}})
	reused[fmt.Sprintf("proc/%d/cgroup", self)] = &fstest.MapFile{Data: []byte("0::/user.slice\n")}
	for _, c := range []struct {
		name string
		host fstest.MapFS
		id   string
		is   error
		text string
	}{
		{"none of that number", host(nil, v2, map[string][]int{"sys/fs/cgroup/docker/" + containerID: {self}}), "beef", os.ErrNotExist, "no such container"},
		{"identifier is another's end", host(nil, v2, map[string][]int{"sys/fs/cgroup/docker/" + containerID: {self}}), containerID[1:], os.ErrNotExist, "no such container"},
		{"two begin so", host(nil, v2, map[string][]int{
			"sys/fs/cgroup/docker/" + containerID: {self}, "sys/fs/cgroup/docker/" + otherID: {self}}), "4f79", unix.EINVAL, "fits 2 containers"},
		{"group of another name", host(nil, v2, map[string][]int{"sys/fs/cgroup/docker": {self}}), "docker", os.ErrNotExist, "no such container"},
		{"no control groups", host(nil, nil, nil), containerID, os.ErrNotExist, "no control groups"},
		{"no process left", host(nil, v2, map[string][]int{"sys/fs/cgroup/docker/" + containerID: {}}), containerID, unix.ESRCH, "no process"},
		{"process has ended", host(nil, v2, map[string][]int{"sys/fs/cgroup/docker/" + containerID: {1 << 30}}), containerID, os.ErrNotExist, "process 1073741824"},
		{"its number is another's now", reused, containerID, unix.ESRCH, "no process"},
		{"garbage for a process", fstest.MapFS{
			"proc/thread-self/mounts": &fstest.MapFile{Data: []byte("cgroup2 /c cgroup2 rw 0 0\nshort\n")}, "c/" + containerID + "/cgroup.procs": &fstest.MapFile{Data: []byte("x\n")}},
			containerID, nil, "parsing"},
		{"empty identifier", host(nil, v2, nil), "", unix.EINVAL, "no container identifier"},
		{"path", host(nil, v2, nil), "../" + containerID, unix.EINVAL, "no container identifier"},
	} {
		ns, err := netns.FromContainer(c.host, c.id)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) || ns != netns.None() {
			t.Errorf("%s: %v, %v", c.name, ns, err)
		}
	}
}

func TestGetFromDockerNamesTheContainer(t *testing.T) {
	ns, err := netns.GetFromDocker("feedbeef")
	if err == nil || !strings.HasPrefix(err.Error(), `netns get "container feedbeef": no `) || ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
}
