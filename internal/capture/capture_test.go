package capture

import (
	"encoding/hex"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
)

// hexOf returns the digits alone.
func hexOf(t *testing.T, text string) string { return hex.EncodeToString(fromHex(t, text)) }

// TestNumbersAreTurnedRound has messages by hand in both orders.
func TestNumbersAreTurnedRound(t *testing.T) {
	for _, c := range []struct {
		name        string
		typ         uint16
		little, big string
	}{
		{
			"a link with nests, structures and what its kind says", uapi.RTM_NEWLINK,
			`00000100 04000000 03100000 00000000 // struct ifinfomsg
			 07000300 64300000 // IFLA_IFNAME
			 08000400 78050000 // IFLA_MTU
			 0c001780 0102030405060708 // IFLA_STATS64
			 34001200 // IFLA_LINKINFO
			   09000100 76786c616e000000 // IFLA_INFO_KIND
			   24000200 // IFLA_INFO_DATA
			     08000100 05000000 // IFLA_VXLAN_ID
			     08000a00 006400c8 // IFLA_VXLAN_PORT_RANGE, in network byte order
			     0c002100 0102030405060708 // IFLA_VXLAN_RESERVED_BITS
			     04001700 // IFLA_VXLAN_GBP`,
			`00000001 00000004 00001003 00000000
			 00070003 64300000
			 00080004 00000578
			 000c8017 0807060504030201
			 00340012
			   00090001 76786c616e000000
			   00240002
			     00080001 00000005
			     0008000a 006400c8
			     000c0021 0102030405060708
			     00040017`,
		},
		{
			"a link of the bridge's family", uapi.RTM_SETLINK,
			"07000000 4d000000 00000000 00000000 14001a80 06000000 01000000 08000200 06000500",
			"07000000 0000004d 00000000 00000000 0014801a 00060000 00010000 00080002 00060005",
		},
		{
			"a virtual function's GUID, a number behind padding", uapi.RTM_NEWLINK,
			"00000000 4d000000 00000000 00000000 1c001680 18000180 14000a00 01000000 00000000 7766554433221100",
			"00000000 0000004d 00000000 00000000 001c8016 00188001 0014000a 00000001 00000000 0011223344556677",
		},
		{
			"a route with next hops and an encapsulation", uapi.RTM_DELROUTE,
			`02100000 fe030001 00020000
			 24000900 10000002 03000000 08000500 0a000002 10000400 05000000 08000500 0a000102
			 10001680 0c000100 00064000 000c8100
			 06001500 01000000
			 16001200 0a00fd00 00000000 00000000 00000000 0002`,
			`02100000 fe030001 00000200
			 00240009 00100002 00000003 00080005 0a000002 00100400 00000005 00080005 0a000102
			 00108016 000c0001 00064000 000c8100
			 00060015 00010000
			 00160012 000afd00 00000000 00000000 00000000 0002`,
		},
		{
			"the members of a group, over and over", uapi.RTM_NEWNEXTHOP,
			"00006300 01000000 14000200 07000000 02000000 08000000 00010000",
			"00006300 00000001 00140002 00000007 02000000 00000008 00010000",
		},
		{"a header alone", uapi.RTM_GETNEIGH, "0a000000 03000000 8000 90 01", "0a000000 00000003 0080 90 01"},
	} {
		b := fromHex(t, c.little)
		for big, want := range map[bool]string{false: c.little, true: c.big} {
			got, err := turnMessage(b, c.typ, big)
			if err != nil || hex.EncodeToString(got) != hexOf(t, want) {
				t.Errorf("%s, big %v: got\n%x, %v, want\n%s", c.name, big, got, err, hexOf(t, want))
			}
		}
	}
}

func TestDatagramsAreTurnedRound(t *testing.T) {
	const little = "18000000 1400 0200 01000000 492e0000 02180000 03000000" +
		"1c000000 5800 0200 02000000 00000000 00000000 08000100 07000000"
	const big = "00000018 0014 0002 00000001 00002e49 02180000 00000003" +
		"0000001c 0058 0002 00000002 00000000 00000000 00080001 00000007"
	got, err := turnDatagram(fromHex(t, little), true)
	if err != nil || hex.EncodeToString(got) != hexOf(t, big) {
		t.Errorf("got %x, %v", got, err)
	}
}

