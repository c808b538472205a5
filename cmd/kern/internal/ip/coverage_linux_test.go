package ip

import (
	"bytes"
	"encoding/binary"
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/coverage"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

var updateCoverage = flag.Bool("update-coverage", false, "write docs/coverage.md")

// shownObject is an object that only the command knows, or a nest in one.
type shownObject struct {
	name, set string
	show      func(c *cli.Command, attrs desc.Attrs)
	with      desc.Attrs // what an attribute needs beside it to be shown
	nest      uint16     // where the attributes are, in what is sent and shown
	commands  []string   // that send attributes
}

// shownObjects are the objects of generic netlink for which package netlink has no type. Those with the same name, one
// after the other, are one row.
func shownObjects() []shownObject {
	endpoint := func(c *cli.Command, attrs desc.Attrs) { showEndpoint(c.Out, attrs) }
	udp := func(six bool) desc.Attrs {
		a := desc.Attrs{uapi.L2TP_ATTR_ENCAP_TYPE: binary.NativeEndian.AppendUint16(nil, uapi.L2TP_ENCAPTYPE_UDP)}
		if six {
			a[uapi.L2TP_ATTR_IP6_SADDR] = make([]byte, 16)
		}
		return a
	}
	tunnels := []string{
		"l2tp add tunnel remote 192.0.2.1 local 192.0.2.2 tunnel_id 1 peer_tunnel_id 2 udp_sport 3 udp_dport 4 udp_csum on",
		"l2tp add tunnel remote ::1 local ::2 tunnel_id 1 peer_tunnel_id 2 udp_sport 3 udp_dport 4 udp6_csum_rx off " +
			"udp6_csum_tx off",
	}
	sessions := []string{
		"l2tp add session name x tunnel_id 1 session_id 2 peer_session_id 3 cookie 01020304 peer_cookie 01020304 seq both",
	}
	tunnel := func(c *cli.Command, attrs desc.Attrs) { showL2TPTunnel(c.Out, attrs) }
	metrics := []string{
		"tcp_metrics delete 192.0.2.1 source 192.0.2.2", "tcp_metrics delete 2001:db8::1 source 2001:db8::2",
	}
	metric := func(c *cli.Command, attrs desc.Attrs) { showTCPMetric(c.Out, attrs, false) }
	return []shownObject{
		{name: "tcp_metrics", set: "TCP_METRICS_ATTR", show: metric, commands: metrics, with: desc.Attrs{
			uapi.TCP_METRICS_ATTR_TW_TS_STAMP: make([]byte, 4), uapi.TCP_METRICS_ATTR_FOPEN_SYN_DROPS: make([]byte, 2)}},
		{name: "tcp_metrics: values", set: "TCP_METRICS_A_METRICS", show: metric, nest: uapi.TCP_METRICS_ATTR_VALS},
		{
			name: "ila", set: "ILA_ATTR", show: func(c *cli.Command, attrs desc.Attrs) { showILA(c.Out, attrs) },
			commands: []string{"ila add loc_match 1:1:1:1 loc 2:2:2:2 dev va csum-mode no-action ident-type luid"},
		},
		{
			name: "mptcp limits", set: "MPTCP_PM_ATTR",
			show: func(c *cli.Command, attrs desc.Attrs) {
				showLimits(c.Out, attrs)
				endpoint(c, desc.ParseAttrs(attrs[uapi.MPTCP_PM_ATTR_ADDR]))
			},
			commands: []string{"mptcp limits set subflows 1 add_addr_accepted 1", "mptcp endpoint add 192.0.2.1"},
		}, {
			name: "mptcp endpoint", set: "MPTCP_PM_ADDR_ATTR", nest: uapi.MPTCP_PM_ATTR_ADDR,
			show: func(c *cli.Command, attrs desc.Attrs) {
				endpoint(c, desc.ParseAttrs(attrs[uapi.MPTCP_PM_ATTR_ADDR]))
			},
			commands: []string{"mptcp endpoint add 192.0.2.1 dev va id 1 port 1 signal", "mptcp endpoint add 2001:db8::1"},
		}, {
			name: "mptcp monitor", set: "MPTCP_ATTR",
			show: func(c *cli.Command, attrs desc.Attrs) { showMPTCPEvent(c.Out, uapi.MPTCP_EVENT_CLOSED, attrs) },
		},
		{name: "l2tp", set: "L2TP_ATTR", show: tunnel, with: udp(false), commands: tunnels},
		{name: "l2tp", set: "L2TP_ATTR", show: tunnel, with: udp(true)},
		{name: "l2tp", set: "L2TP_ATTR", commands: sessions,
			show: func(c *cli.Command, attrs desc.Attrs) { showL2TPSession(c.Out, attrs) }},
	}
}

// shown is the text and the JSON of an object with an attribute more, without what is printed of unknown ones.
func (o *shownObject) shown(t *testing.T, typ uint16, payload []byte) (all string) {
	t.Helper()
	attrs := desc.Attrs{}
	for typ, b := range o.with {
		attrs[typ] = b
	}
	switch {
	case typ == 0:
	case o.nest != 0:
		var e wire.Encoder
		e.Data(typ, payload)
		attrs[o.nest] = e.Bytes()
	default:
		attrs[typ] = payload
	}
	for _, js := range []bool{false, true} {
		var out bytes.Buffer
		c := offline(&out, func(s *cli.Options) { s.JSON = js })
		c.Out.Object("")
		o.show(c, attrs)
		c.Out.EndObject()
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		all += out.String()
	}
	return all
}

// sent are the attributes that the commands of the object send.
func (o *shownObject) sent(t *testing.T) map[uint16]bool {
	t.Helper()
	types := map[uint16]bool{}
	kernel := &nltest.Kernel{Answer: func(request []byte) []nltest.Datagram {
		switch data := request[uapi.SizeofNlmsghdr:]; native.Uint16(request[4:]) {
		case uapi.RTM_GETLINK:
			var e wire.Encoder
			(&uapi.Ifinfomsg{Index: 3}).Put(e.Raw(uapi.SizeofIfinfomsg))
			e.String(uapi.IFLA_IFNAME, "va")
			return answerOf(request, uapi.RTM_NEWLINK, e.Bytes())
		case uapi.GENL_ID_CTRL:
			var e wire.Encoder
			e.Raw(uapi.SizeofGenlmsghdr)
			e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, uapi.GENL_MIN_ID+7)
			return answerOf(request, uapi.GENL_ID_CTRL, e.Bytes())
		default:
			attrs := desc.ParseAttrs(data[uapi.SizeofGenlmsghdr:])
			if o.nest != 0 {
				attrs = desc.ParseAttrs(attrs[o.nest])
			}
			for typ := range attrs {
				types[typ] = true
			}
			return []nltest.Datagram{{Data: nltest.Ack(request, 0, nil)}}
		}
	}}
	for _, command := range o.commands {
		var out bytes.Buffer
		s := cli.NewSession(ipProgram, nil, &out, &out)
		s.Configure()
		for _, protocol := range []int{uapi.NETLINK_ROUTE, uapi.NETLINK_GENERIC} {
			conn, err := wire.Dial(wire.Config{Dial: kernel.Dial})
			if err != nil {
				t.Fatal(err)
			}
			s.UseFor(protocol, conn)
		}
		if code := s.Report(s.Do(strings.Fields(command))); code != 0 {
			t.Errorf("%s: status %d: %s", command, code, out.String())
		}
		s.Close()
	}
	return types
}

