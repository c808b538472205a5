package ip

import (
	"encoding/binary"
	"encoding/hex"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func listMacsec(c *cli.Command) error {
	index := 0
	if c.More() {
		var err error
		if index, err = nextMacsecDevice(c); err != nil {
			return err
		}
		if c.More() {
			return c.ShowUsage()
		}
	}
	r, err := c.GenlRequest(macsecFamily, uapi.MACSEC_CMD_GET_TXSC)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			attrs := cli.GenlAttrs(m)
			if index == 0 || int(cli.Number32(attrs[uapi.MACSEC_ATTR_IFINDEX])) == index {
				showMacsec(c, attrs)
			}
			return c.Spill()
		}))
	})
}

func showMacsec(c *cli.Command, attrs desc.Attrs) {
	p := c.Out
	index := int(cli.Number32(attrs[uapi.MACSEC_ATTR_IFINDEX]))
	secy := desc.ParseAttrs(attrs[uapi.MACSEC_ATTR_SECY])
	suite := cli.Number64(secy[uapi.MACSEC_SECY_ATTR_CIPHER_SUITE])
	xpn := suite == uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_128 || suite == uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_256
	p.Object("")
	p.Uint("ifindex", "%d: ", uint64(index))
	p.ColorStr(desc.Ifname, "ifname", "%s: ", p.Link(index))
	showMacsecSecY(p, secy, suite)

	p.Text("    ")
	p.Hex("sci", "TXSC: %016x", bigEndian64(secy[uapi.MACSEC_SECY_ATTR_SCI]))
	p.Uint("encoding_sa", " on SA %d\n", uint64(cli.Number8(secy[uapi.MACSEC_SECY_ATTR_ENCODING_SA])))
	showMacsecStats(c, macsecSecYStats[:], attrs[uapi.MACSEC_ATTR_SECY_STATS])
	showMacsecStats(c, macsecTxSCStats[:], attrs[uapi.MACSEC_ATTR_TXSC_STATS])
	showMacsecSAs(c, attrs[uapi.MACSEC_ATTR_TXSA_LIST], xpn, macsecTxSAStats[:])

	if list, ok := attrs[uapi.MACSEC_ATTR_RXSC_LIST]; ok {
		p.Array("rx_sc")
		for d := wire.NewDecoder(list); d.Next(); {
			showMacsecRxSC(c, desc.ParseAttrs(d.Data()), xpn)
		}
		p.EndArray()
	}
	if b, ok := attrs[uapi.MACSEC_ATTR_OFFLOAD]; ok {
		p.Str("offload", "    offload: %s ", macsecName(macsecOffloadNames[:],
			desc.ParseAttrs(b)[uapi.MACSEC_OFFLOAD_ATTR_TYPE]))
		p.NL()
	}
	ShowUnknown(p, "    %s\n", attrs, uapi.MACSEC_ATTR_MAX)
	p.EndObject()
}

var (
	macsecOffloadNames = [...]string{uapi.MACSEC_OFFLOAD_OFF: "off", uapi.MACSEC_OFFLOAD_PHY: "phy",
		uapi.MACSEC_OFFLOAD_MAC: "mac"}
	macsecValidationNames = [...]string{uapi.MACSEC_VALIDATE_DISABLED: "disabled", uapi.MACSEC_VALIDATE_CHECK: "check",
		uapi.MACSEC_VALIDATE_STRICT: "strict"}
)

func macsecName(names []string, b []byte) string {
	if n := int(cli.Number8(b)); n < len(names) {
		return names[n]
	}
	return "(unknown)"
}

func macsecCipherName(suite uint64) string {
	switch suite {
	case uapi.MACSEC_DEFAULT_CIPHER_ID, uapi.MACSEC_CIPHER_ID_GCM_AES_128:
		return "GCM-AES-128"
	case uapi.MACSEC_CIPHER_ID_GCM_AES_256:
		return "GCM-AES-256"
	case uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_128:
		return "GCM-AES-XPN-128"
	case uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_256:
		return "GCM-AES-XPN-256"
	}
	return "(unknown)"
}

