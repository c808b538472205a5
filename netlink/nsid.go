package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Attributes of messages about namespace ids.
const (
	NETNSA_NSID = uapi.NETNSA_NSID // s32, the id
	NETNSA_PID  = uapi.NETNSA_PID  // u32, a process in the namespace
	NETNSA_FD   = uapi.NETNSA_FD   // u32, a descriptor open on it
)

// GetNetNsIdByPid returns the id by which the handle's namespace knows the
// network namespace of a process, or -1 where it has none:
// ip netns list-id.
func (h *Handle) GetNetNsIdByPid(pid int) (int, error) {
	return h.getNetNsID(NETNSA_PID, "pid", pid)
}

// GetNetNsIdByFd is [Handle.GetNetNsIdByPid] for the network namespace that fd
// is open on.
func (h *Handle) GetNetNsIdByFd(fd int) (int, error) {
	return h.getNetNsID(NETNSA_FD, "fd", fd)
}

// SetNetNsIdByPid gives the network namespace of a process an id in the
// handle's namespace, which is for good; -1 lets the kernel choose:
// ip netns set NAME ID.
func (h *Handle) SetNetNsIdByPid(pid, nsid int) error {
	return h.setNetNsID(NETNSA_PID, "pid", pid, nsid)
}

// SetNetNsIdByFd is [Handle.SetNetNsIdByPid] for the network namespace that fd
// is open on.
func (h *Handle) SetNetNsIdByFd(fd, nsid int) error {
	return h.setNetNsID(NETNSA_FD, "fd", fd, nsid)
}

func netNsIDRequest(typ, attr uint16, name string, v int) *wire.Request {
	r := wire.NewRequest(typ, 0)
	r.Header(uapi.SizeofRtgenmsg)
	r.Uint32(attr, toUint32(&r.Encoder, name, v))
	return r
}

func (h *Handle) getNetNsID(attr uint16, name string, v int) (int, error) {
	id := uapi.NETNSA_NSID_NOT_ASSIGNED
	err := h.get(netNsIDRequest(uapi.RTM_GETNSID, attr, name, v), "netns id get",
		func() string { return fmt.Sprintf("%s %d", name, v) },
		func(m wire.Message) error {
			d := wire.NewDecoderAfter(m.Data, uapi.SizeofRtgenmsg)
			for d.Next() {
				if d.Type() == uapi.NETNSA_NSID {
					id = int(d.Int32())
				}
			}
			return d.Err()
		})
	return id, err
}

func (h *Handle) setNetNsID(attr uint16, name string, v, id int) error {
	r := netNsIDRequest(uapi.RTM_NEWNSID, attr, name, v)
	r.Int32(uapi.NETNSA_NSID, toInt32(&r.Encoder, "id", id))
	return h.exec(r, "netns id set", func() string { return fmt.Sprintf("%s %d id %d", name, v, id) })
}
