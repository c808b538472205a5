package nl_test

import (
	"fmt"
	"log"

	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
	"kern.sys/unix"
)

// genlHeader is a header of generic netlink as programs make it for families that they know.
type genlHeader struct{ cmd, version uint8 }

func (h *genlHeader) Len() int          { return unix.GENL_HDRLEN }
func (h *genlHeader) Serialize() []byte { return []byte{h.cmd, h.version, 0, 0} }

// A program that uses package netlink and, for what that lacks, nl beside it.
func Example() {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		log.Fatal(err)
	}

	// A request of its own, over a socket that it keeps.
	sock, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		log.Fatal(err)
	}
	shared := &nl.SocketHandle{Socket: sock}
	defer shared.Close()
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, 0)
	req.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: shared}
	msg := nl.NewIfInfomsg(nl.FAMILY_ALL)
	msg.Index = int32(lo.Attrs().Index)
	req.AddData(msg)
	answers, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		log.Fatal(err)
	}
	link, err := netlink.LinkDeserialize(nil, answers[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(link.Attrs().Name, nl.DeserializeIfInfomsg(answers[0]).EncapType())

	// A family of generic netlink, by its name.
	req = nl.NewNetlinkRequest(nl.GENL_ID_CTRL, unix.NLM_F_ACK)
	req.AddData(&genlHeader{nl.GENL_CTRL_CMD_GETFAMILY, nl.GENL_CTRL_VERSION})
	req.AddData(nl.NewRtAttr(nl.GENL_CTRL_ATTR_FAMILY_NAME, nl.ZeroTerminated(nl.GENL_CTRL_NAME)))
	err = req.ExecuteIter(unix.NETLINK_GENERIC, 0, func(msg []byte) bool {
		attrs, err := nl.ParseRouteAttrAsMap(msg[nl.SizeofGenlmsg:])
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("family", nl.NativeEndian().Uint16(attrs[nl.GENL_CTRL_ATTR_FAMILY_ID].Value))
		return true
	})
	if err != nil {
		log.Fatal(err)
	}

	// Types of nl in the API of netlink.
	vlans, err := netlink.BridgeVlanList()
	if err != nil {
		log.Fatal(err)
	}
	var all []*nl.BridgeVlanInfo
	for _, infos := range vlans {
		all = append(all, infos...)
	}
	fmt.Println("VLANs of bridges:", len(all))

	// Output:
	// lo loopback
	// family 16
	// VLANs of bridges: 0
}
