package netlink

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaObjectType is a sort of objects that a device has.
type RdmaObjectType uint8

const (
	RdmaQP   RdmaObjectType = iota // queue pairs
	RdmaCMID                       // connections
	RdmaCQ                         // completion queues
	RdmaMR                         // memory regions
	RdmaPD                         // protection domains
	RdmaCtx                        // contexts, one for each time that a process has opened a device (Linux 5.14)
	RdmaSRQ                        // shared receive queues (Linux 5.14)
)

// rdmaObjectTypes are what requests for objects have: the command, the list in the answer, the number of an object.
var rdmaObjectTypes = [...]struct {
	name     string
	cmd      uint16
	list, id uint16
}{
	RdmaQP: {"qp", uapi.RDMA_NLDEV_CMD_RES_QP_GET, uapi.RDMA_NLDEV_ATTR_RES_QP, uapi.RDMA_NLDEV_ATTR_RES_LQPN},
	RdmaCMID: {"cm_id", uapi.RDMA_NLDEV_CMD_RES_CM_ID_GET, uapi.RDMA_NLDEV_ATTR_RES_CM_ID,
		uapi.RDMA_NLDEV_ATTR_RES_CM_IDN},
	RdmaCQ:  {"cq", uapi.RDMA_NLDEV_CMD_RES_CQ_GET, uapi.RDMA_NLDEV_ATTR_RES_CQ, uapi.RDMA_NLDEV_ATTR_RES_CQN},
	RdmaMR:  {"mr", uapi.RDMA_NLDEV_CMD_RES_MR_GET, uapi.RDMA_NLDEV_ATTR_RES_MR, uapi.RDMA_NLDEV_ATTR_RES_MRN},
	RdmaPD:  {"pd", uapi.RDMA_NLDEV_CMD_RES_PD_GET, uapi.RDMA_NLDEV_ATTR_RES_PD, uapi.RDMA_NLDEV_ATTR_RES_PDN},
	RdmaCtx: {"ctx", uapi.RDMA_NLDEV_CMD_RES_CTX_GET, uapi.RDMA_NLDEV_ATTR_RES_CTX, uapi.RDMA_NLDEV_ATTR_RES_CTXN},
	RdmaSRQ: {"srq", uapi.RDMA_NLDEV_CMD_RES_SRQ_GET, uapi.RDMA_NLDEV_ATTR_RES_SRQ, uapi.RDMA_NLDEV_ATTR_RES_SRQN},
}

