package ip

import (
	"fmt"
	"math"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func nexthopUsage() string {
	return `
nexthop { list | flush } [ protocol ID ] SELECTOR
nexthop { add | replace } id ID NH [ protocol ID ]
nexthop { get | del } id ID
nexthop bucket list BUCKET_SELECTOR
nexthop bucket get id ID index INDEX
SELECTOR := [ id ID ] [ dev DEV ] [ vrf NAME ] [ master DEV ]
            [ groups ] [ fdb ]
BUCKET_SELECTOR := SELECTOR | [ nhid ID ]
NH := { blackhole | [ via [ FAMILY ] ADDRESS ] [ dev DEV ] [ onlink ]
        [ encap ENCAP ] | via ADDRESS fdb [ dst_port PORT ] |
        group GROUP [ fdb ] [ type TYPE ] [ hw_stats { off | on } ] }
GROUP := ID[,WEIGHT][/ID[,WEIGHT]]...
TYPE := { mpath | resilient [ buckets NUMBER ] [ idle_timer SECONDS ]
          [ unbalanced_timer SECONDS ] }
FAMILY := { inet | inet6 }
ENCAP := { ` + encapGrammar() + ` }
FLAVOR := { psp | usp | usd | next-csid }
`
}

func runNexthop(c *cli.Command) error {
	change := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeNexthop(c, typ, flags) }
	}
	return c.Choose(listNexthops,
		cli.Verb{Name: "add", Run: change(uapi.RTM_NEWNEXTHOP, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "replace", Run: change(uapi.RTM_NEWNEXTHOP, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "delete", Run: change(uapi.RTM_DELNEXTHOP, 0)},
		cli.Verb{Name: "list", Run: listNexthops},
		cli.Verb{Name: "show", Run: listNexthops},
		cli.Verb{Name: "lst", Run: listNexthops},
		cli.Verb{Name: "get", Run: getNexthop},
		cli.Verb{Name: "flush", Run: flushNexthops},
		cli.Verb{Name: "bucket", Run: runNexthopBucket},
	)
}

// nexthopWords are the words of an object that is to be added, replaced or deleted.
type nexthopWords struct {
	nhm    uapi.Nhmsg
	family int
	enc    wire.Encoder
}

// changeNexthop is "nexthop add" and its like.
func changeNexthop(c *cli.Command, typ, flags uint16) error {
	w := &nexthopWords{family: c.Family}
	for c.More() {
		if err := nextNexthopObjectWord(c, w); err != nil {
			return err
		}
	}
	w.nhm.Family = uint8(w.family)
	r := wire.NewRequest(typ, flags)
	w.nhm.Put(r.Header(uapi.SizeofNhmsg))
	r.Fail(w.enc.Err())
	copy(r.Raw(len(w.enc.Bytes())), w.enc.Bytes())
	return c.Exec(r)
}

func nextNexthopObjectWord(c *cli.Command, w *nexthopWords) error {
	e := &w.enc
	switch {
	case c.Take("id"):
		id, err := nextNexthopID(c)
		e.Uint32(uapi.NHA_ID, id)
		return err
	case c.Take("dev"):
		index, err := nextMaster(c, "Device does not exist\n", "")
		e.Uint32(uapi.NHA_OIF, uint32(index))
		w.ofFamily(uapi.AF_INET)
		return err
	case c.Take("via"):
		return nextNexthopVia(c, w)
	case c.Take("encap"):
		return nextEncap(c, e, uapi.NHA_ENCAP, uapi.NHA_ENCAP_TYPE)
	case c.Take("blackhole"):
		e.Flag(uapi.NHA_BLACKHOLE)
		w.ofFamily(uapi.AF_INET)
		return nil
	case c.Take("fdb"):
		e.Flag(uapi.NHA_FDB)
		return nil
	case c.Take("dst_port"):
		port, err := c.Uint(16, "\"dst_port\" value is invalid\n")
		e.BE16(uapi.NHA_DST_PORT, uint16(port))
		return err
	case c.Take("onlink"):
		w.nhm.Flags |= uapi.RTNH_F_ONLINK
		return nil
	case c.Take("group"):
		members, err := nextNexthopGroup(c)
		e.Data(uapi.NHA_GROUP, members)
		return err
	case c.Take("type"):
		return nextNexthopType(c, e)
	case c.TakeAbbr("protocol"):
		return nextName(c, &w.nhm.Protocol, wrongProtocol, c.Names.ProtoNumber)
	case c.Take("hw_stats"):
		on, err := strictOnOff(&c.Args, "hw_stats")
		e.Uint32(uapi.NHA_HW_STATS_ENABLE, uint32(boolByte(on)))
		return err
	case c.Take("help"):
		return c.ShowUsage()
	}
	return desc.Wrong(c.Peek(), "")
}

// ofFamily gives the object the family that it has where nothing else says one.
func (w *nexthopWords) ofFamily(family int) {
	if w.family == uapi.AF_UNSPEC {
		w.family = family
	}
}

// nextNexthopVia reads [ FAMILY ] ADDRESS.
func nextNexthopVia(c *cli.Command, w *nexthopWords) error {
	family := w.family
	if f, err := desc.ParseFamily(c.Peek()); err == nil {
		if _, err := c.Next(); err != nil {
			return err
		}
		family = f
	}
	addr, err := nextRouteAddr(c, &family)
	if err != nil {
		return err
	}
	w.ofFamily(family)
	if w.family != family {
		return desc.Wrong(c.Last(), "address family mismatch\n")
	}
	w.enc.Data(uapi.NHA_GATEWAY, addr)
	return nil
}

func nextNexthopID(c *cli.Command) (uint32, error) {
	id, err := c.Uint(32, "invalid id value")
	return uint32(id), err
}

// nextNexthopGroup reads ID[,WEIGHT][/ID[,WEIGHT]]… into struct nexthop_grp, one behind the other.
func nextNexthopGroup(c *cli.Command) ([]byte, error) {
	word, err := c.Next()
	if err != nil {
		return nil, err
	}
	var all []byte
	for member := range strings.SplitSeq(word, "/") {
		number, weight, weighted := strings.Cut(member, ",")
		id, err := desc.ParseUint(number, 32)
		if err != nil {
			first, _, _ := strings.Cut(word, "/")
			first, _, _ = strings.Cut(first, ",")
			return nil, desc.Wrong(first, "\"group\" value is invalid\n")
		}
		g := uapi.NexthopGrp{Id: uint32(id)}
		if weighted {
			n, err := desc.ParseUint(weight, 32)
			if err != nil || n == 0 || n > math.MaxUint16+1 {
				return nil, desc.Wrong(weight, "\"weight\" is invalid\n")
			}
			g.Weight, g.WeightHigh = uint8(n-1), uint8((n-1)>>8)
		}
		var b [uapi.SizeofNexthopGrp]byte
		g.Put(b[:])
		all = append(all, b[:]...)
	}
	return all, nil
}

// nextNexthopType reads the type of a group and what a resilient one takes.
func nextNexthopType(c *cli.Command, e *wire.Encoder) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word == "mpath":
		e.Uint16(uapi.NHA_GROUP_TYPE, uapi.NEXTHOP_GRP_TYPE_MPATH)
		return nil
	case word != "resilient":
		return desc.Wrong(word, "\"type\" value is invalid\n")
	}
	e.Uint16(uapi.NHA_GROUP_TYPE, uapi.NEXTHOP_GRP_TYPE_RES)
	if !c.More() {
		return nil
	}
	e.Nest(uapi.NHA_RES_GROUP | uapi.NLA_F_NESTED)
	defer e.End()
	for {
		switch {
		case c.Take("buckets"):
			n, err := c.Uint(16, "invalid buckets value")
			if err != nil {
				return err
			}
			e.Uint16(uapi.NHA_RES_GROUP_BUCKETS, uint16(n))
		case c.Take("idle_timer"):
			if err := nextNexthopTimer(c, e, uapi.NHA_RES_GROUP_IDLE_TIMER, "invalid idle timer value"); err != nil {
				return err
			}
		case c.Take("unbalanced_timer"):
			if err := nextNexthopTimer(c, e, uapi.NHA_RES_GROUP_UNBALANCED_TIMER,
				"invalid unbalanced timer value"); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// nextNexthopTimer reads seconds; the attribute has hundredths of them.
func nextNexthopTimer(c *cli.Command, e *wire.Encoder, typ uint16, why string) error {
	n, err := c.Uint(32, why)
	if err == nil && n >= math.MaxUint32/uapi.HZ {
		err = desc.Wrong(c.Last(), why)
	}
	e.Uint32(typ, uint32(n*uapi.HZ))
	return err
}

// nexthopFilter says which objects or buckets to show or flush.
type nexthopFilter struct {
	index, master int
	groups, fdb   bool
	id, nhid      uint32
	protocol      uint8
	all           bool // no word was given
}

// nextNexthopFilter reads the selectors to the end; byID is true where one object was chosen by its number, behind
// which ip reads no more. buckets is for "bucket list".
func nextNexthopFilter(c *cli.Command, buckets bool) (f *nexthopFilter, byID bool, err error) {
	f = &nexthopFilter{all: !c.More()}
	for c.More() && err == nil {
		switch {
		case c.TakeAbbr("dev"):
			f.index, err = nextMaster(c, "Device does not exist\n", "")
		case !buckets && c.TakeAbbr("groups"):
			f.groups = true
		case c.TakeAbbr("master"):
			f.master, err = nextMaster(c, "Device does not exist\n", "")
		case c.TakeAbbr("vrf"):
			f.master, err = nextMaster(c, "Invalid VRF\n", "vrf")
		case c.Take("id"):
			f.id, err = nextNexthopID(c)
			if !buckets {
				return f, true, err
			}
		case buckets && c.Take("nhid"):
			f.nhid, err = nextNexthopID(c)
		case !buckets && c.TakeAbbr("protocol"):
			var n uint64
			n, err = c.Uint(32, "invalid protocol value")
			f.protocol = uint8(n)
		case !buckets && c.TakeAbbr("fdb"):
			f.fdb = true
		case c.HelpAsked():
			err = c.ShowUsage()
		default:
			err = desc.Wrong(c.Peek(), "")
		}
	}
	return f, false, err
}

// request asks the kernel for what may be wanted; typ is that of the table.
func (f *nexthopFilter) request(c *cli.Command, typ uint16) *wire.Request {
	r := wire.NewRequest(typ, 0)
	nhm := uapi.Nhmsg{Family: uint8(c.Family)}
	nhm.Put(r.Header(uapi.SizeofNhmsg))
	if f.index != 0 {
		r.Uint32(uapi.NHA_OIF, uint32(f.index))
	}
	if f.groups {
		r.Flag(uapi.NHA_GROUPS)
	}
	if f.master != 0 {
		r.Uint32(uapi.NHA_MASTER, uint32(f.master))
	}
	if f.fdb {
		r.Flag(uapi.NHA_FDB)
	}
	if typ == uapi.RTM_GETNEXTHOP {
		nexthopStats(c, r)
		return r
	}
	if f.id != 0 {
		r.Uint32(uapi.NHA_ID, f.id)
	}
	if f.nhid != 0 {
		r.Nest(uapi.NHA_RES_BUCKET | uapi.NLA_F_NESTED)
		r.Uint32(uapi.NHA_RES_BUCKET_NH_ID, f.nhid)
		r.End()
	}
	return r
}

// Bits of NHA_OP_FLAGS in a request (NHA_OP_FLAG_…), which the header has by a macro that it does not define.
const (
	dumpStats   = 1 << 0
	dumpHWStats = 1 << 1
)

// nexthopStats asks for counters, where the options do.
func nexthopStats(c *cli.Command, r *wire.Request) {
	switch {
	case c.Stats > 1:
		r.Uint32(uapi.NHA_OP_FLAGS, dumpStats|dumpHWStats)
	case c.Stats == 1:
		r.Uint32(uapi.NHA_OP_FLAGS, dumpStats)
	}
}

// listNexthops is "nexthop list".
func listNexthops(c *cli.Command) error {
	f, byID, err := nextNexthopFilter(c, false)
	if err != nil {
		return err
	}
	if byID {
		return showOneNexthop(c, f.id)
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusKernel, c.Dump(f.request(c, uapi.RTM_GETNEXTHOP), func(m wire.Message) error {
			if f.allows(m) {
				showNexthopLine(c, m)
			}
			return c.Spill()
		}))
	})
}

