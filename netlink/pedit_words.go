package netlink

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

func (*PeditAction) describe() desc.Kind {
	return desc.Kind{Fields: peditFields, First: makeWords[peditWords], Complete: completePedit}
}

// peditWords are what the words of a command say of a [PeditAction].
type peditWords struct {
	actionWords
	extended, munged bool
	keys             []peditKey
}

// peditKey is a key, whose value and mask are numbers in network byte order.
type peditKey struct {
	header, cmd uint16
	val, mask   uint32
	off         int32
	at, offmask uint32
	shift       uint32
}

// peditMaxKeys is how many keys tc takes.
const peditMaxKeys = 128

var peditFields = []desc.Field{
	{Type: uapi.TCA_PEDIT_KEYS_EX, Word: "ex", Show: showPedit,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[peditWords](in)
			if w.munged {
				return desc.Failed("'ex' must be before first 'munge'")
			}
			w.extended = true
			return nil
		}},
	{Word: "pedit", Read: func(*desc.Args, *desc.Field, *wire.Encoder) error { return nil }},
	{Type: uapi.TCA_PEDIT_PARMS_EX, Word: "munge", Usage: "MUNGE", Read: readMunge},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_PEDIT_PARMS, Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_PEDIT_TM, ReadOnly: true},
}

// How the value of a field is read.
const (
	peditNumber = iota
	peditIPv4
	peditIPv6
	peditMAC
)

// peditField is a field of a header: where it is, how long, and which of its bits it has.
type peditField struct {
	word      string
	off       int32
	size      int // bytes
	form      int
	retain    uint32
	decrement bool // it may be decremented
	plain     bool // it is outside of the header, and only there without ex
}

// peditHeaders are the headers of packets.
var peditHeaders = []struct {
	word   string
	header uint16
	fields []peditField
}{
	{"ip", uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_IP4, []peditField{
		{word: "src", off: 12, size: 4, form: peditIPv4, retain: math.MaxUint32},
		{word: "dst", off: 16, size: 4, form: peditIPv4, retain: math.MaxUint32},
		{word: "tos", off: 1, size: 1, retain: 0xff}, {word: "dsfield", off: 1, size: 1, retain: 0xff},
		{word: "ihl", size: 1, retain: 0x0f},
		{word: "ttl", off: 8, size: 1, retain: 0xff, decrement: true}, {word: "protocol", off: 9, size: 1, retain: 0xff},
		{word: "precedence", off: 1, size: 1, retain: 0xff}, {word: "nofrag", off: 6, size: 1, retain: 0x3f},
		{word: "firstfrag", off: 6, size: 1, retain: 0x1f}, {word: "ce", off: 6, size: 1, retain: 0x80},
		{word: "df", off: 6, size: 1, retain: 0x40},
		{word: "mf", off: 6, size: 1, retain: 0x20}, {word: "dport", off: 22, size: 2, retain: 0xffff, plain: true},
		{word: "sport", off: 20, size: 2, retain: 0xffff, plain: true},
		{word: "icmp_type", off: 20, size: 1, retain: 0xff, plain: true},
		{word: "icmp_code", off: 20, size: 1, retain: 0xff, plain: true},
	}},
	{"ip6", uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_IP6, []peditField{
		{word: "src", off: 8, size: 16, form: peditIPv6, retain: math.MaxUint32},
		{word: "dst", off: 24, size: 16, form: peditIPv6, retain: math.MaxUint32},
		{word: "flow_lbl", size: 4, retain: 0x0007ffff}, {word: "payload_len", off: 4, size: 2, retain: 0xffff},
		{word: "nexthdr", off: 6, size: 1, retain: 0xff}, {word: "hoplimit", off: 7, size: 1, retain: 0xff, decrement: true},
		{word: "traffic_class", off: 1, size: 1, retain: 0xff},
	}},
	{"eth", uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_ETH, []peditField{
		{word: "type", off: 12, size: 2, retain: 0xffff}, {word: "dst", size: 6, form: peditMAC, retain: math.MaxUint32},
		{word: "src", off: 6, size: 6, form: peditMAC, retain: math.MaxUint32},
	}},
	{"tcp", uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_TCP, []peditField{
		{word: "sport", size: 2, retain: 0xffff}, {word: "dport", off: 2, size: 2, retain: 0xffff},
		{word: "flags", off: 13, size: 1, retain: 0xff},
	}},
	{"udp", uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_UDP, []peditField{
		{word: "sport", size: 2, retain: 0xffff}, {word: "dport", off: 2, size: 2, retain: 0xffff},
	}},
}

