package netlink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// IOAM6Mode says where an [IOAM6Encap] puts its trace.
type IOAM6Mode uint8

// The modes of [IOAM6Encap]. The kernel takes 0 as IOAM6_IPTUNNEL_MODE_INLINE.
const (
	IOAM6_IPTUNNEL_MODE_INLINE IOAM6Mode = uapi.IOAM6_IPTUNNEL_MODE_INLINE // into the packet
	IOAM6_IPTUNNEL_MODE_ENCAP  IOAM6Mode = uapi.IOAM6_IPTUNNEL_MODE_ENCAP  // into an IPv6 header around the packet
	// IOAM6_IPTUNNEL_MODE_AUTO is inline for packets of this host, and encap for those that it forwards.
	IOAM6_IPTUNNEL_MODE_AUTO IOAM6Mode = uapi.IOAM6_IPTUNNEL_MODE_AUTO
)

// String returns the mode as ip writes it.
func (m IOAM6Mode) String() string { return desc.NumberName(ioam6Modes, uint64(m)) }

// IOAM6Encap gives the packets of an IPv6 route room for what nodes on their way write down, a pre-allocated trace of
// in-situ OAM (RFC 9197): ip -6 route add … encap ioam6 trace prealloc type TYPE ns NAMESPACE size BYTES. Linux 5.16.
type IOAM6Encap struct {
	FreqK, FreqN uint32    // of N packets, K get a trace, up to 1000000; both 0: all. Linux 6.1
	Mode         IOAM6Mode // 0: inline
	Src          net.IP    // of the header around the packet; nil: the kernel chooses. Linux 6.13
	Dst          net.IP    // of the header around the packet; not with inline
	Namespace    uint16    // of IOAM, with the meaning of what nodes write
	TraceType    uint32    // which data nodes write, 24 bits: bit 23 is number 0 of RFC 9197
	Size         int       // bytes for the data of nodes: a multiple of 4, up to 244
	NodeLen      uint8     // words of 4 bytes that each node writes; the kernel computes it from TraceType

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_IOAM6.
func (e *IOAM6Encap) Type() int { return uapi.LWTUNNEL_ENCAP_IOAM6 }

// Decode reads the payload of RTA_ENCAP.
func (e *IOAM6Encap) Decode(b []byte) error {
	*e = IOAM6Encap{}
	err := decodeAttrs(e, b)
	if err == nil && e.Size == 0 {
		err = fmt.Errorf("%w: ioam6 encap without a trace", wire.ErrMalformed)
	}
	return err
}

// Encode returns the payload of RTA_ENCAP.
func (e *IOAM6Encap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the values in the words of ip.
func (e *IOAM6Encap) String() string {
	var b strings.Builder
	if e.FreqN != 0 {
		fmt.Fprintf(&b, "freq %d/%d ", e.FreqK, e.FreqN)
	}
	fmt.Fprintf(&b, "mode %s ", e.mode())
	if e.Src != nil {
		fmt.Fprintf(&b, "tunsrc %s ", e.Src)
	}
	if e.Dst != nil {
		fmt.Fprintf(&b, "tundst %s ", e.Dst)
	}
	fmt.Fprintf(&b, "trace prealloc type %#.6x ns %d size %d", e.TraceType, e.Namespace, e.Size)
	return b.String()
}

// mode is the one that the kernel takes.
func (e *IOAM6Encap) mode() IOAM6Mode { return max(e.Mode, IOAM6_IPTUNNEL_MODE_INLINE) }

// Equal reports whether x is an IOAM6Encap with the same values. NodeLen, which follows from TraceType, is not
// compared, and a value that is left to the kernel is equal to what the kernel makes of it.
func (e *IOAM6Encap) Equal(x Encap) bool {
	o, ok := x.(*IOAM6Encap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return max(e.FreqK, 1) == max(o.FreqK, 1) && max(e.FreqN, 1) == max(o.FreqN, 1) && e.mode() == o.mode() &&
		e.Src.Equal(o.Src) && e.Dst.Equal(o.Dst) && e.Namespace == o.Namespace && e.TraceType == o.TraceType &&
		e.Size == o.Size && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *IOAM6Encap) attrs(c *attr.Codec) {
	attr.U32(c, uapi.IOAM6_IPTUNNEL_FREQ_K|attr.IfSet, &e.FreqK)
	attr.U32(c, uapi.IOAM6_IPTUNNEL_FREQ_N|attr.IfSet, &e.FreqN)
	attr.U8(c, uapi.IOAM6_IPTUNNEL_MODE|attr.IfSet, &e.Mode)
	attr.IP6(c, uapi.IOAM6_IPTUNNEL_SRC, &e.Src)
	attr.IP6(c, uapi.IOAM6_IPTUNNEL_DST, &e.Dst)
	attr.Custom(c, uapi.IOAM6_IPTUNNEL_TRACE, func(to *wire.Encoder) {
		switch {
		case e.Size <= 0 || e.Size > uapi.IOAM6_TRACE_DATA_SIZE_MAX || e.Size%4 != 0:
			to.Fail(fmt.Errorf("ioam6 trace of %d bytes: not a multiple of 4 up to %d", e.Size,
				uapi.IOAM6_TRACE_DATA_SIZE_MAX))
		case e.TraceType == 0 || e.TraceType > maxIOAM6Type:
			to.Fail(fmt.Errorf("ioam6 trace of type %#x: not a number of 24 bits but 0", e.TraceType))
		}
		t := ioam6Trace{e.Namespace, e.NodeLen, e.Size, e.TraceType}
		to.BE64(uapi.IOAM6_IPTUNNEL_TRACE, t.bits())
	}, func(b []byte) {
		t, err := decodeIOAM6Trace(b)
		c.Fail(err)
		e.Namespace, e.NodeLen, e.Size, e.TraceType = t.namespace, t.nodeLen, t.size, t.typ
	})
	attr.Rest(c, uapi.IOAM6_IPTUNNEL_SRC, &e.Unknown)
}

// ioam6Trace is the header of a trace as packets have it (RFC 9197, 4.4.1). From the highest bit on it is 16 bits of
// namespace, 5 of node length, 4 of flags, 7 of remaining length, 24 of type, and 8 that are reserved.
type ioam6Trace struct {
	namespace uint16
	nodeLen   uint8 // in words of 4 bytes
	size      int   // in bytes
	typ       uint32
}

const (
	ioam6NamespaceAt = 48
	ioam6NodeLenAt   = 43
	ioam6SizeAt      = 32
	ioam6TypeAt      = 8

	maxIOAM6NodeLen = 1<<5 - 1
	maxIOAM6Words   = 1<<7 - 1
	maxIOAM6Type    = 1<<24 - 1
)

// bits is the header as one number.
func (t *ioam6Trace) bits() uint64 {
	return uint64(t.namespace)<<ioam6NamespaceAt | uint64(t.nodeLen&maxIOAM6NodeLen)<<ioam6NodeLenAt |
		uint64(t.size/4&maxIOAM6Words)<<ioam6SizeAt | uint64(t.typ&maxIOAM6Type)<<ioam6TypeAt
}

var errIOAM6Trace = errors.New("trace of ioam6 with flags, or of another length")

// decodeIOAM6Trace reads the header. What it has no field for is an error, so that nothing is lost when it is sent
// again.
func decodeIOAM6Trace(b []byte) (ioam6Trace, error) {
	if len(b) != 8 {
		return ioam6Trace{}, errIOAM6Trace
	}
	n := binary.BigEndian.Uint64(b)
	t := ioam6Trace{
		namespace: uint16(n >> ioam6NamespaceAt),
		nodeLen:   uint8(n >> ioam6NodeLenAt & maxIOAM6NodeLen),
		size:      int(n>>ioam6SizeAt&maxIOAM6Words) * 4,
		typ:       uint32(n >> ioam6TypeAt & maxIOAM6Type),
	}
	if t.bits() != n {
		return t, errIOAM6Trace
	}
	return t, nil
}

func (*IOAM6Encap) describe() desc.Kind {
	return desc.Kind{Fields: ioam6EncapFields, Exact: true, Complete: completeIOAM6, Help: ioam6EncapHelp}
}

var ioam6EncapFields = []desc.Field{
	{Type: uapi.IOAM6_IPTUNNEL_FREQ_K, Key: "freqk", Word: "freq", Usage: "K/N", Show: showIOAM6FreqK,
		Read: readIOAM6Freq},
	{Type: uapi.IOAM6_IPTUNNEL_FREQ_N, Key: "freqn", ReadOnly: true, Show: showIOAM6FreqN},
	{Type: uapi.IOAM6_IPTUNNEL_MODE, Key: "mode", Names: ioam6Modes, Show: showIOAM6Mode, Read: readIOAM6Mode},
	{Type: uapi.IOAM6_IPTUNNEL_SRC, Key: "tunsrc", Usage: "ADDRESS", Arg: uapi.AF_INET6, Show: showEncapAddr,
		Read: readIOAM6Src},
	{Type: uapi.IOAM6_IPTUNNEL_DST, Key: "tundst", Usage: "ADDRESS", Arg: uapi.AF_INET6, Show: showEncapAddr,
		Read: readIOAM6Dst},
	{Type: uapi.IOAM6_IPTUNNEL_TRACE, Key: "trace", Usage: "prealloc type TYPE ns NAMESPACE size BYTES",
		Show: showIOAM6Trace, Read: readIOAM6Trace},
}

var ioam6Modes = []string{
	uapi.IOAM6_IPTUNNEL_MODE_INLINE: "inline",
	uapi.IOAM6_IPTUNNEL_MODE_ENCAP:  "encap",
	uapi.IOAM6_IPTUNNEL_MODE_AUTO:   "auto",
}

func showIOAM6FreqK(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Uint(f.Key, "freq %d", uint64(native.Uint32(b)))
	}
}

func showIOAM6FreqN(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Uint(f.Key, "/%d ", uint64(native.Uint32(b)))
	}
}

func showIOAM6Mode(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 {
		p.Str(f.Key, "mode %s ", desc.NumberName(f.Names, uint64(b[0])))
	}
}

func showIOAM6Trace(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	p.Null(f.Key, "trace ")
	t, err := decodeIOAM6Trace(b)
	if err != nil {
		p.Str("data", "0x%s ", fmt.Sprintf("%x", b))
		return
	}
	p.Null("prealloc", "prealloc ")
	if p.JSON {
		p.Str("type", "", strconv.FormatUint(uint64(t.typ), 16))
	} else {
		p.Rawf("type %#.6x ", t.typ)
	}
	p.Uint("ns", "ns %d ", uint64(t.namespace))
	p.Uint("size", "size %d ", uint64(t.size))
}

// ioam6Words are what ip reads in this order and no other.
type ioam6Words struct {
	at   int // of the words "freq" to "trace", the one that was read last
	mode IOAM6Mode
	dst  bool
}

const (
	ioam6AtFreq = 1 + iota
	ioam6AtMode
	ioam6AtSrc
	ioam6AtDst
	ioam6AtTrace
)

// ioam6Step notes that the word at was read; where it comes too late, ip asks for the one that is missing.
func ioam6Step(in *desc.Args, at int) (*ioam6Words, error) {
	w := desc.Scratch[ioam6Words](in)
	late := at <= w.at
	if w.at == ioam6AtTrace {
		return w, desc.Garbage("to", in.Last())
	}
	if late || at == ioam6AtTrace {
		if err := w.needDst(); err != nil {
			return w, err
		}
	}
	if late {
		return w, errIOAM6Without("trace")
	}
	w.at = at
	return w, nil
}

// needDst is the error for modes that need an address.
func (w *ioam6Words) needDst() error {
	if w.mode > IOAM6_IPTUNNEL_MODE_INLINE && !w.dst {
		return errIOAM6Without("tundst")
	}
	return nil
}

func errIOAM6Without(word string) error {
	return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is required", word)}
}

func readIOAM6Freq(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if _, err := ioam6Step(in, ioam6AtFreq); err != nil {
		return err
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	if len(word) > len("1000000/1000000") {
		return desc.Wrong(word, "Invalid frequency (too long)")
	}
	first, second, _ := strings.Cut(word, "/")
	k, errK := strconv.ParseUint(first, 10, 32)
	n, errN := strconv.ParseUint(second, 10, 32)
	switch {
	case errK != nil || errN != nil:
		return desc.Wrong(word, "Invalid frequency (malformed)")
	case k < uapi.IOAM6_IPTUNNEL_FREQ_MIN || k > uapi.IOAM6_IPTUNNEL_FREQ_MAX:
		return desc.Wrong(word, `Out of bound "k" frequency`)
	case n < uapi.IOAM6_IPTUNNEL_FREQ_MIN || n > uapi.IOAM6_IPTUNNEL_FREQ_MAX:
		return desc.Wrong(word, `Out of bound "n" frequency`)
	case k > n:
		return desc.Wrong(word, "Frequency with k > n is forbidden")
	}
	e.Uint32(uapi.IOAM6_IPTUNNEL_FREQ_K, uint32(k))
	e.Uint32(uapi.IOAM6_IPTUNNEL_FREQ_N, uint32(n))
	return nil
}

func readIOAM6Mode(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w, err := ioam6Step(in, ioam6AtMode)
	if err != nil {
		return err
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	for n, name := range f.Names {
		if name != "" && name == word {
			w.mode = IOAM6Mode(n)
			e.Uint8(f.Type, uint8(n))
			return nil
		}
	}
	return desc.Wrong(word, "Invalid mode")
}

func readIOAM6Src(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readIOAM6Addr(in, f, e, ioam6AtSrc)
}

func readIOAM6Dst(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readIOAM6Addr(in, f, e, ioam6AtDst)
}

func readIOAM6Addr(in *desc.Args, f *desc.Field, e *wire.Encoder, at int) error {
	w, err := ioam6Step(in, at)
	if err != nil {
		return err
	}
	if w.mode <= IOAM6_IPTUNNEL_MODE_INLINE {
		return desc.Wrong(f.Key, "Inline mode does not need "+f.Key)
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	a, err := desc.ParseAddr(word, f.Arg)
	if err != nil {
		return err
	}
	switch {
	case word == "default":
		a = netip.IPv6Unspecified()
	case !a.IsValid():
		return desc.Wrong(word, "Invalid IPv6 address for "+f.Key)
	}
	w.dst = w.dst || at == ioam6AtDst
	e.Addr(f.Type, a)
	return nil
}

func readIOAM6Trace(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if _, err := ioam6Step(in, ioam6AtTrace); err != nil {
		return err
	}
	if !in.More() {
		return desc.Incomplete()
	}
	if !in.Take("prealloc") {
		return errIOAM6Without("prealloc")
	}
	var t ioam6Trace
	ns := false
	for in.Take("type", "ns", "size") {
		keyword := in.Last()
		word, err := in.Next()
		if err != nil {
			return err
		}
		if keyword == "type" && t.typ != 0 || keyword == "size" && t.size != 0 || keyword == "ns" && ns {
			return desc.Garbage(keyword, word)
		}
		if err := t.read(keyword, word); err != nil {
			return err
		}
		ns = ns || keyword == "ns"
	}
	switch {
	case t.typ == 0:
		return errIOAM6Without("type")
	case !ns:
		return errIOAM6Without("ns")
	case t.size == 0:
		return errIOAM6Without("size")
	}
	e.BE64(f.Type, t.bits())
	return nil
}

// read reads the value of a keyword.
func (t *ioam6Trace) read(keyword, word string) error {
	bits := 16
	if keyword == "type" {
		bits = 24
	}
	n, err := desc.ParseUint(word, bits)
	switch {
	case keyword == "type" && (err != nil || n == 0):
		return desc.Wrong(word, "Invalid trace type")
	case keyword == "ns" && err != nil:
		return desc.Wrong(word, "Invalid namespace ID")
	case keyword == "size" && (err != nil || n == 0):
		return desc.Wrong(word, "Invalid trace size")
	case keyword == "size" && n%4 != 0:
		return desc.Wrong(word, "Trace size must be a 4-octet multiple")
	case keyword == "size" && n > uapi.IOAM6_TRACE_DATA_SIZE_MAX:
		return desc.Wrong(word, "Trace size is too big")
	}
	switch keyword {
	case "type":
		t.typ = uint32(n)
	case "ns":
		t.namespace = uint16(n)
	default:
		t.size = int(n)
	}
	return nil
}

// completeIOAM6 finds what is missing, and sends what ip sends where no word says otherwise.
func completeIOAM6(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[ioam6Words](in)
	if err := w.needDst(); err != nil {
		return err
	}
	if w.at != ioam6AtTrace {
		return errIOAM6Without("trace")
	}
	if in.Written(e, uapi.IOAM6_IPTUNNEL_FREQ_K) == nil {
		e.Uint32(uapi.IOAM6_IPTUNNEL_FREQ_K, uapi.IOAM6_IPTUNNEL_FREQ_MIN)
		e.Uint32(uapi.IOAM6_IPTUNNEL_FREQ_N, uapi.IOAM6_IPTUNNEL_FREQ_MIN)
	}
	if w.mode == 0 {
		e.Uint8(uapi.IOAM6_IPTUNNEL_MODE, uapi.IOAM6_IPTUNNEL_MODE_INLINE)
	}
	return nil
}

var ioam6EncapHelp = [][2]string{
	{"freq", "K of N packets get a trace, up to 1000000; all by default"},
	{"mode", "inline: into the packet; encap: into a header around it; auto: encap for what is forwarded"},
	{"tunsrc", "the source address of the header around the packet"},
	{"tundst", "the destination of the header around the packet"},
	{"trace", "room for what nodes write down: which data (24 bits), the IOAM namespace, bytes for them"},
}
