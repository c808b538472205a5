package ip

import (
	"encoding/hex"
	"fmt"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func l2tpUsage() string {
	return `
l2tp add tunnel remote ADDR local ADDR tunnel_id ID peer_tunnel_id ID
        [ encap { ip | udp } ] [ udp_sport PORT ] [ udp_dport PORT ]
        [ udp_csum { on | off } ] [ udp6_csum_tx { on | off } ]
        [ udp6_csum_rx { on | off } ]
l2tp add session [ name NAME ] tunnel_id ID session_id ID peer_session_id ID
        [ cookie HEXSTR ] [ peer_cookie HEXSTR ]
        [ seq { none | send | recv | both } ] [ l2spec_type { none | default } ]
l2tp del tunnel tunnel_id ID
l2tp del session tunnel_id ID session_id ID
l2tp show tunnel [ tunnel_id ID ]
l2tp show session [ tunnel_id ID ] [ session_id ID ]
`
}

var l2tpFamily = cli.GenlFamily{Name: uapi.L2TP_GENL_NAME, Version: uapi.L2TP_GENL_VERSION}

// runL2TP is about tunnels of L2TPv3 and their sessions.
func runL2TP(c *cli.Command) error {
	usage := func(c *cli.Command) error { return c.ShowUsage() }
	return c.Choose(usage,
		cli.Verb{Name: "add", Run: addL2TP},
		cli.Verb{Name: "delete", Run: deleteL2TP},
		cli.Verb{Name: "show", Run: showL2TP},
		cli.Verb{Name: "lst", Run: showL2TP},
		cli.Verb{Name: "list", Run: showL2TP},
	)
}

// l2tpWords are the words of a tunnel or a session.
type l2tpWords struct {
	tunnel, session          bool
	tunnelID, peerTunnelID   uint32
	sessionID, peerSessionID uint32
	local, remote            cli.Prefix
	ip                       bool // the encapsulation is IP, else UDP
	sport, dport             uint16
	csum, zeroTx, zeroRx     bool
	cookie, peerCookie       []byte
	sendSeq, recvSeq         bool
	noL2Spec                 bool
	name                     string
}

func nextL2TP(c *cli.Command) (*l2tpWords, error) {
	if !c.More() {
		return nil, c.ShowUsage()
	}
	w := &l2tpWords{}
	for c.More() {
		if err := nextL2TPWord(c, w); err != nil {
			return nil, err
		}
	}
	if !w.tunnel && !w.session {
		return nil, missing("tunnel or session")
	}
	return w, nil
}

func nextL2TPWord(c *cli.Command, w *l2tpWords) (err error) {
	id := func(v *uint32) error {
		n, err := c.Uint(32, "invalid ID\n")
		*v = uint32(n)
		return err
	}
	port := func(v *uint16) error {
		n, err := c.Uint(16, "invalid port\n")
		*v = uint16(n)
		return err
	}
	switch {
	case c.Take("encap"):
		return nextL2TPEncap(c, w)
	case c.Take("name"):
		w.name, err = c.Next()
		if err == nil && (w.name == "" || len(w.name) >= uapi.IFNAMSIZ || strings.ContainsAny(w.name, "/ \t\n")) {
			err = desc.Wrong(w.name, "\"name\" not a valid ifname")
		}
		return err
	case c.Take("remote"):
		return nextL2TPAddr(c, &w.remote)
	case c.Take("local"):
		return nextL2TPAddr(c, &w.local)
	case c.Take("tunnel_id", "tid"):
		return id(&w.tunnelID)
	case c.Take("peer_tunnel_id", "ptid"):
		return id(&w.peerTunnelID)
	case c.Take("session_id", "sid"):
		return id(&w.sessionID)
	case c.Take("peer_session_id", "psid"):
		return id(&w.peerSessionID)
	case c.Take("udp_sport"):
		return port(&w.sport)
	case c.Take("udp_dport"):
		return port(&w.dport)
	case c.Take("udp_csum"):
		return nextL2TPSwitch(c, &w.csum, true)
	case c.Take("udp6_csum_rx"):
		return nextL2TPSwitch(c, &w.zeroRx, false)
	case c.Take("udp6_csum_tx"):
		return nextL2TPSwitch(c, &w.zeroTx, false)
	case c.Take("offset", "peer_offset"):
		fmt.Fprintf(c.Stderr, "Ignoring option %q\n", c.Last())
		_, err = c.Next()
		return err
	case c.Take("cookie"):
		return nextCookie(c, &w.cookie)
	case c.Take("peer_cookie"):
		return nextCookie(c, &w.peerCookie)
	case c.Take("l2spec_type"):
		return nextL2Spec(c, w)
	case c.Take("seq"):
		return nextL2TPSeq(c, w)
	case c.Take("tunnel"):
		w.tunnel = true
		return nil
	case c.Take("session"):
		w.session = true
		return nil
	case c.HelpAsked():
		return c.ShowUsage()
	}
	return cli.Exit(cli.StatusUsage, "Unknown command: %s", c.Peek())
}

func nextL2TPEncap(c *cli.Command, w *l2tpWords) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word != "ip" && word != "udp":
		return cli.Exit(cli.StatusUsage, "Unknown tunnel encapsulation %q", word)
	}
	w.ip = word == "ip"
	return nil
}

