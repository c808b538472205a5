package ip

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func statsUsage() string {
	return `
stats show [ dev DEV ] [ group GROUP [ subgroup SUBGROUP [ suite SUITE ]... ]... ]...
stats set dev DEV l3_stats { on | off }
GROUP := { link | xstats | xstats_slave | offload | afstats }
SUBGROUP := { bridge | bond | cpu_hit | hw_stats_info | l3_stats | mpls }
SUITE := { stp | mcast | vlan | 802.3ad }
`
}

func explainStats() [][2]string {
	return [][2]string{
		{"show, set", "list counters; have the hardware count, or not"},
		{"dev", "only of this link"},
		{"group, subgroup, suite", "only these counters; each may be given again"},
		{"xstats, xstats_slave", "what bridges and bonds count of themselves; of their ports"},
		{"offload", "what hardware counts"},
		{"afstats, mpls", "packets of other families: of MPLS"},
		{"cpu_hit", "packets that the processor passed on, and not the hardware"},
		{"hw_stats_info", "whether counters of the hardware are wanted, and whether it counts"},
		{"l3_stats", "packets that the hardware routed"},
		{"stp, mcast, vlan", "of bridges: spanning tree; queries and reports of IGMP and MLD; each VLAN"},
		{"802.3ad", "of bonds: messages of the link aggregation protocol"},
	}
}

// statsLevels are the words of "stats show" that choose sets, from the largest to the smallest.
var statsLevels = [...]string{"group", "subgroup", "suite"}

// statsSet is a set of counters.
type statsSet struct {
	path  [len(statsLevels)]string // its names by level; the last ones may be empty
	typ   uint16                   // IFLA_STATS_…
	inner uint32                   // bits of the attributes within that it needs, 0 for all
	show  func(c *cli.Command, attrs desc.Attrs)
}

// statsSets are in the order of ip's output.
var statsSets = [...]statsSet{
	{[...]string{"afstats", "mpls", ""}, uapi.IFLA_STATS_AF_SPEC, 0, showMPLSSet},
	{[...]string{"link", "", ""}, uapi.IFLA_STATS_LINK_64, 0, func(c *cli.Command, attrs desc.Attrs) {
		showStats64(c, attrs[uapi.IFLA_STATS_LINK_64])
	}},
	{[...]string{"offload", "l3_stats", ""}, uapi.IFLA_STATS_LINK_OFFLOAD_XSTATS,
		1<<(uapi.IFLA_OFFLOAD_XSTATS_L3_STATS-1) | 1<<(uapi.IFLA_OFFLOAD_XSTATS_HW_S_INFO-1), showL3Stats},
	{[...]string{"offload", "hw_stats_info", ""}, uapi.IFLA_STATS_LINK_OFFLOAD_XSTATS,
		1 << (uapi.IFLA_OFFLOAD_XSTATS_HW_S_INFO - 1), showHWStatsInfo},
	{[...]string{"offload", "cpu_hit", ""}, uapi.IFLA_STATS_LINK_OFFLOAD_XSTATS,
		1 << (uapi.IFLA_OFFLOAD_XSTATS_CPU_HIT - 1), func(c *cli.Command, attrs desc.Attrs) {
			showStats64(c, offloadStats(attrs)[uapi.IFLA_OFFLOAD_XSTATS_CPU_HIT])
		}},
	{[...]string{"xstats_slave", "bond", "802.3ad"}, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, 0, showPort3AD},
	{[...]string{"xstats", "bond", "802.3ad"}, uapi.IFLA_STATS_LINK_XSTATS, 0, showBond3AD},
	{[...]string{"xstats_slave", "bridge", "vlan"}, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, 0, showPortVLANs},
	{[...]string{"xstats_slave", "bridge", "mcast"}, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, 0, showPortMcast},
	{[...]string{"xstats_slave", "bridge", "stp"}, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, 0, showPortSTP},
	{[...]string{"xstats", "bridge", "vlan"}, uapi.IFLA_STATS_LINK_XSTATS, 0, showBridgeVLANs},
	{[...]string{"xstats", "bridge", "mcast"}, uapi.IFLA_STATS_LINK_XSTATS, 0, showBridgeMcast},
	{[...]string{"xstats", "bridge", "stp"}, uapi.IFLA_STATS_LINK_XSTATS, 0, showBridgeSTP},
}

