package netlink

import (
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// nexthopMessages are what ip nexthop add sends, and what Linux 6.18 replies to ip
// nexthop show of the same object.
var nexthopMessages = []struct {
	command, request, reply string
	want                    Nexthop
}{
	{
		command: "id 30 via 10.0.0.2 dev d0 protocol static",
		request: "02000400 00000000" + // inet, protocol static
			"08000100 1e000000" + // NHA_ID
			"08000600 0a000002" + // NHA_GATEWAY
			"08000500 02000000", // NHA_OIF
		reply: "02fd0400 00000000" + // scope link
			"08000100 1e000000 08000500 02000000 08000600 0a000002",
		want: Nexthop{ID: 30, OIF: 2, Gateway: net.IP{10, 0, 0, 2}, Protocol: uapi.RTPROT_STATIC},
	}, {
		command: "id 32 via 2001:db8::2 dev d0",
		request: "0a000000 00000000 08000100 20000000 14000600 20010db8 00000000 00000000 00000002 08000500 02000000",
		reply:   "0afd0000 00000000 08000100 20000000 08000500 02000000 14000600 20010db8 00000000 00000000 00000002",
		want:    Nexthop{ID: 32, OIF: 2, Gateway: net.ParseIP("2001:db8::2")},
	}, {
		command: "id 31 blackhole",
		request: "02000000 00000000 08000100 1f000000 04000400", // NHA_BLACKHOLE
		reply:   "02000000 00000000 08000100 1f000000 04000400",
		want:    Nexthop{ID: 31, Blackhole: true},
	}, {
		command: "id 20 group 7,3 protocol 99",
		request: "00006300 00000000 08000100 14000000" +
			"0c000200 07000000 02000000", // NHA_GROUP: id 7, weight less one 2
		reply: "00006300 00000000 08000100 14000000" +
			"06000300 00000000" + // NHA_GROUP_TYPE mpath
			"0c000200 07000000 02000000" +
			"08000e00 00000080", // NHA_OP_FLAGS
		want: Nexthop{ID: 20, Protocol: 99, Group: []NexthopMember{{ID: 7, Weight: 3}}},
	},
}

func TestNexthopIsReadAndWritten(t *testing.T) {
	for _, c := range nexthopMessages {
		got, err := decodeNexthop(capture.Message(t, uapi.RTM_NEWNEXTHOP, c.reply))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.command, &got, err, &c.want)
		}
		b, err := encoded(func(r *wire.Request) { r.Fail(encodeNexthopObject(r, &c.want)) })
		if err != nil {
			t.Fatal(err)
		}
		sent, want := parts(t, b, uapi.SizeofNhmsg),
			parts(t, capture.Message(t, uapi.RTM_NEWNEXTHOP, c.request), uapi.SizeofNhmsg)
		if !slices.Equal(sent, want) {
			t.Errorf("%s: sent\n%q, want\n%q", c.command, sent, want)
		}
	}
}

func TestNexthopWeights(t *testing.T) {
	want := Nexthop{ID: 1, Group: []NexthopMember{{2, 1}, {3, 256}, {4, 257}, {5, 65536}}}
	b, err := encoded(func(r *wire.Request) { r.Fail(encodeNexthopObject(r, &want)) })
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeNexthop(b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", &got, err)
	}
	for name, c := range map[string]struct {
		nh   *Nexthop
		want string
	}{
		"nil":             {nil, "no next hop given"},
		"weight":          {&Nexthop{Group: []NexthopMember{{2, 65537}}}, "weight 65537 of member 2"},
		"negative weight": {&Nexthop{Group: []NexthopMember{{2, -1}}}, "weight -1"},
		"gateway":         {&Nexthop{Gateway: net.IP{1, 2, 3}}, "gateway: IP address of 3 bytes"},
		"group and link":  {&Nexthop{OIF: 1, Group: []NexthopMember{{2, 1}}}, "of its own"},
	} {
		if _, err := encoded(func(r *wire.Request) { r.Fail(encodeNexthopObject(r, c.nh)) }); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNexthopString(t *testing.T) {
	n := Nexthop{ID: 7, Blackhole: true, OIF: 2, Gateway: net.IP{10, 0, 0, 2}, Protocol: uapi.RTPROT_STATIC,
		Group: []NexthopMember{{3, 4}}}
	if got, want := n.String(), "{ID: 7 Blackhole OIF: 2 Gateway: 10.0.0.2 Member: 3*4 Protocol: static}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzNexthopDecode(f *testing.F) {
	for _, c := range nexthopMessages {
		f.Add(capture.Message(f, uapi.RTM_NEWNEXTHOP, c.reply))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := decodeNexthop(b)
		if err != nil {
			return
		}
		_ = n.String()
		if again, err := decodeNexthop(b); err != nil || !reflect.DeepEqual(n, again) {
			t.Errorf("got %v, then %v, %v", n, again, err)
		}
	})
}
