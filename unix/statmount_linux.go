package unix

import (
	"bytes"
	"iter"
	"unsafe"
)

// StatmountInfo is what [Statmount] returns about a mount. The texts are empty where Mask lacks their bit: the kernel
// fills what was asked for and what it knows.
type StatmountInfo struct {
	Statmount_t
	FsType          string   // STATMOUNT_FS_TYPE, as "ext4"
	FsSubtype       string   // STATMOUNT_FS_SUBTYPE, as "sshfs" of "fuse"
	SbSource        string   // STATMOUNT_SB_SOURCE: what is mounted, as "/dev/sda1"
	MntRoot         string   // STATMOUNT_MNT_ROOT: the folder of the file system that the mount shows
	MntPoint        string   // STATMOUNT_MNT_POINT: where it is, below the caller's root
	MntOpts         string   // STATMOUNT_MNT_OPTS: options of the file system, with commas and escapes
	Options         []string // STATMOUNT_OPT_ARRAY: the same one by one, without escapes
	SecurityOptions []string // STATMOUNT_OPT_SEC_ARRAY: those of security modules
	UIDMap          []string // STATMOUNT_MNT_UIDMAP: lines "0 1000 1", as in uid_map of user_namespaces(7)
	GIDMap          []string // STATMOUNT_MNT_GIDMAP
}

// ParseStatmount reads what [Statmount] stored in buf. EINVAL says that it is not whole.
func ParseStatmount(buf []byte) (*StatmountInfo, error) {
	m := &StatmountInfo{}
	const head = int(unsafe.Sizeof(m.Statmount_t))
	if len(buf) < head {
		return nil, EINVAL
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&m.Statmount_t)), head), buf)
	if int64(m.Size) < int64(head) || int64(m.Size) > int64(len(buf)) {
		return nil, EINVAL
	}
	text := statmountText(buf[head:m.Size])
	for _, f := range []struct {
		mask   uint64
		offset uint32
		to     *string
	}{
		{STATMOUNT_FS_TYPE, m.Fs_type, &m.FsType},
		{STATMOUNT_FS_SUBTYPE, m.Fs_subtype, &m.FsSubtype},
		{STATMOUNT_SB_SOURCE, m.Sb_source, &m.SbSource},
		{STATMOUNT_MNT_ROOT, m.Mnt_root, &m.MntRoot},
		{STATMOUNT_MNT_POINT, m.Mnt_point, &m.MntPoint},
		{STATMOUNT_MNT_OPTS, m.Mnt_opts, &m.MntOpts},
	} {
		if m.Mask&f.mask == 0 {
			continue
		}
		s, _, ok := text.at(f.offset)
		if !ok {
			return nil, EINVAL
		}
		*f.to = s
	}
	for _, f := range []struct {
		mask       uint64
		offset, no uint32
		to         *[]string
	}{
		{STATMOUNT_OPT_ARRAY, m.Opt_array, m.Opt_num, &m.Options},
		{STATMOUNT_OPT_SEC_ARRAY, m.Opt_sec_array, m.Opt_sec_num, &m.SecurityOptions},
		{STATMOUNT_MNT_UIDMAP, m.Mnt_uidmap, m.Mnt_uidmap_num, &m.UIDMap},
		{STATMOUNT_MNT_GIDMAP, m.Mnt_gidmap, m.Mnt_gidmap_num, &m.GIDMap},
	} {
		if m.Mask&f.mask == 0 {
			continue
		}
		list, ok := text.list(f.offset, f.no)
		if !ok {
			return nil, EINVAL
		}
		*f.to = list
	}
	return m, nil
}

// statmountText is what is behind struct statmount: texts that end with a NUL.
type statmountText []byte

// at returns the text at an offset, and the offset of what is behind it.
func (t statmountText) at(offset uint32) (s string, next uint32, ok bool) {
	if int64(offset) > int64(len(t)) {
		return "", 0, false
	}
	b, _, ok := bytes.Cut(t[offset:], []byte{0})
	return string(b), offset + uint32(len(b)) + 1, ok
}

// list returns n texts, the first at an offset.
func (t statmountText) list(offset, n uint32) (list []string, ok bool) {
	for range n {
		var s string
		if s, offset, ok = t.at(offset); !ok {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

// ReadStatmount is [Statmount] with a buffer that is long enough, and with [ParseStatmount]. It sets req.Size.
func ReadStatmount(req *MntIdReq, flags uint) (*StatmountInfo, error) {
	req.Size = SizeofMntIdReq
	for size := 4096; ; size *= 4 {
		buf := make([]byte, size)
		switch err := Statmount(req, buf, flags); {
		case err == nil:
			return ParseStatmount(buf)
		case err != EOVERFLOW || size > 1<<24:
			return nil, err
		}
	}
}

// ListmountSeq gives the unique IDs of mounts, as [Listmount] with req and flags, until there are no more. With
// LISTMOUNT_REVERSE (Linux 6.11) the newest comes first. An error ends it.
func ListmountSeq(req MntIdReq, flags uint) iter.Seq2[uint64, error] {
	return func(yield func(uint64, error) bool) {
		req := req
		req.Size = SizeofMntIdReq
		var ids [64]uint64
		for {
			n, err := Listmount(&req, ids[:], flags)
			if err != nil {
				yield(0, err)
				return
			}
			for _, id := range ids[:n] {
				if !yield(id, nil) {
					return
				}
			}
			if n < len(ids) {
				return
			}
			req.Param = ids[n-1]
		}
	}
}

// OpenTreeAttr is open_tree_attr(2), Linux 6.15: [OpenTree] that gives what it opens or clones the attributes of attr,
// as [MountSetattr] would, before anybody sees it.
func OpenTreeAttr(dirfd int, path string, flags uint, attr *MountAttr) (fd int, err error) {
	return openTreeAttr(dirfd, path, flags, attr, unsafe.Sizeof(*attr))
}
