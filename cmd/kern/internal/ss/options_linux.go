package ss

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// tables is a mask of the tables of sockets.
type tables uint

const (
	tcpTable tables = 1 << iota
	udpTable
	rawTable
	mptcpTable
	sctpTable
	unixStream
	unixDgram
	unixSeqpacket
	netlinkTable
	packetRaw
	packetDgram
	vsockStream
	vsockDgram
	tipcTable
	xdpTable

	inetTables   = tcpTable | udpTable | rawTable | mptcpTable | sctpTable
	unixTables   = unixStream | unixDgram | unixSeqpacket
	packetTables = packetRaw | packetDgram
	vsockTables  = vsockStream | vsockDgram
	// without TIPC, as ss has it
	allTables = inetTables | unixTables | netlinkTable | packetTables | vsockTables | xdpTable
)

// Masks of states.
const (
	allStates = 1<<netlink.TCP_MAX_STATES - 1
	unconned  = 1<<netlink.TCP_LISTEN | 1<<netlink.TCP_CLOSE
	buckets   = 1<<netlink.TCP_SYN_RECV | 1<<netlink.TCP_TIME_WAIT
	connected = allStates &^ (unconned | buckets)
	closed    = 1 << netlink.TCP_CLOSE

	tipcStates = 1<<netlink.TCP_ESTABLISHED | unconned
)

// families are those that tables are of. Where only one is asked for by name, all its tables are shown, in these
// states.
var families = [...]familyTables{
	{unix.AF_INET, inetTables, connected}, {unix.AF_INET6, inetTables, connected}, {unix.AF_UNIX, unixTables, connected},
	{unix.AF_NETLINK, netlinkTable, closed}, {unix.AF_PACKET, packetTables, closed},
	{unix.AF_VSOCK, vsockTables, connected}, {unix.AF_TIPC, tipcTable, tipcStates}, {unix.AF_XDP, xdpTable, closed},
}

type familyTables struct {
	family uint8
	tables tables
	states uint32
}

// defaultStates are shown of a table where no states are asked for.
func (t tables) defaultStates() (states uint32) {
	if t&(tcpTable|mptcpTable|sctpTable|unixStream|unixSeqpacket|vsockTables) != 0 {
		states |= connected
	}
	if t&(udpTable|rawTable) != 0 {
		states |= 1 << netlink.TCP_ESTABLISHED
	}
	if t&(unixDgram|netlinkTable|packetTables|xdpTable) != 0 {
		states |= closed
	}
	if t&tipcTable != 0 {
		states |= tipcStates
	}
	return states
}

// tableNames are the words of -A.
var tableNames = []struct {
	word   string
	tables tables
}{
	{"all", allTables}, {"inet", inetTables},
	{"udp", udpTable}, {"tcp", tcpTable}, {"mptcp", mptcpTable}, {"sctp", sctpTable}, {"raw", rawTable},
	{"unix", unixTables}, {"unix_stream", unixStream}, {"u_str", unixStream}, {"unix_dgram", unixDgram},
	{"u_dgr", unixDgram},
	{"unix_seqpacket", unixSeqpacket}, {"u_seq", unixSeqpacket}, {"netlink", netlinkTable},
	{"packet", packetTables}, {"packet_raw", packetRaw}, {"p_raw", packetRaw}, {"packet_dgram", packetDgram},
	{"p_dgr", packetDgram},
	{"vsock", vsockTables}, {"vsock_stream", vsockStream}, {"v_str", vsockStream}, {"vsock_dgram", vsockDgram},
	{"v_dgr", vsockDgram}, {"tipc", tipcTable}, {"xdp", xdpTable},
}

type options struct {
	help, version                          bool
	numeric, timer, extended, memory, info bool
	tos, cgroup, sockopt, kill, bpf        bool
	tipcInfo, queried, chosen              bool // chosen: a table or a family was
	processes, threads, resolve            bool
	summary, summaryOnly, events           bool
	noHeader, noQueues, oneline            bool
	contexts, socketContexts               bool
	storage                                []int // descriptors of maps of BPF; not nil and empty: all maps
	tables                                 tables
	families                               []uint8
	preferred                              uint8
	states, asked                          uint32 // shown, and asked for by -a and its like
	netns, filterFile, dump                string
	filter                                 *condition
}

// option is one by its letter, if it has one, and its word.
type option struct {
	letter byte
	word   string
	value  bool // takes one
	set    func(o *options, value string) error
}

func flag(letter byte, word string, on func(o *options)) option {
	return option{letter, word, false, func(o *options, _ string) error { on(o); return nil }}
}

