package netlink

import (
	"encoding/binary"
	"math"
	"math/bits"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// maxU32Matches is how many keys tc takes.
const maxU32Matches = 128

// addU32Key adds what is matched at an offset to a filter's keys; nexthdr says that the offset is from what the table
// before this one has said.
func addU32Key(in *desc.Args, what string, value, mask uint32, off int32, nexthdr bool) error {
	w := desc.Scratch[u32Words](in)
	keys := &w.keys
	if w.inSample {
		keys = &w.sampleKeys
	}
	offmask := int32(0)
	if nexthdr {
		offmask = -1
	}
	value &= mask
	for i := range *keys {
		k := &(*keys)[i]
		if k.Off != off || k.Offmask != offmask {
			continue
		}
		if (value^k.Val)&mask&k.Mask != 0 {
			return desc.Illegal(what)
		}
		k.Val |= value
		k.Mask |= mask
		return nil
	}
	if len(*keys) >= maxU32Matches || off%4 != 0 {
		return desc.Illegal(what)
	}
	*keys = append(*keys, uapi.TcU32Key{Val: value, Mask: mask, Off: off, Offmask: offmask})
	return nil
}

// addU32Part adds a part of four bytes, of the given width, at an offset that need not be that of the four.
func addU32Part(in *desc.Args, what string, bits int, value, mask uint32, off int32, nexthdr bool) error {
	if bits < 32 && (value>>bits != 0 || mask>>bits != 0) {
		return desc.Illegal(what)
	}
	shift := 0
	switch {
	case bits == 16 && off&3 == 0:
		shift = 16
	case bits == 8:
		shift = 24 - 8*int(off&3)
	}
	if bits < 32 {
		off &^= 3
	}
	return addU32Key(in, what, value<<shift, mask<<shift, off, nexthdr)
}

// readU32At takes "at OFFSET", if present. A name stands for what the table before this one has said.
func readU32At(in *desc.Args, what string, off *int32, nexthdr *bool) error {
	if !in.Take("at") {
		return nil
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	const next = "nexthdr+"
	if rest, ok := strings.CutPrefix(word, next); ok && rest != "" {
		*nexthdr, word = true, rest
	} else if word != "" && strings.HasPrefix(next, word) {
		*nexthdr = true
		if word, err = in.Next(); err != nil {
			return err
		}
	}
	v, err := strconv.ParseInt(word, 0, 32)
	if err != nil {
		return desc.Illegal(what)
	}
	*off = int32(v)
	return nil
}

// readU32Number takes VALUE MASK [ at OFFSET ] of the given width.
func readU32Number(in *desc.Args, what string, bits int, off int32, nexthdr bool) error {
	value, err := in.Number(32, 0, what)
	if err != nil {
		return err
	}
	mask, err := in.Number(32, 16, what)
	if err != nil {
		return err
	}
	if err := readU32At(in, what, &off, &nexthdr); err != nil {
		return err
	}
	return addU32Part(in, what, bits, uint32(value), uint32(mask), off, nexthdr)
}

// u32Match is a word of a selector that is a number of the given width at an offset.
type u32Match struct {
	word    string
	bits    int
	off     int32
	nexthdr bool
}

// u32Matches are those of the headers that packets have.
var u32Matches = []struct {
	header string
	of     []u32Match
}{
	{"ip", []u32Match{
		{"tos", 8, 1, false}, {"dsfield", 8, 1, false}, {"precedence", 8, 1, false}, {"ihl", 8, 0, false},
		{"protocol", 8, 9, false},
		{"dport", 16, 22, false}, {"sport", 16, 20, false}, {"icmp_type", 8, 20, false}, {"icmp_code", 8, 21, false},
	}},
	{"ip6", []u32Match{
		{"protocol", 8, 6, false}, {"flowlabel", 32, 0, false}, {"dport", 16, 42, false}, {"sport", 16, 40, false},
		{"icmp_type", 8, 40, false}, {"icmp_code", 8, 41, true},
	}},
	{"udp", []u32Match{{"src", 16, 0, true}, {"dst", 16, 2, true}}},
	{"tcp", []u32Match{{"src", 16, 0, true}, {"dst", 16, 2, true}}},
	{"icmp", []u32Match{{"type", 8, 0, true}, {"code", 8, 1, true}}},
}

// readU32Selector takes what is matched.
func readU32Selector(in *desc.Args, what string) error {
	word, err := in.Next()
	if err != nil {
		return desc.Illegal(what)
	}
	begins := func(name string) bool { return word != "" && strings.HasPrefix(name, word) }
	switch {
	case begins("u32"):
		return readU32Number(in, what, 32, 0, false)
	case begins("u16"):
		return readU32Number(in, what, 16, 0, false)
	case begins("u8"):
		return readU32Number(in, what, 8, 0, false)
	}
	for _, h := range u32Matches {
		if begins(h.header) {
			return readU32Header(in, what, h.header, h.of)
		}
	}
	switch {
	case begins("mark"):
		return readU32Mark(in)
	case begins("ether"):
		off := int32(-8)
		if in.Take("dst") {
			off = -14
		} else if !in.Take("src") {
			return desc.Failed("Unknown match: ether %s", in.Peek())
		}
		return readU32Ether(in, what, off)
	}
	return desc.Illegal(what)
}

func readU32Header(in *desc.Args, what, header string, of []u32Match) error {
	for _, m := range of {
		if in.Take(m.word) || (m.word == "dsfield" || m.word == "precedence") && in.TakeAbbr(m.word) {
			return readU32Number(in, what, m.bits, m.off, m.nexthdr)
		}
	}
	fragment := func(value, mask uint32) error { return addU32Part(in, what, 16, value, mask, 6, false) }
	switch header {
	case "ip":
		switch {
		case in.Take("src"):
			return readU32Addr(in, what, uapi.AF_INET, 12)
		case in.Take("dst"):
			return readU32Addr(in, what, uapi.AF_INET, 16)
		case in.Take("nofrag"):
			return fragment(0, 0x3fff)
		case in.Take("firstfrag"):
			return fragment(0x2000, 0x3fff)
		case in.Take("df"):
			return fragment(0x4000, 0x4000)
		case in.Take("mf"):
			return fragment(0x2000, 0x2000)
		}
	case "ip6":
		switch {
		case in.Take("src"):
			return readU32Addr(in, what, uapi.AF_INET6, 8)
		case in.Take("dst"):
			return readU32Addr(in, what, uapi.AF_INET6, 24)
		case in.Take("priority"):
			value, err := in.Number(8, 0, what)
			if err != nil {
				return err
			}
			mask, err := in.Number(8, 16, what)
			if err != nil {
				return err
			}
			return addU32Key(in, what, uint32(value)<<20, uint32(mask)<<20, 0, false)
		}
	}
	return desc.Illegal(what)
}

// readU32Addr takes ADDRESS[/LENGTH] [ at OFFSET ].
func readU32Addr(in *desc.Args, what string, family int, off int32) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	addr, length, slash := strings.Cut(word, "/")
	a, err := desc.ParseAddr(addr, family)
	if err != nil {
		return desc.Illegal(what)
	}
	size := 0
	b := make([]byte, 16)
	if a.IsValid() {
		size = copy(b, a.AsSlice()) * 8
	}
	if slash {
		n, err := desc.ParseUint(length, 8)
		if err != nil || int(n) > size {
			return desc.Illegal(what)
		}
		size = int(n)
	}
	nexthdr := false
	if err := readU32At(in, what, &off, &nexthdr); err != nil {
		return err
	}
	if family == uapi.AF_INET {
		mask := uint32(math.MaxUint32)
		if size < 32 {
			mask = ^(mask >> size)
		}
		return addU32Key(in, what, binary.BigEndian.Uint32(b), mask, off, nexthdr)
	}
	for i := 0; i < size; i += 32 {
		mask := uint32(math.MaxUint32)
		if size-i < 32 {
			mask = ^(mask >> (size - i))
		}
		if err := addU32Key(in, what, binary.BigEndian.Uint32(b[i/8:]), mask, off+int32(i/8), nexthdr); err != nil {
			return err
		}
	}
	return nil
}

func readU32Ether(in *desc.Args, what string, off int32) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	addr, err := net.ParseMAC(word)
	if err != nil || len(addr) != uapi.ETH_ALEN {
		return desc.Illegal(what)
	}
	nexthdr := false
	if err := readU32At(in, what, &off, &nexthdr); err != nil {
		return err
	}
	for i, b := range addr {
		if err := addU32Part(in, what, 8, uint32(b), 0xff, off+int32(i), nexthdr); err != nil {
			return err
		}
	}
	return nil
}

