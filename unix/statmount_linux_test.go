package unix_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kern.sys/unix"
)

// mounted mounts a tmpfs with a file "marker" in a new folder, and returns the folder and the mount's unique ID.
func mounted(t *testing.T, source string) (dir string, id uint64) {
	t.Helper()
	dir = t.TempDir()
	ok(t, unix.Mount(source, dir, "tmpfs", unix.MS_NOSUID, "size=64k"))
	t.Cleanup(func() { ok(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	ok(t, os.WriteFile(filepath.Join(dir, "marker"), []byte("x"), 0o644))
	return dir, mountID(t, dir)
}

func mountID(t *testing.T, path string) uint64 {
	t.Helper()
	var st unix.Statx_t
	ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_MNT_ID_UNIQUE, &st))
	if st.Mask&unix.STATX_MNT_ID_UNIQUE == 0 {
		need(t, "unique IDs of mounts", "6.8", unix.EINVAL)
	}
	return st.Mnt_id
}

const statmountTexts = unix.STATMOUNT_SB_BASIC | unix.STATMOUNT_MNT_BASIC | unix.STATMOUNT_MNT_ROOT |
	unix.STATMOUNT_MNT_POINT | unix.STATMOUNT_FS_TYPE

func TestStatmount(t *testing.T) {
	dir, id := mounted(t, "a source")
	m, err := unix.ReadStatmount(&unix.MntIdReq{Id: id, Param: statmountTexts}, 0)
	need(t, "statmount", "6.8", err)
	if m.Mask != statmountTexts || m.Mnt_id != id || m.FsType != "tmpfs" || m.MntPoint != dir || m.MntRoot != "/" ||
		m.Sb_magic != unix.TMPFS_MAGIC {
		t.Errorf("%+v", m)
	}
	if m.Mnt_attr&unix.MOUNT_ATTR_NOSUID == 0 || m.Mnt_attr&unix.MOUNT_ATTR_RDONLY != 0 ||
		m.Mnt_parent_id != mountID(t, filepath.Dir(dir)) {
		t.Errorf("attributes %#x, parent %d", m.Mnt_attr, m.Mnt_parent_id)
	}
	if m.SbSource != "" || m.MntOpts != "" {
		t.Errorf("not asked for: %q, %q", m.SbSource, m.MntOpts)
	}

	req := unix.MntIdReq{Size: unix.SizeofMntIdReq, Id: id, Param: unix.STATMOUNT_MNT_POINT}
	fails(t, unix.Statmount(&req, make([]byte, unix.SizeofStatmount_t+3), 0), unix.EOVERFLOW)
	fails(t, unix.Statmount(&req, make([]byte, 4096), 1<<31), unix.EINVAL)
	req.Id = 1 << 62
	fails(t, unix.Statmount(&req, make([]byte, 4096), 0), unix.ENOENT)
}

func TestStatmountOptions(t *testing.T) {
	_, id := mounted(t, "a source")
	for mask, c := range map[uint64]struct {
		since string
		ok    func(*unix.StatmountInfo) bool
	}{
		unix.STATMOUNT_MNT_OPTS: {"6.11", func(m *unix.StatmountInfo) bool {
			return slices.Contains(strings.Split(m.MntOpts,
				","), "size=64k")
		}},
		unix.STATMOUNT_SB_SOURCE: {"6.13", func(m *unix.StatmountInfo) bool { return m.SbSource == "a source" }},
		unix.STATMOUNT_OPT_ARRAY: {"6.13", func(m *unix.StatmountInfo) bool {
			return slices.Contains(m.Options,
				"size=64k")
		}},
	} {
		m, err := unix.ReadStatmount(&unix.MntIdReq{Id: id, Param: mask}, 0)
		need(t, "statmount", "6.8", err)
		if m.Mask&mask == 0 {
			t.Logf("mask %#x came with Linux %s", mask, c.since)
		} else if !c.ok(m) {
			t.Errorf("%#x: %+v", mask, m)
		}
	}
}

func TestListmount(t *testing.T) {
	dir, id := mounted(t, "top")
	req := unix.MntIdReq{Size: unix.SizeofMntIdReq, Id: unix.LSMT_ROOT}
	var ids [1]uint64
	_, err := unix.Listmount(&req, ids[:], 0)
	need(t, "listmount", "6.8", err)
	var want []uint64
	for i := range 70 { // more than one answer holds
		below := filepath.Join(dir, strconv.Itoa(i))
		ok(t, os.Mkdir(below, 0o755))
		ok(t, unix.Mount(dir, below, "", unix.MS_BIND, ""))
		want = append(want, mountID(t, below))
	}
	list := func(parent uint64, flags uint) (ids []uint64) {
		t.Helper()
		for id, err := range unix.ListmountSeq(unix.MntIdReq{Id: parent}, flags) {
			ok(t, err)
			ids = append(ids, id)
		}
		return ids
	}
	if got := list(id, 0); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := list(unix.LSMT_ROOT, 0); !slices.Contains(got, id) || !slices.Contains(got, want[69]) {
		t.Errorf("all mounts, without ours: %v", got)
	}
	n := 0
	for range unix.ListmountSeq(unix.MntIdReq{Id: id}, 0) {
		if n++; n == 2 {
			break
		}
	}
	for got, err := range unix.ListmountSeq(unix.MntIdReq{Id: 1 << 62}, 0) {
		if got != 0 || err != unix.ENOENT {
			t.Errorf("below no mount: %d, %v", got, err)
		}
	}
	if _, err := unix.Listmount(&req, ids[:], unix.LISTMOUNT_REVERSE); err == unix.EINVAL {
		need(t, "listmount in reverse", "6.11", err)
	}
	slices.Reverse(want)
	if got := list(id, unix.LISTMOUNT_REVERSE); !slices.Equal(got, want) {
		t.Errorf("in reverse\ngot  %v\nwant %v", got, want)
	}
}

func TestOpenTreeAttr(t *testing.T) {
	dir, _ := mounted(t, "tree")
	fd, err := unix.OpenTreeAttr(unix.AT_FDCWD, dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC,
		&unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
	need(t, "open_tree_attr", "6.15", err)
	defer unix.Close(fd)
	_, err = unix.Openat(fd, "new", unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	fails(t, err, unix.EROFS)
	ok(t, unix.Faccessat(fd, "marker", unix.R_OK, 0))
	ok(t, os.WriteFile(filepath.Join(dir, "new"), nil, 0o600)) // what was cloned is as before
	_, err = unix.OpenTreeAttr(closed, dir+"/none", unix.OPEN_TREE_CLONE, &unix.MountAttr{})
	fails(t, err, unix.ENOENT)
}

func TestFchroot(t *testing.T) {
	dir, _ := mounted(t, "root")
	root := opened(t, dir, unix.O_PATH|unix.O_DIRECTORY)
	var errs [3]error
	onOwnThread(t, func() {
		if errs[0] = unix.Unshare(unix.CLONE_FS); errs[0] != nil {
			return
		}
		if errs[1] = unix.Fchroot(root, 0); errs[1] == nil {
			errs[2] = unix.Access("/marker", unix.R_OK)
		}
	})
	ok(t, errs[0])
	need(t, "fchroot", "7.3", errs[1])
	ok(t, errs[2])
	fails(t, unix.Fchroot(closed, 0), unix.EBADF)
}
