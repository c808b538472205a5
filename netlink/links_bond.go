package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkSetBondSlave makes a link the port of a bond: ip link set DEV master BOND. It is to be down.
func (h *Handle) LinkSetBondSlave(link Link, master *Bond) error {
	if noLink(link) || master == nil {
		return h.refuse(errNoLink, "link set master", noObject)
	}
	return h.LinkSetMaster(link, master)
}

// LinkDelBondSlave takes a link out of a bond: ip link set DEV nomaster. It is an error, EINVAL, where link is not a
// port of master.
func (h *Handle) LinkDelBondSlave(link Link, master *Bond) error {
	if noLink(link) || master == nil {
		return h.refuse(errNoLink, "link set nomaster", noObject)
	}
	bond, err := h.portOf(link, master)
	if err != nil {
		return err
	}
	if bond == 0 {
		return h.wrap(errInvalid, "link set nomaster", func() string { return linkObject(link) })
	}
	return h.LinkSetNoMaster(link)
}

// LinkSetBondSlaveActive makes a port of a bond the one that is used, in the modes active-backup, balance-tlb and
// balance-alb: ip link set BOND type bond active_slave DEV. It is an error, EINVAL, where link is not a port of
// master.
func (h *Handle) LinkSetBondSlaveActive(link Link, master *Bond) error {
	if noLink(link) || master == nil {
		return h.refuse(errNoLink, "link set active_slave", noObject)
	}
	index, err := h.linkIndex(link)
	if err != nil {
		return h.refuse(err, "link set active_slave", func() string { return linkObject(link) })
	}
	return h.changeKind(master, "link set active_slave", func(e *wire.Encoder) {
		e.Uint32(uapi.IFLA_BOND_ACTIVE_SLAVE, uint32(index))
	})
}

// LinkSetBondSlaveQueueId sets the queue of its bond that a port sends from, 0 for any: ip link set DEV type
// bond_slave queue_id ID.
func (h *Handle) LinkSetBondSlaveQueueId(link Link, queueId uint16) error {
	return h.LinkSetSlave(link, &BondSlave{QueueIdSet: &queueId})
}

// portOf returns the index of master where link is a port of it, else 0.
func (h *Handle) portOf(link Link, master Link) (int, error) {
	bond, err := h.linkIndex(master)
	if err != nil {
		return 0, err
	}
	index, err := h.linkIndex(link)
	if err != nil {
		return 0, err
	}
	port, err := h.LinkByIndex(index)
	if err != nil || port.Attrs().MasterIndex != bond {
		return 0, err
	}
	return bond, nil
}
