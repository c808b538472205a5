package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Filter decides about the packets that it matches: which class they are in, and which
// actions they go through. See tc(8). The types are those of the kinds ([U32], [Flower], …), and
// [GenericFilter] for others.
type Filter interface {
	Attrs() *FilterAttrs // what all kinds have
	Type() string        // the kind as the kernel calls it
}

// FilterAttrs are the attributes of filters of all kinds.
type FilterAttrs struct {
	// LinkIndex is the link, or -1 (TCM_IFINDEX_MAGIC_BLOCK) for a block of filters that links
	// share, whose number is Parent then. [SharedBlock] is what lists them.
	LinkIndex int
	// Handle is the filter's among those of its priority and protocol, in a form that depends on
	// the kind. Where it is 0 the kernel chooses one, but for fw, whose handle is the mark.
	Handle uint32
	// Parent is the queueing discipline or class whose packets are filtered: [MakeHandle],
	// HANDLE_MIN_INGRESS or HANDLE_MIN_EGRESS of clsact, or HANDLE_ROOT.
	Parent   uint32
	Priority uint16  // lower ones come first; where it is 0 the kernel chooses one
	Protocol uint16  // ETH_P_ALL or another type of Ethernet packets, in the machine's byte order
	Chain    *uint32 // nil: chain 0

	Estimator *Estimator // of the filter's action police, by which AvRate goes; write only
}

// String returns where the filter is.
func (q FilterAttrs) String() string {
	return fmt.Sprintf("{LinkIndex: %d, Handle: %s, Parent: %s, Priority: %d, Protocol: %d}",
		q.LinkIndex, HandleStr(q.Handle), HandleStr(q.Parent), q.Priority, q.Protocol)
}

// info is what struct tcmsg has of the priority and the protocol.
func (q *FilterAttrs) info() uint32 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], q.Protocol)
	return MakeHandle(q.Priority, native.Uint16(b[:]))
}

// GenericFilter is a filter of a kind that the package knows by its name only, or whose options it
// cannot read.
type GenericFilter struct {
	FilterAttrs
	FilterType string
	// Options is the payload of TCA_OPTIONS in the kernel's form, in the machine's byte order. It
	// is sent where it is not empty.
	Options []byte
}

