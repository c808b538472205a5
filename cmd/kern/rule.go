package main

import (
	"errors"
	"os"

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
            [ ipproto PROTOCOL ] [ sport NUMBER[-NUMBER] ]
            [ dport NUMBER[-NUMBER] ] [ protocol RTPROTO ]
ACTION := [ table TABLE_ID | goto NUMBER | nop | TYPE ]
          [ realms [SOURCE/]DESTINATION ]
          [ suppress_prefixlength NUMBER ] [ suppress_ifgroup GROUP ]
TABLE_ID := { local | main | default | NUMBER }
TYPE := { blackhole | unreachable | prohibit }
`
}

func runRule(c *command) error {
	return c.choose((*command).listRules,
		verb{"list", (*command).listRules},
		verb{"lst", (*command).listRules},
		verb{"show", (*command).listRules},
		verb{"save", (*command).saveRules},
		verb{"restore", (*command).restoreRules},
		verb{"add", func(c *command) error {
			return c.changeRule(uapi.RTM_NEWRULE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, "add")
		}},
		verb{"delete", func(c *command) error { return c.changeRule(uapi.RTM_DELRULE, 0, "del") }},
		verb{"flush", (*command).flushRules},
	)
}

// ruleRequest asks the kernel for the rules of a family.
func (c *command) ruleRequest() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETRULE, 0)
	rule := uapi.FibRuleHdr{Family: uint8(c.ruleFamily())}
	rule.Put(r.Header(uapi.SizeofFibRuleHdr))
	return r
}

// ruleFamily is the family asked for, or IPv4.
func (c *command) ruleFamily() int {
	if c.family == uapi.AF_UNSPEC {
		return uapi.AF_INET
	}
	return c.family
}

// listRules is "rule show".
func (c *command) listRules() error {
	f, err := c.nextRuleFilter()
	if err != nil {
		return err
	}
	return c.array(func() error {
		return c.terminated("Dump", statusUsage, c.dump(c.ruleRequest(), func(m wire.Message) error {
			if r := readRule(m); f.allows(r) {
				c.showRule(r)
				return c.spill()
			}
			return nil
		}))
	})
}

// flushRules is "rule flush": it deletes all rules but the first, which has no
// priority.
func (c *command) flushRules() error {
	f, err := c.nextRuleFilter()
	if err != nil {
		return err
	}
	all, err := c.list(c.ruleRequest())
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
	return c.sendAll(deletes)
}

// saveRules is "rule save": the kernel's messages as they are.
func (c *command) saveRules() error {
	if c.More() {
		return exit(statusFailed, "\"%s rule save\" does not take any arguments.", c.name)
	}
	return c.saveDump(c.ruleRequest(), ruleMagic, func(wire.Message) bool { return true })
}

// restoreRules is "rule restore". What is there already stays.
func (c *command) restoreRules() error {
	return c.readDump(ruleMagic, func(m wire.Message) error {
		err := c.exec(changed(m, uapi.RTM_NEWRULE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofFibRuleHdr))
		if errors.Is(err, os.ErrExist) {
			return nil
		}
		return err
	})
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
		r.table = number32(b)
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
		mask = number32(b)
	}
	return number32(r.attrs[uapi.FRA_FWMARK]), mask
}
