package rdma

import (
	"slices"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Queue pairs may have counters of their own, each for one or several. They get them by hand, or by what they are.

func runQueuePairs(c *cli.Command) error {
	return choose(c, "parameter", verb{"show", showBound}, verb{"list", showBound}, verb{"mode", showAuto},
		verb{"set", setAuto}, verb{"bind", bind}, verb{"unbind", unbind}, verb{"help", statisticHelp})
}

// counterFilters are what counters may be filtered by; of these, qp-type and optional-counters are words.
var counterFilters = []string{"cntn", "lqpn", "pid", "qp-type", "optional-counters"}

func numericCounter(name string) bool { return name != "qp-type" && name != "optional-counters" }

// aboutQP begins a request about the counters of queue pairs.
func (p port) aboutQP(cmd uint16) *wire.Request {
	r := p.about(cmd)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_RES, uapi.RDMA_NLDEV_ATTR_RES_QP)
	return r
}

// showBound shows the counters that queue pairs have.
func showBound(c *cli.Command) error {
	return ofLink(c, func(c *cli.Command) error {
		var words []string
		if c.More() {
			words, c.Rest = c.Rest[1:], c.Rest[:1]
		}
		at := c.Rest
		c.Rest = words
		wanted, err := nextFilters(c, counterFilters, numericCounter)
		if err != nil {
			return err
		}
		c.Rest = at
		return eachPort(c, func(p port) error {
			return c.Dump(p.aboutQP(uapi.RDMA_NLDEV_CMD_STAT_GET), func(m wire.Message) error {
				for a := range nests(desc.ParseAttrs(m.Data)[uapi.RDMA_NLDEV_ATTR_STAT_COUNTER]) {
					if counterWanted(wanted, a) {
						showCounter(c.Out, p, a)
					}
				}
				return c.Spill()
			})
		})
	})
}

func counterWanted(all filters, a desc.Attrs) bool {
	for i := range all {
		f := &all[i]
		var b []byte
		switch f.name {
		case "cntn":
			b = a[uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID]
		case "pid":
			b = a[uapi.RDMA_NLDEV_ATTR_RES_PID]
		case "qp-type":
			if typ := a[uapi.RDMA_NLDEV_ATTR_RES_TYPE]; typ == nil || !f.is(name(qpTypes, typ, "UNKNOWN")) {
				return false
			}
			continue
		case "lqpn":
			if !slices.ContainsFunc(boundTo(a), func(n uint32) bool { return f.has(uint64(n)) }) {
				return false
			}
			continue
		default:
			continue
		}
		if b == nil || !f.has(cli.Number(b)) {
			return false
		}
	}
	return true
}

// boundTo are the queue pairs that have a counter.
func boundTo(a desc.Attrs) (all []uint32) {
	for e := range nests(a[uapi.RDMA_NLDEV_ATTR_RES_QP]) {
		if b := e[uapi.RDMA_NLDEV_ATTR_RES_LQPN]; b != nil {
			all = append(all, cli.Number32(b))
		}
	}
	return all
}

func showCounter(p *desc.Printer, at port, a desc.Attrs) {
	p.Object("")
	showPort(p, at.device, a)
	showNumber(p, a, uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, "cntn")
	if b := a[uapi.RDMA_NLDEV_ATTR_RES_TYPE]; b != nil {
		p.Str("qp-type", "qp-type %s ", name(qpTypes, b, "UNKNOWN"))
	}
	showNumber(p, a, uapi.RDMA_NLDEV_ATTR_RES_PID, "pid")
	showComm(p, a)
	showCounters(p, a)
	nextLine(p)
	p.Text("LQPN: <")
	p.Array("lqpn")
	for i, n := range boundTo(a) {
		if i != 0 {
			p.Text(",")
		}
		p.Uint("", "%d", uint64(n))
	}
	p.EndArray()
	p.Text(">")
	endLine(p)
}

// criteria are what queue pairs may get counters by: those that have it in common have one.
var criteria = []struct {
	name string
	bit  uint32
}{
	{"type", uapi.RDMA_COUNTER_MASK_QP_TYPE},
	{"pid", uapi.RDMA_COUNTER_MASK_PID},
}

func showAuto(c *cli.Command) error {
	return ofLink(c, func(c *cli.Command) error {
		return eachPort(c, func(at port) error { return showMode(c, at) })
	})
}

// showMode shows whether queue pairs get counters by themselves. The kernel answers so, and without counters, where
// the request has a mode.
func showMode(c *cli.Command, at port) error {
	r := at.aboutQP(uapi.RDMA_NLDEV_CMD_STAT_GET)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_MANUAL)
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	a, p := desc.ParseAttrs(m.Data), c.Out
	p.Object("")
	showPort(p, at.device, a)
	p.Str("mode", "mode %s ", modeText(a))
	endLine(p)
	return nil
}

func modeText(a desc.Attrs) string {
	mask := cli.Number(a[uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK])
	if cli.Number(a[uapi.RDMA_NLDEV_ATTR_STAT_MODE]) != uapi.RDMA_COUNTER_MODE_AUTO || mask == 0 {
		return "qp auto off"
	}
	var words []string
	for _, by := range criteria {
		if mask&uint64(by.bit) != 0 {
			words = append(words, by.name)
		}
	}
	optional := "off"
	if cli.Number(a[uapi.RDMA_NLDEV_ATTR_STAT_OPCOUNTER_ENABLED]) != 0 {
		optional = "on"
	}
	return "qp auto " + strings.Join(words, ",") + " on optional-counters " + optional
}

