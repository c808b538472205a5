package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaResource is how many objects of each sort a device has: rdma resource.
type RdmaResource struct {
	Index                      uint32 // of the device
	Name                       string
	RdmaResourceSummaryEntries map[string]uint64 // "qp", "mr", …
}

// RdmaPortStatistic are the counters of a port: rdma statistic.
type RdmaPortStatistic struct {
	PortIndex  uint32 // from 1 on
	Statistics map[string]uint64
}

// RdmaDeviceStatistic are the counters of a device's ports.
type RdmaDeviceStatistic struct {
	RdmaPortStatistics []*RdmaPortStatistic
}

// RdmaResourceList returns the numbers of objects of all devices: rdma resource show. See [ErrDumpInterrupted].
func (h *Handle) RdmaResourceList() ([]*RdmaResource, error) {
	return pointersTo(fill(h, rdmaRequest(uapi.RDMA_NLDEV_CMD_RES_GET), "rdma resource list",
		rdmaDecoder(decodeRdmaResource)))
}

func decodeRdmaResource(d *wire.Decoder, v *RdmaResource) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
			v.Index = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
			v.Name = d.String()
		case uapi.RDMA_NLDEV_ATTR_RES_SUMMARY:
			v.RdmaResourceSummaryEntries = decodeRdmaCounters(d, uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_NAME,
				uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_CURR)
		}
	}
}

// decodeRdmaCounters reads a list of counters, each a name and a number.
func decodeRdmaCounters(d *wire.Decoder, name, number uint16) map[string]uint64 {
	all := map[string]uint64{}
	d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
		key := ""
		for d.Next() {
			switch d.Type() {
			case name:
				key = d.String()
			case number:
				all[key] = d.Uint64()
			}
		}
	}))
	return all
}

// RdmaStatistic returns the counters of a device's ports: rdma statistic show link DEV.
func (h *Handle) RdmaStatistic(link *RdmaLink) (*RdmaDeviceStatistic, error) {
	if link == nil {
		return nil, h.wrap(errNoRdmaLink, "rdma statistic get", noObject)
	}
	all := &RdmaDeviceStatistic{RdmaPortStatistics: []*RdmaPortStatistic{}}
	for port := uint32(1); port <= link.Attrs.NumPorts; port++ {
		s, err := h.RdmaPortStatisticList(link, port)
		if err != nil {
			return nil, err
		}
		all.RdmaPortStatistics = append(all.RdmaPortStatistics, s)
	}
	return all, nil
}

// RdmaPortStatisticList returns the counters of a port, the first is 1: rdma statistic show link DEV/PORT.
func (h *Handle) RdmaPortStatisticList(link *RdmaLink, port uint32) (*RdmaPortStatistic, error) {
	r := rdmaRequest(uapi.RDMA_NLDEV_CMD_STAT_GET)
	if link == nil {
		r.Fail(errNoRdmaLink)
	} else {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
		r.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, port)
	}
	s := &RdmaPortStatistic{}
	err := h.rdmaGet(r, "rdma statistic get", func() string { return rdmaObject(link) }, s.decode)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *RdmaPortStatistic) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_PORT_INDEX:
			s.PortIndex = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS:
			s.Statistics = decodeRdmaCounters(d, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME,
				uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE)
		}
	}
}

// RdmaPort is a port of a device: rdma link.
type RdmaPort struct {
	DeviceIndex   uint32
	DeviceName    string
	Port          uint32 // from 1 on
	State         uint8  // 4: active
	PhysState     uint8  // 5: linked
	NetdevIfIndex uint32 // the network device that it is of, 0: none
	NetdevName    string
	Lid           uint32 // local identifier, of InfiniBand
}

// RdmaPortSeq gives the ports of a device, with the network devices that they are of: rdma link show DEV.
// The last pair holds the error, if there is one.
func (h *Handle) RdmaPortSeq(link *RdmaLink) iter.Seq2[RdmaPort, error] {
	request := func() (*wire.Request, error) {
		if link == nil {
			return nil, errNoRdmaLink
		}
		r := rdmaRequest(uapi.RDMA_NLDEV_CMD_PORT_GET)
		r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
		return r, nil
	}
	return stream(h, request, "rdma link list", rdmaDecoder(decodeRdmaPort), nil)
}

func decodeRdmaPort(d *wire.Decoder, p *RdmaPort) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
			p.DeviceIndex = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
			p.DeviceName = d.String()
		case uapi.RDMA_NLDEV_ATTR_PORT_INDEX:
			p.Port = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_PORT_STATE:
			p.State = d.Uint8()
		case uapi.RDMA_NLDEV_ATTR_PORT_PHYS_STATE:
			p.PhysState = d.Uint8()
		case uapi.RDMA_NLDEV_ATTR_NDEV_INDEX:
			p.NetdevIfIndex = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_NDEV_NAME:
			p.NetdevName = d.String()
		case uapi.RDMA_NLDEV_ATTR_LID:
			p.Lid = d.Uint32()
		}
	}
}
