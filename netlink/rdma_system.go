package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaSystem is what holds for all devices: rdma system show.
type RdmaSystem struct {
	NetnsMode      string // "shared" or "exclusive", see [Handle.RdmaSystemGetNetnsMode]
	PrivilegedQkey bool   // an unprivileged process may use controlled Q_Keys (Linux 6.7)
	Monitor        bool   // the kernel announces what happens to devices, see [Handle.RdmaEvents] (Linux 6.12)
	CopyOnFork     bool   // memory in use by devices may be that of a process that forks
}

// RdmaSystemGet returns what holds for all devices: rdma system show.
func (h *Handle) RdmaSystemGet() (RdmaSystem, error) {
	var s RdmaSystem
	err := h.rdmaGet(rdmaRequest(uapi.RDMA_NLDEV_CMD_SYS_GET), "rdma system get", noObject, s.decode)
	return s, err
}

func (s *RdmaSystem) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE:
			s.NetnsMode = rdmaMode(d.Uint8())
		case uapi.RDMA_NLDEV_SYS_ATTR_PRIVILEGED_QKEY_MODE:
			s.PrivilegedQkey = d.Bool()
		case uapi.RDMA_NLDEV_SYS_ATTR_MONITOR_MODE:
			s.Monitor = d.Bool()
		case uapi.RDMA_NLDEV_SYS_ATTR_COPY_ON_FORK:
			s.CopyOnFork = d.Bool()
		}
	}
}

// RdmaSystemSetPrivilegedQkey says whether an unprivileged process may use controlled Q_Keys: rdma system set
// privileged-qkey { on | off } (Linux 6.7).
func (h *Handle) RdmaSystemSetPrivilegedQkey(on bool) error {
	r := rdmaRequest(uapi.RDMA_NLDEV_CMD_SYS_SET)
	r.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_PRIVILEGED_QKEY_MODE, uint8(oneIf(on)))
	return h.exec(r, "rdma system set", func() string { return fmt.Sprintf("privileged-qkey %t", on) })
}

// RdmaLinkSetAdaptiveModeration says whether a device delays the interrupts of its completion queues by their load:
// rdma dev set DEV adaptive-moderation { on | off }.
func (h *Handle) RdmaLinkSetAdaptiveModeration(link *RdmaLink, on bool) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_SET, "rdma dev set adaptive-moderation", link, func(r *wire.Request) {
		r.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_DIM, uint8(oneIf(on)))
	})
}

// RdmaDevAdd makes a device of a type, [RdmaDeviceSMI], that is a part of another: rdma dev add NAME type
// smi parent PARENT (Linux 6.11). Few drivers have it; else the error is EOPNOTSUPP.
func (h *Handle) RdmaDevAdd(name string, typ uint8, parent *RdmaLink) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_NEWDEV, "rdma dev add", parent, func(r *wire.Request) {
		r.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, name)
		r.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_TYPE, typ)
	})
}

// RdmaDevDel deletes a device of [Handle.RdmaDevAdd]: rdma dev delete NAME (Linux 6.11).
func (h *Handle) RdmaDevDel(link *RdmaLink) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_DELDEV, "rdma dev delete", link, func(*wire.Request) {})
}

// RdmaDeviceSMI is the type of devices that have the subnet management of another, and no more.
const RdmaDeviceSMI = uapi.RDMA_DEVICE_TYPE_SMI
