package netlink

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"net"
	"slices"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// SEG6LocalEncap is the action of a segment routing node on the packets of a route (RFC 8986):
// ip -6 route add … encap seg6local action ACTION ….
type SEG6LocalEncap struct {
	// Flags says which of the fields below are sent: Flags[SEG6_LOCAL_TABLE] for Table. Action is
	// always sent.
	Flags    [nl.SEG6_LOCAL_MAX]bool
	Action   int      // SEG6_LOCAL_ACTION_…
	Segments []net.IP // SEG6_LOCAL_SRH, the last segment to visit first
	Table    int      // SEG6_LOCAL_TABLE, where End.T, End.DT6 and End.DT46 look the destination up
	VrfTable int      // SEG6_LOCAL_VRFTABLE, the table of the VRF of End.DT4, End.DT6 and End.DT46
	InAddr   net.IP   // SEG6_LOCAL_NH4, the next hop of End.DX4
	In6Addr  net.IP   // SEG6_LOCAL_NH6, the next hop of End.X and End.DX6
	Iif      int      // SEG6_LOCAL_IIF, a link's index
	Oif      int      // SEG6_LOCAL_OIF, a link's index

	TLVs    []byte            // objects behind Segments, as in [SEG6Encap]
	Flavors *SEG6LocalFlavors // nil: none. Linux 6.1
	// Stats are the counters of the behaviour. They are only read, but where the field is not nil
	// when a route is added, packets are counted. Linux 5.14
	Stats *SEG6LocalStats

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read

	bpf encapProg
}

// SEG6LocalFlavors modify the action of a [SEG6LocalEncap].
type SEG6LocalFlavors struct {
	Operations   uint32 // bits 1 << SEG6_LOCAL_FLV_OP_…
	LocatorBits  uint8  // of the locator block of next-csid; 0: the kernel's default
	FunctionBits uint8  // of the locator node and function of next-csid; 0: the kernel's default
}

// SEG6LocalStats are the counters of a [SEG6LocalEncap].
type SEG6LocalStats struct{ Packets, Bytes, Errors uint64 }

// SetProg sets the program of End.BPF by a descriptor and a name for it. The type of the program is
// BPF_PROG_TYPE_LWT_SEG6LOCAL.
func (e *SEG6LocalEncap) SetProg(progFd int, progName string) error {
	if progFd <= 0 {
		return fmt.Errorf("seg6local program: descriptor %d is none", progFd)
	}
	e.bpf = encapProg{uint32(progFd), progName}
	return nil
}

// Type returns LWTUNNEL_ENCAP_SEG6_LOCAL.
func (e *SEG6LocalEncap) Type() int { return uapi.LWTUNNEL_ENCAP_SEG6_LOCAL }

// Decode reads the payload of RTA_ENCAP.
func (e *SEG6LocalEncap) Decode(b []byte) error {
	*e = SEG6LocalEncap{}
	return decodeAttrs(e, b)
}

// Encode returns the payload of RTA_ENCAP.
func (e *SEG6LocalEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the values that are set; links are numbers.
func (e *SEG6LocalEncap) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "action %s", nl.SEG6LocalActionString(e.Action))
	for _, f := range []struct {
		typ   uint16
		word  string
		value any
	}{
		{uapi.SEG6_LOCAL_TABLE, "table", e.Table},
		{uapi.SEG6_LOCAL_VRFTABLE, "vrftable", e.VrfTable},
		{uapi.SEG6_LOCAL_NH4, "nh4", e.InAddr},
		{uapi.SEG6_LOCAL_NH6, "nh6", e.In6Addr},
		{uapi.SEG6_LOCAL_IIF, "iif", e.Iif},
		{uapi.SEG6_LOCAL_OIF, "oif", e.Oif},
	} {
		if e.Flags[f.typ] {
			fmt.Fprintf(&b, " %s %v", f.word, f.value)
		}
	}
	if e.Flags[uapi.SEG6_LOCAL_SRH] {
		b.WriteString(" " + segmentsText(e.Segments))
	}
	if e.Flags[uapi.SEG6_LOCAL_BPF] {
		fmt.Fprintf(&b, " bpf %s[%d]", e.bpf.name, e.bpf.number)
	}
	return b.String()
}

