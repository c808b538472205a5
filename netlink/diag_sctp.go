package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
)

// SCTPInfo is struct sctp_info: the state of an association of SCTP, or of a socket (Linux 4.7). What an older kernel
// does not know is 0.
type SCTPInfo struct {
	// Of an association.

	Tag           uint32
	State         uint32 // see [SCTPStateString]
	RWnd          uint32 // bytes
	UnackData     uint16 // chunks
	PendData      uint16 // chunks
	InStreams     uint16
	OutStreams    uint16
	Fragmentation uint32 // bytes, where messages are cut
	InQueue       uint32
	OutQueue      uint32
	OverallError  uint32
	MaxBurst      uint32
	MaxSeg        uint32 // bytes
	PeerRWnd      uint32 // bytes
	PeerTag       uint32
	PeerCapable   uint8 // bits for what the other end can do
	PeerSack      uint8

	// What went over the association: SACKs, packets and chunks.
	InSacks, OutSacks, OutPackets, InPackets, RtxChunks, OutOfSeqTSNs, InDupChunks uint64
	GapCount, OutUnorderedChunks, InUnorderedChunks, OutOrderedChunks              uint64
	InOrderedChunks, OutControlChunks, InControlChunks                             uint64

	Primary SCTPPath // the path that is in use

	// Options of a socket; of an association they are 0.
	AutoClose            uint32 // s
	AdaptationIndication uint32
	PartialDeliveryPoint uint32 // bytes
	NoDelay              uint8
	DisableFragments     uint8
	V4Mapped             uint8
	FragmentInterleave   uint8
	Type                 uint32 // 0: one to many, 2: one to one
}

// SCTPPath is a way to the other end of an association.
type SCTPPath struct {
	State     int32
	Cwnd      uint32 // bytes
	Srtt      uint32 // ms
	Rto       uint32 // ms
	Heartbeat uint32 // ms between two
	PathMaxRx uint32 // errors
	SackDelay uint32 // ms
	SackFreq  uint32
	Ssthresh  uint32 // bytes
	BytesAck  uint32 // partial_bytes_acked
	FlightLen uint32 // bytes
	Error     uint16
}

func (i *SCTPInfo) decode(b []byte) {
	var m uapi.SctpInfo
	m.Decode(b)
	*i = SCTPInfo{
		Tag: m.Tag, State: m.State, RWnd: m.Rwnd, UnackData: m.Unackdata, PendData: m.Penddata,
		InStreams: m.Instrms, OutStreams: m.Outstrms, Fragmentation: m.FragmentationPoint,
		InQueue: m.Inqueue, OutQueue: m.Outqueue, OverallError: m.OverallError, MaxBurst: m.MaxBurst, MaxSeg: m.Maxseg,
		PeerRWnd: m.PeerRwnd, PeerTag: m.PeerTag, PeerCapable: m.PeerCapable, PeerSack: m.PeerSack,
		InSacks: m.Isacks, OutSacks: m.Osacks, OutPackets: m.Opackets, InPackets: m.Ipackets, RtxChunks: m.Rtxchunks,
		OutOfSeqTSNs: m.Outofseqtsns, InDupChunks: m.Idupchunks, GapCount: m.Gapcnt,
		OutUnorderedChunks: m.Ouodchunks, InUnorderedChunks: m.Iuodchunks, OutOrderedChunks: m.Oodchunks,
		InOrderedChunks: m.Iodchunks, OutControlChunks: m.Octrlchunks, InControlChunks: m.Ictrlchunks,
		Primary: SCTPPath{
			State: m.PState, Cwnd: m.PCwnd, Srtt: m.PSrtt, Rto: m.PRto, Heartbeat: m.PHbinterval, PathMaxRx: m.PPathmaxrxt,
			SackDelay: m.PSackdelay, SackFreq: m.PSackfreq, Ssthresh: m.PSsthresh, BytesAck: m.PPartialBytesAcked,
			FlightLen: m.PFlightSize, Error: m.PError,
		},
		AutoClose: m.SAutoclose, AdaptationIndication: m.SAdaptationInd, PartialDeliveryPoint: m.SPdPoint,
		NoDelay: m.SNodelay, DisableFragments: m.SDisableFragments, V4Mapped: m.SV4mapped,
		FragmentInterleave: m.SFragInterleave, Type: m.SType,
	}
}

// SCTPStateString returns the name of the state of an association as ss prints it: "ESTAB".
func SCTPStateString(state uint8) string {
	names := [...]string{"CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTAB", "SHUTDOWN_PENDING", "SHUTDOWN_SENT",
		"SHUTDOWN_RECEIVED", "ACK_SENT"}
	if int(state) < len(names) {
		return names[state]
	}
	return fmt.Sprintf("%d", state)
}
