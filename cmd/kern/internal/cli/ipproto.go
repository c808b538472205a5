package cli

import (
	"bufio"
	"os"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// ipProtoFile has the names of the protocols above IP: see protocols(5).
const ipProtoFile = "/etc/protocols"

// ipProtos are the names that are known without the file.
var ipProtos = []ipProto{
	{"icmp", uapi.IPPROTO_ICMP},
	{"igmp", uapi.IPPROTO_IGMP},
	{"ipencap", uapi.IPPROTO_IPIP},
	{"tcp", uapi.IPPROTO_TCP},
	{"udp", uapi.IPPROTO_UDP},
	{"dccp", uapi.IPPROTO_DCCP},
	{"ipv6", uapi.IPPROTO_IPV6},
	{"gre", uapi.IPPROTO_GRE},
	{"esp", uapi.IPPROTO_ESP},
	{"ah", uapi.IPPROTO_AH},
	{"ipv6-icmp", uapi.IPPROTO_ICMPV6},
	{"sctp", uapi.IPPROTO_SCTP},
	{"udplite", uapi.IPPROTO_UDPLITE},
}

type ipProto struct {
	name  string
	proto uint8
}

// readIPProtos are the protocols of the file, then those built in. A protocol's
// first name is the one to show.
func readIPProtos() []ipProto {
	var all []ipProto
	f, err := os.Open(ipProtoFile)
	if err != nil {
		return ipProtos
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		n, err := strconv.ParseUint(words[1], 10, 8)
		if err != nil {
			continue
		}
		all = append(all, ipProto{words[0], uint8(n)})
		for _, alias := range words[2:] {
			all = append(all, ipProto{alias, uint8(n)})
		}
	}
	return append(all, ipProtos...)
}

// IPProtoNumber reads the name or number of a protocol.
func IPProtoNumber(word string) (uint8, bool) {
	if n, err := desc.ParseUint(word, 8); err == nil {
		return uint8(n), true
	}
	for _, p := range readIPProtos() {
		if p.name == word {
			return p.proto, true
		}
	}
	return 0, false
}

// IPProtoName is the name of a protocol.
func (s *Session) IPProtoName(proto uint8) string {
	if !s.Numeric {
		if name := ipProtoName(proto); name != "" {
			return name
		}
	}
	return "ipproto-" + strconv.Itoa(int(proto))
}

// IPProtoOrNumber is the name of a protocol, or its number where it has none.
func IPProtoOrNumber(proto uint8) string {
	if name := ipProtoName(proto); name != "" {
		return name
	}
	return strconv.Itoa(int(proto))
}

func ipProtoName(proto uint8) string {
	for _, p := range readIPProtos() {
		if p.proto == proto {
			return p.name
		}
	}
	return ""
}
