package bpf

import (
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
