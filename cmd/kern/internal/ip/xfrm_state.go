package ip

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func xfrmStateUsage() string {
	return `xfrm state { add | update } ID [ ALGO-LIST ] [ mode MODE ]
        [ mark MARK [ mask MASK ] ] [ reqid REQID ] [ dir DIR ] [ seq SEQ ]
        [ replay-window SIZE ] [ replay-seq SEQ ] [ replay-oseq SEQ ]
        [ replay-seq-hi SEQ ] [ replay-oseq-hi SEQ ]
        [ flag FLAG-LIST ] [ sel SELECTOR ] [ LIMIT-LIST ] [ encap ENCAP ]
        [ coa ADDR[/PLEN] ] [ ctx CTX ] [ extra-flag EXTRA-FLAG-LIST ]
        [ offload [ crypto | packet ] dev DEV dir DIR ]
        [ output-mark OUTPUT-MARK [ mask MASK ] ]
        [ if_id IF_ID ] [ tfcpad LENGTH ] [ pcpu-num CPUNUM ]
        [ nat-keepalive SECONDS ] [ mapping-max-age SECONDS ] [ IPTFS-LIST ]
xfrm state allocspi ID [ mode MODE ] [ mark MARK [ mask MASK ] ]
        [ reqid REQID ] [ dir DIR ] [ seq SEQ ] [ min SPI max SPI ] [ pcpu-num CPUNUM ]
xfrm state { delete | get } ID [ mark MARK [ mask MASK ] ]
xfrm state deleteall [ ID ] [ mode MODE ] [ reqid REQID ] [ flag FLAG-LIST ]
xfrm state list [ nokeys ] [ ID ] [ mode MODE ] [ reqid REQID ] [ flag FLAG-LIST ]
xfrm state flush [ proto XFRM-PROTO ]
xfrm state count
ID := [ src ADDR ] [ dst ADDR ] [ proto XFRM-PROTO ] [ spi SPI ]
XFRM-PROTO := esp | ah | comp | route2 | hao
ALGO-LIST := [ ALGO-LIST ] ALGO
ALGO := { enc | auth } ALGO-NAME ALGO-KEYMAT |
        auth-trunc ALGO-NAME ALGO-KEYMAT ALGO-TRUNC-LEN |
        aead ALGO-NAME ALGO-KEYMAT ALGO-ICV-LEN |
        comp ALGO-NAME
MODE := transport | tunnel | beet | ro | in_trigger | iptfs
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG := noecn | decap-dscp | nopmtudisc | wildrecv | icmp | af-unspec | align4 | esn
EXTRA-FLAG-LIST := [ EXTRA-FLAG-LIST ] EXTRA-FLAG
EXTRA-FLAG := dont-encap-dscp | oseq-may-wrap
SELECTOR := [ src ADDR[/PLEN] ] [ dst ADDR[/PLEN] ] [ dev DEV ] [ UPSPEC ]
UPSPEC := proto { { tcp | udp | sctp | dccp } [ sport PORT ] [ dport PORT ] |
          { icmp | ipv6-icmp | mobility-header } [ type NUMBER ] [ code NUMBER ] |
          gre [ key { DOTTED-QUAD | NUMBER } ] | PROTO }
LIMIT-LIST := [ LIMIT-LIST ] limit LIMIT
LIMIT := { time-soft | time-hard | time-use-soft | time-use-hard } SECONDS |
         { byte-soft | byte-hard } SIZE | { packet-soft | packet-hard } COUNT
ENCAP := { espinudp | espinudp-nonike | espintcp } SPORT DPORT OADDR
IPTFS-LIST := [ iptfs-drop-time USEC ] [ iptfs-reorder-window PACKETS ]
         [ iptfs-dont-frag ] [ iptfs-init-delay USEC ]
         [ iptfs-max-queue-size BYTES ] [ iptfs-pkt-size BYTES ]
DIR := in | out
`
}

func runXfrmState(c *cli.Command) error {
	change := func(typ uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeXfrmState(c, typ) }
	}
	list := func(c *cli.Command) error { return listXfrmStates(c, false) }
	deleteAll := func(c *cli.Command) error { return listXfrmStates(c, true) }
	return c.Choose(list,
		cli.Verb{Name: "add", Run: change(uapi.XFRM_MSG_NEWSA)},
		cli.Verb{Name: "update", Run: change(uapi.XFRM_MSG_UPDSA)},
		cli.Verb{Name: "allocspi", Run: allocXfrmSPI},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return oneXfrmState(c, uapi.XFRM_MSG_DELSA) }},
		cli.Verb{Name: "deleteall", Run: deleteAll},
		cli.Verb{Name: "delall", Run: deleteAll},
		cli.Verb{Name: "list", Run: list},
		cli.Verb{Name: "show", Run: list},
		cli.Verb{Name: "lst", Run: list},
		cli.Verb{Name: "get", Run: func(c *cli.Command) error { return oneXfrmState(c, uapi.XFRM_MSG_GETSA) }},
		cli.Verb{Name: "flush", Run: flushXfrmStates},
		cli.Verb{Name: "count", Run: countXfrmStates},
	)
}