// Equal reports whether x is a SEG6LocalEncap with the same values. Counters are not compared, only
// whether packets are counted.
func (e *SEG6LocalEncap) Equal(x Encap) bool {
	o, ok := x.(*SEG6LocalEncap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return e.Flags == o.Flags && e.Action == o.Action && slices.EqualFunc(e.Segments, o.Segments, net.IP.Equal) &&
		e.Table == o.Table && e.VrfTable == o.VrfTable && e.InAddr.Equal(o.InAddr) && e.In6Addr.Equal(o.In6Addr) &&
		e.Iif == o.Iif && e.Oif == o.Oif && slices.Equal(e.TLVs, o.TLVs) && (e.Stats == nil) == (o.Stats == nil) &&
		(e.Flavors == o.Flavors || e.Flavors != nil && o.Flavors != nil && *e.Flavors == *o.Flavors) && e.bpf == o.bpf &&
		bytes.Equal(e.Unknown, o.Unknown)
}

func (e *SEG6LocalEncap) attrs(c *attr.Codec) {
	attr.IntU32(c, uapi.SEG6_LOCAL_ACTION, &e.Action, "seg6local action", math.MaxUint32)
	attr.Custom(c, uapi.SEG6_LOCAL_SRH, func(to *wire.Encoder) {
		if e.Flags[uapi.SEG6_LOCAL_SRH] {
			b, err := encodeSRH(e.Segments, e.TLVs)
			to.Fail(err)
			to.Data(uapi.SEG6_LOCAL_SRH, b)
		}
	}, func(b []byte) {
		var err error
		e.Segments, e.TLVs, err = decodeSRH(b)
		e.Flags[uapi.SEG6_LOCAL_SRH] = true
		c.Fail(err)
	})
	e.number(c, uapi.SEG6_LOCAL_TABLE, &e.Table, "seg6local table")
	e.number(c, uapi.SEG6_LOCAL_VRFTABLE, &e.VrfTable, "seg6local vrftable")
	e.address(c, uapi.SEG6_LOCAL_NH4, &e.InAddr, attr.IP4)
	e.address(c, uapi.SEG6_LOCAL_NH6, &e.In6Addr, attr.IP6)
	e.number(c, uapi.SEG6_LOCAL_IIF, &e.Iif, "seg6local iif")
	e.number(c, uapi.SEG6_LOCAL_OIF, &e.Oif, "seg6local oif")
	if !c.Encoding() || e.Flags[uapi.SEG6_LOCAL_BPF] {
		attr.Nest(c, uapi.SEG6_LOCAL_BPF|uapi.NLA_F_NESTED, func(c *attr.Codec) {
			e.Flags[uapi.SEG6_LOCAL_BPF] = true
			e.bpf.attrs(c)
		})
	}
	if !c.Encoding() || e.Stats != nil {
		attr.Nest(c, uapi.SEG6_LOCAL_COUNTERS|uapi.NLA_F_NESTED, func(c *attr.Codec) {
			s := SEG6LocalStats{} // zeros are sent
			attr.U64(c, uapi.SEG6_LOCAL_CNT_PACKETS, &s.Packets)
			attr.U64(c, uapi.SEG6_LOCAL_CNT_BYTES, &s.Bytes)
			attr.U64(c, uapi.SEG6_LOCAL_CNT_ERRORS, &s.Errors)
			if c.Decoding() {
				e.Stats = &s
			}
		})
	}
	if !c.Encoding() || e.Flavors != nil {
		attr.Nest(c, uapi.SEG6_LOCAL_FLAVORS|uapi.NLA_F_NESTED, func(c *attr.Codec) {
			if e.Flavors == nil {
				e.Flavors = new(SEG6LocalFlavors)
			}
			attr.U32(c, uapi.SEG6_LOCAL_FLV_OPERATION, &e.Flavors.Operations)
			attr.U8(c, uapi.SEG6_LOCAL_FLV_LCBLOCK_BITS|attr.IfSet, &e.Flavors.LocatorBits)
			attr.U8(c, uapi.SEG6_LOCAL_FLV_LCNODE_FN_BITS|attr.IfSet, &e.Flavors.FunctionBits)
		})
	}
	attr.Rest(c, uapi.SEG6_LOCAL_FLAVORS, &e.Unknown)
}

// number is an attribute that Flags has.
func (e *SEG6LocalEncap) number(c *attr.Codec, t attr.Type, v *int, name string) {
	var p *uint32
	if c.Encoding() && e.Flags[t] {
		c.Check(name, int64(*v), math.MaxUint32)
		p = new(uint32(*v))
	}
	attr.OptU32(c, t, &p)
	if c.Decoding() && p != nil {
		*v, e.Flags[t] = int(*p), true
	}
}

// address is an attribute that Flags has.
func (e *SEG6LocalEncap) address(c *attr.Codec, t attr.Type, v *net.IP, code func(*attr.Codec, attr.Type, *net.IP)) {
	var a net.IP
	if c.Encoding() && e.Flags[t] {
		if a = *v; a == nil {
			c.Fail(fmt.Errorf("seg6local: Flags[%d] without an address", t))
		}
	}
	code(c, t, &a)
	if c.Decoding() && a != nil {
		*v, e.Flags[t] = a, true
	}
}

func (*SEG6LocalEncap) describe() desc.Kind {
	return desc.Kind{Fields: seg6LocalFields, Exact: true, Once: true, Complete: completeSeg6Local, Help: seg6LocalHelp}
}

var seg6LocalFields = []desc.Field{
	{Type: uapi.SEG6_LOCAL_ACTION, Key: "action", Names: seg6Actions, Show: showSeg6Action, Read: readSeg6Action},
	{Type: uapi.SEG6_LOCAL_SRH, Key: "srh", Usage: "segs SEGMENTS [ hmac KEYID ]", Show: showSeg6LocalSRH,
		Read: readSeg6LocalSRH},
	{Type: uapi.SEG6_LOCAL_TABLE, Key: "table", Usage: "TABLE", Show: showEncapTable, Read: readEncapTable},
	{Type: uapi.SEG6_LOCAL_VRFTABLE, Key: "vrftable", Usage: "TABLE", Show: showEncapTable, Read: readEncapTable},
	{Type: uapi.SEG6_LOCAL_NH4, Key: "nh4", Usage: "ADDRESS", Arg: uapi.AF_INET, Show: showSeg6Addr, Read: readEncapAddr},
	{Type: uapi.SEG6_LOCAL_NH6, Key: "nh6", Usage: "ADDRESS", Arg: uapi.AF_INET6, Show: showSeg6Addr,
		Read: readEncapAddr},
	{Type: uapi.SEG6_LOCAL_IIF, Key: "iif", Form: desc.Device},
	{Type: uapi.SEG6_LOCAL_OIF, Key: "oif", Form: desc.Device},
	{Type: uapi.SEG6_LOCAL_BPF, Key: "endpoint", Usage: desc.BpfUsage, Show: showEncapProg,
		Read: readSeg6Prog},
	{Type: uapi.SEG6_LOCAL_COUNTERS, Key: "count", Show: showSeg6Counters, Read: readSeg6Count},
	{Type: uapi.SEG6_LOCAL_FLAVORS, Key: "flavors", Usage: "FLAVOR[,FLAVOR]... [ lblen BITS ] [ nflen BITS ]",
		Show: showSeg6Flavors, Read: readSeg6Flavors},
}

func readSeg6Prog(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readEncapProgOf(in, f, e, uapi.BPF_PROG_TYPE_LWT_SEG6LOCAL)
}

var seg6Actions = []string{
	uapi.SEG6_LOCAL_ACTION_END:          "End",
	uapi.SEG6_LOCAL_ACTION_END_X:        "End.X",
	uapi.SEG6_LOCAL_ACTION_END_T:        "End.T",
	uapi.SEG6_LOCAL_ACTION_END_DX2:      "End.DX2",
	uapi.SEG6_LOCAL_ACTION_END_DX6:      "End.DX6",
	uapi.SEG6_LOCAL_ACTION_END_DX4:      "End.DX4",
	uapi.SEG6_LOCAL_ACTION_END_DT6:      "End.DT6",
	uapi.SEG6_LOCAL_ACTION_END_DT4:      "End.DT4",
	uapi.SEG6_LOCAL_ACTION_END_B6:       "End.B6",
	uapi.SEG6_LOCAL_ACTION_END_B6_ENCAP: "End.B6.Encaps",
	uapi.SEG6_LOCAL_ACTION_END_BM:       "End.BM",
	uapi.SEG6_LOCAL_ACTION_END_S:        "End.S",
	uapi.SEG6_LOCAL_ACTION_END_AS:       "End.AS",
	uapi.SEG6_LOCAL_ACTION_END_AM:       "End.AM",
	uapi.SEG6_LOCAL_ACTION_END_BPF:      "End.BPF",
	uapi.SEG6_LOCAL_ACTION_END_DT46:     "End.DT46",
}

var seg6Flavors = []string{
	uapi.SEG6_LOCAL_FLV_OP_PSP:       "psp",
	uapi.SEG6_LOCAL_FLV_OP_USP:       "usp",
	uapi.SEG6_LOCAL_FLV_OP_USD:       "usd",
	uapi.SEG6_LOCAL_FLV_OP_NEXT_CSID: "next-csid",
}

func showSeg6Action(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str(f.Key, "action %s ", desc.NumberName(f.Names, uint64(native.Uint32(b))))
	}
}

