package netlink

import (
	"kern.sys/netlink/desc"
)

// qdiscKinds are the kinds of queueing disciplines that the package knows by more than their name.
// Others are a [GenericQdisc].
var qdiscKinds = kindTable[Qdisc]{
	{"bfifo", of[Bfifo]},
	{"blackhole", of[Blackhole]},
	{"cake", of[Cake]},
	{"cake_mq", of[CakeMq]},
	{"cbs", of[Cbs]},
	{"choke", of[Choke]},
	{"clsact", of[Clsact]},
	{"codel", of[Codel]},
	{"drr", of[Drr]},
	{"dualpi2", of[Dualpi2]},
	{"etf", of[Etf]},
	{"ets", of[Ets]},
	{"fq", of[Fq]},
	{"fq_codel", of[FqCodel]},
	{"fq_pie", of[FqPie]},
	{"gred", of[Gred]},
	{"hfsc", of[Hfsc]},
	{"hhf", of[Hhf]},
	{"htb", of[Htb]},
	{"ingress", of[Ingress]},
	{"mq", of[Mq]},
	{"mqprio", of[Mqprio]},
	{"multiq", of[Multiq]},
	{"netem", of[Netem]},
	{"noqueue", of[Noqueue]},
	{"pfifo", of[Pfifo]},
	{"pfifo_fast", of[PfifoFast]},
	{"pfifo_head_drop", of[PfifoHeadDrop]},
	{"pie", of[Pie]},
	{"plug", of[Plug]},
	{"prio", of[Prio]},
	{"qfq", of[Qfq]},
	{"red", of[Red]},
	{"sfb", of[Sfb]},
	{"sfq", of[Sfq]},
	{"skbprio", of[Skbprio]},
	{"taprio", of[Taprio]},
	{"tbf", of[Tbf]},
}

// classKinds are the kinds of classes that the package knows by more than their name. Others are
// a [GenericClass].
var classKinds = kindTable[Class]{
	{"drr", of[DrrClass]},
	{"ets", of[EtsClass]},
	{"hfsc", of[HfscClass]},
	{"htb", of[HtbClass]},
	{"qfq", of[QfqClass]},
}

// QdiscKinds returns the names of the kinds of queueing disciplines that the package knows by more
// than their name.
func QdiscKinds() []string { return qdiscKinds.names() }

// ClassKinds returns the names of the kinds of classes that the package knows by more than their
// name.
func ClassKinds() []string { return classKinds.names() }

// DescribeQdisc describes the options of a kind of queueing discipline, nil for one that is not known by more than its
// name.
func DescribeQdisc(kind string) *desc.Kind {
	return qdiscKinds.describe(kind)
}

// DescribeClass describes the options of classes of a kind of queueing discipline, nil where the kind has none that
// are known by more than their name.
func DescribeClass(kind string) *desc.Kind {
	return classKinds.describe(kind)
}
