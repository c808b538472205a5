package vdpa

import (
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// payload makes attributes.
func payload(fill func(e *wire.Encoder)) []byte {
	var e wire.Encoder
	fill(&e)
	return e.Bytes()
}

// What devices told that people have shown: a port of a ConnectX-6 Dx (pci/0000:08:00.2, and auxiliary/mlx5_core.sf.1
// of its subfunction), the simulators of Linux, and one of a class that vdpa has no name for.
var (
	mgmtdevs = map[string][]byte{
		"vdpasim_net": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "vdpasim_net")
			e.Uint64(uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES, 1<<uapi.VIRTIO_ID_NET)
			e.Uint32(uapi.VDPA_ATTR_DEV_MGMTDEV_MAX_VQS, 3)
			e.Uint64(uapi.VDPA_ATTR_DEV_SUPPORTED_FEATURES, 0x308820028)
		}),
		"vdpasim_blk": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "vdpasim_blk")
			e.Uint64(uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES, 1<<uapi.VIRTIO_ID_BLOCK|1<<25)
			e.Uint32(uapi.VDPA_ATTR_DEV_MGMTDEV_MAX_VQS, 1)
			e.Uint64(uapi.VDPA_ATTR_DEV_SUPPORTED_FEATURES, 0x30000e276)
		}),
		"0000:08:00.2": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_MGMTDEV_BUS_NAME, "pci")
			e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "0000:08:00.2")
			e.Uint64(uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES, 1<<uapi.VIRTIO_ID_NET)
			e.Uint32(uapi.VDPA_ATTR_DEV_MGMTDEV_MAX_VQS, 65)
			e.Uint64(uapi.VDPA_ATTR_DEV_SUPPORTED_FEATURES, 1<<64-1)
		}),
		"old": payload(func(e *wire.Encoder) { e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "old") }),
	}
	devs = map[string][]byte{
		"vdpa0": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_DEV_NAME, "vdpa0")
			e.Uint32(uapi.VDPA_ATTR_DEV_ID, uapi.VIRTIO_ID_NET)
			e.String(uapi.VDPA_ATTR_MGMTDEV_BUS_NAME, "pci")
			e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "0000:08:00.2")
			e.Uint32(uapi.VDPA_ATTR_DEV_VENDOR_ID, 5555)
			e.Uint32(uapi.VDPA_ATTR_DEV_MAX_VQS, 16)
			e.Uint16(uapi.VDPA_ATTR_DEV_MAX_VQ_SIZE, 256)
			e.Uint16(uapi.VDPA_ATTR_DEV_MIN_VQ_SIZE, 1)
		}),
		"blk0": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_DEV_NAME, "blk0")
			e.Uint32(uapi.VDPA_ATTR_DEV_ID, uapi.VIRTIO_ID_BLOCK)
			e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "vdpasim_blk")
		}),
		"other": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_DEV_NAME, "other")
			e.Uint32(uapi.VDPA_ATTR_DEV_ID, 25)
			e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "old")
			e.Uint32(uapi.VDPA_ATTR_DEV_VENDOR_ID, 1<<32-1)
		}),
	}
	configs = map[string][]byte{
		"vdpa0": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_DEV_NAME, "vdpa0")
			e.Uint32(uapi.VDPA_ATTR_DEV_ID, uapi.VIRTIO_ID_NET)
			e.Uint64(uapi.VDPA_ATTR_DEV_FEATURES, 0x300cb982b)
			e.Uint64(uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES, 0x300020008|1<<52|1<<23)
			e.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP, 8)
			e.Data(uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR, []byte{0x02, 0x11, 0x22, 0x33, 0x44, 0x55})
			e.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MTU, 9000)
			e.Uint16(uapi.VDPA_ATTR_DEV_NET_STATUS, uapi.VIRTIO_NET_S_LINK_UP|uapi.VIRTIO_NET_S_ANNOUNCE)
		}),
		"bare": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_DEV_NAME, "bare")
			e.Uint32(uapi.VDPA_ATTR_DEV_ID, uapi.VIRTIO_ID_NET)
			e.Uint16(uapi.VDPA_ATTR_DEV_NET_STATUS, 0)
			e.Uint64(uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES, 0)
		}),
		"blk0": payload(func(e *wire.Encoder) {
			e.String(uapi.VDPA_ATTR_DEV_NAME, "blk0")
			e.Uint32(uapi.VDPA_ATTR_DEV_ID, uapi.VIRTIO_ID_BLOCK)
			e.Uint64(uapi.VDPA_ATTR_DEV_BLK_CFG_CAPACITY, 0x40000)
			e.Uint64(uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES, 1<<uapi.VIRTIO_F_VERSION_1)
		}),
	}
)

