package netlink

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// capturedKind is one capture of testdata/kinds, which internal/record makes. What is shown of vxlan is from ip 7.3.
type capturedKind struct{ capture.Link }

func capturedKinds(t testing.TB) (all []capturedKind) {
	for _, l := range capture.Links(t, "testdata/kinds") {
		all = append(all, capturedKind{l})
	}
	return all
}

// missingOfLinks says what this file and kindExamples lack of a kind of links, or of ports.
func missingOfLinks(port bool) func(*testing.T, string) []string {
	return func(t *testing.T, name string) (missing []string) {
		if slices.Contains(neverMade, name) {
			return nil
		}
		sent, told, example := false, false, false
		for _, c := range capturedKinds(t) {
			if c.Kind == name && c.Port == port {
				_, ok := kindExamples[c.String()]
				sent, told, example = sent || c.Cmd != "", told || c.Kernel != "", example || ok
			}
		}
		if !sent {
			missing = append(missing, "a command in testdata/kinds/"+name+".txt that makes one")
		}
		if !told && !slices.Contains(neverTold, name) {
			missing = append(missing, "a kernel's answer about it, in testdata/kinds/"+name+".txt")
		}
		value, _ := linkKinds.new(name)
		// veth: TestVethPeerIsEncodedAsIPEncodesIt
		if _, attributes := any(value).(attributed); attributes && !example && name != "veth" {
			missing = append(missing, "a value of it in kindExamples")
		}
		return missing
	}
}

// Kinds that Debian's kernels have not, or that only a driver makes. Of the first there is nothing to send but their
// name; of the others what ip sends was captured, and what it shows is as its source has
// it.
var (
	neverMade = []string{"lowpan", "netdevsim", "openvswitch", "pfcp", "virt_wifi"}
	neverTold = []string{"amt", "can", "dsa", "ipoib", "rmnet", "wwan"}
)

func (c *capturedKind) describe(t testing.TB) *desc.Kind {
	k := DescribeLink(c.Kind)
	if c.Port {
		k = DescribeLinkPort(c.Kind)
	}
	if k == nil {
		t.Fatalf("kind %q is not known", c.Kind)
	}
	return k
}

// sent and told are the attributes that ip sent, and the ones that the kernel reported.
func (c *capturedKind) sent(t testing.TB) []byte { return capture.LinkData(t, c.Kind, c.Port, c.Sent) }
func (c *capturedKind) told(t testing.TB) []byte { return capture.LinkData(t, c.Kind, c.Port, c.Data) }

// newerThanIP are keys that ip 6.1 does not have, with the text before their
// value.
var newerThanIP = map[string]string{
	"fdb_n_learned": "fdb_n_learned", "fdb_max_learned": "fdb_max_learned", "stp_mode": "stp_mode",
	"mst_enabled": "mst_enabled", "mdb_offload_fail_notification": "mdb_offload_fail_notification",
	"fdb_local_vlan_0": "fdb_local_vlan_0",
	"mab":              "mab", "neigh_vlan_suppress": "neigh_vlan_suppress", "neigh_forward_grat": "neigh_forward_grat",
	"mcast_n_groups": "mcast_n_groups", "mcast_max_groups": "mcast_max_groups", "backup_nhid": "backup_nhid",
	"mcast_eht_hosts_limit": "mcast_eht_hosts_limit", "mcast_eht_hosts_cnt": "mcast_eht_hosts_cnt",
	"mrp_ring_open": "mrp_ring_open", "mrp_in_open": "mrp_in_open",
	"mcast_querier_state_ipv4": "mcast_querier_ipv4_addr", "mcast_querier_state_ipv6": "mcast_querier_ipv6_addr",
	"bclim": "bclim", "reserved_bits": "reserved_bits",
}

func TestLinkKindsAreShownAsIPShowsThem(t *testing.T) {
	for _, c := range capturedKinds(t) {
		t.Run(c.String(), func(t *testing.T) {
			data := c.told(t)
			linkName := func(i int) string { return c.Links[i] }

			text := desc.Printer{Details: true, LinkName: linkName}
			text.Reset()
			desc.Show(&text, c.describe(t), data)
			got := string(text.Bytes())
			for _, word := range newerThanIP {
				got = regexp.MustCompile(`\b`+word+` \S+ `).ReplaceAllString(got, "")
			}
			got = strings.Replace(got, "localbypass ", "", 1)
			want := c.Text
			if c.Data == "" && c.JSON == nil {
				want = ""
			}
			if got != want {
				t.Errorf("text is\n %q, want\n %q", got, want)
			}

			js := desc.Printer{Details: true, JSON: true, LinkName: linkName}
			js.Reset()
			js.Object("")
			desc.Show(&js, c.describe(t), data)
			js.EndObject()
			var shown map[string]any
			if err := json.Unmarshal(js.Bytes(), &shown); err != nil {
				t.Fatalf("%s: %v", js.Bytes(), err)
			}
			for key := range newerThanIP {
				delete(shown, key)
			}
			delete(shown, "localbypass")
			if c.JSON == nil {
				c.JSON = map[string]any{}
			}
			if !reflect.DeepEqual(shown, c.JSON) {
				t.Errorf("JSON is\n %v, want\n %v", shown, c.JSON)
			}
		})
	}
}

