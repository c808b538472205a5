package netlink

import (
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// SkbEditAction changes what the kernel has of a packet beside its bytes: tc-skbedit(8). What is
// nil stays as it is.
type SkbEditAction struct {
	ActionAttrs
	QueueMapping *uint16 // the transmit queue
	PType        *uint16 // for whom it is: PACKET_HOST, …
	Priority     *uint32
	Mark         *uint32
	Mask         *uint32 // which bits of the mark change; nil: all

	QueueMappingMax *uint16 // with SKBEDIT_F_TXQ_SKBHASH: the last of the queues from QueueMapping on (Linux 5.18)
	Options         *uint64 // SKBEDIT_F_INHERITDSFIELD, SKBEDIT_F_TXQ_SKBHASH
}

// NewSkbEditAction returns one that the next action comes after.
func NewSkbEditAction() *SkbEditAction {
	return &SkbEditAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *SkbEditAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "skbedit".
func (action *SkbEditAction) Type() string { return "skbedit" }

func (action *SkbEditAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_SKBEDIT_PARMS, &action.ActionAttrs)
	attr.OptU16(c, uapi.TCA_SKBEDIT_QUEUE_MAPPING, &action.QueueMapping)
	attr.OptU16(c, uapi.TCA_SKBEDIT_QUEUE_MAPPING_MAX, &action.QueueMappingMax)
	attr.OptU32(c, uapi.TCA_SKBEDIT_PRIORITY, &action.Priority)
	attr.OptU16(c, uapi.TCA_SKBEDIT_PTYPE, &action.PType)
	attr.OptU32(c, uapi.TCA_SKBEDIT_MARK, &action.Mark)
	attr.OptU32(c, uapi.TCA_SKBEDIT_MASK, &action.Mask)
	attr.OptU64(c, uapi.TCA_SKBEDIT_FLAGS, &action.Options)
	timestamp(c, uapi.TCA_SKBEDIT_TM, &action.ActionAttrs)
}

func (*SkbEditAction) describe() desc.Kind {
	return desc.Kind{Fields: skbeditFields, First: makeWords[skbeditWords], Complete: completeSkbedit}
}

// skbeditWords are what the words of a command say of a [SkbEditAction].
type skbeditWords struct {
	actionWords
	queue, ptype         *uint16
	priority, mark, mask *uint32
	inherit              bool
}

// packetTypes are the names of PACKET_….
var packetTypes = []string{
	uapi.PACKET_HOST: "host", uapi.PACKET_BROADCAST: "broadcast", uapi.PACKET_MULTICAST: "multicast",
	uapi.PACKET_OTHERHOST: "otherhost",
}

var skbeditFields = []desc.Field{
	{Type: uapi.TCA_SKBEDIT_QUEUE_MAPPING, Word: "queue_mapping", Usage: "QUEUE", Show: showSkbedit,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(16, 10, "queue_mapping")
			desc.Scratch[skbeditWords](in).queue = new(uint16(v))
			return err
		}},
	{Type: uapi.TCA_SKBEDIT_PRIORITY, Word: "priority", Usage: "CLASSID",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.ClassID("priority")
			desc.Scratch[skbeditWords](in).priority = &v
			return err
		}},
	{Type: uapi.TCA_SKBEDIT_MARK, Word: "mark", Usage: "MARK[/MASK]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			word, err := in.Next()
			if err != nil {
				return err
			}
			w := desc.Scratch[skbeditWords](in)
			mark, mask, slash := strings.Cut(word, "/")
			v, err := desc.ParseUint(mark, 32)
			if w.mark = new(uint32(v)); err != nil {
				return desc.Illegal("mark")
			}
			if slash {
				v, err := desc.ParseUint(mask, 32)
				if w.mask = new(uint32(v)); err != nil {
					return desc.Illegal("mask")
				}
			}
			return nil
		}},
	{Type: uapi.TCA_SKBEDIT_MASK, ReadOnly: true},
	{Type: uapi.TCA_SKBEDIT_PTYPE, Word: "ptype", Usage: "{ host | broadcast | multicast | otherhost }",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			for i, name := range packetTypes {
				if in.TakeAbbr(name) {
					desc.Scratch[skbeditWords](in).ptype = new(uint16(i))
					return nil
				}
			}
			return desc.Failed("Illegal ptype (%s)", in.Peek())
		}},
	{Type: uapi.TCA_SKBEDIT_FLAGS, Word: "inheritdsfield",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			desc.Scratch[skbeditWords](in).inherit = true
			return nil
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_SKBEDIT_PARMS, Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_SKBEDIT_TM, ReadOnly: true},
	{Type: uapi.TCA_SKBEDIT_QUEUE_MAPPING_MAX, ReadOnly: true}, // tc has neither a word for it nor shows it
}

func completeSkbedit(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[skbeditWords](in)
	if w.queue == nil && w.priority == nil && w.mark == nil && w.ptype == nil && !w.inherit && w.index == 0 {
		return desc.Failed("skbedit needs something to set")
	}
	e.Struct(uapi.TCA_SKBEDIT_PARMS, uapi.SizeofTcSkbedit,
		&uapi.TcSkbedit{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)})
	if w.queue != nil {
		e.Uint16(uapi.TCA_SKBEDIT_QUEUE_MAPPING, *w.queue)
	}
	if w.priority != nil {
		e.Uint32(uapi.TCA_SKBEDIT_PRIORITY, *w.priority)
	}
	if w.mark != nil {
		e.Uint32(uapi.TCA_SKBEDIT_MARK, *w.mark)
	}
	if w.mask != nil {
		e.Uint32(uapi.TCA_SKBEDIT_MASK, *w.mask)
	}
	if w.ptype != nil {
		e.Uint16(uapi.TCA_SKBEDIT_PTYPE, *w.ptype)
	}
	if w.inherit {
		e.Uint64(uapi.TCA_SKBEDIT_FLAGS, uapi.SKBEDIT_F_INHERITDSFIELD)
	}
	return nil
}

func showSkbedit(p *desc.Printer, _ *desc.Field, queue []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "skbedit")
	b := attrs[uapi.TCA_SKBEDIT_PARMS]
	if b == nil {
		return
	}
	var s uapi.TcSkbedit
	s.Decode(b)
	if len(queue) >= 2 {
		p.Uint("queue_mapping", "queue_mapping %d", uint64(native.Uint16(queue)))
	}
	if b := attrs[uapi.TCA_SKBEDIT_PRIORITY]; len(b) >= 4 {
		p.Str("priority", " priority %s", p.ClassID(native.Uint32(b)))
	}
	if b := attrs[uapi.TCA_SKBEDIT_MARK]; len(b) >= 4 {
		p.Uint("mark", " mark %d", uint64(native.Uint32(b)))
	}
	if b := attrs[uapi.TCA_SKBEDIT_MASK]; len(b) >= 4 {
		showPlainHex(p, "mask", "/%#x", uint64(native.Uint32(b)))
	}
	if b := attrs[uapi.TCA_SKBEDIT_PTYPE]; len(b) >= 2 {
		if n := native.Uint16(b); int(n) < len(packetTypes) {
			p.Str("ptype", " ptype %s", packetTypes[n])
		} else {
			p.Uint("ptype", " ptype %d", uint64(n))
		}
	}
	if number64(attrs[uapi.TCA_SKBEDIT_FLAGS], 0)&uapi.SKBEDIT_F_INHERITDSFIELD != 0 {
		p.Null("inheritdsfield", " inheritdsfield")
	}
	p.Control(" ", s.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", s.Index, s.Refcnt, s.Bindcnt, attrs[uapi.TCA_SKBEDIT_TM])
}
