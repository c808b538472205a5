package unix

import "unsafe"

// Mount is mount(2). No data is passed as none, not as an empty string, which some file systems refuse.
func Mount(source string, target string, fstype string, flags uintptr, data string) (err error) {
	p, err := optional(data)
	if err != nil {
		return err
	}
	return mount(source, target, fstype, flags, p)
}

// MountSetattr is mount_setattr(2) (Linux 5.12).
func MountSetattr(dirfd int, pathname string, flags uint, attr *MountAttr) error {
	return mountSetattr(dirfd, pathname, flags, attr, unsafe.Sizeof(*attr))
}

// FsconfigSetFlag sets an option that has no value, as "ro"; see fsconfig(2).
func FsconfigSetFlag(fd int, key string) (err error) {
	k, err := BytePtrFromString(key)
	if err != nil {
		return err
	}
	return fsconfig(fd, FSCONFIG_SET_FLAG, k, nil, 0)
}

// FsconfigSetString gives an option a string for value; see fsconfig(2).
func FsconfigSetString(fd int, key string, value string) (err error) {
	return fsconfigText(fd, FSCONFIG_SET_STRING, key, value, 0)
}

// FsconfigSetBinary gives an option bytes for value, of which there must be some; see fsconfig(2).
func FsconfigSetBinary(fd int, key string, value []byte) (err error) {
	if len(value) == 0 {
		return EINVAL
	}
	k, err := BytePtrFromString(key)
	if err != nil {
		return err
	}
	return fsconfig(fd, FSCONFIG_SET_BINARY, k, &value[0], len(value))
}

// FsconfigSetPath gives an option a file for value, by a path from the folder atfd or AT_FDCWD; see fsconfig(2).
func FsconfigSetPath(fd int, key string, path string, atfd int) (err error) {
	return fsconfigText(fd, FSCONFIG_SET_PATH, key, path, atfd)
}

// FsconfigSetPathEmpty is [FsconfigSetPath] where an empty path means atfd itself.
func FsconfigSetPathEmpty(fd int, key string, path string, atfd int) (err error) {
	return fsconfigText(fd, FSCONFIG_SET_PATH_EMPTY, key, path, atfd)
}

// FsconfigSetFd gives an option an open file for value; see fsconfig(2).
func FsconfigSetFd(fd int, key string, value int) (err error) {
	k, err := BytePtrFromString(key)
	if err != nil {
		return err
	}
	return fsconfig(fd, FSCONFIG_SET_FD, k, nil, value)
}

// FsconfigCreate makes the file system that was described; see fsconfig(2).
func FsconfigCreate(fd int) (err error) { return fsconfig(fd, FSCONFIG_CMD_CREATE, nil, nil, 0) }

// FsconfigReconfigure gives the file system that [Fspick] chose its new options; see fsconfig(2).
func FsconfigReconfigure(fd int) (err error) {
	return fsconfig(fd, FSCONFIG_CMD_RECONFIGURE, nil, nil, 0)
}

func fsconfigText(fd int, cmd uint, key, value string, aux int) error {
	k, err := BytePtrFromString(key)
	if err != nil {
		return err
	}
	v, err := BytePtrFromString(value)
	if err != nil {
		return err
	}
	return fsconfig(fd, cmd, k, v, aux)
}