// kindWords are the words of an ip command behind the kind.
func kindWords(cmd string) []string {
	words := strings.Fields(cmd)
	i := slices.Index(words, "type")
	if i < 0 {
		return nil
	}
	return words[i+2:]
}

// testArgs are the words with links that have the names.
func testArgs(words []string, links map[int]string) *desc.Args {
	return &desc.Args{Names: &desc.Names{},
		Rest: words,
		LinkIndex: func(name string) (int, error) {
			for i, n := range links {
				if n == name {
					return i, nil
				}
			}
			return 0, fmt.Errorf("no link %q", name)
		},
		LinkOptions: func(in *desc.Args, e *wire.Encoder) (header wire.Putter, err error) {
			if !in.Take("name") {
				return nil, fmt.Errorf("only a name is read here, not %q", in.Rest)
			}
			name, err := in.Next()
			e.String(uapi.IFLA_IFNAME, name)
			return &uapi.Ifinfomsg{}, err
		},
	}
}

func TestLinkKindWordsAreReadAsIPReadsThem(t *testing.T) {
	for _, c := range capturedKinds(t) {
		if c.Sent == "" || c.Kind == "veth" { // veth: TestVethPeerWords
			continue
		}
		t.Run(c.String(), func(t *testing.T) {
			in := testArgs(kindWords(c.Cmd), c.Links)
			create := !strings.HasPrefix(c.Cmd, "ip link set")
			if !create { // what it had before is not there any more, but what was not changed
				in.Present = func() (desc.Attrs, error) { return desc.ParseAttrs(c.told(t)), nil }
			}
			var e wire.Encoder
			e.String(1, "before") // reading begins behind other attributes
			before := len(e.Bytes())
			if err := desc.Read(in, c.describe(t), &e); err != nil {
				t.Fatal(err)
			}
			if in.More() {
				t.Fatalf("%q is not read", in.Rest)
			}
			if k := c.describe(t); k.Complete != nil {
				if err := k.Complete(in, &e, create); err != nil {
					t.Fatal(err)
				}
			}
			sameAttrs(t, e.Bytes()[before:], c.sent(t))
		})
	}
}

func TestVethPeerWords(t *testing.T) {
	for _, c := range capturedKinds(t) {
		if c.Kind != "veth" {
			continue
		}
		in := testArgs(kindWords(c.Cmd), nil)
		in.LinkOptions = func(in *desc.Args, e *wire.Encoder) (header wire.Putter, err error) {
			want := []string{"name", "x1", "mtu", "1300", "address", "02:00:00:00:00:07", "numtxqueues", "3", "numrxqueues",
				"4", "txqueuelen", "55"}
			if !slices.Equal(in.Rest, want) {
				t.Errorf("the peer's words are %q, want %q", in.Rest, want)
			}
			in.Rest = nil
			e.String(3, "x1")
			return &uapi.Ifinfomsg{Flags: 1, Change: 1}, nil
		}
		var e wire.Encoder
		if err := desc.Read(in, c.describe(t), &e); err != nil {
			t.Fatal(err)
		}
		want := capture.LinkData(t, "veth", false, "1c000100 00000000 00000000 01000000 01000000 07000300 78310000")
		if !slices.Equal(e.Bytes(), want) {
			t.Errorf("got  %x\nwant %x", e.Bytes(), want)
		}
	}
}

