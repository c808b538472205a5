package netlink

import (
	"encoding/binary"

	"kern.sys/internal/uapi"
)

// TCPInfo is struct tcp_info: the state of a TCP connection. Times are in µs unless a field says otherwise.
// What an older kernel does not know is 0.
type TCPInfo struct {
	State                     uint8 // TCP_…
	Ca_state                  uint8 // TCP_CA_… of linux/tcp.h
	Retransmits               uint8
	Probes                    uint8
	Backoff                   uint8
	Options                   uint8 // TCPI_OPT_…
	Snd_wscale                uint8 // the kernel's first four bits: other libraries have the two scales exchanged
	Rcv_wscale                uint8
	Delivery_rate_app_limited uint8 // 1: the rate is what the program sent
	Fastopen_client_fail      uint8
	Rto                       uint32
	Ato                       uint32
	Snd_mss                   uint32
	Rcv_mss                   uint32
	Unacked                   uint32 // segments; of a listener the connections that wait
	Sacked                    uint32 // segments; of a listener the backlog
	Lost                      uint32
	Retrans                   uint32
	Fackets                   uint32
	Last_data_sent            uint32 // ms ago
	Last_ack_sent             uint32
	Last_data_recv            uint32 // ms ago
	Last_ack_recv             uint32 // ms ago
	Pmtu                      uint32
	Rcv_ssthresh              uint32
	Rtt                       uint32
	Rttvar                    uint32
	Snd_ssthresh              uint32
	Snd_cwnd                  uint32
	Advmss                    uint32
	Reordering                uint32
	Rcv_rtt                   uint32
	Rcv_space                 uint32
	Total_retrans             uint32
	Pacing_rate               uint64 // bytes a second
	Max_pacing_rate           uint64
	Bytes_acked               uint64
	Bytes_received            uint64
	Segs_out                  uint32
	Segs_in                   uint32
	Notsent_bytes             uint32
	Min_rtt                   uint32
	Data_segs_in              uint32
	Data_segs_out             uint32
	Delivery_rate             uint64 // bytes a second
	Busy_time                 uint64 // with data to send
	Rwnd_limited              uint64 // by the receiver's window
	Sndbuf_limited            uint64 // by the send buffer
	Delivered                 uint32
	Delivered_ce              uint32
	Bytes_sent                uint64
	Bytes_retrans             uint64
	Dsack_dups                uint32
	Reord_seen                uint32
	Rcv_ooopack               uint32
	Snd_wnd                   uint32 // bytes, Linux 5.4

	Rcv_wnd              uint32 // bytes, Linux 6.2
	Rehash               uint32 // Linux 6.2
	Total_rto            uint16 // Linux 6.7
	Total_rto_recoveries uint16
	Total_rto_time       uint32 // ms
	// Accurate ECN, Linux 6.18.
	Received_ce        uint32
	Delivered_e1_bytes uint32
	Delivered_e0_bytes uint32
	Delivered_ce_bytes uint32
	Received_e1_bytes  uint32
	Received_e0_bytes  uint32
	Received_ce_bytes  uint32
}