// xfrmStateWords are the words of a state that is to be added or changed.
type xfrmStateWords struct {
	info   uapi.XfrmUsersaInfo
	r      *wire.Request
	family int
	id     xfrmID
	sel    xfrmSelector

	enc, auth, aead, comp, coa, ctx, hasID bool // the word was given

	window, seq, seqHi, oseq, oseqHi choice[uint32]
	extra                            uint32
	mark, output                     uapi.XfrmMark
	offload                          choice[uapi.XfrmUserOffload]
	ifID, pcpu                       choice[uint32]
	tfcpad                           choice[uint32]
	dir                              uint8
}

// changeXfrmState is "xfrm state add" and "xfrm state update".
func changeXfrmState(c *cli.Command, typ uint16) error {
	w := &xfrmStateWords{
		r: xfrmRequest(typ, xfrmTail(uapi.SizeofXfrmUsersaInfo)), family: c.Family,
		info: uapi.XfrmUsersaInfo{Lft: noXfrmLimits},
	}
	w.r.HoldsSecret()
	w.id.family = c.Family
	for c.More() {
		if err := nextXfrmStateWord(c, w); err != nil {
			return err
		}
	}
	if err := w.check(); err != nil {
		return err
	}
	w.put()
	return c.Exec(w.r)
}

func nextXfrmStateWord(c *cli.Command, w *xfrmStateWords) (err error) {
	switch {
	case c.Take("mode"):
		return nextXfrmMode(c, &w.info.Mode)
	case c.Take("mark"):
		w.mark, err = nextXfrmMark(c)
	case c.Take("reqid"):
		err = nextXfrmReqID(c, &w.info.Reqid)
	case c.Take("seq"):
		err = nextXfrmSeq(c, &w.info.Seq)
	case c.Take("replay-window"):
		err = nextU32(c, &w.window, "value after \"replay-window\" is invalid")
	case c.Take("replay-seq"):
		err = nextU32(c, &w.seq, "value after \"replay-seq\" is invalid")
	case c.Take("replay-seq-hi"):
		err = nextU32(c, &w.seqHi, "value after \"replay-seq-hi\" is invalid")
	case c.Take("replay-oseq"):
		err = nextU32(c, &w.oseq, "value after \"replay-oseq\" is invalid")
	case c.Take("replay-oseq-hi"):
		err = nextU32(c, &w.oseqHi, "value after \"replay-oseq-hi\" is invalid")
	case c.Take("flag"):
		flags := uint32(w.info.Flags)
		err = nextXfrmFlags(c, &flags, xfrmStateFlags, 8, "FLAG value is invalid")
		w.info.Flags = uint8(flags)
	case c.Take("extra-flag"):
		err = nextXfrmFlags(c, &w.extra, xfrmExtraFlags, 32, "\"EXTRA-FLAG\" is invalid")
	case c.Take("sel"):
		if !c.More() {
			return desc.Incomplete()
		}
		err = nextXfrmSelector(c, &w.sel, uapi.AF_UNSPEC)
		w.family = int(w.sel.Family)
	case c.Take("limit"):
		err = nextXfrmLimit(c, &w.info.Lft)
	case c.Take("encap"):
		err = nextXfrmEncap(c, w.r)
	case c.Take("coa"):
		err = nextXfrmCoAddr(c, w)
	case c.Take("ctx"):
		if w.ctx {
			return desc.Duplicate("ctx", "ctx")
		}
		var context string
		if context, err = nextXfrmSecCtx(c); err == nil {
			w.ctx = true
			putXfrmSecCtx(w.r, context)
		}
	case c.Take("offload"):
		err = nextXfrmOffload(c, w)
	case c.Take("output-mark"):
		err = nextOutputMark(c, &w.output)
	case c.Take("if_id"):
		err = nextU32(c, &w.ifID, "value after \"if_id\" is invalid")
	case c.Take("tfcpad"):
		err = nextU32(c, &w.tfcpad, "value after \"tfcpad\" is invalid")
	case c.Take("dir"):
		err = nextXfrmSADir(c, &w.dir)
	case c.Take("pcpu-num"):
		err = nextU32(c, &w.pcpu, "value after \"pcpu-num\" is invalid")
	default:
		if ok, err := nextXfrmMore(c, w.r); ok || err != nil {
			return err
		}
		if i := slices.IndexFunc(xfrmAlgos, func(a xfrmAlgo) bool { return a.word == c.Peek() }); i >= 0 {
			return nextXfrmAlgo(c, w, &xfrmAlgos[i])
		}
		if w.hasID {
			return desc.Wrong(unlessKey(c.Peek()), "unknown")
		}
		w.hasID = true
		if err = nextXfrmID(c, &w.id, w.family, false); err == nil && w.family == uapi.AF_UNSPEC {
			w.family = w.id.family
		}
	}
	return err
}

