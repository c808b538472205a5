package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// What [Netconf.LinkIndex] is of settings that are of no link.
const (
	NETCONFA_IFINDEX_ALL     = uapi.NETCONFA_IFINDEX_ALL     // of all links
	NETCONFA_IFINDEX_DEFAULT = uapi.NETCONFA_IFINDEX_DEFAULT // that new links get
)

// Netconf are settings of a link that the kernel has in /proc/sys/net/FAMILY/conf/LINK: ip netconf.
// What a family or a kernel does not have is nil.
type Netconf struct {
	Family    int // FAMILY_V4, FAMILY_V6 or FAMILY_MPLS
	LinkIndex int // or NETCONFA_IFINDEX_…

	Forwarding               *bool // packets of others are passed on
	RPFilter                 *int  // the reverse path is looked at: 0 not, 1 strictly, 2 loosely; IPv4
	McForwarding             *bool // multicast packets are passed on, by a routing program
	ProxyNeigh               *bool // neighbours are answered for
	IgnoreRoutesWithLinkdown *bool // routes of a link without carrier are not used
	Input                    *bool // labels are looked at; MPLS
	BcForwarding             *bool // broadcasts to the subnet of a link are passed on; IPv4
	ForceForwarding          *bool // packets are passed on, whatever Forwarding of all links says; IPv6
}

// NetconfGet returns the settings of a link: ip netconf show dev. index may be NETCONFA_IFINDEX_….
func (h *Handle) NetconfGet(family, index int) (*Netconf, error) {
	r := netconfRequest(family)
	r.Int32(uapi.NETCONFA_IFINDEX, toInt32(&r.Encoder, "link", index))
	var n Netconf
	err := h.get(r, "netconf get", func() string { return fmt.Sprintf("family %d link %d", family, index) },
		func(m wire.Message) (err error) {
			n, err = decodeNetconf(m.Data)
			return err
		})
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// NetconfList returns the settings of all links, of all together and of new ones, for a family; 0: for each, which
// Linux 6.14 can: ip netconf. See [ErrDumpInterrupted].
func (h *Handle) NetconfList(family int) ([]Netconf, error) {
	return list(h, netconfRequest(family), "netconf list", func(m wire.Message) (Netconf, bool, error) {
		if m.Type != uapi.RTM_NEWNETCONF {
			return Netconf{}, false, nil
		}
		n, err := decodeNetconf(m.Data)
		return n, err == nil && (family == 0 || n.Family == family), err
	})
}

// netconfHeader is the size of struct netconfmsg with its padding.
const netconfHeader = (uapi.SizeofNetconfmsg + uapi.NLA_ALIGNTO - 1) &^ (uapi.NLA_ALIGNTO - 1)

func netconfRequest(family int) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETNETCONF, 0)
	(&uapi.Netconfmsg{Family: uint8(inRange(&r.Encoder, "family", family, 1<<8-1))}).Put(r.Header(uapi.SizeofNetconfmsg))
	return r
}

func decodeNetconf(data []byte) (n Netconf, err error) {
	var head uapi.Netconfmsg
	head.Decode(data)
	n.Family = int(head.Family)
	d := wire.NewDecoderAfter(data, netconfHeader)
	for d.Next() {
		switch d.Type() {
		case uapi.NETCONFA_IFINDEX:
			n.LinkIndex = int(d.Int32())
		case uapi.NETCONFA_FORWARDING:
			n.Forwarding = new(d.Int32() != 0)
		case uapi.NETCONFA_RP_FILTER:
			n.RPFilter = new(int(d.Int32()))
		case uapi.NETCONFA_MC_FORWARDING:
			n.McForwarding = new(d.Int32() != 0)
		case uapi.NETCONFA_PROXY_NEIGH:
			n.ProxyNeigh = new(d.Int32() != 0)
		case uapi.NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN:
			n.IgnoreRoutesWithLinkdown = new(d.Int32() != 0)
		case uapi.NETCONFA_INPUT:
			n.Input = new(d.Int32() != 0)
		case uapi.NETCONFA_BC_FORWARDING:
			n.BcForwarding = new(d.Int32() != 0)
		case uapi.NETCONFA_FORCE_FORWARDING:
			n.ForceForwarding = new(d.Int32() != 0)
		}
	}
	return n, d.Err()
}
