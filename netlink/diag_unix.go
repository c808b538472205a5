package netlink

import (
	"iter"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// UNIX_DIAG_… are attributes of unix sockets.
const (
	UNIX_DIAG_NAME     = uapi.UNIX_DIAG_NAME
	UNIX_DIAG_VFS      = uapi.UNIX_DIAG_VFS
	UNIX_DIAG_PEER     = uapi.UNIX_DIAG_PEER
	UNIX_DIAG_ICONS    = uapi.UNIX_DIAG_ICONS
	UNIX_DIAG_RQLEN    = uapi.UNIX_DIAG_RQLEN
	UNIX_DIAG_MEMINFO  = uapi.UNIX_DIAG_MEMINFO
	UNIX_DIAG_SHUTDOWN = uapi.UNIX_DIAG_SHUTDOWN
	UNIX_DIAG_UID      = uapi.UNIX_DIAG_UID
	UNIX_DIAG_MAX      = uapi.UNIX_DIAG_MAX + 1 // one more than the last
)

// UnixSocket is a unix socket: a line of ss -x. Other libraries have Type and Family exchanged, and so list stream
// sockets only.
type UnixSocket struct {
	Type   uint8 // SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET
	Family uint8 // AF_UNIX
	State  uint8 // TCP_ESTABLISHED, TCP_LISTEN or TCP_CLOSE
	INode  uint32
	Cookie [2]uint32 // the kernel's number, lower half first
}

// QueueInfo are the queues of a unix socket.
type QueueInfo struct {
	RQueue uint32 // bytes to be read; of a listener the connections that wait
	WQueue uint32 // bytes that were sent and are not read; of a listener the backlog
}

// UnixDiagInfoResp is a unix socket and more. Fields are nil where the kernel says nothing.
type UnixDiagInfoResp struct {
	DiagMsg  *UnixSocket
	Name     *string // a path, or an abstract name that begins with a zero byte
	Peer     *uint32 // inode of the other end
	Queue    *QueueInfo
	Shutdown *uint8 // bit 0: for receiving, bit 1: for sending

	UID     *uint32 // Linux 5.3
	VFSIno  *uint32 // of the socket's file
	VFSDev  *uint32 // device number of its file system, as the kernel has it: major number from bit 20 on
	Memory  *SocketMemory
	Pending []uint32 // of a listener, nil of others: inodes of connections that wait, 0 where the other end has gone
}

func unixRequest(show uint32) *wire.Request {
	r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
	m := uapi.UnixDiagReq{SdiagFamily: uapi.AF_UNIX, UdiagStates: allStates, UdiagShow: show}
	m.Put(r.Header(uapi.SizeofUnixDiagReq))
	return r
}

func (u *UnixSocket) decode(b []byte) error {
	if err := needSocket(b, uapi.SizeofUnixDiagMsg); err != nil {
		return err
	}
	var m uapi.UnixDiagMsg
	m.Decode(b)
	*u = UnixSocket{Type: m.Type, Family: m.Family, State: m.State, INode: m.Ino, Cookie: m.Cookie}
	return nil
}

func (u *UnixDiagInfoResp) decode(b []byte) error {
	if err := u.DiagMsg.decode(b); err != nil {
		return err
	}
	d := wire.NewDecoderAfter(b, uapi.SizeofUnixDiagMsg)
	for d.Next() {
		switch d.Type() {
		case uapi.UNIX_DIAG_NAME:
			name := d.Data()
			if len(name) != 0 && name[0] != 0 && name[len(name)-1] == 0 {
				name = name[:len(name)-1]
			}
			u.Name = new(string(name))
		case uapi.UNIX_DIAG_PEER:
			u.Peer = new(d.Uint32())
		case uapi.UNIX_DIAG_RQLEN:
			var m uapi.UnixDiagRqlen
			m.Decode(d.Data())
			u.Queue = &QueueInfo{RQueue: m.Rqueue, WQueue: m.Wqueue}
		case uapi.UNIX_DIAG_SHUTDOWN:
			u.Shutdown = new(d.Uint8())
		case uapi.UNIX_DIAG_UID:
			u.UID = new(d.Uint32())
		case uapi.UNIX_DIAG_VFS:
			var m uapi.UnixDiagVfs
			m.Decode(d.Data())
			u.VFSIno, u.VFSDev = new(m.VfsIno), new(m.VfsDev)
		case uapi.UNIX_DIAG_MEMINFO:
			u.Memory = decodeSocketMemory(d.Data())
		case uapi.UNIX_DIAG_ICONS:
			u.Pending = []uint32{}
			for b := d.Data(); len(b) >= 4; b = b[4:] {
				u.Pending = append(u.Pending, native.Uint32(b))
			}
		}
	}
	return d.Err()
}

const unixListOp = "unix socket list"

// UnixSocketDiag returns the unix sockets of the namespace: ss -xa. See [ErrDumpInterrupted].
func (h *Handle) UnixSocketDiag() ([]*UnixSocket, error) {
	return list(h, unixRequest(0), unixListOp, func(m wire.Message) (*UnixSocket, bool, error) {
		u := new(UnixSocket)
		err := u.decode(m.Data)
		return u, err == nil, err
	})
}

// UnixSocketDiagInfo returns the unix sockets of the namespace with name, other end and queues: ss -xa. See
// [ErrDumpInterrupted].
func (h *Handle) UnixSocketDiagInfo() ([]*UnixDiagInfoResp, error) {
	const show = uapi.UDIAG_SHOW_NAME | uapi.UDIAG_SHOW_PEER | uapi.UDIAG_SHOW_RQLEN
	return list(h, unixRequest(show), unixListOp, decodeUnixInfo)
}

func decodeUnixInfo(m wire.Message) (*UnixDiagInfoResp, bool, error) {
	u := &UnixDiagInfoResp{DiagMsg: new(UnixSocket)}
	err := u.decode(m.Data)
	return u, err == nil, err
}

// UnixSocketSeq gives the unix sockets of the namespace one by one, with all that the kernel says of them: ss
// -xame. The last pair holds the error, if there is one.
func (h *Handle) UnixSocketSeq() iter.Seq2[*UnixDiagInfoResp, error] {
	const show = uapi.UDIAG_SHOW_NAME | uapi.UDIAG_SHOW_PEER | uapi.UDIAG_SHOW_RQLEN |
		uapi.UDIAG_SHOW_VFS | uapi.UDIAG_SHOW_ICONS | uapi.UDIAG_SHOW_MEMINFO | uapi.UDIAG_SHOW_UID
	return seq(h, func() (*wire.Request, error) { return unixRequest(show), nil }, unixListOp, decodeUnixInfo)
}

// UnixSocketList returns the sockets of [Handle.UnixSocketSeq].
func (h *Handle) UnixSocketList() ([]*UnixDiagInfoResp, error) { return collect(h.UnixSocketSeq()) }