func table1(letter byte, word string, t tables) option {
	return flag(letter, word, func(o *options) { o.addTables(t) })
}

// allOptions is made when it is needed.
func allOptions() []option {
	return []option{
		flag('h', "help", func(o *options) { o.help = true }),
		flag('V', "version", func(o *options) { o.version = true }),
		flag('v', "version", func(o *options) { o.version = true }),
		flag('n', "numeric", func(o *options) { o.numeric = true }),
		flag('a', "all", func(o *options) { o.asked = allStates }),
		flag('l', "listening", func(o *options) { o.asked = unconned }),
		flag('B', "bound-inactive", func(o *options) { o.asked = 1 << 13 }),
		flag('o', "options", func(o *options) { o.timer = true }),
		flag('e', "extended", func(o *options) { o.timer, o.extended = true, true }),
		flag('m', "memory", func(o *options) { o.memory = true }),
		flag('i', "info", func(o *options) { o.info = true }),
		flag(0, "tos", func(o *options) { o.tos = true }),
		flag(0, "cgroup", func(o *options) { o.cgroup = true }),
		flag(0, "inet-sockopt", func(o *options) { o.sockopt = true }),
		flag('p', "processes", func(o *options) { o.processes = true }),
		flag('T', "threads", func(o *options) { o.threads = true }),
		flag('r', "resolve", func(o *options) { o.resolve = true }),
		flag(0, "tipcinfo", func(o *options) { o.tipcInfo = true }),
		flag('s', "summary", func(o *options) { o.summary = true }),
		flag('b', "bpf", func(o *options) { o.timer, o.bpf = true, true }),
		{0, "bpf-maps", false, (*options).allMaps},
		{0, "bpf-map-id", true, (*options).addMap},
		flag('E', "events", func(o *options) { o.events = true }),
		flag('Z', "context", func(o *options) { o.contexts = true }),
		flag('z', "contexts", func(o *options) { o.contexts, o.socketContexts = true, true }),
		flag('K', "kill", func(o *options) { o.kill = true }),
		flag('H', "no-header", func(o *options) { o.noHeader = true }),
		flag('Q', "no-queues", func(o *options) { o.noQueues = true }),
		flag('O', "oneline", func(o *options) { o.oneline = true }),
		flag('4', "ipv4", func(o *options) { o.addFamily(unix.AF_INET) }),
		flag('6', "ipv6", func(o *options) { o.addFamily(unix.AF_INET6) }),
		table1('t', "tcp", tcpTable), table1('u', "udp", udpTable), table1('w', "raw", rawTable),
		flag('x', "unix", func(o *options) { o.addFamily(unix.AF_UNIX) }),
		table1('M', "mptcp", mptcpTable), table1('S', "sctp", sctpTable),
		flag('0', "packet", func(o *options) { o.addFamily(unix.AF_PACKET) }),
		flag(0, "vsock", func(o *options) { o.addFamily(unix.AF_VSOCK) }),
		flag(0, "tipc", func(o *options) { o.addFamily(unix.AF_TIPC) }),
		flag(0, "xdp", func(o *options) { o.addFamily(unix.AF_XDP) }),
		{'N', "net", true, func(o *options, v string) error { o.netns = v; return nil }},
		{'f', "family", true, (*options).family},
		{'A', "query", true, (*options).query},
		{0, "socket", true, (*options).query},
		{'D', "diag", true, func(o *options, v string) error { o.dump = v; return nil }},
		{'F', "filter", true, (*options).fromFile},
	}
}

func (o *options) addTables(t tables) {
	o.tables |= t
	o.states |= t.defaultStates()
	o.chosen = true
}

func (o *options) addFamily(family uint8) {
	o.families = append(o.families, family)
	o.preferred, o.chosen = family, true
	for _, f := range families {
		if f.family == family {
			o.states |= f.states
		}
	}
}

func (o *options) family(v string) error {
	switch v {
	case "inet":
		o.addFamily(unix.AF_INET)
	case "inet6":
		o.addFamily(unix.AF_INET6)
	case "unix":
		o.addFamily(unix.AF_UNIX)
	case "netlink":
		o.addFamily(unix.AF_NETLINK)
	case "link":
		o.addFamily(unix.AF_PACKET)
	case "vsock":
		o.addFamily(unix.AF_VSOCK)
	case "xdp":
		o.addFamily(unix.AF_XDP)
	case "help":
		o.help = true
	case "tipc":
		o.addFamily(unix.AF_TIPC)
	default:
		return fmt.Errorf("ss: %q is invalid family", v)
	}
	return nil
}

