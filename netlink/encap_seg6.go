package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// SEG6Encap gives the packets of a route a segment routing header (RFC 8754):
// ip route add … encap seg6 mode MODE segs SEGMENT,….
type SEG6Encap struct {
	Mode int // SEG6_IPTUN_MODE_…
	// Segments are in the order of the header: the last segment to visit comes first. In
	// SEG6_IPTUN_MODE_INLINE the first one stands for the packet's own destination and is ::.
	Segments []net.IP
	// TLVs are the type-length-value objects behind the segments, such as that of an HMAC key
	// (SR6_TLV_HMAC), in the kernel's form; nil for none.
	TLVs  []byte
	Src   net.IP // source address of the outer header; nil: the namespace's. Linux 7.0
	Table int    // table to look the first segment up in; 0: the usual one. Linux 7.2

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_SEG6.
func (e *SEG6Encap) Type() int { return uapi.LWTUNNEL_ENCAP_SEG6 }

// Decode reads the payload of RTA_ENCAP.
func (e *SEG6Encap) Decode(b []byte) error {
	*e = SEG6Encap{}
	err := decodeAttrs(e, b)
	if err == nil && e.Segments == nil {
		err = fmt.Errorf("%w: seg6 encap without segments", wire.ErrMalformed)
	}
	return err
}

// Encode returns the payload of RTA_ENCAP.
func (e *SEG6Encap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the mode and the segments, the first to visit first.
func (e *SEG6Encap) String() string {
	return fmt.Sprintf("mode %s %s", nl.SEG6EncapModeString(e.Mode), segmentsText(e.Segments))
}

// Equal reports whether x is a SEG6Encap with the same values.
func (e *SEG6Encap) Equal(x Encap) bool {
	o, ok := x.(*SEG6Encap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return e.Mode == o.Mode && slices.EqualFunc(e.Segments, o.Segments, net.IP.Equal) &&
		slices.Equal(e.TLVs, o.TLVs) && e.Src.Equal(o.Src) && e.Table == o.Table && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *SEG6Encap) attrs(c *attr.Codec) {
	attr.Custom(c, uapi.SEG6_IPTUNNEL_SRH, func(to *wire.Encoder) {
		srh, err := encodeSRH(e.Segments, e.TLVs)
		to.Fail(err)
		if e.Mode < 0 || e.Mode > math.MaxInt32 {
			to.Fail(fmt.Errorf("seg6 mode %d is none", e.Mode))
		}
		putSeg6(to, int32(e.Mode), srh)
	}, func(b []byte) {
		var m uapi.Seg6IptunnelEncap
		m.Decode(b)
		e.Mode = int(m.Mode)
		var err error
		e.Segments, e.TLVs, err = decodeSRH(b[min(len(b), uapi.SizeofSeg6IptunnelEncap):])
		c.Fail(err)
	})
	attr.IP6(c, uapi.SEG6_IPTUNNEL_SRC, &e.Src)
	attr.IntU32(c, uapi.SEG6_IPTUNNEL_TABLE|attr.IfSet, &e.Table, "seg6 table", math.MaxUint32)
	attr.Rest(c, uapi.SEG6_IPTUNNEL_TABLE, &e.Unknown)
}

// putSeg6 appends a mode and a segment routing header.
func putSeg6(to *wire.Encoder, mode int32, srh []byte) {
	b := to.Reserve(uapi.SEG6_IPTUNNEL_SRH, uapi.SizeofSeg6IptunnelEncap+len(srh))
	(&uapi.Seg6IptunnelEncap{Mode: mode}).Put(b)
	copy(b[uapi.SizeofSeg6IptunnelEncap:], srh)
}

// encodeSRH returns a segment routing header with type-length-value objects behind it.
func encodeSRH(segments []net.IP, tlvs []byte) ([]byte, error) {
	size := uapi.SizeofIpv6SrHdr + len(segments)*net.IPv6len + len(tlvs)
	words := size/8 - 1 // of the header, but the first
	switch {
	case len(segments) == 0:
		return nil, errors.New("no segments given")
	case size%8 != 0:
		return nil, fmt.Errorf("a segment routing header of %d bytes: not a multiple of 8", size)
	case words > math.MaxUint8:
		return nil, fmt.Errorf("a segment routing header of %d segments is too long", len(segments))
	}
	h := uapi.Ipv6SrHdr{Hdrlen: uint8(words), Type: uapi.IPV6_SRCRT_TYPE_4}
	h.SegmentsLeft = uint8(len(segments) - 1)
	h.FirstSegment = h.SegmentsLeft
	if len(tlvs) != 0 && tlvs[0] == uapi.SR6_TLV_HMAC {
		h.Flags = uapi.SR6_FLAG1_HMAC
	}
	b := make([]byte, uapi.SizeofIpv6SrHdr, size)
	h.Put(b)
	for _, s := range segments {
		if len(s) != net.IPv6len || s.To4() != nil {
			return nil, fmt.Errorf("segment %s is no IPv6 address", s)
		}
		b = append(b, s...)
	}
	return append(b, tlvs...), nil
}

// decodeSRH reads a segment routing header.
func decodeSRH(b []byte) (segments []net.IP, tlvs []byte, err error) {
	var h uapi.Ipv6SrHdr
	h.Decode(b)
	size := (int(h.Hdrlen) + 1) * 8
	end := uapi.SizeofIpv6SrHdr + (int(h.FirstSegment)+1)*net.IPv6len
	if size > len(b) || end > size {
		return nil, nil, fmt.Errorf("%w: segment routing header of %d bytes", wire.ErrMalformed, len(b))
	}
	for at := uapi.SizeofIpv6SrHdr; at < end; at += net.IPv6len {
		segments = append(segments, slices.Clone(b[at:at+net.IPv6len]))
	}
	if end < size {
		tlvs = slices.Clone(b[end:size])
	}
	return segments, tlvs, nil
}

func segmentsText(segments []net.IP) string {
	var b strings.Builder
	fmt.Fprintf(&b, "segs %d [ ", len(segments))
	for _, s := range slices.Backward(segments) {
		b.WriteString(s.String() + " ")
	}
	return b.String() + "]"
}

func (*SEG6Encap) describe() desc.Kind {
	return desc.Kind{Fields: seg6EncapFields, Exact: true, Once: true, Complete: completeSeg6, Help: seg6EncapHelp}
}

var seg6EncapFields = []desc.Field{
	{Type: uapi.SEG6_IPTUNNEL_SRH, Key: "mode", Names: seg6Modes, Show: showSeg6Mode, Read: readSeg6Mode},
	{Type: uapi.SEG6_IPTUNNEL_SRC, Key: "tunsrc", Usage: "ADDRESS", Arg: uapi.AF_INET6, Show: showEncapAddr,
		Read: readSeg6Src},
	{Type: uapi.SEG6_IPTUNNEL_SRH, Key: "segs", Usage: "SEGMENTS", Show: showSeg6Segments, Read: readSeg6Segments},
	{Type: uapi.SEG6_IPTUNNEL_SRH, Key: "hmac", Usage: "KEYID", Read: readSRHHMAC},
	{Type: uapi.SEG6_IPTUNNEL_TABLE, Key: "lookup", Usage: "TABLE", Show: showEncapTable, Read: readEncapTable},
}

var seg6Modes = []string{
	uapi.SEG6_IPTUN_MODE_INLINE:      "inline",
	uapi.SEG6_IPTUN_MODE_ENCAP:       "encap",
	uapi.SEG6_IPTUN_MODE_L2ENCAP:     "l2encap",
	uapi.SEG6_IPTUN_MODE_ENCAP_RED:   "encap.red",
	uapi.SEG6_IPTUN_MODE_L2ENCAP_RED: "l2encap.red",
}

func showSeg6Mode(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofSeg6IptunnelEncap {
		return
	}
	p.Str(f.Key, "mode %s ", desc.NumberName(f.Names, uint64(native.Uint32(b))))
}

func showSeg6Segments(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= uapi.SizeofSeg6IptunnelEncap {
		showSRH(p, b[uapi.SizeofSeg6IptunnelEncap:])
	}
}

// showSRH prints the segments, the first to visit first, and the number of an HMAC key.
func showSRH(p *desc.Printer, b []byte) {
	segments, tlvs, err := decodeSRH(b)
	if err != nil {
		return
	}
	showSegments(p, segments)
	if len(tlvs) >= uapi.SizeofSr6TlvHmac && tlvs[0] == uapi.SR6_TLV_HMAC {
		var h uapi.Sr6TlvHmac
		h.Decode(tlvs)
		if p.JSON {
			p.Str("hmac", "", desc.HexC(uint64(h.Hmackeyid)))
		} else {
			p.Rawf("hmac %X ", h.Hmackeyid)
		}
	}
}

// showSegments prints segments, the last of the header first.
func showSegments(p *desc.Printer, segments []net.IP) {
	if p.JSON {
		p.Array("segs")
	} else {
		p.Rawf("segs %d [ ", len(segments))
	}
	for _, s := range slices.Backward(segments) {
		p.ColorStr(desc.Inet6, "", "%s ", p.Addr(s))
	}
	if p.JSON {
		p.EndArray()
	} else {
		p.Raw("] ")
	}
}

// seg6Words are the values that words give to a segment routing header.
type seg6Words struct {
	mode     int32
	segments []net.IP // the first to visit first
	key      uint32   // HMACKEYID
	withMode bool
	withSegs bool
}

func readSeg6Mode(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	mode := slices.Index(f.Names, word)
	if mode < 0 {
		return desc.Wrong(word, "\"mode\" value is invalid\n")
	}
	w := desc.Scratch[seg6Words](in)
	if w.withMode {
		return desc.Garbage("mode", word)
	}
	w.mode, w.withMode = int32(mode), true
	return nil
}

func readSeg6Src(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	switch w := desc.Scratch[seg6Words](in); {
	case !w.withMode:
		return desc.Wrong(in.Peek(), "\"tunsrc\" provided before \"mode\"\n")
	case w.mode == uapi.SEG6_IPTUN_MODE_INLINE:
		return desc.Wrong(in.Peek(), "\"tunsrc\" invalid with inline mode\n")
	}
	return readEncapAddr(in, f, e)
}

func readSeg6Segments(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[seg6Words](in)
	if !w.withMode && in.More() {
		return desc.Wrong(in.Peek(), "\"segs\" provided before \"mode\"\n")
	}
	return readSegments(in, w)
}

// readSegments reads segments with commas between them.
func readSegments(in *desc.Args, w *seg6Words) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	if w.withSegs {
		return desc.Garbage("segs", word)
	}
	w.withSegs = true
	for s := range strings.SplitSeq(word, ",") {
		a, err := desc.ParseAddr(s, uapi.AF_INET6)
		if err != nil {
			return err
		}
		if !a.IsValid() {
			a = netip.IPv6Unspecified()
		}
		w.segments = append(w.segments, a.AsSlice())
	}
	return nil
}

func readSRHHMAC(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	key, err := in.Uint(32, "\"hmac\" value is invalid\n")
	desc.Scratch[seg6Words](in).key = uint32(key)
	return err
}

// srh is the header that the words make. Where the last segment is not among them, as with inline
// mode, it is ::.
func (w *seg6Words) srh(complete bool) ([]byte, error) {
	segments := slices.Clone(w.segments)
	if !complete {
		segments = append(segments, net.IPv6unspecified)
	}
	if len(segments) == 0 {
		segments = []net.IP{net.IPv6unspecified}
	}
	slices.Reverse(segments)
	var tlvs []byte
	if w.key != 0 {
		tlvs = make([]byte, uapi.SizeofSr6TlvHmac)
		h := uapi.Sr6TlvHmac{Hmackeyid: w.key}
		h.Tlvhdr.Type, h.Tlvhdr.Len = uapi.SR6_TLV_HMAC, uapi.SizeofSr6TlvHmac-uapi.SizeofSr6Tlv
		h.Put(tlvs)
	}
	return encodeSRH(segments, tlvs)
}

func completeSeg6(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[seg6Words](in)
	if !w.withMode {
		w.mode = -1 // the kernel refuses it
	}
	srh, err := w.srh(w.mode != uapi.SEG6_IPTUN_MODE_INLINE)
	putSeg6(e, w.mode, srh)
	return err
}

var seg6EncapHelp = [][2]string{
	{"mode", "encap: a new header; inline: the packet's own; l2encap: around the frame; .red: shorter by a segment"},
	{"tunsrc", "the source address of the new header"},
	{"segs", "the segments, the first to be visited first"},
	{"hmac", "the number of the key of a signature"},
	{"lookup", "the table that the first segment is looked up in, with the outer header on; that of the packet by " +
		"default"},
}
