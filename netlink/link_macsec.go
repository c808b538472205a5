package netlink

import (
	"encoding/binary"
	"fmt"
	"net"
	"slices"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Macsec is a device whose frames are encrypted or signed on the link ParentIndex (IEEE 802.1AE): ip link add link
// PARENT type macsec. Keys come by generic netlink, ip macsec. What is nil, or 0 where there is no pointer, is unset.
// Sci, Port, CipherSuite and IcvLen are for LinkAdd only: LinkModify is refused with them.
type Macsec struct {
	LinkAttrs
	Sci         *uint64 // sci: the channel's id, the hardware address << 16 | port
	Port        uint16  // port: of the id whose address is the device's; 0: 1. It is never read
	CipherSuite uint64  // MACSEC_CIPHER_ID_…
	IcvLen      uint8   // icvlen: bytes of the check value, 8 to 16

	EncodingSa    *uint8  // encodingsa: the association that is sent with, 0 to 3
	Encrypt       *bool   // encrypt; else frames are only signed
	Protect       *bool   // protect: sent frames are protected at all
	IncSci        *bool   // send_sci: frames hold the id
	Es            *bool   // end_station
	Scb           *bool   // scb, single copy broadcast
	ReplayProtect *bool   // replay: together with Window
	Window        *uint32 // window: how many frames late one may be
	Validation    *uint8  // validate: 0 disabled, 1 check, 2 strict
	Offload       *uint8  // offload: 0 off, 1 phy, 2 mac
}

// Attrs returns the attributes that all kinds have.
func (m *Macsec) Attrs() *LinkAttrs { return &m.LinkAttrs }

// Type returns "macsec".
func (m *Macsec) Type() string { return "macsec" }

// joined: the kernel wants the window with the protection.
func (*Macsec) joined() []uint16 {
	return []uint16{uapi.IFLA_MACSEC_REPLAY_PROTECT, uapi.IFLA_MACSEC_WINDOW}
}

func (m *Macsec) attrs(c *attr.Codec) {
	attr.OptBE64(c, uapi.IFLA_MACSEC_SCI, &m.Sci)
	attr.BE16(c, uapi.IFLA_MACSEC_PORT|attr.IfSet|attr.WriteOnly, &m.Port)
	attr.U64(c, uapi.IFLA_MACSEC_CIPHER_SUITE|attr.IfSet, &m.CipherSuite)
	attr.U8(c, uapi.IFLA_MACSEC_ICV_LEN|attr.IfSet, &m.IcvLen)
	attr.OptU8(c, uapi.IFLA_MACSEC_ENCODING_SA, &m.EncodingSa)
	attr.OptBool(c, uapi.IFLA_MACSEC_ENCRYPT, &m.Encrypt)
	attr.OptBool(c, uapi.IFLA_MACSEC_PROTECT, &m.Protect)
	attr.OptBool(c, uapi.IFLA_MACSEC_INC_SCI, &m.IncSci)
	attr.OptBool(c, uapi.IFLA_MACSEC_ES, &m.Es)
	attr.OptBool(c, uapi.IFLA_MACSEC_SCB, &m.Scb)
	attr.OptBool(c, uapi.IFLA_MACSEC_REPLAY_PROTECT, &m.ReplayProtect)
	attr.OptU32(c, uapi.IFLA_MACSEC_WINDOW, &m.Window)
	attr.OptU8(c, uapi.IFLA_MACSEC_VALIDATION, &m.Validation)
	attr.OptU8(c, uapi.IFLA_MACSEC_OFFLOAD, &m.Offload)
}

func (*Macsec) describe() desc.Kind {
	return desc.Kind{Fields: macsecFields, Exact: true, First: readMacsecID, FirstUsage: macsecIDUsage,
		Complete: completeMacsec, Help: macsecHelp}
}

const macsecIDUsage = "[ [ address LLADDR ] port PORT | sci SCI ]"

var macsecFields = []desc.Field{
	{Type: uapi.IFLA_MACSEC_SCI, Key: "sci", Show: showMacsecSCI, ReadOnly: true},
	{Type: uapi.IFLA_MACSEC_PORT, ReadOnly: true}, // never reported
	{Type: uapi.IFLA_MACSEC_PROTECT, Key: "protect", Form: desc.Toggle},
	{Type: uapi.IFLA_MACSEC_CIPHER_SUITE, Key: "cipher_suite", Word: "cipher",
		Usage: "{ default | gcm-aes-128 | gcm-aes-256 | gcm-aes-xpn-128 | gcm-aes-xpn-256 }", Show: showMacsecCipher,
		Read: readMacsecCipher},
	{Type: uapi.IFLA_MACSEC_ICV_LEN, Key: "icv_len", Word: "icvlen", Form: desc.U8, Usage: "{ 8..16 }",
		Read: readMacsecICV},
	{Type: uapi.IFLA_MACSEC_ENCODING_SA, Key: "encoding_sa", Word: "encodingsa", Form: desc.U8, Usage: "{ 0..3 }",
		Read: readMacsecSA},
	{Type: uapi.IFLA_MACSEC_VALIDATION, Key: "validation", Word: "validate", Names: macsecValidations,
		Show: showMacsecName, Read: readMacsecName},
	{Type: uapi.IFLA_MACSEC_OFFLOAD, Key: "offload", Names: macsecOffloads, Show: showMacsecName, Read: readMacsecName},
	{Type: uapi.IFLA_MACSEC_ENCRYPT, Key: "encrypt", Form: desc.Toggle},
	{Type: uapi.IFLA_MACSEC_INC_SCI, Key: "inc_sci", Word: "send_sci", Form: desc.Toggle},
	{Type: uapi.IFLA_MACSEC_ES, Key: "es", Word: "end_station", Form: desc.Toggle},
	{Type: uapi.IFLA_MACSEC_SCB, Key: "scb", Form: desc.Toggle},
	{Type: uapi.IFLA_MACSEC_REPLAY_PROTECT, Key: "replay_protect", Word: "replay", Form: desc.Toggle},
	{Type: uapi.IFLA_MACSEC_WINDOW, Key: "window", Form: desc.U32, Usage: "{ 0..2^32-1 }", Read: readMacsecWindow},
}

var (
	macsecValidations = []string{uapi.MACSEC_VALIDATE_DISABLED: "disabled", uapi.MACSEC_VALIDATE_CHECK: "check",
		uapi.MACSEC_VALIDATE_STRICT: "strict"}
	macsecOffloads = []string{uapi.MACSEC_OFFLOAD_OFF: "off", uapi.MACSEC_OFFLOAD_PHY: "phy",
		uapi.MACSEC_OFFLOAD_MAC: "mac"}
)

// macsecCiphers are the names of cipher suites.
var macsecCiphers = [...]struct {
	id   uint64
	name string
}{
	{uapi.MACSEC_CIPHER_ID_GCM_AES_128, "gcm-aes-128"},
	{uapi.MACSEC_CIPHER_ID_GCM_AES_256, "gcm-aes-256"},
	{uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_128, "gcm-aes-xpn-128"},
	{uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_256, "gcm-aes-xpn-256"},
	{uapi.MACSEC_DEFAULT_CIPHER_ID, "gcm-aes-128"},
}

func showMacsecSCI(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 8 {
		p.Str("sci", "sci %s ", fmt.Sprintf("%016x", binary.BigEndian.Uint64(b)))
	}
}

func showMacsecCipher(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 8 {
		return
	}
	name := fmt.Sprintf("%016x", native.Uint64(b))
	for _, cipher := range macsecCiphers {
		if cipher.id == native.Uint64(b) {
			name = strings.ToUpper(cipher.name)
		}
	}
	p.Str(f.Key, "cipher %s ", name)
}

func showMacsecName(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) == 0 {
		return
	}
	word := f.Word
	if word == "" {
		word = f.Key
	}
	p.Str(f.Key, word+" %s ", desc.NumberName(f.Names, uint64(b[0])))
}

