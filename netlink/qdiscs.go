package netlink

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Qdisc is a queueing discipline, which decides when and in which order a link sends its packets:
// tc(8). The types are those of the kinds ([Htb], [Fq], …), and [GenericQdisc] for others.
type Qdisc interface {
	Attrs() *QdiscAttrs // what all kinds have
	Type() string       // the kind as the kernel calls it
}

// QdiscAttrs are the attributes of queueing disciplines of all kinds.
type QdiscAttrs struct {
	LinkIndex int
	// Handle is MAJOR:0, see [MakeHandle]. Where it is HANDLE_NONE the kernel chooses one.
	Handle uint32
	// Parent is HANDLE_ROOT, HANDLE_INGRESS, HANDLE_CLSACT, or the class whose packets it gets.
	Parent uint32
	Refcnt uint32 // what refers to it; read only

	// The blocks of filters that it shares with other links, nil for none: what is received, and
	// what is sent. They are set when it is added, and cannot be changed. Linux 4.16.
	IngressBlock *uint32
	EgressBlock  *uint32

	SizeTable *SizeTable // what packets count for, nil for their size; of root and of children of mq
	Estimator *Estimator // write only

	Offloaded  bool // the hardware does it; read only
	Statistics *QdiscStatistics

	// Xstats are the counters of the kind, a structure such as struct tc_htb_xstats in the machine's
	// byte order, nil where it has none; read only.
	Xstats []byte
}

// String returns where the queueing discipline is.
func (q QdiscAttrs) String() string {
	return fmt.Sprintf("{LinkIndex: %d, Handle: %s, Parent: %s, Refcnt: %d}", q.LinkIndex, HandleStr(q.Handle),
		HandleStr(q.Parent), q.Refcnt)
}

// GenericQdisc is a queueing discipline of a kind that the package knows by its name only, or
// whose options it cannot read.
type GenericQdisc struct {
	QdiscAttrs
	QdiscType string
	// Options is the payload of TCA_OPTIONS in the kernel's form, in the machine's byte order. It
	// is sent where it is not empty.
	Options []byte
}

// Attrs returns the attributes that all kinds have.
func (q *GenericQdisc) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns the kind.
func (q *GenericQdisc) Type() string { return q.QdiscType }

func (q *GenericQdisc) options() []byte { return q.Options }

// QdiscAdd adds a queueing discipline: tc qdisc add. Where there is one already, other than the
// one that the kernel gives each link, that is an error.
func (h *Handle) QdiscAdd(qdisc Qdisc) error {
	return h.qdiscChange("qdisc add", uapi.RTM_NEWQDISC, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, qdisc)
}

// QdiscChange changes the options of a queueing discipline, found by Handle, or by Parent where
// that is HANDLE_NONE: tc qdisc change. Some kinds cannot be changed.
func (h *Handle) QdiscChange(qdisc Qdisc) error {
	return h.qdiscChange("qdisc change", uapi.RTM_NEWQDISC, 0, qdisc)
}

// QdiscReplace puts a queueing discipline in the place of the present one: tc qdisc replace. The one
// with the same Handle and kind is changed.
func (h *Handle) QdiscReplace(qdisc Qdisc) error {
	return h.qdiscChange("qdisc replace", uapi.RTM_NEWQDISC, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, qdisc)
}

// QdiscDel deletes the queueing discipline at Parent, with its classes and filters: tc qdisc del.
// Where Handle is not HANDLE_NONE it must be the one that is there.
func (h *Handle) QdiscDel(qdisc Qdisc) error {
	return h.qdiscChange("qdisc del", uapi.RTM_DELQDISC, 0, qdisc)
}

var (
	errNoQdisc       = errors.New("no queueing discipline given")
	errIngressParent = errors.New("the parent of ingress is HANDLE_INGRESS")
)

func (h *Handle) qdiscChange(op string, typ, flags uint16, qdisc Qdisc) error {
	if holdsNil(qdisc) {
		r := tcRequest(typ, flags, 0, 0, 0, 0)
		r.Fail(errNoQdisc)
		return h.exec(r, op, noObject)
	}
	a := qdisc.Attrs()
	r := tcRequest(typ, flags, a.LinkIndex, a.Handle, a.Parent, 0)
	if typ != uapi.RTM_DELQDISC {
		encodeQdisc(&r.Encoder, qdisc)
	}
	return h.exec(r, op, func() string { return tcObject(qdisc.Type(), a.LinkIndex, a.Handle, a.Parent) })
}

