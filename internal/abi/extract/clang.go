package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"

	"kern.sys/internal/abi"
)

// oldestClang is the first version that has all that headers ask the compiler for: macOS' differ with an older one.
const oldestClang = 19

// findClang returns a clang that is new enough. If there is none and this is root on Debian, it installs one.
func findClang() (string, error) {
	if c := lookClang(); c != "" {
		return c, nil
	}
	if os.Geteuid() != 0 {
		return "", fmt.Errorf("no clang %d or newer in PATH: install clang-%d, or run this as root on Debian", oldestClang,
			oldestClang)
	}
	// Which of the two exists depends on the release.
	var errs []error
	for _, pkg := range []string{"clang-" + strconv.Itoa(oldestClang), "clang"} {
		cmd := exec.Command("apt-get", "-qq", "-y", "--no-install-recommends", "install", pkg)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			errs = append(errs, fmt.Errorf("apt-get install %s: %w\n%s", pkg, err, out))
			continue
		}
		if c := lookClang(); c != "" {
			return c, nil
		}
	}
	return "", fmt.Errorf("no clang %d or newer: %w", oldestClang, errors.Join(errs...))
}

func lookClang() string {
	names := []string{"clang"}
	for v := oldestClang; v < oldestClang+30; v++ {
		names = append(names, "clang-"+strconv.Itoa(v))
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "-dumpversion").Output()
		if err != nil {
			continue
		}
		major, _, _ := bytes.Cut(out, []byte("."))
		if v, err := strconv.Atoi(string(major)); err == nil && v >= oldestClang {
			return path
		}
	}
	return ""
}

// compiler runs clang on translation units.
type compiler struct {
	path string
	dirs func(abi.Arch) []string // the folders that headers are looked for in

	units *unitCache // what was extracted before; nil for none
}

func (c *compiler) args(a abi.Arch) []string {
	args := []string{"-target", a.Target, "-x", "c", "-std=gnu11", "-nostdlibinc", "-ffreestanding",
		"-Wno-everything", "-Werror=gnu-folding-constant", "-Werror=implicit-function-declaration",
		"-ferror-limit=0", "-fno-caret-diagnostics", "-fno-color-diagnostics"}
	for _, d := range c.dirs(a) {
		args = append(args, "-isystem", d)
	}
	return append(args, a.Flags...)
}

// preprocess returns source after the preprocessor, with the definitions of macros left in.
func (c *compiler) preprocess(a abi.Arch, source string) (string, error) {
	out, diag, err := c.run(a, source, "-E", "-dD", "-")
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, diag)
	}
	return string(out), nil
}

// errorLine matches an error in the translation unit itself.
var errorLine = regexp.MustCompile(`(?m)^<stdin>:(\d+):\d+: (?:fatal )?error: (.*)$`)

// anyError matches every error.
var anyError = regexp.MustCompile(`(?m)^.*\berror: .*$`)

// compile makes an object of source. If lines of source from first on, and nothing else, do not compile, it
// returns what clang says of each instead.
func (c *compiler) compile(a abi.Arch, source string, first int, object string) (bad map[int][]string, err error) {
	_, diag, err := c.run(a, source, "-O0", "-g", "-gdwarf-4", "-fstandalone-debug", "-fno-eliminate-unused-debug-types",
		"-c", "-", "-o", object)
	if err == nil {
		return nil, nil
	}
	found := errorLine.FindAllStringSubmatch(diag, -1)
	if len(found) == 0 || len(found) != len(anyError.FindAllString(diag, -1)) {
		return nil, fmt.Errorf("%w\n%s", err, diag)
	}
	bad = map[int][]string{}
	for _, m := range found {
		n, aerr := strconv.Atoi(m[1])
		if aerr != nil || n < first {
			return nil, fmt.Errorf("%w\n%s", err, diag)
		}
		bad[n] = append(bad[n], m[2])
	}
	return bad, nil
}

func (c *compiler) run(a abi.Arch, source string, args ...string) (stdout []byte, stderr string, err error) {
	cmd := exec.Command(c.path, append(c.args(a), args...)...)
	cmd.Stdin = bytes.NewReader([]byte(source))
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	err = cmd.Run()
	return out.Bytes(), diag.String(), err
}
