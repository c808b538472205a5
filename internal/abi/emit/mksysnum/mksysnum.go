// Package mksysnum makes the numbers of system calls: unix/zsysnum_SYSTEM_GOARCH.go.
package mksysnum

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Generate returns a file an architecture. The list has lines "!REGEXP", for names that are no system call,
// "set NAME OTHER ARCH,ARCH...", for a name that stands for another one or a number, and "keep NAME OTHER
// ARCH,ARCH..." for one that has another number than the headers say.
func Generate(db *abi.DB, s abi.System, list []gen.Line) (map[string][]byte, error) {
	archs := s.Archs
	numbers := map[string]map[string]string{} // architecture, name
	for _, a := range archs {
		numbers[a.Name] = map[string]string{}
		for _, s := range db.Syscalls() {
			if n, ok := s.On[a.Name]; ok {
				numbers[a.Name][s.Name] = n
			}
		}
	}
	for _, l := range list {
		var err error
		if expr, not := strings.CutPrefix(l.Words[0], "!"); not && len(l.Words) == 1 {
			err = leaveOut(numbers, expr)
		} else if (l.Words[0] == "set" || l.Words[0] == "keep") && len(l.Words) == 4 {
			err = set(numbers, l.Words[0] == "keep", l.Words[1], l.Words[2], strings.Split(l.Words[3], ","))
		} else {
			err = fmt.Errorf("want !REGEXP, or set NAME OTHER ARCHITECTURES")
		}
		if err != nil {
			return nil, l.Errorf("%w", err)
		}
	}
	files := map[string][]byte{}
	for _, a := range archs {
		if len(numbers[a.Name]) == 0 {
			return nil, fmt.Errorf("%s has no system call", a.Name)
		}
		if err := checkNumbers(numbers[a.Name]); err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		var b strings.Builder
		b.WriteString("// Numbers of system calls.\nconst (\n")
		for _, name := range slices.Sorted(maps.Keys(numbers[a.Name])) {
			fmt.Fprintf(&b, "%s = %s\n", constant(name), numbers[a.Name][name])
		}
		b.WriteString(")\n")
		if s.Name == "linux" { // whose names programs can ask for
			table(&b, db, a.Name, numbers[a.Name])
		}
		name, constraint := gen.FileName("zsysnum", s, a.Name)
		file, err := gen.File(constraint, "unix", b.String())
		if err != nil {
			return nil, err
		}
		files[name] = file
	}
	return files, nil
}

// constant returns the Go name of a system call's number.
func constant(name string) string { return "SYS_" + strings.ToUpper(name) }

// checkNumbers refuses what would not be Go, or not be a number of the kernel's.
func checkNumbers(numbers map[string]string) error {
	names := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		c := constant(name)
		if !gen.Exported(c) {
			return fmt.Errorf("system call %q: %s is no name in Go", name, c)
		}
		if other := names[c]; other != "" {
			return fmt.Errorf("system calls %s and %s are both %s", other, name, c)
		}
		names[c] = name
		if _, err := strconv.ParseUint(numbers[name], 10, 31); err != nil {
			return fmt.Errorf("system call %s: %w", name, err)
		}
	}
	return nil
}

// table writes the names that the kernel has, by number.
func table(b *strings.Builder, db *abi.DB, arch string, numbers map[string]string) {
	type call struct {
		num  uint64
		name string
	}
	var calls []call
	for _, s := range db.Syscalls() {
		if n, ok := s.On[arch]; ok && numbers[s.Name] == n {
			num, err := strconv.ParseUint(n, 10, 31)
			if err != nil {
				panic(err) // checkNumbers has seen them all
			}
			calls = append(calls, call{num, s.Name})
		}
	}
	slices.SortFunc(calls, func(a, b call) int {
		return cmp.Or(cmp.Compare(a.num, b.num), cmp.Compare(a.name, b.name))
	})
	b.WriteString("\n// syscalls are the system calls by number.\nvar syscalls = [...]struct {\nnum uintptr\nname " +
		"string\n}{\n")
	for _, c := range calls {
		fmt.Fprintf(b, "{%d, %q},\n", c.num, c.name)
	}
	b.WriteString("}\n")
}

func leaveOut(numbers map[string]map[string]string, expr string) error {
	re, err := regexp.Compile(expr)
	if err != nil {
		return err
	}
	n := 0
	for _, on := range numbers {
		n += len(on)
		maps.DeleteFunc(on, func(name, _ string) bool { return re.MatchString(name) })
		n -= len(on)
	}
	if n == 0 {
		return fmt.Errorf("no system call matches %s", expr)
	}
	return nil
}

func set(numbers map[string]map[string]string, keep bool, name, other string, archs []string) error {
	for _, a := range archs {
		on, ok := numbers[a]
		if !ok {
			return fmt.Errorf("unknown architecture %q", a)
		}
		if n, ok := on[name]; ok != keep || n == other {
			return fmt.Errorf("%s is %s on %s", name, cmp.Or(n, "missing"), a)
		}
		n, ok := on[other]
		if _, err := strconv.ParseUint(other, 10, 32); !ok && err != nil {
			return fmt.Errorf("%s is no number and no system call of %s", other, a)
		} else if !ok {
			n = other
		}
		on[name] = n
	}
	return nil
}
