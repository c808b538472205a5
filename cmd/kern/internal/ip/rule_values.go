package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func nextRulePrefix(c *cli.Command, w *ruleWords, typ uint16, bits *uint8) error {
	p, err := c.NextPrefix(w.family)
	if err != nil {
		return err
	}
	*bits = uint8(p.Bits)
	if w.family == uapi.AF_UNSPEC {
		w.family = p.Family
	}
	if !p.IsAny() {
		w.enc.Addr(typ, p.Addr)
	}
	return nil
}

// nextMark reads MARK[/MASK].
func nextMark(c *cli.Command) (mark, mask uint32, masked bool, err error) {
	word, err := c.Next()
	if err != nil {
		return 0, 0, false, err
	}
	value, rest, masked := strings.Cut(word, "/")
	n, err := desc.ParseUint(value, 32)
	if err != nil {
		return 0, 0, false, desc.Wrong(value, "fwmark value is invalid\n")
	}
	mask = ^uint32(0)
	if masked {
		m, err := desc.ParseUint(rest, 32)
		if err != nil {
			return 0, 0, false, desc.Wrong(rest, "fwmask value is invalid\n")
		}
		mask = uint32(m)
	}
	return uint32(n), mask, masked, nil
}

// nextRuleLink takes the name of a link, which need not exist.
func nextRuleLink(c *cli.Command, e *wire.Encoder, typ uint16, why string) error {
	name, err := nextIfname(c, why)
	e.String(typ, name)
	return err
}

func nextIfname(c *cli.Command, why string) (string, error) {
	name, err := c.Next()
	if err != nil {
		return "", err
	}
	if name == "" || len(name) >= uapi.IFNAMSIZ || strings.ContainsAny(name, "/ \t\n\x00") {
		return "", desc.Wrong(name, why)
	}
	return name, nil
}

// nextUIDs reads FIRST-LAST.
func nextUIDs(c *cli.Command) (uids uapi.FibRuleUidRange, err error) {
	word, err := c.Next()
	if err != nil {
		return uids, err
	}
	first, last, both := strings.Cut(word, "-")
	start, err1 := desc.ParseUint(first, 32)
	end, err2 := desc.ParseUint(last, 32)
	if !both || err1 != nil || err2 != nil {
		return uids, desc.Wrong(word, "invalid UID range\n")
	}
	return uapi.FibRuleUidRange{Start: uint32(start), End: uint32(end)}, nil
}

func nextIPProto(c *cli.Command) (uint8, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	proto, ok := cli.IPProtoNumber(word)
	if !ok {
		return 0, desc.Wrong(word, "Invalid \"ipproto\" value\n")
	}
	return proto, nil
}

// portsValue is a range of ports, or one under a mask.
type portsValue struct {
	ports uapi.FibRulePortRange
	mask  uint16
}

// nextPorts reads PORT[/MASK] or FIRST-LAST.
func nextPorts(c *cli.Command) (portsValue, error) {
	v := portsValue{mask: maxPort}
	word, err := c.Next()
	if err != nil {
		return v, err
	}
	if first, last, both := strings.Cut(word, "-"); both {
		if v.ports.Start, err = parsePort(first, "invalid port range start"); err == nil {
			v.ports.End, err = parsePort(last, "invalid port range end")
		}
		return v, err
	}
	port, mask, masked := strings.Cut(word, "/")
	if masked {
		if v.mask, err = parsePort(mask, "invalid mask"); err != nil {
			return v, err
		}
	}
	v.ports.Start, err = parsePort(port, "invalid port")
	v.ports.End = v.ports.Start
	return v, err
}

func parsePort(word, why string) (uint16, error) {
	n, err := desc.ParseUint(word, 16)
	if err != nil {
		return 0, desc.Wrong(word, why)
	}
	return uint16(n), nil
}

// putPorts reads ports for a rule.
func putPorts(c *cli.Command, e *wire.Encoder, rangeType, maskType uint16) error {
	v, err := nextPorts(c)
	e.Struct(rangeType, uapi.SizeofFibRulePortRange, &v.ports)
	if v.mask != maxPort {
		e.Uint16(maskType, v.mask)
	}
	return err
}

// Masks that hold for all of a value, which the kernel takes for granted.
const (
	maxPort      = 1<<16 - 1
	maxDSCP      = 1<<6 - 1
	maxFlowLabel = 1<<20 - 1
)

// masked is a value of which the bits of a mask count.
type masked[T uint8 | uint32] struct{ value, mask T }

// nextDSCP reads DSCP[/MASK]: a number, or the name of a DS field.
func nextDSCP(c *cli.Command) (v masked[uint8], err error) {
	word, err := c.Next()
	if err != nil {
		return v, err
	}
	v.mask = maxDSCP
	dscp, mask, slash := strings.Cut(word, "/")
	n, ok := c.Names.DSCPNumber(dscp)
	if !ok {
		return v, desc.Wrong(dscp, "invalid dscp")
	}
	v.value = n
	if slash {
		m, err := desc.ParseUint(mask, 8)
		if err != nil {
			return v, desc.Wrong(mask, "invalid dscp mask")
		}
		v.mask = uint8(m)
	}
	return v, nil
}

// nextFlowLabel reads LABEL[/MASK].
func nextFlowLabel(c *cli.Command) (v masked[uint32], err error) {
	word, err := c.Next()
	if err != nil {
		return v, err
	}
	v.mask = maxFlowLabel
	label, mask, slash := strings.Cut(word, "/")
	n, err := desc.ParseUint(label, 32)
	if err != nil {
		return v, desc.Wrong(label, "invalid flowlabel")
	}
	v.value = uint32(n)
	if slash {
		if n, err = desc.ParseUint(mask, 32); err != nil {
			return v, desc.Wrong(mask, "invalid flowlabel mask")
		}
		v.mask = uint32(n)
	}
	return v, nil
}
