// Package debian fetches packages of any release of Debian and any architecture through apt, with lists and files of
// its own beside those of the machine.
package debian

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

// Mirror is where this machine gets Debian from, as its own sources of apt say.
type Mirror struct{ uri, keyring string }

// debianSuites are the names under which a machine's sources may know Debian.
var debianSuites = []string{"bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable"}

func FindMirror(ctx context.Context) (Mirror, error) {
	out, err := Output(ctx, "apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(SIGNED_BY)",
		"Identifier: Packages")
	if err != nil {
		return Mirror{}, err
	}
	return parseMirror(out)
}

// parseMirror finds Debian among lines "URI SUITE [KEYRING]".
func parseMirror(targets string) (Mirror, error) {
	for line := range strings.Lines(targets) {
		f := strings.Fields(line)
		if len(f) >= 2 && slices.Contains(debianSuites, f[1]) {
			m := Mirror{uri: f[0], keyring: "/usr/share/keyrings/debian-archive-keyring.gpg"}
			if len(f) > 2 && strings.HasPrefix(f[2], "/") {
				m.keyring = f[2]
			}
			return m, nil
		}
	}
	return Mirror{}, errors.New("the sources of apt have no mirror of Debian")
}

// Suite is a release of Debian for an architecture, with an apt of its own beside that of the machine.
type Suite struct {
	Name, Arch string // of Debian: "amd64", "arm64", "s390x"
	dir        string // keeps lists and packages
	options    []string
}

// Options are what may be asked of a suite.
type Options struct {
	Update  bool // fetch its lists even if they are not older than a day
	Sources bool // with lists of source packages
}

// NewSuite makes a suite ready for use. Its lists are fetched when they are older than a day.
func NewSuite(ctx context.Context, from Mirror, cache, name, arch string, o Options) (*Suite, error) {
	s := &Suite{Name: name, Arch: arch, dir: filepath.Join(cache, "apt", name+"-"+arch)}
	kinds := []string{"deb"}
	if o.Sources {
		kinds = append(kinds, "deb-src")
	}
	for _, d := range []string{"lists/partial", "archives/partial"} {
		if err := os.MkdirAll(filepath.Join(s.dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	var sources strings.Builder
	for _, n := range slices.Compact([]string{strings.TrimSuffix(name, "-backports"), name}) {
		for _, kind := range kinds {
			fmt.Fprintf(&sources, "%s [arch=%s signed-by=%s] %s %s main\n", kind, arch, from.keyring, from.uri, n)
		}
	}
	list, status := filepath.Join(s.dir, "sources.list"), filepath.Join(s.dir, "status")
	before, _ := os.ReadFile(list) // no list: nothing was fetched
	if err := errors.Join(os.WriteFile(list, []byte(sources.String()), 0o644),
		os.WriteFile(status, nil, 0o644)); err != nil {
		return nil, err
	}
	for _, o := range []string{
		"Dir::Etc::sourcelist=" + list, "Dir::Etc::sourceparts=/dev/null", "Dir::Etc::preferences=/dev/null",
		"Dir::Etc::preferencesparts=/dev/null",
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
	if !o.Update && err == nil && time.Since(info.ModTime()) < 24*time.Hour && string(before) == sources.String() {
		return s, nil
	}
	if _, err := s.Apt(ctx, "apt-get", "-qq", "update"); err != nil {
		return nil, err
	}
	return s, os.WriteFile(stamp, nil, 0o644)
}

// Apt runs a command of apt with the suite's lists and files, and returns what it prints.
func (s *Suite) Apt(ctx context.Context, command string, args ...string) (string, error) {
	return Output(ctx, command, slices.Concat(s.options, args)...)
}

// Show returns the fields of the newest version of a package; none: the suite has no such package.
func (s *Suite) Show(ctx context.Context, pkg string) (map[string]string, error) {
	names, err := s.Apt(ctx, "apt-cache", "pkgnames", pkg)
	if err != nil || !slices.Contains(strings.Fields(names), pkg) {
		return nil, err
	}
	out, err := s.Apt(ctx, "apt-cache", "show", "--no-all-versions", pkg)
	if err != nil {
		return nil, err
	}
	return parseFields(out), nil
}

// parseFields returns the fields of a package, as in Debian's Packages files. Of those of several lines it keeps the
// first.
func parseFields(paragraph string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(paragraph) {
		if k, v, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
			fields[k] = strings.TrimSpace(v)
		}
	}
	return fields
}

// ErrFetch says that apt could not download a package.
var ErrFetch = errors.New("not fetched")

// Fetch downloads packages, and not what they depend on, into an empty directory. It returns the files.
func (s *Suite) Fetch(ctx context.Context, dir string, pkgs ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "apt-get", slices.Concat(s.options, []string{"-qq", "download"}, pkgs)...)
	cmd.Dir = dir
	if _, err := Run(cmd); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	return filepath.Glob(filepath.Join(dir, "*.deb"))
}

// FetchAll downloads packages and all that they depend on. It returns the files.
func (s *Suite) FetchAll(ctx context.Context, pkgs ...string) ([]string, error) {
	args := append([]string{"-qq", "-y", "--no-install-recommends", "--download-only", "install"}, pkgs...)
	if _, err := s.Apt(ctx, "apt-get", args...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	// With nothing there yet, apt would fetch all of them, and says which those are.
	nowhere := filepath.Join(s.dir, "nothing")
	if err := os.MkdirAll(filepath.Join(nowhere, "partial"), 0o755); err != nil {
		return nil, err
	}
	uris, err := s.Apt(ctx, "apt-get", append([]string{"--print-uris", "-o", "Dir::Cache::archives=" + nowhere},
		args...)...)
	if err != nil {
		return nil, err
	}
	return parseURIs(uris, filepath.Join(s.dir, "archives")), nil
}

// FetchSource downloads the upstream archive of a source package into an empty directory, and returns the file.
func (s *Suite) FetchSource(ctx context.Context, dir, pkg string) (string, error) {
	cmd := exec.CommandContext(ctx, "apt-get",
		slices.Concat(s.options, []string{"-qq", "source", "--download-only", "--tar-only", pkg})...)
	cmd.Dir = dir
	if _, err := Run(cmd); err != nil {
		return "", fmt.Errorf("%w: %w", ErrFetch, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.orig.tar.*"))
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, ".asc") })
	if err == nil && len(files) != 1 {
		err = fmt.Errorf("source of %s: %d archives", pkg, len(files))
	}
	if err != nil {
		return "", err
	}
	return files[0], nil
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

// ReadDeb calls add for each file of a Debian package.
func ReadDeb(ctx context.Context, file string, add func(*tar.Header, io.Reader) error) error {
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

// Output returns the standard output of a command.
func Output(ctx context.Context, name string, args ...string) (string, error) {
	return Run(exec.CommandContext(ctx, name, args...))
}

// Run is Output for a prepared command. The error has what the command said.
func Run(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// Need installs Debian's package of a command that is missing.
func Need(ctx context.Context, command, pkg string) error {
	if _, err := exec.LookPath(command); err == nil {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%s is missing, and only root may install it: apt-get install %s", command, pkg)
	}
	fmt.Fprintf(os.Stderr, "installing %s\n", pkg)
	install := exec.CommandContext(ctx, "apt-get", "install", "-y", "-qq", "--no-install-recommends", pkg)
	install.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if _, err := Run(install); err == nil {
		return nil
	}
	if _, err := Output(ctx, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	again := exec.CommandContext(ctx, "apt-get", install.Args[1:]...)
	again.Env = install.Env
	_, err := Run(again)
	return err
}
