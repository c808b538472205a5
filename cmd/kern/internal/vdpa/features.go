package vdpa

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// showFeatures shows the bits of what a device of a class can do, or does.
func showFeatures(p *desc.Printer, key string, bits uint64, class uint32) {
	beginWords(p, key)
	for i := range 64 {
		if bits&(1<<i) == 0 {
			continue
		}
		if name := featureName(i, class); name != "" {
			p.Str("", " %s", name)
		} else {
			p.Uint("", " bit_%d", uint64(i))
		}
	}
	p.EndArray()
}

// featureName is that of a bit: some are of all classes. It is "" for one that vdpa has no name for.
func featureName(bit int, class uint32) string {
	var names []string
	switch {
	case bit >= uapi.VIRTIO_TRANSPORT_F_START && bit <= uapi.VIRTIO_TRANSPORT_F_END:
		names, bit = commonFeatures, bit-uapi.VIRTIO_TRANSPORT_F_START
	case class == uapi.VIRTIO_ID_NET:
		names = netFeatures
	}
	if bit >= len(names) {
		return ""
	}
	return names[bit]
}

var netFeatures = []string{
	uapi.VIRTIO_NET_F_CSUM:                "CSUM",
	uapi.VIRTIO_NET_F_GUEST_CSUM:          "GUEST_CSUM",
	uapi.VIRTIO_NET_F_CTRL_GUEST_OFFLOADS: "CTRL_GUEST_OFFLOADS",
	uapi.VIRTIO_NET_F_MTU:                 "MTU",
	uapi.VIRTIO_NET_F_MAC:                 "MAC",
	uapi.VIRTIO_NET_F_GUEST_TSO4:          "GUEST_TSO4",
	uapi.VIRTIO_NET_F_GUEST_TSO6:          "GUEST_TSO6",
	uapi.VIRTIO_NET_F_GUEST_ECN:           "GUEST_ECN",
	uapi.VIRTIO_NET_F_GUEST_UFO:           "GUEST_UFO",
	uapi.VIRTIO_NET_F_HOST_TSO4:           "HOST_TSO4",
	uapi.VIRTIO_NET_F_HOST_TSO6:           "HOST_TSO6",
	uapi.VIRTIO_NET_F_HOST_ECN:            "HOST_ECN",
	uapi.VIRTIO_NET_F_HOST_UFO:            "HOST_UFO",
	uapi.VIRTIO_NET_F_MRG_RXBUF:           "MRG_RXBUF",
	uapi.VIRTIO_NET_F_STATUS:              "STATUS",
	uapi.VIRTIO_NET_F_CTRL_VQ:             "CTRL_VQ",
	uapi.VIRTIO_NET_F_CTRL_RX:             "CTRL_RX",
	uapi.VIRTIO_NET_F_CTRL_VLAN:           "CTRL_VLAN",
	uapi.VIRTIO_NET_F_CTRL_RX_EXTRA:       "CTRL_RX_EXTRA",
	uapi.VIRTIO_NET_F_GUEST_ANNOUNCE:      "GUEST_ANNOUNCE",
	uapi.VIRTIO_NET_F_MQ:                  "MQ",
	uapi.VIRTIO_NET_F_CTRL_MAC_ADDR:       "CTRL_MAC_ADDR",
	uapi.VIRTIO_F_NOTIFY_ON_EMPTY:         "NOTIFY_ON_EMPTY",
	uapi.VIRTIO_F_ANY_LAYOUT:              "ANY_LAYOUT",
	uapi.VIRTIO_NET_F_HASH_REPORT:         "HASH_REPORT",
	uapi.VIRTIO_NET_F_RSS:                 "RSS",
	uapi.VIRTIO_NET_F_RSC_EXT:             "RSC_EXT",
	uapi.VIRTIO_NET_F_STANDBY:             "STANDBY",
	uapi.VIRTIO_NET_F_SPEED_DUPLEX:        "SPEED_DUPLEX",
}

// commonFeatures are the names from VIRTIO_TRANSPORT_F_START on. The first two are of rings (linux/virtio_ring.h).
var commonFeatures = []string{
	"RING_INDIRECT_DESC", "RING_EVENT_IDX",
	uapi.VIRTIO_F_VERSION_1 - uapi.VIRTIO_TRANSPORT_F_START:         "VERSION_1",
	uapi.VIRTIO_F_ACCESS_PLATFORM - uapi.VIRTIO_TRANSPORT_F_START:   "ACCESS_PLATFORM",
	uapi.VIRTIO_F_RING_PACKED - uapi.VIRTIO_TRANSPORT_F_START:       "RING_PACKED",
	uapi.VIRTIO_F_IN_ORDER - uapi.VIRTIO_TRANSPORT_F_START:          "IN_ORDER",
	uapi.VIRTIO_F_ORDER_PLATFORM - uapi.VIRTIO_TRANSPORT_F_START:    "ORDER_PLATFORM",
	uapi.VIRTIO_F_SR_IOV - uapi.VIRTIO_TRANSPORT_F_START:            "SR_IOV",
	uapi.VIRTIO_F_NOTIFICATION_DATA - uapi.VIRTIO_TRANSPORT_F_START: "NOTIFICATION_DATA",
}
