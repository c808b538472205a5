package netlink

import (
	"kern.sys/netlink/desc"
)

// actionKinds are the kinds of actions that the package knows by more than their name. Others are a
// [RawAction].
var actionKinds = kindTable[Action]{
	{"bpf", of[BpfAction]},
	{"connmark", of[ConnmarkAction]},
	{"csum", of[CsumAction]},
	{"ct", of[CtAction]},
	{"ctinfo", of[CtinfoAction]},
	{"gact", of[GenericAction]},
	{"gate", of[GateAction]},
	{"ife", of[IfeAction]},
	{"mirred", of[MirredAction]},
	{"mpls", of[MplsAction]},
	{"nat", of[NatAction]},
	{"pedit", of[PeditAction]},
	{"police", of[PoliceAction]},
	{"sample", of[SampleAction]},
	{"simple", of[SimpleAction]},
	{"skbedit", of[SkbEditAction]},
	{"skbmod", of[SkbModAction]},
	{"tunnel_key", of[TunnelKeyAction]},
	{"vlan", of[VlanAction]},
}

// ActionKinds returns the names of the kinds of actions that the package knows by more than their
// name.
func ActionKinds() []string { return actionKinds.names() }

// DescribeAction describes the options of a kind of action, nil for one that is not known by more than its name.
func DescribeAction(kind string) *desc.Kind { return actionKinds.describe(kind) }