// setAuto says by what queue pairs get counters. Without "auto" it shows that.
func setAuto(c *cli.Command) error {
	return choose(c, "parameter", verb{"help", statisticHelp}, verb{"link", func(c *cli.Command) error {
		ports, err := nextPorts(c, true)
		if err != nil {
			return err
		}
		ports = onlyPorts(ports)
		if !c.More() {
			return c.Array(func() error {
				for _, at := range ports {
					if err := showMode(c, at); err != nil {
						return err
					}
				}
				return nil
			})
		}
		return choose(c, "parameter", verb{"auto", func(c *cli.Command) error {
			set, err := nextAuto(c)
			for i := 0; i < len(ports) && err == nil; i++ {
				r := ports[i].aboutQP(uapi.RDMA_NLDEV_CMD_STAT_SET)
				set(r)
				err = c.Exec(r)
			}
			return err
		}})
	}})
}

// nextAuto takes CRITERIA on [ optional-counters { on | off } ], or off.
func nextAuto(c *cli.Command) (set func(*wire.Request), err error) {
	mask, optional := uint32(0), []byte(nil)
	switch {
	case !c.More():
		return nil, errWords
	case take(c, "off"):
	default:
		words, err := c.Next()
		if err != nil {
			return nil, err
		}
		for word := range strings.SplitSeq(words, ",") {
			i := 0
			for i < len(criteria) && criteria[i].name != word {
				i++
			}
			if i == len(criteria) {
				return nil, failed("Unknown auto mode '%s'.", word)
			}
			mask |= criteria[i].bit
		}
		switch {
		case !c.More():
			return nil, errWords
		case !take(c, "on"):
			return nil, unknownFailed(c)
		}
	}
	if c.More() {
		if !take(c, "optional-counters") {
			return nil, unknownFailed(c)
		}
		on, err := onOff(c, "optional-counters")
		if err != nil {
			return nil, err
		}
		optional = []byte{number8(on)}
	}
	return func(r *wire.Request) {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_AUTO)
		r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK, mask)
		if optional != nil {
			r.Data(uapi.RDMA_NLDEV_ATTR_STAT_OPCOUNTER_ENABLED, optional)
		}
	}, nil
}

// nextNumber takes a keyword and a number.
func nextNumber(c *cli.Command, keyword string) (uint32, error) {
	if !take(c, keyword) {
		return 0, unknownFailed(c)
	}
	word, err := c.Next()
	switch {
	case err != nil:
		return 0, errWords
	case strings.ContainsAny(word, ",-"):
		return 0, failed("The parameter %s shouldn't include range", keyword)
	}
	n, err := strconv.ParseUint(word, 10, 31)
	if err != nil {
		return 0, failed("\"%s\" is no number", word)
	}
	return uint32(n), nil
}

// byHand begins a request about which counter a queue pair has.
func (p port) byHand(cmd uint16) *wire.Request {
	r := p.aboutQP(cmd)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_MANUAL)
	return r
}

// bind gives a queue pair a counter: one that is there, or a new one.
func bind(c *cli.Command) error {
	return needLink(c, func(c *cli.Command, ports []port) error {
		lqpn, err := nextNumber(c, "lqpn")
		if err != nil {
			return err
		}
		r := ports[0].byHand(uapi.RDMA_NLDEV_CMD_STAT_SET)
		r.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, lqpn)
		if c.More() {
			cntn, err := nextNumber(c, "cntn")
			if err != nil {
				return err
			}
			r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, cntn)
		}
		return c.Exec(r)
	})
}

// unbind takes a counter from a queue pair, or from all that have it.
func unbind(c *cli.Command) error {
	return needLink(c, func(c *cli.Command, ports []port) error {
		at := ports[0]
		cntn, err := nextNumber(c, "cntn")
		if err != nil {
			return err
		}
		if c.More() {
			lqpn, err := nextNumber(c, "lqpn")
			if err != nil {
				return err
			}
			return unbindOne(c, at, cntn, lqpn)
		}
		r := at.aboutQP(uapi.RDMA_NLDEV_CMD_STAT_GET)
		r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, cntn)
		m, err := c.Get(r)
		if err != nil {
			return err
		}
		for _, lqpn := range boundTo(desc.ParseAttrs(m.Data)) {
			if err := unbindOne(c, at, cntn, lqpn); err != nil {
				return err
			}
		}
		return nil
	})
}

func unbindOne(c *cli.Command, at port, cntn, lqpn uint32) error {
	r := at.byHand(uapi.RDMA_NLDEV_CMD_STAT_DEL)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, cntn)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, lqpn)
	return c.Exec(r)
}

// setCounters has a port count by the optional counters that are named, and by no others; status are those that there
// are.
func setCounters(c *cli.Command, at port, status desc.Attrs, names string) error {
	r := at.about(uapi.RDMA_NLDEV_CMD_STAT_SET)
	r.Nest(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS | uapi.NLA_F_NESTED)
	for word := range strings.SplitSeq(names, ",") {
		if word == "" {
			continue
		}
		found := false
		for e := range nests(status[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS]) {
			if e[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_DYNAMIC] != nil &&
				cli.Text(e[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME]) == word {
				r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_INDEX,
					cli.Number32(e[uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_INDEX]))
				found = true
			}
		}
		if !found {
			return failed("No optional counter is called '%s'.", word)
		}
	}
	r.End()
	return c.Exec(r)
}
