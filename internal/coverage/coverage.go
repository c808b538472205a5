// Package coverage compares the attributes that the kernel's headers define with those that the packages of this
// module can set and read. Tests find out what can be; docs/coverage.md has the comparison.
package coverage

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kern.sys/internal/abi"
	"kern.sys/netlink/wire"
)

// Set are the attributes of one nest, by the kernel's headers: IFLA_VLAN_ID … of the set IFLA_VLAN.
type Set map[uint16]string

// Row is what of one set of attributes an object or a kind can set and read.
type Row struct {
	Name, Set string
	Can       map[uint16]Ability
}

// Ability is what can be done with an attribute.
type Ability struct{ Set, Read bool }

// Sets returns all sets of the facts, which are in a directory: a set is what has a constant __PREFIX_MAX.
func Sets(t testing.TB, facts string) map[string]Set {
	t.Helper()
	var archs []string
	for _, a := range abi.Linux() {
		archs = append(archs, a.Name)
	}
	db, err := abi.Read(facts, archs)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]uint64{}
	for _, v := range db.Consts() {
		if n, err := strconv.ParseUint(v.On["amd64"], 10, 16); err == nil && v.Kind == abi.Int {
			values[v.Name] = n
		}
	}
	sets := map[string]Set{}
	for name := range values {
		if prefix, ok := strings.CutPrefix(name, "__"); ok && strings.HasSuffix(prefix, "_MAX") {
			sets[strings.TrimSuffix(prefix, "_MAX")] = Set{}
		}
	}
	for _, name := range setsWithoutEnd {
		sets[name] = Set{}
	}
	for name, n := range values {
		if n == 0 || slices.Contains(notAttributes, name) {
			continue
		}
		for _, prefix := range setsOf(name, sets) {
			set := sets[prefix]
			if old, twice := set[uint16(n)]; !twice || name < old {
				set[uint16(n)] = name
			}
		}
	}
	return sets
}

// setsOf returns the sets that have an attribute: that whose name is the longest beginning of its own, but for
// those of setsByName.
func setsOf(name string, sets map[string]Set) []string {
	if in, ok := setsByName[name]; ok {
		return in
	}
	for prefix := name; ; {
		at := strings.LastIndexByte(prefix, '_')
		if at < 0 {
			return nil
		}
		prefix = name[:at]
		if sets[prefix] == nil {
			continue
		}
		switch name[at+1:] {
		case "MAX", "UNSPEC", "NONE", "PAD":
			return nil
		}
		return []string{prefix}
	}
}

// Payloads are what attributes may have in them: numbers of all widths, addresses, structures, nests.
func Payloads() [][]byte {
	var all [][]byte
	for _, n := range []int{1, 2, 4, 6, 8, 12, 16, 20, 24, 60, 192, 0} {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i%3 + 1)
		}
		all = append(all, b)
		if n > 1 { // small numbers in the machine's order
			b := make([]byte, n)
			b[0], b[n-1] = 1, 0
			all = append(all, b)
		}
	}
	all = append(all, []byte("name\x00"))
	for _, n := range []int{1, 4, 16} {
		var e wire.Encoder
		for typ := uint16(1); typ < 24; typ++ {
			e.Data(typ, all[0])
			e.Data(typ, append([]byte{1}, make([]byte, n-1)...))
		}
		all = append(all, e.Bytes())
	}
	var longs wire.Encoder
	for typ := uint16(1); typ < 24; typ++ {
		longs.Data(typ, append([]byte{1}, make([]byte, 7)...))
	}
	return append(all, longs.Bytes())
}

// Check compares a part of a file with what can be done, and writes it first where update says so. A part is what
// begins with a heading, up to the next one; the text goes before its table. Reasons are for attributes that can be
// neither set nor read.
func Check(t testing.TB, file, text string, rows []Row, sets map[string]Set, reasons map[string]string, update bool) {
	t.Helper()
	got := text + table(t, rows, sets, reasons)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	heading, _, _ := strings.Cut(text, "\n")
	before, want, after := part(string(whole), heading)
	if update {
		if before != "" {
			before = strings.TrimRight(before, "\n") + "\n\n"
		}
		if after != "" {
			after = "\n" + after
		}
		if err := os.WriteFile(file, []byte(before+got+after), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if strings.TrimRight(want, "\n") == strings.TrimRight(got, "\n") {
		return
	}
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range gots {
		if !slices.Contains(wants, line) {
			t.Errorf("now:  %s", line)
		}
	}
	for _, line := range wants {
		if !slices.Contains(gots, line) {
			t.Errorf("then: %s", line)
		}
	}
	t.Errorf("%s is not what can be done; with -update-coverage this test writes it", file)
}

// part finds the part of a text that begins with a heading, and what is around it. One that is not there is at the
// end.
func part(text, heading string) (before, found, after string) {
	lines := strings.SplitAfter(text, "\n")
	from := slices.IndexFunc(lines, func(l string) bool { return strings.TrimRight(l, "\n") == heading })
	if from < 0 {
		return text, "", ""
	}
	to := len(lines)
	if i := slices.IndexFunc(lines[from+1:], func(l string) bool { return strings.HasPrefix(l, "#") }); i >= 0 {
		to = from + 1 + i
	}
	return strings.Join(lines[:from], ""), strings.Join(lines[from:to], ""), strings.Join(lines[to:], "")
}

func table(t testing.TB, rows []Row, sets map[string]Set, reasons map[string]string) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("\n| object or kind | set of attributes | defined | set | read | neither | read only |\n" +
		"|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		set := sets[r.Set]
		if set == nil {
			t.Errorf("%s: the headers have no set of attributes %s", r.Name, r.Set)
			continue
		}
		var types []uint16
		for typ := range set {
			types = append(types, typ)
		}
		slices.Sort(types)
		nset, nread := 0, 0
		var neither, readOnly []string
		for _, typ := range types {
			short := shortName(set[typ], r.Set)
			can := r.Can[typ]
			if can.Set {
				nset++
			}
			if can.Read {
				nread++
			}
			switch {
			case can.Set:
			case can.Read:
				readOnly = append(readOnly, short)
			default:
				why := reasons[set[typ]]
				if why == "" {
					t.Errorf("%s: %s is neither set nor read, and no reason is given", r.Name, set[typ])
				}
				neither = append(neither, fmt.Sprintf("%s (%s)", short, why))
			}
		}
		fmt.Fprintf(&s, "| %s | %s | %d | %d | %d | %s | %s |\n", r.Name, r.Set, len(types), nset, nread,
			strings.Join(neither, ", "), strings.Join(readOnly, ", "))
	}
	return s.String()
}

// shortName is the name of an attribute without what it has from the set's.
func shortName(name, set string) string {
	for ; set != ""; set = set[:max(strings.LastIndexByte(set, '_'), 0)] {
		if short, ok := strings.CutPrefix(name, set+"_"); ok {
			return short
		}
	}
	return name
}
