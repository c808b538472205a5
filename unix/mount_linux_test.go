package unix_test

import (
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestFsconfig(t *testing.T) {
	nstest.Private(t)
	fs, err := unix.Fsopen("tmpfs", unix.FSOPEN_CLOEXEC)
	need(t, "fsopen", "5.2", err)
	defer unix.Close(fs)
	ok(t, unix.FsconfigSetString(fs, "size", "1048576"))
	ok(t, unix.FsconfigSetFlag(fs, "ro"))
	fails(t, unix.FsconfigSetString(fs, "nonsense", "1"), unix.EINVAL)
	fails(t, unix.FsconfigSetBinary(fs, "a", nil), unix.EINVAL)
	ok(t, unix.FsconfigCreate(fs))
	mnt, err := unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, 0)
	ok(t, err)
	defer unix.Close(mnt)
	dir := t.TempDir()
	ok(t, unix.MoveMount(mnt, "", unix.AT_FDCWD, dir, unix.MOVE_MOUNT_F_EMPTY_PATH))
	var st unix.Statfs_t
	ok(t, unix.Statfs(dir, &st))
	if int64(st.Type) != unix.TMPFS_MAGIC || uint64(st.Blocks)*uint64(st.Bsize) != 1048576 {
		t.Errorf("%+v", st)
	}
	picked, err := unix.Fspick(unix.AT_FDCWD, dir, unix.FSPICK_CLOEXEC)
	ok(t, err)
	defer unix.Close(picked)
	ok(t, unix.FsconfigSetString(picked, "size", "2097152"))
	ok(t, unix.FsconfigReconfigure(picked))
	tree, err := unix.OpenTree(unix.AT_FDCWD, dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	ok(t, err)
	defer unix.Close(tree)
	err = unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOEXEC})
	if err != nil {
		t.Errorf("MountSetattr: %v", err)
	}
	ok(t, unix.Unmount(dir, unix.MNT_DETACH))
}

func TestMount(t *testing.T) {
	nstest.Private(t)
	dir := t.TempDir()
	fails(t, unix.Mount("none", dir, "no-such-fs", 0, ""), unix.ENODEV)
	ok(t, unix.Mount("none", dir, "tmpfs", unix.MS_NOEXEC, "size=1048576"))
	var st unix.Statfs_t
	ok(t, unix.Statfs(dir, &st))
	if int64(st.Type) != unix.TMPFS_MAGIC || uint64(st.Blocks)*uint64(st.Bsize) != 1048576 {
		t.Errorf("%+v", st)
	}
	// The old root would lie outside the new one; where the root is the initial one, nothing may take its place.
	if err := unix.PivotRoot(dir, dir+"/.."); err != unix.EBUSY && err != unix.EINVAL {
		t.Errorf("error %v, want %v or %v", err, unix.EBUSY, unix.EINVAL)
	}
	ok(t, unix.Unmount(dir, 0))
	fails(t, unix.Unmount(dir, 0), unix.EINVAL)
}
