package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kern.sys/internal/debian"
)

// suites are the suites of Debian with kernels, oldest first, and what the newest kernel is looked for in.
var (
	suites       = []string{"bookworm", "trixie", "trixie-backports", "sid"}
	newestSuites = []string{"trixie-backports", "sid"}
)

// kernel is a kernel of Debian, in the cache.
type kernel struct {
	version string // of upstream: "6.1.176"
	release string // as "uname -r" prints it
	suite   *debian.Suite
	image   string  // file for QEMU's -kernel
	program string  // in place of QEMU and an image: the kernel as a program
	modules string  // initramfs archive with the modules
	doubts  []error // why this, or the system with it, is not what it should be
}

// finder finds kernels.
type finder struct {
	from  debian.Mirror
	cache string
	force bool // fetch package lists again
	known map[string]*debian.Suite
	// system is the suite that the programs of guests come from; "": that of the kernel.
	system string
	// further are packages that guests have beside basePackages.
	further []string
}

func (f *finder) suite(ctx context.Context, name, arch string) (*debian.Suite, error) {
	key := name + "/" + arch
	if f.known[key] == nil {
		s, err := debian.NewSuite(ctx, f.from, f.cache, name, arch, debian.Options{Update: f.force})
		if err != nil {
			return nil, fmt.Errorf("packages of %s %s: %w", name, arch, err)
		}
		f.known[key] = s
	}
	return f.known[key], nil
}

// fetch returns the kernel for a version, or for "latest", and an initramfs archive with a system of its suite, or of
// f.system.
func (f *finder) fetch(ctx context.Context, spec, arch string) (k *kernel, system string, err error) {
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		return nil, "", err
	}
	locked, err := lock(filepath.Join(f.cache, "lock"))
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	if k, err = f.find(ctx, spec, arch); err != nil {
		return nil, "", err
	}
	from := k.suite
	if f.system != "" {
		if from, err = f.suite(ctx, f.system, arch); err != nil {
			return nil, "", err
		}
	}
	system, err = base(ctx, from, f.cache, f.further)
	for _, name := range suites {
		if ctx.Err() != nil || !errors.Is(err, debian.ErrFetch) {
			break
		}
		if s, serr := f.suite(ctx, name, arch); serr == nil && s != from {
			k.doubts = append(k.doubts, fmt.Errorf("in its place that of %s: %w", name, err))
			system, err = base(ctx, s, f.cache, f.further)
		}
	}
	return k, system, err
}

// find returns the kernel for a version, or for "latest", unpacked in the cache. Of a kernel that the mirror lists
// and has not, the one before it is taken, with a doubt.
func (f *finder) find(ctx context.Context, spec, arch string) (*kernel, error) {
	if spec == umSpec {
		return f.um(ctx, arch)
	}
	names := suites
	if spec == "latest" {
		names = newestSuites
	}
	var found []*kernel
	var doubts []error
	for _, name := range names {
		s, err := f.suite(ctx, name, arch)
		if err != nil {
			doubts = append(doubts, err)
			continue
		}
		ks, err := kernels(ctx, s, spec)
		if err != nil {
			return nil, err
		}
		found = append(found, ks...)
		if len(found) > 0 && spec != "latest" {
			doubts = nil
			break // later suites have later versions
		}
	}
	slices.SortStableFunc(found, func(a, b *kernel) int { return compareVersions(b.release, a.release) })
	for _, k := range found {
		err := k.unpack(ctx, f.cache)
		if err == nil {
			k.doubts = doubts
			return k, nil
		}
		doubts = append(doubts, fmt.Errorf("kernel %s: %w", k.release, err))
		if ctx.Err() != nil || !errors.Is(err, debian.ErrFetch) {
			break
		}
	}
	if len(found) == 0 {
		doubts = append(doubts, fmt.Errorf("no kernel %s for %s in %s", spec, arch, strings.Join(names, ", ")))
	}
	return nil, errors.Join(doubts...)
}

// releases of kernels, without the flavours "cloud" and "rt": 6.1.0-50-amd64, 7.3.4+deb13-arm64.
var releasePattern = regexp.MustCompile(`^linux-image-((\d+\.\d+)\.\d+(-\d+|\+deb\d+)-(amd64|arm64|s390x))$`)