func readU32Mark(in *desc.Args) error {
	value, err := in.Number(32, 0, "mark")
	if err != nil {
		return err
	}
	mask, err := in.Number(32, 0, "mark")
	if err != nil {
		return err
	}
	if value&mask != value {
		return desc.Failed("Illegal \"mark\" (impossible combination)")
	}
	desc.Scratch[u32Words](in).mark = &uapi.TcU32Mark{Val: uint32(value), Mask: uint32(mask)}
	return nil
}

func showU32Head(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	h := filterHandle(p)
	if h != 0 {
		p.Str("fh", "fh %s ", u32HandleText(p, h))
	}
	if node := h & 0xfff; node != 0 {
		p.Int("order", "order %d ", int64(node))
	}
	var sel *TcU32Sel
	if len(b) >= uapi.SizeofTcU32SelHdr {
		sel = decodeU32Sel(b, nil)
	}
	if b := attrs[uapi.TCA_U32_DIVISOR]; len(b) >= 4 {
		p.Int("ht_divisor", "ht divisor %d ", int64(native.Uint32(b)))
	} else if b := attrs[uapi.TCA_U32_HASH]; len(b) >= 4 {
		table := native.Uint32(b)
		showPlainHex(p, "key_ht", "key ht %x ", uint64(table>>20))
		showPlainHex(p, "bkt", "bkt %x ", uint64(table>>12&0xff))
	}
	if b := attrs[uapi.TCA_U32_CLASSID]; len(b) >= 4 {
		if sel == nil || sel.Flags&uapi.TC_U32_TERMINAL == 0 {
			p.Text("*")
		}
		p.Str("flowid", "flowid %s ", p.ClassID(native.Uint32(b)))
	} else if sel != nil && sel.Flags&uapi.TC_U32_TERMINAL != 0 {
		p.Text("terminal flowid ")
	}
	if b := attrs[uapi.TCA_U32_LINK]; len(b) >= 4 {
		p.Str("link", "link %s ", u32HandleText(p, native.Uint32(b)))
	}
	showSkip(p, attrs[uapi.TCA_U32_FLAGS], "%s ")
	counts := u32Counts(attrs[uapi.TCA_U32_PCNT])
	if sel != nil && p.Stats && len(counts) >= 2 {
		p.Uint("rule_hit", "(rule hit %d ", counts[0])
		p.Uint("success", "success %d)", counts[1])
	}
	if b := attrs[uapi.TCA_U32_MARK]; len(b) >= uapi.SizeofTcU32Mark {
		var m uapi.TcU32Mark
		m.Decode(b)
		p.NL()
		showHexText(p, "fwmark_value", "  mark 0x%04x ", uint64(m.Val))
		showHexText(p, "fwmark_mask", "0x%04x ", uint64(m.Mask))
		p.Int("fwmark_success", "(success %d)", int64(m.Success))
	}
	if sel == nil {
		return
	}
	for i := range sel.Keys {
		showU32Key(p, &sel.Keys[i])
		if p.Stats && len(counts) > 2+i {
			p.Uint("success", " (success %d ) ", counts[2+i])
		}
	}
	showU32Offsets(p, sel)
}

