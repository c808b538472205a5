package bpf

import (
	"errors"
	"fmt"
	"os"

	"github.com/cilium/ebpf"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// What an agent gets of the maps, beside their descriptors, is struct bpf_map_aux of iproute2 as it is on machines of
// 64 bits: two numbers of 16 bits, the version and how many maps there are, the name of the file (64 bytes), its
// device and inode (of 64 bits), and for each map the nine numbers of its definition.
const (
	exportVersion = 1
	exportName    = 4
	exportStat    = 72
	exportMaps    = 88
	exportMapSize = 9 * 4
	exportID      = 5 * 4
	exportMax     = 64
)

// export sends the maps to who has bound the socket that the command names, or TC_BPF_UDS in the environment.
func (o *object) export(c *ebpf.Collection) error {
	to := o.Export
	if to == "" && (o.Type == uapi.BPF_PROG_TYPE_SCHED_CLS || o.Type == uapi.BPF_PROG_TYPE_SCHED_ACT) {
		to = os.Getenv("TC_BPF_UDS")
	}
	n := min(len(o.maps), exportMax)
	if to == "" || n == 0 {
		return nil
	}
	failed := func(what string, err error) error {
		return desc.Failed("Cannot %s %s: %s", what, to, cause(err))
	}
	var st unix.Stat_t
	if err := unix.Stat(o.File, &st); err != nil {
		return failed("send fds to", err)
	}
	b := make([]byte, exportMaps+n*exportMapSize)
	native.PutUint16(b, exportVersion)
	native.PutUint16(b[2:], uint16(n))
	copy(b[exportName:exportName+63], o.File)
	native.PutUint64(b[exportStat:], uint64(st.Dev))
	native.PutUint64(b[exportStat+8:], st.Ino)
	var fds []int
	for i, m := range o.maps[:n] {
		for j, v := range []uint32{uint32(m.spec.Type), m.spec.KeySize, m.spec.ValueSize, m.spec.MaxEntries, m.spec.Flags,
			m.id, m.pinning, m.innerID, m.innerSlot} {
			native.PutUint32(b[exportMaps+i*exportMapSize+4*j:], v)
		}
		fds = append(fds, c.Maps[m.name].FD())
	}
	s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return failed("open a socket for", err)
	}
	defer unix.Close(s)
	if err := unix.Sendmsg(s, b, unix.UnixRights(fds...), &unix.SockaddrUnix{Name: to}, 0); err != nil {
		return failed("send fds to", err)
	}
	return nil
}

// ExportedMap is a map that an agent got.
type ExportedMap struct {
	ID uint32 // what the object file calls it
	FD int
}

// Import binds a socket and waits there for the maps of an object file that a command exports. The caller closes their
// descriptors, which commands that it runs inherit.
func Import(from string) (maps []ExportedMap, err error) {
	s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, desc.Failed("Cannot open socket: %s", cause(err))
	}
	defer unix.Close(s)
	if err := unix.Bind(s, &unix.SockaddrUnix{Name: from}); err != nil {
		return nil, desc.Failed("Cannot bind to socket: %s", cause(err))
	}
	defer func() { _ = unix.Unlink(from) }() // somebody else may have removed it
	if maps, err = receiveMaps(s); err != nil {
		return nil, desc.Failed("Cannot recv fds from %s: %s", from, cause(err))
	}
	return maps, nil
}

func receiveMaps(s int) (maps []ExportedMap, err error) {
	b := make([]byte, exportMaps+exportMax*exportMapSize)
	control := make([]byte, unix.CmsgSpace(4*exportMax))
	n, size, flags, _, err := unix.Recvmsg(s, b, control, 0)
	if err != nil {
		return nil, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:size])
	if err != nil {
		return nil, err
	}
	var fds []int
	defer func() {
		if err != nil {
			for _, fd := range fds {
				unix.Close(fd)
			}
		}
	}()
	for _, m := range messages {
		more, err := unix.ParseUnixRights(&m)
		if err != nil {
			return nil, err
		}
		fds = append(fds, more...)
	}
	b = b[:n]
	switch {
	case flags&(unix.MSG_CTRUNC|unix.MSG_TRUNC) != 0:
		return nil, errors.New("there are more than can be taken")
	case n < exportMaps, n != exportMaps+int(native.Uint16(b[2:]))*exportMapSize, len(fds) != int(native.Uint16(b[2:])):
		return nil, errors.New("they are not those of an object file")
	case native.Uint16(b) != exportVersion:
		return nil, fmt.Errorf("they are in form %d, which is unknown", native.Uint16(b))
	}
	for i, fd := range fds {
		maps = append(maps, ExportedMap{native.Uint32(b[exportMaps+i*exportMapSize+exportID:]), fd})
	}
	return maps, nil
}
