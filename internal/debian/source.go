package debian

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var linuxSource = regexp.MustCompile(`^linux-source-(\d+)\.(\d+)$`)

// NewestLinuxSource returns the name of the suite's newest package with the sources of Linux, and its version.
func (s *Suite) NewestLinuxSource(ctx context.Context) (name, version string, err error) {
	names, err := s.Apt(ctx, "apt-cache", "pkgnames", "linux-source-")
	if err != nil {
		return "", "", err
	}
	var newest [2]int
	for n := range strings.FieldsSeq(names) {
		m := linuxSource.FindStringSubmatch(n)
		if m == nil {
			continue
		}
		var v [2]int
		for i := range v {
			if v[i], err = strconv.Atoi(m[i+1]); err != nil {
				return "", "", err
			}
		}
		if slices.Compare(v[:], newest[:]) > 0 {
			name, newest = n, v
		}
	}
	if name == "" {
		return "", "", errors.New("no package linux-source")
	}
	fields, err := s.Show(ctx, name)
	return name, fields["Version"], err
}

// Unpack unpacks an archive compressed by xz into dir, without links: a link to a file becomes a copy. name returns
// the name of a file there, "" for one that is not needed.
func Unpack(ctx context.Context, dir string, r io.Reader, name func(string) string) error {
	xz := exec.CommandContext(ctx, "xz", "-dc")
	xz.Stdin = r
	out, err := xz.StdoutPipe()
	if err != nil {
		return err
	}
	if err := xz.Start(); err != nil {
		return err
	}
	links := map[string]string{}
	files := tar.NewReader(out)
	for err == nil {
		var h *tar.Header
		if h, err = files.Next(); err != nil {
			break
		}
		file := name(path.Clean(h.Name))
		switch {
		case file == "":
		case h.Typeflag == tar.TypeSymlink:
			links[filepath.Join(dir, file)] = filepath.Join(dir, path.Dir(file), h.Linkname)
		case h.Typeflag == tar.TypeReg:
			err = Store(filepath.Join(dir, file), h.FileInfo().Mode(), files)
		}
	}
	if err == io.EOF {
		_, err = io.Copy(io.Discard, out)
	}
	err = errors.Join(err, xz.Wait())
	for link, target := range links {
		if b, rerr := os.ReadFile(target); rerr == nil {
			err = errors.Join(err, os.MkdirAll(filepath.Dir(link), 0o755), os.WriteFile(link, b, 0o755))
		}
	}
	return err
}

// Store writes a file, in a directory that it makes.
func Store(file string, mode os.FileMode, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode.Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