func TestWordsAreTurnedRound(t *testing.T) {
	const words = "0800 0100 =0a000001 # an address\n 02000000"
	for big, want := range map[bool]string{false: "080001000a00000102000000", true: "000800010a00000100000002"} {
		if got, err := turnWords(words, big); err != nil || hex.EncodeToString(got) != want {
			t.Errorf("big %v: got %x, %v", big, got, err)
		}
	}
	if _, err := turnWords("=0", true); err == nil {
		t.Error("half a byte is no error")
	}
}

// TestWhatNoTableHasIsNoticed is about machines of both orders: a test's bytes are wrong on all or on none.
func TestWhatNoTableHasIsNoticed(t *testing.T) {
	const link, route = "00000000 01000000 00000000 00000000", "02000000 fe030001 00000000"
	for name, c := range map[string]struct {
		typ         uint16
		bytes, want string
	}{
		"message": {uapi.NLMSG_DONE, "00000000", "message 3: not in the tables"},
		"attribute": {uapi.RTM_NEWLINK, link + "0800a00f 01000000",
			"attribute 4000 of 4 bytes: not in the tables"},
		"attribute of a kind": {uapi.RTM_NEWLINK, link + "18001200 09000100 766c616e00000000 08000200 0400a00f",
			"attribute 18: attribute 2: attribute 4000 of 0 bytes"},
		"kind": {uapi.RTM_NEWLINK, link + "18001200 07000100 78797a00 0c000200 08000100 01000000",
			`attribute 2: links of kind "xyz"`},
		"kind that is not told": {uapi.RTM_NEWLINK, link + "10001200 0c000500 08000100 01000000",
			`attribute 5: ports of kind ""`},
		"encapsulation":              {uapi.RTM_NEWROUTE, route + "04001600 06001500 63000000", "encapsulation 99"},
		"encapsulation without type": {uapi.RTM_NEWROUTE, route + "04001600", "no RTA_ENCAP_TYPE"},
		"number too short":           {uapi.RTM_NEWLINK, link + "06000400 01000000", `attribute 4: 2 bytes are not "4"`},
		"number too long": {uapi.RTM_NEWLINK, link + "0c000400 01000000 00000000",
			`attribute 4: 8 bytes are not "4"`},
		"part of a repeated number": {uapi.RTM_NEWLINK, link + "0e001700 00000000 00000000 00000000",
			`attribute 23: 10 bytes are not "8 ..."`},
		"structure that has grown": {uapi.RTM_NEWADDR, "02180000 01000000 18000600" + strings.Repeat("00", 20),
			"attribute 6: 20 bytes"},
		"header cut off": {uapi.RTM_NEWADDR, "02180000", `4 bytes are less than "=4 4"`},
		"attribute past the end": {uapi.RTM_NEWADDR, "02180000 01000000 0c000200 0a000001",
			"length 12 where 8 bytes are left"},
		"attribute without its type": {uapi.RTM_NEWADDR, "02180000 01000000 0300", "length 3 where 2 bytes"},
		"attribute of two bytes":     {uapi.RTM_NEWADDR, "02180000 01000000 02000200", "attribute of 2 bytes"},
		"a byte behind":              {uapi.RTM_NEWADDR, "02180000 01000000 02", "a byte is left"},
		"next hop less than a header": {uapi.RTM_NEWROUTE, route + "08000900 04000002",
			`attribute 9: 4 bytes are less than "2 =2 4"`},
	} {
		for _, big := range []bool{false, true} {
			if b, err := turnMessage(fromHex(t, c.bytes), c.typ, big); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, big %v: got %x, %v, want %q", name, big, b, err, c.want)
			}
		}
	}
	for name, b := range map[string]string{"header cut off": "10000000",
		"message past the end": "20000000 1400 0000 00000000 00000000",
		"no length":            "00000000 1400 0000 00000000 00000000"} {
		if b, err := turnDatagram(fromHex(t, b), true); err == nil {
			t.Errorf("datagram with %s: %x", name, b)
		}
	}
}
