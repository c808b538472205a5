package netns

import (
	"fmt"

	"kern.sys/unix"
)

// id returns what distinguishes one namespace from all others: the device and inode numbers of its file.
func (ns NsHandle) id() (dev, ino uint64, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(ns), &st); err != nil {
		return 0, 0, err
	}
	return uint64(st.Dev), uint64(st.Ino), nil
}

// Equal reports whether both handles are of the same namespace. A handle equals itself, also when it is none or
// closed.
func (ns NsHandle) Equal(other NsHandle) bool {
	if ns == other {
		return true
	}
	dev, ino, err := ns.id()
	if err != nil {
		return false
	}
	otherDev, otherIno, err := other.id()
	return err == nil && dev == otherDev && ino == otherIno
}

// String shows descriptor, device and inode: "NS(3: 4, 4026531840)". Without a namespace behind it, it is
// "NS(none)" or "NS(3: unknown)".
func (ns NsHandle) String() string {
	if !ns.IsOpen() {
		return "NS(none)"
	}
	dev, ino, err := ns.id()
	if err != nil {
		return fmt.Sprintf("NS(%d: unknown)", int(ns))
	}
	return fmt.Sprintf("NS(%d: %d, %d)", int(ns), dev, ino)
}

// UniqueId is a string that is the same for all handles of one namespace and for no other namespace that
// exists meanwhile: "NS(4:4026531840)". Without a namespace behind it, it is "NS(none)" or "NS(unknown)".
func (ns NsHandle) UniqueId() string {
	if !ns.IsOpen() {
		return "NS(none)"
	}
	dev, ino, err := ns.id()
	if err != nil {
		return "NS(unknown)"
	}
	return fmt.Sprintf("NS(%d:%d)", dev, ino)
}

// Close closes the handle and makes it [None]. The namespace lives on while a process, a mount, a socket or
// another handle keeps it.
func (ns *NsHandle) Close() error {
	if err := unix.Close(int(*ns)); err != nil {
		if !ErrorDetails {
			return err
		}
		return fmt.Errorf("netns close %v: %w", *ns, err)
	}
	*ns = None()
	return nil
}