func TestLinkKindWordsThatAreRefused(t *testing.T) {
	tests := []struct {
		kind, words string
		want        string // part of the error
	}{
		{"vlan", "id x", "invalid id"},
		{"vlan", "id 65536", "invalid id"},
		{"vlan", "id", "not complete"},
		{"vlan", "protocol xx", "invalid protocol"},
		{"vlan", "gvrp yes", `"gvrp"`},
		{"vlan", "ingress-qos-map a:1", "invalid ingress-qos-map"},
		{"vlan", "ingress-qos-map 1:", "invalid ingress-qos-map"},
		{"vlan", "ingress-qos-map", "not complete"},
		{"macvlan", "mode bogus", `"mode"`},
		{"macvlan", "flag bogus", `"flag"`},
		{"macvlan", "mode private nopromisc", "passthru"},
		{"macvlan", "macaddr bogus", "bogus"},
		{"macvlan", "macaddr add", "not complete"},
		{"macvlan", "macaddr add 1:2:3:4:5:6:7", "lladdr"},
		{"macvlan", "macaddr add 02:00:00:00:00:100", "lladdr"},
		{"macvlan", "bcqueuelen x", "bcqueuelen"},
		{"macvlan", "bclim 4294967296", "bclim"},
		{"vxlan", "dstport 3", "missing virtual network identifier"},
		{"vxlan", "id 16777216", "invalid id"},
		{"vxlan", "id 8 id 9", "duplicate"},
		{"vxlan", "id 8 group 239.0.0.1", "requires 'dev'"},
		{"vxlan", "id 8 group 10.0.0.1", "invalid group address"},
		{"vxlan", "id 8 remote 239.0.0.1", "invalid remote address"},
		{"vxlan", "id 8 remote any", "invalid remote address"},
		{"vxlan", "id 8 local ff02::1", "invalid local address"},
		{"vxlan", "id 8 local fe80::1%d0", "invalid local address"},
		{"vxlan", "id 8 ttl 256", "TTL must be <= 255"},
		{"vxlan", "id 8 ttl x", "invalid TTL"},
		{"vxlan", "id 8 tos lowdelay", "bad TOS value"},
		{"vxlan", "id 8 df x", "DF must be"},
		{"vxlan", "id 8 flowlabel 0x100000", "invalid flowlabel"},
		{"vxlan", "id 8 dev nope", "nope"},
		{"vxlan", "id 8 srcport 1 x", "max port"},
		{"vxlan", "id 8 dstport 65536", "dstport"},
		{"vxlan", "id 8 ageing x", "ageing timer"},
		{"vxlan", "id 8 external", "both 'external' and vni"},
		{"vxlan", "id 8 vnifilter", "only when 'external' is set"},
		{"bridge", "priority 70000", "invalid priority"},
		{"bridge", "vlan_protocol x", "invalid vlan_protocol"},
		{"bridge", "group_address x", "lladdr"},
		{"bridge", "no_linklocal_learn x", "invalid no_linklocal_learn"},
		{"bridge", "stp_mode x", "invalid stp_mode"},
		{"bridge", "root_port 1", `"root_port" is left`}, // read only
		{"tun", "mode tap", `"mode" is left`},            // not made this way
	}
	for _, tt := range tests {
		t.Run(tt.kind+" "+tt.words, func(t *testing.T) {
			k := DescribeLink(tt.kind)
			in := testArgs(strings.Fields(tt.words), nil)
			var e wire.Encoder
			err := desc.Read(in, k, &e)
			if err == nil && in.More() {
				err = fmt.Errorf("%q is left", in.Peek())
			}
			if err == nil && k.Complete != nil {
				err = k.Complete(in, &e, true)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestLinkKindWordsMayBeAbbreviated(t *testing.T) {
	var full, short wire.Encoder
	if err := desc.Read(testArgs(strings.Fields("protocol 802.1ad id 6 reorder_hdr off"), nil), DescribeLink("vlan"),
		&full); err != nil {
		t.Fatal(err)
	}
	if err := desc.Read(testArgs(strings.Fields("proto 802.1AD id 6 reorder off"), nil), DescribeLink("vlan"),
		&short); err != nil {
		t.Fatal(err)
	}
	if string(full.Bytes()) != string(short.Bytes()) {
		t.Errorf("abbreviated words give\n%x, full ones\n%x", short.Bytes(), full.Bytes())
	}
}

func TestVxlanWarnsOfThePortThatLinuxHas(t *testing.T) {
	for words, want := range map[string]bool{"id 5": true, "id 5 dstport 0": false, "external gpe": false} {
		warned := false
		in := testArgs(strings.Fields(words), nil)
		in.Warn = func(text string) { warned = strings.Contains(text, "dstport 4789") }
		var e wire.Encoder
		if err := desc.Read(in, DescribeLink("vxlan"), &e); err != nil {
			t.Fatal(err)
		}
		if err := DescribeLink("vxlan").Complete(in, &e, true); err != nil {
			t.Fatal(err)
		}
		if warned != want {
			t.Errorf("%q: warned is %v", words, warned)
		}
	}
}

// sameAttrs compares two runs of attributes but for their order.
func sameAttrs(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := attrLines(t, got), attrLines(t, want)
	if !slices.Equal(g, w) {
		t.Errorf("attributes are\n %s\nwant\n %s", strings.Join(g, "\n "), strings.Join(w, "\n "))
	}
}

func attrLines(t testing.TB, b []byte) []string {
	t.Helper()
	var lines []string
	d := wire.NewDecoder(b)
	for d.Next() {
		lines = append(lines, fmt.Sprintf("%d: %x", d.Type(), d.Data()))
	}
	if err := d.Err(); err != nil {
		t.Errorf("%x: %v", b, err)
	}
	slices.Sort(lines)
	return lines
}
