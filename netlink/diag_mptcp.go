package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// MPTCPInfo is struct mptcp_info: the state of a connection of multipath TCP. Times are in ms. What an older kernel
// does not know is 0.
type MPTCPInfo struct {
	Subflows            uint8 // beside the first
	AddAddrSignal       uint8 // addresses that were announced
	AddAddrAccepted     uint8
	SubflowsMax         uint8
	AddAddrSignalMax    uint8
	AddAddrAcceptedMax  uint8
	LocalAddrUsed       uint8
	LocalAddrMax        uint8
	CsumEnabled         uint8
	SubflowsTotal       uint8 // Linux 6.8
	EndpointLaminarMax  uint8 // Linux 6.18
	EndpointFullmeshMax uint8
	Flags               uint32 // MPTCP_INFO_FLAG_…: 1 is a fallback to TCP, 2 that the other end's key came
	Token               uint32
	WriteSeq            uint64
	SndUna              uint64
	RcvNxt              uint64
	Retransmits         uint32
	BytesRetrans        uint64
	BytesSent           uint64
	BytesReceived       uint64
	BytesAcked          uint64
	LastDataSent        uint32 // ago, Linux 6.10
	LastDataRecv        uint32
	LastAckRecv         uint32
}

// decode reads struct mptcp_info of any length.
func (i *MPTCPInfo) decode(b []byte) {
	var m uapi.MptcpInfo
	m.Decode(b)
	*i = MPTCPInfo{
		Subflows: m.Subflows, AddAddrSignal: m.AddAddrSignal, AddAddrAccepted: m.AddAddrAccepted,
		SubflowsMax: m.SubflowsMax, AddAddrSignalMax: m.AddAddrSignalMax, AddAddrAcceptedMax: m.AddAddrAcceptedMax,
		LocalAddrUsed: m.LocalAddrUsed, LocalAddrMax: m.LocalAddrMax, CsumEnabled: m.CsumEnabled,
		SubflowsTotal: m.SubflowsTotal, EndpointLaminarMax: m.EndpLaminarMax, EndpointFullmeshMax: m.EndpFullmeshMax,
		Flags: m.Flags, Token: m.Token, WriteSeq: m.WriteSeq, SndUna: m.SndUna, RcvNxt: m.RcvNxt,
		Retransmits: m.Retransmits, BytesRetrans: m.BytesRetrans, BytesSent: m.BytesSent, BytesReceived: m.BytesReceived,
		BytesAcked: m.BytesAcked, LastDataSent: m.LastDataSent, LastDataRecv: m.LastDataRecv, LastAckRecv: m.LastAckRecv,
	}
}

// MPTCPSubflow is what a TCP socket is for a connection of multipath TCP.
type MPTCPSubflow struct {
	Flags                   uint32 // MPTCP_SUBFLOW_FLAG_…
	TokenRemote, TokenLocal uint32
	IDRemote, IDLocal       uint8 // of the addresses
	Mapping                 *MPTCPMapping
}

// MPTCPMapping says which data of the connection a subflow has received.
type MPTCPMapping struct {
	Seq        uint64
	SubflowSeq uint32
	SSNOffset  uint32
	Length     uint16 // bytes
}

func (s *MPTCPSubflow) decode(d wire.Decoder) error {
	for d.Next() {
		switch d.Type() {
		case uapi.MPTCP_SUBFLOW_ATTR_FLAGS:
			s.Flags = d.Uint32()
		case uapi.MPTCP_SUBFLOW_ATTR_TOKEN_REM:
			s.TokenRemote = d.Uint32()
		case uapi.MPTCP_SUBFLOW_ATTR_TOKEN_LOC:
			s.TokenLocal = d.Uint32()
		case uapi.MPTCP_SUBFLOW_ATTR_ID_REM:
			s.IDRemote = d.Uint8()
		case uapi.MPTCP_SUBFLOW_ATTR_ID_LOC:
			s.IDLocal = d.Uint8()
		case uapi.MPTCP_SUBFLOW_ATTR_MAP_SEQ:
			s.mapping().Seq = d.Uint64()
		case uapi.MPTCP_SUBFLOW_ATTR_MAP_SFSEQ:
			s.mapping().SubflowSeq = d.Uint32()
		case uapi.MPTCP_SUBFLOW_ATTR_SSN_OFFSET:
			s.mapping().SSNOffset = d.Uint32()
		case uapi.MPTCP_SUBFLOW_ATTR_MAP_DATALEN:
			s.mapping().Length = d.Uint16()
		}
	}
	return d.Err()
}

func (s *MPTCPSubflow) mapping() *MPTCPMapping {
	if s.Mapping == nil {
		s.Mapping = &MPTCPMapping{}
	}
	return s.Mapping
}