// String is the name that rdma(8) has for the sort.
func (t RdmaObjectType) String() string {
	if int(t) < len(rdmaObjectTypes) {
		return rdmaObjectTypes[t].name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// RdmaObject is something of a device that a process or the kernel has: rdma resource show TYPE. What its sort has not
// is zero. Keys and addresses of memory are told to the privileged only.
type RdmaObject struct {
	Type        RdmaObjectType
	ID          uint32 // its number: lqpn, cm-idn, cqn, mrn, pdn, ctxn or srqn. Most count from 0 on
	DeviceIndex uint32
	DeviceName  string
	Port        uint32 // from 1 on; 0: it is of none

	PID        uint32 // the process that has it; 0: the kernel
	KernelName string // the module that has it
	Users      uint64 // how many objects use it

	QP, CQ, PD, Context uint32 // the objects that it belongs to, by their numbers

	// Of queue pairs and connections.
	State               uint8 // IB_QPS_…, RDMA_CM_…
	Kind                uint8 // IB_QPT_…; of a shared receive queue IB_SRQT_…
	RemoteQP            uint32
	SendPSN, ReceivePSN uint32 // numbers of packets, of 24 bits
	PathMigration       uint8  // IB_MIG_…
	PortSpace           uint32 // RDMA_PS_…
	Source, Destination netip.AddrPort
	QueuePairs          []RdmaRange // of a shared receive queue

	// Of completion queues.
	Entries            uint32
	PollContext        uint8 // IB_POLL_…, where the kernel has it
	AdaptiveModeration bool

	// Of memory regions and protection domains.
	LocalKey, RemoteKey uint32
	UnsafeGlobalKey     uint32
	IOVA, Length        uint64 // bytes
}

// RdmaRange are the numbers from First to Last.
type RdmaRange struct{ First, Last uint32 }

// RdmaObjectSeq gives the objects of one sort that a device has: rdma resource show TYPE dev DEV. The last pair holds
// the error, if there is one.
func (h *Handle) RdmaObjectSeq(link *RdmaLink, typ RdmaObjectType) iter.Seq2[RdmaObject, error] {
	request := func() (*wire.Request, error) { return rdmaObjectRequest(link, typ) }
	decode := func(m wire.Message) (d wire.Decoder, want bool, err error) {
		return wire.NewDecoder(m.Data), true, nil
	}
	return func(yield func(RdmaObject, error) bool) {
		for d, err := range seq(h, request, "rdma resource list", decode) {
			if err != nil {
				yield(RdmaObject{}, err)
				return
			}
			if !rdmaObjects(&d, typ, func(o RdmaObject) bool { return yield(o, nil) }) {
				return
			}
			if err := d.Err(); err != nil {
				yield(RdmaObject{}, h.wrap(err, "rdma resource list", noObject))
				return
			}
		}
	}
}

// RdmaObjectGet returns an object by its number: rdma resource show TYPE link DEV/PORT NUMBER (Linux 5.1). port is
// that of a queue pair or connection, and 0 for objects of other sorts. The error is ENOENT where there is no such
// object.
func (h *Handle) RdmaObjectGet(link *RdmaLink, typ RdmaObjectType, port, id uint32) (RdmaObject, error) {
	o := RdmaObject{Type: typ}
	r, err := rdmaObjectRequest(link, typ)
	if err != nil {
		return o, h.wrap(err, "rdma resource get", noObject)
	}
	if port != 0 {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, port)
	}
	r.Uint32(rdmaObjectTypes[typ].id, id)
	err = h.rdmaGet(r, "rdma resource get", func() string { return fmt.Sprintf("%s %s %d", rdmaObject(link), typ, id) },
		o.decode)
	return o, err
}

func rdmaObjectRequest(link *RdmaLink, typ RdmaObjectType) (*wire.Request, error) {
	switch {
	case link == nil:
		return nil, errNoRdmaLink
	case int(typ) >= len(rdmaObjectTypes):
		return nil, fmt.Errorf("%v is no sort of objects", typ)
	}
	r := rdmaRequest(rdmaObjectTypes[typ].cmd)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
	return r, nil
}

// rdmaObjects calls each for the objects in an answer, while it returns true.
func rdmaObjects(d *wire.Decoder, typ RdmaObjectType, each func(RdmaObject) bool) bool {
	of := RdmaObject{Type: typ}
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_DEV_INDEX, uapi.RDMA_NLDEV_ATTR_DEV_NAME:
			of.decodeOne(d)
		case rdmaObjectTypes[typ].list:
			all := d.Nested()
			for all.Next() {
				o, one := of, all.Nested()
				o.decode(&one)
				d.Fail(one.Err())
				if one.Err() == nil && !each(o) {
					return false
				}
			}
			d.Fail(all.Err())
		}
	}
	return true
}

func (o *RdmaObject) decode(d *wire.Decoder) {
	for d.Next() {
		o.decodeOne(d)
	}
}

