package ip

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netns"
	"kern.sys/unix"
)

// execVRF is "vrf exec": it runs a command whose sockets are bound to a VRF, as this process where
// nothing comes after.
func execVRF(c *cli.Command) error {
	switch len(c.Rest) {
	case 0:
		return cli.Exit(cli.StatusFailed, "No VRF name specified")
	case 1:
		return cli.Exit(cli.StatusFailed, "No command specified")
	}
	name, err := c.Next()
	if err != nil {
		return err
	}
	cgroup, err := vrfCgroup(c, name)
	if err != nil {
		return err
	}
	if c.Batch {
		return runInCgroup(c, cgroup)
	}
	if err := os.WriteFile(filepath.Join(cgroup, "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0); err != nil {
		return cli.Exit(cli.StatusUsage, "Failed to join cgroup")
	}
	return execFailed(c.Rest[0], c.Become(c.Rest, os.Environ()))
}

// runInCgroup runs a command in a cgroup and waits for it.
func runInCgroup(c *cli.Command, cgroup string) error {
	if _, err := c.Dial(); err != nil { // what a batch has queued is done first
		return err
	}
	dir, err := os.Open(cgroup)
	if err != nil {
		return err
	}
	defer dir.Close()
	var cmd *exec.Cmd
	run := func() error {
		err := cli.Execvp(c.Rest, func(path string, words []string) error {
			cmd = &exec.Cmd{Path: path, Args: words, Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr}
			cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(dir.Fd())}
			return cmd.Start()
		})
		if err == nil {
			err = cmd.Wait()
		}
		return err
	}
	if c.NS.IsOpen() {
		err = netns.Do(c.NS, run)
	} else {
		err = run()
	}
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return cli.Exit(ended.ExitCode(), "")
	}
	return execFailed(c.Rest[0], err)
}

// vrfCgroup makes the cgroup of a VRF below this process's own one, or in the place of another VRF's, and binds its
// sockets. "default" is that of none.
func vrfCgroup(c *cli.Command, name string) (string, error) {
	index := 0
	if name != "default" {
		info := c.LinkNamed(name)
		if info == nil || info.Kind != "vrf" {
			return "", cli.Exit(cli.StatusUsage, "Invalid VRF name")
		}
		index = info.Index
	}
	mount, err := needCgroups()
	if err != nil {
		return "", err
	}
	ns, err := vrfNamespace(c)
	if err != nil {
		return "", err
	}
	own, err := cgroupOf("self")
	if err != nil {
		return "", cli.Exit(cli.StatusUsage, "Failed to get base cgroup path: %s", cli.Cause(err))
	}
	own, _, _ = strings.Cut(own, "/vrf")
	if ns != "" && path.Base(own) == ns {
		own = path.Dir(own)
	}
	if index == 0 {
		name = ""
	}
	dir := filepath.Join(mount, own, ns, "vrf", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", cli.Exit(cli.StatusUsage, "mkdir failed for %s: %s\nFailed to setup vrf cgroup2 directory", dir,
			cli.Cause(err))
	}
	if index != 0 {
		err = bindCgroup(dir, index)
	}
	return dir, err
}

// ownCgroups is where ip mounts cgroups that are mounted nowhere: "netns exec" takes /sys away, and them with it.
const ownCgroups = "/var/run/cgroup2"

// needCgroups is where the hierarchy of cgroups of version 2 is mounted, now if it was not before.
func needCgroups() (string, error) {
	mount, err := cli.Cgroup2Mount()
	if err != nil || mount != "" {
		return mount, err
	}
	if err := os.MkdirAll(ownCgroups, 0o755); err != nil {
		return "", cli.Exit(cli.StatusUsage, "mkdir failed for %s: %s\nFailed to setup cgroup2 directory", ownCgroups,
			cli.Cause(err))
	}
	switch err := unix.Mount("none", ownCgroups, "cgroup2", 0, ""); {
	case errors.Is(err, unix.ENODEV):
		return "", cli.Exit(cli.StatusUsage, "Failed to mount cgroup2. Are CGROUPS enabled in your kernel?")
	case err != nil && !errors.Is(err, unix.EBUSY):
		return "", cli.Exit(cli.StatusUsage, "Failed to mount cgroup2: %s", cli.Cause(err))
	}
	return ownCgroups, nil
}