// vstats are the counters of a queue; without pairs it is of a device that has no queue for control.
func vstats(queue uint32, pairs uint16) []byte {
	return payload(func(e *wire.Encoder) {
		e.String(uapi.VDPA_ATTR_DEV_NAME, "vdpa0")
		e.Uint32(uapi.VDPA_ATTR_DEV_ID, uapi.VIRTIO_ID_NET)
		e.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP, pairs)
		e.Uint64(uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES, 1<<uapi.VIRTIO_NET_F_CTRL_VQ)
		e.Uint32(uapi.VDPA_ATTR_DEV_QUEUE_INDEX, queue)
		e.String(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_NAME, "received_desc")
		e.Uint64(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_VALUE, 417776)
		e.String(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_NAME, "completed_desc")
		e.Uint64(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_VALUE, 1<<63)
	})
}

// answer stands for the kernel. What is not there is ENODEV.
func answer(cmd uint8, a desc.Attrs, dump bool) (payloads [][]byte, errno int32) {
	const eexist, enodev = 17, 19
	table, key := devs, cli.Text(a[uapi.VDPA_ATTR_DEV_NAME])
	order := []string{"vdpa0", "blk0", "other"}
	switch cmd {
	case uapi.VDPA_CMD_DEV_NEW:
		if table[key] != nil {
			return nil, eexist
		}
		return nil, 0
	case uapi.VDPA_CMD_DEV_DEL, uapi.VDPA_CMD_DEV_ATTR_SET:
		if table[key] == nil {
			return nil, enodev
		}
		return nil, 0
	case uapi.VDPA_CMD_DEV_VSTATS_GET:
		if table[key] == nil {
			return nil, enodev
		}
		if key != "vdpa0" {
			return [][]byte{table[key]}, 0
		}
		return [][]byte{vstats(cli.Number32(a[uapi.VDPA_ATTR_DEV_QUEUE_INDEX]), 8)}, 0
	case uapi.VDPA_CMD_MGMTDEV_GET:
		table, key = mgmtdevs, cli.Text(a[uapi.VDPA_ATTR_MGMTDEV_DEV_NAME])
		order = []string{"vdpasim_net", "0000:08:00.2", "vdpasim_blk", "old"}
	case uapi.VDPA_CMD_DEV_CONFIG_GET:
		table, order = configs, []string{"vdpa0", "bare", "blk0"}
	}
	switch {
	case dump:
		for _, name := range order {
			payloads = append(payloads, table[name])
		}
		return payloads, 0
	case table[key] == nil:
		return nil, enodev
	}
	return [][]byte{table[key]}, 0
}

