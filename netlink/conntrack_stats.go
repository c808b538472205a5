package netlink

import (
	"encoding/binary"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ConntrackCPUStats counts what happened to packets on one processor: a line of conntrack -S. Counters that the kernel
// no longer has are 0.
type ConntrackCPUStats struct {
	CPU           int
	Found         uint32 // entries that were found for packets
	Invalid       uint32 // packets that cannot be tracked
	Insert        uint32
	InsertFailed  uint32 // an equal entry was there already
	Drop          uint32 // packets that were dropped because of a failed insertion
	EarlyDrop     uint32 // entries that were dropped to make room
	Error         uint32 // malformed packets
	SearchRestart uint32 // searches that were begun again
	ClashResolve  uint32 // clashing insertions that were resolved (Linux 5.8)
	ChainTooLong  uint32 // insertions into a chain that was too long (Linux 5.15)
}

// ConntrackStats returns the counters of each processor: conntrack -S.
func (h *Handle) ConntrackStats() ([]ConntrackCPUStats, error) {
	r := conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_GET_STATS_CPU, 0, 0)
	return list(h.withDetails(), r, "conntrack stats", decodeConntrackStats)
}

func decodeConntrackStats(m wire.Message) (s ConntrackCPUStats, want bool, err error) {
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofNfgenmsg)
	if len(m.Data) >= uapi.SizeofNfgenmsg {
		s.CPU = int(binary.BigEndian.Uint16(m.Data[2:]))
	}
	for d.Next() {
		switch d.Type() {
		case uapi.CTA_STATS_FOUND:
			s.Found = d.BE32()
		case uapi.CTA_STATS_INVALID:
			s.Invalid = d.BE32()
		case uapi.CTA_STATS_INSERT:
			s.Insert = d.BE32()
		case uapi.CTA_STATS_INSERT_FAILED:
			s.InsertFailed = d.BE32()
		case uapi.CTA_STATS_DROP:
			s.Drop = d.BE32()
		case uapi.CTA_STATS_EARLY_DROP:
			s.EarlyDrop = d.BE32()
		case uapi.CTA_STATS_ERROR:
			s.Error = d.BE32()
		case uapi.CTA_STATS_SEARCH_RESTART:
			s.SearchRestart = d.BE32()
		case uapi.CTA_STATS_CLASH_RESOLVE:
			s.ClashResolve = d.BE32()
		case uapi.CTA_STATS_CHAIN_TOOLONG:
			s.ChainTooLong = d.BE32()
		}
	}
	return s, true, d.Err()
}

// ConntrackExpectCPUStats counts what happened to expectations on one processor.
type ConntrackExpectCPUStats struct {
	CPU                 int
	New, Create, Delete uint32
}

// ConntrackExpectStats returns the counters of expectations of each processor.
func (h *Handle) ConntrackExpectStats() ([]ConntrackExpectCPUStats, error) {
	r := conntrackRequest(ConntrackExpectTable, uapi.IPCTNL_MSG_EXP_GET_STATS_CPU, 0, 0)
	return list(h.withDetails(), r, "conntrack expect stats",
		func(m wire.Message) (s ConntrackExpectCPUStats, want bool, err error) {
			d := wire.NewDecoderAfter(m.Data, uapi.SizeofNfgenmsg)
			if len(m.Data) >= uapi.SizeofNfgenmsg {
				s.CPU = int(binary.BigEndian.Uint16(m.Data[2:]))
			}
			for d.Next() {
				switch d.Type() {
				case uapi.CTA_STATS_EXP_NEW:
					s.New = d.BE32()
				case uapi.CTA_STATS_EXP_CREATE:
					s.Create = d.BE32()
				case uapi.CTA_STATS_EXP_DELETE:
					s.Delete = d.BE32()
				}
			}
			return s, true, d.Err()
		})
}

// ConntrackCount returns how many connections the namespace has, and how many it may have: conntrack -C. top is
// 0 before Linux 4.18.
func (h *Handle) ConntrackCount() (entries, top uint32, err error) {
	r := conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_GET_STATS, 0, 0)
	err = h.conntrackAsk(r, "conntrack count", noObject, func(m wire.Message) error {
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofNfgenmsg)
		for d.Next() {
			switch d.Type() {
			case uapi.CTA_STATS_GLOBAL_ENTRIES:
				entries = d.BE32()
			case uapi.CTA_STATS_GLOBAL_MAX_ENTRIES:
				top = d.BE32()
			}
		}
		return d.Err()
	})
	return entries, top, err
}