// allows reports whether an object is wanted, as far as the kernel has not looked.
func (f *nexthopFilter) allows(m wire.Message) bool {
	var nhm uapi.Nhmsg
	nhm.Decode(m.Data)
	return f.protocol == uapi.RTPROT_UNSPEC || nhm.Protocol == f.protocol
}

func showNexthopLine(c *cli.Command, m wire.Message) {
	c.Out.Object("")
	showNexthopObject(c, m)
	c.Out.Text("\n")
	c.Out.EndObject()
}

// getNexthop is "nexthop get".
func getNexthop(c *cli.Command) error {
	var id uint32
	for c.More() {
		if !c.Take("id") {
			return c.ShowUsage()
		}
		var err error
		if id, err = nextNexthopID(c); err != nil {
			return err
		}
	}
	if id == 0 {
		return c.ShowUsage()
	}
	return showOneNexthop(c, id)
}

func showOneNexthop(c *cli.Command, id uint32) error {
	r := wire.NewRequest(uapi.RTM_GETNEXTHOP, 0)
	nhm := uapi.Nhmsg{Family: uint8(c.Family)}
	nhm.Put(r.Header(uapi.SizeofNhmsg))
	r.Uint32(uapi.NHA_ID, id)
	nexthopStats(c, r)
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showNexthopLine(c, m)
		return nil
	})
}