func readSeg6Action(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	n := slices.Index(f.Names, word)
	if n <= 0 {
		return desc.Wrong(word, "\"action\" value is invalid\n")
	}
	e.Uint32(f.Type, uint32(n))
	return nil
}

func showSeg6LocalSRH(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	if p.JSON {
		p.Object(f.Key)
	}
	showSRH(p, b)
	if p.JSON {
		p.EndObject()
	}
}

func readSeg6LocalSRH(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	if in.More() && !in.Take("segs") {
		return desc.Wrong(in.Peek(), "missing \"segs\" attribute for srh\n")
	}
	if err := readSegments(in, desc.Scratch[seg6Words](in)); err != nil {
		return err
	}
	if in.Take("hmac") {
		return readSRHHMAC(in, f, nil)
	}
	return nil
}

func completeSeg6Local(in *desc.Args, e *wire.Encoder, _ bool) error {
	action := in.Written(e, uapi.SEG6_LOCAL_ACTION)
	if action == nil {
		return &desc.UsageError{Text: "Missing action type"}
	}
	w := desc.Scratch[seg6Words](in)
	if !w.withSegs {
		return nil
	}
	srh, err := w.srh(native.Uint32(action) == uapi.SEG6_LOCAL_ACTION_END_B6_ENCAP)
	e.Data(uapi.SEG6_LOCAL_SRH, srh)
	return err
}

