package ip

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// xfrmPrinter writes what ip xfrm writes: text, also where JSON was asked for.
type xfrmPrinter struct {
	c      *cli.Command
	stats  int
	nokeys bool
}

func newXfrmPrinter(c *cli.Command, nokeys bool) *xfrmPrinter {
	return &xfrmPrinter{c: c, stats: c.Stats, nokeys: nokeys}
}

func (p *xfrmPrinter) put(format string, args ...any) { p.c.Out.Rawf(format, args...) }

// nl ends a line, with -oneline by a backslash.
func (p *xfrmPrinter) nl() {
	if p.c.Oneline {
		p.c.Out.Raw("\\")
		return
	}
	p.c.Out.Raw("\n")
}

// end ends an object, which with -oneline has not ended yet.
func (p *xfrmPrinter) end() {
	if p.c.Oneline {
		p.c.Out.Raw("\n")
	}
}

const truncated = "(ERROR truncated)"

func xfrmAddrText(a uapi.XfrmAddress, family uint16) string {
	switch family {
	case uapi.AF_INET:
		return netip.AddrFrom4([4]byte(a[:4])).String()
	case uapi.AF_INET6:
		return desc.AddrText(netip.AddrFrom16(a))
	}
	return "???"
}

// id shows what identifies a state, and how it works.
func (p *xfrmPrinter) id(prefix, title string, src uapi.XfrmAddress, id *uapi.XfrmId, mode uint8, reqid uint32,
	family uint16, withSPI bool) {
	p.put("%ssrc %s dst %s", title, xfrmAddrText(src, family), xfrmAddrText(id.Daddr, family))
	p.nl()
	p.put("%s\tproto %s ", prefix, xfrmProtoName(id.Proto))
	p.spi(id.Spi, withSPI)
	p.put("reqid %d", reqid)
	if p.stats > 0 {
		p.put("(0x%08x)", reqid)
	}
	p.put(" mode %s", nameOr(xfrmModes, mode))
	p.nl()
}

func (p *xfrmPrinter) spi(spi uint32, always bool) {
	if p.stats == 0 && !always && spi == 0 {
		return
	}
	p.put("spi 0x%08x", spi)
	if p.stats > 0 {
		p.put("(%d)", spi)
	}
	p.put(" ")
}

// nameOr is the name of a number, or the number where it has none.
func nameOr(names []string, n uint8) string {
	if int(n) < len(names) {
		return names[n]
	}
	return strconv.Itoa(int(n))
}

// flags shows those that are set, and the bits that have no name.
func (p *xfrmPrinter) flags(flags uint32, names []string) {
	for i, name := range names {
		if flags&(1<<i) == 0 {
			continue
		}
		if flags &^= 1 << i; flags != 0 {
			name += " "
		}
		p.put("%s", name)
	}
	if flags != 0 {
		p.put("%x", flags)
	}
}

func xfrmLimitText(v uint64) string {
	if v == uapi.XFRM_INF {
		return "(INF)"
	}
	return strconv.FormatUint(v, 10)
}

func xfrmTimeText(v uint64) string {
	if v == 0 {
		return "-"
	}
	return time.Unix(int64(v), 0).Format(time.DateTime)
}

func (p *xfrmPrinter) lifetime(prefix string, l *uapi.XfrmLifetimeCfg, cur *uapi.XfrmLifetimeCur) {
	line := func(format string, args ...any) {
		p.put(prefix+format, args...)
		p.nl()
	}
	line("lifetime config:")
	line("  limit: soft %s(bytes), hard %s(bytes)", xfrmLimitText(l.SoftByteLimit), xfrmLimitText(l.HardByteLimit))
	line("  limit: soft %s(packets), hard %s(packets)", xfrmLimitText(l.SoftPacketLimit),
		xfrmLimitText(l.HardPacketLimit))
	line("  expire add: soft %d(sec), hard %d(sec)", l.SoftAddExpiresSeconds, l.HardAddExpiresSeconds)
	line("  expire use: soft %d(sec), hard %d(sec)", l.SoftUseExpiresSeconds, l.HardUseExpiresSeconds)
	line("lifetime current:")
	line("  %d(bytes), %d(packets)", cur.Bytes, cur.Packets)
	line("  add %s use %s", xfrmTimeText(cur.AddTime), xfrmTimeText(cur.UseTime))
}

