package netlink

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/abi"
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
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
	if line.kind == nil { // nothing but a name
		return nil
	}
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
	header    []byte // with what is needed for the object to be one
	with      func(e *wire.Encoder)
	decode    func(data []byte) (any, error)
	send      func(h *Handle, v any) error
	more      []any                  // objects with what one attribute alone does not bring
	methods   func(name string) bool // methods of Handle that send single attributes of such objects
	// sent finds the attributes in a request, and as has the number of each there. They are nil where a request is
	// like what is read.
	sent func(request []byte) wire.Decoder
	as   map[uint16]uint16
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
			d, as := wire.NewDecoderAfter(sent, uapi.SizeofNlmsghdr+len(o.header)), typ
			if o.sent != nil {
				d, as = o.sent(sent), o.as[typ]
			}
			for d.Next() {
				r.set = r.set || d.Type() == as
			}
		}
		if r.read || r.set {
			c.can[typ] = r
		}
	}
	attrs := func(b []byte, each func(typ uint16, b []byte)) {
		for d := wire.NewDecoderAfter(b, uapi.SizeofNlmsghdr+len(o.header)); d.Next(); {
			each(d.Type(), d.Data())
		}
	}
	for _, v := range o.more {
		sent = nil
		if err := o.send(h, v); sent == nil {
			t.Fatalf("%s: %v is not sent: %v", o.name, v, err)
		}
		whole := bytes.Clone(sent)
		all, err := o.decode(whole[uapi.SizeofNlmsghdr:])
		if err != nil {
			t.Fatalf("%s: %v is sent as %x: %v", o.name, v, whole, err)
		}
		attrs(whole, func(typ uint16, _ []byte) {
			var without wire.Encoder
			copy(without.Raw(len(o.header)), whole[uapi.SizeofNlmsghdr:])
			attrs(whole, func(other uint16, b []byte) {
				if other != typ {
					without.Data(other, b)
				}
			})
			less, err := o.decode(without.Bytes())
			a := c.can[typ]
			c.can[typ] = ability{true, a.read || err != nil || !reflect.DeepEqual(all, less)}
		})
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
			attrs(sent, func(typ uint16, _ []byte) {
				if a := c.can[typ]; set[typ] != "" {
					c.can[typ] = ability{true, a.read}
				}
			})
		}
	}
	return c
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

// setsWithoutEnd are sets without a constant __…_MAX.
var setsWithoutEnd = []string{"WGDEVICE_A"}

// notAttributes have the name of an attribute of a set and are something else.
var notAttributes = []string{
	"IFA_F_HOMEADDRESS", "IFA_F_DEPRECATED", "IFA_F_TENTATIVE", "IFA_F_PERMANENT", "IFA_F_MANAGETEMPADDR",
	"IFA_F_NOPREFIXROUTE",
	"IFA_F_MCAUTOJOIN", "IFA_F_STABLE_PRIVACY", "IFA_F_SECONDARY", "IFA_F_NODAD", "IFA_F_OPTIMISTIC", "IFA_F_DADFAILED",
	"IFA_F_TEMPORARY",
	"TCA_CSUM_UPDATE_FLAG_IPV4HDR", "TCA_CSUM_UPDATE_FLAG_ICMP", "TCA_CSUM_UPDATE_FLAG_IGMP",
	"TCA_CSUM_UPDATE_FLAG_TCP", "TCA_CSUM_UPDATE_FLAG_UDP", "TCA_CSUM_UPDATE_FLAG_UDPLITE", "TCA_CSUM_UPDATE_FLAG_SCTP",
	"TCA_CT_ACT_COMMIT", "TCA_CT_ACT_FORCE", "TCA_CT_ACT_CLEAR", "TCA_CT_ACT_NAT", "TCA_CT_ACT_NAT_SRC",
	"TCA_CT_ACT_NAT_DST", "TCA_MPLS_ACT_POP", "TCA_MPLS_ACT_PUSH", "TCA_MPLS_ACT_MODIFY", "TCA_MPLS_ACT_DEC_TTL",
	"TCA_MPLS_ACT_MAC_PUSH", "TCA_VLAN_ACT_POP", "TCA_VLAN_ACT_PUSH", "TCA_VLAN_ACT_MODIFY", "TCA_VLAN_ACT_POP_ETH",
	"TCA_VLAN_ACT_PUSH_ETH", "TCA_TUNNEL_KEY_ACT_SET", "TCA_TUNNEL_KEY_ACT_RELEASE", "TCA_GATE_ONE_ENTRY",
	"XFRMA_REPLAY_ESN_MAX", "TCA_PEDIT_CMD_MAX", "TCA_BPF_FLAG_ACT_DIRECT", "TCA_TAPRIO_ATTR_FLAG_TXTIME_ASSIST",
	"TCA_TAPRIO_ATTR_FLAG_FULL_OFFLOAD", "TCA_CLS_FLAGS_SKIP_HW", "TCA_CLS_FLAGS_SKIP_SW", "TCA_CLS_FLAGS_IN_HW",
	"TCA_CLS_FLAGS_NOT_IN_HW", "TCA_CLS_FLAGS_VERBOSE", "TCA_DUMP_FLAGS_TERSE", "TCA_EGRESS_REDIR", "TCA_EGRESS_MIRROR",
	"TCA_INGRESS_REDIR", "TCA_INGRESS_MIRROR", "TCA_FLAG_LARGE_DUMP_ON",
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
			sent: func(request []byte) wire.Decoder {
				d := wire.NewDecoderAfter(request, uapi.SizeofNlmsghdr+uapi.SizeofBrPortMsg)
				for d.Next() {
					if d.Type() == uapi.MDBA_SET_ENTRY_ATTRS {
						return d.Nested()
					}
				}
				return d
			},
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
	sets := attrSets(t)
	var all []coverage
	for _, o := range objectsOfCoverage() {
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
var prefixOfSets = map[string]string{"link": "IFLA", "port": "IFLA", "encap": "LWTUNNEL", "qdisc": "TCA",
	"class": "TCA", "filter": "TCA",
	"action": "TCA"}

func coverageText(t *testing.T, all []coverage, sets map[string]attrSet) string {
	var s strings.Builder
	s.WriteString(`# Coverage

Which of the attributes that the kernel's headers define package netlink can set and read: for objects and kinds that
have a table of attributes by asking it, for others by reading messages with one attribute more and by sending what
was read. ` + "`go test ./netlink -run TestCoverage -update-coverage`" + ` writes this file, and the test fails where it
is not true. An attribute that is read and not set is one that the kernel refuses or ignores, or has another in its
place, or is named here with a reason.

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
				why := leftOut[set[typ]]
				if why == "" {
					t.Errorf("%s is neither set nor read, and leftOut has no reason", set[typ])
				}
				neither = append(neither, fmt.Sprintf("%s (%s)", short, why))
			}
		}
		fmt.Fprintf(&s, "| %s | %s | %d | %d | %d | %s | %s |\n", c.name, c.set, len(types), nset, nread,
			strings.Join(neither, ", "), strings.Join(readOnly, ", "))
	}
	return s.String()
}

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
	"VETH_INFO_PEER":            "sent with the peer's attributes",
	"IFLA_NETKIT_PEER_INFO":     "sent with the peer's attributes",
	"IFLA_MACVLAN_MACADDR_MODE": "MacvlanMACAddrSet and the like",
	"IFLA_MACVLAN_MACADDR":      "MacvlanMACAddrSet and the like", "IFLA_MACVLAN_MACADDR_COUNT": "the length of MACAddrs",
}