// Attrs returns the attributes that all kinds have.
func (filter *GenericFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns the kind.
func (filter *GenericFilter) Type() string { return filter.FilterType }

func (filter *GenericFilter) options() []byte { return filter.Options }

// FilterAdd adds a filter: tc filter add. One with its handle, priority and protocol is an error.
// A filter whose Protocol is 0 matches nothing.
func (h *Handle) FilterAdd(filter Filter) error {
	return h.filterChange("filter add", uapi.RTM_NEWTFILTER, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, filter)
}

// FilterReplace changes the filter with its handle, priority and protocol, or adds it where there
// is none: tc filter replace. Where Handle is 0 most kinds add another one; flower, matchall and
// bpf do so too, unless the kernel can have only one (matchall).
func (h *Handle) FilterReplace(filter Filter) error {
	return h.filterChange("filter replace", uapi.RTM_NEWTFILTER, uapi.NLM_F_CREATE, filter)
}

// FilterChange changes the filter with its handle, priority and protocol: tc filter change.
func (h *Handle) FilterChange(filter Filter) error {
	return h.filterChange("filter change", uapi.RTM_NEWTFILTER, 0, filter)
}

// FilterDel deletes filters: tc filter del. Where Handle is 0 all filters of the priority and
// protocol are deleted, and where neither that nor Priority, Protocol and Type are set, as of an
// empty [GenericFilter], all of the parent's chain.
func (h *Handle) FilterDel(filter Filter) error {
	return h.filterChange("filter del", uapi.RTM_DELTFILTER, 0, filter)
}

var errNoFilter = errors.New("no filter given")

func (h *Handle) filterChange(op string, typ, flags uint16, filter Filter) error {
	if holdsNil(filter) {
		return h.refuse(errNoFilter, op, noObject)
	}
	r := filterRequest(typ, flags, filter, typ != uapi.RTM_DELTFILTER)
	return h.execMany(r, op, func() string { return filterObject(filter) }, filterOfRequest)
}

func filterObject(filter Filter) string {
	a := filter.Attrs()
	return fmt.Sprintf("filter %s priority %d", tcObject(filter.Type(), a.LinkIndex, a.Handle, a.Parent), a.Priority)
}

// filterOfRequest names the filter that a request is about.
func filterOfRequest(data []byte) string {
	m, err := readTc(data)
	if err != nil {
		return err.Error() // our own encoder made it
	}
	priority, _ := tcInfo(m.Info)
	return fmt.Sprintf("filter %s priority %d", tcObject(string(m.kind), int(m.Ifindex), m.Handle, m.Parent), priority)
}

// filterHandles is a kind whose handles are made of its attributes: the kernel takes no other one, and not 0.
type filterHandles interface{ newHandle() uint32 }

// filterRequest begins a request about a filter, with its options or without.
func filterRequest(typ, flags uint16, filter Filter, options bool) *wire.Request {
	a := filter.Attrs()
	handle := a.Handle
	if f, ok := filter.(filterHandles); ok && handle == 0 && options {
		handle = f.newHandle()
	}
	r := tcRequest(typ, flags, a.LinkIndex, handle, a.Parent, a.info())
	if a.Chain != nil {
		r.Uint32(uapi.TCA_CHAIN, *a.Chain)
	}
	switch kind := filter.Type(); {
	case options:
		encodeTcKind(&r.Encoder, kind, filter, true)
		encodeEstimator(&r.Encoder, a.Estimator)
	case kind != "":
		r.String(uapi.TCA_KIND, kind)
	}
	return r
}

// FilterGet returns the filter with the handle, priority, protocol, parent and kind of the one
// that is given: tc filter get. Linux 4.16.
func (h *Handle) FilterGet(filter Filter) (Filter, error) {
	const op = "filter get"
	if holdsNil(filter) {
		return nil, h.wrap(errNoFilter, op, noObject)
	}
	var found Filter
	r := filterRequest(uapi.RTM_GETTFILTER, 0, filter, false)
	err := h.get(r, op, func() string { return filterObject(filter) }, func(m wire.Message) (err error) {
		found, err = decodeFilter(m.Data)
		return err
	})
	return found, err
}

// FilterList returns the filters of a link's queueing discipline or class: tc filter show. Where
// parent is HANDLE_NONE they are those of the link's own discipline. There are none where link is
// nil. The hash tables of u32 are left out; [Handle.FilterSeq] has them. See [ErrDumpInterrupted].
func (h *Handle) FilterList(link Link, parent uint32) ([]Filter, error) {
	r, err := h.filterDump(link, parent)
	if err != nil {
		return nil, err
	}
	return h.filterList(r)
}

// FilterListTerse is [Handle.FilterList] without what filters match and what their actions are set to: filters have
// their attributes and whether hardware does them, actions their kind, counters and cookie: tc -br filter show.
// The kernel has this list of flower only (Linux 5.8), and leaves out others and what comes behind them.
func (h *Handle) FilterListTerse(link Link, parent uint32) ([]Filter, error) {
	r, err := h.filterDump(link, parent)
	if err != nil {
		return nil, err
	}
	r.Struct(uapi.TCA_DUMP_FLAGS, uapi.SizeofNlaBitfield32,
		&uapi.NlaBitfield32{Value: uapi.TCA_DUMP_FLAGS_TERSE, Selector: uapi.TCA_DUMP_FLAGS_TERSE})
	return h.filterList(r)
}

func (h *Handle) filterList(r *wire.Request) ([]Filter, error) {
	decode := filterDecoder()
	return gather(h, r, "filter list", func(m wire.Message) (Filter, bool, error) {
		f, want, err := decode(m)
		if u, ok := f.(*U32); ok && u.Sel == nil {
			want = false
		}
		return f, want, err
	})
}

// FilterSeq gives the filters of [Handle.FilterList] as they come, and the hash tables of u32, each
// as a [U32] with Divisor and without Sel. The last pair holds the error, if there is one.
func (h *Handle) FilterSeq(link Link, parent uint32) iter.Seq2[Filter, error] {
	request := func() (*wire.Request, error) { return h.filterDump(link, parent) }
	return func(yield func(Filter, error) bool) { seq(h, request, "filter list", filterDecoder())(yield) }
}

func (h *Handle) filterDump(link Link, parent uint32) (*wire.Request, error) {
	index, err := h.filteredIndex(link)
	if err != nil {
		return nil, err
	}
	return tcRequest(uapi.RTM_GETTFILTER, 0, index, 0, parent, 0), nil
}

// blockIndex stands for a block that links share: TCM_IFINDEX_MAGIC_BLOCK, which messages have as a signed number.
const blockIndex = -1

// SharedBlock is in the place of a link where filters and chains are those of a block that links share, by the
// IngressBlock or EgressBlock of their [QdiscAttrs]; parent is the number of the block then: tc filter show block.
func SharedBlock() Link { return &GenericLink{LinkAttrs: LinkAttrs{Index: blockIndex}} }

// filteredIndex is the index of a link whose filters or chains are meant, 0 of none.
func (h *Handle) filteredIndex(link Link) (int, error) {
	if !noLink(link) && link.Attrs().Index == blockIndex {
		return blockIndex, nil
	}
	return h.tcIndex(link)
}

// filterDecoder reads the messages of one dump. It leaves out what comes before the filters of each priority and has
// no options.
func filterDecoder() func(wire.Message) (Filter, bool, error) {
	memory := new(tcMemory)
	return func(m wire.Message) (Filter, bool, error) {
		if m.Type != uapi.RTM_NEWTFILTER {
			return nil, false, nil
		}
		tc, err := readTc(m.Data)
		if err != nil || tc.options == nil {
			return nil, false, err
		}
		return filterFrom(&tc, memory), true, nil
	}
}

// decodeFilter reads a message of RTM_NEWTFILTER or RTM_DELTFILTER.
func decodeFilter(b []byte) (Filter, error) {
	m, err := readTc(b)
	if err != nil {
		return nil, err
	}
	return filterOf(&m), nil
}

// filterAttrsOf is what the header has of a filter.
func filterAttrsOf(m uapi.Tcmsg) FilterAttrs {
	priority, protocol := tcInfo(m.Info)
	return FilterAttrs{
		LinkIndex: int(m.Ifindex), Handle: m.Handle, Parent: m.Parent, Priority: priority, Protocol: protocol,
	}
}

func filterOf(m *tcMessage) Filter { return filterFrom(m, new(tcMemory)) }

func filterFrom(m *tcMessage, memory *tcMemory) Filter {
	attrs := filterAttrsOf(m.Tcmsg)
	if m.inChain {
		attrs.Chain = memory.chains.next()
		*attrs.Chain = m.chain
	}
	f, ok := newOfKind(memory, filterKinds, m.kind)
	if ok {
		*f.Attrs() = attrs // flower needs its protocol to read the rest
	}
	if !ok || memory.decodeAttrs(f, m.options) != nil {
		f = &GenericFilter{FilterAttrs: attrs, FilterType: string(m.kind), Options: slices.Clone(m.options)}
	}
	return f
}
