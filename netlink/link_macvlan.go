package netlink

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// MacvlanMode says how the macvlans of one parent talk to each other and to
// the world.
type MacvlanMode uint16

// Modes of a macvlan, see ip-link(8).
const (
	MACVLAN_MODE_DEFAULT  MacvlanMode = iota // not set: the kernel makes it vepa
	MACVLAN_MODE_PRIVATE                     // they do not
	MACVLAN_MODE_VEPA                        // by way of the switch behind the parent
	MACVLAN_MODE_BRIDGE                      // directly
	MACVLAN_MODE_PASSTHRU                    // there is only one, that has the parent
	MACVLAN_MODE_SOURCE                      // the source address of a frame selects the device
)

// macvlanModes are the kernel's numbers of the modes and ip's names.
var macvlanModes = [...]struct {
	kernel uint32
	name   string
}{
	MACVLAN_MODE_PRIVATE:  {uapi.MACVLAN_MODE_PRIVATE, "private"},
	MACVLAN_MODE_VEPA:     {uapi.MACVLAN_MODE_VEPA, "vepa"},
	MACVLAN_MODE_BRIDGE:   {uapi.MACVLAN_MODE_BRIDGE, "bridge"},
	MACVLAN_MODE_PASSTHRU: {uapi.MACVLAN_MODE_PASSTHRU, "passthru"},
	MACVLAN_MODE_SOURCE:   {uapi.MACVLAN_MODE_SOURCE, "source"},
}

// Macvlan is an Ethernet device with an address of its own on top of the link
// ParentIndex: ip link add link PARENT type macvlan.
type Macvlan struct {
	LinkAttrs
	Mode MacvlanMode
	// MACAddrs are the source addresses whose frames a macvlan in source mode
	// takes. LinkModify replaces those there are, with nil it leaves them.
	MACAddrs []net.HardwareAddr

	// BCQueueLen is how many broadcast and multicast packets may wait; 0 is
	// unset. BCQueueLenSet is the same, with precedence, where not nil: its 0 is
	// none, and is read where there is none. UsedBCQueueLen, which is only read, is
	// the largest that any macvlan of the parent asks for, and holds for all.
	BCQueueLen     uint32
	BCQueueLenSet  *uint32
	UsedBCQueueLen uint32

	NoPromisc *bool // passthru mode: the parent is not made promiscuous (Linux 3.4)
	NoDst     *bool // source mode: frames are taken by their source only (Linux 5.10)
	// broadcasts to at most this many macvlans go at once instead of by the queue, -1: all go by it (Linux 6.4)
	BCCutoff *int32
}

// Attrs returns the attributes that all kinds have.
func (m *Macvlan) Attrs() *LinkAttrs { return &m.LinkAttrs }

// Type returns "macvlan".
func (m *Macvlan) Type() string { return "macvlan" }

func (m *Macvlan) attrs(c *attr.Codec) {
	attr.Custom(c, uapi.IFLA_MACVLAN_MODE, func(e *wire.Encoder) { encodeMacvlanMode(e, m.Mode) }, m.decodeMode)
	attr.Bits16(c, uapi.IFLA_MACVLAN_FLAGS, []attr.Bit{
		{Mask: uapi.MACVLAN_FLAG_NOPROMISC, On: &m.NoPromisc},
		{Mask: uapi.MACVLAN_FLAG_NODST, On: &m.NoDst},
	})
	attr.Repeat(c, uapi.IFLA_MACVLAN_MACADDR_DATA|attr.ReadOnly, uapi.IFLA_MACVLAN_MACADDR, &m.MACAddrs, attr.Bytes)
	if n := m.BCQueueLenSet; c.Decoding() || n == nil {
		attr.U32(c, uapi.IFLA_MACVLAN_BC_QUEUE_LEN|attr.IfSet, &m.BCQueueLen)
	}
	if c.Encoding() || m.BCQueueLen == 0 {
		attr.OptU32(c, uapi.IFLA_MACVLAN_BC_QUEUE_LEN, &m.BCQueueLenSet)
	}
	attr.U32(c, uapi.IFLA_MACVLAN_BC_QUEUE_LEN_USED|attr.ReadOnly, &m.UsedBCQueueLen)
	attr.OptS32(c, uapi.IFLA_MACVLAN_BC_CUTOFF, &m.BCCutoff)
}

// joined: an order about the addresses, and these.
func (*Macvlan) joined() []uint16 {
	return []uint16{uapi.IFLA_MACVLAN_MACADDR_MODE, uapi.IFLA_MACVLAN_MACADDR_DATA, uapi.IFLA_MACVLAN_MACADDR}
}