// partPattern matches the packages that hold what newer packages of images do not have in themselves.
var partPattern = regexp.MustCompile(`linux-(modules|binary|base)-\d\S+`)

// kernels returns the kernels of a suite that a version ("6.1", "latest") matches, newest first.
func kernels(ctx context.Context, s *debian.Suite, spec string) ([]*kernel, error) {
	names, err := s.Apt(ctx, "apt-cache", "pkgnames", "linux-image-")
	if err != nil {
		return nil, err
	}
	var ks []*kernel
	for _, release := range matchingReleases(names, spec, s.Arch) {
		fields, err := s.Show(ctx, "linux-image-"+release)
		if err != nil {
			return nil, err
		}
		version, _, _ := strings.Cut(fields["Version"], "-")
		ks = append(ks, &kernel{version: version, release: release, suite: s})
	}
	return ks, nil
}

// matchingReleases returns the releases that a version ("6.1", "latest") matches, newest first, of lines with names
// of packages.
func matchingReleases(names, spec, arch string) []string {
	var releases []string
	for name := range strings.Lines(names) {
		m := releasePattern.FindStringSubmatch(strings.TrimSpace(name))
		if m != nil && m[4] == arch && (spec == "latest" || m[2] == spec) {
			releases = append(releases, m[1])
		}
	}
	slices.SortFunc(releases, func(a, b string) int { return compareVersions(b, a) })
	return releases
}

// compareVersions compares the numbers in two versions, one by one.
func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var ns []int
	for _, digits := range regexp.MustCompile(`\d+`).FindAllString(version, -1) {
		n := 0
		for _, d := range digits {
			n = 10*n + int(d-'0')
		}
		ns = append(ns, n)
	}
	return ns
}

// cacheFormat is raised when what the cache holds of a kernel changes.
const cacheFormat = "6"

// unpack brings the image and the modules into the cache.
func (k *kernel) unpack(ctx context.Context, cache string) error {
	dir := filepath.Join(cache, "kernel-"+cacheFormat, k.version+"-"+k.suite.Arch)
	k.image, k.modules = filepath.Join(dir, "vmlinuz"), filepath.Join(dir, "modules.cpio")
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	image := "linux-image-" + k.release
	fields, err := k.suite.Show(ctx, image)
	if err != nil {
		return err
	}
	pkgs := []string{image}
	pkgs = append(pkgs, partPattern.FindAllString(fields["Depends"], -1)...)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), "unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	debs, err := k.suite.Fetch(ctx, temp, pkgs...)
	if err != nil {
		return err
	}
	unpacked := filepath.Join(temp, "kernel")
	if err := os.Mkdir(unpacked, 0o755); err != nil {
		return err
	}
	if err := k.unpackInto(ctx, unpacked, debs); err != nil {
		return fmt.Errorf("kernel %s: %w", k.release, err)
	}
	return os.Rename(unpacked, dir)
}

func (k *kernel) unpackInto(ctx context.Context, dir string, debs []string) error {
	tree := moduleTree{}
	haveImage := false
	for _, deb := range debs {
		err := debian.ReadDeb(ctx, deb, func(h *tar.Header, r io.Reader) error {
			_, inModules, ok := strings.Cut(h.Name, "lib/modules/"+k.release+"/")
			switch {
			case h.Typeflag != tar.TypeReg:
				return nil
			case ok && strings.HasPrefix(inModules, "kernel/") || inModules == "modules.builtin":
				return tree.add(inModules, r)
			case inModules == "config" || h.Name == "./boot/config-"+k.release:
				return tree.add("config", r)
			case inModules == "vmlinuz" || strings.HasPrefix(h.Name, "./boot/vmlinu"):
				haveImage = true
				return writeFile(filepath.Join(dir, "vmlinuz"), r)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !haveImage {
		return errors.New("its packages have no image")
	}
	if tree["config"] == nil {
		return errors.New("its packages have no configuration")
	}
	f, err := os.Create(filepath.Join(dir, "modules.cpio"))
	if err != nil {
		return err
	}
	return errors.Join(tree.write(ctx, f, "usr/lib/modules/"+k.release), f.Close())
}

func writeFile(name string, r io.Reader) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
