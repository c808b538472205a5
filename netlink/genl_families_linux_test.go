package netlink

import (
	"errors"
	"net"
	"reflect"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// fakeFamilies is a handle whose kernel has all families of generic netlink under one number. cmd is answered
// by objects, whose attributes fill makes, and every other request is acknowledged; what was sent is kept.
type fakeFamilies struct {
	*Handle
	sent []string // what the last request about objects had
}

func newFakeFamilies(t *testing.T, header int, objects ...func(*wire.Encoder)) *fakeFamilies {
	const number = 77
	f := &fakeFamilies{}
	f.Handle = fakeHandle(t, func(req []byte) []nltest.Datagram {
		typ := native.Uint16(req[4:])
		if typ == uapi.GENL_ID_CTRL {
			return answerWith(req, typ, attributes(uapi.SizeofGenlmsghdr,
				func(e *wire.Encoder) { e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, number) }))
		}
		f.sent = parts(t, req[uapi.SizeofNlmsghdr:], header)
		if native.Uint16(req[6:])&uapi.NLM_F_ACK != 0 && native.Uint16(req[6:])&uapi.NLM_F_DUMP != uapi.NLM_F_DUMP {
			return ackAll(req)
		}
		var all [][]byte
		for _, fill := range objects {
			all = append(all, attributes(header, fill))
		}
		return answerWith(req, typ, all...)
	})
	return f
}

// sentText reports whether an attribute with a text was sent.
func (f *fakeFamilies) sentText(text string) bool {
	return strings.Contains(strings.Join(f.sent, " "), hexText(text))
}

func hexText(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString(string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
	}
	return b.String()
}

func check[T any](t *testing.T, what string, got T, err error, want T) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, %v, want %+v", what, got, err, want)
	}
}

func devlinkOf(e *wire.Encoder) {
	e.String(uapi.DEVLINK_ATTR_BUS_NAME, "pci")
	e.String(uapi.DEVLINK_ATTR_DEV_NAME, "0000:03:00.0")
}

func TestDevlinkDevices(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Uint8(uapi.DEVLINK_ATTR_RELOAD_FAILED, 1)
		e.Uint16(uapi.DEVLINK_ATTR_ESWITCH_MODE, uapi.DEVLINK_ESWITCH_MODE_SWITCHDEV)
		e.Uint8(uapi.DEVLINK_ATTR_ESWITCH_INLINE_MODE, uapi.DEVLINK_ESWITCH_INLINE_MODE_TRANSPORT)
		e.Uint8(uapi.DEVLINK_ATTR_ESWITCH_ENCAP_MODE, 9)
	})
	want := &DevlinkDevice{BusName: "pci", DeviceName: "0000:03:00.0", ReloadFailed: true,
		Attrs: DevlinkDevAttrs{DevlinkDevEswitchAttr{Mode: "switchdev", InlineMode: "transport", EncapMode: "unknown"}}}
	all, err := f.DevLinkGetDeviceList()
	check(t, "list", all, err, []*DevlinkDevice{want})
	one, err := f.DevLinkGetDeviceByName("pci", "0000:03:00.0")
	check(t, "get", one, err, want)
	for d, err := range f.DevlinkDeviceSeq() {
		check(t, "seq", &d, err, want)
	}
	if err := f.DevLinkSetEswitchMode(want, "legacy"); err != nil || !f.sentText("0000:03:00.0") {
		t.Error(err, f.sent)
	}
	if err := f.DevLinkSetEswitchMode(want, "odd"); err == nil {
		t.Error("a mode that is none was sent")
	}
}

