package netlink

import (
	"cmp"
	"flag"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/attr"
	"kern.sys/internal/coverage"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

var updateCoverage = flag.Bool("update-coverage", false, "write docs/coverage.md")

// kindCoverage asks the codec of a kind, and of the nests in it whose set has the name of their attribute.
func kindCoverage(name string, line *kindLine, set string, sets map[string]coverage.Set) []coverage.Row {
	if line.kind == nil { // nothing but a name
		return nil
	}
	var one [1]any
	a, ok := line.fill(one[:])[0].(attributed)
	if !ok {
		return nil
	}
	all := []coverage.Row{{Name: name, Set: set, Can: map[uint16]coverage.Ability{}}}
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
				all = append(all, coverage.Row{Name: name + " " + in, Set: in, Can: map[uint16]coverage.Ability{}})
			}
		}
		typ := r.Path[len(r.Path)-1]
		old := all[at].Can[typ]
		all[at].Can[typ] = coverage.Ability{Set: old.Set || r.Set, Read: old.Read || r.Read}
	}
	return slices.DeleteFunc(all, func(r coverage.Row) bool { return r.Set == "" })
}

// object is a kind of objects whose codec is no table: what is read is found by reading messages with one attribute
// more, and what is set by sending what was read.
type object struct {
	name, set string
	header    []byte // with what is needed for the object to be one
	with      func(e *wire.Encoder)
	decode    func(data []byte) (any, error)
	send      func(h *Handle, v any) error
	more      []any                  // objects with what one attribute alone does not bring
	methods   func(name string) bool // methods of Handle that send single attributes of such objects
	others    []func(h *Handle)      // and more that sends some

	nest []uint16 // where in a message the attributes are
	into []uint16 // where in a request they are, if elsewhere
	head int      // bytes before the attributes of a request, if not those of header
	// as has the number of each attribute in requests. It is nil where a request is like what is read.
	as map[uint16]uint16
}

func decodeAny[T any](decode func([]byte) (T, error)) func([]byte) (any, error) {
	return func(b []byte) (any, error) { return decode(b) }
}

