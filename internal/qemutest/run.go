package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// goPackage is what "go list -json" prints about a package.
type goPackage struct {
	ImportPath, Dir           string
	TestGoFiles, XTestGoFiles []string
}

// goCommand prepares a go command for an architecture.
func goCommand(ctx context.Context, arch string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
	return cmd
}

// testPackages returns the packages that have tests on an architecture.
func testPackages(ctx context.Context, arch string, patterns []string) ([]goPackage, error) {
	cmd := goCommand(ctx, arch, append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, patterns...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, stderr.Bytes())
	}
	return parsePackages(list)
}

func parsePackages(list []byte) ([]goPackage, error) {
	var out []goPackage
	for d := json.NewDecoder(bytes.NewReader(list)); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 {
			out = append(out, p)
		}
	}
}

// build compiles the tests of a package into dir.
func build(ctx context.Context, arch string, p goPackage, dir string) (binary string, err error) {
	binary = filepath.Join(dir, arch+"-"+strings.ReplaceAll(p.ImportPath, "/", "_")+".test")
	cmd := goCommand(ctx, arch, "test", "-c", "-o", binary, p.ImportPath)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return binary, nil
}

// test runs a test binary in its package's folder, as go test does, and returns what it printed.
func (r runner) test(ctx context.Context, p goPackage, binary string, o options) (result, string) {
	args := []string{binary, "-test.v", "-test.paniconexit0", "-test.timeout=" + o.timeout.String(), "-test.run=" + o.run}
	if r.emulator != "" {
		args = append([]string{r.emulator}, args...)
	}
	// The binary ends itself at the timeout, unless the emulator hangs.
	ctx, cancel := context.WithTimeout(ctx, o.timeout+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = p.Dir
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	res := count(string(out))
	res.arch, res.pkg = r.arch, p.ImportPath
	exit := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		res.note = "no end after " + o.timeout.String()
	case errors.As(err, &exit) && (exit.ExitCode() != 1 || len(res.failures) == 0):
		res.note = exit.String()
	case err != nil && exit == nil:
		res.note = err.Error()
	}
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return res, string(out)
}