func nextXfrmReqID(c *cli.Command, id *uint32) error {
	n, err := c.Uint(32, "REQID value is invalid")
	*id = uint32(n)
	return err
}

func nextXfrmSeq(c *cli.Command, seq *uint32) error {
	n, err := c.Uint(32, "SEQ value is invalid")
	*seq = xfrmSeq(uint32(n))
	return err
}

func nextXfrmSADir(c *cli.Command, dir *uint8) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word == "in":
		*dir = uapi.XFRM_SA_DIR_IN
	case word == "out":
		*dir = uapi.XFRM_SA_DIR_OUT
	default:
		return desc.Wrong(word, "DIR value is not \"in\" or \"out\"")
	}
	return nil
}

// nextXfrmEncap takes what carries ESP.
func nextXfrmEncap(c *cli.Command, r *wire.Request) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	var e uapi.XfrmEncapTmpl
	switch word {
	case "espinudp-nonike":
		e.Type = uapi.UDP_ENCAP_ESPINUDP_NON_IKE
	case "espinudp":
		e.Type = uapi.UDP_ENCAP_ESPINUDP
	case "espintcp":
		e.Type = uapi.TCP_ENCAP_ESPINTCP
	default:
		return desc.Wrong(word, "ENCAP-TYPE value is invalid")
	}
	sport, err := c.Uint(16, "SPORT value after \"encap\" is invalid")
	if err != nil {
		return err
	}
	dport, err := c.Uint(16, "DPORT value after \"encap\" is invalid")
	if err != nil {
		return err
	}
	e.Sport, e.Dport = uint16(sport), uint16(dport)
	a, err := c.NextAddr(uapi.AF_UNSPEC)
	if err != nil {
		return err
	}
	copy(e.Oa[:], a.AsSlice())
	r.Struct(uapi.XFRMA_ENCAP, uapi.SizeofXfrmEncapTmpl, &e)
	return nil
}

func nextXfrmCoAddr(c *cli.Command, w *xfrmStateWords) error {
	if w.coa {
		return desc.Duplicate("coa", "coa")
	}
	w.coa = true
	var a uapi.XfrmAddress
	if _, err := nextXfrmAddr(c, w.family, &a); err != nil {
		return err
	}
	w.r.Data(uapi.XFRMA_COADDR, a[:])
	return nil
}

func nextXfrmOffload(c *cli.Command, w *xfrmStateWords) error {
	var o uapi.XfrmUserOffload
	switch {
	case c.Take("crypto"):
	case c.Take("packet"):
		o.Flags = uapi.XFRM_OFFLOAD_PACKET
	}
	if err := nextOffloadDev(c, &o); err != nil {
		return err
	}
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word != "dir":
		return desc.Wrong(word, "Missing DIR keyword")
	}
	w.offload.set(o)
	return nextXfrmSADir(c, &w.dir)
}

// nextOffloadDev takes the link that does the work.
func nextOffloadDev(c *cli.Command, o *uapi.XfrmUserOffload) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word != "dev":
		return desc.Wrong(word, "Missing dev keyword")
	}
	if word, err = c.Next(); err != nil {
		return err
	}
	info := c.LinkNamed(word)
	if info == nil {
		return desc.Wrong(word, "Invalid device name")
	}
	o.Ifindex = int32(info.Index)
	return nil
}

func nextOutputMark(c *cli.Command, m *uapi.XfrmMark) error {
	v, err := c.Uint(32, "value after \"output-mark\" is invalid")
	if m.V = uint32(v); err != nil || !c.Take("mask") {
		return err
	}
	v, err = c.Uint(32, "mask value is invalid\n")
	m.M = uint32(v)
	return err
}

