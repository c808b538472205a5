package netlink

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// listOfActions is the attribute with the actions of each kind of filter.
var listOfActions = map[string]uint16{
	"u32": uapi.TCA_U32_ACT, "fw": uapi.TCA_FW_ACT, "matchall": uapi.TCA_MATCHALL_ACT, "bpf": uapi.TCA_BPF_ACT,
	"flower": uapi.TCA_FLOWER_ACT, "basic": uapi.TCA_BASIC_ACT, "cgroup": uapi.TCA_CGROUP_ACT,
	"flow": uapi.TCA_FLOW_ACT, "route": uapi.TCA_ROUTE4_ACT,
}

// canonical returns attributes in the order of their types, those of actions too, each with its length.
func canonical(t *testing.T, b []byte, nested func(uint16) func([]byte) []byte) []byte {
	t.Helper()
	var all [][]byte
	d := wire.NewDecoder(b)
	for d.Next() {
		payload := d.Data()
		if f := nested(d.Type()); f != nil {
			payload = f(payload)
		}
		all = append(all, slices.Concat([]byte{byte(d.Type() >> 8), byte(d.Type())},
			native.AppendUint32(nil, uint32(len(payload))), payload))
	}
	if d.Err() != nil {
		t.Error(d.Err())
	}
	slices.SortFunc(all, bytes.Compare)
	return bytes.Join(all, nil)
}

func canonicalFilter(t *testing.T, kind string, b []byte) []byte {
	t.Helper()
	plain := func(uint16) func([]byte) []byte { return nil }
	options := func(b []byte) []byte { return canonical(t, b, plain) }
	action := func(b []byte) []byte {
		return canonical(t, b, func(typ uint16) func([]byte) []byte {
			if typ == uapi.TCA_ACT_OPTIONS {
				return options
			}
			return nil
		})
	}
	return canonical(t, b, func(typ uint16) func([]byte) []byte {
		switch {
		case typ == listOfActions[kind]:
			return func(b []byte) []byte { return canonical(t, b, func(uint16) func([]byte) []byte { return action }) }
		case kind == "u32" && typ == uapi.TCA_U32_POLICE || kind == "fw" && typ == uapi.TCA_FW_POLICE:
			return options
		}
		return nil
	})
}

// optionsOf is what is sent in TCA_OPTIONS.
func optionsOf(t *testing.T, f Filter) []byte {
	t.Helper()
	r := filterRequest(uapi.RTM_NEWTFILTER, 0, f, true)
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	m, err := readTc(r.Bytes()[uapi.SizeofNlmsghdr:])
	if err != nil {
		t.Fatal(err)
	}
	return m.options
}

func TestFiltersAreEncodedAsTcEncodesThem(t *testing.T) {
	for _, c := range slices.Concat(filterSent, ematchSent) {
		t.Run(c.command, func(t *testing.T) {
			sent := capture.TcFilter(t, c.kind, c.sent)
			f, _ := filterKinds.new(c.kind)
			switch { // what flower needs to know of the type of packets
			case strings.Contains(c.command, "protocol 802.1Q"):
				f.Attrs().Protocol = uapi.ETH_P_8021Q
			case strings.Contains(c.command, "protocol 802.1ad"):
				f.Attrs().Protocol = uapi.ETH_P_8021AD
			}
			if err := decodeAttrs(f, sent); err != nil {
				t.Fatal(err)
			}
			if got, want := canonicalFilter(t, c.kind, optionsOf(t, f)),
				canonicalFilter(t, c.kind, sent); !bytes.Equal(got, want) {
				t.Errorf("%+v is sent as\n%x, want\n%x", f, got, want)
			}
		})
	}
}

func FuzzFilterDecode(f *testing.F) {
	for _, c := range slices.Concat(filterSent, ematchSent) {
		f.Add(c.kind, capture.TcFilter(f, c.kind, c.sent))
	}
	f.Fuzz(func(t *testing.T, kind string, options []byte) {
		m := tcMessage{kind: []byte(kind), options: options}
		r := filterRequest(uapi.RTM_NEWTFILTER, 0, filterOf(&m), true)
		var entry FilterEntry
		_, _ = entry.decode(append(r.Bytes()[uapi.SizeofNlmsghdr:], options...))
	})
}

