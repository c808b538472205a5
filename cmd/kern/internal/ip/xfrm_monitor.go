package ip

import (
	"strings"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func xfrmMonitorUsage() string {
	return `xfrm monitor [ nokeys ] [ all-nsid ] [ file FILE ] [ all | OBJECTS ]
OBJECTS := { acquire | expire | SA | aevent | policy | report | migrate | mapping }
`
}

// xfrmMonitored are the groups that can be watched.
var xfrmMonitored = []struct {
	word  string
	group uint32
}{
	{"acquire", uapi.XFRMNLGRP_ACQUIRE}, {"expire", uapi.XFRMNLGRP_EXPIRE}, {"SA", uapi.XFRMNLGRP_SA},
	{"aevent", uapi.XFRMNLGRP_AEVENTS}, {"policy", uapi.XFRMNLGRP_POLICY}, {"report", uapi.XFRMNLGRP_REPORT},
	{"migrate", uapi.XFRMNLGRP_MIGRATE}, {"mapping", uapi.XFRMNLGRP_MAPPING}, // words of ours
}

// runXfrmMonitor shows the notifications of IPsec until it is interrupted.
func runXfrmMonitor(c *cli.Command) error {
	var file choice[string]
	var groups []uint32
	nokeys, allNSID := false, false
	for c.More() {
		switch {
		case c.TakeAbbr("file"):
			if err := nextWord(c, &file); err != nil {
				return err
			}
			continue
		case c.Take("nokeys"):
			nokeys = true
			continue
		case c.Take("all"):
			continue
		case c.TakeAbbr("all-nsid"):
			allNSID = true
			continue
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		known := false
		for _, o := range xfrmMonitored {
			if strings.HasPrefix(o.word, word) && word != "" {
				groups, known = append(groups, o.group), true
				break
			}
		}
		switch {
		case known:
		case strings.HasPrefix("help", word) && word != "":
			return c.ShowUsage()
		default:
			return &cli.UnknownError{Kind: "Argument", Word: word, Try: "xfrm monitor help"}
		}
	}
	p := newXfrmPrinter(c, nokeys)
	show := func(m wire.Message, from Origin) error {
		c.Out.Reset()
		c.ShowTimestamp(time.Now())
		if allNSID {
			p.nsid(from.NSID)
		}
		p.event(m)
		return c.Flush()
	}
	if file.given {
		allNSID = false
		return MessagesInFile(file.value, func(m wire.Message) error { return show(m, Origin{}) })
	}
	if groups == nil {
		groups = xfrmGroups()
	}
	return Follow(c, Source{Protocol: uapi.NETLINK_XFRM, Groups: groups, AllNSID: allNSID, Show: show})
}

func xfrmGroups() (groups []uint32) {
	for _, o := range xfrmMonitored {
		groups = append(groups, o.group)
	}
	return groups
}

func (p *xfrmPrinter) nsid(id int) {
	p.c.LookIn(id)
	if id < 0 {
		p.put("[nsid current]")
		return
	}
	p.put("[nsid %d]", id)
}

// event shows a message to one of the groups.
func (p *xfrmPrinter) event(m wire.Message) {
	switch m.Type {
	case uapi.XFRM_MSG_NEWSA, uapi.XFRM_MSG_DELSA, uapi.XFRM_MSG_UPDSA, uapi.XFRM_MSG_EXPIRE:
		p.state(m)
	case uapi.XFRM_MSG_NEWPOLICY, uapi.XFRM_MSG_DELPOLICY, uapi.XFRM_MSG_UPDPOLICY, uapi.XFRM_MSG_POLEXPIRE:
		p.policy(m)
	case uapi.XFRM_MSG_ACQUIRE:
		p.acquire(m.Data)
	case uapi.XFRM_MSG_FLUSHSA:
		p.put("Flushed state proto %s", xfrmProtoName(cli.Number8(m.Data)))
		p.nl()
		p.end()
	case uapi.XFRM_MSG_FLUSHPOLICY:
		p.put("Flushed policy ")
		if b, ok := desc.ParseAttrs(m.Data)[uapi.XFRMA_POLICY_TYPE]; ok {
			p.policyType(b)
		}
		p.nl()
		p.end()
	case uapi.XFRM_MSG_REPORT:
		p.report(m.Data)
	case uapi.XFRM_MSG_NEWAE:
		p.aevent(m.Data)
	case uapi.XFRM_MSG_MAPPING:
		p.mapping(m.Data)
	case uapi.XFRM_MSG_GETDEFAULT:
		p.defaults(m)
	case uapi.XFRM_MSG_MIGRATE:
		p.migrate(m.Data)
	case uapi.XFRM_MSG_MIGRATE_STATE:
		p.migrateState(m.Data)
	default:
		p.put("Unknown message: %08d 0x%08x 0x%08x\n", uapi.SizeofNlmsghdr+len(m.Data), m.Type, m.Flags)
	}
}

// acquire shows for which packet a state is wanted.
func (p *xfrmPrinter) acquire(data []byte) {
	const source = uapi.SizeofXfrmId
	const selector = source + len(uapi.XfrmAddress{})
	const policy = selector + uapi.SizeofXfrmSelector
	numbers := policy + xfrmTail(uapi.SizeofXfrmUserpolicyInfo)
	whole := make([]byte, numbers+4*4)
	copy(whole, data)
	var id uapi.XfrmId
	id.Decode(whole)
	var sel uapi.XfrmSelector
	sel.Decode(whole[selector:])
	var info uapi.XfrmUserpolicyInfo
	decodeXfrm(whole[policy:], uapi.SizeofXfrmUserpolicyInfo, &info)
	attrs := desc.ParseAttrs(after(data, len(whole)))
	family := sel.Family
	if family == uapi.AF_UNSPEC {
		family = info.Sel.Family
	}
	p.put("acquire proto %s ", xfrmProtoName(id.Proto))
	p.spi(id.Spi, false)
	p.nl()
	p.selector("  sel ", &sel, family)
	p.policyInfo("    ", "  policy ", &info, attrs)
	if p.stats > 0 {
		p.put("  seq 0x%08d ", native.Uint32(whole[numbers+12:]))
		p.masks(native.Uint32(whole[numbers+4:]), native.Uint32(whole[numbers:]), native.Uint32(whole[numbers+8:]))
	}
	p.nl()
	p.end()
}

func (p *xfrmPrinter) report(data []byte) {
	var r uapi.XfrmUserReport
	r.Decode(data)
	p.put("report proto %s ", xfrmProtoName(r.Proto))
	p.nl()
	family := r.Sel.Family
	if family == uapi.AF_UNSPEC {
		family = uint16(p.c.Family)
	}
	p.selector("  sel ", &r.Sel, family)
	p.attrs("  ", desc.ParseAttrs(after(data, uapi.SizeofXfrmUserReport)), family, true)
	p.end()
}

func (p *xfrmPrinter) aevent(data []byte) {
	var a uapi.XfrmAeventId
	a.Decode(data)
	p.put("Async event  (0x%x) ", a.Flags)
	for _, f := range []struct {
		bit  uint32
		name string
	}{{uapi.XFRM_AE_CR, "replay update"}, {uapi.XFRM_AE_CE, "timer expired"}, {uapi.XFRM_AE_CU, "policy updated"}} {
		if a.Flags&f.bit != 0 {
			p.put(" %s ", f.name)
		}
	}
	p.put("\n\tsrc %s ", xfrmAddrText(a.Saddr, a.SaId.Family))
	p.stateID(&a.SaId, a.Reqid)
}

func (p *xfrmPrinter) stateID(id *uapi.XfrmUsersaId, reqid uint32) {
	p.put("dst %s  reqid 0x%x protocol %s  SPI 0x%x\n", xfrmAddrText(id.Daddr, id.Family), reqid,
		cli.IPProtoOrNumber(id.Proto), id.Spi)
}

func (p *xfrmPrinter) mapping(data []byte) {
	var m uapi.XfrmUserMapping
	m.Decode(data)
	p.put("Mapping change %s:%d -> %s:%d\n\t", xfrmAddrText(m.OldSaddr, m.Id.Family), m.OldSport,
		xfrmAddrText(m.NewSaddr, m.Id.Family), m.NewSport)
	p.stateID(&m.Id, m.Reqid)
}

// migrate shows that a policy and its states have other addresses, which ip does not know.
func (p *xfrmPrinter) migrate(data []byte) {
	var id uapi.XfrmUserpolicyId
	id.Decode(data)
	p.selector("Migrated policy ", &id.Sel, uint16(p.c.Family))
	d := wire.NewDecoderAfter(data, uapi.SizeofXfrmUserpolicyId)
	for d.Next() {
		switch d.Type() {
		case uapi.XFRMA_KMADDRESS:
			var km uapi.XfrmUserKmaddress
			km.Decode(d.Data())
			p.put("\tkey managers local %s remote %s", xfrmAddrText(km.Local, km.Family), xfrmAddrText(km.Remote, km.Family))
			p.nl()
			continue
		case uapi.XFRMA_ENCAP:
			p.put("\tencap ")
			p.encap(d.Data(), id.Sel.Family)
			p.nl()
			continue
		case uapi.XFRMA_MIGRATE:
		default:
			continue
		}
		for b := d.Data(); len(b) >= uapi.SizeofXfrmUserMigrate; b = b[uapi.SizeofXfrmUserMigrate:] {
			var m uapi.XfrmUserMigrate
			m.Decode(b)
			p.put("\tproto %s reqid %d mode %s src %s dst %s -> src %s dst %s", xfrmProtoName(m.Proto), m.Reqid,
				nameOr(xfrmModes, m.Mode),
				xfrmAddrText(m.OldSaddr, m.OldFamily), xfrmAddrText(m.OldDaddr, m.OldFamily),
				xfrmAddrText(m.NewSaddr, m.NewFamily), xfrmAddrText(m.NewDaddr, m.NewFamily))
			p.nl()
		}
	}
	p.end()
}

// migrateState shows that one state has other addresses, which ip does not know.
func (p *xfrmPrinter) migrateState(data []byte) {
	var m uapi.XfrmUserMigrateState
	m.Decode(data)
	p.put("Migrated state dst %s proto %s spi 0x%08x -> src %s dst %s reqid %d", xfrmAddrText(m.Id.Daddr, m.Id.Family),
		xfrmProtoName(m.Id.Proto), m.Id.Spi, xfrmAddrText(m.NewSaddr, m.NewFamily), xfrmAddrText(m.NewDaddr, m.NewFamily),
		m.NewReqid)
	p.nl()
	p.attrs("\t", desc.ParseAttrs(after(data, uapi.SizeofXfrmUserMigrateState)), m.NewFamily, true)
	p.selector("\tsel ", &m.NewSel, m.NewFamily)
	p.end()
}