// xfrmMore are numbers of states that ip has no words for.
var xfrmMore = []struct {
	word string
	typ  uint16
	bits int
}{
	{"nat-keepalive", uapi.XFRMA_NAT_KEEPALIVE_INTERVAL, 32},
	{"mapping-max-age", uapi.XFRMA_MTIMER_THRESH, 32},
	{"iptfs-drop-time", uapi.XFRMA_IPTFS_DROP_TIME, 32},
	{"iptfs-reorder-window", uapi.XFRMA_IPTFS_REORDER_WINDOW, 16},
	{"iptfs-dont-frag", uapi.XFRMA_IPTFS_DONT_FRAG, 0},
	{"iptfs-init-delay", uapi.XFRMA_IPTFS_INIT_DELAY, 32},
	{"iptfs-max-queue-size", uapi.XFRMA_IPTFS_MAX_QSIZE, 32},
	{"iptfs-pkt-size", uapi.XFRMA_IPTFS_PKT_SIZE, 32},
}

// nextXfrmMore takes one of them, if it is next.
func nextXfrmMore(c *cli.Command, r *wire.Request) (bool, error) {
	for _, m := range xfrmMore {
		if !c.Take(m.word) {
			continue
		}
		if m.bits == 0 {
			r.Flag(m.typ)
			return true, nil
		}
		n, err := c.Uint(m.bits, "value after \""+m.word+"\" is invalid")
		if m.bits == 16 {
			r.Uint16(m.typ, uint16(n))
		} else {
			r.Uint32(m.typ, uint32(n))
		}
		return true, err
	}
	return false, nil
}

// put writes the structure, and the attributes that several words make.
func (w *xfrmStateWords) put() {
	r := w.r
	if w.offload.given {
		if w.dir == uapi.XFRM_SA_DIR_IN {
			w.offload.value.Flags |= uapi.XFRM_OFFLOAD_INBOUND
		}
		r.Struct(uapi.XFRMA_OFFLOAD_DEV, uapi.SizeofXfrmUserOffload, &w.offload.value)
	}
	switch {
	case w.long():
		r.Struct(uapi.XFRMA_REPLAY_ESN_VAL, uapi.SizeofXfrmReplayStateEsn, &uapi.XfrmReplayStateEsn{
			Seq: w.seq.value, SeqHi: w.seqHi.value, Oseq: w.oseq.value, OseqHi: w.oseqHi.value,
			ReplayWindow: w.window.value, BmpLen: (w.window.value + 31) / 32,
		})
	default:
		if w.seq.value != 0 || w.oseq.value != 0 {
			r.Struct(uapi.XFRMA_REPLAY_VAL, uapi.SizeofXfrmReplayState,
				&uapi.XfrmReplayState{Seq: w.seq.value, Oseq: w.oseq.value})
		}
		w.info.ReplayWindow = uint8(w.window.value)
	}
	number := func(typ uint16, v uint32, given bool) {
		if given {
			r.Uint32(typ, v)
		}
	}
	number(uapi.XFRMA_SA_EXTRA_FLAGS, w.extra, w.extra != 0)
	if w.mark.M != 0 {
		putXfrmMark(r, w.mark)
	}
	number(uapi.XFRMA_IF_ID, w.ifID.value, w.ifID.given)
	number(uapi.XFRMA_TFCPAD, w.tfcpad.value, w.tfcpad.value != 0)
	number(uapi.XFRMA_SET_MARK, w.output.V, w.output.V != 0)
	number(uapi.XFRMA_SET_MARK_MASK, w.output.M, w.output.M != 0)
	if w.dir != 0 {
		r.Uint8(uapi.XFRMA_SA_DIR, w.dir)
	}
	number(uapi.XFRMA_SA_PCPU, w.pcpu.value, w.pcpu.given)
	w.info.Sel = w.sel.XfrmSelector
	w.id.fill(&w.info)
	putXfrm(r, uapi.SizeofXfrmUsersaInfo, &w.info)
}

// fill enters the identity into the structure of a state.
func (id *xfrmID) fill(info *uapi.XfrmUsersaInfo) {
	info.Id, info.Saddr, info.Family = id.wire(), id.src, uint16(id.family)
	if info.Family == uapi.AF_UNSPEC {
		info.Family = uapi.AF_INET
	}
}

// long reports whether the replay window does not fit into the short form.
func (w *xfrmStateWords) long() bool {
	return w.info.Flags&uapi.XFRM_STATE_ESN != 0 || w.window.value > 32
}

