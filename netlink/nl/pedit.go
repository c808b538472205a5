package nl

import "net"

// PeditHeaderType says from which header on a key's offset counts (TCA_PEDIT_KEY_EX_HDR_TYPE_…).
type PeditHeaderType uint16

// PeditCmd is the operation on a key's value (TCA_PEDIT_KEY_EX_CMD_…).
type PeditCmd uint16

// TcPeditKeyEx extends [TcPeditKey].
type TcPeditKeyEx struct {
	HeaderType PeditHeaderType
	Cmd        PeditCmd
}

// TcPedit is an action pedit: Sel.NKeys keys, each in Keys and in KeysEx. A key changes four bytes of a
// header: the bits that Mask does not have become those of Val, both as they are in memory.
type TcPedit struct {
	Sel    TcPeditSel
	Keys   []TcPeditKey
	KeysEx []TcPeditKeyEx
	Extend uint8 // without meaning
}

// DeserializeTcPeditKeysEx reads the attributes that b holds (TCA_PEDIT_KEYS_EX), and leaves out malformed ones.
func DeserializeTcPeditKeysEx(b []byte) []TcPeditKeyEx {
	var keys []TcPeditKeyEx
	for key := range ParseAttributes(b) {
		var ex TcPeditKeyEx
		for a := range ParseAttributes(key.Value) {
			switch a.Type & NLA_TYPE_MASK {
			case TCA_PEDIT_KEY_EX_HTYPE:
				ex.HeaderType = PeditHeaderType(native.Uint16(padded(a.Value, 2)))
			case TCA_PEDIT_KEY_EX_CMD:
				ex.Cmd = PeditCmd(native.Uint16(padded(a.Value, 2)))
			}
		}
		keys = append(keys, ex)
	}
	return keys
}

// DeserializeTcPedit reads the parameters that b begins with, and their keys; what a short b lacks is zero.
func DeserializeTcPedit(b []byte) (*TcPeditSel, []TcPeditKey) {
	sel := new(TcPeditSel)
	sel.decode(b)
	var keys []TcPeditKey
	b = padded(b, SizeOfPeditSel+int(sel.NKeys)*SizeOfPeditKey)
	for i := range int(sel.NKeys) {
		keys = append(keys, *DeserializeTcPeditKey(b[SizeOfPeditSel+i*SizeOfPeditKey:]))
	}
	return sel, keys
}

// Where fields stand in their headers, in bytes.
const (
	ethDstOffset = 0
	ethSrcOffset = 6
	ip4SrcOffset = 12
	ip4DstOffset = 16
	ip6SrcOffset = 8
	ip6DstOffset = 24
	srcPortBytes = 0
	dstPortBytes = 2
)

// set adds keys that write value to a header, from offset on.
func (p *TcPedit) set(header PeditHeaderType, offset int, value []byte) {
	for at := offset &^ 3; at < offset+len(value); at += 4 {
		var val, mask [4]byte
		for i := range 4 {
			if j := at + i - offset; j >= 0 && j < len(value) {
				val[i] = value[j]
			} else {
				mask[i] = 0xff // stays as it is
			}
		}
		p.Keys = append(p.Keys, TcPeditKey{Val: native.Uint32(val[:]), Mask: native.Uint32(mask[:]), Off: uint32(at)})
		p.KeysEx = append(p.KeysEx, TcPeditKeyEx{HeaderType: header, Cmd: TCA_PEDIT_KEY_EX_CMD_SET})
		p.Sel.NKeys++
	}
}

// setIP adds keys for an address of four or sixteen bytes, and nothing for another.
func (p *TcPedit) setIP(header PeditHeaderType, offset int, ip net.IP, size int) {
	if len(ip) == size {
		p.set(header, offset, ip)
	}
}

// SetEthDst has a packet sent to another Ethernet address. One that has not six bytes changes nothing.
func (p *TcPedit) SetEthDst(mac net.HardwareAddr) { p.setEth(ethDstOffset, mac) }

// SetEthSrc has a packet come from another Ethernet address. One that has not six bytes changes nothing.
func (p *TcPedit) SetEthSrc(mac net.HardwareAddr) { p.setEth(ethSrcOffset, mac) }

func (p *TcPedit) setEth(offset int, mac net.HardwareAddr) {
	if len(mac) == 6 {
		p.set(TCA_PEDIT_KEY_EX_HDR_TYPE_ETH, offset, mac)
	}
}

// SetDstIP is [TcPedit.SetIPv4Dst] or [TcPedit.SetIPv6Dst].
func (p *TcPedit) SetDstIP(ip net.IP) {
	if ip.To4() != nil {
		p.SetIPv4Dst(ip)
	} else {
		p.SetIPv6Dst(ip)
	}
}

