package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

// counter is one number of a link's statistics: its JSON key, its heading and
// its value.
type counter struct {
	key, head string
	n         uint64
	column    int // where it is not the next one
}

// showLinkStats prints the counters: -statistics once those that are always
// wanted, twice the kinds of errors too. The text lacks its last line end.
func showLinkStats(s *cli.Session, l *linkMessage) {
	var st uapi.RtnlLinkStats64
	key := "stats64"
	if b, ok := l.attrs[uapi.IFLA_STATS64]; ok {
		st.Decode(b)
	} else if b, ok := l.attrs[uapi.IFLA_STATS]; ok {
		key = "stats"
		st = wideStats(b)
	} else {
		return
	}
	var changes []counter // the carrier's, where the kernel counts them
	if l.has(uapi.IFLA_CARRIER_CHANGES, 4) {
		changes = []counter{{key: "carrier_changes", head: "transns", n: uint64(l.number(uapi.IFLA_CARRIER_CHANGES))}}
	}
	showCounters64(s, key, &st, changes)
}

// showCounters64 prints the counters of a link. The text lacks its last line end.
func showCounters64(s *cli.Session, key string, st *uapi.RtnlLinkStats64, changes []counter) {
	if s.JSON {
		statsJSON(s, key, st, changes)
	} else {
		statsText(s, st, changes)
	}
}

// wideStats is struct rtnl_link_stats, which old kernels give instead.
func wideStats(b []byte) uapi.RtnlLinkStats64 {
	var n uapi.RtnlLinkStats
	n.Decode(b)
	return uapi.RtnlLinkStats64{
		RxPackets: uint64(n.RxPackets), TxPackets: uint64(n.TxPackets),
		RxBytes: uint64(n.RxBytes), TxBytes: uint64(n.TxBytes),
		RxErrors: uint64(n.RxErrors), TxErrors: uint64(n.TxErrors),
		RxDropped: uint64(n.RxDropped), TxDropped: uint64(n.TxDropped),
		Multicast: uint64(n.Multicast), Collisions: uint64(n.Collisions),
		RxLengthErrors: uint64(n.RxLengthErrors), RxOverErrors: uint64(n.RxOverErrors),
		RxCrcErrors: uint64(n.RxCrcErrors), RxFrameErrors: uint64(n.RxFrameErrors),
		RxFifoErrors: uint64(n.RxFifoErrors), RxMissedErrors: uint64(n.RxMissedErrors),
		TxAbortedErrors: uint64(n.TxAbortedErrors), TxCarrierErrors: uint64(n.TxCarrierErrors),
		TxFifoErrors: uint64(n.TxFifoErrors), TxHeartbeatErrors: uint64(n.TxHeartbeatErrors),
		TxWindowErrors: uint64(n.TxWindowErrors), RxCompressed: uint64(n.RxCompressed),
		TxCompressed: uint64(n.TxCompressed), RxNohandler: uint64(n.RxNohandler),
	}
}

func statsJSON(s *cli.Session, key string, st *uapi.RtnlLinkStats64, changes []counter) {
	rx := []counter{
		{key: "bytes", n: st.RxBytes}, {key: "packets", n: st.RxPackets},
		{key: "errors", n: st.RxErrors}, {key: "dropped", n: st.RxDropped},
		{key: "over_errors", n: st.RxOverErrors}, {key: "multicast", n: st.Multicast},
	}
	if st.RxCompressed != 0 {
		rx = append(rx, counter{key: "compressed", n: st.RxCompressed})
	}
	tx := []counter{
		{key: "bytes", n: st.TxBytes}, {key: "packets", n: st.TxPackets},
		{key: "errors", n: st.TxErrors}, {key: "dropped", n: st.TxDropped},
		{key: "carrier_errors", n: st.TxCarrierErrors}, {key: "collisions", n: st.Collisions},
	}
	if st.TxCompressed != 0 {
		tx = append(tx, counter{key: "compressed", n: st.TxCompressed})
	}
	if s.Stats > 1 {
		rx = append(rx,
			counter{key: "length_errors", n: st.RxLengthErrors}, counter{key: "crc_errors", n: st.RxCrcErrors},
			counter{key: "frame_errors", n: st.RxFrameErrors}, counter{key: "fifo_errors", n: st.RxFifoErrors},
			counter{key: "missed_errors", n: st.RxMissedErrors})
		if st.RxNohandler != 0 {
			rx = append(rx, counter{key: "nohandler", n: st.RxNohandler})
		}
		if st.RxOtherhostDropped != 0 {
			rx = append(rx, counter{key: "otherhost", n: st.RxOtherhostDropped})
		}
		tx = append(tx,
			counter{key: "aborted_errors", n: st.TxAbortedErrors}, counter{key: "fifo_errors", n: st.TxFifoErrors},
			counter{key: "window_errors", n: st.TxWindowErrors}, counter{key: "heartbeat_errors", n: st.TxHeartbeatErrors})
		tx = append(tx, changes...)
	}
	p := s.Out
	p.Object(key)
	countersJSON(s, rx, tx)
	p.EndObject()
}

