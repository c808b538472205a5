package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// locked is one Debian package of the lock file.
type locked struct {
	source  string // what the list of headers calls it
	name    string
	version string
	suite   string
	sha256  string
}

const lockHeader = "# source package version suite sha256; written by go run ./internal/abi/extract -update\n"

func readLock(file string) ([]locked, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []locked
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		w := strings.Fields(line)
		if len(w) != 5 || len(w[4]) != 2*sha256.Size {
			return nil, fmt.Errorf("%s:%d: want source, package, version, suite and sha256", file, i+1)
		}
		out = append(out, locked{w[0], w[1], w[2], w[3], w[4]})
	}
	return out, nil
}

func writeLock(file string, pkgs []locked) error {
	var b strings.Builder
	b.WriteString(lockHeader)
	for _, p := range pkgs {
		fmt.Fprintf(&b, "%s %s %s %s %s\n", p.source, p.name, p.version, p.suite, p.sha256)
	}
	return os.WriteFile(file, []byte(b.String()), 0o666)
}

// unpacked returns the folder with the package's files. What the cache lacks is fetched, and nothing whose
// sum differs from the locked one is used.
func (p locked) unpacked(cache string) (string, error) {
	dir := filepath.Join(cache, p.sha256)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	deb := dir + ".deb"
	sum, err := fileSum(deb)
	if errors.Is(err, fs.ErrNotExist) {
		if err := p.fetch(cache, deb); err != nil {
			return "", p.notFetched(cache, deb, err)
		}
		sum, err = fileSum(deb)
	}
	if err != nil {
		return "", err
	}
	if sum != p.sha256 {
		return "", fmt.Errorf("%s: sha256 is %s, locked is %s", deb, sum, p.sha256)
	}
	// Unpacked aside and renamed, so that a folder of that name is always whole.
	tmp, err := os.MkdirTemp(cache, "unpack-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := command("", "dpkg-deb", "-x", deb, filepath.Join(tmp, "files")); err != nil {
		return "", err
	}
	return dir, os.Rename(filepath.Join(tmp, "files"), dir)
}

// notFetched is the error for a package that cannot be fetched: a mirror drops the old version when there is a newer
// one.
func (p locked) notFetched(cache, deb string, err error) error {
	now, lookup := p.newest(cache, p.version)
	switch {
	case lookup != nil: // the mirror cannot be reached, or the package has another name now
		return fmt.Errorf("fetch %s %s of %s: %w; what the mirror has of it: %w", p.name, p.version, p.suite, err, lookup)
	case now.version == p.version:
		return fmt.Errorf("fetch %s %s of %s, which the mirror has: %w", p.name, p.version, p.suite, err)
	}
	return fmt.Errorf("%s %s is locked, but the mirror has dropped it from %s and has %s. Either lock that one:\n"+
		"\tgo run ./internal/abi/extract -update\n"+
		"or put the locked one, which https://snapshot.debian.org/binary/%s/ keeps, into the cache as\n"+
		"\t%s", p.name, p.version, p.suite, now.version, p.name, deb)
}

func fileSum(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// fetch downloads the package to file, from the mirror that this machine uses.
func (p locked) fetch(cache, file string) error {
	a, err := newApt(cache, p.suite)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := command(tmp, "apt-get", append(a.options, "-qq", "download", p.name+"="+p.version)...); err != nil {
		return err
	}
	debs, err := filepath.Glob(filepath.Join(tmp, "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("apt-get left %d packages: %v", len(debs), err)
	}
	return os.Rename(debs[0], file)
}

// newest returns the package as the mirror has it now. A name that holds a version, as linux-headers-… does,
// is looked up by what comes around it.
func (p locked) newest(cache, kernel string) (locked, error) {
	a, err := newApt(cache, p.suite)
	if err != nil {
		return p, err
	}
	if strings.HasPrefix(p.name, "linux-headers-") {
		// The two packages of one kernel belong together.
		names, err := exec.Command("apt-cache",
			append(a.options, "search", "--names-only", `^linux-headers-.*-common$`)...).Output()
		if err != nil {
			return p, fmt.Errorf("apt-cache search: %w", err)
		}
		upstream, _, _ := strings.Cut(kernel, "-")
		for line := range strings.Lines(string(names)) {
			name, _, _ := strings.Cut(line, " ")
			if strings.HasPrefix(name, "linux-headers-"+upstream+"+") ||
				strings.HasPrefix(name, "linux-headers-"+upstream+"-") {
				p.name = name
			}
		}
	}
	show, err := exec.Command("apt-cache", append(a.options, "show", "--no-all-versions", p.name)...).Output()
	if err != nil {
		return p, fmt.Errorf("apt-cache show %s: %w", p.name, err)
	}
	p.version, p.sha256 = "", ""
	for line := range strings.Lines(string(show)) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch k {
		case "Version":
			p.version = v
		case "SHA256":
			p.sha256 = v
		}
	}
	if p.version == "" || len(p.sha256) != 2*sha256.Size {
		return p, fmt.Errorf("apt-cache show %s: no version or sum in:\n%s", p.name, show)
	}
	return p, nil
}

// apt is a state of apt of its own, for one suite, that leaves the machine's alone.
type apt struct{ options []string }

func newApt(cache, suite string) (*apt, error) {
	mirror, keyring, err := mirror("/etc/apt")
	if err != nil {
		return nil, err
	}
	state := filepath.Join(cache, "apt-"+suite)
	for _, d := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(state, d), 0o777); err != nil {
			return nil, err
		}
	}
	list := filepath.Join(state, "sources.list")
	if err := os.WriteFile(list, fmt.Appendf(nil, "deb [signed-by=%s] %s %s main\n", keyring, mirror, suite),
		0o666); err != nil {
		return nil, err
	}
	a := &apt{[]string{
		"-o", "Dir::Etc::sourcelist=" + list, "-o", "Dir::Etc::sourceparts=-",
		"-o", "Dir::State::lists=" + state + "/lists", "-o", "Dir::Cache=" + state + "/cache",
	}}
	if os.Geteuid() == 0 {
		// The user that apt fetches as can't write to the cache.
		a.options = append(a.options, "-o", "APT::Sandbox::User=root")
	}
	return a, command("", "apt-get", append(a.options, "-qq", "update")...)
}

// mirror returns the Debian archive that the apt configuration below etc names.
func mirror(etc string) (uri, keyring string, err error) {
	keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
	var files []string
	for _, pattern := range []string{"sources.list", "sources.list.d/*.list", "sources.list.d/*.sources"} {
		found, err := filepath.Glob(filepath.Join(etc, pattern))
		if err != nil {
			return "", "", err
		}
		files = append(files, found...)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return "", "", err
		}
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			w := strings.Fields(s.Text())
			if len(w) == 0 || w[0] != "deb" && w[0] != "URIs:" {
				continue
			}
			for _, word := range w[1:] {
				// The archive's folder on any mirror is called so; debian-security and others' are not.
				if u, err := url.Parse(word); err == nil && u.Host != "" && path.Base(u.Path) == "debian" {
					return strings.TrimSuffix(word, "/"), keyring, nil
				}
			}
		}
	}
	return "", "", fmt.Errorf("no Debian archive among the sources of apt in %s", etc)
}

func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
