package ss

import (
	"bufio"
	"os"
	"strconv"
	"strings"

	"kern.sys/netlink"
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

func (p *filterParser) parse() (*condition, error) {
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

func (p *filterParser) list() (*condition, error) {
	f, err := p.one()
	for err == nil {
		join := and
		switch p.peek() {
		case "", ")":
			return f, nil
		case "or", "|", "||":
			join = or
			p.next()
		case "and", "&", "&&":
			p.next()
		}
		var g *condition
		if g, err = p.one(); err == nil {
			f = join(f, g)
		}
	}
	return nil, err
}

// operators are the words that compare.
var operators = map[string]string{
	"=": "=", "==": "=", "eq": "=", "!=": "!=", "ne": "!=", "neq": "!=",
	">=": ">=", "ge": ">=", "geq": ">=", "<=": "<=", "le": "<=", "leq": "<=",
	">": ">", "gt": ">", "<": "<", "lt": "<",
}

// compare reads an operator; none is "=".
func (p *filterParser) compare() string {
	op, ok := operators[p.peek()]
	if !ok {
		return "="
	}
	p.next()
	return op
}

// reserved reports whether a word is no value, as none and operators.
func reserved(word string) bool {
	switch word {
	case "", "(", ")", "!", "not", "and", "&", "&&", "or", "|", "||":
		return true
	}
	return operators[word] != ""
}

func (p *filterParser) one() (f *condition, err error) {
	word := p.next()
	switch word {
	case "(":
		if f, err = p.list(); err == nil && p.next() != ")" {
			err = says("ss: a parenthesis is not closed\n Sorry.")
		}
		return f, err
	case "!", "not":
		if f, err = p.one(); err == nil {
			f = not(f)
		}
		return f, err
	case "autobound":
		return autobound(), nil
	case "src", "dst", "sport", "dport", "dev", "fwmark", "cgroup":
	default:
		if !reserved(word) {
			if _, err := p.host(word, false); err != nil {
				return nil, err // as ss, which takes it for an address
			}
		}
		return nil, says("ss: bison bellows (while parsing filter): %q is no condition\n Sorry.", word)
	}
	op := p.compare()
	value := p.next()
	if reserved(value) {
		return nil, says("ss: bison bellows (while parsing filter): %q compares with nothing\n Sorry.", word)
	}
	switch word {
	case "src", "dst":
		var h *host
		if h, err = p.host(value, false); err == nil {
			f = h.condition(word == "src")
		}
	case "sport", "dport":
		h, err := p.host(value, true)
		if err != nil {
			return nil, err
		}
		return h.compare(word == "sport", op, value)
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
		return not(f), nil
	case op != "=":
		return nil, says("ss: %s cannot be compared by %s\n Sorry.", word, op)
	}
	return f, nil
}

func device(name string) (*condition, error) {
	n, err := strconv.ParseUint(name, 0, 31)
	if err != nil {
		index, ok := linkIndex(name)
		if !ok {
			return nil, cannotParse("Cannot parse device.")
		}
		n = uint64(index)
	}
	return &condition{netlink.SocketDevice(int(n)), func(e *endpoints) bool { return e.link == uint32(n) }}, nil
}

func mark(text string) (*condition, error) {
	value, mask, masked := strings.Cut(text, "/")
	v, err := strconv.ParseUint(value, 0, 32)
	m := uint64(1<<32 - 1)
	if err == nil && masked {
		m, err = strconv.ParseUint(mask, 0, 32)
	}
	if err != nil {
		return nil, cannotParse("Cannot parse mark %s.", text)
	}
	return &condition{netlink.SocketMark(uint32(v), uint32(m)), func(e *endpoints) bool {
		return e.mark&uint32(m) == uint32(v)
	}}, nil
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
