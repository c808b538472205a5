package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"kern.sys/internal/vmtest/wire"
)

// session runs an architecture's packages on a kernel.
type session struct {
	build  *build
	kernel *kernel
	base   string // initramfs archive with a system
	guest  guestOptions
	column *column
	show   *screen
	downs  int // guests that did not come up
}

// bootAgain is how many guests of a kernel may fail to come up.
const bootAgain = 2

// run boots the kernel and runs the packages there. A guest that goes down or hangs is booted again for the packages
// after the one that it was at.
func (s *session) run(ctx context.Context) error {
	var left []*goPackage
	for _, p := range s.build.pkgs {
		if p.binary == "" {
			s.buildFailed(p)
		} else {
			left = append(left, p)
		}
	}
	for len(left) > 0 {
		ended, err := s.boot(ctx, left)
		if err != nil {
			return err
		}
		left = left[ended:]
	}
	return nil
}

// boot runs packages in a new guest until all have ended or the guest has. It returns how many ended, with the one
// that ended the guest. An error is not about one of the packages.
func (s *session) boot(ctx context.Context, pkgs []*goPackage) (ended int, err error) {
	job := filepath.Join(s.build.dir, s.kernel.version+".cpio")
	if err := writeJob(job, s.build.init, pkgs, s.build.args); err != nil {
		return 0, err
	}
	g := &guest{machine: s.build.machine, kernel: s.kernel, initrd: []string{s.kernel.modules, s.base, job},
		guestOptions: s.guest}
	s.show.status(s.column.title(), "booting")
	var now *collector
	end := func(code int, note string) error {
		r, err := now.finish(code, note)
		s.show.flush(s.column.title())
		s.column.Results = append(s.column.Results, r)
		ended, now = ended+1, nil
		return err
	}
	kvm := !g.icount && s.build.kvm.usable(g.machine)
	if kvm {
		g.boot = min(g.boot, kvmBoot)
	}
	err = g.run(ctx, kvm, func(e wire.Event) (err error) {
		switch e.Action {
		case wire.Ready:
			s.show.status(s.column.title(), "up")
		case wire.Start:
			now, err = newCollector(e.Package, s.emit)
		case wire.Output:
			err = now.print(e.Text)
		case wire.Exit:
			err = end(e.Code, exitNote(e.Code))
		}
		return err
	})
	if ctx.Err() != nil {
		return ended, context.Cause(ctx)
	}
	ge := (*guestError)(nil)
	switch {
	case !errors.As(err, &ge):
		return ended, err
	case kvm && !ge.up: // the processor has it, this machine has not
		s.show.note(s.column.title(), "KVM does not work here ("+ge.reason+"), emulation it is")
		return 0, s.build.kvm.fails()
	}
	s.show.note(s.column.title(), ge.reason+"; the end of its console:\n"+ge.console)
	switch {
	case now != nil:
	// emulation of a kernel that changes its own code, as at its start, is not perfect
	case !ge.up && s.downs < bootAgain:
		s.downs++
		return ended, nil
	default:
		return ended, ge
	}
	return ended, end(1, ge.reason)
}

// exitNote says how a test binary ended, where its output does not.
func exitNote(code int) string {
	if code == 0 || code == 1 {
		return ""
	}
	return fmt.Sprintf("exit status %d", code)
}

// buildFailed shows a package that has no test binary as "go test" does.
func (s *session) buildFailed(p *goPackage) {
	s.column.Results = append(s.column.Results, result{Package: p.ImportPath, Outcome: "fail", Note: "build failed"})
	build, none := p.ImportPath+" ["+p.ImportPath+".test]", 0.0
	for _, e := range []event{
		{ImportPath: build, Action: "build-output", Output: p.buildErr},
		{ImportPath: build, Action: "build-fail"},
		{Action: "start", Package: p.ImportPath},
		{Action: "output", Package: p.ImportPath, Output: "FAIL\t" + p.ImportPath + " [build failed]\n"},
		{Action: "fail", Package: p.ImportPath, Elapsed: &none, FailedBuild: build},
	} {
		s.emit(e)
	}
}

func (s *session) emit(e event) {
	e.Kernel, e.Arch = s.kernel.version, s.build.machine.arch
	s.show.event(s.column.title(), e)
}