// selector shows what packets are selected; family is that of one without.
func (p *xfrmPrinter) selector(title string, sel *uapi.XfrmSelector, family uint16) {
	f := sel.Family
	if f == uapi.AF_UNSPEC {
		f = family
	}
	if f == uapi.AF_UNSPEC {
		f = uint16(p.c.Family)
	}
	p.put("%ssrc %s/%d dst %s/%d ", title, xfrmAddrText(sel.Saddr, f), sel.PrefixlenS, xfrmAddrText(sel.Daddr, f),
		sel.PrefixlenD)
	if sel.Proto != 0 {
		p.put("proto %s ", cli.IPProtoOrNumber(sel.Proto))
	}
	port := func(key string, v, mask uint16) {
		if mask != 0 {
			p.put("%s %d ", key, v)
		}
	}
	switch sel.Proto {
	case uapi.IPPROTO_ICMP, uapi.IPPROTO_ICMPV6:
		port("type", sel.Sport, sel.SportMask)
		port("code", sel.Dport, sel.DportMask)
	case uapi.IPPROTO_GRE:
		if sel.SportMask != 0 || sel.DportMask != 0 {
			p.put("key %d ", uint32(sel.Sport)<<16|uint32(sel.Dport))
		}
	case uapi.IPPROTO_MH:
		port("type", sel.Sport, sel.SportMask)
		if sel.DportMask != 0 && p.stats > 0 {
			raw := xfrmSeq(uint32(sel.Dport)<<16 | uint32(sel.Dport)) // ip shows the bytes as they are
			p.put("(dport) 0x%.4x ", uint16(raw))
		}
	default:
		port("sport", sel.Sport, sel.SportMask)
		port("dport", sel.Dport, sel.DportMask)
	}
	if sel.Ifindex > 0 {
		p.put("dev %s ", p.c.Out.Link(int(sel.Ifindex)))
	}
	if p.stats > 0 {
		p.put("uid %d", sel.User)
	}
	p.nl()
}

// algo shows an algorithm of one of the three structures.
func (p *xfrmPrinter) algo(prefix string, b []byte, a *xfrmAlgo) {
	defer p.nl()
	p.put("%s%s ", prefix, a.word)
	if len(b) < a.size {
		p.put(truncated)
		return
	}
	var alg uapi.XfrmAlgoAuth
	alg.Decode(b[:a.size])
	p.put("%s ", cli.Text(alg.Name[:]))
	key, size := b[a.size:], uint64(alg.KeyLen)/8
	switch {
	case uint64(len(key)) < size:
		p.put(truncated)
	case p.nokeys:
		p.put(hiddenKey)
	case size > 0:
		p.put("0x%x", key[:size])
		if p.stats > 0 {
			p.put(" (%d bits)", alg.KeyLen)
		}
	}
	if a.number != "" {
		p.put(" %d", int32(alg.TruncLen))
	}
}

// tmpls shows what a policy asks of states.
func (p *xfrmPrinter) tmpls(prefix string, b []byte) {
	if len(b) < uapi.SizeofXfrmUserTmpl {
		p.put("%s(ERROR \"tmpl\" truncated)", prefix)
		p.nl()
	}
	for ; len(b) >= uapi.SizeofXfrmUserTmpl; b = b[uapi.SizeofXfrmUserTmpl:] {
		var t uapi.XfrmUserTmpl
		t.Decode(b)
		p.id(prefix, prefix+"tmpl ", t.Saddr, &t.Id, t.Mode, t.Reqid, t.Family, false)
		if p.stats > 0 || t.Optional != 0 {
			p.put("%s\tlevel %s ", prefix, nameOr([]string{"required", "use"}, t.Optional))
			if p.stats > 0 {
				p.put("share %s ", xfrmShareName(t.Share))
			}
			p.nl()
		}
		if p.stats > 0 {
			p.put("%s\t", prefix)
			p.masks(t.Ealgos, t.Aalgos, t.Calgos)
			p.nl()
		}
	}
}

