package unix

// InotifyInit is inotify_init(2).
func InotifyInit() (fd int, err error) { return InotifyInit1(0) }

// FanotifyMark is fanotify_mark(2). Without pathname it is dirFd itself that is marked.
func FanotifyMark(fd int, flags uint, mask uint64, dirFd int, pathname string) (err error) {
	p, err := optional(pathname)
	if err != nil {
		return err
	}
	return fanotifyMark(fd, flags, mask, dirFd, p)
}
