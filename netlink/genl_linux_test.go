package netlink_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
)

func TestGenlFamiliesOfTheKernel(t *testing.T) {
	h, _ := xfrmHandle(t)
	ctrl, err := h.GenlFamilyGet("nlctrl")
	if err != nil || ctrl.ID != 16 || len(ctrl.Groups) != 1 || ctrl.Groups[0].Name != "notify" || len(ctrl.Ops) == 0 {
		t.Fatalf("%+v, %v", ctrl, err)
	}
	all, err := h.GenlFamilyList()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for f, err := range h.GenlFamilySeq() {
		if err != nil || f.Name != all[n].Name || f.ID != all[n].ID {
			t.Errorf("%+v, %v, want %+v", f, err, all[n])
		}
		n++
	}
	if n != len(all) {
		t.Errorf("%d families streamed of %d", n, len(all))
	}
	if _, err := h.GenlFamilyGet("no such"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if out, err := exec.Command("genl", "ctrl", "list").Output(); err == nil {
		for _, f := range all {
			if !strings.Contains(string(out), "Name: "+f.Name+"\n") {
				t.Errorf("genl does not list %s", f.Name)
			}
		}
	}
}

func TestGenlPoliciesOfTheKernel(t *testing.T) {
	h, _ := xfrmHandle(t)
	ops, names := 0, 0
	for p, err := range h.GenlPolicies("nlctrl") {
		nstest.Need(t, "policies of generic netlink", "5.10", err)
		switch {
		case p.Op != nil:
			ops++
		case p.Attr.Attr == 2: // CTRL_ATTR_FAMILY_NAME
			if names++; p.Attr.Type != 12 || p.Attr.MaxLength == nil || *p.Attr.MaxLength != 15 {
				t.Errorf("name of a family: %+v", p.Attr)
			}
		}
	}
	if ops == 0 || names == 0 {
		t.Errorf("%d commands, %d names", ops, names)
	}
}

func TestFouOfTheKernel(t *testing.T) {
	h, ns := xfrmHandle(t)
	nstest.LoadModule(t, "fou")
	f := netlink.Fou{Port: 5555, Protocol: 4, EncapType: netlink.FOU_ENCAP_DIRECT}
	nstest.NeedOption(t, "CONFIG_NET_FOU", "", h.FouAdd(f))
	if out := ipIn(t, ns, "fou", "show"); !strings.Contains(out, "port 5555 ipproto 4") {
		t.Errorf("ip shows %q", out)
	}
	ipIn(t, ns, strings.Fields("-6 fou add port 5556 gue")...)
	all, err := h.FouList(0)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	six, err := h.FouList(netlink.FAMILY_V6)
	if err != nil || len(six) != 1 || six[0].EncapType != netlink.FOU_ENCAP_GUE {
		t.Error(six, err)
	}
	for _, f := range all {
		if err := h.FouDel(f); err != nil {
			t.Error(f, err)
		}
	}
	if out := ipIn(t, ns, "fou", "show"); strings.TrimSpace(out) != "" {
		t.Errorf("ip shows %q", out)
	}
}

func TestRdmaOfTheKernel(t *testing.T) {
	h, err := netlink.NewHandle()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	mode, err := h.RdmaSystemGetNetnsMode()
	nstest.NeedOption(t, "CONFIG_INFINIBAND", "", err)
	if mode != "shared" && mode != "exclusive" {
		t.Errorf("mode %q", mode)
	}
}

func TestDevlinkOfTheKernel(t *testing.T) {
	h, _ := xfrmHandle(t)
	_, err := h.DevLinkGetDeviceList()
	nstest.NeedOption(t, "CONFIG_NET_DEVLINK", "", err)
	if _, err := h.DevLinkGetDeviceByName("pci", "no such"); err == nil {
		t.Error("a device that is not there")
	}
}

// The kernel announces processes in the first namespaces only.
func TestProcEventsOfTheKernel(t *testing.T) {
	ns, err := netns.GetFromPath("/proc/1/ns/net")
	if err != nil {
		t.Skip("the first network namespace is not to be had:", err)
	}
	defer ns.Close()
	h, err := netlink.NewHandleAt(ns, 11) // NETLINK_CONNECTOR
	if err != nil {
		t.Skip("the first network namespace is not to be entered:", err)
	}
	defer h.Close()
	ch, done, errs := make(chan netlink.ProcEvent), make(chan struct{}), make(chan error, 1)
	if err := h.ProcEventMonitor(ch, done, errs); err != nil {
		nstest.NeedOption(t, "CONFIG_PROC_EVENTS", "", err)
	}
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	pid := uint32(cmd.Process.Pid)
	var fork, execed, exit bool
	for over := time.After(20 * time.Second); !exit; {
		select {
		case e := <-ch:
			switch m := e.Msg.(type) {
			case *netlink.ForkProcEvent:
				fork = fork || m.ChildPid == pid
			case *netlink.ExecProcEvent:
				execed = execed || m.Pid() == pid && m.Tgid() == pid
			case *netlink.ExitProcEvent:
				exit = m.ProcessPid == pid && m.ExitCode == 0
			}
		case err := <-errs:
			nstest.Need(t, "process events in the first namespaces", "", err)
		case <-over:
			t.Skip("process events need the first PID namespace, and CONFIG_PROC_EVENTS")
		}
	}
	if !fork || !execed {
		t.Errorf("fork %v, exec %v", fork, execed)
	}
	close(done)
	for range ch {
	}
}
