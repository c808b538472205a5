package netlink

import (
	"maps"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// vlanSent is what ip 6.1 puts into IFLA_INFO_DATA for "id 7 gvrp on
// reorder_hdr off ingress-qos-map 1:2 3:4".
const vlanSent = "06000100" + "07000000" + // IFLA_VLAN_ID 7
	"1c000400" + // IFLA_VLAN_INGRESS_QOS
	"0c000100" + "0100000002000000" + // IFLA_VLAN_QOS_MAPPING 1:2
	"0c000100" + "0300000004000000" + // IFLA_VLAN_QOS_MAPPING 3:4
	"0c000200" + "0200000003000000" // IFLA_VLAN_FLAGS, mask: GVRP on, REORDER_HDR off

// vlanTold is what Linux 7.3 reports of that link.
const vlanTold = "06000500" + "81000000" + // IFLA_VLAN_PROTOCOL 802.1Q, in network byte order
	"06000100" + "07000000" + // IFLA_VLAN_ID 7
	"0c000200" + "02000000ffffffff" + // IFLA_VLAN_FLAGS: GVRP, all are known
	"1c000400" + // IFLA_VLAN_INGRESS_QOS
	"0c000100" + "0100000002000000" +
	"0c000100" + "0300000004000000"

func TestVlanIsSentAsIPSendsIt(t *testing.T) {
	v := &Vlan{VlanId: 7, Gvrp: new(true), ReorderHdr: new(false), IngressQosMap: map[uint32]uint32{3: 4, 1: 2}}
	var e wire.Encoder
	encodeAttrs(&e, v)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	sameAttrs(t, e.Bytes(), capture.LinkData(t, "vlan", false, vlanSent))
}

func TestVlanIsReadAsTheKernelReportsIt(t *testing.T) {
	v := &Vlan{}
	if err := decodeAttrs(v, capture.LinkData(t, "vlan", false, vlanTold)); err != nil {
		t.Fatal(err)
	}
	if v.VlanId != 7 || v.VlanProtocol != VLAN_PROTOCOL_8021Q || !*v.Gvrp || *v.ReorderHdr || *v.Mvrp ||
		*v.LooseBinding || *v.BridgeBinding {
		t.Errorf("is %+v", v)
	}
	if !maps.Equal(v.IngressQosMap, map[uint32]uint32{1: 2, 3: 4}) || v.EgressQosMap != nil {
		t.Errorf("priorities are %v and %v", v.IngressQosMap, v.EgressQosMap)
	}
}

func TestVlanSendsOnlyWhatIsSet(t *testing.T) {
	var e wire.Encoder
	encodeAttrs(&e, &Vlan{VlanId: 7})
	d := wire.NewDecoder(e.Bytes())
	for d.Next() {
		if d.Type() != uapi.IFLA_VLAN_ID {
			t.Errorf("attribute %d is sent", d.Type())
		}
	}
}

func TestVlanDecodesWhatIsCutOff(t *testing.T) {
	b := capture.LinkData(t, "vlan", false, vlanTold)
	for n := range b {
		_ = decodeAttrs(&Vlan{}, b[:n]) // returns, whatever it makes of it
	}
}

func TestVlanProtocolNames(t *testing.T) {
	for p, name := range VlanProtocolToString {
		if p.String() != name || StringToVlanProtocol(name) != p {
			t.Errorf("%d is %q, %q is %d", p, p, name, StringToVlanProtocol(name))
		}
	}
	if p := StringToVlanProtocol("802.1x"); p != VLAN_PROTOCOL_UNKNOWN {
		t.Errorf("802.1x is %d", p)
	}
	if s := VlanProtocol(5).String(); s != "VlanProtocol(5)" {
		t.Errorf("protocol 5 is %q", s)
	}
}
