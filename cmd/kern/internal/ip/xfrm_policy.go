package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func xfrmPolicyUsage() string {
	return `xfrm policy { add | update } SELECTOR dir DIR [ ctx CTX ]
        [ mark MARK [ mask MASK ] ] [ index INDEX ] [ ptype PTYPE ]
        [ action ACTION ] [ priority PRIORITY ] [ flag FLAG-LIST ]
        [ if_id IF_ID ] [ LIMIT-LIST ] [ TMPL-LIST ]
        [ offload packet dev DEV ]
xfrm policy { delete | get } { SELECTOR | index INDEX } dir DIR
        [ ctx CTX ] [ mark MARK [ mask MASK ] ] [ ptype PTYPE ] [ if_id IF_ID ]
xfrm policy { deleteall | list } [ nosock ] [ SELECTOR ] [ dir DIR ]
        [ index INDEX ] [ ptype PTYPE ] [ action ACTION ] [ priority PRIORITY ]
        [ flag FLAG-LIST ]
xfrm policy flush [ ptype PTYPE ]
xfrm policy count
xfrm policy set [ hthresh4 LBITS RBITS ] [ hthresh6 LBITS RBITS ]
xfrm policy setdefault DIR ACTION [ DIR ACTION ] [ DIR ACTION ]
xfrm policy getdefault
SELECTOR := [ src ADDR[/PLEN] ] [ dst ADDR[/PLEN] ] [ dev DEV ] [ UPSPEC ]
UPSPEC := proto { { tcp | udp | sctp | dccp } [ sport PORT ] [ dport PORT ] |
          { icmp | ipv6-icmp | mobility-header } [ type NUMBER ] [ code NUMBER ] |
          gre [ key { DOTTED-QUAD | NUMBER } ] | PROTO }
DIR := in | out | fwd
PTYPE := main | sub
ACTION := allow | block
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG := localok | icmp | cpu-acquire
LIMIT-LIST := [ LIMIT-LIST ] limit LIMIT
LIMIT := { time-soft | time-hard | time-use-soft | time-use-hard } SECONDS |
         { byte-soft | byte-hard } SIZE | { packet-soft | packet-hard } COUNT
TMPL-LIST := [ TMPL-LIST ] tmpl TMPL
TMPL := ID [ mode MODE ] [ reqid REQID ] [ level LEVEL ]
ID := [ src ADDR ] [ dst ADDR ] [ proto XFRM-PROTO ] [ spi SPI ]
XFRM-PROTO := esp | ah | comp | route2 | hao
MODE := transport | tunnel | beet | ro | in_trigger | iptfs
LEVEL := required | use
`
}

func runXfrmPolicy(c *cli.Command) error {
	change := func(typ uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeXfrmPolicy(c, typ) }
	}
	list := func(c *cli.Command) error { return listXfrmPolicies(c, false) }
	deleteAll := func(c *cli.Command) error { return listXfrmPolicies(c, true) }
	return c.Choose(list,
		cli.Verb{Name: "add", Run: change(uapi.XFRM_MSG_NEWPOLICY)},
		cli.Verb{Name: "update", Run: change(uapi.XFRM_MSG_UPDPOLICY)},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return oneXfrmPolicy(c, uapi.XFRM_MSG_DELPOLICY) }},
		cli.Verb{Name: "deleteall", Run: deleteAll},
		cli.Verb{Name: "delall", Run: deleteAll},
		cli.Verb{Name: "list", Run: list},
		cli.Verb{Name: "show", Run: list},
		cli.Verb{Name: "lst", Run: list},
		cli.Verb{Name: "get", Run: func(c *cli.Command) error { return oneXfrmPolicy(c, uapi.XFRM_MSG_GETPOLICY) }},
		cli.Verb{Name: "flush", Run: flushXfrmPolicies},
		cli.Verb{Name: "count", Run: countXfrmPolicies},
		cli.Verb{Name: "set", Run: setXfrmThresholds},
		cli.Verb{Name: "setdefault", Run: setXfrmDefaults},
		cli.Verb{Name: "getdefault", Run: getXfrmDefaults},
	)
}

// xfrmPolicyWords are the words of a policy.
type xfrmPolicyWords struct {
	info    uapi.XfrmUserpolicyInfo
	sel     xfrmSelector
	family  int
	hasSel  bool
	dir     choice[uint8]
	ctx     choice[string]
	mark    uapi.XfrmMark
	index   choice[uint32]
	ptype   choice[uint8]
	ifID    choice[uint32]
	tmpls   []uapi.XfrmUserTmpl
	offload choice[uapi.XfrmUserOffload]
}

func newXfrmPolicyWords(c *cli.Command) *xfrmPolicyWords {
	w := &xfrmPolicyWords{family: c.Family, info: uapi.XfrmUserpolicyInfo{Lft: noXfrmLimits}}
	w.sel.Family = uint16(c.Family)
	return w
}