// runStats is about counters of links. ip takes no abbreviations here.
func runStats(c *cli.Command) error {
	switch {
	case !c.More():
		return listStats(c)
	case c.Take("help"):
		return statsHelp(c)
	case c.Take("show"):
		old := c.Stats
		defer func() { c.Stats = old }()
		if c.Stats++; c.Details {
			c.Stats++
		}
		return listStats(c)
	case c.Take("set"):
		return setStats(c)
	}
	return cli.Exit(cli.StatusFailed, "Command \"%s\" is unknown, try \"%s stats help\".", c.Peek(), c.Name)
}

// statsHelp prints the grammar, which is no failure here.
func statsHelp(c *cli.Command) error {
	text, _ := c.Explain(c.ShowUsage())
	fmt.Fprintln(c.Stderr, text)
	return nil
}

func statsWhat(c *cli.Command) error {
	text, _ := c.Explain(c.ShowUsage())
	return cli.Exit(cli.StatusInvalid, "What is \"%s\"?\n%s", c.Peek(), text)
}

// statsChoice are the sets that the words choose.
type statsChoice struct {
	path   [len(statsLevels)]string // what the words since the last complete choice name
	chosen [len(statsSets)]bool
}

// take notes a name at a level. Names of the same level or above end a choice.
func (s *statsChoice) take(level int, name string) error {
	for i, parent := range s.path[:level] {
		if parent == "" {
			return cli.Exit(cli.StatusInvalid, "Error: %s %s requested without selecting a %s first", statsLevels[level], name,
				statsLevels[i])
		}
	}
	if s.path[level] != "" {
		if err := s.add(); err != nil {
			return err
		}
	}
	s.path[level] = name
	clear(s.path[level+1:])
	return nil
}

// add chooses the sets below the path.
func (s *statsChoice) add() error {
	sets := statsSets[:]
	inside := "top-level"
	var at [len(statsSets)]int
	for i := range at {
		at[i] = i
	}
	within := at[:]
	for level, name := range s.path {
		if name == "" {
			break
		}
		if level > 0 && sets[within[0]].path[level] == "" {
			return cli.Exit(cli.StatusInvalid, "Error: %s %s requested inside leaf %s %s", statsLevels[level], name,
				statsLevels[level-1], inside)
		}
		within = slices.DeleteFunc(within, func(i int) bool { return sets[i].path[level] != name })
		if len(within) == 0 {
			return cli.Exit(cli.StatusInvalid, "Error: no %s named %s found inside %s", statsLevels[level], name, inside)
		}
		inside = name
	}
	for _, i := range within {
		s.chosen[i] = true
	}
	return nil
}

// listStats is "stats show".
func listStats(c *cli.Command) error {
	var s statsChoice
	dev := ""
	for c.More() {
		switch level := slices.Index(statsLevels[:], c.Peek()); {
		case c.Take("dev"):
			name, err := nextStatsDev(c, dev)
			if err != nil {
				return err
			}
			dev = name
		case c.Take("help"):
			return statsHelp(c)
		case level < 0:
			return statsWhat(c)
		default:
			c.Take(statsLevels[level])
			name, err := c.Next()
			if err == nil {
				err = s.take(level, name)
			}
			if err != nil {
				return err
			}
		}
	}
	if err := s.add(); err != nil {
		return err
	}
	index := 0
	if dev != "" {
		var err error
		if index, err = c.IndexOf(dev); err != nil {
			return err
		}
	}
	r := s.request(index)
	if index != 0 {
		m, err := c.Get(r)
		if err != nil {
			return err
		}
		return c.Array(func() error {
			s.show(c, m)
			return nil
		})
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusKernel, c.Dump(r, func(m wire.Message) error {
			s.show(c, m)
			c.Out.NL()
			return c.Spill()
		}))
	})
}

func nextStatsDev(c *cli.Command, old string) (string, error) {
	if old != "" {
		word, err := c.Next()
		if err == nil {
			err = cli.Garbage("dev", word)
		}
		return "", err
	}
	return nextIfname(c, "\"dev\" not a valid ifname")
}

