package netlink

import (
	"errors"
	"iter"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// VDPASetDev gives a network device another address, for the next driver that it gets: vdpa dev set name NAME mac
// ADDRESS (Linux 6.13). A management device that cannot do so has EOPNOTSUPP.
func (h *Handle) VDPASetDev(name string, mac net.HardwareAddr) error {
	return vdpaCall(uapi.VDPA_CMD_DEV_ATTR_SET, "vdpa dev set", name, func(r *wire.Request) {
		if len(mac) == 0 {
			r.Fail(errors.New("no hardware address"))
		}
		r.Data(uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR, mac)
	}).exec(h)
}

// VDPADevConfigSeq gives the configurations of the devices as they come: vdpa dev config show. The last pair holds the
// error, if there is one.
func (h *Handle) VDPADevConfigSeq() iter.Seq2[VDPADevConfig, error] {
	c := vdpaCall(uapi.VDPA_CMD_DEV_CONFIG_GET, "vdpa dev config list", "", nil)
	return genlSeq(h, c, vdpaDecoder((*VDPADevConfig).decode))
}

// VDPAMGMTDevSeq gives the management devices as they come: vdpa mgmtdev show. The last pair holds the error, if
// there is one.
func (h *Handle) VDPAMGMTDevSeq() iter.Seq2[VDPAMGMTDev, error] {
	c := vdpaCall(uapi.VDPA_CMD_MGMTDEV_GET, "vdpa mgmtdev list", "", nil)
	return genlSeq(h, c, vdpaDecoder((*VDPAMGMTDev).decode))
}
