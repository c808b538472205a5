package netlink

import (
	"errors"
	"math"
	"os"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// The fields of a filter that count, for [Handle.RouteListFiltered] and
// [Handle.RuleListFiltered].
const (
	RT_FILTER_PROTOCOL uint64 = 1 << (1 + iota)
	RT_FILTER_SCOPE
	RT_FILTER_TYPE
	RT_FILTER_TOS
	RT_FILTER_IIF
	RT_FILTER_OIF
	RT_FILTER_DST
	RT_FILTER_SRC
	RT_FILTER_GW
	RT_FILTER_TABLE
	RT_FILTER_HOPLIMIT
	RT_FILTER_PRIORITY
	RT_FILTER_MARK
	RT_FILTER_MASK
	RT_FILTER_REALM
)

// routeFilter says which routes are wanted.
type routeFilter struct {
	family int
	mask   uint64
	Route
}

// newRouteFilter returns the filter of a caller, who may have none.
func newRouteFilter(family int, filter *Route, mask uint64) *routeFilter {
	f := &routeFilter{family: family}
	if filter != nil {
		f.mask, f.Route = mask, *filter
	}
	if f.mask&RT_FILTER_TABLE == 0 {
		f.Table = uapi.RT_TABLE_MAIN
	}
	return f
}

// has reports whether the field counts.
func (f *routeFilter) has(bit uint64) bool { return f.mask&bit != 0 }

// cloned reports whether the cache is wanted instead of the tables.
func (f *routeFilter) cloned() bool { return f.Flags&uapi.RTM_F_CLONED != 0 }

// request asks for all routes, or with strict checking for those that the
// kernel can select by itself.
func (f *routeFilter) request(strict bool) *wire.Request {
	m := uapi.Rtmsg{Family: uint8(f.family), Flags: uint32(f.Flags & uapi.RTM_F_CLONED)}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	r.Fail(checkFamily(f.family))
	if !strict {
		m.Put(r.Header(uapi.SizeofRtmsg))
		return r
	}
	if f.has(RT_FILTER_PROTOCOL) && f.Protocol > 0 && f.Protocol <= math.MaxUint8 {
		m.Protocol = uint8(f.Protocol)
	}
	if f.has(RT_FILTER_TYPE) && f.Type > 0 && f.Type <= math.MaxUint8 {
		m.Type = uint8(f.Type)
	}
	m.Put(r.Header(uapi.SizeofRtmsg))
	if f.Table > 0 {
		r.Uint32(uapi.RTA_TABLE, toUint32(&r.Encoder, "table", f.Table))
	}
	if f.has(RT_FILTER_OIF) && f.LinkIndex > 0 {
		r.Uint32(uapi.RTA_OIF, uint32(toIndex(&r.Encoder, "link", f.LinkIndex)))
	}
	return r
}

// notInEntry are the fields that an entry does not have.
const notInEntry = RT_FILTER_IIF | RT_FILTER_REALM | RT_FILTER_HOPLIMIT

// wants reports whether the route is what the filter asks for. Kernels filter
// in part or not at all.
func (f *routeFilter) wants(e *RouteEntry) bool {
	return (f.family == uapi.AF_UNSPEC || f.family == int(e.Family)) &&
		(f.Table == uapi.RT_TABLE_UNSPEC || f.Table == int(e.Table)) &&
		f.cloned() == (e.Flags&uapi.RTM_F_CLONED != 0) &&
		(f.mask&^RT_FILTER_TABLE == 0 || f.wantsFields(e))
}

func (f *routeFilter) wantsFields(e *RouteEntry) bool {
	return (!f.has(RT_FILTER_PROTOCOL) || f.Protocol == RouteProtocol(e.Protocol)) &&
		(!f.has(RT_FILTER_SCOPE) || f.Scope == e.Scope) &&
		(!f.has(RT_FILTER_TYPE) || f.Type == int(e.Type)) &&
		(!f.has(RT_FILTER_TOS) || f.Tos == int(e.Tos)) &&
		(!f.has(RT_FILTER_PRIORITY) || f.Priority == int(e.Priority)) &&
		(!f.has(RT_FILTER_OIF) || f.LinkIndex == e.LinkIndex) &&
		(!f.has(RT_FILTER_GW) || f.Gw.Equal(e.gw[:e.gwLen])) &&
		(!f.has(RT_FILTER_SRC) || f.Src.Equal(e.src[:e.srcLen])) &&
		(!f.has(RT_FILTER_DST) || f.wantsDst(e)) &&
		(f.mask&notInEntry == 0 || f.wantsMore(e))
}

func (f *routeFilter) wantsDst(e *RouteEntry) bool {
	switch {
	case e.Family == uapi.AF_MPLS || f.MPLSDst != nil:
		r, err := e.Route()
		return err == nil && equalPointers(f.MPLSDst, r.MPLSDst)
	case f.Dst == nil:
		return e.bits == 0
	}
	n := e.dstBytes()
	ones, _ := f.Dst.Mask.Size()
	return int(e.bits) == ones && f.Dst.IP.Equal(e.dst[:n])
}

func (f *routeFilter) wantsMore(e *RouteEntry) bool {
	r, err := e.Route()
	return err == nil &&
		(!f.has(RT_FILTER_REALM) || f.Realm == r.Realm) &&
		(!f.has(RT_FILTER_HOPLIMIT) || f.Hoplimit == r.Hoplimit) &&
		(!f.has(RT_FILTER_IIF) || f.ILinkIndex == r.ILinkIndex)
}

// nothingThere reports whether err is what the kernel says of a dump of a
// table, or for a link, that it does not have: that list is empty.
func nothingThere(err error) bool {
	if err == nil {
		return false
	}
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || !errors.Is(err, os.ErrNotExist) {
		return false
	}
	// The kernel's word is a bare errno; an error of this side wraps one.
	_, wraps := e.Err.(interface{ Unwrap() error })
	return !wraps
}
