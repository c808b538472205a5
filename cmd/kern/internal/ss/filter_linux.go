package ss

import (
	"bufio"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// split returns the parts of the words, which may hold spaces.
func split(words []string) (parts []string) {
	for _, w := range words {
		parts = append(parts, strings.Fields(w)...)
	}
	return parts
}

// filterParser reads an expression: conditions with and, or, not and parentheses, of which and and or bind
// alike, from the left.
type filterParser struct {
	*options
	words []string
}

func (p *filterParser) parse() (netlink.SocketFilter, error) {
	f, err := p.list()
	if err == nil && len(p.words) != 0 {
		err = says("ss: syntax error at %q\n Sorry.", p.words[0])
	}
	return f, err
}

func (p *filterParser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *filterParser) next() string {
	w := p.peek()
	p.words = p.words[min(1, len(p.words)):]
	return w
}

func (p *filterParser) list() (netlink.SocketFilter, error) {
	f, err := p.one()
	for err == nil {
		join := netlink.SocketAnd
		switch p.peek() {
		case "", ")":
			return f, nil
		case "or", "|", "||":
			join = netlink.SocketOr
			p.next()
		case "and", "&", "&&":
			p.next()
		}
		var g netlink.SocketFilter
		if g, err = p.one(); err == nil {
			f = join(f, g)
		}
	}
	return nil, err
}

// compare reads an operator; none is "=".
func (p *filterParser) compare() string {
	for _, c := range [...]struct{ word, op string }{
		{"=", "="}, {"==", "="}, {"eq", "="}, {"!=", "!="}, {"ne", "!="}, {"neq", "!="},
		{">=", ">="}, {"ge", ">="}, {"geq", ">="}, {"<=", "<="}, {"le", "<="}, {"leq", "<="},
		{">", ">"}, {"gt", ">"}, {"<", "<"}, {"lt", "<"},
	} {
		if p.peek() == c.word {
			p.next()
			return c.op
		}
	}
	return "="
}

func (p *filterParser) one() (f netlink.SocketFilter, err error) {
	word := p.next()
	switch word {
	case "(":
		if f, err = p.list(); err == nil && p.next() != ")" {
			err = says("ss: a parenthesis is not closed\n Sorry.")
		}
		return f, err
	case "!", "not":
		if f, err = p.one(); err == nil {
			f = netlink.SocketNot(f)
		}
		return f, err
	case "autobound":
		return netlink.SocketAutobound(), nil
	case "src", "dst", "sport", "dport", "dev", "fwmark", "cgroup":
	default:
		return nil, says("ss: bison bellows (while parsing filter): %q is no condition\n Sorry.", word)
	}
	op := p.compare()
	value := p.next()
	switch word {
	case "src", "dst":
		f, err = p.host(word == "src", value)
	case "sport", "dport":
		return p.port(word == "sport", op, value)
	case "dev":
		f, err = device(value)
	case "fwmark":
		f, err = mark(value)
	case "cgroup":
		f, err = cgroup(value)
	}
	switch {
	case err != nil:
		return nil, err
	case op == "!=" && word != "src" && word != "dst":
		return netlink.SocketNot(f), nil
	case op != "=":
		return nil, says("ss: %s cannot be compared by %s\n Sorry.", word, op)
	}
	return f, nil
}

// host is an address, a prefix, a port, or an address with a port.
func (p *filterParser) host(source bool, value string) (netlink.SocketFilter, error) {
	for prefix, family := range map[string]uint8{"inet:": unix.AF_INET, "inet6:": unix.AF_INET6} {
		if rest, ok := strings.CutPrefix(value, prefix); ok {
			value, p.families = rest, []uint8{family}
			break
		}
	}
	addr, port := value, ""
	switch {
	case strings.HasPrefix(value, "["):
		end := strings.IndexByte(value, ']')
		if end < 0 {
			return nil, says("Cannot parse dst/src address.")
		}
		addr, port = value[1:end], strings.TrimPrefix(value[end+1:], ":")
	case strings.HasPrefix(value, "*"):
		addr, port = "", strings.TrimPrefix(value[1:], ":")
	default:
		tail := strings.IndexByte(value, '/') + 1
		if i := strings.LastIndexByte(value[tail:], ':'); i >= 0 {
			addr, port = value[:tail+i], value[tail+i+1:]
		}
	}
	n, err := p.portNumber(port)
	if err != nil {
		return nil, err
	}
	var prefix netip.Prefix
	if addr != "" && addr != "*" {
		if prefix, err = prefixOf(addr); err != nil {
			return nil, err
		}
	}
	if source {
		return netlink.SocketSource(prefix, n), nil
	}
	return netlink.SocketDestination(prefix, n), nil
}

func prefixOf(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		ips, lookup := net.LookupIP(text)
		if lookup != nil || len(ips) == 0 {
			return p, says("Error: an inet prefix is expected rather than \"%s\".\nCannot parse dst/src address.", text)
		}
		a, _ := netip.AddrFromSlice(ips[0])
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	return p, nil
}

// portNumber is -1 of no port.
func (p *filterParser) portNumber(text string) (int, error) {
	if text == "" || text == "*" {
		return -1, nil
	}
	if n, err := strconv.ParseUint(text, 0, 16); err == nil {
		return int(n), nil
	}
	if n, ok := portOf(text, p.tables); ok {
		return n, nil
	}
	return 0, says("Error: \"%s\" does not look like a port.\nCannot parse dst/src address.", text)
}

func (p *filterParser) port(source bool, op, value string) (netlink.SocketFilter, error) {
	n, err := p.portNumber(strings.TrimPrefix(value[strings.LastIndexByte(value, ':')+1:], ":"))
	if err != nil {
		return nil, err
	}
	one, some := netlink.SocketDestination, netlink.SocketDestinationPorts
	if source {
		one, some = netlink.SocketSource, netlink.SocketSourcePorts
	}
	if n < 0 && op != "=" && op != "!=" {
		return nil, says("ss: %q is no port\n Sorry.", value)
	}
	const last = 1<<16 - 1
	switch op {
	case ">=":
		return some(uint16(n), last), nil
	case "<=":
		return some(0, uint16(n)), nil
	case ">":
		return netlink.SocketNot(some(0, uint16(n))), nil
	case "<":
		return netlink.SocketNot(some(uint16(n), last)), nil
	case "!=":
		return netlink.SocketNot(one(netip.Prefix{}, n)), nil
	}
	return one(netip.Prefix{}, n), nil
}

func device(name string) (netlink.SocketFilter, error) {
	if n, err := strconv.ParseUint(name, 0, 31); err == nil {
		return netlink.SocketDevice(int(n)), nil
	}
	link, err := netlink.LinkByName(name)
	if err != nil {
		return nil, says("Cannot parse device.")
	}
	return netlink.SocketDevice(link.Attrs().Index), nil
}

func mark(text string) (netlink.SocketFilter, error) {
	value, mask, masked := strings.Cut(text, "/")
	v, err := strconv.ParseUint(value, 0, 32)
	m := uint64(1<<32 - 1)
	if err == nil && masked {
		m, err = strconv.ParseUint(mask, 0, 32)
	}
	if err != nil {
		return nil, says("Cannot parse mark %s.", text)
	}
	return netlink.SocketMark(uint32(v), uint32(m)), nil
}

// services calls each for the lines of /etc/services until it returns false.
func services(each func(name string, port int, protocol string) bool) {
	f, err := os.Open("/etc/services")
	if err != nil {
		return // without it numbers are shown
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) < 2 {
			continue
		}
		number, protocol, _ := strings.Cut(words[1], "/")
		port, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		for i, name := range append(words[:1:1], words[2:]...) {
			if i > 0 {
				protocol += " alias"
			}
			if !each(name, port, protocol) {
				return
			}
		}
	}
}

// portOf is the port of a service in one of the tables.
func portOf(service string, t tables) (port int, ok bool) {
	services(func(name string, n int, protocol string) bool {
		protocol, _, _ = strings.Cut(protocol, " ")
		if name == service && (protocol == "tcp" && t&(tcpTable|mptcpTable) != 0 || protocol == "udp" && t&udpTable != 0) {
			port, ok = n, true
		}
		return !ok
	})
	return port, ok
}

// serviceNames are the names of ports of a protocol.
func serviceNames(protocol string) map[int]string {
	names := map[int]string{}
	services(func(name string, port int, of string) bool {
		if _, ok := names[port]; !ok && of == protocol {
			names[port] = name
		}
		return true
	})
	return names
}