func (p *xfrmPrinter) masks(enc, auth, comp uint32) {
	p.put("enc-mask %.8x auth-mask %.8x comp-mask %.8x", enc, auth, comp)
}

func xfrmShareName(share uint8) string {
	return nameOr([]string{"any", "session", "user", "unique"}, share)
}

// attrs shows the attributes of states and policies; dir says that an offload has a direction.
func (p *xfrmPrinter) attrs(prefix string, attrs desc.Attrs, family uint16, dir bool) {
	p.marks(attrs)
	_, trunc := attrs[uapi.XFRMA_ALG_AUTH_TRUNC]
	for _, word := range []string{"auth", "auth-trunc", "aead", "enc", "comp"} {
		for i := range xfrmAlgos {
			a := &xfrmAlgos[i]
			if b, ok := attrs[a.typ]; ok && a.word == word && (word != "auth" || !trunc) {
				p.algo(prefix, b, a)
			}
		}
	}
	for _, part := range [...]struct {
		typ  uint16
		key  string
		size int
		show func(b []byte)
	}{
		{uapi.XFRMA_ENCAP, "encap ", uapi.SizeofXfrmEncapTmpl, func(b []byte) { p.encap(b, family) }},
		{uapi.XFRMA_TMPL, "", 0, nil},
		{uapi.XFRMA_COADDR, "coa ", len(uapi.XfrmAddress{}),
			func(b []byte) { p.put("%s", xfrmAddrText(uapi.XfrmAddress(b), family)) }},
		{uapi.XFRMA_LASTUSED, "lastused ", 8, func(b []byte) { p.put("%s", xfrmTimeText(native.Uint64(b))) }},
		{uapi.XFRMA_REPLAY_VAL, "anti-replay context: ", uapi.SizeofXfrmReplayState, p.replay},
		{uapi.XFRMA_REPLAY_ESN_VAL, "anti-replay esn context:", uapi.SizeofXfrmReplayStateEsn,
			func(b []byte) { p.replayESN(prefix, b) }},
		{uapi.XFRMA_OFFLOAD_DEV, "crypto offload parameters: ", uapi.SizeofXfrmUserOffload,
			func(b []byte) { p.offload(b, dir) }},
		{uapi.XFRMA_IF_ID, "if_id ", 4, func(b []byte) { p.put("%s", hexText(native.Uint32(b))) }},
		{uapi.XFRMA_TFCPAD, "tfcpad ", 4, func(b []byte) { p.put("%d", native.Uint32(b)) }},
	} {
		b, ok := attrs[part.typ]
		switch {
		case !ok:
			continue
		case part.show == nil:
			p.tmpls(prefix, b)
			continue
		}
		p.put("%s%s", prefix, part.key)
		if len(b) < part.size {
			p.put(truncated)
			p.nl()
			return
		}
		part.show(b)
		p.nl()
	}
	p.newer(attrs)
}

func (p *xfrmPrinter) marks(attrs desc.Attrs) {
	mark, marked := attrs[uapi.XFRMA_MARK]
	output, outputs := attrs[uapi.XFRMA_SET_MARK]
	if !marked && !outputs {
		return
	}
	p.put("\t")
	if marked {
		var m uapi.XfrmMark
		m.Decode(mark)
		p.put("mark %s/%s ", hexText(m.V), hexText(m.M))
	}
	if outputs {
		p.put("output-mark 0x%x", cli.Number32(output))
		if mask, ok := attrs[uapi.XFRMA_SET_MARK_MASK]; ok {
			p.put("/0x%x", cli.Number32(mask))
		}
	}
	p.nl()
}

