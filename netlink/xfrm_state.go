package netlink

import (
	"fmt"
	"math"
	"net"
	"time"
)

// XfrmState is a state of IPsec, also called a security association: ip xfrm state. It is
// identified by Dst, Proto, Spi, Mark and Ifid.
type XfrmState struct {
	Dst   net.IP
	Src   net.IP
	Proto Proto
	Mode  Mode
	Spi   int // security parameter index, 1 to 1<<32 - 1
	Reqid int // what a template asks for, 0: any
	// ReplayWindow is how many packets may overtake one another, up to 4096; 0 takes packets
	// again and again, which a state for packets that go out has to have once it has an SADir.
	// More than 32, and all with ESN, are kept in a longer bitmap, see ReplayESN.
	ReplayWindow int
	Limits       XfrmStateLimits
	Statistics   XfrmStateStats // read only
	Mark         *XfrmMark      // packets to encrypt and requests for the state have it
	// OutputMark is the mark that packets have afterwards (Linux 4.14), a Mask of 0 is all bits
	// (masks: 4.19).
	OutputMark *XfrmMark
	SADir      SADir   // 0: both; some features need one (Linux 6.10)
	Ifid       int     // of the link of kind xfrm that the state is of (Linux 4.19), 0: none
	Pcpunum    *uint32 // the processor that has the state (Linux 6.13), needs SADir
	Auth       *XfrmStateAlgo
	Crypt      *XfrmStateAlgo
	Aead       *XfrmStateAlgo
	Encap      *XfrmStateEncap
	ESN        bool // extended sequence numbers of 64 bits (Linux 2.6.39)
	// DontEncapDSCP leaves the DSCP out of the outer header, in tunnels.
	DontEncapDSCP bool
	OSeqMayWrap   bool             // sequence numbers begin again after the last (Linux 5.9)
	Replay        *XfrmReplayState // sequence numbers to begin with, without ESN
	Selector      *XfrmPolicy      // what packets the state is for: addresses, ports, protocol, link

	// Flags are XFRM_STATE_… beside XFRM_STATE_ESN, which is ESN.
	Flags     uint8
	Seq       uint32         // what the kernel asked with, see [XfrmMsgAcquire]
	Comp      *XfrmStateAlgo // compression, of IPComp: no key
	ReplayESN *XfrmReplayESN // sequence numbers of a state with ESN or a long window
	CoAddr    net.IP         // care-of address, of Mobile IPv6
	TFCPad    uint32         // ESP pads packets to this many bytes, 0: it does not
	Offload   *XfrmOffload   // done by a link's hardware
	SecCtx    *XfrmSecCtx    // of SELinux
	IPTFS     *XfrmIPTFS     // of XFRM_MODE_IPTFS
	LastUsed  uint64         // seconds since 1970, of Mobile IPv6; read only
	// ReplayMaxDiff and ReplayMaxAge say after how many packets, and after how many tenths of a
	// second, the kernel reports sequence numbers (XFRMNLGRP_AEVENTS); nil: the system's. They
	// are not read, but by [Handle.XfrmAeventGet].
	ReplayMaxDiff *uint32
	ReplayMaxAge  *uint32
	// MappingMaxAge is how many seconds apart changes of the peer's UDP port are reported (Linux 5.17).
	MappingMaxAge uint32
	// NatKeepalive is how many seconds apart the kernel keeps a translator's state alive, 0: it
	// does not (Linux 6.11).
	NatKeepalive uint32
}

// XfrmStateAlgo is an algorithm and its key. Neither String nor an error has the key.
type XfrmStateAlgo struct {
	Name        string // as the kernel's cryptography has it: "cbc(aes)", "rfc4106(gcm(aes))"
	Key         []byte
	TruncateLen int // bits of the authenticator that are sent, of Auth; 0: the usual number
	ICVLen      int // bits of the check value, of Aead
}

// String returns the name and the sizes. Unlike in the library that this one stands for the key
// is not in it.
func (a XfrmStateAlgo) String() string {
	s := fmt.Sprintf("{Name: %s, Key: <%d bits>", a.Name, 8*len(a.Key))
	if a.TruncateLen != 0 {
		s += fmt.Sprintf(", Truncate length: %d", a.TruncateLen)
	}
	if a.ICVLen != 0 {
		s += fmt.Sprintf(", ICV length: %d", a.ICVLen)
	}
	return s + "}"
}

// GoString is String, so that %#v shows no key either.
func (a XfrmStateAlgo) GoString() string { return a.String() }

// XfrmStateEncap is the encapsulation of ESP in UDP or TCP.
type XfrmStateEncap struct {
	Type            EncapType
	SrcPort         int
	DstPort         int
	OriginalAddress net.IP // before it was translated
}

// String returns all of it.
func (e XfrmStateEncap) String() string {
	return fmt.Sprintf("{Type: %s, Srcport: %d, DstPort: %d, OriginalAddress: %v}",
		e.Type, e.SrcPort, e.DstPort, e.OriginalAddress)
}