func countersJSON(s *cli.Session, rx, tx []counter) {
	p := s.Out
	for _, dir := range []struct {
		key      string
		counters []counter
	}{{"rx", rx}, {"tx", tx}} {
		p.Object(dir.key)
		for _, c := range dir.counters {
			p.Uint(c.key, "", c.n)
		}
		p.EndObject()
	}
}

// statsText prints the table. Its columns are as wide as the widest of all
// rows; the last has a heading only where it has a number.
func statsText(s *cli.Session, st *uapi.RtnlLinkStats64, changes []counter) {
	rx := []counter{
		{head: "bytes", n: st.RxBytes}, {head: "packets", n: st.RxPackets}, {head: "errors", n: st.RxErrors},
		{head: "dropped", n: st.RxDropped}, {head: "missed", n: st.RxMissedErrors}, {head: "mcast", n: st.Multicast},
	}
	tx := []counter{
		{head: "bytes", n: st.TxBytes}, {head: "packets", n: st.TxPackets}, {head: "errors", n: st.TxErrors},
		{head: "dropped", n: st.TxDropped}, {head: "carrier", n: st.TxCarrierErrors}, {head: "collsns", n: st.Collisions},
	}
	rxErrors := []counter{
		{}, {head: "length", n: st.RxLengthErrors}, {head: "crc", n: st.RxCrcErrors},
		{head: "frame", n: st.RxFrameErrors}, {head: "fifo", n: st.RxFifoErrors}, {head: "overrun", n: st.RxOverErrors},
	}
	txErrors := []counter{
		{}, {head: "aborted", n: st.TxAbortedErrors}, {head: "fifo", n: st.TxFifoErrors},
		{head: "window", n: st.TxWindowErrors}, {head: "heartbt", n: st.TxHeartbeatErrors},
	}
	if txErrors = append(txErrors, changes...); changes == nil {
		txErrors = append(txErrors, counter{})
	}
	if st.RxNohandler != 0 {
		rxErrors = append(rxErrors, counter{head: "nohandler", n: st.RxNohandler})
	}
	if st.RxOtherhostDropped != 0 {
		rxErrors = append(rxErrors, counter{head: "otherhost", n: st.RxOtherhostDropped, column: 7})
	}
	rows := [][]counter{rx, tx}
	if s.Stats > 1 {
		rows = append(rows, rxErrors, txErrors)
	}
	// The widths of the narrowest table: "RX errors:" and the widest headings.
	widths := []int{len("RX errors:"), len("packets"), len("errors"), len("dropped"), len("heartbt"), len("overrun"),
		len("compressed"), len("otherhost")}
	for _, row := range rows {
		for i, c := range row {
			i = max(i, c.column)
			widths[i] = max(widths[i], len(amount(s, c.n)))
		}
	}
	rx = append(rx, compressed(st.RxCompressed))
	tx = append(tx, compressed(st.TxCompressed))
	statsRow(s, "    ", "RX:", rx, widths)
	if s.Stats > 1 {
		statsRow(s, "    ", "RX errors:", rxErrors, widths)
	}
	statsRow(s, "    ", "TX:", tx, widths)
	if s.Stats > 1 {
		statsRow(s, "    ", "TX errors:", txErrors, widths)
	}
}

func compressed(n uint64) counter {
	if n == 0 {
		return counter{}
	}
	return counter{head: "compressed", n: n}
}

// statsRow prints a line of headings and one of numbers. Columns without a
// heading have no number.
func statsRow(s *cli.Session, indent, title string, row []counter, widths []int) {
	p := s.Out
	if title != "RX:" {
		p.NL()
	}
	p.Text("%s%s", indent, title)
	for i, c := range row {
		if i == 0 {
			p.Text("%*s", widths[0]-len(title), c.head)
		} else {
			p.Text(" %*s", widths[max(i, c.column)], c.head)
		}
	}
	p.NL()
	p.Text("%s", indent)
	for i, c := range row {
		switch {
		case c.head != "":
			p.Text("%*s ", widths[max(i, c.column)], amount(s, c.n))
		case i == 0:
			p.Text("%*s ", widths[0], "")
		}
	}
}

// amount is a number of bytes or packets, with -human with a suffix.
func amount(s *cli.Session, n uint64) string {
	base, unit := 1000.0, ""
	if s.IEC {
		base, unit = 1024, "i"
	}
	if !s.Human || float64(n) < base {
		return fmt.Sprint(n)
	}
	v, at := float64(n)/base, 0
	const suffixes = "kMGTPE"
	for v >= base && at < len(suffixes)-1 {
		v /= base
		at++
	}
	places := 0
	switch {
	case v < 10:
		places = 2
	case v < 100:
		places = 1
	}
	return fmt.Sprintf("%.*f%c%s", places, v, suffixes[at], unit)
}
