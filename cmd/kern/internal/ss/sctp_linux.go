package ss

import (
	"fmt"
	"strings"

	"kern.sys/netlink"
)

// sctpInfo appends the state of an association of SCTP: ss -i.
func sctpInfo(b *strings.Builder, i *netlink.SCTPInfo) {
	number := func(name string, n uint32) {
		if n != 0 {
			fmt.Fprintf(b, " %s:%d", name, int32(n))
		}
	}
	if i.Tag != 0 {
		fmt.Fprintf(b, " tag:%x", i.Tag)
	}
	if i.State != 0 {
		fmt.Fprintf(b, " state:%s", netlink.SCTPStateString(uint8(i.State)))
	}
	number("rwnd", i.RWnd)
	number("unackdata", uint32(i.UnackData))
	number("penddata", uint32(i.PendData))
	number("instrms", uint32(i.InStreams))
	number("outstrms", uint32(i.OutStreams))
	number("inqueue", i.InQueue)
	number("outqueue", i.OutQueue)
	number("overerr", i.OverallError)
	number("maxburst", i.MaxBurst)
	number("maxseg", i.MaxSeg)
	number("prwnd", i.PeerRWnd)
	if i.PeerTag != 0 {
		fmt.Fprintf(b, " ptag:%x", i.PeerTag)
	}
	number("pcapable", uint32(i.PeerCapable))
	number("psack", uint32(i.PeerSack))
	number("autoclose", uint32(i.AutoClose))
	number("adapind", i.AdaptationIndication)
	number("pdpoint", i.PartialDeliveryPoint)
	number("nodelay", uint32(i.NoDelay))
	number("nofrag", uint32(i.DisableFragments))
	number("v4mapped", uint32(i.V4Mapped))
	number("fraginl", uint32(i.FragmentInterleave))
}
