package netlink

import (
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// encode writes the address as one of the link index.
func (a *Addr) encode(r *wire.Request, index int) {
	header := r.Header(uapi.SizeofIfaddrmsg)
	local, err := wirePrefix(a.IPNet)
	if err != nil {
		r.Fail(err)
		return
	}
	onLink := local
	if a.Peer != nil {
		if onLink, err = wirePrefix(a.Peer); err != nil {
			r.Fail(fmt.Errorf("peer: %w", err))
			return
		}
		if onLink.Addr().BitLen() != local.Addr().BitLen() {
			r.Fail(fmt.Errorf("peer %v is of another family", onLink))
		}
	}
	if local.Addr().Is4() && a.Broadcast == nil && !hasLength(a.onLink()) {
		r.Fail(errNoMask) // the broadcast address is not known
	}
	m := uapi.Ifaddrmsg{
		Family:    wireFamily(local.Addr()),
		Prefixlen: uint8(onLink.Bits()),
		Scope:     uint8(within(r, "scope", a.Scope, math.MaxUint8)),
		Index:     uint32(within(r, "link index", index, math.MaxInt32)),
	}
	flags := uint32(within(r, "flags", a.Flags, math.MaxUint32))
	if flags <= math.MaxUint8 {
		m.Flags = uint8(flags)
	}
	m.Put(header)

	r.Addr(uapi.IFA_LOCAL, local.Addr())
	r.Addr(uapi.IFA_ADDRESS, onLink.Addr())
	if flags > math.MaxUint8 {
		r.Uint32(uapi.IFA_FLAGS, flags)
	}
	if local.Addr().Is4() {
		a.encodeV4(r, local.Addr(), onLink.Bits())
	}
	a.encodeLifetimes(r)
	if a.Protocol != 0 {
		r.Uint8(uapi.IFA_PROTO, uint8(within(r, "protocol", a.Protocol, math.MaxUint8)))
	}
	if a.Metric != 0 {
		r.Uint32(uapi.IFA_RT_PRIORITY, uint32(within(r, "metric", a.Metric, math.MaxUint32)))
	}
}

// onLink is the network that the address is in.
func (a *Addr) onLink() *net.IPNet {
	if a.Peer != nil {
		return a.Peer
	}
	return a.IPNet
}

// hasLength reports whether the mask of n is a prefix.
func hasLength(n *net.IPNet) bool {
	_, bits := n.Mask.Size()
	return bits != 0
}

// encodeV4 writes what only IPv4 addresses have.
func (a *Addr) encodeV4(r *wire.Request, local netip.Addr, bits int) {
	broadcast, err := a.broadcast(local, bits)
	if err != nil {
		r.Fail(err)
	} else if broadcast.IsValid() {
		r.Addr(uapi.IFA_BROADCAST, broadcast)
	}
	if a.Label != "" {
		r.String(uapi.IFA_LABEL, a.Label)
	}
}

// maxBitsOfBroadcast: networks of two hosts and less have no broadcast address, see
// RFC 3021.
const maxBitsOfBroadcast = 30

// broadcast returns the broadcast address to send, the zero Addr for none.
func (a *Addr) broadcast(local netip.Addr, bits int) (netip.Addr, error) {
	if a.Broadcast == nil && a.NoBroadcast {
		return netip.Addr{}, nil
	}
	if a.Broadcast == nil {
		if bits > maxBitsOfBroadcast {
			return netip.Addr{}, nil
		}
		b := local.As4()
		hosts := uint32(math.MaxUint32) >> bits
		for i := range b {
			b[i] |= byte(hosts >> (24 - 8*i))
		}
		return netip.AddrFrom4(b), nil
	}
	b, err := wireIP(a.Broadcast)
	switch {
	case err != nil:
		return b, fmt.Errorf("broadcast: %w", err)
	case !b.Is4():
		return b, fmt.Errorf("broadcast %v is no IPv4 address", b)
	case b.IsUnspecified():
		return netip.Addr{}, nil
	}
	return b, nil
}

// encodeLifetimes writes the lifetimes unless both are unset: the kernel takes a
// lifetime of 0 as one that is over.
func (a *Addr) encodeLifetimes(r *wire.Request) {
	if a.ValidLft == 0 && a.PreferedLft == 0 {
		return
	}
	c := uapi.IfaCacheinfo{
		IfaValid:    lifetime(r, "valid lifetime", a.ValidLft),
		IfaPrefered: lifetime(r, "preferred lifetime", a.PreferedLft),
	}
	if a.Flags&uapi.IFA_F_DEPRECATED != 0 && c.IfaPrefered == math.MaxUint32 {
		// So IPv4 lists an address that is valid for ever and was never preferred.
		c.IfaPrefered = 0
	}
	r.Struct(uapi.IFA_CACHEINFO, uapi.SizeofIfaCacheinfo, &c)
}

func lifetime(r *wire.Request, name string, seconds int) uint32 {
	if seconds == -1 {
		return math.MaxUint32
	}
	return uint32(within(r, name, seconds, math.MaxUint32))
}

// addrDecoder reads the addresses of one list; they share its allocations.
type addrDecoder struct {
	family, index int // only of this family and link; 0: of all
	slab          byteSlab
	nets          []net.IPNet
	chunk         int    // how many nets were made together
	label         string // of the address before
}

// decode reads an RTM_NEWADDR or RTM_DELADDR message.
func (ad *addrDecoder) decode(m wire.Message) (a Addr, want bool, err error) {
	var header uapi.Ifaddrmsg
	header.Decode(m.Data)
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfaddrmsg)
	size := addressLen(header.Family)
	switch {
	case d.Err() == nil && size == 0,
		ad.family != 0 && ad.family != int(header.Family),
		ad.index != 0 && ad.index != int(header.Index):
		return a, false, d.Err()
	}
	a.LinkIndex = int(header.Index)
	a.Scope = int(header.Scope)
	a.Flags = int(header.Flags)
	var local, onLink []byte
	for d.Next() {
		switch d.Type() {
		case uapi.IFA_LOCAL:
			local = addressBytes(&d, size)
		case uapi.IFA_ADDRESS:
			onLink = addressBytes(&d, size)
		case uapi.IFA_BROADCAST:
			a.Broadcast = ad.slab.copy(addressBytes(&d, size))
		case uapi.IFA_LABEL:
			// The addresses of a link follow each other and mostly have its name
			// for their label.
			if l := untilNUL(d.Data()); string(l) != ad.label {
				ad.label = ad.slab.text(l)
			}
			a.Label = ad.label
		case uapi.IFA_FLAGS:
			a.Flags = int(d.Uint32())
		case uapi.IFA_CACHEINFO:
			var c uapi.IfaCacheinfo
			c.Decode(d.Data())
			a.PreferedLft, a.ValidLft = int(c.IfaPrefered), int(c.IfaValid)
		case uapi.IFA_PROTO:
			a.Protocol = int(d.Uint8())
		case uapi.IFA_RT_PRIORITY:
			a.Metric = int(d.Uint32())
		}
	}
	if err := d.Err(); err != nil {
		return a, false, err
	}
	if local == nil && onLink == nil {
		return a, false, fmt.Errorf("%w: address message without an address", wire.ErrMalformed)
	}
	bits := int(header.Prefixlen)
	if bits > 8*size {
		return a, false, fmt.Errorf("%w: prefix length %d of an address of %d bytes", wire.ErrMalformed, bits, size)
	}
	// IFA_ADDRESS is the peer's address where there is one, and the prefix is
	// about it. IPv6 has IFA_LOCAL only beside a peer.
	switch {
	case local == nil || string(local) == string(onLink):
		a.IPNet = ad.ipNet(onLink, bits)
	case onLink == nil:
		a.IPNet = ad.ipNet(local, bits)
	default:
		a.IPNet = ad.ipNet(local, 8*size)
		a.Peer = ad.ipNet(onLink, bits)
	}
	a.NoBroadcast = a.Broadcast == nil && size == net.IPv4len && bits <= maxBitsOfBroadcast
	return a, true, nil
}

// ipNet returns a network of its own.
func (ad *addrDecoder) ipNet(ip []byte, bits int) *net.IPNet {
	if len(ad.nets) == 0 {
		const first, last = 2, 64
		ad.chunk = max(first, min(2*ad.chunk, last))
		ad.nets = make([]net.IPNet, ad.chunk)
	}
	n := &ad.nets[0]
	ad.nets = ad.nets[1:]
	n.IP = ad.slab.copy(ip)
	n.Mask = ad.slab.mask(bits, len(ip))
	return n
}
