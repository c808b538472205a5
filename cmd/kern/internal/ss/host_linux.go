package ss

import (
	"context"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

var errHost error = unread("Cannot parse dst/src address.")

// host reads what src, dst, or with port sport and dport compare with: a family before a colon, and what that has.
// A family, be it named here or by an option before, is then the only one that is shown.
func (p *filterParser) host(word string, port bool) (h *host, err error) {
	family := p.preferred
	for _, f := range [...]struct {
		prefix string
		family uint8
	}{
		{"unix:", unix.AF_UNIX}, {"link:", unix.AF_PACKET}, {"netlink:", unix.AF_NETLINK}, {"vsock:", unix.AF_VSOCK},
		{"inet:", unix.AF_INET}, {"inet6:", unix.AF_INET6},
	} {
		if rest, ok := strings.CutPrefix(word, f.prefix); ok {
			word, family = rest, f.family
			break
		}
	}
	h = &host{family: family, port: -1}
	switch family {
	case unix.AF_UNIX:
		h.name, err = pattern(word)
	case unix.AF_PACKET:
		err = h.numbered(word, port, linkNumber, func(name string) (uint32, bool) {
			n, ok := desc.EtherProtocol(name)
			return uint32(n), ok
		})
	case unix.AF_NETLINK:
		err = h.numbered(word, port, netlinkPortNumber, netlinkProtocolNumber)
	case unix.AF_VSOCK:
		err = h.numbered(word, port, func(text string) (int64, bool) {
			n, ok := number32(text)
			return int64(n), ok
		}, number32)
	default:
		err = p.inetHost(h, word, port)
	}
	if err != nil {
		return nil, err
	}
	if family != unix.AF_UNSPEC {
		p.families, p.preferred = []uint8{family}, family
	}
	return h, nil
}

// pattern is a pattern of a shell, whose case does not count.
func pattern(text string) (func(string) bool, error) {
	var b strings.Builder
	b.WriteString(`(?is)^`)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`.`)
		case '[':
			end := strings.IndexByte(text[min(i+2, len(text)):], ']')
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			class := text[i+1 : i+2+end]
			if class[0] == '!' {
				class = "^" + class[1:]
			}
			b.WriteString("[" + strings.ReplaceAll(class, `[`, `\[`) + "]")
			i += 2 + end
		case '\\':
			i++
			b.WriteString(regexp.QuoteMeta(text[min(i, len(text)):min(i+1, len(text))]))
		default:
			b.WriteString(regexp.QuoteMeta(text[i : i+1]))
		}
	}
	re, err := regexp.Compile(b.String() + `$`)
	if err != nil {
		return nil, errHost
	}
	return re.MatchString, nil
}

// numbered reads a number or a name of a family, and a port or what stands for one.
func (h *host) numbered(word string, port bool, portOf func(string) (int64, bool),
	numberOf func(string) (uint32, bool)) error {
	name, text, given := strings.Cut(word, ":")
	if port && !given {
		name, text = "", word
	}
	if text != "" && text != "*" {
		n, ok := portOf(text)
		if !ok {
			return errHost
		}
		h.port = n
	}
	if !port && name != "" && name != "*" {
		n, ok := numberOf(name)
		if !ok {
			return errHost
		}
		h.number = &n
	}
	return nil
}

func number32(text string) (uint32, bool) {
	n, err := strconv.ParseUint(text, 0, 32)
	return uint32(n), err == nil
}

func linkNumber(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return n, true
	}
	return linkIndex(text)
}

// linkIndex is the index of the link with a name; "if7" is 7 where none is called so.
func linkIndex(name string) (int64, bool) {
	if link, err := netlink.LinkByName(name); err == nil {
		return int64(link.Attrs().Index), true
	}
	digits, ok := strings.CutPrefix(name, "if")
	n, err := strconv.ParseUint(digits, 10, 31)
	return int64(n), ok && err == nil
}

func netlinkPortNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 0, 64)
	return n, err == nil || text == "kernel"
}

func netlinkProtocolNumber(text string) (uint32, bool) {
	for n, name := range netlinkProtocols {
		if name == text {
			return uint32(n), true
		}
	}
	n, err := strconv.ParseUint(text, 0, 8)
	return uint32(n), err == nil
}

// inetHost reads an address, a prefix, a port, or an address with a port.
func (p *filterParser) inetHost(h *host, value string, port bool) (err error) {
	addr, service := value, ""
	switch {
	case port:
		addr, service = "", value[strings.LastIndexByte(value, ':')+1:]
	case strings.HasPrefix(value, "["):
		end := strings.IndexByte(value, ']')
		if end < 0 {
			return errHost
		}
		addr, service = value[1:end], strings.TrimPrefix(value[end+1:], ":")
	case strings.HasPrefix(value, "*"):
		addr, service = "", strings.TrimPrefix(value[1:], ":")
	default:
		tail := strings.IndexByte(value, '/') + 1
		if i := strings.LastIndexByte(value[tail:], ':'); i >= 0 {
			addr, service = value[:tail+i], value[tail+i+1:]
		}
	}
	if h.port, err = p.portNumber(service); err == nil && addr != "" && addr != "*" {
		h.prefixes, err = prefixesOf(addr, h.family)
	}
	return err
}

// prefixesOf reads a prefix as ip has them, an address, or the name of a host, which may have several. Any address is
// no prefix.
func prefixesOf(text string, family uint8) ([]netip.Prefix, error) {
	p, err := cli.ParsePrefix(text, int(family))
	if err == nil && p.IsAny() {
		return nil, nil
	}
	if err == nil {
		return []netip.Prefix{netip.PrefixFrom(p.Addr, p.Bits)}, nil
	}
	addrs, err := lookup(text, family)
	if err != nil || len(addrs) == 0 {
		return nil, cannotParse("Error: an inet prefix is expected rather than \"%s\".\n%s", text, errHost)
	}
	var all []netip.Prefix
	for _, a := range addrs {
		if p := netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all, nil
}

// lookup asks for the addresses of a host by its name.
func lookup(name string, family uint8) ([]netip.Addr, error) {
	if strings.Trim(name, "0123456789abcdefABCDEF:./") == "" {
		return nil, nil // an address that is none
	}
	network := "ip"
	switch family {
	case unix.AF_INET:
		network = "ip4"
	case unix.AF_INET6:
		network = "ip6"
	}
	return net.DefaultResolver.LookupNetIP(context.Background(), network, name)
}

// portNumber is -1 of no port.
func (p *filterParser) portNumber(text string) (int64, error) {
	if text == "" || text == "*" {
		return -1, nil
	}
	if n, err := strconv.ParseUint(text, 0, 16); err == nil {
		return int64(n), nil
	}
	if n, ok := portOf(text, p.tables); ok {
		return int64(n), nil
	}
	return 0, cannotParse("Error: \"%s\" does not look like a port.\n%s", text, errHost)
}
