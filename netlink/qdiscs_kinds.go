package netlink

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
