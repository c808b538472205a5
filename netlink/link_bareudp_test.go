package netlink

import (
	"reflect"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/netlink/wire"
)

// The bytes are put together from the kernel's bareudp_fill_info: ports and protocol in
// network byte order, the lowest source port in that of the machine.
func TestBareUDPAttributes(t *testing.T) {
	want := capture.Words(t, `
		0600 0100 =19eb0000  # IFLA_BAREUDP_PORT 6635
		0600 0200 =88470000  # IFLA_BAREUDP_ETHERTYPE, MPLS unicast
		0600 0300 e803 =0000 # IFLA_BAREUDP_SRCPORT_MIN 1000
		0400 0400            # IFLA_BAREUDP_MULTIPROTO_MODE`)
	b := &BareUDP{Port: 6635, EtherType: 0x8847, SrcPortMin: 1000, MultiProto: true}
	var e wire.Encoder
	encodeAttrs(&e, b)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	sameAttrs(t, e.Bytes(), want)
	got := &BareUDP{}
	if err := decodeAttrs(got, want); err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("is %+v, %v", got, err)
	}
}