func (o *object) coverage(t *testing.T, set coverage.Set) coverage.Row {
	c := coverage.Row{Name: o.name, Set: o.set, Can: map[uint16]coverage.Ability{}}
	can := func(typ uint16, a coverage.Ability) {
		if set[typ] != "" {
			c.Can[typ] = coverage.Ability{Set: a.Set || c.Can[typ].Set, Read: a.Read || c.Can[typ].Read}
		}
	}
	var sent []byte
	h := fakeHandle(t, func(request []byte) []nltest.Datagram {
		if len(o.header) == uapi.SizeofGenlmsghdr && native.Uint16(request[4:]) == uapi.GENL_ID_CTRL {
			return answerWith(request, uapi.GENL_ID_CTRL, attributes(uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
				e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, uapi.GENL_MIN_ID+7)
			}))
		}
		if sent == nil { // the first, not a look-up after it
			sent = slices.Clone(request)
		}
		if native.Uint16(request[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP {
			return []nltest.Datagram{{Data: nltest.Done(request, 0, 0)}}
		}
		return []nltest.Datagram{{Data: nltest.Ack(request, 0, nil)}}
	})
	message := func(typ uint16, payload []byte) []byte {
		var e wire.Encoder
		copy(e.Raw(len(o.header)), o.header)
		if o.with != nil {
			o.with(&e)
		}
		if typ == 0 {
			return e.Bytes()
		}
		for _, nest := range o.nest {
			e.Nest(nest | uapi.NLA_F_NESTED)
		}
		e.Data(typ, payload)
		for range o.nest {
			e.End()
		}
		return e.Bytes()
	}
	into := o.nest
	if o.into != nil {
		into = o.into
	}
	head := uapi.SizeofNlmsghdr + cmp.Or(o.head, len(o.header))
	requested := func() (types []uint16) {
		if len(sent) < head {
			return nil
		}
		for typ := range attrsAt(sent[head:], into) {
			types = append(types, typ)
		}
		return types
	}
	plain, err := o.decode(message(0, nil))
	if err != nil {
		t.Fatalf("%s: %v", o.name, err)
	}
	for typ := range set {
		as := typ
		if o.as != nil {
			as = o.as[typ]
		}
		for _, payload := range coverage.Payloads() {
			v, err := o.decode(message(typ, payload))
			if err != nil || reflect.DeepEqual(v, plain) {
				continue
			}
			a := coverage.Ability{Read: true}
			if o.send != nil {
				sent = nil
				o.send(h, v)
				a.Set = slices.Contains(requested(), as)
			}
			can(typ, a)
		}
	}
	for _, v := range o.more {
		sent = nil
		if err := o.send(h, v); sent == nil {
			t.Fatalf("%s: %v is not sent: %v", o.name, v, err)
		}
		whole := sent[uapi.SizeofNlmsghdr:]
		all, err := o.decode(whole)
		if err != nil {
			t.Fatalf("%s: %v is sent as %x: %v", o.name, v, whole, err)
		}
		for _, typ := range requested() {
			var without wire.Encoder
			copy(without.Raw(len(o.header)), whole)
			withoutAttr(&without, whole[len(o.header):], into, typ)
			less, err := o.decode(without.Bytes())
			can(typ, coverage.Ability{Set: true, Read: err != nil || !reflect.DeepEqual(all, less)})
		}
	}
	for _, send := range o.others {
		sent = nil
		send(h)
		for _, typ := range requested() {
			can(typ, coverage.Ability{Set: true})
		}
	}
	if o.methods == nil {
		return c
	}
	handle := reflect.ValueOf(h)
	for i := range handle.NumMethod() {
		m := handle.Type().Method(i)
		if !o.methods(m.Name) || m.Type.IsVariadic() {
			continue
		}
		for _, variant := range []int{0, 1} {
			sent = nil
			var args []reflect.Value
			for j := 1; j < m.Type.NumIn(); j++ {
				args = append(args, argument(m.Type.In(j), variant))
			}
			handle.Method(i).Call(args)
			if len(sent) < uapi.SizeofNlmsghdr ||
				!slices.Contains([]uint16{uapi.RTM_NEWLINK, uapi.RTM_SETLINK, uapi.RTM_NEWLINKPROP}, native.Uint16(sent[4:])) {
				continue
			}
			for _, typ := range requested() {
				can(typ, coverage.Ability{Set: true})
			}
		}
	}
	return c
}

// attrsAt gives the attributes in the nests that a path names.
func attrsAt(b []byte, path []uint16) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for d := wire.NewDecoder(b); d.Next(); {
			switch {
			case len(path) == 0:
				if !yield(d.Type(), d.Data()) {
					return
				}
			case d.Type() == path[0]:
				for typ, b := range attrsAt(d.Data(), path[1:]) {
					if !yield(typ, b) {
						return
					}
				}
			}
		}
	}
}

// withoutAttr appends attributes but for those of one type in the nests that a path names.
func withoutAttr(e *wire.Encoder, b []byte, path []uint16, typ uint16) {
	for d := wire.NewDecoder(b); d.Next(); {
		switch {
		case len(path) == 0 && d.Type() == typ:
		case len(path) != 0 && d.Type() == path[0]:
			e.Nest(d.Type() | d.Flags())
			withoutAttr(e, d.Data(), path[1:], typ)
			e.End()
		default:
			e.Data(d.Type()|d.Flags(), d.Data())
		}
	}
}

// argument is a value of a type for which a method sends something.
func argument(typ reflect.Type, variant int) reflect.Value {
	switch v := reflect.New(typ).Elem(); typ.Kind() {
	case reflect.String:
		v.SetString("x")
		return v
	case reflect.Bool:
		v.SetBool(true)
		return v
	case reflect.Interface:
		if link := reflect.ValueOf(&Dummy{LinkAttrs{Index: 1, Name: "d"}}); link.Type().Implements(typ) {
			return link
		}
		return v
	case reflect.Slice:
		if typ == reflect.TypeFor[[]string]() {
			return reflect.ValueOf([]string{"x"})
		}
		if typ.Elem().Kind() == reflect.Uint8 {
			return reflect.ValueOf([]byte{2, 0, 0, 0, 0, 1}).Convert(typ)
		}
		return v
	default:
		if v.CanInt() {
			v.SetInt(int64(1 - variant))
		} else if v.CanUint() {
			v.SetUint(uint64(1 - variant))
		}
		return v
	}
}

