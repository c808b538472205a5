package rdma

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func statisticUsage() string {
	return `
statistic show [ link DEV/PORT ]
statistic mode [ supported ] [ link DEV/PORT ]
statistic set link DEV/PORT optional-counters COUNTER[,COUNTER]...
statistic unset link DEV/PORT optional-counters
statistic qp show [ link DEV/PORT [ FILTER VALUE ]... ]
statistic qp mode [ link DEV/PORT ]
statistic qp set link DEV/PORT auto { type | pid | type,pid } on [ optional-counters { on | off } ]
statistic qp set link DEV/PORT auto off
statistic qp bind link DEV/PORT lqpn NUMBER [ cntn NUMBER ]
statistic qp unbind link DEV/PORT cntn NUMBER [ lqpn NUMBER ]
statistic mr [ mrn NUMBER ]
FILTER := { cntn | lqpn | pid | qp-type }
`
}

func statisticHelp(c *cli.Command) error { return help(statisticUsage)(c) }

func runStatistic(c *cli.Command) error {
	return choose(c, "statistic command", verb{"show", showStatistic}, verb{"list", showStatistic},
		verb{"help", statisticHelp}, verb{"qp", runQueuePairs}, verb{"mr", showRegions},
		verb{"mode", showModes}, verb{"set", setOptional}, verb{"unset", unsetOptional})
}

// ofLink has a command take "link DEV/PORT", or nothing.
func ofLink(c *cli.Command, run func(*cli.Command) error, more ...verb) error {
	verbs := append([]verb{{"link", run}}, more...)
	return choose(c, "parameter", append(verbs, verb{"help", statisticHelp})...)
}

// eachPort shows something of the ports that words name: of all without a word, but not of the devices themselves.
func eachPort(c *cli.Command, show func(port) error) error {
	return c.Array(func() error {
		all, err := nextPorts(c, true)
		all = onlyPorts(all)
		for i := 0; i < len(all) && err == nil; i++ {
			err = show(all[i])
		}
		return err
	})
}

func showStatistic(c *cli.Command) error {
	return ofLink(c, func(c *cli.Command) error {
		return eachPort(c, func(at port) error {
			m, err := c.Get(at.about(uapi.RDMA_NLDEV_CMD_STAT_GET))
			if err != nil {
				return err
			}
			a, p := desc.ParseAttrs(m.Data), c.Out
			p.Object("")
			showCounted(p, a)
			showCounters(p, a)
			endLine(p)
			return nil
		})
	}, verb{"mr", showRegions})
}

func showRegions(c *cli.Command) error {
	take(c, "show")
	return regionCounters.list(c)
}

// showCounted begins a line about the counters of a port.
func showCounted(p *desc.Printer, a desc.Attrs) {
	p.Str("ifname", "link %s/", cli.Text(a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]))
	p.Uint("port", "%d ", cli.Number(a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]))
}

// showCounters shows counters, each on a line.
func showCounters(p *desc.Printer, a desc.Attrs) {
	for e := range nests(a[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS]) {
		if key := cli.Text(e[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME]); key != "" {
			nextLine(p)
			showNumber(p, e, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE, key)
		}
	}
}

func showRegionCounters(l *lister, _ *field, a desc.Attrs) { showCounters(l.Out, a) }

// status asks which counters a port has that may be off.
func status(c *cli.Command, at port) (desc.Attrs, error) {
	m, err := c.Get(at.about(uapi.RDMA_NLDEV_CMD_STAT_GET_STATUS))
	return desc.ParseAttrs(m.Data), err
}

// showModes shows which of these are on, or which there are.
func showModes(c *cli.Command) error {
	show := func(key string, supported bool) func(*cli.Command) error {
		return func(c *cli.Command) error {
			return eachPort(c, func(at port) error {
				a, err := status(c, at)
				if err == nil {
					showOptional(c.Out, a, key, supported)
				}
				return err
			})
		}
	}
	on := show("optional-counters", false)
	return ofLink(c, on, verb{"show", on}, verb{"supported", func(c *cli.Command) error {
		return ofLink(c, show("supported optional-counters", true))
	}})
}

func showOptional(p *desc.Printer, a desc.Attrs, key string, supported bool) {
	first := true
	for e := range nests(a[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS]) {
		on := e[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_DYNAMIC]
		if on == nil || !supported && cli.Number(on) == 0 {
			continue
		}
		if first {
			p.Object("")
			showCounted(p, a)
			p.Text("%s ", key)
			p.Array(key)
			first = false
		} else {
			p.Text(",")
		}
		nextLine(p)
		p.Str("", "%s", cli.Text(e[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME]))
	}
	if !first {
		p.EndArray()
		endLine(p)
	}
}

// setOptional has a port count by the named counters, and by no others that may be off.
func setOptional(c *cli.Command) error {
	return needLink(c, func(c *cli.Command, ports []port) error {
		if !take(c, "optional-counters") {
			return unknownFailed(c)
		}
		if !c.More() {
			return helpFailed(c)
		}
		names, err := c.Next()
		if err != nil {
			return err
		}
		for _, at := range ports {
			a, err := status(c, at)
			if err != nil {
				return err
			}
			if err := setCounters(c, at, a, names); err != nil {
				return err
			}
		}
		return nil
	})
}

func unsetOptional(c *cli.Command) error {
	return needLink(c, func(c *cli.Command, ports []port) error {
		if !take(c, "optional-counters") {
			return unknownFailed(c)
		}
		if c.More() {
			return helpFailed(c)
		}
		for _, at := range ports {
			if err := setCounters(c, at, nil, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// needLink has a command take "link DEV/PORT" and further words.
func needLink(c *cli.Command, run func(c *cli.Command, ports []port) error) error {
	return choose(c, "parameter", verb{"help", statisticHelp}, verb{"link", func(c *cli.Command) error {
		ports, err := nextPorts(c, false)
		switch {
		case err != nil:
			return err
		case !c.More():
			return helpFailed(c)
		}
		return run(c, ports)
	}})
}

// helpFailed shows the grammar, and is a failure.
func helpFailed(c *cli.Command) error {
	if err := statisticHelp(c); err != nil {
		return err
	}
	return errWords
}

func unknownFailed(c *cli.Command) error { return failed("Unknown parameter '%s'.", c.Peek()) }
