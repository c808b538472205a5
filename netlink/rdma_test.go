package netlink

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// What Linux 7.3.4 answered of a device of rdma_rxe that is called rxe0, which a process has opened.

const rdmaDevice = "0800 0100 00000000 0900 0200 =7278653000000000 "

// unspecified is the rest of a struct sockaddr_storage.
var unspecified = strings.Repeat("00", 108)

func TestRdmaObjectsAreDecoded(t *testing.T) {
	ours := RdmaObject{DeviceName: "rxe0", PID: 119}
	kernels := RdmaObject{DeviceName: "rxe0", KernelName: "ib_core"}
	for typ, c := range map[RdmaObjectType]struct {
		words string
		want  []RdmaObject
	}{
		RdmaQP: {"3c00 1300 3800 1400 0800 0300 01000000 0800 1500 01000000 0c00 1d00 =69625f636f726500 " +
			"0800 1800 00000000 0500 1a00 01 =000000 0500 1b00 03 =000000",
			[]RdmaObject{with(kernels, func(o *RdmaObject) { o.Port, o.ID, o.Kind, o.State = 1, 1, 1, 3 })}},
		RdmaCMID: {"3801 1e00 3401 1f00 0800 0300 01000000 0800 2000 06010000 0500 1b00 08 =000000 " +
			"8400 2100 0200 =1d2f0a090001000000000000000000000000 =" + unspecified +
			" 8400 2200 0200 =000000000000000000000000000000000000 =" + unspecified +
			" 0800 3f00 00000000 0800 1c00 77000000",
			[]RdmaObject{with(ours, func(o *RdmaObject) {
				o.Port, o.PortSpace, o.State = 1, 0x106, 8
				o.Source, o.Destination = netip.MustParseAddrPort("10.9.0.1:7471"), netip.MustParseAddrPort("0.0.0.0:0")
			})}},
		RdmaCQ: {"7800 2300 3c00 2400 0800 2500 ff030000 0c00 2600 0200000000000000 0500 2700 02 =000000 " +
			"0500 5400 00 =000000 0800 3d00 00000000 0c00 1d00 =69625f636f726500 3800 2400 0800 2500 1f000000 " +
			"0c00 2600 0000000000000000 0500 5400 00 =000000 0800 3d00 01000000 0800 4000 00000000 0800 1c00 77000000",
			[]RdmaObject{
				with(kernels, func(o *RdmaObject) { o.Entries, o.Users, o.PollContext = 1023, 2, 2 }),
				with(ours, func(o *RdmaObject) { o.Entries, o.ID = 31, 1 }),
			}},
		RdmaMR: {"3c00 2800 3800 2900 0800 2a00 0b020000 0800 2b00 0b020000 0c00 2d00 0010000000000000 " +
			"0800 3e00 00000000 0800 3c00 01000000 0800 1c00 77000000",
			[]RdmaObject{with(ours, func(o *RdmaObject) { o.RemoteKey, o.LocalKey, o.Length, o.PD = 0x20b, 0x20b, 4096, 1 })}},
		RdmaPD: {"6000 2e00 2c00 2f00 0800 3000 9f010000 0c00 2600 0100000000000000 0800 3c00 00000000 " +
			"0c00 1d00 =69625f636f726500 3000 2f00 0800 3000 00000000 0c00 2600 0200000000000000 0800 3c00 01000000 " +
			"0800 4000 00000000 0800 1c00 77000000",
			[]RdmaObject{
				with(kernels, func(o *RdmaObject) { o.LocalKey, o.Users = 0x19f, 1 }),
				with(ours, func(o *RdmaObject) { o.Users, o.ID = 2, 1 }),
			}},
		RdmaCtx: {"1800 5600 1400 5700 0800 4000 00000000 0800 1c00 77000000", []RdmaObject{ours}},
		RdmaSRQ: {"2c00 5800 2800 5900 0800 5a00 00000000 0500 1a00 00 =000000 0800 3c00 01000000 0400 1380 0800 1c00 " +
			"77000000",
			[]RdmaObject{with(ours, func(o *RdmaObject) { o.PD = 1 })}},
	} {
		var got []RdmaObject
		d := wire.NewDecoder(capture.Words(t, rdmaDevice+c.words))
		if !rdmaObjects(&d, typ, func(o RdmaObject) bool { got = append(got, o); return true }) || d.Err() != nil {
			t.Error(typ, d.Err())
		}
		for i := range c.want {
			c.want[i].Type = typ
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v:\ngot  %+v\nwant %+v", typ, got, c.want)
		}
	}
}

