// Init is the first process of vmtest's guests, and their modprobe. It makes the initramfs a usable system, runs the
// job's test binaries and powers the machine off. It uses package syscall and not what is under test.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"kern.sys/internal/vmtest/wire"
)

func main() {
	if filepath.Base(os.Args[0]) == "modprobe" {
		if err := modprobe(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "modprobe:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Println("vmtest init:", err) // standard output is the console
	}
	syscall.Sync()
	if err := syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF); err != nil {
		fmt.Println("vmtest init: power off:", err)
	}
}

func run() error {
	if err := mountAll(); err != nil {
		return err
	}
	full := "1"
	if os.Getenv(portEnv) != "" {
		full = "um"
	}
	for k, v := range map[string]string{"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
		"KERN_FULL_KERNEL": full} {
		if err := os.Setenv(k, v); err != nil {
			return err
		}
	}
	b, err := os.ReadFile(wire.JobFile)
	if err != nil {
		return err
	}
	var job wire.Job
	if err := json.Unmarshal(b, &job); err != nil {
		return err
	}
	for _, m := range job.Modules {
		if err := modprobe([]string{m}); err != nil {
			fmt.Println("vmtest init:", err) // other architectures have other drivers; without the right ones there is no port
		}
	}
	port, err := openPort()
	if err != nil {
		return err
	}
	defer port.Close()
	to := &reporter{enc: json.NewEncoder(port)}
	if err := work(job, to); err != nil {
		return to.send(wire.Event{Action: wire.Error, Text: err.Error()})
	}
	return nil
}

func work(job wire.Job, to *reporter) error {
	release, err := kernelRelease()
	if err != nil {
		return err
	}
	if err := makeNodes(); err != nil {
		return err
	}
	if err := loopbackUp(); err != nil {
		return err
	}
	if err := to.send(wire.Event{Action: wire.Ready, Text: release}); err != nil {
		return err
	}
	beat := time.NewTicker(wire.Beat)
	defer beat.Stop()
	go func() {
		for range beat.C {
			_ = to.send(wire.Event{Action: wire.Alive}) // the host notices when none comes
		}
	}()
	for _, p := range job.Packages {
		if err := to.send(wire.Event{Action: wire.Start, Package: p.Path}); err != nil {
			return err
		}
		exit, err := runPackage(p, to)
		if err != nil {
			return err
		}
		if err := to.send(wire.Event{Action: wire.Exit, Package: p.Path, Code: exit}); err != nil {
			return err
		}
	}
	return to.send(wire.Event{Action: wire.Done})
}

// runPackage runs a test binary, sends what it prints, and returns its exit status.
func runPackage(p wire.Package, to *reporter) (int, error) {
	cmd := exec.Command(p.Binary, p.Args...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), p.Env...)
	out := &output{pkg: p.Path, to: to}
	cmd.Stdout, cmd.Stderr = out, out
	// Processes that a test left behind keep the pipe open; they are not waited for.
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return 1, out.print(fmt.Sprintf("start: %v\n", err))
	}
	err := cmd.Wait()
	if status := cmd.ProcessState; status.ExitCode() < 0 {
		return 2, out.print(status.String() + "\n")
	} else if err != nil && status.Success() {
		return 1, out.print(fmt.Sprintf("vmtest: %v\n", err))
	}
	return cmd.ProcessState.ExitCode(), nil
}

// reporter sends events to the host.
type reporter struct {
	sync.Mutex
	enc *json.Encoder
}

func (r *reporter) send(e wire.Event) error {
	r.Lock()
	defer r.Unlock()
	return r.enc.Encode(e)
}

// output sends what a package prints.
type output struct {
	pkg string
	to  *reporter
}

var _ io.Writer = (*output)(nil)

func (o *output) Write(b []byte) (int, error) {
	return len(b), o.print(string(b))
}

func (o *output) print(s string) error {
	return o.to.send(wire.Event{Action: wire.Output, Package: o.pkg, Text: s})
}

// portEnv is set by the arguments of a kernel that is a program: the device that is the port to the host.
const portEnv = "VMTEST_PORT"

// openPort opens the port to the host: the device that the kernel was told of, or a virtio port, whose driver finds it
// in its own time.
func openPort() (*os.File, error) {
	if dev := os.Getenv(portEnv); dev != "" {
		return os.OpenFile(dev, os.O_WRONLY|syscall.O_NOCTTY, 0)
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err == nil && strings.TrimSpace(string(b)) == wire.Port {
				dev := "/dev/" + filepath.Base(filepath.Dir(name))
				f, err := os.OpenFile(dev, os.O_WRONLY, 0)
				if err == nil {
					return f, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("no virtio port %q", wire.Port)
}