// SetSrcIP is [TcPedit.SetIPv4Src] or [TcPedit.SetIPv6Src].
func (p *TcPedit) SetSrcIP(ip net.IP) {
	if ip.To4() != nil {
		p.SetIPv4Src(ip)
	} else {
		p.SetIPv6Src(ip)
	}
}

// SetIPv4Src sets the source of an IPv4 packet. Anything but an IPv4 address changes nothing.
func (p *TcPedit) SetIPv4Src(ip net.IP) {
	p.setIP(TCA_PEDIT_KEY_EX_HDR_TYPE_IP4, ip4SrcOffset, ip.To4(), net.IPv4len)
}

// SetIPv4Dst sets the destination of an IPv4 packet. Anything but an IPv4 address changes nothing.
func (p *TcPedit) SetIPv4Dst(ip net.IP) {
	p.setIP(TCA_PEDIT_KEY_EX_HDR_TYPE_IP4, ip4DstOffset, ip.To4(), net.IPv4len)
}

// SetIPv6Src sets the source of an IPv6 packet. An address that has not sixteen bytes changes nothing.
func (p *TcPedit) SetIPv6Src(ip6 net.IP) {
	p.setIP(TCA_PEDIT_KEY_EX_HDR_TYPE_IP6, ip6SrcOffset, ip6, net.IPv6len)
}

// SetIPv6Dst sets the destination of an IPv6 packet. An address that has not sixteen bytes changes nothing.
func (p *TcPedit) SetIPv6Dst(ip6 net.IP) {
	p.setIP(TCA_PEDIT_KEY_EX_HDR_TYPE_IP6, ip6DstOffset, ip6, net.IPv6len)
}

// SetDstPort sets the destination port of TCP or UDP (IPPROTO_…); for another protocol it changes nothing.
func (p *TcPedit) SetDstPort(dstPort uint16, protocol uint8) {
	p.setPort(dstPortBytes, dstPort, protocol)
}

// SetSrcPort sets the source port of TCP or UDP (IPPROTO_…); for another protocol it changes nothing.
func (p *TcPedit) SetSrcPort(srcPort uint16, protocol uint8) {
	p.setPort(srcPortBytes, srcPort, protocol)
}

func (p *TcPedit) setPort(offset int, port uint16, protocol uint8) {
	switch IPProto(protocol) {
	case IPPROTO_TCP:
		p.set(TCA_PEDIT_KEY_EX_HDR_TYPE_TCP, offset, BEUint16Attr(port))
	case IPPROTO_UDP:
		p.set(TCA_PEDIT_KEY_EX_HDR_TYPE_UDP, offset, BEUint16Attr(port))
	}
}

// get returns the bytes of a header that keys write from offset on, nil if they do not write n of them.
func get(keys []TcPeditKey, offset, n int) []byte {
	value, known := make([]byte, n), uint(0)
	for _, k := range keys {
		val, mask := Uint32Attr(k.Val), Uint32Attr(k.Mask)
		for i := range 4 {
			if j := int(int32(k.Off)) + i - offset; j >= 0 && j < n && mask[i] == 0 {
				value[j] = val[i]
				known |= 1 << j
			}
		}
	}
	if known != 1<<n-1 {
		return nil
	}
	return value
}

// ParsePeditEthKeys returns the addresses that keys of an Ethernet header set, nil for one that they do not.
func ParsePeditEthKeys(keys []TcPeditKey) (srcMac, dstMac net.HardwareAddr) {
	return get(keys, ethSrcOffset, 6), get(keys, ethDstOffset, 6)
}

// ParsePeditIP4Keys returns the addresses that keys of an IPv4 header set, nil for one that they do not.
func ParsePeditIP4Keys(keys []TcPeditKey) (srcIP, dstIP net.IP) {
	return get(keys, ip4SrcOffset, net.IPv4len), get(keys, ip4DstOffset, net.IPv4len)
}

// ParsePeditIP6Keys returns the addresses that keys of an IPv6 header set, nil for one that they do not.
func ParsePeditIP6Keys(keys []TcPeditKey) (srcIP, dstIP net.IP) {
	return get(keys, ip6SrcOffset, net.IPv6len), get(keys, ip6DstOffset, net.IPv6len)
}

// ParsePeditL4Keys returns the ports that keys of a TCP or UDP header set, zero for one that they do not.
func ParsePeditL4Keys(keys []TcPeditKey) (srcPort, dstPort uint16) {
	port := func(offset int) uint16 {
		if b := get(keys, offset, 2); b != nil {
			return Swap16(native.Uint16(b))
		}
		return 0
	}
	return port(srcPortBytes), port(dstPortBytes)
}
