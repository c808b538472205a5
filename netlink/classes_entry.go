package netlink

import (
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ClassEntry is a class in little memory, for programs that read or keep many: where it is and its
// counters, as small values that refer to nothing. What its kind has besides is in the [Class] that it
// makes.
type ClassEntry struct {
	LinkIndex            int
	Handle, Parent, Leaf uint32 // see [ClassAttrs]

	Bytes, Packets     uint64 // what has passed
	BytesHw, PacketsHw uint64 // of that, what the hardware passed by itself
	Bps, Pps           uint64 // bytes and packets a second, where an estimator measures them
	Qlen, Backlog      uint32 // packets that wait, and their bytes
	Drops, Requeues    uint32 // packets dropped, and those that the device did not take at first
	Overlimits         uint32 // how often a packet was over the limit
	kind               string // shared by all entries of the kind
	data               []byte // the message
}

// Type returns the kind.
func (e *ClassEntry) Type() string { return e.kind }

// Class returns the whole class. One of [Handle.AppendClassEntries] does not have it.
func (e *ClassEntry) Class() (Class, error) {
	if e.data == nil {
		return nil, errKeptEntry
	}
	return decodeClass(e.data)
}

// ClassEntries gives the classes of [Handle.ClassList] as they come, in little memory and without an
// allocation for each. An entry is valid until the loop goes on; of a copy that is kept longer, Class must
// not be asked. The last pair holds the error, if there is one.
func (h *Handle) ClassEntries(link Link, parent uint32) iter.Seq2[*ClassEntry, error] {
	return entries(h, func() (*wire.Request, error) { return h.classDump(link, parent) }, "class list",
		decodeClassEntry, nil)
}

// AppendClassEntries appends the classes of [Handle.ClassList] to all, in little memory: with room in all
// it takes next to no allocation.
func (h *Handle) AppendClassEntries(all []ClassEntry, link Link, parent uint32) ([]ClassEntry, error) {
	for e, err := range h.ClassEntries(link, parent) {
		if err != nil {
			return all, err
		}
		all = append(all, *e)
		all[len(all)-1].data = nil
	}
	return all, nil
}

func decodeClassEntry(m wire.Message, e *ClassEntry) (want bool, err error) {
	if m.Type != uapi.RTM_NEWTCLASS {
		return false, nil
	}
	return true, e.decode(m.Data)
}

// decode reads the payload of RTM_NEWTCLASS, whatever e was. Long dumps spend their time here.
func (e *ClassEntry) decode(data []byte) error {
	if len(data) < uapi.SizeofTcmsg {
		return fmt.Errorf("%w: class of %d bytes", wire.ErrMalformed, len(data))
	}
	var m uapi.Tcmsg
	m.Decode(data)
	kind := e.kind
	*e = ClassEntry{LinkIndex: int(m.Ifindex), Handle: m.Handle, Parent: m.Parent, Leaf: m.Info, data: data}
	var counters tcCounters
	var old []byte
	counted := false // by TCA_STATS2
	for b := data[uapi.SizeofTcmsg:]; len(b) >= uapi.SizeofNlattr; {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		switch typ {
		case uapi.TCA_KIND:
			e.kind = sameKind(kind, v)
		case uapi.TCA_STATS2:
			counted = true
			if err := counters.decode(v); err != nil {
				return err
			}
		case uapi.TCA_STATS:
			old = v
		}
	}
	if old != nil && !counted {
		counters.decodeOld(old)
	}
	e.Bytes, e.Packets = counters.basic.Bytes, counters.packets
	e.BytesHw, e.PacketsHw = counters.basicHw.Bytes, uint64(counters.basicHw.Packets)
	e.Bps, e.Pps = counters.rateEst64.Bps, counters.rateEst64.Pps
	q := &counters.queue
	e.Qlen, e.Backlog, e.Drops, e.Requeues, e.Overlimits = q.Qlen, q.Backlog, q.Drops, q.Requeues, q.Overlimits
	return nil
}

// String returns the class and its counters in the words of tc -s class.
func (e *ClassEntry) String() string {
	w := textWords{e.Type()}
	w.add("%s link %d parent %s", HandleStr(e.Handle), e.LinkIndex, HandleStr(e.Parent))
	if e.Leaf != 0 {
		w.add("leaf %s", HandleStr(e.Leaf))
	}
	w.add("sent %d bytes %d pkt (dropped %d, overlimits %d requeues %d) backlog %db %dp", e.Bytes, e.Packets, e.Drops,
		e.Overlimits, e.Requeues, e.Backlog, e.Qlen)
	return w.String()
}
