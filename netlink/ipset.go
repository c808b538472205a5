package netlink

import (
	"errors"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// IPSetEntry is an element of a set. What it consists of depends on the set's type: IP with Port and Protocol
// in a hash:ip,port. Nil and empty fields are not sent.
type IPSetEntry struct {
	Comment  string
	MAC      net.HardwareAddr
	IP       net.IP
	CIDR     uint8   // length of IP's prefix; 0: all of it
	Timeout  *uint32 // seconds; 0: for ever
	Packets  *uint64
	Bytes    *uint64
	Protocol *uint8 // IPPROTO_…
	Port     *uint16
	IP2      net.IP
	CIDR2    uint8
	IFace    string
	Mark     *uint32

	Replace bool // an entry that is there already is no error, and is changed

	// A range is one element after the other, in a request to add, delete or test: IP to IPTo, Port to PortTo,
	// IP2 to IP2To.
	IPTo, IP2To net.IP
	PortTo      *uint16
	// Name is the set that is an element of a list:set. It goes before the element NameRef, or behind it.
	Name    string
	NameRef string
	Before  bool

	// IP or IP2 is a prefix of length 0, all addresses, for which CIDR has no value: of hash:net,iface and
	// hash:net,port,net.
	AnyIP, AnyIP2 bool

	NoMatch  bool // the prefix is an exception from a larger one
	PhysDev  bool // IFace is a port of a bridge
	Wildcard bool // IFace is the beginning of a name (Linux 5.5). ipset shows it of sets of revision 7 and later

	// What rules with SET --map-set give a packet (skbinfo).
	SkbMark  *IPSetMark
	SkbPrio  *uint32 // class, major number in the upper half
	SkbQueue *uint16
}

// IPSetMark are bits of a packet's mark and which of them are set.
type IPSetMark struct{ Mark, Mask uint32 }

// IPSetResult is a set with its elements: what ipset list shows.
type IPSetResult struct {
	Nfgenmsg           *nl.Nfgenmsg
	Protocol           uint8
	ProtocolMinVersion uint8
	Revision           uint8
	Family             uint8 // NFPROTO_…, 0 of types that have no family
	Flags              uint8
	SetName            string
	TypeName           string // as "hash:ip"
	Comment            string
	MarkMask           uint32

	IPFrom   net.IP // of bitmap:ip
	IPTo     net.IP
	PortFrom uint16 // of bitmap:port
	PortTo   uint16

	HashSize     uint32
	NumEntries   uint32 // Linux 4.10
	MaxElements  uint32
	References   uint32
	SizeInMemory uint32
	CadtFlags    uint32  // IPSET_FLAG_WITH_…: what its entries have
	Timeout      *uint32 // of entries that are added without one
	LineNo       uint32

	Entries []IPSetEntry

	Netmask    uint8  // length of the prefix that stands for an address
	Bitmask    net.IP // Linux 6.3
	BucketSize uint8  // Linux 5.12
	InitVal    uint32 // of the hash, the same
	Size       uint32 // of list:set
}

// IpsetCreateOptions are the options of [Handle.IpsetCreate]. Options that the type does not have stay unset.
type IpsetCreateOptions struct {
	Replace  bool    // an equal set that is there already is no error
	Timeout  *uint32 // of entries that are added without one, in seconds; nil: they have none
	Counters bool
	Comments bool
	Skbinfo  bool

	Family      uint8 // FAMILY_V4, if 0, or FAMILY_V6
	Revision    uint8 // of the type; 0: the least that has what is asked for, and that the kernel has
	IPFrom      net.IP
	IPTo        net.IP // of bitmap:ip and bitmap:ip,mac, with IPFrom
	PortFrom    uint16 // of bitmap:port
	PortTo      uint16
	MaxElements uint32

	HashSize   uint32 // 0: the kernel's, 1024
	CIDR       uint8  // instead of IPTo: the length of IPFrom's prefix
	Netmask    uint8  // length of the prefix that stands for an address
	Bitmask    net.IP // the bits of addresses that count (Linux 6.3)
	MarkMask   uint32 // the bits of the mark that count, of hash:ip,mark
	ForceAdd   bool   // an entry that has no room takes another's
	BucketSize uint8  // Linux 5.12
	InitVal    uint32 // of the hash, to have a set like another (Linux 5.12)
	Size       uint32 // of list:set; 0: the kernel's, 8
}

// cadtFlags are the options that are bits.
func (o *IpsetCreateOptions) cadtFlags() (flags uint32) {
	for _, f := range [...]struct {
		on  bool
		bit uint32
	}{
		{o.Comments, uapi.IPSET_FLAG_WITH_COMMENT},
		{o.Counters, uapi.IPSET_FLAG_WITH_COUNTERS},
		{o.Skbinfo, uapi.IPSET_FLAG_WITH_SKBINFO},
		{o.ForceAdd, uapi.IPSET_FLAG_WITH_FORCEADD},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	return flags
}

// CreateOptions are the options that make a set like s. A set of hashes that is listed with its InitVal gets that,
// too: its entries will be listed in the same order.
func (s *IPSetResult) CreateOptions() IpsetCreateOptions {
	return IpsetCreateOptions{
		Timeout:  s.Timeout,
		Counters: s.CadtFlags&uapi.IPSET_FLAG_WITH_COUNTERS != 0,
		Comments: s.CadtFlags&uapi.IPSET_FLAG_WITH_COMMENT != 0,
		Skbinfo:  s.CadtFlags&uapi.IPSET_FLAG_WITH_SKBINFO != 0,
		ForceAdd: s.CadtFlags&uapi.IPSET_FLAG_WITH_FORCEADD != 0,
		Family:   s.Family, Revision: s.Revision,
		IPFrom: s.IPFrom, IPTo: s.IPTo, PortFrom: s.PortFrom, PortTo: s.PortTo,
		MaxElements: s.MaxElements, HashSize: s.HashSize, BucketSize: s.BucketSize, InitVal: s.InitVal, Size: s.Size,
		Netmask: s.Netmask, Bitmask: s.Bitmask, MarkMask: s.MarkMask,
	}
}

// ipsetRevisions are the revisions by which types learned what the entries of their sets can have; 0 where a type
// never did, or always could. plain is that of sets without any of it, with all that entries can be.
var ipsetRevisions = [...]struct {
	typ                                                         string
	plain, counters, comments, forceAdd, skbinfo, buckets, mask uint8
}{
	{"bitmap:ip", 0, 1, 2, 0, 3, 0, 0},
	{"bitmap:ip,mac", 0, 1, 2, 0, 3, 0, 0},
	{"bitmap:port", 0, 1, 2, 0, 3, 0, 0},
	{"hash:ip", 1, 1, 2, 3, 4, 5, 6},
	{"hash:ip,mac", 0, 0, 0, 0, 0, 1, 0},
	{"hash:ip,mark", 0, 0, 0, 1, 2, 3, 0},
	{"hash:ip,port", 1, 2, 3, 4, 5, 6, 7},
	{"hash:ip,port,ip", 1, 2, 3, 4, 5, 6, 0},
	{"hash:ip,port,net", 3, 4, 5, 6, 7, 8, 0},
	{"hash:mac", 0, 0, 0, 0, 0, 1, 0},
	{"hash:net", 2, 3, 4, 5, 6, 7, 0},
	{"hash:net,iface", 2, 3, 4, 5, 6, 8, 0},
	{"hash:net,net", 0, 0, 0, 1, 2, 3, 4},
	{"hash:net,port", 3, 4, 5, 6, 7, 8, 0},
	{"hash:net,port,net", 0, 0, 0, 1, 2, 3, 0},
	{"list:set", 0, 1, 2, 0, 3, 0, 0},
}

// revision returns the revision of a type that is asked for where the caller names none: that by which the type
// learned the last of the options. Older programs list a set of a revision that they do not know as an error, so it is
// no higher than that; ipset(8) does not show options that are newer than the revision, so it is no lower.
func (o *IpsetCreateOptions) revision(typ string) (revision uint8) {
	for i := range ipsetRevisions {
		r := &ipsetRevisions[i]
		if r.typ != typ {
			continue
		}
		revision = r.plain
		for _, option := range [...]struct {
			on bool
			by uint8
		}{
			{o.Counters, r.counters}, {o.Comments, r.comments}, {o.ForceAdd, r.forceAdd}, {o.Skbinfo, r.skbinfo},
			{o.BucketSize != 0 || o.InitVal != 0, r.buckets},
			{o.Bitmask != nil || o.Netmask != 0 && typ != "hash:ip", r.mask},
		} {
			if option.on {
				revision = max(revision, option.by)
			}
		}
	}
	return revision
}

// ipsetErr gives an error its name where ipset has one for the number.
func ipsetErr(err error) error {
	if number, ok := ipsetNumber(err); ok {
		return number
	}
	if e, ok := err.(*wire.Error); ok {
		if number, ok := ipsetNumber(e.Err); ok {
			c := *e
			c.Err = number
			return &c
		}
	}
	return err
}

// isIpsetErr reports whether err is one of ipset's numbers, IPSET_ERR_….
func isIpsetErr(err error, number nl.IPSetError) bool { return errors.Is(err, number) }