// What cannot be read is raw, and is sent as it came: a filter, and one of several actions.
func TestWhatIsNotKnownOfFiltersIsRaw(t *testing.T) {
	f := filterOf(&tcMessage{kind: []byte("u32"), options: capture.Words(t, "0500 0100 =01 =000000")})
	if g, ok := f.(*GenericFilter); !ok || g.Type() != "u32" || !bytes.Equal(optionsOf(t, g), g.Options) ||
		len(g.Options) != 8 {
		t.Errorf("%+v", f)
	}
	options := capture.Words(t, "0800 0700 01000000")
	in := &MatchAll{Actions: []Action{&GenericAction{}, &RawAction{ActionType: "none", Options: options},
		&RawAction{ActionType: "vlan", Options: options[:5]}, NewVlanAction()}}
	var out MatchAll
	if err := decodeAttrs(&out, optionsOf(t, in)); err != nil || len(out.Actions) != 4 {
		t.Fatalf("%v, %v", out.Actions, err)
	}
	for i, want := range []string{"none", "vlan"} {
		if a, ok := out.Actions[i+1].(*RawAction); !ok || a.Type() != want ||
			!bytes.Equal(a.Options, in.Actions[i+1].(*RawAction).Options) {
			t.Errorf("%d is %+v", i+1, out.Actions[i+1])
		}
	}
}