// nestSets are the sets of attributes that are nests, where the set is called otherwise.
var nestSets = map[string]string{
	"IFLA_VLAN_EGRESS_QOS": "IFLA_VLAN_QOS", "IFLA_VLAN_INGRESS_QOS": "IFLA_VLAN_QOS",
}

// setOf are the sets of kinds that are not IFLA_KIND.
var setOf = map[string]string{
	"link bareudp": "IFLA_BAREUDP", "link bridge": "IFLA_BR", "link gretap": "IFLA_GRE", "link ip6gre": "IFLA_GRE",
	"link ip6gretap": "IFLA_GRE", "link ip6tnl": "IFLA_IPTUN", "link ipip": "IFLA_IPTUN", "link sit": "IFLA_IPTUN",
	"link ipvtap": "IFLA_IPVLAN", "link macvtap": "IFLA_MACVLAN", "link vti6": "IFLA_VTI", "link veth": "VETH_INFO",
	"link erspan": "IFLA_GRE", "link ip6erspan": "IFLA_GRE", "link vxcan": "VXCAN_INFO", "port bond": "IFLA_BOND_SLAVE",
	"port bridge": "IFLA_BRPORT", "port vrf": "IFLA_VRF_PORT",
	"encap ip": "LWTUNNEL_IP", "encap ip6": "LWTUNNEL_IP6", "encap mpls": "MPLS_IPTUNNEL",
	"encap bpf": "LWT_BPF", "encap seg6": "SEG6_IPTUNNEL", "encap seg6local": "SEG6_LOCAL", "encap xfrm": "LWT_XFRM",
	"qdisc bfifo": "", "qdisc pfifo": "", "qdisc pfifo_head_drop": "", "qdisc pfifo_fast": "", "qdisc prio": "",
	"qdisc multiq": "", "qdisc plug": "", "qdisc sfq": "", "qdisc skbprio": "", // structures
	"qdisc cake_mq": "TCA_CAKE", "qdisc taprio": "TCA_TAPRIO_ATTR", "filter route": "TCA_ROUTE4",
	"action simple": "TCA_DEF", "action bpf": "TCA_ACT_BPF",
	"encap ila": "ILA_ATTR", "encap ioam6": "IOAM6_IPTUNNEL", "encap rpl": "RPL_IPTUNNEL",
}

