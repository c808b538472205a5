// Package bridge is the command as bridge(8): ports of bridges, forwarding databases, multicast groups, VLANs,
// spanning trees and the network identifiers of vxlan devices.
package bridge

import (
	"math"
	"net"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Objects returns the objects in the order in which an abbreviation is looked up.
func Objects() []cli.Object {
	return []cli.Object{
		{Name: "link", Run: runLink, Usage: linkUsage, Brief: "ports of bridges"},
		{Name: "fdb", Run: runFdb, Usage: fdbUsage,
			Brief: "forwarding databases: which port or host a link-layer address is behind"},
		{Name: "mdb", Run: runMdb, Usage: mdbUsage, Brief: "multicast groups and the ports that have members"},
		{Name: "mst", Run: runMst, Usage: mstUsage, Brief: "states of ports in multiple spanning trees"},
		{Name: "vlan", Run: runVlan, Usage: vlanUsage, Brief: "VLANs of ports and bridges, and their options"},
		{Name: "vni", Run: runVni, Usage: vniUsage, Brief: "network identifiers that a vxlan device takes"},
		{Name: "monitor", Run: runMonitor, Usage: monitorUsage, Brief: "what changes, as it does"},
		cli.HelpObject(),
		cli.CompletionObject(),
		cli.ManObject(),
	}
}

// Program is the command by the name of bridge.
func Program() cli.Program {
	return cli.Program{Name: "bridge", Objects: Objects, Options: cli.BridgeOptions, Help: usage,
		Unknown: cli.StatusUsage, Status: cli.StatusUsage}
}

// Object is the program as an object of kern: kern bridge vlan show.
func Object() cli.Object {
	return cli.Object{
		Name: "bridge", Brief: "ports, VLANs and addresses of bridges, as bridge(8) has them",
		Program: Program,
		Run:     func(c *cli.Command) error { return c.RunAs(Program()) },
		Usage: func() string {
			return "\nbridge { link | fdb | mdb | mst | vlan | vni | monitor } { COMMAND | help }\n"
		},
	}
}

func usage() string {
	return `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
       bridge [ -force ] -batch FILE
where  OBJECT := { link | fdb | mdb | mst | vlan | vni | monitor }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -o[neline] |
                    -t[imestamp] | -n[etns] NAME | -f[amily] { inet | inet6 } |
                    -4 | -6 | -com[pressvlans] | -force | -b[atch] FILE |
                    -j[son] | -p[retty] | -c[olor][={ always | auto | never }] }
`
}

// lister adds the names under which programs list.
func lister(list func(*cli.Command) error, verbs ...cli.Verb) []cli.Verb {
	return append(verbs, cli.Verb{Name: "show", Run: list}, cli.Verb{Name: "lst", Run: list},
		cli.Verb{Name: "list", Run: list})
}

// exact are verbs that are not abbreviated.
func exact(verbs ...cli.Verb) []cli.Verb {
	for i := range verbs {
		verbs[i].Exact = true
	}
	return verbs
}

// ended is what a dump ended with.
func ended(c *cli.Command, err error) error {
	return c.Exactly(cli.StatusFailed, ip.Terminated(c, "Dump", cli.StatusFailed, err))
}

// filter is what lists are asked for.
type filter struct {
	index int // of a link; 0: all
	vlan  int // 0: all
}

// nextFilter reads [ dev DEV ] [ vid VLAN_ID ]. Other words are passed over, as bridge does, unless they ask for help.
func nextFilter(c *cli.Command) (f filter, err error) {
	for c.More() && err == nil {
		switch {
		case c.Take("dev"):
			err = nextFiltered(c, &f.index)
		case c.Take("vid"):
			f.vlan, err = nextVlan(c)
		case c.HelpAsked():
			return f, c.ShowUsage()
		default:
			_, err = c.Next()
		}
	}
	return f, err
}

// nextFiltered takes the name of a link that objects are shown of.
func nextFiltered(c *cli.Command, index *int) error {
	name, err := c.Next()
	if err != nil {
		return err
	}
	if *index != 0 {
		return desc.Duplicate("dev", name)
	}
	*index, err = c.IndexOf(name)
	return err
}

// vlanIDs is how many numbers of VLANs there are: they have 12 bits. The kernel takes neither the first nor the last.
const vlanIDs = 1 << 12

// nextVlan takes the number of a VLAN.
func nextVlan(c *cli.Command) (int, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	return parseVlan(word)
}

func parseVlan(word string) (int, error) {
	n, err := desc.ParseUint(word, 16)
	if err != nil || n >= vlanIDs {
		return 0, cli.Exit(cli.StatusUsage, "Invalid VLAN ID \"%s\"", word)
	}
	return int(n), nil
}

// vlans are one VLAN, or those from first to last.
type vlans struct {
	first, last int
	given       bool
}

// nextVlans takes VLAN_ID[-VLAN_ID].
func nextVlans(c *cli.Command) (v vlans, err error) {
	word, err := c.Next()
	if err != nil {
		return v, err
	}
	first, last, isRange := strings.Cut(word, "-")
	v.given = true
	if v.first, err = parseVlan(first); err != nil {
		return v, err
	}
	if v.last = v.first; isRange {
		if v.last, err = parseVlan(last); err != nil || v.last <= v.first {
			return v, cli.Exit(cli.StatusUsage, "Invalid VLAN range \"%s\"", word)
		}
	}
	return v, nil
}

// nextVni takes a network identifier of vxlan, which has 24 bits.
func nextVni(c *cli.Command, what string) (uint32, error) {
	n, err := c.Uint(24, what)
	return uint32(n), err
}

// nextPort takes a port of UDP by number or name.
func nextPort(c *cli.Command) (uint16, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	if n, err := desc.ParseUint(word, 16); err == nil {
		return uint16(n), nil
	}
	n, err := net.LookupPort("udp", word)
	if err != nil || word[0] >= '0' && word[0] <= '9' {
		return 0, desc.Wrong(word, "invalid port\n")
	}
	return uint16(n), nil
}

// stpStates are the names of BR_STATE_….
var stpStates = []string{
	uapi.BR_STATE_DISABLED:   "disabled",
	uapi.BR_STATE_LISTENING:  "listening",
	uapi.BR_STATE_LEARNING:   "learning",
	uapi.BR_STATE_FORWARDING: "forwarding",
	uapi.BR_STATE_BLOCKING:   "blocking",
}

// errState is the error for what is no state of a port, errVlanState for what is none of a VLAN.
var (
	errState     = &desc.UsageError{Text: "Error: invalid STP port state"}
	errVlanState = &desc.UsageError{Text: "Error: invalid STP state"}
)

// parseState reads the name or the number of a state.
func parseState(word string) (uint8, error) {
	for i, name := range stpStates {
		if name == word {
			return uint8(i), nil
		}
	}
	n, err := desc.ParseUint(word, 8)
	if err != nil {
		return 0, errState
	}
	return uint8(n), nil
}

func readState(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	state, err := parseState(word)
	e.Uint8(f.Type, state)
	return err
}

func showState(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0:
	case int(b[0]) < len(stpStates):
		p.Str("state", "state %s ", stpStates[b[0]])
	default:
		p.Uint("state", "state (%d) ", uint64(b[0]))
	}
}

