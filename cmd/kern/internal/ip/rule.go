package ip

import (
	"encoding/binary"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func ruleUsage() string {
	return `
rule { add | del } SELECTOR ACTION
rule { flush [ SELECTOR ] | save | restore }
rule [ list [ SELECTOR ] ]
SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ tos TOS ]
            [ fwmark FWMARK[/MASK] ] [ iif DEV ] [ oif DEV ]
            [ pref NUMBER ] [ l3mdev ] [ uidrange NUMBER-NUMBER ]
            [ ipproto PROTOCOL ] [ sport { NUMBER[/MASK] | NUMBER-NUMBER } ]
            [ dport { NUMBER[/MASK] | NUMBER-NUMBER } ] [ tun_id NUMBER ]
            [ dscp DSCP[/MASK] ] [ flowlabel LABEL[/MASK] ]
            [ protocol RTPROTO ]
ACTION := [ table TABLE_ID | goto NUMBER | nop | nat ADDRESS | TYPE ]
          [ realms [SOURCE/]DESTINATION ]
          [ suppress_prefixlength NUMBER ] [ suppress_ifgroup GROUP ]
TABLE_ID := { local | main | default | NUMBER }
TYPE := { blackhole | unreachable | prohibit }
`
}

func runRule(c *cli.Command) error {
	return c.Choose(listRules,
		cli.Verb{Name: "list", Run: listRules},
		cli.Verb{Name: "lst", Run: listRules},
		cli.Verb{Name: "show", Run: listRules},
		cli.Verb{Name: "save", Run: saveRules},
		cli.Verb{Name: "restore", Run: restoreRules},
		cli.Verb{Name: "add", Run: func(c *cli.Command) error {
			return changeRule(c, uapi.RTM_NEWRULE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, "add")
		}},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return changeRule(c, uapi.RTM_DELRULE, 0, "del") }},
		cli.Verb{Name: "flush", Run: flushRules},
	)
}

// ruleRequest asks the kernel for the rules of a family.
func ruleRequest(c *cli.Command) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETRULE, 0)
	rule := uapi.FibRuleHdr{Family: uint8(ruleFamily(c))}
	rule.Put(r.Header(uapi.SizeofFibRuleHdr))
	return r
}

// ruleFamily is the family asked for, or IPv4.
func ruleFamily(c *cli.Command) int {
	if c.Family == uapi.AF_UNSPEC {
		return uapi.AF_INET
	}
	return c.Family
}

// listRules is "rule show".
func listRules(c *cli.Command) error {
	f, err := nextRuleFilter(c)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusUsage, c.Dump(ruleRequest(c), func(m wire.Message) error {
			if r := readRule(m); f.allows(r) {
				showRule(c, r)
				return c.Spill()
			}
			return nil
		}))
	})
}

// flushRules is "rule flush": it deletes all rules but the first, which has no
// priority.
func flushRules(c *cli.Command) error {
	f, err := nextRuleFilter(c)
	if err != nil {
		return err
	}
	all, err := c.List(ruleRequest(c))
	if err != nil {
		return err
	}
	var deletes []*wire.Request
	for _, m := range all {
		r := readRule(m)
		_, hasPriority := r.attrs[uapi.FRA_PRIORITY]
		if hasPriority && r.rule.Flags&uapi.FIB_RULE_PERMANENT == 0 && f.allows(r) {
			deletes = append(deletes, changed(m, uapi.RTM_DELRULE, 0, uapi.SizeofFibRuleHdr))
		}
	}
	return sendAll(c, deletes)
}

// saveRules is "rule save": the kernel's messages as they are.
func saveRules(c *cli.Command) error {
	if c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s rule save\" does not take any arguments.", c.Name)
	}
	return saveDump(c, ruleRequest(c), ruleMagic, func(wire.Message) bool { return true },
		func(c *cli.Command, err error) error { return Terminated(c, "Dump", cli.StatusFailed, err) })
}

