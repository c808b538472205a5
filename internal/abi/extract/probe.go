package main

import (
	"fmt"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
)

// A probe is one line of C that makes the compiler put the value of an expression into the object file.
type probe struct {
	expr string // a macro's name; "struct x" or "union x" for its alignment
	kind probeKind
	file string // that defines it
	// errs is what clang says against it being an integer.
	errs []string
}

type probeKind int

// What a probe is tried as, in this order. A macro that is neither is no constant.
const (
	intProbe probeKind = iota
	stringProbe
	alignProbe
	noProbe
)

// probePrefix starts the names of the probes' symbols; the probe's index ends them.
const probePrefix = "kern_probe_"

// sizeSuffix ends the name of the symbol with the size of a string, which not every format of objects has.
const sizeSuffix = "_size"

// probeType holds an integer: its bits, and whether it is negative (and not just large).
const probeType = "struct kern_probe { unsigned long long bits; unsigned long long negative; };\n"

// line returns the probe's line of C. The assertion is there because only a constant expression may stand in
// one, which an initializer does not ask for; "| 0" because only an integer can be its operand.
func (p probe) line(i int) string {
	name := probePrefix + strconv.Itoa(i)
	switch p.kind {
	case intProbe:
		return fmt.Sprintf("const struct kern_probe %s = { ((%s) | 0), ((%s) | 0) < 0 }; _Static_assert(((%s) | 0) || 1, "+
			"\"\");", name, p.expr, p.expr, p.expr)
	case stringProbe:
		// What stands in braces can initialize an array, too, but has no size of its own.
		return fmt.Sprintf("const char %s[] = %s; const struct kern_probe %s"+sizeSuffix+" = { sizeof(%s), 0 };", name,
			p.expr,
			name, p.expr)
	case alignProbe:
		return fmt.Sprintf("const struct kern_probe %s = { _Alignof(%s), 0 };", name, p.expr)
	}
	return ""
}

// compileProbes compiles the header with the probes, taking back those that do not compile, until the rest does.
func (c *compiler) compileProbes(a abi.Arch, prologue string, probes []probe, object string) error {
	head := prologue + probeType
	first := strings.Count(head, "\n") + 1
	for range noProbe + 1 {
		var b strings.Builder
		b.WriteString(head)
		for i, p := range probes {
			b.WriteString(p.line(i))
			b.WriteByte('\n')
		}
		bad, err := c.compile(a, b.String(), first, object)
		if err != nil {
			return err
		}
		if bad == nil {
			return nil
		}
		for n, errs := range bad {
			if n-first >= len(probes) {
				return fmt.Errorf("error in line %d, after the last probe", n)
			}
			p := &probes[n-first]
			switch p.kind {
			case intProbe:
				p.kind, p.errs = stringProbe, errs
			default:
				p.kind = noProbe
			}
		}
	}
	return fmt.Errorf("probes do not compile after %d rounds", noProbe+1)
}

// probeValues reads the values that the compiled probes have, by index: decimal or quoted.
func probeValues(o *object, probes []probe) (map[int]string, error) {
	values := map[int]string{}
	for i, p := range probes {
		if p.kind == noProbe {
			continue
		}
		name := probePrefix + strconv.Itoa(i)
		if p.kind != stringProbe {
			var err error
			if values[i], _, err = o.number(name); err != nil {
				return nil, fmt.Errorf("value of %s: %w", p.expr, err)
			}
			continue
		}
		_, size, err := o.number(name + sizeSuffix)
		if err != nil {
			return nil, fmt.Errorf("size of %s: %w", p.expr, err)
		}
		b, err := o.bytes(name, size)
		if err != nil {
			return nil, fmt.Errorf("value of %s: %w", p.expr, err)
		}
		if len(b) == 0 {
			return nil, fmt.Errorf("string %s is empty of its end", p.expr)
		}
		values[i] = strconv.Quote(string(b[:len(b)-1]))
	}
	return values, nil
}
