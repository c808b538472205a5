package ss

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"kern.sys/netlink"
)

// Options of a connection (TCPI_OPT_… of linux/tcp.h) that are shown, in their order.
const (
	optTimestamps = 1 << 0
	optSack       = 1 << 1
	optWscale     = 1 << 2
	optECN        = 1 << 3
	optECNSeen    = 1 << 4
	optSynData    = 1 << 5
	optUsecTS     = 1 << 6
)

// tcpInfo appends the state of a connection: ss -i.
func tcpInfo(b *strings.Builder, s *netlink.SocketInfo, options, numeric bool) {
	i := s.TCPInfo
	word := func(on bool, name string) {
		if on {
			b.WriteString(" " + name)
		}
	}
	number := func(name string, n uint64) {
		if n != 0 {
			fmt.Fprintf(b, " %s:%d", name, n)
		}
	}
	ms := func(name string, us uint32) {
		if us != 0 {
			fmt.Fprintf(b, " %s:%s", name, general(float64(us)/1000))
		}
	}
	if options {
		for _, o := range [...]struct {
			bit  uint8
			name string
		}{{optTimestamps, "ts"}, {optUsecTS, "usec_ts"}, {optSack, "sack"}, {optECN, "ecn"}, {optECNSeen, "ecnseen"},
			{optSynData, "fastopen"}} {
			word(i.Options&o.bit != 0, o.name)
		}
	}
	word(s.Congestion != "", s.Congestion)
	if i.Options&optWscale != 0 {
		fmt.Fprintf(b, " wscale:%d,%d", i.Snd_wscale, i.Rcv_wscale)
	}
	if i.Rto != 3000000 {
		ms("rto", i.Rto)
	}
	number("backoff", uint64(i.Backoff))
	if i.Rtt != 0 {
		fmt.Fprintf(b, " rtt:%s/%s", general(float64(i.Rtt)/1000), general(float64(i.Rttvar)/1000))
	}
	ms("ato", i.Ato)
	number("mss", uint64(i.Snd_mss))
	number("pmtu", uint64(i.Pmtu))
	number("rcvmss", uint64(i.Rcv_mss))
	number("advmss", uint64(i.Advmss))
	number("cwnd", uint64(i.Snd_cwnd))
	if i.Snd_ssthresh < 0xffff {
		number("ssthresh", uint64(i.Snd_ssthresh))
	}
	number("bytes_sent", i.Bytes_sent)
	number("bytes_retrans", i.Bytes_retrans)
	number("bytes_acked", i.Bytes_acked)
	number("bytes_received", i.Bytes_received)
	number("segs_out", uint64(i.Segs_out))
	number("segs_in", uint64(i.Segs_in))
	number("data_segs_out", uint64(i.Data_segs_out))
	number("data_segs_in", uint64(i.Data_segs_in))
	congestion(b, s, numeric)
	rates(b, s, numeric, number)
	number("unacked", uint64(i.Unacked))
	if i.Retrans != 0 || i.Total_retrans != 0 {
		fmt.Fprintf(b, " retrans:%d/%d", i.Retrans, i.Total_retrans)
	}
	number("lost", uint64(i.Lost))
	if s.State != netlink.TCP_LISTEN {
		number("sacked", uint64(i.Sacked))
	}
	number("dsack_dups", uint64(i.Dsack_dups))
	number("fackets", uint64(i.Fackets))
	if i.Reordering != 3 {
		fmt.Fprintf(b, " reordering:%d", i.Reordering)
	}
	number("reord_seen", uint64(i.Reord_seen))
	ms("rcv_rtt", i.Rcv_rtt)
	number("rcv_space", uint64(i.Rcv_space))
	number("rcv_ssthresh", uint64(i.Rcv_ssthresh))
	number("notsent", uint64(i.Notsent_bytes))
	if i.Min_rtt != math.MaxUint32 {
		ms("minrtt", i.Min_rtt)
	}
	number("rcv_ooopack", uint64(i.Rcv_ooopack))
	number("snd_wnd", uint64(i.Snd_wnd))
	number("rcv_wnd", uint64(i.Rcv_wnd))
	number("rehash", uint64(i.Rehash))
}