// changeXfrmPolicy is "xfrm policy add" and "xfrm policy update".
func changeXfrmPolicy(c *cli.Command, typ uint16) error {
	w := newXfrmPolicyWords(c)
	for c.More() {
		if err := nextXfrmPolicyWord(c, w); err != nil {
			return err
		}
	}
	if !w.dir.given {
		return required("DIR is required.")
	}
	r := xfrmRequest(typ, xfrmTail(uapi.SizeofXfrmUserpolicyInfo))
	w.putType(r)
	if len(w.tmpls) != 0 {
		b := r.Reserve(uapi.XFRMA_TMPL, len(w.tmpls)*uapi.SizeofXfrmUserTmpl)
		for i := range w.tmpls {
			w.tmpls[i].Put(b[i*uapi.SizeofXfrmUserTmpl:])
		}
	}
	if w.mark.M != 0 {
		putXfrmMark(r, w.mark)
	}
	w.putMore(r)
	if w.offload.given {
		r.Struct(uapi.XFRMA_OFFLOAD_DEV, uapi.SizeofXfrmUserOffload, &w.offload.value)
	}
	w.info.Sel, w.info.Dir, w.info.Index = w.selector(), w.dir.value, w.index.value
	putXfrm(r, uapi.SizeofXfrmUserpolicyInfo, &w.info)
	return c.Exec(r)
}

func (w *xfrmPolicyWords) putType(r *wire.Request) {
	if w.ptype.given {
		r.Struct(uapi.XFRMA_POLICY_TYPE, uapi.SizeofXfrmUserpolicyType, &uapi.XfrmUserpolicyType{Type: w.ptype.value})
	}
}

func (w *xfrmPolicyWords) putMore(r *wire.Request) {
	if w.ctx.given {
		putXfrmSecCtx(r, w.ctx.value)
	}
	if w.ifID.given {
		r.Uint32(uapi.XFRMA_IF_ID, w.ifID.value)
	}
}

// selector is that of the policy; one without a family is of IPv4.
func (w *xfrmPolicyWords) selector() uapi.XfrmSelector {
	if w.sel.Family == uapi.AF_UNSPEC {
		w.sel.Family = uapi.AF_INET
	}
	return w.sel.XfrmSelector
}

// nextXfrmKeyWord takes a word that identifies a policy, if it is next.
func nextXfrmKeyWord(c *cli.Command, w *xfrmPolicyWords, indexOnce bool) (bool, error) {
	switch {
	case c.Take("dir"):
		if w.dir.given {
			return true, desc.Duplicate("dir", "dir")
		}
		w.dir.given = true
		return true, nextXfrmDir(c, &w.dir.value)
	case c.Take("ctx"):
		if w.ctx.given {
			return true, desc.Duplicate("ctx", "ctx")
		}
		context, err := nextXfrmSecCtx(c)
		w.ctx.set(context)
		return true, err
	case c.Take("mark"):
		var err error
		w.mark, err = nextXfrmMark(c)
		return true, err
	case c.Take("index"):
		if indexOnce && w.index.given {
			return true, desc.Duplicate("index", "index")
		}
		return true, nextU32(c, &w.index, "INDEX value is invalid")
	case c.Take("ptype"):
		if w.ptype.given {
			return true, desc.Duplicate("ptype", "ptype")
		}
		return true, nextXfrmPolicyType(c, &w.ptype)
	case c.Take("if_id"):
		return true, nextU32(c, &w.ifID, "IF_ID value is invalid")
	}
	return false, nil
}

func nextXfrmPolicyWord(c *cli.Command, w *xfrmPolicyWords) error {
	if ok, err := nextXfrmKeyWord(c, w, false); ok {
		return err
	}
	switch {
	case c.Take("action"):
		return nextXfrmAction(c, &w.info.Action)
	case c.Take("priority"):
		n, err := c.Uint(32, "PRIORITY value is invalid")
		w.info.Priority = uint32(n)
		return err
	case c.Take("flag"):
		flags := uint32(w.info.Flags)
		err := nextXfrmFlags(c, &flags, xfrmPolicyFlags, 8, "FLAG value is invalid")
		w.info.Flags = uint8(flags)
		return err
	case c.Take("limit"):
		return nextXfrmLimit(c, &w.info.Lft)
	case c.Take("tmpl"):
		return nextXfrmTmpl(c, w)
	case c.Take("offload"):
		word, err := c.Next()
		switch {
		case err != nil:
			return err
		case word != "packet":
			return desc.Wrong(word, "Invalid offload mode")
		}
		w.offload.set(uapi.XfrmUserOffload{Flags: uapi.XFRM_OFFLOAD_PACKET})
		return nextOffloadDev(c, &w.offload.value)
	case w.hasSel:
		return desc.Duplicate("unknown", c.Peek())
	}
	return nextPolicySelector(c, w)
}

func nextPolicySelector(c *cli.Command, w *xfrmPolicyWords) error {
	w.hasSel = true
	err := nextXfrmSelector(c, &w.sel, w.family)
	if w.family == uapi.AF_UNSPEC {
		w.family = int(w.sel.Family)
	}
	return err
}

