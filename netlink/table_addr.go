package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// AddrTable has the addresses: ip address.
var AddrTable = Table{&tableInfo{"addresses", addrTableParts}}

func addrTableParts() []tablePart {
	return []tablePart{{
		name: "addresses", new: uapi.RTM_NEWADDR, del: uapi.RTM_DELADDR, header: uapi.SizeofIfaddrmsg,
		groups: addrChanges().groups, dump: addrQuery{}.request, has: isAddr,
		key: addrKey, volatile: pruneAddr, event: (*eventDecoder).addr,
		hides: addrHidden, announced: addrAnnounced,
	}}
}

func isAddr(data []byte) bool { return data[0] == uapi.AF_INET || data[0] == uapi.AF_INET6 }

func addrKey(data []byte) string {
	var m uapi.Ifaddrmsg
	m.Decode(data)
	var local, onLink []byte
	d := wire.NewDecoderAfter(data, uapi.SizeofIfaddrmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.IFA_LOCAL:
			local = d.Data()
		case uapi.IFA_ADDRESS:
			onLink = d.Data()
		}
	}
	k := make(keyOf, 0, 48)
	k.header(m.Family, m.Prefixlen)
	k.header(data[4:8]...) // ifa_index
	k.attr(local)
	k.attr(onLink)
	return string(k)
}

// addrHidden leaves out addresses during duplicate address detection: the kernel announces an
// address when that has ended.
func addrHidden(data []byte) bool {
	var m uapi.Ifaddrmsg
	m.Decode(data)
	return m.Flags&(uapi.IFA_F_TENTATIVE|uapi.IFA_F_DADFAILED|uapi.IFA_F_OPTIMISTIC) == uapi.IFA_F_TENTATIVE
}

// addrAnnounced: duplicate address detection begins again when a link comes up.
func addrAnnounced(data []byte) bool { return !addrHidden(data) }