// request asks for the chosen sets, and of those within an attribute for no more than they need.
func (s *statsChoice) request(index int) *wire.Request {
	head := uapi.IfStatsMsg{Ifindex: uint32(index)}
	var inner uint32
	for i := range statsSets {
		if s.chosen[i] {
			head.FilterMask |= 1 << (statsSets[i].typ - 1)
			inner |= statsSets[i].inner
		}
	}
	r := wire.NewRequest(uapi.RTM_GETSTATS, 0)
	head.Put(r.Header(uapi.SizeofIfStatsMsg))
	if inner != 0 && inner != 1<<uapi.IFLA_OFFLOAD_XSTATS_MAX-1 {
		r.Nest(uapi.IFLA_STATS_GET_FILTERS | uapi.NLA_F_NESTED)
		r.Uint32(uapi.IFLA_STATS_LINK_OFFLOAD_XSTATS, inner)
		r.End()
	}
	return r
}

// show prints the chosen sets of one link, each as an object.
func (s *statsChoice) show(c *cli.Command, m wire.Message) {
	index, attrs := readStats(m)
	for i := range statsSets {
		if s.chosen[i] {
			showStatsSet(c, index, &statsSets[i], attrs, true)
		}
	}
}

// readStats takes a message of counters apart.
func readStats(m wire.Message) (index int, attrs desc.Attrs) {
	var head uapi.IfStatsMsg
	head.Decode(m.Data)
	return int(head.Ifindex), desc.ParseAttrs(m.Data[min(uapi.SizeofIfStatsMsg, len(m.Data)):])
}

func showStatsSet(c *cli.Command, index int, set *statsSet, attrs desc.Attrs, named bool) {
	p := c.Out
	p.Object("")
	p.Int("ifindex", "%d:", int64(index))
	p.ColorStr(desc.Ifname, "ifname", " %s:", p.Link(index))
	for level, name := range set.path {
		if named && name != "" {
			p.Str(statsLevels[level], " "+statsLevels[level]+" %s", name)
		}
	}
	set.show(c, attrs)
	p.EndObject()
	p.NL()
}

// setStats is "stats set".
func setStats(c *cli.Command) error {
	dev := ""
	var on choice[bool]
	for c.More() {
		switch {
		case c.Take("dev"):
			name, err := nextStatsDev(c, dev)
			if err != nil {
				return err
			}
			dev = name
		case c.Take("l3_stats"):
			if on.given {
				if _, err := c.Next(); err != nil {
					return err
				}
				return cli.Exit(cli.StatusInvalid, "A statistics suite to toggle was already given.")
			}
			v, err := c.OnOff("l3_stats")
			if wrong, ok := errors.AsType[*desc.UsageError](err); ok && wrong.Status != 0 {
				wrong.Status = cli.StatusInvalid
				// ip has other words here than for settings of links.
				wrong.Text = strings.Replace(wrong.Text, `"on" or "off"`, `one of "off", "on"`, 1)
			}
			if err != nil {
				return err
			}
			on.set(v)
		case c.Take("help"):
			return statsHelp(c)
		default:
			return statsWhat(c)
		}
	}
	switch {
	case dev == "":
		return cli.Exit(cli.StatusUsage, "Not enough information: \"dev\" argument is required.")
	case !on.given:
		return cli.Exit(cli.StatusUsage, "Not enough information: stat type to toggle is required.")
	}
	index, err := c.IndexOf(dev)
	if err != nil {
		return err
	}
	r := wire.NewRequest(uapi.RTM_SETSTATS, 0)
	(&uapi.IfStatsMsg{Ifindex: uint32(index)}).Put(r.Header(uapi.SizeofIfStatsMsg))
	v := uint8(0)
	if on.value {
		v = 1
	}
	r.Uint8(uapi.IFLA_STATS_SET_OFFLOAD_XSTATS_L3_STATS, v)
	return c.Exec(r)
}

// watchStats shows whether the hardware has begun or ended to count.
func watchStats(c *cli.Command, m wire.Message, dev int) bool {
	index, attrs := readStats(m)
	if dev != 0 && index != dev {
		return false
	}
	showStatsSet(c, index, &statsSet{show: showHWStatsInfo}, attrs, false)
	return true
}
