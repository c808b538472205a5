package netlink

import (
	"fmt"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// MPLSEncap puts a stack of MPLS labels, the outermost first, before a route's
// packets: ip route add … encap mpls 100/200.
type MPLSEncap struct {
	Labels []int
}

var mplsEncapKind = routeEncap{uapi.LWTUNNEL_ENCAP_MPLS, func() Encap { return &MPLSEncap{} }}

// Type returns LWTUNNEL_ENCAP_MPLS.
func (e *MPLSEncap) Type() int { return uapi.LWTUNNEL_ENCAP_MPLS }

// Decode reads the payload of RTA_ENCAP.
func (e *MPLSEncap) Decode(b []byte) (err error) {
	e.Labels = nil
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == uapi.MPLS_IPTUNNEL_DST {
			if e.Labels, err = decodeLabels(d.Data()); err != nil {
				return err
			}
		}
	}
	if e.Labels == nil && d.Err() == nil {
		return fmt.Errorf("%w: mpls encap without labels", wire.ErrMalformed)
	}
	return d.Err()
}

// Encode returns the payload of RTA_ENCAP.
func (e *MPLSEncap) Encode() ([]byte, error) {
	b, err := encodeLabels(e.Labels)
	if err != nil {
		return nil, err
	}
	var enc wire.Encoder
	enc.Data(uapi.MPLS_IPTUNNEL_DST, b)
	return enc.Bytes(), enc.Err()
}

// String returns the labels with "/" between them.
func (e *MPLSEncap) String() string { return labelString(e.Labels) }

// Equal reports whether x is an MPLSEncap with the same labels.
func (e *MPLSEncap) Equal(x Encap) bool {
	o, ok := x.(*MPLSEncap)
	return ok && slices.Equal(e.Labels, o.Labels)
}
