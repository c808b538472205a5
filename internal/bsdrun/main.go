//go:build linux && amd64

// Bsdrun runs programs of FreeBSD, NetBSD, OpenBSD and DragonFly for amd64 on Linux: the tests of package unix for
// these systems, on this machine.
//
//	go run ./internal/bsdrun [-system freebsd,netbsd,openbsd,dragonfly] [-run REGEX] [-v] [packages]
//
// builds the tests of package unix, or of the packages named, for each system, and runs them. go test does the same
// with
//
//	GOOS=freebsd go test -exec 'BSDRUN -exec' ./unix
//
// A program has to be static, as Go makes them for these systems; of OpenBSD's, which import functions of libc, a copy
// runs that has code in their place. Each of its system calls is stopped by ptrace(2)
// and answered by calls of Linux that the same thread makes. Numbers and structures are those of internal/abi/facts.
// What Linux cannot answer fails with ENOSYS, and is said once by name on standard error. So it tests what package
// unix does with arguments, memory, results and errors; it cannot test how the other kernels behave.
//
// A program that is not for one of these systems, as /bin/sh, runs by itself when it is executed by one.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	program := flag.Bool("exec", false, "run the program that the arguments are, and print nothing but what it lacks")
	list := flag.String("system", strings.Join(systems, ","), "systems")
	pattern := flag.String("run", "", "regular expression for the tests, as of go test")
	verbose := flag.Bool("v", false, "print what passing tests print, too")
	flag.Parse()
	if *program {
		if flag.NArg() == 0 {
			fail(fmt.Errorf("-exec needs a program"))
		}
		status, err := run(flag.Args(), os.Getenv("KERN_BSDRUN_TRACE") != "")
		if err != nil {
			fail(err)
		}
		os.Exit(status)
	}
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"kern.sys/unix"}
	}
	failed := false
	for system := range strings.SplitSeq(*list, ",") {
		if err := testSystem(system, *pattern, *verbose, packages); err != nil {
			fmt.Fprintf(os.Stderr, "bsdrun: %s: %v\n", system, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bsdrun:", err)
	os.Exit(1)
}

// testSystem runs go test for one system, with this program between it and the tests.
func testSystem(system, pattern string, verbose bool, packages []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Println("==", system)
	args := []string{"test", "-vet=off", "-count=1", "-timeout=5m", "-exec", self + " -exec", "-run",
		cmp.Or(pattern, ".")}
	if verbose {
		args = append(args, "-v")
	}
	cmd := exec.Command("go", append(args, packages...)...)
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
