package netlink

import (
	"reflect"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func TestPruningKeepsTheRest(t *testing.T) {
	var e wire.Encoder
	copy(e.Raw(8), "headhead")
	e.Uint32(uapi.NDA_PROBES, 3)
	e.Data(uapi.NDA_LLADDR, []byte{1, 2, 3, 4, 5, 6})
	e.Data(uapi.NDA_CACHEINFO, make([]byte, 16))
	e.Uint16(uapi.NDA_VLAN, 7)
	var want wire.Encoder
	copy(want.Raw(8), "head")
	want.Data(uapi.NDA_LLADDR, []byte{1, 2, 3, 4, 5, 6})
	want.Uint16(uapi.NDA_VLAN, 7)
	got, err := pruning(pruneNeigh).message(e.Bytes(), 8, 4)
	if err != nil || got != string(want.Bytes()) {
		t.Errorf("got %x, %v, want %x", got, err, want.Bytes())
	}
	if _, err := pruning(pruneNeigh).message(e.Bytes()[:14], 8, 8); err == nil {
		t.Error("an attribute that is cut off is no error")
	}
}

// vlanRange10to13 is a message about four VLANs of the link 3 that are mapped to tunnels from 1000 on, and one more.
const vlanRange10to13 = `
	07000000 03000000
	30000180 08000100 04000a00 06000200 0d000000 05000300 03000000 0c000480 08000100 e8030000
		08000700 05000000
	0c000180 08000100 06000100`

func TestMessagesAreTakenApart(t *testing.T) {
	data := capture.Message(t, uapi.RTM_NEWVLAN, vlanRange10to13)
	var got []BridgeVlan
	err := splitBridgeVlans(wire.Message{Type: uapi.RTM_NEWVLAN, Data: data}, func(m wire.Message) error {
		v, err := decodeBridgeVlan(m.Data)
		got = append(got, v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []BridgeVlan
	for n := range 4 {
		want = append(want, BridgeVlan{LinkIndex: 3, Vid: 10 + n, Flags: uapi.BRIDGE_VLAN_INFO_UNTAGGED,
			State: new(uapi.BR_STATE_FORWARDING), TunnelID: new(uint32(1000 + n))})
	}
	want = append(want, BridgeVlan{LinkIndex: 3, Vid: 1, Flags: uapi.BRIDGE_VLAN_INFO_PVID |
		uapi.BRIDGE_VLAN_INFO_UNTAGGED})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestPruningReachesTimersOfBridges(t *testing.T) {
	link := func(kind string, timer bool) []byte {
		var e wire.Encoder
		e.Raw(uapi.SizeofIfinfomsg)
		e.Nest(uapi.IFLA_LINKINFO)
		e.String(uapi.IFLA_INFO_KIND, kind)
		e.Nest(uapi.IFLA_INFO_DATA)
		e.Uint32(uapi.IFLA_BR_HELLO_TIME, 5)
		if timer {
			e.Uint64(uapi.IFLA_BR_GC_TIMER, 9)
		}
		e.End()
		e.End()
		return e.Bytes()
	}
	for kind, timer := range map[string]bool{"bridge": false, "other": true} {
		got, err := pruning(pruneLink).message(link(kind, true), uapi.SizeofIfinfomsg, uapi.SizeofIfinfomsg)
		if err != nil || got != string(link(kind, timer)) {
			t.Errorf("%s: got %x, %v", kind, got, err)
		}
	}
}

// FuzzTables has each table work any bytes in: nothing may panic, and what was
// pruned once stays as it is.
func FuzzTables(f *testing.F) {
	f.Add(uint16(uapi.RTM_NEWROUTE), uint16(0),
		capture.Message(f, uapi.RTM_NEWROUTE, "02180000 fe030001 00000000 08000100 0a000000"))
	f.Add(uint16(uapi.RTM_NEWLINK), uint16(0), make([]byte, uapi.SizeofIfinfomsg))
	f.Add(uint16(uapi.RTM_NEWADDR), uint16(0),
		capture.Message(f, uapi.RTM_NEWADDR, "02188000 01000000 08000100 0a000001"))
	f.Add(uint16(uapi.RTM_GETMDB), uint16(0), capture.Message(f, uapi.RTM_GETMDB, mdbOfBridge))
	f.Add(uint16(uapi.RTM_NEWMDB), uint16(0), capture.Message(f, uapi.RTM_NEWMDB, mdbOfVxlan))
	f.Add(uint16(uapi.RTM_NEWVLAN), uint16(0), capture.Message(f, uapi.RTM_NEWVLAN, vlanRange10to13))
	f.Fuzz(func(t *testing.T, typ, flags uint16, data []byte) {
		m := followerOf(allParts(uapi.NETLINK_ROUTE))
		msg := wire.Message{Type: typ, Flags: flags, Data: data}
		if m.apply(msg) != nil {
			return
		}
		for _, p := range m.parts {
			for _, group := range p.objects.All() {
				again, err := p.bytesOf([]byte(group[0]), nil)
				if err != nil || again != group[0] {
					t.Errorf("%x becomes %x, %v", group[0], again, err)
				}
				p.announcesAll(group)
			}
		}
		msg.Type++
		_ = m.apply(msg)
	})
}

// allParts returns the parts of all tables of a protocol of netlink.
func allParts(protocol int) (parts []tablePart) {
	for _, t := range AllTables() {
		if t.protocol() != protocol {
			continue
		}
		for _, p := range t.t.parts() {
			p.table = t
			parts = append(parts, p)
		}
	}
	return parts
}

// followerOf is a follower of parts that has read nothing.
func followerOf(parts []tablePart) *follower {
	f := &follower{Mirror: &Mirror{}}
	for i := range parts {
		f.parts = append(f.parts, &partState{tablePart: &parts[i]})
	}
	f.Mirror.parts = f.parts
	return f
}
