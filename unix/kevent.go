//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

// SetKevent sets what a change is for: a descriptor, an EVFILT_* and EV_* flags.
func SetKevent(k *Kevent_t, fd, mode, flags int) {
	set(&k.Ident, int64(fd))
	set(&k.Filter, int64(mode))
	set(&k.Flags, int64(flags))
}

// Kevent is kevent(2): it makes changes, waits for events and returns how many there are. timeout may be nil, for no
// end. Nothing is allocated; changes and events may be one slice.
func Kevent(kq int, changes, events []Kevent_t, timeout *Timespec) (n int, err error) {
	return kevent(kq, unsafe.Pointer(unsafe.SliceData(changes)), len(changes), unsafe.Pointer(unsafe.SliceData(events)),
		len(events), timeout)
}
