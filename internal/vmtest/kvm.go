package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// kvmBoot is how long a guest may take to come up with KVM. Where KVM works it takes a few seconds; on some machines
// that offer it the processor hangs instead.
const kvmBoot = 30 * time.Second

// kvm reports whether this machine runs guests on its own processor. That it failed to is kept in a file until the
// machine is booted again.
type kvm struct {
	device string
	memory string // file that keeps the boot with which it failed
	boot   string // identifies the machine's last boot
	failed atomic.Bool
}

func newKVM(cache string) *kvm {
	k := &kvm{device: "/dev/kvm", memory: filepath.Join(cache, "kvm-fails")}
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err == nil {
		k.boot = strings.TrimSpace(string(b))
	}
	b, err = os.ReadFile(k.memory)
	k.failed.Store(err == nil && k.boot != "" && string(b) == k.boot)
	return k
}

// usable reports whether to try it for guests of m.
func (k *kvm) usable(m machine) bool {
	if m.arch != runtime.GOARCH || k.failed.Load() {
		return false
	}
	f, err := os.OpenFile(k.device, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// fails says that a guest did not come up with it.
func (k *kvm) fails() error {
	k.failed.Store(true)
	if err := os.MkdirAll(filepath.Dir(k.memory), 0o755); err != nil {
		return err
	}
	return os.WriteFile(k.memory, []byte(k.boot), 0o644)
}
