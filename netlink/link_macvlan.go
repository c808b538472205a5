package netlink

import (
	"fmt"
	"net"
	"slices"

	"kern.sys/internal/uapi"
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
	MACVLAN_MODE_SOURCE                      // frames are told apart by their source address
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
	// none, and is read where there is none. UsedBCQueueLen, which is only read, is the largest that any macvlan
	// of the parent asks for, and holds for all.
	BCQueueLen     uint32
	BCQueueLenSet  *uint32
	UsedBCQueueLen uint32

	NoPromisc *bool  // passthru mode: the parent is not made promiscuous (Linux 3.4)
	NoDst     *bool  // source mode: frames are taken by their source only (Linux 5.10)
	BCCutoff  *int32 // broadcasts to at most so many macvlans go at once instead of by the queue, -1: all go by it (Linux 6.4)
}

// Attrs returns the attributes that all kinds have.
func (m *Macvlan) Attrs() *LinkAttrs { return &m.LinkAttrs }

// Type returns "macvlan".
func (m *Macvlan) Type() string { return "macvlan" }

func (m *Macvlan) encodeData(e *wire.Encoder) {
	encodeMacvlanMode(e, m.Mode)
	if m.NoPromisc != nil || m.NoDst != nil {
		var flags uint16
		for _, f := range m.flags() {
			if *f.set != nil && **f.set {
				flags |= f.bit
			}
		}
		e.Uint16(uapi.IFLA_MACVLAN_FLAGS, flags)
	}
	if len(m.MACAddrs) != 0 {
		encodeMacvlanAddrs(e, uapi.MACVLAN_MACADDR_SET, m.MACAddrs)
	}
	if n := m.BCQueueLenSet; n != nil {
		e.Uint32(uapi.IFLA_MACVLAN_BC_QUEUE_LEN, *n)
	} else if m.BCQueueLen > 0 {
		e.Uint32(uapi.IFLA_MACVLAN_BC_QUEUE_LEN, m.BCQueueLen)
	}
	if m.BCCutoff != nil {
		e.Int32(uapi.IFLA_MACVLAN_BC_CUTOFF, *m.BCCutoff)
	}
}

// macvlanFlag is one bit of IFLA_MACVLAN_FLAGS and where a Macvlan has it.
type macvlanFlag struct {
	bit uint16
	set **bool
}

func (m *Macvlan) flags() [2]macvlanFlag {
	return [...]macvlanFlag{
		{uapi.MACVLAN_FLAG_NOPROMISC, &m.NoPromisc},
		{uapi.MACVLAN_FLAG_NODST, &m.NoDst},
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
			e.Fail(fmt.Errorf("%q is no Ethernet address", a))
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

func (m *Macvlan) decodeData(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_MACVLAN_MODE:
			mode := d.Uint32()
			for i, known := range macvlanModes {
				if mode == known.kernel {
					m.Mode = MacvlanMode(i)
				}
			}
		case uapi.IFLA_MACVLAN_FLAGS:
			flags := d.Uint16()
			for _, f := range m.flags() {
				*f.set = pointer(flags&f.bit != 0)
			}
		case uapi.IFLA_MACVLAN_MACADDR_COUNT:
			// The addresses themselves say how many they are.
		case uapi.IFLA_MACVLAN_MACADDR_DATA:
			n := d.Nested()
			for n.Next() {
				if n.Type() == uapi.IFLA_MACVLAN_MACADDR {
					m.MACAddrs = append(m.MACAddrs, n.Bytes())
				}
			}
			d.Fail(n.Err())
		case uapi.IFLA_MACVLAN_BC_QUEUE_LEN:
			m.BCQueueLen = d.Uint32()
			if m.BCQueueLen == 0 {
				m.BCQueueLenSet = new(uint32)
			}
		case uapi.IFLA_MACVLAN_BC_QUEUE_LEN_USED:
			m.UsedBCQueueLen = d.Uint32()
		case uapi.IFLA_MACVLAN_BC_CUTOFF:
			m.BCCutoff = pointer(d.Int32())
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
