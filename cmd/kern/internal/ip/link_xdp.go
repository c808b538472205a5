package ip

import (
	"encoding/hex"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// xdpModes are the ways that a program can be attached: IFLA_XDP_ATTACHED, the
// attribute that has the program's id, and how the mode is called.
var xdpModes = []struct {
	mode   uint8
	prog   uint16
	suffix string // in the first line of a link
	among  string // among several programs
}{
	{uapi.XDP_ATTACHED_SKB, uapi.IFLA_XDP_SKB_PROG_ID, "generic", "generic"},
	{uapi.XDP_ATTACHED_DRV, uapi.IFLA_XDP_DRV_PROG_ID, "", "drv"},
	{uapi.XDP_ATTACHED_HW, uapi.IFLA_XDP_HW_PROG_ID, "offload", "offload"},
}

// xdp reads IFLA_XDP; mode is XDP_ATTACHED_NONE where no program is attached.
func (l *linkMessage) xdp() (attrs desc.Attrs, mode uint8) {
	attrs = desc.ParseAttrs(l.attrs[uapi.IFLA_XDP])
	if b := attrs[uapi.IFLA_XDP_ATTACHED]; len(b) != 0 {
		mode = b[0]
	}
	return attrs, mode
}

func xdpID(attrs desc.Attrs, typ uint16) (uint32, bool) {
	b := attrs[typ]
	if len(b) < 4 {
		return 0, false
	}
	id := native.Uint32(b)
	return id, id != 0
}

// showXDP prints in the first line of a link how programs are attached; inline
// is to name the program too, because no line of its own follows.
func showXDP(s *cli.Session, l *linkMessage, inline bool) {
	attrs, mode := l.xdp()
	if mode == uapi.XDP_ATTACHED_NONE {
		return
	}
	p := s.Out
	suffix := "multi"
	for _, m := range xdpModes {
		if m.mode == mode {
			suffix = m.suffix
		}
	}
	id, ok := xdpID(attrs, uapi.IFLA_XDP_PROG_ID)
	if inline && ok && mode != uapi.XDP_ATTACHED_MULTI {
		p.Text("xdp%s/id:%d ", suffix, id)
	} else {
		p.Text("xdp%s ", suffix)
	}
	if !p.JSON {
		ShowUnknown(p, "%s ", attrs, uapi.IFLA_XDP_MAX)
		return
	}
	p.Object("xdp")
	p.Uint("mode", "", uint64(mode))
	if ok {
		showProgJSON(s, id)
	}
	p.Array("attached")
	for _, m := range xdpModes {
		if id, ok := xdpID(attrs, m.prog); ok {
			p.Object("")
			p.Uint("mode", "", uint64(m.mode))
			showProgJSON(s, id)
			p.EndObject()
		}
	}
	p.EndArray()
	ShowUnknown(p, "", attrs, uapi.IFLA_XDP_MAX)
	p.EndObject()
}

func showProgJSON(s *cli.Session, id uint32) {
	s.Out.Object("prog")
	showProg(s, id)
	s.Out.EndObject()
}

// showXDPPrograms prints each attached program on a line of its own.
func showXDPPrograms(s *cli.Session, l *linkMessage) {
	attrs, mode := l.xdp()
	if mode == uapi.XDP_ATTACHED_NONE || s.JSON {
		return
	}
	if id, ok := xdpID(attrs, uapi.IFLA_XDP_PROG_ID); ok && mode != uapi.XDP_ATTACHED_MULTI {
		s.Out.NL()
		s.Out.Text("    prog/xdp ")
		showProg(s, id)
		return
	}
	for _, m := range xdpModes {
		if id, ok := xdpID(attrs, m.prog); ok {
			s.Out.NL()
			s.Out.Text("    prog/xdp%s ", m.among)
			showProg(s, id)
		}
	}
}

// showProg prints a BPF program as far as the caller may see it.
func showProg(s *cli.Session, id uint32) {
	p := s.Out
	p.Uint("id", "id %d ", uint64(id))
	info, ok := cli.ProgInfo(id)
	if !ok {
		return
	}
	if name := cli.Text(info.Name[:]); name != "" {
		p.Str("name", "name %s ", name)
	}
	p.Str("tag", "tag %s ", hex.EncodeToString(info.Tag[:]))
	if info.JitedProgLen != 0 {
		p.Uint("jited", "", 1)
		p.Text("jited ")
	}
	if !p.Details {
		return
	}
	if info.LoadTime != 0 {
		p.Uint("load_time", "load_time %d ", info.LoadTime)
		p.Uint("created_by_uid", "created_by_uid %d ", uint64(info.CreatedByUid))
	}
	if info.BtfId != 0 {
		p.Uint("btf_id", "btf_id %d ", uint64(info.BtfId))
	}
}
