package nl

import (
	"fmt"
	"net"
	"slices"
)

// IPv6SrHdr is a segment routing header (struct ipv6_sr_hdr): the segments as they stand there.
type IPv6SrHdr struct {
	Segments []net.IP
}

// Equal reports whether both have the same segments.
func (s1 *IPv6SrHdr) Equal(s2 IPv6SrHdr) bool {
	return slices.EqualFunc(s1.Segments, s2.Segments, func(a, b net.IP) bool { return a.Equal(b) })
}

// sizeofSrHdr is the length of the header before its segments.
const sizeofSrHdr = 8

// maxSegments is what the header's length has room for, which counts eight bytes.
const maxSegments = 255 / 2

// EncodeSEG6Encap returns the payload of SEG6_IPTUNNEL_SRH: a mode (SEG6_IPTUN_MODE_…) and a header.
func EncodeSEG6Encap(mode int, segments []net.IP) ([]byte, error) {
	srh, err := EncodeSEG6Srh(segments)
	if err != nil {
		return nil, err
	}
	return append(Uint32Attr(uint32(mode)), srh...), nil
}

// DecodeSEG6Encap reads what EncodeSEG6Encap returns.
func DecodeSEG6Encap(buf []byte) (int, []net.IP, error) {
	if len(buf) < 4 {
		return 0, nil, fmt.Errorf("SEG6_IPTUNNEL_SRH of %d bytes has no mode", len(buf))
	}
	mode := int(native.Uint32(buf))
	segments, err := DecodeSEG6Srh(buf[4:])
	return mode, segments, err
}

// EncodeSEG6Srh returns a segment routing header as the kernel takes it (SEG6_LOCAL_SRH): the
// segments in the order in which they stand there, the last one of the path first.
func EncodeSEG6Srh(segments []net.IP) ([]byte, error) {
	n := len(segments)
	if n == 0 || n > maxSegments {
		return nil, fmt.Errorf("a segment routing header has 1 to %d segments, not %d", maxSegments, n)
	}
	b := make([]byte, sizeofSrHdr, sizeofSrHdr+n*net.IPv6len)
	b[1] = uint8(2 * n) // hdrlen, in units of eight bytes
	b[2] = IPV6_SRCRT_TYPE_4
	b[3], b[4] = uint8(n-1), uint8(n-1) // segments_left, first_segment
	for _, s := range segments {
		a := s.To16()
		if a == nil {
			return nil, fmt.Errorf("segment of %d bytes is no address", len(s))
		}
		b = append(b, a...)
	}
	return b, nil
}

// DecodeSEG6Srh reads what EncodeSEG6Srh returns.
func DecodeSEG6Srh(buf []byte) ([]net.IP, error) {
	if len(buf) < sizeofSrHdr || (len(buf)-sizeofSrHdr)%net.IPv6len != 0 {
		return nil, fmt.Errorf("%d bytes are no segment routing header", len(buf))
	}
	var segments []net.IP
	for s := range slices.Chunk(buf[sizeofSrHdr:], net.IPv6len) {
		segments = append(segments, slices.Clone(net.IP(s)))
	}
	return segments, nil
}

// SEG6EncapModeString names a mode (SEG6_IPTUN_MODE_…) as ip route does, or "unknown".
func SEG6EncapModeString(mode int) string {
	switch mode {
	case SEG6_IPTUN_MODE_INLINE:
		return "inline"
	case SEG6_IPTUN_MODE_ENCAP:
		return "encap"
	}
	return "unknown"
}

// SEG6LocalActionString names an action (SEG6_LOCAL_ACTION_…) as ip route does, or "unknown".
func SEG6LocalActionString(action int) string {
	names := [...]string{
		SEG6_LOCAL_ACTION_END:           "End",
		SEG6_LOCAL_ACTION_END_X:         "End.X",
		SEG6_LOCAL_ACTION_END_T:         "End.T",
		SEG6_LOCAL_ACTION_END_DX2:       "End.DX2",
		SEG6_LOCAL_ACTION_END_DX6:       "End.DX6",
		SEG6_LOCAL_ACTION_END_DX4:       "End.DX4",
		SEG6_LOCAL_ACTION_END_DT6:       "End.DT6",
		SEG6_LOCAL_ACTION_END_DT4:       "End.DT4",
		SEG6_LOCAL_ACTION_END_B6:        "End.B6",
		SEG6_LOCAL_ACTION_END_B6_ENCAPS: "End.B6.Encaps",
		SEG6_LOCAL_ACTION_END_BM:        "End.BM",
		SEG6_LOCAL_ACTION_END_S:         "End.S",
		SEG6_LOCAL_ACTION_END_AS:        "End.AS",
		SEG6_LOCAL_ACTION_END_AM:        "End.AM",
		SEG6_LOCAL_ACTION_END_BPF:       "End.BPF",
		SEG6_LOCAL_ACTION_END_DT46:      "End.DT46",
	}
	if action <= 0 || action >= len(names) {
		return "unknown"
	}
	return names[action]
}
