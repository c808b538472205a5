package ip

import (
	"net"
	"strings"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// xfrmSource is "monitor xfrm": what "xfrm monitor nokeys" shows, in JSON too.
func xfrmSource(c *cli.Command, w *monitorWish) (Source, error) {
	p := newXfrmPrinter(c, true)
	return Source{
		Protocol: uapi.NETLINK_XFRM, Groups: xfrmGroups(),
		Show: func(m wire.Message, from Origin) error {
			_, err := w.show(c, "XFRM", from, time.Now(), func() bool {
				if !c.JSON {
					p.event(m)
					return true
				}
				return watchXfrm(c.Out, m)
			})
			return err
		},
	}, nil
}

// xfrmJSON prints events of IPsec as JSON. Keys are left out.
type xfrmJSON struct{ *desc.Printer }

// watchXfrm prints a message as an object.
func watchXfrm(printer *desc.Printer, m wire.Message) bool {
	msg, err := netlink.XfrmMsgDeserialize(nl.XfrmMsgType(m.Type), m.Data)
	p := xfrmJSON{printer}
	p.Object("")
	defer p.EndObject()
	if err != nil {
		p.Uint("type", "", uint64(m.Type))
		p.Str("error", "", err.Error())
		return true
	}
	switch e := msg.(type) {
	case *netlink.XfrmMsgState:
		p.Str("event", "", xfrmChange(m.Type))
		p.state(e.XfrmState)
	case *netlink.XfrmMsgPolicy:
		p.Str("event", "", xfrmChange(m.Type))
		p.policy(e.XfrmPolicy)
	case *netlink.XfrmMsgExpire:
		p.Str("event", "", "expired")
		p.Bool("hard", "", e.Hard)
		p.state(e.XfrmState)
	case *netlink.XfrmMsgPolicyExpire:
		p.Str("event", "", "expired")
		p.Bool("hard", "", e.Hard)
		p.policy(e.XfrmPolicy)
	case *netlink.XfrmMsgStateFlush:
		p.Str("event", "", "flushed")
		p.Object("state")
		p.Str("proto", "", xfrmProtoName(uint8(e.Proto)))
		p.EndObject()
	case *netlink.XfrmMsgPolicyFlush:
		p.Str("event", "", "flushed")
		p.Object("policy")
		p.Str("ptype", "", nameOr(xfrmPolicyTypes, e.PolicyType))
		p.EndObject()
	case *netlink.XfrmMsgAcquire:
		p.Str("event", "", "acquire")
		p.state(e.XfrmState)
		p.policy(e.XfrmPolicy)
	case *netlink.XfrmMsgAevent:
		p.Str("event", "", "aevent")
		p.Hex("flags", "%#x", uint64(e.Flags))
		p.state(e.State)
	case *netlink.XfrmMsgMapping:
		p.Str("event", "", "mapping")
		p.state(e.State)
		p.ip("old_src", e.OldSrc)
		p.Uint("old_port", "", uint64(e.OldPort))
		p.ip("new_src", e.NewSrc)
		p.Uint("new_port", "", uint64(e.NewPort))
	case *netlink.XfrmMsgReport:
		p.Str("event", "", "report")
		p.Str("proto", "", xfrmProtoName(uint8(e.Proto)))
		p.selector("sel", e.Selector)
		p.ip("coa", e.CoAddr)
	case *netlink.XfrmMsgMigrate:
		p.Str("event", "", "migrated")
		p.policy(e.XfrmPolicy)
		p.migrations(e.Migrations)
		p.encap(e.Encap)
		if km := e.KMAddress; km != nil {
			p.Object("key_managers")
			p.ip("local", km.Local)
			p.ip("remote", km.Remote)
			p.EndObject()
		}
	case *netlink.XfrmMsgMigrateState:
		p.Str("event", "", "migrated")
		p.state(e.State)
		p.ip("new_src", e.NewSrc)
		p.ip("new_dst", e.NewDst)
		p.number("new_reqid", uint64(e.NewReqid))
		p.mark("new_mark", e.NewMark)
		p.mark("output_mark", e.OutputMark)
		p.selector("new_sel", e.NewSelector)
		p.encap(e.Encap)
		p.offload(e.Offload)
		p.given("mapping_max_age", e.MappingMaxAge)
		p.given("nat_keepalive", e.NatKeepalive)
	case *netlink.XfrmMsgDefaults:
		p.Str("event", "", "defaults")
		for _, d := range [...]struct {
			key    string
			action uint8
		}{{"in", e.In}, {"fwd", e.Fwd}, {"out", e.Out}} {
			p.Str(d.key, "", nameOr(xfrmDefaults, d.action))
		}
	default:
		p.Uint("type", "", uint64(m.Type))
	}
	return true
}

// xfrmChange is what has happened to a state or a policy.
func xfrmChange(typ uint16) string {
	switch typ {
	case uapi.XFRM_MSG_UPDSA, uapi.XFRM_MSG_UPDPOLICY:
		return "updated"
	case uapi.XFRM_MSG_DELSA, uapi.XFRM_MSG_DELPOLICY:
		return "deleted"
	}
	return "new"
}

func (p xfrmJSON) ip(key string, ip net.IP) {
	if len(ip) != 0 {
		p.Str(key, "", ip.String())
	}
}

// number prints a number that is not 0.
func (p xfrmJSON) number(key string, n uint64) {
	if n != 0 {
		p.Uint(key, "", n)
	}
}

// given prints a number that is there.
func (p xfrmJSON) given(key string, n *uint32) {
	if n != nil {
		p.Uint(key, "", uint64(*n))
	}
}

func (p xfrmJSON) state(s *netlink.XfrmState) {
	p.Object("state")
	defer p.EndObject()
	p.ip("src", s.Src)
	p.ip("dst", s.Dst)
	p.Str("proto", "", xfrmProtoName(uint8(s.Proto)))
	p.Hex("spi", "0x%08x", uint64(s.Spi))
	p.number("reqid", uint64(s.Reqid))
	p.Str("mode", "", s.Mode.String())
	p.number("seq", uint64(s.Seq))
	p.number("replay_window", uint64(s.ReplayWindow))
	if s.Flags != 0 {
		p.Hex("flags", "%#x", uint64(s.Flags))
	}
	p.mark("mark", s.Mark)
	p.mark("output_mark", s.OutputMark)
	p.number("if_id", uint64(s.Ifid))
	if s.SADir != 0 {
		p.Str("dir", "", nameOr([]string{uapi.XFRM_SA_DIR_IN: "in", uapi.XFRM_SA_DIR_OUT: "out"}, uint8(s.SADir)))
	}
	p.given("pcpu_num", s.Pcpunum)
	for _, a := range [...]struct {
		key string
		*netlink.XfrmStateAlgo
	}{{"auth", s.Auth}, {"enc", s.Crypt}, {"aead", s.Aead}, {"comp", s.Comp}} {
		if a.XfrmStateAlgo == nil {
			continue
		}
		p.Object(a.key)
		p.Str("name", "", a.Name)
		p.number("key_bits", uint64(8*len(a.Key)))
		p.number("trunc_bits", uint64(a.TruncateLen))
		p.number("icv_bits", uint64(a.ICVLen))
		p.EndObject()
	}
	p.encap(s.Encap)
	p.offload(s.Offload)
	p.ip("coa", s.CoAddr)
	p.number("tfcpad", uint64(s.TFCPad))
	p.number("mapping_max_age", uint64(s.MappingMaxAge))
	p.number("nat_keepalive", uint64(s.NatKeepalive))
	if s.Selector != nil {
		p.selector("sel", s.Selector)
	}
	p.use(&s.Statistics)
}

func (p xfrmJSON) mark(key string, m *netlink.XfrmMark) {
	if m != nil {
		p.Object(key)
		p.Hex("value", "%#x", uint64(m.Value))
		p.Hex("mask", "%#x", uint64(m.Mask))
		p.EndObject()
	}
}

func (p xfrmJSON) encap(e *netlink.XfrmStateEncap) {
	if e == nil {
		return
	}
	p.Object("encap")
	p.Str("type", "", e.Type.String())
	p.Uint("sport", "", uint64(e.SrcPort))
	p.Uint("dport", "", uint64(e.DstPort))
	p.ip("addr", e.OriginalAddress)
	p.EndObject()
}

func (p xfrmJSON) offload(o *netlink.XfrmOffload) {
	if o == nil {
		return
	}
	p.Object("offload")
	p.Str("dev", "", p.Link(o.Ifindex))
	p.Str("mode", "", map[bool]string{false: "crypto", true: "packet"}[o.Packet])
	p.EndObject()
}

func (p xfrmJSON) use(s *netlink.XfrmStateStats) {
	p.number("bytes", s.Bytes)
	p.number("packets", s.Packets)
	p.number("add_time", s.AddTime)
	p.number("use_time", s.UseTime)
}

func (p xfrmJSON) policy(v *netlink.XfrmPolicy) {
	p.Object("policy")
	defer p.EndObject()
	p.selector("sel", v)
	p.Str("dir", "", strings.TrimPrefix(v.Dir.String(), "dir ")) // or "socket in"
	p.Str("action", "", v.Action.String())
	p.number("index", uint64(v.Index))
	p.Uint("priority", "", uint64(v.Priority))
	p.Str("ptype", "", nameOr(xfrmPolicyTypes, v.PolicyType))
	p.mark("mark", v.Mark)
	p.number("if_id", uint64(v.Ifid))
	p.offload(v.Offload)
	if len(v.Tmpls) != 0 {
		p.Array("tmpls")
		for i := range v.Tmpls {
			p.tmpl(&v.Tmpls[i])
		}
		p.EndArray()
	}
	p.use(&v.Statistics)
}

func (p xfrmJSON) tmpl(t *netlink.XfrmPolicyTmpl) {
	p.Object("")
	p.ip("src", t.Src)
	p.ip("dst", t.Dst)
	p.Str("proto", "", xfrmProtoName(uint8(t.Proto)))
	p.Hex("spi", "0x%08x", uint64(t.Spi))
	p.number("reqid", uint64(t.Reqid))
	p.Str("mode", "", t.Mode.String())
	p.Str("level", "", nameOr([]string{"required", "use"}, uint8(t.Optional)))
	p.EndObject()
}

// selector prints which packets are selected.
func (p xfrmJSON) selector(key string, v *netlink.XfrmPolicy) {
	p.Object(key)
	defer p.EndObject()
	for _, n := range [...]struct {
		key string
		*net.IPNet
	}{{"src", v.Src}, {"dst", v.Dst}} {
		if n.IPNet != nil {
			p.Str(n.key, "", n.String())
		}
	}
	if v.Proto != 0 {
		p.Str("proto", "", cli.IPProtoOrNumber(uint8(v.Proto)))
	}
	p.number("sport", uint64(v.SrcPort))
	p.number("dport", uint64(v.DstPort))
	if v.Ifindex != 0 {
		p.Str("dev", "", p.Link(v.Ifindex))
	}
}

func (p xfrmJSON) migrations(all []netlink.XfrmMigration) {
	p.Array("migrations")
	for i := range all {
		m := &all[i]
		p.Object("")
		p.Str("proto", "", xfrmProtoName(uint8(m.Proto)))
		p.Str("mode", "", m.Mode.String())
		p.number("reqid", uint64(m.Reqid))
		p.ip("old_src", m.OldSrc)
		p.ip("old_dst", m.OldDst)
		p.ip("new_src", m.NewSrc)
		p.ip("new_dst", m.NewDst)
		p.EndObject()
	}
	p.EndArray()
}