func (o *RdmaObject) decodeOne(d *wire.Decoder) {
	number := func(own RdmaObjectType, other *uint32) {
		if n := d.Uint32(); o.Type == own {
			o.ID = n
		} else {
			*other = n
		}
	}
	var none uint32
	switch d.Type() {
	case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
		o.DeviceIndex = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
		o.DeviceName = d.String()
	case uapi.RDMA_NLDEV_ATTR_PORT_INDEX:
		o.Port = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_PID:
		o.PID = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_KERN_NAME:
		o.KernelName = d.String()
	case uapi.RDMA_NLDEV_ATTR_RES_LQPN:
		number(RdmaQP, &o.QP)
	case uapi.RDMA_NLDEV_ATTR_RES_CM_IDN:
		number(RdmaCMID, &none)
	case uapi.RDMA_NLDEV_ATTR_RES_CQN:
		number(RdmaCQ, &o.CQ)
	case uapi.RDMA_NLDEV_ATTR_RES_MRN:
		number(RdmaMR, &none)
	case uapi.RDMA_NLDEV_ATTR_RES_PDN:
		number(RdmaPD, &o.PD)
	case uapi.RDMA_NLDEV_ATTR_RES_CTXN:
		number(RdmaCtx, &o.Context)
	case uapi.RDMA_NLDEV_ATTR_RES_SRQN:
		number(RdmaSRQ, &none)
	case uapi.RDMA_NLDEV_ATTR_RES_STATE:
		o.State = d.Uint8()
	case uapi.RDMA_NLDEV_ATTR_RES_TYPE:
		o.Kind = d.Uint8()
	case uapi.RDMA_NLDEV_ATTR_RES_RQPN:
		o.RemoteQP = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_SQ_PSN:
		o.SendPSN = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_RQ_PSN:
		o.ReceivePSN = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_PATH_MIG_STATE:
		o.PathMigration = d.Uint8()
	case uapi.RDMA_NLDEV_ATTR_RES_PS:
		o.PortSpace = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_SRC_ADDR:
		o.Source = rdmaSockaddr(d.Data())
	case uapi.RDMA_NLDEV_ATTR_RES_DST_ADDR:
		o.Destination = rdmaSockaddr(d.Data())
	case uapi.RDMA_NLDEV_ATTR_RES_QP:
		d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) { o.QueuePairs = append(o.QueuePairs, decodeRdmaRange(d)) }))
	default:
		o.decodeMemory(d)
	}
}

// decodeMemory reads what completion queues, memory and what it belongs to have.
func (o *RdmaObject) decodeMemory(d *wire.Decoder) {
	switch d.Type() {
	case uapi.RDMA_NLDEV_ATTR_RES_CQE:
		o.Entries = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_USECNT:
		o.Users = d.Uint64()
	case uapi.RDMA_NLDEV_ATTR_RES_POLL_CTX:
		o.PollContext = d.Uint8()
	case uapi.RDMA_NLDEV_ATTR_DEV_DIM:
		o.AdaptiveModeration = d.Bool()
	case uapi.RDMA_NLDEV_ATTR_RES_LKEY, uapi.RDMA_NLDEV_ATTR_RES_LOCAL_DMA_LKEY:
		o.LocalKey = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_RKEY:
		o.RemoteKey = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_UNSAFE_GLOBAL_RKEY:
		o.UnsafeGlobalKey = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_IOVA:
		o.IOVA = d.Uint64()
	case uapi.RDMA_NLDEV_ATTR_RES_MRLEN:
		o.Length = d.Uint64()
	}
}

func decodeRdmaRange(d *wire.Decoder) (r RdmaRange) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_RES_LQPN:
			r.First = d.Uint32()
			r.Last = r.First
		case uapi.RDMA_NLDEV_ATTR_MIN_RANGE:
			r.First = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_MAX_RANGE:
			r.Last = d.Uint32()
		}
	}
	return r
}

// rdmaSockaddr reads a struct sockaddr_in or sockaddr_in6: the family in the machine's byte order, the port in that of
// the network, and the address behind it or four bytes further.
func rdmaSockaddr(b []byte) (a netip.AddrPort) {
	const addr4, addr6 = 4, 8
	if len(b) < addr6+16 {
		return a
	}
	port := binary.BigEndian.Uint16(b[2:])
	switch native.Uint16(b) {
	case uapi.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[addr4:])), port)
	case uapi.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[addr6:])), port)
	}
	return a
}
