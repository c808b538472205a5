package wire

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// IndexName is the file of a release's module directory that holds its [Modules].
const IndexName = "modules.vmtest"

// Module is a loadable module.
type Module struct {
	Name   string   // as the kernel says it, with '_' for '-'
	Path   string   // below the release's module directory
	Before []string // names of the modules to load before it
}

// Modules are a kernel's modules, and the names that the kernel asks for them by.
type Modules struct {
	Modules []Module
	Aliases []Alias
	BuiltIn []string
	Nodes   []Node
}

// Node is a character device that is in /dev before its module is loaded, which opening it does.
type Node struct {
	Name         string // below /dev
	Major, Minor uint32
}

// Alias is a further name of a module, with the wildcards of glob(7).
type Alias struct{ Pattern, Module string }

// ModuleName returns the name of the module in a file, as the kernel says it.
func ModuleName(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".")
	return strings.ReplaceAll(name, "-", "_")
}

// Write writes m as lines of text, which are quick to read under emulation.
func (m *Modules) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, mod := range m.Modules {
		fmt.Fprintln(b, strings.Join(append([]string{"module", mod.Name, mod.Path}, mod.Before...), " "))
	}
	for _, a := range m.Aliases {
		fmt.Fprintln(b, "alias", a.Pattern, a.Module)
	}
	for _, name := range m.BuiltIn {
		fmt.Fprintln(b, "builtin", name)
	}
	for _, n := range m.Nodes {
		fmt.Fprintln(b, "node", n.Name, n.Major, n.Minor)
	}
	return b.Flush()
}

// ReadModules reads what Write wrote.
func ReadModules(r io.Reader) (*Modules, error) {
	m := &Modules{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) >= 3 && f[0] == "module":
			m.Modules = append(m.Modules, Module{f[1], f[2], f[3:]})
		case len(f) == 3 && f[0] == "alias":
			m.Aliases = append(m.Aliases, Alias{f[1], f[2]})
		case len(f) == 2 && f[0] == "builtin":
			m.BuiltIn = append(m.BuiltIn, f[1])
		case len(f) == 4 && f[0] == "node":
			n := Node{Name: f[1]}
			if _, err := fmt.Sscan(f[2]+" "+f[3], &n.Major, &n.Minor); err != nil {
				return nil, fmt.Errorf("index of modules: line %q: %w", lines.Text(), err)
			}
			m.Nodes = append(m.Nodes, n)
		default:
			return nil, fmt.Errorf("index of modules: line %q", lines.Text())
		}
	}
	return m, lines.Err()
}

// Resolve returns the modules to load for a name or alias, in order. Nothing is to be loaded for what is built in;
// ok distinguishes that from an unknown name.
func (m *Modules) Resolve(name string) (load []Module, ok bool) {
	name = strings.ReplaceAll(name, "-", "_")
	if slices.Contains(m.BuiltIn, name) {
		return nil, true
	}
	names := []string{name}
	for _, a := range m.Aliases {
		// A pattern that path.Match cannot read matches nothing.
		if match, err := path.Match(strings.ReplaceAll(a.Pattern, "-", "_"), name); err == nil && match {
			names = append(names, a.Module)
		}
	}
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		i := slices.IndexFunc(m.Modules, func(mod Module) bool { return mod.Name == name })
		if i < 0 || seen[name] {
			return
		}
		seen[name] = true
		for _, before := range m.Modules[i].Before {
			add(before)
		}
		load = append(load, m.Modules[i])
	}
	for _, n := range names {
		add(n)
	}
	return load, len(load) > 0
}