// query is -A. The first drops the tables that options before have chosen.
func (o *options) query(v string) error {
	if !o.queried {
		o.tables, o.queried, o.chosen = 0, true, true
		if o.asked == 0 {
			o.asked = connected
		}
	}
	for word := range strings.SplitSeq(v, ",") {
		name, without := strings.CutPrefix(word, "!")
		i := slices.IndexFunc(tableNames, func(n struct {
			word   string
			tables tables
		}) bool {
			return n.word == name
		})
		switch {
		case i < 0:
			return fmt.Errorf("ss: %q is illegal socket table id", word)
		case without:
			o.tables &^= tableNames[i].tables
		default:
			o.addTables(tableNames[i].tables)
		}
	}
	return nil
}

// parse reads the words. Descriptors of maps are open then, also with an error.
func parse(args []string) (*options, error) {
	o := &options{}
	words, err := o.parseOptions(args)
	if err != nil || o.help || o.version {
		return o, err
	}
	o.summaryOnly = o.summary && !o.chosen && len(words) == 0
	stateWords := []string{"state", "exclude", "excl"}
	for seen := false; len(words) > 0 && slices.Contains(stateWords, words[0]); words, seen = words[2:], true {
		if len(words) == 1 {
			return o, says("Command line is not complete. Try option \"help\"")
		}
		states, err := scanState(words[1])
		if err != nil {
			return o, err
		}
		switch {
		case words[0] == "state" && !seen:
			o.asked = states
		case words[0] == "state":
			o.asked |= states
		case !seen:
			o.asked = allStates &^ states
		default:
			o.asked &^= states
		}
	}
	o.merge()
	if o.dump != "" || o.nothing() != "" {
		return o, nil // without looking at an expression
	}
	if o.filterFile != "" {
		more, err := filterWords(o.filterFile)
		if err != nil {
			return o, err
		}
		words = append(words, more...)
	}
	if words = split(words); len(words) > 0 {
		p := filterParser{words: words, options: o}
		if o.filter, err = p.parse(); err != nil {
			return o, err
		}
	}
	return o, nil
}

// fromFile is -F.
func (o *options) fromFile(name string) error {
	if o.filterFile != "" {
		return says("More than one filter file")
	}
	o.filterFile = name
	return nil
}

// filterWords reads the words of an expression from a file; "-" is the standard input.
func filterWords(name string) (words []string, err error) {
	f := os.Stdin
	if name != "-" {
		if f, err = os.Open(name); err != nil {
			return nil, fmt.Errorf("fopen filter file: %s", cli.Cause(err))
		}
		defer f.Close()
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words = append(words, lines.Text())
	}
	return words, lines.Err()
}

// merge gives what was not asked for its default.
func (o *options) merge() {
	if !o.chosen {
		o.addTables(allTables)
		if o.asked == 0 {
			o.asked = connected
		}
	}
	if o.asked != 0 {
		o.states = o.asked
	}
	for table := tables(1); table <= xdpTable; table <<= 1 {
		if o.tables&table == 0 || slices.ContainsFunc(families[:], func(f familyTables) bool {
			return f.tables&table != 0 && o.wantsFamily(f.family)
		}) {
			continue
		}
		for _, f := range families {
			if f.tables&table != 0 {
				o.families = append(o.families, f.family)
			}
		}
	}
	for _, f := range families {
		if o.wantsFamily(f.family) && o.tables&f.tables == 0 {
			o.tables |= f.tables
		}
	}
}

// nothing says why no socket can be shown.
func (o *options) nothing() string {
	what := ""
	switch {
	case o.tables == 0:
		what = "socket tables"
	case o.states == 0:
		what = "socket states"
	default:
		return ""
	}
	return "ss: no " + what + " to show with such filter."
}

// parseOptions reads options wherever they stand, and returns the other words.
func (o *options) parseOptions(args []string) (words []string, err error) {
	all := allOptions()
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return append(words, args...), nil
		case strings.HasPrefix(arg, "--"):
			word, value, given := strings.Cut(arg[2:], "=")
			i := slices.IndexFunc(all, func(p option) bool { return p.word == word })
			if i < 0 {
				return nil, fmt.Errorf("ss: unrecognized option '%s'", arg)
			}
			if all[i].value && !given {
				if len(args) == 0 {
					return nil, fmt.Errorf("ss: option '%s' requires an argument", arg)
				}
				value, args = args[0], args[1:]
			}
			err = all[i].set(o, value)
		case len(arg) > 1 && arg[0] == '-':
			for at := 1; at < len(arg) && err == nil; at++ {
				i := slices.IndexFunc(all, func(p option) bool { return p.letter == arg[at] })
				if i < 0 {
					return nil, fmt.Errorf("ss: invalid option -- '%c'", arg[at])
				}
				if !all[i].value {
					err = all[i].set(o, "")
					continue
				}
				value := arg[at+1:]
				if value == "" {
					if len(args) == 0 {
						return nil, fmt.Errorf("ss: option requires an argument -- '%c'", arg[at])
					}
					value, args = args[0], args[1:]
				}
				err = all[i].set(o, value)
				break
			}
		default:
			words = append(words, arg)
		}
		if err != nil {
			return nil, err
		}
	}
	return words, nil
}

