package unix

import (
	"encoding/binary"
	"unsafe"
)

// FileHandle names a file for [OpenByHandleAt], as struct file_handle does: a size and a type of 4 bytes each, then as
// many bytes as the size says.
type FileHandle struct{ raw []byte }

const handleHeader = 8

// NewFileHandle returns a handle of the given type and bytes, which another one was made of.
func NewFileHandle(handleType int32, handle []byte) FileHandle {
	raw := make([]byte, handleHeader+len(handle))
	binary.NativeEndian.PutUint32(raw, uint32(len(handle)))
	binary.NativeEndian.PutUint32(raw[4:], uint32(handleType))
	copy(raw[handleHeader:], handle)
	return FileHandle{raw}
}

// Size returns the number of bytes.
func (fh *FileHandle) Size() int { return len(fh.Bytes()) }

// Type returns the type, which only the file system understands.
func (fh *FileHandle) Type() int32 {
	if len(fh.raw) < handleHeader {
		return 0
	}
	return int32(binary.NativeEndian.Uint32(fh.raw[4:]))
}

// Bytes returns the bytes without the header.
func (fh *FileHandle) Bytes() []byte {
	if len(fh.raw) < handleHeader {
		return nil
	}
	return fh.raw[handleHeader:]
}

// NameToHandleAt is name_to_handle_at(2): a handle of a file and the id of its mount, with AT_HANDLE_MNT_ID_UNIQUE
// (Linux 6.12) the one that [Statmount] takes. On architectures of 32 bits that one is more than an int holds,
// EOVERFLOW: see [NameToHandleAt64].
func NameToHandleAt(dirfd int, path string, flags int) (handle FileHandle, mountID int, err error) {
	handle, id, err := NameToHandleAt64(dirfd, path, flags)
	if err != nil {
		return FileHandle{}, 0, err
	}
	if flags&AT_HANDLE_MNT_ID_UNIQUE != 0 && uint64(int(id)) != id {
		return FileHandle{}, 0, EOVERFLOW
	}
	return handle, int(id), nil
}

// NameToHandleAt64 is [NameToHandleAt] with an id of 64 bits on every architecture.
func NameToHandleAt64(dirfd int, path string, flags int) (handle FileHandle, mountID uint64, err error) {
	for size, grown := 32, false; ; {
		fh := NewFileHandle(0, make([]byte, size))
		var id uint64
		err := nameToHandleAt(dirfd, path, &fh.raw[0], unsafe.Pointer(&id), flags)
		need := int(binary.NativeEndian.Uint32(fh.raw))
		switch {
		case err == nil && need <= size:
			fh.raw = fh.raw[:handleHeader+need]
			if flags&AT_HANDLE_MNT_ID_UNIQUE == 0 {
				id = uint64(*(*int32)(unsafe.Pointer(&id))) // an int is stored
			}
			return fh, id, nil
		case err == EOVERFLOW && !grown && need > size:
			size, grown = need, true
		case err == nil:
			return FileHandle{}, 0, EINVAL
		default:
			return FileHandle{}, 0, err
		}
	}
}

// OpenByHandleAt is open_by_handle_at(2): it opens the file of a handle, on the mount of the open file mountFD.
func OpenByHandleAt(mountFD int, handle FileHandle, flags int) (fd int, err error) {
	if len(handle.raw) < handleHeader {
		return -1, EINVAL
	}
	return openByHandleAt(mountFD, unsafe.SliceData(handle.raw), flags)
}
