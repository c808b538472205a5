package netlink

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

var macvlanKind = LinkKind{
	Name:     "macvlan",
	links:    linksOf[Macvlan, *Macvlan]{},
	Data:     macvlanFields,
	Complete: completeMacvlan,
}

var macvlanFields = []desc.Field{
	{Type: uapi.IFLA_MACVLAN_MODE, Key: "mode", Usage: "{ private | vepa | bridge | passthru | source }",
		Show: showMacvlanMode, Read: readMacvlanMode},
	{Type: uapi.IFLA_MACVLAN_FLAGS, Word: "flag", Words: []string{"nopromisc", "nodst"},
		Usage: "{ null | nopromisc | nodst }", Show: showMacvlanFlags, Read: readMacvlanFlags},
	{Type: uapi.IFLA_MACVLAN_BC_QUEUE_LEN, Key: "bcqueuelen", Form: desc.U32, Usage: "LENGTH"},
	{Type: uapi.IFLA_MACVLAN_BC_QUEUE_LEN_USED, Key: "usedbcqueuelen", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_MACVLAN_BC_CUTOFF, Key: "bccutoff", Form: desc.S32, Usage: "LIMIT"},
	{Type: uapi.IFLA_MACVLAN_MACADDR_DATA, Word: "macaddr",
		Usage: "{ { add | del } LLADDR | set [ LLADDR ... ] | flush }", Show: showMacvlanAddrs, Read: readMacvlanAddrs},
}

func showMacvlanMode(p *desc.Printer, b []byte, _ desc.Attrs) {
	if len(b) < 4 {
		return
	}
	name := "unknown"
	for _, m := range macvlanModes {
		if m.name != "" && m.kernel == binary.NativeEndian.Uint32(b) {
			name = m.name
		}
	}
	p.Str("mode", "mode %s ", name)
}

func readMacvlanMode(in *desc.Args, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for _, m := range macvlanModes {
		if m.name == word && word != "" {
			e.Uint32(uapi.IFLA_MACVLAN_MODE, m.kernel)
			return nil
		}
	}
	return &desc.UsageError{Text: fmt.Sprintf(`Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not %q`, word)}
}

// macvlanFlagBit returns the bit of a flag by its name.
func macvlanFlagBit(name string) (bit uint16, ok bool) {
	switch name {
	case "null":
		return 0, true
	case "nopromisc":
		return uapi.MACVLAN_FLAG_NOPROMISC, true
	case "nodst":
		return uapi.MACVLAN_FLAG_NODST, true
	}
	return 0, false
}

func showMacvlanFlags(p *desc.Printer, b []byte, attrs desc.Attrs) {
	if len(b) < 2 || attrs[uapi.IFLA_MACVLAN_MODE] == nil {
		return
	}
	flags := binary.NativeEndian.Uint16(b)
	for _, name := range [...]string{"nopromisc", "nodst"} {
		if bit, _ := macvlanFlagBit(name); flags&bit != 0 {
			p.Bool(name, name+" ", true)
		}
	}
}

// readMacvlanFlags reads one flag and adds it to those given before it.
func readMacvlanFlags(in *desc.Args, e *wire.Encoder) error {
	name := in.Last()
	if name == "flag" {
		var err error
		if name, err = in.Next(); err != nil {
			return err
		}
	}
	bit, ok := macvlanFlagBit(name)
	if !ok {
		return &desc.UsageError{Text: fmt.Sprintf(`Error: argument of "flag" must be "nopromisc", "nodst" or "null", not %q`, name)}
	}
	if b := in.Written(e, uapi.IFLA_MACVLAN_FLAGS); b != nil {
		binary.NativeEndian.PutUint16(b, binary.NativeEndian.Uint16(b)|bit)
	} else {
		e.Uint16(uapi.IFLA_MACVLAN_FLAGS, bit)
	}
	return nil
}

func showMacvlanAddrs(p *desc.Printer, b []byte, attrs desc.Attrs) {
	mode, count := attrs[uapi.IFLA_MACVLAN_MODE], attrs[uapi.IFLA_MACVLAN_MACADDR_COUNT]
	if len(mode) < 4 || binary.NativeEndian.Uint32(mode) != uapi.MACVLAN_MODE_SOURCE || len(count) < 4 {
		return
	}
	p.Uint("macaddr_count", "remotes (%d) ", uint64(binary.NativeEndian.Uint32(count)))
	if b == nil {
		return
	}
	p.Array("macaddr_data")
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == uapi.IFLA_MACVLAN_MACADDR && len(d.Data()) >= uapi.ETH_ALEN {
			p.Str("", "%s ", net.HardwareAddr(d.Data()[:uapi.ETH_ALEN]).String())
		}
	}
	p.EndArray()
}

func readMacvlanAddrs(in *desc.Args, e *wire.Encoder) error {
	what, err := in.Next()
	if err != nil {
		return err
	}
	switch what {
	case "add", "del":
		order := uint32(uapi.MACVLAN_MACADDR_ADD)
		if what == "del" {
			order = uapi.MACVLAN_MACADDR_DEL
		}
		addr, err := in.LLAddr()
		if err == nil {
			encodeMacvlanAddrs(e, order, []net.HardwareAddr{addr})
		}
		return err
	case "flush":
		encodeMacvlanAddrs(e, uapi.MACVLAN_MACADDR_FLUSH, nil)
		return nil
	case "set":
		var addrs []net.HardwareAddr
		for strings.Contains(in.Peek(), ":") {
			addr, err := in.LLAddr()
			if err != nil {
				return err
			}
			addrs = append(addrs, addr)
		}
		encodeMacvlanAddrs(e, uapi.MACVLAN_MACADDR_SET, addrs)
		return nil
	}
	return desc.Wrong(what, `must be "add", "del", "set" or "flush"`)
}

// completeMacvlan refuses a flag that the mode does not have.
func completeMacvlan(in *desc.Args, e *wire.Encoder, _ bool) error {
	mode, flags := in.Written(e, uapi.IFLA_MACVLAN_MODE), in.Written(e, uapi.IFLA_MACVLAN_FLAGS)
	if flags == nil {
		return nil
	}
	var m uint32
	if mode != nil {
		m = binary.NativeEndian.Uint32(mode)
	}
	bits := binary.NativeEndian.Uint16(flags)
	if bits&uapi.MACVLAN_FLAG_NOPROMISC != 0 && m != uapi.MACVLAN_MODE_PASSTHRU {
		return &desc.UsageError{Text: "macvlan: nopromisc flag only valid in passthru mode"}
	}
	return nil
}
