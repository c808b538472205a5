package cli

import (
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// LLAddrText is a link-layer address of a link of type typ (ARPHRD_…), which
// for tunnels is an IP address.
func LLAddrText(b []byte, typ uint16) string {
	switch typ {
	case uapi.ARPHRD_TUNNEL, uapi.ARPHRD_SIT, uapi.ARPHRD_IPGRE:
		if len(b) == 4 {
			return netip.AddrFrom4([4]byte(b)).String()
		}
	case uapi.ARPHRD_TUNNEL6, uapi.ARPHRD_IP6GRE:
		if len(b) == 16 {
			return desc.AddrText(netip.AddrFrom16([16]byte(b)))
		}
	}
	h := hex.EncodeToString(b)
	var text strings.Builder
	for i := 0; i < len(h); i += 2 {
		if i != 0 {
			text.WriteByte(':')
		}
		text.WriteString(h[i : i+2])
	}
	return text.String()
}

// host is the name of an address's host, "" where it has none.
func (s *Session) host(a netip.Addr) string {
	hosts, err := net.DefaultResolver.LookupAddr(s.Ctx, a.String())
	if err != nil || len(hosts) == 0 {
		return ""
	}
	return strings.TrimSuffix(hosts[0], ".")
}

// ShowTimestamp begins an event with the time, if that was asked for.
func (s *Session) ShowTimestamp(now time.Time) {
	if !s.timestamp {
		return
	}
	usec := now.Nanosecond() / 1000
	if s.tshort {
		s.Out.Text("[%s.%06d] ", now.Format("2006-01-02T15:04:05"), usec)
	} else {
		s.Out.Text("Timestamp: %s %d usec\n", now.Format(time.ANSIC), usec)
	}
}
