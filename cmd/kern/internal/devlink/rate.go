package devlink

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

var (
	rateWords = []*word{&txShareWord, &txMaxWord, &txPriorityWord, &txWeightWord, &parentWord, &noParentWord,
		&tcBwWord}
	addRate    = request{cmd: uapi.DEVLINK_CMD_RATE_NEW, of: ofNode, may: rateWords}
	setRate    = request{cmd: uapi.DEVLINK_CMD_RATE_SET, of: ofPort | ofNode, may: rateWords}
	deleteRate = request{cmd: uapi.DEVLINK_CMD_RATE_DEL, of: ofNode}
	listRates  = listing{section: "rate", cmd: uapi.DEVLINK_CMD_RATE_GET, one: ofPort | ofNode, all: ofDevice,
		show: showRate}
)

// runRate is about the rates of functions, and of nodes that several of them share.
func runRate(c *cli.Command) error {
	return choose(c, listRates.run,
		cli.Verb{Name: "show", Run: listRates.run},
		cli.Verb{Name: "add", Run: func(c *cli.Command) error { return changeRate(c, &addRate) }},
		cli.Verb{Name: "del", Run: deleteRate.run},
		cli.Verb{Name: "set", Run: func(c *cli.Command) error { return changeRate(c, &setRate) }},
	)
}

// changeRate adds or sets rates. The least rate is never above the most, also where only one of them is given: the
// kernel does not compare them.
func changeRate(c *cli.Command, q *request) error {
	a, err := q.read(c)
	if err != nil {
		return err
	}
	attrs := a.attrs()
	share, max := cli.Number(attrs[txShareWord.typ]), cli.Number(attrs[txMaxWord.typ])
	if a.given[txShareWord.typ] != a.given[txMaxWord.typ] && q.cmd == setRate.cmd {
		err := ask(c, listRates.cmd, query, a.handle.put, func(m *message) {
			if !a.given[txShareWord.typ] {
				share = m.number(txShareWord.typ)
			} else {
				max = m.number(txMaxWord.typ)
			}
		})
		if err != nil {
			return err
		}
	}
	if max != 0 && share > max {
		return failed("Expected tx_share <= tx_max or tx_share == 0.")
	}
	return ask(c, q.cmd, order, a.put, nil)
}

var rateFields = []field{
	{typ: uapi.DEVLINK_ATTR_RATE_TYPE, key: "type", form: asName, names: rateTypes, what: "type"},
	{typ: uapi.DEVLINK_ATTR_RATE_TX_SHARE, key: "tx_share", form: asRate},
	{typ: uapi.DEVLINK_ATTR_RATE_TX_MAX, key: "tx_max", form: asRate},
	{typ: uapi.DEVLINK_ATTR_RATE_TX_PRIORITY, key: "tx_priority", form: asPositive},
	{typ: uapi.DEVLINK_ATTR_RATE_TX_WEIGHT, key: "tx_weight", form: asPositive},
	{typ: uapi.DEVLINK_ATTR_RATE_PARENT_NODE_NAME, key: "parent", form: asText},
}

func showRate(o *out, m *message) {
	name := m.owner()
	if m.has(uapi.DEVLINK_ATTR_RATE_NODE_NAME) {
		name = m.device() + "/" + m.text(uapi.DEVLINK_ATTR_RATE_NODE_NAME)
	}
	o.handle(name, true)
	o.fields(m, rateFields)
	m.each(uapi.DEVLINK_ATTR_RATE_TC_BWS, func(n *message) {
		class := n.number(uapi.DEVLINK_RATE_TC_ATTR_INDEX)
		share := n.number(uapi.DEVLINK_RATE_TC_ATTR_BW)
		if share == 0 {
			return
		}
		key := fmt.Sprintf("tc_%d", class)
		o.space()
		o.Text("%s bw ", key)
		o.Uint(key, "%d", share)
	})
	o.endHandle(m)
}
