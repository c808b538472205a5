package netlink_test

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

func TestMacsecAssociationsAreMadeAndListed(t *testing.T) {
	nstest.Do(t, func() {
		parent := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "under"}, PeerName: "other"}
		if err := netlink.LinkAdd(parent); err != nil {
			t.Fatal(err)
		}
		dev := &netlink.Macsec{LinkAttrs: netlink.LinkAttrs{Name: "sec", ParentIndex: parent.Attrs().Index}, Port: 11}
		nstest.Need(t, "macsec links", "", netlink.LinkAdd(dev))
		id, key := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)
		const sci = 0x020000000001000b
		on := func(b bool) *bool { return &b }
		for i, err := range []error{
			netlink.MacsecTxSAAdd(dev, &netlink.MacsecSA{AN: 0, PN: 100, KeyID: id, Key: key, Active: on(true)}),
			netlink.MacsecTxSAAdd(dev, &netlink.MacsecSA{AN: 1, PN: 7, KeyID: []byte{9}, Key: key}),
			netlink.MacsecTxSASet(dev, &netlink.MacsecSA{AN: 1, PN: 9, Active: on(true)}),
			netlink.MacsecRxSCAdd(dev, &netlink.MacsecRxSC{SCI: sci}),
			netlink.MacsecRxSCAdd(dev, &netlink.MacsecRxSC{SCI: 5, Active: on(false)}),
			netlink.MacsecRxSAAdd(dev, sci, &netlink.MacsecSA{AN: 3, PN: 1, KeyID: id, Key: key}),
			netlink.MacsecRxSASet(dev, sci, &netlink.MacsecSA{AN: 3, PN: 200}),
			netlink.MacsecRxSCSet(dev, &netlink.MacsecRxSC{SCI: sci, Active: on(false)}),
			netlink.MacsecSetOffload(dev, 0),
		} {
			if err != nil {
				t.Errorf("step %d: %v", i, err)
			}
		}
		all, err := netlink.MacsecList()
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		want := []netlink.MacsecSA{
			{AN: 0, PN: listedPN(100), KeyID: id, Active: on(true)},
			{AN: 1, PN: listedPN(9), KeyID: append([]byte{9}, make([]byte, 15)...), Active: on(true)},
		}
		if got := all[0]; got.LinkIndex != dev.Attrs().Index || got.SCI&0xffff != 11 ||
			!reflect.DeepEqual(got.TxSAs, want) || len(got.RxSCs) != 2 {
			t.Errorf("%+v", got)
		}
		for _, sc := range all[0].RxSCs {
			if sc.SCI == sci && (*sc.Active || len(sc.SAs) != 1 || sc.SAs[0].PN != listedPN(200) || sc.SAs[0].AN != 3) ||
				sc.SCI == 5 &&
					len(sc.SAs) != 0 {
				t.Errorf("%+v", sc)
			}
		}
		for i, err := range []error{
			netlink.MacsecRxSADel(dev, sci, &netlink.MacsecSA{AN: 3}),
			netlink.MacsecRxSCDel(dev, &netlink.MacsecRxSC{SCI: sci}),
			netlink.MacsecTxSASet(dev, &netlink.MacsecSA{AN: 1, Active: on(false)}), // active ones are busy
			netlink.MacsecTxSADel(dev, &netlink.MacsecSA{AN: 1}),
		} {
			if err != nil {
				t.Errorf("deletion %d: %v", i, err)
			}
		}
		for got, err := range netlink.MacsecSeq() {
			if err != nil || len(got.TxSAs) != 1 || len(got.RxSCs) != 1 || got.RxSCs[0].SCI != 5 {
				t.Errorf("%+v, %v", got, err)
			}
		}
		for _, sa := range []*netlink.MacsecSA{nil, {AN: 4, PN: 1, KeyID: id, Key: key},
			{AN: 2, PN: 1 << 32, KeyID: id, Key: key}, {AN: 2, PN: 1}, {AN: 2, PN: 1, XPN: true, KeyID: id, Key: key}} {
			if netlink.MacsecTxSAAdd(dev, sa) == nil {
				t.Errorf("%+v was added", sa)
			}
		}
	})
}

// listedPN is what the kernel lists of a number of 32 bits: it copies the first half of one of 64, which on big-endian
// machines is 0 (dump_secy of drivers/net/macsec.c, Linux 7.3).
func listedPN(n uint64) uint64 {
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		return 0
	}
	return n
}
