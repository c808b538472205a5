package unix

import "unsafe"

// IoctlFileClone makes destFd share the contents of srcFd; see ioctl_ficlone(2).
func IoctlFileClone(destFd, srcFd int) error {
	_, err := ioctl(destFd, FICLONE, uintptr(srcFd))
	return err
}

// IoctlFileCloneRange makes destFd share a part of another file; see ioctl_ficlonerange(2).
func IoctlFileCloneRange(destFd int, value *FileCloneRange) error {
	return ioctlSet(destFd, FICLONERANGE, value)
}

// FileDedupeRange is a part of a file, and those of others that shall be shared with it if they are equal.
type FileDedupeRange struct {
	Src_offset uint64
	Src_length uint64
	Reserved1  uint16
	Reserved2  uint32
	Info       []FileDedupeRangeInfo
}

// FileDedupeRangeInfo is one of the others, and what became of it.
type FileDedupeRangeInfo struct {
	Dest_fd       int64
	Dest_offset   uint64
	Bytes_deduped uint64
	Status        int32 // FILE_DEDUPE_RANGE_*, or an error number below zero
	Reserved      uint32
}

// IoctlFileDedupeRange shares equal parts of files; see ioctl_fideduperange(2). It fills Bytes_deduped and Status.
func IoctlFileDedupeRange(srcFd int, value *FileDedupeRange) error {
	const head, entry = int(unsafe.Sizeof(RawFileDedupeRange{})), int(unsafe.Sizeof(RawFileDedupeRangeInfo{}))
	if len(value.Info) > 0xffff {
		return EINVAL
	}
	words := make([]uint64, (head+entry*len(value.Info)+7)/8) // for the alignment
	base := unsafe.Pointer(unsafe.SliceData(words))
	*(*RawFileDedupeRange)(base) = RawFileDedupeRange{
		Src_offset: value.Src_offset, Src_length: value.Src_length, Dest_count: uint16(len(value.Info)),
		Reserved1: value.Reserved1, Reserved2: value.Reserved2,
	}
	raw := unsafe.Slice((*RawFileDedupeRangeInfo)(unsafe.Add(base, head)), len(value.Info))
	for i, in := range value.Info {
		raw[i] = RawFileDedupeRangeInfo{Dest_fd: in.Dest_fd, Dest_offset: in.Dest_offset, Reserved: in.Reserved}
	}
	_, err := ioctlPtr(srcFd, FIDEDUPERANGE, base)
	for i := range raw {
		value.Info[i].Bytes_deduped, value.Info[i].Status = raw[i].Bytes_deduped, raw[i].Status
	}
	return err
}

// IoctlLoopGetStatus64 returns the state of a loop device: LOOP_GET_STATUS64 of loop(4).
func IoctlLoopGetStatus64(fd int) (*LoopInfo64, error) {
	v, err := ioctlGet[LoopInfo64](fd, LOOP_GET_STATUS64)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// IoctlLoopSetStatus64 changes a loop device: LOOP_SET_STATUS64 of loop(4).
func IoctlLoopSetStatus64(fd int, value *LoopInfo64) error {
	return ioctlSet(fd, LOOP_SET_STATUS64, value)
}

// IoctlLoopConfigure sets up a loop device in one step: LOOP_CONFIGURE of loop(4).
func IoctlLoopConfigure(fd int, value *LoopConfig) error { return ioctlSet(fd, LOOP_CONFIGURE, value) }