func TestVdpaOnTheSameKernel(t *testing.T) {
	k := clitest.AnswerGenl(uapi.VDPA_GENL_NAME, answer)
	clitest.CompareRecorded(t, k, "testdata/vdpa.txt", []string{
		"", "help", "h", "-h", "--help", "nope", "-s dev", "m", "mgmtdev", "mgmtdev help", "mgmtdev nope",
		"mgmtdev show", "-j mgmtdev show", "-jp mgmtdev list", "mgmtdev sh pci/0000:08:00.2 -j", "mgmtdev show vdpasim_blk",
		"mgmtdev show nope", "-j mgmtdev show nope", "mgmtdev show a/b/c", "dev help",
		"dev h", "dev nope", "dev", "dev show", "-j dev show", "d l vdpa0", "-j dev show blk0", "dev show nope",
		"dev add", "dev add name x", "dev add mgmtdev vdpasim_net",
		"dev add name x mgmtdev vdpasim_net", "dev add name vdpa0 mgmtdev vdpasim_net", "dev a n x m pci/0000:08:00.2",
		"dev add mgmtdev pci/0000:08:00.2 name x mac 02:11:22:33:44:55 mtu 9000 max_vqp 8 device_features 0x300020000",
		"dev add name x mgmtdev vdpasim_net max 4 device_features 3c", "dev add name x mgmtdev a/b/c",
		"dev add name x mgmtdev vdpasim_net mac nope", "dev add name x mgmtdev vdpasim_net mac 1:2:3",
		"dev add name x mgmtdev vdpasim_net mtu 65536",
		"dev add name x mgmtdev vdpasim_net max_vqp x",
		"dev add name x mgmtdev vdpasim_net qidx 1", "dev del", "dev del vdpa0", "dev del nope",
		"dev set", "dev set name vdpa0", "dev set name vdpa0 mac 02:11:22:33:44:66", "dev set name nope mac 2:2:2:2:2:2",
		"dev set mac 02:11:22:33:44:66", "dev set name vdpa0 mtu 1500", "dev se name vdpa0", "dev config", "dev config help",
		"dev config show", "-j dev config show", "dev c s vdpa0", "-j dev config show bare", "dev config show blk0",
		"dev config show nope", "dev config nope", "dev vstats", "dev vstats help",
		"dev vstats show", "dev vstats show vdpa0 qidx 0", "dev vstats show vdpa0 qidx 3",
		"-j dev vstats show vdpa0 qidx 16",
		"dev vstats show vdpa0 qidx", "dev vstats show vdpa0", "dev vstats show vdpa0 qidx x", "dev vstats show blk0 qidx 0",
		"dev vstats show nope qidx 0", "dev vstats show vdpa0 nope 0", "dev vstats nope", "dev vs show vdpa0 qidx 0",
	})
}

// The last word of a command is passed over by vdpa where it cannot be used. Here it is an error.
func TestNoWordIsPassedOver(t *testing.T) {
	k := clitest.AnswerGenl(uapi.VDPA_GENL_NAME, answer)
	for line, want := range map[string]string{
		"-x":                            "Unknown option.",
		"--nope":                        "Unknown option.",
		"mgmtdev show vdpasim_net more": `Unknown option "more"`,
		"dev show vdpa0 more":           `Unknown option "more"`,
		"dev config show vdpa0 more":    `Unknown option "more"`,
		"dev del vdpa0 more":            `Unknown option "more"`,
		"dev add name":                  "String parameter expected",
		"dev add mgmtdev":               `vdpa identification ("mgmtdev_bus_name/mgmtdev_name") expected`,
		"dev add name x mgmtdev vdpasim_net nope":              `Unknown option "nope"`,
		"dev add name x mgmtdev vdpasim_net mac":               "String parameter expected",
		"dev add name x mgmtdev vdpasim_net mtu":               "number expected",
		"dev add name x mgmtdev vdpasim_net mtu x":             `"x" is no number of 16 bits`,
		"dev add name x mgmtdev vdpasim_net mac 1:2:3:4:5:6:7": `"1:2:3:4:5:6:7" is invalid lladdr.`,
		"dev vstats show vdpa0 qidx 4294967296":                `"4294967296" is no number of 32 bits`,
	} {
		r, sent := k.Kern(t, line)
		if r.Code != 1 || r.Err != want+"\n" || r.Out != "" || len(sent) != 0 {
			t.Errorf("%s: %v, %q sent", line, r, sent)
		}
	}
}
