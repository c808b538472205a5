package netlink

import (
	"fmt"
	"net"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// ipsetRequest begins a request about a set, or about all where name is nil. Protocol 6 is what every kernel
// since 2.6.39 has.
func ipsetRequest(cmd, flags uint16, name *string) *wire.Request {
	r := wire.NewRequest(uapi.NFNL_SUBSYS_IPSET<<8|cmd, flags)
	r.Protocol = uapi.NETLINK_NETFILTER
	m := uapi.Nfgenmsg{NfgenFamily: uapi.AF_INET, Version: uapi.NFNETLINK_V0}
	m.Put(r.Header(uapi.SizeofNfgenmsg))
	r.Uint8(uapi.IPSET_ATTR_PROTOCOL, uapi.IPSET_PROTOCOL_MIN)
	if name != nil {
		ipsetName(r, uapi.IPSET_ATTR_SETNAME, *name)
	}
	return r
}

func ipsetName(r *wire.Request, typ uint16, name string) {
	if len(name) >= uapi.IPSET_MAXNAMELEN {
		r.Fail(fmt.Errorf("ipset name %.128q is longer than %d bytes", name, uapi.IPSET_MAXNAMELEN-1))
	}
	r.String(typ, name)
}

// Numbers are in network byte order and say so.

func ipsetBE32(r *wire.Request, typ uint16, v uint32) { r.BE32(typ|uapi.NLA_F_NET_BYTEORDER, v) }
func ipsetBE16(r *wire.Request, typ uint16, v uint16) { r.BE16(typ|uapi.NLA_F_NET_BYTEORDER, v) }
func ipsetBE64(r *wire.Request, typ uint16, v uint64) { r.BE64(typ|uapi.NLA_F_NET_BYTEORDER, v) }

func ipsetIP(r *wire.Request, typ uint16, ip net.IP) {
	if ip == nil {
		return
	}
	a, ok := netip.AddrFromSlice(ip)
	if !ok {
		r.Fail(fmt.Errorf("%d bytes are no IP address", len(ip)))
		return
	}
	r.Nest(typ | uapi.NLA_F_NESTED)
	if a = a.Unmap(); a.Is4() {
		r.Addr(uapi.IPSET_ATTR_IPADDR_IPV4|uapi.NLA_F_NET_BYTEORDER, a)
	} else {
		r.Addr(uapi.IPSET_ATTR_IPADDR_IPV6|uapi.NLA_F_NET_BYTEORDER, a)
	}
	r.End()
}

// encodeIpset appends what a set is made with.
func encodeIpset(r *wire.Request, typ string, revision uint8, o *IpsetCreateOptions) {
	ipsetName(r, uapi.IPSET_ATTR_TYPENAME, typ)
	r.Uint8(uapi.IPSET_ATTR_REVISION, revision)
	r.Uint8(uapi.IPSET_ATTR_FAMILY, ipsetFamily(typ, o.Family))
	r.Nest(uapi.IPSET_ATTR_DATA | uapi.NLA_F_NESTED)
	ipsetIP(r, uapi.IPSET_ATTR_IP, o.IPFrom)
	ipsetIP(r, uapi.IPSET_ATTR_IP_TO, o.IPTo)
	if o.CIDR != 0 {
		r.Uint8(uapi.IPSET_ATTR_CIDR, o.CIDR)
	}
	if typ == "bitmap:port" {
		ipsetBE16(r, uapi.IPSET_ATTR_PORT_FROM, o.PortFrom)
		ipsetBE16(r, uapi.IPSET_ATTR_PORT_TO, o.PortTo)
	}
	if o.Timeout != nil {
		ipsetBE32(r, uapi.IPSET_ATTR_TIMEOUT, *o.Timeout)
	}
	if flags := o.cadtFlags(); flags != 0 {
		ipsetBE32(r, uapi.IPSET_ATTR_CADT_FLAGS, flags)
	}
	for _, n := range [...]struct {
		typ uint16
		v   uint32
	}{
		{uapi.IPSET_ATTR_MARKMASK, o.MarkMask},
		{uapi.IPSET_ATTR_INITVAL, o.InitVal},
		{uapi.IPSET_ATTR_HASHSIZE, o.HashSize},
		{uapi.IPSET_ATTR_MAXELEM, o.MaxElements},
		{uapi.IPSET_ATTR_SIZE, o.Size},
	} {
		if n.v != 0 {
			ipsetBE32(r, n.typ, n.v)
		}
	}
	if o.Netmask != 0 {
		r.Uint8(uapi.IPSET_ATTR_NETMASK, o.Netmask)
	}
	if o.BucketSize != 0 {
		r.Uint8(uapi.IPSET_ATTR_BUCKETSIZE, o.BucketSize)
	}
	ipsetIP(r, uapi.IPSET_ATTR_BITMASK, o.Bitmask)
	r.End()
}

// ipsetFamily is the family that a type is asked for with.
func ipsetFamily(typ string, family uint8) uint8 {
	switch {
	case typ == "hash:mac" || typ == "bitmap:port" || typ == "list:set":
		return uapi.AF_UNSPEC
	case family == 0:
		return uapi.AF_INET
	}
	return family
}

// encodeIpsetEntry appends an element.
func encodeIpsetEntry(r *wire.Request, e *IPSetEntry) {
	r.Nest(uapi.IPSET_ATTR_DATA | uapi.NLA_F_NESTED)
	ipsetIP(r, uapi.IPSET_ATTR_IP, e.IP)
	ipsetIP(r, uapi.IPSET_ATTR_IP_TO, e.IPTo)
	if e.CIDR != 0 || e.AnyIP {
		r.Uint8(uapi.IPSET_ATTR_CIDR, e.CIDR)
	}
	if e.Port != nil {
		ipsetBE16(r, uapi.IPSET_ATTR_PORT, *e.Port)
	}
	if e.PortTo != nil {
		ipsetBE16(r, uapi.IPSET_ATTR_PORT_TO, *e.PortTo)
	}
	if e.Timeout != nil {
		ipsetBE32(r, uapi.IPSET_ATTR_TIMEOUT, *e.Timeout)
	}
	if e.Protocol != nil {
		r.Uint8(uapi.IPSET_ATTR_PROTO, *e.Protocol)
	}
	var flags uint32
	for _, f := range [...]struct {
		on  bool
		bit uint32
	}{
		{e.Before, uapi.IPSET_FLAG_BEFORE},
		{e.PhysDev, uapi.IPSET_FLAG_PHYSDEV},
		{e.NoMatch, uapi.IPSET_FLAG_NOMATCH},
		{e.Wildcard, uapi.IPSET_FLAG_IFACE_WILDCARD},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	if flags != 0 {
		ipsetBE32(r, uapi.IPSET_ATTR_CADT_FLAGS, flags)
	}
	if e.Mark != nil {
		ipsetBE32(r, uapi.IPSET_ATTR_MARK, *e.Mark)
	}
	if e.MAC != nil {
		r.Data(uapi.IPSET_ATTR_ETHER, e.MAC)
	}
	if e.Name != "" {
		ipsetName(r, uapi.IPSET_ATTR_NAME, e.Name)
	}
	if e.NameRef != "" {
		ipsetName(r, uapi.IPSET_ATTR_NAMEREF, e.NameRef)
	}
	ipsetIP(r, uapi.IPSET_ATTR_IP2, e.IP2)
	if e.CIDR2 != 0 || e.AnyIP2 {
		r.Uint8(uapi.IPSET_ATTR_CIDR2, e.CIDR2)
	}
	ipsetIP(r, uapi.IPSET_ATTR_IP2_TO, e.IP2To)
	if e.IFace != "" {
		r.String(uapi.IPSET_ATTR_IFACE, e.IFace)
	}
	if e.Bytes != nil {
		ipsetBE64(r, uapi.IPSET_ATTR_BYTES, *e.Bytes)
	}
	if e.Packets != nil {
		ipsetBE64(r, uapi.IPSET_ATTR_PACKETS, *e.Packets)
	}
	if e.Comment != "" {
		r.String(uapi.IPSET_ATTR_COMMENT, e.Comment)
	}
	if m := e.SkbMark; m != nil {
		ipsetBE64(r, uapi.IPSET_ATTR_SKBMARK, uint64(m.Mark)<<32|uint64(m.Mask))
	}
	if e.SkbPrio != nil {
		ipsetBE32(r, uapi.IPSET_ATTR_SKBPRIO, *e.SkbPrio)
	}
	if e.SkbQueue != nil {
		ipsetBE16(r, uapi.IPSET_ATTR_SKBQUEUE, *e.SkbQueue)
	}
	r.End()
}

// ipsetDecoder reads the messages of a list. A set that does not fit into one is continued in the next, which
// have no more than its name and entries.
type ipsetDecoder struct {
	bytes byteSlab
}

// name returns the set that a message is about.
func (*ipsetDecoder) name(data []byte) (name []byte) {
	d := wire.NewDecoderAfter(data, uapi.SizeofNfgenmsg)
	for d.Next() {
		if d.Type() == uapi.IPSET_ATTR_SETNAME {
			name = d.Data()
			for i, c := range name {
				if c == 0 {
					return name[:i]
				}
			}
		}
	}
	return name
}

// set adds what a message says to the set; each is called for every entry.
func (i *ipsetDecoder) set(data []byte, s *IPSetResult, each func(b []byte) error) error {
	d := wire.NewDecoderAfter(data, uapi.SizeofNfgenmsg)
	if s.Nfgenmsg == nil && d.Err() == nil {
		s.Nfgenmsg = nl.DeserializeNfgenmsg(data)
	}
	for d.Next() {
		switch d.Type() {
		case uapi.IPSET_ATTR_PROTOCOL:
			s.Protocol = d.Uint8()
		case uapi.IPSET_ATTR_SETNAME:
			s.SetName = d.String()
		case uapi.IPSET_ATTR_TYPENAME:
			s.TypeName = d.String()
		case uapi.IPSET_ATTR_REVISION:
			s.Revision = d.Uint8()
		case uapi.IPSET_ATTR_FAMILY:
			s.Family = d.Uint8()
		case uapi.IPSET_ATTR_FLAGS:
			s.Flags = d.Uint8()
		case uapi.IPSET_ATTR_PROTOCOL_MIN:
			s.ProtocolMinVersion = d.Uint8()
		case uapi.IPSET_ATTR_DATA:
			d.Fail(i.header(d.Data(), s))
		case uapi.IPSET_ATTR_ADT:
			n := d.Nested()
			for n.Next() {
				if n.Type() == uapi.IPSET_ATTR_DATA {
					n.Fail(each(n.Data()))
				}
			}
			d.Fail(n.Err())
		}
	}
	return d.Err()
}

// order32 and so on are numbers whose attribute says in what byte order they are.
func order32(d *wire.Decoder) uint32 {
	if d.Flags()&uapi.NLA_F_NET_BYTEORDER != 0 {
		return d.BE32()
	}
	return d.Uint32()
}

func order16(d *wire.Decoder) uint16 {
	if d.Flags()&uapi.NLA_F_NET_BYTEORDER != 0 {
		return d.BE16()
	}
	return d.Uint16()
}

func order64(d *wire.Decoder) uint64 {
	if d.Flags()&uapi.NLA_F_NET_BYTEORDER != 0 {
		return d.BE64()
	}
	return d.Uint64()
}

// header reads IPSET_ATTR_DATA of a set.
func (i *ipsetDecoder) header(b []byte, s *IPSetResult) error {
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.IPSET_ATTR_IP:
			s.IPFrom = i.ip(&d)
		case uapi.IPSET_ATTR_IP_TO:
			s.IPTo = i.ip(&d)
		case uapi.IPSET_ATTR_PORT_FROM:
			s.PortFrom = order16(&d)
		case uapi.IPSET_ATTR_PORT_TO:
			s.PortTo = order16(&d)
		case uapi.IPSET_ATTR_TIMEOUT:
			s.Timeout = new(order32(&d))
		case uapi.IPSET_ATTR_CADT_FLAGS:
			s.CadtFlags = order32(&d)
		case uapi.IPSET_ATTR_CADT_LINENO:
			s.LineNo = order32(&d)
		case uapi.IPSET_ATTR_MARKMASK:
			s.MarkMask = order32(&d)
		case uapi.IPSET_ATTR_BITMASK:
			s.Bitmask = i.ip(&d)
		case uapi.IPSET_ATTR_INITVAL:
			s.InitVal = order32(&d)
		case uapi.IPSET_ATTR_HASHSIZE:
			s.HashSize = order32(&d)
		case uapi.IPSET_ATTR_MAXELEM:
			s.MaxElements = order32(&d)
		case uapi.IPSET_ATTR_NETMASK:
			s.Netmask = d.Uint8()
		case uapi.IPSET_ATTR_BUCKETSIZE:
			s.BucketSize = d.Uint8()
		case uapi.IPSET_ATTR_SIZE:
			s.Size = order32(&d)
		case uapi.IPSET_ATTR_ELEMENTS:
			s.NumEntries = order32(&d)
		case uapi.IPSET_ATTR_REFERENCES:
			s.References = order32(&d)
		case uapi.IPSET_ATTR_MEMSIZE:
			s.SizeInMemory = order32(&d)
		}
	}
	return d.Err()
}