// showMacsecSecY prints the settings of a device. What ip calls "sc" and "sa" is whether the number of the association
// that is sent with differs from 0: it reads that attribute as one of other nests.
func showMacsecSecY(p *desc.Printer, secy desc.Attrs, suite uint64) {
	flag := func(key string, typ uint16) {
		if b, ok := secy[typ]; ok {
			p.OnOff(key, key+" %s ", cli.Number8(b) != 0)
		}
	}
	flag("protect", uapi.MACSEC_SECY_ATTR_PROTECT)
	if b, ok := secy[uapi.MACSEC_SECY_ATTR_VALIDATE]; ok {
		p.Str("validate", "validate %s ", macsecName(macsecValidationNames[:], b))
	}
	flag("sc", uapi.MACSEC_SECY_ATTR_ENCODING_SA)
	flag("sa", uapi.MACSEC_SECY_ATTR_ENCODING_SA)
	flag("encrypt", uapi.MACSEC_SECY_ATTR_ENCRYPT)
	flag("send_sci", uapi.MACSEC_SECY_ATTR_INC_SCI)
	flag("end_station", uapi.MACSEC_SECY_ATTR_ES)
	flag("scb", uapi.MACSEC_SECY_ATTR_SCB)
	flag("replay", uapi.MACSEC_SECY_ATTR_REPLAY)
	if b, ok := secy[uapi.MACSEC_SECY_ATTR_WINDOW]; ok {
		p.Uint("window", "window %d ", uint64(cli.Number32(b)))
	}
	ShowUnknown(p, "%s ", secy, uapi.MACSEC_SECY_ATTR_MAX)
	p.NL()
	p.Str("cipher_suite", "    cipher suite: %s,", macsecCipherName(suite))
	p.Uint("icv_length", " using ICV length %d\n", uint64(cli.Number8(secy[uapi.MACSEC_SECY_ATTR_ICV_LEN])))
}

func showMacsecRxSC(c *cli.Command, sc desc.Attrs, xpn bool) {
	p := c.Out
	active := cli.Number8(sc[uapi.MACSEC_RXSC_ATTR_ACTIVE]) != 0
	p.Object("")
	p.Text("    ")
	p.Hex("sci", "RXSC: %016x,", bigEndian64(sc[uapi.MACSEC_RXSC_ATTR_SCI]))
	p.OnOff("active", " state %s\n", active)
	ShowUnknown(p, "    %s\n", sc, uapi.MACSEC_RXSC_ATTR_MAX)
	showMacsecStats(c, macsecRxSCStats[:], sc[uapi.MACSEC_RXSC_ATTR_STATS])
	showMacsecSAs(c, sc[uapi.MACSEC_RXSC_ATTR_SA_LIST], xpn, macsecRxSAStats[:])
	p.EndObject()
}

func showMacsecSAs(c *cli.Command, list []byte, xpn bool, stats []string) {
	p := c.Out
	p.Array("sa_list")
	for d := wire.NewDecoder(list); d.Next(); {
		sa := desc.ParseAttrs(d.Data())
		p.Object("")
		p.Uint("an", "        %d:", uint64(cli.Number8(sa[uapi.MACSEC_SA_ATTR_AN])))
		if xpn {
			p.Uint("pn", " PN %d,", cli.Number64(sa[uapi.MACSEC_SA_ATTR_PN]))
			ssci := sa[uapi.MACSEC_SA_ATTR_SSCI]
			p.Hex("ssci", "SSCI %08x", uint64(binary.BigEndian.Uint32(append(ssci[:min(len(ssci), 4):min(len(ssci), 4)], 0, 0,
				0, 0))))
		} else {
			p.Uint("pn", " PN %d,", uint64(cli.Number32(sa[uapi.MACSEC_SA_ATTR_PN])))
		}
		p.OnOff("active", " state %s,", cli.Number8(sa[uapi.MACSEC_SA_ATTR_ACTIVE]) != 0)
		p.Str("key", " key %s\n", hex.EncodeToString(sa[uapi.MACSEC_SA_ATTR_KEYID]))
		ShowUnknown(p, "        %s\n", sa, uapi.MACSEC_SA_ATTR_MAX)
		showMacsecStats(c, stats, sa[uapi.MACSEC_SA_ATTR_STATS])
		p.EndObject()
	}
	p.EndArray()
}