// showRange prints a number, and a second one where that differs; it returns how many characters that took.
func showRange(p *desc.Printer, key string, first, last uint64) int {
	p.Uint(key, "%d", first)
	width := digits(first)
	if last != first {
		p.Uint(key+"End", "-%d", last)
		width += 1 + digits(last)
	}
	return width
}

func digits(n uint64) int {
	width := 1
	for ; n >= 10 && width < math.MaxUint8; n /= 10 {
		width++
	}
	return width
}

// Columns of the tables: the name of a link has IFNAMSIZ, a range of VLANs and one of network identifiers what they
// need.
const (
	vlanWidth = 9
	vniWidth  = 17
)

// portTable prints a table with one part a link: what begins the part, and what begins each further line of it.
type portTable struct {
	p     *desc.Printer
	key   string // of the array in JSON
	index int    // of the link that a part is open of; 0: none
	// deleted says that what is shown was; text says so before.
	deleted bool
}

// line begins a line about a link, and the part before it.
func (t *portTable) line(index int) {
	if t.index == index {
		t.p.Text("%-*s  ", uapi.IFNAMSIZ, "")
		return
	}
	t.end()
	t.index = index
	t.p.Object("")
	if t.deleted {
		t.p.Bool("deleted", "", true)
	}
	t.p.ColorStr(desc.Ifname, "ifname", "%-16s  ", t.p.Link(index))
	t.p.Array(t.key)
}

// end ends the part that is open, if one is.
func (t *portTable) end() {
	if t.index != 0 {
		t.p.EndArray()
		t.p.EndObject()
		t.index = 0
	}
}

// indent begins a line that goes on with the one before.
func (t *portTable) indent() { t.p.Text("%-*s    ", uapi.IFNAMSIZ, "") }

// get asks for one entry. bridge has an exit status of its own for what is refused here.
func get(c *cli.Command, r *wire.Request) (wire.Message, error) {
	m, err := c.Get(r)
	return m, c.Exactly(statusNoEntry, err)
}

const statusNoEntry = 254