func TestDevlinkInfo(t *testing.T) {
	version := func(e *wire.Encoder, typ uint16, name, value string) {
		e.Nest(typ)
		e.String(uapi.DEVLINK_ATTR_INFO_VERSION_NAME, name)
		e.String(uapi.DEVLINK_ATTR_INFO_VERSION_VALUE, value)
		e.End()
	}
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.String(uapi.DEVLINK_ATTR_INFO_DRIVER_NAME, "ice")
		e.String(uapi.DEVLINK_ATTR_INFO_SERIAL_NUMBER, "00-11-22")
		version(e, uapi.DEVLINK_ATTR_INFO_VERSION_FIXED, "board.id", "K91258-000")
		version(e, uapi.DEVLINK_ATTR_INFO_VERSION_RUNNING, "fw.mgmt", "6.1.2 ")
		version(e, uapi.DEVLINK_ATTR_INFO_VERSION_STORED, "fw.undi", "1.2")
		version(e, uapi.DEVLINK_ATTR_INFO_VERSION_STORED, "fw.odd", "x")
	})
	i, err := f.DevlinkGetDeviceInfoByName("pci", "0000:03:00.0", nil)
	check(t, "info", i, err, &DevlinkDeviceInfo{Driver: "ice", SerialNumber: "00-11-22", BoardID: "K91258-000",
		FwMgmt: "6.1.2", FwUndi: "1.2"})
	m, err := f.DevlinkGetDeviceInfoByNameAsMap("pci", "0000:03:00.0", nil)
	if err != nil || m["fw.odd"] != "x" || len(m) != 6 {
		t.Error(m, err)
	}
	v, err := f.DevlinkGetDeviceVersions("pci", "0000:03:00.0")
	check(t, "versions", v, err, &DevlinkVersions{
		Fixed: []DevlinkVersion{{"board.id", "K91258-000"}}, Running: []DevlinkVersion{{"fw.mgmt", "6.1.2"}},
		Stored: []DevlinkVersion{{"fw.undi", "1.2"}, {"fw.odd", "x"}},
	})
	none := &DevlinkDevice{BusName: "pci", DeviceName: "none"}
	if _, err := none.GetDevlinkInfo(); err == nil {
		t.Error("a device that is not there tells of itself")
	}
	if _, err := none.GetDevlinkInfoAsMap(); err == nil {
		t.Error("a device that is not there tells of itself")
	}
}

func TestDevlinkPorts(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, 65536)
		e.Uint16(uapi.DEVLINK_ATTR_PORT_TYPE, uapi.DEVLINK_PORT_TYPE_ETH)
		e.Uint32(uapi.DEVLINK_ATTR_PORT_NETDEV_IFINDEX, 5)
		e.String(uapi.DEVLINK_ATTR_PORT_NETDEV_NAME, "eth0")
		e.Uint16(uapi.DEVLINK_ATTR_PORT_FLAVOUR, uapi.DEVLINK_PORT_FLAVOUR_PCI_SF)
		e.Uint16(uapi.DEVLINK_ATTR_PORT_PCI_PF_NUMBER, 1)
		e.Uint32(uapi.DEVLINK_ATTR_PORT_PCI_SF_NUMBER, 88)
		e.Uint8(uapi.DEVLINK_ATTR_PORT_EXTERNAL, 1)
		e.Nest(uapi.DEVLINK_ATTR_PORT_FUNCTION)
		e.Data(uapi.DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, []byte{0, 0, 0, 0, 0x88, 0x88})
		e.Uint8(uapi.DEVLINK_PORT_FN_ATTR_STATE, uapi.DEVLINK_PORT_FN_STATE_ACTIVE)
		e.Struct(uapi.DEVLINK_PORT_FN_ATTR_CAPS, uapi.SizeofNlaBitfield32, &uapi.NlaBitfield32{Value: 1, Selector: 3})
		e.Uint32(uapi.DEVLINK_PORT_FN_ATTR_MAX_IO_EQS, 24)
		e.End()
	})
	yes, pf, sf, eqs := true, uint16(1), uint32(88), uint32(24)
	want := &DevlinkPort{
		BusName: "pci", DeviceName: "0000:03:00.0", PortIndex: 65536, PortType: uapi.DEVLINK_PORT_TYPE_ETH, NetdevIfIndex: 5,
		NetdeviceName: "eth0",
		PortFlavour:   uapi.DEVLINK_PORT_FLAVOUR_PCI_SF, PfNumber: &pf, SfNumber: &sf, External: &yes,
		Fn: &DevlinkPortFn{HwAddr: net.HardwareAddr{0, 0, 0, 0, 0x88, 0x88}, State: uapi.DEVLINK_PORT_FN_STATE_ACTIVE,
			Caps: 1, CapsMask: 3, MaxIOEQs: &eqs},
	}
	all, err := f.DevLinkGetAllPortList()
	check(t, "list", all, err, []*DevlinkPort{want})
	one, err := f.DevLinkGetPortByIndex("pci", "0000:03:00.0", 65536)
	check(t, "get", one, err, want)
	added, err := f.DevLinkPortAdd("pci", "0000:03:00.0", uapi.DEVLINK_PORT_FLAVOUR_PCI_SF,
		DevLinkPortAddAttrs{SfNumber: 88, SfNumberValid: true})
	check(t, "add", added, err, want)
	for p, err := range f.DevlinkPortSeq("pci", "0000:03:00.0") {
		check(t, "seq", &p, err, want)
	}
	for p, err := range f.DevlinkPortSeq("pci", "another") {
		t.Error("a port of another device:", p, err)
	}
	for name, change := range map[string]func() error{
		"del":     func() error { return f.DevLinkPortDel("pci", "0000:03:00.0", 65536) },
		"split":   func() error { return f.DevlinkSplitPort(want, 4) },
		"unsplit": func() error { return f.DevlinkUnsplitPort(want) },
		"function": func() error {
			return f.DevlinkPortFnSet("pci", "0000:03:00.0", 65536,
				DevlinkPortFnSetAttrs{FnAttrs: *want.Fn, HwAddrValid: true, StateValid: true})
		},
	} {
		if err := change(); err != nil || !f.sentText("0000:03:00.0") {
			t.Error(name, err, f.sent)
		}
	}
}

