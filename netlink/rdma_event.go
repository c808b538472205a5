package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaEventType says what happened to a device.
type RdmaEventType uint8

const (
	RdmaRegister     RdmaEventType = uapi.RDMA_REGISTER_EVENT      // it came
	RdmaUnregister   RdmaEventType = uapi.RDMA_UNREGISTER_EVENT    // it went
	RdmaNetdevAttach RdmaEventType = uapi.RDMA_NETDEV_ATTACH_EVENT // a port got a link
	RdmaNetdevDetach RdmaEventType = uapi.RDMA_NETDEV_DETACH_EVENT // and lost it
	RdmaRename       RdmaEventType = uapi.RDMA_RENAME_EVENT        // it has another name
	RdmaNetdevRename RdmaEventType = uapi.RDMA_NETDEV_RENAME_EVENT // the link of a port has
)

// RdmaEvent is something that happened to a device: rdma monitor.
type RdmaEvent struct {
	Type          RdmaEventType
	DeviceIndex   uint32
	DeviceName    string // "" where the link has another name
	Port          uint32 // from 1 on; 0: the event is about none
	NetdevIfIndex uint32
	NetdevName    string
}

func decodeRdmaEvent(m wire.Message) (e RdmaEvent, want bool, err error) {
	d := wire.NewDecoder(m.Data)
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_EVENT_TYPE:
			e.Type, want = RdmaEventType(d.Uint8()), true
		case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
			e.DeviceIndex = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
			e.DeviceName = d.String()
		case uapi.RDMA_NLDEV_ATTR_PORT_INDEX:
			e.Port = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_NDEV_INDEX:
			e.NetdevIfIndex = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_NDEV_NAME:
			e.NetdevName = d.String()
		}
	}
	return e, want, d.Err()
}