func congestion(b *strings.Builder, s *netlink.SocketInfo, numeric bool) {
	switch d := s.DCTCP; {
	case d == nil:
	case d.Enabled != 0:
		fmt.Fprintf(b, " dctcp:(ce_state:%d,alpha:%d,ab_ecn:%d,ab_tot:%d)", d.CEState, d.Alpha, d.ABECN, d.ABTotal)
	default:
		b.WriteString(" dctcp:fallback_mode")
	}
	if r := s.BBR; r != nil {
		fmt.Fprintf(b, " bbr:(bw:%sbps,mrtt:%s", bandwidth(float64(r.BBRBW)*8, numeric), general(float64(r.BBRMinRTT)/1000))
		if r.BBRPacingGain != 0 {
			fmt.Fprintf(b, ",pacing_gain:%s", general(float64(r.BBRPacingGain)/256))
		}
		if r.BBRCwndGain != 0 {
			fmt.Fprintf(b, ",cwnd_gain:%s", general(float64(r.BBRCwndGain)/256))
		}
		b.WriteString(")")
	}
}

func rates(b *strings.Builder, s *netlink.SocketInfo, numeric bool, number func(string, uint64)) {
	i := s.TCPInfo
	rtt := float64(i.Rtt)
	if v := s.Vegas; v != nil && v.Enabled != 0 && v.RTT != 0 && v.RTT != math.MaxInt32 {
		rtt = float64(v.RTT)
	}
	if rtt > 0 && i.Snd_mss != 0 && i.Snd_cwnd != 0 {
		fmt.Fprintf(b, " send %sbps", bandwidth(float64(i.Snd_cwnd)*float64(i.Snd_mss)*8000000/rtt, numeric))
	}
	number("lastsnd", uint64(i.Last_data_sent))
	number("lastrcv", uint64(i.Last_data_recv))
	number("lastack", uint64(i.Last_ack_recv))
	if i.Pacing_rate != 0 && i.Pacing_rate != math.MaxUint64 {
		fmt.Fprintf(b, " pacing_rate %sbps", bandwidth(float64(i.Pacing_rate)*8, numeric))
		if i.Max_pacing_rate != 0 && i.Max_pacing_rate != math.MaxUint64 {
			fmt.Fprintf(b, "/%sbps", bandwidth(float64(i.Max_pacing_rate)*8, numeric))
		}
	}
	if i.Delivery_rate != 0 {
		fmt.Fprintf(b, " delivery_rate %sbps", bandwidth(float64(i.Delivery_rate)*8, numeric))
	}
	number("delivered", uint64(i.Delivered))
	number("delivered_ce", uint64(i.Delivered_ce))
	if i.Delivery_rate_app_limited != 0 {
		b.WriteString(" app_limited")
	}
	if i.Busy_time == 0 {
		return
	}
	fmt.Fprintf(b, " busy:%dms", i.Busy_time/1000)
	for _, l := range [...]struct {
		name string
		us   uint64
	}{{"rwnd_limited", i.Rwnd_limited}, {"sndbuf_limited", i.Sndbuf_limited}} {
		if l.us != 0 {
			fmt.Fprintf(b, " %s:%dms(%.1f%%)", l.name, l.us/1000, 100*float64(l.us)/float64(i.Busy_time))
		}
	}
}

// general is a number as C's %g has it.
func general(v float64) string { return gformat(v, 6) }

func gformat(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'g', digits, 64)
	if mantissa, exponent, ok := strings.Cut(s, "e"); ok {
		if e, _ := strconv.Atoi(exponent); e >= 0 && e < digits || e < 0 && e >= -4 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return mantissa + "e" + exponent
	}
	return s
}

// bandwidth is a rate in bits.
func bandwidth(bps float64, numeric bool) string {
	if numeric {
		return strconv.FormatFloat(bps, 'f', 0, 64)
	}
	for _, u := range [...]struct {
		unit string
		of   float64
	}{{"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}} {
		if bps >= u.of {
			return gformat(bps/u.of, 3) + u.unit
		}
	}
	return general(bps)
}
