package nl

import "encoding/binary"

// EncodeMPLSStack returns a stack of labels as the kernel takes it (MPLS_IPTUNNEL_DST, RTA_NEWDST):
// the last one has the bit that ends it. Of a label 20 bits are taken.
func EncodeMPLSStack(labels ...int) []byte {
	b := make([]byte, 0, 4*len(labels))
	for i, label := range labels {
		entry := uint32(label) << MPLS_LS_LABEL_SHIFT
		if i == len(labels)-1 {
			entry |= 1 << MPLS_LS_S_SHIFT
		}
		b = binary.BigEndian.AppendUint32(b, entry)
	}
	return b
}

// DecodeMPLSStack returns the labels of a stack up to the one that ends it, or nil where the length of buf is no
// multiple of four.
func DecodeMPLSStack(buf []byte) []int {
	if len(buf)%4 != 0 {
		return nil
	}
	labels := make([]int, 0, len(buf)/4)
	for ; len(buf) > 0; buf = buf[4:] {
		entry := binary.BigEndian.Uint32(buf)
		labels = append(labels, int(entry>>MPLS_LS_LABEL_SHIFT))
		if entry>>MPLS_LS_S_SHIFT&1 != 0 {
			break
		}
	}
	return labels
}
