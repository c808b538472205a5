package netlink

import (
	"errors"
	"fmt"
	"math"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// linkSet changes a link that exists. what is the change as ip link set has it,
// for the error.
func (h *Handle) linkSet(link Link, what string, encode func(*wire.Request)) error {
	r := linkRequest(uapi.RTM_SETLINK, 0, link)
	encode(r)
	return h.linkExec(r, "link set", link, errInvalid, func() string { return linkObject(link) + " " + what })
}

// linkSetFlag sets or clears one of IFF_….
func (h *Handle) linkSetFlag(link Link, what string, flag uint32, on bool) error {
	r := wire.NewRequest(uapi.RTM_SETLINK, 0)
	ifi := uapi.Ifinfomsg{Change: flag}
	if on {
		ifi.Flags = flag
	}
	linkHeader(r, &ifi, link)
	missing := error(errNoDevice)
	if flag == uapi.IFF_NOARP || flag == uapi.IFF_PROMISC {
		missing = errInvalid
	}
	return h.linkExec(r, "link set", link, missing, func() string { return linkObject(link) + " " + what })
}

// linkSetUint32 sets an attribute of 32 bits.
func (h *Handle) linkSetUint32(link Link, attr uint16, name string, v int) error {
	return h.linkSet(link, fmt.Sprintf("%s %d", name, v), func(r *wire.Request) {
		r.Uint32(attr, toUint32(&r.Encoder, name, v))
	})
}

// toUint32 is v, or an error where that does not fit.
func toUint32(e *wire.Encoder, name string, v int) uint32 {
	if v < 0 || int64(v) > math.MaxUint32 {
		e.Fail(fmt.Errorf("%s %d is not within 0 and %d", name, v, uint32(math.MaxUint32)))
	}
	return uint32(v)
}

// toIndex is v as the index of a link, or an error where it can be none.
func toIndex(e *wire.Encoder, name string, v int) int32 {
	e.Fail(checkLinkIndex(name, v))
	return int32(v)
}

// toInt32 is v, or an error where that does not fit.
func toInt32(e *wire.Encoder, name string, v int) int32 {
	if int64(v) < math.MinInt32 || int64(v) > math.MaxInt32 {
		e.Fail(fmt.Errorf("%s %d is not within %d and %d", name, v, math.MinInt32, math.MaxInt32))
	}
	return int32(v)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func oneIf(on bool) uint32 {
	if on {
		return 1
	}
	return 0
}

// LinkSetUp brings a link up: ip link set DEV up.
func (h *Handle) LinkSetUp(link Link) error { return h.linkSetFlag(link, "up", uapi.IFF_UP, true) }

// LinkSetDown takes a link down: ip link set DEV down.
func (h *Handle) LinkSetDown(link Link) error {
	return h.linkSetFlag(link, "down", uapi.IFF_UP, false)
}

// LinkSetARPOn lets a link use ARP: ip link set DEV arp on.
func (h *Handle) LinkSetARPOn(link Link) error {
	return h.linkSetFlag(link, "arp on", uapi.IFF_NOARP, false)
}

// LinkSetARPOff keeps a link from using ARP: ip link set DEV arp off.
func (h *Handle) LinkSetARPOff(link Link) error {
	return h.linkSetFlag(link, "arp off", uapi.IFF_NOARP, true)
}

// LinkSetAllmulticastOn makes a link receive all multicast packets:
// ip link set DEV allmulticast on.
func (h *Handle) LinkSetAllmulticastOn(link Link) error {
	return h.linkSetFlag(link, "allmulticast on", uapi.IFF_ALLMULTI, true)
}

// LinkSetAllmulticastOff ends LinkSetAllmulticastOn: ip link set DEV
// allmulticast off.
func (h *Handle) LinkSetAllmulticastOff(link Link) error {
	return h.linkSetFlag(link, "allmulticast off", uapi.IFF_ALLMULTI, false)
}

// LinkSetMulticastOn says that a link can multicast: ip link set DEV multicast
// on.
func (h *Handle) LinkSetMulticastOn(link Link) error {
	return h.linkSetFlag(link, "multicast on", uapi.IFF_MULTICAST, true)
}

// LinkSetMulticastOff says that a link cannot multicast: ip link set DEV
// multicast off.
func (h *Handle) LinkSetMulticastOff(link Link) error {
	return h.linkSetFlag(link, "multicast off", uapi.IFF_MULTICAST, false)
}

// SetPromiscOn makes a link receive all packets: ip link set DEV promisc on.
func (h *Handle) SetPromiscOn(link Link) error {
	return h.linkSetFlag(link, "promisc on", uapi.IFF_PROMISC, true)
}

// SetPromiscOff ends SetPromiscOn: ip link set DEV promisc off.
func (h *Handle) SetPromiscOff(link Link) error {
	return h.linkSetFlag(link, "promisc off", uapi.IFF_PROMISC, false)
}

// LinkSetMTU sets the largest payload of a packet in bytes: ip link set DEV mtu
// MTU. An error with details has the bounds that the link gives.
func (h *Handle) LinkSetMTU(link Link, mtu int) error {
	err := h.linkSetUint32(link, uapi.IFLA_MTU, "mtu", mtu)
	e, ok := err.(*wire.Error)
	if !ok || noLink(link) {
		return err
	}
	found, lookErr := h.getLink(linkRequest(uapi.RTM_GETLINK, 0, link), noObject)
	if lookErr != nil {
		return err // the first error says more
	}
	switch a := found.Attrs(); {
	case a.MaxMTU != 0 && int64(mtu) > int64(a.MaxMTU), int64(mtu) < int64(a.MinMTU):
		e.Object += fmt.Sprintf(" (%d to %d)", a.MinMTU, a.MaxMTU)
	}
	return e
}

// LinkSetTxQLen sets how many packets the transmit queue holds; 0 is for
// devices without a queue: ip link set DEV txqueuelen PACKETS.
func (h *Handle) LinkSetTxQLen(link Link, qlen int) error {
	return h.linkSetUint32(link, uapi.IFLA_TXQLEN, "txqueuelen", qlen)
}

// LinkSetGroup moves a link to a group of links: ip link set DEV group GROUP.
func (h *Handle) LinkSetGroup(link Link, group int) error {
	return h.linkSetUint32(link, uapi.IFLA_GROUP, "group", group)
}

// LinkSetGSOMaxSegs bounds the segments of a packet that the device or the
// stack is to segment: ip link set DEV gso_max_segs SEGMENTS.
func (h *Handle) LinkSetGSOMaxSegs(link Link, maxSegs int) error {
	return h.linkSetUint32(link, uapi.IFLA_GSO_MAX_SEGS, "gso_max_segs", maxSegs)
}

// LinkSetGSOMaxSize bounds a packet that the device or the stack is to segment,
// in bytes: ip link set DEV gso_max_size BYTES.
func (h *Handle) LinkSetGSOMaxSize(link Link, maxSize int) error {
	return h.linkSetUint32(link, uapi.IFLA_GSO_MAX_SIZE, "gso_max_size", maxSize)
}

// LinkSetGROMaxSize bounds a packet that is merged on receipt, in bytes:
// ip link set DEV gro_max_size BYTES.
func (h *Handle) LinkSetGROMaxSize(link Link, maxSize int) error {
	return h.linkSetUint32(link, uapi.IFLA_GRO_MAX_SIZE, "gro_max_size", maxSize)
}

// LinkSetGSOIPv4MaxSize is LinkSetGSOMaxSize for IPv4 (Linux 6.3):
// ip link set DEV gso_ipv4_max_size BYTES.
func (h *Handle) LinkSetGSOIPv4MaxSize(link Link, maxSize int) error {
	return h.linkSetUint32(link, uapi.IFLA_GSO_IPV4_MAX_SIZE, "gso_ipv4_max_size", maxSize)
}

// LinkSetGROIPv4MaxSize is LinkSetGROMaxSize for IPv4 (Linux 6.3):
// ip link set DEV gro_ipv4_max_size BYTES.
func (h *Handle) LinkSetGROIPv4MaxSize(link Link, maxSize int) error {
	return h.linkSetUint32(link, uapi.IFLA_GRO_IPV4_MAX_SIZE, "gro_ipv4_max_size", maxSize)
}

// LinkSetHardwareAddr sets the link-layer address: ip link set DEV address
// LLADDR.
func (h *Handle) LinkSetHardwareAddr(link Link, hwaddr net.HardwareAddr) error {
	return h.linkSet(link, "address "+addrOf(hwaddr), func(r *wire.Request) {
		if len(hwaddr) == 0 {
			r.Fail(errors.New("no address given"))
		}
		r.Data(uapi.IFLA_ADDRESS, hwaddr)
	})
}

// LinkSetMaster makes a link the port of master, a bridge, bond, …: ip link set
// DEV master MASTER. No master is an error: what a look-up that failed returned
// does not take the link from the one it has, [Handle.LinkSetNoMaster] does.
func (h *Handle) LinkSetMaster(link Link, master Link) error {
	index, err := h.linkIndex(master)
	if err != nil {
		return h.refuse(err, "link set", func() string { return linkObject(link) + " master " + linkObject(master) })
	}
	return h.linkSet(link, "master "+linkObject(master),
		func(r *wire.Request) { r.Int32(uapi.IFLA_MASTER, int32(index)) })
}

// LinkSetNoMaster takes a link from its master: ip link set DEV nomaster.
func (h *Handle) LinkSetNoMaster(link Link) error {
	return h.linkSet(link, "nomaster", func(r *wire.Request) { r.Uint32(uapi.IFLA_MASTER, 0) })
}

// LinkSetMasterByIndex is [Handle.LinkSetMaster] with the index of the master,
// 0 for none.
func (h *Handle) LinkSetMasterByIndex(link Link, masterIndex int) error {
	return h.linkSetUint32(link, uapi.IFLA_MASTER, "master index", masterIndex)
}

// LinkSetNsPid moves a link to the network namespace of a process:
// ip link set DEV netns PID.
func (h *Handle) LinkSetNsPid(link Link, nspid int) error {
	return h.linkSetUint32(link, uapi.IFLA_NET_NS_PID, "netns", nspid)
}

// LinkSetNsFd moves a link to the network namespace that fd is open on:
// ip link set DEV netns NAME.
func (h *Handle) LinkSetNsFd(link Link, fd int) error {
	return h.linkSetUint32(link, uapi.IFLA_NET_NS_FD, "netns fd", fd)
}

// LinkSetIP6AddrGenMode says how link-local and autoconfigured IPv6 addresses
// are made, IN6_ADDR_GEN_MODE_…: ip link set DEV addrgenmode MODE.
func (h *Handle) LinkSetIP6AddrGenMode(link Link, mode int) error {
	return h.linkSet(link, fmt.Sprintf("addrgenmode %d", mode), func(r *wire.Request) {
		if mode < 0 || mode > math.MaxUint8 {
			r.Fail(fmt.Errorf("addrgenmode %d is not within 0 and %d", mode, math.MaxUint8))
		}
		r.Nest(uapi.IFLA_AF_SPEC | uapi.NLA_F_NESTED)
		r.Nest(uapi.AF_INET6 | uapi.NLA_F_NESTED)
		r.Uint8(uapi.IFLA_INET6_ADDR_GEN_MODE, uint8(mode))
		r.End()
		r.End()
	})
}