// scanState reads the name of a state, or of several.
func scanState(word string) (uint32, error) {
	switch strings.ToLower(word) {
	case "close", "closed", "unconnected":
		return 1 << netlink.TCP_CLOSE, nil
	case "syn-rcv", "syn-recv":
		return 1 << netlink.TCP_SYN_RECV, nil
	case "established":
		return 1 << netlink.TCP_ESTABLISHED, nil
	case "listening":
		return 1 << netlink.TCP_LISTEN, nil
	case "all":
		return allStates, nil
	case "connected":
		return allStates &^ unconned, nil
	case "synchronized":
		return allStates &^ (unconned | 1<<netlink.TCP_SYN_SENT), nil
	case "bucket":
		return buckets, nil
	case "big":
		return allStates &^ buckets, nil
	case "new-syn-recv", "listen", "estab", "unconn":
	default:
		for n := range uint8(netlink.TCP_MAX_STATES) {
			if strings.EqualFold(word, netlink.SocketStateString(n)) {
				return 1 << n, nil
			}
		}
	}
	return 0, fmt.Errorf("ss: wrong state name: %s", word)
}

const usage = `Usage: ss [ OPTIONS ]
       ss [ OPTIONS ] [ FILTER ]
   -h, --help          this message
   -V, --version       output version information
   -n, --numeric       don't resolve service names
   -r, --resolve       resolve host names
   -a, --all           display all sockets
   -l, --listening     display listening sockets
   -B, --bound-inactive display TCP bound but inactive sockets
   -o, --options       show timer information
   -e, --extended      show detailed socket information
   -m, --memory        show socket memory usage
   -p, --processes     show process using socket
   -T, --threads       show thread using socket
   -i, --info          show internal TCP information
       --tipcinfo      show internal tipc socket information
   -s, --summary       show socket usage summary
       --tos           show tos and priority information
       --cgroup        show cgroup information
   -b, --bpf           show bpf filter socket information
       --bpf-maps      show all BPF socket-local storage maps
       --bpf-map-id=MAP-ID    show a BPF socket-local storage map
       --inet-sockopt  show various inet socket options
   -E, --events        continually display sockets as they are destroyed
   -Z, --context       display task SELinux security contexts
   -z, --contexts      display task and socket SELinux security contexts
   -N, --net           switch to the specified network namespace name
   -4, --ipv4          display only IP version 4 sockets
   -6, --ipv6          display only IP version 6 sockets
   -t, --tcp           display only TCP sockets
   -M, --mptcp         display only MPTCP sockets
   -S, --sctp          display only SCTP sockets
   -u, --udp           display only UDP sockets
   -w, --raw           display only RAW sockets
   -0, --packet        display PACKET sockets
       --tipc          display only TIPC sockets
       --vsock         display only vsock sockets
       --xdp           display only XDP sockets
   -x, --unix          display only Unix domain sockets
   -f, --family=FAMILY display sockets of type FAMILY
       FAMILY := {inet|inet6|link|unix|netlink|vsock|tipc|xdp|help}
   -K, --kill          forcibly close sockets, display what was closed
   -H, --no-header     Suppress header line
   -Q, --no-queues     Suppress sending and receiving queue columns
   -O, --oneline       socket's data printed on a single line
   -A, --query=QUERY, --socket=QUERY
       QUERY := {all|inet|tcp|mptcp|udp|raw|unix|unix_dgram|unix_stream|unix_seqpacket|packet|packet_raw|packet_dgram|netlink|sctp|vsock|vsock_stream|vsock_dgram|tipc|xdp}[,QUERY]
   -D, --diag=FILE     Dump raw information about TCP sockets to FILE
   -F, --filter=FILE   read filter information from FILE
       FILTER := [ state STATE-FILTER ] [ EXPRESSION ]
       STATE-FILTER := {all|connected|synchronized|bucket|big|TCP-STATES}
         TCP-STATES := {established|syn-sent|syn-recv|fin-wait-{1,2}|time-wait|closed|close-wait|last-ack|listening|closing}
`
