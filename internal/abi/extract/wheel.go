package main

import (
	"archive/zip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"kern.sys/internal/abi"
)

// wheel is the locked Python package that has headers of other systems.
type wheel struct {
	name    string
	version string
	file    string
	sha256  string
}

const wheelHeader = "# package version file sha256; written by go run ./internal/abi/extract -system SYSTEM -update\n"

// headerFolder is the wheel's folder of the folders with headers.
const headerFolder = "ziglang/lib/libc/include"

func readWheel(file string) (wheel, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return wheel{}, err
	}
	var found []wheel
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		w := strings.Fields(line)
		if len(w) != 4 || len(w[3]) != 2*sha256.Size || path.Base(w[2]) != w[2] {
			return wheel{}, fmt.Errorf("%s:%d: want package, version, file and sha256", file, i+1)
		}
		found = append(found, wheel{w[0], w[1], w[2], w[3]})
	}
	if len(found) != 1 {
		return wheel{}, fmt.Errorf("%s: want one package, not %d", file, len(found))
	}
	return found[0], nil
}

func (w wheel) write(file string) error {
	return os.WriteFile(file, fmt.Appendf(nil, "%s%s %s %s %s\n", wheelHeader, w.name, w.version, w.file, w.sha256),
		0o666)
}

// download has pip fetch the package into a new folder below cache, from the index that this machine uses. It returns
// the file, and a function that deletes the folder. version is "" for the newest one.
func (w wheel) download(cache, version string) (file string, remove func(), err error) {
	dir, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	spec := w.name
	if version != "" {
		spec += "==" + version
	}
	args := []string{"-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps",
		"--only-binary=:all:", "--dest", dir}
	// The file for one platform on every machine: the headers are the same in all, the sum is not.
	for _, tag := range strings.Split(w.platforms(), ".") {
		args = append(args, "--platform", tag)
	}
	err = command("", "python3", append(args, spec)...)
	files, globErr := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err == nil && (globErr != nil || len(files) != 1) {
		err = fmt.Errorf("pip left %d wheels of %s", len(files), spec)
	}
	if err != nil {
		remove()
		return "", nil, err
	}
	return files[0], remove, nil
}

// platforms returns what the wheel's file is for: the last part of its name, tags between dots.
func (w wheel) platforms() string {
	name := strings.TrimSuffix(w.file, ".whl")
	return name[strings.LastIndexByte(name, '-')+1:]
}

// newest returns the package's newest version, and keeps its file in the cache.
func (w wheel) newest(cache string) (wheel, error) {
	file, remove, err := w.download(cache, "")
	if err != nil {
		return w, err
	}
	defer remove()
	w.file = filepath.Base(file)
	parts := strings.Split(w.file, "-")
	if len(parts) < 5 {
		return w, fmt.Errorf("%s is no name of a wheel", w.file)
	}
	w.version = parts[1]
	if w.sha256, err = fileSum(file); err != nil {
		return w, err
	}
	return w, os.Rename(file, w.kept(cache))
}

// kept is where the cache has the file.
func (w wheel) kept(cache string) string { return filepath.Join(cache, w.sha256+".whl") }

// unpacked returns the folder with the system's folders of headers. What the cache lacks is fetched, and nothing whose
// sum differs from the locked one is used.
func (w wheel) unpacked(cache string, s abi.System) (string, error) {
	dir := filepath.Join(cache, w.sha256, s.Name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	file := w.kept(cache)
	sum, err := fileSum(file)
	if errors.Is(err, fs.ErrNotExist) {
		fetched, remove, err := w.download(cache, w.version)
		if err != nil {
			return "", fmt.Errorf("%w\nor put %s into the cache as %s", err, w.file, file)
		}
		defer remove()
		if sum, err = fileSum(fetched); err != nil {
			return "", err
		}
		if sum != w.sha256 {
			return "", fmt.Errorf("%s: sha256 of what pip fetched is %s, locked is %s", w.file, sum, w.sha256)
		}
		if err := os.Rename(fetched, file); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	if sum != w.sha256 {
		return "", fmt.Errorf("%s: sha256 is %s, locked is %s", file, sum, w.sha256)
	}
	// Unpacked aside and renamed, so that a folder of that name is always whole.
	tmp, err := os.MkdirTemp(cache, "unpack-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	for _, folder := range headerFolders(s) {
		if err := unzip(file, headerFolder+"/"+folder+"/", filepath.Join(tmp, folder)); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", err
	}
	return dir, os.Rename(tmp, dir)
}

// headerFolders returns the folders of the wheel that a system's headers are in.
func headerFolders(s abi.System) []string {
	folders := []string{s.Folder}
	for _, a := range s.Archs {
		if a.Triplet != "" {
			folders = append(folders, a.Triplet)
		}
	}
	return folders
}

// unzip writes the files of a zip file whose names have a prefix to dir.
func unzip(file, prefix, dir string) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	defer z.Close()
	n := 0
	for _, f := range z.File {
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok || !filepath.IsLocal(name) || !f.Mode().IsRegular() {
			continue
		}
		if err := writeZipped(f, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
		n++
	}
	if n == 0 {
		return fmt.Errorf("%s has no %s", file, prefix)
	}
	return nil
}

func writeZipped(f *zip.File, out string) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o777); err != nil {
		return err
	}
	return os.WriteFile(out, b, 0o666)
}
