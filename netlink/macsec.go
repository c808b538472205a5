package netlink

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// MacsecSecY is what a macsec device does with frames: its settings, the channel that it sends, and those that it
// receives: ip macsec show.
type MacsecSecY struct {
	LinkIndex   int
	SCI         uint64 // id of the channel: the hardware address << 16 | port
	CipherSuite uint64 // MACSEC_CIPHER_ID_…
	IcvLen      int    // bytes of the check value
	EncodingSA  int    // the association that is sent with
	Oper        bool   // the device can send
	Encrypt     bool
	Protect     bool
	IncSCI      bool // frames hold the id
	ES          bool // end station
	SCB         bool // single copy broadcast
	Replay      bool // late frames are dropped, see Window
	Window      int  // how many frames late one may be
	Validation  int  // 0 disabled, 1 check, 2 strict
	Offload     int  // 0 off, 1 phy, 2 mac

	TxSAs   []MacsecSA
	RxSCs   []MacsecRxSC
	TxStats MacsecTxSCStats
	Stats   MacsecSecYStats
}

// MacsecRxSC is a channel that a macsec device receives.
type MacsecRxSC struct {
	SCI    uint64
	Active *bool // nil: a new one is active, and a change leaves it as it is
	SAs    []MacsecSA
	Stats  MacsecRxSCStats
}

// MacsecSA is a secure association: a key, and the number of the next packet.
type MacsecSA struct {
	AN     int    // its number, 0 to 3
	Active *bool  // nil: a new one is not active, and a change leaves it as it is
	PN     uint64 // the number of the next packet, not 0 to add; 0: a change leaves it as it is
	XPN    bool   // the device has a cipher suite with packet numbers of 64 bits (MACSEC_CIPHER_ID_GCM_AES_XPN_…)
	SSCI   uint32 // with XPN: the short id of the channel
	Salt   []byte // with XPN: 12 bytes, to add; never read
	KeyID  []byte // 16 bytes, shorter ones are filled with zeros; to add
	Key    []byte // 16 or 32 bytes, to add; never read, and not in String
	Stats  MacsecSAStats
}

// String returns the fields without the key.
func (sa MacsecSA) String() string {
	active := "<nil>"
	if sa.Active != nil {
		active = fmt.Sprint(*sa.Active)
	}
	return fmt.Sprintf("{AN: %d, Active: %s, PN: %d, XPN: %t, SSCI: %#x, KeyID: %x, Key: <%d bits>}", sa.AN, active,
		sa.PN,
		sa.XPN, sa.SSCI, sa.KeyID, 8*len(sa.Key))
}

// GoString is String, so that %#v shows no key either.
func (sa MacsecSA) GoString() string { return sa.String() }

// MacsecSAStats are counters of an association. Those of one that is sent with have Protected and Encrypted, and
// others the rest.
type MacsecSAStats struct {
	Protected, Encrypted                    uint64
	OK, Invalid, NotValid, NotUsing, Unused uint64
}

// MacsecTxSCStats are counters of the channel that a device sends.
type MacsecTxSCStats struct {
	PacketsProtected, PacketsEncrypted, OctetsProtected, OctetsEncrypted uint64
}

// MacsecRxSCStats are counters of a channel that a device receives.
type MacsecRxSCStats struct {
	OctetsValidated, OctetsDecrypted, Unchecked, Delayed, OK, Invalid, Late, NotValid, NotUsing, Unused uint64
}

// MacsecSecYStats are counters of a device.
type MacsecSecYStats struct {
	OutUntagged, InUntagged, OutTooLong, InNoTag, InBadTag, InUnknownSCI, InNoSCI, InOverrun uint64
}

var macsecKind = genlKind{name: uapi.MACSEC_GENL_NAME, version: uapi.MACSEC_GENL_VERSION}

// MacsecList returns all macsec devices: ip macsec show. See [ErrDumpInterrupted]. Of packet numbers of 32 bits the
// kernel lists 0 on big-endian machines (Linux 7.3).
func (h *Handle) MacsecList() ([]MacsecSecY, error) {
	return genlList(h, macsecListing, decodeMacsec)
}

