package ip

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

func runLink(c *cli.Command) error {
	return c.Choose(linkShow,
		cli.Verb{Name: "add", Run: linkAdd},
		cli.Verb{Name: "set", Run: linkSet},
		cli.Verb{Name: "change", Run: linkSet},
		cli.Verb{Name: "replace", Run: linkReplace},
		cli.Verb{Name: "delete", Run: linkDelete},
		cli.Verb{Name: "show", Run: linkShow},
		cli.Verb{Name: "lst", Run: linkShow},
		cli.Verb{Name: "list", Run: linkShow},
		cli.Verb{Name: "xstats", Run: linkXstats},
		cli.Verb{Name: "afstats", Run: linkAfstats},
		cli.Verb{Name: "property", Run: linkProperty},
		cli.Verb{Name: "help", Run: linkHelp},
	)
}

func linkUsage() string {
	return `
link add [ link DEV | parentdev NAME ] [ name ] NAME
         [ txqueuelen PACKETS ] [ address LLADDR ] [ broadcast LLADDR ]
         [ mtu MTU ] [ index IDX ] [ group GROUP ] [ master DEVICE ]
         [ numtxqueues QUEUE_COUNT ] [ numrxqueues QUEUE_COUNT ]
         [ netns { PID | NAME | FILE } ] type TYPE [ ARGS ]
link delete { DEVICE | dev DEVICE | group GROUP } [ type TYPE [ ARGS ] ]
link { set | change } { DEVICE | dev DEVICE | group GROUP } [ { up | down } ] [ type TYPE ARGS ]
         [ arp { on | off } ] [ dynamic { on | off } ] [ multicast { on | off } ]
         [ allmulticast { on | off } ] [ promisc { on | off } ] [ trailers { on | off } ]
         [ carrier { on | off } ] [ mode { default | dormant } ] [ state STATE ]
         [ txqueuelen PACKETS ] [ name NEWNAME ] [ address LLADDR ] [ broadcast LLADDR ]
         [ mtu MTU ] [ netns { PID | NAME | FILE } [ index IDX ] ]
         [ link-netns NAME | link-netnsid ID ] [ alias NAME ] [ group GROUP ]
         [ vf NUM [ mac LLADDR ] [ vlan VLANID [ qos VLAN-QOS ] [ proto VLAN-PROTO ] ]
                  [ rate TXRATE ] [ max_tx_rate TXRATE ] [ min_tx_rate TXRATE ]
                  [ spoofchk { on | off } ] [ query_rss { on | off } ]
                  [ state { auto | enable | disable } ] [ trust { on | off } ]
                  [ node_guid EUI64 ] [ port_guid EUI64 ] ]
         [ { xdp | xdpgeneric | xdpdrv | xdpoffload } { off | PROGRAM } ]
         [ master DEVICE ] [ vrf NAME ] [ nomaster ]
         [ addrgenmode { eui64 | none | stable_secret | random } ]
         [ inet INET... ]
         [ protodown { on | off } ] [ protodown_reason PREASON { on | off } ]
         [ gso_max_size BYTES ] [ gso_max_segs PACKETS ] [ gro_max_size BYTES ]
         [ gso_ipv4_max_size BYTES ] [ gro_ipv4_max_size BYTES ]
link show [ DEVICE | group GROUP ] [ { up | down } ] [ master DEV ] [ vrf NAME ]
          [ type TYPE ] [ nomaster ] [ novf ]
link xstats type { bridge | bridge_slave | bond | bond_slave } [ igmp | stp | 802.3ad ] [ dev DEVICE ]
link afstats [ dev DEVICE ]
link property { add | del } dev DEVICE [ altname NAME ]...
link help [ TYPE ]
INET := { ` + inetGrammar() + ` }
TYPE := { ` + cli.Fold(slices.Concat(kindNames(), portNames()), " | ", "          ", 78) + ` | ... }
`
}

// linkHelp is ip link help [ TYPE ].
func linkHelp(c *cli.Command) error {
	if !c.More() {
		return c.ShowUsage()
	}
	kind, err := c.Next()
	if err != nil {
		return err
	}
	fields := linkOrPort(kind)
	if fields == nil {
		return c.ShowUsage()
	}
	c.Out.Rawf("Usage: ... %s\n", kindUsage(kind, fields))
	return nil
}

// linkShow is ip link show.
func linkShow(c *cli.Command) error {
	f, err := parseFilter(c)
	if err != nil {
		return err
	}
	links, err := readLinks(c, f, uapi.AF_PACKET)
	if err != nil {
		return err
	}
	p := c.Out
	return c.Array(func() error {
		for _, l := range links {
			p.Object("") // stays empty where the filter takes the link out, as with ip
			if f.link(l) {
				showLinkLine(c.Session, l)
			}
			p.EndObject()
			if err := c.Spill(); err != nil {
				return err
			}
		}
		return nil
	})
}

// showLinkLine prints all of a link.
func showLinkLine(s *cli.Session, l *linkMessage) {
	showLink(s, l, linkView{})
	if s.Brief {
		showLinkBrief(s, l)
	}
	s.Out.Text("\n")
}