func showEncapTable(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str(f.Key, f.Key+" %s ", p.Names.TableName(native.Uint32(b)))
	}
}

func readEncapTable(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	table, ok := in.Names.TableNumber(word)
	switch {
	case !ok && f.Key == "lookup":
		return desc.Wrong(word, "\"lookup\" value is invalid\n")
	case !ok && f.Type == uapi.SEG6_LOCAL_VRFTABLE:
		return desc.Wrong(word, "invalid vrf table id\n")
	case !ok:
		return desc.Wrong(word, "invalid table id\n")
	}
	e.Uint32(f.Type, table)
	return nil
}

// showSeg6Addr prints an address without a colour.
func showSeg6Addr(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Str(f.Key, f.Key+" %s ", p.Addr(b))
	}
}

// showSeg6Counters prints the counters with -statistics.
func showSeg6Counters(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil || !p.Stats {
		return
	}
	a := desc.ParseAttrs(b)
	if p.JSON {
		p.Object("stats64")
	}
	for _, c := range []struct {
		typ uint16
		key string
	}{
		{uapi.SEG6_LOCAL_CNT_PACKETS, "packets"},
		{uapi.SEG6_LOCAL_CNT_BYTES, "bytes"},
		{uapi.SEG6_LOCAL_CNT_ERRORS, "errors"},
	} {
		n := uint64(0)
		if v := a[c.typ]; len(v) >= 8 {
			n = native.Uint64(v)
		}
		p.Uint(c.key, c.key+" %d ", n)
	}
	if p.JSON {
		p.EndObject()
	}
}

