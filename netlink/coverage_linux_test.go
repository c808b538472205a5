package netlink

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kern.sys/internal/abi"
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

var updateCoverage = flag.Bool("update-coverage", false, "write docs/coverage.md")

// attrSet are the attributes of one nest, by the kernel's headers: IFLA_VLAN_ID … of the set IFLA_VLAN.
type attrSet map[uint16]string

// attrSets returns all sets of the facts: a set is what has a constant __PREFIX_MAX.
func attrSets(t *testing.T) map[string]attrSet {
	var archs []string
	for _, a := range abi.Linux() {
		archs = append(archs, a.Name)
	}
	db, err := abi.Read(filepath.Join("..", "internal", "abi", "facts", "linux"), archs)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]uint64{}
	for _, v := range db.Consts() {
		if n, err := strconv.ParseUint(v.On["amd64"], 10, 16); err == nil && v.Kind == abi.Int {
			values[v.Name] = n
		}
	}
	sets := map[string]attrSet{}
	for name := range values {
		if prefix, ok := strings.CutPrefix(name, "__"); ok && strings.HasSuffix(prefix, "_MAX") {
			sets[strings.TrimSuffix(prefix, "_MAX")] = attrSet{}
		}
	}
	for _, name := range setsWithoutEnd {
		sets[name] = attrSet{}
	}
	for name, n := range values {
		for prefix := name; ; {
			at := strings.LastIndexByte(prefix, '_')
			if at < 0 {
				break
			}
			prefix = name[:at]
			set, ok := sets[prefix]
			if !ok {
				continue
			}
			word := name[at+1:]
			if n != 0 && word != "MAX" && word != "UNSPEC" && word != "PAD" && !slices.Contains(notAttributes, name) {
				if old, twice := set[uint16(n)]; !twice || name < old {
					set[uint16(n)] = name
				}
			}
			break
		}
	}
	return sets
}

// coverage is what of one set of attributes an object or a kind can set and read.
type coverage struct {
	name, set string
	can       map[uint16]ability
}

type ability struct{ set, read bool }

// kindCoverage asks the codec of a kind, and of the nests in it whose set has the name of their attribute.
func kindCoverage(name string, line *kindLine, set string, sets map[string]attrSet) []coverage {
	var one [1]any
	a, ok := line.fill(one[:])[0].(attributed)
	if !ok {
		return nil
	}
	all := []coverage{{name, set, map[uint16]ability{}}}
	nests := map[string]int{} // path of the nest to its place in all
	for _, r := range attr.Record(a.attrs) {
		at, in := 0, set
		for i, typ := range r.Path[:len(r.Path)-1] {
			path := fmt.Sprint(r.Path[:i+1])
			if in = sets[in][typ]; sets[in] == nil {
				in = nestSets[in]
			}
			if at, ok = nests[path]; !ok {
				at = len(all)
				nests[path] = at
				all = append(all, coverage{name + " " + in, in, map[uint16]ability{}})
			}
		}
		typ := r.Path[len(r.Path)-1]
		old := all[at].can[typ]
		all[at].can[typ] = ability{old.set || r.Set, old.read || r.Read}
	}
	return slices.DeleteFunc(all, func(c coverage) bool { return c.set == "" })
}

// object is a kind of objects whose codec is no table: what is read is found by reading messages with one attribute
// more, and what is set by sending what was read.
type object struct {
	name, set string
	typ       uint16
	header    []byte // with what is needed for the object to be one
	with      func(e *wire.Encoder)
	decode    func(data []byte) (any, error)
	send      func(h *Handle, v any) error
}

func decodeAny[T any](decode func([]byte) (T, error)) func([]byte) (any, error) {
	return func(b []byte) (any, error) { return decode(b) }
}

// payloads are what attributes may have in them: numbers of all widths, addresses, structures, nests.
func payloads() [][]byte {
	var all [][]byte
	for _, n := range []int{1, 2, 4, 6, 8, 12, 16, 20, 24, 60, 192, 0} {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i%3 + 1)
		}
		all = append(all, b)
		if n > 1 { // small numbers in the machine's order
			b := make([]byte, n)
			b[0], b[n-1] = 1, 0
			all = append(all, b)
		}
	}
	all = append(all, []byte("name\x00"))
	for _, n := range []int{1, 4, 16} {
		var e wire.Encoder
		for typ := uint16(1); typ < 24; typ++ {
			e.Data(typ, all[0])
			e.Data(typ, append([]byte{1}, make([]byte, n-1)...))
		}
		all = append(all, e.Bytes())
	}
	return all
}

