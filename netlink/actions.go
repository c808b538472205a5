package netlink

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Action is an operation on packets that a filter matches: tc-actions(8). The types are those
// of the kinds ([MirredAction], [VlanAction], …; that of gact is [GenericAction]), and [RawAction]
// for others.
type Action interface {
	Attrs() *ActionAttrs // what all kinds have
	Type() string        // the kind as the kernel calls it, but for "generic" of a GenericAction
}

// ActionAttrs are the attributes of actions of all kinds.
type ActionAttrs struct {
	// Index is the number of the action among those of its kind in the namespace. Where it is 0 the
	// kernel chooses one; where there is one already, the filter refers to that.
	Index      int
	Capab      int              // without meaning
	Action     TcAct            // what comes after it; [PoliceAction] has others
	Refcnt     int              // what refers to it; read only
	Bindcnt    int              // which filters refer to it; read only
	Statistics *ActionStatistic // nil where none came
	Timestamp  *ActionTimestamp // nil where none came

	Cookie    string  // at most 16 bytes, which the kernel keeps for who made it
	Flags     uint32  // TCA_ACT_FLAGS_…; 0: none
	HwStats   *uint32 // TCA_ACT_HW_STATS_…, which counters the hardware is to have; nil: any
	InHwCount uint32  // how many devices do it in hardware; read only
	// UsedHwStats are the counters that the hardware has, TCA_ACT_HW_STATS_…; read only.
	UsedHwStats *uint32
}

// String returns some of it.
func (q ActionAttrs) String() string {
	return fmt.Sprintf("{Index: %d, Capab: %x, Action: %s, Refcnt: %d, Bindcnt: %d}", q.Index, q.Capab, q.Action,
		q.Refcnt, q.Bindcnt)
}

// ActionTimestamp is the age of an action, in hundredths of a second (struct tcf_t).
type ActionTimestamp struct {
	Installed uint64 // since it was made
	LastUsed  uint64 // since a packet came
	Expires   uint64 // always 0
	FirstUsed uint64 // since the first packet; 0: there was none
}

// String returns the times.
func (t ActionTimestamp) String() string {
	return fmt.Sprintf("Installed %d LastUsed %d Expires %d FirstUsed %d", t.Installed, t.LastUsed, t.Expires,
		t.FirstUsed)
}

// ActionStatistic are the counters of an action: tc -s action show.
type ActionStatistic ClassStatistics

// RawAction is an action of a kind that the package knows by its name only, or whose options it
// cannot read. Of ActionAttrs, those within the options are not read nor sent: Index to Bindcnt.
type RawAction struct {
	ActionAttrs
	ActionType string
	// Options is the payload of TCA_ACT_OPTIONS in the kernel's form, in the machine's byte order.
	Options []byte
}

