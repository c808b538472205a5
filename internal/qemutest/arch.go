package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// qemuName is what QEMU calls an architecture, where Go calls it otherwise.
var qemuName = map[string]string{
	"386": "i386", "amd64": "x86_64", "arm64": "aarch64", "loong64": "loongarch64", "mips64le": "mips64el",
	"mipsle": "mipsel",
}

func archNames() []string { return abi.ArchNames(abi.GoLinux()) }

// runner runs programs of an architecture.
type runner struct {
	arch     string
	emulator string // a command, "" where the processor runs them
}

func runnerFor(arch string) (runner, error) {
	if !slices.Contains(archNames(), arch) {
		return runner{}, fmt.Errorf("no architecture %q that Go has on Linux: there are %s", arch,
			strings.Join(archNames(), ", "))
	}
	if arch == runtime.GOARCH || arch == "386" && runtime.GOARCH == "amd64" {
		return runner{arch: arch}, nil
	}
	name := arch
	if n := qemuName[arch]; n != "" {
		name = n
	}
	return runner{arch, "qemu-" + name}, nil
}

// missing returns the emulators that are not installed.
func missing(runners []runner) []string {
	var out []string
	for _, r := range runners {
		if r.emulator == "" {
			continue
		}
		if _, err := exec.LookPath(r.emulator); err != nil {
			out = append(out, r.emulator)
		}
	}
	return out
}

// install installs emulators that are not there.
func install(ctx context.Context, runners []runner) error {
	lacks := missing(runners)
	if len(lacks) == 0 {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%s not found, and only root may run: apt-get install qemu-user", strings.Join(lacks, ", "))
	}
	for _, args := range [][]string{{"-qq", "update"}, {"-qq", "-y", "--no-install-recommends", "install", "qemu-user"}} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	if lacks = missing(runners); len(lacks) > 0 {
		return errors.New("Debian's qemu-user has no " + strings.Join(lacks, ", "))
	}
	return nil
}