// silent is what the links of one device share: adding one of them changes it for all.
func (*Macvlan) silent() []uint16 { return macvlanSilent }

var macvlanSilent = []uint16{uapi.IFLA_MACVLAN_BC_QUEUE_LEN_USED}

// encodeRest sends the addresses, which are read in another form.
func (m *Macvlan) encodeRest(e *wire.Encoder) {
	if len(m.MACAddrs) != 0 {
		encodeMacvlanAddrs(e, uapi.MACVLAN_MACADDR_SET, m.MACAddrs)
	}
}

func (m *Macvlan) decodeMode(b []byte) {
	for i, known := range macvlanModes {
		if len(b) >= 4 && native.Uint32(b) == known.kernel {
			m.Mode = MacvlanMode(i)
		}
	}
}

func encodeMacvlanMode(e *wire.Encoder, mode MacvlanMode) {
	switch {
	case mode == MACVLAN_MODE_DEFAULT:
	case int(mode) < len(macvlanModes):
		e.Uint32(uapi.IFLA_MACVLAN_MODE, macvlanModes[mode].kernel)
	default:
		e.Fail(fmt.Errorf("macvlan mode %d is not known", mode))
	}
}

func encodeMacvlanAddrs(e *wire.Encoder, order uint32, addrs []net.HardwareAddr) {
	for _, a := range addrs {
		if len(a) != uapi.ETH_ALEN {
			e.Fail(fmt.Errorf("%q is no Ethernet address", addrOf(a)))
		}
	}
	e.Uint32(uapi.IFLA_MACVLAN_MACADDR_MODE, order)
	switch order {
	case uapi.MACVLAN_MACADDR_SET:
		e.Nest(uapi.IFLA_MACVLAN_MACADDR_DATA)
		for _, a := range addrs {
			e.Data(uapi.IFLA_MACVLAN_MACADDR, a)
		}
		e.End()
	default:
		for _, a := range addrs {
			e.Data(uapi.IFLA_MACVLAN_MACADDR, a)
		}
	}
}

// LinkSetMacvlanMode sets the mode of a macvlan or macvtap: ip link set DEV
// type macvlan mode MODE.
func (h *Handle) LinkSetMacvlanMode(link Link, mode MacvlanMode) error {
	return h.changeKind(link, "link set macvlan mode", func(e *wire.Encoder) { encodeMacvlanMode(e, mode) })
}

// MacvlanMACAddrAdd adds a source address to those that a macvlan in source
// mode takes: ip link set DEV type macvlan macaddr add ADDR.
func (h *Handle) MacvlanMACAddrAdd(link Link, addr net.HardwareAddr) error {
	return h.changeMacvlanAddrs(link, uapi.MACVLAN_MACADDR_ADD, addr)
}

// MacvlanMACAddrDel takes a source address from those that a macvlan in source
// mode takes.
func (h *Handle) MacvlanMACAddrDel(link Link, addr net.HardwareAddr) error {
	return h.changeMacvlanAddrs(link, uapi.MACVLAN_MACADDR_DEL, addr)
}

// MacvlanMACAddrFlush takes all of them away.
func (h *Handle) MacvlanMACAddrFlush(link Link) error {
	return h.changeMacvlanAddrs(link, uapi.MACVLAN_MACADDR_FLUSH)
}

// MacvlanMACAddrSet replaces them.
func (h *Handle) MacvlanMACAddrSet(link Link, addrs []net.HardwareAddr) error {
	return h.changeMacvlanAddrs(link, uapi.MACVLAN_MACADDR_SET, slices.Clone(addrs)...)
}

func (h *Handle) changeMacvlanAddrs(link Link, order uint32, addrs ...net.HardwareAddr) error {
	return h.changeKind(link, "link set macvlan macaddr", func(e *wire.Encoder) { encodeMacvlanAddrs(e, order, addrs) })
}

func (*Macvlan) describe() desc.Kind { return macvlanDescription }

var macvlanDescription = desc.Kind{Fields: macvlanFields, Complete: completeMacvlan, Help: macvlanHelp}