func nextXfrmDir(c *cli.Command, dir *uint8) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word == "in":
		*dir = uapi.XFRM_POLICY_IN
	case word == "out":
		*dir = uapi.XFRM_POLICY_OUT
	case word == "fwd":
		*dir = uapi.XFRM_POLICY_FWD
	default:
		return desc.Wrong(word, "DIR value is invalid")
	}
	return nil
}

func nextXfrmPolicyType(c *cli.Command, v *choice[uint8]) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	for i, name := range xfrmPolicyTypes {
		if name == word {
			v.set(uint8(i))
			return nil
		}
	}
	return desc.Wrong(word, "PTYPE value is invalid")
}

func nextXfrmAction(c *cli.Command, action *uint8) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word == "allow":
		*action = uapi.XFRM_POLICY_ALLOW
	case word == "block":
		*action = uapi.XFRM_POLICY_BLOCK
	default:
		return desc.Wrong(word, "ACTION value is invalid\n")
	}
	return nil
}

// nextXfrmTmpl takes a template.
func nextXfrmTmpl(c *cli.Command, w *xfrmPolicyWords) error {
	const all = ^uint32(0)
	t := uapi.XfrmUserTmpl{Family: uint16(w.family), Aalgos: all, Ealgos: all, Calgos: all}
	if !c.More() {
		return desc.Incomplete()
	}
	hasID := false
	for c.More() {
		var err error
		switch {
		case c.Take("mode"):
			err = nextXfrmMode(c, &t.Mode)
		case c.Take("reqid"):
			err = nextXfrmReqID(c, &t.Reqid)
		case c.Take("level"):
			err = nextXfrmLevel(c, &t.Optional)
		case hasID:
			w.tmpls = append(w.tmpls, t)
			return w.checkTmpls()
		default:
			hasID = true
			id := xfrmID{family: int(t.Family)}
			err = nextXfrmID(c, &id, uapi.AF_UNSPEC, false)
			t.Id, t.Saddr, t.Family = id.wire(), id.src, uint16(id.family)
			w.family = id.family
		}
		if err != nil {
			return err
		}
	}
	w.tmpls = append(w.tmpls, t)
	return w.checkTmpls()
}

func (w *xfrmPolicyWords) checkTmpls() error {
	const ofIP = 1024 / uapi.SizeofXfrmUserTmpl // as many as ip has room for
	if len(w.tmpls) > ofIP {
		return cli.Exit(cli.StatusFailed, "Too many tmpls: buffer overflow")
	}
	return nil
}

func nextXfrmLevel(c *cli.Command, optional *uint8) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word == "required":
		*optional = 0
	case word == "use":
		*optional = 1
	default:
		return desc.Wrong(word, "LEVEL value is invalid\n")
	}
	return nil
}

// oneXfrmPolicy is "xfrm policy get" and "xfrm policy delete".
func oneXfrmPolicy(c *cli.Command, typ uint16) error {
	w := newXfrmPolicyWords(c)
	w.sel.Family = uapi.AF_UNSPEC
	for c.More() {
		if ok, err := nextXfrmKeyWord(c, w, true); err != nil {
			return err
		} else if ok {
			continue
		}
		if w.hasSel {
			return desc.Wrong(c.Peek(), "unknown")
		}
		if err := nextPolicySelector(c, w); err != nil {
			return err
		}
	}
	switch {
	case !w.dir.given:
		return required("DIR is required.")
	case !w.hasSel && !w.index.given:
		return required("either SELECTOR or INDEX is required.")
	case w.hasSel && w.index.given:
		return cli.Garbage("SELECTOR", "INDEX")
	}
	r := xfrmRequest(typ, uapi.SizeofXfrmUserpolicyId)
	w.putType(r)
	if w.mark.M&w.mark.V != 0 {
		putXfrmMark(r, w.mark)
	}
	w.putMore(r)
	(&uapi.XfrmUserpolicyId{Sel: w.selector(), Index: w.index.value,
		Dir: w.dir.value}).Put(r.Bytes()[uapi.SizeofNlmsghdr:])
	if typ == uapi.XFRM_MSG_DELPOLICY {
		return c.Exec(r)
	}
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	newXfrmPrinter(c, false).policy(m)
	return nil
}

// flushXfrmPolicies is "xfrm policy flush".
func flushXfrmPolicies(c *cli.Command) error {
	w := &xfrmPolicyWords{}
	for c.More() {
		switch {
		case !c.Take("ptype"):
			return desc.Wrong(c.Peek(), "unknown")
		case w.ptype.given:
			return desc.Duplicate("ptype", "ptype")
		}
		if err := nextXfrmPolicyType(c, &w.ptype); err != nil {
			return err
		}
	}
	r := xfrmRequest(uapi.XFRM_MSG_FLUSHPOLICY, 0)
	w.putType(r)
	if c.Stats > 1 {
		fmt.Fprintln(c.Stderr, "Flush policy")
	}
	return c.Exec(r)
}
