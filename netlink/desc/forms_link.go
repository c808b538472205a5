package desc

import (
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Toggle is a byte that is on or off.
var Toggle = Form{
	Usage: "{ on | off }",
	Show: func(p *Printer, f *Field, b []byte) {
		if len(b) >= 1 {
			p.OnOff(f.Key, f.word()+" %s ", b[0] != 0)
		}
	},
	Read: func(in *Args, f *Field, e *wire.Encoder) error {
		on, err := in.OnOff(f.word())
		if err != nil {
			return err
		}
		e.Uint8(f.Type, bit(on))
		return nil
	},
}

// Present is an attribute without payload that is given by its keyword alone.
// It is shown where it is there.
var Present = Form{
	Show: func(p *Printer, f *Field, _ []byte) { p.Bool(f.Key, f.word()+" ", true) },
	Read: func(_ *Args, f *Field, e *wire.Encoder) error {
		e.Flag(f.Type)
		return nil
	},
}

// Order is [Present] for what is an order to the kernel and never told.
var Order = Form{Read: Present.Read}

func bit(on bool) uint8 {
	if on {
		return 1
	}
	return 0
}

// YesNo makes a field for a byte that is given by its keyword alone, and with
// "no" before it. In text it is shown where it is set, and else with "no" where
// both is true; in JSON where it is set or both is true.
func YesNo(typ uint16, key, word string, both bool) Field {
	return Field{
		Type: typ, Key: key, Word: word, Words: []string{"no" + word},
		Show: func(p *Printer, b []byte, _ Attrs) {
			if len(b) < 1 || b[0] == 0 && !both {
				return
			}
			p.YesNo(key, word, b[0] != 0)
		},
		Read: func(in *Args, e *wire.Encoder) error {
			e.Uint8(typ, bit(in.Last() == word))
			return nil
		},
	}
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
var Timer = Form{
	Show: func(p *Printer, f *Field, b []byte) {
		if len(b) < 8 {
			return
		}
		v := native.Uint64(b)
		s := fmt.Sprintf("%d.%02d", v/100, v%100)
		p.value(f.Key, f.word()+" %7s ", s, func(b []byte) []byte { return append(b, s...) })
	},
}

// LLAddr is a link-layer address.
var LLAddr = Form{
	Usage: "LLADDR",
	Show: func(p *Printer, f *Field, b []byte) {
		p.Str(f.Key, f.word()+" %s ", net.HardwareAddr(b).String())
	},
	Read: func(in *Args, f *Field, e *wire.Encoder) error {
		a, err := in.LLAddr()
		if err == nil {
			e.Data(f.Type, a)
		}
		return err
	},
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
var BridgeID = Form{
	Show: func(p *Printer, f *Field, b []byte) {
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
	},
}

// VlanProtocol is an Ethernet protocol that tags frames, in network byte
// order.
var VlanProtocol = Form{
	Usage: "{ 802.1Q | 802.1ad }",
	Show: func(p *Printer, f *Field, b []byte) {
		if len(b) >= 2 {
			p.Str(f.Key, f.word()+" %s ", VlanProtocolName(uint16(b[0])<<8|uint16(b[1])))
		}
	},
	Read: func(in *Args, f *Field, e *wire.Encoder) error {
		s, err := in.Next()
		if err != nil {
			return err
		}
		proto, ok := ParseVlanProtocol(s)
		if !ok {
			return Invalid(f.word(), s)
		}
		e.BE16(f.Type, proto)
		return nil
	},
}

// VlanProtocolName returns the name of an Ethernet protocol that tags frames,
// and of others the number in brackets.
func VlanProtocolName(proto uint16) string {
	switch proto {
	case uapi.ETH_P_8021Q:
		return "802.1Q"
	case uapi.ETH_P_8021AD:
		return "802.1ad"
	}
	return fmt.Sprintf("[%d]", proto)
}

// ParseVlanProtocol reads what [VlanProtocolName] returns, in any case, or a
// number.
func ParseVlanProtocol(s string) (proto uint16, ok bool) {
	for _, proto := range [...]uint16{uapi.ETH_P_8021Q, uapi.ETH_P_8021AD} {
		if strings.EqualFold(s, VlanProtocolName(proto)) {
			return proto, true
		}
	}
	v, err := ParseUint(s, 16)
	return uint16(v), err == nil
}

// S32 is a signed number in the machine's byte order.
var S32 = Form{
	Usage: "NUMBER",
	Show: func(p *Printer, f *Field, b []byte) {
		if len(b) >= 4 {
			p.Int(f.Key, f.word()+" %d ", int64(int32(native.Uint32(b))))
		}
	},
	Read: func(in *Args, f *Field, e *wire.Encoder) error {
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
	},
}

// Mask16 is a number in base 16 (u16).
var Mask16 = Form{
	Usage: "MASK",
	Show: func(p *Printer, f *Field, b []byte) {
		if len(b) >= 2 {
			p.Str(f.Key, f.word()+" %s ", HexC(uint64(native.Uint16(b))))
		}
	},
	Read: U16.Read,
}

// HexC writes v in base 16 as C's printf does with "%#x": without 0x for 0.
func HexC(v uint64) string {
	if v == 0 {
		return "0"
	}
	return "0x" + strconv.FormatUint(v, 16)
}

// Enum32 makes the form of a number (u32) that is given and shown by name.
func Enum32(names []string) Form {
	return Form{
		Usage: "{ " + strings.Join(names, " | ") + " }",
		Show: func(p *Printer, f *Field, b []byte) {
			if len(b) < 4 {
				return
			}
			v := native.Uint32(b)
			if uint64(v) < uint64(len(names)) {
				p.Str(f.Key, f.word()+" %s ", names[v])
			} else {
				p.Uint(f.Key, f.word()+" %d ", uint64(v))
			}
		},
		Read: func(in *Args, f *Field, e *wire.Encoder) error {
			s, err := in.Next()
			if err != nil {
				return err
			}
			i := slices.Index(names, s)
			if i < 0 {
				return Invalid(f.word(), s)
			}
			e.Uint32(f.Type, uint32(i))
			return nil
		},
	}
}