func TestDevlinkParamsAndResources(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Nest(uapi.DEVLINK_ATTR_PARAM)
		e.String(uapi.DEVLINK_ATTR_PARAM_NAME, "max_macs")
		e.Flag(uapi.DEVLINK_ATTR_PARAM_GENERIC)
		e.Uint8(uapi.DEVLINK_ATTR_PARAM_TYPE, uapi.DEVLINK_VAR_ATTR_TYPE_U32)
		e.Nest(uapi.DEVLINK_ATTR_PARAM_VALUES_LIST)
		e.Nest(uapi.DEVLINK_ATTR_PARAM_VALUE)
		e.Uint8(uapi.DEVLINK_ATTR_PARAM_VALUE_CMODE, uapi.DEVLINK_PARAM_CMODE_DRIVERINIT)
		e.Uint32(uapi.DEVLINK_ATTR_PARAM_VALUE_DATA, 128)
		e.End()
		e.End()
		e.End()
	})
	want := &DevlinkParam{Name: "max_macs", IsGeneric: true, Type: uapi.DEVLINK_VAR_ATTR_TYPE_U32,
		Values: []DevlinkParamValue{{Data: uint32(128), CMODE: uapi.DEVLINK_PARAM_CMODE_DRIVERINIT}}}
	all, err := f.DevlinkGetDeviceParams("pci", "0000:03:00.0")
	check(t, "list", all, err, []*DevlinkParam{want})
	if all, err := f.DevlinkGetDeviceParams("pci", "another"); err != nil || len(all) != 0 {
		t.Error("parameters of another device:", all, err)
	}
	one, err := f.DevlinkGetDeviceParamByName("pci", "0000:03:00.0", "max_macs")
	check(t, "get", one, err, want)
	if err := f.DevlinkSetDeviceParam("pci", "0000:03:00.0", "max_macs", uapi.DEVLINK_PARAM_CMODE_DRIVERINIT,
		uint32(64)); err != nil || !f.sentText("max_macs") {
		t.Error(err, f.sent)
	}
	if err := f.DevlinkSetDeviceParam("pci", "0000:03:00.0", "max_macs", 0, "64"); err == nil ||
		!strings.Contains(err.Error(), "string") {
		t.Error("a text for a number:", err)
	}
	f = newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		resource := func(name string, size, next uint64, more func()) {
			e.Nest(uapi.DEVLINK_ATTR_RESOURCE)
			e.String(uapi.DEVLINK_ATTR_RESOURCE_NAME, name)
			e.Uint64(uapi.DEVLINK_ATTR_RESOURCE_SIZE, size)
			e.Uint64(uapi.DEVLINK_ATTR_RESOURCE_SIZE_NEW, next)
			e.Uint64(uapi.DEVLINK_ATTR_RESOURCE_OCC, 3)
			more()
			e.End()
		}
		e.Nest(uapi.DEVLINK_ATTR_RESOURCE_LIST)
		resource("kvd", 100, 100, func() {
			e.Nest(uapi.DEVLINK_ATTR_RESOURCE_LIST)
			resource("linear", 40, 50, func() {})
			e.End()
		})
		e.End()
	})
	res, err := f.DevlinkGetDeviceResources("pci", "0000:03:00.0")
	if err != nil || len(res.Resources) != 1 || res.Device != "0000:03:00.0" {
		t.Fatal(res, err)
	}
	kvd := &res.Resources[0]
	if kvd.Name != "kvd" || kvd.PendingChange || !kvd.OCCValid || len(kvd.Children) != 1 {
		t.Errorf("%+v", kvd)
	}
	if c := kvd.Children[0]; c.Parent != kvd || c.Size != 40 || c.SizeNew != 50 || !c.PendingChange {
		t.Errorf("%+v", c)
	}
}