// XfrmStateLimits bound the use of a state or a policy. At a soft limit the kernel notifies
// of it, at a hard one it deletes it. 0 is no limit; one of bytes or packets that is none is read
// as the largest uint64. Times are in seconds.
type XfrmStateLimits struct {
	ByteSoft    uint64
	ByteHard    uint64
	PacketSoft  uint64
	PacketHard  uint64
	TimeSoft    uint64 // since it was added
	TimeHard    uint64
	TimeUseSoft uint64 // since it was used first
	TimeUseHard uint64
}

// XfrmStateStats counts the use of a state.
type XfrmStateStats struct {
	ReplayWindow uint32 // packets outside of the window
	Replay       uint32 // packets that came again
	Failed       uint32 // packets that were not authentic
	Bytes        uint64
	Packets      uint64
	AddTime      uint64 // seconds since 1970
	UseTime      uint64 // the first use, 0: none
}

// XfrmReplayState are sequence numbers of 32 bits: the last that was sent, the last that came, and
// which of the 32 before that one came.
type XfrmReplayState struct {
	OSeq   uint32
	Seq    uint32
	BitMap uint32
}

// String returns all of it.
func (r XfrmReplayState) String() string {
	return fmt.Sprintf("{OSeq: 0x%x, Seq: 0x%x, BitMap: 0x%x}", r.OSeq, r.Seq, r.BitMap)
}

// XfrmReplayESN is [XfrmReplayState] for a long window, and with ESN for numbers of 64 bits.
type XfrmReplayESN struct {
	OSeq   uint64
	Seq    uint64
	BitMap []uint32 // nothing came yet where it is empty
}

// XfrmIPTFS are the settings of XFRM_MODE_IPTFS (RFC 9347, Linux 6.14). nil is the default in net.core,
// and what a state of the other direction has.
type XfrmIPTFS struct {
	DropTime      *uint32 // microseconds that a missing packet is waited for
	ReorderWindow *uint16 // packets
	DontFrag      bool    // packets are not split over outer ones
	InitDelay     *uint32 // microseconds that the first packet waits for others
	MaxQueueSize  *uint32 // bytes
	PacketSize    *uint32 // bytes of outer packets, 0: what the path takes
}

// String returns the fields that are set, without the keys.
func (sa XfrmState) String() string {
	pcpu := "<nil>"
	if sa.Pcpunum != nil {
		pcpu = fmt.Sprint(*sa.Pcpunum)
	}
	return fmt.Sprintf("Dst: %v, Src: %v, Proto: %s, Mode: %s, SPI: 0x%x, ReqID: 0x%x, ReplayWindow: %d, Mark: %v, "+
		"OutputMark: %v, "+
		"SADir: %d, Ifid: %d, Pcpunum: %s, Auth: %v, Crypt: %v, Aead: %v, Encap: %v, ESN: %t, DontEncapDSCP: %t, "+
		"OSeqMayWrap: %t, Replay: %v",
		sa.Dst, sa.Src, sa.Proto, sa.Mode, sa.Spi, sa.Reqid, sa.ReplayWindow, sa.Mark, sa.OutputMark,
		sa.SADir, sa.Ifid, pcpu, sa.Auth, sa.Crypt, sa.Aead, sa.Encap, sa.ESN, sa.DontEncapDSCP, sa.OSeqMayWrap, sa.Replay)
}

// Print is String, and with stats the limits and what the state was used for.
func (sa XfrmState) Print(stats bool) string {
	if !stats {
		return sa.String()
	}
	at := func(seconds uint64) string {
		if seconds == 0 {
			return "-"
		}
		return time.Unix(int64(seconds), 0).Format(time.UnixDate)
	}
	l, s := &sa.Limits, &sa.Statistics
	added := time.Unix(int64(s.AddTime), 0).Format(time.UnixDate)
	return fmt.Sprintf("%s, ByteSoft: %s, ByteHard: %s, PacketSoft: %s, PacketHard: %s, TimeSoft: %d, TimeHard: %d, "+
		"TimeUseSoft: %d, TimeUseHard: %d, "+
		"Bytes: %d, Packets: %d, AddTime: %s, UseTime: %s, ReplayWindow: %d, Replay: %d, Failed: %d",
		sa.String(), xfrmLimit(l.ByteSoft), xfrmLimit(l.ByteHard), xfrmLimit(l.PacketSoft), xfrmLimit(l.PacketHard),
		l.TimeSoft, l.TimeHard, l.TimeUseSoft, l.TimeUseHard,
		s.Bytes, s.Packets, added, at(s.UseTime), s.ReplayWindow, s.Replay, s.Failed)
}

func xfrmLimit(v uint64) string {
	if v == math.MaxUint64 {
		return "(INF)"
	}
	return fmt.Sprint(v)
}

// xfrmStateObject is a state as an error has it.
func xfrmStateObject(s *XfrmState) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("src %s dst %s proto %s spi 0x%08x", xfrmIP(s.Src), xfrmIP(s.Dst), s.Proto, s.Spi)
}
