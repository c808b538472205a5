package netlink

import (
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// CsumUpdateFlags are checksums, of TCA_CSUM_UPDATE_FLAG_….
type CsumUpdateFlags uint32

// The checksums that [CsumAction] computes.
const (
	TCA_CSUM_UPDATE_FLAG_IPV4HDR CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_IPV4HDR
	TCA_CSUM_UPDATE_FLAG_ICMP    CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_ICMP
	TCA_CSUM_UPDATE_FLAG_IGMP    CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_IGMP
	TCA_CSUM_UPDATE_FLAG_TCP     CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_TCP
	TCA_CSUM_UPDATE_FLAG_UDP     CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_UDP
	TCA_CSUM_UPDATE_FLAG_UDPLITE CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_UDPLITE
	TCA_CSUM_UPDATE_FLAG_SCTP    CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_SCTP
)

// CsumAction recomputes checksums, for packets that actions before it changed: tc-csum(8).
type CsumAction struct {
	ActionAttrs
	UpdateFlags CsumUpdateFlags
}

// NewCsumAction returns one that the next action comes after.
func NewCsumAction() *CsumAction { return &CsumAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *CsumAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "csum".
func (action *CsumAction) Type() string { return "csum" }

func (action *CsumAction) attrs(c *attr.Codec) {
	p := uapi.TcCsum{UpdateFlags: uint32(action.UpdateFlags)}
	parms(c, uapi.TCA_CSUM_PARMS, uapi.SizeofTcCsum, &action.ActionAttrs, &p)
	timestamp(c, uapi.TCA_CSUM_TM, &action.ActionAttrs)
	action.UpdateFlags = CsumUpdateFlags(p.UpdateFlags)
}

func (*CsumAction) describe() desc.Kind {
	return desc.Kind{Fields: csumFields, First: makeWords[csumWords], Complete: completeCsum}
}

// csumWords are what the words of a command say of a [CsumAction].
type csumWords struct {
	actionWords
	flags uint32
}

// csumTargets are what checksums are of.
var csumTargets = []struct {
	word string
	bit  uint32
}{
	{"iph", uapi.TCA_CSUM_UPDATE_FLAG_IPV4HDR},
	{"icmp", uapi.TCA_CSUM_UPDATE_FLAG_ICMP},
	{"igmp", uapi.TCA_CSUM_UPDATE_FLAG_IGMP},
	{"tcp", uapi.TCA_CSUM_UPDATE_FLAG_TCP},
	{"udp", uapi.TCA_CSUM_UPDATE_FLAG_UDP},
	{"udplite", uapi.TCA_CSUM_UPDATE_FLAG_UDPLITE},
	{"sctp", uapi.TCA_CSUM_UPDATE_FLAG_SCTP},
	{"ip4h", uapi.TCA_CSUM_UPDATE_FLAG_IPV4HDR},
	{"ipv4h", uapi.TCA_CSUM_UPDATE_FLAG_IPV4HDR},
}

var csumFields = []desc.Field{
	{Type: uapi.TCA_CSUM_PARMS, Word: "iph",
		Words: []string{"ip4h", "ipv4h", "icmp", "igmp", "tcp", "udp", "udplite", "sctp"},
		Show:  showCsum, Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			for _, t := range csumTargets {
				if t.word == in.Last() {
					desc.Scratch[csumWords](in).flags |= t.bit
				}
			}
			return nil
		}},
	{Word: "and", Words: []string{"or", "+"}, Read: func(*desc.Args, *desc.Field, *wire.Encoder) error { return nil }},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_CSUM_TM, ReadOnly: true},
}

func completeCsum(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[csumWords](in)
	if w.flags == 0 && w.index == 0 {
		return desc.Failed("Illegal csum construct, empty <UPDATE> list")
	}
	e.Struct(uapi.TCA_CSUM_PARMS, uapi.SizeofTcCsum,
		&uapi.TcCsum{Index: w.index, Action: w.code(uapi.TC_ACT_OK), UpdateFlags: w.flags})
	return nil
}

func showCsum(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "csum")
	if b == nil {
		return
	}
	var c uapi.TcCsum
	c.Decode(b)
	var names []string
	for _, t := range csumTargets[:7] {
		if c.UpdateFlags&t.bit != 0 {
			names = append(names, t.word)
		}
	}
	if names == nil {
		names = []string{"?empty"}
	}
	p.Str("csum", "(%s) ", strings.Join(names, ", "))
	p.Control("action ", c.Action, "")
	p.NL()
	showActionEnd(p, "\tindex %d", c.Index, c.Refcnt, c.Bindcnt, attrs[uapi.TCA_CSUM_TM])
}