func TestVDPA(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		e.String(uapi.VDPA_ATTR_MGMTDEV_BUS_NAME, "pci")
		e.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, "0000:3b:00.2")
		e.Uint64(uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES, SetBits(0, VIRTIO_ID_NET))
		e.Uint64(uapi.VDPA_ATTR_DEV_SUPPORTED_FEATURES, SetBits(0, VIRTIO_NET_F_MTU, VIRTIO_F_VERSION_1))
		e.Uint32(uapi.VDPA_ATTR_DEV_MGMTDEV_MAX_VQS, 65)
		e.String(uapi.VDPA_ATTR_DEV_NAME, "vdpa0")
		e.Uint32(uapi.VDPA_ATTR_DEV_ID, VIRTIO_ID_NET)
		e.Uint32(uapi.VDPA_ATTR_DEV_VENDOR_ID, 5555)
		e.Uint32(uapi.VDPA_ATTR_DEV_MAX_VQS, 3)
		e.Uint16(uapi.VDPA_ATTR_DEV_MAX_VQ_SIZE, 256)
		e.Data(uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR, []byte{0, 0x11, 0x22, 0x33, 0x44, 0x55})
		e.Uint16(uapi.VDPA_ATTR_DEV_NET_STATUS, VIRTIO_NET_S_LINK_UP)
		e.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MTU, 1500)
		e.Uint32(uapi.VDPA_ATTR_DEV_QUEUE_INDEX, 1)
		e.String(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_NAME, "received_desc")
		e.Uint64(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_VALUE, 417776)
		e.String(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_NAME, "completed_desc")
		e.Uint64(uapi.VDPA_ATTR_DEV_VENDOR_ATTR_VALUE, 417548)
		e.Uint64(uapi.VDPA_ATTR_DEV_BLK_CFG_CAPACITY, 2048)
		e.Uint8(uapi.VDPA_ATTR_DEV_BLK_READ_ONLY, 1)
		e.Uint8(uapi.VDPA_ATTR_DEV_BLK_CFG_PHY_BLK_EXP, 3)
		e.Uint8(uapi.VDPA_ATTR_DEV_BLK_CFG_ALIGN_OFFSET, 1)
		e.Uint16(uapi.VDPA_ATTR_DEV_BLK_CFG_MIN_IO_SIZE, 8)
		e.Uint32(uapi.VDPA_ATTR_DEV_BLK_CFG_OPT_IO_SIZE, 256)
		e.Uint32(uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_DISCARD_SEC, 32768)
		e.Uint32(uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_DISCARD_SEG, 1)
		e.Uint32(uapi.VDPA_ATTR_DEV_BLK_CFG_DISCARD_SEC_ALIGN, 2)
		e.Uint32(uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_WRITE_ZEROES_SEC, 65536)
		e.Uint32(uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_WRITE_ZEROES_SEG, 4)
	})
	mgmt := &VDPAMGMTDev{BusName: "pci", DevName: "0000:3b:00.2", SupportedClasses: 2, SupportedFeatures: 1<<32 | 1<<3,
		MaxVQS: 65}
	dev := &VDPADev{Name: "vdpa0", ID: 1, VendorID: 5555, MaxVQS: 3, MaxVQSize: 256, MgmtBusName: "pci",
		MgmtDevName: "0000:3b:00.2"}
	config := &VDPADevConfig{Name: "vdpa0", ID: 1, Net: VDPADevConfigNet{VDPADevConfigNetStatus{LinkUp: true},
		VDPADevConfigNetCfg{MACAddr: net.HardwareAddr{0, 0x11, 0x22, 0x33, 0x44, 0x55}, MTU: 1500}},
		Blk: VDPADevConfigBlk{Capacity: 2048, ReadOnly: true, PhysBlockExp: 3, AlignOffset: 1, MinIOSize: 8, OptIOSize: 256,
			MaxDiscardSectors: 32768, MaxDiscardSegments: 1, DiscardAlign: 2, MaxWriteZeroesSectors: 65536,
			MaxWriteZeroesSegments: 4}}
	if !IsBitSet(mgmt.SupportedFeatures, VIRTIO_NET_F_MTU) || IsBitSet(mgmt.SupportedFeatures, VIRTIO_NET_F_MAC) {
		t.Error("bits of the features")
	}
	mgmts, err := f.VDPAGetMGMTDevList()
	check(t, "mgmtdev list", mgmts, err, []*VDPAMGMTDev{mgmt})
	m, err := f.VDPAGetMGMTDevByBusAndName("pci", "0000:3b:00.2")
	check(t, "mgmtdev get", m, err, mgmt)
	devs, err := f.VDPAGetDevList()
	check(t, "dev list", devs, err, []*VDPADev{dev})
	for d, err := range f.VDPADevSeq() {
		check(t, "dev seq", &d, err, dev)
	}
	for m, err := range f.VDPAMGMTDevSeq() {
		check(t, "mgmtdev seq", &m, err, mgmt)
	}
	for c, err := range f.VDPADevConfigSeq() {
		check(t, "config seq", &c, err, config)
	}
	d, err := f.VDPAGetDevByName("vdpa0")
	check(t, "dev get", d, err, dev)
	configs, err := f.VDPAGetDevConfigList()
	check(t, "config list", configs, err, []*VDPADevConfig{config})
	c, err := f.VDPAGetDevConfigByName("vdpa0")
	check(t, "config get", c, err, config)
	s, err := f.VDPAGetDevVStats("vdpa0", 1)
	check(t, "vstats", s, err, &VDPADevVStats{Name: "vdpa0", ID: 1, QueueIndex: 1,
		Vendor: []VDPADevVStatsVendor{{"received_desc", 417776}, {"completed_desc", 417548}}})
	err = f.VDPANewDev("vdpa1", "pci", "0000:3b:00.2",
		VDPANewDevParams{MTU: 9000, Features: 1, MaxVQP: 2, MACAddr: net.HardwareAddr{0, 1, 2, 3, 4, 5}})
	if err != nil || !f.sentText("vdpa1") || !f.sentText("0000:3b:00.2") {
		t.Error(err, f.sent)
	}
	if err := f.VDPASetDev("vdpa1", net.HardwareAddr{2, 3, 4, 5, 6, 7}); err != nil || !f.sentText("vdpa1") ||
		!f.sentText("\x02\x03\x04\x05\x06\x07") {
		t.Error(err, f.sent)
	}
	if err := f.VDPADelDev("vdpa1"); err != nil || !f.sentText("vdpa1") {
		t.Error(err, f.sent)
	}
}