func nextL2TPAddr(c *cli.Command, p *cli.Prefix) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if *p, err = cli.ParsePrefix(word, uapi.AF_UNSPEC); err != nil || p.Given {
		return desc.WrongFamily("address", word, uapi.AF_UNSPEC)
	}
	return nil
}

// nextL2TPSwitch takes on or off; set is which of them sets v.
func nextL2TPSwitch(c *cli.Command, v *bool, set bool) error {
	keyword := c.Last()
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word != "on" && word != "off":
		return desc.Wrong(word, "invalid option for "+keyword+"\n")
	}
	*v = (word == "on") == set
	return nil
}

func nextCookie(c *cli.Command, cookie *[]byte) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case len(word) != 8 && len(word) != 16:
		return desc.Wrong(word, "cookie must be either 8 or 16 hex digits\n")
	}
	if *cookie, err = hex.DecodeString(word); err != nil {
		return desc.Wrong(word, "cookie must be a hex string\n")
	}
	return nil
}

func nextL2Spec(c *cli.Command, w *l2tpWords) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	switch strings.ToLower(word) {
	case "default":
		w.noL2Spec = false
	case "none":
		w.noL2Spec = true
	default:
		return cli.Exit(cli.StatusUsage, "Unknown layer2specific header type %q", word)
	}
	return nil
}

func nextL2TPSeq(c *cli.Command, w *l2tpWords) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	switch strings.ToLower(word) {
	case "both":
		w.recvSeq, w.sendSeq = true, true
	case "recv":
		w.recvSeq = true
	case "send":
		w.sendSeq = true
	case "none":
		w.recvSeq, w.sendSeq = false, false
	default:
		return cli.Exit(cli.StatusUsage, "Unknown seq value %q", word)
	}
	return nil
}

// addL2TP is "l2tp add".
func addL2TP(c *cli.Command) error {
	w, err := nextL2TP(c)
	if err != nil {
		return err
	}
	for _, n := range []struct {
		lacks bool
		what  string
	}{
		{w.tunnelID == 0, "tunnel_id"}, {w.session && w.peerSessionID == 0, "peer_session_id"},
		{w.session && w.sessionID == 0, "session_id"},
		{w.tunnel && w.peerTunnelID == 0, "peer_tunnel_id"}, {w.tunnel && w.local.Family == uapi.AF_UNSPEC, "local"},
		{w.tunnel && w.remote.Family == uapi.AF_UNSPEC, "remote"}, {w.tunnel && !w.ip && w.sport == 0, "udp_sport"},
		{w.tunnel && !w.ip && w.dport == 0, "udp_dport"},
	} {
		if n.lacks {
			return missing(n.what)
		}
	}
	if w.tunnel {
		r, err := c.GenlRequest(l2tpFamily, uapi.L2TP_CMD_TUNNEL_CREATE)
		if err != nil {
			return err
		}
		w.putTunnel(r)
		if err := c.Exec(r); err != nil {
			return err
		}
	}
	if !w.session {
		return nil
	}
	r, err := c.GenlRequest(l2tpFamily, uapi.L2TP_CMD_SESSION_CREATE)
	if err != nil {
		return err
	}
	w.putSession(r)
	return c.Exec(r)
}

func (w *l2tpWords) putTunnel(r *wire.Request) {
	r.Uint32(uapi.L2TP_ATTR_CONN_ID, w.tunnelID)
	r.Uint32(uapi.L2TP_ATTR_PEER_CONN_ID, w.peerTunnelID)
	r.Uint8(uapi.L2TP_ATTR_PROTO_VERSION, l2tpVersion)
	encap := uint16(uapi.L2TP_ENCAPTYPE_UDP)
	if w.ip {
		encap = uapi.L2TP_ENCAPTYPE_IP
	}
	r.Uint16(uapi.L2TP_ATTR_ENCAP_TYPE, encap)
	for _, a := range []struct {
		p      *cli.Prefix
		v4, v6 uint16
	}{{&w.local, uapi.L2TP_ATTR_IP_SADDR, uapi.L2TP_ATTR_IP6_SADDR},
		{&w.remote, uapi.L2TP_ATTR_IP_DADDR, uapi.L2TP_ATTR_IP6_DADDR}} {
		typ := a.v4
		if a.p.Family == uapi.AF_INET6 {
			typ = a.v6
		}
		r.Data(typ, a.p.Bytes())
	}
	if w.ip {
		return
	}
	r.Uint16(uapi.L2TP_ATTR_UDP_SPORT, w.sport)
	r.Uint16(uapi.L2TP_ATTR_UDP_DPORT, w.dport)
	if w.csum {
		r.Uint8(uapi.L2TP_ATTR_UDP_CSUM, 1)
	}
	if w.zeroTx {
		r.Flag(uapi.L2TP_ATTR_UDP_ZERO_CSUM6_TX)
	}
	if w.zeroRx {
		r.Flag(uapi.L2TP_ATTR_UDP_ZERO_CSUM6_RX)
	}
}