// badMunge is the error for what is to be changed.
func badMunge(in *desc.Args) error { return desc.Failed("Bad pedit construct (%s)", in.Peek()) }

func readMunge(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[peditWords](in)
	w.munged = true
	word, err := in.Next()
	if err != nil {
		return err
	}
	if word != "" && strings.HasPrefix("offset", word) {
		return readRawMunge(in)
	}
	for _, h := range peditHeaders {
		if h.word != word || !w.extended && word != "ip" {
			continue
		}
		for i := range h.fields {
			f := &h.fields[i]
			abbreviated := (f.word == "dsfield" || f.word == "precedence") && in.PeekAbbr(f.word)
			if w.extended && f.plain || in.Peek() != f.word && !abbreviated {
				continue
			}
			if _, err := in.Next(); err != nil {
				return err
			}
			k := peditKey{off: f.off, header: uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_NETWORK}
			if w.extended {
				k.header = h.header
			}
			if err := readPeditCommand(in, f, k); err != nil {
				return err
			}
			if f.word == "traffic_class" { // half of it is in each of two bytes
				last := &w.keys[len(w.keys)-1]
				last.mask, last.val = last.mask<<4|0xf, last.val<<4
			}
			return nil
		}
	}
	return badMunge(in)
}

// readRawMunge takes OFFSET SIZE [ at AT offmask MASK shift SHIFT ] and what is done there.
func readRawMunge(in *desc.Args) error {
	off, err := in.Signed(0, "offset")
	if err != nil {
		return badMunge(in)
	}
	f := peditField{}
	switch {
	case in.TakeAbbr("u32"):
		f.size, f.retain = 4, math.MaxUint32
	case in.TakeAbbr("u16"):
		f.size, f.retain = 2, 0xffff
	case in.TakeAbbr("u8"):
		f.size, f.retain = 1, 0xff
	default:
		return badMunge(in)
	}
	k := peditKey{off: off}
	if in.TakeAbbr("at") {
		if !in.More() {
			return desc.Incomplete()
		}
		at, err := in.Number(32, 0, "at")
		if err != nil {
			return badMunge(in)
		}
		offmask, err := in.Number(32, 16, "offmask")
		if err != nil {
			return badMunge(in)
		}
		shift, err := in.Number(32, 0, "shift")
		if err != nil {
			return badMunge(in)
		}
		k.at, k.offmask, k.shift = uint32(at), uint32(offmask), uint32(shift)
	}
	return readPeditCommand(in, &f, k)
}

// readPeditCommand takes what is done with a field.
func readPeditCommand(in *desc.Args, f *peditField, k peditKey) error {
	w := desc.Scratch[peditWords](in)
	retain := f.retain
	var value [16]byte // as it is in the packet, of a number the last bytes of the first four
	mask := uint32(0)
	number := func(v uint32) { binary.BigEndian.PutUint32(value[:], v) }
	switch {
	case in.TakeAbbr("invert"):
		mask = uint32(uint64(1)<<(8*min(f.size, 4)) - 1)
		if f.size != 2 && f.size != 4 {
			mask = 0xff
		}
		if number(mask); f.size > 4 { // tc inverts the first byte only, and that by setting it
			value = [16]byte{0xff}
		}
	case in.PeekAbbr("set", "add"):
		if !in.TakeAbbr("set") {
			in.TakeAbbr("add")
			if k.cmd = uapi.TCA_PEDIT_KEY_EX_CMD_ADD; !w.extended {
				return desc.Failed("Non extended mode. only 'set' command is supported")
			}
		}
		if err := readPeditValue(in, f.form, value[:]); err != nil {
			return err
		}
	case in.TakeAbbr("decrement"):
		switch {
		case !f.decrement:
			return desc.Failed("decrement command is not supported for this field")
		case !w.extended:
			return desc.Failed("Non extended mode. only 'set' command is supported")
		}
		k.cmd = uapi.TCA_PEDIT_KEY_EX_CMD_ADD
		number(retain) // by overflow
	case in.TakeAbbr("preserve"):
		retain = 0
	case !in.TakeAbbr("clear"):
		return badMunge(in)
	}
	if in.TakeAbbr("retain") {
		v, err := in.Number(32, 0, "retain")
		if retain = uint32(v); err != nil {
			return badMunge(in)
		}
	}
	if f.size > 4 && retain != math.MaxUint32 {
		return desc.Failed("retain is not supported for fields longer the 32 bits")
	}
	return w.pack(f, k, value[:], mask, retain)
}