// bindCgroup has new sockets of a cgroup's processes bound to a link, by a program that the kernel
// runs when a socket is made.
func bindCgroup(dir string, index int) error {
	cgroup, err := os.Open(dir)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "Failed to open cgroup path: '%s'", cli.Cause(err))
	}
	defer cgroup.Close()
	// r1 is struct bpf_sock, which begins with bound_dev_if; r0 = 1 lets the socket be made.
	insns := []unix.BpfInsn{
		{Code: unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_K, Imm: int32(index)},
		{Code: unix.BPF_STX | unix.BPF_MEM | unix.BPF_W},
		{Code: unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_K, Imm: 1},
		{Code: unix.BPF_JMP | unix.BPF_EXIT},
	}
	insns[0].SetRegs(3, 0)
	insns[1].SetRegs(1, 3)
	license, err := unix.BytePtrFromString("GPL")
	if err != nil {
		return err
	}
	load := unix.BpfProgLoadAttr{Prog_type: unix.BPF_PROG_TYPE_CGROUP_SOCK, Insn_cnt: uint32(len(insns))}
	load.Insns.Ptr, load.License.Ptr = (*byte)(unsafe.Pointer(&insns[0])), license
	prog, err := unix.Bpf(unix.BPF_PROG_LOAD, unsafe.Pointer(&load), unsafe.Sizeof(load))
	if err != nil {
		hint := ""
		if !errors.Is(err, unix.EPERM) {
			hint = "\nKernel compiled with CGROUP_BPF enabled?"
		}
		return cli.Exit(cli.StatusUsage, "Failed to load BPF prog: '%s'%s", cli.Cause(err), hint)
	}
	defer unix.Close(prog)
	attach := unix.BpfProgAttachAttr{Target_fd: uint32(cgroup.Fd()), Attach_bpf_fd: uint32(prog),
		Attach_type: unix.BPF_CGROUP_INET_SOCK_CREATE}
	if _, err := unix.Bpf(unix.BPF_PROG_ATTACH, unsafe.Pointer(&attach), unsafe.Sizeof(attach)); err != nil {
		return cli.Exit(cli.StatusUsage, "Failed to attach prog to cgroup: '%s'", cli.Cause(err))
	}
	return nil
}

// openProcNet opens a file of /proc/net of the session's network namespace.
func openProcNet(c *cli.Command, name string) (f *os.File, err error) {
	open := func() (err error) {
		f, err = os.Open("/proc/thread-self/net/" + name)
		return err
	}
	if c.NS.IsOpen() {
		err = netns.Do(c.NS, open)
	} else {
		err = open()
	}
	return f, err
}

// changeMaddr adds or deletes a link-layer multicast address by ioctl, see netdevice(7).
func changeMaddr(c *cli.Command, family int, link string, addr []byte, add bool) error {
	fd, err := socketIn(c, family)
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Cannot create socket: %s", cli.Cause(err))
	}
	defer unix.Close(fd)
	req := uintptr(unix.SIOCADDMULTI)
	if !add {
		req = unix.SIOCDELMULTI
	}
	const hwaddr = unix.IFNAMSIZ + 2 // ifr_hwaddr.sa_data in struct ifreq
	var ifr [40]byte
	copy(ifr[:unix.IFNAMSIZ-1], link)
	copy(ifr[hwaddr:], addr)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), req, uintptr(unsafe.Pointer(&ifr))); errno != 0 {
		return cli.Exit(cli.StatusFailed, "ioctl: %s", cli.Cause(fmt.Errorf("%w", errno)))
	}
	return nil
}