func TestRdma(t *testing.T) {
	f := newFakeFamilies(t, 0, func(e *wire.Encoder) {
		e.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, 3)
		e.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, "mlx5_0")
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, 1)
		e.String(uapi.RDMA_NLDEV_ATTR_FW_VERSION, "16.35")
		e.Uint64(uapi.RDMA_NLDEV_ATTR_NODE_GUID, 0x0c42a103004a9d2c)
		e.String(uapi.RDMA_NLDEV_ATTR_DEV_PROTOCOL, "roce")
		e.Uint8(uapi.RDMA_NLDEV_ATTR_PORT_STATE, 4)
		e.String(uapi.RDMA_NLDEV_ATTR_NDEV_NAME, "eth0")
		e.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE, 1)
		for list, entry := range map[uint16][3]uint16{
			uapi.RDMA_NLDEV_ATTR_RES_SUMMARY: {uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY,
				uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_NAME, uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_CURR},
			uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS: {uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY,
				uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME,
				uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE},
		} {
			e.Nest(list)
			e.Nest(entry[0])
			e.String(entry[1], "qp")
			e.Uint64(entry[2], 4)
			e.End()
			e.End()
		}
	})
	link := &RdmaLink{RdmaLinkAttrs{Index: 3, Name: "mlx5_0", NumPorts: 1, FirmwareVersion: "16.35",
		NodeGuid: "2c:9d:4a:00:03:a1:42:0c", Protocol: "roce"}}
	all, err := f.RdmaLinkList()
	check(t, "list", all, err, []*RdmaLink{link})
	one, err := f.RdmaLinkByName("mlx5_0")
	check(t, "get", one, err, link)
	if _, err := f.RdmaLinkByName("none"); err == nil {
		t.Error("a device that is not there was found")
	}
	for l, err := range f.RdmaLinkSeq() {
		check(t, "seq", &l, err, link)
	}
	for p, err := range f.RdmaPortSeq(link) {
		check(t, "ports", p, err, RdmaPort{DeviceIndex: 3, DeviceName: "mlx5_0", Port: 1, State: 4, NetdevName: "eth0"})
	}
	mode, err := f.RdmaSystemGetNetnsMode()
	check(t, "mode", mode, err, "shared")
	counters := map[string]uint64{"qp": 4}
	res, err := f.RdmaResourceList()
	check(t, "resources", res, err, []*RdmaResource{{Index: 3, Name: "mlx5_0", RdmaResourceSummaryEntries: counters}})
	port := &RdmaPortStatistic{PortIndex: 1, Statistics: counters}
	s, err := f.RdmaStatistic(link)
	check(t, "statistic", s, err, &RdmaDeviceStatistic{[]*RdmaPortStatistic{port}})
	p, err := f.RdmaPortStatisticList(link, 1)
	check(t, "statistic of a port", p, err, port)
	for text, change := range map[string]func() error{
		"new": func() error { return f.RdmaLinkSetName(link, "new") },
		"": func() error {
			return errors.Join(f.RdmaLinkSetNsFd(link, 5), f.RdmaLinkDel("mlx5_0"), f.RdmaSystemSetNetnsMode("exclusive"))
		},
		"rxe0": func() error { return f.RdmaLinkAdd("rxe0", "rxe", "eth0") },
	} {
		if err := change(); err != nil || !f.sentText(text) {
			t.Error(text, err, f.sent)
		}
	}
	if err := f.RdmaSystemSetNetnsMode("odd"); err == nil {
		t.Error("a mode that is none was sent")
	}
}