// decode reads struct tcp_info of any length.
func (t *TCPInfo) decode(b []byte) {
	var m uapi.TcpInfo
	m.Decode(b)
	*t = TCPInfo{
		State: m.State, Ca_state: m.CaState, Retransmits: m.Retransmits, Probes: m.Probes, Backoff: m.Backoff,
		Options: m.Options,
		Rto:     m.Rto, Ato: m.Ato, Snd_mss: m.SndMss, Rcv_mss: m.RcvMss,
		Unacked: m.Unacked, Sacked: m.Sacked, Lost: m.Lost, Retrans: m.Retrans, Fackets: m.Fackets,
		Last_data_sent: m.LastDataSent, Last_ack_sent: m.LastAckSent, Last_data_recv: m.LastDataRecv,
		Last_ack_recv: m.LastAckRecv,
		Pmtu:          m.Pmtu, Rcv_ssthresh: m.RcvSsthresh, Rtt: m.Rtt, Rttvar: m.Rttvar, Snd_ssthresh: m.SndSsthresh,
		Snd_cwnd: m.SndCwnd, Advmss: m.Advmss, Reordering: m.Reordering, Rcv_rtt: m.RcvRtt, Rcv_space: m.RcvSpace,
		Total_retrans: m.TotalRetrans, Pacing_rate: m.PacingRate, Max_pacing_rate: m.MaxPacingRate,
		Bytes_acked: m.BytesAcked, Bytes_received: m.BytesReceived, Segs_out: m.SegsOut, Segs_in: m.SegsIn,
		Notsent_bytes: m.NotsentBytes, Min_rtt: m.MinRtt, Data_segs_in: m.DataSegsIn, Data_segs_out: m.DataSegsOut,
		Delivery_rate: m.DeliveryRate, Busy_time: m.BusyTime, Rwnd_limited: m.RwndLimited, Sndbuf_limited: m.SndbufLimited,
		Delivered: m.Delivered, Delivered_ce: m.DeliveredCe, Bytes_sent: m.BytesSent, Bytes_retrans: m.BytesRetrans,
		Dsack_dups: m.DsackDups, Reord_seen: m.ReordSeen, Rcv_ooopack: m.RcvOoopack, Snd_wnd: m.SndWnd,
		Rcv_wnd: m.RcvWnd, Rehash: m.Rehash,
		Total_rto: m.TotalRto, Total_rto_recoveries: m.TotalRtoRecoveries, Total_rto_time: m.TotalRtoTime,
		Received_ce:        m.ReceivedCe,
		Delivered_e1_bytes: m.DeliveredE1Bytes, Delivered_e0_bytes: m.DeliveredE0Bytes,
		Delivered_ce_bytes: m.DeliveredCeBytes,
		Received_e1_bytes:  m.ReceivedE1Bytes, Received_e0_bytes: m.ReceivedE0Bytes, Received_ce_bytes: m.ReceivedCeBytes,
	}
	if len(b) >= 8 { // two bytes of bits behind the options, which C lays out from the machine's lower end
		t.Snd_wscale, t.Rcv_wscale = bitsOf(b[6], 0, 4), bitsOf(b[6], 4, 4)
		t.Delivery_rate_app_limited, t.Fastopen_client_fail = bitsOf(b[7], 0, 1), bitsOf(b[7], 1, 2)
	}
}

// bitsOf returns a bit field of a byte, n bits from the one at at.
func bitsOf(b uint8, at, n int) uint8 {
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 { // big-endian
		at = 8 - at - n
	}
	return b >> at & (1<<n - 1)
}

// TCPBBRInfo is the state of BBR for a connection.
type TCPBBRInfo struct {
	BBRBW         uint64 // bandwidth, bytes a second
	BBRMinRTT     uint32 // µs
	BBRPacingGain uint32 // 256 is 1
	BBRCwndGain   uint32 // 256 is 1
}

func (t *TCPBBRInfo) decode(b []byte) {
	var m uapi.TcpBbrInfo
	m.Decode(b)
	*t = TCPBBRInfo{
		BBRBW: uint64(m.BwHi)<<32 | uint64(m.BwLo), BBRMinRTT: m.MinRtt, BBRPacingGain: m.PacingGain,
		BBRCwndGain: m.CwndGain,
	}
}

// TCPVegasInfo is the state of Vegas, and of others like it, for a connection.
type TCPVegasInfo struct {
	Enabled, RTTCount, RTT, MinRTT uint32 // times in µs
}

// TCPDCTCPInfo is the state of DCTCP for a connection.
type TCPDCTCPInfo struct {
	Enabled, CEState      uint16
	Alpha, ABECN, ABTotal uint32
}

func (m *MemInfo) decode(b []byte) {
	var u uapi.InetDiagMeminfo
	u.Decode(b)
	*m = MemInfo{RMem: u.Rmem, WMem: u.Wmem, FMem: u.Fmem, TMem: u.Tmem}
}