// restoreRules is "rule restore". Existing objects stay.
func restoreRules(c *cli.Command) error {
	var requests []*wire.Request
	err := readDump(c, ruleMagic, func(m wire.Message) error {
		requests = append(requests, readRule(m).again(m))
		return nil
	})
	if err != nil {
		return err
	}
	return restore(c, requests)
}

// again is the request that makes a rule of a dump once more. A priority of 0 is
// not in the dump: without one the kernel would choose another. The flags that
// say what of the rule is missing now are for the kernel to set.
func (r *ruleMessage) again(m wire.Message) *wire.Request {
	q := changed(m, uapi.RTM_NEWRULE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofFibRuleHdr)
	rule := r.rule
	rule.Flags &= uapi.FIB_RULE_INVERT | uapi.FIB_RULE_PERMANENT
	rule.Put(q.Bytes()[uapi.SizeofNlmsghdr:])
	if _, ok := r.attrs[uapi.FRA_PRIORITY]; !ok {
		q.Uint32(uapi.FRA_PRIORITY, 0)
	}
	return q
}

// ruleMessage is an RTM_NEWRULE or RTM_DELRULE message taken apart.
type ruleMessage struct {
	deleted bool
	rule    uapi.FibRuleHdr
	attrs   desc.Attrs
	table   uint32
}

func readRule(m wire.Message) *ruleMessage {
	r := &ruleMessage{deleted: m.Type == uapi.RTM_DELRULE}
	r.rule.Decode(m.Data)
	r.attrs = desc.ParseAttrs(m.Data[min(uapi.SizeofFibRuleHdr, len(m.Data)):])
	r.table = uint32(r.rule.Table)
	if b, ok := r.attrs[uapi.FRA_TABLE]; ok {
		r.table = cli.Number32(b)
	}
	return r
}

// l3mdev reports whether the table is that of the packet's VRF.
func (r *ruleMessage) l3mdev() bool {
	b := r.attrs[uapi.FRA_L3MDEV]
	return len(b) != 0 && b[0] != 0
}

// mark is the firewall mark that the rule asks for, and its mask.
func (r *ruleMessage) mark() (mark, mask uint32) {
	mask = ^uint32(0)
	if b, ok := r.attrs[uapi.FRA_FWMASK]; ok {
		mask = cli.Number32(b)
	}
	return cli.Number32(r.attrs[uapi.FRA_FWMARK]), mask
}

// ports are those that the rule asks for, and their mask.
func (r *ruleMessage) ports(rangeType, maskType uint16) portsValue {
	v := portsValue{mask: maxPort}
	v.ports.Decode(r.attrs[rangeType])
	if b := r.attrs[maskType]; len(b) >= 2 {
		v.mask = native.Uint16(b)
	}
	return v
}

// tunID is the tunnel's key that the rule asks for.
func (r *ruleMessage) tunID() uint64 {
	if b := r.attrs[uapi.FRA_TUN_ID]; len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// dscp is the code point that the rule asks for, and its mask.
func (r *ruleMessage) dscp() masked[uint8] {
	v := masked[uint8]{cli.Number8(r.attrs[uapi.FRA_DSCP]), maxDSCP}
	if b := r.attrs[uapi.FRA_DSCP_MASK]; len(b) != 0 {
		v.mask = b[0]
	}
	return v
}

// flowLabel is the IPv6 flow label that the rule asks for, and its mask.
func (r *ruleMessage) flowLabel() masked[uint32] {
	v := masked[uint32]{mask: maxFlowLabel}
	if b := r.attrs[uapi.FRA_FLOWLABEL]; len(b) >= 4 {
		v.value = binary.BigEndian.Uint32(b)
	}
	if b := r.attrs[uapi.FRA_FLOWLABEL_MASK]; len(b) >= 4 {
		v.mask = binary.BigEndian.Uint32(b)
	}
	return v
}