// readMacsecID reads the id of the channel, or the parts that make it.
func readMacsecID(in *desc.Args, e *wire.Encoder) error {
	if in.Take("sci") {
		word, err := in.Next()
		if err != nil {
			return err
		}
		v, err := desc.ParseHex(word, 64)
		if err != nil {
			return desc.Wrong(word, "expected sci")
		}
		e.BE64(uapi.IFLA_MACSEC_SCI, v)
		return nil
	}
	var addr net.HardwareAddr
	if in.Take("address") {
		var err error
		if addr, err = in.LLAddr(); err != nil {
			return err
		}
	}
	if !in.Take("port") {
		if addr == nil {
			return nil
		}
		return &desc.UsageError{Text: "expected sci"}
	}
	port, err := in.Uint(16, "expected port")
	switch {
	case err != nil:
		return err
	case port == 0:
		return desc.Wrong(in.Last(), "expected port != 0")
	case addr == nil:
		e.BE16(uapi.IFLA_MACSEC_PORT, uint16(port))
	default:
		b := e.Reserve(uapi.IFLA_MACSEC_SCI, 8)
		copy(b, addr)
		binary.BigEndian.PutUint16(b[6:], uint16(port))
	}
	return nil
}

func readMacsecCipher(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	if in.Written(e, f.Type) != nil {
		return desc.Duplicate("cipher", word)
	}
	if word == "default" {
		e.Uint64(f.Type, uapi.MACSEC_DEFAULT_CIPHER_ID)
		return nil
	}
	for _, cipher := range macsecCiphers {
		if word == cipher.name || word == strings.ToUpper(cipher.name) {
			e.Uint64(f.Type, cipher.id)
			return nil
		}
	}
	return desc.Wrong(word, "expected: default, gcm-aes-128, gcm-aes-256, gcm-aes-xpn-128 or gcm-aes-xpn-256")
}