// objects are the objects of package netlink besides kinds. Headers have the machine's order only where all bytes of a
// number are zero but the first, which is enough for what is asked here.
func objectsOfCoverage() []object {
	index := func(e *wire.Encoder, typ uint16) { e.Uint32(typ, 1) }
	return []object{
		{
			name: "link", set: "IFLA", header: header(&uapi.Ifinfomsg{Type: uapi.ARPHRD_ETHER, Index: 1}, uapi.SizeofIfinfomsg),
			with:   func(e *wire.Encoder) { e.String(uapi.IFLA_IFNAME, "x") },
			decode: decodeAny(decodeLink),
			send:   func(h *Handle, v any) error { return h.LinkAdd(v.(Link)) },
			more: []any{
				&Dummy{LinkAttrs{Name: "x", TxQLen: 1, Namespace: NsPid(1)}},
				&Dummy{LinkAttrs{Name: "x", TxQLen: 1, Namespace: NsFd(1)}},
			},
			methods: func(name string) bool {
				return strings.HasPrefix(name, "LinkSet") || strings.HasPrefix(name, "LinkAddAlt")
			},
		}, {
			name: "address", set: "IFA", header: header(&uapi.Ifaddrmsg{Family: uapi.AF_INET, Prefixlen: 24, Index: 1},
				uapi.SizeofIfaddrmsg),
			with:   func(e *wire.Encoder) { e.Data(uapi.IFA_LOCAL, []byte{192, 0, 2, 1}) },
			decode: decodeAny(decodeAddr),
			send: func(h *Handle, v any) error {
				a := v.(Addr)
				return h.AddrAdd(&Dummy{LinkAttrs{Index: 1}}, &a)
			},
		}, {
			name: "route", set: "RTA", header: header(&uapi.Rtmsg{Family: uapi.AF_INET, DstLen: 24, Table: 254,
				Type: uapi.RTN_UNICAST}, uapi.SizeofRtmsg),
			with: func(e *wire.Encoder) {
				e.Data(uapi.RTA_DST, []byte{192, 0, 2, 0})
				index(e, uapi.RTA_OIF)
			},
			decode: decodeAny(decodeRoute),
			send: func(h *Handle, v any) error {
				r := v.(Route)
				return h.RouteAdd(&r)
			},
			more: []any{
				Route{Dst: anyPrefix, MultiPath: []*NexthopInfo{{LinkIndex: 1}, {LinkIndex: 2}}},
				Route{Dst: anyPrefix, LinkIndex: 1, MTU: 1400, Encap: &MPLSEncap{Labels: []int{16}}},
				Route{Family: FAMILY_V6, LinkIndex: 1, Expires: 10},
				Route{MPLSDst: new(int), LinkIndex: 1, NewDst: &MPLSDestination{Labels: []int{17}}},
			},
		}, {
			name: "rule", set: "FRA", header: header(&uapi.FibRuleHdr{Family: uapi.AF_INET, Action: uapi.FR_ACT_TO_TBL,
				Table: 254}, uapi.SizeofFibRuleHdr),
			decode: decodeAny(decodeRule),
			send: func(h *Handle, v any) error {
				r := v.(Rule)
				return h.RuleAdd(&r)
			},
			more: []any{Rule{Family: FAMILY_V4, Table: 7, Src: anyPrefix, Dst: anyPrefix},
				Rule{Family: FAMILY_V6, Table: 7, FlowLabel: new(uint32), FlowLabelMask: new(uint32)}},
		}, {
			name: "neighbour", set: "NDA", header: header(&uapi.Ndmsg{Family: uapi.AF_INET, Ifindex: 1,
				State: uapi.NUD_PERMANENT}, uapi.SizeofNdmsg),
			with:   func(e *wire.Encoder) { e.Data(uapi.NDA_DST, []byte{192, 0, 2, 1}) },
			decode: decodeAny(decodeNeigh),
			send: func(h *Handle, v any) error {
				n := v.(Neigh)
				return h.NeighAdd(&n)
			},
		}, {
			name: "multicast entry", set: "MDBA_MDB_EATTR", header: mdbHeader(),
			decode: decodeAny(func(b []byte) (MDBEntry, error) { return decodeMDBEntry(1, b) }),
			send: func(h *Handle, v any) error {
				e := v.(MDBEntry)
				for i := range e.Sources { // a number that is no address
					e.Sources[i].Addr = netip.MustParseAddr("192.0.2.1")
				}
				return h.MDBAdd(&e)
			},
			into: []uint16{uapi.MDBA_SET_ENTRY_ATTRS}, head: uapi.SizeofBrPortMsg,
			as: map[uint16]uint16{
				uapi.MDBA_MDB_EATTR_SRC_LIST: uapi.MDBE_ATTR_SRC_LIST, uapi.MDBA_MDB_EATTR_GROUP_MODE: uapi.MDBE_ATTR_GROUP_MODE,
				uapi.MDBA_MDB_EATTR_SOURCE: uapi.MDBE_ATTR_SOURCE, uapi.MDBA_MDB_EATTR_RTPROT: uapi.MDBE_ATTR_RTPROT,
				uapi.MDBA_MDB_EATTR_DST: uapi.MDBE_ATTR_DST, uapi.MDBA_MDB_EATTR_DST_PORT: uapi.MDBE_ATTR_DST_PORT,
				uapi.MDBA_MDB_EATTR_VNI: uapi.MDBE_ATTR_VNI, uapi.MDBA_MDB_EATTR_IFINDEX: uapi.MDBE_ATTR_IFINDEX,
				uapi.MDBA_MDB_EATTR_SRC_VNI: uapi.MDBE_ATTR_SRC_VNI,
			},
		}, {
			name: "next hop", set: "NHA", header: header(&uapi.Nhmsg{Family: uapi.AF_INET}, uapi.SizeofNhmsg),
			with:   func(e *wire.Encoder) { index(e, uapi.NHA_ID) },
			decode: decodeAny(decodeNexthop),
			send: func(h *Handle, v any) error {
				n := v.(Nexthop)
				return h.NexthopAdd(&n)
			},
			more: []any{
				Nexthop{ID: 1, Group: []NexthopMember{{ID: 2}}, Resilient: &NexthopResilient{Buckets: 4}},
				Nexthop{ID: 1, OIF: 1, Encap: &MPLSEncap{Labels: []int{16}}},
			},
		}, {
			name: "address label", set: "IFAL", header: header(&uapi.Ifaddrlblmsg{Family: uapi.AF_INET6, Prefixlen: 64},
				uapi.SizeofIfaddrlblmsg),
			with:   func(e *wire.Encoder) { e.Data(uapi.IFAL_ADDRESS, append([]byte{0xfd}, make([]byte, 15)...)) },
			decode: decodeAny(decodeAddrLabel),
			send: func(h *Handle, v any) error {
				l := v.(AddrLabel)
				return h.AddrLabelAdd(&l)
			},
		}, {
			name: "table of neighbours", set: "NDTA", header: header(&uapi.Ndtmsg{Family: uapi.AF_INET}, uapi.SizeofNdtmsg),
			with:   func(e *wire.Encoder) { e.String(uapi.NDTA_NAME, "x") },
			decode: decodeAny(decodeNtable),
			send: func(h *Handle, v any) error {
				n := v.(Ntable)
				return h.NtableSet(&n)
			},
		}, {
			name: "state of IPsec", set: "XFRMA", header: header(&uapi.XfrmUsersaInfo{Family: uapi.AF_INET,
				Id: uapi.XfrmId{Spi: 1, Proto: uapi.IPPROTO_ESP}},
				uapi.SizeofXfrmUsersaInfo)[:xfrmTail(uapi.SizeofXfrmUsersaInfo)],
			decode: decodeAny(decodeXfrmState),
			send: func(h *Handle, v any) error {
				s := v.(XfrmState)
				return h.XfrmStateAdd(&s)
			},
			more: []any{
				XfrmState{Spi: 1, Auth: &XfrmStateAlgo{Name: "a"}, Crypt: &XfrmStateAlgo{Name: "a"},
					Comp: &XfrmStateAlgo{Name: "a"}, Aead: &XfrmStateAlgo{Name: "a"}, Replay: &XfrmReplayState{Seq: 1},
					Encap: &XfrmStateEncap{Type: XFRM_ENCAP_ESPINUDP}, SecCtx: &XfrmSecCtx{Context: "a"}, CoAddr: net.IPv6loopback},
				XfrmState{Spi: 1, ReplayESN: &XfrmReplayESN{Seq: 1}},
			},
		}, {
			name: "policy of IPsec", set: "XFRMA", header: header(&uapi.XfrmUserpolicyInfo{Sel: uapi.XfrmSelector{
				Family: uapi.AF_INET}},
				uapi.SizeofXfrmUserpolicyInfo)[:xfrmTail(uapi.SizeofXfrmUserpolicyInfo)],
			decode: decodeAny(decodeXfrmPolicy),
			send: func(h *Handle, v any) error {
				p := v.(XfrmPolicy)
				return h.XfrmPolicyAdd(&p)
			},
			more: []any{XfrmPolicy{Tmpls: []XfrmPolicyTmpl{{Proto: XFRM_PROTO_ESP}}, SecCtx: &XfrmSecCtx{Context: "a"}}},
		}, {
			name: "queueing discipline", set: "TCA", header: header(&uapi.Tcmsg{Ifindex: 1}, uapi.SizeofTcmsg),
			decode: decodeAny(decodeQdisc), send: func(h *Handle, v any) error { return h.QdiscAdd(v.(Qdisc)) },
			more: []any{NewPrio(QdiscAttrs{Estimator: someEstimator, SizeTable: &SizeTable{Overhead: 1}})},
		}, {
			name: "class", set: "TCA", header: header(&uapi.Tcmsg{Ifindex: 1}, uapi.SizeofTcmsg),
			decode: decodeAny(decodeClass), send: func(h *Handle, v any) error { return h.ClassAdd(v.(Class)) },
			more: []any{&DrrClass{ClassAttrs: ClassAttrs{Estimator: someEstimator}, Quantum: 1}},
		}, {
			name: "filter", set: "TCA", header: header(&uapi.Tcmsg{Ifindex: 1}, uapi.SizeofTcmsg),
			decode: decodeAny(decodeFilter), send: func(h *Handle, v any) error { return h.FilterAdd(v.(Filter)) },
			more: []any{&MatchAll{FilterAttrs: FilterAttrs{Estimator: someEstimator}, ClassId: 1}},
		},
	}
}

