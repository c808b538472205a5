package desc

import (
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Toggle is a byte that is on or off.
func Toggle() Notation { return Notation{Usage: "{ on | off }", Show: showToggle, Read: readToggle} }

func showToggle(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 1 {
		p.OnOff(f.Key, f.word()+" %s ", b[0] != 0)
	}
}

func readToggle(in *Args, f *Field, e *wire.Encoder) error {
	on, err := in.OnOff(f.word())
	if err != nil {
		return err
	}
	e.Uint8(f.Type, bit(on))
	return nil
}

// Present is an attribute without payload that is given by its keyword alone.
// It is shown where it is present.
func Present() Notation { return Notation{Show: showPresent, Read: readPresent} }

func showPresent(p *Printer, f *Field, _ []byte, _ Attrs) {
	p.Bool(f.Key, f.word()+" ", true)
}

func readPresent(_ *Args, f *Field, e *wire.Encoder) error {
	e.Flag(f.Type)
	return nil
}

// Order is [Present] for an order to the kernel, which is never reported.
func Order() Notation { return Notation{Read: readPresent} }

func bit(on bool) uint8 {
	if on {
		return 1
	}
	return 0
}

// YesNo is a byte that is given by its keyword alone, and with "no" before it. In text it is shown
// where it is set, in JSON too; see [NoYes].
func YesNo() Notation { return Notation{No: true, Show: showYes, Read: readYesNo} }

// NoYes is [YesNo] that is shown where it is not set, too: with "no" before it in text.
func NoYes() Notation { return Notation{No: true, Show: showYesNo, Read: readYesNo} }

func showYes(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 1 && b[0] != 0 {
		p.YesNo(f.Key, f.word(), true)
	}
}

func showYesNo(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 1 {
		p.YesNo(f.Key, f.word(), b[0] != 0)
	}
}

func readYesNo(in *Args, f *Field, e *wire.Encoder) error {
	e.Uint8(f.Type, bit(in.Last() == f.word()))
	return nil
}

// YesNo prints a truth value whose text is a word, with "no" before it where
// it is false.
func (p *Printer) YesNo(key, word string, yes bool) {
	if p.JSON {
		p.Bool(key, "", yes)
	} else if yes {
		p.Text("%s ", word)
	} else {
		p.Text("no%s ", word)
	}
}

// Timer is a time left in hundredths of a second (u64), shown in seconds.
func Timer() Notation { return Notation{Show: showTimer} }

func showTimer(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) < 8 {
		return
	}
	v := native.Uint64(b)
	s := fmt.Sprintf("%d.%02d", v/100, v%100)
	p.value(f.Key, f.word()+" %7s ", s, func(b []byte) []byte { return append(b, s...) })
}

// Time64 writes a time in nanoseconds as ip does: "1.5s", "20ms", "7us", "100ns".
func Time64(ns uint64) string {
	for _, unit := range [...]struct {
		ns   float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}} {
		if float64(ns) >= unit.ns {
			return strconv.FormatFloat(float64(ns)/unit.ns, 'g', 3, 64) + unit.name
		}
	}
	return strconv.FormatUint(ns, 10) + "ns"
}

// LLAddr is a link-layer address.
func LLAddr() Notation { return Notation{Usage: "LLADDR", Show: showLLAddr, Read: readLLAddr} }

func showLLAddr(p *Printer, f *Field, b []byte, _ Attrs) {
	p.Str(f.Key, f.word()+" %s ", net.HardwareAddr(b).String())
}

func readLLAddr(in *Args, f *Field, e *wire.Encoder) error {
	a, err := in.LLAddr()
	if err == nil {
		e.Data(f.Type, a)
	}
	return err
}

// LLAddr takes an Ethernet address: up to six numbers in base 16 with colons
// between them, of which missing ones are zero.
func (a *Args) LLAddr() (net.HardwareAddr, error) {
	s, err := a.Next()
	if err != nil {
		return nil, err
	}
	addr := make(net.HardwareAddr, 6)
	parts := strings.Split(s, ":")
	if len(parts) > len(addr) {
		return nil, &UsageError{Text: fmt.Sprintf("%q is invalid lladdr.", s), Status: 1}
	}
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 16, 8)
		if err != nil {
			return nil, &UsageError{Text: fmt.Sprintf("%q is invalid lladdr.", s), Status: 1}
		}
		addr[i] = byte(v)
	}
	return addr, nil
}