const (
	l2tpVersion = 3 // of the protocol
	l2SpecSize  = 4 // bytes of the default header between those of L2TP and the frame
)

func (w *l2tpWords) putSession(r *wire.Request) {
	r.Uint32(uapi.L2TP_ATTR_CONN_ID, w.tunnelID)
	r.Uint32(uapi.L2TP_ATTR_PEER_CONN_ID, w.peerTunnelID)
	r.Uint32(uapi.L2TP_ATTR_SESSION_ID, w.sessionID)
	r.Uint32(uapi.L2TP_ATTR_PEER_SESSION_ID, w.peerSessionID)
	r.Uint16(uapi.L2TP_ATTR_PW_TYPE, uapi.L2TP_PWTYPE_ETH)
	typ, size := uint8(uapi.L2TP_L2SPECTYPE_DEFAULT), uint8(l2SpecSize)
	if w.noL2Spec {
		typ, size = uapi.L2TP_L2SPECTYPE_NONE, 0
	}
	r.Uint8(uapi.L2TP_ATTR_L2SPEC_TYPE, typ)
	r.Uint8(uapi.L2TP_ATTR_L2SPEC_LEN, size)
	if w.recvSeq {
		r.Uint8(uapi.L2TP_ATTR_RECV_SEQ, 1)
	}
	if w.sendSeq {
		r.Uint8(uapi.L2TP_ATTR_SEND_SEQ, 1)
	}
	if w.cookie != nil {
		r.Data(uapi.L2TP_ATTR_COOKIE, w.cookie)
	}
	if w.peerCookie != nil {
		r.Data(uapi.L2TP_ATTR_PEER_COOKIE, w.peerCookie)
	}
	if w.name != "" {
		r.String(uapi.L2TP_ATTR_IFNAME, w.name)
	}
}

// deleteL2TP is "l2tp del".
func deleteL2TP(c *cli.Command) error {
	w, err := nextL2TP(c)
	switch {
	case err != nil:
		return err
	case w.tunnel && w.tunnelID == 0:
		return missing("tunnel_id")
	case w.session && w.sessionID == 0:
		return missing("session_id")
	}
	cmd := uint8(uapi.L2TP_CMD_TUNNEL_DELETE)
	if w.sessionID != 0 {
		cmd = uapi.L2TP_CMD_SESSION_DELETE
	}
	r, err := c.GenlRequest(l2tpFamily, cmd)
	if err != nil {
		return err
	}
	r.Uint32(uapi.L2TP_ATTR_CONN_ID, w.tunnelID)
	if w.sessionID != 0 {
		r.Uint32(uapi.L2TP_ATTR_SESSION_ID, w.sessionID)
	}
	return c.Exec(r)
}

// showL2TP is "l2tp show".
func showL2TP(c *cli.Command) error {
	w, err := nextL2TP(c)
	if err != nil {
		return err
	}
	cmd, show := uint8(uapi.L2TP_CMD_TUNNEL_GET), showL2TPTunnel
	if w.session {
		cmd, show = uapi.L2TP_CMD_SESSION_GET, showL2TPSession
	}
	r, err := c.GenlRequest(l2tpFamily, cmd)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			attrs := cli.GenlAttrs(m)
			// The kernel lists all.
			if w.tunnelID != 0 && w.tunnelID != cli.Number32(attrs[uapi.L2TP_ATTR_CONN_ID]) ||
				w.session && w.sessionID != 0 && w.sessionID != cli.Number32(attrs[uapi.L2TP_ATTR_SESSION_ID]) {
				return nil
			}
			show(c.Out, attrs)
			return c.Spill()
		}))
	})
}

