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
	taskID      = "cd189a933e5849daa93386466019ab50-2495160603"
	cg          = "sys/fs/cgroup/"
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
		dir = strings.ReplaceAll(dir, `\040`, " ")
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
	v1, v2 := []string{cg + "memory", cg + "systemd"}, []string{"sys/fs/cgroup"}
	self := os.Getpid()
	for _, c := range []struct {
		name   string
		v1, v2 []string
		groups map[string][]int
	}{
		{"docker, v1, cgroupfs", v1, nil, map[string][]int{cg + "memory/docker/" + containerID: {pid}}},
		{"docker, v1, systemd", v1, nil, map[string][]int{
			cg + "memory/system.slice/docker-" + containerID + ".scope": {pid}}},
		{"docker, v1, only in one hierarchy", v1, nil, map[string][]int{
			cg + "systemd/docker/" + containerID: {pid}}},
		{"docker, v1 in all hierarchies", v1, nil, map[string][]int{
			cg + "memory/docker/" + containerID: {pid}, cg + "systemd/docker/" + containerID: {pid}}},
		{"docker, v2, systemd", nil, v2, map[string][]int{
			cg + "system.slice/docker-" + containerID + ".scope": {pid}}},
		{"docker, v2, cgroupfs", nil, v2, map[string][]int{cg + "docker/" + containerID: {pid}}},
		{"docker, hybrid", v1, []string{cg + "unified"}, map[string][]int{
			cg + "unified/system.slice/docker-" + containerID + ".scope": {pid}}},
		{"docker in docker", v1, nil, map[string][]int{
			cg + "memory/docker/a" + otherID[1:]: {self}, cg + "memory/docker/a" + otherID[1:] + "/docker/" +
				containerID: {pid}}},
		{"containerd, kubernetes, v2, systemd", nil, v2, map[string][]int{
			cg + "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-" + pod + ".slice/cri-containerd-" +
				containerID + ".scope": {pid}}},
		{"kubernetes, v1, cgroupfs", v1, nil, map[string][]int{
			cg + "memory/kubepods/burstable/" + pod + "/" + containerID: {pid}}},
		{"containerd, systemd path with cgroupfs", v1, nil, map[string][]int{
			cg + "systemd/system.slice/containerd.service/kubepods-burstable-" + pod + ".slice:cri-containerd:" +
				containerID: {pid}}},
		{"CRI-O beside its monitor", nil, v2, map[string][]int{
			cg + "kubepods.slice/kubepods-" + pod + ".slice/crio-conmon-" + containerID + ".scope": {self},
			cg + "kubepods.slice/kubepods-" + pod + ".slice/crio-" + containerID + ".scope":        {pid}}},
		{"podman, v2, own group below", nil, v2, map[string][]int{
			cg + "machine.slice/libpod-conmon-" + containerID + ".scope":    {self},
			cg + "machine.slice/libpod-" + containerID + ".scope/container": {pid}}},
		{"podman, rootless", nil, v2, map[string][]int{
			cg + "user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + containerID + ".scope/container": {pid}}},
		{"podman, cgroupfs", v1, nil, map[string][]int{cg + "memory/libpod_parent/libpod-" + containerID: {pid}}},
		{"init system in the container", nil, v2, map[string][]int{
			cg + "system.slice/docker-" + containerID + ".scope":            {},
			cg + "system.slice/docker-" + containerID + ".scope/init.scope": {pid}}},
		{"init system beside the engine's group", nil, v2, map[string][]int{
			cg + "user.slice/user-1000.slice/user@1000.service/app.slice/web.service/libpod-payload-" + containerID: {pid},
			cg + "user.slice/user-1000.slice/user@1000.service/app.slice/web.service/supervisor":                    {self}}},
		{"nerdctl, v2", nil, v2, map[string][]int{cg + "system.slice/nerdctl-" + containerID + ".scope": {pid}}},
		{"finch, v1", v1, nil, map[string][]int{cg + "systemd/finch/" + containerID: {pid}}},
		{"docker of old, by LXC", v1, nil, map[string][]int{cg + "memory/lxc/" + containerID: {pid}}},
		{"kubernetes, v2, cgroupfs", nil, v2, map[string][]int{
			cg + "kubepods/besteffort/" + pod + "/" + containerID: {pid}}},
		{"kubernetes in a container", nil, v2, map[string][]int{
			cg + "system.slice/docker-a" + otherID[1:] +
				".scope/init.scope": {self},
			cg + "system.slice/docker-a" + otherID[1:] + ".scope/kubelet.slice/kubelet-kubepods.slice/cri-containerd-" +
				containerID + ".scope": {pid}}},
		{"CRI-O, v1, cgroupfs", v1, nil, map[string][]int{
			cg + "memory/kubepods/" + pod + "/crio-conmon-" + containerID: {self}, cg + "memory/kubepods/" + pod + "/crio-" +
				containerID: {pid}}},
		{"Kata Containers", v1, nil, map[string][]int{
			cg + "memory/kubepods/" + pod + "/kata_" + containerID: {pid}}},
		{"ECS on EC2, v1", v1, nil, map[string][]int{
			cg + "memory/ecs/cluster/" + taskID[:32] + "/" + containerID: {pid}}},
		{"ECS on EC2, v2", nil, v2, map[string][]int{
			cg + "ecstasks.slice/ecstasks-" + taskID[:32] + ".slice/docker-" + containerID + ".scope": {pid}}},
		{"mounted where the path has a space", nil, []string{`sys/fs/c\040group`}, map[string][]int{
			"sys/fs/c group/docker/" + containerID: {pid}}},
		{"processes of other process namespaces and ended ones", nil, v2, map[string][]int{
			cg + "docker/" + containerID: {0, 1 << 30, pid}}},
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

func TestContainersWithOtherIdentifiersAreFound(t *testing.T) {
	nstest.Private(t)
	pid, self := child(t), os.Getpid()
	want, err := netns.GetFromPid(pid)
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	const task = cg + "ecs/cd189a933e5849daa93386466019ab50/"
	for _, c := range []struct {
		name, id string
		groups   map[string][]int
	}{
		{"ECS on Fargate", taskID, map[string][]int{task + taskID: {pid}}},
		{"the task alone", taskID[:32], map[string][]int{task + taskID: {pid}}},
		{"its beginning", taskID[:8], map[string][]int{task + taskID: {pid}}},
		{"another container of the task", taskID, map[string][]int{task + taskID: {pid}, task + taskID[:33] + "11": {self}}},
		{"one that begins as another one is called", taskID[:36], map[string][]int{
			task + taskID[:36]: {pid}, task + taskID: {self}}},
		{"ECS, systemd", taskID, map[string][]int{
			cg + "ecstasks.slice/ecstasks-" + taskID[:32] + ".slice/docker-" + taskID + ".scope": {pid}}},
		{"LXC 4", "web", map[string][]int{cg + "lxc.monitor.web": {self}, cg + "lxc.payload.web/init.scope": {pid}}},
		{"LXC 4 beside one whose name begins so", "web", map[string][]int{
			cg + "lxc.payload.web": {pid}, cg + "lxc.payload.web2": {self}}},
		{"LXC 4, started again", "web", map[string][]int{cg + "lxc.payload.web-1": {pid}}},
		{"LXC 3.1", "web", map[string][]int{cg + "lxc.monitor/web": {self}, cg + "lxc.payload/web": {pid}}},
		{"LXC 3, Proxmox", "101", map[string][]int{cg + "lxc.monitor/101": {self}, cg + "lxc/101/ns/init.scope": {pid}}},
		{"LXD, project", "project_web", map[string][]int{cg + "lxc.payload.project_web": {pid}}},
	} {
		for _, v := range []int{1, 2} {
			h := host(nil, []string{"sys/fs/cgroup"}, c.groups)
			if v == 1 {
				h = host([]string{"sys/fs/cgroup"}, nil, c.groups)
			}
			ns, err := netns.FromContainer(h, c.id)
			if err != nil {
				t.Errorf("%s, v%d: %v", c.name, v, err)
				continue
			}
			if !ns.Equal(want) {
				t.Errorf("%s, v%d: %v, want %v", c.name, v, ns, want)
			}
			ns.Close()
		}
	}
}

func TestContainerNotFound(t *testing.T) {
	self := os.Getpid()
	v2 := []string{"sys/fs/cgroup"}
	reused := host(nil, v2, map[string][]int{cg + "docker/" + containerID: {self}})
	reused[fmt.Sprintf("proc/%d/cgroup", self)] = &fstest.MapFile{Data: []byte("0::/user.slice\n")}
	renamed := host(nil, v2, map[string][]int{cg + "lxc.payload.web": {self}})
	renamed[fmt.Sprintf("proc/%d/cgroup", self)] = &fstest.MapFile{Data: []byte("0::/lxc.payload.web2\n")}
	for _, c := range []struct {
		name string
		host fstest.MapFS
		id   string
		is   error
		text string
	}{
		{"none of that number", host(nil, v2, map[string][]int{
			cg + "docker/" + containerID: {self}}), "beef", os.ErrNotExist, "no such container"},
		{"identifier is another's end", host(nil, v2, map[string][]int{
			cg + "docker/" + containerID: {self}}), containerID[1:], os.ErrNotExist, "no such container"},
		{"two begin so", host(nil, v2, map[string][]int{
			cg + "docker/" + containerID: {self}, cg + "docker/" + otherID: {self}}), "4f79", unix.EINVAL, "fits 2 containers"},
		{"number of a process that went to a group whose name begins so", renamed, "web", unix.ESRCH, "no process"},
		{"containers of one task", host(nil, v2, map[string][]int{
			cg + "ecs/t/" + taskID: {self}, cg + "ecs/t/" + taskID[:33] + "11": {self}}), taskID[:32], unix.EINVAL,
			"fits 2 containers"},
		{"task's number without a container's", host(nil, v2, map[string][]int{
			cg + "ecs/" + taskID[:32]: {self}}), taskID[:32], os.ErrNotExist, "no such"},
		{"no task's number", host(nil, v2, map[string][]int{
			cg + "" + taskID[1:]: {self}}), taskID[1:], os.ErrNotExist, "no such container"},
		{"longer than a task's", host(nil, v2, map[string][]int{
			cg + "a" + taskID: {self}}), taskID, os.ErrNotExist, "no such container"},
		{"no number after the task's", host(nil, v2, map[string][]int{
			cg + "" + taskID[:33]: {self}}), taskID[:33], os.ErrNotExist, "no such container"},
		{"monitor of LXC", host(nil, v2, map[string][]int{
			cg + "lxc.monitor.web": {self}}), "web", os.ErrNotExist, "no such container"},
		{"a pod", host(nil, v2, map[string][]int{
			cg + "machine.slice/machine-libpod_pod_" + containerID + ".slice": {self}}), containerID, os.ErrNotExist,
			"no such"},
		{"group of another name", host(nil, v2, map[string][]int{
			cg + "docker": {self}}), "docker", os.ErrNotExist, "no such container"},
		{"no control groups", host(nil, nil, nil), containerID, os.ErrNotExist, "no control groups"},
		{"no process left", host(nil, v2, map[string][]int{
			cg + "docker/" + containerID: {}}), containerID, unix.ESRCH, "no process"},
		{"process has ended", host(nil, v2, map[string][]int{
			cg + "docker/" + containerID: {1 << 30}}), containerID, os.ErrNotExist, "process 1073741824"},
		{"its number is another's now", reused, containerID, unix.ESRCH, "no process"},
		{"garbage for a process", fstest.MapFS{
			"proc/thread-self/mounts": &fstest.MapFile{Data: []byte("cgroup2 /c cgroup2 rw 0 0\nshort\n")}, "c/" + containerID +
				"/cgroup.procs": &fstest.MapFile{Data: []byte("x\n")}},
			containerID, nil, "parsing"},
		{"empty identifier", host(nil, v2, nil), "", unix.EINVAL, "no container identifier"},
		{"path", host(nil, v2, nil), "../" + containerID, unix.EINVAL, "no container identifier"},
	} {
		ns, err := netns.FromContainer(c.host, c.id)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) ||
			ns != netns.None() {
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