// MacsecSeq gives the devices of [Handle.MacsecList] as they come. The last pair holds the error, if there is one.
func (h *Handle) MacsecSeq() iter.Seq2[MacsecSecY, error] {
	return genlSeq(h, macsecListing, decodeMacsec)
}

var macsecListing = genlCall{kind: genlKind{name: uapi.MACSEC_GENL_NAME, version: uapi.MACSEC_GENL_VERSION},
	cmd: uapi.MACSEC_CMD_GET_TXSC, op: "macsec list"}

// MacsecTxSAAdd adds an association to what a device sends: ip macsec add DEV tx sa.
func (h *Handle) MacsecTxSAAdd(link Link, sa *MacsecSA) error {
	return h.macsecChange(link, uapi.MACSEC_CMD_ADD_TXSA, "macsec tx sa add", nil, sa, true)
}

// MacsecTxSASet changes PN and Active of an association that a device sends: ip macsec set DEV tx sa.
func (h *Handle) MacsecTxSASet(link Link, sa *MacsecSA) error {
	return h.macsecChange(link, uapi.MACSEC_CMD_UPD_TXSA, "macsec tx sa set", nil, sa, false)
}

// MacsecTxSADel deletes the association with the AN of sa of what a device sends: ip macsec del DEV tx sa.
func (h *Handle) MacsecTxSADel(link Link, sa *MacsecSA) error {
	return h.macsecChange(link, uapi.MACSEC_CMD_DEL_TXSA, "macsec tx sa del", nil, onlyAN(sa), false)
}

// MacsecRxSCAdd has a device receive a channel, without its SAs: ip macsec add DEV rx.
func (h *Handle) MacsecRxSCAdd(link Link, sc *MacsecRxSC) error {
	return h.macsecChannel(link, uapi.MACSEC_CMD_ADD_RXSC, "macsec rx add", sc, true)
}

// MacsecRxSCSet changes Active of a channel that a device receives: ip macsec set DEV rx.
func (h *Handle) MacsecRxSCSet(link Link, sc *MacsecRxSC) error {
	return h.macsecChannel(link, uapi.MACSEC_CMD_UPD_RXSC, "macsec rx set", sc, true)
}

// MacsecRxSCDel ends that a device receives the channel with the SCI of sc: ip macsec del DEV rx.
func (h *Handle) MacsecRxSCDel(link Link, sc *MacsecRxSC) error {
	return h.macsecChannel(link, uapi.MACSEC_CMD_DEL_RXSC, "macsec rx del", sc, false)
}

// MacsecRxSAAdd adds an association to a channel that a device receives: ip macsec add DEV rx … sa.
func (h *Handle) MacsecRxSAAdd(link Link, sci uint64, sa *MacsecSA) error {
	return h.macsecChange(link, uapi.MACSEC_CMD_ADD_RXSA, "macsec rx sa add", &sci, sa, true)
}

// MacsecRxSASet changes PN and Active of an association of a channel that a device receives: ip macsec set DEV rx …
// sa.
func (h *Handle) MacsecRxSASet(link Link, sci uint64, sa *MacsecSA) error {
	return h.macsecChange(link, uapi.MACSEC_CMD_UPD_RXSA, "macsec rx sa set", &sci, sa, false)
}

// MacsecRxSADel deletes the association with the AN of sa of a channel that a device receives: ip macsec del DEV rx …
// sa.
func (h *Handle) MacsecRxSADel(link Link, sci uint64, sa *MacsecSA) error {
	return h.macsecChange(link, uapi.MACSEC_CMD_DEL_RXSA, "macsec rx sa del", &sci, onlyAN(sa), false)
}

// MacsecSetOffload has hardware do the work of a device, MACSEC_OFFLOAD_PHY (1) or MACSEC_OFFLOAD_MAC (2), or the
// kernel again, MACSEC_OFFLOAD_OFF (0): ip macsec offload.
func (h *Handle) MacsecSetOffload(link Link, offload int) error {
	return h.macsec(link, uapi.MACSEC_CMD_UPD_OFFLOAD, "macsec offload", func(r *wire.Request) {
		r.Nest(uapi.MACSEC_ATTR_OFFLOAD)
		r.Uint8(uapi.MACSEC_OFFLOAD_ATTR_TYPE, uint8(within(r, "offload", offload, uapi.MACSEC_OFFLOAD_MAX)))
		r.End()
	})
}