func TestWrongFiltersAreNotSent(t *testing.T) {
	tcp := nl.IPProto(uapi.IPPROTO_TCP)
	for name, c := range map[string]struct {
		f    Filter
		want string
	}{
		"divisor": {&U32{Divisor: 3}, "illegal divisor 3"},
		"keys":    {&U32{Sel: &TcU32Sel{Keys: make([]TcU32Key, 256)}}, "256 keys"},
		"ports":   {&Flower{SrcPort: 1}, "ports of flower"},
		"ICMP":    {&Flower{IPProto: &tcp, ICMPType: &Masked[uint8]{Value: 1}}, "ICMPv6 as IPProto"},
		"mask":    {&Flower{SrcIP: net.IPv4(1, 2, 3, 4), SrcIPMask: net.CIDRMask(64, 128)}, "has 16 bytes, want 4"},
		"MAC":     {&Flower{SrcMac: net.HardwareAddr{1}}, "no Ethernet address"},
		"ARP": {&Flower{ARPSender: &net.IPNet{IP: net.IPv6loopback, Mask: net.CIDRMask(64, 128)}},
			"no IPv4 prefix"},
		"no action":    {&MatchAll{Actions: []Action{nil}}, "no action given"},
		"many actions": {&MatchAll{Actions: make([]Action, 33)}, "number of actions 33"},
		"foreign":      {&MatchAll{Actions: []Action{foreignAction{}}}, "unknown action type foreign"},
		"index":        {&MatchAll{Actions: []Action{&GenericAction{ActionAttrs: ActionAttrs{Index: -1}}}}, "index -1"},
		"cookie": {&MatchAll{Actions: []Action{&GenericAction{ActionAttrs: ActionAttrs{Cookie: "01234567890123456"}}}},
			"cookie 17"},
		"vlan":       {&MatchAll{Actions: []Action{&VlanAction{Action: TCA_VLAN_ACT_PUSH}}}, "vlan id is required"},
		"tunnel":     {&MatchAll{Actions: []Action{&TunnelKeyAction{Action: TCA_TUNNEL_KEY_SET}}}, "invalid src addr"},
		"pedit port": {&MatchAll{Actions: []Action{&PeditAction{SrcPort: 1}}}, "IPPROTO_TCP"},
		"pedit IP":   {&MatchAll{Actions: []Action{&PeditAction{SrcIP: net.IP{1}}}}, "no IP address"},
		"pedit MAC":  {&MatchAll{Actions: []Action{&PeditAction{SrcMacAddr: net.HardwareAddr{1}}}}, "6 bytes"},
		"pedit keys": {&MatchAll{Actions: []Action{&PeditAction{Keys: make([]PeditKey, 256)}}}, "number of keys 256"},
	} {
		if err := filterRequest(uapi.RTM_NEWTFILTER, 0, c.f, true).Err(); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

type foreignAction struct{}

func (foreignAction) Attrs() *ActionAttrs { return &ActionAttrs{} }
func (foreignAction) Type() string        { return "foreign" }

// RedirIndex is of a list too, and does not add an action again.
func TestU32RedirIndexAddsOneAction(t *testing.T) {
	for _, f := range []*U32{{RedirIndex: 7}, {RedirIndex: 7, Actions: []Action{NewCsumAction(), NewMirredAction(7)}}} {
		var got U32
		if err := decodeAttrs(&got, optionsOf(t, f)); err != nil || got.RedirIndex != 7 ||
			len(got.Actions) != max(1, len(f.Actions)) {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// The words are those of the library that this one stands for.
func TestWordsOfVerdicts(t *testing.T) {
	for v, want := range map[interface{ String() string }]string{
		TC_ACT_UNSPEC: "unspec", TC_ACT_OK: "ok", TC_ACT_RECLASSIFY: "reclassify", TC_ACT_SHOT: "shot", TC_ACT_PIPE: "pipe",
		TC_ACT_STOLEN: "stolen",
		TC_ACT_QUEUED: "queued", TC_ACT_REPEAT: "repeat", TC_ACT_REDIRECT: "redirect", TC_ACT_JUMP: "jump",
		TC_ACT_TRAP: "trap", TC_ACT_JUMP | 2: "0x10000002",
		TC_ACT_GOTO_CHAIN | 5: "goto", TC_POLICE_UNSPEC: "unspec", TC_POLICE_PIPE: "pipe", TC_POLICE_SHOT: "shot",
		TcPolAct(4):      "0x4",
		TCA_EGRESS_REDIR: "egress redir", TCA_EGRESS_MIRROR: "egress mirror", TCA_INGRESS_REDIR: "ingress redir",
		TCA_INGRESS_MIRROR: "ingress mirror", MirredAct(0): "unknown",
	} {
		if v.String() != want {
			t.Errorf("%#v is %s, want %s", v, v, want)
		}
	}
	if !TcActExtCmp(int32(TC_ACT_GOTO_CHAIN|7), int32(TC_ACT_GOTO_CHAIN)) ||
		TcActExtCmp(int32(TC_ACT_JUMP|7), int32(TC_ACT_GOTO_CHAIN)) {
		t.Error("TcActExtCmp is wrong")
	}
}

// What tc sends for pkts_burst 50 is the time of that number of packets.
func TestPacketsOfPolice(t *testing.T) {
	for _, c := range filterSent {
		if !strings.Contains(c.command, "pkts_burst 50") {
			continue
		}
		var f MatchAll
		if err := decodeAttrs(&f, capture.TcFilter(t, c.kind, c.sent)); err != nil {
			t.Fatal(err)
		}
		if p := f.Actions[0].(*PoliceAction); p.PktRate != 1000 || p.PktBurst != 50 {
			t.Errorf("%d packets at %d a second", p.PktBurst, p.PktRate)
		}
		return
	}
	t.Error("no such command")
}

// A burst has the ticks again that it was read of.
func TestPoliceBurstIsKept(t *testing.T) {
	for _, rate := range []uint64{1000, 125000, 1e6, 1e7, 12345678, 1e9, 1e10} {
		for _, size := range []uint32{1, 100, 1500, 9001, 65537} {
			if ticks := Xmittime(rate, size); Xmittime(rate, burstOf(rate, ticks)) != ticks {
				t.Errorf("%d bytes at %d become %d", size, rate, burstOf(rate, ticks))
			}
		}
	}
}

// A filter of flower has some eighty fields, of which most are absent.
func TestFlowerAllocatesOnlyWhatItHas(t *testing.T) {
	tcp := nl.IPProto(uapi.IPPROTO_TCP)
	var e wire.Encoder
	encodeAttrs(&e, &Flower{EthType: uapi.ETH_P_IP, IPProto: &tcp, DestIP: net.IP{10, 0, 0, 1}, DestPort: 80})
	if e.Err() != nil {
		t.Fatal(e.Err())
	}
	var f Flower
	n := testing.AllocsPerRun(100, func() {
		f = Flower{}
		if err := decodeAttrs(&f, e.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
	// the protocol, the address, its mask
	if n > 3 || f.DestPort != 80 || f.CFM != nil || f.MPLS != nil || f.TCPFlags != nil {
		t.Errorf("%v allocations for %+v", n, f)
	}
}