func TestFouAndGTP(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		e.Uint8(uapi.FOU_ATTR_AF, uapi.AF_INET)
		e.BE16(uapi.FOU_ATTR_PORT, 5555)
		e.Uint8(uapi.FOU_ATTR_IPPROTO, uapi.IPPROTO_GRE)
		e.Uint8(uapi.FOU_ATTR_TYPE, FOU_ENCAP_DIRECT)
		e.Data(uapi.FOU_ATTR_LOCAL_V4, []byte{192, 0, 2, 1})
		e.Int32(uapi.FOU_ATTR_IFINDEX, 70000)
	})
	want := Fou{Family: FAMILY_V4, Port: 5555, Protocol: uapi.IPPROTO_GRE, EncapType: FOU_ENCAP_DIRECT,
		Local: net.IP{192, 0, 2, 1}, IfIndex: 70000}
	all, err := f.FouList(0)
	check(t, "fou list", all, err, []Fou{want})
	if all, err := f.FouList(FAMILY_V6); err != nil || len(all) != 0 {
		t.Error("ports of another family:", all, err)
	}
	for one, err := range f.FouSeq(FAMILY_V4) {
		check(t, "fou seq", one, err, want)
	}
	if err := f.FouAdd(want); err != nil || !f.sentText("\xc0\x00\x02\x01") {
		t.Error(err, f.sent)
	}
	if err := f.FouDel(want); err != nil {
		t.Error(err)
	}
	if err := f.FouAdd(Fou{Port: 1, EncapType: FOU_ENCAP_GUE, Protocol: 4}); err == nil {
		t.Error("GUE with a protocol was sent")
	}
	if id, err := f.FouFamilyId(); id != 77 || err != nil {
		t.Error(id, err)
	}
	f = newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		e.Uint32(uapi.GTPA_VERSION, 1)
		e.Uint32(uapi.GTPA_LINK, 7)
		e.Data(uapi.GTPA_MS_ADDRESS, []byte{10, 0, 0, 1})
		e.Data(uapi.GTPA_PEER_ADDRESS, []byte{192, 0, 2, 9})
		e.Uint32(uapi.GTPA_I_TEI, 100)
		e.Uint32(uapi.GTPA_O_TEI, 200)
	})
	pdp := &PDP{Version: 1, Link: 7, MSAddress: net.IP{10, 0, 0, 1}, PeerAddress: net.IP{192, 0, 2, 9}, ITEI: 100,
		OTEI: 200}
	if s := pdp.String(); s != "{Version: 1 TEI: 100/200 MS-Address: 10.0.0.1 Peer-Address: 192.0.2.9}" {
		t.Error(s)
	}
	link := &Device{LinkAttrs{Index: 7}}
	pdps, err := f.GTPPDPList()
	check(t, "gtp list", pdps, err, []*PDP{pdp})
	for p, err := range f.GTPPDPSeq() {
		check(t, "gtp seq", &p, err, pdp)
	}
	for name, get := range map[string]func() (*PDP, error){
		"tid":     func() (*PDP, error) { return f.GTPPDPByTID(link, 1) },
		"itei":    func() (*PDP, error) { return f.GTPPDPByITEI(link, 100) },
		"address": func() (*PDP, error) { return f.GTPPDPByMSAddress(link, net.IP{10, 0, 0, 1}) },
	} {
		p, err := get()
		check(t, name, p, err, pdp)
	}
	if err := f.GTPPDPAdd(link, pdp); err != nil || !f.sentText("\x0a\x00\x00\x01") {
		t.Error(err, f.sent)
	}
	if err := f.GTPPDPDel(link, pdp); err != nil {
		t.Error(err)
	}
	if err := f.GTPPDPAdd(link, &PDP{Version: 2, MSAddress: pdp.MSAddress, PeerAddress: pdp.PeerAddress}); err == nil {
		t.Error("version 2 was sent")
	}
}

