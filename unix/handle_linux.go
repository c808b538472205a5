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

// NameToHandleAt is name_to_handle_at(2): a handle of a file and the id of its mount.
func NameToHandleAt(dirfd int, path string, flags int) (handle FileHandle, mountID int, err error) {
	for size, grown := 32, false; ; {
		fh := NewFileHandle(0, make([]byte, size))
		var id int32
		err := nameToHandleAt(dirfd, path, &fh.raw[0], &id, flags)
		need := int(binary.NativeEndian.Uint32(fh.raw))
		switch {
		case err == nil && need <= size:
			fh.raw = fh.raw[:handleHeader+need]
			return fh, int(id), nil
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
