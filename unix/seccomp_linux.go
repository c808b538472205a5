package unix

import "unsafe"

// IoctlSeccompNotifRecv waits for the next system call that a filter leaves to the listener fd; see
// seccomp_unotify(2). ENOENT says that its thread was killed meanwhile.
func IoctlSeccompNotifRecv(fd int, req *SeccompNotif) error {
	*req = SeccompNotif{} // the kernel takes nothing else
	return ioctlSet(fd, SECCOMP_IOCTL_NOTIF_RECV, req)
}

// IoctlSeccompNotifSend answers a system call that [IoctlSeccompNotifRecv] reported. resp.Error is an error number
// below zero. ENOENT says that nobody waits for the answer.
func IoctlSeccompNotifSend(fd int, resp *SeccompNotifResp) error {
	return ioctlSet(fd, SECCOMP_IOCTL_NOTIF_SEND, resp)
}

// IoctlSeccompNotifIdValid returns ENOENT where a system call waits no longer for its answer.
func IoctlSeccompNotifIdValid(fd int, id uint64) error {
	return ioctlSet(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id)
}

// IoctlSeccompNotifAddfd puts a descriptor of the caller into the process whose system call waits, Linux 5.9. newfd is
// its number there.
func IoctlSeccompNotifAddfd(fd int, add *SeccompNotifAddfd) (newfd int, err error) {
	return ioctlPtr(fd, SECCOMP_IOCTL_NOTIF_ADDFD, unsafe.Pointer(add))
}

// IoctlSeccompNotifSetFlags gives the listener SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP or nothing, Linux 6.6.
func IoctlSeccompNotifSetFlags(fd int, flags uint64) error {
	if uint64(uintptr(flags)) != flags {
		return EINVAL
	}
	_, err := ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, uintptr(flags))
	return err
}