// answerOf is an answer with one object.
func answerOf(request []byte, typ uint16, data []byte) []nltest.Datagram {
	all := []nltest.Datagram{{Data: nltest.Message(request, typ, 0, data)}}
	if native.Uint16(request[6:])&uapi.NLM_F_ACK != 0 {
		all = append(all, nltest.Datagram{Data: nltest.Ack(request, 0, nil)})
	}
	return all
}

// TestCoverage compares docs/coverage.md with what the kernel's headers define and ip's objects send and show.
func TestCoverage(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	sets := coverage.Sets(t, filepath.Join(root, "internal", "abi", "facts", "linux"))
	var rows []coverage.Row
	for _, o := range shownObjects() {
		if len(rows) == 0 || rows[len(rows)-1].Name != o.name {
			rows = append(rows, coverage.Row{Name: o.name, Set: o.set, Can: map[uint16]coverage.Ability{}})
		}
		can := rows[len(rows)-1].Can
		plain, sent := o.shown(t, 0, nil), o.sent(t)
		for typ := range sets[o.set] {
			a := coverage.Ability{Set: sent[typ] || can[typ].Set, Read: can[typ].Read}
			for _, payload := range coverage.Payloads() {
				a.Read = a.Read || o.shown(t, typ, payload) != plain
			}
			can[typ] = a
		}
	}
	coverage.Check(t, filepath.Join(root, "docs", "coverage.md"), coverageText, rows, sets, leftOut, *updateCoverage)
}

const coverageText = `## Objects of the command

What commands send, and what shows in their text or JSON, for objects that only ` + "`kern`" + ` knows.
` + "`go test ./cmd/kern/internal/ip -run TestCoverage -update-coverage`" + ` writes this part in the same way.
`

// leftOut are attributes that are neither sent nor shown, each with the reason.
var leftOut = map[string]string{
	"ILA_ATTR_IDENTIFIER": "no kernel uses it", "ILA_ATTR_DIR": "no kernel uses it", "ILA_ATTR_HOOK_TYPE": "of routes",
	"MPTCP_PM_ATTR_TOKEN":       "of path managers in user space",
	"MPTCP_PM_ATTR_LOC_ID":      "of path managers in user space",
	"MPTCP_PM_ATTR_ADDR_REMOTE": "of path managers in user space",
	"MPTCP_ATTR_FAMILY":         "the addresses say it",
	"L2TP_ATTR_OFFSET":          "no longer used", "L2TP_ATTR_DATA_SEQ": "no longer used",
	"L2TP_ATTR_VLAN_ID": "never used",
	"L2TP_ATTR_DEBUG":   "no longer used", "L2TP_ATTR_MTU": "no longer used", "L2TP_ATTR_MRU": "no longer used",
	"L2TP_ATTR_LNS_MODE": "ip has no word for it", "L2TP_ATTR_USING_IPSEC": "ip does not show it",
	"L2TP_ATTR_STATS": "ip does not show them, but those of a session's link",
	"L2TP_ATTR_FD":    "of daemons with a socket",
}