// BridgeID is a spanning tree's struct ifla_bridge_id: "8000.2:0:0:0:0:1".
func BridgeID() Notation { return Notation{Show: showBridgeID} }

func showBridgeID(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) < uapi.SizeofIflaBridgeId {
		return
	}
	var id uapi.IflaBridgeId
	id.Decode(b)
	var s strings.Builder
	s.WriteString(hex.EncodeToString(id.Prio[:]))
	for i, c := range id.Addr {
		s.WriteByte(":."[bit(i == 0)])
		s.WriteString(strconv.FormatUint(uint64(c), 16))
	}
	p.Str(f.Key, f.word()+" %s ", s.String())
}

// VlanProtocol is an Ethernet protocol that tags frames, in network byte
// order.
func VlanProtocol() Notation {
	return Notation{Usage: "{ 802.1Q | 802.1ad }", Show: showVlanProtocol, Read: readVlanProtocol}
}

func showVlanProtocol(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 2 {
		p.Str(f.Key, f.word()+" %s ", p.EtherProtocol(uint16(b[0])<<8|uint16(b[1])))
	}
}

func readVlanProtocol(in *Args, f *Field, e *wire.Encoder) error {
	s, err := in.Next()
	if err != nil {
		return err
	}
	proto, ok := EtherProtocol(s)
	if !ok {
		return Invalid(f.word(), s)
	}
	e.BE16(f.Type, proto)
	return nil
}

// S32 is a signed number in the machine's byte order.
func S32() Notation { return Notation{Usage: "NUMBER", Show: showS32, Read: readS32} }

func showS32(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 4 {
		p.Int(f.Key, f.word()+" %d ", int64(int32(native.Uint32(b))))
	}
}

func readS32(in *Args, f *Field, e *wire.Encoder) error {
	s, err := in.Next()
	if err != nil {
		return err
	}
	v, err := strconv.ParseInt(s, 0, 32)
	if err != nil {
		return Invalid(f.word(), s)
	}
	e.Int32(f.Type, int32(v))
	return nil
}

// Mask16 is a number in base 16 (u16).
func Mask16() Notation { return Notation{Usage: "MASK", Show: showMask16, Read: readU16} }

func showMask16(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 2 {
		p.Str(f.Key, f.word()+" %s ", HexC(uint64(native.Uint16(b))))
	}
}

// HexC writes v in base 16 as C's printf does with "%#x": without 0x for 0.
func HexC(v uint64) string {
	if v == 0 {
		return "0"
	}
	return "0x" + strconv.FormatUint(v, 16)
}

// Enum32 is a number (u32) that is given and shown by the field's Names.
func Enum32() Notation { return Notation{Show: showEnum32, Read: readEnum32} }

func showEnum32(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 4 {
		f.showName(p, uint64(native.Uint32(b)))
	}
}

func readEnum32(in *Args, f *Field, e *wire.Encoder) error {
	i, err := f.readName(in)
	if err == nil {
		e.Uint32(f.Type, uint32(i))
	}
	return err
}

// Enum8 is a byte that is given and shown by the field's Names.
func Enum8() Notation { return Notation{Show: showEnum8, Read: readEnum8} }

func showEnum8(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 1 {
		f.showName(p, uint64(b[0]))
	}
}

func readEnum8(in *Args, f *Field, e *wire.Encoder) error {
	i, err := f.readName(in)
	if err == nil {
		e.Uint8(f.Type, uint8(i))
	}
	return err
}

// NumberName is the name of a number, or the number where it has none: a listing shows what it does
// not know.
func NumberName(names []string, v uint64) string {
	if v < uint64(len(names)) && names[v] != "" {
		return names[v]
	}
	return strconv.FormatUint(v, 10)
}

// showName prints a number by its name, or as it is where it has none.
func (f *Field) showName(p *Printer, v uint64) {
	if v < uint64(len(f.Names)) {
		p.Str(f.Key, f.word()+" %s ", f.Names[v])
	} else {
		p.Uint(f.Key, f.word()+" %d ", v)
	}
}

// readName reads the name of a number.
func (f *Field) readName(in *Args) (int, error) {
	s, err := in.Next()
	if err != nil {
		return 0, err
	}
	i := slices.Index(f.Names, s)
	if i < 0 {
		return 0, Invalid(f.word(), s)
	}
	return i, nil
}
