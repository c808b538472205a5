package unix_test

import "kern.sys/unix"

// space returns the size of a file system and what is free of it, in blocks.
func space(path string) (blocks, free uint64, err error) {
	var st unix.Statfs_t
	err = unix.Statfs(path, &st)
	return st.F_blocks, st.F_bfree, err
}
