package netlink

import (
	"fmt"
	"iter"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaCounter is a set of counters that some queue pairs of a port have for themselves: rdma statistic qp show.
type RdmaCounter struct {
	ID          uint32
	DeviceIndex uint32
	DeviceName  string
	Port        uint32 // from 1 on
	Auto        bool   // the queue pairs got it by what they are, see [RdmaCounterMode]
	Kind        *uint8 // of the queue pairs, IB_QPT_…, where they got it by that
	PID         uint32 // the process that has them, where they got it by that; 0: none, or the kernel
	KernelName  string // the module that has them, likewise
	QueuePairs  []uint32
	Statistics  map[string]uint64
}

// RdmaCounterMode says which queue pairs of a port get counters by themselves: those that have the criteria in common
// have one. Without a criterion none do.
type RdmaCounterMode struct {
	ByType   bool // of queue pairs
	ByPID    bool // of the process (Linux 5.9)
	Optional bool // with the optional counters (Linux 6.15)
}

// RdmaOptionalCounter is a counter of a port that may be off: rdma statistic mode supported.
type RdmaOptionalCounter struct {
	Name  string
	Index uint32
	On    bool
}

// rdmaPortRequest begins a request about a port of a device.
func rdmaPortRequest(cmd uint16, link *RdmaLink, port uint32) *wire.Request {
	r := rdmaRequest(cmd)
	if link == nil {
		r.Fail(errNoRdmaLink)
		return r
	}
	r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, port)
	return r
}

// rdmaCounterRequest begins a request about the counters of queue pairs.
func rdmaCounterRequest(cmd uint16, link *RdmaLink, port uint32) *wire.Request {
	r := rdmaPortRequest(cmd, link, port)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_RES, uapi.RDMA_NLDEV_ATTR_RES_QP)
	return r
}

func rdmaPortObject(link *RdmaLink, port uint32) func() string {
	return func() string { return fmt.Sprintf("%s port %d", rdmaObject(link), port) }
}

// RdmaCounterSeq gives the counters that queue pairs of a port have: rdma statistic qp show link DEV/PORT (Linux
// 5.3). The last pair holds the error, if there is one.
func (h *Handle) RdmaCounterSeq(link *RdmaLink, port uint32) iter.Seq2[RdmaCounter, error] {
	const op = "rdma statistic list"
	request := func() (*wire.Request, error) {
		return rdmaCounterRequest(uapi.RDMA_NLDEV_CMD_STAT_GET, link, port), nil
	}
	decode := func(m wire.Message) ([]RdmaCounter, bool, error) {
		d := wire.NewDecoder(m.Data)
		all := decodeRdmaCounterList(&d)
		return all, true, d.Err()
	}
	return func(yield func(RdmaCounter, error) bool) {
		for all, err := range seq(h, request, op, decode) {
			if err != nil {
				yield(RdmaCounter{}, err)
				return
			}
			for _, c := range all {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// decodeRdmaCounterList reads the device and the nest of its counters.
func decodeRdmaCounterList(d *wire.Decoder) (all []RdmaCounter) {
	var of RdmaCounter
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_STAT_COUNTER:
			d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
				c := of
				for d.Next() {
					c.decode(d)
				}
				all = append(all, c)
			}))
		default:
			of.decode(d)
		}
	}
	return all
}

// decode reads one attribute.
func (c *RdmaCounter) decode(d *wire.Decoder) {
	switch d.Type() {
	case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
		c.DeviceIndex = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
		c.DeviceName = d.String()
	case uapi.RDMA_NLDEV_ATTR_PORT_INDEX:
		c.Port = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID:
		c.ID = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_STAT_MODE:
		c.Auto = d.Uint32() == uapi.RDMA_COUNTER_MODE_AUTO
	case uapi.RDMA_NLDEV_ATTR_RES_TYPE:
		c.Kind = new(d.Uint8())
	case uapi.RDMA_NLDEV_ATTR_RES_PID:
		c.PID = d.Uint32()
	case uapi.RDMA_NLDEV_ATTR_RES_KERN_NAME:
		c.KernelName = d.String()
	case uapi.RDMA_NLDEV_ATTR_RES_QP:
		d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
			for d.Next() {
				if d.Type() == uapi.RDMA_NLDEV_ATTR_RES_LQPN {
					c.QueuePairs = append(c.QueuePairs, d.Uint32())
				}
			}
		}))
	case uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS:
		c.Statistics = decodeRdmaCounters(d, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME,
			uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE)
	}
}

// RdmaCounterGet returns a counter by its number: rdma statistic qp show link DEV/PORT cntn ID.
func (h *Handle) RdmaCounterGet(link *RdmaLink, port, id uint32) (RdmaCounter, error) {
	r := rdmaCounterRequest(uapi.RDMA_NLDEV_CMD_STAT_GET, link, port)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, id)
	var c RdmaCounter
	err := h.rdmaGet(r, "rdma statistic get", rdmaPortObject(link, port), func(d *wire.Decoder) {
		for d.Next() {
			c.decode(d)
		}
	})
	return c, err
}

// RdmaCounterBind gives a queue pair, by its number, a counter: that with the number id, or where id is nil a new one.
// It returns the counter's number: rdma statistic qp bind link DEV/PORT lqpn QP [ cntn ID ]. The port is not in the
// mode in which queue pairs get counters by themselves. A batch cannot hold it.
func (h *Handle) RdmaCounterBind(link *RdmaLink, port, queuePair uint32, id *uint32) (uint32, error) {
	r := rdmaCounterRequest(uapi.RDMA_NLDEV_CMD_STAT_SET, link, port)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_MANUAL)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, queuePair)
	if id != nil {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, *id)
	}
	var c RdmaCounter
	err := h.rdmaGet(r, "rdma statistic bind", rdmaPortObject(link, port), func(d *wire.Decoder) {
		for d.Next() {
			c.decode(d)
		}
	})
	return c.ID, err
}

