package netlink

import (
	"reflect"
	"slices"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

func bridgeVlanMessage(b []byte) wire.Message { return wire.Message{Type: uapi.RTM_NEWLINK, Data: b} }

func TestDecodeBridgeVlansOfKernel(t *testing.T) {
	const untagged, pvid = uapi.BRIDGE_VLAN_INFO_UNTAGGED, uapi.BRIDGE_VLAN_INFO_PVID
	for file, want := range map[string]bridgeVlanPort{
		"bridge_vlan_bridge.txt": {index: 2, vlans: []*nl.BridgeVlanInfo{{Vid: 1, Flags: pvid | untagged}}},
		"bridge_vlan_port.txt": {
			index: 3,
			vlans: []*nl.BridgeVlanInfo{
				{Vid: 1, Flags: untagged}, {Vid: 5, Flags: pvid | untagged}, {Vid: 10}, {Vid: 11}, {Vid: 12}, {Vid: 13}, {Vid: 14},
			},
			tunnels: []nl.TunnelInfo{{TunId: 1000, Vid: 10}, {TunId: 2000, Vid: 12}, {TunId: 2001, Vid: 13},
				{TunId: 2002, Vid: 14}},
		},
	} {
		got, want1, err := decodeBridgeVlanPort(bridgeVlanMessage(capturedFile(t, file)))
		if err != nil || !want1 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", file, got, err, want)
		}
	}
}

func TestDecodeVnisOfKernel(t *testing.T) {
	// Linux 7.3: bridge vni add vni 5 dev x0; bridge vni add vni 100-103 dev x0.
	b := capture.Message(t, uapi.RTM_NEWTUNNEL, `
		07000000 03000000
		0c000180 08000100 05000000
		14000180 08000100 64000000 08000200 67000000`)
	got, _, err := decodeVniLink(wire.Message{Type: uapi.RTM_NEWTUNNEL, Data: b})
	want := vniLink{3, []*nl.BridgeVniInfo{{Vni: 5}, {Vni: 100, VniEnd: 103}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Ends of ranges that are no pairs are VLANs by themselves: a message has no
// more VLANs than there are, however it is made.
func TestVlanRangesThatAreNone(t *testing.T) {
	const begin, end = uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN, uapi.BRIDGE_VLAN_INFO_RANGE_END
	for name, c := range map[string]struct {
		infos []nl.BridgeVlanInfo
		want  []uint16
	}{
		"pair":        {[]nl.BridgeVlanInfo{{Vid: 3, Flags: begin}, {Vid: 5, Flags: end}}, []uint16{3, 4, 5}},
		"end alone":   {[]nl.BridgeVlanInfo{{Vid: 5, Flags: end}}, []uint16{5}},
		"backwards":   {[]nl.BridgeVlanInfo{{Vid: 7, Flags: begin}, {Vid: 5, Flags: end}}, []uint16{5}},
		"begin alone": {[]nl.BridgeVlanInfo{{Vid: 7, Flags: begin}}, nil},
		"the same again": {[]nl.BridgeVlanInfo{{Vid: 3, Flags: begin}, {Vid: 5, Flags: end}, {Vid: 3, Flags: begin},
			{Vid: 5, Flags: end}}, []uint16{3, 4, 5, 5}},
		"two ends": {[]nl.BridgeVlanInfo{{Vid: 3, Flags: begin}, {Vid: 4, Flags: end}, {Vid: 9, Flags: end}},
			[]uint16{3, 4, 9}},
		"all there can be": {[]nl.BridgeVlanInfo{{Vid: 1, Flags: begin}, {Vid: 4094, Flags: end}}, nil},
	} {
		b := linkMessage(uapi.Ifinfomsg{Family: uapi.AF_BRIDGE, Index: 3}, func(e *wire.Encoder) {
			e.Nest(uapi.IFLA_AF_SPEC)
			for _, i := range c.infos {
				e.Data(uapi.IFLA_BRIDGE_VLAN_INFO, i.Serialize())
			}
			e.End()
		})
		p, _, err := decodeBridgeVlanPort(bridgeVlanMessage(b))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []uint16
		for _, v := range p.vlans {
			if v.Flags != 0 {
				t.Errorf("%s: %v keeps the marks of a range", name, v)
			}
			got = append(got, v.Vid)
		}
		if name == "all there can be" {
			if len(got) != 4094 {
				t.Errorf("%s: got %d", name, len(got))
			}
		} else if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func FuzzDecodeBridgeVlans(f *testing.F) {
	f.Add(capturedFile(f, "bridge_vlan_port.txt"))
	f.Add(capturedFile(f, "bridge_vlan_bridge.txt"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, _, _ := decodeBridgeVlanPort(bridgeVlanMessage(b)); len(p.vlans)+len(p.tunnels) > 2<<16+len(b) {
			t.Errorf("%d VLANs from %d bytes", len(p.vlans)+len(p.tunnels), len(b))
		}
	})
}

func FuzzDecodeVnis(f *testing.F) {
	f.Add(capture.Message(f, uapi.RTM_NEWTUNNEL, "07000000 03000000 14000180 08000100 64000000 08000200 67000000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, _, err := decodeVniLink(wire.Message{Type: uapi.RTM_NEWTUNNEL, Data: b})
		if err == nil && slices.Contains(l.vnis, nil) {
			t.Error("a nil entry without an error")
		}
	})
}
