//go:build unix

package unix

import (
	"encoding/binary"
	"unsafe"
)

// Control messages travel beside data; see cmsg(3).

// SetLen sets the length, whatever its width is on this architecture.
func (cmsg *Cmsghdr) SetLen(length int) { set(&cmsg.Len, int64(length)) }

// cmsgAlign rounds up to where data of a control message, or the next one, begins.
func cmsgAlign(n int) int { return (n + cmsgWord - 1) &^ (cmsgWord - 1) }

// CmsgLen returns the length of a message with datalen bytes of data, as its header has it.
func CmsgLen(datalen int) int { return cmsgAlign(SizeofCmsghdr) + datalen }

// CmsgSpace returns how many bytes a message with datalen bytes of data takes up.
func CmsgSpace(datalen int) int { return cmsgAlign(SizeofCmsghdr) + cmsgAlign(datalen) }

// newCmsg returns a message with room for n bytes of data, and that room.
func newCmsg(level, typ int32, n int) (b, data []byte) {
	b = make([]byte, CmsgSpace(n))
	h := Cmsghdr{Level: level, Type: typ}
	h.SetLen(CmsgLen(n))
	copy(b, (*[SizeofCmsghdr]byte)(unsafe.Pointer(&h))[:])
	return b, b[CmsgLen(0):]
}

// SocketControlMessage is a control message.
type SocketControlMessage struct {
	Header Cmsghdr
	Data   []byte
}

// ParseSocketControlMessage returns the messages in b, as [Recvmsg] stores them. Their data is part of b.
func ParseSocketControlMessage(b []byte) ([]SocketControlMessage, error) {
	var msgs []SocketControlMessage
	for len(b) >= CmsgLen(0) {
		h, data, rest, err := ParseOneSocketControlMessage(b)
		if err != nil {
			return nil, err
		}
		msgs = append(msgs, SocketControlMessage{h, data})
		b = rest
	}
	return msgs, nil
}

// ParseOneSocketControlMessage returns the first message in b, and what comes after it.
func ParseOneSocketControlMessage(b []byte) (hdr Cmsghdr, data []byte, remainder []byte, err error) {
	if len(b) < CmsgLen(0) {
		return Cmsghdr{}, nil, nil, EINVAL
	}
	copy((*[SizeofCmsghdr]byte)(unsafe.Pointer(&hdr))[:], b)
	if uint64(hdr.Len) < uint64(CmsgLen(0)) || uint64(hdr.Len) > uint64(len(b)) {
		return Cmsghdr{}, nil, nil, EINVAL
	}
	n := int(hdr.Len)
	data = b[CmsgLen(0):n]
	if next := cmsgAlign(n); next < len(b) {
		remainder = b[next:]
	}
	return hdr, data, remainder, nil
}

func (m *SocketControlMessage) is(level, typ int32, size int) bool {
	return m.Header.Level == level && m.Header.Type == typ && len(m.Data) >= size
}

// UnixRights returns a message that passes open files to another process.
func UnixRights(fds ...int) []byte {
	b, data := newCmsg(SOL_SOCKET, SCM_RIGHTS, 4*len(fds))
	for i, fd := range fds {
		binary.NativeEndian.PutUint32(data[4*i:], uint32(fd))
	}
	return b
}

// ParseUnixRights returns the descriptors that a message passed; they are open from now on.
func ParseUnixRights(m *SocketControlMessage) ([]int, error) {
	if !m.is(SOL_SOCKET, SCM_RIGHTS, 0) {
		return nil, EINVAL
	}
	fds := make([]int, len(m.Data)/4)
	for i := range fds {
		fds[i] = int(int32(binary.NativeEndian.Uint32(m.Data[4*i:])))
	}
	return fds, nil
}
