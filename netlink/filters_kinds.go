package netlink

import (
	"kern.sys/netlink/desc"
)

// filterKinds are the kinds of filters that the package knows by more than their name. Others are a
// [GenericFilter].
var filterKinds = kindTable[Filter]{
	{"basic", of[BasicFilter]},
	{"bpf", of[BpfFilter]},
	{"cgroup", of[CgroupFilter]},
	{"flow", of[FlowFilter]},
	{"flower", of[Flower]},
	{"fw", of[FwFilter]},
	{"matchall", of[MatchAll]},
	{"route", of[RouteFilter]},
	{"u32", u32s},
}

// FilterKinds returns the names of the kinds of filters that the package knows by more than their
// name.
func FilterKinds() []string { return filterKinds.names() }

// DescribeFilter describes the options of a kind of filter, nil for one that is not known by more than its name.
func DescribeFilter(kind string) *desc.Kind { return filterKinds.describe(kind) }