func (p *xfrmPrinter) encap(b []byte, family uint16) {
	var e uapi.XfrmEncapTmpl
	e.Decode(b)
	name := strconv.Itoa(int(e.Type))
	switch e.Type {
	case uapi.UDP_ENCAP_ESPINUDP_NON_IKE:
		name = "espinudp-nonike"
	case uapi.UDP_ENCAP_ESPINUDP:
		name = "espinudp"
	case uapi.TCP_ENCAP_ESPINTCP:
		name = "espintcp"
	}
	p.put("type %s sport %d dport %d addr %s", name, e.Sport, e.Dport, xfrmAddrText(e.Oa, family))
}

func (p *xfrmPrinter) replay(b []byte) {
	var v uapi.XfrmReplayState
	v.Decode(b)
	p.put("seq 0x%x, oseq 0x%x, bitmap 0x%08x", v.Seq, v.Oseq, v.Bitmap)
}

func (p *xfrmPrinter) replayESN(prefix string, b []byte) {
	var v uapi.XfrmReplayStateEsn
	v.Decode(b)
	p.nl()
	p.put("%s seq-hi 0x%x, seq 0x%x, oseq-hi 0x%x, oseq 0x%x", prefix, v.SeqHi, v.Seq, v.OseqHi, v.Oseq)
	p.nl()
	p.put("%s replay_window %d, bitmap-length %d", prefix, v.ReplayWindow, v.BmpLen)
	bitmap := b[uapi.SizeofXfrmReplayStateEsn:]
	words := int(min(v.BmpLen, uint32(len(bitmap)/4)))
	for i := range words {
		if i%8 == 0 {
			p.nl()
			p.put("%s ", prefix)
		}
		p.put("%08x ", native.Uint32(bitmap[4*(words-1-i):]))
	}
}

func (p *xfrmPrinter) offload(b []byte, dir bool) {
	var o uapi.XfrmUserOffload
	o.Decode(b)
	p.put("dev %s ", p.c.Out.Link(int(o.Ifindex)))
	if dir {
		way := "out"
		if o.Flags&uapi.XFRM_OFFLOAD_INBOUND != 0 {
			way = "in"
		}
		p.put("dir %s ", way)
	}
	mode := "crypto"
	if o.Flags&uapi.XFRM_OFFLOAD_PACKET != 0 {
		mode = "packet"
	}
	p.put("mode %s", mode)
}

// newer shows what came last, and what ip does not show.
func (p *xfrmPrinter) newer(attrs desc.Attrs) {
	if b, ok := attrs[uapi.XFRMA_SA_DIR]; ok {
		switch d := cli.Number8(b); d {
		case uapi.XFRM_SA_DIR_IN:
			p.put("\tdir in")
		case uapi.XFRM_SA_DIR_OUT:
			p.put("\tdir out")
		default:
			p.put("\tdir other (%d)", d)
		}
		p.nl()
	}
	if b, ok := attrs[uapi.XFRMA_SA_PCPU]; ok {
		p.put("\tpcpu-num %d", cli.Number32(b))
		p.nl()
	}
	for _, m := range xfrmMore {
		b, ok := attrs[m.typ]
		if !ok {
			continue
		}
		p.put("\t%s", m.word)
		switch {
		case m.bits == 16 && len(b) >= 2:
			p.put(" %d", native.Uint16(b))
		case m.bits == 32:
			p.put(" %d", cli.Number32(b))
		}
		p.nl()
	}
	for _, typ := range slices.Sorted(maps.Keys(attrs)) {
		switch {
		case typ <= uapi.XFRMA_MAX:
			continue
		case p.nokeys: // it may be one
			p.put("\tattr %d %s", typ, hiddenKey)
		default:
			p.put("\tattr %d 0x%x", typ, attrs[typ])
		}
		p.nl()
	}
}

