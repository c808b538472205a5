package unix_test

import "kern.sys/unix"

// space returns the size of a file system and what is free of it, in blocks.
func space(path string) (blocks, free uint64, err error) {
	var st unix.Statvfs_t
	err = unix.Statvfs(path, &st)
	return st.Blocks, st.Bfree, err
}