// Attrs returns the attributes that all kinds have.
func (action *RawAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns the kind.
func (action *RawAction) Type() string { return action.ActionType }

func (action *RawAction) options() []byte { return action.Options }

// maxActions is how many actions a filter has at most. Kernels pass over the attributes of more,
// but for the next one.
const maxActions = uapi.TCA_ACT_MAX_PRIO

var errNoAction = errors.New("no action given")

// actions is a list of actions.
func actions(c *attr.Codec, t attr.Type, v *[]Action) {
	if c.Encoding() {
		c.Check("number of actions", int64(len(*v)), maxActions)
	}
	attr.Array(c, t, uapi.TCA_ACT_TAB, v, func(c *attr.Codec, t attr.Type, v *Action) {
		attr.Custom(c, t, func(e *wire.Encoder) {
			e.Nest(uint16(t))
			encodeAction(e, *v)
			e.End()
		}, func(b []byte) {
			var err error
			*v, err = decodeAction(b)
			c.Fail(err)
		})
	})
	if c.Settling() {
		c.Replace(t, settleActions(c.Payload(t)))
	}
}

// actionKind is the kernel's name of the kind.
func actionKind(a Action) string {
	if _, ok := a.(*GenericAction); ok {
		return "gact"
	}
	return a.Type()
}

// encodeAction appends what the attribute of one action holds.
func encodeAction(e *wire.Encoder, action Action) {
	if holdsNil(action) {
		e.Fail(errNoAction)
		return
	}
	e.String(uapi.TCA_ACT_KIND, actionKind(action))
	e.Nest(uapi.TCA_ACT_OPTIONS | uapi.NLA_F_NESTED)
	switch a := action.(type) {
	case rawOptions:
		copy(e.Raw(len(a.options())), a.options())
	case attributed:
		attr.Encode(e, a.attrs)
	default:
		e.Fail(fmt.Errorf("unknown action type %s", action.Type()))
	}
	e.End()
	attr.Encode(e, action.Attrs().common)
}

// decodeAction reads it.
func decodeAction(b []byte) (Action, error) {
	var kind string
	var options, stats []byte
	var common ActionAttrs
	var index uint32
	err := attr.Decode(b, func(c *attr.Codec) {
		attr.String(c, uapi.TCA_ACT_KIND, &kind)
		attr.Custom(c, uapi.TCA_ACT_OPTIONS, nil, func(b []byte) { options = b })
		attr.Custom(c, uapi.TCA_ACT_STATS, nil, func(b []byte) { stats = b })
		attr.U32(c, uapi.TCA_ACT_INDEX, &index) // of a terse list
		common.common(c)
	})
	if err != nil {
		return nil, err
	}
	action, ok := actionKinds.new(kind)
	if !ok || decodeAttrs(action, options) != nil {
		action = &RawAction{ActionType: kind, Options: slices.Clone(options)}
	}
	a := action.Attrs()
	a.Cookie, a.Flags, a.HwStats, a.InHwCount, a.UsedHwStats = common.Cookie, common.Flags, common.HwStats,
		common.InHwCount, common.UsedHwStats
	if options == nil {
		a.Index = int(index)
	}
	if stats != nil {
		var s *ClassStatistics
		s, _, err = new(tcMemory).statistics(stats)
		a.Statistics = (*ActionStatistic)(s)
	}
	return action, err
}

// common are the attributes beside the options.
func (q *ActionAttrs) common(c *attr.Codec) {
	hw, cookie := uapi.NlaBitfield32{}, []byte(q.Cookie)
	if q.HwStats != nil {
		hw.Value, hw.Selector = *q.HwStats, *q.HwStats
	}
	flags := uapi.NlaBitfield32{Value: q.Flags, Selector: q.Flags}
	structIf(c, uapi.TCA_ACT_HW_STATS, uapi.SizeofNlaBitfield32, &hw, q.HwStats != nil)
	c.Check("length of the cookie", int64(len(cookie)), uapi.TC_COOKIE_MAX_SIZE)
	attr.Bytes(c, uapi.TCA_ACT_COOKIE|attr.IfSet, &cookie)
	structIf(c, uapi.TCA_ACT_FLAGS, uapi.SizeofNlaBitfield32, &flags, q.Flags != 0)
	attr.U32(c, uapi.TCA_ACT_IN_HW_COUNT|attr.ReadOnly, &q.InHwCount)
	if c.Decoding() {
		q.Cookie, q.Flags = string(cookie), flags.Value&flags.Selector
		attr.Custom(c, uapi.TCA_ACT_HW_STATS, nil, func([]byte) { q.HwStats = new(hw.Value) })
		attr.Custom(c, uapi.TCA_ACT_USED_HW_STATS, nil, func(b []byte) {
			hw.Decode(b)
			q.UsedHwStats = new(hw.Value)
		})
	}
}

// parms is the structure of an action, of size bytes, which begins with what those of nearly all
// kinds begin with: struct tc_gact.
func parms[T any, P attr.Structure[T]](c *attr.Codec, t attr.Type, size int, q *ActionAttrs, v P) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		b := e.Reserve(uint16(t), size)
		v.Put(b)
		q.put(c, b)
	}, func(b []byte) {
		v.Decode(b)
		q.read(b)
		if c.Settling() {
			settleReferences(b)
		}
	})
}

func (q *ActionAttrs) put(c *attr.Codec, b []byte) {
	c.Check("index", int64(uint(q.Index)), math.MaxUint32)
	g := uapi.TcGact{Index: uint32(q.Index), Capab: uint32(q.Capab), Action: int32(q.Action), Refcnt: int32(q.Refcnt),
		Bindcnt: int32(q.Bindcnt)}
	g.Put(b[:uapi.SizeofTcGact])
}

func (q *ActionAttrs) read(b []byte) {
	var g uapi.TcGact
	g.Decode(b)
	q.Index, q.Capab, q.Action, q.Refcnt, q.Bindcnt = int(g.Index), int(g.Capab), TcAct(g.Action), int(g.Refcnt),
		int(g.Bindcnt)
}

// onlyParms is parms of a kind that has no more than all have.
func onlyParms(c *attr.Codec, t attr.Type, q *ActionAttrs) {
	var p uapi.TcGact
	parms(c, t, uapi.SizeofTcGact, q, &p)
}

// timestamp is the attribute with the times of an action.
func timestamp(c *attr.Codec, t attr.Type, q *ActionAttrs) {
	attr.Custom(c, t, nil, func(b []byte) {
		var p uapi.TcfT
		p.Decode(b)
		q.Timestamp = &ActionTimestamp{Installed: p.Install, LastUsed: p.Lastuse, Expires: p.Expires, FirstUsed: p.Firstuse}
	})
	c.Forget(t)
}