// A family whose module was loaded again has another number.
func TestGenlFamilyThatHasAnotherNumber(t *testing.T) {
	var number atomic.Uint32
	number.Store(40)
	h := fakeHandle(t, func(req []byte) []nltest.Datagram {
		typ := native.Uint16(req[4:])
		if typ == uapi.GENL_ID_CTRL && number.Load() != 0 {
			return answerWith(req, typ, attributes(uapi.SizeofGenlmsghdr,
				func(e *wire.Encoder) { e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, uint16(number.Load())) }))
		}
		if uint32(typ) != number.Load() {
			return []nltest.Datagram{{Data: nltest.Ack(req, int32(syscall.ENOENT), nil)}}
		}
		return ackAll(req)
	})
	for _, n := range []uint32{40, 40, 41, 41} {
		number.Store(n)
		if err := h.FouAdd(Fou{Port: 1}); err != nil {
			t.Errorf("number %d: %v", n, err)
		}
	}
	number.Store(0)
	if err := h.FouAdd(Fou{Port: 1}); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("a family that is gone: %v", err)
	}
}

// TestEventsThatTheKernelLacks: a family without the group of its events is an error, and no wait for ever.
func TestEventsThatTheKernelLacks(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr)
	f.Handle = f.WithContext(t.Context())
	for _, err := range f.GTPEvents() {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("events of GTP: %v", err)
		}
		break
	}
	for _, err := range f.DevlinkEvents(DevlinkSubscribeOptions{}) {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("events of devlink: %v", err)
		}
		break
	}
}
