package netlink

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Class is a class of a queueing discipline, which gets a share of its packets: tc(8). The types
// are those of the kinds, [HtbClass] and [HfscClass], and [GenericClass] for others.
type Class interface {
	Attrs() *ClassAttrs // what all kinds have
	Type() string       // the kind as the kernel calls it, that of the queueing discipline
}

// ClassAttrs are the attributes of classes of all kinds.
type ClassAttrs struct {
	LinkIndex int
	// Handle is MAJOR:MINOR, the major number that of the queueing discipline, see [MakeHandle].
	Handle uint32
	// Parent is the queueing discipline or the class that it is part of, HANDLE_ROOT for one that
	// is read and is part of no other class.
	Parent     uint32
	Leaf       uint32     // the handle of the queueing discipline that has its packets; read only
	Estimator  *Estimator // of drr, hfsc, htb and qfq; write only
	Statistics *ClassStatistics

	// Xstats are the counters of the kind, a structure such as struct tc_htb_xstats in the machine's
	// byte order, nil where it has none; read only.
	Xstats []byte
}

// String returns where the class is.
func (c ClassAttrs) String() string {
	return fmt.Sprintf("{LinkIndex: %d, Handle: %s, Parent: %s, Leaf: %d}", c.LinkIndex, HandleStr(c.Handle),
		HandleStr(c.Parent), c.Leaf)
}

// GenericClass is a class of a kind that the package knows by its name only, or whose options it
// cannot read.
type GenericClass struct {
	ClassAttrs
	ClassType string
	// Options is the payload of TCA_OPTIONS in the kernel's form, in the machine's byte order.
	Options []byte
}

// Attrs returns the attributes that all kinds have.
func (c *GenericClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns the kind.
func (c *GenericClass) Type() string { return c.ClassType }

func (c *GenericClass) options() []byte { return c.Options }

// ClassAdd adds a class: tc class add. One with its handle is an error.
func (h *Handle) ClassAdd(class Class) error {
	return h.classChange("class add", uapi.RTM_NEWTCLASS, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, class)
}

// ClassChange changes the class with its handle: tc class change.
func (h *Handle) ClassChange(class Class) error {
	return h.classChange("class change", uapi.RTM_NEWTCLASS, 0, class)
}

// ClassReplace changes the class with its handle, or adds it where there is none: tc class replace.
func (h *Handle) ClassReplace(class Class) error {
	return h.classChange("class replace", uapi.RTM_NEWTCLASS, uapi.NLM_F_CREATE, class)
}

// ClassDel deletes the class with its handle: tc class del. Most kinds refuse where filters or
// other classes refer to it.
func (h *Handle) ClassDel(class Class) error {
	return h.classChange("class del", uapi.RTM_DELTCLASS, 0, class)
}

var errNoClass = errors.New("no class given")

func (h *Handle) classChange(op string, typ, flags uint16, class Class) error {
	if holdsNil(class) {
		r := tcRequest(typ, flags, 0, 0, 0, 0)
		r.Fail(errNoClass)
		return h.exec(r, op, noObject)
	}
	a := class.Attrs()
	r := tcRequest(typ, flags, a.LinkIndex, a.Handle, a.Parent, 0)
	if typ != uapi.RTM_DELTCLASS {
		encodeTcKind(&r.Encoder, class.Type(), class, true)
		encodeEstimator(&r.Encoder, a.Estimator)
	}
	object := func() string { return "class " + tcObject(class.Type(), a.LinkIndex, a.Handle, a.Parent) }
	if typ == uapi.RTM_DELTCLASS { // the request does not say the kind
		return h.exec(r, op, object)
	}
	return h.execMany(r, op, object, classOfRequest)
}

// classOfRequest names the class that a request is about.
func classOfRequest(data []byte) string {
	m, err := readTc(data)
	if err != nil {
		return err.Error() // our own encoder made it
	}
	return "class " + tcObject(string(m.kind), int(m.Ifindex), m.Handle, m.Parent)
}

// ClassList returns the classes of a link: tc class show. Where parent is not HANDLE_NONE they are
// those of the queueing discipline with its major number. There are none where link is nil. See
// [ErrDumpInterrupted].
func (h *Handle) ClassList(link Link, parent uint32) ([]Class, error) {
	r, err := h.classDump(link, parent)
	if err != nil {
		return nil, err
	}
	return gather(h, r, "class list", classDecoder())
}

// ClassSeq gives the classes of [Handle.ClassList] as they come. The last pair holds the error, if
// there is one.
func (h *Handle) ClassSeq(link Link, parent uint32) iter.Seq2[Class, error] {
	request := func() (*wire.Request, error) { return h.classDump(link, parent) }
	return func(yield func(Class, error) bool) { seq(h, request, "class list", classDecoder())(yield) }
}

func (h *Handle) classDump(link Link, parent uint32) (*wire.Request, error) {
	index, err := h.tcIndex(link)
	if err != nil {
		return nil, err
	}
	return tcRequest(uapi.RTM_GETTCLASS, 0, index, 0, parent, 0), nil
}

// classDecoder reads the messages of one dump.
func classDecoder() func(wire.Message) (Class, bool, error) {
	memory := new(tcMemory)
	return func(m wire.Message) (Class, bool, error) {
		if m.Type != uapi.RTM_NEWTCLASS {
			return nil, false, nil
		}
		c, err := classOf(m.Data, memory)
		return c, err == nil, err
	}
}

// decodeClass reads a message of RTM_NEWTCLASS or RTM_DELTCLASS.
func decodeClass(b []byte) (Class, error) { return classOf(b, new(tcMemory)) }

func classOf(b []byte, memory *tcMemory) (Class, error) {
	m, err := readTc(b)
	if err != nil {
		return nil, err
	}
	stats, app, err := decodeTcStats(&m, memory)
	if err != nil {
		return nil, err
	}
	c, ok := newOfKind(memory, classKinds, m.kind)
	if !ok || memory.decodeAttrs(c, m.options) != nil {
		c = &GenericClass{ClassType: string(m.kind), Options: slices.Clone(m.options)}
	}
	*c.Attrs() = ClassAttrs{LinkIndex: int(m.Ifindex), Handle: m.Handle, Parent: m.Parent, Leaf: m.Info,
		Statistics: stats, Xstats: app}
	return c, nil
}
