//go:build linux && (386 || arm || mips || mipsle || ppc)

package unix

import "unsafe"

// Seek is lseek(2).
func Seek(fd int, offset int64, whence int) (off int64, err error) {
	if err := llseek(fd, uintptr(offset>>32), uintptr(offset), &off, whence); err != nil {
		return -1, err
	}
	return off, nil
}

// Statfs is statfs(2).
func Statfs(path string, buf *Statfs_t) (err error) { return statfs64(path, unsafe.Sizeof(*buf), buf) }

// Fstatfs is fstatfs(2).
func Fstatfs(fd int, buf *Statfs_t) (err error) { return fstatfs64(fd, unsafe.Sizeof(*buf), buf) }

// mmap counts offsets in units of 4096 bytes, whatever the size of a page.
func mmap(addr uintptr, length uintptr, prot int, flags int, fd int, offset int64) (uintptr, error) {
	const unit = 4096
	page := uintptr(uint64(offset) / unit)
	if offset%unit != 0 || uint64(page)*unit != uint64(offset) {
		return 0, EINVAL
	}
	return mmap2(addr, length, prot, flags, fd, page)
}
