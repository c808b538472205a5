package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// mirror is where this machine gets Debian from, as its own sources of apt say.
type mirror struct{ uri, keyring string }

// debianSuites are the names under which a machine's sources may know Debian.
var debianSuites = []string{"bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable"}

func findMirror(ctx context.Context) (mirror, error) {
	out, err := output(ctx, "apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(SIGNED_BY)", "Identifier: Packages")
	if err != nil {
		return mirror{}, err
	}
	return parseMirror(out)
}

// parseMirror finds Debian among lines "URI SUITE [KEYRING]".
func parseMirror(targets string) (mirror, error) {
	for line := range strings.Lines(targets) {
		f := strings.Fields(line)
		if len(f) >= 2 && slices.Contains(debianSuites, f[1]) {
			m := mirror{uri: f[0], keyring: "/usr/share/keyrings/debian-archive-keyring.gpg"}
			if len(f) > 2 && strings.HasPrefix(f[2], "/") {
				m.keyring = f[2]
			}
			return m, nil
		}
	}
	return mirror{}, errors.New("the sources of apt have no mirror of Debian")
}

// suite is a release of Debian for an architecture, with an apt of its own beside that of the machine.
type suite struct {
	name, arch string // of Debian: "amd64", "arm64", "s390x"
	dir        string // keeps lists and packages
	options    []string
}

// newSuite makes a suite ready for use. Its lists are fetched when they are older than a day, or by force.
func newSuite(ctx context.Context, from mirror, cache, name, arch string, force bool) (*suite, error) {
	s := &suite{name: name, arch: arch, dir: filepath.Join(cache, "apt", name+"-"+arch)}
	for _, d := range []string{"lists/partial", "archives/partial"} {
		if err := os.MkdirAll(filepath.Join(s.dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	var sources strings.Builder
	for _, n := range slices.Compact([]string{strings.TrimSuffix(name, "-backports"), name}) {
		fmt.Fprintf(&sources, "deb [arch=%s signed-by=%s] %s %s main\n", arch, from.keyring, from.uri, n)
	}
	list, status := filepath.Join(s.dir, "sources.list"), filepath.Join(s.dir, "status")
	before, _ := os.ReadFile(list) // no list: nothing was fetched
	if err := errors.Join(os.WriteFile(list, []byte(sources.String()), 0o644), os.WriteFile(status, nil, 0o644)); err != nil {
		return nil, err
	}
	for _, o := range []string{
		"Dir::Etc::sourcelist=" + list, "Dir::Etc::sourceparts=/dev/null", "Dir::Etc::preferences=/dev/null", "Dir::Etc::preferencesparts=/dev/null",
		"Dir::State::status=" + status, "Dir::State::lists=" + filepath.Join(s.dir, "lists"),
		"Dir::Cache=" + s.dir, "Dir::Cache::archives=" + filepath.Join(s.dir, "archives"),
		"Dir::Cache::pkgcache=pkgcache.bin", "Dir::Cache::srcpkgcache=srcpkgcache.bin",
		"APT::Architecture=" + arch, "APT::Default-Release=" + name, "APT::Sandbox::User=root", "Acquire::Languages=none",
		"APT::Update::Post-Invoke=", "APT::Update::Post-Invoke-Success=",
	} {
		s.options = append(s.options, "-o", o)
	}
	stamp := filepath.Join(s.dir, "updated")
	info, err := os.Stat(stamp)
	if !force && err == nil && time.Since(info.ModTime()) < 24*time.Hour && string(before) == sources.String() {
		return s, nil
	}
	if _, err := s.apt(ctx, "apt-get", "-qq", "update"); err != nil {
		return nil, err
	}
	return s, os.WriteFile(stamp, nil, 0o644)
}

func (s *suite) apt(ctx context.Context, command string, args ...string) (string, error) {
	return output(ctx, command, slices.Concat(s.options, args)...)
}

// show returns the fields of the newest version of a package; none: the suite has no such package.
func (s *suite) show(ctx context.Context, pkg string) (map[string]string, error) {
	names, err := s.apt(ctx, "apt-cache", "pkgnames", pkg)
	if err != nil || !slices.Contains(strings.Fields(names), pkg) {
		return nil, err
	}
	out, err := s.apt(ctx, "apt-cache", "show", "--no-all-versions", pkg)
	if err != nil {
		return nil, err
	}
	return parseFields(out), nil
}

// parseFields returns the fields of a package, as in Debian's Packages files. Of those of several lines it keeps the first.
func parseFields(paragraph string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(paragraph) {
		if k, v, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
			fields[k] = strings.TrimSpace(v)
		}
	}
	return fields
}

// errFetch says that apt could not download a package.
var errFetch = errors.New("not fetched")

// fetch downloads packages, and not what they depend on, into an empty directory. It returns the files.
func (s *suite) fetch(ctx context.Context, dir string, pkgs ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "apt-get", slices.Concat(s.options, []string{"-qq", "download"}, pkgs)...)
	cmd.Dir = dir
	if _, err := run(cmd); err != nil {
		return nil, fmt.Errorf("%w: %w", errFetch, err)
	}
	return filepath.Glob(filepath.Join(dir, "*.deb"))
}

// fetchAll downloads packages and all that they depend on. It returns the files.
func (s *suite) fetchAll(ctx context.Context, pkgs ...string) ([]string, error) {
	args := append([]string{"-qq", "-y", "--no-install-recommends", "--download-only", "install"}, pkgs...)
	if _, err := s.apt(ctx, "apt-get", args...); err != nil {
		return nil, fmt.Errorf("%w: %w", errFetch, err)
	}
	// With nothing there yet, apt would fetch all of them, and says which those are.
	nowhere := filepath.Join(s.dir, "nothing")
	if err := os.MkdirAll(filepath.Join(nowhere, "partial"), 0o755); err != nil {
		return nil, err
	}
	uris, err := s.apt(ctx, "apt-get", append([]string{"--print-uris", "-o", "Dir::Cache::archives=" + nowhere}, args...)...)
	if err != nil {
		return nil, err
	}
	return parseURIs(uris, filepath.Join(s.dir, "archives")), nil
}

// parseURIs returns the files in dir that lines 'URI' FILE SIZE HASH name.
func parseURIs(uris, dir string) []string {
	var files []string
	for line := range strings.Lines(uris) {
		if f := strings.Fields(line); len(f) >= 3 && strings.HasPrefix(f[0], "'") {
			files = append(files, filepath.Join(dir, f[1]))
		}
	}
	return files
}

// readDeb calls add for each file of a Debian package.
func readDeb(ctx context.Context, file string, add func(*tar.Header, io.Reader) error) error {
	cmd := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	files := tar.NewReader(pipe)
	for err == nil {
		var h *tar.Header
		if h, err = files.Next(); err == nil {
			err = add(h, files)
		}
	}
	if err == io.EOF {
		_, err = io.Copy(io.Discard, pipe) // the archive's padding
	} else {
		pipe.Close() // ends dpkg-deb
	}
	if werr := cmd.Wait(); werr != nil && err == nil {
		err = fmt.Errorf("%w: %s", werr, stderr.Bytes())
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}

// output returns the standard output of a command.
func output(ctx context.Context, name string, args ...string) (string, error) {
	return run(exec.CommandContext(ctx, name, args...))
}

// run is output for a prepared command. The error has what the command said.
func run(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}
