package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// RouteFilter matches packets by the realms of their routes, or by the link that received them: tc-route(8). Where
// Handle is 0 a filter that is added has the one that the kernel wants for From, To and IIF.
type RouteFilter struct {
	FilterAttrs
	ClassId  uint32  // the class of the packets, 0 for none
	To, From *uint32 // the realms of the destination and of the source, up to 255; nil for any
	IIF      int     // the link that received the packet, 0 for any; not with From
	Police   *PoliceAction
	Actions  []Action
}

// Attrs returns the attributes that all kinds have.
func (filter *RouteFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "route".
func (filter *RouteFilter) Type() string { return "route" }

// The parts of a handle: the realm of the destination, or that it is any; a number that keeps filters apart which
// match the same; the realm of the source, the link, or that they are any.
const (
	routeToMask    = 0xff
	routeAnyTo     = 0x8000
	routeOrderMask = 0x7f00
	routeOrderAt   = 8
	routeFromAt    = 16
	routeLink      = 0x8000
	routeAnyFrom   = 0xffff
	maxRealm       = 0xff
	maxRouteLink   = 0x7fff
)

// routeHandle is what the kernel wants for a handle.
type routeHandle struct{ to, from, order uint32 }

var anyRoute = routeHandle{to: routeAnyTo, from: routeAnyFrom}

func (h routeHandle) value() uint32 {
	return h.from<<routeFromAt | h.order<<routeOrderAt&routeOrderMask | h.to
}

// newHandle is the handle of a filter that is made.
func (filter *RouteFilter) newHandle() uint32 {
	h := anyRoute
	if filter.To != nil {
		h.to = *filter.To & routeToMask
	}
	switch {
	case filter.From != nil:
		h.from = *filter.From
	case filter.IIF != 0:
		h.from = uint32(filter.IIF) | routeLink
	}
	return h.value()
}

func (filter *RouteFilter) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_ROUTE4_CLASSID|attr.IfSet, &filter.ClassId)
	for _, realm := range []*uint32{filter.To, filter.From} {
		if c.Encoding() && realm != nil {
			c.Check("realm", int64(*realm), maxRealm)
		}
	}
	attr.OptU32(c, uapi.TCA_ROUTE4_TO, &filter.To)
	attr.OptU32(c, uapi.TCA_ROUTE4_FROM, &filter.From)
	attr.IntU32(c, uapi.TCA_ROUTE4_IIF|attr.IfSet, &filter.IIF, "link", maxRouteLink)
	police(c, uapi.TCA_ROUTE4_POLICE, &filter.Police)
	actions(c, uapi.TCA_ROUTE4_ACT, &filter.Actions)
}

func (*RouteFilter) describe() desc.Kind {
	return desc.Kind{Fields: routeFields, Sparse: true, First: firstRoute, Complete: completeRoute}
}

// firstRoute reads a handle that is a number, and begins the one that the words make.
func firstRoute(in *desc.Args, e *wire.Encoder) error {
	*desc.Scratch[routeHandle](in) = anyRoute
	return firstNumbered(in, e)
}

// completeRoute gives the filter the handle of its words, where it has none.
func completeRoute(in *desc.Args, e *wire.Encoder, _ bool) error {
	if in.Tc == nil {
		return nil
	}
	h := *desc.Scratch[routeHandle](in)
	in.Tc.Options = h != anyRoute || len(e.Bytes()) != 0
	if in.Tc.Handle == 0 && in.Tc.Options {
		in.Tc.Handle = h.value()
	}
	return nil
}

// readRealm reads a realm, and gives it to the handle.
func readRealm(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	realm, ok := in.Names.RealmNumber(word)
	if !ok || realm > maxRealm {
		return desc.Illegal(f.Word)
	}
	e.Uint32(f.Type, realm)
	if h := desc.Scratch[routeHandle](in); f.Type == uapi.TCA_ROUTE4_TO {
		h.to = realm & routeToMask
	} else {
		h.from = realm
	}
	return nil
}

func showRealm(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str("name", f.Word+" %s ", p.Names.RealmName(uint16(native.Uint32(b))))
	}
}

var routeFields = []desc.Field{
	{Type: uapi.TCA_ROUTE4_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID", Read: readClassID,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			h := filterHandle(p)
			if h != 0 {
				showHexText(p, "fh", "fh 0x%08x ", uint64(h))
			}
			if order := h & routeOrderMask >> routeOrderAt; order != 0 {
				p.Uint("order", "order %d ", uint64(order))
			}
			showFlowID(p, f, b, attrs)
		}},
	{Type: uapi.TCA_ROUTE4_TO, Word: "to", Usage: "REALM", Read: readRealm, Show: showRealm},
	{Type: uapi.TCA_ROUTE4_FROM, Word: "from", Usage: "REALM", Read: readRealm, Show: showRealm},
	{Type: uapi.TCA_ROUTE4_IIF, Word: "fromif", Usage: "DEV",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			name, err := in.Next()
			if err != nil {
				return err
			}
			index, err := in.LinkIndex(name)
			if err != nil {
				return desc.Illegal("fromif")
			}
			desc.Scratch[routeHandle](in).from = uint32(index) | routeLink
			e.Uint32(f.Type, uint32(index))
			return nil
		},
		Show: func(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Str(f.Word, f.Word+" %s", p.LinkName(int(native.Uint32(b))))
			}
		}},
	{Type: uapi.TCA_ROUTE4_POLICE, Word: "police", Usage: "POLICE_SPEC", Read: readFilterPolice, Show: showFilterPolice},
	{Type: uapi.TCA_ROUTE4_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions, Show: showFilterActions},
	{Word: "order", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := in.Number(32, 0, "order")
		return set(&desc.Scratch[routeHandle](in).order, v, err)
	}},
}