func readPeditValue(in *desc.Args, form int, value []byte) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	switch form {
	case peditNumber:
		v, err := desc.ParseUint(word, 32)
		if err != nil {
			return badMunge(in)
		}
		binary.BigEndian.PutUint32(value, uint32(v))
	case peditMAC:
		b, err := net.ParseMAC(word)
		if err != nil || len(b) != uapi.ETH_ALEN {
			return badMunge(in)
		}
		copy(value, b)
	default:
		family := uapi.AF_INET
		if form == peditIPv6 {
			family = uapi.AF_INET6
		}
		addr, _, _ := strings.Cut(word, "/")
		a, err := desc.ParseAddr(addr, family)
		if err != nil {
			return badMunge(in)
		}
		if a.IsValid() {
			copy(value, a.AsSlice())
		}
	}
	return nil
}

// pack adds the keys of a field, of which each is four bytes of the packet.
func (w *peditWords) pack(f *peditField, k peditKey, value []byte, mask, retain uint32) error {
	switch f.size {
	case 6:
		if k.off&3 == 0 {
			return w.packParts(k, [2]int{4, 2}, value)
		}
		return w.packParts(k, [2]int{2, 4}, value)
	case 16:
		for i := range 4 {
			part := k
			part.off += int32(4 * i)
			if err := w.packKey(part, 4, binary.BigEndian.Uint32(value[4*i:]), 0, math.MaxUint32); err != nil {
				return err
			}
		}
		return nil
	}
	return w.packKey(k, f.size, binary.BigEndian.Uint32(value), mask, retain)
}

// packParts adds an Ethernet address as two keys.
func (w *peditWords) packParts(k peditKey, sizes [2]int, value []byte) error {
	for i, size := range sizes {
		v := uint32(binary.BigEndian.Uint16(value))
		if size == 4 {
			v = binary.BigEndian.Uint32(value)
		}
		value = value[size:]
		if err := w.packKey(k, size, v, 0, math.MaxUint32); err != nil {
			return err
		}
		if i == 0 {
			k.off += 4
			if size == 2 {
				k.off = k.off &^ 3
			}
		}
	}
	return nil
}

func (w *peditWords) packKey(k peditKey, size int, value, mask, retain uint32) error {
	within := k.off & 3
	shift := 8 * (4 - size - int(within))
	switch {
	case shift < 0:
		return desc.Failed("%d bit offsets must begin in %d bit boundaries\nBad pedit construct", 8*size, 8*size)
	case size < 4 && (value>>(8*size) != 0 || mask>>(8*size) != 0):
		return desc.Failed("pack_key%d bad value\nBad pedit construct", 8*size)
	case len(w.keys) >= peditMaxKeys:
		return desc.Failed("Bad pedit construct")
	}
	own := uint32(uint64(1)<<(8*size)-1) << shift
	k.val = (value & retain) << shift
	k.mask = (mask|^retain)<<shift | ^own
	k.off &^= 3
	w.keys = append(w.keys, k)
	return nil
}