var someEstimator = &Estimator{Interval: time.Second, TimeConstant: time.Minute}

var anyPrefix = &net.IPNet{IP: net.IPv4(192, 0, 2, 0).To4(), Mask: net.CIDRMask(24, 32)}

// mdbHeader is an entry of a group of IPv4.
func mdbHeader() []byte {
	b := make([]byte, mdbEntrySize)
	(&mdbPut{group: netip.MustParseAddr("239.1.1.1")}).Put(b)
	return b
}

func header(h interface{ Put([]byte) }, size int) []byte {
	b := make([]byte, size)
	h.Put(b)
	return b
}

// TestCoverage compares docs/coverage.md with what the kernel's headers define and the package can set and read.
func TestCoverage(t *testing.T) {
	sets := coverage.Sets(t, filepath.Join("..", "internal", "abi", "facts", "linux"))
	var all []coverage.Row
	if odd := sets["IPSET_ATTR"]; len(odd) != 0 {
		t.Errorf("package coverage does not know the sets of %v", odd)
	}
	for _, o := range slices.Concat(objectsOfCoverage(), netfilterCoverage(), genlCoverage()) {
		all = append(all, o.coverage(t, sets[o.set]))
	}
	for _, table := range slices.Concat(tablesOfKinds, []tableOfKinds{{prefix: "qdisc", lines: qdiscKinds},
		{prefix: "class", lines: classKinds}, {prefix: "filter", lines: filterKinds},
		{prefix: "action", lines: actionKinds}}) {
		for i := range table.lines {
			name := table.prefix + " " + table.lines[i].name
			set, ok := setOf[name]
			if !ok {
				set = strings.ToUpper(prefixOfSets[table.prefix] + "_" + table.lines[i].name)
			}
			all = append(all, kindCoverage(name, &table.lines[i], set, sets)...)
		}
	}
	coverage.Check(t, filepath.Join("..", "docs", "coverage.md"), coverageText, all, sets, leftOut, *updateCoverage)
}

