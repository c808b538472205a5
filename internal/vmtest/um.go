package main

import (
	"archive/tar"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"kern.sys/internal/debian"
)

// umSpec is the kernel that is built as a program: Linux for the architecture um, User-Mode Linux. Its programs run on
// this machine's processor at nearly its speed, and it has what Debian's kernels lack: netdevsim, DualPI2, IOAM6's
// encapsulation.
const umSpec = "um"

// umConfig are the options of its configuration that differ from the defaults: all of the network that needs no
// hardware.
//
//go:embed um.config
var umConfig []byte

// um returns the kernel as a program, of the newest sources that Debian has. It is built where the cache lacks it,
// which takes ten minutes or more.
func (f *finder) um(ctx context.Context, arch string) (*kernel, error) {
	if !(arch == "amd64" && runtime.GOARCH == "amd64") {
		return nil, fmt.Errorf("a kernel as a program is for amd64 on amd64, not for %s on %s", arch, runtime.GOARCH)
	}
	s, err := f.suite(ctx, newestSuites[0], arch)
	if err != nil {
		return nil, err
	}
	name, version, err := s.NewestLinuxSource(ctx)
	if err != nil {
		return nil, err
	}
	version, _, _ = strings.Cut(version, "-")
	dir := filepath.Join(f.cache, "um-"+cacheFormat, version)
	k := &kernel{version: version + " um", suite: s, program: filepath.Join(dir, "linux"),
		modules: filepath.Join(dir, "modules.cpio")}
	if have, err := os.ReadFile(filepath.Join(dir, "um.config")); err == nil && bytes.Equal(have, umConfig) {
		return k, nil
	}
	for _, tool := range [][2]string{{"gcc", "gcc"}, {"make", "make"}, {"flex", "flex"}, {"bison", "bison"},
		{"bc", "bc"}} {
		if err := debian.Need(ctx, tool[0], tool[1]); err != nil {
			return nil, err
		}
	}
	temp, err := os.MkdirTemp(f.cache, "um-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	fmt.Fprintf(os.Stderr, "vmtest: building %s as a program\n", name)
	debs, err := s.Fetch(ctx, temp, name)
	if err != nil {
		return nil, err
	}
	tree := filepath.Join(temp, "tree")
	for _, deb := range debs {
		err := debian.ReadDeb(ctx, deb, func(h *tar.Header, r io.Reader) error {
			if !strings.HasSuffix(h.Name, "/"+name+".tar.xz") {
				return nil
			}
			return debian.Unpack(ctx, tree, r, func(file string) string {
				_, file, _ = strings.Cut(file, "/")
				return file
			})
		})
		if err != nil {
			return nil, err
		}
	}
	built := filepath.Join(temp, "built")
	if err := buildUM(ctx, tree, built); err != nil {
		return nil, err
	}
	return k, errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Dir(dir), 0o755), os.Rename(built, dir))
}

// buildUM builds the kernel in a tree, and puts the program into dir.
func buildUM(ctx context.Context, tree, dir string) error {
	out := filepath.Join(filepath.Dir(dir), "objects")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.Mkdir(out, 0o755)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, ".config"), umConfig, 0o644); err != nil {
		return err
	}
	for _, target := range []string{"olddefconfig", "linux"} {
		cmd := exec.CommandContext(ctx, "make", "-s", "ARCH=um", "O="+out, fmt.Sprint("-j", runtime.NumCPU()), target)
		cmd.Dir = tree
		if _, err := debian.Run(cmd); err != nil {
			return err
		}
	}
	release, err := os.ReadFile(filepath.Join(out, "include/config/kernel.release"))
	if err != nil {
		return err
	}
	modules := moduleTree{}
	for name, file := range map[string]string{"config": ".config", "modules.builtin": "modules.builtin"} {
		if modules[name], err = os.ReadFile(filepath.Join(out, file)); err != nil {
			return err
		}
	}
	archive, err := os.Create(filepath.Join(dir, "modules.cpio"))
	if err != nil {
		return err
	}
	err = errors.Join(modules.write(ctx, archive, "usr/lib/modules/"+strings.TrimSpace(string(release))), archive.Close())
	if err == nil {
		_, err = debian.Output(ctx, "strip", "-o", filepath.Join(dir, "linux"), filepath.Join(out, "linux"))
	}
	return errors.Join(err, os.WriteFile(filepath.Join(dir, "um.config"), umConfig, 0o644))
}

// umArgs are the arguments of a kernel that is a program. Its first serial line is the port to the host.
func (g *guest) umArgs(initrd string) []string {
	return []string{fmt.Sprintf("mem=%dM", g.memory), "initrd=" + initrd, "con=null", "con0=null,fd:1", "ssl=null",
		"ssl0=fd:3", "VMTEST_PORT=/dev/ttyS0", "fb_tunnels=none", "quiet"}
}
