package ss

import (
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// mptcpInfo appends the state of a connection of multipath TCP: ss -i.
func mptcpInfo(b *strings.Builder, i *netlink.MPTCPInfo) {
	number := func(name string, n uint64) {
		if n != 0 {
			fmt.Fprintf(b, " %s:%d", name, n)
		}
	}
	number("subflows", uint64(i.Subflows))
	number("add_addr_signal", uint64(i.AddAddrSignal))
	number("add_addr_accepted", uint64(i.AddAddrAccepted))
	number("subflows_max", uint64(i.SubflowsMax))
	number("add_addr_signal_max", uint64(i.AddAddrSignalMax))
	number("add_addr_accepted_max", uint64(i.AddAddrAcceptedMax))
	if i.Flags&uapi.MPTCP_INFO_FLAG_FALLBACK != 0 {
		b.WriteString(" fallback")
	}
	if i.Flags&uapi.MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED != 0 {
		b.WriteString(" remote_key")
	}
	if i.Token != 0 {
		fmt.Fprintf(b, " token:%x", i.Token)
	}
	number("write_seq", i.WriteSeq)
	number("snd_una", i.SndUna)
	number("rcv_nxt", i.RcvNxt)
	number("local_addr_used", uint64(i.LocalAddrUsed))
	number("local_addr_max", uint64(i.LocalAddrMax))
	number("csum_enabled", uint64(i.CsumEnabled))
	number("retransmits", uint64(i.Retransmits))
	number("bytes_retrans", i.BytesRetrans)
	number("bytes_sent", i.BytesSent)
	number("bytes_received", i.BytesReceived)
	number("bytes_acked", i.BytesAcked)
	number("subflows_total", uint64(i.SubflowsTotal))
	number("endp_laminar_max", uint64(i.EndpointLaminarMax))
	number("last_data_sent", uint64(i.LastDataSent))
	number("last_data_recv", uint64(i.LastDataRecv))
	number("last_ack_recv", uint64(i.LastAckRecv))
}

// subflow appends what a TCP socket is for such a connection.
func subflow(b *strings.Builder, s *netlink.MPTCPSubflow) {
	letters := ""
	for _, f := range [...]struct {
		bit    uint32
		letter string
	}{
		{uapi.MPTCP_SUBFLOW_FLAG_MCAP_REM, "M"}, {uapi.MPTCP_SUBFLOW_FLAG_MCAP_LOC, "m"},
		{uapi.MPTCP_SUBFLOW_FLAG_JOIN_REM, "J"}, {uapi.MPTCP_SUBFLOW_FLAG_JOIN_LOC, "j"},
		{uapi.MPTCP_SUBFLOW_FLAG_BKUP_REM, "B"}, {uapi.MPTCP_SUBFLOW_FLAG_BKUP_LOC, "b"},
		{uapi.MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED, "e"}, {uapi.MPTCP_SUBFLOW_FLAG_CONNECTED, "c"},
		{uapi.MPTCP_SUBFLOW_FLAG_MAPVALID, "v"},
	} {
		if s.Flags&f.bit != 0 {
			letters += f.letter
		}
	}
	if letters != "" {
		b.WriteString(" flags:" + letters)
	}
	fmt.Fprintf(b, " token:%04x(id:%d)/%04x(id:%d)", s.TokenRemote, s.IDRemote, s.TokenLocal, s.IDLocal)
	if m := s.Mapping; m != nil {
		fmt.Fprintf(b, " seq:%d sfseq:%d ssnoff:%d maplen:%d", m.Seq, m.SubflowSeq, m.SSNOffset, m.Length)
	}
}