// u32Counts are how often a filter was tried, how often it matched, and each of its keys.
func u32Counts(b []byte) []uint64 {
	counts := make([]uint64, len(b)/8)
	for i := range counts {
		counts[i] = native.Uint64(b[8*i:])
	}
	return counts
}

func showU32Offsets(p *desc.Printer, sel *TcU32Sel) {
	if sel.Flags&(uapi.TC_U32_VAROFFSET|uapi.TC_U32_OFFSET) != 0 {
		p.NL()
		p.Text("    offset ")
		if sel.Flags&uapi.TC_U32_VAROFFSET != 0 {
			showPlainHex(p, "offset_mask", "%04x", uint64(sel.Offmask))
			p.Int("offset_shift", ">>%d ", int64(sel.Offshift))
			p.Int("offset_off", "at %d ", int64(sel.Offoff))
		}
		if sel.Off != 0 {
			p.Int("plus", "plus %d ", int64(sel.Off))
		}
	}
	if sel.Flags&uapi.TC_U32_EAT != 0 {
		p.Str("", "%s", " eat ")
	}
	if sel.Hmask != 0 {
		p.NL()
		showPlainHex(p, "hash_mask", "    hash mask %08x ", uint64(sel.Hmask))
		p.Int("hash_off", "at %d ", int64(sel.Hoff))
	}
}