// onlyAN is what names an association.
func onlyAN(sa *MacsecSA) *MacsecSA {
	if sa == nil {
		return nil
	}
	return &MacsecSA{AN: sa.AN}
}

// macsec sends a request about a device.
func (h *Handle) macsec(link Link, cmd uint8, op string, attrs func(*wire.Request)) error {
	object := func() string { return linkObject(link) }
	if noLink(link) {
		return h.refuse(errNoLink, op, noObject)
	}
	index, err := h.indexToChange(link)
	if err != nil {
		return h.wrap(err, op, object)
	}
	c := genlCall{kind: macsecKind, cmd: cmd, op: op, object: object, attrs: func(r *wire.Request) {
		r.Int32(uapi.MACSEC_ATTR_IFINDEX, toIndex(&r.Encoder, "link", index))
		attrs(r)
	}}
	return c.exec(h)
}

func (h *Handle) macsecChannel(link Link, cmd uint8, op string, sc *MacsecRxSC, active bool) error {
	if sc == nil {
		return h.refuse(errors.New("no channel given"), op, noObject)
	}
	return h.macsec(link, cmd, op, func(r *wire.Request) {
		r.Nest(uapi.MACSEC_ATTR_RXSC_CONFIG)
		r.BE64(uapi.MACSEC_RXSC_ATTR_SCI, sc.SCI)
		if active && sc.Active != nil {
			r.Uint8(uapi.MACSEC_RXSC_ATTR_ACTIVE, uint8(oneIf(*sc.Active)))
		}
		r.End()
	})
}

func (h *Handle) macsecChange(link Link, cmd uint8, op string, sci *uint64, sa *MacsecSA, add bool) error {
	if sa == nil {
		return h.refuse(errors.New("no association given"), op, noObject)
	}
	return h.macsec(link, cmd, op, func(r *wire.Request) { macsecSARequest(r, sci, sa, add) })
}

func macsecSARequest(r *wire.Request, sci *uint64, sa *MacsecSA, add bool) {
	if add {
		r.HoldsSecret()
	}
	if sci != nil {
		r.Nest(uapi.MACSEC_ATTR_RXSC_CONFIG)
		r.BE64(uapi.MACSEC_RXSC_ATTR_SCI, *sci)
		r.End()
	}
	r.Nest(uapi.MACSEC_ATTR_SA_CONFIG)
	sa.encode(r, add)
	r.End()
}

func (sa *MacsecSA) encode(r *wire.Request, add bool) {
	const maxAN = 3
	r.Uint8(uapi.MACSEC_SA_ATTR_AN, uint8(within(r, "association", sa.AN, maxAN)))
	switch {
	case sa.PN == 0:
	case sa.XPN:
		r.Uint64(uapi.MACSEC_SA_ATTR_PN, sa.PN)
	case sa.PN > math.MaxUint32:
		r.Fail(fmt.Errorf("packet number %d needs XPN, and such a cipher suite", sa.PN))
	default:
		r.Uint32(uapi.MACSEC_SA_ATTR_PN, uint32(sa.PN))
	}
	if sa.Active != nil {
		r.Uint8(uapi.MACSEC_SA_ATTR_ACTIVE, uint8(oneIf(*sa.Active)))
	}
	if !add {
		return
	}
	if len(sa.KeyID) > uapi.MACSEC_KEYID_LEN || len(sa.Key) == 0 {
		r.Fail(fmt.Errorf("a key, and its id of at most %d bytes, are needed", uapi.MACSEC_KEYID_LEN))
		return
	}
	id := make([]byte, uapi.MACSEC_KEYID_LEN)
	copy(id, sa.KeyID)
	r.Data(uapi.MACSEC_SA_ATTR_KEYID, id)
	r.Data(uapi.MACSEC_SA_ATTR_KEY, sa.Key)
	if sa.XPN {
		if len(sa.Salt) != uapi.MACSEC_SALT_LEN {
			r.Fail(fmt.Errorf("a salt of %d bytes is needed", uapi.MACSEC_SALT_LEN))
		}
		r.Data(uapi.MACSEC_SA_ATTR_SALT, sa.Salt)
		r.BE32(uapi.MACSEC_SA_ATTR_SSCI, sa.SSCI)
	}
}