func encodeQdisc(e *wire.Encoder, qdisc Qdisc) {
	a := qdisc.Attrs()
	if _, ok := qdisc.(*Ingress); ok && a.Parent != HANDLE_INGRESS {
		e.Fail(errIngressParent)
	}
	encodeTcKind(e, qdisc.Type(), qdisc, false)
	if a.IngressBlock != nil {
		e.Uint32(uapi.TCA_INGRESS_BLOCK, *a.IngressBlock)
	}
	if a.EgressBlock != nil {
		e.Uint32(uapi.TCA_EGRESS_BLOCK, *a.EgressBlock)
	}
	if a.SizeTable != nil {
		a.SizeTable.Encode(e)
	}
	encodeEstimator(e, a.Estimator)
}

// QdiscList returns the queueing disciplines of a link, or of all links where link is nil: tc
// qdisc show. See [ErrDumpInterrupted].
func (h *Handle) QdiscList(link Link) ([]Qdisc, error) { return h.qdiscList(link, false) }

// QdiscListInvisible is [Handle.QdiscList] with those that kinds with classes make by themselves, as HTB does for each
// class, and that the kernel does not show otherwise: tc qdisc show invisible. Linux 4.12.
func (h *Handle) QdiscListInvisible(link Link) ([]Qdisc, error) { return h.qdiscList(link, true) }

func (h *Handle) qdiscList(link Link, invisible bool) ([]Qdisc, error) {
	r, index, err := h.qdiscDump(link)
	if err != nil {
		return nil, err
	}
	if invisible {
		r.Flag(uapi.TCA_DUMP_INVISIBLE)
	}
	return gather(h, r, "qdisc list", qdiscDecoder(index, link != nil))
}

// QdiscSeq gives the queueing disciplines of [Handle.QdiscList] as they come. The last pair holds
// the error, if there is one.
func (h *Handle) QdiscSeq(link Link) iter.Seq2[Qdisc, error] {
	return func(yield func(Qdisc, error) bool) {
		r, index, err := h.qdiscDump(link)
		request := func() (*wire.Request, error) { return r, err }
		seq(h, request, "qdisc list", qdiscDecoder(index, link != nil))(yield)
	}
}

func (h *Handle) qdiscDump(link Link) (r *wire.Request, index int, err error) {
	if index, err = h.tcIndex(link); err != nil {
		return nil, 0, err
	}
	return tcRequest(uapi.RTM_GETQDISC, 0, index, 0, 0, 0), index, nil
}

// qdiscDecoder selects again what older kernels did not select.
func qdiscDecoder(index int, one bool) func(wire.Message) (Qdisc, bool, error) {
	return func(m wire.Message) (Qdisc, bool, error) {
		if m.Type != uapi.RTM_NEWQDISC {
			return nil, false, nil
		}
		q, err := decodeQdisc(m.Data)
		return q, err == nil && (!one || q.Attrs().LinkIndex == index), err
	}
}

// decodeQdisc reads a message of RTM_NEWQDISC or RTM_DELQDISC.
func decodeQdisc(b []byte) (Qdisc, error) {
	m, err := readTc(b)
	if err != nil {
		return nil, err
	}
	stats, app, err := decodeTcStats(&m, new(tcMemory))
	if err != nil {
		return nil, err
	}
	q, ok := qdiscKinds.new(string(m.kind))
	if !ok || decodeAttrs(q, m.options) != nil {
		q = &GenericQdisc{QdiscType: string(m.kind), Options: slices.Clone(m.options)}
	}
	*q.Attrs() = QdiscAttrs{
		LinkIndex: int(m.Ifindex), Handle: m.Handle, Parent: m.Parent, Refcnt: m.Info,
		IngressBlock: m.ingress, EgressBlock: m.egress, SizeTable: sizeTableOf(m.stab), Offloaded: m.offloaded,
		Statistics: (*QdiscStatistics)(stats),
		Xstats:     app,
	}
	return q, nil
}