var macvlanFields = []desc.Field{
	{Type: uapi.IFLA_MACVLAN_MODE, Key: "mode", Usage: "{ private | vepa | bridge | passthru | source }",
		Show: showMacvlanMode, Read: readMacvlanMode},
	{Type: uapi.IFLA_MACVLAN_FLAGS, Word: "flag", Words: []string{"nopromisc", "nodst"},
		Usage: "{ null | nopromisc | nodst }", Show: showMacvlanFlags, Read: readMacvlanFlags},
	{Type: uapi.IFLA_MACVLAN_BC_QUEUE_LEN, Key: "bcqueuelen", Form: desc.U32, Usage: "LENGTH",
		Read: readMacvlanNumber},
	{Type: uapi.IFLA_MACVLAN_BC_QUEUE_LEN_USED, Key: "usedbcqueuelen", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_MACVLAN_BC_CUTOFF, Key: "bclim", Form: desc.S32, Usage: "LIMIT", Read: readMacvlanNumber},
	{Type: uapi.IFLA_MACVLAN_MACADDR_DATA, Word: "macaddr",
		Usage: "{ { add | del } LLADDR | set [ LLADDR ... ] | flush }", Show: showMacvlanAddrs, Read: readMacvlanAddrs},
	{Type: uapi.IFLA_MACVLAN_MACADDR_COUNT, ReadOnly: true}, // shown with the addresses
}

func showMacvlanMode(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 4 {
		return
	}
	name := desc.NumberName(nil, uint64(native.Uint32(b)))
	for _, m := range macvlanModes {
		if m.name != "" && m.kernel == native.Uint32(b) {
			name = m.name
		}
	}
	p.Str("mode", "mode %s ", name)
}

func readMacvlanMode(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
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
	return &desc.UsageError{Text: `Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" ` +
		fmt.Sprintf("or \"source\", not %q", word), Status: 1}
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

func showMacvlanFlags(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 2 || attrs[uapi.IFLA_MACVLAN_MODE] == nil {
		return
	}
	flags := native.Uint16(b)
	for _, name := range [...]string{"nopromisc", "nodst"} {
		if bit, _ := macvlanFlagBit(name); flags&bit != 0 {
			p.Bool(name, name+" ", true)
		}
	}
}

// readMacvlanFlags reads one flag and adds it to those given before it.
func readMacvlanFlags(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	name := in.Last()
	if name == "flag" {
		var err error
		if name, err = in.Next(); err != nil {
			return err
		}
	}
	bit, ok := macvlanFlagBit(name)
	if !ok {
		return &desc.UsageError{Text: fmt.Sprintf(`Error: argument of "flag" must be "nopromisc", "nodst" or "null", not %q`,
			name), Status: 1}
	}
	if b := in.Written(e, uapi.IFLA_MACVLAN_FLAGS); b != nil {
		native.PutUint16(b, native.Uint16(b)|bit)
	} else {
		e.Uint16(uapi.IFLA_MACVLAN_FLAGS, bit)
	}
	return nil
}

// readMacvlanNumber has ip's words for what is no number, which differ.
func readMacvlanNumber(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	n, text := int64(0), ""
	if f.Type == uapi.IFLA_MACVLAN_BC_CUTOFF {
		n, err = strconv.ParseInt(word, 0, 32)
		text = fmt.Sprintf("Error: illegal value for %q: %q", f.Key, word)
	} else {
		var v uint64
		v, err = desc.ParseUint(word, 32)
		n, text = int64(v), fmt.Sprintf("Error: argument of %q must be a positive integer [0-4294967295], not %q", f.Key,
			word)
	}
	if err != nil {
		return &desc.UsageError{Text: text, Status: 1}
	}
	e.Uint32(f.Type, uint32(n))
	return nil
}

func showMacvlanAddrs(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	mode, count := attrs[uapi.IFLA_MACVLAN_MODE], attrs[uapi.IFLA_MACVLAN_MACADDR_COUNT]
	if len(mode) < 4 || native.Uint32(mode) != uapi.MACVLAN_MODE_SOURCE || len(count) < 4 {
		return
	}
	p.Uint("macaddr_count", "remotes (%d) ", uint64(native.Uint32(count)))
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

func readMacvlanAddrs(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
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
		m = native.Uint32(mode)
	}
	bits := native.Uint16(flags)
	if bits&uapi.MACVLAN_FLAG_NOPROMISC != 0 && m != uapi.MACVLAN_MODE_PASSTHRU {
		return &desc.UsageError{Text: "macvlan: nopromisc flag only valid in passthru mode", Status: 1}
	}
	return nil
}

var macvlanHelp = [][2]string{
	{"mode", "how links of one parent reach each other: vepa, outside, is the default"},
	{"flag", "nopromisc: the parent is not made promiscuous; nodst: what mode source took goes to no other"},
	{"bcqueuelen", "packets that may wait to be copied to all, for broadcasts"},
	{"bclim", "so many receivers of a multicast address and fewer get it without waiting; -1 for none"},
	{"macaddr", "the senders that a link in mode source takes packets from"},
}