func with(o RdmaObject, change func(*RdmaObject)) RdmaObject {
	change(&o)
	return o
}

// Which queue pairs a shared receive queue has, no driver in software tells.
func TestQueuePairsOfASharedQueueAreDecoded(t *testing.T) {
	d := wire.NewDecoder(attributesOf(func(e *wire.Encoder) {
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_SRQ)
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_SRQ_ENTRY)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_CQN, 9)
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP)
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP_ENTRY)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, 5)
		e.End()
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP_ENTRY)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_MIN_RANGE, 7)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_MAX_RANGE, 12)
		e.End()
		e.End()
		e.End()
		e.End()
	}))
	want := RdmaObject{Type: RdmaSRQ, CQ: 9, QueuePairs: []RdmaRange{{5, 5}, {7, 12}}}
	rdmaObjects(&d, RdmaSRQ, func(o RdmaObject) bool {
		if !reflect.DeepEqual(o, want) {
			t.Errorf("got %+v, want %+v", o, want)
		}
		return true
	})
	if d.Err() != nil {
		t.Error(d.Err())
	}
}

func TestRdmaDevicesAndSystemAreDecoded(t *testing.T) {
	d := wire.NewDecoder(capture.Words(t, rdmaDevice+"0800 0300 01000000 0c00 0400 763c2201c0010000 "+
		"0c00 0600 010000feff000000 0c00 0700 010000feff000000 0500 0e00 01 =000000 0500 5400 00 =000000 0500 6500 01 "+
		"=000000 "+
		"0900 4300 =726f636500000000"))
	var l RdmaLink
	decodeRdmaLink(&d, &l)
	if want := (RdmaLinkAttrs{Name: "rxe0", NodeGuid: "01:00:00:fe:ff:00:00:00", SysImageGuid: "01:00:00:fe:ff:00:00:00",
		NumPorts: 1, Protocol: "roce", NodeType: 1, CapFlags: 0x1c001223c76}); l.Attrs != want || d.Err() != nil {
		t.Errorf("got %+v, %v, want %+v", l.Attrs, d.Err(), want)
	}
	d = wire.NewDecoder(capture.Words(t, "0500 4200 01 =000000 0500 6000 00 =000000 0500 6700 01 =000000 0500 5d00 01 "+
		"=000000"))
	var s RdmaSystem
	s.decode(&d)
	if want := (RdmaSystem{NetnsMode: "shared", Monitor: true, CopyOnFork: true}); s != want || d.Err() != nil {
		t.Errorf("got %+v, %v, want %+v", s, d.Err(), want)
	}
}

func TestRdmaEventsAreDecoded(t *testing.T) {
	e, want, err := decodeRdmaEvent(wire.Message{Data: capture.Words(t,
		rdmaDevice+"0800 0300 01000000 0800 3200 03000000 0700 3300 =64300000 0500 6600 02 =000000")})
	if err != nil || !want || e != (RdmaEvent{Type: RdmaNetdevAttach, DeviceName: "rxe0", Port: 1, NetdevIfIndex: 3,
		NetdevName: "d0"}) {
		t.Errorf("%+v, %v, %v", e, want, err)
	}
	if _, want, _ := decodeRdmaEvent(wire.Message{}); want {
		t.Error("a message that says nothing is an event")
	}
}