// allocXfrmSPI is "xfrm state allocspi".
func allocXfrmSPI(c *cli.Command) error {
	info := xfrmTail(uapi.SizeofXfrmUsersaInfo)
	w := &xfrmStateWords{r: xfrmRequest(uapi.XFRM_MSG_ALLOCSPI, info+8), family: c.Family}
	w.id.family = c.Family
	var low, high choice[uint32]
	for c.More() {
		if err := nextAllocWord(c, w, &low, &high); err != nil {
			return err
		}
	}
	switch {
	case !w.hasID:
		return required("ID is required")
	case low.given && !high.given:
		return cli.Exit(cli.StatusFailed, "\"max\" is missing")
	case high.given && !low.given:
		return cli.Exit(cli.StatusFailed, "\"min\" is missing")
	case low.value > high.value:
		return cli.Exit(cli.StatusFailed, "value after \"min\" is larger than value after \"max\"")
	case !low.given:
		low.value, high.value = leastSPI, mostSPI
		if w.id.proto == uapi.IPPROTO_COMP {
			high.value = mostCompSPI
		}
	}
	if w.dir != 0 {
		w.r.Uint8(uapi.XFRMA_SA_DIR, w.dir)
	}
	if w.mark.M&w.mark.V != 0 {
		putXfrmMark(w.r, w.mark)
	}
	if w.pcpu.given {
		w.r.Uint32(uapi.XFRMA_SA_PCPU, w.pcpu.value)
	}
	w.id.fill(&w.info)
	putXfrm(w.r, uapi.SizeofXfrmUsersaInfo, &w.info)
	b := w.r.Bytes()[uapi.SizeofNlmsghdr+info:]
	native.PutUint32(b, low.value)
	native.PutUint32(b[4:], high.value)
	m, err := c.Get(w.r)
	if err != nil {
		return err
	}
	newXfrmPrinter(c, false).state(m)
	return nil
}

// What ip chooses SPIs among: below 0x100 they are reserved (RFC 4303), those of compression have 16 bits.
const (
	leastSPI    = 0x100
	mostSPI     = 0x0fffffff
	mostCompSPI = 0xffff
)

func nextAllocWord(c *cli.Command, w *xfrmStateWords, low, high *choice[uint32]) (err error) {
	bound := func(v *choice[uint32]) error {
		keyword := c.Last()
		if v.given {
			return desc.Duplicate(keyword, keyword)
		}
		return nextU32(c, v, "value after \""+keyword+"\" is invalid")
	}
	switch {
	case c.Take("mode"):
		return nextXfrmMode(c, &w.info.Mode)
	case c.Take("mark"):
		w.mark, err = nextXfrmMark(c)
		return err
	case c.Take("reqid"):
		return nextXfrmReqID(c, &w.info.Reqid)
	case c.Take("seq"):
		return nextXfrmSeq(c, &w.info.Seq)
	case c.Take("min"):
		return bound(low)
	case c.Take("max"):
		return bound(high)
	case c.Take("dir"):
		return nextXfrmSADir(c, &w.dir)
	case c.Take("pcpu-num"):
		return nextU32(c, &w.pcpu, "value after \"pcpu-num\" is invalid")
	case w.hasID:
		return desc.Wrong(c.Peek(), "unknown")
	}
	w.hasID = true
	if err := nextXfrmID(c, &w.id, w.family, false); err != nil {
		return err
	}
	if w.id.spi != 0 {
		return cli.Exit(cli.StatusFailed, "\"spi\" is invalid")
	}
	if w.family == uapi.AF_UNSPEC {
		w.family = w.id.family
	}
	return nil
}

// oneXfrmState is "xfrm state get" and "xfrm state delete".
func oneXfrmState(c *cli.Command, typ uint16) error {
	r := xfrmRequest(typ, uapi.SizeofXfrmUsersaId)
	id := xfrmID{family: c.Family}
	var mark uapi.XfrmMark
	given := false
	for c.More() {
		var err error
		switch {
		case c.Take("mark"):
			mark, err = nextXfrmMark(c)
		case given:
			err = desc.Wrong(c.Peek(), "unknown")
		default:
			given = true
			if err = nextXfrmID(c, &id, c.Family, false); err == nil {
				r.Data(uapi.XFRMA_SRCADDR, id.src[:])
			}
		}
		if err != nil {
			return err
		}
	}
	if mark.M&mark.V != 0 {
		putXfrmMark(r, mark)
	}
	if id.family == uapi.AF_UNSPEC {
		id.family = uapi.AF_INET
	}
	(&uapi.XfrmUsersaId{Daddr: id.dst, Spi: id.spi, Family: uint16(id.family),
		Proto: id.proto}).Put(r.Bytes()[uapi.SizeofNlmsghdr:])
	if typ == uapi.XFRM_MSG_DELSA {
		return c.Exec(r)
	}
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	newXfrmPrinter(c, false).state(m)
	return nil
}
