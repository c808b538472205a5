package calls

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// published are the packages that programs import.
var published = []string{"netlink", "netlink/desc", "netlink/nl", "netlink/nltest", "netlink/wire", "netns", "unix"}

// load returns the published packages, from the compiler's export data.
func load(t *testing.T) []*types.Package {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	for _, p := range published {
		args = append(args, "./"+p)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, &stderr)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(files[path])
	})
	var all []*types.Package
	for _, p := range published {
		pkg, err := imp.Import("kern.sys/" + p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg)
	}
	return all
}

// api walks the exported API of a package.
type api struct {
	pkg    *types.Package
	report func(where string, hidden *types.TypeName)
}

func (a *api) walk() {
	scope := a.pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		typeName, ok := obj.(*types.TypeName)
		if !ok {
			a.visit(name, obj.Type())
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if !ok || typeName.IsAlias() {
			a.visit(name, types.Unalias(obj.Type()))
			continue
		}
		a.params(name, named.TypeParams())
		a.visit(name, named.Underlying())
		for m := range named.Methods() {
			if m.Exported() {
				a.visit(name+"."+m.Name(), m.Type())
			}
		}
	}
}

func (a *api) params(where string, list *types.TypeParamList) {
	for p := range list.TypeParams() {
		a.visit(where, p.Constraint())
	}
}

// visit reports the types that typ is put together of and that programs cannot name.
func (a *api) visit(where string, typ types.Type) {
	switch t := typ.(type) {
	case *types.Named:
		if a.isHidden(t.Obj()) {
			a.report(where, t.Obj())
		}
		for arg := range t.TypeArgs().Types() {
			a.visit(where, arg)
		}
	case *types.Alias:
		if a.isHidden(t.Obj()) {
			a.report(where, t.Obj())
		}
		a.visit(where, types.Unalias(t))
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				a.visit(where+"."+f.Name(), f.Type())
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if m.Exported() {
				a.visit(where+"."+m.Name(), m.Type())
			}
		}
		for e := range t.EmbeddedTypes() {
			a.visit(where, e)
		}
	case *types.Signature:
		a.params(where, t.TypeParams())
		a.visit(where, t.Params())
		a.visit(where, t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			a.visit(where, v.Type())
		}
	case *types.Union:
		for term := range t.Terms() {
			a.visit(where, term.Type())
		}
	case *types.Map:
		a.visit(where, t.Key())
		a.visit(where, t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		a.visit(where, t.Elem())
	case *types.Basic, *types.TypeParam:
	default:
		panic(fmt.Sprintf("%s: %T", where, typ))
	}
}

// isHidden reports whether a type is in an internal package, or in the package itself and unexported.
func (a *api) isHidden(obj *types.TypeName) bool {
	if obj.Pkg() == nil { // error, any
		return false
	}
	return slices.Contains(strings.Split(obj.Pkg().Path(), "/"), "internal") || obj.Pkg() == a.pkg && !obj.Exported()
}

// peersTypes are types that programs cannot name, but that the API of the package we stand in for has.
var peersTypes = map[string]bool{
	"kern.sys/netlink.Handle.DevlinkGetDeviceInfoByName":      true,
	"kern.sys/netlink.Handle.DevlinkGetDeviceInfoByNameAsMap": true,
	"kern.sys/netlink/nl.ErrDumpInterrupted":                  true,
	"kern.sys/unix.CPUSet":                                    true,
	"kern.sys/unix.CPUSetDynamic":                             true,
}

// TestExportedAPIHasNoHiddenTypes fails for an exported function, method, field, variable or constant with a type that
// programs cannot name.
func TestExportedAPIHasNoHiddenTypes(t *testing.T) {
	found := map[string]bool{}
	for _, pkg := range load(t) {
		a := api{pkg, func(where string, hidden *types.TypeName) {
			name := pkg.Path() + "." + where
			found[name] = true
			if !peersTypes[name] {
				t.Errorf("%s has the type %s.%s", name, hidden.Pkg().Path(), hidden.Name())
			}
		}}
		a.walk()
	}
	for name := range peersTypes {
		if !found[name] {
			t.Errorf("%s has no hidden type any more", name)
		}
	}
}

// halfHidden are structures whose fields are exported, but for half of them or more, and why.
var halfHidden = map[string]string{
	"kern.sys/netlink.Batch":            "a Handle, embedded for its methods, and the queue behind it",
	"kern.sys/netlink.BpfEncap":         "as in vishvananda/netlink: programs are set by methods",
	"kern.sys/netlink/desc.Names":       "a setting, and tables that its methods read when they are needed",
	"kern.sys/netlink/nl.NetlinkSocket": "as in the package that nl stands in for",
	"kern.sys/netlink/nltest.Kernel":    "settings, and the state of the fake kernel",
	"kern.sys/netlink/wire.Request":     "an Encoder, the protocol, and what the exchange needs",
	"kern.sys/unix.SockaddrUnix":        "as in golang.org/x/sys/unix: the buffer for the raw address",
}

// TestStructuresAreNotHalfHidden fails for an exported structure with exported fields of which as many or more are
// hidden: is it for programs to fill in and read, or not?
func TestStructuresAreNotHalfHidden(t *testing.T) {
	found := map[string]bool{}
	for _, pkg := range load(t) {
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			typeName, ok := obj.(*types.TypeName)
			if !ok || !obj.Exported() || typeName.IsAlias() {
				continue
			}
			s, ok := obj.Type().Underlying().(*types.Struct)
			if !ok {
				continue
			}
			exported, hidden := 0, 0
			for f := range s.Fields() {
				switch {
				case f.Exported():
					exported++
				case f.Name() != "_":
					hidden++
				}
			}
			if exported == 0 || hidden < exported {
				continue
			}
			full := pkg.Path() + "." + name
			found[full] = true
			if halfHidden[full] == "" {
				t.Errorf("%s: %d fields are exported, %d hidden", full, exported, hidden)
			}
		}
	}
	for full := range halfHidden {
		if !found[full] {
			t.Errorf("%s is not half hidden any more", full)
		}
	}
}