const coverageText = `# Coverage

Which of the attributes that the kernel's headers define package netlink can set and read: for objects and kinds that
have a table of attributes by asking it, for others by reading messages with one attribute more and by sending what
was read. ` + "`go test ./netlink -run TestCoverage -update-coverage`" + ` writes this part, and the test fails where it
is not true. An attribute that is read and not set is one that the kernel refuses or ignores, or has another in its
place, or is named here with a reason.
`

// prefixOfSets is what the names of the sets of a table's kinds begin with.
var prefixOfSets = map[string]string{"link": "IFLA", "port": "IFLA", "encap": "LWTUNNEL", "qdisc": "TCA",
	"class": "TCA", "filter": "TCA",
	"action": "TCA"}

// leftOut are attributes that are neither set nor read, each with the reason.
var leftOut = map[string]string{
	"IFLA_COST": "no kernel uses it", "IFLA_PRIORITY": "no kernel uses it", "IFLA_WEIGHT": "no driver uses it",
	"IFLA_WIRELESS": "events of wireless extensions", "IFLA_MAP": "memory and interrupts of ISA cards",
	"IFLA_EXT_MASK": "of requests, see LinkFilter", "IFLA_IF_NETNSID": "a handle is of one namespace",
	"IFLA_DEVLINK_PORT": "of devlink", "IFLA_DPLL_PIN": "of dpll",
	"IFLA_ALT_IFNAME": "an item of PROP_LIST", "VXCAN_INFO_PEER": "sent with the peer's attributes",
	"LWT_BPF_MAX_HEADROOM": "a limit, no attribute", "NHA_OP_FLAGS": "of requests",
	"IFA_MC_USERS": "of multicast addresses", "IFA_MULTICAST": "of multicast addresses",
	"IFA_ANYCAST":        "of anycast addresses",
	"IFA_TARGET_NETNSID": "a handle is of one namespace",
	"RTA_PROTOINFO":      "no kernel uses it", "RTA_SESSION": "no kernel uses it", "RTA_MP_ALGO": "no kernel uses it",
	"RTA_MFC_STATS": "of multicast routes",
	"RTA_MARK":      "RouteGetWithOptions", "RTA_UID": "RouteGetWithOptions", "RTA_IP_PROTO": "RouteGetWithOptions",
	"RTA_SPORT": "RouteGetWithOptions", "RTA_DPORT": "RouteGetWithOptions", "RTA_FLOWLABEL": "RouteGetWithOptions",
	"FRA_UNUSED2": "no kernel uses it", "FRA_UNUSED3": "no kernel uses it", "FRA_UNUSED4": "no kernel uses it",
	"FRA_UNUSED5":      "no kernel uses it",
	"NDA_LINK_NETNSID": "of vxlan's far links", "NDA_NDM_STATE_MASK": "FDBFlush",
	"NDA_NDM_FLAGS_MASK": "FDBFlush",
	"NHA_GROUPS":         "of requests", "NHA_MASTER": "of requests", "NHA_RES_BUCKET": "of buckets",
	"IFLA_GRE_ERSPAN_INDEX": "of erspan", "IFLA_GRE_ERSPAN_VER": "of erspan", "IFLA_GRE_ERSPAN_DIR": "of erspan",
	"IFLA_GRE_ERSPAN_HWID":  "of erspan",
	"IFLA_IPTUN_6RD_PREFIX": "of sit", "IFLA_IPTUN_6RD_RELAY_PREFIX": "of sit", "IFLA_IPTUN_6RD_PREFIXLEN": "of sit",
	"IFLA_IPTUN_6RD_RELAY_PREFIXLEN": "of sit", "IFLA_IPTUN_COLLECT_METADATA": "sit has none",
	"IFLA_IPTUN_PMTUDISC": "of IPv4",
	"IFLA_IPTUN_FLOWINFO": "of ip6tnl", "IFLA_IPTUN_ENCAP_LIMIT": "of ip6tnl", "IFLA_IPTUN_FLAGS": "of sit and ip6tnl",
	"ILA_ATTR_IDENTIFIER": "no kernel uses it", "ILA_ATTR_DIR": "no kernel uses it",
	"ILA_ATTR_LOCATOR_MATCH": "of mappings", "ILA_ATTR_IFINDEX": "of mappings",
	"TCA_ETS_QUANTA_BAND": "in QUANTA", "TCA_ETS_PRIOMAP_BAND": "in PRIOMAP",
	"TCA_ETS_NBANDS": "of the queueing discipline", "TCA_ETS_NSTRICT": "of the queueing discipline",
	"TCA_ETS_QUANTA": "of the queueing discipline", "TCA_ETS_PRIOMAP": "of the queueing discipline",
	"TCA_HFSC_RSC": "of classes", "TCA_HFSC_FSC": "of classes", "TCA_HFSC_USC": "of classes",
	"TCA_HTB_PARMS": "of classes", "TCA_HTB_CTAB": "of classes", "TCA_HTB_RTAB": "of classes",
	"TCA_HTB_RATE64": "of classes", "TCA_HTB_CEIL64": "of classes", "TCA_HTB_INIT": "of the queueing discipline",
	"TCA_HTB_DIRECT_QLEN": "of the queueing discipline", "TCA_HTB_OFFLOAD": "of the queueing discipline",
	"TCA_TBF_RTAB": "for kernels before 3.8", "TCA_TBF_PTAB": "for kernels before 3.8",
	"TCA_BASIC_PCNT": "counters: tc -s", "TCA_MATCHALL_PCNT": "counters: tc -s", "TCA_U32_PCNT": "counters: tc -s",
	"TCA_PEDIT_KEY_EX": "in KEYS_EX", "TCA_TAPRIO_ATTR_SCHED_SINGLE_ENTRY": "kernels refuse it",
	"TCA_STATS": "those of the first action", "TCA_STATS2": "those of the first action", "TCA_XSTATS": "in STATS2, too",
	"TCA_EXT_WARN_MSG": "is in the answer, too",
	"TCA_FCNT":         "of a flush of actions", "TCA_DUMP_INVISIBLE": "QdiscListInvisible",
	"TCA_DUMP_FLAGS": "FilterListTerse",
	"TCA_CHAIN":      "of filters", "TCA_HW_OFFLOAD": "of queueing disciplines",
	"TCA_INGRESS_BLOCK": "of queueing disciplines", "TCA_EGRESS_BLOCK": "of queueing disciplines",
	"TCA_STAB":   "of queueing disciplines",
	"XFRMA_TMPL": "of policies", "XFRMA_POLICY_TYPE": "of policies", "XFRMA_POLICY": "in a notification",
	"XFRMA_SA": "in a notification", "XFRMA_SRCADDR": "of requests about a state", "XFRMA_MIGRATE": "XfrmMigrate",
	"XFRMA_KMADDRESS": "XfrmMigrate", "XFRMA_PROTO": "XfrmStateFilter", "XFRMA_ADDRESS_FILTER": "XfrmStateFilter",
	"XFRMA_ALG_AUTH": "of states", "XFRMA_ALG_CRYPT": "of states", "XFRMA_ALG_COMP": "of states",
	"XFRMA_ALG_AEAD": "of states", "XFRMA_ALG_AUTH_TRUNC": "of states", "XFRMA_ENCAP": "of states",
	"XFRMA_REPLAY_VAL": "of states", "XFRMA_REPLAY_THRESH": "of states", "XFRMA_ETIMER_THRESH": "of states",
	"XFRMA_COADDR": "of states", "XFRMA_LTIME_VAL": "of states", "XFRMA_LASTUSED": "of states",
	"XFRMA_TFCPAD": "of states", "XFRMA_REPLAY_ESN_VAL": "of states", "XFRMA_SA_EXTRA_FLAGS": "of states",
	"XFRMA_OUTPUT_MARK": "of states", "XFRMA_SET_MARK_MASK": "of states", "XFRMA_MTIMER_THRESH": "of states",
	"XFRMA_SA_DIR": "of states", "XFRMA_NAT_KEEPALIVE_INTERVAL": "of states", "XFRMA_SA_PCPU": "of states",
	"XFRMA_IPTFS_DROP_TIME": "of states", "XFRMA_IPTFS_REORDER_WINDOW": "of states",
	"XFRMA_IPTFS_DONT_FRAG": "of states", "XFRMA_IPTFS_INIT_DELAY": "of states",
	"XFRMA_IPTFS_MAX_QSIZE": "of states", "XFRMA_IPTFS_PKT_SIZE": "of states",
	"CTA_SECMARK": "CTA_SECCTX has its name", "CTA_COUNTERS32_PACKETS": "no kernel sends it",
	"CTA_COUNTERS32_BYTES": "no kernel sends it", "CTA_STATS_SEARCHED": "no longer counted",
	"CTA_STATS_NEW": "no longer counted", "CTA_STATS_IGNORE": "no longer counted",
	"CTA_STATS_DELETE": "no longer counted", "CTA_STATS_DELETE_LIST": "no longer counted",
	"IPSET_ATTR_LINENO": "a Batch says which entry was refused", "IPSET_ATTR_RESIZE": "no kernel uses it",
	"VETH_INFO_PEER":            "sent with the peer's attributes",
	"IFLA_NETKIT_PEER_INFO":     "sent with the peer's attributes",
	"IFLA_MACVLAN_MACADDR_MODE": "MacvlanMACAddrSet and the like",
	"IFLA_MACVLAN_MACADDR":      "MacvlanMACAddrSet and the like", "IFLA_MACVLAN_MACADDR_COUNT": "the length of MACAddrs",
}
