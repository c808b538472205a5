package main

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// File types of cpio's mode field; see inode(7).
const (
	typeDir     = 0o040000
	typeChar    = 0o020000
	typeRegular = 0o100000
	typeSymlink = 0o120000
)

// archive writes an initramfs: a cpio archive of the form "newc", as the kernel's
// Documentation/driver-api/early-userspace/buffer-format.rst has it. Archives written one after the other are one
// initramfs. All files are root's.
type archive struct {
	w    io.Writer
	n    int64 // bytes written
	ino  int
	dirs map[string]bool
	err  error // the first
}

func newArchive(w io.Writer) *archive {
	return &archive{w: w, dirs: map[string]bool{"": true, ".": true}}
}

// file adds a file with its content. Directories above it are made.
func (a *archive) file(name string, mode fs.FileMode, content []byte) {
	a.parents(name)
	a.header(name, typeRegular|uint32(mode.Perm()), int64(len(content)), 0, 0)
	a.write(content)
	a.pad()
}

// stream adds a file of a known size from r.
func (a *archive) stream(name string, mode fs.FileMode, size int64, r io.Reader) {
	a.parents(name)
	a.header(name, typeRegular|uint32(mode.Perm()), size, 0, 0)
	if a.err == nil {
		var n int64
		n, a.err = io.CopyN(a.w, r, size)
		a.n += n
	}
	a.pad()
}

func (a *archive) symlink(name, target string) {
	a.parents(name)
	a.header(name, typeSymlink|0o777, int64(len(target)), 0, 0)
	a.write([]byte(target))
	a.pad()
}

func (a *archive) charDevice(name string, mode fs.FileMode, major, minor uint32) {
	a.parents(name)
	a.header(name, typeChar|uint32(mode.Perm()), 0, major, minor)
}

func (a *archive) dir(name string, mode fs.FileMode) {
	name = clean(name)
	if a.dirs[name] {
		return
	}
	a.parents(name)
	a.dirs[name] = true
	a.header(name, typeDir|uint32(mode.Perm()), 0, 0, 0)
}

func (a *archive) parents(name string) {
	if parent := path.Dir(clean(name)); !a.dirs[parent] {
		a.dir(parent, 0o755)
	}
}

// close ends the archive; what was wrong with it is returned here.
func (a *archive) close() error {
	a.header("TRAILER!!!", 0, 0, 0, 0)
	return a.err
}

func (a *archive) header(name string, mode uint32, size int64, major, minor uint32) {
	if size >= 1<<32 && a.err == nil {
		a.err = fmt.Errorf("initramfs: %s: %d bytes do not fit", name, size)
	}
	name = clean(name)
	a.ino++
	// inode, mode, uid, gid, links, mtime, size, device of the file (2), device that it is (2), length of name, checksum
	a.write(fmt.Appendf(nil, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\x00",
		a.ino, mode, 0, 0, 1, 0, size, 0, 0, major, minor, len(name)+1, 0, name))
	a.pad()
}

func (a *archive) pad() {
	a.write(make([]byte, -a.n&3))
}

func (a *archive) write(b []byte) {
	if a.err == nil {
		var n int
		n, a.err = a.w.Write(b)
		a.n += int64(n)
	}
}

// clean returns a name as initramfs has it: without "/" in front.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}