func decodeMacsec(d *wire.Decoder, s *MacsecSecY) bool {
	for d.Next() {
		switch d.Type() {
		case uapi.MACSEC_ATTR_IFINDEX:
			s.LinkIndex = int(d.Int32())
		case uapi.MACSEC_ATTR_SECY:
			nested(d, s.decode)
		case uapi.MACSEC_ATTR_TXSA_LIST:
			s.TxSAs = decodeMacsecSAs(d)
		case uapi.MACSEC_ATTR_RXSC_LIST:
			d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) { s.RxSCs = append(s.RxSCs, decodeMacsecRxSC(d)) }))
		case uapi.MACSEC_ATTR_TXSC_STATS:
			nested(d, func(d *wire.Decoder) { counters(d, s.TxStats.counter) })
		case uapi.MACSEC_ATTR_SECY_STATS:
			nested(d, func(d *wire.Decoder) { counters(d, s.Stats.counter) })
		case uapi.MACSEC_ATTR_OFFLOAD:
			nested(d, func(d *wire.Decoder) {
				for d.Next() {
					if d.Type() == uapi.MACSEC_OFFLOAD_ATTR_TYPE {
						s.Offload = int(d.Uint8())
					}
				}
			})
		}
	}
	xpn := s.CipherSuite == uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_128 ||
		s.CipherSuite == uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_256
	for i := range s.TxSAs {
		s.TxSAs[i].XPN = xpn
	}
	for _, sc := range s.RxSCs {
		for i := range sc.SAs {
			sc.SAs[i].XPN = xpn
		}
	}
	return true
}

// nested calls fn with what is in the attribute.
func nested(d *wire.Decoder, fn func(*wire.Decoder)) {
	in := d.Nested()
	fn(&in)
	d.Fail(in.Err())
}

// counters sets what find returns for an attribute to its number, nil for none.
func counters(d *wire.Decoder, find func(typ uint16) *uint64) {
	for d.Next() {
		if n := find(d.Type()); n != nil {
			*n = d.Uint()
		}
	}
}

func (s *MacsecSecY) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.MACSEC_SECY_ATTR_SCI:
			s.SCI = d.BE64()
		case uapi.MACSEC_SECY_ATTR_ENCODING_SA:
			s.EncodingSA = int(d.Uint8())
		case uapi.MACSEC_SECY_ATTR_WINDOW:
			s.Window = int(d.Uint32())
		case uapi.MACSEC_SECY_ATTR_CIPHER_SUITE:
			s.CipherSuite = d.Uint64()
		case uapi.MACSEC_SECY_ATTR_ICV_LEN:
			s.IcvLen = int(d.Uint8())
		case uapi.MACSEC_SECY_ATTR_PROTECT:
			s.Protect = d.Bool()
		case uapi.MACSEC_SECY_ATTR_REPLAY:
			s.Replay = d.Bool()
		case uapi.MACSEC_SECY_ATTR_OPER:
			s.Oper = d.Bool()
		case uapi.MACSEC_SECY_ATTR_VALIDATE:
			s.Validation = int(d.Uint8())
		case uapi.MACSEC_SECY_ATTR_ENCRYPT:
			s.Encrypt = d.Bool()
		case uapi.MACSEC_SECY_ATTR_INC_SCI:
			s.IncSCI = d.Bool()
		case uapi.MACSEC_SECY_ATTR_ES:
			s.ES = d.Bool()
		case uapi.MACSEC_SECY_ATTR_SCB:
			s.SCB = d.Bool()
		}
	}
}

func decodeMacsecRxSC(d *wire.Decoder) (sc MacsecRxSC) {
	for d.Next() {
		switch d.Type() {
		case uapi.MACSEC_RXSC_ATTR_SCI:
			sc.SCI = d.BE64()
		case uapi.MACSEC_RXSC_ATTR_ACTIVE:
			sc.Active = new(d.Bool())
		case uapi.MACSEC_RXSC_ATTR_SA_LIST:
			sc.SAs = decodeMacsecSAs(d)
		case uapi.MACSEC_RXSC_ATTR_STATS:
			nested(d, func(d *wire.Decoder) { counters(d, sc.Stats.counter) })
		}
	}
	return sc
}