func (p *xfrmPrinter) secCtx(b []byte) {
	var u uapi.XfrmUserSecCtx
	u.Decode(b)
	text := after(b, uapi.SizeofXfrmUserSecCtx)
	p.put("\tsecurity context %s ", cli.Text(text[:min(len(text), int(u.CtxLen))]))
	p.nl()
}

// stateInfo shows a state.
func (p *xfrmPrinter) stateInfo(s *uapi.XfrmUsersaInfo, attrs desc.Attrs) {
	p.id("", "", s.Saddr, &s.Id, s.Mode, s.Reqid, s.Family, ofIPsec(s.Id.Proto))
	p.put("\treplay-window %d ", s.ReplayWindow)
	if p.stats > 0 {
		p.put("seq 0x%08d ", s.Seq)
	}
	if p.stats > 0 || s.Flags != 0 {
		p.put("flag ")
		p.flags(uint32(s.Flags), xfrmStateFlags)
	}
	if b, ok := attrs[uapi.XFRMA_SA_EXTRA_FLAGS]; ok && p.stats > 0 {
		p.put("extra_flag ")
		p.flags(cli.Number32(b), xfrmExtraFlags)
	}
	if p.stats > 0 {
		p.put(" (0x%08b)", s.Flags)
	}
	p.nl()
	p.attrs("\t", attrs, s.Family, true)
	if s.Sel != (uapi.XfrmSelector{}) {
		p.selector("\tsel ", &s.Sel, s.Family)
	}
	if p.stats > 0 {
		p.lifetime("\t", &s.Lft, &s.Curlft)
		p.put("\tstats:")
		p.nl()
		p.put("\t  replay-window %d replay %d failed %d", s.Stats.ReplayWindow, s.Stats.Replay, s.Stats.IntegrityFailed)
		p.nl()
	}
	if b, ok := attrs[uapi.XFRMA_SEC_CTX]; ok {
		p.secCtx(b)
	}
}

// policyInfo shows a policy.
func (p *xfrmPrinter) policyInfo(prefix, title string, v *uapi.XfrmUserpolicyInfo, attrs desc.Attrs) {
	p.selector(title, &v.Sel, uint16(p.c.Family))
	if b, ok := attrs[uapi.XFRMA_SEC_CTX]; ok {
		p.secCtx(b)
	}
	prefix += "\t"
	what, dir := "dir", v.Dir
	if dir >= uapi.XFRM_POLICY_MAX {
		what, dir = "socket", dir-uapi.XFRM_POLICY_MAX
	}
	p.put("%s%s %s ", prefix, what, nameOr([]string{"in", "out", "fwd"}, dir))
	switch v.Action {
	case uapi.XFRM_POLICY_ALLOW:
		if p.stats > 0 {
			p.put("action allow ")
		}
	default:
		p.put("action %s ", nameOr([]string{"allow", "block"}, v.Action))
	}
	if p.stats > 0 {
		p.put("index %d ", v.Index)
	}
	p.put("priority %d ", v.Priority)
	if b, ok := attrs[uapi.XFRMA_POLICY_TYPE]; ok {
		p.policyType(b)
	}
	if p.stats > 0 {
		p.put("share %s ", xfrmShareName(v.Share))
	}
	if p.stats > 0 || v.Flags != 0 {
		p.put("flag ")
		p.flags(uint32(v.Flags), xfrmPolicyFlags)
	}
	if p.stats > 0 {
		p.put(" (0x%08b)", v.Flags)
	}
	p.nl()
	if p.stats > 0 {
		p.lifetime(prefix, &v.Lft, &v.Curlft)
	}
	p.attrs(prefix, attrs, v.Sel.Family, false)
}

// xfrmPolicyTypes are the types of policies by number.
var xfrmPolicyTypes = []string{"main", "sub"}

func (p *xfrmPrinter) policyType(b []byte) {
	p.put("ptype ")
	if len(b) == 0 {
		p.put(truncated)
		return
	}
	p.put("%s ", nameOr(xfrmPolicyTypes, b[0]))
}