func (o *object) coverage(t *testing.T, set attrSet) coverage {
	c := coverage{o.name, o.set, map[uint16]ability{}}
	var sent []byte
	h := fakeHandle(t, func(request []byte) []nltest.Datagram {
		if sent == nil { // the first, not a look-up after it
			sent = slices.Clone(request)
		}
		return []nltest.Datagram{{Data: nltest.Ack(request, 0, nil)}}
	})
	message := func(typ uint16, payload []byte) []byte {
		var e wire.Encoder
		copy(e.Raw(len(o.header)), o.header)
		if o.with != nil {
			o.with(&e)
		}
		if typ != 0 {
			e.Data(typ, payload)
		}
		return e.Bytes()
	}
	plain, err := o.decode(message(0, nil))
	if err != nil {
		t.Fatalf("%s: %v", o.name, err)
	}
	for typ := range set {
		var r ability
		for _, payload := range payloads() {
			v, err := o.decode(message(typ, payload))
			if err != nil || reflect.DeepEqual(v, plain) {
				continue
			}
			r.read = true
			sent = nil
			if o.send(h, v); sent == nil {
				continue
			}
			for d := wire.NewDecoderAfter(sent, uapi.SizeofNlmsghdr+len(o.header)); d.Next(); {
				r.set = r.set || d.Type() == typ
			}
		}
		if r.read || r.set {
			c.can[typ] = r
		}
	}
	return c
}

// nestSets are the sets of attributes that are nests, where the set is called otherwise.
var nestSets = map[string]string{
	"IFLA_VLAN_EGRESS_QOS": "IFLA_VLAN_QOS", "IFLA_VLAN_INGRESS_QOS": "IFLA_VLAN_QOS",
}

// setsWithoutEnd are sets without a constant __…_MAX.
var setsWithoutEnd = []string{"WGDEVICE_A"}

// notAttributes have the name of an attribute of a set and are something else.
var notAttributes = []string{}

// setOf are the sets of kinds that are not IFLA_KIND.
var setOf = map[string]string{
	"link bareudp": "IFLA_BAREUDP", "link bridge": "IFLA_BR", "link gretap": "IFLA_GRE", "link ip6gre": "IFLA_GRE",
	"link ip6gretap": "IFLA_GRE", "link ip6tnl": "IFLA_IPTUN", "link ipip": "IFLA_IPTUN", "link sit": "IFLA_IPTUN",
	"link ipvtap": "IFLA_IPVLAN", "link macvtap": "IFLA_MACVLAN", "link vti6": "IFLA_VTI", "link veth": "VETH_INFO",
	"port bridge": "IFLA_BRPORT", "port vrf": "IFLA_VRF_PORT",
	"encap ip": "LWTUNNEL_IP", "encap ip6": "LWTUNNEL_IP6", "encap mpls": "MPLS_IPTUNNEL",
}

// objects are those of package netlink that are no kinds. Headers have the machine's order only where all bytes of a
// number are zero but the first, which is enough for what is asked here.
func objectsOfCoverage() []object {
	index := func(e *wire.Encoder, typ uint16) { e.Uint32(typ, 1) }
	return []object{
		{
			name: "link", set: "IFLA", typ: uapi.RTM_NEWLINK, header: header(&uapi.Ifinfomsg{Type: uapi.ARPHRD_ETHER, Index: 1}, uapi.SizeofIfinfomsg),
			with:   func(e *wire.Encoder) { e.String(uapi.IFLA_IFNAME, "x") },
			decode: decodeAny(decodeLink),
			send:   func(h *Handle, v any) error { return h.LinkAdd(v.(Link)) },
		}, {
			name: "address", set: "IFA", header: header(&uapi.Ifaddrmsg{Family: uapi.AF_INET, Prefixlen: 24, Index: 1}, uapi.SizeofIfaddrmsg),
			with:   func(e *wire.Encoder) { e.Data(uapi.IFA_LOCAL, []byte{192, 0, 2, 1}) },
			decode: decodeAny(decodeAddr),
			send: func(h *Handle, v any) error {
				a := v.(Addr)
				return h.AddrAdd(&Dummy{LinkAttrs{Index: 1}}, &a)
			},
		}, {
			name: "route", set: "RTA", header: header(&uapi.Rtmsg{Family: uapi.AF_INET, DstLen: 24, Table: 254, Type: uapi.RTN_UNICAST}, uapi.SizeofRtmsg),
			with: func(e *wire.Encoder) {
				e.Data(uapi.RTA_DST, []byte{192, 0, 2, 0})
				index(e, uapi.RTA_OIF)
			},
			decode: decodeAny(decodeRoute),
			send: func(h *Handle, v any) error {
				r := v.(Route)
				return h.RouteAdd(&r)
			},
		}, {
			name: "rule", set: "FRA", header: header(&uapi.FibRuleHdr{Family: uapi.AF_INET, Action: uapi.FR_ACT_TO_TBL, Table: 254}, uapi.SizeofFibRuleHdr),
			decode: decodeAny(decodeRule),
			send: func(h *Handle, v any) error {
				r := v.(Rule)
				return h.RuleAdd(&r)
			},
		}, {
			name: "neighbour", set: "NDA", header: header(&uapi.Ndmsg{Family: uapi.AF_INET, Ifindex: 1, State: uapi.NUD_PERMANENT}, uapi.SizeofNdmsg),
			with:   func(e *wire.Encoder) { e.Data(uapi.NDA_DST, []byte{192, 0, 2, 1}) },
			decode: decodeAny(decodeNeigh),
			send: func(h *Handle, v any) error {
				n := v.(Neigh)
				return h.NeighAdd(&n)
			},
		}, {
			name: "next hop", set: "NHA", header: header(&uapi.Nhmsg{Family: uapi.AF_INET}, uapi.SizeofNhmsg),
			with:   func(e *wire.Encoder) { index(e, uapi.NHA_ID) },
			decode: decodeAny(decodeNexthop),
			send: func(h *Handle, v any) error {
				n := v.(Nexthop)
				return h.NexthopAdd(&n)
			},
		},
	}
}

