package netlink

import (
	"errors"
	"net"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// PeditAction changes bytes of packets: tc-pedit(8). What is nil or 0 stays as it is.
type PeditAction struct {
	ActionAttrs
	Proto      uint8 // IPPROTO_TCP or IPPROTO_UDP, whose ports are meant
	SrcMacAddr net.HardwareAddr
	DstMacAddr net.HardwareAddr
	SrcIP      net.IP
	DstIP      net.IP
	SrcPort    uint16
	DstPort    uint16

	// Keys are what is changed, where it is not empty; the fields above are not sent then. A
	// listing has them where the fields do not say all.
	Keys []PeditKey
	// Plain sends keys in the form of tc pedit munge without ex, which has no Header nor Add.
	Plain bool
}

// PeditKey changes four bytes: those bits that Mask does not have become those of Value. Both are
// as the bytes are in the packet.
type PeditKey struct {
	Header      uint16 // TCA_PEDIT_KEY_EX_HDR_TYPE_…, from where on Offset counts
	Add         bool   // Value is added, and does not replace
	Value, Mask [4]byte
	Offset      int32 // in bytes, a multiple of four

	// A byte of the packet that is added to Offset: the one at At, of which OffMask has the bits,
	// shifted to the right by Shift. Where OffMask is 0 nothing is.
	At, OffMask uint32
	Shift       uint32
}

// NewPeditAction returns one that the next action comes after.
func NewPeditAction() *PeditAction {
	return &PeditAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (p *PeditAction) Attrs() *ActionAttrs { return &p.ActionAttrs }

// Type returns "pedit".
func (p *PeditAction) Type() string { return "pedit" }

var (
	errPeditMac  = errors.New("an Ethernet address of pedit has not 6 bytes")
	errPeditIP   = errors.New("an address of pedit is no IP address")
	errPeditPort = errors.New("ports of pedit need IPPROTO_TCP or IPPROTO_UDP as Proto")
)

// maxPeditKeys is what the number of keys has room for.
const maxPeditKeys = 1<<8 - 1

// pedit is what the fields say.
func (p *PeditAction) pedit() (nl.TcPedit, error) {
	var t nl.TcPedit
	var err error
	mac := func(set func(net.HardwareAddr), a net.HardwareAddr) {
		if a != nil && len(a) != uapi.ETH_ALEN {
			err = errPeditMac
		}
		set(a)
	}
	ip := func(set func(net.IP), a net.IP) {
		if a == nil {
			return
		}
		if a.To16() == nil {
			err = errPeditIP
		}
		set(a)
	}
	port := func(set func(uint16, uint8), port uint16) {
		if port == 0 {
			return
		}
		if p.Proto != uapi.IPPROTO_TCP && p.Proto != uapi.IPPROTO_UDP {
			err = errPeditPort
		}
		set(port, p.Proto)
	}
	mac(t.SetEthSrc, p.SrcMacAddr)
	mac(t.SetEthDst, p.DstMacAddr)
	ip(t.SetSrcIP, p.SrcIP)
	ip(t.SetDstIP, p.DstIP)
	port(t.SetSrcPort, p.SrcPort)
	port(t.SetDstPort, p.DstPort)
	return t, err
}

// keys are those of the fields.
func (p *PeditAction) keys() ([]PeditKey, error) {
	t, err := p.pedit()
	keys := make([]PeditKey, len(t.Keys))
	for i, k := range t.Keys {
		keys[i] = PeditKey{Header: uint16(t.KeysEx[i].HeaderType), Value: bytes4(k.Val), Mask: bytes4(k.Mask),
			Offset: int32(k.Off)}
	}
	return keys, err
}

func (p *PeditAction) attrs(c *attr.Codec) {
	if !c.Decoding() {
		keys := p.Keys
		if len(keys) == 0 {
			var err error
			if keys, err = p.keys(); err != nil {
				c.Fail(err)
			}
		}
		c.Check("number of keys", int64(len(keys)), maxPeditKeys)
		p.encode(c, keys)
		if c.Encoding() {
			return
		}
		(&PeditAction{Plain: true}).encode(c, nil)
	}
	var keys []PeditKey
	p.Plain = true
	read := func(b []byte) {
		keys = peditKeys(b)
		p.read(b)
		if c.Settling() {
			settleReferences(b)
		}
	}
	attr.Custom(c, uapi.TCA_PEDIT_PARMS, nil, read)
	attr.Custom(c, uapi.TCA_PEDIT_PARMS_EX, nil, read)
	attr.Custom(c, uapi.TCA_PEDIT_KEYS_EX, nil, func(b []byte) {
		p.Plain = false
		for i, ex := range nl.DeserializeTcPeditKeysEx(b) {
			if i < len(keys) {
				keys[i].Header, keys[i].Add = uint16(ex.HeaderType), ex.Cmd == uapi.TCA_PEDIT_KEY_EX_CMD_ADD
			}
		}
	})
	timestamp(c, uapi.TCA_PEDIT_TM, &p.ActionAttrs)
	if !p.Plain {
		p.fields(keys)
		if same, err := p.keys(); err == nil && slices.Equal(same, keys) {
			return
		}
	}
	p.Keys = keys
}

func (p *PeditAction) encode(c *attr.Codec, keys []PeditKey) {
	t := attr.Type(uapi.TCA_PEDIT_PARMS_EX)
	if p.Plain {
		t = uapi.TCA_PEDIT_PARMS
	}
	attr.Custom(c, t, func(e *wire.Encoder) {
		b := e.Reserve(uint16(t), uapi.SizeofTcPeditSel+len(keys)*uapi.SizeofTcPeditKey)
		(&uapi.TcPeditSel{Nkeys: uint8(len(keys))}).Put(b)
		p.put(c, b)
		for i, k := range keys {
			(&uapi.TcPeditKey{Mask: uint4(k.Mask), Val: uint4(k.Value), Off: uint32(k.Offset), At: k.At, Offmask: k.OffMask,
				Shift: k.Shift}).
				Put(b[uapi.SizeofTcPeditSel+i*uapi.SizeofTcPeditKey:])
		}
	}, nil)
	if p.Plain {
		return
	}
	attr.Custom(c, uapi.TCA_PEDIT_KEYS_EX, func(e *wire.Encoder) {
		e.Nest(uapi.TCA_PEDIT_KEYS_EX | uapi.NLA_F_NESTED)
		for _, k := range keys {
			e.Nest(uapi.TCA_PEDIT_KEY_EX | uapi.NLA_F_NESTED)
			e.Uint16(uapi.TCA_PEDIT_KEY_EX_HTYPE, k.Header)
			cmd := uint16(uapi.TCA_PEDIT_KEY_EX_CMD_SET)
			if k.Add {
				cmd = uapi.TCA_PEDIT_KEY_EX_CMD_ADD
			}
			e.Uint16(uapi.TCA_PEDIT_KEY_EX_CMD, cmd)
			e.End()
		}
		e.End()
	}, nil)
}

// peditKeys are the keys behind struct tc_pedit_sel.
func peditKeys(b []byte) []PeditKey {
	_, all := nl.DeserializeTcPedit(b)
	keys := make([]PeditKey, len(all))
	for i, k := range all {
		keys[i] = PeditKey{Value: bytes4(k.Val), Mask: bytes4(k.Mask), Offset: int32(k.Off), At: k.At, OffMask: k.OffMask,
			Shift: k.Shift}
	}
	return keys
}

// fields sets what the keys say of them.
func (p *PeditAction) fields(keys []PeditKey) {
	of := func(header uint16) (list []nl.TcPeditKey) {
		for _, k := range keys {
			if k.Header == header && !k.Add && k.OffMask == 0 {
				list = append(list, nl.TcPeditKey{Val: uint4(k.Value), Mask: uint4(k.Mask), Off: uint32(k.Offset)})
			}
		}
		return list
	}
	p.SrcMacAddr, p.DstMacAddr = nl.ParsePeditEthKeys(of(uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_ETH))
	p.SrcIP, p.DstIP = nl.ParsePeditIP4Keys(of(uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_IP4))
	src, dst := nl.ParsePeditIP6Keys(of(uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_IP6))
	if src != nil {
		p.SrcIP = src
	}
	if dst != nil {
		p.DstIP = dst
	}
	for header, proto := range [...]uint8{uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_TCP: uapi.IPPROTO_TCP,
		uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_UDP: uapi.IPPROTO_UDP} {
		if proto == 0 {
			continue
		}
		if src, dst := nl.ParsePeditL4Keys(of(uint16(header))); src != 0 || dst != 0 {
			p.SrcPort, p.DstPort, p.Proto = src, dst, proto
		}
	}
}

func bytes4(v uint32) (b [4]byte) {
	native.PutUint32(b[:], v)
	return b
}

func uint4(b [4]byte) uint32 { return native.Uint32(b[:]) }
