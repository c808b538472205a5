package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"kern.sys/internal/debian"
)

// data is where the guest's test finds the scripts.
const data = "internal/selftests/guest/testdata"

const (
	kernelSuite   = "trixie-backports" // of the kernel's sources
	iproute2Suite = "sid"              // of iproute2, programs and sources
)

// programs are packages that scripts use, beside those of vmtest.
var programs = []string{
	"bash", "procps", "iputils-ping", "iputils-arping", "iputils-tracepath", "net-tools", "ethtool", "socat", "tcpdump",
	"jq", "iptables",
	"python3", "netsniff-ng", "netcat-openbsd", "libcap2-bin", "util-linux-extra", "ndisc6", "psmisc", "mawk", "grep",
	"sed", "findutils", "make", "file",
	"wireguard-tools", "bc", "traceroute", "diffutils", "hostname", "libcap-ng0", "gawk", "xxd",
	"python3-scapy", "python3-pyroute2", "debianutils", "libteam-utils", "iperf3", "netperf", "ipvsadm", "smcroute",
	"udev",
}

// prepare puts the scripts, the programs that they use and kern into data.
func prepare(ctx context.Context) error {
	from, err := debian.FindMirror(ctx)
	if err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	cache = filepath.Join(cache, "kern-selftests")
	for _, tool := range [][2]string{{"xz", "xz-utils"}, {"gcc", "gcc"}, {"clang", "clang"}} {
		if err := debian.Need(ctx, tool[0], tool[1]); err != nil {
			return err
		}
	}
	if err := kernelScripts(ctx, from, cache); err != nil {
		return fmt.Errorf("the kernel's selftests: %w", err)
	}
	if err := iproute2Scripts(ctx, from, cache); err != nil {
		return fmt.Errorf("iproute2's testsuite: %w", err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", filepath.Join(data, "bin", "kern"),
		"./cmd/kern")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	_, err = debian.Run(build)
	return err
}

// have reports whether a directory in data was made of a file.
func have(dir, file string) bool {
	b, err := os.ReadFile(filepath.Join(data, dir, ".made-of"))
	return err == nil && string(b) == filepath.Base(file)
}

func madeOf(dir, file string) error {
	return os.WriteFile(filepath.Join(data, dir, ".made-of"), []byte(filepath.Base(file)), 0o644)
}

// selection is changed with the files that kernelScripts keeps.
const selection = ", with drivers/net, BPF programs and those of netfilter, mptcp and can"

// kernelScripts fetches the sources of the newest kernel and keeps the selftests that need no more than a network.
func kernelScripts(ctx context.Context, from debian.Mirror, cache string) error {
	s, err := debian.NewSuite(ctx, from, cache, kernelSuite, "amd64", debian.Options{})
	if err != nil {
		return err
	}
	name, number, err := s.NewestLinuxSource(ctx)
	if err != nil {
		return err
	}
	version := name + " " + number + selection
	if have("selftests", version) {
		return nil
	}
	temp, err := os.MkdirTemp("", "selftests-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	fmt.Fprintf(os.Stderr, "selftests: fetching %s\n", version)
	debs, err := s.Fetch(ctx, temp, name, "linux-libc-dev", "libmnl-dev", "libbpf-dev")
	if err != nil {
		return err
	}
	tree := filepath.Join(temp, "tree")
	for _, deb := range debs {
		err := debian.ReadDeb(ctx, deb, func(h *tar.Header, r io.Reader) error {
			switch {
			case strings.HasSuffix(h.Name, "/"+name+".tar.xz"):
				return debian.Unpack(ctx, tree, r, func(file string) string {
					_, file, _ = strings.Cut(file, "/")
					for _, top := range []string{"tools/testing/selftests/net/", "tools/testing/selftests/tc-testing/",
						"tools/testing/selftests/drivers/net/",
						"tools/testing/selftests/lib/",
						"tools/testing/selftests/kselftest/", "tools/testing/selftests/lib.sh", "tools/testing/selftests/kselftest",
						"tools/include/"} {
						if strings.HasPrefix(file, top) {
							return file
						}
					}
					return ""
				})
			case h.Typeflag == tar.TypeReg && strings.HasPrefix(h.Name, "./usr/"):
				return debian.Store(filepath.Join(tree, "uapi", h.Name), h.FileInfo().Mode(), r)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	selftests := filepath.Join(tree, "tools/testing/selftests")
	compile(ctx, tree, selftests)
	return errors.Join(replace(selftests, "selftests"), madeOf("selftests", version))
}

// compile compiles the programs beside scripts. Those that do not compile alone are left out: the scripts that need
// them skip or fail with any ip.
func compile(ctx context.Context, tree, selftests string) {
	uapi := filepath.Join(tree, "uapi/usr")
	net := filepath.Join(selftests, "net")
	files := []string{filepath.Join(net, "lib/csum.c")}
	for _, dir := range []string{".", "netfilter", "mptcp", "can"} {
		more, _ := filepath.Glob(filepath.Join(net, dir, "*.c"))
		files = append(files, more...)
	}
	headers := []string{"-I" + uapi + "/include", "-I" + uapi + "/include/x86_64-linux-gnu",
		"-I" + uapi + "/lib/linux/uapi/x86"}
	for _, file := range files {
		cmd := exec.CommandContext(ctx, "gcc", slices.Concat([]string{"-O1", "-w", "-static", "-D_GNU_SOURCE"}, headers,
			[]string{"-I" + selftests, "-I" + filepath.Join(tree, "tools/include"), "-o", strings.TrimSuffix(file, ".c"),
				file, "-lpthread", "-L" + uapi + "/lib/x86_64-linux-gnu", "-lmnl"})...)
		cmd.Dir = net
		_, _ = debian.Run(cmd)
	}
	tdc := filepath.Join(selftests, "tc-testing")
	objects := map[string]string{filepath.Join(tdc, "action.c"): filepath.Join(tdc, "action-ebpf")}
	for _, dir := range []string{".", "lib"} {
		more, _ := filepath.Glob(filepath.Join(net, dir, "*.bpf.c"))
		for _, file := range more {
			objects[file] = strings.TrimSuffix(file, "c") + "o"
		}
	}
	for file, object := range objects {
		cmd := exec.CommandContext(ctx, "clang", slices.Concat([]string{"-O2", "-g", "-target", "bpf"}, headers,
			[]string{"-c", file, "-o", object})...)
		_, _ = debian.Run(cmd)
	}
}

// iproute2Scripts fetches the newest source of iproute2 that the mirror has, and keeps its testsuite.
func iproute2Scripts(ctx context.Context, from debian.Mirror, cache string) error {
	var errs []error
	for _, name := range []string{iproute2Suite, "testing", "trixie-backports", "trixie"} {
		err := iproute2Of(ctx, from, cache, name)
		if err == nil || ctx.Err() != nil || !errors.Is(err, debian.ErrFetch) {
			return err
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func iproute2Of(ctx context.Context, from debian.Mirror, cache, suite string) error {
	s, err := debian.NewSuite(ctx, from, cache, suite, "amd64", debian.Options{Sources: true})
	if err != nil {
		return err
	}
	fields, err := s.Show(ctx, "iproute2")
	if err != nil {
		return err
	}
	version := "iproute2 " + fields["Version"]
	if have("iproute2", version) {
		return nil
	}
	temp, err := os.MkdirTemp("", "selftests-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	fmt.Fprintf(os.Stderr, "selftests: fetching %s\n", version)
	file, err := s.FetchSource(ctx, temp, "iproute2")
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	tree := filepath.Join(temp, "tree")
	err = debian.Unpack(ctx, tree, f, func(file string) string {
		if _, file, _ = strings.Cut(file, "/"); strings.HasPrefix(file, "testsuite/") {
			return file
		}
		return ""
	})
	if err != nil {
		return err
	}
	return errors.Join(replace(filepath.Join(tree, "testsuite"), "iproute2"), madeOf("iproute2", version))
}

// replace makes a tree the directory of a name in data.
func replace(tree, name string) error {
	dir := filepath.Join(data, name)
	return errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(tree)))
}
