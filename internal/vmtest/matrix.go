package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kern.sys/internal/debian"
)

// kernelPackages are the packages that talk to the kernel: what is tested when none are named.
var kernelPackages = []string{"kern.sys/unix/...", "kern.sys/netns/...", "kern.sys/netlink/...",
	"kern.sys/internal/nstest", "kern.sys/cmd/..."}

// hostOnly are tests about sources that guests do not have, Go's own among them.
var hostOnly = map[string]string{"kern.sys/unix": "^Test(ExplanationsAreTrue|Pairs|TypesAgreeWithGo)$",
	"kern.sys/netlink": "^Test(FaultTable|Coverage)$", "kern.sys/cmd/kern": "^TestReadmeListsTheObjects$",
	"kern.sys/cmd/kern/internal/ip": "^TestCoverage$", "kern.sys/netlink/nl": "^TestIPSetErrorsHaveTexts$"}

// foreignRun are the tests of a package that architectures other than amd64 run when none are named, for their
// emulation is slow: of the command those that see most attributes.
var foreignRun = map[string]string{
	"kern.sys/cmd/kern":              "^Test(NameOfTheProgram|Version)$",
	"kern.sys/cmd/kern/internal/cli": "^Test(Options|SplitWords|LinesAreJoinedAndCounted)$",
	"kern.sys/cmd/kern/internal/ip": "^Test(LinksAreShownAndMadeAsByIP|RouteGetAnswersAsIPDoes|RoutesSavedByOneAreRes" +
		"toredByTheOther|LinkMessagesAreShownAsByIP|CapturedMessagesAreShown)$",
}

// build is what guests of an architecture run.
type build struct {
	machine machine
	dir     string
	init    string
	pkgs    []*goPackage
	args    []string // of the test binaries
	kvm     *kvm
}

// matrix runs the tests on every kernel and architecture.
func matrix(ctx context.Context, o options) ([]*column, error) {
	if o.guest.icount && slices.Contains(o.kernels, "um") {
		return nil, errors.New("-icount needs a guest that is emulated, and um is none")
	}
	for _, tool := range [][2]string{{"xz", "xz-utils"}, {"zstd", "zstd"}} {
		if err := debian.Need(ctx, tool[0], tool[1]); err != nil {
			return nil, err
		}
	}
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	from, err := debian.FindMirror(ctx)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "vmtest-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	find := &finder{from: from, cache: cache, force: o.update, known: map[string]*debian.Suite{}, system: o.system,
		further: strings.FieldsFunc(o.further, func(r rune) bool { return r == ',' })}
	kvm := newKVM(cache)
	show := newScreen(o.json, o.verbose, len(o.kernels)*len(o.archs) > 1)
	var columns []*column
	var wait sync.WaitGroup
	defer wait.Wait()
	slots := make(chan struct{}, o.jobs)
	for _, arch := range o.archs {
		b, err := prepare(ctx, o, arch, filepath.Join(temp, arch), kvm, show)
		if err != nil {
			return nil, err
		}
		for _, spec := range o.kernels {
			c := &column{Kernel: spec, Arch: arch}
			columns = append(columns, c)
			show.status(c.title(), "fetching")
			k, base, err := find.fetch(ctx, spec, arch)
			show.status(c.title(), "")
			if err != nil {
				c.Err = err.Error()
				show.note(c.title(), c.Err)
				continue
			}
			c.Kernel = k.version
			for _, doubt := range k.doubts {
				c.Doubts = append(c.Doubts, doubt.Error())
				show.note(c.title(), gist(doubt.Error()))
			}
			slots <- struct{}{}
			wait.Go(func() {
				defer func() { <-slots }()
				began := time.Now()
				s := &session{build: b, kernel: k, base: base, guest: o.guest, column: c, show: show}
				if err := s.run(ctx); err != nil {
					c.Err = err.Error()
				}
				c.Elapsed = time.Since(began)
				show.status(c.title(), "")
			})
		}
	}
	wait.Wait()
	return columns, context.Cause(ctx)
}

// prepare builds what guests of an architecture run.
func prepare(ctx context.Context, o options, arch, dir string, kvm *kvm, show *screen) (*build, error) {
	m, err := machineFor(arch)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(o.kernels, func(spec string) bool { return spec != umSpec }) {
		if err := debian.Need(ctx, m.qemu, m.pkg); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	show.status(arch, "building")
	defer show.status(arch, "")
	patterns := o.packages
	if len(patterns) == 0 {
		patterns = kernelPackages
	}
	b := &build{machine: m, dir: dir, args: testArgs(o), kvm: kvm}
	if b.pkgs, err = listPackages(ctx, arch, patterns); err != nil {
		return nil, err
	}
	for _, p := range b.pkgs {
		if run := foreignRun[p.ImportPath]; run != "" && arch != "amd64" && o.run == "" {
			p.args = []string{"-test.run=" + run}
		} else if skip := hostOnly[p.ImportPath]; skip != "" {
			p.args = []string{"-test.skip=" + skip}
		}
	}
	if b.init, err = buildInit(ctx, arch, dir); err != nil {
		return nil, err
	}
	return b, buildTests(ctx, arch, dir, b.pkgs)
}

// testArgs returns the arguments of test binaries.
func testArgs(o options) []string {
	args := []string{"-test.v=test2json", "-test.paniconexit0", "-test.timeout=" + o.timeout.String(),
		fmt.Sprint("-test.count=", o.count)}
	if o.run != "" {
		args = append(args, "-test.run="+o.run)
	}
	return args
}
