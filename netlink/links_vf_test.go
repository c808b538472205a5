package netlink

import (
	"reflect"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// No machine at hand has a card with virtual functions: these bytes are
// written after linux/if_link.h, as a driver fills them.
const vfList = `
	00000100 02000000 00000000 00000000 // struct ifinfomsg
	0a000100 020000000001 0000          // IFLA_ADDRESS
	08001500 01000000                   // IFLA_NUM_VF
	40011680                            // IFLA_VFINFO_LIST
	3c010180                            // IFLA_VF_INFO
		28000100 03000000 02000000000a 0000000000000000000000000000000000000000000000000000 // IFLA_VF_MAC
		24000d00 ffffffffffff 0000000000000000000000000000000000000000000000000000          // IFLA_VF_BROADCAST
		10000200 03000000 64000000 05000000 // IFLA_VF_VLAN
		10000600 03000000 0a000000 e8030000 // IFLA_VF_RATE
		0c000300 03000000 e8030000          // IFLA_VF_TX_RATE
		0c000400 03000000 01000000          // IFLA_VF_SPOOFCHK
		0c000500 03000000 02000000          // IFLA_VF_LINK_STATE: disable
		0c000700 03000000 ffffffff          // IFLA_VF_RSS_QUERY_EN: not supported
		0c000900 03000000 01000000          // IFLA_VF_TRUST
		18000c80                            // IFLA_VF_VLAN_LIST
			14000100 03000000 64000000 05000000 88a80000 // IFLA_VF_VLAN_INFO
		14000a00 03000000 00000000 7766554433221100          // IFLA_VF_IB_NODE_GUID
		64000880                                             // IFLA_VF_STATS
			0c000000 0100000000000000 // RX_PACKETS
			0c000100 0200000000000000 // TX_PACKETS
			0c000200 0300000000000000 // RX_BYTES
			0c000300 0400000000000000 // TX_BYTES
			0c000400 0500000000000000 // BROADCAST
			0c000500 0600000000000000 // MULTICAST
			0c000700 0700000000000000 // RX_DROPPED
			0c000800 0800000000000000 // TX_DROPPED
`

func TestDecodeVfs(t *testing.T) {
	link, err := decodeLink(capture.Message(t, uapi.RTM_NEWLINK, vfList))
	if err != nil {
		t.Fatal(err)
	}
	a := link.Attrs()
	want := []VfInfo{{
		ID:            3,
		Mac:           parseMAC(t, "02:00:00:00:00:0a"),
		Vlan:          100,
		Qos:           5,
		VlanProto:     0x88a8,
		TxRate:        1000,
		MinTxRate:     10,
		MaxTxRate:     1000,
		Spoofchk:      true,
		LinkState:     VF_LINK_STATE_DISABLE,
		RssQuery:      1<<32 - 1,
		Trust:         1,
		RxPackets:     1,
		TxPackets:     2,
		RxBytes:       3,
		TxBytes:       4,
		Broadcast:     5,
		Multicast:     6,
		RxDropped:     7,
		TxDropped:     8,
		BroadcastAddr: parseMAC(t, "ff:ff:ff:ff:ff:ff"),
		NodeGUID:      parseMAC(t, "00:11:22:33:44:55:66:77"),
	}}
	if a.NumVfs != 1 || !reflect.DeepEqual(a.Vfs, want) {
		t.Errorf("got %d: %+v\nwant %+v", a.NumVfs, a.Vfs, want)
	}
}

// The virtual functions are asked for unless that was turned off: where there are
// many, they take most of the kernel's time.
func TestVfsAreAskedForUnlessDisabled(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		h, k := newRecorder(t)
		answer := k.Answer
		var masks []bool
		k.Answer = func(b []byte) []nltest.Datagram {
			d := wire.NewDecoderAfter(b[uapi.SizeofNlmsghdr:], uapi.SizeofIfinfomsg)
			vfs := false
			for d.Next() {
				vfs = vfs || d.Type() == uapi.IFLA_EXT_MASK && d.Uint32() == uapi.RTEXT_FILTER_VF
			}
			masks = append(masks, vfs)
			return answer(b)
		}
		h.noVFs = disabled
		if _, err := h.LinkByName("x"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.LinkByIndex(77); err != nil {
			t.Fatal(err)
		}
		if len(masks) != 2 || masks[0] == disabled || masks[1] == disabled {
			t.Errorf("disabled %v: asked for %v", disabled, masks)
		}
	}
}
