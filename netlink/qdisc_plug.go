package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Plug keeps packets until it is changed: a link is stopped while a virtual machine is saved. The kernel
// says nothing of its state.
type Plug struct {
	QdiscAttrs
	Action *int32  // TCQ_PLUG_…; only sent
	Limit  *uint32 // bytes that may wait, with TCQ_PLUG_LIMIT or when it is added; only sent
}

// What a change of [Plug] does.
const (
	TCQ_PLUG_BUFFER = uapi.TCQ_PLUG_BUFFER // packets from now on wait
	// those that came before the last TCQ_PLUG_BUFFER are sent
	TCQ_PLUG_RELEASE_ONE        = uapi.TCQ_PLUG_RELEASE_ONE
	TCQ_PLUG_RELEASE_INDEFINITE = uapi.TCQ_PLUG_RELEASE_INDEFINITE // all are sent, and those that come
	TCQ_PLUG_LIMIT              = uapi.TCQ_PLUG_LIMIT              // Limit is changed
)

// Attrs returns the attributes that all kinds have.
func (q *Plug) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "plug".
func (q *Plug) Type() string { return "plug" }

func (q *Plug) attrs(c *attr.Codec) {
	if c.Encoding() && q.Limit == nil && q.Action == nil {
		return
	}
	var p uapi.TcPlugQopt
	if q.Action != nil {
		p.Action = *q.Action
	}
	if q.Limit != nil {
		p.Limit = *q.Limit
	}
	attr.Header(c, uapi.SizeofTcPlugQopt, &p)
}

func (*Plug) describe() desc.Kind {
	return desc.Kind{Fields: plugFields, Exact: true, Sparse: true}
}

// plugFields are what a plug is to do, a structure.
var plugFields = []desc.Field{
	{Word: "block", Words: []string{"release", "release_indefinite", "limit"}, Usage: "[ BYTES ]",
		Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) (err error) {
			o := uapi.TcPlugQopt{Action: uapi.TCQ_PLUG_BUFFER}
			switch in.Last() {
			case "release":
				o.Action = uapi.TCQ_PLUG_RELEASE_ONE
			case "release_indefinite":
				o.Action = uapi.TCQ_PLUG_RELEASE_INDEFINITE
			case "limit":
				o.Action = uapi.TCQ_PLUG_LIMIT
				if o.Limit, err = in.Size("limit"); err != nil {
					return err
				}
			}
			o.Put(e.Raw(uapi.SizeofTcPlugQopt))
			return nil
		}},
}
