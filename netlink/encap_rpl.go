package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// RPLEncap gives the packets of an IPv6 route a source routing header of RPL, the routing protocol of low-power
// networks (RFC 6554): ip -6 route add … encap rpl segs SEGMENT,…. Linux 5.7.
type RPLEncap struct {
	// Segments are in the order of the header: the first one to visit comes first. The words of ip are in the opposite
	// order.
	Segments []net.IP

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_RPL.
func (e *RPLEncap) Type() int { return uapi.LWTUNNEL_ENCAP_RPL }

// Decode reads the payload of RTA_ENCAP.
func (e *RPLEncap) Decode(b []byte) error {
	*e = RPLEncap{}
	err := decodeAttrs(e, b)
	if err == nil && e.Segments == nil {
		err = fmt.Errorf("%w: rpl encap without segments", wire.ErrMalformed)
	}
	return err
}

// Encode returns the payload of RTA_ENCAP.
func (e *RPLEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the segments as ip does, the last to visit first.
func (e *RPLEncap) String() string { return segmentsText(e.Segments) }

// Equal reports whether x is an RPLEncap with the same segments.
func (e *RPLEncap) Equal(x Encap) bool {
	o, ok := x.(*RPLEncap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return slices.EqualFunc(e.Segments, o.Segments, net.IP.Equal) && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *RPLEncap) attrs(c *attr.Codec) {
	attr.Custom(c, uapi.RPL_IPTUNNEL_SRH, func(to *wire.Encoder) {
		b, err := encodeRPL(e.Segments)
		to.Fail(err)
		to.Data(uapi.RPL_IPTUNNEL_SRH, b)
	}, func(b []byte) {
		var err error
		e.Segments, err = decodeRPL(b)
		c.Fail(err)
	})
	attr.Rest(c, uapi.RPL_IPTUNNEL_SRH, &e.Unknown)
}

// encodeRPL returns a source routing header with whole addresses: the kernel compresses them.
func encodeRPL(segments []net.IP) ([]byte, error) {
	words := len(segments) * net.IPv6len / 8
	switch {
	case len(segments) == 0:
		return nil, errors.New("no segments given")
	case words > math.MaxUint8:
		return nil, fmt.Errorf("a source routing header of %d segments is too long", len(segments))
	}
	h := uapi.Ipv6RplSrHdr{Hdrlen: uint8(words), Type: uapi.IPV6_SRCRT_TYPE_3, SegmentsLeft: uint8(len(segments))}
	b := make([]byte, uapi.SizeofIpv6RplSrHdr, uapi.SizeofIpv6RplSrHdr+len(segments)*net.IPv6len)
	h.Put(b)
	for _, s := range segments {
		if len(s) != net.IPv6len || s.To4() != nil {
			return nil, fmt.Errorf("segment %s is no IPv6 address", s)
		}
		b = append(b, s...)
	}
	return b, nil
}

// decodeRPL reads a header as encodeRPL makes it. Another one is an error, so that nothing is lost when it is sent
// again.
func decodeRPL(b []byte) ([]net.IP, error) {
	var segments []net.IP
	if len(b) >= uapi.SizeofIpv6RplSrHdr {
		for s := range slices.Chunk(b[uapi.SizeofIpv6RplSrHdr:], net.IPv6len) {
			segments = append(segments, slices.Clone(s))
		}
	}
	if again, err := encodeRPL(segments); err != nil || !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%w: source routing header of %d bytes", wire.ErrMalformed, len(b))
	}
	return segments, nil
}

func (*RPLEncap) describe() desc.Kind {
	return desc.Kind{Fields: rplEncapFields, Exact: true, Once: true, Complete: completeRPL, Help: rplEncapHelp}
}

var rplEncapFields = []desc.Field{
	{Type: uapi.RPL_IPTUNNEL_SRH, Key: "segs", Usage: "SEGMENTS", Show: showRPL, Read: readRPL},
}

func showRPL(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	segments, err := decodeRPL(b)
	if err != nil {
		p.Str("srh", "srh 0x%s ", fmt.Sprintf("%x", b))
		return
	}
	showSegments(p, segments)
}

func readRPL(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	return readSegments(in, desc.Scratch[seg6Words](in))
}

// completeRPL sends the words from the last to the first, as ip does, and :: without words.
func completeRPL(in *desc.Args, e *wire.Encoder, _ bool) error {
	segments := slices.Clone(desc.Scratch[seg6Words](in).segments)
	if len(segments) == 0 {
		segments = []net.IP{net.IPv6unspecified}
	}
	slices.Reverse(segments)
	b, err := encodeRPL(segments)
	e.Data(uapi.RPL_IPTUNNEL_SRH, b)
	return err
}

var rplEncapHelp = [][2]string{
	{"segs", "the segments, with commas between them; the last one is visited first"},
}
