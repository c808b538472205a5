package netlink

import (
	"kern.sys/netlink/desc"
)

// qdiscKinds are the kinds of queueing disciplines that the package knows by more than their name.
// Others are a [GenericQdisc].
var qdiscKinds = kindTable[Qdisc]{
	{"clsact", of[Clsact]},
	{"fq", of[Fq]},
	{"fq_codel", of[FqCodel]},
	{"hfsc", of[Hfsc]},
	{"htb", of[Htb]},
	{"ingress", of[Ingress]},
	{"netem", of[Netem]},
	{"pfifo_fast", of[PfifoFast]},
	{"prio", of[Prio]},
	{"sfq", of[Sfq]},
	{"tbf", of[Tbf]},
}

// classKinds are the kinds of classes that the package knows by more than their name. Others are
// a [GenericClass].
var classKinds = kindTable[Class]{
	{"hfsc", of[HfscClass]},
	{"htb", of[HtbClass]},
}

// QdiscKinds returns the names of the kinds of queueing disciplines that the package knows by more
// than their name.
func QdiscKinds() []string { return qdiscKinds.names() }

// ClassKinds returns the names of the kinds of classes that the package knows by more than their
// name.
func ClassKinds() []string { return classKinds.names() }

// DescribeQdisc describes the options of a kind of queueing discipline, nil for one that is not known by more than its
// name.
func DescribeQdisc(kind string) *desc.Kind { return qdiscKinds.describe(kind) }

// DescribeClass describes the options of classes of a kind of queueing discipline, nil where the kind has none that are
// known by more than their name.
func DescribeClass(kind string) *desc.Kind { return classKinds.describe(kind) }