func showU32Key(p *desc.Printer, k *TcU32Key) {
	p.Object("match")
	defer p.EndObject()
	if p.Pretty && p.Tc != nil && (p.Tc.Protocol == uapi.ETH_P_IP || p.Tc.Protocol == uapi.ETH_P_IPV6) {
		showU32Pretty(p, k)
		return
	}
	p.NL()
	showPlainHex(p, "value", "  match %08x", uint64(k.Val))
	showPlainHex(p, "mask", "/%08x ", uint64(k.Mask))
	next := ""
	if k.OffMask != 0 {
		next = "nexthdr+"
	}
	p.Str("offmask", "at %s", next)
	p.Int("off", "%d", int64(k.Off))
}

// showU32Pretty shows what tc knows of keys of IP; of others nothing.
func showU32Pretty(p *desc.Printer, k *TcU32Key) {
	number := func(key, format string, v uint32) {
		if !strings.HasPrefix(format, "match") {
			p.NL()
		}
		p.Uint(key, format, uint64(v))
	}
	v4 := p.Tc.Protocol == uapi.ETH_P_IP
	switch {
	case k.Off == 0 && k.Mask == 0x0f000000:
		number("ip_ihl", "  match IP ihl %d", k.Val>>24)
	case k.Off == 0 && k.Mask == 0x00ff0000:
		p.NL()
		showHexText(p, "ip_dsfield", "  match IP dsfield %#x", uint64(k.Val>>16))
	case k.Off == 8 && k.Mask == 0x00ff0000:
		number("ip_protocol", "  match IP protocol %d", k.Val>>16)
	case k.Off == 12 || k.Off == 16:
		size := bits.LeadingZeros32(^k.Mask)
		if k.Mask<<size != 0 && size < 32 {
			return
		}
		which := "src"
		if k.Off == 16 {
			which = "dst"
		}
		p.NL()
		p.Text("  match IP %s ", which)
		p.Object(which)
		p.Str("address", "%s", netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, k.Val))).String())
		p.Int("prefixlen", "/%d", int64(size))
		p.EndObject()
	case v4 && k.Off != 20 || !v4 && k.Off != 40:
	case k.Mask == 0x0000ffff:
		number("dport", "match dport %d", k.Val&0xffff)
	case k.Mask == 0xffff0000:
		number("sport", "  match sport %d", k.Val>>16)
	case k.Mask == 0xffffffff:
		number("dport", "  match dport %d, ", k.Val&0xffff)
		number("sport", "match sport %d", k.Val>>16)
	}
}