func readSeg6Count(_ *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	for _, typ := range []uint16{uapi.SEG6_LOCAL_CNT_PACKETS, uapi.SEG6_LOCAL_CNT_BYTES, uapi.SEG6_LOCAL_CNT_ERRORS} {
		e.Uint64(typ, 0)
	}
	e.End()
	return nil
}

func showSeg6Flavors(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	a := desc.ParseAttrs(b)
	if v := a[uapi.SEG6_LOCAL_FLV_OPERATION]; len(v) >= 4 {
		var names []string
		for left := native.Uint32(v); left != 0; left &= left - 1 {
			names = append(names, desc.NumberName(seg6Flavors, uint64(bits.TrailingZeros32(left))))
		}
		if p.JSON {
			p.Array(f.Key)
			for _, name := range names {
				p.Str("", "", name)
			}
			p.EndArray()
		} else {
			p.Rawf("flavors %s ", strings.Join(names, ","))
		}
	}
	if v := a[uapi.SEG6_LOCAL_FLV_LCBLOCK_BITS]; len(v) >= 1 {
		p.Uint("lblen", "lblen %d ", uint64(v[0]))
	}
	if v := a[uapi.SEG6_LOCAL_FLV_LCNODE_FN_BITS]; len(v) >= 1 {
		p.Uint("nflen", "nflen %d ", uint64(v[0]))
	}
}

func readSeg6Flavors(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	var mask uint32
	for name := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == ',' }) {
		n := slices.IndexFunc(seg6Flavors, func(s string) bool { return s != "" && strings.EqualFold(s, name) })
		if n < 0 || mask>>n&1 != 0 {
			return desc.Wrong(word, "invalid \"flavors\" attribute\n")
		}
		mask |= 1 << n
	}
	if word == "" {
		return desc.Wrong(word, "invalid \"flavors\" attribute\n")
	}
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	defer e.End()
	e.Uint32(uapi.SEG6_LOCAL_FLV_OPERATION, mask)
	if mask>>uapi.SEG6_LOCAL_FLV_OP_NEXT_CSID&1 == 0 {
		return nil
	}
	if in.Take("lblen") {
		n, err := in.Uint(8, "\"locator-block length\" value is invalid\n")
		if err != nil {
			return err
		}
		e.Uint8(uapi.SEG6_LOCAL_FLV_LCBLOCK_BITS, uint8(n))
	}
	if in.Take("nflen") {
		n, err := in.Uint(8, "\"locator-node function length\" value is invalid\n")
		if err != nil {
			return err
		}
		e.Uint8(uapi.SEG6_LOCAL_FLV_LCNODE_FN_BITS, uint8(n))
	}
	return nil
}

var seg6LocalHelp = [][2]string{
	{"action", "what is done with packets for this segment"},
	{"srh", "the segments that are put in front, and the key of a signature"},
	{"table", "the table in which the next destination is looked up"},
	{"vrftable", "the table of the VRF in which it is"},
	{"nh4", "the IPv4 next hop"},
	{"nh6", "the IPv6 next hop"},
	{"iif", "the link that packets seem to come by"},
	{"oif", "the link that packets leave by"},
	{"endpoint", "the BPF program: a file and its section"},
	{"count", "count packets, bytes and errors"},
	{"flavors", "variants of the action; next-csid takes lblen and nflen, bits of the block and of a function"},
}
