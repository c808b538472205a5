// Gccgotest compiles package unix by gccgo for the architectures that only gccgo builds for, and runs a program that
// uses it under the emulators of Debian's package qemu-user.
//
//	go run ./internal/gccgotest [-arch ppc,sparc64] [-keep DIR]
//
// No existing gccgo has type parameters, or other things of the language and library since Go 1.18. So what it
// compiles is the package with those written otherwise: one function for each type a generic function is used with, a
// loop with a counter for one over a number, and so on; see lower.go. The types of the package as it stands are
// checked by this package's test. Root is spared the installation of compilers and emulators: the command makes it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kern.sys/internal/abi"
)

func main() {
	archs := flag.String("arch", strings.Join(abi.ForeignToGo(), ","), "architectures")
	keep := flag.String("keep", "", "a folder for what gccgo compiles, to be left there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, strings.Split(*archs, ","), *keep)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gccgotest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, archs []string, keep string) error {
	var need []string
	for _, arch := range archs {
		if target[arch] == "" {
			return fmt.Errorf("no architecture %q that only gccgo builds for: there are %s", arch,
				strings.Join(abi.ForeignToGo(), ", "))
		}
		need = append(need, gccgo(arch), emulator(arch))
	}
	if err := install(ctx, need, archs); err != nil {
		return err
	}
	dir := keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "gccgotest"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	var errs []error
	for _, arch := range archs {
		began := time.Now()
		if err := test(ctx, arch, filepath.Join(dir, arch)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", arch, err))
			continue
		}
		fmt.Printf("ok\t%s\t%.1fs\n", arch, time.Since(began).Seconds())
	}
	return errors.Join(errs...)
}

// target has an architecture's name in the names of GCC's commands.
var target = map[string]string{"ppc": "powerpc-linux-gnu", "sparc64": "sparc64-linux-gnu"}

func gccgo(arch string) string    { return target[arch] + "-gccgo-12" }
func emulator(arch string) string { return "qemu-" + arch }

// test compiles and runs the program for an architecture.
func test(ctx context.Context, arch, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	u, err := load("unix", arch)
	if err != nil {
		return err
	}
	sources, err := writeLowered(u, dir)
	if err != nil {
		return err
	}
	object, program := filepath.Join(dir, "unix.o"), filepath.Join(dir, "program")
	imports := filepath.Join(dir, "kern.sys/unix.o") // where -I has the import of kern.sys/unix looked for
	if err := os.MkdirAll(filepath.Dir(imports), 0o777); err != nil {
		return err
	}
	main, err := filepath.Glob("internal/gccgotest/program/*.go")
	if err != nil {
		return err
	}
	if err := command(ctx, gccgo(arch), append([]string{"-c", "-O1", "-fgo-pkgpath=kern.sys/unix", "-o", object},
		sources...)...); err != nil {
		return err
	}
	if err := os.Rename(object, imports); err != nil {
		return err
	}
	args := append([]string{"-static", "-O1", "-I", dir, "-o", program}, main...)
	if err := command(ctx, gccgo(arch), append(args, imports)...); err != nil {
		return err
	}
	return command(ctx, emulator(arch), program)
}

// command runs a command, whose output is of interest when it fails.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// install installs the commands that are missing.
func install(ctx context.Context, need, archs []string) error {
	var lacks []string
	for _, name := range need {
		if _, err := exec.LookPath(name); err != nil {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	packages := []string{"qemu-user"}
	for _, arch := range archs {
		packages = append(packages, "gccgo-12-"+target[arch])
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%s not found, and only root may run: apt-get install %s", strings.Join(lacks, ", "),
			strings.Join(packages, " "))
	}
	if err := command(ctx, "apt-get", "-qq", "update"); err != nil {
		return err
	}
	return command(ctx, "env", append([]string{"DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y",
		"--no-install-recommends", "install"}, packages...)...)
}