// flushNexthops is "nexthop flush". Without a selector groups go first, so that none loses its members one by one.
func flushNexthops(c *cli.Command) error {
	f, byID, err := nextNexthopFilter(c, false)
	if err != nil {
		return err
	}
	if byID {
		if err := deleteNexthop(c, f.id); err != nil {
			text, _ := c.Explain(err)
			return cli.Exit(cli.StatusFailed, "%s", text)
		}
		return nil
	}
	if f.all {
		f.groups = true
	}
	flushed := 0
	for {
		all, err := c.List(f.request(c, uapi.RTM_GETNEXTHOP))
		if err != nil {
			text, _ := c.Explain(err)
			return cli.Exit(cli.StatusKernel, "%s\nDump terminated. Failed to flush nexthops", text)
		}
		for _, m := range all {
			id := cli.Number32(desc.ParseAttrs(m.Data[min(uapi.SizeofNhmsg, len(m.Data)):])[uapi.NHA_ID])
			if !f.allows(m) || id == 0 {
				continue
			}
			if err := deleteNexthop(c, id); err != nil {
				text, _ := c.Explain(err)
				fmt.Fprintln(c.Stderr, text)
				continue
			}
			flushed++
		}
		if !f.all || !f.groups {
			break
		}
		f.groups = false
	}
	if flushed == 0 {
		c.Out.Raw("Nothing to flush\n")
	} else {
		c.Out.Rawf("Flushed %d nexthops\n", flushed)
	}
	return nil
}

// deleteNexthop deletes an object at once, even in a batch: how many there were is said.
func deleteNexthop(c *cli.Command, id uint32) error {
	r := wire.NewRequest(uapi.RTM_DELNEXTHOP, 0)
	r.Header(uapi.SizeofNhmsg)
	r.Uint32(uapi.NHA_ID, id)
	conn, err := c.Dial()
	if err != nil {
		return err
	}
	return conn.Do(c.Ctx, r)
}