func showL2TPTunnel(p *desc.Printer, attrs desc.Attrs) {
	p.Object("")
	p.Uint("tunnel_id", "Tunnel %d,", uint64(cli.Number32(attrs[uapi.L2TP_ATTR_CONN_ID])))
	encap := cli.Number16(attrs[uapi.L2TP_ATTR_ENCAP_TYPE])
	p.Str("encap", " encap %s", l2tpEncapName(encap))
	p.NL()
	local, six := attrs[uapi.L2TP_ATTR_IP_SADDR], false
	if local == nil {
		local, six = attrs[uapi.L2TP_ATTR_IP6_SADDR], true
	}
	peer := attrs[uapi.L2TP_ATTR_IP_DADDR]
	if peer == nil {
		peer = attrs[uapi.L2TP_ATTR_IP6_DADDR]
	}
	p.Str("local", "  From %s ", p.Addr(local))
	p.Str("peer", "to %s", p.Addr(peer))
	p.NL()
	p.Uint("peer_tunnel", "  Peer tunnel %d", uint64(cli.Number32(attrs[uapi.L2TP_ATTR_PEER_CONN_ID])))
	p.NL()
	if encap == uapi.L2TP_ENCAPTYPE_UDP {
		p.Text("  UDP source / dest ports:")
		p.Uint("local_port", " %d", uint64(cli.Number16(attrs[uapi.L2TP_ATTR_UDP_SPORT])))
		p.Uint("peer_port", "/%d", uint64(cli.Number16(attrs[uapi.L2TP_ATTR_UDP_DPORT])))
		p.NL()
		showL2TPChecksum(p, attrs, six)
	}
	ShowUnknown(p, "  %s\n", attrs, uapi.L2TP_ATTR_MAX)
	p.EndObject()
}

func l2tpEncapName(encap uint16) string {
	switch encap {
	case uapi.L2TP_ENCAPTYPE_UDP:
		return "UDP"
	case uapi.L2TP_ENCAPTYPE_IP:
		return "IP"
	}
	return "??"
}

func showL2TPChecksum(p *desc.Printer, attrs desc.Attrs, six bool) {
	if !six {
		on, text := cli.Number8(attrs[uapi.L2TP_ATTR_UDP_CSUM]) != 0, "disabled"
		if on {
			text = "enabled"
		}
		p.Bool("checksum", "", on)
		p.Text("  UDP checksum: %s\n", text)
		return
	}
	_, zeroTx := attrs[uapi.L2TP_ATTR_UDP_ZERO_CSUM6_TX]
	_, zeroRx := attrs[uapi.L2TP_ATTR_UDP_ZERO_CSUM6_RX]
	if p.JSON {
		p.Bool("checksum_tx", "", !zeroTx)
		p.Bool("checksum_rx", "", !zeroRx)
		return
	}
	text := "disabled"
	switch {
	case !zeroTx && !zeroRx:
		text = "enabled"
	case !zeroTx:
		text = "tx"
	case !zeroRx:
		text = "rx"
	}
	p.Text("  UDP checksum: %s\n", text)
}

func showL2TPSession(p *desc.Printer, attrs desc.Attrs) {
	number := func(key, format string, typ uint16) { p.Uint(key, format, uint64(cli.Number32(attrs[typ]))) }
	p.Object("")
	number("session_id", "Session %d", uapi.L2TP_ATTR_SESSION_ID)
	number("tunnel_id", " in tunnel %d", uapi.L2TP_ATTR_CONN_ID)
	p.NL()
	number("peer_session_id", "  Peer session %d,", uapi.L2TP_ATTR_PEER_SESSION_ID)
	number("peer_tunnel_id", " tunnel %d", uapi.L2TP_ATTR_PEER_CONN_ID)
	p.NL()
	if b, ok := attrs[uapi.L2TP_ATTR_IFNAME]; ok {
		p.ColorStr(desc.Ifname, "interface", "  interface name: %s", cli.Text(b))
		p.NL()
	}
	p.Text("  offset 0, peer offset 0\n") // of kernels before 4.16, for scripts
	cookie := func(key, format string, typ uint16) {
		if b := attrs[typ]; len(b) == 4 || len(b) == 8 {
			p.Str(key, format, hex.EncodeToString(b))
		}
	}
	cookie("cookie", "  cookie %s", uapi.L2TP_ATTR_COOKIE)
	cookie("peer_cookie", "  peer cookie %s", uapi.L2TP_ATTR_PEER_COOKIE)
	if b := attrs[uapi.L2TP_ATTR_RECV_TIMEOUT]; len(b) >= 8 && native.Uint64(b) != 0 {
		p.Uint("reorder_timeout", "  reorder timeout: %d", native.Uint64(b))
	}
	send, recv := cli.Number8(attrs[uapi.L2TP_ATTR_SEND_SEQ]) != 0, cli.Number8(attrs[uapi.L2TP_ATTR_RECV_SEQ]) != 0
	if send || recv {
		p.NL()
		p.Text("  sequence numbering:")
		if send {
			p.Null("send_seq", " send")
		}
		if recv {
			p.Null("recv_seq", " recv")
		}
	}
	p.Text("\n")
	ShowUnknown(p, "  %s\n", attrs, uapi.L2TP_ATTR_MAX)
	p.EndObject()
}
