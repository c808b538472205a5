package main

import (
	"debug/elf"
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
		return fmt.Sprintf("const char %s[] = %s;", name, p.expr)
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
func probeValues(f *elf.File, probes []probe) (map[int]string, error) {
	symbols, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	values := map[int]string{}
	for _, s := range symbols {
		index, ok := strings.CutPrefix(s.Name, probePrefix)
		if !ok {
			continue
		}
		i, err := strconv.Atoi(index)
		if err != nil || i >= len(probes) || int(s.Section) >= len(f.Sections) {
			return nil, fmt.Errorf("unexpected symbol %s in section %d", s.Name, s.Section)
		}
		b := make([]byte, s.Size)
		if sec := f.Sections[s.Section]; sec.Type != elf.SHT_NOBITS {
			if _, err := sec.ReadAt(b, int64(s.Value)); err != nil {
				return nil, fmt.Errorf("symbol %s: %w", s.Name, err)
			}
		}
		if probes[i].kind == stringProbe {
			if len(b) == 0 {
				return nil, fmt.Errorf("string %s is empty of its end", probes[i].expr)
			}
			values[i] = strconv.Quote(string(b[:len(b)-1]))
			continue
		}
		if len(b) != 16 {
			return nil, fmt.Errorf("symbol %s has %d bytes", s.Name, len(b))
		}
		bits, negative := f.ByteOrder.Uint64(b), f.ByteOrder.Uint64(b[8:]) != 0
		if negative {
			values[i] = strconv.FormatInt(int64(bits), 10)
		} else {
			values[i] = strconv.FormatUint(bits, 10)
		}
	}
	for i, p := range probes {
		if _, ok := values[i]; !ok && p.kind != noProbe {
			return nil, fmt.Errorf("no value of %s in the object", p.expr)
		}
	}
	return values, nil
}
