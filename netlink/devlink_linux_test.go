package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// simulatedDevlink makes a device of netdevsim with two ports in a namespace of its own.
func simulatedDevlink(t *testing.T) (h *Handle, of DevlinkRef, debugging string) {
	t.Helper()
	nstest.NeedSimulated(t)
	ns := nstest.New(t)
	var name string
	if err := netns.Do(ns, func() error {
		var end func()
		name, end = nstest.Simulate(t, nstest.NewSimulated(), 2)
		t.Cleanup(end)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h, DevlinkRef{BusName: "netdevsim", DeviceName: name}, nstest.Simulation + name + "/"
}

// allOf are the elements of a stream, whose errors end the test.
func allOf[T any](t *testing.T, seq func(func(T, error) bool)) (all []T) {
	t.Helper()
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// whole ends the test where there is an error.
func whole[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestDevlinkTrapsOfADevice(t *testing.T) {
	h, of, _ := simulatedDevlink(t)
	traps := allOf(t, h.DevlinkTrapSeq(of))
	if len(traps) < 10 || len(allOf(t, h.DevlinkTrapSeq(DevlinkRef{}))) != len(traps) {
		t.Fatalf("%d traps", len(traps))
	}
	for _, err := range h.DevlinkTrapSeq(DevlinkRef{BusName: "netdevsim", DeviceName: "another"}) {
		if !errors.Is(err, syscall.ENODEV) {
			t.Error(err)
		}
	}
	get := func(name string) *DevlinkTrap { return whole[*DevlinkTrap](t)(h.DevlinkTrapGet(of, name)) }
	route := get("blackhole_route")
	if route.Type != DevlinkTrapOfDrop || *route.Action != DevlinkTrapDrop || !route.Generic ||
		route.Group != "l3_drops" ||
		!route.InPort || route.Cookie || route.Stats.RxPackets == nil || route.DeviceName != of.DeviceName {
		t.Errorf("%+v", route)
	}
	if err := h.DevlinkTrapSet(DevlinkTrap{DevlinkRef: of, Name: route.Name, Action: new(DevlinkTrapTrap)}); err != nil ||
		*get(route.Name).Action != DevlinkTrapTrap {
		t.Errorf("%v, action %d", err, *get(route.Name).Action)
	}
	if fid := get("fid_miss"); fid.Generic || fid.Type != DevlinkTrapOfException {
		t.Errorf("%+v", fid)
	}
	if cookie := get("ingress_flow_action_drop"); !cookie.Cookie || !cookie.InPort {
		t.Errorf("%+v", cookie)
	}
	if _, err := h.DevlinkTrapGet(of, "none"); !errors.Is(err, fs.ErrNotExist) && err == nil {
		t.Error("a trap that is not there")
	}

	group := func() DevlinkTrapGroup {
		all := allOf(t, h.DevlinkTrapGroupSeq(of))
		return all[slices.IndexFunc(all, func(g DevlinkTrapGroup) bool { return g.Name == "acl_drops" })]
	}
	if g := group(); g.Policer == nil || *g.Policer != 3 || !g.Generic {
		t.Errorf("%+v", g)
	}
	err := h.DevlinkTrapGroupSet(DevlinkTrapGroup{DevlinkRef: of, Name: "acl_drops", Policer: new(uint32(2)),
		Action: new(DevlinkTrapTrap)})
	if err != nil || *group().Policer != 2 || *get("ingress_flow_action_drop").Action != DevlinkTrapTrap {
		t.Error(err)
	}
	if err := h.DevlinkTrapGroupSet(DevlinkTrapGroup{DevlinkRef: of, Name: "acl_drops",
		Policer: new(uint32(0))}); err != nil ||
		group().Policer != nil {
		t.Error(err, "the group still has a policer")
	}

	err = h.DevlinkTrapPolicerSet(DevlinkTrapPolicer{DevlinkRef: of, ID: 1, Rate: new(uint64(4000))})
	if p := allOf(t, h.DevlinkTrapPolicerSeq(of)); err != nil || len(p) != 3 || *p[0].Rate != 4000 || *p[0].Burst != 128 {
		t.Errorf("%v, %+v", err, p)
	}
}

func TestDevlinkHealthOfADevice(t *testing.T) {
	h, of, debugging := simulatedDevlink(t)
	err := h.DevlinkHealthReporterSet(DevlinkHealthReporter{DevlinkRef: of, Name: "dummy", AutoRecover: new(false),
		GracefulPeriod: new(uint64(10))})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(debugging+"health/break_health", []byte("foo bar"), 0); err != nil {
		t.Fatal(err)
	}
	r := whole[*DevlinkHealthReporter](t)(h.DevlinkHealthReporterGet(of, "dummy"))
	if !r.Failed || r.Errors != 1 || r.Recoveries != 0 || *r.AutoRecover || *r.GracefulPeriod != 10 || !*r.AutoDump {
		t.Errorf("%+v", r)
	}
	dump := whole[DevlinkValue](t)(h.DevlinkHealthDump(of, "dummy"))
	if len(dump.Parts) < 7 || dump.Parts[0].Name != "break_message" || dump.Parts[0].Data != "foo bar" {
		t.Fatalf("%+v", dump)
	}
	part := func(v DevlinkValue, name string) DevlinkValue {
		i := slices.IndexFunc(v.Parts, func(p DevlinkValue) bool { return p.Name == name })
		if i < 0 {
			t.Fatalf("no %s in %+v", name, v)
		}
		return v.Parts[i]
	}
	if list := part(dump, "test_u32_array"); !list.Array || len(list.Parts) != 10 || list.Parts[9].Data != uint32(9) {
		t.Errorf("%+v", list)
	}
	if list := part(dump, "test_array_of_objects"); len(list.Parts) != 10 ||
		part(list.Parts[3], "in_array_nested_test_u8").Data != uint8(3) {
		t.Errorf("%+v", list)
	}
	if inner := part(part(dump, "test_nest"), "nested_test_bool"); inner.Data != false {
		t.Errorf("%+v", inner)
	}
	if b := part(dump, "test_binary"); !b.Array || len(b.Parts) != 1 || len(b.Parts[0].Data.([]byte)) != 16 {
		t.Errorf("%+v", b)
	}
	if r := whole[*DevlinkHealthReporter](t)(h.DevlinkHealthReporterGet(of,
		"dummy")); time.Since(r.DumpTime) > time.Minute {
		t.Errorf("the dump is of %v", r.DumpTime)
	}
	if err := h.DevlinkHealthDumpClear(of, "dummy"); err != nil {
		t.Error(err)
	}
	if err := h.DevlinkHealthRecover(of, "dummy"); err != nil {
		t.Error(err)
	}
	all := allOf(t, h.DevlinkHealthReporterSeq(of))
	if len(all) != 2 || all[1].Failed || all[1].Recoveries != 1 || !all[1].DumpTime.IsZero() {
		t.Errorf("%+v", all)
	}
	said := whole[DevlinkValue](t)(h.DevlinkHealthDiagnose(of, "dummy"))
	if part(said, "test_string").Data != "somestring" {
		t.Errorf("%+v", said)
	}
	if err := h.DevlinkHealthTest(of, "dummy"); err == nil {
		t.Error("the simulation has no test")
	}
}

func TestDevlinkRatesOfADevice(t *testing.T) {
	h, of, _ := simulatedDevlink(t)
	vfs := nstest.Simulated + "devices/" + of.DeviceName + "/sriov_numvfs"
	if err := os.WriteFile(vfs, []byte("2"), 0); err != nil {
		t.Fatal(err)
	}
	if err := h.DevlinkEswitchSet(of.BusName, of.DeviceName, DevlinkDevEswitchAttr{Mode: "switchdev"}); err != nil {
		t.Fatal(err)
	}
	port := of
	port.PortIndex = new(uint32(128))
	err := h.DevlinkRateAdd(DevlinkRate{DevlinkRef: of, NodeName: "group", TxMax: new(uint64(125e6))})
	if err != nil {
		t.Fatal(err)
	}
	var shares []DevlinkTCBandwidth
	for i := range uint8(8) {
		shares = append(shares, DevlinkTCBandwidth{i, 10 + uint32(i)})
	}
	err = h.DevlinkRateSet(DevlinkRate{DevlinkRef: port, TxShare: new(uint64(125e4)), Parent: new("group"),
		TCBandwidths: shares})
	r := whole[*DevlinkRate](t)(h.DevlinkRateGet(port, ""))
	if err != nil || r.Type != DevlinkRateLeaf || *r.TxShare != 125e4 || *r.Parent != "group" ||
		!slices.Equal(r.TCBandwidths, shares) {
		t.Errorf("%v, %+v", err, r)
	}
	if n := whole[*DevlinkRate](t)(h.DevlinkRateGet(of, "group")); n.Type != DevlinkRateNode || *n.TxMax != 125e6 ||
		n.PortIndex != nil {
		t.Errorf("%+v", n)
	}
	if err := h.DevlinkRateDel(of, "group"); err == nil {
		t.Error("a node that is in use was deleted")
	}
	if err := h.DevlinkRateSet(DevlinkRate{DevlinkRef: port, Parent: new("")}); err != nil {
		t.Error(err)
	}
	if err := h.DevlinkRateDel(of, "group"); err != nil {
		t.Error(err)
	}
	if all := allOf(t, h.DevlinkRateSeq(of)); len(all) != 2 || all[0].Parent != nil {
		t.Errorf("%+v", all)
	}
}

func TestDevlinkRegionsOfADevice(t *testing.T) {
	h, of, _ := simulatedDevlink(t)
	chosen := whole[uint32](t)(h.DevlinkSnapshotNew(of, "dummy", nil))
	if id, err := h.DevlinkSnapshotNew(of, "dummy", new(uint32(25))); err != nil || id != 25 {
		t.Error(id, err)
	}
	region := whole[*DevlinkRegion](t)(h.DevlinkRegionGet(of, "dummy"))
	if region.Size != 32<<10 || len(region.Snapshots) != 2 || !slices.Contains(region.Snapshots, chosen) ||
		region.MaxSnapshots != 16 {
		t.Errorf("%+v", region)
	}
	read := func(q DevlinkRegionRead) (b []byte) {
		for c, err := range h.DevlinkRegionChunks(of, "dummy", q) {
			if err != nil || c.Address != q.Address+uint64(len(b)) {
				t.Fatal(c.Address, err)
			}
			b = append(b, c.Data...)
		}
		return b
	}
	everything := read(DevlinkRegionRead{Snapshot: new(uint32(25))})
	some := read(DevlinkRegionRead{Snapshot: new(uint32(25)), Address: 1000, Length: 300})
	if len(everything) != 32<<10 || !bytes.Equal(everything[1000:1300], some) {
		t.Errorf("%d bytes, and %d others", len(everything), len(some))
	}
	if err := h.DevlinkSnapshotDel(of, "dummy", 25); err != nil {
		t.Error(err)
	}
	for _, err := range h.DevlinkRegionChunks(of, "dummy", DevlinkRegionRead{Snapshot: new(uint32(25))}) {
		if err == nil {
			t.Error("a snapshot that was deleted has bytes")
		}
	}
	if all := allOf(t, h.DevlinkRegionSeq(of)); len(all) != 1 || !slices.Equal(all[0].Snapshots, []uint32{chosen}) {
		t.Errorf("%+v", all)
	}
}

func TestDevlinkReloadAndResources(t *testing.T) {
	h, of, _ := simulatedDevlink(t)
	before := whole[*DevlinkResources](t)(h.DevlinkGetDeviceResources(of.BusName, of.DeviceName))
	fib := before.Resources[0].Children[0]
	if err := h.DevlinkResourceSet(of.BusName, of.DeviceName, fib.ID, 100); err != nil {
		t.Fatal(err)
	}
	for _, o := range []DevlinkReloadOptions{{}, {Action: DevlinkDriverReinit}} {
		if done, err := h.DevlinkReload(of.BusName, of.DeviceName, o); err != nil ||
			!slices.Equal(done, []DevlinkReloadAction{DevlinkDriverReinit}) {
			t.Errorf("%+v: %v, %v", o, done, err)
		}
	}
	if after := whole[*DevlinkResources](t)(h.DevlinkGetDeviceResources(of.BusName,
		of.DeviceName)); after.Resources[0].Children[0].Size != 100 {
		t.Errorf("%+v", after)
	}
	if _, err := h.DevlinkReload(of.BusName, of.DeviceName,
		DevlinkReloadOptions{Action: DevlinkFwActivate}); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Error(err)
	}
	if err := h.DevlinkFlashUpdate(of.BusName, of.DeviceName, DevlinkFlash{File: "none.bin"}); !errors.Is(err,
		fs.ErrNotExist) {
		t.Error(err)
	}
	there := nstest.New(t)
	if _, err := h.DevlinkReload(of.BusName, of.DeviceName, DevlinkReloadOptions{NetNS: &there}); err != nil {
		t.Fatal(err)
	}
	if d, err := h.DevLinkGetDeviceByName(of.BusName, of.DeviceName); err == nil {
		t.Errorf("the device did not move: %+v", d)
	}
}

func TestDevlinkEvents(t *testing.T) {
	h, of, _ := simulatedDevlink(t)
	done := make(chan bool)
	ended := make(chan bool)
	go func() { // until the subscription has begun
		defer close(ended)
		for {
			select {
			case <-done:
				return
			default:
				if _, err := h.DevlinkSnapshotNew(of, "dummy", new(uint32(7))); err == nil {
					_ = h.DevlinkSnapshotDel(of, "dummy", 7) // what is not deleted is not made again
				}
			}
		}
	}()
	begun := false
	var seen []string
	for ev, err := range h.DevlinkEvents(DevlinkSubscribeOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Ref.DeviceName != of.DeviceName {
			t.Errorf("%+v", ev)
		}
		if !begun {
			begun = true
			close(done)
			<-ended
			if err := h.DevlinkSetDeviceParam(of.BusName, of.DeviceName, "test2", uapi.DEVLINK_PARAM_CMODE_RUNTIME,
				uint32(5)); err != nil {
				t.Error(err)
			}
			if _, err := h.DevlinkReload(of.BusName, of.DeviceName, DevlinkReloadOptions{}); err != nil {
				t.Error(err)
			}
		}
		what := map[DevlinkEventType]string{DevlinkChanged: "new ", DevlinkDeleted: "del "}[ev.Type]
		switch {
		case ev.Region != nil && ev.Region.Name == "dummy":
			what += "region"
		case ev.Param != nil && ev.Param.Name == "test2":
			what += fmt.Sprint("param ", ev.Param.Values[0].Data)
		case ev.Port != nil:
			what += fmt.Sprint("port ", *ev.Ref.PortIndex)
		case ev.Trap != nil && ev.Trap.Name != "":
			what += "trap"
		case ev.TrapGroup != nil && ev.TrapGroup.Name != "":
			what += "group"
		case ev.TrapPolicer != nil && *ev.TrapPolicer.Rate >= 1000:
			what += "policer"
		case ev.Device != nil && ev.Device.DeviceName == of.DeviceName:
			what += "device"
		}
		if len(seen) == 0 || seen[len(seen)-1] != what {
			seen = append(seen, what)
		}
		if ev.Device != nil { // the last of a reload
			break
		}
	}
	for _, want := range []string{"new region", "del region", "new param 5", "del port 1", "new port 0", "del trap",
		"new trap",
		"new group", "new policer", "new device"} {
		if !slices.Contains(seen, want) {
			t.Errorf("no %q in %s", want, strings.Join(seen, ", "))
		}
	}
}

// Devices with shared buffers and line cards are not simulated.
func TestDevlinkBuffersAndLinecards(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, 1)
		e.Uint32(uapi.DEVLINK_ATTR_SB_INDEX, 0)
		e.Uint16(uapi.DEVLINK_ATTR_SB_TC_INDEX, 3)
		e.Uint16(uapi.DEVLINK_ATTR_SB_POOL_INDEX, 4)
		e.Uint8(uapi.DEVLINK_ATTR_SB_POOL_TYPE, uapi.DEVLINK_SB_POOL_TYPE_EGRESS)
		e.Uint32(uapi.DEVLINK_ATTR_SB_POOL_SIZE, 13232000)
		e.Uint8(uapi.DEVLINK_ATTR_SB_POOL_THRESHOLD_TYPE, uapi.DEVLINK_SB_THRESHOLD_TYPE_DYNAMIC)
		e.Uint32(uapi.DEVLINK_ATTR_SB_THRESHOLD, 10)
		e.Uint32(uapi.DEVLINK_ATTR_SB_OCC_CUR, 96)
		e.Uint32(uapi.DEVLINK_ATTR_SB_OCC_MAX, 192)
		e.Uint32(uapi.DEVLINK_ATTR_LINECARD_INDEX, 8)
		e.Uint8(uapi.DEVLINK_ATTR_LINECARD_STATE, uapi.DEVLINK_LINECARD_STATE_ACTIVE)
		e.String(uapi.DEVLINK_ATTR_LINECARD_TYPE, "16x100G")
		e.Nest(uapi.DEVLINK_ATTR_LINECARD_SUPPORTED_TYPES)
		e.String(uapi.DEVLINK_ATTR_LINECARD_TYPE, "16x100G")
		e.String(uapi.DEVLINK_ATTR_LINECARD_TYPE, "8x200G")
		e.End()
	})
	of := DevlinkRef{BusName: "pci", DeviceName: "0000:03:00.0", PortIndex: new(uint32(1))}
	check(t, "pools", allOf(t, f.DevlinkPoolSeq(of)), nil,
		[]DevlinkPool{{DevlinkRef: of, Index: 4, Size: new(uint32(13232000)),
			ThresholdType: new(DevlinkThresholdDynamic), Type: DevlinkPoolEgress}})
	check(t, "port pools", allOf(t, f.DevlinkPortPoolSeq(of)), nil,
		[]DevlinkPortPool{{DevlinkRef: of, Index: 4, Threshold: 10,
			Occupancy: DevlinkOccupancy{96, 192}}})
	check(t, "binds", allOf(t, f.DevlinkClassBindSeq(of)), nil,
		[]DevlinkClassBind{{DevlinkRef: of, Class: 3, Type: DevlinkPoolEgress,
			Pool: 4, Threshold: 10, Occupancy: DevlinkOccupancy{96, 192}}})
	check(t, "line cards", allOf(t, f.DevlinkLinecardSeq(DevlinkRef{})), nil, []DevlinkLinecard{{DevlinkRef: of, Index: 8,
		Type: new("16x100G"), State: DevlinkLinecardActive, SupportedTypes: []string{"16x100G", "8x200G"}}})
	if all := allOf(t, f.DevlinkSharedBufferSeq(DevlinkRef{BusName: "pci", DeviceName: "another"})); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	if of.String() != "pci/0000:03:00.0/1" {
		t.Error(of)
	}
	for name, set := range map[string]func() error{
		"pool":      func() error { return f.DevlinkPoolSet(DevlinkPool{DevlinkRef: of, Index: 4, Size: new(uint32(7))}) },
		"port pool": func() error { return f.DevlinkPortPoolSet(DevlinkPortPool{DevlinkRef: of, Index: 4, Threshold: 7}) },
		"bind":      func() error { return f.DevlinkClassBindSet(DevlinkClassBind{DevlinkRef: of, Pool: 4, Threshold: 7}) },
		"snapshot":  func() error { return f.DevlinkOccupancySnapshot(of, 7) },
		"clear":     func() error { return f.DevlinkOccupancyClear(of, 7) },
		"line card": func() error { return f.DevlinkLinecardSet(DevlinkLinecard{DevlinkRef: of, Index: 7, Type: new("")}) },
	} {
		if err := set(); err != nil || !f.sentText("0000:03:00.0") || !strings.Contains(strings.Join(f.sent, " "), "07") {
			t.Errorf("%s: %v, %v", name, err, f.sent)
		}
	}
}

// FuzzDevlinkEvent reads any bytes as events of all sorts.
func FuzzDevlinkEvent(f *testing.F) {
	f.Add(attributesOf(func(e *wire.Encoder) {
		devlinkOf(e)
		e.Nest(uapi.DEVLINK_ATTR_HEALTH_REPORTER)
		e.String(uapi.DEVLINK_ATTR_HEALTH_REPORTER_NAME, "tx")
		e.End()
		e.Nest(uapi.DEVLINK_ATTR_REGION_SNAPSHOTS)
		e.Nest(uapi.DEVLINK_ATTR_REGION_SNAPSHOT)
		e.Uint32(uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID, 1)
		e.End()
		e.End()
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for cmd := range uint8(uapi.DEVLINK_CMD_MAX + 2) {
			ev, want, err := decodeDevlinkEvent(wire.Message{Data: append([]byte{cmd, 1, 0, 0}, data...)})
			if want != (err == nil) || ev.Command != cmd {
				t.Errorf("command %d: %+v, %t, %v", cmd, ev, want, err)
			}
		}
	})
}
