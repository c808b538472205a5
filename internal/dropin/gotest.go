package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// ownWorld runs a test binary, for root, in network and mount namespaces that are made for it.
const ownWorld = `unshare --net --mount --uts --ipc -- sh -c 'ip link set lo up && exec "$0" "$@"'`

// build builds the module's packages, and returns what hinders it.
func (t *tree) build(ctx context.Context, m module) error {
	_, err := output(ctx, t.root(), append([]string{"build"}, m.build()...)...)
	return err
}

// compile builds the module's packages and tests.
func (t *tree) compile(ctx context.Context, m module) error {
	if err := t.build(ctx, m); err != nil {
		return err
	}
	_, err := output(ctx, t.root(), append([]string{"test", "-vet=off", "-run=^$", "-exec=true"}, m.Packages...)...)
	return err
}

// test runs the tests of packages.
func (t *tree) test(ctx context.Context, m module, packages []string) (outcomes, error) {
	args := []string{"test", "-json", "-vet=off", "-count=1", "-timeout=" + t.opt.timeout.String()}
	if os.Geteuid() == 0 {
		args = append(args, "-exec="+ownWorld)
	}
	args = append(append(args, m.flags()...), packages...)
	cmd := goCommand(ctx, t.root(), args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var show io.Writer
	if t.opt.verbose {
		show = os.Stdout
	}
	o, err := count(out, show)
	failed := new(exec.ExitError)
	if e := cmd.Wait(); err == nil && e != nil && (!errors.As(e, &failed) || len(o) == 0) {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return o, nil
}

//go:embed *.sh
var scripts embed.FS

// script runs the module's script, which needs root, and adds how it ended.
func (t *tree) script(ctx context.Context, m module, o outcomes) error {
	if m.Script == "" {
		return nil
	}
	as := test{m.Path, m.Script}
	if os.Geteuid() != 0 {
		o[as] = append(o[as], "skip")
		return nil
	}
	b, err := scripts.ReadFile(m.Script)
	if err != nil {
		return err
	}
	file := filepath.Join(t.dir, m.Script)
	if err := os.WriteFile(file, b, 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", ownWorld+` "$@"`, "sh", "sh", file, t.opt.checkout)
	cmd.Dir = t.root()
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err == nil {
		o[as] = append(o[as], "pass")
		return nil
	}
	o[as] = append(o[as], "fail")
	if t.opt.verbose {
		fmt.Printf("%s: %v\n%s", m.Script, err, out)
	}
	return nil
}

// test is a test, or a package with an empty Test.
type test struct{ Package, Test string }

// outcomes are how tests and packages ended, in each of several rounds: "pass", "fail" or "skip". Those of specsOf a
// test are numbers.
type outcomes map[test][]string

// ginkgo is what that library prints at the end of a test, which is many: specs.
var ginkgo = regexp.MustCompile(`(\d+) Passed.* (\d+) Failed`)

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// specsOf stands for the specs of a test that passed or failed.
func specsOf(t test, end string) test { return test{t.Package, t.Test + specs + end} }

const specs = ": specs "

// specs counts the specs of all tests in the first round.
func (o outcomes) specs() (passed, failed int) {
	for t, ends := range o {
		n, _ := strconv.Atoi(ends[0])
		if strings.HasSuffix(t.Test, specs+"passed") {
			passed += n
		} else if strings.HasSuffix(t.Test, specs+"failed") {
			failed += n
		}
	}
	return passed, failed
}

// count reads the events of "go test -json" (see "go doc test2json"), and writes what failing tests and builds have
// printed to show.
func count(events io.Reader, show io.Writer) (outcomes, error) {
	o, said := outcomes{}, map[test]string{}
	for d := json.NewDecoder(events); ; {
		var e struct{ Action, Package, Test, Output, ImportPath string }
		if err := d.Decode(&e); err == io.EOF {
			return o, nil
		} else if err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
		t := test{e.Package, e.Test}
		switch e.Action {
		case "output":
			said[t] += e.Output
			if m := ginkgo.FindStringSubmatch(colours.ReplaceAllString(e.Output, "")); m != nil {
				o[specsOf(t, "passed")], o[specsOf(t, "failed")] = m[1:2], m[2:3]
			}
		case "build-output":
			said[test{Package: e.ImportPath}] += e.Output
		case "build-fail":
			t = test{Package: e.ImportPath}
			fallthrough
		case "pass", "fail", "skip":
			// Test binaries that start themselves print some tests' ends twice.
			if e.Action != "build-fail" && (o[t] == nil || o[t][0] != "fail") {
				o[t] = []string{e.Action}
			}
			if show != nil && strings.HasSuffix(e.Action, "fail") {
				if _, err := io.WriteString(show, said[t]); err != nil {
					return nil, err
				}
			}
			delete(said, t)
		}
	}
}

// add adds the outcomes of one more round.
func (o outcomes) add(more outcomes) {
	for t, ends := range more {
		o[t] = append(o[t], ends...)
	}
}