func readMacsecICV(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(8, "expected ICV length")
	switch {
	case err != nil:
		return err
	case in.Written(e, f.Type) != nil:
		return desc.Duplicate("icvlen", in.Last())
	case v < uapi.MACSEC_MIN_ICV_LEN || v > uapi.MACSEC_STD_ICV_LEN:
		return desc.Wrong(in.Last(), fmt.Sprintf("ICV length must be in the range {%d..%d}", uapi.MACSEC_MIN_ICV_LEN,
			uapi.MACSEC_STD_ICV_LEN))
	}
	e.Uint8(f.Type, uint8(v))
	return nil
}

func readMacsecSA(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(8, "expected an { 0..3 }")
	switch {
	case err != nil:
		return err
	case in.Written(e, f.Type) != nil:
		return desc.Duplicate("encodingsa", "encodingsa")
	case v > 3:
		return desc.Wrong(in.Last(), "expected an { 0..3 }")
	}
	e.Uint8(f.Type, uint8(v))
	return nil
}

func readMacsecName(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	keyword := in.Last()
	word, err := in.Next()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(f.Names, func(name string) bool { return word != "" && strings.HasPrefix(name, word) })
	if i < 0 {
		return &desc.UsageError{Text: fmt.Sprintf(`Error: argument of "%s" must be one of "%s", not "%s"`, keyword,
			strings.Join(f.Names, `", "`), word), Status: 1}
	}
	e.Uint8(f.Type, uint8(i))
	return nil
}

func readMacsecWindow(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(32, "expected replay window size")
	e.Uint32(f.Type, uint32(v))
	return err
}

// completeMacsec finds what does not go together.
func completeMacsec(in *desc.Args, e *wire.Encoder, _ bool) error {
	on := func(typ uint16) bool { b := in.Written(e, typ); return len(b) != 0 && b[0] != 0 }
	es, scb, sci := on(uapi.IFLA_MACSEC_ES), on(uapi.IFLA_MACSEC_SCB), on(uapi.IFLA_MACSEC_INC_SCI)
	replay, window := in.Written(e, uapi.IFLA_MACSEC_REPLAY_PROTECT), in.Written(e, uapi.IFLA_MACSEC_WINDOW)
	switch {
	case sci && (es || scb) || es && scb:
		return &desc.UsageError{Text: "invalid combination of send_sci/end_station/scb", Status: 1}
	case window != nil && replay == nil:
		return &desc.UsageError{Text: fmt.Sprintf("replay window set, but replay protection not enabled. "+
			"did you mean 'replay on window %d'?", native.Uint32(window)), Status: 1}
	case window == nil && len(replay) != 0 && replay[0] != 0:
		return &desc.UsageError{Text: "replay protection enabled, but no window set. did you mean 'replay on window VALUE'?",
			Status: 1}
	}
	return nil
}

var macsecHelp = [][2]string{
	{"address", "the first six bytes of the secure channel's identifier; the link's by default"},
	{"port", "the last two bytes of it, 1 to 65535"},
	{"sci", "the whole identifier, eight bytes in hexadecimal"},
	{"protect", "send frames with the MACsec tag"},
	{"cipher", "the cipher suite"},
	{"icvlen", "bytes of the integrity check value"},
	{"encodingsa", "the secure association that frames are sent with"},
	{"validate", "frames that fail the check: disabled does not check, check counts them, strict drops them"},
	{"offload", "what does the work: off the kernel, phy or mac the device"},
	{"encrypt", "encrypt, or only authenticate"},
	{"send_sci", "send the channel's identifier in each frame"},
	{"end_station", "the identifier is left out, as there is one end only"},
	{"scb", "the single copy broadcast bit"},
	{"replay", "drop frames that come twice or too late"},
	{"window", "how many frames late is not too late"},
}