func decodeMacsecSAs(d *wire.Decoder) (all []MacsecSA) {
	d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
		var sa MacsecSA
		for d.Next() {
			switch d.Type() {
			case uapi.MACSEC_SA_ATTR_AN:
				sa.AN = int(d.Uint8())
			case uapi.MACSEC_SA_ATTR_ACTIVE:
				sa.Active = new(d.Bool())
			case uapi.MACSEC_SA_ATTR_PN:
				sa.PN = d.Uint()
			case uapi.MACSEC_SA_ATTR_SSCI:
				sa.SSCI = d.BE32()
			case uapi.MACSEC_SA_ATTR_KEYID:
				sa.KeyID = slices.Clone(d.Data())
			case uapi.MACSEC_SA_ATTR_STATS:
				nested(d, func(d *wire.Decoder) { counters(d, sa.Stats.counter) })
			}
		}
		all = append(all, sa)
	}))
	return all
}

func (s *MacsecSAStats) counter(typ uint16) *uint64 {
	switch typ {
	case uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_OK:
		return &s.OK
	case uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_INVALID:
		return &s.Invalid
	case uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_NOT_VALID:
		return &s.NotValid
	case uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_NOT_USING_SA:
		return &s.NotUsing
	case uapi.MACSEC_SA_STATS_ATTR_IN_PKTS_UNUSED_SA:
		return &s.Unused
	case uapi.MACSEC_SA_STATS_ATTR_OUT_PKTS_PROTECTED:
		return &s.Protected
	case uapi.MACSEC_SA_STATS_ATTR_OUT_PKTS_ENCRYPTED:
		return &s.Encrypted
	}
	return nil
}

func (s *MacsecTxSCStats) counter(typ uint16) *uint64 {
	switch typ {
	case uapi.MACSEC_TXSC_STATS_ATTR_OUT_PKTS_PROTECTED:
		return &s.PacketsProtected
	case uapi.MACSEC_TXSC_STATS_ATTR_OUT_PKTS_ENCRYPTED:
		return &s.PacketsEncrypted
	case uapi.MACSEC_TXSC_STATS_ATTR_OUT_OCTETS_PROTECTED:
		return &s.OctetsProtected
	case uapi.MACSEC_TXSC_STATS_ATTR_OUT_OCTETS_ENCRYPTED:
		return &s.OctetsEncrypted
	}
	return nil
}

func (s *MacsecRxSCStats) counter(typ uint16) *uint64 {
	switch typ {
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_OCTETS_VALIDATED:
		return &s.OctetsValidated
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_OCTETS_DECRYPTED:
		return &s.OctetsDecrypted
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_UNCHECKED:
		return &s.Unchecked
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_DELAYED:
		return &s.Delayed
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_OK:
		return &s.OK
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_INVALID:
		return &s.Invalid
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_LATE:
		return &s.Late
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_NOT_VALID:
		return &s.NotValid
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_NOT_USING_SA:
		return &s.NotUsing
	case uapi.MACSEC_RXSC_STATS_ATTR_IN_PKTS_UNUSED_SA:
		return &s.Unused
	}
	return nil
}

func (s *MacsecSecYStats) counter(typ uint16) *uint64 {
	switch typ {
	case uapi.MACSEC_SECY_STATS_ATTR_OUT_PKTS_UNTAGGED:
		return &s.OutUntagged
	case uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_UNTAGGED:
		return &s.InUntagged
	case uapi.MACSEC_SECY_STATS_ATTR_OUT_PKTS_TOO_LONG:
		return &s.OutTooLong
	case uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_NO_TAG:
		return &s.InNoTag
	case uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_BAD_TAG:
		return &s.InBadTag
	case uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_UNKNOWN_SCI:
		return &s.InUnknownSCI
	case uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_NO_SCI:
		return &s.InNoSCI
	case uapi.MACSEC_SECY_STATS_ATTR_IN_PKTS_OVERRUN:
		return &s.InOverrun
	}
	return nil
}