// ip reads an address: a nest with the family's attribute, or the bytes alone.
func (i *ipsetDecoder) ip(d *wire.Decoder) net.IP {
	b := d.Data()
	if len(b) == 4 || len(b) == 16 && native.Uint16(b) != 8 {
		return i.bytes.copy(b)
	}
	var ip net.IP
	n := d.Nested()
	for n.Next() {
		if t := n.Type(); t == uapi.IPSET_ATTR_IPADDR_IPV4 || t == uapi.IPSET_ATTR_IPADDR_IPV6 {
			ip = i.bytes.copy(n.Data())
		}
	}
	d.Fail(n.Err())
	return ip
}

// entry reads an element.
func (i *ipsetDecoder) entry(b []byte, e *IPSetEntry) error {
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.IPSET_ATTR_IP:
			e.IP = i.ip(&d)
		case uapi.IPSET_ATTR_IP_TO:
			e.IPTo = i.ip(&d)
		case uapi.IPSET_ATTR_CIDR:
			e.CIDR = d.Uint8()
			e.AnyIP = e.CIDR == 0
		case uapi.IPSET_ATTR_PORT:
			e.Port = new(order16(&d))
		case uapi.IPSET_ATTR_PORT_TO:
			e.PortTo = new(order16(&d))
		case uapi.IPSET_ATTR_TIMEOUT:
			e.Timeout = new(order32(&d))
		case uapi.IPSET_ATTR_PROTO:
			e.Protocol = new(d.Uint8())
		case uapi.IPSET_ATTR_CADT_FLAGS:
			flags := order32(&d)
			e.Before = flags&uapi.IPSET_FLAG_BEFORE != 0
			e.PhysDev = flags&uapi.IPSET_FLAG_PHYSDEV != 0
			e.NoMatch = flags&uapi.IPSET_FLAG_NOMATCH != 0
			e.Wildcard = flags&uapi.IPSET_FLAG_IFACE_WILDCARD != 0
		case uapi.IPSET_ATTR_MARK:
			e.Mark = new(order32(&d))
		case uapi.IPSET_ATTR_ETHER:
			e.MAC = i.bytes.copy(d.Data())
		case uapi.IPSET_ATTR_NAME:
			e.Name = d.String()
		case uapi.IPSET_ATTR_NAMEREF:
			e.NameRef = d.String()
		case uapi.IPSET_ATTR_IP2:
			e.IP2 = i.ip(&d)
		case uapi.IPSET_ATTR_CIDR2:
			e.CIDR2 = d.Uint8()
			e.AnyIP2 = e.CIDR2 == 0
		case uapi.IPSET_ATTR_IP2_TO:
			e.IP2To = i.ip(&d)
		case uapi.IPSET_ATTR_IFACE:
			e.IFace = d.String()
		case uapi.IPSET_ATTR_BYTES:
			e.Bytes = new(order64(&d))
		case uapi.IPSET_ATTR_PACKETS:
			e.Packets = new(order64(&d))
		case uapi.IPSET_ATTR_COMMENT:
			e.Comment = d.String()
		case uapi.IPSET_ATTR_SKBMARK:
			both := order64(&d)
			e.SkbMark = &IPSetMark{Mark: uint32(both >> 32), Mask: uint32(both)}
		case uapi.IPSET_ATTR_SKBPRIO:
			e.SkbPrio = new(order32(&d))
		case uapi.IPSET_ATTR_SKBQUEUE:
			e.SkbQueue = new(order16(&d))
		}
	}
	return d.Err()
}