func header(h interface{ Put([]byte) }, size int) []byte {
	b := make([]byte, size)
	h.Put(b)
	return b
}

// TestCoverage compares docs/coverage.md with what the kernel's headers define and the package can set and read.
func TestCoverage(t *testing.T) {
	sets := attrSets(t)
	var all []coverage
	for _, o := range objectsOfCoverage() {
		all = append(all, o.coverage(t, sets[o.set]))
	}
	for _, table := range tablesOfKinds {
		for i := range table.lines {
			name := table.prefix + " " + table.lines[i].name
			set, ok := setOf[name]
			if !ok {
				set = strings.ToUpper(prefixOfSets[table.prefix] + "_" + table.lines[i].name)
			}
			all = append(all, kindCoverage(name, &table.lines[i], set, sets)...)
		}
	}
	got := coverageText(t, all, sets)
	file := filepath.Join("..", "docs", "coverage.md")
	if *updateCoverage {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		wants, gots := strings.Split(string(want), "\n"), strings.Split(got, "\n")
		for _, line := range gots {
			if !slices.Contains(wants, line) {
				t.Errorf("now:  %s", line)
			}
		}
		for _, line := range wants {
			if !slices.Contains(gots, line) {
				t.Errorf("then: %s", line)
			}
		}
		t.Errorf("docs/coverage.md is not what the package can do; with -update-coverage this test writes it")
	}
}

// prefixOfSets is what the names of the sets of a table's kinds begin with.
var prefixOfSets = map[string]string{"link": "IFLA", "port": "IFLA", "encap": "LWTUNNEL"}

func coverageText(t *testing.T, all []coverage, sets map[string]attrSet) string {
	var s strings.Builder
	s.WriteString(`# Coverage

Which of the attributes that the kernel's headers define package netlink can set and read: for objects and kinds that
have a table of attributes by asking it, for others by reading messages with one attribute more and by sending what
was read. ` + "`go test ./netlink -run TestCoverage -update-coverage`" + ` writes this file, and the test fails where it
is not true. An attribute that is read and not set is one that the kernel refuses or ignores, or is named here with a
reason.

| object or kind | set of attributes | defined | set | read | neither | read only |
|---|---|---|---|---|---|---|
`)
	for _, c := range all {
		set := sets[c.set]
		if set == nil {
			t.Errorf("%s: the headers have no set of attributes %s", c.name, c.set)
			continue
		}
		var types []uint16
		for typ := range set {
			types = append(types, typ)
		}
		slices.Sort(types)
		nset, nread := 0, 0
		var neither, readOnly []string
		for _, typ := range types {
			short := strings.TrimPrefix(set[typ], c.set+"_")
			a := c.can[typ]
			if a.set {
				nset++
			}
			if a.read {
				nread++
			}
			switch {
			case a.set:
			case a.read:
				readOnly = append(readOnly, short)
			default:
				if why := leftOut[set[typ]]; why != "" {
					short += " (" + why + ")"
				}
				neither = append(neither, short)
			}
		}
		fmt.Fprintf(&s, "| %s | %s | %d | %d | %d | %s | %s |\n", c.name, c.set, len(types), nset, nread, strings.Join(neither, ", "), strings.Join(readOnly, ", "))
	}
	return s.String()
}

// leftOut are attributes that are neither set nor read, each with the reason.
var leftOut = map[string]string{}