func completePedit(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[peditWords](in)
	typ := uint16(uapi.TCA_PEDIT_PARMS)
	if w.extended {
		typ = uapi.TCA_PEDIT_PARMS_EX
	}
	b := e.Reserve(typ, uapi.SizeofTcPeditSel+len(w.keys)*uapi.SizeofTcPeditKey)
	(&uapi.TcPeditSel{Index: w.index, Action: w.code(uapi.TC_ACT_OK), Nkeys: uint8(len(w.keys))}).Put(b)
	big := func(v uint32) uint32 { return native.Uint32(binary.BigEndian.AppendUint32(nil, v)) }
	for i, k := range w.keys {
		(&uapi.TcPeditKey{Mask: big(k.mask), Val: big(k.val), Off: uint32(k.off), At: k.at, Offmask: k.offmask,
			Shift: k.shift}).
			Put(b[uapi.SizeofTcPeditSel+i*uapi.SizeofTcPeditKey:])
	}
	if !w.extended {
		return nil
	}
	e.Nest(uapi.TCA_PEDIT_KEYS_EX | uapi.NLA_F_NESTED)
	for _, k := range w.keys {
		e.Nest(uapi.TCA_PEDIT_KEY_EX | uapi.NLA_F_NESTED)
		e.Uint16(uapi.TCA_PEDIT_KEY_EX_HTYPE, k.header)
		e.Uint16(uapi.TCA_PEDIT_KEY_EX_CMD, k.cmd)
		e.End()
	}
	e.End()
	return nil
}

// peditHeaderNames are those of TCA_PEDIT_KEY_EX_HDR_TYPE_….
var peditHeaderNames = []string{"network", "eth", "ipv4", "ipv6", "tcp", "udp"}

func showPedit(p *desc.Printer, _ *desc.Field, ex []byte, attrs desc.Attrs) {
	p.Str("kind", " %s ", "pedit")
	b, extended := attrs[uapi.TCA_PEDIT_PARMS_EX]
	if !extended {
		b = attrs[uapi.TCA_PEDIT_PARMS]
	}
	if b == nil {
		return
	}
	var sel uapi.TcPeditSel
	sel.Decode(b)
	p.Control("action ", sel.Action, " ")
	p.Uint("nkeys", "keys %d\n", uint64(sel.Nkeys))
	p.Uint("index", " \t index %d", uint64(sel.Index))
	p.Int("ref", " ref %d", int64(sel.Refcnt))
	p.Int("bind", " bind %d", int64(sel.Bindcnt))
	showTimes(p, attrs[uapi.TCA_PEDIT_TM])
	keys := peditKeys(b)
	if extended {
		for i, k := range nl.DeserializeTcPeditKeysEx(ex) {
			if i < len(keys) {
				keys[i].Header, keys[i].Add = uint16(k.HeaderType), k.Cmd == uapi.TCA_PEDIT_KEY_EX_CMD_ADD
			}
		}
	}
	p.Array("keys")
	for i := range keys {
		showPeditKey(p, i, &keys[i])
	}
	if len(keys) == 0 {
		p.Text("\npedit %x keys %d is not LEGIT", sel.Index, sel.Nkeys)
	}
	p.EndArray()
	p.NL()
}

func showPeditKey(p *desc.Printer, i int, k *PeditKey) {
	p.Object("")
	p.Text("\n\t key #%d  at ", i)
	name := fmt.Sprintf("unknown(%d)", k.Header)
	if int(k.Header) < len(peditHeaderNames) {
		name = peditHeaderNames[k.Header]
	}
	if k.Header != uapi.TCA_PEDIT_KEY_EX_HDR_TYPE_NETWORK {
		p.Str("htype", "%s", name)
		p.Int("offset", "%+d", int64(k.Offset))
	} else {
		if p.JSON {
			p.Str("htype", "", name)
		}
		p.Int("offset", "%d", int64(k.Offset))
	}
	text, cmd := "val", "set"
	if k.Add {
		text, cmd = "add", "add"
	}
	if p.JSON {
		p.Str("cmd", "", cmd)
	}
	p.Text(": %s", text)
	showPlainHex(p, "val", " %08x", uint64(binary.BigEndian.Uint32(k.Value[:])))
	showPlainHex(p, "mask", " mask %08x", uint64(binary.BigEndian.Uint32(k.Mask[:])))
	p.EndObject()
}