// RdmaCounterUnbind takes a counter from a queue pair: rdma statistic qp unbind link DEV/PORT cntn ID lqpn QP. A
// counter that no queue pair has is gone.
func (h *Handle) RdmaCounterUnbind(link *RdmaLink, port, queuePair, id uint32) error {
	r := rdmaCounterRequest(uapi.RDMA_NLDEV_CMD_STAT_DEL, link, port)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_MANUAL)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, queuePair)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, id)
	return h.exec(r, "rdma statistic unbind", rdmaPortObject(link, port))
}

// RdmaCounterModeGet returns which queue pairs of a port get counters by themselves: rdma statistic qp mode link
// DEV/PORT.
func (h *Handle) RdmaCounterModeGet(link *RdmaLink, port uint32) (RdmaCounterMode, error) {
	r := rdmaCounterRequest(uapi.RDMA_NLDEV_CMD_STAT_GET, link, port)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_MANUAL) // without a mode it is another question
	var m RdmaCounterMode
	err := h.rdmaGet(r, "rdma statistic mode get", rdmaPortObject(link, port), m.decode)
	return m, err
}

func (m *RdmaCounterMode) decode(d *wire.Decoder) {
	auto := false
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_STAT_MODE:
			auto = d.Uint32() == uapi.RDMA_COUNTER_MODE_AUTO
		case uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK:
			mask := d.Uint32()
			m.ByType, m.ByPID = mask&uapi.RDMA_COUNTER_MASK_QP_TYPE != 0, mask&uapi.RDMA_COUNTER_MASK_PID != 0
		case uapi.RDMA_NLDEV_ATTR_STAT_OPCOUNTER_ENABLED:
			m.Optional = d.Bool()
		}
	}
	if !auto {
		*m = RdmaCounterMode{}
	}
}

// RdmaCounterModeSet says which queue pairs of a port get counters by themselves: rdma statistic qp set link DEV/PORT
// auto { CRITERIA on | off }.
func (h *Handle) RdmaCounterModeSet(link *RdmaLink, port uint32, mode RdmaCounterMode) error {
	r := rdmaCounterRequest(uapi.RDMA_NLDEV_CMD_STAT_SET, link, port)
	mask := uint32(0)
	if mode.ByType {
		mask |= uapi.RDMA_COUNTER_MASK_QP_TYPE
	}
	if mode.ByPID {
		mask |= uapi.RDMA_COUNTER_MASK_PID
	}
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_AUTO)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK, mask)
	if mode.Optional {
		r.Uint8(uapi.RDMA_NLDEV_ATTR_STAT_OPCOUNTER_ENABLED, 1)
	}
	return h.exec(r, "rdma statistic mode set", rdmaPortObject(link, port))
}

// RdmaOptionalCounterList returns the counters of a port that may be off: rdma statistic mode supported link DEV/PORT
// (Linux 5.16).
func (h *Handle) RdmaOptionalCounterList(link *RdmaLink, port uint32) ([]RdmaOptionalCounter, error) {
	var all []RdmaOptionalCounter
	r := rdmaPortRequest(uapi.RDMA_NLDEV_CMD_STAT_GET_STATUS, link, port)
	err := h.rdmaGet(r, "rdma statistic status get", rdmaPortObject(link, port), func(d *wire.Decoder) {
		all = decodeRdmaOptional(d)
	})
	return all, err
}

func decodeRdmaOptional(d *wire.Decoder) (all []RdmaOptionalCounter) {
	for d.Next() {
		if d.Type() != uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS {
			continue
		}
		d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
			var c RdmaOptionalCounter
			optional := false
			for d.Next() {
				switch d.Type() {
				case uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME:
					c.Name = d.String()
				case uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_INDEX:
					c.Index = d.Uint32()
				case uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_DYNAMIC:
					c.On, optional = d.Bool(), true
				}
			}
			if optional {
				all = append(all, c)
			}
		}))
	}
	return all
}

// RdmaOptionalCounterSet has a port count by the optional counters of these names, and by no others: rdma statistic
// set link DEV/PORT optional-counters NAME,…; without names rdma statistic unset (Linux 5.16). The kernel takes
// numbers, for which it is asked first.
func (h *Handle) RdmaOptionalCounterSet(link *RdmaLink, port uint32, names ...string) error {
	const op = "rdma statistic set optional-counters"
	var all []RdmaOptionalCounter
	if len(names) != 0 {
		var err error
		if all, err = h.RdmaOptionalCounterList(link, port); err != nil {
			return err
		}
	}
	r := rdmaPortRequest(uapi.RDMA_NLDEV_CMD_STAT_SET, link, port)
	r.Nest(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS | uapi.NLA_F_NESTED)
	for _, name := range names {
		i := slices.IndexFunc(all, func(c RdmaOptionalCounter) bool { return c.Name == name })
		if i < 0 {
			return h.refuse(fmt.Errorf("no optional counter is called %.128q", name), op, rdmaPortObject(link, port))
		}
		r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_INDEX, all[i].Index)
	}
	r.End()
	return h.exec(r, op, rdmaPortObject(link, port))
}
