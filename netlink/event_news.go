package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// The messages of the groups that are joined here, from the kernel's source (7.3). All listeners
// get the objects of the tables; the last column names exceptions.
//
//	RTNLGRP_LINK         RTM_NEWLINK, RTM_DELLINK      links; also a wireless device's
//	                                                   events, which only LinkSubscribe has
//	                     the same, AF_BRIDGE           LinkSubscribe, BridgePortEvent
//	RTNLGRP_NEIGH        RTM_NEWNEIGH, RTM_DELNEIGH    neighbours
//	                     the same, AF_BRIDGE           NeighSubscribe, FdbTable
//	                     RTM_GETNEIGH                  NeighSubscribe, NeighMissEvent
//	RTNLGRP_IPV4_IFADDR  RTM_NEWADDR, RTM_DELADDR      addresses
//	RTNLGRP_IPV6_IFADDR  RTM_NEWADDR, RTM_DELADDR      addresses
//	RTNLGRP_IPV4_ROUTE   RTM_NEWROUTE, RTM_DELROUTE    routes
//	RTNLGRP_IPV6_ROUTE   RTM_NEWROUTE, RTM_DELROUTE    routes
//	RTNLGRP_IPV4_RULE    RTM_NEWRULE, RTM_DELRULE      rules
//	                     the same, RTNL_FAMILY_IPMR    in no table: ip mrule
//	RTNLGRP_IPV6_RULE    RTM_NEWRULE, RTM_DELRULE      rules
//	                     the same, RTNL_FAMILY_IP6MR   in no table: ip -6 mrule
//	RTNLGRP_NEXTHOP      RTM_NEWNEXTHOP, RTM_DELNEXTHOP next hop objects
//	                     RTM_NEWNEXTHOPBUCKET          NexthopBucketEvent
//	RTNLGRP_NSID         RTM_NEWNSID, RTM_DELNSID      namespace ids
//	RTNLGRP_IPV4_NETCONF RTM_NEWNETCONF, RTM_DELNETCONF settings of links
//	RTNLGRP_IPV6_NETCONF RTM_NEWNETCONF, RTM_DELNETCONF settings of links

// bridgePortNews decodes a bridge's message about a port.
func bridgePortNews(m wire.Message) (Event, error) {
	if m.Type != uapi.RTM_NEWLINK && m.Type != uapi.RTM_DELLINK || m.Data[0] != uapi.AF_BRIDGE {
		return nil, nil
	}
	var ifi uapi.Ifinfomsg
	ifi.Decode(m.Data)
	ev := BridgePortEvent{LinkIndex: int(ifi.Index), Gone: m.Type == uapi.RTM_DELLINK}
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_IFNAME:
			ev.Name = d.String()
		case uapi.IFLA_MASTER:
			ev.MasterIndex = int(d.Int32())
		case uapi.IFLA_PROTINFO:
			ev.Port = &BridgePort{}
			d.Fail(decodeAttrs(ev.Port, d.Data()))
		}
	}
	return ev, d.Err()
}

// neighNews decodes the kernel's requests to programs.
func neighNews(m wire.Message) (Event, error) {
	if m.Type != uapi.RTM_GETNEIGH {
		return nil, nil
	}
	n, err := decodeNeigh(m.Data)
	return NeighMissEvent{&n}, err
}

// nexthopNews decodes changes of a group's buckets.
func nexthopNews(m wire.Message) (Event, error) {
	if m.Type != uapi.RTM_NEWNEXTHOPBUCKET {
		return nil, nil
	}
	var ev NexthopBucketEvent
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofNhmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.NHA_ID:
			ev.Group = d.Uint32()
		case uapi.NHA_RES_BUCKET:
			in := d.Nested()
			for in.Next() {
				switch in.Type() {
				case uapi.NHA_RES_BUCKET_INDEX:
					ev.Bucket = int(in.Uint16())
				case uapi.NHA_RES_BUCKET_NH_ID:
					ev.ID = in.Uint32()
				}
			}
			d.Fail(in.Err())
		}
	}
	return ev, d.Err()
}