// The names of counters by their attributes, in the order that they are shown in.
var (
	macsecTxSCStats = [...]string{
		uapi.MACSEC_TXSC_STATS_ATTR_OUT_PKTS_PROTECTED:   "OutPktsProtected",
		uapi.MACSEC_TXSC_STATS_ATTR_OUT_PKTS_ENCRYPTED:   "OutPktsEncrypted",
		uapi.MACSEC_TXSC_STATS_ATTR_OUT_OCTETS_PROTECTED: "OutOctetsProtected",
		uapi.MACSEC_TXSC_STATS_ATTR_OUT_OCTETS_ENCRYPTED: "OutOctetsEncrypted",
	}
	macsecSecYStats = [...]string{
		uapi.MACSEC_SECY_STATS_ATTR_OUT_PKTS_UNTAGGED:   "OutPktsUntagged",
		uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_UNTAGGED:    "InPktsUntagged",
		uapi.MACSEC_SECY_STATS_ATTR_OUT_PKTS_TOO_LONG:   "OutPktsTooLong",
		uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_NO_TAG:      "InPktsNoTag",
		uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_BAD_TAG:     "InPktsBadTag",
		uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_UNKNOWN_SCI: "InPktsUnknownSCI",
		uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_NO_SCI:      "InPktsNoSCI",
		uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_OVERRUN:     "InPktsOverrun",
	}
	macsecRxSAStats = [...]string{
		uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_OK:           "InPktsOK",
		uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_INVALID:      "InPktsInvalid",
		uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_NOT_VALID:    "InPktsNotValid",
		uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_NOT_USING_SA: "InPktsNotUsingSA",
		uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_UNUSED_SA:    "InPktsUnusedSA",
	}
	macsecTxSAStats = [...]string{
		uapi.MACSEC_SA_STATS_ATTR_OUT_PKTS_PROTECTED: "OutPktsProtected",
		uapi.MACSEC_SA_STATS_ATTR_OUT_PKTS_ENCRYPTED: "OutPktsEncrypted",
	}
	macsecRxSCStats = [...]string{
		uapi.MACSEC_RXSC_STATS_ATTR_IN_OCTETS_VALIDATED:  "InOctetsValidated",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_OCTETS_DECRYPTED:  "InOctetsDecrypted",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_UNCHECKED:    "InPktsUnchecked",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_DELAYED:      "InPktsDelayed",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_OK:           "InPktsOK",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_INVALID:      "InPktsInvalid",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_LATE:         "InPktsLate",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_NOT_VALID:    "InPktsNotValid",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_NOT_USING_SA: "InPktsNotUsingSA",
		uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_UNUSED_SA:    "InPktsUnusedSA",
	}
)

// showMacsecStats prints with -statistics a line of names and one of numbers below them.
func showMacsecStats(c *cli.Command, names []string, b []byte) {
	if c.Stats == 0 || b == nil {
		return
	}
	p, stats := c.Out, desc.ParseAttrs(b)
	p.Text("    stats:")
	for _, name := range names {
		if name != "" {
			p.Text(" %s", name)
		}
	}
	p.Text("\n          ")
	for typ, name := range names {
		n, ok := stats[uint16(typ)]
		switch {
		case name == "":
		case ok:
			p.Text("%*d", len(name)+1, macsecNumber(n))
			if p.JSON {
				p.Uint(name, "", macsecNumber(n))
			}
		default:
			p.Text("%*s", len(name)+1, "-")
		}
	}
	p.Text("\n")
}

// macsecNumber is a number of one, two, four or eight bytes.
func macsecNumber(b []byte) uint64 {
	switch {
	case len(b) >= 8:
		return native.Uint64(b)
	case len(b) >= 4:
		return uint64(native.Uint32(b))
	case len(b) >= 2:
		return uint64(native.Uint16(b))
	}
	return uint64(cli.Number8(b))
}

func bigEndian64(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}
